//! What a token is: three parts that can be read, and what they say.
//!
//! Not for judging it or its signature (nothing here verifies) and not a
//! clock: the current time is always an argument.

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

/// The cookie and header that admin, app key and VTEX IO tokens travel in
/// (`docs/vtex-id.md`, Kinds of token).
pub const COOKIE: &str = "VtexIdclientAutCookie";

/// A JSON Web Token that could be read: it cannot exist without its claims.
#[derive(Clone, Debug)]
pub struct Token {
    text: Secret,
    header: Map<String, Value>,
    claims: Claims,
    /// Few tokens have any.
    oddities: Option<Box<Oddities>>,
}

/// What VTEX ID hands out: a token, and maybe what renews it.
#[derive(Debug)]
pub struct TokenPair {
    /// The access token.
    pub token: Token,
    /// Renews the access token once; VTEX ID gives a new one with each use.
    pub refresh: Option<Secret>,
    /// A shopper's second cookie, which a renewal needs beside the token's own:
    /// its name, which bears the account's id, and its value.
    pub cookie: Option<(String, Secret)>,
}

/// Which part of a token is broken, and how. Holds nothing of the token's
/// text but what a reader may see: the header, when that could be read.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct TokenError {
    problem: String,
    /// The header, if it was readable and a later part is not.
    pub header: Option<Box<Map<String, Value>>>,
    /// Whether nothing is broken, but the token is encrypted.
    pub encrypted: bool,
    /// What to do about it, where that is known.
    pub hint: Option<&'static str>,
}

impl TokenError {
    /// What can be said where nothing could be read.
    pub fn new(problem: String) -> Self {
        Self {
            problem,
            header: None,
            encrypted: false,
            hint: None,
        }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn hint(self, hint: Option<&'static str>) -> Self {
        Self { hint, ..self }
    }

    /// What is to be said of a token with disclosures behind it (RFC 9901).
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
    /// Reads the compact form (RFC 7515 section 3.1) of any algorithm.
    ///
    /// # Errors
    /// Names the part that is broken and how.
    pub fn parse(text: Secret) -> Result<Self, TokenError> {
        let read = Self::read(text.expose())?;
        Ok(Self { text, ..read })
    }

    /// The same of a longer text's part: copies it only if it is a token.
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

    /// Reads a token, and leaves out its text.
    fn read(text: &str) -> Result<Self, TokenError> {
        let broken = TokenError::new;
        // Two more than any token has tell that there are too many.
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
            [alone] => {
                return Err(broken(if alone.is_empty() {
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
        let (read, _) = read_object("header", head).map_err(broken)?;
        let (header, mut oddities) = (read.fields, read.oddities);
        let later = |problem: String| TokenError {
            problem,
            header: Some(Box::new(header.clone())),
            encrypted: false,
            hint: None,
        };
        let (read, written) = read_object("payload", payload).map_err(later)?;
        oddities.add(read.oddities);
        let claims = Claims::new(read.fields, read.is_rounded.then_some(written));
        // Printed into headers and shells later on: nothing but base64url may pass.
        check_alphabet("signature", signature).map_err(later)?;
        Ok(Self {
            text: Secret::new(String::new()),
            header,
            claims,
            oddities: oddities.are_some().then(|| Box::new(oddities)),
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

    /// Everything the token says.
    pub fn claims(&self) -> &Claims {
        &self.claims
    }

    /// How many bytes the signature has; `None` where its length is one no
    /// base64url has.
    pub fn signature_len(&self) -> Option<usize> {
        let (_, part) = self.text.expose().rsplit_once('.')?;
        (part.len() % 4 != 1).then_some(part.len() * 3 / 4)
    }

    /// What the header and the payload have that is not in [`Token::header`]
    /// and [`Token::claims`].
    pub fn oddities(&self) -> &Oddities {
        self.oddities.as_deref().unwrap_or(Oddities::NONE)
    }

    /// The header or cookie name this token is sent under; a shopper's bears
    /// the account's name. `None` for what is no credential.
    pub fn carrier(&self) -> Option<String> {
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

/// Whether it looks like an app token, which is often kept in a variable or
/// file whose name says token.
pub fn is_app_token(text: &Secret) -> bool {
    looks_like_app_token(text.expose())
}

/// As every app token that has been seen.
fn looks_like_app_token(text: &str) -> bool {
    text.len() == 128 && text.bytes().all(|b| b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests;
