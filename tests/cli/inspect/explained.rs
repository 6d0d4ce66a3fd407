//! What is said of a token.

use super::*;

fn inspect_json(env: &TestEnv, token: &str) -> Value {
    answer(&env.vtexid(["inspect", "--json", token]).run().success())
}

#[test]
#[allow(clippy::too_many_lines, reason = "most of it is a table")]
fn every_kind_is_told_apart() {
    let env = TestEnv::new();
    let store_user =
        json!({"sub": EMAIL, "account": "mystore", "audience": "webstore", "exp": FAR});
    let mut buyer = store_user.clone();
    buyer["isRepresentative"] = true.into();
    buyer["customerId"] = "c-1".into();
    buyer["unitId"] = "b-1".into();
    let mut before_2024 = admin();
    before_2024.as_object_mut().unwrap().remove("type");
    let key = "vtexappkey-mystore-ABCDEF";
    let typed = json!({"sub": key, "account": "mystore", "audience": "admin", "type": "appkey"});
    let untyped = json!({"sub": key, "account": "mystore", "audience": "admin"});
    let io_app = json!({
        "iss": "vtexio/router", "aud": "vtexio", "account": "mystore", "workspace": "master",
        "type": "link", "userLogin": EMAIL, "roles": ["r"], "sub": "vtex.app", "exp": FAR,
    });
    let old = json!({
        "account": "__vtex_admin", "scope": "mystore:admin", "sub": EMAIL, "authorizables": [],
    });
    let cookie = json!({"sub": "session", "account": "session", "id": "i-1", "version": 2});

    let plain = "VtexIdclientAutCookie";
    let theirs = "VtexIdclientAutCookie_mystore";
    let roles = "License Manager roles";
    let shopping = "place orders";
    for (claims, kind, words, scope, header, login, io) in [
        (
            admin(),
            "admin",
            "admin user",
            roles,
            plain,
            EMAIL,
            "ADMIN_TOKEN",
        ),
        (
            before_2024,
            "admin",
            "admin user",
            roles,
            plain,
            EMAIL,
            "ADMIN_TOKEN",
        ),
        (
            store_user,
            "shopper",
            "shopper",
            shopping,
            theirs,
            EMAIL,
            "STORE_TOKEN",
        ),
        (
            buyer,
            "b2b-buyer",
            "B2B buyer",
            shopping,
            theirs,
            EMAIL,
            "STORE_TOKEN",
        ),
        (
            typed,
            "app-key",
            "app key",
            roles,
            plain,
            key,
            "ADMIN_TOKEN",
        ),
        (
            untyped,
            "app-key",
            "app key",
            roles,
            plain,
            key,
            "ADMIN_TOKEN",
        ),
        (
            io_app,
            "io-app",
            "VTEX IO app",
            "policies",
            plain,
            EMAIL,
            "AUTH_TOKEN",
        ),
        (
            old,
            "old-admin",
            "admin user",
            roles,
            plain,
            EMAIL,
            "ADMIN_TOKEN",
        ),
        (
            cookie,
            "session-cookie",
            "vtex_session",
            "not a credential",
            "",
            "session",
            "",
        ),
        (
            json!({"sub": "x"}),
            "unknown",
            "unknown",
            "unknown",
            plain,
            "x",
            "",
        ),
    ] {
        let token = token_of(&claims);
        let json = inspect_json(&env, &token);
        assert_eq!(json["kind"], kind, "{claims}");
        assert_eq!(json["login"], login, "{claims}");
        assert!(json["scope"].as_str().unwrap().contains(scope), "{claims}");
        assert_eq!(
            json["header"].as_str().unwrap_or_default(),
            header,
            "{claims}"
        );
        let context = json["io_context"].as_str().unwrap_or_default();
        assert!(
            context.contains(io) && context.is_empty() == io.is_empty(),
            "{claims}"
        );
        assert_eq!(json["claims"], claims);
        let account = match kind {
            "session-cookie" | "unknown" => Value::Null,
            _ => "mystore".into(),
        };
        assert_eq!(json["account"], account, "{claims}");
        inspect(&env, &token)
            .stdout(is_match(format!("(?m)^kind  +{words}")).unwrap())
            .stdout(contains(match scope {
                "License Manager roles" => "depends on the ",
                other => other,
            }));
    }
}

#[test]
fn a_token_that_vtex_id_signed_is_explained() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&admin());
    let json = inspect_json(&env, &token);
    assert_eq!(json["jose_header"]["alg"], "ES256");
    assert_eq!(json["jose_header"]["kid"], env.sandbox.jwk()["kid"]);
    assert_eq!(json["claims"], admin());
    assert!(env.sandbox.requests().is_empty());
}

#[test]
fn every_claim_is_shown() {
    let env = TestEnv::new();
    let mut claims = admin();
    claims["customThing"] = json!({"deep": [1, "two", null]});
    // Of the wrong type, and still not lost.
    claims["sub"] = json!(["a", "b"]);
    let done = inspect(&env, &token_of(&claims));
    for text in [
        "s-1",
        "u-1",
        "token-emitter",
        "j-1",
        "customThing",
        "{\"deep\":[1,\"two\",null]}",
    ] {
        assert!(stdout(&done).contains(text), "{text}: {}", stdout(&done));
    }
    assert!(stdout(&done).contains("[\"a\",\"b\"]"), "{}", stdout(&done));
}

