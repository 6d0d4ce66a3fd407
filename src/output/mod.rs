//! The only module that prints. Answers go to stdout, messages to stderr.
//! Escapes every character that could control a terminal, and in a CI job every
//! text that its runner would read as a command.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the module the rule points to"
)]

mod answer;
mod body;
mod columns;
mod guard;
mod json;
mod osc52;
mod pretty;
mod progress;
mod runner;
pub mod style;
mod table;
mod typed;
mod visible;
mod wrap;

use std::{
    borrow::Cow,
    fmt::Display,
    io::{self, IsTerminal as _, Write as _},
};

use anstream::{
    AutoStream, ColorChoice,
    adapter::strip_str,
    stream::{AsLockedWrite, RawStream},
};
use anstyle::Style;
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

pub use self::{
    answer::{Answer, Screen},
    body::Body,
    columns::{Cell, Gives, layout as columns, row as columns_row},
    json::{JsonLines, add_json_line, json_text, print_lines, stdout_is_closed},
    osc52::copy_by_terminal,
    progress::Progress,
    runner::is_listening as is_read_by_runner,
    table::{Row, Tone},
    typed::{is_like_a_secret, path_visible, typed_visible},
    visible::visible,
};
use crate::{
    error::{Code, Failure},
    secret::Secret,
    vtexid::Exchange,
};

/// Where a command's answer and notes go.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one flag of the command line"
)]
pub struct Output {
    /// `--json`: answers as JSON.
    pub json: bool,
    /// `-q`: no notes.
    pub quiet: bool,
    /// `-v`: show requests.
    pub verbose: bool,
    /// The terminal shows characters beyond ASCII.
    pub unicode: bool,
}

impl Output {
    /// Prints a command's one answer, as lines or JSON.
    ///
    /// # Errors
    /// When stdout fails. A closed pipe is not an error.
    pub fn answer(self, answer: &impl Answer) -> Result<(), Failure> {
        if self.json {
            print(&json::pretty(answer)?)
        } else if answer.is_for_programs() {
            Self::raw(&answer::text(answer))
        } else if let Some(text) = Self::screen().and_then(|screen| answer.styled(&screen)) {
            print_styled(&text)
        } else {
            print(&runner::text(&answer::text(answer)))
        }
    }

    /// What [`Output::answer`] prints, without the last newline, for copying a
    /// secret.
    ///
    /// # Errors
    /// When it cannot be serialized.
    pub fn text_of(self, answer: &impl Answer) -> Result<Secret, Failure> {
        let mut text = if self.json {
            json::pretty(answer)?
        } else {
            answer::text(answer)
        };
        text.truncate(text.trim_end_matches('\n').len());
        Ok(Secret::new(text))
    }

