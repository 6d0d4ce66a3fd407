//! VTEX ID over HTTPS: the only place that knows VTEX's addresses and the
//! shapes of its requests and answers.
//!
//! Not for knowing where tokens are kept, and it prints nothing: whoever
//! wants to see the requests passes a function that is told of each.

mod http;
mod site;

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{
    StatusCode, Url,
    header::{COOKIE, HeaderValue},
};
use serde::{Deserialize, Serialize};

use self::http::Http;
pub use self::{
    http::{ApiError, Exchange},
    site::Site,
};
use crate::{
    account::Account,
    clock::Clock,
    secret::Secret,
    token::{self, Token, TokenPair},
};

/// The cookie a refresh token travels in.
const REFRESH_COOKIE: &str = "vid_rt";

/// The words with which VTEX ID refuses a refresh token (VTEX's OpenAPI
/// file for VTEX ID, "Refresh token"): nothing else ends a session.
const REFUSALS: [&str; 4] = [
    "InvalidSession",
    "InvalidToken",
    "InvalidEmail",
    "InvalidScope",
];

/// Far above what a login state has been seen to have; it becomes part of an
/// address that programs are started with.
const STATE_LIMIT: usize = 4096;

/// What may stand for itself in a part of a path (RFC 3986, 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The older login page, which every account has.
const OLD_PAGE: &str = "/_v/private/auth-server/v1/login";

/// A client for one site.
pub struct VtexId {
    http: Http,
    site: Site,
}

impl VtexId {
    /// Makes the client; nothing is sent. `clock` is set by each answer's `Date`.
    ///
    /// # Errors
    /// When no certificates can be loaded or the proxy settings are invalid.
    pub fn new(
        site: Site,
        observe: Arc<dyn Fn(&Exchange<'_>)>,
        clock: Clock,
    ) -> Result<Self, ApiError> {
        let http = Http::new(&site, observe, clock)?;
        Ok(Self { http, site })
    }

    /// The site spoken to.
    pub fn site(&self) -> &Site {
        &self.site
    }

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
        if answer.status == StatusCode::NOT_FOUND {
            return Err(ApiError::UnknownAccount(account.clone()));
        }
        let answer = answer.successful()?;
        let text = String::from_utf8_lossy(&answer.body);
        // A JSON string, though bare text is accepted as well. A page or any
        // other JSON is no login state.
        let state =
            serde_json::from_str::<String>(&text).unwrap_or_else(|_| text.trim().to_owned());
        if state.is_empty()
            || state.len() > STATE_LIMIT
            || state.starts_with(['<', '{', '[', '"'])
            || !state.is_ascii()
        {
            return Err(answer.failed("the answer holds no login state"));
        }
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
        if answer.status == StatusCode::NOT_FOUND {
            return Err(ApiError::UnknownAccount(account.clone()));
        }
        // The page is there or leads on: either way VTEX ID answered.
        if !answer.status.is_redirection() {
            answer.successful()?;
        }
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
            refresh: body.refresh_token.and_then(refresh_token),
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
        #[derive(Deserialize)]
        struct Body {
            status: Option<String>,
        }
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
        let text = answer
            .set_cookie(token::COOKIE)
            .ok_or_else(|| answer.failed("the answer holds no token"))?;
        Ok(TokenPair {
            token: answer.token(text)?,
            refresh: answer.set_cookie(REFRESH_COOKIE).and_then(refresh_token),
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
        if answer.status.is_redirection() {
            return Ok(());
        }
        answer.successful().map(|_| ())
    }

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
        if answer.status == StatusCode::NOT_FOUND {
            return Err(ApiError::UnknownAccount(account.clone()));
        }
        // The body's word for a refusal says more than its status.
        let body = answer.json::<Body>();
        if !answer.status.is_server_error()
            && let Ok(Body {
                auth_status: Some(word),
                ..
            }) = &body
            && word != "Success"
        {
            return Err(answer.refused(word));
        }
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
        match body? {
            Body {
                auth_status: Some(_),
                token: Some(text),
            } => answer.token(text),
            _ => Err(answer.failed("the answer holds no token")),
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
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            auth_status: String,
        }
        let url = self
            .site
            .api_url(account, "/api/vtexid/credential/validate");
        let body = serde_json::json!({"token": token.secret().expose()});
        let answer = self
            .http
            .send_with_retry(&self.http.post(url).json(&body))
            .await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Err(ApiError::UnknownAccount(account.clone()));
        }
        let body = answer.json::<Body>();
        if let Ok(Body { auth_status }) = &body
            && auth_status != "Success"
            && !answer.status.is_server_error()
        {
            return Err(answer.refused(auth_status));
        }
        let answer = answer.successful()?;
        body?;
        answer.json()
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
            return Err(ApiError::Setup(format!("`{user}` can be no user's id")));
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

/// A refresh token that can be sent back: what is no cookie value (RFC 6265,
/// 4.1.1) would be refused later on, or carry another cookie along.
fn refresh_token(text: String) -> Option<Secret> {
    let sendable = (1..=4096).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\",;\\".contains(&b));
    sendable.then(|| Secret::new(text))
}

/// A cookie header that shows itself nowhere.
fn cookie(name: &str, value: &Secret) -> Result<HeaderValue, ApiError> {
    let mut cookie = HeaderValue::try_from(format!("{name}={}", value.expose()))
        .map_err(|_| ApiError::Setup("what is stored does not fit in a header".to_owned()))?;
    cookie.set_sensitive(true);
    Ok(cookie)
}
