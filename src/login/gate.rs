//! Which requests the listener lets in.
//!
//! Any program on this machine and any web page can send requests to
//! 127.0.0.1. Pure: looks at a request's head and decides. Answering is the
//! handler's part.

use hyper::{
    Method, Request,
    header::{self, HeaderMap, HeaderValue},
};

use super::{origins::Origins, tries::Trust};

/// The path VTEX ID sends the browser to.
pub const CALLBACK: &str = "/login_callback";
/// Begins the path of a visit's own page, so that the one-time token leaves
/// the address bar. What follows cannot be guessed.
pub const VISIT: &str = "/login/";

/// Large, because browsers send the cookies of every program on this host with
/// each request.
pub const MAX_HEAD_BYTES: usize = 256 * 1024;

/// The names by which a browser on this machine reaches the listener.
const HOSTS: [&str; 2] = ["127.0.0.1", "localhost"];

/// What a request may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access<'a> {
    /// Deliver a one-time token.
    Callback(Trust),
    /// Ask a CORS preflight question.
    Preflight,
    /// See how a visit is going.
    Visit {
        /// Which one.
        id: &'a str,
        /// A script asks, so nobody sees the page.
        script: bool,
    },
    /// See that a page exists, without its content.
    Head,
}

/// Why a request is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It names another host.
    OtherHost,
    /// Another site's page sent it without the user's knowledge.
    ForeignPage,
    /// The page that sent it does not say where it is from.
    HiddenOrigin,
    /// The browser prefetches the page.
    Prefetch,
    /// Its head is larger than any browser's.
    TooLarge,
    /// There is no such page.
    UnknownPath,
    /// The page takes only these methods.
    Method(&'static str),
}

/// Decides about a request to the listener.
///
/// # Errors
/// Why the request is turned away.
pub fn admit<'a, B>(request: &'a Request<B>, origins: &Origins) -> Result<Access<'a>, Refusal> {
    let headers = request.headers();
    if !is_ours(headers, request.uri().host()) {
        return Err(Refusal::OtherHost);
    }
    let lines = headers.iter().map(|(n, v)| n.as_str().len() + v.len());
    if lines.sum::<usize>() > MAX_HEAD_BYTES {
        return Err(Refusal::TooLarge);
    }
    if is_prefetch(headers) {
        return Err(Refusal::Prefetch);
    }
    let place = place(request.uri().path()).ok_or(Refusal::UnknownPath)?;
    match (place, request.method()) {
        (_, &Method::OPTIONS) => Ok(Access::Preflight),
        (_, &Method::HEAD) => Ok(Access::Head),
        (Place::Callback, &Method::GET | &Method::POST) => {
            trust(headers, origins).map(Access::Callback)
        }
        (Place::Visit(id), &Method::GET) => Ok(Access::Visit {
            id,
            script: is_script(headers),
        }),
        (Place::Callback, _) => Err(Refusal::Method("GET, HEAD, OPTIONS, POST")),
        (Place::Visit(_), _) => Err(Refusal::Method("GET, HEAD, OPTIONS")),
    }
}

/// Whether a rejected request may have been the real login.
pub fn looks_real<B>(request: &Request<B>) -> bool {
    let query = request.uri().query().unwrap_or_default();
    place(request.uri().path()) == Some(Place::Callback)
        && (query.contains("ott=") || request.method() == Method::POST)
}

/// The request's origin, if its page is one of the login's own and may read
/// answers.
pub fn allowed_origin<'a>(headers: &'a HeaderMap, origins: &Origins) -> Option<&'a HeaderValue> {
    headers
        .get(header::ORIGIN)
        .filter(|origin| origin.to_str().is_ok_and(|origin| origins.has(origin)))
}

/// Whether a page's script sent the request, as far as the browser says.
pub fn is_script(headers: &HeaderMap) -> bool {
    value(headers, "sec-fetch-mode").is_some_and(|mode| mode != "navigate")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place<'a> {
    Callback,
    Visit(&'a str),
}

/// What a path refers to. Ignores extra slashes.
fn place(path: &str) -> Option<Place<'_>> {
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    match (parts.next(), parts.next(), parts.next()) {
        (Some(part), None, None) if part == CALLBACK.trim_matches('/') => Some(Place::Callback),
        (Some(part), Some(id), None) if part == VISIT.trim_matches('/') => Some(Place::Visit(id)),
        _ => None,
    }
}

/// Whether the request is for this listener. A page that points its own name to
/// 127.0.0.1 (DNS rebinding) sends that name. Ignores the port: browsers leave
/// out `:80`, and a forwarded port may differ.
fn is_ours(headers: &HeaderMap, uri_host: Option<&str>) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let Ok(host) = host.to_str() else {
        return false;
    };
    let (name, port) = host.split_once(':').unwrap_or((host, "80"));
    uri_host.is_none_or(|host| HOSTS.contains(&host))
        && HOSTS.contains(&name)
        && port.bytes().all(|b| b.is_ascii_digit())
        && (1..=5).contains(&port.len())
}

/// Whether the browser or a link scanner only prefetches the page.
fn is_prefetch(headers: &HeaderMap) -> bool {
    headers.contains_key("sec-purpose")
        || value(headers, "purpose").is_some_and(|purpose| purpose.starts_with("prefetch"))
}

/// Rejects what another site's page sent without the user's knowledge,
/// according to the browser: a picture, a frame, or a script outside the
/// login's own pages. A link or redirect that the user follows is `navigate` to
/// a `document`, from any site.
fn trust(headers: &HeaderMap, origins: &Origins) -> Result<Trust, Refusal> {
    match (
        value(headers, "sec-fetch-mode"),
        value(headers, "sec-fetch-dest"),
        value(headers, "origin"),
    ) {
        (Some("navigate"), Some("document"), _) => Ok(Trust::Document),
        (Some("navigate"), None, _) => Ok(Trust::Unknown),
        (Some("navigate" | "no-cors" | "websocket"), _, _) => Err(Refusal::ForeignPage),
        (_, _, Some("null")) => Err(Refusal::HiddenOrigin),
        (mode, _, Some(origin)) if origins.has(origin) => Ok(match mode {
            Some(_) => Trust::Script,
            None => Trust::Unknown,
        }),
        (_, _, Some(_)) => Err(Refusal::ForeignPage),
        (_, _, None) => Ok(Trust::Unknown),
    }
}

/// A header's value; `?`, which no rule allows, if it is not ASCII.
fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests;
