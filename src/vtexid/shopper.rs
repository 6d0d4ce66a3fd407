//! Logs in a shopper with a code that the store sends by e-mail. `exchange` logs
//! one in with the token of another provider.
//!
//! `docs/vtex-id.md`, Shoppers, lists what VTEX documents. The rest is known only
//! from trials, so unknown answers are accepted. Not for asking the user for the
//! code.

mod error;
mod exchange;

use reqwest::{StatusCode, header::COOKIE};
use serde::Deserialize;

pub use self::error::ShopperError;
use super::{
    VtexId,
    answer::Answer,
    cookie,
    error::ApiError,
    session::{REFRESH_COOKIE, cookie_value, shopper_cookie_name},
};
use crate::{
    account::Account,
    secret::Secret,
    slot::Email,
    token::{self, TokenPair},
};

/// Links a code to the login that requested it (`docs/vtex-id.md`, Shoppers).
const LOGIN_COOKIE: &str = "_vss";
/// Statuses that mean that a request was not processed.
const UNPROCESSED: [StatusCode; 2] = [
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::SERVICE_UNAVAILABLE,
];

/// A login that has started. It is valid for ten minutes.
pub struct ShopperLogin {
    /// The value of [`LOGIN_COOKIE`].
    id: Secret,
    /// How shoppers can log in.
    pub offers: Offers,
}

/// How a store lets its shoppers log in.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one way to log in")]
pub struct Offers {
    /// By a code in an e-mail.
    pub code: bool,
    /// With a password.
    pub password: bool,
    /// With a passkey.
    pub passkey: bool,
    /// With SAML.
    pub saml: bool,
    /// With these OAuth providers.
    pub oauth: Vec<String>,
}

/// The fields of answers about a code.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    /// Some refusals have this instead of `authStatus`.
    code: Option<String>,
    #[serde(rename = "promptMFA")]
    prompt_mfa: Option<bool>,
    last_attempt_available: Option<bool>,
    auth_cookie: Option<Cookie>,
    account_auth_cookie: Option<Cookie>,
}

#[derive(Deserialize)]
struct Cookie {
    #[serde(rename = "Name", alias = "name")]
    name: String,
    #[serde(rename = "Value", alias = "value")]
    value: String,
}

