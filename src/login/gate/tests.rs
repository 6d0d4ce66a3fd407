//! What real browsers send is let in, and what pages and programs try is not.

use hyper::Request;

use super::{Access, Origins, Refusal, Trust, admit, looks_real};
use crate::vtexid::Site;

const HOST: (&str, &str) = ("Host", "127.0.0.1:4000");

type Headers<'a> = &'a [(&'a str, &'a str)];

fn request(method: &str, uri: &str, headers: Headers) -> Request<()> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap()
}

fn origins() -> Origins {
    Origins::of(&Site::Vtex, &"mystore".parse().unwrap())
}

fn decide(method: &str, uri: &'static str, headers: Headers) -> Result<Access<'static>, Refusal> {
    let request = request(method, uri, headers);
    // What is asked for is in the address, which outlives the request.
    admit(&request, &origins()).map(|access| match access {
        Access::Visit { id, script } => {
            let at = uri.find(id).unwrap();
            let id = &uri[at..at + id.len()];
            Access::Visit { id, script }
        }
        Access::Callback(trust) => Access::Callback(trust),
        Access::Preflight => Access::Preflight,
        Access::Head => Access::Head,
    })
}

fn callback(headers: Headers) -> Result<Access<'static>, Refusal> {
    let headers = [&[HOST], headers].concat();
    decide("GET", "/login_callback?ott=abc", &headers)
}

#[test]
fn lets_in_what_browsers_send_when_vtex_leads_the_user_back() {
    for (headers, trust) in [
        // A redirect, in Chromium and Firefox.
        (
            &[
                ("Sec-Fetch-Site", "cross-site"),
                ("Sec-Fetch-Mode", "navigate"),
                ("Sec-Fetch-User", "?1"),
                ("Sec-Fetch-Dest", "document"),
            ][..],
            Trust::Document,
        ),
        // A form that a page on VTEX posts, and one whose origin is hidden.
        (
            &[
                ("Origin", "https://mystore.myvtex.com"),
                ("Sec-Fetch-Mode", "navigate"),
                ("Sec-Fetch-Dest", "document"),
            ],
            Trust::Document,
        ),
        (
            &[
                ("Origin", "null"),
                ("Sec-Fetch-Mode", "navigate"),
                ("Sec-Fetch-Dest", "document"),
            ],
            Trust::Document,
        ),
        // A script of the login's own page.
        (
            &[
                ("Origin", "https://dev--mystore.myvtex.com"),
                ("Sec-Fetch-Site", "cross-site"),
                ("Sec-Fetch-Mode", "cors"),
                ("Sec-Fetch-Dest", "empty"),
            ],
            Trust::Script,
        ),
        // An older Safari or curl, which send no such headers.
        (&[], Trust::Unknown),
        (&[("Origin", "https://mystore.myvtex.com")], Trust::Unknown),
        (&[("Sec-Fetch-Mode", "navigate")], Trust::Unknown),
    ] {
        assert_eq!(
            callback(headers),
            Ok(Access::Callback(trust)),
            "{headers:?}"
        );
    }
}

#[test]
fn what_a_browser_loads_beforehand_uses_nothing_up() {
    for header in [
        ("Sec-Purpose", "prefetch"),
        ("Sec-Purpose", "prefetch;prerender"),
        ("Purpose", "prefetch"),
    ] {
        let document = [
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document"),
            header,
        ];
        assert_eq!(callback(&document), Err(Refusal::Prefetch), "{header:?}");
        let page = decide("GET", "/login/abc", &[HOST, header]);
        assert_eq!(page, Err(Refusal::Prefetch), "{header:?}");
    }
}

#[test]
fn a_page_without_an_origin_can_only_lead_the_user_here() {
    for headers in [
        // A frame in a sandbox, and an older browser's.
        &[
            ("Origin", "null"),
            ("Sec-Fetch-Mode", "cors"),
            ("Sec-Fetch-Dest", "empty"),
        ][..],
        &[("Origin", "null")],
    ] {
        assert_eq!(callback(headers), Err(Refusal::HiddenOrigin), "{headers:?}");
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
        // A merchant's script, on another account's page.
        &[("Origin", "https://otherstore.myvtex.com")],
        &[("Origin", "http://127.0.0.1:4000")],
        &[("Origin", "é")],
    ] {
        let decided = callback(headers);
        assert_eq!(decided, Err(Refusal::ForeignPage), "{headers:?}");
    }
}

#[test]
fn serves_only_its_own_host_by_any_port() {
    let callback = Ok(Access::Callback(Trust::Unknown));
    for host in [
        "127.0.0.1:4000",
        "localhost:4000",
        // Port 80, and a forward that begins at another port.
        "127.0.0.1",
        "localhost",
        "127.0.0.1:4001",
    ] {
        let decided = decide("GET", "/login_callback", &[("Host", host)]);
        assert_eq!(decided, callback, "{host}");
    }
    for host in [
        "127.0.0.2:4000",
        "[::1]:4000",
        "evil.example",
        "evil.example:4000",
        "127.0.0.1.evil.example:4000",
        "127.0.0.1:evil.example",
        "127.0.0.1:4000:4000",
        "127.0.0.1:",
        "a@127.0.0.1:4000",
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
        let decided = decide("GET", "/login/abc", headers);
        assert_eq!(decided, Err(Refusal::OtherHost), "{headers:?}");
    }
    let decided = decide("GET", "http://evil.example/login_callback", &[HOST]);
    assert_eq!(decided, Err(Refusal::OtherHost));
    let decided = decide("GET", "http://127.0.0.1:4000/login_callback", &[HOST]);
    assert_eq!(decided, callback);
}

#[test]
fn each_page_takes_its_methods_alone() {
    let callback = Ok(Access::Callback(Trust::Unknown));
    let on_callback = Err(Refusal::Method("GET, HEAD, OPTIONS, POST"));
    let on_visit = Err(Refusal::Method("GET, HEAD, OPTIONS"));
    for (method, path, expected) in [
        ("GET", "/login_callback", callback),
        ("POST", "/login_callback", callback),
        ("OPTIONS", "/login_callback", Ok(Access::Preflight)),
        ("HEAD", "/login_callback", Ok(Access::Head)),
        ("PUT", "/login_callback", on_callback),
        ("get", "/login_callback", on_callback),
        ("GET", "/login_callback/", callback),
        ("GET", "//login_callback", callback),
        ("HEAD", "/login/abc", Ok(Access::Head)),
        // Firefox asks again where a script's request is redirected to.
        ("OPTIONS", "/login/abc", Ok(Access::Preflight)),
        ("POST", "/login/abc", on_visit),
        ("GET", "/", Err(Refusal::UnknownPath)),
        ("GET", "/login", Err(Refusal::UnknownPath)),
        ("GET", "/login/a/b", Err(Refusal::UnknownPath)),
        ("GET", "/favicon.ico", Err(Refusal::UnknownPath)),
        ("OPTIONS", "/", Err(Refusal::UnknownPath)),
    ] {
        assert_eq!(decide(method, path, &[HOST]), expected, "{method} {path}");
    }
}

#[test]
fn only_what_may_have_been_the_login_is_worth_a_word() {
    for (method, path, real) in [
        ("GET", "/login_callback?ott=abc", true),
        ("POST", "//login_callback", true),
        ("GET", "/login_callback", false),
        ("GET", "/?ott=abc", false),
        ("POST", "/", false),
    ] {
        assert_eq!(looks_real(&request(method, path, &[])), real, "{path}");
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
            decide("GET", "/login/abc", &headers),
            Ok(Access::Visit { id: "abc", script })
        );
    }
}
