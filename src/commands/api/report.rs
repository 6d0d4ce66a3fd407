//! The message for an answer other than 2xx.

use reqwest::{
    Method, Response, StatusCode, Url,
    header::{CONTENT_TYPE, LOCATION},
};

use super::{Wish, credential::Chosen};
use crate::{
    api::{self, Answer, Takes},
    error::{Code, Failure},
    output::is_like_a_secret,
    slot::Slot,
    time,
};

/// Limit of a shown body.
const MAX_SHOWN_CHARS: usize = 4000;
/// Limit of a shown HTML page.
const MAX_PAGE_CHARS: usize = 300;

/// What was asked, and what came.
pub struct Report<'a> {
    /// The request's method.
    pub method: &'a Method,
    /// Its URL.
    pub url: &'a Url,
    /// Who answered.
    pub host: &'a str,
    /// The status and headers.
    pub head: &'a Response,
    /// The host's Retry-After.
    pub retry_after: Option<std::time::Duration>,
    /// What the path is documented for.
    pub takes: Takes,
    /// What was sent.
    pub chosen: &'a Chosen,
    /// The flags that chose it.
    pub flags: &'a str,
}

impl<'a> Report<'a> {
    /// What was asked for, and the answer to it.
    pub(super) fn of(wish: &'a Wish, answer: &'a Answer, chosen: &'a Chosen) -> Self {
        Self {
            method: &wish.call.method,
            url: &wish.call.url,
            host: &answer.host,
            head: answer.head(),
            retry_after: answer.retry_after,
            takes: wish.takes,
            chosen,
            flags: &wish.flags,
        }
    }

    /// The failure. `body` is the beginning of the answer's body, or all of it
    /// if `whole`.
    pub fn failure(&self, body: &[u8], whole: bool) -> Failure {
        let status = self.head.status();
        let (method, path) = (self.method, self.url.path());
        let asked = if is_like_a_secret(path) {
            method.to_string()
        } else {
            format!("{method} {path}")
        };
        let mut words = format!("{asked}: {} answered {status}", self.host);
        if status.is_redirection() {
            words.push_str(&self.redirect());
        }
        let text = self.one_line(body, whole);
        if !text.is_empty() {
            words = format!("{words}: {text}");
        }
        let code = match status {
            StatusCode::UNAUTHORIZED => Code::BadToken,
            StatusCode::TOO_MANY_REQUESTS => Code::Unreachable,
            _ if status.is_server_error() => Code::Unreachable,
            _ => Code::General,
        };
        let failure = Failure::new(code, words);
        match self.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }

    /// Only the host: a redirect's query may contain a secret.
    fn redirect(&self) -> String {
        let location = self.head.headers().get(LOCATION);
        let Some(to) = location.and_then(|to| to.to_str().ok()) else {
            return String::new();
        };
        let to = self.url.join(to).ok();
        match to.as_ref().and_then(Url::host_str) {
            Some(host) if Some(host) != self.url.host_str() => {
                format!(", a redirect to {host}, which is not followed")
            }
            Some(host) => format!(", a redirect to another path on {host}, which is not followed"),
            None => ", a redirect, which is not followed".to_owned(),
        }
    }

    /// The body on one line, without the credential that was sent.
    fn one_line(&self, body: &[u8], whole: bool) -> String {
        let text = String::from_utf8_lossy(body);
        let text = text.trim();
        let text = match serde_json::from_str::<serde::de::IgnoredAny>(text) {
            Ok(_) => api::compact(text),
            Err(_) => text.to_owned(),
        };
        let text = match self.chosen.secret() {
            Some(secret) => text.replace(secret.expose(), "(not shown)"),
            None => text,
        };
        let kind = self.head.headers().get(CONTENT_TYPE);
        let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let limit = if is_page {
            MAX_PAGE_CHARS
        } else {
            MAX_SHOWN_CHARS
        };
        match text.char_indices().nth(limit) {
            None if whole => text,
            None => format!("{text}…"),
            Some((at, _)) => format!("{}… (--fail-body prints all of it)", &text[..at]),
        }
    }

    /// Whether a shopper's token may be enough: IO apps and public paths take it.
    fn is_for_shoppers(&self) -> bool {
        let path = self.url.path();
        path.starts_with("/_v/") || path.contains("/pub/") || !path.starts_with("/api/")
    }

    fn hint(&self) -> Option<String> {
        let status = self.head.status();
        let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status);
        Some(match (status, self.chosen, self.takes) {
            (_, Chosen::None, _) if refused => {
                "the request was sent without a credential: leave out `--as none`".to_owned()
            }
            (_, Chosen::Token(_, _, Slot::User | Slot::Shopper(_)), Takes::Pair) if refused => {
                "this API is documented only for app keys: try `--as key`".to_owned()
            }
            (_, Chosen::Token(_, _, Slot::Key) | Chosen::Pair(..), Takes::Token) if refused => {
                "this API is documented only for tokens, and rejected the app key's token: try `--as user`".to_owned()
            }
            (_, Chosen::Token(_, _, Slot::Key), Takes::Pair) if refused => {
                "this API is documented only for app keys: unset VTEX_TOKEN and set VTEX_APP_KEY and VTEX_APP_TOKEN".to_owned()
            }
            (_, Chosen::Token(_, _, Slot::Shopper(email)), _) if refused && !self.is_for_shoppers() => format!(
                "this API needs an admin user or an app key, and {email} is a shopper: run it with `--as user` or `--as key`"
            ),
            (StatusCode::UNAUTHORIZED, Chosen::Token(..), _) => format!(
                "the token was rejected, or its user has no access: `vtexid inspect --online --roles{}` shows which",
                self.flags
            ),
            (StatusCode::UNAUTHORIZED, Chosen::Pair(..), _) => {
                "the app key pair was rejected: check that it is active and belongs to this account".to_owned()
            }
            (StatusCode::FORBIDDEN, Chosen::Token(_, account, Slot::User | Slot::Shopper(_)), _) => format!(
                "the user's License Manager roles in {account} do not allow this"
            ),
            (StatusCode::FORBIDDEN, _, _) => {
                "the app key's License Manager roles do not allow this".to_owned()
            }
            (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, _, _) => match self.retry_after {
                Some(wait) => format!("try again in {}", time::duration_words(wait)),
                None => "try again in a minute".to_owned(),
            },
            _ if status.is_server_error() => "try again in a minute; -v shows the requests".to_owned(),
            _ if status.is_redirection() => {
                "request the new address, if it is one of the account's hosts".to_owned()
            }
            _ => return None,
        })
    }
}
