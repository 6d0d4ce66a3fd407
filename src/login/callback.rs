//! The page on 127.0.0.1 that the browser comes back to.
//!
//! Anything on this machine and any web page can send requests here, so
//! whatever is not the one expected visit is answered, uses up nothing, and
//! waiting goes on. Served by hyper, not `tiny_http`: that one has no limit on
//! the size of a header or the time it takes, and a body that is announced but
//! never sent blocks it.

use std::{
    collections::VecDeque,
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{self, HeaderMap, HeaderName, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, mpsc, oneshot},
    task::AbortHandle,
    time::timeout,
};

use super::page::{Outcome, Page};
use crate::{secret::Secret, vtexid::Site};

/// The path VTEX ID sends the browser to.
const CALLBACK: &str = "/login_callback";
/// A page of its own, so that the one-time token leaves the address bar.
const DONE: &str = "/done";
const HEADER_LIMIT: usize = 16 * 1024;
const BODY_LIMIT: usize = 64 * 1024;
/// Header and body must each be here within this time.
const READ_LIMIT: Duration = Duration::from_secs(5);
/// Exchange and keyring included; after this a visit is hung up on.
const CONNECTION_LIMIT: Duration = Duration::from_secs(120);
/// Below the number of descriptors that any system lets a process have.
const CONNECTIONS: usize = 64;
const CLOSE_LIMIT: Duration = Duration::from_secs(2);
/// Far above what any one-time token has been seen to have.
pub const OTT_LIMIT: usize = 4096;

/// What a visit brought.
pub enum Arrival {
    /// A well-formed one-time token; the browser waits for the verdict.
    Ott {
        /// The one-time token.
        ott: Secret,
        /// To be told how it went.
        verdict: oneshot::Sender<Verdict>,
    },
    /// The right path with something wrong about it; already answered. Holds
    /// what was wrong, in the visitor's own words where it gave some.
    Stray(String),
}

/// What became of a one-time token.
pub enum Verdict {
    /// Logged in.
    Accepted(Outcome),
    /// VTEX ID refused it; the login goes on.
    Refused,
    /// The login cannot go on.
    Failed,
}

/// The socket, and the tasks that serve it.
pub struct Listener {
    address: SocketAddr,
    arrivals: mpsc::Receiver<Arrival>,
    shared: Arc<Shared>,
    server: AbortHandle,
}

