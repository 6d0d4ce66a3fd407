//! Formats JSON for a terminal: indented, coloured, with escapes shown. Works
//! piece by piece, so that no answer is too large, and keeps numbers as
//! written.
//!
//! Not a parser: other text is only indented oddly.

use std::fmt::Write as _;

use super::visible::is_unsafe;

/// Deeper levels are indented no further.
const MAX_INDENT: usize = 40;
/// Deeper brackets are not tracked.
const MAX_DEPTH: usize = 4096;

const KEY: &str = "\x1b[1m";
const STRING: &str = "\x1b[32m";
const OTHER: &str = "\x1b[33m";
const END: &str = "\x1b[0m";

/// What has been read so far.
#[derive(Default)]
pub struct Pretty {
    colour: bool,
    /// For each open bracket whether it is an object's.
    open: Vec<bool>,
    at: At,
    /// A bracket was opened, and nothing has followed yet.
    fresh: bool,
    /// The next string is a name.
    key: bool,
}

/// Where in the text.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum At {
    #[default]
    Between,
    String,
    Escape,
    Word,
}

impl Pretty {
    /// Nothing has been read.
    pub fn new(colour: bool) -> Self {
        Self {
            colour,
            ..Self::default()
        }
    }

    /// The next piece, laid out.
    pub fn feed(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() * 2);
        for c in text.chars() {
            self.take(c, &mut out);
        }
        out
    }

    /// What ends it.
    pub fn end(&mut self) -> String {
        let mut out = String::new();
        if self.at != At::Between {
            self.paint(END, &mut out);
        }
        out.push('\n');
        out
    }

    fn take(&mut self, c: char, out: &mut String) {
        match self.at {
            At::Escape => {
                push(c, out);
                self.at = At::String;
            }
            At::String => {
                push(c, out);
                if c == '\\' {
                    self.at = At::Escape;
                } else if c == '"' {
                    self.paint(END, out);
                    self.at = At::Between;
                }
            }
            At::Between | At::Word => self.between(c, out),
        }
    }

    fn between(&mut self, c: char, out: &mut String) {
        let is_word =
            !(matches!(c, '{' | '}' | '[' | ']' | ',' | ':' | '"') || c.is_ascii_whitespace());
        if self.at == At::Word && !is_word {
            self.paint(END, out);
            self.at = At::Between;
        }
        match c {
            _ if c.is_ascii_whitespace() => {}
            '{' | '[' => {
                self.begin(out);
                out.push(c);
                if self.open.len() < MAX_DEPTH {
                    self.open.push(c == '{');
                }
                (self.fresh, self.key) = (true, c == '{');
            }
            '}' | ']' => {
                self.open.pop();
                if !self.fresh {
                    self.line(out);
                }
                out.push(c);
                self.fresh = false;
                self.end_value(out);
            }
            ',' => {
                out.push(c);
                self.line(out);
                self.key = self.open.last() == Some(&true);
            }
            ':' => {
                out.push_str(": ");
                self.key = false;
            }
            '"' => {
                self.begin(out);
                self.paint(if self.key { KEY } else { STRING }, out);
                out.push(c);
                self.at = At::String;
            }
            _ => {
                if self.at == At::Between {
                    self.begin(out);
                    self.paint(OTHER, out);
                    self.at = At::Word;
                }
                push(c, out);
            }
        }
    }

    /// Before a value or a name.
    fn begin(&mut self, out: &mut String) {
        if self.fresh {
            self.line(out);
            self.fresh = false;
        }
    }

    /// After an object or a list: another may follow.
    fn end_value(&mut self, out: &mut String) {
        if self.open.is_empty() {
            // The next one begins a line; at the end `end` writes it.
            self.fresh = true;
            let _ = out;
        }
    }

    fn line(&self, out: &mut String) {
        out.push('\n');
        for _ in 0..self.open.len().min(MAX_INDENT) {
            out.push_str("  ");
        }
    }

    fn paint(&self, colour: &str, out: &mut String) {
        if self.colour {
            out.push_str(colour);
        }
    }
}

fn push(c: char, out: &mut String) {
    if is_unsafe(c) {
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a string does not fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    } else {
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::Pretty;

    fn pretty(pieces: &[&str], colour: bool) -> String {
        let mut pretty = Pretty::new(colour);
        let mut out: String = pieces.iter().map(|piece| pretty.feed(piece)).collect();
        out.push_str(&pretty.end());
        out
    }

    #[test]
    fn json_is_indented_wherever_the_pieces_are_cut() {
        let json = r#"{"a":[1.50,{"b":"c \" d"},[],{}],"e":null}"#;
        let expected = "{\n  \"a\": [\n    1.50,\n    {\n      \"b\": \"c \\\" d\"\n    },\n    [],\n    {}\n  ],\n  \"e\": null\n}\n";
        assert_eq!(pretty(&[json], false), expected);
        for at in 0..json.len() {
            assert_eq!(pretty(&[&json[..at], &json[at..]], false), expected);
        }
        assert_eq!(pretty(&["{}{\"a\": 1}"], false), "{}\n{\n  \"a\": 1\n}\n");
    }

    #[test]
    fn names_strings_and_the_rest_differ_in_colour() {
        assert_eq!(
            pretty(&["{\"a\":[\"b\",1]}"], true),
            "{\n  \x1b[1m\"a\"\x1b[0m: [\n    \x1b[32m\"b\"\x1b[0m,\n    \x1b[33m1\x1b[0m\n  ]\n}\n"
        );
    }

    #[test]
    fn nothing_in_it_drives_a_terminal() {
        let nasty = "{\"a\x1b[31m\": \"\u{202e}\u{9b}\", \x1b]0;x\x07: \u{e0041}";
        let shown = pretty(&[nasty], false);
        assert!(
            shown
                .chars()
                .all(|c| c == '\n' || c.is_ascii_graphic() || c == ' '),
            "{shown:?}"
        );
        let deep = "[".repeat(100_000);
        assert!(pretty(&[&deep], false).len() < 20_000_000);
    }
}
