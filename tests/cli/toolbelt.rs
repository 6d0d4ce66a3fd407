//! The session files of VTEX's own CLI, read and written.

use std::{fs, path::PathBuf};

use predicates::str::contains;
use serde_json::{Value, json};

use crate::{
    env::{TestEnv, Tool, answer, claims, now, stderr, stdout, token_of},
    proxy::Proxy,
};

fn dir(env: &TestEnv) -> PathBuf {
    env.home().join(".vtex").join("session")
}

fn put(env: &TestEnv, name: &str, content: impl AsRef<[u8]>) {
    fs::create_dir_all(dir(env)).unwrap();
    fs::write(dir(env).join(name), content).unwrap();
}

fn got(env: &TestEnv, name: &str) -> Value {
    serde_json::from_slice(&fs::read(dir(env).join(name)).unwrap()).unwrap()
}

fn token(account: &str, left: i64) -> String {
    token_of(&json!({
        "sub": "ana@example.com", "account": account, "audience": "admin", "type": "user",
        "exp": now() + left
    }))
}

/// The tool as it is with VTEX itself, which it cannot reach.
fn vtexid(env: &TestEnv, arguments: &[&str]) -> Tool {
    env.vtexid(arguments)
        .without("VTEXID_URL")
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
}

fn import(env: &TestEnv) -> Tool {
    vtexid(env, &["toolbelt", "import", "--store", "file"])
}

/// Logs in with a token that is good for an hour.
fn login(env: &TestEnv, account: &str) -> String {
    let token = token(account, 3600);
    vtexid(env, &["login", account, "--with-token", "--store", "file"])
        .stdin(token.clone())
        .run()
        .success();
    token
}

fn kept(env: &TestEnv, account: &str) -> String {
    let done = vtexid(env, &["local", "token", "-a", account])
        .run()
        .success();
    stdout(&done).trim_end().to_owned()
}

