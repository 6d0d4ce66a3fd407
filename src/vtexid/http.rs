//! Sending one request and reading its answer: time and size limits, trying
//! again, and telling failures apart.
//!
//! Not for knowing what is asked for: that is the parent's.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use percent_encoding::percent_decode_str;
use reqwest::{
    Client, Method, Request, RequestBuilder, StatusCode, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{DATE, LOCATION, RETRY_AFTER, SET_COOKIE},
    redirect::Policy,
};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::Site;
use crate::{
    account::Account,
    clock::Clock,
    secret::Secret,
    time,
    token::{Token, TokenError},
};

/// VTEX's own client gives up after this long too.
const TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Larger than any answer VTEX ID gives; pages are read only this far.
const MAX_ANSWER_BYTES: usize = 1 << 20;
/// Whoever asks for a longer pause before the next request gets none.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(10);
/// Waits before the second and third try of a request that may be repeated.
const BACKOFF: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

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
    #[error("VTEX ID does not know the account {0}")]
    UnknownAccount(Account),
    /// Somebody else answered in VTEX ID's place, such as a firewall.
    #[error("{host} answered {status}, but not as VTEX ID does")]
    Stranger {
        /// The host asked.
        host: String,
        /// The answer's status.
        status: u16,
    },
    /// VTEX ID or somebody in its place said no to an app key.
    #[error(
        "{host} answered {status} without VTEX ID's JSON: the pair is wrong, or a proxy answered"
    )]
    UnclearRefusal {
        /// The host asked.
        host: String,
        /// The answer's status.
        status: u16,
    },
    /// Too many requests; the wait is too long for a command.
    #[error("{host} accepts no more requests for now{}", wait_words(.retry_after))]
    TooManyRequests {
        /// The host asked.
        host: String,
        /// For how long, where it says.
        retry_after: Option<Duration>,
    },
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
    #[error("could not set up the request: {0}")]
    Setup(String),
}

fn wait_words(retry_after: &Option<Duration>) -> String {
    retry_after.map_or_else(String::new, |wait| {
        format!(": try again in {}", time::duration_words(wait))
    })
}

/// A client, and whom to tell of each request.
pub struct Http {
    client: Client,
    observe: Arc<dyn Fn(&Exchange<'_>)>,
    clock: Clock,
}

/// What came back, read to its end.
pub struct Answer {
    pub host: String,
    pub status: StatusCode,
    location: Option<String>,
    cookies: Vec<Secret>,
    /// The server's clock, in epoch seconds.
    pub date: Option<i64>,
    retry_after: Option<Duration>,
    pub body: Zeroizing<Vec<u8>>,
}

impl Http {
    /// Makes the client; nothing is sent.
    ///
    /// # Errors
    /// When no certificates can be loaded or the proxy settings are unusable.
    pub fn new(
        site: &Site,
        observe: Arc<dyn Fn(&Exchange<'_>)>,
        clock: Clock,
    ) -> Result<Self, ApiError> {
        // Fails only when one is installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(concat!("vtexid/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT);
        builder = match *site {
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
            observe,
            clock,
        })
    }

    /// A request to begin with.
    pub fn get(&self, url: String) -> RequestBuilder {
        self.client.get(url)
    }

    /// A request to begin with.
    pub fn post(&self, url: String) -> RequestBuilder {
        self.client.post(url)
    }

    /// Sends a request that does no harm when it arrives twice: tried again
    /// after no answer, after 5xx, and after 429 if that asks for no long wait.
    pub async fn send_with_retry(&self, request: &RequestBuilder) -> Result<Answer, ApiError> {
        for pause in BACKOFF {
            let Some(copy) = request.try_clone() else {
                break;
            };
            let result = self.send_once(copy, &|result| wait(result, pause)).await;
            match wait(&result, pause) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return result,
            }
        }
        let last = request
            .try_clone()
            .ok_or_else(|| ApiError::Setup("the request cannot be repeated".to_owned()))?;
        self.send(last).await
    }

    /// Sends a request that must not arrive twice: again, once, only after an
    /// answer with one of these statuses, which say that it did nothing.
    pub async fn send_unless_processed(
        &self,
        request: &RequestBuilder,
        unprocessed: &[StatusCode],
    ) -> Result<Answer, ApiError> {
        let again = |result: &Result<Answer, ApiError>| match result {
            Ok(answer) if unprocessed.contains(&answer.status) => wait(result, BACKOFF[0]),
            _ => None,
        };
        let once = |request: &RequestBuilder| {
            request
                .try_clone()
                .ok_or_else(|| ApiError::Setup("the request cannot be sent".to_owned()))
        };
        let result = self.send_once(once(request)?, &again).await;
        match again(&result) {
            Some(wait) => tokio::time::sleep(wait).await,
            None => return result,
        }
        self.send(once(request)?).await
    }

    /// Sends a request once.
    pub async fn send(&self, request: RequestBuilder) -> Result<Answer, ApiError> {
        self.send_once(request, &|_| None).await
    }

