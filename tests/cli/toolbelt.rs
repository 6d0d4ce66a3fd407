//! The session files of VTEX's own CLI, read and written.

use std::{fs, path::PathBuf};

use predicates::str::contains;
use serde_json::{Value, json};

use crate::{
    env::{TestEnv, Tool, answer, claims, now, stderr, stdout, token_of},
    sandbox,
    support::proxy::Proxy,
};

fn dir(env: &TestEnv) -> PathBuf {
    env.home().join(".vtex").join("session")
}

/// A file with the modes that the toolbelt gives it.
fn put(env: &TestEnv, name: &str, content: impl AsRef<[u8]>) {
    let path = dir(env).join(name);
    fs::create_dir_all(dir(env)).unwrap();
    fs::write(&path, content).unwrap();
    #[cfg(unix)]
    for (path, mode) in [(dir(env), 0o700), (path, 0o600)] {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
}

fn got(env: &TestEnv, name: &str) -> Value {
    serde_json::from_slice(&fs::read(dir(env).join(name)).unwrap()).unwrap()
}

fn token(account: &str, left: i64) -> String {
    token_for("ana@example.com", account, now() + left)
}

fn token_for(user: &str, account: &str, exp: i64) -> String {
    token_of(&json!({
        "sub": user, "account": account, "audience": "admin", "type": "user", "exp": exp
    }))
}

/// What the toolbelt writes when somebody logs in.
fn put_session(env: &TestEnv, account: &str, login: &str, token: &str, workspace: &str) {
    let session = json!({"account": account, "lastAccount": null, "login": login, "token": token});
    put(env, "session.json", tabbed(&session));
    let place = json!({"currentWorkspace": workspace, "lastWorkspace": null});
    put(env, "workspace.json", tabbed(&place));
}

fn put_tokens(env: &TestEnv, tokens: &Value) {
    put(env, "tokens.json", tabbed(tokens));
}

/// JSON as the toolbelt writes it.
fn tabbed(value: &Value) -> Vec<u8> {
    let mut text = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(b"\t");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, format);
    serde::Serialize::serialize(value, &mut serializer).unwrap();
    text
}

