//! Turns bytes from a terminal into the typed text, and what to show.
//!
//! Pure. Reads byte by byte, because a terminal's own lines have at most 4,095
//! bytes (1,023 on macOS), and a token may be longer.

use unicode_width::UnicodeWidthChar as _;
use zeroize::Zeroizing;

/// Where the text ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// At Enter.
    Line,
    /// At Ctrl-D; Enter begins another line.
    End,
}

/// The effect of a byte.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Continue, and show this.
    More(String),
    /// Enter was pressed: the text is complete, unless more follows
    /// immediately.
    Enter,
    /// Ctrl-D was pressed: the text is complete.
    End,
}

/// Larger than anything that is typed or pasted here.
const MAX_TEXT_BYTES: usize = 1 << 20;
const ESCAPE: u8 = 0x1b;
/// A terminal's marks around a paste.
const PASTE_BEGINS: &[u8] = b"[200~";
const PASTE_ENDS: &[u8] = b"[201~";

/// The text so far.
pub struct Editor {
    until: Until,
    text: Zeroizing<Vec<u8>>,
    /// Bytes of a character that is not complete yet.
    part: Vec<u8>,
    /// What followed an escape byte, while that is not complete.
    sequence: Option<Vec<u8>>,
    /// Between the marks of a paste, where Enter is part of the text.
    pasting: bool,
}

impl Editor {
    /// An empty text.
    pub fn new(until: Until) -> Self {
        Self {
            until,
            text: Zeroizing::default(),
            part: Vec::new(),
            sequence: None,
            pasting: false,
        }
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.part.is_empty()
    }

    /// The text; empty again afterwards.
    pub fn take(&mut self) -> Zeroizing<String> {
        self.part.clear();
        let bytes = std::mem::take(&mut self.text);
        Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// What is shown of the text.
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }

    /// Makes the last Enter part of the text.
    pub fn keep_enter(&mut self) -> String {
        self.push(&['\n']);
        "\n".to_owned()
    }

    /// Takes one byte.
    pub fn feed(&mut self, byte: u8) -> Step {
        if let Some(mut sequence) = self.sequence.take() {
            sequence.push(byte);
            self.escape(sequence);
            return Step::More(String::new());
        }
        match byte {
            ESCAPE => self.sequence = Some(Vec::new()),
            b'\r' | b'\n' if self.pasting || self.until == Until::End => {
                return Step::More(self.keep_enter());
            }
            b'\r' | b'\n' => return Step::Enter,
            // Ctrl-D.
            0x04 if self.is_empty() || self.until == Until::End => return Step::End,
            // Backspace, as one of two bytes.
            0x08 | 0x7f if !self.pasting => return Step::More(self.erase(1)),
            // Ctrl-U.
            0x15 if !self.pasting => return Step::More(self.erase(usize::MAX)),
            // Ctrl-W.
            0x17 if !self.pasting => {
                let text = self.shown();
                let word = text.trim_end().rsplit(char::is_whitespace).next();
                let blanks = text.len() - text.trim_end().len();
                let count = word.map_or(0, |word| word.chars().count()) + blanks;
                return Step::More(self.erase(count));
            }
            b'\t' => return Step::More(self.push(&[' '])),
            0..0x20 => {}
            _ => return Step::More(self.byte(byte)),
        }
        Step::More(String::new())
    }

    fn byte(&mut self, byte: u8) -> String {
        self.part.push(byte);
        match std::str::from_utf8(&self.part) {
            Ok(text) => {
                let chars: Vec<char> = text.chars().collect();
                self.part.clear();
                self.push(&chars)
            }
            // The character is incomplete.
            Err(e) if e.error_len().is_none() => String::new(),
            Err(_) => {
                self.part.clear();
                self.push(&[char::REPLACEMENT_CHARACTER])
            }
        }
    }

    fn push(&mut self, chars: &[char]) -> String {
        let text: String = chars.iter().collect();
        if self.text.len() + text.len() > MAX_TEXT_BYTES {
            return String::new();
        }
        self.text.extend_from_slice(text.as_bytes());
        text
    }

