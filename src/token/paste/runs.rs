//! Finds tokens in a text by their shape: a run of base64url characters and
//! dots. A signed token has three parts (RFC 7515): a JSON object with `alg`, a
//! JSON object, and the signature. An encrypted one has five (RFC 7516).
//!
//! Not for the text around them (`place`). The time is linear in the length of
//! any text, also of a hostile one.

use super::{
    super::{Token, TokenError},
    assembly::{Assembly, Outcome, header},
    lines::{Piece, Reach},
};
use crate::secret::Secret;

/// A token in a text.
pub struct Hit {
    /// The token, or the error for an encrypted one.
    pub token: Result<Token, TokenError>,
    /// Its text, without the line ends in it.
    pub text: Secret,
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Whether its signature has the length that its algorithm needs.
    pub complete: bool,
}

/// The tokens of a text.
#[derive(Default)]
pub struct Scan {
    /// Its tokens, in order.
    pub hits: Vec<Hit>,
    /// The first run with a token's header whose rest is broken.
    pub damaged: Option<(usize, usize)>,
}

/// How many positions inside a run are tried, if something is glued to a token.
const MAX_GLUED: usize = 4;

/// Finds the tokens in a text.
pub fn scan(text: &str, reach: Reach) -> Scan {
    let mut found = Scan::default();
    // Limits how much is read twice: joined lines may turn out not to be a token.
    let mut budget = text.len().saturating_mul(8) + 4096;
    let mut at = 0;
    while let Some(run) = next_run(text, at) {
        at = run.end;
        let Some(start) = token_start(text, run, reach) else {
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

/// The position in a run where a token may begin.
fn token_start(text: &str, run: Piece, reach: Reach) -> Option<usize> {
    let bytes = &text.as_bytes()[run.start..run.end];
    // Markdown and lists put these before a token; no header begins with one.
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
    // `Bearer` or the rest of an escape may be glued to the token.
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

/// Whether this may be base64url of a JSON object: `{`, then `"` or `}`, maybe
/// with blanks.
pub fn may_begin(bytes: &[u8]) -> bool {
    /// The most characters to look at; no program writes so many blanks.
    const MAX_BLANKS: usize = 48;
    // The first character for `{` or a blank: a cheap test.
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
