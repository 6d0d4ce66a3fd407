//! Sessions that both have: which is renewed, and by whom.

use super::*;

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
