//! What a login says, asks and saves.

use super::*;

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
