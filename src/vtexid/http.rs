//! Sends a request and reads its answer: time and size limits, retries, and the
//! kinds of failure.
//!
//! Not for the content of requests (the sibling modules).

use std::{
    any::Any,
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{
    Client, Method, Request, RequestBuilder, StatusCode,
    header::{DATE, LOCATION, RETRY_AFTER, SET_COOKIE},
};
use zeroize::Zeroizing;

use super::{Site, Trust, answer::Answer, client, error::ApiError};
use crate::{clock::Clock, config::Proxy, secret::Secret, waits::VTEX_ID_BACKOFF};

/// The same time limit as in VTEX's own client.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Larger than any answer from VTEX ID.
const MAX_ANSWER_BYTES: usize = 1 << 20;
/// If an answer asks for a longer pause, the request is not repeated.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(10);

/// The parts of a request that may be shown: no query, no body, no secret.
pub struct Exchange<'a> {
    /// The method, such as `GET`.
    pub method: &'a Method,
    /// The host, and the port if it is not the default.
    pub host: &'a str,
    /// The path without its query.
    pub path: &'a str,
    /// The status, or why there is none.
    pub outcome: Result<StatusCode, &'a str>,
    /// How long it took.
    pub took: Duration,
    /// When it will be tried again, if it failed.
    pub retry_in: Option<Duration>,
}

/// Is notified of each request.
pub trait Observer {
    /// A request to this host begins. The returned value is dropped when the
    /// request ends.
    fn begins(&self, host: &str) -> Option<Box<dyn Any>>;

    /// The request has ended.
    fn ended(&self, exchange: &Exchange<'_>);
}

/// A client that notifies an observer of each request.
pub struct Http {
    client: Client,
    proxy: Option<Proxy>,
    observe: Arc<dyn Observer>,
    clock: Clock,
}

impl Http {
    /// Creates the client. Sends nothing.
    ///
    /// # Errors
    /// When no certificates can be loaded.
    pub fn new(
        site: &Site,
        proxy: Option<Proxy>,
        trust: Trust<'_>,
        observe: Arc<dyn Observer>,
        clock: Clock,
    ) -> Result<Self, ApiError> {
        let client = client::builder(site, proxy.as_ref(), trust)?.timeout(TIMEOUT);
        let client = client::build(client)?;
        Ok(Self {
            client,
            proxy,
            observe,
            clock,
        })
    }

    /// Begins a GET request.
    pub fn get(&self, url: String) -> RequestBuilder {
        self.client.get(url)
    }

    /// Begins a POST request.
    pub fn post(&self, url: String) -> RequestBuilder {
        self.client.post(url)
    }

    /// Sends a request that may safely arrive twice. Tries again after no answer,
    /// after 5xx, and after 429 if the wait is short.
    pub async fn send_with_retry(&self, request: &RequestBuilder) -> Result<Answer, ApiError> {
        for pause in VTEX_ID_BACKOFF {
            let Some(copy) = request.try_clone() else {
                break;
            };
            let result = self
                .send_once(copy, &|result| retry_delay(result, pause))
                .await;
            match retry_delay(&result, pause) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return result,
            }
        }
        let last = request
            .try_clone()
            .ok_or_else(|| ApiError::Setup("the request cannot be repeated".to_owned()))?;
        self.send(last).await
    }

    /// Sends a request that must not be processed twice. Tries again once, and
    /// only after one of these statuses, which mean that it was not processed.
    pub async fn send_unless_processed(
        &self,
        request: &RequestBuilder,
        unprocessed: &[StatusCode],
    ) -> Result<Answer, ApiError> {
        let again = |result: &Result<Answer, ApiError>| match result {
            Ok(answer) if unprocessed.contains(&answer.status) => {
                retry_delay(result, VTEX_ID_BACKOFF[0])
            }
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
            .map_err(|e| ApiError::Setup(client::root(&e.without_url())))?;
        let (method, url) = (request.method().clone(), request.url().clone());
        let host = client::host(&url);
        let start = Instant::now();
        let via = client::via(self.proxy.as_ref(), &url);
        let progress = self.observe.begins(&host);
        let result = self.receive(request, &host, via.as_deref()).await;
        let problem = result.as_ref().err().map(client::problem);
        let outcome = match (&result, &problem) {
            (Ok(answer), _) => Ok(answer.status),
            (Err(_), problem) => Err(problem.as_deref().unwrap_or_default()),
        };
        drop(progress);
        self.observe.ended(&Exchange {
            method: &method,
            host: &host,
            path: url.path(),
            outcome,
            took: start.elapsed(),
            retry_in: retry_in(&result),
        });
        result
    }

    async fn receive(
        &self,
        request: Request,
        host: &str,
        via: Option<&str>,
    ) -> Result<Answer, ApiError> {
        let limit = request.timeout().copied().unwrap_or(TIMEOUT);
        let unreachable = |e| client::unreachable(e, host, via, limit);
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
            clock: self.clock.clone(),
        };
        answer.retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| client::retry_after(value.to_str().ok()?, self.clock.now()));
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if answer.body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(answer.failed("the answer is larger than 1 MiB"));
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

/// How long to wait before trying again. `None` unless there was no answer, the
/// server failed, or the status is 429.
fn retry_delay(result: &Result<Answer, ApiError>, pause: Duration) -> Option<Duration> {
    match result {
        Ok(answer) if answer.status == StatusCode::TOO_MANY_REQUESTS => {
            let requested = answer.retry_after.unwrap_or(pause);
            (requested <= MAX_RETRY_AFTER).then_some(requested)
        }
        Ok(answer) if answer.status.is_server_error() => {
            let requested = answer
                .retry_after
                .filter(|requested| *requested <= MAX_RETRY_AFTER);
            Some(requested.unwrap_or(pause))
        }
        Err(ApiError::Unreachable {
            permanent: false, ..
        }) => Some(pause),
        _ => None,
    }
}
