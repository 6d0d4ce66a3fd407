//! Which requests the listener lets in.
//!
//! Any program on this machine and any web page can send requests to
//! 127.0.0.1. Pure: looks at a request's head and decides. Answering is the
//! handler's part.

use hyper::{
    Method, Request,
    header::{self, HeaderMap, HeaderValue},
};

use crate::vtexid::Site;

/// The path VTEX ID sends the browser to.
pub const CALLBACK: &str = "/login_callback";
/// A page of its own, so that the one-time token leaves the address bar.
pub const DONE: &str = "/done";

/// The names by which a browser on this machine reaches the listener.
const HOSTS: [&str; 2] = ["127.0.0.1", "localhost"];

/// What a request may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Bring a one-time token.
    Callback,
    /// Ask a CORS preflight question about the callback.
    Preflight,
    /// See how the login ended.
    Done {
        /// A script asks, which shows the page to nobody.
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
    /// There is no such page.
    UnknownPath,
    /// The page takes only these methods.
    Method(&'static str),
}

/// Decides about a request to the listener on `port`.
///
/// # Errors
/// Why the request is turned away.
pub fn admit<B>(request: &Request<B>, site: &Site, port: u16) -> Result<Access, Refusal> {
    let headers = request.headers();
    if !is_ours(headers, request.uri().host(), port) {
        return Err(Refusal::OtherHost);
    }
    match (request.uri().path(), request.method()) {
        (CALLBACK, &Method::GET | &Method::POST) if is_foreign(headers, site) => {
            Err(Refusal::ForeignPage)
        }
        (CALLBACK, &Method::GET | &Method::POST) => Ok(Access::Callback),
        (CALLBACK, &Method::OPTIONS) => Ok(Access::Preflight),
        (CALLBACK | DONE, &Method::HEAD) => Ok(Access::Head),
        (DONE, &Method::GET) => Ok(Access::Done {
            script: is_script(headers),
        }),
        (CALLBACK, _) => Err(Refusal::Method("GET, HEAD, OPTIONS, POST")),
        (DONE, _) => Err(Refusal::Method("GET, HEAD")),
        _ => Err(Refusal::UnknownPath),
    }
}

/// The request's origin, if its page is one of `site` and may read answers.
pub fn allowed_origin<'a>(headers: &'a HeaderMap, site: &Site) -> Option<&'a HeaderValue> {
    headers
        .get(header::ORIGIN)
        .filter(|origin| origin.to_str().is_ok_and(|origin| site.has_origin(origin)))
}

/// Whether the request is for this listener. A page that points its own name
/// to 127.0.0.1 (DNS rebinding) sends that name.
fn is_ours(headers: &HeaderMap, uri_host: Option<&str>, port: u16) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    uri_host.is_none_or(|host| HOSTS.contains(&host))
        && host.to_str().is_ok_and(|host| {
            host.rsplit_once(':')
                .is_some_and(|(name, p)| HOSTS.contains(&name) && p == port.to_string())
        })
}

/// Whether the browser says that another site's page sent the request without
/// the user's knowledge: as a picture, a frame or a script outside VTEX.
/// Where a user is led counts as `navigate` to a `document`, whoever leads.
fn is_foreign(headers: &HeaderMap, site: &Site) -> bool {
    match (
        value(headers, "sec-fetch-mode"),
        value(headers, "sec-fetch-dest"),
    ) {
        (Some("navigate"), dest) => dest.is_some_and(|dest| dest != "document"),
        (Some("no-cors" | "websocket"), _) => true,
        _ => value(headers, "origin")
            .is_some_and(|origin| origin != "null" && !site.has_origin(origin)),
    }
}

/// Whether a page's script sent the request, as far as the browser says.
fn is_script(headers: &HeaderMap) -> bool {
    value(headers, "sec-fetch-mode").is_some_and(|mode| mode != "navigate")
}

