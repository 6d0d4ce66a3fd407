//! An answer of VTEX ID's, or of whoever answered in its place.

use std::time::Duration;

use percent_encoding::percent_decode_str;
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::error::ApiError;
use crate::{account::Account, clock::Clock, secret::Secret, token::Token};

/// What came back, read to its end.
pub struct Answer {
    pub host: String,
    pub status: StatusCode,
    pub location: Option<String>,
    pub cookies: Vec<Secret>,
    /// The server's clock, in epoch seconds.
    pub date: Option<i64>,
    pub retry_after: Option<Duration>,
    pub body: Zeroizing<Vec<u8>>,
    pub clock: Clock,
}

impl Answer {
    /// This answer is VTEX ID's own: its clock counts.
    pub fn is_vtexids(&self) {
        if let Some(date) = self.date {
            self.clock.heard(date);
        }
    }

    pub fn failed(&self, problem: &str) -> ApiError {
        ApiError::Failed {
            host: self.host.clone(),
            problem: problem.to_owned(),
        }
    }

    /// VTEX ID's own word for a refusal, where it is one: anything longer may
    /// repeat what was sent.
    pub fn refused(&self, word: &str) -> ApiError {
        let is_word = word.len() <= 40
            && !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if is_word {
            self.is_vtexids();
        }
        ApiError::Refused {
            host: self.host.clone(),
            answer: if is_word {
                word.to_owned()
            } else {
                format!("status {}", self.status)
            },
        }
    }

    /// Passes on what is not 404, with which VTEX answers for an account that
    /// does not exist.
    pub fn of_account(self, account: &Account) -> Result<Self, ApiError> {
        if self.status == StatusCode::NOT_FOUND {
            return Err(ApiError::UnknownAccount(account.clone()));
        }
        Ok(self)
    }

    /// VTEX ID's own word on how the request ended, which nobody else's answer
    /// has.
    pub fn auth_status(&self) -> Option<String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            auth_status: Option<String>,
        }
        self.json::<Body>().ok()?.auth_status
    }

    /// Passes on what holds no refusal of VTEX ID's: an `authStatus` that is
    /// not `Success`, which says more than the status.
    pub fn not_refused(self) -> Result<Self, ApiError> {
        match self.auth_status() {
            Some(word) if word != "Success" && !self.status.is_server_error() => {
                Err(self.refused(&word))
            }
            _ => Ok(self),
        }
    }

    /// Passes 2xx on and sorts the rest. None of it is VTEX ID's own refusal:
    /// that has words, which the caller knows.
    pub fn successful(self) -> Result<Self, ApiError> {
        let status = self.status;
        if status.is_success() {
            Ok(self)
        } else if status.is_redirection() {
            // Only the host: a redirect's query may carry anything.
            let to = self.location.as_deref().and_then(|to| Url::parse(to).ok());
            let to = to.as_ref().and_then(Url::host_str);
            let to = to.unwrap_or("another page");
            Err(self.failed(&format!("status {status}, a redirect to {to}")))
        } else if status == StatusCode::TOO_MANY_REQUESTS {
            Err(ApiError::TooManyRequests {
                host: self.host,
                retry_after: self.retry_after,
            })
        } else if status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT {
            Err(self.stranger())
        } else {
            Err(self.failed(&format!("status {status}")))
        }
    }

    /// An answer that VTEX ID does not give.
    pub fn stranger(&self) -> ApiError {
        ApiError::Stranger {
            host: self.host.clone(),
            status: self.status.as_u16(),
        }
    }

    /// Whether it is a page for people.
    pub fn is_page(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"<")
    }

    /// The value of a cookie that is set, percent-decoded; none when empty.
    pub fn set_cookie(&self, name: &str) -> Option<String> {
        self.cookies.iter().find_map(|cookie| {
            let (found, rest) = cookie.expose().split_once('=')?;
            let value = rest.split(';').next()?.trim();
            let value = percent_decode_str(value).decode_utf8().ok()?;
            (found.trim() == name && !value.is_empty()).then(|| value.into_owned())
        })
    }

    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ApiError> {
        // serde_json's own words may quote the answer, which may hold a token.
        serde_json::from_slice(&self.body).map_err(|_| {
            self.failed(&format!(
                "status {}, but not the expected JSON",
                self.status
            ))
        })
    }

    pub fn token(&self, text: String) -> Result<Token, ApiError> {
        let token = Token::parse(Secret::new(text)).map_err(|cause| ApiError::BadToken {
            host: self.host.clone(),
            cause,
        })?;
        self.is_vtexids();
        Ok(token)
    }
}