    /// Removes this many characters of the last line. Returns what erases them
    /// on the screen.
    fn erase(&mut self, count: usize) -> String {
        let mut wipe = String::new();
        for _ in 0..count {
            let text = String::from_utf8_lossy(&self.text).into_owned();
            let Some(last) = text.chars().next_back().filter(|c| *c != '\n') else {
                break;
            };
            self.text.truncate(text.len() - last.len_utf8());
            let width = last.width().unwrap_or(0);
            wipe.push_str(&"\x08 \x08".repeat(width));
        }
        wipe
    }

    /// The marks of a paste; other keys, such as arrows, do nothing.
    fn escape(&mut self, sequence: Vec<u8>) {
        let complete = match sequence[..] {
            [b'[' | b'O'] => false,
            [b'[' | b'O', .., last] => (0x40..=0x7e).contains(&last),
            _ => true,
        };
        if sequence == PASTE_BEGINS {
            self.pasting = true;
        } else if sequence == PASTE_ENDS {
            self.pasting = false;
        } else if !complete && sequence.len() < 32 {
            self.sequence = Some(sequence);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Editor, Step, Until};

    /// The text that these bytes come to, and what is shown meanwhile.
    fn typed(bytes: &[u8]) -> (String, String) {
        let mut editor = Editor::new(Until::Line);
        let mut shown = String::new();
        for byte in bytes {
            match editor.feed(*byte) {
                Step::More(text) => shown += &text,
                Step::Enter | Step::End => break,
            }
        }
        (editor.take().to_string(), shown)
    }

    #[test]
    fn keys_that_correct_do_so() {
        for (bytes, text) in [
            (&b"abc\x7f\x7fd\n"[..], "ad"),
            (b"abc\x08\r", "ab"),
            (b"one two\x17three\n", "one three"),
            (b"one two  \x17three\n", "one three"),
            (b"one two\x15three\n", "three"),
            (b"\x7f\x15\x17a\n", "a"),
            ("na\u{e3}o\x7f\x7f\u{1f600}\n".as_bytes(), "na\u{1f600}"),
            (b"a\x1b[D\x1bOA\x1b[3~b\n", "ab"),
            (b"a\x01\x00b\n", "ab"),
        ] {
            assert_eq!(typed(bytes).0, text, "{bytes:?}");
        }
        assert_eq!(
            typed("\u{65e5}\x7f".as_bytes()).1,
            "\u{65e5}\x08 \x08\x08 \x08"
        );
    }

    #[test]
    fn a_paste_keeps_its_lines_and_loses_its_marks() {
        let (text, _) = typed(b"\x1b[200~http://a/?ott=b\nc\x1b[201~\n");
        assert_eq!(text, "http://a/?ott=b\nc");
        // An end without a beginning, and keys that a paste cannot press.
        assert_eq!(typed(b"a\x1b[201~b\n").0, "ab");
        assert_eq!(typed(b"\x1b[200~a\x15b\x1b[201~\n").0, "ab");
    }

    #[test]
    fn ctrl_d_ends_an_empty_line_or_several_lines() {
        let mut line = Editor::new(Until::Line);
        assert_eq!(line.feed(4), Step::End);
        line.feed(b'a');
        assert_eq!(line.feed(4), Step::More(String::new()));
        let mut lines = Editor::new(Until::End);
        assert_eq!(lines.feed(b'a'), Step::More("a".to_owned()));
        assert_eq!(lines.feed(b'\n'), Step::More("\n".to_owned()));
        assert_eq!(lines.feed(4), Step::End);
        assert_eq!(&**lines.take(), "a\n");
    }

    #[test]
    fn a_long_paste_is_whole_and_no_byte_breaks_anything() {
        let long = vec![b'x'; 100_000];
        assert_eq!(typed(&long).0.len(), 100_000);
        let all: Vec<u8> = (0..=255).cycle().take(5000).collect();
        for start in 0..256 {
            typed(&all[start..]);
        }
    }
}