/// A header's value; `?`, which no rule allows, where it is not ASCII.
fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::{Access, Refusal, admit, allowed_origin};
    use crate::vtexid::Site;

    const PORT: u16 = 4000;
    const HOST: (&str, &str) = ("Host", "127.0.0.1:4000");

    type Headers<'a> = &'a [(&'a str, &'a str)];

    fn request(method: &str, uri: &str, headers: Headers) -> Request<()> {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap()
    }

    fn decide(method: &str, uri: &str, headers: Headers) -> Result<Access, Refusal> {
        admit(&request(method, uri, headers), &Site::Vtex, PORT)
    }

    fn callback(headers: Headers) -> Result<Access, Refusal> {
        let headers = [&[HOST], headers].concat();
        decide("GET", "/login_callback?ott=abc", &headers)
    }

    #[test]
    fn lets_in_what_browsers_send_when_vtex_leads_the_user_back() {
        for headers in [
            // A redirect, in Chromium and Firefox.
            &[
                ("Sec-Fetch-Site", "cross-site"),
                ("Sec-Fetch-Mode", "navigate"),
                ("Sec-Fetch-User", "?1"),
                ("Sec-Fetch-Dest", "document"),
            ][..],
            // A form that a page on VTEX posts, and one whose origin is hidden.
            &[
                ("Origin", "https://mystore.myvtex.com"),
                ("Sec-Fetch-Mode", "navigate"),
                ("Sec-Fetch-Dest", "document"),
            ],
            &[
                ("Origin", "null"),
                ("Sec-Fetch-Mode", "navigate"),
                ("Sec-Fetch-Dest", "document"),
            ],
            // A script of VTEX's page.
            &[
                ("Origin", "https://mystore.myvtex.com"),
                ("Sec-Fetch-Site", "cross-site"),
                ("Sec-Fetch-Mode", "cors"),
                ("Sec-Fetch-Dest", "empty"),
            ],
            // An older Safari or curl, which send no such headers.
            &[],
            &[("Origin", "https://mystore.myvtex.com")],
            &[("Origin", "null")],
            &[("Sec-Fetch-Mode", "navigate")],
        ] {
            assert_eq!(callback(headers), Ok(Access::Callback), "{headers:?}");
        }
    }

    #[test]
    fn turns_away_what_another_page_sends_without_the_users_knowledge() {
        for headers in [
            // A picture, a frame, a script's fetch in either mode, a socket.
            &[
                ("Sec-Fetch-Site", "cross-site"),
                ("Sec-Fetch-Mode", "no-cors"),
                ("Sec-Fetch-Dest", "image"),
            ][..],
            &[("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")],
            &[
                ("Origin", "https://evil.example"),
                ("Sec-Fetch-Mode", "cors"),
                ("Sec-Fetch-Dest", "empty"),
            ],
            &[("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "empty")],
            &[("Sec-Fetch-Mode", "websocket")],
            // VTEX's page itself loads no picture from here.
            &[
                ("Origin", "https://mystore.myvtex.com"),
                ("Sec-Fetch-Mode", "no-cors"),
            ],
            // An older browser's script.
            &[("Origin", "https://evil.example")],
            &[("Origin", "https://myvtex.com.evil.example")],
            &[("Origin", "http://127.0.0.1:4000")],
            &[("Origin", "é")],
        ] {
            let decided = callback(headers);
            assert_eq!(decided, Err(Refusal::ForeignPage), "{headers:?}");
        }
    }

    #[test]
    fn serves_only_its_own_host_and_port() {
        for host in ["127.0.0.1:4000", "localhost:4000"] {
            let decided = decide("GET", "/login_callback", &[("Host", host)]);
            assert_eq!(decided, Ok(Access::Callback), "{host}");
        }
        for host in [
            "127.0.0.1",
            "127.0.0.1:4001",
            "127.0.0.1:04000",
            "127.0.0.2:4000",
            "[::1]:4000",
            "evil.example:4000",
            "127.0.0.1.evil.example:4000",
            "localhost.:4000",
            "LOCALHOST:4000",
            "",
            "é:4000",
        ] {
            // Before the path and the method say anything.
            for (method, path) in [("GET", "/login_callback"), ("PUT", "/nowhere")] {
                let decided = decide(method, path, &[("Host", host)]);
                assert_eq!(decided, Err(Refusal::OtherHost), "{host}");
            }
        }
        let twice = [HOST, HOST];
        for headers in [&[][..], &twice] {
            let decided = decide("GET", "/done", headers);
            assert_eq!(decided, Err(Refusal::OtherHost), "{headers:?}");
        }
        let decided = decide("GET", "http://evil.example/login_callback", &[HOST]);
        assert_eq!(decided, Err(Refusal::OtherHost));
        let decided = decide("GET", "http://127.0.0.1:4000/login_callback", &[HOST]);
        assert_eq!(decided, Ok(Access::Callback));
    }

    #[test]
    fn each_page_takes_its_methods_alone() {
        let on_callback = Err(Refusal::Method("GET, HEAD, OPTIONS, POST"));
        let on_done = Err(Refusal::Method("GET, HEAD"));
        for (method, path, expected) in [
            ("GET", "/login_callback", Ok(Access::Callback)),
            ("POST", "/login_callback", Ok(Access::Callback)),
            ("OPTIONS", "/login_callback", Ok(Access::Preflight)),
            ("HEAD", "/login_callback", Ok(Access::Head)),
            ("PUT", "/login_callback", on_callback),
            ("get", "/login_callback", on_callback),
            ("HEAD", "/done", Ok(Access::Head)),
            ("POST", "/done", on_done),
            ("OPTIONS", "/done", on_done),
            ("GET", "/", Err(Refusal::UnknownPath)),
            ("GET", "/favicon.ico", Err(Refusal::UnknownPath)),
            ("GET", "/login_callback/", Err(Refusal::UnknownPath)),
            ("GET", "//login_callback", Err(Refusal::UnknownPath)),
        ] {
            assert_eq!(decide(method, path, &[HOST]), expected, "{method} {path}");
        }
    }

    #[test]
    fn a_script_does_not_count_as_having_seen_how_the_login_ended() {
        for (mode, script) in [
            (None, false),
            (Some("navigate"), false),
            (Some("cors"), true),
            (Some("no-cors"), true),
        ] {
            let mode = mode.map(|mode| ("Sec-Fetch-Mode", mode));
            let headers: Vec<_> = [HOST].into_iter().chain(mode).collect();
            assert_eq!(
                decide("GET", "/done", &headers),
                Ok(Access::Done { script })
            );
        }
    }

    #[test]
    fn only_vtex_pages_may_read_the_answers() {
        let origin = |origin| {
            let request = request("GET", "/", &[("Origin", origin)]);
            allowed_origin(request.headers(), &Site::Vtex).is_some()
        };
        assert!(origin("https://mystore.myvtex.com"));
        for bad in ["null", "https://evil.example", "é"] {
            assert!(!origin(bad), "{bad}");
        }
    }
}
