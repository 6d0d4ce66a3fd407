//! Logging in with a real Chromium, opened by the tool itself, in every way VTEX ID may come back.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::browser::{self, Browser};
use crate::home::{ACCOUNT, EMAIL, Home};
use crate::http;
use crate::parts;
use crate::process::{LIMIT, Running, run};
use crate::sandbox::{Callback, LoginPage, Options, Sandbox};

/// One Chromium is enough for a small machine.
pub static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn log_in(callback: Callback, page: LoginPage) {
    if !parts::present(&browser::PARTS) {
        return;
    }
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let sandbox = Sandbox::start(Options {
        callback,
        page,
        ..Options::default()
    })
    .unwrap();
    let site = format!("http://{ACCOUNT}.localhost:{}/", sandbox.port());
    let mut home = Home::new();
    home.set("VTEXID_URL", sandbox.url());
    let mut browser = Browser::install(&mut home);
    if matches!(page, LoginPage::AuthServer) {
        // Once in the other form.
        browser.with_words(&mut home);
    }

    let mut login = Running::start(home.vtexid(&["login", ACCOUNT, "--store", "file"]));
    login.close_stdin();
    browser.attach(&site);
    let asked =
        "performance.getEntries().map(entry => entry.name).filter(name => name.includes(':'))";
    let before = browser.evaluate(asked);
    let email = match page {
        LoginPage::AdminLogin => {
            browser.type_into("#email", EMAIL);
            EMAIL
        }
        LoginPage::AuthServer => "dev@example.com",
    };
    browser.click("#sign-in");
    browser
        .await_true("location.pathname.startsWith('/login/') && document.readyState == 'complete'");

    let outcome = login.wait(LIMIT);
    assert!(outcome.stderr.contains(email), "{outcome:?}");
    assert_eq!(outcome.success(), "");

    // The page, as a person sees it.
    let text = browser.evaluate("document.body.innerText");
    let text = text.as_str().unwrap();
    assert!(text.contains("You are logged in"), "{text}");
    assert!(text.contains(email) && text.contains(ACCOUNT), "{text}");
    let styled = browser.evaluate(
        "document.styleSheets.length == 1 && document.styleSheets[0].cssRules.length > 0",
    );
    assert_eq!(styled, true, "its own policy keeps its style out");

    // The one-time token is in nobody's sight any more.
    let here = browser.evaluate("location.href");
    let here = here.as_str().unwrap();
    let (loopback, visit) = here.split_once("login/").expect(here);
    assert!(loopback.starts_with("http://127.0.0.1:"), "{here}");
    assert!(visit.bytes().all(|b| b.is_ascii_hexdigit()), "{here}");
    for address in browser.history() {
        assert!(!address.contains("ott="), "{address}");
    }

    // Nothing else was asked for: no font, no script, no counter of somebody else's.
    let before: Vec<String> = serde_json::from_value(before).unwrap();
    let after: Vec<String> = serde_json::from_value(browser.evaluate(asked)).unwrap();
    let requested = browser.requested();
    assert!(requested.iter().any(|url| url == here), "{requested:?}");
    for url in before.iter().chain(&after).chain(requested) {
        assert!(url.starts_with(&site) || url.starts_with(loopback), "{url}");
    }

    let token = run(home.vtexid(&["local", "token"])).success();
    let header = format!("VtexIdclientAutCookie: {}", token.trim_end());
    let answer = http::get(&format!("{site}api/catalog_system/pvt/brand/list"), &header);
    assert_eq!(answer.status, 200, "{}", answer.body);
    let status = run(home.vtexid(&["status", "--json"])).success();
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["accounts"][0]["login"], email);
}

#[test]
fn by_a_redirect() {
    log_in(Callback::Get, LoginPage::AdminLogin);
}

#[test]
fn by_a_form() {
    log_in(Callback::Form, LoginPage::AdminLogin);
}

#[test]
fn by_a_script() {
    log_in(Callback::Json, LoginPage::AdminLogin);
}

#[test]
fn by_a_redirect_from_the_older_page() {
    log_in(Callback::Get, LoginPage::AuthServer);
}

#[test]
fn by_a_form_from_the_older_page() {
    log_in(Callback::Form, LoginPage::AuthServer);
}

#[test]
fn by_a_script_from_the_older_page() {
    log_in(Callback::Json, LoginPage::AuthServer);
}
