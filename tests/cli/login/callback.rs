//! What comes to the callback: which visits bring the one-time token, and what the others are told.

use super::*;

fn logs_in_by(callback: Callback) {
    for page in [LoginPage::AdminLogin, LoginPage::AuthServer] {
        let env = TestEnv::with(Options {
            callback,
            page,
            ..Options::default()
        });
        let (shown, done) = sign_in(env.start_login("mystore"), EMAIL);
        assert_eq!(shown.status, 200, "{page:?}");
        assert!(shown.url.path().starts_with("/login/"), "{page:?}");
        assert!(shown.body.contains(EMAIL), "{}", shown.body);
        done.success()
            .stdout("")
            .stderr(contains("logged in to mystore as dev@example.com"));
        let claims = claims(&env.token("mystore"));
        assert_eq!(claims["sub"], EMAIL);
        assert_eq!(claims["account"], "mystore");
    }
}

#[test]
fn a_redirect_brings_the_one_time_token() {
    logs_in_by(Callback::Get);
}

#[test]
fn a_form_brings_the_one_time_token() {
    logs_in_by(Callback::Form);
}

#[test]
fn a_script_brings_the_one_time_token() {
    logs_in_by(Callback::Json);
}

#[test]
fn the_page_that_the_account_has_is_the_one_to_open() {
    for (page, path) in [
        (LoginPage::AdminLogin, "/_v/segment/admin-login/v1/login"),
        (LoginPage::AuthServer, "/_v/private/auth-server/v1/login"),
    ] {
        let env = TestEnv::with(Options {
            page,
            ..Options::default()
        });
        let login = env.start_login("mystore");
        let port = env.sandbox.port();
        let expected = format!("http://mystore.localhost:{port}{path}?returnUrl=");
        assert!(login.page().starts_with(&expected), "{}", login.page());
    }
}

#[test]
fn a_prefetch_by_the_browser_is_ignored() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let mut browser = Browser::default();
    let ticket = browser.sign_in(&login.page(), EMAIL);
    let query = form_urlencoded::byte_serialize(ticket.ott.as_bytes()).collect::<String>();
    let url = format!("{}?ott={query}", ticket.loopback);
    for header in [
        ("Sec-Purpose", "prefetch"),
        ("Sec-Purpose", "prefetch;prerender"),
        ("Purpose", "prefetch"),
    ] {
        let answer = send("GET", &url, &[header], "");
        assert_eq!(answer.status, 503, "{header:?}");
    }
    assert!(env.requests_to(VALIDATE).is_empty());
    assert_eq!(browser.deliver(&ticket).status, 200);
    let words = stderr(&login.finish().success());
    assert!(!words.contains("rejected a callback"), "{words}");
}

#[test]
fn only_the_accepted_visit_learns_who_logged_in() {
    let env = TestEnv::new();
    // Keeps the listener open until the browser has looked.
    let login = env.start_login("mystore");
    let mut browser = Browser::default();
    let ticket = browser.sign_in(&login.page(), EMAIL);
    let url = &ticket.loopback;
    let answer = browser.hand_over(&ticket);
    assert_eq!(answer.status, 303);
    for address in [
        url.clone(),
        format!("{url}?ott=somebodyElse"),
        format!("{url}?error=denied"),
    ] {
        let other = get(&address);
        let other = Browser::default().stay(other);
        assert_eq!(other.status, 410, "{address}: {other:?}");
        assert!(other.body.contains("This login is finished"), "{other:?}");
        assert!(!other.body.contains(EMAIL), "{address}: {other:?}");
        assert!(!other.body.contains("mystore"), "{address}: {other:?}");
    }
    let base = url.strip_suffix("/login_callback").unwrap();
    for (path, status) in [
        ("/done", 404),
        ("/login/", 404),
        ("/login/0123456789abcdef0123456789abcdef", 410),
    ] {
        let guessed = get(&format!("{base}{path}"));
        assert_eq!(guessed.status, status, "{path}");
        assert!(!guessed.body.contains(EMAIL), "{path}: {guessed:?}");
    }
    assert!(browser.stay(answer).body.contains(EMAIL));
    login.finish().success();
}

