//! Tells what a file is: PEM, a JWK or a set of them. A secret is one only
//! where it was called so: whoever knows what else is in a file (a page that
//! says that there is no key, a public key) could sign with it.

use std::iter;

use jsonwebtoken::DecodingKey;

use super::{
    Keys, jwk,
    key::{Key, Kind},
    pem,
};

/// Why a file is no key.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct KeyError {
    problem: String,
    /// What to do about it.
    pub hint: Option<&'static str>,
}

/// It is none, for that reason.
pub fn no_key<T>(problem: impl Into<String>) -> Result<T, KeyError> {
    let problem = problem.into();
    Err(KeyError {
        problem,
        hint: None,
    })
}

/// The same, with what to do about it.
pub fn hinted<T>(problem: impl Into<String>, hint: &'static str) -> Result<T, KeyError> {
    let problem = problem.into();
    Err(KeyError {
        problem,
        hint: Some(hint),
    })
}

impl Keys {
    /// Reads a file's content.
    ///
    /// # Errors
    /// Why it is no key, without any of it.
    pub fn read(bytes: &[u8]) -> Result<Self, KeyError> {
        let text = trimmed(bytes);
        if text.is_empty() {
            no_key("it is empty")
        } else if text.starts_with(b"{") {
            jwk::read(text).map(Self)
        } else if is_pem(text) {
            pem::read(text).map(|key| Self(vec![key]))
        } else {
            hinted(
                "it is neither PEM nor JWK",
                "give a public key or certificate as PEM (-----BEGIN …), a JWK or a JWKS; a secret with --secret",
            )
        }
    }

    /// Takes a file's content as a secret, with and without the newline it
    /// ends with.
    ///
    /// # Errors
    /// Why it cannot be one, without any of it.
    pub fn secret(bytes: &[u8]) -> Result<Self, KeyError> {
        let text = trimmed(bytes);
        // HMAC fills a secret up with NUL, so that these sign as an empty one does.
        if text.iter().all(|b| *b == 0) {
            return no_key("there is nothing in it");
        }
        if text.starts_with(b"{") || is_pem(text) {
            return hinted(
                "it looks like a key (PEM or JWK)",
                "give a key with --key; a secret that only looks so, with --key as a JWK of the type oct",
            );
        }
        let cut = bytes
            .strip_suffix(b"\n")
            .map(|b| b.strip_suffix(b"\r").unwrap_or(b));
        let secrets = iter::once(bytes).chain(cut);
        Ok(Self(vec![Key {
            material: Ok(secrets.map(DecodingKey::from_secret).collect()),
            ..Key::new(Kind::Secret)
        }]))
    }
}

/// Without the mark and the blanks around it.
fn trimmed(bytes: &[u8]) -> &[u8] {
    bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii()
}

fn is_pem(text: &[u8]) -> bool {
    text.windows(11).any(|w| w == b"-----BEGIN ")
}
