//! Says what a text without a token is: people copy the value beside the token,
//! or a program prints a placeholder.
//!
//! Not for the broken part of a damaged token: the parser names it. No message
//! quotes the text, which may be secret.

use base64::{Engine as _, alphabet, engine};
use serde_json::{Map, Value};

use super::{
    super::{Token, TokenError, part::BASE64URL},
    assembly::begins_token,
    json,
    place::floor,
    runs::is_token,
};
use crate::{provided, secret::Secret};

/// Standard base64, with or without padding.
const BASE64: engine::GeneralPurpose = engine::GeneralPurpose::new(
    &alphabet::STANDARD,
    engine::GeneralPurposeConfig::new()
        .with_decode_padding_mode(engine::DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Says what a text without a token is.
pub fn explain(text: &str) -> TokenError {
    let bare = provided::clean(text);
    let bare = bare.trim_end_matches([',', ';']);
    if bare.is_empty() {
        return TokenError::new("it is empty".to_owned());
    }
    let known = app_pair(bare)
        .or_else(|| other_cookie(bare))
        .or_else(|| in_json(bare))
        .or_else(|| in_base64(bare))
        .or_else(|| placeholder(bare))
        .or_else(|| changed_case(bare));
    if let Some((words, hint)) = known {
        return TokenError::new(words.to_owned()).hint(hint);
    }
    // A wrapped text may still be one word.
    let value = match bare.split_once('=') {
        Some((name, value)) if !name.contains('.') => value,
        _ => bare,
    };
    let single: String = value.split_whitespace().collect();
    let words = bare.split_whitespace().count();
    let has_dots = single.bytes().filter(|byte| *byte == b'.').nth(1).is_some();
    if words > 1 && !(has_dots && single.bytes().all(|b| b.is_ascii_graphic()) && is_wrapped(bare))
    {
        return TokenError::new("there is no token in this text".to_owned());
    }
    match Token::parse(Secret::new(single)) {
        Err(error) => error,
        // It has no `alg`: otherwise it would have been found before.
        Ok(_) => TokenError::new("there is no token in this text".to_owned()),
    }
}

/// Says what a damaged token is, if the text around it shows more than the
/// broken part does.
pub fn explain_damaged(text: &str, damaged: &str, after: &str) -> Option<TokenError> {
    let is_shortened =
        damaged.contains("...") || damaged.contains('*') || after.starts_with(['…', '*', '•']);
    let (words, hint) = match in_json(text) {
        Some(known) => known,
        None if is_shortened => (MASKED, COPY_WHOLE),
        None => return None,
    };
    Some(TokenError::new(words.to_owned()).hint(hint))
}

const MASKED: &str = "it is masked or shortened";
const COPY_WHOLE: Option<&str> =
    Some("copy the whole token, for example from the browser's cookies");

/// What the text is, and the hint.
type Explanation = (&'static str, Option<&'static str>);

fn is_wrapped(text: &str) -> bool {
    !text.trim().contains([' ', '\t', '=', ':', '"'])
}

fn has(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    text.windows(word.len())
        .any(|part| part.eq_ignore_ascii_case(word))
}

/// An app key, an app token, or the headers with both.
fn app_pair(text: &str) -> Option<Explanation> {
    let hint = Some("run `vtexid apptoken` to make a token from them");
    let key = has(text, "X-VTEX-API-AppKey") || has(text, "VTEX_APP_KEY");
    let token = has(text, "X-VTEX-API-AppToken") || has(text, "VTEX_APP_TOKEN");
    match (key, token) {
        (true, true) => return Some(("it is an app key and its app token", hint)),
        (true, false) => return Some(("it is an app key", hint)),
        (false, true) => {
            return Some(("it is an app token, the secret of an app key", hint));
        }
        (false, false) => {}
    }
    let value = last_word(text);
    if value.starts_with("vtexappkey-") {
        Some((
            "it is an app key; `vtexid apptoken` makes a token from it",
            None,
        ))
    } else if super::super::looks_like_app_token(value) {
        Some((
            "it looks like an app token, the secret of an app key; `vtexid apptoken` makes a token from both",
            None,
        ))
    } else {
        None
    }
}

/// Another cookie of VTEX.
fn other_cookie(text: &str) -> Option<Explanation> {
    let named = |name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + name.len()..].trim_start_matches(['"', '\'', '\\', ' ', ',']);
            before.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '_')
                && (after.starts_with(['=', ':', '\t']) || before == Some('"'))
        })
    };
    let copy = Some("copy the cookie `VtexIdclientAutCookie` instead");
    if named("vid_rt") {
        Some(("it is a refresh token (`vid_rt`), which APIs reject", copy))
    } else if named("checkout.vtex.com") || text.starts_with("__ofid=") {
        Some(("it is the cart cookie (`checkout.vtex.com`)", copy))
    } else if json_in_base64(last_word(text)).is_some_and(|json| !json.contains_key("alg")) {
        Some((
            "it is JSON in base64, like the `vtex_segment` cookie, not a token",
            copy,
        ))
    } else {
        None
    }
}

/// A token in JSON instead of the compact form.
fn in_json(text: &str) -> Option<Explanation> {
    let json = json::read(text)?;
    let get = |name: &str| json.get(name).is_some();
    if get("payload") && (get("signatures") || (get("protected") && get("signature"))) {
        return Some((
            "it is a signed text in JSON (JWS JSON serialization)",
            Some("join its `protected`, `payload` and `signature` with dots to inspect it"),
        ));
    }
    if get("ciphertext") && (get("recipients") || get("protected")) {
        return Some((
            "it is an encrypted token in JSON (JWE JSON serialization)",
            None,
        ));
    }
    None
}

