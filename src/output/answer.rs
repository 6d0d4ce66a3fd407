//! A command's answer as the lines that people read.
//!
//! Not for printing them, and not for tables (`table`).

use serde::Serialize;

use super::visible;

/// The terminal that an answer is shown on.
pub struct Screen {
    /// Its width in columns, where it says so.
    pub width: Option<usize>,
}

/// What a command answers: lines for people, JSON for programs.
pub trait Answer: Serialize {
    /// The lines, in order. A newline in one of them is shown escaped, so that
    /// no value can begin a line. Pad a value only after [`visible()`].
    fn lines(&self) -> Vec<String>;

    /// The same for a terminal, with styles, where it looks otherwise there.
    /// Values in it went through [`visible()`].
    fn styled(&self, _screen: &Screen) -> Option<String> {
        None
    }

    /// Whether tabs separate a line's fields, as in a cookie file. Elsewhere
    /// they are shown escaped.
    fn has_tabs(&self) -> bool {
        false
    }

    /// Whether another program is to read the lines, which an escape would
    /// change for it.
    fn is_for_programs(&self) -> bool {
        false
    }
}

/// The lines with nothing in them that is unsafe, each with its newline.
pub fn text(answer: &impl Answer) -> String {
    let mut text = String::new();
    for line in answer.lines() {
        if answer.has_tabs() {
            let fields: Vec<String> = line.split('\t').map(|f| visible(f, true)).collect();
            text.push_str(&fields.join("\t"));
        } else {
            text.push_str(&visible(&line, true));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::{Answer, text};

    #[derive(Serialize)]
    struct Lines(Vec<&'static str>, bool);

    impl Answer for Lines {
        fn lines(&self) -> Vec<String> {
            self.0.iter().map(|line| (*line).to_owned()).collect()
        }

        fn has_tabs(&self) -> bool {
            self.1
        }
    }

    #[test]
    fn each_line_stays_one_line() {
        let lines = vec!["name      a\nb", "", "\r\u{2028}\u{85}\u{b}\ttab"];
        assert_eq!(
            text(&Lines(lines, false)),
            "name      a\\nb\n\n\\r\\u{2028}\\u{85}\\u{b}\\ttab\n"
        );
        assert_eq!(
            text(&Lines(vec!["a\tb\n\t\u{1b}"], true)),
            "a\tb\\n\t\\u{1b}\n"
        );
        assert_eq!(text(&Lines(vec![], false)), "");
    }
}
