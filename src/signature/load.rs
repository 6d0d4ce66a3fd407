//! Detects whether a file's content is PEM, a JWK or a JWKS.
//!
//! Not for opening files. A file is used as an HMAC secret only if the user says
//! so: anyone who knows the content of another file (an error page, a public
//! key) could sign with it.

use std::iter;

use jsonwebtoken::DecodingKey;

use super::{
    error::{KeyError, reject, reject_with_hint},
    jwk,
    key::{Key, Kind},
    pem,
};

/// Reads the keys in a file's content, at least one.
///
/// # Errors
/// Why the file cannot be used. Does not quote it.
pub fn keys(bytes: &[u8]) -> Result<Vec<Key>, KeyError> {
    let text = trimmed(bytes);
    if text.is_empty() {
        reject("it is empty")
    } else if text.starts_with(b"{") {
        jwk::read(text)
    } else if is_pem(text) {
        pem::read(text).map(|key| vec![key])
    } else {
        reject_with_hint(
            "it is neither PEM nor JWK",
            "use a public key or certificate as PEM (-----BEGIN …), a JWK or a JWKS; pass a secret with --secret",
        )
    }
}

/// Uses a file's content as a secret, with and without the newline at its end.
///
/// # Errors
/// Why it cannot be a secret. Does not quote it.
pub fn secret(bytes: &[u8]) -> Result<Key, KeyError> {
    let text = trimmed(bytes);
    // HMAC pads a secret with NUL, so these equal an empty secret.
    if text.iter().all(|b| *b == 0) {
        return reject("it is empty");
    }
    if text.starts_with(b"{") || is_pem(text) {
        return reject_with_hint(
            "it looks like a key (PEM or JWK)",
            "pass a key with --key; if this is a secret that looks like a key, put it in a JWK of type oct and pass that with --key",
        );
    }
    let cut = bytes
        .strip_suffix(b"\n")
        .map(|b| b.strip_suffix(b"\r").unwrap_or(b));
    let secrets = iter::once(bytes).chain(cut);
    Ok(Key {
        material: Ok(secrets.map(DecodingKey::from_secret).collect()),
        ..Key::new(Kind::Secret)
    })
}

/// Removes the byte order mark, and the blanks around the content.
fn trimmed(bytes: &[u8]) -> &[u8] {
    bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii()
}

fn is_pem(text: &[u8]) -> bool {
    text.windows(11).any(|w| w == b"-----BEGIN ")
}
