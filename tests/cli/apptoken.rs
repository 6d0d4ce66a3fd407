//! `vtexid apptoken`

use std::fs;

use predicates::{prelude::PredicateBooleanExt as _, str::contains};
use serde_json::json;

use crate::{
    env::{TestEnv, Tool, answer, claims, is_nasty, names, stderr, stdout, token_of},
    sandbox::{Failure, How, Options, app_key, app_token},
};

const LOGIN: &str = "/api/vtexid/apptoken/login";

/// With the pair of `mystore` in the environment.
fn with_pair(env: &TestEnv, more: &[&str]) -> Tool {
    env.vtexid(["apptoken"].iter().chain(more))
        .env("VTEX_APP_KEY", app_key("mystore"))
        .env("VTEX_APP_TOKEN", app_token())
}

fn assert_is_token(text: &str, account: &str) {
    let token = text.strip_suffix('\n').unwrap();
    assert_eq!(claims(token)["sub"], app_key(account));
    assert_eq!(claims(token)["type"], "appkey");
}

#[test]
fn the_pair_comes_from_the_environment() {
    let env = TestEnv::new();
    let done = with_pair(&env, &["-q"]).run().success();
    assert_eq!(
        stderr(&done).lines().count(),
        1,
        "more than the warning of VTEXID_URL"
    );
    assert_is_token(&stdout(&done), "mystore");
    let [request] = &env.sandbox.requests()[..] else {
        panic!("one request is enough")
    };
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", LOGIN)
    );
    assert_eq!(request.header("Content-Type"), Some("application/json"));
    assert!(request.query.is_empty());
    let agent = concat!("vtexid/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("User-Agent"), Some(agent));
}

#[test]
fn the_pair_comes_from_flags() {
    let env = TestEnv::new();
    let key = app_key("mystore");
    let file = env.home().join("app-token");
    for ending in ["", "\n", "\r\n"] {
        fs::write(&file, app_token() + ending).unwrap();
        let path = file.to_str().unwrap();
        let arguments = ["apptoken", "--app-key", &key, "--app-token-file", path];
        assert_is_token(&stdout(&env.vtexid(arguments).run().success()), "mystore");

        let arguments = ["apptoken", "--app-key", &key, "--app-token-file", "-"];
        let piped = env.vtexid(arguments).stdin(app_token() + ending).run();
        assert_is_token(&stdout(&piped.success()), "mystore");
    }
}

#[test]
fn the_formats_are_those_of_local_token() {
    let env = TestEnv::new();
    let header = stdout(&with_pair(&env, &["--format", "header"]).run().success());
    assert_is_token(
        header.strip_prefix("VtexIdclientAutCookie: ").unwrap(),
        "mystore",
    );
    for json in [["--json", "-q"], ["--format", "json"]] {
        let json = answer(&with_pair(&env, &json).run().success());
        assert_eq!(
            names(&json),
            [
                "token",
                "kind",
                "account",
                "login",
                "header",
                "cookie",
                "expires_at",
                "expires_on",
                "source"
            ]
        );
        assert_eq!(json["kind"], "app-key");
        assert_eq!(json["account"], "mystore");
        assert_eq!(json["login"], app_key("mystore"));
        assert_eq!(
            json["expires_on"],
            claims(json["token"].as_str().unwrap())["exp"]
        );
    }
}

#[test]
fn the_account_is_the_one_named_else_the_keys() {
    let env = TestEnv::new();
    // The key of a name with a dash in it.
    let key = app_key("my-store");
    let run = |more: &[&str], variable: &str, key: &str| {
        let done = env
            .vtexid(["apptoken"].iter().chain(more))
            .env("VTEX_APP_KEY", key)
            .env("VTEX_APP_TOKEN", app_token())
            .env("VTEX_ACCOUNT", variable)
            .run();
        let host = env.sandbox.requests().pop().unwrap().host;
        (done, host.split('.').next().unwrap().to_owned())
    };
    let (done, host) = run(&[], "", &key);
    assert_eq!(host, "my-store");
    done.success();
    assert_eq!(run(&[], "variable", &key).1, "variable");
    assert_eq!(run(&["-a", "flagged"], "variable", &key).1, "flagged");
}

