//! What `vtexid inspect` finds wrong with a token, and `--check`.
//! Each finding's limits are in `src/judge/tests.rs`.

use predicates::{prelude::PredicateBooleanExt as _, str::contains};
use serde_json::{Value, json};

use crate::env::{EMAIL, TestEnv, answer, compact, now, stderr, stdout};

/// An admin's token of this minute, and whatever is different in it.
fn admin(different: &Value) -> Value {
    let mut claims = json!({
        "sub": EMAIL, "account": "mystore", "audience": "admin", "type": "user",
        "iat": now() - 60, "exp": now() + 86_340,
    });
    for (name, value) in different.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

/// A token of these claims with a signature that has the look of one.
fn signed(claims: &str) -> String {
    let token = compact(r#"{"alg":"ES256"}"#, claims);
    format!("{}.{}", token.rsplit_once('.').unwrap().0, "A".repeat(86))
}

/// The codes and levels of what is found.
fn findings(env: &TestEnv, token: &str) -> Vec<(String, String)> {
    let done = env.vtexid(["inspect", "--json", token]).run().success();
    let findings = answer(&done)["findings"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = findings.as_array().unwrap();
    findings
        .iter()
        .map(|found| {
            assert!(!text(&found["message"]).is_empty());
            (text(&found["code"]), text(&found["level"]))
        })
        .collect()
}

#[test]
fn a_valid_token_has_no_findings() {
    let env = TestEnv::new();
    for claims in [
        admin(&json!({})),
        admin(&json!({"nbf": now()})),
        json!({"sub": EMAIL, "account": "mystore", "audience": "webstore", "exp": now() + 600}),
    ] {
        let token = env.sandbox.mint(&claims);
        assert_eq!(findings(&env, &token), [], "{claims}");
        env.vtexid(["inspect", "--check", &token]).run().success();
    }
}

#[test]
fn problems_are_named_and_fail_a_check() {
    let env = TestEnv::new();
    let day = 86_400;
    for (different, code, level) in [
        (json!({"exp": now() - 1}), "expired", "problem"),
        (json!({"iat": [1]}), "not-a-time", "problem"),
        (json!({"exp": now() + 10 * day}), "long-life", "warning"),
    ] {
        let token = env.sandbox.mint(&admin(&different));
        let found = findings(&env, &token);
        let expected = (code.to_owned(), level.to_owned());
        assert!(found.contains(&expected), "{different}: {found:?}");
        let check = env.vtexid(["inspect", "--check", &token]).run();
        if level == "problem" {
            assert_eq!(found[0], expected, "the worst comes first");
            check.code(3).stdout("").stderr(contains("check failed: "));
        } else {
            assert_eq!(found, [expected]);
            check.success().stdout("").stderr(contains("; warning: "));
        }
    }
    let mut eternal = admin(&json!({}));
    eternal.as_object_mut().unwrap().remove("exp");
    let found = findings(&env, &env.sandbox.mint(&eternal));
    assert_eq!(found, [("no-expiry".to_owned(), "warning".to_owned())]);
}

#[test]
fn duplicate_names_are_a_problem() {
    let env = TestEnv::new();
    // The same name, written in two ways.
    let token = signed(r#"{"exp":4102444800,"sub":"a","\u0073ub":"b"}"#);
    let problem = ("duplicate-name".to_owned(), "problem".to_owned());
    assert_eq!(findings(&env, &token), [problem]);
    env.vtexid(["inspect", &token])
        .run()
        .success()
        .stdout(contains("duplicate name `sub`"));
    env.vtexid(["inspect", "--check", &token]).run().code(3);
}

#[test]
fn numbers_that_javascript_rounds_are_a_warning() {
    let env = TestEnv::new();
    let warning = [("rounded-number".to_owned(), "warning".to_owned())];
    let rounded = signed(r#"{"exp":4102444800,"id":[9007199254740993]}"#);
    assert_eq!(findings(&env, &rounded), warning);
    env.vtexid(["inspect", &signed(r#"{"exp":1e400}"#)])
        .run()
        .code(1)
        .stdout("")
        .stderr(contains("the payload is not JSON: number out of range"));
    // What some readers take for a number is none.
    for name in ["Number", "RawValue"] {
        let posing = format!(r#"{{"exp":{{"$serde_json::private::{name}":"4102444800"}}}}"#);
        assert_eq!(findings(&env, &signed(&posing))[0].0, "not-a-time");
        let whole = format!(r#"{{"$serde_json::private::{name}":"{{\"exp\":4102444800}}"}}"#);
        assert_eq!(findings(&env, &signed(&whole))[0].0, "no-expiry");
    }
}

#[test]
fn numbers_and_texts_are_printed_as_the_token_has_them() {
    let env = TestEnv::new();
    for written in [
        "1669770737.50",
        "1.0",
        "123456789012345678901234567890",
        "18446744073709551615",
        "1e300",
        "1E+2",
        "-0",
        r#""\ud800""#,
        r#"{"b":[1.10,{"c":"x\udc00"}],"a":1.0}"#,
    ] {
        let claims = format!(r#"{{"exp":4102444800,"x":{written}}}"#);
        // The same with line ends, which a stream has no place for.
        let spread = claims.replace(':', ":\n").replace(',', ",\n");
        for token in [signed(&claims), signed(&spread)] {
            let run = |more: &[&str]| {
                let tool = env.vtexid([&["inspect", &*token], more].concat());
                stdout(&tool.run().success())
            };
            let json = run(&["--claim", "x", "--json"]);
            assert_eq!(json.trim_end(), written);
            let plain = run(&["--claim", "x"]);
            assert_eq!(plain.trim_end(), written.trim_matches('"'));
            assert!(run(&[]).contains(&format!("  {}\n", written.trim_matches('"'))));
            let squeezed: String = run(&["--json"]).split_whitespace().collect();
            assert!(squeezed.contains(&format!("\"x\":{written}")), "{squeezed}");
            let two = format!("{token}\n{token}\n");
            let stream = env.vtexid(["inspect", "--json"]).stdin(two).run().success();
            let stream = stdout(&stream);
            assert_eq!(stream.lines().count(), 2, "{stream}");
            assert!(stream.contains(&format!("\"x\":{written}")), "{stream}");
        }
    }
}

#[test]
fn a_claim_alone_drops_no_finding() {
    let env = TestEnv::new();
    let token = signed(r#"{"sub":"a","exp":1,"id":9007199254740993}"#);
    let done = env.vtexid(["inspect", "--claim", "id", &token]).run();
    let done = done.success().stdout("9007199254740993\n");
    let words = stderr(&done);
    assert!(words.contains("warning: it expired "), "{words}");
    assert!(
        words.contains("warning: the number 9007199254740993"),
        "{words}"
    );
}

#[test]
fn the_last_day_of_net_is_a_time_and_beyond_are_digits() {
    let env = TestEnv::new();
    let last = signed(r#"{"sub":"a","exp":253402300799}"#);
    assert_eq!(findings(&env, &last), []);
    let done = env.vtexid(["inspect", &last]).run().success();
    assert!(
        stdout(&done).contains("9999-12-31 23:59:59 UTC"),
        "{}",
        stdout(&done)
    );
    let json = answer(&env.vtexid(["inspect", "--json", &last]).run().success());
    assert_eq!(json["expires_at"], "9999-12-31T23:59:59Z");
    for digits in ["1e300", "18446744073709551615"] {
        let token = signed(&format!(r#"{{"sub":"a","exp":{digits}}}"#));
        assert_eq!(findings(&env, &token)[0].0, "not-a-time");
        let done = env.vtexid(["inspect", &token]).run().success();
        assert!(
            stdout(&done).contains(&format!("claim exp    {digits}")),
            "{}",
            stdout(&done)
        );
        assert!(stdout(&done).contains(&format!("`exp` is {digits}, not a time")));
    }
}

#[test]
fn a_broken_payloads_place_is_counted_from_its_start() {
    let env = TestEnv::new();
    let token = signed("{\n\"a\": 1,\n\"b\": ?\n}");
    env.vtexid(["inspect", &token])
        .run()
        .code(1)
        .stderr(contains("error at byte 16 of 18"));
}

#[test]
fn an_unreadable_token_never_passes_a_check() {
    let env = TestEnv::new();
    let session = r#"{"sub":"session","account":"session","exp":4102444800}"#;
    assert_eq!(findings(&env, &signed(session))[0].0, "no-credential");
    let posing = r#"{"account":"victim","scope":"mystore:admin","exp":4102444800}"#;
    let unnamed = r#"{"sub":"a","exp":4102444800}"#;
    for claims in [
        session,
        posing,
        unnamed,
        r#"{"account":5,"exp":4102444800}"#,
    ] {
        env.vtexid(["inspect", "--check", "-a", "mystore", &signed(claims)])
            .run()
            .code(3)
            .stdout("");
    }
    env.vtexid(["inspect", "--check", &signed(unnamed)])
        .run()
        .success();
    // Time that is asked for must be stated.
    let eternal = signed(r#"{"sub":"a"}"#);
    env.vtexid(["inspect", "--check", &eternal]).run().success();
    env.vtexid(["inspect", "--check=10m", &eternal])
        .run()
        .code(3);
    // A life that is too long is noticed without its beginning too.
    let long = json!({"audience": "admin", "exp": now() + 90 * 86_400}).to_string();
    assert_eq!(findings(&env, &signed(&long))[0].0, "long-life");
}

#[test]
fn a_text_with_several_tokens_is_judged_by_which_is_meant() {
    let env = TestEnv::new();
    let mine = env.sandbox.mint(&admin(&json!({})));
    let evil = env
        .sandbox
        .mint(&admin(&json!({"sub": "evil@example.com"})));
    let inspect = |text: &str, more: &[&str]| {
        let arguments = [&["inspect", "--claim", "sub"], more].concat();
        env.vtexid(arguments).stdin(text).run()
    };
    for text in [
        format!("xVtexIdclientAutCookie={evil}; VtexIdclientAutCookie={mine}"),
        format!("ref=VtexIdclientAutCookie:{evil}; VtexIdclientAutCookie={mine}"),
        format!("vtexidclientautcookie={evil}; VtexIdclientAutCookie={mine}"),
    ] {
        let done = inspect(&text, &[]).success();
        assert_eq!(stdout(&done).trim_end(), EMAIL, "{text}");
        assert!(stderr(&done).contains("contains another token"));
        inspect(&text, &["--check"]).code(3).stdout("");
        let stream = env.vtexid(["inspect", "--json", "--check"]);
        stream.stdin(format!("{text}\n{mine}\n")).run().code(3);
    }
    // The browser's own two cookies.
    let both = format!("VtexIdclientAutCookie_mystore={evil}; VtexIdclientAutCookie={mine}");
    inspect(&both, &["--check"]).success();
    let export = json!([
        {"name": "vtex_session", "value": evil},
        {"name": "VtexIdclientAutCookie", "value": mine},
    ]);
    let done = inspect(&export.to_string(), &["--check"]).success();
    assert_eq!(stdout(&done).trim_end(), EMAIL);
}

#[test]
fn a_claim_that_is_a_command_to_github_is_not_printed_there() {
    let env = TestEnv::new();
    let token = signed(r#"{"sub":"::stop-commands::x"}"#);
    let claim = || env.vtexid(["inspect", "--claim", "sub", &token]);
    claim().run().success().stdout("::stop-commands::x\n");
    let there = claim().env("GITHUB_ACTIONS", "true").run();
    there.code(1).stdout("");
}

#[test]
fn thousands_of_duplicate_names_are_found_quickly() {
    let env = TestEnv::new();
    let names: Vec<String> = (0..40_000)
        .map(|n| format!("\"{n}\":1,\"{n}\":2"))
        .collect();
    let token = signed(&format!("{{{}}}", names.join(",")));
    let done = env.vtexid(["inspect", "--json", "-"]).stdin(token).run();
    let found = &answer(&done.success())["findings"];
    assert_eq!(
        found.as_array().unwrap().len(),
        11,
        "ten of them and no expiry"
    );
}

#[test]
fn the_account_is_compared_with_the_one_asked_for_or_logged_in_to() {
    let env = TestEnv::new();
    env.login("mystore");
    let mine = env.sandbox.mint(&admin(&json!({})));
    let other = env.sandbox.mint(&admin(&json!({"account": "other"})));
    assert_eq!(findings(&env, &mine), []);
    let found = findings(&env, &other);
    assert_eq!(found, [("other-account".to_owned(), "warning".to_owned())]);
    let inspect = |more: &[&str]| env.vtexid([&["inspect", "--check", &other], more].concat());
    inspect(&[]).run().success().stderr(contains(
        "it is for the account other, but you are logged in to mystore",
    ));
    inspect(&["-a", "other"]).run().success();
    // Its user may have access there, which only VTEX knows.
    let named = inspect(&["-a", "mystore"]).run().success();
    assert!(stderr(&named).contains("it is for the account other, not mystore"));
    inspect(&[])
        .env("VTEX_ACCOUNT", "third")
        .run()
        .success()
        .stderr(contains("only if its user has access to third"));
    // Of a shopper that is known.
    let shopper = json!({"audience": "webstore", "account": "other", "exp": now() + 60});
    let shopper = env.sandbox.mint(&shopper);
    env.vtexid(["inspect", "--check", "-a", "mystore", &shopper])
        .run()
        .code(3)
        .stderr(contains("it is for the account other, not mystore"));
}

#[test]
fn a_check_can_ask_for_time_that_is_left() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&admin(&json!({"exp": now() + 1800})));
    let check = |time: &str| {
        let flag = format!("--check={time}");
        env.vtexid(["inspect", &flag, "-"])
            .stdin(token.clone())
            .run()
    };
    check("10m")
        .success()
        .stdout("")
        .stderr(contains("mystore"));
    check("1h")
        .code(3)
        .stdout("")
        .stderr(contains("not for 1h"));
    check("soon").code(2);
    // An expired token is not told to be short of time.
    env.login("mystore");
    env.expire();
    let stored = env.vtexid(["inspect", "--check=10m"]).run().code(3);
    assert!(
        stderr(&stored).contains("it expired"),
        "{}",
        stderr(&stored)
    );
}

#[test]
fn claim_prints_one_claim() {
    let env = TestEnv::new();
    let claims = json!({"sub": "a\u{1b}[31m", "exp": 5, "roles": ["r"], "yes": true});
    let token = signed(&claims.to_string());
    let claim = |name: &str, more: &[&str]| {
        let arguments = [&["inspect", "--claim", name, &token], more].concat();
        env.vtexid(arguments).run()
    };
    claim("exp", &[]).success().stdout("5\n");
    claim("sub", &[]).success().stdout("a\\u{1b}[31m\n");
    claim("roles", &[]).success().stdout("[\"r\"]\n");
    claim("yes", &["--json"]).success().stdout("true\n");
    claim("sub", &["--json"])
        .success()
        .stdout("\"a\\u001b[31m\"\n");
    claim("none", &[])
        .code(1)
        .stdout("")
        .stderr(contains("no claim `none`").and(contains("sub, exp, roles, yes")));
    claim("exp", &["--check"]).code(3).stdout("");
}

#[test]
fn an_encrypted_token_shows_its_header() {
    let env = TestEnv::new();
    let header = r#"{"alg":"RSA-OAEP","enc":"A256GCM","kid":"k1"}"#;
    let token = compact(header, "x").split_once('.').unwrap().0.to_owned() + ".a.b.c.d";
    let text = env.vtexid(["inspect", &token]).run().success();
    text.stdout(contains("encrypted token (JWE)").and(contains("RSA-OAEP")));
    let json = answer(&env.vtexid(["inspect", "--json", &token]).run().success());
    assert_eq!(json["kind"], "encrypted");
    assert_eq!(json["jose_header"]["enc"], "A256GCM");
    assert!(json["claims"].is_null());
    env.vtexid(["inspect", "--check", &token]).run().code(3);
    let claim = env.vtexid(["inspect", "--claim", "sub", &token]).run();
    claim.code(1).stdout("");
}

#[test]
fn json_nested_too_deeply_is_named() {
    let env = TestEnv::new();
    let deep = format!("{}{}", "{\"a\":".repeat(10_000), "1");
    let token = compact(r#"{"alg":"ES256"}"#, deep);
    env.vtexid(["inspect", "-"])
        .stdin(token)
        .run()
        .code(1)
        .stdout("")
        .stderr(contains("the payload").and(contains("127 levels deep")));
}

#[test]
fn other_things_than_tokens_are_named() {
    let env = TestEnv::new();
    let segment = "eyJjdXJyZW5jeUNvZGUiOiJCUkwifQ==";
    for (text, words) in [
        ("vtexappkey-mystore-ABCDEF", "it is an app key"),
        (&"SANDBOX".repeat(19)[..128], "looks like an app token"),
        (segment, "vtex_segment"),
    ] {
        let done = env.vtexid(["inspect", "-"]).stdin(text).run().code(1);
        assert!(stderr(&done).contains(words), "{}", stderr(&done));
        assert!(!stderr(&done).contains(text), "{}", stderr(&done));
    }
}
