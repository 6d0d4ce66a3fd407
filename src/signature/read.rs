//! Tells what a file is: PEM, a JWK or a set of them, or else a secret. A
//! public key must never be taken for a secret: whoever knows it could sign
//! with it. So what looks at all like a key, and cannot be read as one, is an
//! error.

use std::iter;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use jsonwebtoken::DecodingKey;
use zeroize::Zeroizing;

use super::{
    Keys, der, jwk,
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
        let text = bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(bytes)
            .trim_ascii();
        if text.is_empty() {
            return no_key("it is empty");
        }
        if text.starts_with(b"{") {
            jwk::read(text).map(Self)
        } else if text.windows(11).any(|w| w == b"-----BEGIN ") {
            pem::read(text).map(|key| Self(vec![key]))
        } else if let Some(what) = like_a_key(bytes, text) {
            hinted(
                format!("it looks like {what}, but is neither PEM nor JWK"),
                "give a public key as PEM (-----BEGIN PUBLIC KEY-----) or JWK; a secret that only looks so, as a JWK of the type oct",
            )
        } else {
            let trimmed = bytes
                .strip_suffix(b"\n")
                .map(|b| b.strip_suffix(b"\r").unwrap_or(b));
            let secrets = iter::once(bytes).chain(trimmed);
            Ok(Self(vec![Key {
                material: Ok(secrets.map(DecodingKey::from_secret).collect()),
                ..Key::new(Kind::Secret)
            }]))
        }
    }
}

/// What a file looks like that is no secret, though it could not be read.
fn like_a_key(bytes: &[u8], text: &[u8]) -> Option<&'static str> {
    /// Either alphabet's, padded or not.
    const LOOSE: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    if der::is_key(bytes) {
        return Some("a key in DER");
    }
    if text.starts_with(b"\xff\xfe") || text.starts_with(b"\xfe\xff") {
        return Some("UTF-16");
    }
    if text.starts_with(b"[") || text.starts_with(b"\"") {
        return Some("JSON");
    }
    if text.starts_with(b"<") && text.ends_with(b">") {
        return Some("a web page or XML");
    }
    let begins = |names: &[&str]| names.iter().any(|name| text.starts_with(name.as_bytes()));
    if begins(&["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"]) {
        return Some("an SSH key");
    }
    // Damaged in any way: without line ends, in small letters, UTF-16.
    let bare: Vec<u8> = text
        .iter()
        .filter(|b| !b.is_ascii_whitespace() && **b != 0)
        .map(u8::to_ascii_uppercase)
        .collect();
    let holds = |word: &str| bare.windows(word.len()).any(|w| w == word.as_bytes());
    if ["-----", "PUBLICKEY", "PRIVATEKEY", "CERTIFICATE"]
        .iter()
        .any(|word| holds(word))
    {
        return Some("a damaged PEM");
    }
    if holds("\"KTY\"") {
        return Some("a damaged JWK");
    }
    let letters: Vec<u8> = text
        .iter()
        .filter(|b| !b.is_ascii_whitespace())
        .map(|b| match b {
            b'-' => b'+',
            b'_' => b'/',
            other => *other,
        })
        .collect();
    let inside = GeneralPurpose::new(&alphabet::STANDARD, LOOSE)
        .decode(letters)
        .map(Zeroizing::new)
        .ok()?;
    let key = der::is_key(&inside) || inside.starts_with(b"{\"") || inside.starts_with(b"-----");
    key.then_some("a key in base64")
}
