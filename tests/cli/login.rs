//! `vtexid login`

use std::{
    io::Write as _,
    net::{Ipv4Addr, TcpListener, TcpStream},
    thread,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use predicates::{
    prelude::PredicateBooleanExt as _,
    str::{contains, starts_with},
};
use ring::digest::{SHA256, digest};

#[cfg(unix)]
use crate::env::{ended_by, eventually};
use crate::{
    browser::{Browser, connect, get, head, rest, send, visit},
    env::{EMAIL, Running, TestEnv, answer, claims, names, now, sign_in, stderr, stdout},
    sandbox::{Callback, LoginPage, Options},
};

const START: &str = "/api/vtexid/toolbelt/start";
const VALIDATE: &str = "/api/vtexid/toolbelt/validate";

/// The address where the tool waits for the browser, as announced to VTEX ID.
fn loopback(env: &TestEnv, login: &Running) -> String {
    login.page();
    let start = env.requests_to(START).pop().unwrap();
    start.form("loopbackUrl").unwrap()
}

/// The listener's address, to which a path can be added.
fn listener(env: &TestEnv, login: &Running) -> String {
    let url = loopback(env, login);
    url.strip_suffix("/login_callback").unwrap().to_owned()
}

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
fn a_login_page_that_cannot_be_probed_does_not_end_the_login() {
    for how in ["500*1", "drop*1"] {
        let env = TestEnv::new();
        env.fail(&format!("/_v/segment/admin-login={how}"));
        env.login("mystore");
    }
}

#[test]
fn stderr_begins_with_the_address_and_stdout_stays_empty() {
    let env = TestEnv::new();
    env.login("mystore");
    // The second time there is no warning about the file store, and `-q` leaves out all notes.
    let login = env
        .vtexid(["login", "mystore", "--no-browser", "--fresh", "-q"])
        .start();
    let (_, done) = sign_in(login, EMAIL);
    let address = format!("http://mystore.localhost:{}/", env.sandbox.port());
    let done = done.success().stdout("");
    let words = stderr(&done);
    let (warning, words) = words.split_once('\n').unwrap();
    assert!(warning.contains("VTEXID_URL"), "{warning}");
    let (intro, rest) = words.split_once("\n\n  ").unwrap();
    assert!(
        intro.starts_with("open this address in a browser"),
        "{words}"
    );
    assert!(intro.ends_with(" to log in to mystore:"), "{words}");
    assert_eq!(intro.lines().count(), 1, "{words}");
    assert!(rest.starts_with(&address), "{words}");
    assert_eq!(rest.trim_end().lines().count(), 1, "{words}");
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_display_no_browser_is_promised() {
    let env = TestEnv::new();
    let login = env.vtexid(["login", "mystore", "--store", "file"]).start();
    let (_, done) = sign_in(login, EMAIL);
    done.success()
        .stderr(contains("open this address").and(contains("could not open").not()));
}

#[test]
fn json_tells_who_is_logged_in() {
    let env = TestEnv::new();
    let login = env.login_tool("mystore", &["--json"]).start();
    let (_, done) = sign_in(login, EMAIL);
    let answer = answer(&done.success());
    assert_eq!(
        names(&answer),
        [
            "account",
            "credential",
            "login",
            "token_account",
            "expires_at",
            "store"
        ]
    );
    assert_eq!(answer["account"], "mystore");
    assert_eq!(answer["credential"], "user");
    assert_eq!(answer["login"], EMAIL);
    assert!(answer["token_account"].is_null());
    assert_eq!(answer["store"], "file");
    let expires: jiff::Timestamp = answer["expires_at"].as_str().unwrap().parse().unwrap();
    let claimed = claims(&env.token("mystore"))["exp"].as_i64();
    assert_eq!(Some(expires.as_second()), claimed);
}

#[test]
fn the_token_says_how_long_it_is_good() {
    let env = TestEnv::with(Options {
        token_life: 86_400 + 3_600 + 60,
        ..Options::default()
    });
    let done = env.login("mystore");
    done.stderr(contains("valid for 1d 1h, saved in a plain-text file"));
    assert!(claims(&env.token("mystore"))["exp"].as_i64().unwrap() > now() + 86_400);
}

#[test]
#[cfg(unix)]
fn only_the_owner_can_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = TestEnv::new();
    env.login("mystore");
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    for name in ["mystore.login", "index.json", "index.copy.json"] {
        let file = env.file(name);
        assert_eq!(mode(&file), 0o600, "{name}");
        assert_eq!(mode(file.parent().unwrap()), 0o700, "{name}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn without_vtexid_dir_the_index_is_in_the_config_folder() {
    let env = TestEnv::new();
    let login = env.login_tool("mystore", &[]).without("VTEXID_DIR").start();
    let (_, done) = sign_in(login, EMAIL);
    done.success();
    let index = env.file("index.json");
    assert!(
        index.starts_with(env.home().join(".config/vtexid")),
        "{}",
        index.display()
    );
}

#[test]
fn the_secret_is_announced_by_its_hash_and_new_each_time() {
    let env = TestEnv::new();
    env.login("mystore");
    env.login("mystore");
    let starts = env.requests_to(START);
    let validates = env.requests_to(VALIDATE);
    let mut secrets = Vec::new();
    for (start, validate) in starts.iter().zip(&validates) {
        let secret = validate.form("secret").unwrap();
        assert_eq!(secret.len(), 128);
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        assert!(secret.chars().all(allowed), "{secret}");
        let hash = digest(&SHA256, secret.as_bytes());
        assert_eq!(
            start.form("secretHash").unwrap(),
            BASE64_STANDARD.encode(hash)
        );
        secrets.push(secret);
    }
    assert_eq!(secrets.len(), 2);
    assert_ne!(secrets[0], secrets[1]);
}

#[test]
fn every_request_names_the_tool_and_carries_no_credential() {
    let env = TestEnv::new();
    env.login("mystore");
    let agent = concat!("vtexid/", env!("CARGO_PKG_VERSION"));
    for request in [env.requests_to(START), env.requests_to(VALIDATE)].concat() {
        assert_eq!(request.header("User-Agent"), Some(agent));
        assert_eq!(request.header("Cookie"), None);
        assert_eq!(request.header("Referer"), None);
        assert_eq!(
            request.host,
            format!("mystore.localhost:{}", env.sandbox.port())
        );
    }
}

#[test]
fn two_logins_at_once_are_both_remembered() {
    let env = TestEnv::new();
    let logins = ["one", "two", "three"].map(|account| env.start_login(account));
    let env = &env;
    thread::scope(|scope| {
        for login in logins {
            scope.spawn(move || sign_in(login, EMAIL).1.success());
        }
    });
    for account in ["one", "two", "three"] {
        assert_eq!(claims(&env.token(account))["account"], account);
    }
}

#[test]
fn a_login_times_out() {
    let env = TestEnv::new();
    env.login_tool("mystore", &["--timeout", "1s"])
        .run()
        .code(1)
        .stdout("")
        .stderr(contains("timed out after 1s waiting for sign-in"))
        .stderr(contains("hint: run `vtexid login mystore"));
    env.assert_nothing_kept();
}

#[test]
fn a_failed_login_changes_nothing() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = env.token("mystore");
    env.login_tool("mystore", &["--fresh", "--timeout", "1s"])
        .run()
        .code(1);
    assert_eq!(env.token("mystore"), before);
}

#[test]
#[cfg(unix)]
fn ctrl_c_keeps_nothing() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url: reqwest::Url = loopback(&env, &login).parse().unwrap();
    login.wait_for("waiting for the browser");
    login.interrupt();
    ended_by(&login.finish(), 2).stdout("");
    env.assert_nothing_kept();
    // What names it to a second login is not left behind.
    assert!(
        !env.files()
            .iter()
            .any(|path| path.ends_with("login-mystore.pid"))
    );
    let address = (Ipv4Addr::LOCALHOST, url.port().unwrap());
    assert!(TcpStream::connect(address).is_err());
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_a_request_that_hangs() {
    let env = TestEnv::new();
    env.fail("/api/vtexid/toolbelt/start=delay:300s");
    let login = env.start_login("mystore");
    eventually("the request arrives", || !env.requests_to(START).is_empty());
    login.interrupt();
    ended_by(&login.finish(), 2).stdout("");
    env.assert_nothing_kept();
}

#[test]
fn rejected_one_time_tokens_never_end_a_login() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url = loopback(&env, &login);
    for n in 0..7 {
        let refused = visit(&format!("{url}?ott=wrong{n}"));
        assert_eq!(refused.status, 400, "{n}");
        assert!(refused.body.contains("VTEX ID rejected this login"));
        assert!(refused.body.contains("The terminal is still waiting"));
        // The address bar holds no one-time token.
        assert_eq!(refused.url.query(), None);
    }
    // The same value is answered from memory.
    assert_eq!(visit(&format!("{url}?ott=wrong0")).status, 400);
    assert_eq!(env.requests_to(VALIDATE).len(), 7);
    let words = stderr(&sign_in(login, EMAIL).1.success());
    assert_eq!(words.matches("VTEX ID rejected").count(), 5, "{words}");
    assert_eq!(words.matches("are not shown").count(), 1, "{words}");
}

#[test]
fn the_real_visit_comes_through_a_flood_of_made_up_ones() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url = loopback(&env, &login);
    let mut browser = Browser::default();
    let ticket = browser.sign_in(&login.page(), EMAIL);
    let document = [
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "document"),
    ];
    let junk = |n: usize| {
        // A program that sends what it likes, and a page that leads the
        // browser here again and again.
        let headers = if n.is_multiple_of(2) {
            &document[..]
        } else {
            &[]
        };
        let answer = send("GET", &format!("{url}?ott=madeUp{n}"), headers, "");
        assert_eq!(answer.status, 303);
    };
    (0..300).for_each(junk);
    let brought = browser.hand_over(&ticket);
    (300..600).for_each(junk);
    let shown = browser.stay(brought);
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("You are logged in"));
    login.finish().success();
    let tried = env.requests_to(VALIDATE).len();
    assert!(tried < 100, "{tried} requests to VTEX ID");
}

