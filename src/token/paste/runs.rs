//! The tokens in a text, by their shape: runs of base64url characters and
//! dots with three parts (RFC 7515), of which the first is a JSON object with
//! `alg` and the second a JSON object; five for an encrypted one (RFC 7516).
//!
//! Not for what stands around them (`place`). Every byte is looked at a fixed
//! number of times, however the text is made.

use super::{
    super::{Token, TokenError},
    assembly::{Assembly, Outcome, header},
    lines::{Piece, Reach},
};
use crate::secret::Secret;

/// A token in a text.
pub struct Hit {
    /// What it is: a token, or an encrypted one.
    pub token: Result<Token, TokenError>,
    /// Its text, without the line ends in it.
    pub text: Secret,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Whether its signature is as long as its algorithm's are.
    pub complete: bool,
}

/// What a text holds.
#[derive(Default)]
pub struct Scan {
    /// Its tokens, in order.
    pub hits: Vec<Hit>,
    /// Where the first run is that has a token's header, and a broken rest.
    pub damaged: Option<(usize, usize)>,
}

/// So many places inside a run are tried, where something is glued to a token.
const MAX_GLUED: usize = 4;

/// Finds the tokens in a text.
pub fn scan(text: &str, reach: Reach) -> Scan {
    let mut found = Scan::default();
    // What is joined may turn out to be none, and be read again.
    let mut budget = text.len().saturating_mul(8) + 4096;
    let mut at = 0;
    while let Some(run) = next_run(text, at) {
        at = run.end;
        let Some(start) = beginning(text, run, reach) else {
            continue;
        };
        let mut assembly = Assembly::new(text, start, run.end);
        assembly.join(text, reach, &mut budget);
        let end = assembly.end;
        match assembly.finish() {
            Outcome::Token(hit) => {
                at = hit.end.max(run.end);
                found.hits.push(*hit);
            }
            Outcome::Damaged => {
                found.damaged.get_or_insert((start, run.end));
            }
            Outcome::Nothing => {}
        }
        if budget == 0 {
            at = at.max(end);
        }
    }
    found
}

/// Whether a text is one token and nothing else.
pub fn is_token(text: &str) -> bool {
    text.bytes().all(is_run_byte)
        && may_begin(text.as_bytes())
        && matches!(text.bytes().filter(|byte| *byte == b'.').count(), 2 | 4)
        && matches!(
            Assembly::new(text, 0, text.len()).finish(),
            Outcome::Token(_)
        )
}

pub fn is_run_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

fn next_run(text: &str, from: usize) -> Option<Piece> {
    let bytes = text.as_bytes();
    let start = from + bytes[from..].iter().position(|byte| is_run_byte(*byte))?;
    let length = bytes[start..]
        .iter()
        .position(|byte| !is_run_byte(*byte))
        .unwrap_or(bytes.len() - start);
    Some(Piece {
        start,
        end: start + length,
    })
}

/// Where in a run a token may begin.
fn beginning(text: &str, run: Piece, reach: Reach) -> Option<usize> {
    let bytes = &text.as_bytes()[run.start..run.end];
    // No header begins with one of these, which Markdown and lists put there.
    let marks = bytes
        .iter()
        .take_while(|byte| matches!(byte, b'-' | b'_' | b'.'))
        .count();
    if may_begin(&bytes[marks..]) {
        return Some(run.start + marks);
    }
    if reach == Reach::Strict {
        return None;
    }
    // `Bearer` or an escape's rest may be glued to it.
    let first = &bytes[..bytes.iter().position(|byte| *byte == b'.')?];
    let starts = first.windows(3).enumerate();
    starts
        .filter(|(_, three)| {
            [b"eyJ", b"ewo", b"eyA", b"ewk"]
                .iter()
                .any(|start| three == start)
        })
        .map(|(at, _)| at)
        .take(MAX_GLUED)
        .find(|at| header(&text[run.start + at..run.start + first.len()]).is_some())
        .map(|at| run.start + at)
}

/// Whether base64url of an object begins here: `{`, maybe blanks, `"` or `}`.
pub fn may_begin(bytes: &[u8]) -> bool {
    /// More blanks than any program writes there.
    const MAX_BLANKS: usize = 48;
    // Blanks and `{` alone: anything else is cheaply told apart.
    if !matches!(bytes.first(), Some(b'e' | b'C' | b'D' | b'I')) {
        return false;
    }
    let length = bytes
        .iter()
        .take(MAX_BLANKS)
        .position(|byte| *byte == b'.')
        .unwrap_or(bytes.len().min(MAX_BLANKS));
    let mut decoded = bytes[..length / 4 * 4]
        .chunks_exact(4)
        .filter_map(decode_four)
        .flatten()
        .skip_while(u8::is_ascii_whitespace);
    decoded.next() == Some(b'{')
        && decoded
            .find(|byte| !byte.is_ascii_whitespace())
            .is_none_or(|byte| matches!(byte, b'"' | b'}'))
}

fn decode_four(four: &[u8]) -> Option<[u8; 3]> {
    let mut bits: u32 = 0;
    for byte in four {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
    }
    let [_, a, b, c] = bits.to_be_bytes();
    Some([a, b, c])
}
