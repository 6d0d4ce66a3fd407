//! Asks VTEX about an account and about a token (`docs/vtex-id.md`, Asking about
//! a token).
//!
//! Not for offline checks (`crate::judge`).

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{RequestBuilder, Url, header::HeaderValue};
use serde::{Deserialize, Serialize};

use super::{VtexId, answer::Answer, browser::OLD_PAGE, error::ApiError};
use crate::{
    account::Account,
    token::{self, Token},
};

/// The characters that need no encoding in a path segment (RFC 3986, 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

impl VtexId {
    /// Asks whether the account exists. Returns the server's time, in epoch
    /// seconds.
    pub async fn reach(&self, account: &Account) -> Result<Option<i64>, ApiError> {
        let url = self.site.store_url(account, OLD_PAGE);
        let answer = self.http.send_with_retry(&self.http.get(url)).await?;
        let date = answer.date;
        let answer = answer.check_account(account)?;
        // A page or a redirect: both mean that VTEX ID answered.
        let answer = if answer.status.is_redirection() {
            answer
        } else {
            answer.check_status()?
        };
        answer.set_clock();
        Ok(date)
    }

    /// The host of the account's APIs.
    pub fn api_host(&self, account: &Account) -> String {
        let url = Url::parse(&self.site.api_url(account, "/"));
        url.map_or_else(|_| account.to_string(), |url| url.authority().to_owned())
    }

    /// Asks VTEX ID about a valid token.
    ///
    /// # Errors
    /// [`ApiError::Refused`] when VTEX ID rejects the token.
    pub async fn check(&self, account: &Account, token: &Token) -> Result<Credential, ApiError> {
        let request = self.credential(account, token);
        let answer = self.http.send_with_retry(&request).await?;
        credential(answer, account)
    }

    /// Like [`Self::check`], but tries once and waits at most `limit`. For callers
    /// that do not need the answer.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub async fn check_once(
        &self,
        account: &Account,
        token: &Token,
        limit: Duration,
    ) -> Result<Credential, ApiError> {
        let request = self.credential(account, token).timeout(limit);
        credential(self.http.send(request).await?, account)
    }

    fn credential(&self, account: &Account, token: &Token) -> RequestBuilder {
        let url = self
            .site
            .api_url(account, "/api/vtexid/credential/validate");
        let body = serde_json::json!({"token": token.secret().expose()});
        self.http.post(url).json(&body)
    }

    /// The License Manager roles of a user or an app key. The token itself
    /// authorizes the request (`GET /api/license-manager/users/{userId}/roles` in
    /// VTEX's License Manager API).
    pub async fn roles(
        &self,
        account: &Account,
        user: &str,
        token: &Token,
    ) -> Result<Vec<Role>, ApiError> {
        // These would refer to another path, even if encoded.
        if matches!(user, "" | "." | "..") {
            return Err(ApiError::Setup(format!("invalid user id `{user}`")));
        }
        let user = utf8_percent_encode(user, SEGMENT);
        let path = format!("/api/license-manager/users/{user}/roles");
        let mut value = HeaderValue::try_from(token.secret().expose())
            .map_err(|_| ApiError::Setup("the token does not fit in a header".to_owned()))?;
        value.set_sensitive(true);
        let request = self.http.get(self.site.api_url(account, &path));
        // Tried once: roles are optional, so nobody should wait for them.
        let answer = self.http.send(request.header(token::COOKIE, value)).await?;
        if answer.status.is_client_error() {
            return Err(answer.refused(""));
        }
        answer.check_status()?.json()
    }
}

fn credential(answer: Answer, account: &Account) -> Result<Credential, ApiError> {
    let answer = answer
        .check_account(account)?
        .check_auth_status()?
        .check_status()?;
    let credential = answer.json()?;
    // Without `authStatus` the answer is not from VTEX ID.
    if answer.auth_status().is_none() {
        return Err(answer.not_vtex_id());
    }
    answer.set_clock();
    Ok(credential)
}

/// VTEX ID's answer about a valid token.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "camelCase"))]
pub struct Credential {
    /// The user's e-mail address, or the app key.
    pub user: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// `admin` or `webstore`.
    pub audience: Option<String>,
    /// `user` or `appkey`.
    pub token_type: Option<String>,
}

/// A License Manager role.
#[derive(Debug, Deserialize, Serialize)]
pub struct Role {
    /// Its number.
    pub id: Option<i64>,
    /// Its name, as the Admin shows it.
    pub name: String,
}
