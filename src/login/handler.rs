//! Turns one request into its answer.
//!
//! Not for sockets (`listener`) and not for deciding who may ask (`gate`).

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{self, HeaderName, HeaderValue},
};
use tokio::{sync::oneshot, time::timeout};

use super::{
    gate::{self, Access, DONE, Refusal},
    ott::{self, Fields},
    page::Page,
    state::{Arrival, Shared, Verdict},
};

const MAX_BODY_BYTES: usize = 64 * 1024;
/// A header and a body have this long each to arrive.
pub const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// What goes back to the browser.
pub type Answer = Response<Full<Bytes>>;

/// Answers a request. Sets `brought_token` once it has brought a one-time
/// token.
pub async fn answer(
    shared: &Shared,
    brought_token: &AtomicBool,
    request: Request<Incoming>,
) -> Answer {
    let language = request.headers().get(header::ACCEPT_LANGUAGE).cloned();
    let language = language.as_ref().and_then(|v| v.to_str().ok());
    let origin = gate::allowed_origin(request.headers(), &shared.site).cloned();
    let mut answer = match gate::admit(&request, &shared.site, shared.port) {
        Ok(Access::Callback) => visit(shared, brought_token, request, language).await,
        Ok(Access::Preflight) => preflight(),
        Ok(Access::Done { script }) => done(shared, script, language),
        Ok(Access::Head) => Response::default(),
        Err(refusal) => refuse(refusal),
    };
    let headers = answer.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    answer
}

/// A visit to the callback itself.
async fn visit(
    shared: &Shared,
    brought_token: &AtomicBool,
    request: Request<Incoming>,
    language: Option<&str>,
) -> Answer {
    // A second tab or a reload gets the page it would have got the first time.
    if let Some(answer) = to_done(shared) {
        return answer;
    }
    let fields = match fields(request).await {
        Ok(fields) => fields,
        Err(status) => return plain(status, "that request is too large, too slow or broken"),
    };
    let ott = match ott::one_time_token(&fields) {
        Ok(ott) => ott,
        Err(problem) => {
            // A full queue already holds more notes than anybody reads.
            let _ = shared.arrivals.try_send(Arrival::Stray(problem));
            return Page::NoToken.response(StatusCode::BAD_REQUEST, language);
        }
    };
    brought_token.store(true, Relaxed);
    let (verdict, decided) = oneshot::channel();
    let sent = shared.arrivals.send(Arrival::Ott { ott, verdict }).await;
    let verdict = match sent {
        Ok(()) => decided.await.ok(),
        Err(_) => None,
    };
    match verdict {
        Some(Verdict::Accepted(outcome)) => {
            shared.state().outcome = Some(outcome);
            to_done(shared).unwrap_or_else(|| plain(StatusCode::NOT_FOUND, ""))
        }
        Some(Verdict::Refused) => Page::Refused.response(StatusCode::BAD_REQUEST, language),
        // Without a verdict the login ended while this visit waited.
        Some(Verdict::Failed) | None => to_done(shared)
            .unwrap_or_else(|| Page::Failed.response(StatusCode::SERVICE_UNAVAILABLE, language)),
    }
}

/// Leads to the page with the outcome, once there is one.
fn to_done(shared: &Shared) -> Option<Answer> {
    shared.state().outcome.as_ref()?;
    let mut answer = plain(StatusCode::SEE_OTHER, "");
    answer
        .headers_mut()
        .insert(header::LOCATION, HeaderValue::from_static(DONE));
    Some(answer)
}

/// The page with the outcome.
fn done(shared: &Shared, script: bool, language: Option<&str>) -> Answer {
    let outcome = shared.state().outcome.clone();
    let Some(outcome) = outcome else {
        return plain(StatusCode::NOT_FOUND, "nothing here yet");
    };
    // A script that follows the redirect may send the browser here next.
    if !script {
        shared.state().outcome_shown = true;
    }
    Page::Done(outcome).response(StatusCode::OK, language)
}

fn preflight() -> Answer {
    let mut answer = plain(StatusCode::NO_CONTENT, "");
    for (name, value) in [
        ("access-control-allow-methods", "GET, POST"),
        ("access-control-allow-headers", "content-type"),
        ("access-control-allow-private-network", "true"),
    ] {
        answer.headers_mut().insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    answer
}

fn refuse(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::OtherHost => plain(StatusCode::MISDIRECTED_REQUEST, "this is not that host"),
        Refusal::ForeignPage => plain(StatusCode::FORBIDDEN, "not from that page"),
        Refusal::UnknownPath => plain(StatusCode::NOT_FOUND, "nothing here"),
        Refusal::Method(allowed) => {
            let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "not with this method");
            answer
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static(allowed));
            answer
        }
    }
}

/// The names and values of the query and, with POST, of the body.
async fn fields(request: Request<Incoming>) -> Result<Fields, StatusCode> {
    let mut fields = ott::parse_form(request.uri().query().unwrap_or_default().as_bytes());
    if request.method() == Method::POST {
        let body = Limited::new(request.into_body(), MAX_BODY_BYTES).collect();
        match timeout(READ_TIMEOUT, body).await {
            Ok(Ok(body)) => fields.extend(ott::parse_body(&body.to_bytes())),
            Ok(Err(_)) => return Err(StatusCode::PAYLOAD_TOO_LARGE),
            Err(_) => return Err(StatusCode::REQUEST_TIMEOUT),
        }
    }
    Ok(fields)
}

fn plain(status: StatusCode, text: &'static str) -> Answer {
    let mut answer = Response::new(Full::from(text));
    *answer.status_mut() = status;
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    answer
}
