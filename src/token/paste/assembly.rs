//! A token that is put together: from its run, and from the lines below it
//! where it is incomplete without them.
//!
//! Not for where it begins (`runs`), nor for what is between its lines
//! (`lines`).

use serde_json::{Map, Value};

use super::{
    super::{Token, read_part},
    lines::{Reach, piece_after},
    runs::{Hit, may_begin},
};
use crate::secret::Secret;

/// A token's header, if that is what this is.
pub fn header(part: &str) -> Option<Map<String, Value>> {
    read_part("header", part)
        .ok()
        .filter(|header| header.contains_key("alg"))
}

/// Whether a piece has a token's whole header in front.
pub fn begins_token(piece: &str) -> bool {
    may_begin(piece.as_bytes())
        && piece
            .split_once('.')
            .is_some_and(|(first, _)| header(first).is_some())
}

/// A token as it is put together from the pieces of wrapped lines.
pub struct Assembly {
    text: String,
    /// Where its dots are; no more than decide.
    dots: Vec<usize>,
    start: usize,
    /// Where it ends so far.
    pub end: usize,
    pieces: usize,
    header: Option<Map<String, Value>>,
    /// Whether the payload was read, and is an object.
    payload: Option<bool>,
    /// With the longest signature that some key has: its length and end.
    fits: Option<(usize, usize)>,
    /// With the first piece of its signature.
    first: Option<(usize, usize)>,
}

/// What an assembly comes to.
pub enum Outcome {
    Token(Box<Hit>),
    /// It has a token's header, and a broken rest.
    Damaged,
    Nothing,
}

/// What a token lacks.
#[derive(PartialEq, Eq)]
enum Need {
    Nothing,
    /// More text.
    More,
    /// Nothing could make it one.
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
        // `__token__`: as many as stand before it.
        for _ in 0..marks_before {
            run = run.strip_suffix(['_', '-']).unwrap_or(run);
        }
        // The full stop of a sentence, or the dots of one that goes on.
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
            fits: None,
            first: None,
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

    /// Joins the lines that follow, as long as the token lacks something.
    pub fn join(&mut self, text: &str, reach: Reach, budget: &mut usize) {
        while self.need() == Need::More && *budget > 0 {
            let Some(piece) = piece_after(text, self.end, reach) else {
                return;
            };
            let more = &text[piece.start..piece.end];
            *budget = budget.saturating_sub(more.len());
            let dots = self.dots.len() + more.bytes().filter(|byte| *byte == b'.').count();
            if dots > self.dots_due() || begins_token(more) || !self.takes(more, reach) {
                return;
            }
            self.push(more, piece.end);
        }
    }

    fn dots_due(&self) -> usize {
        match &self.header {
            Some(header) if !header.contains_key("enc") => 2,
            // It is encrypted, or may be.
            _ => 4,
        }
    }

    /// Whether the next piece may belong to it.
    fn takes(&self, more: &str, reach: Reach) -> bool {
        /// Shorter pieces may be words.
        const MIN_PIECE_CHARS: usize = 8;
        let Some(length) = self.signature_length() else {
            return true;
        };
        // A word on the line below may have just the length that a cut token
        // lacks.
        if length > 0 && self.pieces == 1 && is_word(more) {
            return false;
        }
        let whole = length + more.len();
        match self.due() {
            Due::Exactly(due) if reach == Reach::Strict => whole <= due,
            Due::Exactly(due) => whole <= due && (self.pieces > 1 || more.len() >= MIN_PIECE_CHARS),
            Due::Key => whole <= MAX_KEY_CHARS,
            Due::Anything => length == 0,
        }
    }

    /// How long the signature is so far, once it has begun.
    fn signature_length(&self) -> Option<usize> {
        match self.dots[..] {
            [_, second] => Some(self.text.len() - second - 1),
            _ => None,
        }
    }

    fn due(&self) -> Due {
        self.header.as_ref().map_or(Due::Anything, Due::of)
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
                [_, _, _, last] if self.text.len() - last > Due::of_tag(header) => Need::Nothing,
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
        let stop = (self.text.len(), self.end);
        // One that is empty may go on in the next line, unless that is a word.
        let is_empty = self.first.is_none_or(|(end, _)| end == second + 1);
        if self.first.is_none() || (is_empty && length >= MIN_SIGNATURE_CHARS) {
            self.first = Some(stop);
        }
        match Due::of(header) {
            Due::Exactly(due) if length == due => {
                self.fits = Some(stop);
                Need::Nothing
            }
            Due::Exactly(due) if length > due => Need::Nothing,
            Due::Key if KEY_CHARS.contains(&length) => {
                self.fits = Some(stop);
                // A short one may be the begin of a long one.
                if self.pieces == 1 && length > KEY_CHARS[0] {
                    Need::Nothing
                } else {
                    Need::More
                }
            }
            Due::Anything if length > 0 => {
                self.fits = Some(stop);
                Need::Nothing
            }
            Due::Exactly(_) | Due::Key | Due::Anything => Need::More,
        }
    }

    /// What it came to.
    pub fn finish(mut self) -> Outcome {
        let need = self.need();
        if let Some((length, end)) = self.fits.or(self.first) {
            // What did not complete it is not its own.
            self.text.truncate(length);
            self.end = end;
        }
        let long = self.due() == Due::Key && self.signature_length() > Some(KEY_CHARS[0]);
        let complete = self.fits.is_some() || need == Need::Nothing || long;
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

/// What is shorter, on a line of its own, is no signature.
const MIN_SIGNATURE_CHARS: usize = 12;

/// One more dot than the longest token has.
const MAX_DOTS: usize = 5;

/// Whether it looks like a word: `npm`, `Cookie`.
fn is_word(text: &str) -> bool {
    let rest = text.strip_prefix(|c: char| c.is_ascii_uppercase());
    let rest = rest.unwrap_or(text);
    text.len() > 2 && rest.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// How long a signature is, in base64url.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    Exactly(usize),
    /// As the key is.
    Key,
    /// Nothing is known of it.
    Anything,
}

/// The signatures of RSA keys of 1024, 2048, 3072, 4096 and 8192 bits.
const KEY_CHARS: [usize; 5] = [171, 342, 512, 683, 1366];
const MAX_KEY_CHARS: usize = 1366;

impl Due {
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

    /// An encrypted token's last part (RFC 7518 section 5).
    fn of_tag(header: &Map<String, Value>) -> usize {
        match header.get("enc").and_then(Value::as_str) {
            Some("A192CBC-HS384") => 32,
            Some("A256CBC-HS512") => 43,
            _ => 22,
        }
    }
}
