//! VTEX ID over HTTPS: the only place that knows VTEX's addresses and the
//! shapes of its requests and answers.
//!
//! Not for knowing where tokens are kept, and it prints nothing: whoever
//! wants to see the requests passes a function that is told of each.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use percent_encoding::percent_decode_str;
use reqwest::{
    Client, Method, RequestBuilder, StatusCode, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{COOKIE, HeaderValue, LOCATION, SET_COOKIE},
    redirect::Policy,
};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{
    account::Account,
    secret::Secret,
    token::{self, Grant, Token, TokenError},
};

/// VTEX's own client gives up after this long too.
const TIME_LIMIT: Duration = Duration::from_secs(15);
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// Larger than any answer VTEX ID gives; pages are read only this far.
const SIZE_LIMIT: usize = 1 << 20;
/// Waits before the second and third try of a request that may be repeated.
const BACKOFF: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// The cookie a refresh token travels in.
const REFRESH_COOKIE: &str = "vid_rt";

/// Which VTEX ID is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Site {
    /// VTEX's.
    Vtex,
    /// One on this machine, for trying things out: plain HTTP, and the
    /// account as the first label of `{account}.localhost`, because VTEX ID
    /// reads the account from the host name.
    Local(SocketAddr),
}

impl Site {
    /// Reads an address such as `http://127.0.0.1:4000`.
    ///
    /// # Errors
    /// Anything but plain HTTP on this machine's loopback is refused, so that
    /// a variable in the environment can never send credentials elsewhere.
    pub fn local(address: &str) -> Result<Self, &'static str> {
        let url = Url::parse(address).map_err(|_| "it is not an address")?;
        if url.scheme() != "http" {
            return Err("only `http://` on this machine is allowed");
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err("it must end after the port");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it must not hold a user name or password");
        }
        let host = url.host_str().unwrap_or_default();
        let ip: IpAddr = match host.trim_matches(['[', ']']) {
            "localhost" => IpAddr::from([127, 0, 0, 1]),
            other => other
                .parse()
                .map_err(|_| "only an address on this machine is allowed")?,
        };
        if !ip.is_loopback() {
            return Err("only an address on this machine is allowed");
        }
        Ok(Self::Local(SocketAddr::new(ip, url.port().unwrap_or(80))))
    }

    /// Where a person's browser and the login protocol go.
    fn store_url(&self, account: &Account, path: &str) -> String {
        match self {
            Self::Vtex => format!("https://{account}.myvtex.com{path}"),
            Self::Local(at) => format!("http://{account}.localhost:{}{path}", at.port()),
        }
    }

    /// Where the APIs are.
    fn api_url(&self, account: &Account, path: &str) -> String {
        match self {
            Self::Vtex => format!("https://{account}.vtexcommercestable.com.br{path}"),
            Self::Local(_) => self.store_url(account, path),
        }
    }

    /// Whether `origin`, as a browser sends it, is one of this site's pages.
    pub fn has_origin(&self, origin: &str) -> bool {
        let inner = match self {
            Self::Vtex => origin
                .strip_prefix("https://")
                .and_then(|o| o.strip_suffix(".myvtex.com"))
                .map(str::to_owned),
            Self::Local(at) => origin
                .strip_prefix("http://")
                .and_then(|o| o.strip_suffix(&format!(".localhost:{}", at.port())))
                .map(str::to_owned),
        };
        // `{workspace}--{account}` is a name of the same characters.
        inner.is_some_and(|label| {
            !label.is_empty()
                && label
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
        })
    }
}

/// One request as it may be shown: no query, no body, no secret.
pub struct Exchange<'a> {
    /// `GET`, `POST`
    pub method: &'a Method,
    /// Host and, if unusual, port.
    pub host: &'a str,
    /// The path without its query.
    pub path: &'a str,
    /// The status, or what happened instead.
    pub outcome: Result<StatusCode, &'a str>,
    /// How long it took.
    pub took: Duration,
    /// Set when it failed and will be tried again after this long.
    pub retry_in: Option<Duration>,
}