/// A token encoded in base64, as in a Kubernetes secret.
fn in_base64(text: &str) -> Option<Explanation> {
    /// How `eyJ`, `ewo` and `Bearer` begin in base64.
    const STARTS: [&str; 3] = ["ZXlK", "ZXdv", "QmVhcmVy"];
    let found = text
        .split(|c: char| !c.is_ascii_alphanumeric() && !"+/-_=".contains(c))
        .flat_map(|word| word.split('=').filter(|part| part.len() > 8))
        .filter(|word| STARTS.iter().any(|start| word.starts_with(start)))
        .take(8)
        .map(str::to_owned)
        .chain(std::iter::once(text.split_whitespace().collect()))
        .any(|word: String| {
            let word = word.replace('-', "+").replace('_', "/");
            let Ok(bytes) = BASE64.decode(word) else {
                return false;
            };
            let text = String::from_utf8_lossy(&bytes);
            let token = provided::clean(&text);
            is_token(token) || begins_token(token)
        });
    found.then_some((
        "it is a token encoded in base64, as in a Kubernetes secret",
        Some("decode it first: `… | base64 -d | vtexid inspect`"),
    ))
}

/// What programs and people write instead of a token.
fn placeholder(text: &str) -> Option<Explanation> {
    let value = last_word(text).trim_matches(['"', '\'', '`', ',', ';']);
    if text.ends_with(['=', ':']) {
        return Some(("it is a name without a value", Some("copy its value too")));
    }
    if text.starts_with("$(") || (value.contains('(') && text.ends_with(')')) {
        return Some((
            "it is a command that was not run",
            Some("in a shell, write \"$(…)\" with double quotes"),
        ));
    }
    let is_page = ["<!doctype", "<html"]
        .iter()
        .any(|start| has(&text[..floor(text, 9)], start));
    if is_page {
        return Some((
            "it is an HTML page without a token",
            Some("the address may need a login: check the command that should print the token"),
        ));
    }
    let word = value.to_ascii_lowercase();
    let shell = Some("set the variable first, or let the shell replace it: no single quotes");
    if matches!(
        &*word,
        "undefined" | "null" | "none" | "nil" | "nan" | "true" | "false" | "void"
    ) || text.contains("[object Object]")
    {
        Some((
            "a program printed this instead of a token",
            Some("check where the program gets its token from"),
        ))
    } else if word.contains("***")
        || word.contains("•••")
        || word.contains("xxx")
        || word.contains('…')
        || word.contains("[redacted")
        || word.contains("[filtered")
        || matches!(&*word, "redacted" | "<redacted>" | "[masked]" | "hidden")
        || word.ends_with("...")
        || (text.contains("eyJ") && (text.contains("...") || text.contains('…')))
    {
        Some((MASKED, COPY_WHOLE))
    } else if (value.starts_with('$') || word.starts_with("%("))
        || word.contains("env.")
        || word.contains("environ")
        || (value.len() > 2 && value.starts_with('%') && value.ends_with('%'))
    {
        Some(("it is the name of a variable, not its value", shell))
    } else if text.contains("{{") && text.contains("}}")
        || (text.starts_with('<') && text.find('>') == Some(text.len() - 1))
        || value.starts_with('{') && value.ends_with('}') && !value.contains(':')
        || value.starts_with('<') && value.ends_with('>') && !text.contains("</")
        || word.starts_with("your")
        || word.ends_with("_here")
        || matches!(&*word, "token" | "bearer" | "jwt" | "changeme" | "todo")
    {
        Some((
            "it is a placeholder for a token",
            Some("replace it with the token"),
        ))
    } else {
        None
    }
}

/// A token whose letters a program changed to lower or upper case.
fn changed_case(text: &str) -> Option<Explanation> {
    let value = last_word(text);
    let small = value.bytes().all(|byte| !byte.is_ascii_uppercase()) && value.starts_with("eyj");
    let capital = value.bytes().all(|byte| !byte.is_ascii_lowercase()) && value.starts_with("EYJ");
    let again = Some("copy it again from where it came from");
    if value.bytes().filter(|byte| *byte == b'.').count() != 2 {
        None
    } else if small {
        Some((
            "all its letters are lower case: something changed it",
            again,
        ))
    } else if capital {
        Some((
            "all its letters are upper case: something changed it",
            again,
        ))
    } else if value.starts_with("EyJ") && begins_token(&format!("e{}", &value[1..])) {
        Some((
            "its first letter is upper case: a keyboard changed it",
            Some("write its first letter as `e`"),
        ))
    } else {
        None
    }
}

/// The JSON object in a value that is only base64.
fn json_in_base64(text: &str) -> Option<Map<String, Value>> {
    let loose = text.replace('+', "-").replace('/', "_");
    let bytes = BASE64URL.decode(loose.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// The value in `name=value` and `name: value`.
fn last_word(text: &str) -> &str {
    let text = text.trim();
    let text = if text.contains("{{") {
        text
    } else {
        text.trim_end_matches(['}', ']'])
    };
    let word = text.rsplit([' ', '\t', '\n', ':']).next().unwrap_or(text);
    let word = word.trim_matches(['"', '\'', '`', ',', ';']);
    match word.split_once('=') {
        Some((name, value)) if !value.trim_matches('=').is_empty() && !name.is_empty() => value,
        _ => word,
    }
}