/// The refresh token in the file store.
fn refresh_of(env: &TestEnv, account: &str) -> Option<String> {
    let entry = env.stored(account, "login");
    entry["refresh_token"].as_str().map(str::to_owned)
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

/// Logs in with a token that is valid for an hour.
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
fn every_session_is_imported_with_its_refresh_token() {
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
    assert_eq!(env.refresh_token("two"), "r3fr3sh+/=");
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
fn with_an_account_only_that_session_is_imported() {
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
fn a_stored_session_is_not_replaced_by_an_older_one() {
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
        text.contains("one: skipped: the stored token is valid for longer"),
        "{text}"
    );
    assert_eq!(kept(&env, "one"), before);
    let status = answer(&vtexid(&env, &["status", "--json"]).run().success());
    assert_eq!(status["current"]["account"], "mine");
}

#[test]
fn without_a_session_there_is_nothing_to_import() {
    let env = TestEnv::new();
    // In this test's home, on every system: never in the real profile.
    let home = dir(&env).display().to_string();
    import(&env).run().code(4).stdout("").stderr(contains(home));
    put(&env, "session.json", "{}");
    import(&env).run().code(4).stdout("");
}

#[test]
fn damaged_files_are_named_and_left_as_they_are() {
    let secret = token("one", 3600);
    let half = format!("{{\"one\": \"{secret}");
    for (name, content, says) in [
        ("tokens.json", half.as_str(), "ends too early"),
        ("tokens.json", "[]", "not a JSON object"),
        ("session.json", "\u{0}\u{0}", "invalid JSON on line 1"),
        ("session.json", "{", "ends too early"),
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
fn export_logs_the_toolbelt_in_and_keeps_its_other_fields() {
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
        json!({"currentWorkspace": "master", "lastWorkspace": null, "x": 1})
    );
    let text = fs::read_to_string(dir(&env).join("tokens.json")).unwrap();
    assert!(text.starts_with("{\n\t\"old\": \"t\",\n"), "{text}");

    // The same account keeps its workspace without --workspace.
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
fn json_has_account_login_and_workspace() {
    let env = TestEnv::new();
    login(&env, "one");
    let export = |more: &[&str]| {
        let mut arguments = vec!["toolbelt", "export", "--json"];
        arguments.extend(more);
        answer(&vtexid(&env, &arguments).run().success())
    };
    let expected = |workspace: &str| json!({"account": "one", "login": "ana@example.com", "workspace": workspace});
    assert_eq!(export(&[]), expected("master"));
    assert_eq!(export(&["--workspace=qa2"]), expected("qa2"));
    // The current workspace stays, and is printed.
    assert_eq!(export(&[]), expected("qa2"));
}

#[test]
fn what_cannot_be_a_workspace_is_not_written() {
    let env = TestEnv::new();
    login(&env, "one");
    let long = "a".repeat(129);
    let bad = [
        "bad ws!",
        "",
        "a/b",
        "caf\u{e9}",
        "a_b",
        "qa-2",
        "QA",
        "1a",
        "a",
        &long,
    ];
    for name in bad {
        vtexid(&env, &["toolbelt", "export", "--workspace", name])
            .run()
            .code(2)
            .stdout("")
            .stderr(contains("invalid workspace name"));
    }
    assert!(!dir(&env).exists());
    for name in ["qa", "q2", &long[..128]] {
        vtexid(&env, &["toolbelt", "export", "--workspace", name])
            .run()
            .success();
        assert_eq!(got(&env, "workspace.json")["currentWorkspace"], name);
    }
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
    for (tool, code, expected) in [
        (
            export().arg("--account=other"),
            4,
            "VTEX_TOKEN is not used: it is for one, not other",
        ),
        (
            export().env("VTEX_ACCOUNT", "other"),
            2,
            "VTEX_TOKEN is for the account one, but VTEX_ACCOUNT is other",
        ),
    ] {
        let done = tool.run().code(code).stdout("");
        let words = stderr(&done);
        assert!(words.contains(expected), "{words}");
    }
    assert!(!dir(&env).exists());
    export().arg("--account=one").run().success();
    assert_eq!(got(&env, "session.json")["account"], "one");
}

#[test]
fn an_invalid_token_is_not_exported() {
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
    let refresh = env.refresh_token("mystore");
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

/// A session that can be renewed, as after an import.
fn renewable(env: &TestEnv, account: &str, exp: i64, refresh: &str) -> String {
    let token = token_for("ana@example.com", account, exp);
    put_tokens(
        env,
        &json!({account: token, format!("{account}_refresh_token"): refresh}),
    );
    import(env).arg("-a").arg(account).run().success();
    fs::remove_dir_all(dir(env)).unwrap();
    token
}

#[test]
fn a_session_that_was_exported_and_imported_again_can_still_be_renewed() {
    let env = TestEnv::new();
    renewable(&env, "mystore", now() + 3600, "live");
    vtexid(&env, &["toolbelt", "export"]).run().success();
    let mut tokens = got(&env, "tokens.json");
    // The toolbelt logs in to another account, which is what the import is for.
    tokens["other"] = token("other", 3600).into();
    put_tokens(&env, &tokens);
    let done = import(&env).run().success();
    assert!(
        stdout(&done).contains("mystore: skipped: the stored token is the same"),
        "{}",
        stdout(&done)
    );
    assert_eq!(refresh_of(&env, "mystore").as_deref(), Some("live"));
    kept(&env, "other");
}

#[test]
fn a_refresh_token_is_replaced_only_by_a_newer_session() {
    let exp = now() + 3600;
    let ana = |exp| token_for("ana@example.com", "mystore", exp);
    let bob = |exp| token_for("bob@example.com", "mystore", exp);
    // Another token that expires at the same time.
    let twin = token_of(&json!({
        "sub": "ana@example.com", "account": "mystore", "audience": "admin", "exp": exp, "jti": "2"
    }));
    for (theirs, refresh, token_is, refresh_is) in [
        (&ana(exp), Some("dead"), &ana(exp), "live"),
        (&twin, Some("dead"), &ana(exp), "live"),
        (&ana(exp - 9), Some("dead"), &ana(exp), "live"),
        (&bob(exp - 9), Some("bobs"), &ana(exp), "live"),
        (&ana(exp + 9), Some("new"), &ana(exp + 9), "new"),
        // The same user's refresh token still renews the session.
        (&ana(exp + 9), None, &ana(exp + 9), "live"),
        // Another user's would bring that one back.
        (&bob(exp + 9), None, &bob(exp + 9), ""),
    ] {
        let env = TestEnv::new();
        renewable(&env, "mystore", exp, "live");
        let mut tokens = json!({"mystore": theirs});
        if let Some(refresh) = refresh {
            tokens["mystore_refresh_token"] = refresh.into();
        }
        put_tokens(&env, &tokens);
        import(&env).run().success();
        assert_eq!(&kept(&env, "mystore"), token_is, "{tokens}");
        let found = refresh_of(&env, "mystore").unwrap_or_default();
        assert_eq!(found, refresh_is, "{tokens}");
    }
}

#[test]
fn a_refresh_token_is_imported_if_none_is_stored() {
    let env = TestEnv::new();
    let token = login(&env, "mystore");
    // Another user's is of no use here.
    let bob = token_for("bob@example.com", "mystore", now() + 60);
    put_tokens(
        &env,
        &json!({"mystore": bob, "mystore_refresh_token": "bobs"}),
    );
    import(&env).run().success();
    assert_eq!(refresh_of(&env, "mystore"), None);
    put_tokens(
        &env,
        &json!({"mystore": token, "mystore_refresh_token": "fresh"}),
    );
    let done = import(&env).run().success();
    assert_eq!(
        stdout(&done),
        "mystore (ana@example.com, file, renewable): imported the refresh token\n"
    );
    assert_eq!(refresh_of(&env, "mystore").as_deref(), Some("fresh"));
    assert_eq!(kept(&env, "mystore"), token);
}

#[test]
fn three_exports_at_once_lose_no_token_and_mix_no_workspace() {
    let env = TestEnv::new();
    let accounts = ["one", "two", "three"];
    for account in accounts {
        login(&env, account);
    }
    for round in 0..20 {
        let _ = fs::remove_dir_all(dir(&env));
        let running = accounts.map(|account| {
            let workspace = format!("dev{account}");
            let arguments = [
                "toolbelt",
                "export",
                "-a",
                account,
                "--workspace",
                &workspace,
            ];
            vtexid(&env, &arguments).start()
        });
        for one in running {
            one.finish().success();
        }
        let (tokens, session) = (got(&env, "tokens.json"), got(&env, "session.json"));
        for account in accounts {
            assert_eq!(tokens[account], kept(&env, account), "round {round}");
        }
        let account = session["account"].as_str().unwrap();
        assert_eq!(session["token"], tokens[account], "round {round}");
        let workspace = format!("dev{account}");
        let place = got(&env, "workspace.json");
        assert_eq!(place["currentWorkspace"], workspace, "round {round}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_import_leaves_an_account_in_its_store() {
    let env = TestEnv::new();
    renewable(&env, "mystore", now() + 600, "old");
    let newer = token("mystore", 3600);
    put_tokens(
        &env,
        &json!({"mystore": newer, "mystore_refresh_token": "new"}),
    );
    // There is no keyring here, which is the default.
    let done = vtexid(&env, &["toolbelt", "import"]).run().success();
    assert!(stdout(&done).contains("(ana@example.com, file, renewable)"));
    assert_eq!(kept(&env, "mystore"), newer);
    // An account that has no store yet needs the keyring; nothing is half done then.
    let newest = token("mystore", 7200);
    put_tokens(
        &env,
        &json!({"mystore": newest, "other": token("other", 600)}),
    );
    vtexid(&env, &["toolbelt", "import"])
        .run()
        .code(5)
        .stdout("");
    assert_eq!(kept(&env, "mystore"), newer);
    let done = import(&env).run().success();
    let words = stderr(&done);
    assert_eq!(words.matches("only you can read").count(), 1, "{words}");
}

#[test]
fn an_import_that_replaces_a_user_or_an_app_key_says_so() {
    let env = TestEnv::new();
    login(&env, "mystore");
    let key = token_of(&json!({
        "sub": "vtexappkey-other-ABCDEF", "account": "other", "type": "appkey", "exp": now() + 600
    }));
    vtexid(&env, &["login", "other", "--with-token", "--store", "file"])
        .stdin(key.clone())
        .run()
        .success();
    let until = now() + 7200;
    let bob = |account| token_for("bob@example.com", account, until);
    put_tokens(
        &env,
        &json!({"mystore": bob("mystore"), "other": bob("other")}),
    );
    let words = stderr(&import(&env).run().success());
    let warning = "now logged in to mystore as bob@example.com (was ana@example.com)";
    assert!(words.contains(warning), "{words}");
    // A user has a place beside an app key.
    assert!(!words.contains("now logged in to other"), "{words}");
    assert_eq!(kept(&env, "other"), bob("other"));
    let as_key = ["local", "token", "-a", "other", "--as", "key"];
    let stored = || stdout(&vtexid(&env, &as_key).run().success());
    assert_eq!(stored().trim_end(), key);
    // Another app key has not.
    let newer = token_of(&json!({
        "sub": "vtexappkey-other-GHIJKL", "account": "other", "type": "appkey", "exp": now() + 7200
    }));
    put_tokens(&env, &json!({"other": newer}));
    let words = stderr(&import(&env).run().success());
    let warning = "now logged in to other as vtexappkey-other-GHIJKL (was vtexappkey-other-ABCDEF)";
    assert!(words.contains(warning), "{words}");
    assert_eq!(stored().trim_end(), newer);
    assert_eq!(kept(&env, "other"), bob("other"));
}

/// The pair would make another key's tokens from then on.
#[test]
fn another_app_keys_token_is_not_put_beside_a_saved_pair() {
    let env = TestEnv::new();
    let of = |key: &str, left: i64| {
        token_of(&json!({"sub": key, "account": "one", "type": "appkey", "exp": now() + left}))
    };
    let (saved, other) = ("vtexappkey-one-ABCDEF", "vtexappkey-one-GHIJKL");
    vtexid(&env, &["login", "one", "--with-token", "--store", "file"])
        .stdin(of(saved, 600))
        .run()
        .success();
    // As `apptoken --save` leaves it.
    env.replace(("one", "key"), "app_key", saved);
    env.replace(("one", "key"), "app_token", &sandbox::app_token());
    let before = env.stored("one", "key");
    put_tokens(&env, &json!({"one": of(other, 7200)}));
    import(&env).run();
    assert_eq!(env.stored("one", "key"), before);
    // The key's own does not lose its pair.
    let newer = of(saved, 7200);
    put_tokens(&env, &json!({"one": newer}));
    import(&env).run().success();
    let after = env.stored("one", "key");
    assert_eq!(after["token"], newer);
    assert_eq!(after["app_token"], before["app_token"]);
}

#[test]
fn an_import_changes_neither_the_current_nor_the_previous_account() {
    let env = TestEnv::new();
    login(&env, "before");
    login(&env, "mine");
    put_tokens(
        &env,
        &json!({"one": token("one", 600), "two": token("two", 600)}),
    );
    put_session(&env, "two", "ana@example.com", &token("two", 600), "dev");
    import(&env).run().success();
    let status = answer(&vtexid(&env, &["status", "--json"]).run().success());
    assert_eq!(status["current"]["account"], "mine");
    let back = answer(&vtexid(&env, &["switch", "-", "--json"]).run().success());
    assert_eq!(back["account"], "before");
}

#[test]
fn the_toolbelt_cannot_renew_a_session_as_the_user_before() {
    let env = TestEnv::new();
    login(&env, "mystore");
    let export = || vtexid(&env, &["toolbelt", "export"]).run().success();
    let tokens = |user: &str| {
        json!({
            "other": "t", "other_refresh_token": "r",
            "mystore": token_for(user, "mystore", now() - 60), "mystore_refresh_token": "r3fr3sh"
        })
    };
    put_tokens(&env, &tokens("bob@example.com"));
    let words = stderr(&export());
    assert!(words.contains("was bob@example.com"), "{words}");
    let after = got(&env, "tokens.json");
    assert_eq!(after.get("mystore_refresh_token"), None);
    assert_eq!(after["other_refresh_token"], "r");
    // The same user's goes on renewing the same session.
    put_tokens(&env, &tokens("ana@example.com"));
    export();
    assert_eq!(got(&env, "tokens.json")["mystore_refresh_token"], "r3fr3sh");
    // Whose it is cannot be known.
    put_tokens(&env, &json!({"mystore_refresh_token": "r3fr3sh"}));
    export();
    assert_eq!(got(&env, "tokens.json").get("mystore_refresh_token"), None);
}

#[test]
fn an_account_is_the_same_in_capital_letters() {
    let env = TestEnv::new();
    login(&env, "teststore");
    let old = token("teststore", 60);
    put_session(&env, "TestStore", "ana@example.com", &old, "dev");
    put_tokens(
        &env,
        &json!({"TestStore": old, "TestStore_refresh_token": "r3fr3sh"}),
    );
    vtexid(&env, &["toolbelt", "export"]).run().success();
    let token = kept(&env, "teststore");
    assert_eq!(
        got(&env, "tokens.json"),
        json!({"teststore": token, "teststore_refresh_token": "r3fr3sh"})
    );
    // It stays in its workspace, and was not the account before.
    assert_eq!(got(&env, "workspace.json")["currentWorkspace"], "dev");
    assert_eq!(got(&env, "session.json")["lastAccount"], Value::Null);
    // Two spellings are two sessions of one account: the refresh token goes with its token.
    let bob = token_for("bob@example.com", "two", now() + 600);
    put_tokens(
        &env,
        &json!({"Two": bob, "Two_refresh_token": "bobs", "two": self::token("two", 60)}),
    );
    import(&env).arg("-a").arg("two").run().success();
    assert_eq!(kept(&env, "two"), bob);
    assert_eq!(refresh_of(&env, "two").as_deref(), Some("bobs"));
}

#[test]
fn what_the_toolbelt_cannot_use_is_not_exported() {
    let shopper = |account: &str| json!({"sub": "a@example.com", "account": account, "audience": "webstore", "exp": now() + 600});
    let app = json!({"iss": "vtexio/router", "sub": "x", "account": "mystore", "exp": now() + 600});
    let admin = |account: &str| json!({"sub": "a@example.com", "account": account, "audience": "admin", "exp": now() + 600});
    let endless = json!({"sub": "a@example.com", "account": "mystore", "audience": "admin"});
    let silent = json!({"sub": "a@example.com", "audience": "admin", "exp": now() + 600});
    let (user, shopper_is) = ("user", "a@example.com");
    for (account, slot, claims, code, words) in [
        ("mystore", shopper_is, shopper("mystore"), 3, "shopper"),
        ("mystore", user, app, 3, "VTEX IO app"),
        ("mystore", user, endless, 3, "expires"),
        (
            "mystore",
            user,
            admin("other"),
            2,
            "is for other, not mystore",
        ),
        (
            "dev--mystore",
            user,
            admin("mystore"),
            2,
            "workspace dev of mystore",
        ),
        ("dev--mystore", user, silent, 2, "workspace dev of mystore"),
    ] {
        let env = TestEnv::new();
        let token = token_of(&claims);
        let export = ["toolbelt", "export", "--as", slot];
        // By the variable and by the store.
        let given = vtexid(&env, &[&export[..], &["-a", account]].concat());
        vtexid(
            &env,
            &["login", "mystore", "--with-token", "--store", "file"],
        )
        .stdin(token.clone())
        .run()
        .success();
        if account != "mystore" {
            // As earlier releases stored a workspace.
            let entry = env.entry("mystore", "login");
            fs::rename(&entry, entry.with_file_name(format!("{account}.login"))).unwrap();
            let index = env.file("index.json");
            let text = fs::read_to_string(&index).unwrap();
            fs::write(&index, text.replace("mystore\"", &format!("{account}\""))).unwrap();
        }
        for tool in [given.env("VTEX_TOKEN", &token), vtexid(&env, &export)] {
            let done = tool.run().code(code).stdout("");
            let said = stderr(&done);
            assert!(said.contains(words), "{claims}: {said}");
            assert!(!said.contains("logged in"), "{said}");
        }
        assert!(!dir(&env).exists());
        // Neither is it imported.
        put_tokens(&env, &json!({"mystore": token}));
        if account == "mystore" && code == 3 && words != "expires" || words.contains("other") {
            let env = TestEnv::new();
            put_tokens(&env, &json!({"mystore": token}));
            let said = stdout(&import(&env).run().success());
            assert!(said.starts_with("mystore: skipped: "), "{said}");
        }
    }
}

#[test]
fn an_empty_file_and_a_byte_order_mark_are_accepted() {
    let env = TestEnv::new();
    let token = token("mystore", 600);
    let tokens = json!({"mystore": token}).to_string();
    put(&env, "session.json", "");
    put(&env, "tokens.json", format!("\u{feff}{tokens}"));
    put(&env, "workspace.json", "");
    import(&env).run().success();
    assert_eq!(kept(&env, "mystore"), token);
    vtexid(&env, &["toolbelt", "export"]).run().success();
    assert_eq!(got(&env, "session.json")["account"], "mystore");
    // One that cannot be read does not keep the others from it.
    put(&env, "session.json", "nonsense");
    put_tokens(&env, &json!({"other": self::token("other", 600)}));
    let done = import(&env).run().success();
    let words = stderr(&done);
    assert!(words.contains("session.json is damaged"), "{words}");
    kept(&env, "other");
}

#[cfg(unix)]
mod foreign {
    use std::{
        os::unix::fs::{PermissionsExt as _, symlink},
        time::Instant,
    };

    use super::*;
    use crate::env::LIMIT;

    fn chmod(path: &std::path::Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Import, export and doctor each end, and say this of the toolbelt's files.
    fn refused(env: &TestEnv, expected: &str) {
        for command in ["import", "export"] {
            let done = vtexid(env, &["toolbelt", command]).run().code(1).stdout("");
            let words = stderr(&done);
            assert!(words.contains(expected), "{words}");
        }
        let done = env.vtexid(["doctor"]).run();
        let report = stdout(&done);
        assert!(report.contains(expected), "{report}");
    }

    #[test]
    fn a_fifo_or_a_device_is_not_waited_for() {
        for name in ["tokens.json", "session.json"] {
            let env = TestEnv::new();
            login(&env, "mystore");
            fs::create_dir_all(dir(&env)).unwrap();
            let path = dir(&env).join(name);
            let made = std::process::Command::new("mkfifo").arg(&path).status();
            assert!(made.unwrap().success());
            refused(&env, "not a regular file");
            fs::remove_file(&path).unwrap();
            symlink("/dev/zero", &path).unwrap();
            refused(&env, name);
            fs::remove_file(&path).unwrap();
            fs::write(&path, vec![b' '; 5 << 20]).unwrap();
            refused(&env, "larger than");
        }
    }

    #[test]
    fn a_log_that_is_a_fifo_is_not_waited_for_either() {
        let env = TestEnv::new();
        put_tokens(&env, &json!({"mystore": token("mystore", 600)}));
        let log = put_log(&env);
        fs::remove_file(&log).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&log).status();
        assert!(made.unwrap().success());
        for words in [
            stderr(&import(&env).run().success()),
            stdout(&env.vtexid(["doctor"]).run()),
        ] {
            assert!(!words.contains("debug.json"), "{words}");
        }
    }

    /// What an account and the other's workspace come to: `vtex link` to where it must not go.
    #[test]
    fn an_export_that_is_killed_mixes_nothing_and_the_next_one_cleans_up() {
        let env = TestEnv::new();
        let (one, two) = (login(&env, "one"), login(&env, "two"));
        let mut killed = 0;
        for round in 0..40 {
            let _ = fs::remove_file(dir(&env).join("tokens.json"));
            put_session(&env, "one", "ana@example.com", &one, "devone");
            let arguments = ["toolbelt", "export", "-a", "two", "--workspace", "devtwo"];
            let running = vtexid(&env, &arguments).start();
            // From there on it has the rest to write.
            let begin = Instant::now();
            while !dir(&env).join("tokens.json").exists() {
                assert!(begin.elapsed() < LIMIT, "it never begins to write");
                std::thread::yield_now();
            }
            for _ in 0..round * 20 {
                std::thread::yield_now();
            }
            running.signal(rustix::process::Signal::KILL);
            let output = running.finish().get_output().clone();
            killed += u32::from(!output.status.success());
            assert_eq!(got(&env, "tokens.json")["two"], two);
            let account = got(&env, "session.json")["account"].clone();
            let workspace = got(&env, "workspace.json")["currentWorkspace"].clone();
            let pair = (account.as_str().unwrap(), workspace.as_str().unwrap());
            let fits = [
                ("one", "devone"),
                ("one", "master"),
                ("two", "master"),
                ("two", "devtwo"),
            ];
            assert!(fits.contains(&pair), "{pair:?}");
        }
        assert!(killed > 0);
        let left = |dir: &PathBuf| -> Vec<PathBuf> {
            let entries = fs::read_dir(dir)
                .unwrap()
                .map(|entry| entry.unwrap().path());
            entries
                .filter(|path| path.to_string_lossy().contains(".new-"))
                .collect()
        };
        for path in left(&dir(&env)) {
            age(&path);
        }
        vtexid(&env, &["toolbelt", "export"]).run().success();
        assert_eq!(left(&dir(&env)), [] as [PathBuf; 0]);
    }

    #[test]
    fn files_that_others_could_have_written_are_not_read() {
        let env = TestEnv::new();
        login(&env, "mystore");
        put_tokens(&env, &json!({"mystore": token("mystore", 7200)}));
        chmod(&dir(&env), 0o777);
        refused(&env, "others may write to it");
        chmod(&dir(&env), 0o700);
        chmod(&dir(&env).join("tokens.json"), 0o666);
        refused(&env, "others may write to it");
        chmod(&dir(&env).join("tokens.json"), 0o600);
        import(&env).run().success();
    }

    /// Only root can give a file away.
    #[test]
    fn files_of_another_owner_are_not_read() {
        if !crate::support::parts::is_root() {
            return;
        }
        let env = TestEnv::new();
        login(&env, "mystore");
        put_tokens(&env, &json!({"mystore": token("mystore", 7200)}));
        let path = dir(&env).join("tokens.json");
        std::os::unix::fs::chown(&path, Some(65534), None).unwrap();
        refused(&env, "it belongs to another user");
    }

    #[test]
    fn a_linked_file_stays_a_link() {
        let env = TestEnv::new();
        login(&env, "mystore");
        let elsewhere = env.home().join("dotfiles");
        fs::create_dir_all(&elsewhere).unwrap();
        chmod(&elsewhere, 0o700);
        fs::write(elsewhere.join("session.json"), r#"{"account":"old","x":1}"#).unwrap();
        fs::create_dir_all(dir(&env)).unwrap();
        let link = dir(&env).join("session.json");
        symlink(elsewhere.join("session.json"), &link).unwrap();
        vtexid(&env, &["toolbelt", "export"]).run().success();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(got(&env, "session.json")["account"], "mystore");
        assert_eq!(got(&env, "session.json")["x"], 1);
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1);
    }

    #[test]
    fn a_copy_that_others_can_read_is_reported() {
        let env = TestEnv::new();
        let log = put_log(&env);
        put_tokens(&env, &json!({"mystore": token("mystore", 600)}));
        let said = || stdout(&env.vtexid(["doctor"]).run());
        // In a home that others cannot enter, the file's own mode is no matter.
        chmod(&log, 0o644);
        chmod(env.root(), 0o700);
        assert!(!said().contains("other users"), "{}", said());
        for dir in [
            env.root(),
            &env.home(),
            &env.home().join(".vtex"),
            log.parent().unwrap(),
        ] {
            chmod(dir, 0o755);
        }
        let found = said();
        let expected = format!("other users of this machine can read {}", log.display());
        assert!(found.contains(&expected), "{found}");
        chmod(&log, 0o600);
        assert!(!said().contains("other users"), "{}", said());
    }
}

/// What a crash in the middle of a write leaves behind, from 20 minutes ago.
fn leave_behind(dir: &std::path::Path, name: &str) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, "eyJ.half.token").unwrap();
    age(&path);
    path
}

fn age(path: &std::path::Path) {
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(1200);
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(old).unwrap();
}

#[test]
fn the_next_export_removes_what_a_killed_one_left_behind() {
    let env = TestEnv::new();
    login(&env, "mystore");
    vtexid(&env, &["toolbelt", "export"]).run().success();
    let ours = leave_behind(&dir(&env), ".new-Ab12Cd");
    let theirs = leave_behind(&dir(&env), "session.json.123");
    let index = leave_behind(&env.dir(), ".new-Ef34Gh");
    // One that is being written now.
    let young = dir(&env).join(".new-Ij56Kl");
    fs::write(&young, "eyJ").unwrap();
    vtexid(&env, &["toolbelt", "export"]).run().success();
    assert!(!ours.exists());
    assert!(theirs.exists() && young.exists());
    login(&env, "other");
    assert!(!index.exists());
}

/// The toolbelt's log, with a token in it.
fn put_log(env: &TestEnv) -> PathBuf {
    let dir = env.home().join(".vtex").join("logs");
    fs::create_dir_all(&dir).unwrap();
    let path = dir.join("debug.json");
    let line = json!({"level": "debug", "message": format!("token {}", token("mystore", 600))});
    fs::write(&path, format!("{line}\n")).unwrap();
    path
}

#[test]
fn every_copy_in_plain_text_is_named() {
    let env = TestEnv::new();
    put_session(
        &env,
        "mystore",
        "ana@example.com",
        &token("mystore", 600),
        "dev",
    );
    put_tokens(
        &env,
        &json!({"mystore": token("mystore", 600), "other": token("other", 600)}),
    );
    let old = env
        .home()
        .join(".config")
        .join("configstore")
        .join("vtex.json");
    fs::create_dir_all(old.parent().unwrap()).unwrap();
    fs::write(&old, tabbed(&json!({"account": "mystore"}))).unwrap();
    let log = put_log(&env);
    fs::write(&log, "{\"level\":\"debug\",\"message\":\"eyJ no token\"}\n").unwrap();
    let import = || {
        let _ = fs::remove_dir_all(env.dir());
        stderr(&import(&env).run().success())
    };
    let doctor = || {
        stdout(
            &vtexid(&env, &["doctor"])
                .env("HTTPS_PROXY", "http://127.0.0.1:1")
                .run(),
        )
    };
    // Without a token in them they are not named.
    for words in [import(), doctor()] {
        assert!(words.contains(&dir(&env).display().to_string()), "{words}");
        assert!(
            !words.contains("vtex.json") && !words.contains("debug.json"),
            "{words}"
        );
    }
    fs::write(
        &old,
        tabbed(&json!({"account": "mystore", "token": token("mystore", 600)})),
    )
    .unwrap();
    put_log(&env);
    for words in [import(), doctor()] {
        for path in [&dir(&env), &old, &log] {
            assert!(words.contains(&path.display().to_string()), "{words}");
        }
        // What logging out of the toolbelt does not do.
        assert!(
            words.contains("revokes only the token of mystore"),
            "{words}"
        );
        assert!(words.contains("delete"), "{words}");
        assert!(!words.contains("eyJ"), "{words}");
    }
}

#[test]
fn an_export_says_that_vtex_logout_revokes_the_token() {
    let env = TestEnv::new();
    login(&env, "mystore");
    let words = stderr(&vtexid(&env, &["toolbelt", "export"]).run().success());
    assert!(words.contains("`vtex logout` revokes it"), "{words}");
}

#[test]
fn if_the_session_has_ended_the_hint_names_the_toolbelts_valid_one() {
    let env = TestEnv::new();
    let proxy = Proxy::start(env.root(), env.sandbox.port());
    let renew = || {
        renewable(&env, "mystore", now() - 60, "unknown");
        if let Some(theirs) = [token("mystore", 600), token("mystore", -5)]
            .get(env.requests_to("/api/vtexid/refreshtoken/admin").len())
        {
            put_tokens(&env, &json!({"mystore": theirs}));
        }
        let done = vtexid(&env, &["local", "token", "-a", "mystore"])
            .env("HTTPS_PROXY", proxy.url())
            .env("SSL_CERT_FILE", &proxy.authority)
            .run()
            .code(4);
        stderr(&done)
    };
    let words = renew();
    assert!(words.contains("session of mystore has ended"), "{words}");
    assert!(
        words.contains("`vtexid toolbelt import -a mystore`"),
        "{words}"
    );
    let words = renew();
    assert!(!words.contains("toolbelt"), "{words}");
}

#[test]
fn if_all_sessions_have_expired_the_error_says_so() {
    let env = TestEnv::new();
    put_tokens(
        &env,
        &json!({"one": token("one", -60), "two": token("two", -60)}),
    );
    let done = import(&env).run().code(4).stdout("");
    let words = stderr(&done);
    assert!(words.contains("every session of the toolbelt"), "{words}");
    assert!(words.contains("has expired"), "{words}");
    let done = import(&env).arg("-a").arg("one").run().code(4).stdout("");
    let words = stderr(&done);
    assert!(
        words.contains("the toolbelt's session of one expired"),
        "{words}"
    );
}