struct Shared {
    site: Site,
    port: u16,
    arrivals: mpsc::Sender<Arrival>,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// Set once somebody is logged in.
    outcome: Option<Outcome>,
    outcome_shown: bool,
    /// Connections that have sent a whole request and are being answered.
    busy: usize,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// Listens on 127.0.0.1 and nowhere else; port 0 is any free port.
    ///
    /// # Errors
    /// When the port is taken or not allowed.
    pub fn bind(port: u16, site: Site) -> io::Result<Self> {
        let socket = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        let socket = TcpListener::from_std(socket)?;
        let (sender, arrivals) = mpsc::channel(16);
        let shared = Arc::new(Shared {
            site,
            port: address.port(),
            arrivals: sender,
            state: Mutex::default(),
            changed: Notify::new(),
        });
        let server = tokio::spawn(accept(socket, shared.clone())).abort_handle();
        Ok(Self {
            address,
            arrivals,
            shared,
            server,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address VTEX ID is to send the browser to.
    pub fn url(&self) -> String {
        format!("http://{}{CALLBACK}", self.address)
    }

    /// The next visit that is worth acting on.
    pub async fn arrival(&mut self) -> Arrival {
        match self.arrivals.recv().await {
            Some(arrival) => arrival,
            // Cannot happen while `shared` holds a sender; waiting is bounded
            // by the login's own time limit.
            None => std::future::pending().await,
        }
    }

    /// Stops listening once the browser has been told how it went, or after
    /// two seconds.
    pub async fn close(mut self) {
        // Visits that came too late get their answer from the state.
        self.arrivals.close();
        while self.arrivals.try_recv().is_ok() {}
        let told = async {
            loop {
                let changed = self.shared.changed.notified();
                {
                    let state = self.shared.state();
                    if state.busy == 0 && (state.outcome.is_none() || state.outcome_shown) {
                        break;
                    }
                }
                changed.await;
            }
        };
        // A browser that never fetches the page has gone away: no loss.
        let _ = timeout(CLOSE_LIMIT, told).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Serves connections, each on a task of its own, so that a silent one keeps
/// nobody waiting; past the limit the oldest that brought nothing is hung up on.
async fn accept(socket: TcpListener, shared: Arc<Shared>) {
    let mut open: VecDeque<Connection> = VecDeque::new();
    loop {
        let accepted = socket.accept().await;
        open.retain(|connection| !connection.task.is_finished());
        if accepted.is_err() || open.len() >= CONNECTIONS {
            let idle = open.iter().position(Connection::idle);
            if let Some(oldest) = idle.and_then(|idle| open.remove(idle)) {
                oldest.task.abort();
            } else if accepted.is_ok() {
                continue;
            }
        }
        let Ok((stream, _)) = accepted else {
            // Out of descriptors, or the visitor is gone already.
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let heard = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn(serve(stream, shared.clone(), heard.clone())).abort_handle();
        open.push_back(Connection { task, heard });
    }
}

struct Connection {
    task: AbortHandle,
    heard: Arc<AtomicBool>,
}

impl Connection {
    /// Whether it may be hung up on: it has not brought a one-time token.
    fn idle(&self) -> bool {
        !self.heard.load(Relaxed)
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>, heard: Arc<AtomicBool>) {
    // Counted until the connection ends, so that `close` waits for the answer
    // to be sent and not only made.
    let busy = Mutex::new(None);
    let service = service_fn(|request| {
        *busy.lock().unwrap_or_else(PoisonError::into_inner) = Some(Busy::new(shared.clone()));
        let (shared, heard) = (shared.clone(), heard.clone());
        async move { Ok::<_, Infallible>(answer(&shared, &heard, request).await) }
    });
    let connection = http1::Builder::new()
        .keep_alive(false)
        .timer(TokioTimer::new())
        .header_read_timeout(READ_LIMIT)
        .max_buf_size(HEADER_LIMIT)
        .serve_connection(TokioIo::new(stream), service);
    // A visitor that breaks the protocol or is too slow is of no interest.
    let _ = timeout(CONNECTION_LIMIT, connection).await;
}

struct Busy(Arc<Shared>);

impl Busy {
    fn new(shared: Arc<Shared>) -> Self {
        shared.state().busy += 1;
        Self(shared)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.state().busy -= 1;
        self.0.changed.notify_waiters();
    }
}

type Answer = Response<Full<Bytes>>;

async fn answer(shared: &Shared, heard: &AtomicBool, request: Request<Incoming>) -> Answer {
    let language = request.headers().get(header::ACCEPT_LANGUAGE).cloned();
    let language = language.as_ref().and_then(|v| v.to_str().ok());
    let origin = request
        .headers()
        .get(header::ORIGIN)
        .filter(|o| o.to_str().is_ok_and(|o| shared.site.has_origin(o)))
        .cloned();
    let mut answer = route(shared, heard, request, language).await;
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

async fn route(
    shared: &Shared,
    heard: &AtomicBool,
    request: Request<Incoming>,
    language: Option<&str>,
) -> Answer {
    if !is_ours(request.headers(), request.uri().host(), shared.port) {
        return plain(StatusCode::MISDIRECTED_REQUEST, "this is not that host");
    }
    match (request.uri().path(), request.method()) {
        (CALLBACK, &Method::GET | &Method::POST) => visit(shared, heard, request, language).await,
        (CALLBACK | DONE, &Method::HEAD) => Response::default(),
        (CALLBACK, &Method::OPTIONS) => {
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
        (DONE, &Method::GET) => {
            let outcome = shared.state().outcome.clone();
            let Some(outcome) = outcome else {
                return plain(StatusCode::NOT_FOUND, "nothing here yet");
            };
            // A page's script that followed the redirect has shown nobody
            // anything yet: it may send the browser here next.
            let script = request
                .headers()
                .get("sec-fetch-mode")
                .is_some_and(|mode| mode != "navigate");
            if !script {
                shared.state().outcome_shown = true;
            }
            Page::Done(outcome).response(StatusCode::OK, language)
        }
        (CALLBACK, _) => not_allowed("GET, HEAD, OPTIONS, POST"),
        (DONE, _) => not_allowed("GET, HEAD"),
        _ => plain(StatusCode::NOT_FOUND, "nothing here"),
    }
}

/// Whether a request was meant for this listener: a page that made its own
/// name point to 127.0.0.1 sends that name.
fn is_ours(headers: &HeaderMap, uri_host: Option<&str>, port: u16) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let ours = ["127.0.0.1", "localhost"];
    uri_host.is_none_or(|host| ours.contains(&host))
        && host.to_str().is_ok_and(|host| {
            host.rsplit_once(':')
                .is_some_and(|(name, p)| ours.contains(&name) && p == port.to_string())
        })
}

/// Whether a browser says that another site's page made this request behind
/// the person's back: by a picture, a frame, or a script that is not VTEX's.
/// What a person is led to is `navigate` to a `document`, whatever led there.
fn is_foreign(shared: &Shared, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let mode = text("sec-fetch-mode");
    match (mode, text("sec-fetch-dest")) {
        (Some("navigate"), dest) => dest.is_some_and(|dest| dest != "document"),
        (Some("no-cors" | "websocket"), _) => true,
        _ => text("origin").is_some_and(|o| o != "null" && !shared.site.has_origin(o)),
    }
}

/// A visit to the callback itself.
async fn visit(
    shared: &Shared,
    heard: &AtomicBool,
    request: Request<Incoming>,
    language: Option<&str>,
) -> Answer {
    let done = || {
        shared.state().outcome.is_some().then(|| {
            let mut answer = plain(StatusCode::SEE_OTHER, "");
            answer
                .headers_mut()
                .insert(header::LOCATION, HeaderValue::from_static(DONE));
            answer
        })
    };
    if is_foreign(shared, request.headers()) {
        return plain(StatusCode::FORBIDDEN, "not from that page");
    }
    // A second tab or a reload gets the page it would have got the first time.
    if let Some(answer) = done() {
        return answer;
    }
    let fields = match fields(request).await {
        Ok(fields) => fields,
        Err(status) => return plain(status, "that request is too large, too slow or broken"),
    };
    let ott = match one_time_token(&fields) {
        Ok(ott) => ott,
        Err(problem) => {
            // Nobody reads more lines than fit: what does not is dropped.
            let _ = shared.arrivals.try_send(Arrival::Stray(problem));
            return Page::NoToken.response(StatusCode::BAD_REQUEST, language);
        }
    };
    heard.store(true, Relaxed);
    let (verdict, decided) = oneshot::channel();
    let sent = shared.arrivals.send(Arrival::Ott { ott, verdict }).await;
    let verdict = match sent {
        Ok(()) => decided.await.ok(),
        Err(_) => None,
    };
    match verdict {
        Some(Verdict::Accepted(outcome)) => {
            shared.state().outcome = Some(outcome);
            done().unwrap_or_else(|| plain(StatusCode::NOT_FOUND, ""))
        }
        Some(Verdict::Refused) => Page::Refused.response(StatusCode::BAD_REQUEST, language),
        // Without a verdict the login ended while this visit waited.
        Some(Verdict::Failed) | None => done()
            .unwrap_or_else(|| Page::Failed.response(StatusCode::SERVICE_UNAVAILABLE, language)),
    }
}

pub type Fields = Vec<(String, String)>;

/// The names and values of the query and, with POST, of a form or JSON body.
async fn fields(request: Request<Incoming>) -> Result<Fields, StatusCode> {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let mut fields = parse_form(query.as_bytes());
    if request.method() == Method::POST {
        let body = Limited::new(request.into_body(), BODY_LIMIT).collect();
        let body = match timeout(READ_LIMIT, body).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(_)) => return Err(StatusCode::PAYLOAD_TOO_LARGE),
            Err(_) => return Err(StatusCode::REQUEST_TIMEOUT),
        };
        // Told by its looks: pages are not careful with Content-Type.
        match serde_json::from_slice::<serde_json::Map<_, _>>(&body) {
            Ok(map) => fields.extend(
                map.into_iter()
                    .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))),
            ),
            Err(_) => fields.extend(parse_form(&body)),
        }
    }
    Ok(fields)
}

pub fn parse_form(bytes: &[u8]) -> Fields {
    form_urlencoded::parse(bytes).into_owned().collect()
}

/// The one `ott` among the fields. Its shape is unpublished: any visible
/// ASCII of a sensible length is let through, for VTEX ID to judge.
pub fn one_time_token(fields: &Fields) -> Result<Secret, String> {
    if let Some((_, error)) = fields.iter().find(|(name, _)| name == "error") {
        // From anybody: enough to recognise a word of VTEX's, too little to
        // tell a story.
        let words: String = error.chars().take(60).collect();
        return Err(format!("it reported an error: `{words}`"));
    }
    let mut values = fields.iter().filter(|(name, _)| name == "ott");
    let Some((_, ott)) = values.next() else {
        return Err("it brought no one-time token".to_owned());
    };
    if values.any(|(_, other)| other != ott) {
        return Err("it brought two different one-time tokens".to_owned());
    }
    // A `+` that nobody encoded reads as a space in a form; no token has spaces.
    let ott = ott.replace(' ', "+");
    if ott.is_empty() || ott.len() > OTT_LIMIT || !ott.bytes().all(|b| b.is_ascii_graphic()) {
        return Err("its one-time token is malformed".to_owned());
    }
    Ok(Secret::new(ott))
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

fn not_allowed(methods: &'static str) -> Answer {
    let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "not with this method");
    answer
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(methods));
    answer
}
