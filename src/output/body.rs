//! Prints an API's answer piece by piece: unchanged for programs, indented and
//! escaped at a terminal.
//!
//! Not for files.

use std::io::{self, IsTerminal as _, Write as _};

use super::{guard::Guard, pretty::Pretty, reader_is_there, runner, visible};
use crate::error::{Code, Failure};

/// What has been printed so far.
pub struct Body {
    kind: Kind,
    /// The first bytes of an incomplete character.
    cut: Vec<u8>,
    begun: bool,
    ends_line: bool,
}

enum Kind {
    /// As it comes.
    Bytes,
    /// JSON at a terminal.
    Json(Box<Pretty>),
    /// Other text at a terminal.
    Text,
    /// What a CI runner reads.
    Runner(Guard),
}

impl Body {
    /// Nothing has been printed.
    pub fn new(is_json: bool) -> Self {
        let kind = if io::stdout().is_terminal() {
            if is_json {
                Kind::Json(Box::new(Pretty::new(super::stdout_has_colour())))
            } else {
                Kind::Text
            }
        } else if runner::is_listening() && !stdout_is_file() {
            Kind::Runner(Guard::new(is_json))
        } else {
            Kind::Bytes
        };
        Self {
            kind,
            cut: Vec::new(),
            begun: false,
            ends_line: true,
        }
    }

    /// Prints a piece. Returns whether the output is still open.
    ///
    /// # Errors
    /// When stdout cannot take it, a terminal would not show it, or a CI
    /// runner would obey it.
    pub fn write(&mut self, piece: &[u8]) -> Result<bool, Failure> {
        let begins = !std::mem::replace(&mut self.begun, true);
        match &mut self.kind {
            Kind::Bytes => print(piece),
            Kind::Runner(guard) => match guard.pass(piece) {
                Some(passed) => print(&passed),
                None => Err(Failure::new(
                    Code::General,
                    "the answer contains a command for the CI runner",
                )
                .hint("write it to a file with -o FILE")),
            },
            Kind::Json(_) | Kind::Text => {
                if begins && is_binary(piece) {
                    return Err(Failure::new(Code::General, "the answer is binary data")
                        .hint("write it to a file with -o FILE"));
                }
                let text = self.decoded(piece);
                self.ends_line = text.ends_with('\n');
                let shown = match &mut self.kind {
                    Kind::Json(pretty) => pretty.feed(&text),
                    _ => lines_visible(&text),
                };
                print(shown.as_bytes())
            }
        }
    }

    /// Prints what is left.
    ///
    /// # Errors
    /// As [`Body::write`].
    pub fn end(&mut self) -> Result<bool, Failure> {
        match &mut self.kind {
            Kind::Json(pretty) if self.begun => print(pretty.end().as_bytes()),
            // Puts the shell's prompt on a new line.
            Kind::Text if !self.ends_line => print(b"\n"),
            Kind::Runner(guard) => print(&guard.end()),
            _ => Ok(true),
        }
    }

    /// The text in a piece, and what was left of the one before.
    fn decoded(&mut self, piece: &[u8]) -> String {
        let mut bytes = std::mem::take(&mut self.cut);
        bytes.extend_from_slice(piece);
        self.cut = bytes.split_off(cut_at(&bytes));
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Where an incomplete character begins.
fn cut_at(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let at = bytes.len() - back;
        if bytes[at] >= 0xc0 {
            let whole = std::str::from_utf8(&bytes[at..]);
            let cut = whole.is_err_and(|e| e.error_len().is_none());
            return if cut { at } else { bytes.len() };
        }
    }
    bytes.len()
}

fn is_binary(begin: &[u8]) -> bool {
    let begin = &begin[..begin.len().min(1024)];
    begin.contains(&0) || std::str::from_utf8(begin).is_err_and(|e| e.error_len().is_some())
}

/// Text with its lines and tabs, and other control characters escaped.
fn lines_visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(['\n', '\t']) {
        let line = part.trim_end_matches(['\n', '\t']);
        let end = &part[line.len()..];
        let line = if end == "\n" {
            line.strip_suffix('\r').unwrap_or(line)
        } else {
            line
        };
        out.push_str(&visible(line, true));
        out.push_str(end);
    }
    out
}

fn print(bytes: &[u8]) -> Result<bool, Failure> {
    let mut stdout = io::stdout().lock();
    reader_is_there(stdout.write_all(bytes).and_then(|()| stdout.flush()))
}

/// Whether stdout is a file, which no runner reads.
fn stdout_is_file() -> bool {
    #[cfg(unix)]
    {
        use std::os::fd::AsFd as _;
        rustix::fs::fstat(io::stdout().as_fd()).is_ok_and(|stat| {
            rustix::fs::FileType::from_raw_mode(stat.st_mode) == rustix::fs::FileType::RegularFile
        })
    }
    #[cfg(windows)]
    {
        use crate::windows::{FileType, type_of};
        type_of(io::stdout()) == FileType::Disk
    }
}

#[cfg(test)]
mod tests {
    use super::{Body, Kind, is_binary, lines_visible};

    #[test]
    fn characters_may_be_cut_anywhere() {
        let text = "aé日🙂\u{1b}é".as_bytes();
        for at in 0..text.len() {
            let mut body = Body {
                kind: Kind::Text,
                cut: Vec::new(),
                begun: false,
                ends_line: true,
            };
            let begin = body.decoded(&text[..at]);
            let rest = body.decoded(&text[at..]);
            assert_eq!(format!("{begin}{rest}").as_bytes(), text, "{at}");
        }
        let mut body = Body {
            kind: Kind::Text,
            cut: Vec::new(),
            begun: false,
            ends_line: true,
        };
        assert_eq!(body.decoded(b"a\xff\xfeb"), "a\u{fffd}\u{fffd}b");
        assert_eq!(body.decoded(b"\xe6\x97"), "");
        assert_eq!(body.decoded(b"x"), "\u{fffd}x");
    }

    #[test]
    fn a_terminal_shows_lines_and_no_escapes() {
        assert_eq!(
            lines_visible("a\tb\r\nc\x1b[31m\u{202e}\n\nd"),
            "a\tb\nc\\u{1b}[31m\\u{202e}\n\nd"
        );
        assert!(is_binary(b"\x89PNG\r\n") && is_binary(b"a\0b"));
        assert!(!is_binary("é".as_bytes()) && !is_binary(b""));
    }
}
