//! What a person pastes when the browser could not come back by itself: the
//! address it ended on, or the one-time token alone.
//!
//! Pure, because anything at all may be pasted.

use super::ott::{MAX_OTT_BYTES, one_time_token, parse_form};
use crate::secret::Secret;

/// Shorter than any one-time token seen: a word typed by mistake.
const MIN_OTT_BYTES: usize = 8;

/// Finds the one-time token in a pasted line. `None` for an empty line.
///
/// # Errors
/// What to do about a paste that holds none, in words and without the paste.
pub fn parse(line: &str) -> Option<Result<Secret, String>> {
    let text = unquoted(line);
    if text.is_empty() {
        return None;
    }
    Some(find(text))
}

/// Without the spaces, quotes and brackets that come along when an address
/// is copied out of a mail, a shell or a chat.
fn unquoted(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`' | '<' | '>')
    })
}

fn find(text: &str) -> Result<Secret, String> {
    // A terminal or a mail may have broken an address into several pieces; a
    // one-time token alone is one piece, and several words are neither.
    let address = text.contains(['?', '=', '/']);
    let text: String = if address {
        text.split_whitespace().collect()
    } else {
        text.to_owned()
    };
    let query = text
        .split_once('?')
        .map(|(_, query)| query.split('#').next().unwrap_or(query));
    if let Some(query) = query {
        if query.contains("returnUrl=") {
            return Err(
                "that is the address to open; paste the one your browser ends on".to_owned(),
            );
        }
        return one_time_token(&parse_form(query.as_bytes()))
            .map_err(|problem| format!("that address does not help: {problem}"));
    }
    if text.starts_with("ott=") {
        return one_time_token(&parse_form(text.as_bytes()))
            .map_err(|problem| format!("that does not help: {problem}"));
    }
    if text.contains("://") {
        return Err("that address holds no one-time token (`ott=`)".to_owned());
    }
    if text.starts_with("eyJ") && text.matches('.').count() == 2 {
        return Err("that is a token already: log in with it by --with-token".to_owned());
    }
    if text.len() < MIN_OTT_BYTES
        || text.len() > MAX_OTT_BYTES
        || !text.bytes().all(|b| b.is_ascii_graphic())
    {
        return Err("that is neither an address nor a one-time token".to_owned());
    }
    Ok(Secret::new(text))
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
            "ott=abc%2B12345",
            "abc+12345",
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
            "hello there, world",
            "https://mystore.myvtex.com/",
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
