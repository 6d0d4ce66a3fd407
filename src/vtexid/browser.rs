//! Logs in with the browser: starts the login, finds the sign-in page, and
//! exchanges the one-time token (`docs/vtex-id.md`, Browser login).
//!
//! Not for the callback on 127.0.0.1 (`crate::login`).

use reqwest::{StatusCode, Url};
use serde::Deserialize;

use super::{VtexId, error::ApiError, session::cookie_value};
use crate::{account::Account, secret::Secret, token::TokenPair};

/// Far longer than any login state seen so far. Limited because the state becomes
/// part of an address on a command line.
const MAX_STATE_BYTES: usize = 4096;

/// The older login page, which every account has.
pub(super) const OLD_PAGE: &str = "/_v/private/auth-server/v1/login";

impl VtexId {
    /// Starts a login and returns its login state.
    ///
    /// `secret_hash` is the SHA-256 of the login's secret, in padded base64.
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
        let answer = answer.check_account(account)?.check_status()?;
        let text = String::from_utf8_lossy(&answer.body);
        // The answer is a JSON string; plain text is accepted as well. A page or
        // other JSON is not a login state.
        let state =
            serde_json::from_str::<String>(&text).unwrap_or_else(|_| text.trim().to_owned());
        if state.is_empty()
            || state.len() > MAX_STATE_BYTES
            || state.starts_with(['<', '{', '[', '"'])
            || !state.is_ascii()
        {
            return Err(answer.failed("the answer contains no login state"));
        }
        answer.set_clock();
        Ok(Secret::new(state))
    }

    /// The address of the sign-in page.
    ///
    /// Asks whether the account has the newer page. An unclear answer counts as
    /// yes, because failing would break logins that work.
    ///
    /// # Errors
    /// When there is no answer.
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
        // The state is encoded twice: in the address of the callback, and again
        // because that address is the value of `returnUrl`.
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

    /// Exchanges the one-time token, which works once. The request is repeated
    /// only after an answer that says it was not processed.
    ///
    /// # Errors
    /// [`ApiError::Refused`] if VTEX ID rejects it. How VTEX ID does that is not
    /// published: 400 and 401 count, unless the answer is an HTML page.
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
        let answer = answer.check_status()?;
        let body: Body = answer.json()?;
        Ok(TokenPair {
            token: answer.token(body.token)?,
            refresh: body.refresh_token.and_then(cookie_value),
            cookie: None,
        })
    }
}