#[test]
fn a_visit_that_waits_says_so_at_an_address_without_its_one_time_token() {
    let env = TestEnv::new();
    env.fail(&format!("{VALIDATE}=delay:3s*1"));
    let login = env.start_login("mystore");
    let mut browser = Browser::default();
    let ticket = browser.sign_in(&login.page(), EMAIL);
    let answer = browser.hand_over(&ticket);
    assert_eq!(answer.status, 303, "{answer:?}");
    let place = answer.url.join(answer.header("Location")).unwrap();
    assert!(!place.as_str().contains(&ticket.ott), "{place}");
    let page = get(place.as_str());
    assert_eq!(page.status, 202);
    assert!(page.body.contains("Finishing"), "{}", page.body);
    let policy = page.header("Content-Security-Policy");
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    let shown = browser.stay(page);
    assert_eq!(shown.url, place);
    assert!(shown.body.contains("You are logged in"), "{}", shown.body);
    login.finish().success();
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
fn a_forward_from_another_port_works_and_so_does_port_80() {
    for host in ["127.0.0.1", "localhost", "localhost:8080"] {
        let env = TestEnv::new();
        let login = env.start_login("mystore");
        let ticket = Browser::default().sign_in(&login.page(), EMAIL);
        let query = form_urlencoded::byte_serialize(ticket.ott.as_bytes()).collect::<String>();
        let url = format!("{}?ott={query}", ticket.loopback);
        let answer = send("GET", &url, &[("Host", host)], "");
        assert_eq!(Browser::default().stay(answer).status, 200, "{host}");
        login.finish().success();
    }
}

#[test]
fn a_hundred_cookies_of_other_programs_do_no_harm() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let ticket = Browser::default().sign_in(&login.page(), EMAIL);
    let query = form_urlencoded::byte_serialize(ticket.ott.as_bytes()).collect::<String>();
    let url = format!("{}?ott={query}", ticket.loopback);
    // A browser sends what any port of this host has set.
    let cookies = vec![format!("session={}", "x".repeat(2000)); 100].join("; ");
    let answer = send("GET", &url, &[("Cookie", &cookies)], "");
    assert_eq!(Browser::default().stay(answer).status, 200);
    login.finish().success();
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
fn the_page_reports_a_token_that_has_already_expired() {
    let env = TestEnv::with(Options {
        token_life: -60,
        ..Options::default()
    });
    let (shown, done) = sign_in(env.start_login("mystore"), EMAIL);
    assert!(shown.body.contains("already expired"), "{}", shown.body);
    assert!(!shown.body.contains("You are logged in"), "{}", shown.body);
    done.stderr(contains("already expired"));
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

#[test]
fn what_is_too_large_is_refused() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url = loopback(&env, &login);
    let filler = "x".repeat(64 * 1024);
    let refused = |status| (400..500).contains(&status) || status == 0;

    // Each would be tried if it were let in.
    let header = send(
        "GET",
        &format!("{url}?ott=stray"),
        &[("X-Filler", &filler.repeat(5))],
        "",
    );
    assert!(refused(header.status), "{header:?}");
    let form = send("POST", &url, &[], &format!("ott=stray&filler={filler}"));
    assert!(refused(form.status), "{form:?}");
    let json = format!("{{\"ott\":\"stray\",\"filler\":\"{filler}\"}}");
    let json = send("POST", &url, &[], &json);
    assert!(refused(json.status), "{json:?}");
    let chunked = [("Transfer-Encoding", "chunked"), ("Connection", "close")];
    let mut stream = connect(&url.parse().unwrap());
    let request = head("POST", &url.parse().unwrap(), &chunked);
    let _ = write!(
        stream,
        "{request}\r\n9\r\nott=stray\r\n1000b\r\n&filler={filler}...\r\n0\r\n\r\n"
    );
    let answer = rest(&mut stream);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
        "{answer}"
    );
    let long = send("GET", &format!("{url}?ott={}", &filler[..5000]), &[], "");
    assert!(refused(long.status), "{long:?}");

    assert!(env.requests_to(VALIDATE).is_empty());
    sign_in(login, EMAIL).1.success();
}

