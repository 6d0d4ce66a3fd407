//! What pages of other sites can do in a real Chromium while somebody logs in, and the real login after each.

use crate::browser::{self, Browser};
use crate::chromium::ONE_AT_A_TIME;
use crate::home::{ACCOUNT, EMAIL, Home};
use crate::pages::Pages;
use crate::parts;
use crate::process::{LIMIT, Outcome, Running, eventually};
use crate::sandbox::{Options, Sandbox};

/// What became of a login beside a page of another site.
struct Attacked {
    outcome: Outcome,
    /// One-time tokens that VTEX ID was asked about before the person signed in.
    tried: usize,
}

/// Logs in while the page is open. It gets the listener's address for `CALLBACK`, and sets its title to `done`.
/// The person signs in once `ready` says so of the requests to the page's site.
fn log_in_beside(
    page: &str,
    failures: &[&str],
    ready: impl Fn(&[String]) -> bool,
) -> Option<Attacked> {
    if !parts::present(&browser::PARTS) {
        return None;
    }
    let _one = ONE_AT_A_TIME
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let failures = failures.iter().map(|text| text.parse().unwrap()).collect();
    let sandbox = Sandbox::start(Options {
        failures,
        ..Options::default()
    })
    .unwrap();
    let login_site = format!("http://{ACCOUNT}.localhost:{}/", sandbox.port());
    let mut home = Home::new();
    home.set("VTEXID_URL", sandbox.url());
    let mut browser = Browser::install(&mut home);
    let mut login = Running::start(home.vtexid(&["login", ACCOUNT, "--store", "file"]));
    login.close_stdin();
    browser.attach(&login_site);

    let start = &sandbox.requests()[0];
    let callback = start.form("loopbackUrl").unwrap();
    let site = Pages::serve(&page.replace("CALLBACK", &callback));
    browser.open_beside(&site.url());
    eventually("what the page does is done", || {
        ready(&site.requests()).then_some(())
    });
    let tried = |sandbox: &Sandbox| {
        let requests = sandbox.requests();
        let validate = |path: &str| path.ends_with("/toolbelt/validate");
        requests.iter().filter(|r| validate(&r.path)).count()
    };
    let tried = tried(&sandbox);

    browser.type_into("#email", EMAIL);
    browser.click("#sign-in");
    browser.await_true("document.title.startsWith('You are logged in')");
    let outcome = login.wait(LIMIT);
    assert!(outcome.stderr.contains(EMAIL), "{outcome:?}");
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    Some(Attacked { outcome, tried })
}

#[test]
fn prefetching_made_up_callbacks_uses_nothing_up() {
    let page = r#"<!doctype html><title>done</title>
        <script type="speculationrules">{"prefetch": [{"source": "list", "eagerness": "immediate", "urls": [
            "CALLBACK?ott=madeUp1", "CALLBACK?ott=madeUp2", "CALLBACK?ott=madeUp3",
            "CALLBACK?ott=madeUp4", "CALLBACK?ott=madeUp5", "CALLBACK?ott=madeUp6", "SITE/seen"
        ]}]}</script>"#;
    // Chromium does load what the page tells it to.
    let is_seen =
        |head: &str| head.starts_with("get /seen") && head.contains("sec-purpose: prefetch");
    let Some(attacked) = log_in_beside(page, &[], |site| site.iter().any(|head| is_seen(head)))
    else {
        return;
    };
    assert_eq!(attacked.tried, 0);
}

#[test]
fn leading_the_browser_to_made_up_callbacks_ends_no_login() {
    // Each is stopped while VTEX ID is still being asked, so that the page stays.
    let page = r#"<!doctype html><title>busy</title><script>
        const pause = () => new Promise(r => setTimeout(r, 100));
        (async () => {
            for (let n = 0; n < 5; n += 1) {
                location = `CALLBACK?ott=madeUp${n}`;
                await pause();
                window.stop();
            }
            document.title = "done";
        })();
        </script>"#;
    let slow = "/api/vtexid/toolbelt/validate=delay:1s*5";
    let Some(attacked) = log_in_beside(page, &[slow], |_| true) else {
        return;
    };
    assert!(attacked.tried > 0, "the page led nowhere");
    let words = &attacked.outcome.stderr;
    assert!(words.contains("VTEX ID rejected"), "{words}");
}

#[test]
fn a_frame_in_a_sandbox_uses_nothing_up() {
    let page = r#"<!doctype html><title>busy</title>
        <iframe sandbox="allow-scripts" srcdoc="<script>
            (async () => {
                for (let n = 0; n < 6; n += 1) {
                    await fetch(`CALLBACK?ott=madeUp${n}`).catch(() => {});
                    await fetch(`CALLBACK`, {method: 'POST', body: `ott=madeUp${n}`}).catch(() => {});
                }
                parent.postMessage('done', '*');
            })();
        </script>"></iframe>
        <script>onmessage = (e) => document.title = e.data</script>"#;
    let Some(attacked) = log_in_beside(page, &[], |_| true) else {
        return;
    };
    assert_eq!(attacked.tried, 0);
    let words = &attacked.outcome.stderr;
    assert_eq!(words.matches("`Origin: null`").count(), 1, "{words}");
}
