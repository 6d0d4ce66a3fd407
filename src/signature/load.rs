//! Tells what a file is: PEM, a JWK or a JWKS. Not for files themselves: it
//! takes their content.
//!
//! A file counts as a secret only where the user says so. Whoever knows another
//! file's content (an error page, a public key) could sign with it.

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
/// Why it cannot be used, without any of it.
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

/// Takes a file's content as a secret, with and without the newline it ends
/// with.
///
/// # Errors
/// Why it cannot be one, without any of it.
pub fn secret(bytes: &[u8]) -> Result<Key, KeyError> {
    let text = trimmed(bytes);
    // HMAC fills a secret up with NUL, so that these sign as an empty one does.
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

/// Without the byte order mark and the blanks around the content.
fn trimmed(bytes: &[u8]) -> &[u8] {
    bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii()
}

fn is_pem(text: &[u8]) -> bool {
    text.windows(11).any(|w| w == b"-----BEGIN ")
}
