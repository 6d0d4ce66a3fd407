//! The way to VTEX's real addresses: through a proxy, past certificates of
//! one's own. A proxy on this machine plays all of the internet, so nothing
//! leaves it.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::{
    browser::Browser,
    env::{EMAIL, TestEnv, Tool, answer, limit, stderr, stdout, token_of},
    sandbox, socks,
    support::proxy::Proxy,
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

fn user_token() -> String {
    token_of(&serde_json::json!({
        "sub": "dev@example.com", "userId": "1", "account": "mystore", "audience": "admin"
    }))
}

/// The tool behind whatever these variables say, with the pair of `mystore`.
fn behind(proxy: &Proxy, env: &TestEnv, arguments: &[&str], variables: &[(&str, &str)]) -> Tool {
    let tool = pair(tool(proxy, env, arguments)).without("HTTPS_PROXY");
    variables
        .iter()
        .fold(tool, |tool, (name, value)| tool.env(name, value))
}

fn network(done: &assert_cmd::assert::Assert) -> serde_json::Value {
    let report = answer(done);
    let mut checks = report["checks"].as_array().unwrap().iter();
    checks.find(|c| c["name"] == "network").unwrap().clone()
}

#[test]
fn a_proxy_that_cannot_be_used_is_refused_and_nothing_is_sent() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let port = proxy.port;
    for value in [
        format!("http://user:hunter2@127.0.0.1 :{port}"),
        format!("http://us er:hunter2@127.0.0.1:{port}"),
        format!("htp://user:hunter2@127.0.0.1:{port}"),
        format!("http:/user:hunter2@127.0.0.1:{port}"),
        format!("http://DOM\\user:hunter2@127.0.0.1:{port}"),
        format!("http://user:hunter2#@127.0.0.1:{port}"),
        format!("http://user:hunter2/x@127.0.0.1:{port}"),
        format!("http://user:hunter2?x@127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}/hunter2.pac"),
        "http://hunter2:99999".to_owned(),
        "http://".to_owned(),
        "hunter2%20:3128".to_owned(),
        "socks5://hunter2%20:3128".to_owned(),
        "socks5://hunter2|:3128".to_owned(),
        "direct://".to_owned(),
        "none".to_owned() + "\u{7f}hunter2",
    ] {
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            let done = behind(&proxy, &env, &["apptoken"], &[(name, &value)])
                .run()
                .code(2)
                .stdout("");
            let words = stderr(&done);
            // Windows has one variable for both.
            let said = if cfg!(windows) {
                name.to_uppercase()
            } else {
                name.to_owned()
            };
            assert!(words.contains(&format!("invalid {said}: ")), "{words}");
            assert!(words.contains("hint: "), "{words}");
            assert!(!words.contains("hunter2"), "{words}");
        }
        let done = behind(
            &proxy,
            &env,
            &["doctor", "--json"],
            &[("HTTPS_PROXY", &value)],
        )
        .run()
        .failure();
        let found = network(&done);
        assert_eq!(found["verdict"], "problem", "{value}: {found}");
        assert!(!found.to_string().contains("hunter2"), "{found}");
    }
    assert_eq!(proxy.heads().len(), 0);
    assert_eq!(env.sandbox.requests().len(), 0);
}

#[test]
fn a_proxy_with_quotes_spaces_or_without_a_scheme_is_read() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let port = proxy.port;
    for value in [
        format!(" http://127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}\r"),
        format!("\"http://127.0.0.1:{port}\""),
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("HTTP://127.0.0.1:{port}/"),
    ] {
        let before = proxy.heads().len();
        behind(&proxy, &env, &["apptoken"], &[("HTTPS_PROXY", &value)])
            .run()
            .success();
        assert_eq!(proxy.heads().len(), before + 1, "{value}");
    }
    // The last `@` ends the password; the server is given the one that is meant.
    let value = format!("http://user:p@ss@127.0.0.1:{port}");
    behind(&proxy, &env, &["apptoken"], &[("HTTPS_PROXY", &value)])
        .run()
        .success();
    let head = proxy.heads().pop().unwrap().to_lowercase();
    assert!(head.contains("basic dxnlcjpwqhnz"), "{head}");
}

#[test]
#[cfg(target_os = "linux")]
fn only_the_proxy_that_would_be_used_is_refused_and_doctor_names_the_others() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let good = proxy.url();
    for (name, used) in [
        ("all_proxy", "HTTPS_PROXY"),
        ("ALL_PROXY", "https_proxy"),
        ("https_proxy", "HTTPS_PROXY"),
    ] {
        let variables = [(used, &*good), (name, "htp://hunter2")];
        behind(&proxy, &env, &["apptoken"], &variables)
            .run()
            .success();
        let done = behind(&proxy, &env, &["doctor", "--json"], &variables)
            .run()
            .code(5);
        let found = network(&done);
        assert_eq!(found["verdict"], "warning", "{found}");
        let words = found["found"].as_str().unwrap();
        assert!(words.contains(&format!("({used})")), "{words}");
        assert!(
            words.contains(&format!("ignoring invalid {name}")),
            "{words}"
        );
        assert!(!words.contains("hunter2") && !words.contains("pass"));
    }
    // As GNOME sets them.
    let socks = format!("socks://127.0.0.1:{}/", proxy.port);
    let variables = [("https_proxy", &*good), ("all_proxy", &*socks)];
    let done = behind(&proxy, &env, &["doctor", "--json"], &variables).run();
    assert_eq!(network(&done)["verdict"], "ok");
    // An empty variable counts as unset.
    let variables = [("HTTPS_PROXY", ""), ("https_proxy", &*good)];
    let before = proxy.heads().len();
    behind(&proxy, &env, &["apptoken"], &variables)
        .run()
        .success();
    assert_eq!(proxy.heads().len(), before + 1);
}

