//! Verifies that a token was signed with a key from a file. Pure: no disk, no
//! network.
//!
//! Only the key's type decides which algorithms are allowed; the token's
//! algorithm must be one of them. Keys that a token contains or points to
//! (`jwk`, `jku`, `x5c`, `x5u`) are ignored.

mod der;
mod error;
mod jwk;
mod key;
mod load;
mod pem;
mod point;
#[cfg(test)]
mod vectors;
mod verify;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use serde_json::{Map, Value};

use crate::token::Token;
pub use error::{KeyError, VerifyError};
use key::{Key, Kind, truncate};
use verify::SupportedAlgorithm;

/// The keys of a file, at least one.
#[derive(Debug)]
pub struct Keys(Vec<Key>);

/// A valid signature.
#[derive(Debug, PartialEq, Eq)]
pub struct ValidSignature {
    /// The algorithm it was verified with.
    pub algorithm: String,
    /// The key's id, if the token chose the key by its id.
    pub key: Option<String>,
    /// Why the key is easy to guess, if it is.
    pub warning: Option<String>,
}

impl Keys {
    /// Reads the keys in a file's content.
    ///
    /// # Errors
    /// Why the file cannot be used. Does not quote it.
    pub fn read(bytes: &[u8]) -> Result<Self, KeyError> {
        load::keys(bytes).map(Self)
    }

    /// Uses a file's content as an HMAC secret.
    ///
    /// # Errors
    /// Why it cannot be a secret. Does not quote it.
    pub fn secret(bytes: &[u8]) -> Result<Self, KeyError> {
        load::secret(bytes).map(|key| Self(vec![key]))
    }

    /// Checks the token's signature.
    ///
    /// # Errors
    /// Why the signature is invalid, or why it cannot be verified.
    pub fn check(&self, token: &Token) -> Result<ValidSignature, VerifyError> {
        // With a duplicate name, two parsers may see different tokens (RFC 7515
        // section 4).
        if let Some(name) = token.oddities().repeated.first() {
            return unsupported(format!("duplicate name {}", truncate(name)));
        }
        self.check_text(token.header(), token.secret().expose())
    }

    /// Checks any JWS in compact form; its payload may be any text.
    fn check_text(
        &self,
        header: &Map<String, Value>,
        text: &str,
    ) -> Result<ValidSignature, VerifyError> {
        let (signed, signature) = text.rsplit_once('.').unwrap_or_default();
        if header.contains_key("crit") {
            return unsupported("its header requires extensions (crit), and vtexid supports none");
        }
        // RFC 7797 requires `b64` in `crit`: parsers that ignore it verify
        // another text.
        if header.get("b64").is_some_and(|b64| b64 != true) {
            return unsupported("its header has `b64: false`, but does not name it in `crit`");
        }
        let algorithm = match header.get("alg") {
            Some(Value::String(name)) => name,
            Some(_) => {
                return unsupported(format!(
                    "its algorithm is not text, and {}",
                    describe(&self.all())
                ));
            }
            None => {
                return unsupported(format!(
                    "the token does not name an algorithm, and {}",
                    describe(&self.all())
                ));
            }
        };
        let (named, candidates) = self.choose(header.get("kid"))?;
        let allowed: Vec<_> = candidates.iter().filter(|k| k.allows(algorithm)).collect();
        let usable: Vec<_> = allowed
            .iter()
            .filter_map(|k| k.material.as_ref().ok())
            .collect();
        if usable.is_empty() {
            // The named key may be the right one, but is unusable. No key is right
            // for `none`.
            let unread = |k: &&&Key| named.is_some() && k.kind == Kind::Unknown;
            let unread = candidates
                .iter()
                .find(unread)
                .filter(|_| !is_none(algorithm));
            let reason = allowed
                .into_iter()
                .chain(unread)
                .find_map(|k| k.material.as_ref().err());
            return unsupported(match reason {
                Some(reason) => reason.clone(),
                None => format!(
                    "the token's algorithm is {}, but {}",
                    truncate(algorithm),
                    describe(&candidates)
                ),
            });
        }
        let Some(checked) = SupportedAlgorithm::named(algorithm) else {
            return unsupported(format!("{} is unknown", truncate(algorithm)));
        };
        check_form(signature, algorithm, checked).map_err(VerifyError::Invalid)?;
        let verifies =
            |key: &&DecodingKey| verify::verify(signed.as_bytes(), signature, key, checked);
        if let Some(key) = usable.iter().copied().flatten().find(verifies) {
            return Ok(ValidSignature {
                algorithm: algorithm.clone(),
                key: named.map(str::to_owned),
                warning: key::weakness(key, algorithm),
            });
        }
        invalid(match usable.len() {
            1 => "the token was changed, or signed with another key".to_owned(),
            n => format!(
                "the token was changed, or signed with another key than the {n} for {algorithm}"
            ),
        })
    }

    fn all(&self) -> Vec<&Key> {
        self.0.iter().collect()
    }

    /// The keys to try, and the id that selected them. An id selects only if
    /// the keys have ids.
    fn choose<'a>(
        &self,
        id: Option<&'a Value>,
    ) -> Result<(Option<&'a str>, Vec<&Key>), VerifyError> {
        let ids: Vec<&str> = self.0.iter().filter_map(|k| k.id.as_deref()).collect();
        let id = match id {
            Some(Value::String(id)) if !ids.is_empty() && !id.is_empty() => id.as_str(),
            Some(Value::String(_) | Value::Null) | None => return Ok((None, self.all())),
            Some(_) => return unsupported("its key id (kid) is not text"),
        };
        let chosen: Vec<_> = self
            .0
            .iter()
            .filter(|k| k.id.as_deref() == Some(id))
            .collect();
        if chosen.is_empty() {
            let known_ids: Vec<_> = ids.iter().take(10).map(|id| truncate(id)).collect();
            let more = if ids.len() > known_ids.len() {
                ", …"
            } else {
                ""
            };
            return unsupported(format!(
                "the token names the key {}, but the file has {}{more}",
                truncate(id),
                known_ids.join(", ")
            ));
        }
        Ok((Some(id), chosen))
    }
}

fn invalid<T>(words: impl Into<String>) -> Result<T, VerifyError> {
    Err(VerifyError::Invalid(words.into()))
}

fn unsupported<T>(words: impl Into<String>) -> Result<T, VerifyError> {
    Err(VerifyError::Unsupported(words.into()))
}

fn is_none(algorithm: &str) -> bool {
    algorithm.eq_ignore_ascii_case("none")
}

/// Describes the keys, each type once.
fn describe(keys: &[&Key]) -> String {
    const MAX_KINDS: usize = 8;
    let mut words: Vec<String> = Vec::new();
    for key in keys.iter().map(ToString::to_string) {
        if words.len() == MAX_KINDS {
            words.push("…".to_owned());
            break;
        }
        if !words.contains(&key) {
            words.push(key);
        }
    }
    let be = if keys.len() == 1 {
        "the key is"
    } else {
        "the keys are"
    };
    format!("{be} {}", words.join("; "))
}

/// Checks that there is a signature in strict base64url, with the length that
/// the algorithm needs.
fn check_form(signature: &str, name: &str, algorithm: SupportedAlgorithm) -> Result<(), String> {
    if signature.is_empty() {
        return Err("the token is not signed: its third part is empty".to_owned());
    }
    let bytes = BASE64_URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| "the third part is not strict base64url".to_owned())?;
    match algorithm.signature_bytes() {
        Some(due) if bytes.len() != due => Err(format!(
            "it has {} bytes, but {name} has {due}",
            bytes.len()
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