#[test]
fn silent_connections_do_not_block_the_login() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url: reqwest::Url = loopback(&env, &login).parse().unwrap();
    let mut silent: Vec<TcpStream> = (0..300).map(|_| connect(&url)).collect();
    for (n, stream) in silent.iter_mut().enumerate() {
        let text = match n % 3 {
            0 => String::new(),
            1 => head("GET", &url, &[]),
            _ => head("POST", &url, &[("Content-Length", "20")]) + "\r\nott=stra",
        };
        // The oldest may have been hung up on to make room.
        let _ = stream.write_all(text.as_bytes());
    }
    let (shown, done) = sign_in(login, EMAIL);
    assert_eq!(shown.status, 200);
    done.success();
    assert_eq!(env.requests_to(VALIDATE).len(), 1);
}

#[test]
fn silent_connections_are_closed() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url: reqwest::Url = loopback(&env, &login).parse().unwrap();
    let mut silent = connect(&url);
    let mut half = connect(&url);
    half.write_all(head("GET", &url, &[]).as_bytes()).unwrap();
    let mut bodiless = connect(&url);
    let announced = head("POST", &url, &[("Content-Length", "9")]) + "\r\nott=stra";
    bodiless.write_all(announced.as_bytes()).unwrap();
    // Each of these ends only because the tool ends the connection.
    for stream in [&mut silent, &mut half, &mut bodiless] {
        let answer = rest(stream);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
    }
    assert!(env.requests_to(VALIDATE).is_empty());
    sign_in(login, EMAIL).1.success();
}