#[test]
fn a_socks_proxy_works_and_is_given_the_name() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let port = socks::start(proxy.port);
    for scheme in ["socks", "socks5h", "SOCKS"] {
        let value = format!("{scheme}://127.0.0.1:{port}/");
        behind(&proxy, &env, &["apptoken"], &[("ALL_PROXY", &value)])
            .run()
            .success();
        let head = proxy.heads().pop().unwrap();
        assert!(
            head.starts_with(
                "CONNECT mystore.vtexcommercestable.com.br:443 HTTP/1.1\r\nVia: socks"
            ),
            "{head}"
        );
    }
    let variables = [("ALL_PROXY", "socks://127.0.0.1:1")];
    let done = behind(&proxy, &env, &["apptoken"], &variables)
        .run()
        .code(6);
    let words = stderr(&done);
    assert!(
        words.contains("through the proxy 127.0.0.1:1 (ALL_PROXY): "),
        "{words}"
    );
}

/// Runs without any network, so that a direct connection fails.
#[cfg(target_os = "linux")]
#[test]
fn no_proxy_is_read_as_other_programs_read_it() {
    use crate::support::parts;
    const NO_NETWORK: [&str; 3] = ["-r", "-n", "--"];
    if !parts::can_unshare(&NO_NETWORK) {
        return;
    }
    let env = TestEnv::new();
    let token = user_token();
    let direct = |name: &str, value: &str| {
        let arguments = [env!("CARGO_BIN_EXE_vtexid"), "inspect", "--roles", "--json"];
        let done = env
            .program("unshare", NO_NETWORK.iter().chain(&arguments))
            .without("VTEXID_URL")
            .env("PATH", parts::path())
            .env("HTTPS_PROXY", "http://user:hunter2@127.0.0.1:1")
            .env(name, value)
            .stdin(&*token)
            .run()
            .success();
        let words = stdout(&done);
        assert!(
            words.contains("could not reach mystore.vtexcommercestable.com.br"),
            "{words}"
        );
        !words.contains("through the proxy 127.0.0.1:1 (HTTPS_PROXY)")
    };
    for value in [
        "h:80,.example.com, ,,*.vtex.com.br,mystore,commercestable.com.br",
        "mystore.vtexcommercestable.com.br:8443",
        "store.vtexcommercestable.com.br",
    ] {
        assert!(!direct("NO_PROXY", value), "{value}");
    }
    for value in [
        "*",
        "*.vtexcommercestable.com.br",
        "a b .VTEXcommercestable.com.br",
        "a, mystore.vtexcommercestable.com.br:443",
    ] {
        assert!(direct("no_proxy", value), "{value}");
    }
}

#[test]
fn doctor_lists_the_hosts_without_proxy() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let url = proxy.url();
    let variables = [("HTTPS_PROXY", &*url), ("NO_PROXY", "*.myvtex.com")];
    let done = behind(&proxy, &env, &["doctor", "--json"], &variables).run();
    let found = network(&done)["found"].to_string();
    assert!(
        found.contains("no proxy for myvtex.com (NO_PROXY)"),
        "{found}"
    );
}

#[test]
fn a_failing_proxy_is_named_and_not_vtex() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let value = "http://user:hunt@er2@127.0.0.1:1";
    let done = behind(&proxy, &env, &["apptoken"], &[("HTTPS_PROXY", value)])
        .run()
        .code(6);
    let words = stderr(&done);
    assert!(
        words.contains("through the proxy 127.0.0.1:1 (HTTPS_PROXY): "),
        "{words}"
    );
    assert!(!words.contains("er2"), "{words}");
}

#[test]
fn the_limit_that_ended_a_request_is_named() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    // It takes connections, and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let value = format!("http://{}", silent.local_addr().unwrap());
    // License Manager is asked once only.
    let done = behind(
        &proxy,
        &env,
        &["inspect", "--roles", "--json"],
        &[("HTTPS_PROXY", &value)],
    )
    .stdin(user_token())
    .run()
    .success();
    let words = stdout(&done);
    let expected = format!("no connection within {}", limit("10s", "3s"));
    assert!(words.contains(&expected), "{words}");
}

