//! `vtexid inspect --online` and `--roles`.

use predicates::{prelude::PredicateBooleanExt as _, str::contains};
use serde_json::json;

use crate::env::{EMAIL, TestEnv, answer, now, stderr, stdout};

const VALIDATE: &str = "/api/vtexid/credential/validate";

/// Logs in, and gives the token.
fn logged_in(env: &TestEnv) -> String {
    env.login("mystore");
    env.token("mystore")
}

#[test]
fn vtex_id_is_asked_and_named() {
    let env = TestEnv::new();
    let token = logged_in(&env);
    let host = format!("mystore.localhost:{}", env.sandbox.port());
    let inspect = |more: &[&str]| {
        let tool = env.vtexid([&["inspect", "--online"], more].concat());
        tool.stdin(token.clone()).run()
    };
    inspect(&[])
        .success()
        .stdout(contains(format!(
            "yes, says VTEX ID ({host}): {EMAIL} of mystore"
        )))
        .stderr(contains(format!("asking {host}")));
    let json = answer(&inspect(&["--json"]).success());
    let expected = json!({
        "host": host, "user": EMAIL, "account": "mystore", "audience": "admin", "token_type": "user",
    });
    assert_eq!(json["online"], expected);
    assert_eq!(env.requests_to(VALIDATE).len(), 2);
    // A key's word is one more.
    let key = env.root().join("key.json");
    std::fs::write(&key, env.sandbox.jwk().to_string()).unwrap();
    inspect(&["--key", key.to_str().unwrap()])
        .success()
        .stdout(contains("valid, ES256 with the key").and(contains("yes, says VTEX ID")));
    assert_eq!(env.requests_to(VALIDATE).len(), 3);
    // Without the flag no request is sent.
    let quiet = env.vtexid(["inspect", "--json"]).stdin(token.clone()).run();
    assert!(answer(&quiet.success())["online"].is_null());
    assert_eq!(env.requests_to(VALIDATE).len(), 3);
}

#[test]
fn a_different_answer_of_vtex_id_is_a_problem() {
    let env = TestEnv::new();
    let token = logged_in(&env);
    let inspect = |more: &[&str]| {
        let tool = env.vtexid([&["inspect", "--online"], more].concat());
        tool.stdin(token.clone()).run()
    };
    inspect(&["--check"]).success();
    let other = answer(&inspect(&["--json", "-a", "other"]).success());
    let codes = other["findings"].as_array().unwrap().iter();
    assert!(
        codes
            .map(|found| &found["code"])
            .any(|code| code == "told-otherwise")
    );
    inspect(&["--check", "-a", "other"]).code(3).stdout("");
}

#[test]
fn a_user_that_is_a_path_asks_for_no_roles() {
    let env = TestEnv::new();
    for user in ["", ".", ".."] {
        let claims = json!({"sub": EMAIL, "account": "mystore", "userId": user, "exp": now() + 60});
        let token = env.sandbox.mint(&claims);
        env.vtexid(["inspect", "--roles"])
            .stdin(token)
            .run()
            .success()
            .stdout(contains("could not get its roles"));
    }
    assert!(env.sandbox.requests().is_empty());
}

#[test]
fn a_token_that_vtex_id_refuses_fails_with_3() {
    let env = TestEnv::new();
    let token = logged_in(&env);
    env.vtexid(["logout"]).run().success();
    let done = env
        .vtexid(["inspect", "--online"])
        .stdin(token.clone())
        .run();
    let done = done.code(3).stdout("");
    let words = stderr(&done);
    assert!(words.contains("WrongCredentials"), "{words}");
    assert!(
        words.contains("hint: run `vtexid login mystore`"),
        "{words}"
    );
    assert!(!words.contains(&token), "{words}");
    // Forged: the same claims, and a signature of nobody's.
    let forged = format!("{}.{}", token.rsplit_once('.').unwrap().0, "A".repeat(86));
    let done = env.vtexid(["inspect", "--online"]).stdin(forged).run();
    done.code(3).stdout("");
}

#[test]
fn if_vtex_id_fails_there_is_no_verdict() {
    let env = TestEnv::new();
    let token = logged_in(&env);
    for failure in ["500", "garbage", "drop"] {
        env.fail(&format!("{VALIDATE}={failure}*9"));
        let done = env
            .vtexid(["inspect", "--online"])
            .stdin(token.clone())
            .run();
        done.code(6).stdout("");
        env.sandbox.clear_failures();
    }
}

#[test]
fn the_account_to_ask_may_have_to_be_named() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&json!({"sub": EMAIL, "exp": now() + 60}));
    let inspect = |more: &[&str]| {
        let tool = env.vtexid([&["inspect", "--online"], more].concat());
        tool.stdin(token.clone()).run()
    };
    inspect(&[]).code(2).stderr(contains("--account"));
    assert!(env.requests_to(VALIDATE).is_empty());
    inspect(&["-a", "mystore"]).success();
    // A token cannot have a request sent to any host it likes.
    let evil = json!({"sub": EMAIL, "account": "evil.example/", "exp": now() + 60});
    let evil = env.sandbox.mint(&evil);
    let done = env.vtexid(["inspect", "--online"]).stdin(evil).run();
    done.code(2).stdout("");
    assert_eq!(env.requests_to(VALIDATE).len(), 1);
}

#[test]
fn roles_are_added_and_fail_nothing() {
    let env = TestEnv::new();
    let token = logged_in(&env);
    let inspect = |token: &str, more: &[&str]| {
        let tool = env.vtexid([&["inspect", "--roles"], more].concat());
        tool.stdin(token).run()
    };
    inspect(&token, &[])
        .success()
        .stdout(contains("Owner (Admin Super), Call center operator"));
    let json = answer(&inspect(&token, &["--json"]).success());
    assert_eq!(
        json["roles"][1],
        json!({"id": 957, "name": "Call center operator"})
    );

    let path = "/api/license-manager/users";
    let claims = crate::env::claims(&token);
    let path = format!("{path}/{}/roles", claims["userId"].as_str().unwrap());
    for failure in ["500", "garbage", "drop"] {
        env.fail(&format!("{path}={failure}*9"));
        let done = inspect(&token, &[]).success();
        assert!(
            stdout(&done).contains("could not get its roles: "),
            "{}",
            stdout(&done)
        );
        let json = answer(&inspect(&token, &["--json"]).success());
        assert!(json["roles"].is_null());
        assert_eq!(json["findings"][0]["code"], "no-roles");
        env.sandbox.clear_failures();
    }
    let nobody = env
        .sandbox
        .mint(&json!({"sub": EMAIL, "account": "mystore", "exp": now() + 60}));
    inspect(&nobody, &[])
        .success()
        .stdout(contains("could not get its roles").and(contains("userId")));
}

#[test]
fn a_user_without_roles_gets_an_explanation() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&json!({
        "sub": EMAIL, "account": "mystore", "userId": "no-roles", "exp": now() + 60,
    }));
    env.vtexid(["inspect", "--roles"])
        .stdin(token)
        .run()
        .success()
        .stdout(contains("no role: every Admin API will answer 403"));
}