#[test]
fn a_reload_shows_the_same_page() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let mut browser = Browser::default();
    let ticket = browser.sign_in(&login.page(), EMAIL);
    let first = browser.hand_over(&ticket);
    let again = browser.hand_over(&ticket);
    assert_eq!((first.status, again.status), (303, 303));
    assert_eq!(first.header("Location"), again.header("Location"));
    assert!(browser.deliver(&ticket).body.contains("You are logged in"));
    login.finish().success();
    assert_eq!(env.requests_to(VALIDATE).len(), 1);
}

#[test]
fn a_second_tab_at_the_same_time_gets_the_same_page() {
    let env = TestEnv::new();
    env.fail("/api/vtexid/toolbelt/validate=delay:500ms");
    let login = env.start_login("mystore");
    let ticket = Browser::default().sign_in(&login.page(), EMAIL);
    let places = thread::scope(|scope| {
        let tabs = [(); 2].map(|()| scope.spawn(|| Browser::default().hand_over(&ticket)));
        tabs.map(|tab| tab.join().unwrap())
            .map(|answer| answer.header("Location").to_owned())
    });
    assert!(places[0].starts_with("/login/"), "{places:?}");
    assert_eq!(places[0], places[1]);
    login.finish().success();
    assert_eq!(env.requests_to(VALIDATE).len(), 1);
}

#[test]
fn no_page_can_be_framed_cached_or_made_to_load_anything() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let stray = get(&loopback(&env, &login));
    let missing = get(&format!("{}/", listener(&env, &login)));
    let (done, _) = sign_in(login, EMAIL);
    assert_eq!((stray.status, missing.status, done.status), (400, 404, 200));
    for page in [&stray, &done] {
        let policy = page.header("Content-Security-Policy");
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("Content-Type"), "text/html; charset=utf-8");
        let (_, rest) = page.body.split_once("<style>").unwrap();
        let (style, _) = rest.split_once("</style>").unwrap();
        let hash = BASE64_STANDARD.encode(digest(&SHA256, style.as_bytes()));
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
        // Its icon is in it, so that no browser asks for /favicon.ico.
        let (before, rest) = page.body.split_once("<link rel=\"icon\" href=\"").unwrap();
        let (icon, after) = rest.split_once("\">").unwrap();
        let icon = icon.strip_prefix("data:image/svg+xml;base64,").unwrap();
        let icon = String::from_utf8(BASE64_STANDARD.decode(icon).unwrap()).unwrap();
        assert!(
            icon.starts_with("<svg ") && icon.ends_with("</svg>"),
            "{icon}"
        );
        assert!(policy.contains("; img-src data:;"), "{policy}");
        for outside in ["http:", "https:", "src=", "url(", "<script", "<link"] {
            let body = format!("{before}{after}");
            assert!(!body.contains(outside), "{outside} in {body}");
        }
    }
    for answer in [&stray, &missing, &done] {
        assert_eq!(answer.header("Cache-Control"), "no-store");
        assert_eq!(answer.header("X-Content-Type-Options"), "nosniff");
        assert_eq!(answer.header("Referrer-Policy"), "no-referrer");
        assert_eq!(answer.header("Connection"), "close");
    }
}

