//! Finds the name before a token in a text, and ranks how likely the user means
//! this token.
//!
//! Not for finding the token (`runs`), and not for valid JSON (`json`).

use super::{super::COOKIE, clean::SOFT_BLANK};

/// How likely the user means the token in this place, most likely first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// The Admin's cookie or header.
    Admin,
    /// A name that contains the name of the Admin's cookie, or differs from it
    /// only in case. If another token has the exact name, either may be meant.
    LikeAdmin,
    /// A shopper's cookie.
    Shopper,
    /// `Bearer`, or the `Authorization` header.
    Bearer,
    /// A name with `token` in it.
    Token,
    /// Anything else.
    Other,
    /// An encrypted token, of which only the header can be explained.
    Encrypted,
    /// `vtex_session`, which is not a credential.
    Session,
}

/// The text before a token.
#[derive(Clone, Debug)]
pub struct Place {
    /// The name, if there is one that may be shown.
    pub name: Option<String>,
    pub rank: Rank,
}

/// A longer word is not a name.
const MAX_NAME_BYTES: usize = 64;

/// How much text before and after a token is examined.
const WINDOW_BYTES: usize = 512;

impl Place {
    /// A place without a name.
    pub const NONE: Self = Self {
        name: None,
        rank: Rank::Other,
    };

    /// The place with a name, such as a JSON field's.
    pub fn named(name: &str) -> Self {
        Self::of(name, false)
    }

    fn of(name: &str, is_cookie: bool) -> Self {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let mut rank = rank(name);
        // Names of cookies are case-sensitive; names of headers are not.
        if rank == Rank::Admin && is_cookie && name != COOKIE {
            rank = Rank::LikeAdmin;
        }
        let shown = !name.is_empty() && name.len() <= MAX_NAME_BYTES && name.chars().all(is_name);
        Self {
            name: shown.then(|| name.to_owned()),
            rank,
        }
    }

    /// The place of a token at `start`. Examines the text from `from` to the
    /// token; `after` is the text after the token.
    pub fn before(text: &str, from: usize, start: usize, after: &str) -> Self {
        let from = floor(text, from.max(start.saturating_sub(WINDOW_BYTES)));
        let mut before = &text[from..start];
        let (mut name, mut between) = last_name(before);
        if is_generic(name) {
            let upto = &before[..before.len() - between.len() - name.len()];
            let after = &after[..floor(after, WINDOW_BYTES)];
            if let Some(place) = name_beside_value(upto, after) {
                return place;
            }
            // `"NAME": {"value": "…"}`.
            (name, between) = last_name(upto);
            before = upto;
        }
        let mut place = Self::of(name, between.contains('='));
        // Inside another value (`a=NAME=…`) it is not the name of the cookie.
        let start = before.len() - between.len() - name.len();
        let is_name = before[..start].chars().next_back().is_none_or(|c| c != '=');
        if place.rank == Rank::Admin && !is_name {
            place.rank = Rank::LikeAdmin;
        }
        // A word of a sentence is not a name, and may be secret.
        let separated = between.contains(|c: char| !matches!(c, ' ' | '\n' | SOFT_BLANK));
        if place.rank == Rank::Other && !separated {
            return Self::NONE;
        }
        place
    }
}

fn rank(name: &str) -> Rank {
    let lower = name.to_ascii_lowercase();
    let cookie = COOKIE.to_ascii_lowercase();
    match lower.strip_prefix(&cookie) {
        Some("") => Rank::Admin,
        Some(rest) if rest.starts_with('_') => Rank::Shopper,
        _ if lower.contains(&cookie) => Rank::LikeAdmin,
        _ if matches!(&*lower, "bearer" | "authorization") => Rank::Bearer,
        _ if lower == "vtex_session" => Rank::Session,
        // A refresh token, not an access token.
        _ if lower.contains("refresh") => Rank::Other,
        _ if lower.contains("token") => Rank::Token,
        _ => Rank::Other,
    }
}

/// The last name in a text, and what is between it and the end.
fn last_name(text: &str) -> (&str, &str) {
    let end = text
        .trim_end_matches(|c: char| {
            c.is_whitespace() || "\"'`“”‘’«»„‹›\\([{<>=:,|^$+-*#/&?~!@%".contains(c)
        })
        .len();
    let name = text[..end].rfind(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c));
    let start = name.map_or(0, |at| {
        at + text[at..].chars().next().map_or(1, char::len_utf8)
    });
    (&text[start..end], &text[end..])
}

/// Whether a field of this name usually has its real name in a field beside it.
pub fn is_generic(name: &str) -> bool {
    [
        "value", "values", "current", "content", "text", "raw", "src", "data",
    ]
    .iter()
    .any(|generic| name.eq_ignore_ascii_case(generic))
}