impl VtexId {
    /// Starts a login with a code.
    pub async fn start_shopper(&self, account: &Account) -> Result<ShopperLogin, ApiError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            authentication_token: String,
            show_classic_authentication: Option<bool>,
            show_access_key_authentication: Option<bool>,
            show_passkey_authentication: Option<bool>,
            oauth_providers: Option<Vec<serde_json::Value>>,
            saml_providers: Option<Vec<serde_json::Value>>,
        }
        let path = format!("/api/vtexid/pub/authentication/start?scope={account}");
        let request = self.http.get(self.site.store_url(account, &path));
        let answer = self.http.send_with_retry(&request).await?;
        let answer = answer.check_account(account)?.check_status()?;
        let body: Body = answer.json()?;
        let id = cookie_value(body.authentication_token)
            .ok_or_else(|| answer.failed("the answer contains no login"))?;
        answer.set_clock();
        let name = |provider: &serde_json::Value| {
            let name = provider.as_str().or(provider["providerName"].as_str());
            name.unwrap_or("unnamed").to_owned()
        };
        Ok(ShopperLogin {
            id,
            offers: Offers {
                // If the answer does not say, requesting a code will show.
                code: body.show_access_key_authentication.unwrap_or(true),
                password: body.show_classic_authentication.unwrap_or(false),
                passkey: body.show_passkey_authentication.unwrap_or(false),
                saml: body.saml_providers.is_some_and(|them| !them.is_empty()),
                oauth: body.oauth_providers.iter().flatten().map(name).collect(),
            },
        })
    }

    /// Requests a code by e-mail. The request is repeated only after an answer
    /// that says it was not processed: each request may send an e-mail, and too
    /// many block the shopper.
    ///
    /// # Errors
    /// When VTEX ID rejects the request. There is no error if VTEX ID sends
    /// nothing after too many requests, because its answer does not say so.
    pub async fn send_code(
        &self,
        account: &Account,
        login: &ShopperLogin,
        email: &Email,
    ) -> Result<(), ShopperError> {
        let email: String = form_urlencoded::byte_serialize(email.as_str().as_bytes()).collect();
        let path = format!("/api/vtexid/pub/authentication/accesskey/send?email={email}");
        let request = self.http.post(self.site.store_url(account, &path));
        let request = request.header(COOKIE, cookie(LOGIN_COOKIE, &login.id)?);
        let answer = self
            .http
            .send_unless_processed(&request, &UNPROCESSED)
            .await?;
        let (answer, _) = check_refusal(answer)?;
        if answer.is_page() {
            return Err(answer.not_vtex_id().into());
        }
        answer.set_clock();
        Ok(())
    }

    /// Exchanges a code, which works once, for a session.
    pub async fn validate_code(
        &self,
        account: &Account,
        login: &ShopperLogin,
        email: &Email,
        code: &Secret,
    ) -> Result<TokenPair, ShopperError> {
        let path = "/api/vtexid/pub/authentication/accesskey/validate";
        let fields = [("login", email.as_str()), ("accesskey", code.expose())];
        let request = self.http.post(self.site.store_url(account, path));
        let request = request
            .header(COOKIE, cookie(LOGIN_COOKIE, &login.id)?)
            .form(&fields);
        let answer = self
            .http
            .send_unless_processed(&request, &UNPROCESSED)
            .await?;
        let (answer, body) = check_refusal(answer)?;
        let set = || answer.set_cookie(&shopper_cookie_name(account));
        let text = body.auth_cookie.map(|cookie| cookie.value).or_else(set);
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            if body.prompt_mfa == Some(true) {
                answer.set_clock();
                return Err(ShopperError::SecondFactor);
            }
            if answer.auth_status().is_none() {
                return Err(answer.not_vtex_id().into());
            }
            return Err(answer.failed("the answer contains no token").into());
        };
        let second = body.account_auth_cookie;
        Ok(TokenPair {
            token: answer.token(text)?,
            refresh: answer.set_cookie(REFRESH_COOKIE).and_then(cookie_value),
            cookie: second.and_then(|cookie| auth_cookie(cookie.name, cookie.value)),
        })
    }
}

/// Fails if the answer is a refusal.
fn check_refusal(answer: Answer) -> Result<(Answer, Body), ShopperError> {
    let parsed = answer.json::<Body>();
    let is_json = parsed.is_ok();
    let body = parsed.unwrap_or_default();
    let status = answer.auth_status();
    match status.as_deref().or(body.code.as_deref()) {
        _ if answer.status.is_server_error() => {}
        None | Some("Success") => {}
        Some(word) => {
            answer.set_clock();
            return Err(match word {
                "WrongCredentials" | "InvalidAccessKey" => ShopperError::WrongCode {
                    last_attempt: body.last_attempt_available == Some(true),
                },
                "BlockedUser" => ShopperError::Blocked,
                "InvalidEmail" => ShopperError::InvalidEmail,
                "InvalidToken" => ShopperError::Expired,
                _ => answer.refused(word).into(),
            });
        }
    }
    // The answer for a blocked shopper is not JSON; a firewall's is a page.
    if answer.status == StatusCode::UNAUTHORIZED && !is_json && !answer.is_page() {
        return Err(ShopperError::Blocked);
    }
    Ok((answer.check_status()?, body))
}

/// A cookie that can be sent back.
fn auth_cookie(name: String, value: String) -> Option<(String, Secret)> {
    let is_name_char = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    let is_valid =
        name.starts_with(token::COOKIE) && name.len() <= 256 && name.chars().all(is_name_char);
    Some((name, cookie_value(value).filter(|_| is_valid)?))
}
