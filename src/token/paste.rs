//! The token in what people paste: quotes, `Bearer`, header lines, cookies,
//! JSON, wrapped lines, and the assignment of a variable.
//!
//! Not for judging what is found: what cannot be told apart is handed on as
//! it is, so that the reader of tokens names what is wrong with it.

use serde_json::Value;

use super::COOKIE;
use crate::secret::Secret;

/// What was found in a pasted text.
#[derive(Debug)]
pub struct Pasted {
    /// The token, or what stands in its place, without white space.
    pub text: Secret,
    /// The cookie or header it came in, where it is one of several.
    pub name: Option<String>,
    /// The cookies and headers that bring another one, where there are any.
    pub others: Vec<String>,
    /// Whether it cannot be said which of them is meant: the same name twice,
    /// or one where no cookie begins.
    pub doubtful: bool,
}

/// Finds the token in `text`.
pub fn pasted(text: &str) -> Pasted {
    let text = unquoted(text.trim());
    let mut found = json(text);
    if found.is_empty() {
        found = cookies(text);
        found.extend(bearer(text));
    }
    if found.is_empty() {
        found.extend(anywhere(text));
    }
    // The surest first, and of these the cookie of the Admin.
    found.sort_by_key(|found| (found.doubtful, found.name.len() != COOKIE.len()));
    let taken = found.first().map_or(text, |found| found.value.expose());
    let others: Vec<&Found> = found
        .iter()
        .filter(|found| found.value.expose() != taken)
        .collect();
    let same = |other: &&&Found| other.doubtful || other.name == found[0].name;
    Pasted {
        doubtful: others.iter().any(|other| same(&other)),
        name: (!others.is_empty()).then(|| found[0].name.clone()),
        others: others.iter().take(MOST).map(|o| o.name.clone()).collect(),
        text: Secret::new(without_space(taken)),
    }
}

/// So many other tokens are named, at most.
const MOST: usize = 5;

/// What may be the token that is meant.
struct Found {
    name: String,
    value: Secret,
    doubtful: bool,
}

/// Terminals and mails break long lines.
fn without_space(text: &str) -> String {
    if text.contains(char::is_whitespace) {
        text.split_whitespace().collect()
    } else {
        text.to_owned()
    }
}

fn unquoted(text: &str) -> &str {
    let quotes = ['"', '\'', '`'];
    if text.len() > 1 && text.starts_with(quotes) && text.ends_with(quotes) {
        text[1..text.len() - 1].trim()
    } else {
        text
    }
}

/// `{"token": "…"}`, as `local token --json` and VTEX ID answer, and what
/// browsers export: `{"VtexIdclientAutCookie": "…"}`, `[{"name": …, "value": …}]`.
fn json(text: &str) -> Vec<Found> {
    if !text.starts_with(['{', '[']) {
        return Vec::new();
    }
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    let is_name = |name: &str| is_cookie(name) || name == "token";
    let found = |name: &str, value: &Value| {
        Some(Found {
            name: name.to_owned(),
            value: Secret::new(value.as_str().filter(|_| is_name(name))?.to_owned()),
            doubtful: false,
        })
    };
    match &value {
        Value::Object(object) => object.iter().filter_map(|(n, v)| found(n, v)).collect(),
        Value::Array(list) => list
            .iter()
            .filter_map(|cookie| found(cookie["name"].as_str()?, &cookie["value"]))
            .collect(),
        _ => Vec::new(),
    }
}

/// `VtexIdclientAutCookie` and `VtexIdclientAutCookie_{account}`; a cookie's
/// name has case.
fn is_cookie(name: &str) -> bool {
    name.strip_prefix(COOKIE)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

/// `VtexIdclientAutCookie: …`, `a=1; VtexIdclientAutCookie_mystore=…; b=2`,
/// and the same in the middle of a command or a `Set-Cookie`.
fn cookies(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = find_ignoring_case(&text[at..], COOKIE) {
        let start = at + next;
        let rest = &text[start..];
        let length = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c))
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(length);
        at = start + length;
        let bare = after.trim_start_matches(['"', '\'', ' ']);
        let Some(value) = bare.strip_prefix([':', '=']) else {
            continue;
        };
        let value = value.trim_start_matches(['"', '\'', ' ', '\t', '\r', '\n']);
        let end = value.find([';', ',', '"', '\'', '}']);
        let value = &value[..end.unwrap_or(value.len())];
        at = value.as_ptr().addr() - text.as_ptr().addr() + value.len();
        if !value.trim().is_empty() {
            // Inside of another cookie's name or value it is none itself.
            let before = text[..start].trim_end_matches(['"', '\'']);
            let begins = before.is_empty() || before.ends_with([';', ',', '{', ' ', '\n', '\t']);
            let header = name.eq_ignore_ascii_case(COOKIE) && bare.starts_with(':');
            found.push(Found {
                name: name.to_owned(),
                value: Secret::new(value.trim().to_owned()),
                doubtful: !begins || !(is_cookie(name) || header),
            });
        }
    }
    found
}

