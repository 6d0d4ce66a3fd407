//! The formats that give a token to a browser, taken by a real Chromium.

use std::sync::PoisonError;

use serde_json::Value;

use crate::browser::{self, Browser};
use crate::chromium::ONE_AT_A_TIME;
use crate::home::Home;
use crate::parts;
use crate::process::{Running, eventually, run};
use crate::sandbox::{Options, Sandbox};

const COOKIE: &str = "VtexIdclientAutCookie_mystore";

#[test]
fn the_cookie_arrives_at_a_site_on_localhost() {
    if !parts::present(&browser::PARTS) {
        return;
    }
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let sandbox = Sandbox::start(Options {
        audience: "webstore".to_owned(),
        ..Options::default()
    })
    .unwrap();
    let mut home = Home::new();
    home.set("VTEXID_URL", sandbox.url());
    home.login(&["--store", "file"]).success();
    let print = |format: &str| run(home.vtexid(&["local", "token", "-f", format])).success();
    let (line, state) = (print("browser"), print("storage-state"));
    let token = print("raw").trim_end().to_owned();

    // Any site on localhost, such as a store's front end in development.
    let mut home = home;
    let site = format!("http://localhost:{}/", sandbox.port());
    home.set("SITE", &site);
    let mut browser = Browser::install(&mut home);
    let _running = Running::start(home.shell(r#""$BROWSER" "$SITE""#));
    browser.attach(&site);
    browser.await_true(&format!(
        "location.href == '{site}' && document.readyState == 'complete'"
    ));

    // What the site is sent with a request for this path.
    let sent = |browser: &mut Browser, path: &str| {
        browser.evaluate(&format!("fetch('{path}')"));
        eventually("the request", || {
            let requests = sandbox.requests();
            let request = requests.iter().find(|request| request.path == path)?;
            Some(request.cookie(COOKIE))
        })
    };
    assert_eq!(sent(&mut browser, "/before"), None);
    browser.evaluate(&line);
    assert_eq!(sent(&mut browser, "/line"), Some(token.clone()));

    browser.clear_cookies();
    assert_eq!(sent(&mut browser, "/cleared"), None);
    let state: Value = serde_json::from_str(&state).unwrap();
    browser.set_cookies(&state["cookies"]);
    assert_eq!(sent(&mut browser, "/state"), Some(token));
}
