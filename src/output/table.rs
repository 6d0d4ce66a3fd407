//! A table of names and values: fitted to a terminal, or plain for a pipe.

use std::fmt::Write as _;

use super::visible;

/// Longer names than this push their value to the right.
const NAMES: usize = 24;
/// In less room than this, values are not wrapped.
const NARROW: usize = 20;

/// A name and its value.
pub struct Row {
    name: String,
    value: String,
    tone: Tone,
}

/// What a value means for whoever reads it. Never the only sign of it.
#[derive(Clone, Copy, Debug)]
pub enum Tone {
    /// A fact.
    Plain,
    /// As it should be.
    Good,
    /// Worth a look.
    Doubtful,
    /// Not as it should be.
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

/// The table, a row a line. With a `width`, in characters, values go on below
/// themselves where a line is full.
pub fn layout(rows: &[Row], width: Option<usize>, colour: bool) -> String {
    let names: Vec<String> = rows.iter().map(|row| visible(&row.name, false)).collect();
    let longest = names.iter().map(|name| name.chars().count()).max();
    let left = longest.unwrap_or(0).min(NAMES);
    let room = width
        .map(|width| width.saturating_sub(left + 2))
        .filter(|room| *room >= NARROW);
    let mut out = String::new();
    for (row, name) in rows.iter().zip(names) {
        let value = visible(&row.value, false);
        let value = match room {
            Some(room) => wrapped(&value, room, left + 2),
            None => value,
        };
        let (bold, sgr) = match (colour, row.tone) {
            (false, _) => ("", ""),
            (true, Tone::Plain) => ("\x1b[1m", ""),
            (true, Tone::Good) => ("\x1b[1m", "\x1b[32m"),
            (true, Tone::Doubtful) => ("\x1b[1m", "\x1b[33m"),
            (true, Tone::Bad) => ("\x1b[1m", "\x1b[31m"),
        };
        let end = |begun: &str| if begun.is_empty() { "" } else { "\x1b[0m" };
        let pad = " ".repeat(left.saturating_sub(name.chars().count()));
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "{bold}{name}{}{pad}  {sgr}{value}{}",
            end(bold),
            end(sgr)
        );
    }
    out
}

/// Broken at spaces only: a long word is left to the terminal, from which it
/// can be copied whole.
fn wrapped(text: &str, room: usize, indent: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 {
            if column + 1 + length > room {
                out.push('\n');
                out.push_str(&" ".repeat(indent));
                column = 0;
            } else {
                out.push(' ');
                column += 1;
            }
        }
        out.push_str(word);
        column += length;
    }
    out
}
