//! Reads what a person pastes if the browser could not reach this machine: the
//! final URL, or only the one-time token.
//!
//! Pure, because anything at all may be pasted.

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use super::ott::{MAX_OTT_BYTES, Problem, one_time_token, parse_form};
use crate::secret::Secret;

/// Shorter than any one-time token seen: a word typed by mistake.
const MIN_OTT_BYTES: usize = 8;

const NEITHER: &str = "this is not the final URL, which begins with http://127.0.0.1";

/// What some terminals put around a paste.
const PASTE_MARKS: [&str; 2] = ["\u{1b}[200~", "\u{1b}[201~"];

/// Finds the one-time token in what was pasted. `None` for nothing at all.
///
/// # Errors
/// What to do instead, without quoting the paste.
pub fn parse(pasted: &str) -> Option<Result<Secret, String>> {
    let mut text = Zeroizing::new(pasted.to_owned());
    for mark in PASTE_MARKS {
        text = Zeroizing::new(text.replace(mark, ""));
    }
    // A terminal or a mail may have wrapped it.
    let text: Zeroizing<String> =
        Zeroizing::new(text.lines().map(str::trim).collect::<Vec<_>>().concat());
    let text = unquoted(&text);
    if text.is_empty() {
        return None;
    }
    Some(find(text))
}

/// Removes the spaces, quotes and brackets around a URL copied from a mail, a
/// shell or a chat.
fn unquoted(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`' | '<' | '>')
    })
}

fn find(pasted: &str) -> Result<Secret, String> {
    // A one-time token alone is one piece, and several words are neither.
    let address = pasted.contains(['?', '=', '/']);
    let text: String = if address {
        pasted.split_whitespace().collect()
    } else {
        pasted.to_owned()
    };
    let no_token = || {
        "this is not the final URL: after you sign in, copy the address that begins with http://127.0.0.1 and contains `ott=`"
            .to_owned()
    };
    let in_fields = |fields: &str| {
        one_time_token(&parse_form(fields.as_bytes())).map_err(|problem| match problem {
            Problem::Missing => no_token(),
            other => format!("this URL cannot be used: {other}"),
        })
    };
    let query = text
        .split_once('?')
        .map(|(_, query)| query.split('#').next().unwrap_or(query));
    if let Some(query) = query {
        if query.contains("returnUrl=") {
            return Err("this is the address to open: sign in there, and copy the address that begins with http://127.0.0.1".to_owned());
        }
        return in_fields(query);
    }
    if text.starts_with("ott=") {
        return in_fields(&text);
    }
    if text.contains("://") {
        return Err(no_token());
    }
    if text.starts_with("eyJ") && text.matches('.').count() == 2 {
        return Err("this is a token: use `vtexid login --with-token`".to_owned());
    }
    if is_something_else(pasted, &text) {
        return Err(NEITHER.to_owned());
    }
    // Copied from a URL, it is still percent-encoded.
    let text = match percent_decode_str(&text).decode_utf8() {
        Ok(decoded) => decoded.into_owned(),
        Err(_) => text,
    };
    if text.len() < MIN_OTT_BYTES
        || text.len() > MAX_OTT_BYTES
        || !text.bytes().all(|b| b.is_ascii_graphic())
    {
        return Err(NEITHER.to_owned());
    }
    Ok(Secret::new(text))
}

/// Whether it is certainly not a one-time token, so that a password pasted by
/// mistake is not sent to VTEX ID. The format is not published: it is one word,
/// perhaps base64, which has `=` only at its end.
fn is_something_else(pasted: &str, text: &str) -> bool {
    let app_token = text.len() == 128 && text.bytes().all(|b| b.is_ascii_uppercase());
    pasted.contains(char::is_whitespace)
        || text.trim_end_matches('=').contains('=')
        || text.starts_with(['/', '~', '.'])
        || text.starts_with("vtexappkey-")
        || app_token
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_one_time_token_is_found_however_it_was_copied() {
        for pasted in [
            "http://127.0.0.1:4000/login_callback?ott=abc%2B12345",
            "  'http://127.0.0.1:4000/login_callback?ott=abc%2B12345'  ",
            "\"http://127.0.0.1:4000/login_callback?x=1&ott=abc%2B12345#top\"\r",
            "<http://localhost/login_callback?ott=abc%2B12345>",
            "http://127.0.0.1:4000/login_callback?ott=abc%2B\n12345",
            "127.0.0.1:4000/login_callback?ott=abc%2B12345",
            "http://127.0.0.1:4000/login_\r\ncallback?ott=abc%2B12345\r\n",
            "\u{1b}[200~http://127.0.0.1:4000/login_callback?ott=abc%2B12345\u{1b}[201~",
            "ott=abc%2B12345",
            "abc+12345",
            "abc%2B12345",
            "abc%2B1\n  2345",
        ] {
            let found = parse(pasted).unwrap().unwrap();
            assert_eq!(found.expose(), "abc+12345", "{pasted:?}");
        }
    }

    #[test]
    fn whatever_else_is_pasted_is_answered() {
        for empty in ["", "  ", "\"\"", "\u{1b}"] {
            assert!(parse(empty).is_none(), "{empty:?}");
        }
        for wrong in [
            "yes",
            "export VTEX_APP_TOKEN=AAAABBBBCCCC",
            "VTEX_APP_TOKEN=AAAABBBBCCCC",
            "/home/ana/token.txt",
            "vtexappkey-mystore-ABCDEF",
            &"ABCDEFGH".repeat(16),
            "hello there, world",
            "https://mystore.myvtex.com/",
            "https://mystore.myvtex.com/api/vtexid/toolbelt/callback?state=abc",
            "http://127.0.0.1:4000/login_callback",
            "http://127.0.0.1:4000/login_callback?ott=",
            "http://127.0.0.1:4000/login_callback?ott=a12345678&ott=b12345678",
            "http://127.0.0.1:4000/login_callback?error=denied",
            "https://mystore.myvtex.com/login?returnUrl=%2Fapi",
            "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln",
            "não é nada disso",
        ] {
            assert!(parse(wrong).unwrap().is_err(), "{wrong:?}");
        }
    }
}
