//! Whether a token was signed with a key from a file. Pure: no disk, no
//! network.
//!
//! A key's type alone says which algorithms are tried with it; what the token
//! says must agree, and decides nothing. Keys that a token brings or points
//! to (`jwk`, `jku`, `x5c`, `x5u`) are not looked at.

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
use verify::Known;

/// The keys of a file, at least one.
#[derive(Debug)]
pub struct Keys(Vec<Key>);

/// A signature that is good.
#[derive(Debug, PartialEq, Eq)]
pub struct Good {
    /// The algorithm it was checked with.
    pub algorithm: String,
    /// The key's id, where the token chose it by that.
    pub key: Option<String>,
    /// What makes the key easy to guess, where something does.
    pub warning: Option<String>,
}

impl Keys {
    /// Reads the keys in a file's content.
    ///
    /// # Errors
    /// Why it cannot be used, without any of it.
    pub fn read(bytes: &[u8]) -> Result<Self, KeyError> {
        load::keys(bytes).map(Self)
    }

    /// Takes a file's content as a secret.
    ///
    /// # Errors
    /// Why it cannot be one, without any of it.
    pub fn secret(bytes: &[u8]) -> Result<Self, KeyError> {
        load::secret(bytes).map(|key| Self(vec![key]))
    }

    /// Checks the token's signature.
    ///
    /// # Errors
    /// Why it is not good, or why that cannot be told.
    pub fn check(&self, token: &Token) -> Result<Good, VerifyError> {
        // Two readers that take different ones of two equal names do not see
        // the same token (RFC 7515 section 4).
        if let Some(name) = token.oddities().repeated.first() {
            return unsupported(format!("duplicate name {}", truncate(name)));
        }
        self.check_text(token.header(), token.secret().expose())
    }

    /// The same for what need not be a token: any JWS in compact form.
    fn check_text(&self, header: &Map<String, Value>, text: &str) -> Result<Good, VerifyError> {
        let (signed, signature) = text.rsplit_once('.').unwrap_or_default();
        if header.contains_key("crit") {
            return unsupported("its header requires extensions (crit), and vtexid supports none");
        }
        // RFC 7797 has it named in `crit`; readers that do not know it check
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
        let fitting: Vec<_> = candidates.iter().filter(|k| k.checks(algorithm)).collect();
        let usable: Vec<_> = fitting
            .iter()
            .filter_map(|k| k.material.as_ref().ok())
            .collect();
        if usable.is_empty() {
            // A key that could not be read might have fitted; nothing fits `none`.
            let unread = |k: &&&Key| named.is_some() && k.kind == Kind::Unknown;
            let unread = candidates
                .iter()
                .find(unread)
                .filter(|_| !is_none(algorithm));
            let reason = fitting
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
        let Some(checked) = Known::named(algorithm) else {
            return unsupported(format!("{} is unknown", truncate(algorithm)));
        };
        check_form(signature, algorithm, checked).map_err(VerifyError::Invalid)?;
        let good = |key: &&DecodingKey| verify::verify(signed.as_bytes(), signature, key, checked);
        if let Some(key) = usable.iter().copied().flatten().find(good) {
            return Ok(Good {
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

    /// The keys to try, and the id that chose them. It chooses only among
    /// keys that have ids.
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
            let here: Vec<_> = ids.iter().take(10).map(|id| truncate(id)).collect();
            let more = if ids.len() > here.len() { ", …" } else { "" };
            return unsupported(format!(
                "the token names the key {}, but the file has {}{more}",
                truncate(id),
                here.join(", ")
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

/// What the keys are, each type once.
fn describe(keys: &[&Key]) -> String {
    const MOST: usize = 8;
    let mut words: Vec<String> = Vec::new();
    for key in keys.iter().map(ToString::to_string) {
        if words.len() == MOST {
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

/// Sees that a signature is there, is the one way to write its bytes, and is
/// as long as the algorithm's are.
fn check_form(signature: &str, name: &str, algorithm: Known) -> Result<(), String> {
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