#[test]
fn a_key_that_names_no_account_needs_one() {
    let env = TestEnv::new();
    let arguments = [
        "apptoken",
        "--app-key",
        "vtexappkey-",
        "--app-token-file",
        "-",
    ];
    env.vtexid(arguments)
        .stdin(app_token())
        .run()
        .code(2)
        .stdout("")
        .stderr(contains("--account").and(contains("VTEX_ACCOUNT")));
    assert!(env.sandbox.requests().is_empty());
}

#[test]
fn a_rejected_pair_is_named_without_its_secret() {
    let env = TestEnv::new();
    let wrong = "CANARY".repeat(20);
    let key = app_key("mystore");
    let done = with_pair(&env, &["-v", "-a", "otherstore"])
        .env("VTEX_APP_TOKEN", &wrong)
        .run()
        .code(3)
        .stdout("")
        .stderr(contains(key).and(contains("otherstore")))
        .stderr(contains("hint: "));
    assert!(!stderr(&done).contains("CANARY"), "{}", stderr(&done));
}

#[test]
fn it_needs_no_home_and_writes_nothing() {
    let env = TestEnv::new();
    let dirs = |tool: Tool| {
        tool.without("VTEXID_DIR")
            .without("DBUS_SESSION_BUS_ADDRESS")
    };
    let homeless = dirs(with_pair(&env, &[])).without("HOME").run().success();
    assert_is_token(&stdout(&homeless), "mystore");
    dirs(with_pair(&env, &[])).run().success();
    assert!(env.files().is_empty(), "{:?}", env.files());
    assert_eq!(fs::read_dir(env.home()).unwrap().count(), 0);
    assert_eq!(fs::read_dir(env.root()).unwrap().count(), 1);
}

#[test]
fn it_works_in_ci_and_beside_a_damaged_index() {
    let env = TestEnv::new();
    fs::write(env.dir(), "not even a folder").unwrap();
    with_pair(&env, &[]).env("CI", "true").run().success();
    assert_eq!(fs::read(env.dir()).unwrap(), b"not even a folder");
}

#[test]
fn half_a_pair_is_wrong_usage() {
    let env = TestEnv::new();
    with_pair(&env, &[])
        .without("VTEX_APP_KEY")
        .run()
        .code(2)
        .stdout("")
        .stderr(contains("VTEX_APP_KEY").and(contains("--app-key")));
    with_pair(&env, &[])
        .without("VTEX_APP_TOKEN")
        .run()
        .code(2)
        .stdout("")
        .stderr(contains("VTEX_APP_TOKEN").and(contains("--app-token-file")));
    assert!(env.sandbox.requests().is_empty());
}

#[test]
fn what_cannot_be_an_app_token_is_not_sent() {
    let env = TestEnv::new();
    let key = app_key("mystore");
    let arguments = ["apptoken", "--app-key", &key, "--app-token-file", "-"];
    for (input, code) in [
        (String::new(), 2),
        ("\n".to_owned(), 2),
        ("CANARY\nCANARY\n".to_owned(), 2),
        ("CANARY CANARY".to_owned(), 2),
        ("CANARY".repeat(100_000), 2),
    ] {
        let done = env
            .vtexid(arguments)
            .stdin(input)
            .run()
            .code(code)
            .stdout("");
        assert!(!stderr(&done).contains("CANARY"), "{}", stderr(&done));
    }
    env.vtexid(arguments)
        .stdin(b"\xff\xfe")
        .run()
        .failure()
        .stdout("");
    let missing = [
        "apptoken",
        "--app-key",
        &key,
        "--app-token-file",
        "no-such-file",
    ];
    env.vtexid(missing)
        .run()
        .code(1)
        .stdout("")
        .stderr(contains("no-such-file"));
    with_pair(&env, &[])
        .env("VTEX_APP_TOKEN", "CANARY\nCANARY")
        .run()
        .code(2);
    assert!(env.sandbox.requests().is_empty());
}

