//! Finds the next piece of a wrapped token, after a line end.
//!
//! Not for deciding whether the piece belongs to the token (`assembly`).

use super::{clean::SOFT_BLANK, runs::is_run_byte};

/// How far apart the pieces of a token may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The next line, if nothing else is on it.
    Strict,
    /// The next word, whatever follows it. Used only if nothing else was found.
    Loose,
}

/// A part of a text.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    pub start: usize,
    pub end: usize,
}

/// The piece that may continue a token that ended at `end`.
pub fn piece_after(text: &str, end: usize, reach: Reach) -> Option<Piece> {
    /// More than any indentation.
    const MAX_GAP_BYTES: usize = 256;
    let mut start = end;
    let (mut line_ends, mut soft) = (0, 0);
    for c in text[end..].chars() {
        match c {
            '\n' => line_ends += 1,
            SOFT_BLANK => soft += 1,
            ' ' | '\t' => {}
            _ => break,
        }
        start += c.len_utf8();
        if start - end > MAX_GAP_BYTES {
            return None;
        }
    }
    let bytes = &text.as_bytes()[start..];
    let length = bytes.iter().take_while(|byte| is_run_byte(**byte)).count();
    let piece = Piece {
        start,
        end: start + length,
    };
    if length == 0 || start == end {
        return None;
    }
    if reach == Reach::Loose {
        return Some(piece);
    }
    let mut after = text[piece.end..].chars().take(MAX_GAP_BYTES);
    let next = after.find(|c| !matches!(c, ' ' | '\t'));
    let alone = next.is_none_or(|c| matches!(c, '\n' | SOFT_BLANK));
    let between = line_ends == 1 || (line_ends == 0 && soft > 0);
    (alone && between).then_some(piece)
}
