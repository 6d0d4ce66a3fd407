//! Finds the tokens in pasted text. They are found by their shape and ranked by
//! the names before them, so any text works: cookies, headers, commands, source
//! code, JSON, logs, mails, tables.
//!
//! Not for checking the tokens. If there is no token, `explain` says what the
//! text is instead.

mod assembly;
mod clean;
mod decode;
mod explain;
mod json;
mod lines;
mod place;
mod runs;

use self::{
    clean::clean,
    lines::Reach,
    place::{Place, Rank},
    runs::{Scan, scan},
};
use super::{Kind, Token, TokenError};
use crate::secret::Secret;

pub use self::runs::is_token;

/// The result of searching a pasted text.
#[derive(Debug)]
pub struct Pasted {
    /// The token, or why there is none.
    pub token: Result<Token, TokenError>,
    /// The token's name in the text, if there are several tokens.
    pub name: Option<String>,
    /// The names of the other tokens.
    pub others: Vec<String>,
    /// Whether another token could be meant just as well.
    pub is_ambiguous: bool,
}

/// How many other tokens are named at most.
const MAX_OTHERS: usize = 5;

/// Finds the token in `text`.
pub fn pasted(text: &str) -> Pasted {
    let only = |token| Pasted {
        token,
        name: None,
        others: Vec::new(),
        is_ambiguous: false,
    };
    let bare = text.trim();
    // Most lines of a stream are a token and nothing else.
    if let Ok(token) = Token::of_part(bare)
        && token.header().contains_key("alg")
    {
        return only(Ok(token));
    }
    let found = find(&clean(text));
    if !found.tokens.is_empty() {
        return choose(found.tokens);
    }
    if let Some((damaged, after)) = found.damaged {
        let known = explain::explain_damaged(text, damaged.expose(), &after);
        return only(Token::parse(damaged).map_err(|error| match known {
            Some(known) => TokenError {
                header: error.header,
                ..known
            },
            None => error,
        }));
    }
    let bare = crate::provided::clean(text);
    // A token without `alg` counts only if the text has nothing else.
    only(Token::parse(Secret::new(bare.to_owned())).map_err(|error| {
        if error.encrypted {
            error
        } else {
            explain::explain(&clean(text))
        }
    }))
}

/// The only token in a text. Does not choose among several tokens, because the
/// user must say which one to use.
///
/// # Errors
/// When there is no token, or more than one.
pub fn only_token(text: &str) -> Result<Token, TokenError> {
    let pasted = pasted(text);
    let token = pasted.token?;
    match pasted.name {
        None => Ok(token),
        Some(name) => Err(TokenError::new(format!(
            "it contains different tokens: {name}, {}",
            pasted.others.join(", ")
        ))
        .hint(Some("leave only the one you need"))),
    }
}

/// A token and the name before it.
struct Found {
    token: Result<Token, TokenError>,
    text: Secret,
    place: Place,
    complete: bool,
}

/// The tokens of a text.
#[derive(Default)]
struct Findings {
    tokens: Vec<Found>,
    /// The text of a damaged token, and the next character.
    damaged: Option<(Secret, String)>,
}

impl Findings {
    fn is_complete(&self) -> bool {
        self.tokens.iter().any(|found| found.complete)
    }

    /// Combines two results, and keeps the more useful one of each.
    fn or(self, other: Self) -> Self {
        let dots =
            |(secret, _): &(Secret, String)| secret.expose().bytes().filter(|b| *b == b'.').count();
        let damaged = match (self.damaged, other.damaged) {
            (Some(ours), Some(theirs)) if dots(&theirs) > dots(&ours) => Some(theirs),
            (ours, theirs) => ours.or(theirs),
        };
        let tokens = if self.tokens.is_empty() {
            other.tokens
        } else {
            self.tokens
        };
        Self { tokens, damaged }
    }
}