#[test]
fn an_app_token_in_the_wrong_place_is_not_repeated() {
    let env = TestEnv::new();
    let secret = app_token();
    for arguments in [
        vec!["apptoken".to_owned(), secret.clone()],
        vec!["apptoken".to_owned(), format!("--app-token={secret}")],
        vec![
            "apptoken".to_owned(),
            "--app-token".to_owned(),
            secret.clone(),
        ],
        vec![
            "apptoken".to_owned(),
            "--app-key".to_owned(),
            secret.clone(),
        ],
        vec!["apptoken".to_owned(), "-a".to_owned(), secret.clone()],
        vec!["apptoken".to_owned(), "--format".to_owned(), secret.clone()],
    ] {
        let done = env.vtexid(&arguments).run().code(2).stdout("");
        assert!(!stderr(&done).contains(&secret), "{}", stderr(&done));
    }
    assert!(env.sandbox.requests().is_empty());
}

#[test]
fn an_app_token_is_not_used_for_another_key() {
    let env = TestEnv::new();
    let other = app_key("otherstore");
    with_pair(&env, &["--app-key", &other])
        .run()
        .code(2)
        .stdout("")
        .stderr(contains(&other));
    assert!(env.sandbox.requests().is_empty());
    with_pair(&env, &["--app-key", &app_key("mystore")])
        .run()
        .success();
}

#[test]
fn if_vtex_id_fails_the_exit_code_is_6() {
    for how in ["500", "503", "429", "drop", "garbage", "huge"] {
        let env = TestEnv::new();
        env.fail(&format!("{LOGIN}={how}"));
        let host = format!("mystore.localhost:{}", env.sandbox.port());
        with_pair(&env, &[])
            .run()
            .code(6)
            .stdout("")
            .stderr(contains(host).and(contains("hint: ")));
    }
}

#[test]
fn an_answer_that_does_not_end_is_not_read_to_its_end() {
    let env = TestEnv::new();
    env.fail(&format!("{LOGIN}=huge"));
    with_pair(&env, &[])
        .run()
        .code(6)
        .stderr(contains("the answer is larger than 1 MiB"));
}

#[test]
fn a_redirect_does_not_mean_that_the_pair_is_wrong() {
    let env = TestEnv::new();
    env.fail(&format!("{LOGIN}=302"));
    with_pair(&env, &[]).run().code(6).stdout("");
}

#[test]
fn each_answer_has_its_error() {
    let env = TestEnv::new();
    let good = token_of(&json!({"sub": app_key("mystore"), "exp": 4_102_444_800_i64}));
    let success = json!({"authStatus": "Success", "token": good, "new": {"field": [1]}});
    let refused = json!({"authStatus": "WrongCredentials", "message": app_token()});
    let broken = json!({"authStatus": "Success", "token": "CANARY.CANARY"});
    for (status, body, code) in [
        (200, success.to_string(), 0),
        (201, success.to_string(), 0),
        (200, refused.to_string(), 3),
        (401, refused.to_string(), 3),
        // Without VTEX ID's own word it may be anybody's answer.
        (401, String::new(), 1),
        (403, "<html>CANARY</html>".to_owned(), 1),
        (405, String::new(), 6),
        (500, refused.to_string(), 6),
        (404, "<html></html>".to_owned(), 1),
        (200, String::new(), 6),
        (200, "[]".to_owned(), 6),
        (200, "null".to_owned(), 6),
        (200, "<html>CANARY</html>".to_owned(), 6),
        (200, json!({"token": good}).to_string(), 6),
        (200, json!({"authStatus": "Success"}).to_string(), 6),
        (
            200,
            json!({"authStatus": "Success", "token": null}).to_string(),
            6,
        ),
        (
            200,
            json!({"authStatus": "Success", "token": ""}).to_string(),
            6,
        ),
        (
            200,
            json!({"authStatus": "Success", "token": 1}).to_string(),
            6,
        ),
        (
            200,
            json!({"authStatus": null, "token": good}).to_string(),
            6,
        ),
        (200, broken.to_string(), 6),
    ] {
        env.sandbox.clear_failures();
        env.sandbox.fail(Failure {
            path: LOGIN.to_owned(),
            how: How::Body(status, body.clone()),
            times: u32::MAX,
        });
        let done = with_pair(&env, &[]).run().append_context("answer", body);
        let done = done.append_context("status", status).code(code);
        assert_eq!(stdout(&done).is_empty(), code != 0);
        let words = stderr(&done);
        assert!(
            !words.contains("CANARY") && !words.contains(&app_token()),
            "{words}"
        );
    }
}