#[test]
fn a_page_that_says_it_did_not_work_has_a_sign_of_its_own() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let stray = get(&loopback(&env, &login));
    let (done, _) = sign_in(login, EMAIL);
    let sign = |body: &str| {
        let (_, rest) = body.split_once("<svg class=\"sign ").unwrap();
        let (class, rest) = rest.split_once('"').unwrap();
        let (drawing, _) = rest.split_once("</svg>").unwrap();
        (class.to_owned(), drawing.to_owned())
    };
    let icon = |body: &str| body.split_once("<link rel").unwrap().1[..600].to_owned();
    let (failed, worked) = (sign(&stray.body), sign(&done.body));
    assert_eq!((&*failed.0, &*worked.0), ("failed", "done"));
    assert_ne!(failed.1, worked.1);
    assert_ne!(icon(&stray.body), icon(&done.body));
}

#[test]
fn the_page_speaks_the_browsers_language() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url = loopback(&env, &login);
    for (accept, language, words) in [
        (
            "pt-BR,pt;q=0.9,en;q=0.8",
            "pt-BR",
            "Não foi possível fazer login",
        ),
        ("de, es-419;q=0.5", "es", "No se pudo iniciar sesión"),
        ("de", "en", "The login code is missing"),
    ] {
        let page = send("GET", &url, &[("Accept-Language", accept)], "");
        assert!(
            page.body.contains(&format!("<html lang=\"{language}\">")),
            "{accept}"
        );
        assert!(page.body.contains(words), "{accept}");
        assert_eq!(page.header("Content-Language"), language);
    }
    let mut browser = Browser::speaking("pt-BR");
    let page = browser.log_in(&login.page(), EMAIL);
    assert!(page.body.contains("Login concluído"), "{}", page.body);
    login.finish().success();
}

#[test]
fn the_one_time_token_leaves_the_address_bar() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let mut browser = Browser::default();
    let ticket = browser.sign_in(&login.page(), EMAIL);
    let page = browser.deliver(&ticket);
    assert!(page.url.path().starts_with("/login/"), "{}", page.url);
    assert_eq!(page.url.query(), None);
    assert!(!page.body.contains(&ticket.ott));
    login.finish().success();
}

#[test]
fn a_login_name_cannot_bring_markup() {
    let env = TestEnv::new();
    let email = "<b>\"'&{{title}}</b>\u{202e}@example.com";
    let (page, done) = sign_in(env.start_login("mystore"), email);
    assert!(
        page.body
            .contains("&lt;b&gt;&quot;&#39;&amp;&#123;&#123;title}}&lt;/b&gt;"),
        "{}",
        page.body
    );
    done.success()
        .stderr(contains('\u{202e}'.to_string()).not());
    let done = env.vtexid(["status"]).run().success();
    assert!(!stdout(&done).contains('\u{202e}'), "{}", stdout(&done));
}

#[test]
fn nothing_in_a_token_can_begin_a_line_of_its_own() {
    use crate::sandbox::{Failure, How};
    let env = TestEnv::new();
    let forged = "x\nerror: all is lost\u{1b}[31m";
    let token = env.sandbox.mint(&serde_json::json!({
        "sub": forged, "account": forged, "audience": "admin", "exp": now() + 600,
    }));
    env.sandbox.fail(Failure {
        path: VALIDATE.to_owned(),
        how: How::Body(200, serde_json::json!({"token": token}).to_string()),
        times: u32::MAX,
    });
    let (_, login) = sign_in(env.start_login("mystore"), EMAIL);
    let mut shown = vec![stderr(&login.success())];
    shown.push(stdout(&env.vtexid(["status"]).run().success()));
    let status = env.vtexid(["status"]).env("VTEX_TOKEN", &token).run();
    shown.push(stdout(&status.success()));
    let local = env.vtexid(["local", "token", "-a", "mystore"]);
    shown.push(stderr(&local.env("VTEX_TOKEN", &token).run().success()));
    shown.push(stdout(&env.vtexid(["logout"]).run().success()));
    for words in shown {
        assert!(words.contains("all is lost"), "{words}");
        assert!(!words.contains('\u{1b}'), "{words}");
        assert!(
            !words.lines().any(|line| line.starts_with("error:")),
            "{words}"
        );
    }
}

