//! Logging in with the browser, renewing what that brings, and ending it.

use reqwest::{StatusCode, Url, header::COOKIE};
use serde::Deserialize;

use super::{VtexId, answer::Answer, cookie, error::ApiError};
use crate::{
    account::Account,
    secret::Secret,
    token::{self, Token, TokenPair},
};

/// The cookie a refresh token travels in.
pub(super) const REFRESH_COOKIE: &str = "vid_rt";

/// The words with which VTEX ID refuses a refresh token (VTEX's API
/// reference for VTEX ID, "Refresh token"): nothing else ends a session.
const REFUSALS: [&str; 4] = [
    "InvalidSession",
    "InvalidToken",
    "InvalidEmail",
    "InvalidScope",
];

/// Far above what a login state has been seen to have; it becomes part of an
/// address that programs are started with.
const MAX_STATE_BYTES: usize = 4096;

/// The older login page, which every account has.
const OLD_PAGE: &str = "/_v/private/auth-server/v1/login";

impl VtexId {
    /// Announces a login; the answer is the login state.
    ///
    /// `secret_hash` is SHA-256 of the login's secret in padded base64.
    pub async fn start(
        &self,
        account: &Account,
        secret_hash: &str,
        loopback_url: &str,
    ) -> Result<Secret, ApiError> {
        let url = self.site.store_url(account, "/api/vtexid/toolbelt/start");
        let fields = [("secretHash", secret_hash), ("loopbackUrl", loopback_url)];
        let answer = self
            .http
            .send_with_retry(&self.http.post(url).form(&fields))
            .await?;
        let answer = answer.of_account(account)?.successful()?;
        let text = String::from_utf8_lossy(&answer.body);
        // A JSON string, though bare text is accepted as well. A page or any
        // other JSON is no login state.
        let state =
            serde_json::from_str::<String>(&text).unwrap_or_else(|_| text.trim().to_owned());
        if state.is_empty()
            || state.len() > MAX_STATE_BYTES
            || state.starts_with(['<', '{', '[', '"'])
            || !state.is_ascii()
        {
            return Err(answer.failed("the answer contains no login state"));
        }
        answer.is_vtexids();
        Ok(Secret::new(state))
    }

    /// The address of the page on which a person signs in.
    ///
    /// The newer page is probed for; an answer that says nothing either way is
    /// taken for yes, because failing there breaks logins that would work.
    ///
    /// # Errors
    /// When there is no answer at all.
    pub async fn login_page(&self, account: &Account, state: &Secret) -> Result<Url, ApiError> {
        const NEW: &str = "/_v/segment/admin-login/v1/login";
        let probe = self.http.get(self.site.store_url(account, NEW));
        let page = match self.http.send_with_retry(&probe).await {
            Err(error @ ApiError::Unreachable { .. }) => return Err(error),
            Ok(answer) if answer.status == StatusCode::NOT_FOUND => OLD_PAGE,
            Ok(answer) if answer.status.is_success() => {
                let marker = b"vtex.admin-login";
                let found = answer.body.windows(marker.len()).any(|w| w == marker);
                if found { NEW } else { OLD_PAGE }
            }
            _ => NEW,
        };
        // The state is encoded twice: once in the callback's address, and
        // again with that address as the value of `returnUrl`.
        let encode = |s: &str| form_urlencoded::byte_serialize(s.as_bytes()).collect::<String>();
        let callback = format!(
            "/api/vtexid/toolbelt/callback?state={}",
            encode(state.expose())
        );
        let address = self
            .site
            .store_url(account, &format!("{page}?returnUrl={}", encode(&callback)));
        Url::parse(&address).map_err(|e| ApiError::Setup(e.to_string()))
    }

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

    /// Exchanges the one-time token, which works once: sent again only after
    /// an answer that says it was not looked at.
    ///
    /// # Errors
    /// [`ApiError::Refused`] is VTEX ID's own word. How it refuses is not
    /// published: 400 and 401 count, unless they are pages.
    pub async fn validate(
        &self,
        account: &Account,
        state: &Secret,
        secret: &Secret,
        ott: &Secret,
    ) -> Result<TokenPair, ApiError> {
        #[derive(Deserialize)]
        struct Body {
            token: String,
            refresh_token: Option<String>,
        }
        let url = self
            .site
            .store_url(account, "/api/vtexid/toolbelt/validate");
        let fields = [
            ("state", state.expose()),
            ("secret", secret.expose()),
            ("ott", ott.expose()),
        ];
        let unprocessed = [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::SERVICE_UNAVAILABLE,
        ];
        let answer = self
            .http
            .send_unless_processed(&self.http.post(url).form(&fields), &unprocessed)
            .await?;
        let refusal = [StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED];
        if refusal.contains(&answer.status) && !answer.is_page() {
            return Err(answer.refused(""));
        }
        let answer = answer.successful()?;
        let body: Body = answer.json()?;
        Ok(TokenPair {
            token: answer.token(body.token)?,
            refresh: body.refresh_token.and_then(cookie_value),
        })
    }

    /// A new token for a refresh token, which is used up by it: sent again only
    /// after 429, which says that it was not looked at.
    ///
    /// # Errors
    /// [`ApiError::Refused`] for VTEX ID's own words alone.
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
        let answer = refreshed(answer)?;
        let text = answer
            .set_cookie(token::COOKIE)
            .ok_or_else(|| answer.failed("the answer contains no token"))?;
        Ok(TokenPair {
            token: answer.token(text)?,
            refresh: answer.set_cookie(REFRESH_COOKIE).and_then(cookie_value),
        })
    }

    /// Makes VTEX ID forget a token.
    pub async fn revoke(&self, account: &Account, token: &Token) -> Result<(), ApiError> {
        let url = self
            .site
            .store_url(account, "/api/vtexid/pub/logout?scope=");
        let carrier = token.carrier();
        let cookie = cookie(carrier.as_deref().unwrap_or(token::COOKIE), token.secret())?;
        let answer = self
            .http
            .send(self.http.get(url).header(COOKIE, cookie))
            .await?;
        // It answers with a page or a redirect, depending on the store.
        if answer.status.is_redirection() && answer.status != StatusCode::NOT_MODIFIED {
            return Ok(());
        }
        answer.successful().map(|_| ())
    }
}

/// Passes on the answer to a refresh that brought something.
///
/// # Errors
/// [`ApiError::Refused`] for VTEX ID's own words alone.
pub(super) fn refreshed(answer: Answer) -> Result<Answer, ApiError> {
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
    let answer = answer.successful()?;
    if word != Some("Success") {
        return Err(answer.stranger());
    }
    Ok(answer)
}

/// A cookie's value that can be sent back: what is no cookie value (RFC 6265,
/// 4.1.1) would be refused later on, or carry another cookie along.
pub(super) fn cookie_value(text: String) -> Option<Secret> {
    let text = match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(unquoted) => unquoted.to_owned(),
        None => text,
    };
    let sendable = (1..=4096).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\",;\\".contains(&b));
    sendable.then(|| Secret::new(text))
}