#[test]
fn a_callback_is_understood_in_whatever_form_it_comes() {
    for (path, kind, form) in [
        ("/login_callback/", "", "query"),
        ("//login_callback", "", "query"),
        ("/login_callback", "text/plain;charset=UTF-8", "json"),
        ("/login_callback", "text/plain", "lines"),
        ("/login_callback", "application/json", "marked"),
        (
            "/login_callback/",
            "application/x-www-form-urlencoded",
            "form",
        ),
    ] {
        let env = TestEnv::new();
        let login = env.start_login("mystore");
        let ticket = Browser::default().sign_in(&login.page(), EMAIL);
        let base = ticket.loopback.strip_suffix("/login_callback").unwrap();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("ott", &ticket.ott)
            .finish();
        let json = serde_json::json!({"ott": ticket.ott});
        let body = match form {
            "query" => String::new(),
            "json" => json.to_string(),
            "marked" => format!("\u{feff}{json}"),
            "lines" => format!("x=1\r\nott={}\r\n", ticket.ott),
            _ => query.clone(),
        };
        let answer = if form == "query" {
            get(&format!("{base}{path}?{query}"))
        } else {
            send(
                "POST",
                &format!("{base}{path}"),
                &[("Content-Type", kind)],
                &body,
            )
        };
        assert_eq!(Browser::default().stay(answer).status, 200, "{path} {form}");
        login.finish().success();
    }
}

#[test]
fn a_callback_that_looked_real_is_not_turned_away_in_silence() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url = format!("{}?ott=abcdefgh", loopback(&env, &login));
    let cors = [("Sec-Fetch-Mode", "cors"), ("Origin", "null")];
    for _ in 0..3 {
        for (method, headers) in [
            ("GET", &cors[..]),
            ("GET", &[("Host", "evil.example")]),
            ("POST", &[("Origin", "https://evil.example")]),
            ("PUT", &[]),
        ] {
            let answer = send(method, &url, headers, "");
            assert!((400..500).contains(&answer.status), "{answer:?}");
        }
    }
    let words = stderr(&sign_in(login, EMAIL).1.success());
    for reason in [
        "hid its address (`Origin: null`)",
        "its host is not 127.0.0.1",
        "another site's page sent it",
        "its method is not GET or POST",
    ] {
        assert_eq!(words.matches(reason).count(), 1, "{reason}: {words}");
    }
    assert!(
        words.contains("sign in again at the address above"),
        "{words}"
    );
    assert_eq!(env.requests_to(VALIDATE).len(), 1);
}

#[test]
fn a_rejected_callback_is_reported_and_the_login_continues() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let refused = visit(&format!("{}?ott=wrong", loopback(&env, &login)));
    assert_eq!(refused.status, 400);
    login.wait_for("VTEX ID rejected the one-time token");
    sign_in(login, EMAIL).1.success();
    assert_eq!(env.requests_to(VALIDATE).len(), 2);
}