#[test]
fn a_token_for_another_account_is_saved_with_a_warning() {
    let env = TestEnv::with(Options {
        token_account: Some("otherstore".to_owned()),
        ..Options::default()
    });
    let login = env.login_tool("mystore", &["--json"]).start();
    let (_, done) = sign_in(login, EMAIL);
    let done = done.success();
    assert_eq!(answer(&done)["token_account"], "otherstore");
    done.stderr(contains(
        "warning: the token is for the account otherstore, not mystore",
    ));
    assert_eq!(claims(&env.token("mystore"))["account"], "otherstore");
    env.vtexid(["status"])
        .run()
        .success()
        .stdout(contains("mystore").and(contains("otherstore")));
    let status = answer(&env.vtexid(["status", "--json"]).run().success());
    assert_eq!(status["accounts"][0]["account"], "mystore");
    assert_eq!(status["accounts"][0]["token_account"], "otherstore");
}

#[test]
fn an_account_that_vtex_does_not_know() {
    let env = TestEnv::new();
    env.login_tool("unknownstore", &[])
        .run()
        .code(1)
        .stdout("")
        .stderr(contains("unknownstore").and(contains("hint: check the spelling")));
    env.assert_nothing_kept();
}

#[test]
fn vtex_id_failing_at_the_start_is_worth_another_try() {
    for how in ["500", "503", "429", "drop", "garbage", "huge"] {
        let env = TestEnv::new();
        env.fail(&format!("{START}={how}"));
        let host = format!("mystore.localhost:{}", env.sandbox.port());
        env.login_tool("mystore", &[])
            .run()
            .code(6)
            .stdout("")
            .stderr(contains(host).and(contains("hint: ")));
        env.assert_nothing_kept();
    }
}

#[test]
fn a_redirect_at_the_start_is_no_refusal() {
    let env = TestEnv::new();
    env.fail(&format!("{START}=302"));
    env.login_tool("mystore", &[]).run().code(6).stdout("");
}

#[test]
fn vtex_id_failing_at_the_exchange_does_not_end_the_login() {
    for how in ["500", "drop", "garbage", "huge"] {
        let env = TestEnv::new();
        env.fail(&format!("{VALIDATE}={how}*1"));
        let login = env.start_login("mystore");
        let page = Browser::default().log_in(&login.page(), EMAIL);
        assert_eq!(page.status, 503, "{how}");
        assert!(page.body.contains("It did not work yet"), "{how}");
        let host = format!("mystore.localhost:{}", env.sandbox.port());
        let words = login.wait_for("still waiting: sign in again");
        assert!(words.contains(&host), "{words}");
        assert_eq!(env.requests_to(VALIDATE).len(), 1, "{how}");
        env.assert_nothing_kept();
        sign_in(login, EMAIL).1.success();
    }
}

#[test]
fn an_invalid_token_is_not_saved() {
    use crate::sandbox::{Failure, How};
    for body in [
        "{}",
        "[]",
        "null",
        "{\"token\":null}",
        "{\"token\":\"not.a.token\"}",
    ] {
        let env = TestEnv::new();
        env.sandbox.fail(Failure {
            path: VALIDATE.to_owned(),
            how: How::Body(200, body.to_owned()),
            times: 1,
        });
        let login = env.start_login("mystore");
        let page = Browser::default().log_in(&login.page(), EMAIL);
        assert_eq!(page.status, 503, "{body}");
        env.assert_nothing_kept();
        sign_in(login, EMAIL)
            .1
            .success()
            .stderr(contains("not.a.token").not());
    }
}

#[test]
fn the_port_asked_for_is_the_one_used() {
    let env = TestEnv::new();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let login = env
        .login_tool("mystore", &["--port", &port.to_string()])
        .start();
    let expected = format!("http://127.0.0.1:{port}/login_callback");
    assert_eq!(loopback(&env, &login), expected);
    sign_in(login, EMAIL).1.success();
}

#[test]
fn a_port_that_is_taken_is_named() {
    let env = TestEnv::new();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    env.login_tool("mystore", &["--port", &port])
        .run()
        .code(1)
        .stdout("")
        .stderr(contains(format!("127.0.0.1:{port}")).and(contains("--port")));
    assert!(env.sandbox.requests().is_empty());
    env.assert_nothing_kept();
}