/// Why VTEX ID did not give what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// No answer: name, connection, TLS, or time.
    #[error("could not reach {host}: {cause}")]
    Unreachable {
        /// The host asked.
        host: String,
        /// What happened.
        cause: String,
    },
    /// An answer that says the other side failed, or that is no answer.
    #[error("{host} failed: {problem}")]
    Failed {
        /// The host asked.
        host: String,
        /// What was wrong with the answer.
        problem: String,
    },
    /// VTEX knows no such account.
    #[error("VTEX ID knows no account `{0}`")]
    UnknownAccount(Account),
    /// VTEX ID understood and said no.
    #[error("{host} refused: {answer}")]
    Refused {
        /// The host asked.
        host: String,
        /// Its answer: the status, or VTEX ID's word for it.
        answer: String,
    },
    /// A token came that cannot be read.
    #[error("{host} sent a token that cannot be read: {cause}")]
    BadToken {
        /// The host asked.
        host: String,
        /// Which part is broken.
        cause: TokenError,
    },
    /// The client could not be made: usually certificates or proxy settings.
    #[error("could not set up HTTPS: {0}")]
    Setup(String),
}

/// A client for one site.
pub struct VtexId {
    client: Client,
    site: Site,
    observe: Arc<dyn Fn(&Exchange<'_>)>,
}

/// What came back, read to its end.
struct Answer {
    host: String,
    status: StatusCode,
    location: Option<String>,
    cookies: Vec<Secret>,
    body: Zeroizing<Vec<u8>>,
}

impl VtexId {
    /// Makes the client; nothing is sent.
    ///
    /// # Errors
    /// When no certificates can be loaded or the proxy settings are unusable.
    pub fn new(site: Site, observe: Arc<dyn Fn(&Exchange<'_>)>) -> Result<Self, ApiError> {
        // Fails only when one is installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(concat!("vtexid/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_LIMIT)
            .timeout(TIME_LIMIT);
        builder = match site {
            Site::Vtex => builder.https_only(true),
            // Pinned to the loopback address, past any proxy and without
            // reading certificates that plain HTTP has no use for.
            Site::Local(at) => builder
                .no_proxy()
                .tls_certs_only([])
                .dns_resolver(Arc::new(Pinned(at))),
        };
        let client = builder
            .build()
            .map_err(|e| ApiError::Setup(root(&e.without_url())))?;
        Ok(Self {
            client,
            site,
            observe,
        })
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
            .send_again(&self.client.post(url).form(&fields))
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
        if state.is_empty() || state.starts_with(['<', '{', '[', '"']) || !state.is_ascii() {
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
        const OLD: &str = "/_v/private/auth-server/v1/login";
        let probe = self.client.get(self.site.store_url(account, NEW));
        let page = match self.send_again(&probe).await {
            Err(error @ ApiError::Unreachable { .. }) => return Err(error),
            Ok(answer) if answer.status == StatusCode::NOT_FOUND => OLD,
            Ok(answer) if answer.status.is_success() => {
                let marker = b"vtex.admin-login";
                let found = answer.body.windows(marker.len()).any(|w| w == marker);
                if found { NEW } else { OLD }
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

    /// Exchanges the one-time token. Works once: never to be repeated.
    pub async fn validate(
        &self,
        account: &Account,
        state: &Secret,
        secret: &Secret,
        ott: &Secret,
    ) -> Result<Grant, ApiError> {
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
        let answer = self
            .send(self.client.post(url).form(&fields))
            .await?
            .successful()?;
        let body: Body = answer.json()?;
        Ok(Grant {
            token: answer.token(body.token)?,
            refresh: body
                .refresh_token
                .filter(|text| !text.is_empty())
                .map(Secret::new),
        })
    }

    /// A new token for a refresh token, which is used up by it. Not to be
    /// repeated: a second use of the same one is refused.
    pub async fn refresh(&self, account: &Account, refresh: &Secret) -> Result<Grant, ApiError> {
        #[derive(Deserialize)]
        struct Body {
            status: Option<String>,
        }
        let url = self
            .site
            .store_url(account, "/api/vtexid/refreshtoken/admin");
        let cookie = cookie(REFRESH_COOKIE, refresh)?;
        let answer = self
            .send(self.client.post(url).header(COOKIE, cookie))
            .await?;
        let word = answer.json::<Body>().ok().and_then(|body| body.status);
        match word {
            Some(word) if word != "Success" && !answer.status.is_server_error() => {
                return Err(answer.refused(&word));
            }
            _ => {}
        }
        let answer = answer.successful()?;
        let text = answer
            .set_cookie(token::COOKIE)
            .ok_or_else(|| answer.failed("the answer holds no token"))?;
        Ok(Grant {
            token: answer.token(text)?,
            refresh: answer.set_cookie(REFRESH_COOKIE).map(Secret::new),
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
            .send(self.client.get(url).header(COOKIE, cookie))
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
        let answer = self.send(self.client.post(url).json(&pair)).await?;
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
        let answer = answer.successful()?;
        match body? {
            Body {
                auth_status: Some(_),
                token: Some(text),
            } => answer.token(text),
            _ => Err(answer.failed("the answer holds no token")),
        }
    }

    /// Sends a request that does no harm when it arrives twice: tried again
    /// after no answer and after 5xx.
    async fn send_again(&self, request: &RequestBuilder) -> Result<Answer, ApiError> {
        for wait in BACKOFF {
            let Some(copy) = request.try_clone() else {
                break;
            };
            let result = self.send_once(copy, Some(wait)).await;
            if !worth_repeating(&result) {
                return result;
            }
            tokio::time::sleep(wait).await;
        }
        let last = request
            .try_clone()
            .ok_or_else(|| ApiError::Setup("the request cannot be repeated".to_owned()))?;
        self.send(last).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Answer, ApiError> {
        self.send_once(request, None).await
    }

    async fn send_once(
        &self,
        request: RequestBuilder,
        retry_in: Option<Duration>,
    ) -> Result<Answer, ApiError> {
        let request = request
            .build()
            .map_err(|e| ApiError::Setup(root(&e.without_url())))?;
        let (method, url) = (request.method().clone(), request.url().clone());
        let host = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
            None => url.host_str().unwrap_or_default().to_owned(),
        };
        let start = Instant::now();
        let result = self.receive(request, &host).await;
        let outcome = match &result {
            Ok(answer) => Ok(answer.status),
            Err(ApiError::Unreachable { cause, .. } | ApiError::Failed { problem: cause, .. }) => {
                Err(cause.as_str())
            }
            Err(_) => Err("no answer"),
        };
        (self.observe)(&Exchange {
            method: &method,
            host: &host,
            path: url.path(),
            outcome,
            took: start.elapsed(),
            retry_in: retry_in.filter(|_| worth_repeating(&result)),
        });
        result
    }

    async fn receive(&self, request: reqwest::Request, host: &str) -> Result<Answer, ApiError> {
        let unreachable = |e: reqwest::Error| ApiError::Unreachable {
            host: host.to_owned(),
            cause: if e.is_timeout() {
                format!("no answer within {} s", TIME_LIMIT.as_secs())
            } else {
                root(&e.without_url())
            },
        };
        let mut response = self.client.execute(request).await.map_err(unreachable)?;
        let mut answer = Answer {
            host: host.to_owned(),
            status: response.status(),
            location: response
                .headers()
                .get(LOCATION)
                .and_then(|v| v.to_str().ok())
                .map(str::to_owned),
            cookies: response
                .headers()
                .get_all(SET_COOKIE)
                .iter()
                .filter_map(|v| v.to_str().ok().map(|v| Secret::new(v.to_owned())))
                .collect(),
            body: Zeroizing::default(),
        };
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if answer.body.len() + chunk.len() > SIZE_LIMIT {
                return Err(answer.failed("the answer is larger than 1 MiB"));
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

impl Answer {
    fn failed(&self, problem: &str) -> ApiError {
        ApiError::Failed {
            host: self.host.clone(),
            problem: problem.to_owned(),
        }
    }

    fn refused(&self, answer: &str) -> ApiError {
        ApiError::Refused {
            host: self.host.clone(),
            answer: answer.to_owned(),
        }
    }

    /// Passes 2xx on and sorts the rest: 4xx is a refusal, but for those that
    /// ask to come again; all else is a failure.
    fn successful(self) -> Result<Self, ApiError> {
        let status = self.status;
        if status.is_success() {
            Ok(self)
        } else if status.is_redirection() {
            // Only the host: a redirect's query may carry anything.
            let to = self.location.as_deref().and_then(|to| Url::parse(to).ok());
            let to = to.as_ref().and_then(Url::host_str);
            let to = to.unwrap_or("another page");
            Err(self.failed(&format!("status {status}, a redirect to {to}")))
        } else if status.is_client_error()
            && status != StatusCode::TOO_MANY_REQUESTS
            && status != StatusCode::REQUEST_TIMEOUT
        {
            Err(self.refused(&format!("status {status}")))
        } else {
            Err(self.failed(&format!("status {status}")))
        }
    }

    /// The value of a cookie that is set, percent-decoded; none when empty.
    fn set_cookie(&self, name: &str) -> Option<String> {
        self.cookies.iter().find_map(|cookie| {
            let (found, rest) = cookie.expose().split_once('=')?;
            let value = rest.split(';').next()?.trim();
            let value = percent_decode_str(value).decode_utf8().ok()?;
            (found.trim() == name && !value.is_empty()).then(|| value.into_owned())
        })
    }

    fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ApiError> {
        // serde_json's own words may quote the answer, which may hold a token.
        serde_json::from_slice(&self.body).map_err(|_| {
            self.failed(&format!(
                "status {}, but not the JSON expected",
                self.status
            ))
        })
    }

    fn token(&self, text: String) -> Result<Token, ApiError> {
        Token::parse(Secret::new(text)).map_err(|cause| ApiError::BadToken {
            host: self.host.clone(),
            cause,
        })
    }
}

/// No answer, or one that says that the other side failed.
fn worth_repeating(result: &Result<Answer, ApiError>) -> bool {
    match result {
        Ok(answer) => answer.status.is_server_error(),
        Err(ApiError::Unreachable { .. }) => true,
        Err(_) => false,
    }
}

/// A cookie header that shows itself nowhere.
fn cookie(name: &str, value: &Secret) -> Result<HeaderValue, ApiError> {
    let mut cookie = HeaderValue::try_from(format!("{name}={}", value.expose()))
        .map_err(|_| ApiError::Setup("what is stored does not fit in a header".to_owned()))?;
    cookie.set_sensitive(true);
    Ok(cookie)
}

/// Every name is this address.
struct Pinned(SocketAddr);

impl Resolve for Pinned {
    fn resolve(&self, _: Name) -> Resolving {
        let addrs: Addrs = Box::new(std::iter::once(self.0));
        Box::pin(std::future::ready(Ok(addrs)))
    }
}

/// The innermost cause: reqwest's own words only say that sending failed.
fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::Site;

    #[test]
    fn only_this_machine_can_stand_in_for_vtex() {
        for good in [
            "http://127.0.0.1:4000",
            "http://localhost:4000/",
            "http://[::1]:4000",
            "http://127.9.9.9",
        ] {
            assert!(Site::local(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "127.0.0.1:4000",
            "https://127.0.0.1:4000",
            "http://example.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://10.0.0.1",
            "http://0.0.0.0:4000",
            "http://[::ffff:10.0.0.1]",
            "http://a:b@127.0.0.1",
            "http://127.0.0.1@example.com",
            "http://127.0.0.1/path",
            "http://127.0.0.1?x",
            "http://127.0.0.1#x",
        ] {
            assert!(Site::local(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_vtex_pages_may_read_the_callbacks_answers() {
        assert!(Site::Vtex.has_origin("https://mystore.myvtex.com"));
        assert!(Site::Vtex.has_origin("https://dev--mystore.myvtex.com"));
        for bad in [
            "https://myvtex.com",
            "https://.myvtex.com",
            "http://mystore.myvtex.com",
            "https://evil.com/.myvtex.com",
            "https://evil.com#.myvtex.com",
            "https://a.b.myvtex.com",
            "https://mystore.myvtex.com.evil.com",
            "null",
        ] {
            assert!(!Site::Vtex.has_origin(bad), "{bad}");
        }
    }
}
