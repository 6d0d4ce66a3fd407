//! Several accounts, and which of them is meant.

use predicates::{prelude::PredicateBooleanExt as _, str::contains};

use crate::env::{TestEnv, answer, stderr};

fn current(env: &TestEnv) -> String {
    let status = env.vtexid(["status", "--json"]).run().success();
    answer(&status)["current"]["account"]
        .as_str()
        .unwrap_or("none")
        .to_owned()
}

fn three() -> TestEnv {
    let env = TestEnv::new();
    for account in ["one", "two", "three"] {
        env.login(account);
    }
    env
}

#[test]
fn another_account_becomes_the_current_one_and_back() {
    let env = three();
    assert_eq!(current(&env), "three");
    let done = env.vtexid(["switch", "one"]).run().success().stdout("");
    assert!(stderr(&done).contains("switched to one"));
    assert_eq!(current(&env), "one");
    let token = env.vtexid(["local", "token", "-q"]).run().success();
    assert_eq!(
        token.get_output().stdout,
        format!("{}\n", env.token("one")).into_bytes()
    );
    for expected in ["three", "one", "three"] {
        env.vtexid(["switch", "-"]).run().success();
        assert_eq!(current(&env), expected);
    }
}

#[test]
fn a_login_is_a_switch_too() {
    let env = three();
    env.vtexid(["switch", "-"]).run().success();
    assert_eq!(current(&env), "two");
    // To where one is already: there is still a way back.
    env.vtexid(["switch", "two"]).run().success();
    env.vtexid(["switch", "-"]).run().success();
    assert_eq!(current(&env), "three");
}

#[test]
fn only_a_known_account_can_be_switched_to() {
    let env = TestEnv::new();
    env.login("one");
    env.vtexid(["switch", "two"])
        .run()
        .code(4)
        .stdout("")
        .stderr(contains("hint: run `vtexid login two"));
    env.vtexid(["switch", "-"])
        .run()
        .code(4)
        .stderr(contains("no previous account"));
    env.vtexid(["switch", "no.such.name"]).run().code(2);
    env.vtexid(["switch"]).run().code(2);
    assert_eq!(current(&env), "one");
}

#[test]
fn a_deleted_account_is_not_the_previous_one() {
    let env = three();
    env.vtexid(["logout", "two"]).run().success();
    env.vtexid(["switch", "-"]).run().code(4);
    env.vtexid(["logout", "three"]).run().success();
    assert_eq!(current(&env), "none");
    env.vtexid(["local", "token"])
        .run()
        .code(4)
        .stderr(contains("vtexid switch"));
}

#[test]
fn vtex_account_overrides_and_a_warning_says_so() {
    let env = three();
    env.vtexid(["switch", "one"])
        .env("VTEX_ACCOUNT", "two")
        .run()
        .success()
        .stderr(contains("VTEX_ACCOUNT is set to two"));
    let status = env
        .vtexid(["status", "--json"])
        .env("VTEX_ACCOUNT", "two")
        .run()
        .success();
    assert_eq!(answer(&status)["current"]["reason"], "VTEX_ACCOUNT");
    assert_eq!(current(&env), "one");
}

#[test]
fn vtex_token_overrides_and_a_warning_says_so() {
    let env = three();
    env.vtexid(["switch", "one"])
        .env("VTEX_TOKEN", "canary")
        .run()
        .success()
        .stderr(contains("VTEX_TOKEN is set and overrides").and(contains("canary").not()));
    assert_eq!(current(&env), "one");
}

#[test]
fn json_has_both_accounts() {
    let env = three();
    let done = env.vtexid(["switch", "one", "--json"]).run().success();
    assert_eq!(
        answer(&done),
        serde_json::json!({"account": "one", "previous": "three"})
    );
}

#[test]
fn two_accounts_are_wrong_usage() {
    let env = three();
    for arguments in [["switch", "-a", "one", "two"], ["switch", "-a", "one", "-"]] {
        env.vtexid(arguments)
            .run()
            .code(2)
            .stdout("")
            .stderr(contains("--account").and(contains("one")));
        assert_eq!(current(&env), "three");
    }
    env.vtexid(["switch", "-a", "one", "one"]).run().success();
    assert_eq!(current(&env), "one");
}
