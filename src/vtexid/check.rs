//! What VTEX says of an account and of a token (`docs/vtex-id.md`, Asking about
//! a token).

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{RequestBuilder, Url, header::HeaderValue};
use serde::{Deserialize, Serialize};

use super::{VtexId, answer::Answer, browser::OLD_PAGE, error::ApiError};
use crate::{
    account::Account,
    token::{self, Token},
};

/// What may stand for itself in a part of a path (RFC 3986, 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

impl VtexId {
    /// Asks whether the account is there; gives the server's clock, in epoch
    /// seconds.
    pub async fn reach(&self, account: &Account) -> Result<Option<i64>, ApiError> {
        let url = self.site.store_url(account, OLD_PAGE);
        let answer = self.http.send_with_retry(&self.http.get(url)).await?;
        let date = answer.date;
        let answer = answer.of_account(account)?;
        // The page is there or leads on: either way VTEX ID answered.
        let answer = if answer.status.is_redirection() {
            answer
        } else {
            answer.successful()?
        };
        answer.is_vtexids();
        Ok(date)
    }

    /// The host of the account's APIs.
    pub fn api_host(&self, account: &Account) -> String {
        let url = Url::parse(&self.site.api_url(account, "/"));
        url.map_or_else(|_| account.to_string(), |url| url.authority().to_owned())
    }

    /// What VTEX ID says of a token that is good.
    ///
    /// # Errors
    /// [`ApiError::Refused`] when it is not.
    pub async fn check(&self, account: &Account, token: &Token) -> Result<Credential, ApiError> {
        let request = self.credential(account, token);
        let answer = self.http.send_with_retry(&request).await?;
        credential(answer, account)
    }

    /// The same, asked once and not waited for longer than `limit`: for who can
    /// do without an answer.
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

    /// The License Manager roles of a user or an app key, asked for with the
    /// token itself (`GET /api/license-manager/users/{userId}/roles` in
    /// VTEX's License Manager API).
    pub async fn roles(
        &self,
        account: &Account,
        user: &str,
        token: &Token,
    ) -> Result<Vec<Role>, ApiError> {
        // What would name another path, however it is written.
        if matches!(user, "" | "." | "..") {
            return Err(ApiError::Setup(format!("invalid user id `{user}`")));
        }
        let user = utf8_percent_encode(user, SEGMENT);
        let path = format!("/api/license-manager/users/{user}/roles");
        let mut value = HeaderValue::try_from(token.secret().expose())
            .map_err(|_| ApiError::Setup("the token does not fit in a header".to_owned()))?;
        value.set_sensitive(true);
        let request = self.http.get(self.site.api_url(account, &path));
        // Once: they are a nicety that nobody should have to wait for.
        let answer = self.http.send(request.header(token::COOKIE, value)).await?;
        if answer.status.is_client_error() {
            return Err(answer.refused(""));
        }
        answer.successful()?.json()
    }
}

fn credential(answer: Answer, account: &Account) -> Result<Credential, ApiError> {
    let answer = answer.of_account(account)?.not_refused()?.successful()?;
    let credential = answer.json()?;
    // Without the word it is another's answer, whatever else it holds.
    if answer.auth_status().is_none() {
        return Err(answer.stranger());
    }
    answer.is_vtexids();
    Ok(credential)
}

/// What VTEX ID knows of a token that is good.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "camelCase"))]
pub struct Credential {
    /// Who: an e-mail or an app key.
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
