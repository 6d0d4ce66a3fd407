//! One part of a token: base64url of a JSON object.
//!
//! Not for the meaning of the object (`claims`).

use base64::{Engine as _, alphabet, engine};
use serde_json::{Map, Value};

use super::object::{self, Object};

/// base64url without padding (RFC 7515 section 2). Unused trailing bits may be
/// set: showing a token is not verifying it.
pub const BASE64URL: engine::GeneralPurpose = engine::GeneralPurpose::new(
    &alphabet::URL_SAFE,
    engine::GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(engine::DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// Checks that a part has only base64url characters.
pub fn check_alphabet(name: &str, part: &str) -> Result<(), String> {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if part.bytes().all(is_base64url) {
        return Ok(());
    }
    let wrong = part
        .char_indices()
        .find(|(_, c)| !c.is_ascii_alphanumeric() && !"-_".contains(*c));
    match wrong {
        Some((at, '=')) => Err(format!(
            "the {name} is padded: `=` at position {} does not belong in a token",
            at + 1
        )),
        Some((at, c)) => Err(format!(
            "the {name} is not base64url: `{}` at position {}",
            c.escape_default(),
            at + 1
        )),
        None => Ok(()),
    }
}

/// Parses a part and returns its fields.
pub fn read_part(name: &str, part: &str) -> Result<Map<String, Value>, String> {
    read_object(name, part).map(|(read, _)| read.fields)
}

/// Parses a part and returns its JSON text too.
pub fn read_object(name: &str, part: &str) -> Result<(Object, String), String> {
    if part.is_empty() {
        return Err(format!("the {name} is empty"));
    }
    let bytes = BASE64URL
        .decode(part)
        .map_err(|_| base64url_problem(name, part))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        format!(
            "the {name} is not valid UTF-8 (byte {})",
            e.utf8_error().valid_up_to() + 1
        )
    })?;
    match object::read(&text) {
        Ok(Some(read)) => Ok((read, text)),
        Ok(None) => Err(format!("the {name} is JSON, but not an object")),
        // serde_json's own message may quote a key or value, so only the position
        // is shown.
        Err(e) => Err(format!(
            "the {name} is not JSON: {} at byte {} of {}",
            match e.classify() {
                serde_json::error::Category::Eof => "cut off",
                // serde_json has no category for its limit of 127 levels.
                _ if e.to_string().starts_with("recursion limit") => {
                    "nested more than 127 levels deep"
                }
                _ if e.to_string().starts_with("number out of range") => {
                    "number out of range"
                }
                _ => "error",
            },
            error_position(&text, &e),
            text.len()
        )),
    }
}

/// Says why a part cannot be decoded.
fn base64url_problem(name: &str, part: &str) -> String {
    match check_alphabet(name, part) {
        Err(problem) => problem,
        Ok(()) if part.len() % 4 == 1 => format!(
            "the {name} is cut off: {} is not a valid length for base64url",
            part.len()
        ),
        Ok(()) => format!("the {name} is not base64url"),
    }
}

/// The byte of the text that an error is at, counted from 1. The error itself
/// counts from the start of its line.
fn error_position(text: &str, error: &serde_json::Error) -> usize {
    let lines = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    lines.map(str::len).sum::<usize>() + error.column()
}

#[cfg(test)]
mod tests;
