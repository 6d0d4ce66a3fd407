//! Assembles a token from its first run of characters and, if it is incomplete,
//! from the lines that follow.
//!
//! Not for where a token begins (`runs`), and not for what is between its lines
//! (`lines`).

use serde_json::{Map, Value};

use super::{
    super::{Token, read_part},
    lines::{Reach, piece_after},
    runs::{Hit, may_begin},
};
use crate::secret::Secret;

/// Parses a part as a token's header; `None` if it is not one.
pub fn header(part: &str) -> Option<Map<String, Value>> {
    read_part("header", part)
        .ok()
        .filter(|header| header.contains_key("alg"))
}

/// Whether a piece begins with a token's complete header.
pub fn begins_token(piece: &str) -> bool {
    may_begin(piece.as_bytes())
        && piece
            .split_once('.')
            .is_some_and(|(first, _)| header(first).is_some())
}

/// A token while it is assembled from wrapped lines.
pub struct Assembly {
    text: String,
    /// The positions of its dots, up to `MAX_DOTS`.
    dots: Vec<usize>,
    start: usize,
    /// Where it ends in the text so far.
    pub end: usize,
    pieces: usize,
    header: Option<Map<String, Value>>,
    /// Whether the payload is a JSON object; `None` until it is known.
    payload: Option<bool>,
    /// Its length and end, when its signature last had a valid length.
    complete_at: Option<(usize, usize)>,
    /// Its length and end, after the first piece of its signature.
    first_piece_at: Option<(usize, usize)>,
}

/// The result of an assembly.
pub enum Outcome {
    Token(Box<Hit>),
    /// It has a token's header, but the rest is broken.
    Damaged,
    Nothing,
}

/// What an assembly still needs.
#[derive(PartialEq, Eq)]
enum Need {
    Nothing,
    /// It needs more text.
    More,
    /// No text can make it a token.
    Never,
}

impl Assembly {
    pub fn new(text: &str, start: usize, end: usize) -> Self {
        let marks_before = text.as_bytes()[..start]
            .iter()
            .rev()
            .take(3)
            .take_while(|byte| matches!(byte, b'_' | b'-'))
            .count();
        let mut run = &text[start..end];
        // `__token__`: removes as many marks at the end as precede it.
        for _ in 0..marks_before {
            run = run.strip_suffix(['_', '-']).unwrap_or(run);
        }
        // Removes the full stop or the dots at the end of a sentence.
        let bare = run.trim_end_matches('.');
        if bare.len() < run.len() && bare.bytes().filter(|byte| *byte == b'.').count() == 2 {
            run = bare;
        }
        let mut assembly = Self {
            text: String::new(),
            dots: Vec::new(),
            start,
            end: start,
            pieces: 0,
            header: None,
            payload: None,
            complete_at: None,
            first_piece_at: None,
        };
        assembly.push(run, start + run.len());
        assembly
    }

    fn push(&mut self, piece: &str, end: usize) {
        let dots = piece.match_indices('.').map(|(at, _)| self.text.len() + at);
        self.dots.extend(dots.take(MAX_DOTS - self.dots.len()));
        self.text.push_str(piece);
        self.end = end;
        self.pieces += 1;
    }

    /// Joins the lines that follow, until the token needs no more.
    pub fn join(&mut self, text: &str, reach: Reach, budget: &mut usize) {
        while self.need() == Need::More && *budget > 0 {
            let Some(piece) = piece_after(text, self.end, reach) else {
                return;
            };
            let more = &text[piece.start..piece.end];
            *budget = budget.saturating_sub(more.len());
            let dots = self.dots.len() + more.bytes().filter(|byte| *byte == b'.').count();
            if dots > self.max_dots() || begins_token(more) || !self.accepts(more, reach) {
                return;
            }
            self.push(more, piece.end);
        }
    }

    fn max_dots(&self) -> usize {
        match &self.header {
            Some(header) if !header.contains_key("enc") => 2,
            // It is encrypted, or may be, because its header is unknown.
            _ => 4,
        }
    }

    /// Whether the next piece may belong to the token.
    fn accepts(&self, more: &str, reach: Reach) -> bool {
        /// Shorter pieces may be words.
        const MIN_PIECE_CHARS: usize = 8;
        let Some(length) = self.signature_length() else {
            return true;
        };
        // A word on the next line may have exactly the length that a truncated
        // token lacks.
        if length > 0 && self.pieces == 1 && is_word(more) {
            return false;
        }
        let total = length + more.len();
        match self.expected_length() {
            SignatureLength::Exactly(expected_length) if reach == Reach::Strict => {
                total <= expected_length
            }
            SignatureLength::Exactly(expected_length) => {
                total <= expected_length && (self.pieces > 1 || more.len() >= MIN_PIECE_CHARS)
            }
            SignatureLength::Key => total <= MAX_KEY_CHARS,
            SignatureLength::Anything => length == 0,
        }
    }

    /// The length of the signature so far; `None` before it begins.
    fn signature_length(&self) -> Option<usize> {
        match self.dots[..] {
            [_, second] => Some(self.text.len() - second - 1),
            _ => None,
        }
    }

