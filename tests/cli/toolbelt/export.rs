//! `toolbelt export`

use super::*;

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

/// What a crash in the middle of a write leaves behind, from 20 minutes ago.
fn leave_behind(dir: &std::path::Path, name: &str) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, "eyJ.half.token").unwrap();
    age(&path);
    path
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
