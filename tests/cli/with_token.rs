//! A token on stdin instead of a browser.

use predicates::{prelude::PredicateBooleanExt as _, str::contains};
use serde_json::{Value, json};

use crate::env::{TestEnv, Tool, answer, limit, now, stderr, token_of};

const VALIDATE: &str = "/api/vtexid/credential/validate";

fn claims(account: &str) -> Value {
    json!({
        "sub": "ana@example.com", "account": account, "audience": "admin",
        "iat": now() - 60, "exp": now() + 3590
    })
}

/// A token that VTEX ID knows.
fn admin(env: &TestEnv, account: &str) -> String {
    env.sandbox.mint(&claims(account))
}

fn keep(env: &TestEnv, token: &str) -> Tool {
    env.vtexid(["login", "mystore", "--with-token", "--store", "file"])
        .stdin(token)
}

#[test]
fn it_is_saved_and_account_and_expiry_are_shown() {
    let env = TestEnv::new();
    let token = admin(&env, "mystore");
    let done = env
        .vtexid(["login", "mystore", "--with-token", "--store", "file"])
        .stdin(format!("{token}\n"))
        .run()
        .success()
        .stdout("");
    let words = stderr(&done);
    assert!(
        words.contains("logged in to mystore as ana@example.com: valid for 59m"),
        "{words}"
    );
    assert!(!words.contains(&token), "{words}");
    assert_eq!(env.token("mystore"), token);
    // The store was chosen once, and is remembered.
    env.vtexid(["login", "mystore", "--with-token"])
        .stdin(admin(&env, "mystore"))
        .run()
        .success();
    assert_eq!(env.sandbox.requests().len(), 2);
    assert_eq!(env.requests_to(VALIDATE).len(), 2);
}

#[test]
fn the_account_comes_from_the_token_where_none_is_named() {
    let env = TestEnv::new();
    let token = admin(&env, "other");
    let done = env
        .vtexid(["login", "--with-token", "--store", "file", "--json"])
        .stdin(format!("VtexIdclientAutCookie={token}; Path=/"))
        .run()
        .success();
    assert_eq!(answer(&done)["account"], "other");
    assert_eq!(env.token("other"), token);
}

#[test]
fn a_ci_job_may_bring_its_token() {
    let env = TestEnv::new();
    env.vtexid(["login", "mystore", "--with-token", "--store", "file"])
        .env("CI", "true")
        .stdin(admin(&env, "mystore"))
        .run()
        .success();
}

#[test]
fn an_invalid_token_is_refused_and_nothing_is_saved() {
    let expired = token_of(&json!({"audience": "admin", "account": "mystore", "exp": now() - 9}));
    let session = token_of(&json!({"sub": "session", "account": "session"}));
    for (input, code, says) in [
        (expired, 3, "expired"),
        (session, 3, "not a credential"),
        ("hello".to_owned(), 1, "three parts"),
        (String::new(), 1, "it is empty"),
        ("x".repeat(1 << 20), 1, "too large for a token"),
    ] {
        let env = TestEnv::new();
        let done = env
            .vtexid(["login", "mystore", "--with-token", "--store", "file"])
            .stdin(input)
            .run()
            .code(code)
            .stdout("");
        let words = stderr(&done);
        assert!(words.contains(says), "{words}");
        env.assert_nothing_kept();
    }
}

#[test]
fn a_token_for_another_account_or_user_is_saved_with_a_warning() {
    let env = TestEnv::new();
    env.login("mystore");
    let done = env
        .vtexid(["login", "mystore", "--with-token"])
        .stdin(admin(&env, "other"))
        .run()
        .success();
    let words = stderr(&done);
    assert!(
        words.contains("is for the account other, not mystore"),
        "{words}"
    );
    assert!(
        words.contains("now logged in as ana@example.com (was dev@example.com)"),
        "{words}"
    );
}

#[test]
fn a_token_that_vtex_id_rejects_is_not_saved() {
    let app = json!({"sub": "vtexappkey-mystore-ABCDEF", "type": "appkey", "account": "mystore", "exp": now() + 600});
    for invented in [claims("mystore"), app] {
        let env = TestEnv::new();
        let token = token_of(&invented);
        let words = stderr(&keep(&env, &token).run().code(3).stdout(""));
        assert!(words.contains("WrongCredentials"), "{words}");
        assert!(words.contains("hint: "), "{words}");
        assert!(!words.contains(&token), "{words}");
        assert_eq!(env.requests_to(VALIDATE).len(), 1);
        env.assert_nothing_kept();
    }
}

#[test]
fn a_token_that_was_there_before_stays_when_the_new_one_is_refused() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = env.token("mystore");
    keep(&env, &token_of(&claims("mystore"))).run().code(3);
    assert_eq!(env.token("mystore"), before);
}

#[test]
fn a_rejected_token_of_another_kind_is_saved_with_a_warning() {
    let env = TestEnv::new();
    let token = token_of(&json!({
        "sub": "ana@example.com", "account": "mystore", "audience": "webstore", "exp": now() + 600
    }));
    keep(&env, &token)
        .run()
        .success()
        .stderr(contains("warning: ").and(contains("WrongCredentials")));
    // Commands act as a shopper only with --as.
    env.vtexid(["local", "token", "--as", "ana@example.com"])
        .run()
        .success()
        .stdout(format!("{token}\n"));
    env.vtexid(["local", "token"])
        .run()
        .code(4)
        .stdout("")
        .stderr(contains(
            "hint: pass `--as EMAIL` to use one of them: ana@example.com",
        ));
}

#[test]
fn without_an_answer_the_token_is_saved_unchecked() {
    for how in ["500", "drop", "garbage", "403", "429", "hold"] {
        let env = TestEnv::new();
        env.fail(&format!("{VALIDATE}={how}"));
        let token = token_of(&claims("mystore"));
        let done = keep(&env, &token).run().success();
        let words = stderr(&done);
        assert!(
            words.contains("warning: the token was not checked: "),
            "{words}"
        );
        if how == "hold" {
            let expected = format!("no answer within {}", limit("5s", "3s"));
            assert!(words.contains(&expected), "{words}");
        }
        assert_eq!(env.requests_to(VALIDATE).len(), 1, "{how}");
        assert_eq!(env.token("mystore"), token);
    }
    // A setting that is invalid is said, and nothing sent past it.
    let env = TestEnv::new();
    let token = token_of(&claims("mystore"));
    let done = keep(&env, &token)
        .without("VTEXID_URL")
        .env("HTTPS_PROXY", "htp://hunter2")
        .run()
        .success();
    let words = stderr(&done);
    assert!(
        words.contains("the token was not checked: invalid HTTPS_PROXY"),
        "{words}"
    );
}
