//! The token in what people paste: quotes, `Bearer`, header lines, cookies,
//! JSON, wrapped lines, and the assignment of a variable.
//!
//! Not for judging what is found: what cannot be told apart is handed on as
//! it is, so that the reader of tokens names what is wrong with it.

use serde_json::{Map, Value};

use super::COOKIE;
use crate::secret::Secret;

/// What was found in a pasted text.
#[derive(Debug)]
pub struct Pasted {
    /// The token, or what stands in its place, without white space.
    pub text: Secret,
    /// The cookies and headers that each bring a token, the one that was taken first;
    /// empty when the text is the token itself.
    pub names: Vec<String>,
}

/// Finds the token in `text`.
pub fn pasted(text: &str) -> Pasted {
    let text = unquoted(text.trim());
    let found = json(text)
        .or_else(|| cookies(text))
        .or_else(|| bearer(text))
        .or_else(|| anywhere(text));
    let (names, token) = found.unwrap_or((Vec::new(), text));
    // Terminals and mails break long lines.
    let text = if token.contains(char::is_whitespace) {
        token.split_whitespace().collect()
    } else {
        token.to_owned()
    };
    Pasted {
        text: Secret::new(text),
        names,
    }
}

type Found<'a> = Option<(Vec<String>, &'a str)>;

fn unquoted(text: &str) -> &str {
    let quotes = ['"', '\'', '`'];
    if text.len() > 1 && text.starts_with(quotes) && text.ends_with(quotes) {
        text[1..text.len() - 1].trim()
    } else {
        text
    }
}

/// `{"token": "…"}`, as `local token --json` and VTEX ID answer, and the
/// `{"VtexIdclientAutCookie": "…"}` of exported cookies.
fn json(text: &str) -> Found<'_> {
    if !text.starts_with('{') {
        return None;
    }
    let object: Map<String, Value> = serde_json::from_str(text).ok()?;
    let is_name = |name: &str| name.eq_ignore_ascii_case(COOKIE);
    let value = object
        .get("token")
        .or_else(|| Some(object.iter().find(|(name, _)| is_name(name))?.1))?
        .as_str()?;
    // The text again, where it is not escaped: tokens have nothing to escape.
    let at = text.find(value)?;
    Some((Vec::new(), &text[at..at + value.len()]))
}

/// `VtexIdclientAutCookie: …`, `a=1; VtexIdclientAutCookie_mystore=…; b=2`,
/// and the same in the middle of a command or a `Set-Cookie`.
fn cookies(text: &str) -> Found<'_> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    let mut rest = text;
    while let Some(at) = find_ignoring_case(rest, COOKIE) {
        rest = &rest[at..];
        let length = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c))
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(length);
        rest = after;
        let bare = after.trim_start_matches(['"', '\'', ' ']);
        let Some(value) = bare.strip_prefix([':', '=']) else {
            continue;
        };
        let value = value.trim_start_matches(['"', '\'', ' ', '\t', '\r', '\n']);
        let end = value.find([';', ',', '"', '\'', '}']);
        let (value, after) = value.split_at(end.unwrap_or(value.len()));
        rest = after;
        if !value.trim().is_empty() {
            found.push((name, value));
        }
    }
    // The cookie of the Admin before a store's own.
    found.sort_by_key(|(name, _)| name.len() != COOKIE.len());
    let (_, value) = *found.first()?;
    let names = found.iter().map(|(name, _)| (*name).to_owned()).collect();
    Some((names, value))
}

/// `Bearer …` and `Authorization: Bearer …`.
fn bearer(text: &str) -> Found<'_> {
    const WORD: &str = "bearer ";
    let at = find_ignoring_case(text, WORD)?;
    let before = text[..at].trim_end_matches([' ', ':', '"', '\'']);
    let is_header = before.is_empty() || find_ignoring_case(before, "authorization").is_some();
    is_header.then(|| {
        let value = &text[at + WORD.len()..];
        let end = value.find(['"', '\'', ';', ',']).unwrap_or(value.len());
        (Vec::new(), &value[..end])
    })
}

