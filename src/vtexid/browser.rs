//! Logging in with the browser: announcing it, the page to sign in on, and the
//! exchange of what comes back (`docs/vtex-id.md`, Browser login).
//!
//! Not for the page on 127.0.0.1 that the browser comes back to.

use reqwest::{StatusCode, Url};
use serde::Deserialize;

use super::{VtexId, error::ApiError, session::cookie_value};
use crate::{account::Account, secret::Secret, token::TokenPair};

/// Far above what a login state has been seen to have; it becomes part of an
/// address that programs are started with.
const MAX_STATE_BYTES: usize = 4096;

/// The older login page, which every account has.
pub(super) const OLD_PAGE: &str = "/_v/private/auth-server/v1/login";

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
            cookie: None,
        })
    }
}
