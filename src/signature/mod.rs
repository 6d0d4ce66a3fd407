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
mod tests {
    //! The examples of RFC 7520 section 4 and RFC 8037 appendix A.4. Their
    //! payload is plain text, so they are not tokens. `tests/cli/key/` tests
    //! tokens.

    use super::{Keys, VerifyError};
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

    const KEYS: &str = r#"{"keys":[
        {"kty":"EC","kid":"bilbo.baggins@hobbiton.example","use":"sig","crv":"P-521",
         "x":"AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt",
         "y":"AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1"},
        {"kty":"RSA","kid":"bilbo.baggins@hobbiton.example","use":"sig","e":"AQAB",
         "n":"n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw"},
        {"kty":"oct","kid":"018c0ae5-4d9b-471b-bfd6-eef314bc7037","use":"sig","alg":"HS256",
         "k":"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"},
        {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    ]}"#;

    const TEXT: &str = "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4";

    fn check(header: &str, payload: &str, signature: &str) -> Result<String, VerifyError> {
        let keys = Keys::read(KEYS.as_bytes()).unwrap();
        let fields = BASE64_URL_SAFE_NO_PAD.decode(header).unwrap();
        let fields = serde_json::from_slice(&fields).unwrap();
        let verified = keys.check_text(&fields, &format!("{header}.{payload}.{signature}"))?;
        Ok(verified.algorithm)
    }

    #[test]
    fn the_examples_of_the_standards_are_good() {
        for (algorithm, header, payload, signature) in [
            (
                "RS256",
                "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9",
                TEXT,
                "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg",
            ),
            (
                "ES512",
                "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9",
                TEXT,
                "AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2",
            ),
            (
                "PS384",
                "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9",
                TEXT,
                "cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw",
            ),
            (
                "HS256",
                "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9",
                TEXT,
                "s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0",
            ),
            (
                "EdDSA",
                "eyJhbGciOiJFZERTQSJ9",
                "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
                "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
            ),
        ] {
            let result = check(header, payload, signature);
            assert_eq!(result.as_deref(), Ok(algorithm));
            let other = check(header, "e30", signature);
            assert!(matches!(other, Err(VerifyError::Invalid(_))), "{other:?}");
        }
    }
}
