//! An HTTP answer from VTEX ID, or from a firewall or proxy in its place.
//!
//! Not for sending requests (`http`).

use std::time::Duration;

use percent_encoding::percent_decode_str;
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::error::ApiError;
use crate::{account::Account, clock::Clock, secret::Secret, token::Token};

/// An answer with its complete body.
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
    /// Sets the clock from this answer. For answers that are surely from VTEX ID.
    pub fn set_clock(&self) {
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

    /// A refusal with VTEX ID's code word for it. Anything that is not a code
    /// word is replaced by the status, because it may quote what was sent.
    pub fn refused(&self, word: &str) -> ApiError {
        let is_word = word.len() <= 40
            && !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if is_word {
            self.set_clock();
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

    /// Fails on status 404, VTEX's answer for an account that does not exist.
    pub fn check_account(self, account: &Account) -> Result<Self, ApiError> {
        if self.status == StatusCode::NOT_FOUND {
            return Err(ApiError::UnknownAccount(account.clone()));
        }
        Ok(self)
    }

    /// VTEX ID's code word for the result. Only VTEX ID's answers have one.
    pub fn auth_status(&self) -> Option<String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            auth_status: Option<String>,
        }
        self.json::<Body>().ok()?.auth_status
    }

    /// Fails on a refusal by VTEX ID: an `authStatus` other than `Success`. It is
    /// more precise than the HTTP status.
    pub fn check_auth_status(self) -> Result<Self, ApiError> {
        match self.auth_status() {
            Some(word) if word != "Success" && !self.status.is_server_error() => {
                Err(self.refused(&word))
            }
            _ => Ok(self),
        }
    }

    /// Fails unless the status is 2xx. Such a failure is not a refusal by VTEX
    /// ID: refusals have code words, which the caller checks first.
    pub fn check_status(self) -> Result<Self, ApiError> {
        let status = self.status;
        if status.is_success() {
            Ok(self)
        } else if status.is_redirection() {
            // Only the host: the query of a redirect may contain secrets.
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
            Err(self.not_vtex_id())
        } else {
            Err(self.failed(&format!("status {status}")))
        }
    }

    /// The error for an answer that cannot be from VTEX ID.
    pub fn not_vtex_id(&self) -> ApiError {
        ApiError::NotVtexId {
            host: self.host.clone(),
            status: self.status.as_u16(),
        }
    }

    /// Whether the body is an HTML page.
    pub fn is_page(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"<")
    }

    /// The value of a cookie that the answer sets, percent-decoded. `None` if it
    /// is empty.
    pub fn set_cookie(&self, name: &str) -> Option<String> {
        self.cookies.iter().find_map(|cookie| {
            let (found, rest) = cookie.expose().split_once('=')?;
            let value = rest.split(';').next()?.trim();
            let value = percent_decode_str(value).decode_utf8().ok()?;
            (found.trim() == name && !value.is_empty()).then(|| value.into_owned())
        })
    }

    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ApiError> {
        // serde_json's own message may quote the answer, which may contain a token.
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
        self.set_clock();
        Ok(token)
    }
}