#[test]
fn only_this_machine_can_reach_the_listener_and_only_for_a_while() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url: reqwest::Url = loopback(&env, &login).parse().unwrap();
    assert_eq!(url.host_str(), Some("127.0.0.1"));
    let port = url.port().unwrap();
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
    // A listener on every address would take these as well.
    #[cfg(target_os = "linux")]
    assert!(TcpStream::connect((Ipv4Addr::new(127, 0, 0, 2), port)).is_err());
    assert!(TcpStream::connect((std::net::Ipv6Addr::LOCALHOST, port)).is_err());
    sign_in(login, EMAIL).1.success();
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
}

#[test]
fn login_warns_that_vtex_token_overrides_it() {
    let env = TestEnv::new();
    env.login_tool("mystore", &[])
        .env("VTEX_TOKEN", "eyJ.canary.x")
        .run()
        .code(2)
        .stdout("")
        .stderr(contains("VTEX_TOKEN").and(contains("canary").not()));
    assert!(env.sandbox.requests().is_empty());
}

#[test]
fn ci_has_no_browser() {
    let env = TestEnv::new();
    env.vtexid(["login", "mystore", "--store", "file"])
        .env("CI", "true")
        .run()
        .code(2)
        .stdout("")
        .stderr(contains("vtexid apptoken"));
    assert!(env.sandbox.requests().is_empty());
    let login = env.login_tool("mystore", &[]).env("CI", "true").start();
    sign_in(login, EMAIL).1.success();
}

#[test]
fn without_a_name_it_is_the_current_account_with_or_without_a_terminal() {
    let env = TestEnv::new();
    env.vtexid(["login", "--no-browser"])
        .run()
        .code(2)
        .stdout("")
        .stderr(contains(
            "hint: run `vtexid login mystore` if your Admin is at",
        ));
    assert!(env.sandbox.requests().is_empty());
    env.login("mystore");
    env.vtexid(["login", "--no-browser"])
        .run()
        .success()
        .stderr(contains("logged in to mystore"));
}

/// The account of an address or a workspace is taken, and said.
#[test]
fn the_account_can_be_an_address_or_a_workspace() {
    for (typed, from) in [
        ("https://mystore.myvtex.com/admin/apps?x=y#z", "the address"),
        ("MyStore.myvtex.com", "the address"),
        ("dev--mystore.myvtex.com", "its workspace dev"),
        ("dev--mystore", "its workspace dev"),
    ] {
        let env = TestEnv::new();
        let login = env.login_tool(typed, &[]).start();
        let (_, done) = sign_in(login, EMAIL);
        done.success()
            .stderr(contains(format!(
                "using the account mystore, taken from {from}\n"
            )))
            .stderr(contains("logged in to mystore as"));
        assert_eq!(claims(&env.token("mystore"))["account"], "mystore");
        env.vtexid(["local", "token", "-a", typed])
            .run()
            .success()
            .stdout(format!("{}\n", env.token("mystore")))
            .stderr(contains("using the account mystore"));
    }
}

#[test]
fn the_account_can_be_named_in_three_ways() {
    let env = TestEnv::new();
    let base = ["login", "--no-browser", "--store", "file"];
    let flag = env.vtexid(base.iter().chain(&["-a", "flagged"])).start();
    sign_in(flag, EMAIL).1.success();
    let variable = env.vtexid(base).env("VTEX_ACCOUNT", "variable").start();
    sign_in(variable, EMAIL).1.success();
    let argument = env
        .login_tool("Argument", &[])
        .env("VTEX_ACCOUNT", "variable");
    sign_in(argument.start(), EMAIL).1.success();
    for account in ["flagged", "variable", "argument"] {
        assert_eq!(claims(&env.token(account))["account"], account);
    }
    env.login_tool("one", &["-a", "two"])
        .run()
        .code(2)
        .stderr(contains("one").and(contains("two")));
}

#[test]
#[cfg(target_os = "linux")]
fn a_missing_keyring_is_found_before_vtex_is_asked() {
    let env = TestEnv::new();
    let bare = env.vtexid(["login", "mystore", "--no-browser"]);
    for login in [
        bare,
        env.vtexid(["login", "mystore", "--no-browser", "--store", "keyring"]),
    ] {
        login
            .run()
            .code(5)
            .stdout("")
            .stderr(contains("this machine has no keyring"))
            .stderr(contains("--store file"));
    }
    let without = env.vtexid(["login", "mystore", "--no-browser"]);
    without
        .without("DBUS_SESSION_BUS_ADDRESS")
        .run()
        .code(5)
        .stdout("");
    assert!(env.sandbox.requests().is_empty());
    env.assert_nothing_kept();
}

