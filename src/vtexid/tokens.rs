//! Tokens from app keys, and what VTEX says of a token.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{RequestBuilder, StatusCode, Url, header::HeaderValue};
use serde::{Deserialize, Serialize};

use super::{VtexId, answer::Answer, error::ApiError};
use crate::{
    account::Account,
    secret::Secret,
    token::{self, Token},
};

/// What may stand for itself in a part of a path (RFC 3986, 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

impl VtexId {
    /// A token for an app key and its app token.
    pub async fn app_token(
        &self,
        account: &Account,
        app_key: &str,
        app_token: &Secret,
    ) -> Result<Token, ApiError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            auth_status: Option<String>,
            token: Option<String>,
        }
        let url = self.site.api_url(account, "/api/vtexid/apptoken/login");
        let pair = serde_json::json!({"appkey": app_key, "apptoken": app_token.expose()});
        // Making a token twice does no harm.
        let answer = self
            .http
            .send_with_retry(&self.http.post(url).json(&pair))
            .await?;
        let answer = answer.of_account(account)?.not_refused()?;
        if matches!(
            answer.status,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
        ) {
            return Err(ApiError::UnclearRefusal {
                host: answer.host,
                status: answer.status.as_u16(),
            });
        }
        let answer = answer.successful()?;
        match answer.json::<Body>()? {
            Body {
                auth_status: Some(_),
                token: Some(text),
            } => answer.token(text),
            _ => Err(answer.failed("the answer contains no token")),
        }
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
    // Without the word it is another's answer, whatever else it holds.
    answer
        .json::<Credential>()
        .and_then(|credential| match credential.auth_status.as_deref() {
            Some(_) => {
                answer.is_vtexids();
                Ok(credential)
            }
            None => Err(answer.stranger()),
        })
}

/// What VTEX ID knows of a token that is good.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "camelCase"))]
pub struct Credential {
    #[serde(skip_serializing)]
    auth_status: Option<String>,
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
