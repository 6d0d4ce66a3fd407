//! The only module that prints. Answers go to stdout, words for people to
//! stderr; every character that could drive a terminal is shown escaped, and
//! in a CI job every text that its runner would take for a command.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the module the rule points to"
)]

mod answer;
mod body;
mod guard;
mod osc52;
mod pretty;
mod runner;
mod table;
mod typed;
mod visible;

use std::{
    borrow::Cow,
    fmt::Display,
    io::{self, BufWriter, IsTerminal as _, StdoutLock, Write as _},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use serde::Serialize;

use self::visible::json_visible;
pub use self::{
    answer::Answer,
    body::Body,
    osc52::copy_by_terminal,
    runner::listens as runner_listens,
    table::{Row, Tone},
    typed::{is_like_a_secret, path_visible, typed_visible},
    visible::visible,
};
use crate::{
    error::{Code, Failure},
    secret::Secret,
    vtexid::Exchange,
};

/// Whether a status line is on the screen.
static STATUS: AtomicBool = AtomicBool::new(false);

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
    /// Tables in colour, where they go to a terminal.
    pub colour: bool,
    /// The terminal shows characters beyond ASCII.
    pub unicode: bool,
}

impl Output {
    /// Prints a command's one answer, as lines or JSON.
    ///
    /// # Errors
    /// When stdout cannot take it; that nobody reads it any more is no error.
    pub fn answer(self, answer: &impl Answer) -> Result<(), Failure> {
        if self.json {
            print(&json(answer)?)
        } else if answer.is_for_programs() {
            Self::raw(&answer::text(answer))
        } else {
            print(&runner::text(&answer::text(answer)))
        }
    }

    /// What [`Output::answer`] prints of an answer with a secret in it, without
    /// the last line's end: for copying it.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn text_of(self, answer: &impl Answer) -> Result<Secret, Failure> {
        let mut text = if self.json {
            json(answer)?
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
            return print(&json(answer)?);
        }
        let stdout = io::stdout();
        let (width, colour) = if stdout.is_terminal() {
            let size = terminal_size::terminal_size_of(&stdout);
            (size.map(|(width, _)| usize::from(width.0)), self.colour)
        } else {
            (None, false)
        };
        print(&runner::text(&table::layout(rows, width, colour)))
    }

    /// Prints a text that is no answer to read but one to use, as it is.
    ///
    /// # Errors
    /// As [`Output::answer`]; and when a CI runner would obey it.
    pub fn raw(text: &str) -> Result<(), Failure> {
        if runner::obeys(text) {
            let words = "it would be a command to the CI runner that reads this output";
            return Err(Failure::new(Code::General, words).hint("--json escapes it"));
        }
        print(text)
    }

    /// Has GitHub's runner hide this text in the job's log from now on. On
    /// stderr, so that stdout holds the answer alone.
    pub fn mask(secret: &Secret) {
        // The runner reads these escapes and no others.
        let text = secret.expose().replace('%', "%25");
        let _ =
            io::stderr().write_all(format!("::add-mask::{}\n", visible(&text, true)).as_bytes());
    }

    /// Says something useful to know.
    pub fn note(self, words: impl Display) {
        if !self.quiet {
            Self::say(words);
        }
    }

    /// Says something that should not be missed; `-q` does not silence it.
    pub fn warn(words: impl Display) {
        Self::say(format_args!("warning: {words}"));
    }

    /// Says something the command cannot do without, such as an address to open.
    pub fn say(words: impl Display) {
        Self::line("", words);
    }

    /// An address to open, set off from the words around it.
    pub fn address(address: impl Display) {
        Self::line("", "");
        Self::line("  ", address);
        Self::line("", "");
    }

    fn line(indent: &str, words: impl Display) {
        Self::end_status();
        // With stderr gone there is nobody to tell. Newlines are shown escaped
        // as well: what others sent must not begin a line of its own.
        let text = visible(&words.to_string(), false);
        let line = format!("{indent}{text}\n");
        let _ = io::stderr().write_all(runner::text(&line).as_bytes());
    }

    /// Asks for something that is typed on the same line.
    pub fn prompt(words: impl Display) {
        Self::end_status();
        let text = visible(&words.to_string(), true);
        let _ = io::stderr().write_all(runner::text(&text).as_bytes());
    }

    /// Shows what is typed, and wipes what is erased.
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

    /// Asks the terminal to put marks around what is pasted, or no longer to.
    #[cfg(unix)]
    pub fn mark_paste(on: bool) {
        let switch = if on { 'h' } else { 'l' };
        let _ = write!(io::stderr(), "\x1b[?2004{switch}");
    }

    /// Prints what another program is to read: the clipboard helper's answer
    /// to vtexid. Nobody may read it any more, which changes nothing.
    pub fn to_program(answer: &[u8]) {
        let mut stdout = io::stdout();
        let _ = stdout.write_all(answer).and_then(|()| stdout.flush());
    }

    /// Draws a line that the next one replaces, with a spinner. Only for a
    /// terminal.
    pub fn status(self, tick: usize, words: impl Display) {
        const FRAMES: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
        const ASCII_FRAMES: [char; 4] = ['|', '/', '-', '\\'];
        STATUS.store(true, Relaxed);
        let frames = if self.unicode {
            &FRAMES[..]
        } else {
            &ASCII_FRAMES
        };
        let frame = frames[tick % frames.len()];
        let _ = write!(io::stderr(), "\r{frame} {words}\x1b[K");
    }

    /// Wipes the line that [`Output::status`] drew.
    pub fn end_status() {
        if STATUS.swap(false, Relaxed) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }

    /// Shows a request, with `-v`; one that will be tried again in any case,
    /// because the waiting would be a mystery otherwise.
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
                exchange.path,
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
            Cow::Borrowed(_) => heard(error.print()).map(drop),
            Cow::Owned(text) if error.use_stderr() => {
                heard(io::stderr().write_all(text.as_bytes())).map(drop)
            }
            Cow::Owned(text) => print(&text),
        }
    }

    /// Reports the failure that ended the command.
    pub fn failure(failure: &Failure) {
        Self::say(format_args!("error: {:#}", failure.error));
        if let Some(hint) = &failure.hint {
            Self::say(format_args!("hint: {hint}"));
        }
    }
}

