//! Renews and ends sessions (`docs/vtex-id.md`, Renewal, Logging out).
//!
//! Not for stored sessions (`crate::session`).

use reqwest::{
    StatusCode,
    header::{COOKIE, HeaderValue},
};
use serde::Deserialize;

use super::{VtexId, answer::Answer, cookie, error::ApiError};
use crate::{
    account::Account,
    secret::Secret,
    token::{self, Token, TokenPair},
};

/// The cookie that carries a refresh token (`docs/vtex-id.md`, Renewal).
pub(super) const REFRESH_COOKIE: &str = "vid_rt";

/// VTEX ID's code words for an invalid refresh token (`docs/vtex-id.md`,
/// Renewal). Only these end a session.
const REFUSALS: [&str; 4] = [
    "InvalidSession",
    "InvalidToken",
    "InvalidEmail",
    "InvalidScope",
];

impl VtexId {
    /// Gets a new token for a refresh token, which works once. The request is
    /// repeated only after 429, which means that it was not processed.
    ///
    /// # Errors
    /// [`ApiError::Refused`] only for VTEX ID's own code words.
    pub async fn refresh(
        &self,
        account: &Account,
        refresh: &Secret,
    ) -> Result<TokenPair, ApiError> {
        let url = self
            .site
            .store_url(account, "/api/vtexid/refreshtoken/admin");
        let cookie = cookie(REFRESH_COOKIE, refresh)?;
        let answer = self
            .http
            .send_unless_processed(
                &self.http.post(url).header(COOKIE, cookie),
                &[StatusCode::TOO_MANY_REQUESTS],
            )
            .await?;
        let answer = check_renewal(answer)?;
        let text = answer
            .set_cookie(token::COOKIE)
            .ok_or_else(|| answer.failed("the answer contains no token"))?;
        Ok(TokenPair {
            token: answer.token(text)?,
            refresh: answer.set_cookie(REFRESH_COOKIE).and_then(cookie_value),
            cookie: None,
        })
    }

    /// Gets a new session for a shopper's refresh token, which works once. The
    /// request also needs the session's token and its second cookie.
    ///
    /// # Errors
    /// [`ApiError::Refused`] only for VTEX ID's own code words.
    pub async fn refresh_shopper(
        &self,
        account: &Account,
        refresh: &Secret,
        token: &Secret,
        second: Option<&(String, Secret)>,
    ) -> Result<TokenPair, ApiError> {
        let cookie_name = shopper_cookie_name(account);
        let mut pairs = vec![
            format!("{REFRESH_COOKIE}={}", refresh.expose()),
            format!("{cookie_name}={}", token.expose()),
        ];
        pairs.extend(second.map(|(name, value)| format!("{name}={}", value.expose())));
        let mut header = HeaderValue::try_from(pairs.join("; "))
            .map_err(|_| ApiError::Setup("the stored value does not fit in a header".to_owned()))?;
        header.set_sensitive(true);
        let path = "/api/vtexid/refreshtoken/webstore";
        let request = self.http.post(self.site.store_url(account, path));
        let answer = self
            .http
            .send_unless_processed(
                &request.header(COOKIE, header),
                &[StatusCode::TOO_MANY_REQUESTS],
            )
            .await?;
        let answer = check_renewal(answer)?;
        let text = answer
            .set_cookie(&cookie_name)
            .ok_or_else(|| answer.failed("the answer contains no token"))?;
        let new_cookie = second.map(|(name, old)| {
            let new = answer.set_cookie(name).and_then(cookie_value);
            (name.clone(), new.unwrap_or_else(|| old.clone()))
        });
        Ok(TokenPair {
            token: answer.token(text)?,
            refresh: answer.set_cookie(REFRESH_COOKIE).and_then(cookie_value),
            cookie: new_cookie,
        })
    }

    /// Revokes a token.
    pub async fn revoke(&self, account: &Account, token: &Token) -> Result<(), ApiError> {
        let url = self
            .site
            .store_url(account, "/api/vtexid/pub/logout?scope=");
        let name = token.header_name();
        let cookie = cookie(name.as_deref().unwrap_or(token::COOKIE), token.secret())?;
        let answer = self
            .http
            .send(self.http.get(url).header(COOKIE, cookie))
            .await?;
        // The answer is a page or a redirect, depending on the store.
        if answer.status.is_redirection() && answer.status != StatusCode::NOT_MODIFIED {
            return Ok(());
        }
        answer.check_status().map(|_| ())
    }
}

/// The name of the cookie with a shopper's token.
pub(super) fn shopper_cookie_name(account: &Account) -> String {
    format!("{}_{account}", token::COOKIE)
}

/// Checks that a renewal succeeded.
///
/// # Errors
/// [`ApiError::Refused`] only for VTEX ID's own code words.
fn check_renewal(answer: Answer) -> Result<Answer, ApiError> {
    #[derive(Deserialize)]
    struct Body {
        status: Option<String>,
    }
    let word = answer.json::<Body>().ok().and_then(|body| body.status);
    let word = word.as_deref();
    if let Some(word) = word.filter(|word| REFUSALS.contains(word))
        && !answer.status.is_server_error()
    {
        return Err(answer.refused(word));
    }
    let answer = answer.check_status()?;
    if word != Some("Success") {
        return Err(answer.not_vtex_id());
    }
    Ok(answer)
}

/// A cookie's value that can be sent back. An invalid value (RFC 6265, 4.1.1)
/// would be rejected later, or would add another cookie.
pub(super) fn cookie_value(text: String) -> Option<Secret> {
    let text = match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(unquoted) => unquoted.to_owned(),
        None => text,
    };
    let is_valid = (1..=4096).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\",;\\".contains(&b));
    is_valid.then(|| Secret::new(text))
}
