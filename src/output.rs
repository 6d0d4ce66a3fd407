//! The only module that prints. Answers go to stdout, words for people to
//! stderr; every character that could drive a terminal is shown escaped.

#![allow(clippy::print_stderr, reason = "this is the module the rule points to")]

use std::{
    fmt::{Display, Write as _},
    io::{self, Write as _},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use serde::Serialize;

use crate::{error::Failure, vtexid::Exchange};

/// Whether a status line is on the screen.
static STATUS: AtomicBool = AtomicBool::new(false);

/// Where a command's answer and notes go.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// `--json`: answers as JSON.
    pub json: bool,
    /// `-q`: no notes.
    pub quiet: bool,
    /// `-v`: show requests.
    pub verbose: bool,
}

impl Output {
    /// Prints a command's one answer, as text or JSON, with a newline after it.
    ///
    /// # Errors
    /// When stdout cannot take it; that nobody reads it any more is no error.
    pub fn answer(self, answer: &(impl Display + Serialize)) -> Result<(), Failure> {
        if self.json {
            let json = serde_json::to_string_pretty(answer).map_err(|e| {
                Failure::from(anyhow::Error::from(e).context("could not write JSON"))
            })?;
            print(&format!("{}\n", json_visible(&json)))
        } else {
            print(&format!("{}\n", visible(&answer.to_string(), true)))
        }
    }

    /// Prints a text that is no answer to read but one to use, as it is.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub fn raw(text: &str) -> Result<(), Failure> {
        print(text)
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
        let _ = writeln!(io::stderr(), "{indent}{text}");
    }

    /// Draws a line that the next one replaces, with a spinner. Only for a
    /// terminal.
    pub fn status(tick: usize, words: impl Display) {
        const FRAMES: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
        STATUS.store(true, Relaxed);
        let frame = FRAMES[tick % FRAMES.len()];
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
                Ok(status) => format!("{host} answered with status {status}"),
                Err(problem) => format!("could not reach {host}: {problem}"),
            };
            let seconds = wait.as_secs_f32();
            self.note(format_args!("{problem}; trying again in {seconds} s"));
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

    /// Reports the failure that ended the command.
    pub fn failure(failure: &Failure) {
        Self::say(format_args!("error: {:#}", failure.error));
        if let Some(hint) = &failure.hint {
            Self::say(format_args!("hint: {hint}"));
        }
    }
}

fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(Failure::from(
            anyhow::Error::from(e).context("could not write to standard output"),
        )),
        // Whoever reads has read enough: `| head -1` is no error.
        _ => Ok(()),
    }
}

/// Whether a character can drive a terminal or change the order in which
/// text is read: C0, DEL, C1, bidirectional and invisible formatting, line
/// and paragraph separators.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// `text` with every unsafe character as `\u{…}`; newlines and tabs too,
/// unless it is several `lines` of our own making.
pub fn visible(text: &str, lines: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = '\0';
    for c in text.chars() {
        if is_unsafe(c) && !(lines && matches!(c, '\n' | '\t')) {
            out.extend(c.escape_default());
        } else if c == ' ' && before == ' ' && !lines {
            // Many of them could push what follows to a line of its own.
            out.push_str("\\u{20}");
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

/// JSON with every unsafe character as `\uXXXX`. Outside its strings JSON has
/// no such characters but newlines, so the text can be gone through as it is.
pub fn json_visible(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_unsafe(c) && c != '\n' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{json_visible, visible};

    #[test]
    fn nothing_that_drives_a_terminal_passes() {
        let nasty = "a\x1b[31m\u{9b}1m\x7f\r\u{202e}\u{2028}\u{e0041}é\n";
        assert_eq!(
            visible(nasty, true),
            "a\\u{1b}[31m\\u{9b}1m\\u{7f}\\r\\u{202e}\\u{2028}\\u{e0041}é\n"
        );
        assert!(visible(nasty, false).ends_with("é\\n"));
        let json = serde_json::to_string(nasty).unwrap();
        let shown = json_visible(&json);
        assert!(
            shown.chars().all(|c| c == 'é' || c.is_ascii_graphic()),
            "{shown}"
        );
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), nasty);
    }
}