    async fn send_once(
        &self,
        request: RequestBuilder,
        retry_in: &dyn Fn(&Result<Answer, ApiError>) -> Option<Duration>,
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
            retry_in: retry_in(&result),
        });
        result
    }

    async fn receive(&self, request: Request, host: &str) -> Result<Answer, ApiError> {
        let unreachable = |e: reqwest::Error| ApiError::Unreachable {
            host: host.to_owned(),
            cause: if e.is_timeout() {
                format!("no answer within {}s", TIMEOUT.as_secs())
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
            date: response
                .headers()
                .get(DATE)
                .and_then(|v| jiff::fmt::rfc2822::parse(v.to_str().ok()?).ok())
                .map(|date| date.timestamp().as_second()),
            retry_after: None,
            cookies: response
                .headers()
                .get_all(SET_COOKIE)
                .iter()
                .filter_map(|v| v.to_str().ok().map(|v| Secret::new(v.to_owned())))
                .collect(),
            body: Zeroizing::default(),
        };
        if let Some(date) = answer.date {
            self.clock.heard(date);
        }
        answer.retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| retry_after(value.to_str().ok()?, self.clock.now()));
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if answer.body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(answer.failed("the answer is larger than 1 MiB"));
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

impl Answer {
    pub fn failed(&self, problem: &str) -> ApiError {
        ApiError::Failed {
            host: self.host.clone(),
            problem: problem.to_owned(),
        }
    }

    /// VTEX ID's own word for a refusal, where it is one: anything longer may
    /// repeat what was sent.
    pub fn refused(&self, word: &str) -> ApiError {
        let is_word = word.len() <= 40
            && !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        ApiError::Refused {
            host: self.host.clone(),
            answer: if is_word {
                word.to_owned()
            } else {
                format!("status {}", self.status)
            },
        }
    }

    /// Passes 2xx on and sorts the rest. None of it is VTEX ID's own refusal:
    /// that has words, which the caller knows.
    pub fn successful(self) -> Result<Self, ApiError> {
        let status = self.status;
        if status.is_success() {
            Ok(self)
        } else if status.is_redirection() {
            // Only the host: a redirect's query may carry anything.
            let to = self.location.as_deref().and_then(|to| Url::parse(to).ok());
            let to = to.as_ref().and_then(Url::host_str);
            let to = to.unwrap_or("another page");
            Err(self.failed(&format!("status {status}, a redirect to {to}")))
        } else if status == StatusCode::TOO_MANY_REQUESTS {
            Err(ApiError::TooManyRequests {
                host: self.host,
                retry_after: self.retry_after,
            })
        } else if status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT {
            Err(self.stranger())
        } else {
            Err(self.failed(&format!("status {status}")))
        }
    }

    /// An answer that VTEX ID does not give.
    pub fn stranger(&self) -> ApiError {
        ApiError::Stranger {
            host: self.host.clone(),
            status: self.status.as_u16(),
        }
    }

    /// Whether it is a page for people.
    pub fn is_page(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"<")
    }

    /// The value of a cookie that is set, percent-decoded; none when empty.
    pub fn set_cookie(&self, name: &str) -> Option<String> {
        self.cookies.iter().find_map(|cookie| {
            let (found, rest) = cookie.expose().split_once('=')?;
            let value = rest.split(';').next()?.trim();
            let value = percent_decode_str(value).decode_utf8().ok()?;
            (found.trim() == name && !value.is_empty()).then(|| value.into_owned())
        })
    }

    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, ApiError> {
        // serde_json's own words may quote the answer, which may hold a token.
        serde_json::from_slice(&self.body).map_err(|_| {
            self.failed(&format!(
                "status {}, but not the JSON expected",
                self.status
            ))
        })
    }

    pub fn token(&self, text: String) -> Result<Token, ApiError> {
        Token::parse(Secret::new(text)).map_err(|cause| ApiError::BadToken {
            host: self.host.clone(),
            cause,
        })
    }
}

/// How long to wait before trying again, where that is worth it: after no
/// answer, after one that says that the other side failed, and after 429.
fn wait(result: &Result<Answer, ApiError>, pause: Duration) -> Option<Duration> {
    match result {
        Ok(answer) if answer.status == StatusCode::TOO_MANY_REQUESTS => {
            let asked = answer.retry_after.unwrap_or(pause);
            (asked <= MAX_RETRY_AFTER).then_some(asked)
        }
        Ok(answer) if answer.status.is_server_error() => {
            let asked = answer.retry_after.filter(|asked| *asked <= MAX_RETRY_AFTER);
            Some(asked.unwrap_or(pause))
        }
        Err(ApiError::Unreachable { .. }) => Some(pause),
        _ => None,
    }
}

/// `Retry-After` (RFC 9110, 10.2.3): seconds, or a date, which counts from the
/// answer's own.
fn retry_after(value: &str, date: i64) -> Option<Duration> {
    let seconds = match value.trim().parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let until = jiff::fmt::rfc2822::parse(value.trim()).ok()?;
            let left = until.timestamp().as_second().saturating_sub(date);
            u64::try_from(left).unwrap_or(0)
        }
    };
    Some(Duration::from_secs(seconds))
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