#[test]
fn the_servers_reason_cannot_control_the_terminal() {
    let env = TestEnv::new();
    let body = json!({"authStatus": "No\u{1b}[2J\u{202e}\nhint: all is well"}).to_string();
    env.sandbox.fail(Failure {
        path: LOGIN.to_owned(),
        how: How::Body(401, body),
        times: u32::MAX,
    });
    let done = with_pair(&env, &[]).run().code(3).stdout("");
    let words = stderr(&done);
    assert!(!words.contains(is_nasty), "{words}");
    // Nor begin a line of its own.
    assert!(!words.contains("\nhint: all is well"), "{words}");
}

#[test]
fn an_account_that_vtex_does_not_know() {
    let env = TestEnv::new();
    with_pair(&env, &["-a", "unknownstore"])
        .run()
        .code(1)
        .stdout("")
        .stderr(contains("unknownstore"));
}

#[test]
fn a_token_for_another_account_is_told_as_it_is() {
    let env = TestEnv::with(Options {
        token_account: Some("otherstore".to_owned()),
        ..Options::default()
    });
    let json = answer(&with_pair(&env, &["--json"]).run().success());
    assert_eq!(json["account"], "otherstore");
}

#[test]
fn an_app_token_in_vtex_token_gets_a_hint() {
    let env = TestEnv::new();
    let secret = app_token();
    for arguments in [&["local", "token"][..], &["status"], &["inspect"]] {
        let done = env.vtexid(arguments).env("VTEX_TOKEN", &secret).run();
        let words = stderr(&done.failure().stdout(""));
        assert!(words.contains("VTEX_TOKEN"), "{words}");
        assert!(words.contains("app token"), "{words}");
        assert!(
            words.contains("hint: rename it to VTEX_APP_TOKEN"),
            "{words}"
        );
        assert!(!words.contains(&secret), "{words}");
    }
    let done = env
        .vtexid(["apptoken"])
        .env("VTEX_APP_KEY", app_key("mystore"))
        .env("VTEX_TOKEN", &secret)
        .run()
        .code(2);
    let words = stderr(&done.stdout(""));
    assert!(words.contains("missing app token"), "{words}");
    assert!(
        words.contains("hint: VTEX_TOKEN contains an app token"),
        "{words}"
    );
    let done = env
        .vtexid(["doctor"])
        .env("VTEX_TOKEN", &secret)
        .run()
        .code(2);
    let words = stdout(&done);
    assert!(words.contains("problem  environment"), "{words}");
    assert!(words.contains("VTEX_APP_TOKEN"), "{words}");
}

#[test]
fn an_invalid_app_key_or_app_token_is_refused_before_a_request() {
    let env = TestEnv::new();
    let token = token_of(&json!({"sub": "dev@example.com", "audience": "admin"}));
    let good = (app_key("mystore"), app_token());
    let both = |key: &str, secret: &str| (key.to_owned(), secret.to_owned());
    for ((key, secret), says) in [
        (both("undefined", &good.1), "invalid app key"),
        (both("null", &good.1), "invalid app key"),
        (both("mystore", &good.1), "invalid app key"),
        (both(&good.0, &token), "this is an access token"),
        (both(&good.0, &good.0), "this is an app key"),
        (both(&good.0, "undefined"), "invalid app token"),
        (both(&good.0, "null"), "invalid app token"),
    ] {
        let tool = |command: &str| {
            env.vtexid([command])
                .env("VTEX_ACCOUNT", "mystore")
                .env("VTEX_APP_KEY", &key)
                .env("VTEX_APP_TOKEN", &secret)
        };
        let words = stderr(&tool("apptoken").run().code(2).stdout(""));
        assert!(words.contains(says), "{words}");
        assert!(!words.contains(&token), "{words}");
        let report = stdout(&tool("doctor").run().code(2));
        let line = report.lines().find(|line| line.contains(" environment "));
        assert!(line.unwrap().starts_with("problem"), "{report}");
        assert!(line.unwrap().contains(says), "{report}");
    }
    let sent = env.requests_to(LOGIN);
    assert!(sent.is_empty(), "{sent:?}");
}