#[test]
fn a_bad_certificate_file_is_named_with_the_reason() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let pem = std::fs::read_to_string(&proxy.authority).unwrap();
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = BASE64_STANDARD.decode(base64).unwrap();
    let utf16: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(pem.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let path = env.root().join("given.pem");
    for (content, says) in [
        (der, "it is DER, not PEM"),
        (format!("\u{feff}{pem}").into(), "byte order mark"),
        // The second certificate would do, and would hide that the first is skipped.
        (format!("\u{feff}{pem}{pem}").into(), "byte order mark"),
        (utf16, "byte order mark"),
        (Vec::new(), "it is empty"),
        (b"hello".to_vec(), "no certificate in it"),
    ] {
        std::fs::write(&path, content).unwrap();
        let given = [("HTTPS_PROXY", &*proxy.url())];
        let run = |arguments: &[&str]| {
            behind(&proxy, &env, arguments, &given)
                .env("SSL_CERT_FILE", &path)
                .run()
        };
        let words = stderr(&run(&["apptoken"]).code(1).stdout(""));
        let named = format!("invalid SSL_CERT_FILE {}: ", path.display());
        assert!(words.contains(&named) && words.contains(says), "{words}");
        assert!(words.contains("hint: "), "{words}");
        let found = network(&run(&["doctor", "--json"]));
        assert_eq!(found["verdict"], "problem", "{found}");
        assert!(found["found"].as_str().unwrap().contains(says), "{found}");
    }
    assert_eq!(proxy.heads().len(), 0);
    // Other certificates beside it do not make up for it.
    behind(
        &proxy,
        &env,
        &["apptoken"],
        &[("HTTPS_PROXY", &proxy.url())],
    )
    .env("SSL_CERT_FILE", &path)
    .env("SSL_CERT_DIR", env.root())
    .run()
    .code(1);
}

#[test]
fn certificates_come_from_folders_as_well() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let url = proxy.url();
    let dir = |name: &str| {
        let path = env.root().join(name);
        std::fs::create_dir(&path).unwrap();
        path
    };
    let (good, empty) = (dir("good"), dir("empty"));
    std::fs::write(good.join("README"), "hello").unwrap();
    std::fs::rename(&proxy.authority, good.join("1234abcd.0")).unwrap();
    let with = |arguments: &[&str], dirs: &[&std::path::Path]| {
        behind(&proxy, &env, arguments, &[("HTTPS_PROXY", &url)])
            // An empty variable counts as unset.
            .env("SSL_CERT_FILE", "")
            .env("SSL_CERT_DIR", std::env::join_paths(dirs).unwrap())
            .run()
    };
    let nowhere = env.root().join("nowhere");
    with(&["apptoken"], &[&good]).success();
    with(&["apptoken"], &[&nowhere, &empty, &good]).success();
    let found = network(&with(&["doctor", "--json"], &[&nowhere, &good]));
    assert_eq!(found["verdict"], "warning", "{found}");
    assert!(found.to_string().contains("nowhere"), "{found}");
    let words = stderr(&with(&["apptoken"], &[&nowhere, &empty]).code(1));
    assert!(words.contains("invalid SSL_CERT_DIR "), "{words}");
    assert!(words.contains("nowhere"), "{words}");
}

/// As in an image without the package `ca-certificates`: the folders are hidden.
#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_certificates_is_told_to_install_them() {
    use crate::support::parts;
    const HIDE: &str =
        "for dir in /etc/ssl /usr/share/ca-certificates /etc/pki /usr/local/share/certs; do
        test ! -d $dir || mount -t tmpfs none $dir || exit; done; exec \"$@\"";
    if !parts::can_unshare(&["-r", "-m", "sh", "-c", HIDE, "sh"]) {
        return;
    }
    let env = TestEnv::new();
    let arguments = [
        "-r",
        "-m",
        "sh",
        "-c",
        HIDE,
        "sh",
        env!("CARGO_BIN_EXE_vtexid"),
        "apptoken",
    ];
    let done = pair(env.program("unshare", arguments))
        .without("VTEXID_URL")
        .env("PATH", parts::path())
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .run()
        .code(1)
        .stdout("");
    let words = stderr(&done);
    assert!(words.contains("found no certificates"), "{words}");
    assert!(words.contains("`ca-certificates`"), "{words}");
}

#[test]
fn an_authority_that_is_not_trusted_is_tried_once() {
    let env = TestEnv::new();
    let proxy = proxy_for(&env);
    let other = TestEnv::new();
    let unknown = other.root().join("unknown.pem");
    let certificate = rcgen::generate_simple_self_signed(["another".to_owned()]).unwrap();
    std::fs::write(&unknown, certificate.cert.pem()).unwrap();
    // The second has the name of the one that signed.
    for (tries, trusted) in [(1, unknown), (2, proxy_for(&other).authority)] {
        let done = pair(tool(&proxy, &env, &["apptoken"]))
            .env("SSL_CERT_FILE", trusted)
            .run()
            .code(6);
        assert_eq!(proxy.heads().len(), tries);
        let words = stderr(&done);
        assert!(words.contains("does not trust"), "{words}");
        assert!(
            words.contains("hint: ") && words.contains("SSL_CERT_FILE"),
            "{words}"
        );
    }
}
