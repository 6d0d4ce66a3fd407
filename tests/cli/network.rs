//! The way to VTEX's real addresses: through a proxy, past certificates of
//! one's own. A proxy on this machine plays all of the internet, so nothing
//! leaves it.

use crate::{
    browser::Browser,
    env::{EMAIL, TestEnv, Tool, stderr, stdout},
    proxy::Proxy,
    sandbox,
};

/// A proxy for this machine.
fn proxy_for(env: &TestEnv) -> Proxy {
    Proxy::start(env.root(), env.sandbox.port())
}

/// The tool, set up as on a machine behind this proxy.
fn tool(proxy: &Proxy, env: &TestEnv, arguments: &[&str]) -> Tool {
    env.vtexid(arguments)
        .without("VTEXID_URL")
        .env("HTTPS_PROXY", proxy.url())
        .env("SSL_CERT_FILE", &proxy.authority)
}

fn pair(tool: Tool) -> Tool {
    tool.env("VTEX_APP_KEY", sandbox::app_key("mystore"))
        .env("VTEX_APP_TOKEN", sandbox::app_token())
}

#[test]
fn a_token_is_made_through_a_proxy_and_a_private_authority() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let done = pair(tool(&proxy, &env, &["apptoken"])).run().success();
    assert!(stdout(&done).starts_with("eyJ"));
    let heads = proxy.heads();
    assert!(
        heads[0].starts_with("CONNECT mystore.vtexcommercestable.com.br:443 HTTP/1.1\r\n"),
        "{heads:?}"
    );
    // user:pass
    assert!(
        heads[0]
            .to_lowercase()
            .contains("proxy-authorization: basic dxnlcjpwyxnz"),
        "{heads:?}"
    );
}

#[test]
fn a_login_goes_through_the_proxy_but_its_listener_does_not() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let login = tool(
        &proxy,
        &env,
        &["login", "mystore", "--no-browser", "--store", "file"],
    )
    .start();
    let page = login.page();
    let rest = page
        .strip_prefix("https://mystore.myvtex.com/")
        .expect("a page of the real site");
    let here = format!("http://mystore.localhost:{}/{rest}", env.sandbox.port());
    let answer = Browser::default().log_in(&here, EMAIL);
    assert_eq!(answer.status, 200, "{answer:?}");
    let done = login.finish().success();
    assert!(stderr(&done).contains("logged in to mystore as dev@example.com"));
    assert!(
        proxy
            .heads()
            .iter()
            .all(|head| head.starts_with("CONNECT mystore.myvtex.com:443 ")),
        "{:?}",
        proxy.heads()
    );
}

#[test]
fn an_authority_that_is_not_trusted_is_named_as_the_reason() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let other = TestEnv::new();
    let stranger = proxy_for(&other);
    let done = pair(tool(&proxy, &env, &["apptoken"]))
        .env("SSL_CERT_FILE", &stranger.authority)
        .run()
        .code(6)
        .stdout("");
    let words = stderr(&done);
    assert!(
        words.contains("mystore.vtexcommercestable.com.br"),
        "{words}"
    );
    assert!(words.contains("certificate"), "{words}");
    assert!(words.contains("SSL_CERT_FILE"), "{words}");
    assert_eq!(env.sandbox.requests().len(), 0);
}

#[test]
fn a_proxy_that_is_not_there_is_a_network_failure() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let done = pair(tool(&proxy, &env, &["apptoken"]))
        .env("HTTPS_PROXY", "http://user:hunter2@127.0.0.1:1")
        .run()
        .code(6)
        .stdout("");
    let words = stderr(&done);
    assert!(words.contains("HTTPS_PROXY"), "{words}");
    assert!(!words.contains("hunter2"), "{words}");
}

#[test]
fn a_missing_certificate_file_is_named() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let done = pair(tool(&proxy, &env, &["apptoken"]))
        .env("SSL_CERT_FILE", env.root().join("nowhere.pem"))
        .run()
        .code(1)
        .stdout("");
    assert!(stderr(&done).contains("SSL_CERT_FILE"));
}

#[test]
fn a_proxy_is_never_asked_about_this_machine() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let url = format!("http://127.0.0.1:{}", proxy.port);
    pair(env.vtexid(["apptoken"]))
        .env("HTTP_PROXY", &url)
        .env("http_proxy", &url)
        .env("ALL_PROXY", &url)
        .run()
        .success();
    assert_eq!(proxy.heads().len(), 0);
}

#[test]
fn a_certificate_of_another_time_names_the_clock() {
    for years in [(2001, 2002), (2090, 2091)] {
        let env = TestEnv::new();
        let proxy = Proxy::with_dates(env.root(), env.sandbox.port(), Some(years));
        let done = pair(tool(&proxy, &env, &["apptoken"])).run().code(6);
        let words = stderr(&done.stdout(""));
        assert!(
            words.contains("hint: check this machine's clock"),
            "{years:?}: {words}"
        );
    }
}
