//! Sending requests to the APIs and passing on their answers piece by piece.
//!
//! Answers have no limit of size or time, only of silence. Not for knowing
//! where a request goes (`target`).

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use reqwest::{
    Client, Method, Request, Response, StatusCode,
    header::{CONTENT_LENGTH, HeaderValue, RETRY_AFTER},
};

use super::{
    body::Progress,
    check::TargetError,
    request::{Call, authorize},
};
use crate::{
    config::Proxy,
    vtexid::{ApiError, Exchange, Observer, Site, Trust, client},
    waits::{API_BACKOFF, MAX_SILENCE},
};

/// A longer `Retry-After` is not waited for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Why a request was not sent, or got no answer.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The credential may not be sent there.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// No answer, or an incomplete one.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The request's body could not be read completely.
    #[error("could not read the body: {0}")]
    Body(String),
}

/// A client for the APIs.
pub struct Api {
    client: Client,
    site: Site,
    proxy: Option<Proxy>,
    observe: Arc<dyn Observer>,
}

/// An answer whose body has not been read.
pub struct Answer {
    response: Response,
    /// The host that gave it.
    pub host: String,
    via: Option<String>,
    /// Its `Retry-After`.
    pub retry_after: Option<Duration>,
}

impl Api {
    /// Makes the client; nothing is sent.
    ///
    /// # Errors
    /// When no certificates can be loaded.
    pub fn new(
        site: Site,
        proxy: Option<Proxy>,
        trust: Trust<'_>,
        observe: Arc<dyn Observer>,
    ) -> Result<Self, ApiError> {
        let client = client::build(client::builder(&site, proxy.as_ref(), trust)?)?;
        Ok(Self {
            client,
            site,
            proxy,
            observe,
        })
    }

    /// Sends a request. GET and HEAD are repeated after no answer, 429 and 503,
    /// three times at most; nothing else is repeated.
    ///
    /// # Errors
    /// When it could not be sent, or got no answer.
    pub async fn send(&self, call: &mut Call) -> Result<Answer, SendError> {
        let mut pauses = API_BACKOFF.into_iter();
        loop {
            let start = Instant::now();
            let progress = self.observe.begins(&client::host(&call.url));
            let result = self.send_once(call).await;
            drop(progress);
            let pause = if call.is_safe() { pauses.next() } else { None };
            let wait = pause.and_then(|pause| wait(&result, pause));
            self.tell(call, &result, start.elapsed(), wait);
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return result,
            }
        }
    }

    async fn send_once(&self, call: &mut Call) -> Result<Answer, SendError> {
        let host = client::host(&call.url);
        let via = client::via(self.proxy.as_ref(), &call.url);
        let mut request = Request::new(call.method.clone(), call.url.clone());
        *request.headers_mut() = call.headers.clone();
        let progress = Progress::default();
        if let Some(body) = &mut call.body {
            let body = body.body(&progress);
            *request.body_mut() = Some(body.map_err(|e| SendError::Body(e.to_string()))?);
        }
        // Some servers require Content-Length: 0, and hyper does not send it.
        let has_body = request
            .body()
            .is_some_and(|body| body.as_bytes() != Some(b""));
        let may_have = [Method::POST, Method::PUT, Method::PATCH].contains(&call.method);
        if may_have && !has_body {
            let zero = HeaderValue::from_static("0");
            request.headers_mut().insert(CONTENT_LENGTH, zero);
        }
        if let Some((account, credential)) = &call.credential {
            authorize(&mut request, account, credential, &self.site)?;
        }
        let silent = || ApiError::Unreachable {
            host: host.clone(),
            via: via.clone(),
            cause: format!("no answer within {}s", MAX_SILENCE.as_secs()),
            permanent: false,
        };
        let sent = unless_silent(&progress, self.client.execute(request)).await;
        let response = match sent.ok_or_else(silent)? {
            Ok(response) => response,
            Err(error) => {
                if let Some(problem) = call.body.as_ref().and_then(super::Content::failure) {
                    return Err(SendError::Body(problem));
                }
                let limit = MAX_SILENCE;
                return Err(client::unreachable(error, &host, via.as_deref(), limit).into());
            }
        };
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| {
            let now = jiff::Timestamp::now().as_second();
            client::retry_after(value.to_str().ok()?, now)
        });
        Ok(Answer {
            response,
            host,
            via,
            retry_after,
        })
    }

    fn tell(
        &self,
        call: &Call,
        result: &Result<Answer, SendError>,
        took: Duration,
        retry_in: Option<Duration>,
    ) {
        let problem = match result {
            Ok(_) | Err(SendError::Target(_)) => String::new(),
            Err(SendError::Api(error)) => client::problem(error),
            Err(SendError::Body(problem)) => problem.clone(),
        };
        self.observe.ended(&Exchange {
            method: &call.method,
            host: &client::host(&call.url),
            path: call.url.path(),
            outcome: match result {
                Ok(answer) => Ok(answer.status()),
                Err(_) => Err(&problem),
            },
            took,
            retry_in,
        });
    }
}

impl Answer {
    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// All but its body.
    pub fn head(&self) -> &Response {
        &self.response
    }

    /// The next piece of its body; none at its end.
    ///
    /// # Errors
    /// When it breaks off, or nothing comes for too long.
    pub async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        let broken = |problem: String| ApiError::Failed {
            host: self.host.clone(),
            problem,
        };
        match tokio::time::timeout(MAX_SILENCE, self.response.chunk()).await {
            Ok(Ok(piece)) => Ok(piece),
            Ok(Err(error)) => {
                let via = self.via.as_deref();
                let error = client::unreachable(error, &self.host, via, MAX_SILENCE);
                let problem = client::problem(&error);
                Err(broken(format!("incomplete answer: {problem}")))
            }
            Err(_) => Err(broken(format!(
                "incomplete answer: no data for {}s",
                MAX_SILENCE.as_secs()
            ))),
        }
    }

    /// Its body, up to `limit` bytes, and whether that is all.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub async fn read(&mut self, limit: usize) -> Result<(Vec<u8>, bool), ApiError> {
        let mut body = Vec::new();
        while let Some(piece) = self.next().await? {
            let room = limit - body.len();
            body.extend_from_slice(&piece[..piece.len().min(room)]);
            if piece.len() > room {
                return Ok((body, false));
            }
        }
        Ok((body, true))
    }
}

/// Runs `work`, unless the network is silent for too long.
async fn unless_silent<T>(progress: &Progress, work: impl Future<Output = T>) -> Option<T> {
    let mut work = std::pin::pin!(work);
    loop {
        let left = MAX_SILENCE.saturating_sub(progress.silence());
        if left.is_zero() {
            return None;
        }
        if let Ok(done) = tokio::time::timeout(left, &mut work).await {
            return Some(done);
        }
    }
}

/// The pause before the request is repeated; none if it should not be.
fn wait(result: &Result<Answer, SendError>, pause: Duration) -> Option<Duration> {
    const BUSY: [StatusCode; 2] = [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    match result {
        Ok(answer) if BUSY.contains(&answer.status()) => {
            let asked = answer.retry_after.unwrap_or(pause);
            (asked <= MAX_RETRY_AFTER).then_some(asked)
        }
        Err(SendError::Api(ApiError::Unreachable {
            permanent: false, ..
        })) => Some(pause),
        _ => None,
    }
}