    /// Prints a command's one answer, as a table or JSON. On a terminal the
    /// table is fitted to its width.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub fn table(self, rows: &[Row], answer: &impl Serialize) -> Result<(), Failure> {
        if self.json {
            return print(&json::pretty(answer)?);
        }
        match Self::screen() {
            Some(screen) => print_styled(&table::layout(rows, screen.width, true)),
            None => print(&runner::text(&table::layout(rows, None, false))),
        }
    }

    /// The terminal that answers go to.
    fn screen() -> Option<Screen> {
        let stdout = io::stdout();
        let forced = stdout_has_colour();
        // A style's escape sequence would hide a command from `runner`.
        if !stdout.is_terminal() && (!forced || runner::is_listening()) {
            return None;
        }
        let size = terminal_size::terminal_size_of(&stdout);
        Some(Screen {
            width: size.map(|(width, _)| usize::from(width.0)),
        })
    }

    /// Prints a text unchanged, for programs.
    ///
    /// # Errors
    /// As [`Output::answer`]; and when a CI runner would obey it.
    pub fn raw(text: &str) -> Result<(), Failure> {
        if runner::obeys(text) {
            let words = "it contains a command for the CI runner";
            return Err(Failure::new(Code::General, words).hint("use --json, which escapes it"));
        }
        print(text)
    }

    /// Makes GitHub's runner mask this text in the log from now on. On stderr,
    /// so that stdout has only the answer.
    pub fn mask(secret: &Secret) {
        // The runner decodes only these escapes.
        let text = secret.expose().replace('%', "%25");
        let _ =
            io::stderr().write_all(format!("::add-mask::{}\n", visible(&text, true)).as_bytes());
    }

    /// Prints a note; `-q` hides it.
    pub fn note(self, words: impl Display) {
        if !self.quiet {
            Self::say(words);
        }
    }

    /// Prints that the command succeeded; `-q` hides it.
    pub fn done(self, words: impl Display) {
        if self.quiet {
            return;
        }
        if self.unicode && stderr_is_terminal() {
            Self::line("", Some(("✓ ", style::GOOD)), words);
        } else {
            Self::say(words);
        }
    }

    /// Prints a warning; `-q` does not hide it.
    pub fn warn(words: impl Display) {
        Self::say(format_args!("warning: {words}"));
    }

    /// Prints a message that the command needs, such as an address to open.
    pub fn say(words: impl Display) {
        Self::line("", None, words);
    }

    /// Prints an address to open, on its own indented line.
    pub fn address(address: impl Display) {
        Self::line("", None, "");
        Self::line("  ", None, address);
        Self::line("", None, "");
    }

    fn line(indent: &str, mark: Option<(&str, Style)>, words: impl Display) {
        Self::end_status();
        // Ignores a closed stderr. Escapes newlines too, so that text from
        // others cannot begin a line.
        let text = visible(&words.to_string(), false);
        let text = runner::text(&text).into_owned();
        let (mark, style) = mark.unwrap_or(("", style::STRONG));
        let prefix = style::prefix(&text);
        let hang = prefix.map_or(mark.width(), |(prefix, _)| prefix.len());
        // Indented text is for copying, so it is not wrapped.
        let width = stderr_width().filter(|_| indent.is_empty());
        let text = match width {
            Some(width) => wrap::prose(&text, width.saturating_sub(mark.width()), hang),
            None => text,
        };
        let line = match prefix {
            Some((prefix, style)) if text.starts_with(prefix) => {
                format!(
                    "{}{}",
                    style::paint(style, prefix.trim_end()),
                    &text[prefix.len() - 1..]
                )
            }
            _ if mark.is_empty() => format!("{indent}{text}"),
            _ => format!("{}{text}", style::paint(style, mark)),
        };
        let _ = styled(io::stderr(), &format!("{line}\n"));
    }

    /// Prints a prompt without a newline.
    pub fn prompt(words: impl Display) {
        Self::end_status();
        let text = visible(&words.to_string(), true);
        let _ = io::stderr().write_all(runner::text(&text).as_bytes());
    }

    /// Shows typed text, and erases deleted text.
    #[cfg(unix)]
    pub fn echo(typed: &str) {
        let mut shown = String::new();
        for part in typed.split_inclusive(['\x08', '\n']) {
            let text = part.trim_end_matches(['\x08', '\n']);
            shown.push_str(&visible(text, true));
            shown.push_str(&part[text.len()..]);
        }
        let _ = io::stderr().write_all(shown.as_bytes());
    }

    /// Turns the terminal's marks around pastes on or off.
    #[cfg(unix)]
    pub fn mark_paste(on: bool) {
        let switch = if on { 'h' } else { 'l' };
        let _ = write!(io::stderr(), "\x1b[?2004{switch}");
    }

    /// Prints the clipboard helper's answer to vtexid. Ignores a closed pipe.
    pub fn to_program(answer: &[u8]) {
        let mut stdout = io::stdout();
        let _ = stdout.write_all(answer).and_then(|()| stdout.flush());
    }

    /// Shows a request with `-v`. Always shows one that will be repeated, to
    /// explain the wait.
    pub fn exchange(self, exchange: &Exchange<'_>) {
        if let Some(wait) = exchange.retry_in
            && !self.verbose
        {
            let host = exchange.host;
            let problem = match exchange.outcome {
                Ok(status) => format!("{host} answered {status}"),
                Err(problem) => format!("could not reach {host}: {problem}"),
            };
            let seconds = wait.as_secs_f32();
            self.note(format_args!("{problem}; trying again in {seconds}s"));
        }
        if self.verbose {
            let outcome = match exchange.outcome {
                Ok(status) => status.to_string(),
                Err(problem) => problem.to_owned(),
            };
            Self::say(format_args!(
                "{} {} {}: {outcome} ({} ms)",
                exchange.method,
                exchange.host,
                typed::without_secrets(exchange.path),
                exchange.took.as_millis()
            ));
        }
    }

    /// Prints clap's help or version on stdout, or its error on stderr.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub fn clap(error: &clap::Error) -> Result<(), Failure> {
        let text = error.render().to_string();
        match runner::text(&text) {
            Cow::Borrowed(_) if error.use_stderr() => {
                reader_is_there(styled(io::stderr(), &error.render().ansi().to_string())).map(drop)
            }
            Cow::Borrowed(_) => print_styled(&error.render().ansi().to_string()),
            Cow::Owned(text) if error.use_stderr() => {
                reader_is_there(io::stderr().write_all(text.as_bytes())).map(drop)
            }
            Cow::Owned(text) => print(&text),
        }
    }

    /// Reports the failure that ended the command.
    pub fn failure(failure: &Failure) {
        Self::say(format_args!("error: {:#}", failure.error));
        for hint in &failure.hints {
            Self::say(format_args!("hint: {hint}"));
        }
    }
}

/// Whether a person reads the answers.
pub fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether the console on stdout or stderr obeys escape sequences. On Windows
/// this must be enabled, and old consoles cannot.
#[cfg(windows)]
pub fn obeys_escapes() -> bool {
    use crate::windows::enable_colour;
    let (stdout, stderr) = (io::stdout(), io::stderr());
    (!stdout.is_terminal() || enable_colour(&stdout))
        && (!stderr.is_terminal() || enable_colour(&stderr))
}

/// Whether the terminal obeys escape sequences: all of Unix do.
#[cfg(not(windows))]
pub const fn obeys_escapes() -> bool {
    true
}

/// Whether a person reads the messages.
pub fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Writes styled text in one piece, so that lines of several programs do not
/// mix. The stream drops styles that it cannot show.
fn styled<S: RawStream + AsLockedWrite>(stream: S, text: &str) -> io::Result<()> {
    match AutoStream::choice(&stream) {
        ColorChoice::Never => {
            let mut stream = stream;
            stream.write_all(strip_str(text).to_string().as_bytes())?;
            stream.flush()
        }
        choice => {
            let mut stream = AutoStream::new(stream, choice);
            stream.write_all(text.as_bytes())?;
            stream.flush()
        }
    }
}

/// Whether colours are shown on stdout.
fn stdout_has_colour() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

/// The width of stderr in columns; none if it is not a terminal, or unknown.
fn stderr_width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(io::stderr())?;
    Some(usize::from(width.0))
}

fn print_styled(text: &str) -> Result<(), Failure> {
    reader_is_there(styled(io::stdout(), text)).map(drop)
}

fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    reader_is_there(
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush()),
    )
    .map(drop)
}

/// Treats a closed pipe (`| head -1`) as success, and returns whether the output
/// is still open.
fn reader_is_there(written: io::Result<()>) -> Result<bool, Failure> {
    match written {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(e) => Err(Failure::from(
            anyhow::Error::from(e).context("could not write to standard output"),
        )),
    }
}
