//! The page that a login ends on.

use super::*;

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