#[test]
fn every_session_is_taken_over_with_its_refresh_token() {
    let env = TestEnv::new();
    let (one, two) = (token("one", 3600), token("two", -60));
    put(
        &env,
        "session.json",
        json!({"account": "one", "lastAccount": "two", "login": "ana@example.com", "token": one})
            .to_string(),
    );
    put(
        &env,
        "tokens.json",
        json!({
            "one": one, "two": two, "two_refresh_token": "r3fr3sh+/=",
            "gone": token("gone", -60), "broken": "nonsense", "no.name": one, "number": 7
        })
        .to_string(),
    );
    let before = fs::read(dir(&env).join("tokens.json")).unwrap();
    let done = import(&env).arg("--json").run().success();
    let said = answer(&done);
    let names = |list: &str| -> Vec<String> {
        let lines = said[list].as_array().unwrap().iter();
        lines
            .map(|line| line["account"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names("imported"), ["one", "two"]);
    assert_eq!(names("skipped"), ["broken", "gone"]);
    assert_eq!(said["imported"][1]["renewable"], true);
    assert!(stderr(&done).contains("plain text"));
    assert_eq!(kept(&env, "one"), one);
    assert_eq!(
        fs::read_to_string(env.file("two.refresh")).unwrap(),
        "r3fr3sh+/="
    );
    // The toolbelt's current account is the current one here, and its files are as they were.
    let status = answer(&vtexid(&env, &["status", "--json"]).run().success());
    assert_eq!(status["current"]["account"], "one");
    assert_eq!(fs::read(dir(&env).join("tokens.json")).unwrap(), before);
    assert_eq!(env.sandbox.requests().len(), 0);
    for secret in [&one, &two, "r3fr3sh+/="] {
        assert!(!stderr(&done).contains(secret));
        assert!(!said.to_string().contains(secret));
    }
}

#[test]
fn one_account_alone_is_taken_over_where_it_is_named() {
    let env = TestEnv::new();
    put(
        &env,
        "tokens.json",
        json!({"one": token("one", 600), "two": token("two", 600)}).to_string(),
    );
    put(&env, "session.json", r#"{"account":"one","login":"x"}"#);
    let done = import(&env).arg("--account=three").run().code(1).stdout("");
    let words = stderr(&done);
    assert!(words.contains("no session of three"), "{words}");
    env.assert_nothing_kept();
    let done = import(&env)
        .arg("--account=two")
        .arg("--json")
        .run()
        .success();
    let imported = answer(&done)["imported"].clone();
    assert_eq!(imported.as_array().unwrap().len(), 1, "{imported}");
    assert_eq!(imported[0]["account"], "two");
    kept(&env, "two");
    vtexid(&env, &["local", "token", "-a", "one"]).run().code(4);
}

#[test]
fn what_is_kept_here_is_not_replaced_by_something_older() {
    let env = TestEnv::new();
    login(&env, "one");
    login(&env, "mine");
    let before = kept(&env, "one");
    put(
        &env,
        "tokens.json",
        json!({"one": token("one", 600)}).to_string(),
    );
    let done = import(&env).run().success();
    let text = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    assert!(
        text.contains("one: left out: the one kept here is good for longer"),
        "{text}"
    );
    assert_eq!(kept(&env, "one"), before);
    let status = answer(&vtexid(&env, &["status", "--json"]).run().success());
    assert_eq!(status["current"]["account"], "mine");
}

#[test]
fn without_a_session_there_is_nothing_to_import() {
    let env = TestEnv::new();
    import(&env)
        .run()
        .code(4)
        .stdout("")
        .stderr(contains(".vtex"));
    put(&env, "session.json", "{}");
    import(&env).run().code(4).stdout("");
}

#[test]
fn damaged_files_are_named_and_left_as_they_are() {
    let secret = token("one", 3600);
    let half = format!("{{\"one\": \"{secret}");
    for (name, content, says) in [
        ("tokens.json", half.as_str(), "ends too early"),
        ("tokens.json", "[]", "no JSON object"),
        ("session.json", "\u{0}\u{0}", "no JSON from line 1"),
        ("session.json", "", "ends too early"),
    ] {
        let env = TestEnv::new();
        login(&env, "one");
        put(&env, name, content);
        for command in ["import", "export"] {
            let done = vtexid(&env, &["toolbelt", command])
                .run()
                .code(1)
                .stdout("");
            let words = stderr(&done);
            assert!(words.contains(name) && words.contains(says), "{words}");
            assert!(words.contains("nothing was changed"), "{words}");
            assert!(!words.contains(&secret), "{words}");
        }
        assert_eq!(fs::read_to_string(dir(&env).join(name)).unwrap(), content);
        assert_eq!(fs::read_dir(dir(&env)).unwrap().count(), 1, "{name}");
    }
}

#[test]
fn the_toolbelt_is_logged_in_and_keeps_what_only_it_knows() {
    let env = TestEnv::new();
    login(&env, "one");
    put(
        &env,
        "session.json",
        r#"{"account":"old","login":"x","token":"t","fromTheFuture":[1]}"#,
    );
    put(
        &env,
        "tokens.json",
        r#"{"old":"t","old_refresh_token":"r"}"#,
    );
    put(
        &env,
        "workspace.json",
        r#"{"currentWorkspace":"dev","lastWorkspace":"a","x":1}"#,
    );
    let done = vtexid(&env, &["toolbelt", "export"])
        .run()
        .success()
        .stdout("");
    assert!(stderr(&done).contains("plain text"));
    let token = kept(&env, "one");
    assert_eq!(
        got(&env, "session.json"),
        json!({
            "account": "one", "login": "ana@example.com", "token": token,
            "fromTheFuture": [1], "lastAccount": "old"
        })
    );
    assert_eq!(
        got(&env, "tokens.json"),
        json!({"old": "t", "old_refresh_token": "r", "one": token})
    );
    assert_eq!(
        got(&env, "workspace.json"),
        json!({"currentWorkspace": "master", "lastWorkspace": "a", "x": 1})
    );
    let text = fs::read_to_string(dir(&env).join("tokens.json")).unwrap();
    assert!(text.starts_with("{\n\t\"old\": \"t\",\n"), "{text}");

    // The same account stays where it is, unless told otherwise.
    put(&env, "workspace.json", r#"{"currentWorkspace":"dev"}"#);
    vtexid(&env, &["toolbelt", "export"]).run().success();
    assert_eq!(got(&env, "workspace.json")["currentWorkspace"], "dev");
    vtexid(&env, &["toolbelt", "export", "--workspace", "qa"])
        .run()
        .success();
    assert_eq!(got(&env, "workspace.json")["currentWorkspace"], "qa");
    assert_eq!(got(&env, "session.json")["lastAccount"], "old");
}

#[test]
fn json_tells_what_the_toolbelt_is_logged_in_to() {
    let env = TestEnv::new();
    login(&env, "one");
    let export = |more: &[&str]| {
        let mut arguments = vec!["toolbelt", "export", "--json"];
        arguments.extend(more);
        answer(&vtexid(&env, &arguments).run().success())
    };
    let expected = |workspace: &str| json!({"account": "one", "login": "ana@example.com", "workspace": workspace});
    assert_eq!(export(&[]), expected("master"));
    assert_eq!(export(&["--workspace=qa-2"]), expected("qa-2"));
    // The one it is in stays, and is told.
    assert_eq!(export(&[]), expected("qa-2"));
}

#[test]
fn what_cannot_be_a_workspace_is_not_written() {
    let env = TestEnv::new();
    login(&env, "one");
    for name in ["bad ws!", "", "a/b", "caf\u{e9}", "a_b"] {
        vtexid(&env, &["toolbelt", "export", "--workspace", name])
            .run()
            .code(2)
            .stdout("")
            .stderr(contains("workspace"));
    }
    assert!(!dir(&env).exists());
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_what_is_exported() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = TestEnv::new();
    login(&env, "one");
    vtexid(&env, &["toolbelt", "export"]).run().success();
    let mode = |path: &PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir(&env)), 0o700);
    for name in ["session.json", "tokens.json", "workspace.json"] {
        assert_eq!(mode(&dir(&env).join(name)), 0o600, "{name}");
    }
}

#[test]
fn a_ci_job_exports_an_app_keys_token_without_a_login() {
    let env = TestEnv::new();
    let token = token_of(&json!({
        "sub": "vtexappkey-one-ABCDEF", "account": "one", "type": "appkey", "exp": now() + 600
    }));
    vtexid(&env, &["toolbelt", "export"])
        .env("VTEX_TOKEN", &token)
        .env("CI", "true")
        .run()
        .success();
    assert_eq!(
        got(&env, "session.json"),
        json!({"account": "one", "login": "vtexappkey-one-ABCDEF", "token": token})
    );
}

#[test]
fn a_token_is_not_exported_for_another_account_than_its_own() {
    let env = TestEnv::new();
    let export = || vtexid(&env, &["toolbelt", "export"]).env("VTEX_TOKEN", token("one", 600));
    for (tool, reason) in [
        (export().arg("--account=other"), "--account"),
        (export().env("VTEX_ACCOUNT", "other"), "VTEX_ACCOUNT"),
    ] {
        let done = tool.run().code(2).stdout("");
        let words = stderr(&done);
        let expected = format!("names one, not other ({reason})");
        assert!(words.contains(&expected), "{words}");
    }
    assert!(!dir(&env).exists());
    export().arg("--account=one").run().success();
    assert_eq!(got(&env, "session.json")["account"], "one");
}

#[test]
fn what_is_not_good_is_not_exported() {
    let env = TestEnv::new();
    vtexid(&env, &["toolbelt", "export"])
        .run()
        .code(4)
        .stdout("");
    vtexid(&env, &["toolbelt", "export"])
        .env("VTEX_TOKEN", token("one", -5))
        .run()
        .code(3)
        .stdout("");
    assert!(!dir(&env).exists());
}

#[test]
fn sessions_with_a_sandbox_never_meet_the_toolbelts() {
    let env = TestEnv::new();
    env.login("one");
    put(
        &env,
        "tokens.json",
        json!({"two": token("two", 600)}).to_string(),
    );
    for command in ["import", "export"] {
        env.vtexid(["toolbelt", command])
            .run()
            .code(2)
            .stdout("")
            .stderr(contains("unset VTEXID_URL"));
    }
    assert_eq!(fs::read_dir(dir(&env)).unwrap().count(), 1);
    env.vtexid(["local", "token", "-a", "two"]).run().code(4);
}

#[test]
fn an_expired_token_is_renewed_before_it_is_exported() {
    let env = TestEnv::new();
    let proxy = Proxy::start(env.root(), env.sandbox.port());
    // A refresh token that VTEX ID knows.
    env.login("mystore");
    let refresh = fs::read_to_string(env.file("mystore.refresh")).unwrap();
    put(
        &env,
        "tokens.json",
        json!({"mystore": token("mystore", -60), "mystore_refresh_token": refresh}).to_string(),
    );
    import(&env).run().success();
    vtexid(&env, &["toolbelt", "export"])
        .env("HTTPS_PROXY", proxy.url())
        .env("SSL_CERT_FILE", &proxy.authority)
        .run()
        .success()
        .stderr(contains("renewed the token of mystore"));
    let exported = claims(got(&env, "session.json")["token"].as_str().unwrap());
    assert!(exported["exp"].as_i64().unwrap() > now() + 3600);
    assert_eq!(kept(&env, "mystore"), got(&env, "session.json")["token"]);
}