/// `Bearer …` and `Authorization: Bearer …`.
fn bearer(text: &str) -> Option<Found> {
    const WORD: &str = "bearer ";
    let at = find_ignoring_case(text, WORD)?;
    let before = text[..at].trim_end_matches([' ', ':', '"', '\'']);
    let is_header = before.is_empty() || find_ignoring_case(before, "authorization").is_some();
    is_header.then(|| {
        let value = &text[at + WORD.len()..];
        let end = value.find(['"', '\'', ';', ',']).unwrap_or(value.len());
        Found {
            name: "Bearer".to_owned(),
            value: Secret::new(value[..end].trim().to_owned()),
            doubtful: false,
        }
    })
}

/// `export VTEX_TOKEN='…'`, `vtex_session=…; …`: the first word that has the
/// look of a token, behind something that no token has.
fn anywhere(text: &str) -> Option<Found> {
    let start = text.find("eyJ")?;
    let before = text[..start].chars().next_back()?;
    if !"=:\"' ".contains(before) {
        return None;
    }
    let value = &text[start..];
    let end = value
        .find([';', ',', '"', '\'', '}', '&'])
        .unwrap_or(value.len());
    Some(Found {
        name: "a token".to_owned(),
        value: Secret::new(value[..end].to_owned()),
        doubtful: false,
    })
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
    fn of_several_cookies_the_admins_is_taken_and_the_others_are_named() {
        let found = pasted("VtexIdclientAutCookie_mystore=a.b.c; x=1; VtexIdclientAutCookie=d.e.f");
        assert_eq!(found.text.expose(), "d.e.f");
        assert_eq!(found.name.unwrap(), "VtexIdclientAutCookie");
        assert_eq!(found.others, ["VtexIdclientAutCookie_mystore"]);
        assert!(!found.doubtful);
        let one = pasted("VtexIdclientAutCookie_a=a.b.c; VtexIdclientAutCookie_b=d.e.f");
        assert_eq!(one.text.expose(), "a.b.c");
        let same = pasted("VtexIdclientAutCookie_a=a.b.c; VtexIdclientAutCookie=a.b.c");
        assert!(same.others.is_empty() && same.name.is_none());
    }

    #[test]
    fn what_only_looks_like_the_cookie_is_not_taken_for_it() {
        for text in [
            "xVtexIdclientAutCookie=a.b.c; VtexIdclientAutCookie=d.e.f",
            "ref=VtexIdclientAutCookie:a.b.c; VtexIdclientAutCookie=d.e.f",
            "vtexidclientautcookie=a.b.c; VtexIdclientAutCookie=d.e.f",
            "VtexIdclientAutCookieX=a.b.c; VtexIdclientAutCookie=d.e.f",
        ] {
            let found = pasted(text);
            assert_eq!(found.text.expose(), "d.e.f", "{text}");
            assert!(found.doubtful, "{text}");
        }
        let twice = pasted("VtexIdclientAutCookie=d.e.f; VtexIdclientAutCookie=a.b.c");
        assert!(twice.doubtful);
        for text in [
            r#"[{"name":"vtex_session","value":"eyJ.b.c"},{"name":"VtexIdclientAutCookie","value":"d.e.f"}]"#,
            r#"{"vtexidclientautcookie":"a.b.c","VtexIdclientAutCookie":"d.e.f"}"#,
            "vtex_session=eyJ.b.c; VtexIdclientAutCookie=d.e.f",
        ] {
            let found = pasted(text);
            assert_eq!(found.text.expose(), "d.e.f", "{text}");
            assert!(!found.doubtful, "{text}");
        }
        let both = pasted("VtexIdclientAutCookie_x=a.b.c; Authorization: Bearer d.e.f");
        assert_eq!(both.others, ["Bearer"]);
    }

    #[test]
    fn a_broken_token_is_handed_on_whole() {
        for broken in ["eyJ.b=.c", "eyJ.b.c=", "a:eyJ.b", "eyJ;.b.c", "x.eyJ.c"] {
            assert!(pasted(broken).text.expose().contains("eyJ"), "{broken}");
        }
        assert_eq!(pasted("eyJ.b=.c").text.expose(), "eyJ.b=.c");
    }
}
