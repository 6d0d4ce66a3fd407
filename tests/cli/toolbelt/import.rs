//! `toolbelt import`

use super::*;

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
