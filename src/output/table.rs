//! A table of names and values: fitted to a terminal, or plain for a pipe.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{style, visible};

/// The width of the names' column, at most.
const NAMES: usize = 24;
/// The minimum width of values, even on a narrower terminal.
const NARROW: usize = 8;

/// A name and its value.
pub struct Row {
    name: String,
    value: String,
    tone: Tone,
}

/// What a value means; shown as a colour, which is never the only sign.
#[derive(Clone, Copy, Debug)]
pub enum Tone {
    /// A fact.
    Plain,
    /// Good.
    Good,
    /// Needs attention.
    Doubtful,
    /// Bad.
    Bad,
}

impl Row {
    /// A fact.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
            tone: Tone::Plain,
        }
    }

    /// The same with a meaning.
    #[must_use]
    pub fn tone(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }
}

/// The table, one line per row. With a `width`, long values are wrapped below
/// themselves, so that no value can look like a row.
pub fn layout(rows: &[Row], width: Option<usize>, colour: bool) -> String {
    let names: Vec<String> = rows.iter().map(|row| visible(&row.name, false)).collect();
    let longest = names.iter().map(|name| name.width()).max();
    let most = width.map_or(NAMES, |width| NAMES.min(width / 3));
    let left = longest.unwrap_or(0).min(most);
    let indent = left + 2;
    let room = width.map(|width| width.saturating_sub(indent).max(NARROW));
    let mut out = String::new();
    for (row, name) in rows.iter().zip(names) {
        let value = visible(&row.value, false);
        let mut after = " ".repeat(indent.saturating_sub(name.width()).max(2));
        let (name, value) = match room {
            Some(room) => {
                if name.width() > left {
                    after = format!("\n{}", " ".repeat(indent));
                }
                (wrapped(&name, room, indent), wrapped(&value, room, indent))
            }
            None => (name, value),
        };
        let (name, value) = if colour {
            let value = match row.tone {
                Tone::Plain => value,
                Tone::Good => style::paint(style::GOOD, &value),
                Tone::Doubtful => style::paint(style::DOUBTFUL, &value),
                Tone::Bad => style::paint(style::BAD, &value),
            };
            (style::paint(style::STRONG, &name), value)
        } else {
            (name, value)
        };
        // Writing to a string does not fail.
        let _ = writeln!(out, "{name}{after}{value}");
    }
    out
}

/// Breaks at spaces, and inside words that are longer than a line.
fn wrapped(text: &str, room: usize, indent: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    let turn = |out: &mut String| {
        out.push('\n');
        out.push_str(&" ".repeat(indent));
    };
    for (n, word) in text.split(' ').enumerate() {
        if n > 0 {
            if column + 1 + word.width() > room {
                turn(&mut out);
                column = 0;
            } else {
                out.push(' ');
                column += 1;
            }
        }
        for c in word.chars() {
            let width = c.width().unwrap_or(0);
            if column + width > room {
                turn(&mut out);
                column = 0;
            }
            out.push(c);
            column += width;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Row, layout};

    #[test]
    fn no_value_and_no_name_can_pass_for_a_row() {
        let forged = [
            "x".repeat(63) + "verified yes",
            "字".repeat(40) + "verified yes",
            format!("{} verified yes", "x".repeat(62)),
        ];
        for text in forged {
            let rows = [
                Row::new("kind", "unknown"),
                Row::new("claim n", &*text),
                Row::new(format!("claim {text}"), "1"),
            ];
            for width in 20..120 {
                let table = layout(&rows, Some(width), false);
                let starts: Vec<&str> = table
                    .lines()
                    .filter(|line| !line.starts_with("   "))
                    .map(|line| line.split(' ').next().unwrap())
                    .collect();
                assert_eq!(starts, ["kind", "claim", "claim"], "{table}");
            }
        }
    }
}