#[test]
fn unrelated_requests_are_answered_and_do_not_end_the_login() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let (base, url) = (listener(&env, &login), loopback(&env, &login));
    let with_ott = format!("{url}?ott=stray");
    let status = |method: &str, url: &str| send(method, url, &[], "").status;

    assert_eq!(status("GET", &format!("{base}/favicon.ico")), 404);
    assert_eq!(status("GET", &format!("{base}/")), 404);
    assert_eq!(
        status("GET", &format!("{base}/login_callback/more?ott=stray")),
        404
    );
    assert_eq!(
        status("GET", &format!("{base}/LOGIN_CALLBACK?ott=stray")),
        404
    );
    assert_eq!(status("POST", &format!("{base}/?ott=stray")), 404);
    assert_eq!(status("GET", &format!("{base}/done")), 404);

    let looked = send("HEAD", &with_ott, &[], "");
    assert_eq!((looked.status, looked.body.as_str()), (200, ""));

    for method in ["PUT", "DELETE", "PATCH"] {
        let wrong = send(method, &with_ott, &[], "");
        assert_eq!(wrong.status, 405, "{method}");
        assert_eq!(wrong.header("Allow"), "GET, HEAD, OPTIONS, POST");
    }

    let port = base.rsplit_once(':').unwrap().1;
    for host in [
        "localhost.".to_owned(),
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        "127.0.0.1:x".to_owned(),
        String::new(),
    ] {
        let misled = send("GET", &with_ott, &[("Host", &host)], "");
        assert_eq!(misled.status, 421, "{host}");
    }

    for query in [
        "",
        "?",
        "?ott=",
        "?OTT=stray",
        "?token=stray",
        "?ott=one&ott=two",
        "?ott=one%09two",
        "?ott=one%0d%0atwo",
        "?ott=%C3%A9",
    ] {
        let stray = get(&format!("{url}{query}"));
        assert_eq!(stray.status, 400, "{query}");
        assert!(
            stray.body.contains("The terminal is still waiting"),
            "{query}"
        );
    }
    for query in ["?ott=stray&error=access_denied", "?error=access_denied"] {
        let stray = get(&format!("{url}{query}"));
        assert_eq!(stray.status, 400, "{query}");
        assert!(stray.body.contains("VTEX ID reported an error"), "{query}");
    }
    for body in [
        "",
        "{}",
        "[]",
        "\"stray\"",
        "{\"ott\":1}",
        "{\"ott\":null}",
        "\u{0}",
    ] {
        assert_eq!(send("POST", &url, &[], body).status, 400, "{body}");
    }
    let two_places = send("POST", &format!("{url}?ott=one"), &[], "{\"ott\":\"two\"}");
    assert_eq!(two_places.status, 400);

    assert!(env.requests_to(VALIDATE).is_empty());
    let done = sign_in(login, EMAIL).1.success();
    assert_eq!(env.requests_to(VALIDATE).len(), 1);
    let words = stderr(&done);
    let lines = words
        .lines()
        .filter(|line| line.contains("ignored a callback"));
    assert!((1..=5).contains(&lines.count()), "{words}");
}

#[test]
fn what_a_visit_says_went_wrong_is_shown_on_one_harmless_line() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url = loopback(&env, &login);
    get(&format!(
        "{url}?error=access_denied%1b%5b31m%0aerror:+all+is+lost"
    ));
    let words = login.wait_for("all is lost");
    assert!(!words.contains('\u{1b}'), "{words}");
    let line = words.lines().find(|line| line.contains("access_denied"));
    assert!(line.unwrap().contains("all is lost"), "{words}");
    get(&url);
    login.wait_for("it has no one-time token");
    get(&format!("{url}?ott=a&ott=b"));
    login.wait_for("two different one-time tokens");
}

#[test]
fn a_preflight_is_granted_to_the_logins_own_pages_alone() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url = loopback(&env, &login);
    let port = env.sandbox.port();
    let ask = |origin: &str| {
        let headers = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
        ];
        let leave = send("OPTIONS", &url, &headers, "");
        assert_eq!((leave.status, leave.body.as_str()), (204, ""), "{origin}");
        assert_eq!(leave.header("Vary"), "Origin");
        let allowed = leave.header("Access-Control-Allow-Origin");
        let network = leave.header("Access-Control-Allow-Private-Network");
        assert_eq!(network == "true", !allowed.is_empty(), "{origin}");
        leave.header("Access-Control-Allow-Origin").to_owned()
    };
    for ours in ["mystore", "dev--mystore"] {
        let origin = format!("http://{ours}.localhost:{port}");
        assert_eq!(ask(&origin), origin);
    }
    for other in [
        // Merchants write the scripts of their own accounts' pages.
        format!("http://otherstore.localhost:{port}"),
        format!("http://notmystore.localhost:{port}"),
        "http://evil.example".to_owned(),
        "null".to_owned(),
        "*".to_owned(),
        "http://mystore.localhost".to_owned(),
        format!("http://localhost:{port}"),
        format!("https://mystore.localhost:{port}"),
        format!("http://mystore.localhost:{port}.evil.example"),
        format!("http://evil.example/.localhost:{port}"),
    ] {
        assert_eq!(ask(&other), "", "{other}");
    }
    sign_in(login, EMAIL).1.success();
}