#[test]
fn expiry_is_told_in_words_and_in_utc() {
    let env = TestEnv::new();
    let of = |exp: Value| token_of(&json!({"audience": "admin", "exp": exp}));
    inspect(&env, &of(json!(1_669_770_737)))
        .stdout(is_match(r"expires +EXPIRED \d+d( \d+h)? ago, 2022-11-30 01:12:17 UTC").unwrap());
    inspect(&env, &of(json!(FAR)))
        .stdout(is_match(r"expires +in \d+d( \d+h)?, 2100-01-01 00:00:00 UTC").unwrap());
    inspect(&env, &of(json!(now() + 7_800))).stdout(contains("in 2h"));
    inspect(&env, &of(json!(now() - 7_300))).stdout(contains("EXPIRED 2h"));
    inspect(&env, &of(json!(1_669_770_737.5))).stdout(contains("2022-11-30 01:12:17 UTC"));
    inspect(&env, &token_of(&json!({}))).stdout(is_match("expires +not stated").unwrap());
    for odd in [
        json!(i64::MAX),
        json!(u64::MAX),
        json!(-1e300),
        json!("soon"),
        json!(null),
    ] {
        inspect(&env, &of(odd));
    }
    let json = inspect_json(&env, &of(json!(1_669_770_737)));
    assert_eq!(json["expired"], true);
    assert_eq!(json["seconds_left"], 0);
    assert_eq!(json["expires_at"], "2022-11-30T01:12:17Z");
    let issued = token_of(&json!({"iat": 1_669_770_737, "nbf": 1_669_770_738}));
    inspect(&env, &issued)
        .stdout(is_match("issued +2022-11-30 01:12:17 UTC").unwrap())
        .stdout(is_match("not before +2022-11-30 01:12:18 UTC").unwrap());
}

#[test]
fn json_has_a_fixed_shape() {
    let env = TestEnv::new();
    let json = inspect_json(&env, &token_of(&admin()));
    assert_eq!(
        names(&json),
        [
            "kind",
            "login",
            "account",
            "scope",
            "header",
            "io_context",
            "usual_life",
            "issued_at",
            "not_before",
            "expires_at",
            "expired",
            "seconds_left",
            "signature_checked",
            "online",
            "roles",
            "findings",
            "jose_header",
            "claims",
        ]
    );
    assert_eq!(json["issued_at"], "2022-11-29T01:12:17Z");
    assert_eq!(json["expires_at"], "2100-01-01T00:00:00Z");
    assert_eq!(json["expired"], false);
    assert!(json["not_before"].is_null());
    assert_eq!(json["signature_checked"], false);
    assert!(json["seconds_left"].as_i64().unwrap() > 0);
    // The same fields when the token says nothing.
    let bare = inspect_json(&env, &token_of(&json!({})));
    assert_eq!(names(&bare), names(&json));
    assert!(bare["expired"].is_null() && bare["seconds_left"].is_null());
}

#[test]
fn the_signature_is_not_checked_and_not_shown() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&admin());
    let signature = token.rsplit_once('.').unwrap().1;
    for more in [vec![], vec!["--json"]] {
        let done = env
            .vtexid([vec!["inspect", &token], more].concat())
            .run()
            .success();
        assert!(!stdout(&done).contains(signature));
        assert!(!stderr(&done).contains(signature));
    }
    inspect(&env, &token).stdout(contains("signature               not checked (ES256)"));
    for algorithm in ["none", "ES512", "XX\u{1b}"] {
        let header = json!({"alg": algorithm}).to_string();
        inspect(&env, &compact(header, "{}")).stdout(contains("signature    not checked"));
    }
    let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
    inspect(&env, &unsigned).stdout(contains("not signed"));
}

#[test]
fn a_check_that_passes_says_one_line_or_nothing() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&json!({
        "sub": EMAIL, "account": "mystore", "audience": "admin", "exp": now() + 3660,
    }));
    let check = |more: &[&str]| {
        let tool = env.vtexid([&["inspect", "--check"], more].concat());
        tool.stdin(token.clone()).run().success()
    };
    check(&["-q"]).stdout("").stderr("");
    let words = stderr(&check(&[]).stdout(""));
    let expected = format!("no problems found: admin user {EMAIL} of mystore, 1h");
    assert!(words.starts_with(&expected), "{words}");
    assert!(words.contains("signature not checked"), "{words}");
    assert_eq!(words.lines().count(), 1, "{words}");
    assert_eq!(answer(&check(&["--json"]))["account"], "mystore");
    assert_eq!(stdout(&check(&["--claim", "account"])), "mystore\n");
}

#[test]
fn a_shoppers_token_is_told_apart_from_what_the_admin_takes() {
    let env = TestEnv::new();
    let shopper = json!({"sub": EMAIL, "account": "mystore", "audience": "webstore"});
    inspect(&env, &token_of(&shopper)).stdout(contains("Admin APIs reject it"));
}