/// `export VTEX_TOKEN='…'`, `vtex_session=…; …`: the first word that has the
/// look of a token, behind something that no token has.
fn anywhere(text: &str) -> Found<'_> {
    let start = text.find("eyJ")?;
    let before = text[..start].chars().next_back()?;
    if !"=:\"' ".contains(before) {
        return None;
    }
    let value = &text[start..];
    let end = value
        .find([';', ',', '"', '\'', '}', '&'])
        .unwrap_or(value.len());
    Some((Vec::new(), &value[..end]))
}

fn find_ignoring_case(text: &str, word: &str) -> Option<usize> {
    let first = word.as_bytes()[0].to_ascii_lowercase();
    text.as_bytes().windows(word.len()).position(|window| {
        window[0].to_ascii_lowercase() == first && window.eq_ignore_ascii_case(word.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::pasted;

    #[test]
    fn the_token_is_found_in_what_people_paste() {
        for form in [
            "eyJ.b.c",
            " eyJ.b.c\n",
            "\"eyJ.b.c\"",
            "'eyJ.b.c'",
            "`eyJ.b.c`",
            "eyJ.\r\n  b.c\n",
            "Bearer eyJ.b.c",
            "bearer  eyJ.b.c",
            "Authorization: Bearer eyJ.b.c",
            "-H 'authorization: bearer eyJ.b.c'",
            "VtexIdclientAutCookie: eyJ.b.c",
            "VtexIdclientAutCookie:eyJ.b.\n c",
            "vtexidclientautcookie=eyJ.b.c; Path=/",
            "VtexIdclientAutCookie_mystore=eyJ.b.c",
            "Cookie: a=1; VtexIdclientAutCookie=eyJ.b.c; b=2",
            "Set-Cookie: VtexIdclientAutCookie=eyJ.b.c; path=/; secure; HttpOnly",
            "curl -H 'VtexIdclientAutCookie: eyJ.b.c' https://mystore.myvtex.com",
            "{\"token\": \"eyJ.b.c\", \"header\": \"VtexIdclientAutCookie\"}",
            "{\n  \"VtexIdclientAutCookie\": \"eyJ.b.c\"\n}",
            "export VTEX_TOKEN='eyJ.b.c'",
            "VTEX_TOKEN=eyJ.b.c",
            "vtex_session=eyJ.b.c; vtex_segment=eyJ",
        ] {
            assert_eq!(pasted(form).text.expose(), "eyJ.b.c", "{form}");
        }
        for odd in ["\"", "é", "", "{", "VtexIdclientAutCookie", "bearer "] {
            assert_eq!(pasted(odd).text.expose(), odd.trim(), "{odd}");
        }
    }

    #[test]
    fn of_several_cookies_the_admins_is_taken_and_all_are_named() {
        let found = pasted("VtexIdclientAutCookie_mystore=a.b.c; x=1; VtexIdclientAutCookie=d.e.f");
        assert_eq!(found.text.expose(), "d.e.f");
        assert_eq!(
            found.names,
            ["VtexIdclientAutCookie", "VtexIdclientAutCookie_mystore"]
        );
        let one = pasted("VtexIdclientAutCookie_a=a.b.c; VtexIdclientAutCookie_b=d.e.f");
        assert_eq!(one.text.expose(), "a.b.c");
    }

    #[test]
    fn a_broken_token_is_handed_on_whole() {
        for broken in ["eyJ.b=.c", "eyJ.b.c=", "a:eyJ.b", "eyJ;.b.c", "x.eyJ.c"] {
            assert!(pasted(broken).text.expose().contains("eyJ"), "{broken}");
        }
        assert_eq!(pasted("eyJ.b=.c").text.expose(), "eyJ.b=.c");
    }
}