/// The name in `"name": "…", "value":`, before or after the value.
fn name_beside_value(before: &str, after: &str) -> Option<Place> {
    let object = &before[before.rfind(['{', '}', '<']).map_or(0, |at| at + 1)..];
    let behind = &after[..after.find(['{', '}', '>']).unwrap_or(after.len())];
    let name = |text: &str, word: &str| {
        let (at, _) = text.to_ascii_lowercase().rmatch_indices(word).next()?;
        let rest = &text[at + word.len()..];
        let value = rest.trim_start_matches(['"', '\'', '\\', ' ']);
        let value = value.strip_prefix([':', '='])?;
        let value = value.trim_start_matches(['"', '\'', '\\', ' ']);
        let end = value.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c));
        let value = &value[..end.unwrap_or(value.len())];
        (!value.is_empty()).then(|| Place::named(value))
    };
    let words = ["name", "key", "header"];
    let found = |text: &str| words.iter().find_map(|word| name(text, word));
    found(object).or_else(|| found(behind))
}

/// The last character boundary at or before `at`.
pub fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Place, Rank};

    fn place(text: &str) -> (Option<String>, Rank) {
        let at = text.find('@').unwrap();
        let place = Place::before(text, 0, at, &text[at + 1..]);
        (place.name, place.rank)
    }

    #[test]
    fn a_token_is_called_what_stands_before_it() {
        let admin = "VtexIdclientAutCookie";
        for text in [
            "VtexIdclientAutCookie=@",
            "VtexIdclientAutCookie: @",
            "VtexIdclientAutCookie\t@",
            "VtexIdclientAutCookie\n@",
            "VtexIdclientAutCookie = @",
            "a=1; VtexIdclientAutCookie=@; b=2",
            "Set-Cookie: VtexIdclientAutCookie=@",
            "-H 'VtexIdclientAutCookie: @'",
            "{\"VtexIdclientAutCookie\": \"@\"",
            "{\\\"VtexIdclientAutCookie\\\":\\\"@",
            "'VtexIdclientAutCookie' => '@'",
            "Cookie(\"VtexIdclientAutCookie\", \"@\"",
            "| VtexIdclientAutCookie | @ |",
            "\"name\": \"VtexIdclientAutCookie\",\n \"path\": \"/\",\n \"value\": \"@\"",
            "{\"value\": \"@\", \"path\": \"/\", \"name\": \"VtexIdclientAutCookie\"}",
            "{\"name\":\"a\",\"value\":\"b\"},{\"name\":\"VtexIdclientAutCookie\",\"value\":\"@\"}",
            "\"VtexIdclientAutCookie\":{\"value\":\"@\"}",
            "- name: VtexIdclientAutCookie\n  value: @",
            "<header name=\"VtexIdclientAutCookie\" value=\"@\">",
        ] {
            assert_eq!(place(text), (Some(admin.to_owned()), Rank::Admin), "{text}");
        }
    }

    #[test]
    fn places_are_ranked_by_their_names() {
        for (text, name, rank) in [
            ("@", None, Rank::Other),
            (
                "VtexIdclientAutCookie_a=@",
                Some("VtexIdclientAutCookie_a"),
                Rank::Shopper,
            ),
            (
                "vtexidclientautcookie: @",
                Some("vtexidclientautcookie"),
                Rank::Admin,
            ),
            (
                "vtexidclientautcookie=@",
                Some("vtexidclientautcookie"),
                Rank::LikeAdmin,
            ),
            (
                "xVtexIdclientAutCookie=@",
                Some("xVtexIdclientAutCookie"),
                Rank::LikeAdmin,
            ),
            (
                "ref=VtexIdclientAutCookie:@",
                Some("VtexIdclientAutCookie"),
                Rank::LikeAdmin,
            ),
            ("Bearer @", Some("Bearer"), Rank::Bearer),
            ("Bearer\u{a0}@", Some("Bearer"), Rank::Bearer),
            ("Authorization: @", Some("Authorization"), Rank::Bearer),
            ("\"Bearer \" + \"@\"", Some("Bearer"), Rank::Bearer),
            ("export VTEX_TOKEN='@'", Some("VTEX_TOKEN"), Rank::Token),
            ("set -gx VTEX_TOKEN @", Some("VTEX_TOKEN"), Rank::Token),
            ("?access_token=@", Some("access_token"), Rank::Token),
            ("refresh_token: @", Some("refresh_token"), Rank::Other),
            ("vtex_session=@", Some("vtex_session"), Rank::Session),
            ("mystore,@", Some("mystore"), Rank::Other),
            // What may be a secret is not shown.
            ("hunter2 @", None, Rank::Other),
            ("a b; @", None, Rank::Other),
        ] {
            assert_eq!(place(text), (name.map(str::to_owned), rank), "{text}");
        }
    }
}
