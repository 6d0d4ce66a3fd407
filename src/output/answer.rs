//! A command's answer as lines for people.
//!
//! Not for printing them, and not for tables (`table`).

use serde::Serialize;

use super::visible;

/// The terminal that an answer is shown on.
pub struct Screen {
    /// Its width in columns, if known.
    pub width: Option<usize>,
}

/// What a command answers: lines for people, JSON for programs.
pub trait Answer: Serialize {
    /// The lines, in order. A newline in one of them is shown escaped, so that
    /// no value can begin a line. Pad a value only after [`visible()`].
    fn lines(&self) -> Vec<String>;

    /// The answer for a terminal, with styles, if it differs. Its values must
    /// go through [`visible()`] first.
    fn styled(&self, _screen: &Screen) -> Option<String> {
        None
    }

    /// Whether tabs separate a line's fields, as in a cookie file. Elsewhere
    /// they are shown escaped.
    fn has_tabs(&self) -> bool {
        false
    }

    /// Whether another program reads the lines, so that they must not be
    /// escaped.
    fn is_for_programs(&self) -> bool {
        false
    }
}

/// The lines with unsafe characters escaped, each with its newline.
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