/// Searches the text as it is. Only if that finds no complete token, searches
/// what the text may have been before it was copied.
fn find(text: &str) -> Findings {
    let mut found = Findings::default();
    gather(text, Reach::Strict, &Place::NONE, 0, &mut found);
    if found.is_complete() {
        return found;
    }
    let readings = std::iter::once(None).chain(decode::DECODERS.into_iter().map(Some));
    for decoder in readings {
        let decoded_text = match decoder {
            None => None,
            Some(decoder) => match decoder(text) {
                Some(result) => Some(result),
                None => continue,
            },
        };
        let candidate = clean(decoded_text.as_deref().unwrap_or(text));
        let mut next = Findings::default();
        if decoder.is_some() {
            gather(&candidate, Reach::Strict, &Place::NONE, 0, &mut next);
        }
        if !next.is_complete() {
            let mut loose = Findings::default();
            gather(&candidate, Reach::Loose, &Place::NONE, 0, &mut loose);
            next = if loose.is_complete() {
                loose
            } else {
                next.or(loose)
            };
        }
        if next.is_complete() {
            return next;
        }
        found = found.or(next);
    }
    found
}

/// Adds the tokens of a text. A token without its own name gets the place
/// `outer`.
fn gather(text: &str, reach: Reach, outer: &Place, depth: usize, found: &mut Findings) {
    if depth < json::MAX_NESTING
        && let Some(value) = json::read(text)
    {
        let before = found.tokens.len();
        for leaf in json::leaves(&value) {
            gather(&clean(leaf.text), reach, &leaf.place, depth + 1, found);
        }
        if found.tokens.len() > before {
            return;
        }
    }
    let Scan { hits, mut damaged } = scan(text, reach);
    let mut from = 0;
    for hit in hits {
        // Its signature continues with padding or characters of standard base64.
        if !hit.complete && text[hit.end..].starts_with(['=', '+', '/']) {
            damaged.get_or_insert((hit.start, hit.end));
            continue;
        }
        let place = Place::before(text, from, hit.start, &text[hit.end..]);
        let place = if place.name.is_some() {
            place
        } else {
            outer.clone()
        };
        let is_sd = text[hit.end..].starts_with('~') && !text[..hit.start].ends_with('~');
        from = hit.end;
        found.tokens.push(Found::new(hit, place, is_sd));
    }
    if let Some((start, end)) = damaged
        && found.damaged.is_none()
    {
        // Includes padding and the like, so that the error can name them.
        let more = |byte: &u8| runs::is_run_byte(*byte) || b"+/=~*%".contains(byte);
        let rest = text.as_bytes()[end..].iter().take_while(|byte| more(byte));
        let end = end + rest.count();
        let after = text[end..].chars().take(1).collect();
        found.damaged = Some((Secret::new(text[start..end].to_owned()), after));
    }
}

impl Found {
    fn new(hit: runs::Hit, mut place: Place, is_sd: bool) -> Self {
        let token = match hit.token {
            Ok(token) if is_sd => Err(TokenError::of_sd_jwt(token)),
            token => token,
        };
        match &token {
            Ok(token)
                if place.rank == Rank::Other && token.claims().kind() == Kind::SessionCookie =>
            {
                place.rank = Rank::Session;
            }
            Err(_) => place.rank = place.rank.max(Rank::Encrypted),
            Ok(_) => {}
        }
        Self {
            token,
            text: hit.text,
            place,
            complete: hit.complete,
        }
    }

    fn name(&self) -> String {
        let name = self.place.name.as_deref();
        name.unwrap_or("a token without a name").to_owned()
    }
}

/// Chooses the token with the best rank, and names the others.
fn choose(mut tokens: Vec<Found>) -> Pasted {
    tokens.sort_by_key(|found| {
        let is_exact = found.place.name.as_deref() == Some(super::COOKIE);
        (found.place.rank, !is_exact)
    });
    let chosen = tokens.remove(0);
    tokens.retain(|found| found.text != chosen.text);
    let is_ambiguous = tokens.iter().any(|found| {
        found.place.rank == chosen.place.rank
            || (chosen.place.rank, found.place.rank) == (Rank::Admin, Rank::LikeAdmin)
    });
    let mut seen: Vec<&Secret> = Vec::new();
    let mut others = Vec::new();
    for other in &tokens {
        if others.len() < MAX_OTHERS && !seen.contains(&&other.text) {
            seen.push(&other.text);
            others.push(other.name());
        }
    }
    Pasted {
        name: (!others.is_empty()).then(|| chosen.name()),
        token: chosen.token,
        others,
        is_ambiguous,
    }
}

#[cfg(test)]
mod tests;
