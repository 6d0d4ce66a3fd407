//! Logging in as a shopper by a code that the store mails; in the folder, by
//! the token of another provider.
//!
//! `docs/vtex-id.md`, Shoppers, says what of it is documented. The rest was seen
//! by people who tried, so what is unknown is let through.

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
    session::{REFRESH_COOKIE, cookie_value, own_cookie},
};
use crate::{
    account::Account,
    secret::Secret,
    slot::Email,
    token::{self, TokenPair},
};

/// Ties a code to the login that asked for it (`docs/vtex-id.md`, Shoppers).
const LOGIN_COOKIE: &str = "_vss";
/// Statuses that say that a request was not looked at.
const UNPROCESSED: [StatusCode; 2] = [
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::SERVICE_UNAVAILABLE,
];

/// A login that was begun; it can be finished for ten minutes.
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

/// What answers about a code have in common.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    /// In place of `authStatus`, in some refusals.
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
    /// Begins a login by a code.
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
        let answer = answer.of_account(account)?.successful()?;
        let body: Body = answer.json()?;
        let id = cookie_value(body.authentication_token)
            .ok_or_else(|| answer.failed("the answer contains no login"))?;
        answer.is_vtexids();
        let name = |provider: &serde_json::Value| {
            let name = provider.as_str().or(provider["providerName"].as_str());
            name.unwrap_or("unnamed").to_owned()
        };
        Ok(ShopperLogin {
            id,
            offers: Offers {
                // Where it is not stated, asking for a code tells.
                code: body.show_access_key_authentication.unwrap_or(true),
                password: body.show_classic_authentication.unwrap_or(false),
                passkey: body.show_passkey_authentication.unwrap_or(false),
                saml: body.saml_providers.is_some_and(|them| !them.is_empty()),
                oauth: body.oauth_providers.iter().flatten().map(name).collect(),
            },
        })
    }

    /// Has a code mailed. Sent again only after an answer that says that it was
    /// not looked at: each request may be a mail, and too many end in a block.
    ///
    /// # Errors
    /// That nothing is mailed after too many requests is not among them: VTEX
    /// ID does not say so.
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
        let (answer, _) = judged(answer)?;
        if answer.is_page() {
            return Err(answer.stranger().into());
        }
        answer.is_vtexids();
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
        let (answer, body) = judged(answer)?;
        let set = || answer.set_cookie(&own_cookie(account));
        let text = body.auth_cookie.map(|cookie| cookie.value).or_else(set);
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            if body.prompt_mfa == Some(true) {
                answer.is_vtexids();
                return Err(ShopperError::SecondFactor);
            }
            if answer.auth_status().is_none() {
                return Err(answer.stranger().into());
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

/// Passes on what holds no refusal.
fn judged(answer: Answer) -> Result<(Answer, Body), ShopperError> {
    let parsed = answer.json::<Body>();
    let is_json = parsed.is_ok();
    let body = parsed.unwrap_or_default();
    let status = answer.auth_status();
    match status.as_deref().or(body.code.as_deref()) {
        _ if answer.status.is_server_error() => {}
        None | Some("Success") => {}
        Some(word) => {
            answer.is_vtexids();
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
    // A block has no JSON; a firewall's answer is a page.
    if answer.status == StatusCode::UNAUTHORIZED && !is_json && !answer.is_page() {
        return Err(ShopperError::Blocked);
    }
    Ok((answer.successful()?, body))
}

/// A cookie that can be sent back.
fn auth_cookie(name: String, value: String) -> Option<(String, Secret)> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    let sendable = name.starts_with(token::COOKIE) && name.len() <= 256 && name.chars().all(fine);
    Some((name, cookie_value(value).filter(|_| sendable)?))
}
