//! Turns one request into its answer.
//!
//! Not for sockets (`listener`), not for deciding who may ask (`gate`) and
//! not for deciding what is tried (`tries`).

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{self, HeaderName, HeaderValue},
};
use tokio::time::timeout;

use super::{
    gate::{self, Access, Refusal, VISIT},
    ott::{self, Fields},
    page::Page,
    state::Shared,
    tries::{Stage, Trust},
};

const MAX_BODY_BYTES: usize = 64 * 1024;
/// Time limit for a header, and again for a body.
pub const READ_TIMEOUT: Duration = Duration::from_secs(5);
/// After this long our page is shown, because VTEX's page would look hung.
const SHOW_PAGE_AFTER: Duration = Duration::from_secs(1);

/// What goes back to the browser.
pub type Answer = Response<Full<Bytes>>;

/// Answers a request. Sets `brought_token` once the request has delivered a
/// one-time token.
pub async fn answer(
    shared: &Shared,
    brought_token: &AtomicBool,
    request: Request<Incoming>,
) -> Answer {
    let headers = request.headers();
    let language = headers.get(header::ACCEPT_LANGUAGE).cloned();
    let language = language.as_ref().and_then(|v| v.to_str().ok());
    let origin = gate::allowed_origin(headers, &shared.origins).cloned();
    let mut answer = match gate::admit(&request, &shared.origins) {
        Ok(Access::Callback(trust)) => {
            callback(shared, brought_token, request, trust, language).await
        }
        Ok(Access::Preflight) => preflight(origin.is_some()),
        Ok(Access::Visit { id, script }) => visit(shared, id, script, language),
        Ok(Access::Head) => Response::default(),
        Err(refusal) => {
            if let (true, Some(why)) = (gate::looks_real(&request), reason(refusal)) {
                shared.reject(why);
            }
            refuse(refusal)
        }
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
async fn callback(
    shared: &Shared,
    brought_token: &AtomicBool,
    request: Request<Incoming>,
    trust: Trust,
    language: Option<&str>,
) -> Answer {
    let script = gate::is_script(request.headers());
    let fields = match fields(request).await {
        Ok(fields) => fields,
        Err(status) => {
            shared.reject("it was too large, too slow or broken");
            return plain(status, "that request is too large, too slow or broken");
        }
    };
    let ott = match ott::one_time_token(&fields) {
        Ok(ott) => ott,
        Err(problem) => {
            if let Some(stage) = shared.state().tries.ended_as() {
                return Page::of(stage).response(language);
            }
            let page = match problem {
                ott::Problem::Reported(_) => Page::Error,
                _ => Page::NoToken,
            };
            shared.stray(problem.to_string());
            return page.response(language);
        }
    };
    brought_token.store(true, Relaxed);
    let id = shared.id(&ott);
    let below_rate_limit = {
        let mut state = shared.state();
        state.tries.add(&id, &ott, trust, Instant::now());
        state.tries.below_rate_limit(Instant::now())
    };
    shared.wake();
    if script {
        return to_script(shared, &id, language).await;
    }
    if below_rate_limit {
        let _ = timeout(SHOW_PAGE_AFTER, ended(shared, &id)).await;
    }
    to_page(shared, &id)
}

/// The answer to a page's script, which has to wait because nobody sees our
/// page.
async fn to_script(shared: &Shared, id: &str, language: Option<&str>) -> Answer {
    let stage = loop {
        // The connection counts as an open page.
        shared.state().tries.poll(id, Instant::now());
        shared.wake();
        if let Ok(stage) = timeout(SHOW_PAGE_AFTER, ended(shared, id)).await {
            break stage;
        }
    };
    match stage {
        // Where the script can send the browser.
        Stage::Accepted(_) => to_page(shared, id),
        stage => Page::of(&stage).response(language),
    }
}

/// Waits for the verdict on a one-time token.
async fn ended(shared: &Shared, id: &str) -> Stage {
    loop {
        let changed = shared.changed.notified();
        match shared.state().tries.stage(id).cloned() {
            Some(Stage::Waiting | Stage::Trying) => {}
            Some(stage) => return stage,
            // It was dropped to make room, and can be delivered again.
            None => return Stage::Undecided,
        }
        changed.await;
    }
}

/// Redirects to the page of a visit, whose address contains no one-time token.
fn to_page(shared: &Shared, id: &str) -> Answer {
    shared.state().tries.redirected(id, Instant::now());
    let mut answer = plain(StatusCode::SEE_OTHER, "");
    if let Ok(place) = HeaderValue::try_from(format!("{VISIT}{id}")) {
        answer.headers_mut().insert(header::LOCATION, place);
    }
    answer
}

/// The page of a visit.
fn visit(shared: &Shared, id: &str, script: bool, language: Option<&str>) -> Answer {
    let stage = shared.state().tries.poll(id, Instant::now());
    let ended = !matches!(stage, Some(Stage::Waiting | Stage::Trying));
    // A script that follows the redirect may send the browser here next.
    if ended && !script {
        shared.state().tries.mark_shown(id);
    }
    shared.wake();
    match stage {
        Some(stage) => Page::of(&stage).response(language),
        None => Page::NoToken.response(language),
    }
}

fn preflight(allowed: bool) -> Answer {
    let mut answer = plain(StatusCode::NO_CONTENT, "");
    for (name, value) in [
        ("access-control-allow-methods", "GET, POST"),
        ("access-control-allow-headers", "content-type"),
        ("access-control-allow-private-network", "true"),
    ] {
        if allowed {
            answer.headers_mut().insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
    }
    answer
}

/// Why a callback was rejected, as the end of a sentence about it; `None` if
/// the real visit is still to come.
fn reason(refusal: Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::OtherHost => Some("its host is not 127.0.0.1"),
        Refusal::ForeignPage => Some("another site's page sent it"),
        Refusal::HiddenOrigin => Some("the page that sent it hid its address (`Origin: null`)"),
        Refusal::Method(_) => Some("its method is not GET or POST"),
        Refusal::TooLarge => Some("its headers are larger than 256 KiB"),
        Refusal::Prefetch | Refusal::UnknownPath => None,
    }
}

fn refuse(refusal: Refusal) -> Answer {
    match refusal {
        Refusal::OtherHost => plain(StatusCode::MISDIRECTED_REQUEST, "wrong host"),
        Refusal::ForeignPage | Refusal::HiddenOrigin => {
            plain(StatusCode::FORBIDDEN, "not allowed from that page")
        }
        Refusal::Prefetch => plain(StatusCode::SERVICE_UNAVAILABLE, "open this page to log in"),
        Refusal::TooLarge => plain(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "these headers are too large",
        ),
        Refusal::UnknownPath => plain(StatusCode::NOT_FOUND, "not found"),
        Refusal::Method(allowed) => {
            let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "method not allowed");
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