/// Whether a person reads the answers.
pub fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether the console on stdout or stderr obeys escape sequences. Those of
/// Windows have to be asked to, and older ones cannot.
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

/// Many answers, a line of JSON each.
pub struct JsonLines(BufWriter<StdoutLock<'static>>);

impl JsonLines {
    /// Nothing is printed yet.
    pub fn new() -> Self {
        Self(BufWriter::with_capacity(1 << 16, io::stdout().lock()))
    }

    /// Prints one answer; says whether anybody still reads.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub fn answer(&mut self, answer: &impl Serialize) -> Result<bool, Failure> {
        let json = serde_json::to_string(answer).map_err(not_json)?;
        heard(writeln!(self.0, "{}", json_text(&json)))
    }

    /// Prints one line of JSON that is written already; says whether anybody
    /// still reads.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub fn line(&mut self, json: &str) -> Result<bool, Failure> {
        heard(writeln!(self.0, "{}", json_text(json)))
    }

    /// Prints what was answered so far; says whether anybody still reads.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub fn flush(&mut self) -> Result<bool, Failure> {
        heard(self.0.flush())
    }
}

/// JSON as it is printed: the same values, and nothing in it that drives a
/// terminal or a CI runner.
pub fn json_text(json: &str) -> Cow<'_, str> {
    match json_visible(json) {
        Cow::Borrowed(json) => runner::json(json),
        Cow::Owned(json) => Cow::Owned(runner::json(&json).into_owned()),
    }
}

fn json(answer: &impl Serialize) -> Result<String, Failure> {
    let json = serde_json::to_string_pretty(answer).map_err(not_json)?;
    Ok(format!("{}\n", json_text(&json)))
}

fn not_json(error: serde_json::Error) -> Failure {
    Failure::from(anyhow::Error::from(error).context("could not write JSON"))
}

fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    heard(
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush()),
    )
    .map(drop)
}

/// Whether somebody read it. Who has read enough, as `| head -1` has, is no error.
fn heard(written: io::Result<()>) -> Result<bool, Failure> {
    match written {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(e) => Err(Failure::from(
            anyhow::Error::from(e).context("could not write to standard output"),
        )),
    }
}
