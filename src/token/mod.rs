//! Parses a token: its three parts and its claims.
//!
//! Not for checking the claims (`judge`) or the signature (`signature`), and not
//! a clock: the current time is always an argument.

mod claims;
mod exact;
mod literals;
mod object;
mod part;
mod paste;

use serde_json::{Map, Value};

pub use self::{
    claims::{Claims, Kind, Validity},
    exact::{Exact, ExactFields},
    object::Oddities,
    paste::{is_token, only_token, pasted},
};

use self::part::{check_alphabet, read_object, read_part};
use crate::secret::Secret;

/// The cookie and header that carry admin, app key and VTEX IO tokens
/// (`docs/vtex-id.md`, Kinds of token).
pub const COOKIE: &str = "VtexIdclientAutCookie";

/// A parsed JSON Web Token. It always has claims.
#[derive(Clone, Debug)]
pub struct Token {
    text: Secret,
    header: Map<String, Value>,
    claims: Claims,
    /// `None` for most tokens.
    oddities: Option<Box<Oddities>>,
}

/// A token from VTEX ID, and the secrets that renew it, if there are any.
#[derive(Debug)]
pub struct TokenPair {
    /// The access token.
    pub token: Token,
    /// Renews the access token. Works once; each use brings a new one.
    pub refresh: Option<Secret>,
    /// A shopper's second cookie, which a renewal also needs: its name, which
    /// contains the account's id, and its value.
    pub cookie: Option<(String, Secret)>,
}

/// Which part of a token is broken, and how. Contains nothing of the token
/// except the header, which is not secret.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct TokenError {
    problem: String,
    /// The header, if only a later part is broken.
    pub header: Option<Box<Map<String, Value>>>,
    /// The token is not broken but encrypted.
    pub encrypted: bool,
    /// What the user can do, if known.
    pub hint: Option<&'static str>,
}

impl TokenError {
    /// An error with only a message.
    pub fn new(problem: String) -> Self {
        Self {
            problem,
            header: None,
            encrypted: false,
            hint: None,
        }
    }

    /// Sets what the user can do.
    #[must_use]
    pub fn hint(self, hint: Option<&'static str>) -> Self {
        Self { hint, ..self }
    }

    /// The error for a token that is followed by disclosures (RFC 9901).
    fn of_sd_jwt(token: Token) -> Self {
        Self {
            header: Some(Box::new(token.header)),
            ..Self::new("it is an SD-JWT: a token and disclosures, joined by `~`".to_owned())
        }
        .hint(Some(
            "to inspect the token, remove the first `~` and everything after it",
        ))
    }
}

impl Token {
    /// Parses the compact form (RFC 7515 section 3.1) with any algorithm.
    ///
    /// # Errors
    /// Names the part that is broken and how.
    pub fn parse(text: Secret) -> Result<Self, TokenError> {
        let read = Self::read(text.expose())?;
        Ok(Self { text, ..read })
    }

    /// Parses a part of a longer text, and copies it only if it is a token.
    ///
    /// # Errors
    /// As [`Token::parse`].
    pub fn of_part(text: &str) -> Result<Self, TokenError> {
        let read = Self::read(text)?;
        Ok(Self {
            text: Secret::new(text.to_owned()),
            ..read
        })
    }

    /// Parses a token and leaves `text` empty.
    fn read(text: &str) -> Result<Self, TokenError> {
        let broken = TokenError::new;
        // At most 7 pieces: more than 5 are too many in any case.
        let parts: Vec<&str> = text.splitn(7, '.').collect();
        let (head, payload, signature) = match parts[..] {
            [head, payload, signature] => (head, payload, signature),
            // RFC 7516 section 3.1: header, key, initialization vector,
            // ciphertext, authentication tag.
            [head, _, _, _, _] => {
                let header = read_part("header", head).map_err(broken)?;
                if !header.contains_key("enc") {
                    return Err(broken(
                        "a token has three parts separated by dots, but this has 5: are these two tokens?"
                            .to_owned(),
                    ));
                }
                return Err(TokenError {
                    problem: "it is encrypted (JWE): its claims cannot be read".to_owned(),
                    header: Some(Box::new(header)),
                    encrypted: true,
                    hint: None,
                });
            }
            [single] => {
                return Err(broken(if single.is_empty() {
                    "it is empty".to_owned()
                } else {
                    "a token has three parts separated by dots, but this has 1".to_owned()
                }));
            }
            [..] => {
                return Err(broken(format!(
                    "a token has three parts separated by dots, but this has {}",
                    text.split('.').count()
                )));
            }
        };
        let (object, _) = read_object("header", head).map_err(broken)?;
        let (header, mut oddities) = (object.fields, object.oddities);
        let with_header = |problem: String| TokenError {
            problem,
            header: Some(Box::new(header.clone())),
            encrypted: false,
            hint: None,
        };
        let (object, written) = read_object("payload", payload).map_err(with_header)?;
        oddities.add(object.oddities);
        let claims = Claims::new(object.fields, object.is_inexact.then_some(written));
        // The token is printed into headers and shells later, so only base64url
        // is allowed.
        check_alphabet("signature", signature).map_err(with_header)?;
        Ok(Self {
            text: Secret::new(String::new()),
            header,
            claims,
            oddities: oddities.any().then(|| Box::new(oddities)),
        })
    }

    /// The whole token, for printing, sending or storing it.
    pub fn secret(&self) -> &Secret {
        &self.text
    }

    /// The header's fields.
    pub fn header(&self) -> &Map<String, Value> {
        &self.header
    }

    /// The claims in the payload.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// How many bytes the signature has; `None` if its length is invalid for
    /// base64url.
    pub fn signature_len(&self) -> Option<usize> {
        let (_, part) = self.text.expose().rsplit_once('.')?;
        (part.len() % 4 != 1).then_some(part.len() * 3 / 4)
    }

    /// Peculiarities of the JSON text that [`Token::header`] and
    /// [`Token::claims`] do not show.
    pub fn oddities(&self) -> &Oddities {
        self.oddities.as_deref().unwrap_or(Oddities::NONE)
    }

    /// The name of the header or cookie that carries this token; a shopper's
    /// contains the account. `None` if the token is not a credential.
    pub fn header_name(&self) -> Option<String> {
        match self.claims.kind() {
            Kind::SessionCookie => None,
            Kind::Shopper | Kind::B2bBuyer => self
                .claims
                .account()
                .filter(|a| {
                    a.chars()
                        .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
                })
                .map(|account| format!("{COOKIE}_{account}")),
            _ => Some(COOKIE.to_owned()),
        }
    }
}

/// Whether it looks like an app token. People often put one into a variable or
/// file with `token` in its name.
pub fn is_app_token(text: &Secret) -> bool {
    looks_like_app_token(text.expose())
}

/// All app tokens seen so far have this form.
fn looks_like_app_token(text: &str) -> bool {
    text.len() == 128 && text.bytes().all(|b| b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests;
