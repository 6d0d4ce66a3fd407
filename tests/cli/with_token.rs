//! A token on stdin instead of a browser.

use serde_json::json;

use crate::env::{TestEnv, answer, now, stderr, token_of};

fn admin(account: &str) -> String {
    token_of(&json!({
        "sub": "ana@example.com", "account": account, "audience": "admin",
        "iat": now() - 60, "exp": now() + 3590
    }))
}

#[test]
fn it_is_kept_and_account_and_expiry_are_shown() {
    let env = TestEnv::new();
    let token = admin("mystore");
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
        .stdin(admin("mystore"))
        .run()
        .success();
    assert_eq!(env.sandbox.requests().len(), 0);
}

#[test]
fn the_account_comes_from_the_token_where_none_is_named() {
    let token = admin("other");
    let env = TestEnv::new();
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
        .stdin(admin("mystore"))
        .run()
        .success();
}

#[test]
fn what_is_no_good_token_is_refused_and_nothing_is_kept() {
    let expired = token_of(&json!({"audience": "admin", "account": "mystore", "exp": now() - 9}));
    let session = token_of(&json!({"sub": "session", "account": "session"}));
    for (input, code, says) in [
        (expired, 3, "expired"),
        (session, 3, "not a credential"),
        ("hello".to_owned(), 1, "three parts"),
        (String::new(), 1, "no token"),
        ("x".repeat(1 << 20), 1, "larger than any token"),
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
fn a_token_for_another_account_or_user_is_kept_and_said() {
    let env = TestEnv::new();
    env.login("mystore");
    let done = env
        .vtexid(["login", "mystore", "--with-token"])
        .stdin(admin("other"))
        .run()
        .success();
    let words = stderr(&done);
    assert!(
        words.contains("names the account other, not mystore"),
        "{words}"
    );
    assert!(
        words.contains("now logged in as ana@example.com (was dev@example.com)"),
        "{words}"
    );
}