    fn expected_length(&self) -> SignatureLength {
        self.header
            .as_ref()
            .map_or(SignatureLength::Anything, SignatureLength::of)
    }

    fn need(&mut self) -> Need {
        let Some(first) = self.dots.first() else {
            return Need::More;
        };
        if self.header.is_none() {
            self.header = header(&self.text[..*first]);
        }
        let Some(header) = &self.header else {
            return Need::Never;
        };
        if header.contains_key("enc") {
            return match self.dots[..] {
                [_, _, _, last] if self.text.len() - last > SignatureLength::of_tag(header) => {
                    Need::Nothing
                }
                [_, _, _, _, _, ..] => Need::Never,
                _ => Need::More,
            };
        }
        let (second, length) = match (&self.dots[..], self.signature_length()) {
            ([_, second], Some(length)) => (*second, length),
            ([_], _) => return Need::More,
            _ => return Need::Never,
        };
        let payload = &self.text[first + 1..second];
        if !*self
            .payload
            .get_or_insert_with(|| read_part("payload", payload).is_ok())
        {
            return Need::Never;
        }
        let here = (self.text.len(), self.end);
        // An empty signature may continue on the next line, unless that is a
        // word.
        let is_empty = self.first_piece_at.is_none_or(|(end, _)| end == second + 1);
        if self.first_piece_at.is_none() || (is_empty && length >= MIN_SIGNATURE_CHARS) {
            self.first_piece_at = Some(here);
        }
        match SignatureLength::of(header) {
            SignatureLength::Exactly(expected_length) if length == expected_length => {
                self.complete_at = Some(here);
                Need::Nothing
            }
            SignatureLength::Exactly(expected_length) if length > expected_length => Need::Nothing,
            SignatureLength::Key if KEY_CHARS.contains(&length) => {
                self.complete_at = Some(here);
                // A short signature may be the start of a longer one.
                if self.pieces == 1 && length > KEY_CHARS[0] {
                    Need::Nothing
                } else {
                    Need::More
                }
            }
            SignatureLength::Anything if length > 0 => {
                self.complete_at = Some(here);
                Need::Nothing
            }
            SignatureLength::Exactly(_) | SignatureLength::Key | SignatureLength::Anything => {
                Need::More
            }
        }
    }

    /// Ends the assembly and returns its result.
    pub fn finish(mut self) -> Outcome {
        let need = self.need();
        if let Some((length, end)) = self.complete_at.or(self.first_piece_at) {
            // Removes the pieces after that, which belong to something else.
            self.text.truncate(length);
            self.end = end;
        }
        let long = self.expected_length() == SignatureLength::Key
            && self.signature_length() > Some(KEY_CHARS[0]);
        let complete = self.complete_at.is_some() || need == Need::Nothing || long;
        if self.header.is_none() && (!self.dots.is_empty() || header(&self.text).is_none()) {
            return Outcome::Nothing;
        }
        let text = Secret::new(self.text);
        match Token::parse(text.clone()) {
            Err(error) if !error.encrypted => Outcome::Damaged,
            token => Outcome::Token(Box::new(Hit {
                token,
                text,
                start: self.start,
                end: self.end,
                complete,
            })),
        }
    }
}

/// Shorter text on its own line is not a signature.
const MIN_SIGNATURE_CHARS: usize = 12;

/// One more than any token has.
const MAX_DOTS: usize = 5;

/// Whether the text looks like a word, such as `npm` or `Cookie`.
fn is_word(text: &str) -> bool {
    let rest = text.strip_prefix(|c: char| c.is_ascii_uppercase());
    let rest = rest.unwrap_or(text);
    text.len() > 2 && rest.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The length of a signature in base64url.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SignatureLength {
    Exactly(usize),
    /// Depends on the RSA key.
    Key,
    /// Unknown.
    Anything,
}

/// The signatures of RSA keys of 1024, 2048, 3072, 4096 and 8192 bits.
const KEY_CHARS: [usize; 5] = [171, 342, 512, 683, 1366];
const MAX_KEY_CHARS: usize = 1366;

impl SignatureLength {
    fn of(header: &Map<String, Value>) -> Self {
        match header.get("alg").and_then(Value::as_str) {
            Some("HS256") => Self::Exactly(43),
            Some("HS384") => Self::Exactly(64),
            Some("HS512" | "ES256" | "ES256K" | "EdDSA" | "Ed25519") => Self::Exactly(86),
            Some("ES384") => Self::Exactly(128),
            Some("ES512") => Self::Exactly(176),
            Some("Ed448") => Self::Exactly(152),
            Some("RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512") => Self::Key,
            Some(name) if name.eq_ignore_ascii_case("none") => Self::Exactly(0),
            _ => Self::Anything,
        }
    }

    /// The length of an encrypted token's last part (RFC 7518 section 5).
    fn of_tag(header: &Map<String, Value>) -> usize {
        match header.get("enc").and_then(Value::as_str) {
            Some("A192CBC-HS384") => 32,
            Some("A256CBC-HS512") => 43,
            _ => 22,
        }
    }
}