#[test]
fn a_folder_that_cannot_be_written_is_found_before_vtex_is_asked() {
    let env = TestEnv::new();
    // Not even root can make a folder inside a file.
    std::fs::write(env.dir(), "").unwrap();
    env.login_tool("mystore", &[])
        .run()
        .code(1)
        .stdout("")
        .stderr(contains(env.dir().display().to_string()).and(contains("VTEXID_DIR")));
    assert!(env.sandbox.requests().is_empty());
}

#[test]
fn verbose_shows_the_requests_and_no_more() {
    let env = TestEnv::new();
    let login = env.login_tool("mystore", &["-v"]).start();
    let (_, done) = sign_in(login, EMAIL);
    let host = format!("mystore.localhost:{}", env.sandbox.port());
    done.success()
        .stdout("")
        .stderr(contains(format!("POST {host} {START}: 200")))
        .stderr(contains(format!("POST {host} {VALIDATE}: 200")))
        .stderr(contains("secretHash").not());
}

#[test]
fn the_sandbox_is_never_mistaken_for_vtex() {
    let env = TestEnv::new();
    let done = env.login("mystore");
    let at = env.sandbox.url().replace("http://", "");
    done.stderr(starts_with("warning: using the sandbox at ").and(contains(at)));
}

/// The address the browser ends on.
fn final_url(page: &str) -> String {
    let ticket = Browser::default().sign_in(page, EMAIL);
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("ott", &ticket.ott)
        .finish();
    format!("{}?{query}", ticket.loopback)
}

#[test]
fn a_line_on_stdin_is_as_good_as_a_paste() {
    use std::io::Read as _;
    let env = TestEnv::new();
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    let login = env
        .login_tool("mystore", &[])
        .stdin_from(reader.try_clone().unwrap())
        .start();
    login.wait_for("send the final URL to stdin as one line");
    writer.write_all(b"what now\n").unwrap();
    login.wait_for("this is not the final URL, which begins with http://127.0.0.1");
    let url = final_url(&login.page());
    writer
        .write_all(format!("{url}\nthe rest").as_bytes())
        .unwrap();
    login.finish().success().stdout("");
    drop(writer);
    // What follows may be meant for the next program.
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "the rest");
}

#[test]
fn the_last_line_on_stdin_needs_no_line_end() {
    let env = TestEnv::new();
    let (reader, mut writer) = std::io::pipe().unwrap();
    let login = env.login_tool("mystore", &[]).stdin_from(reader).start();
    let url = final_url(&login.page());
    writer.write_all(url.as_bytes()).unwrap();
    drop(writer);
    login.finish().success();
}

#[test]
fn an_empty_pipe_a_file_and_a_pipe_without_no_browser_are_left_alone() {
    use std::io::Read as _;
    let env = TestEnv::new();
    let login = env.login_tool("mystore", &[]).stdin("").start();
    sign_in(login, EMAIL).1.success();

    let list = env.root().join("list");
    std::fs::write(&list, "http://127.0.0.1/?ott=somethingElse\n").unwrap();
    let file = std::fs::File::open(list).unwrap();
    let fresh = env.login_tool("mystore", &["--fresh"]);
    let (_, done) = sign_in(fresh.stdin_from(file).start(), EMAIL);
    let words = stderr(&done.success());
    assert!(!words.contains("stdin"), "{words}");
    assert!(!words.contains("rejected"), "{words}");

    let (mut reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"mine").unwrap();
    drop(writer);
    let login = env
        .vtexid(["login", "mystore", "--fresh"])
        .env("BROWSER", "none")
        .stdin_from(reader.try_clone().unwrap());
    sign_in(login.start(), EMAIL).1.success();
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "mine");
}

#[test]
fn login_announces_the_browsers_question() {
    let env = TestEnv::new();
    let desktop = env
        .login_tool("mystore", &[])
        .env("DISPLAY", ":4711")
        .env("WAYLAND_DISPLAY", "");
    let login = desktop.start();
    let words = login.wait_for("on this device, choose Allow\n");
    let line = words.lines().find(|line| line.contains("choose Allow"));
    assert_eq!(
        line,
        Some("if the browser asks to access other apps and services on this device, choose Allow")
    );
    sign_in(login, EMAIL).1.success();
    // A browser on another machine asks about that machine.
    let ssh = env
        .login_tool("mystore", &["--fresh"])
        .env("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.9 22");
    let (_, done) = sign_in(ssh.start(), EMAIL);
    let words = stderr(&done.success());
    assert!(!words.contains("choose Allow"), "{words}");
}
