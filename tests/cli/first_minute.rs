//! What somebody meets who has just installed it: typing mistakes, defaults,
//! and requests that cannot be met.

use predicates::{prelude::PredicateBooleanExt as _, str::contains};
use serde_json::Value;

use crate::env::{EMAIL, TestEnv, answer, sign_in, stderr};
use crate::sandbox::{Options, app_key, app_token};

#[test]
fn a_near_account_is_suggested() {
    let env = TestEnv::new();
    env.login("mystore");
    env.login("otherstore");
    for arguments in [
        &["switch", "mystoer"][..],
        &["local", "token", "-a", "mystoer"],
        &["status", "-a", "mystoer"],
        &["inspect", "-a", "mystoer"],
    ] {
        env.vtexid(arguments)
            .run()
            .code(4)
            .stdout("")
            .stderr(contains("hint: did you mean mystore?"));
    }
    env.vtexid(["switch", "fourthstore"])
        .run()
        .code(4)
        .stderr(contains("did you mean").not());
}

#[test]
fn a_near_command_is_suggested_and_no_other() {
    let env = TestEnv::new();
    for (typed, meant) in [
        ("logn", "login"),
        ("token", "local token"),
        ("stauts", "status"),
    ] {
        env.vtexid([typed])
            .run()
            .code(2)
            .stdout("")
            .stderr(contains(format!("a similar subcommand exists: '{meant}'")));
    }
    env.vtexid(["frobnicate"])
        .run()
        .code(2)
        .stderr(contains("similar").not());
}

#[test]
fn switch_without_an_account_takes_the_flags_and_asks_nobody_in_a_script() {
    let env = TestEnv::new();
    env.login("one");
    env.login("two");
    env.vtexid(["switch"])
        .run()
        .code(2)
        .stdout("")
        .stderr(contains("missing account").and(contains("vtexid switch ACCOUNT")));
    env.vtexid(["switch", "-a", "one"])
        .run()
        .success()
        .stderr(contains("switched to one"));
}

#[test]
fn login_without_an_account_is_the_current_one() {
    let env = TestEnv::new();
    env.vtexid(["login", "--no-browser", "--store", "file"])
        .run()
        .code(2)
        .stderr(contains("run `vtexid login mystore` if your Admin is at"));
    env.login("one");
    env.login("two");
    env.vtexid(["switch", "one"]).run().success();
    let arguments = ["login", "--no-browser", "--fresh"];
    let (_, done) = sign_in(env.vtexid(arguments).start(), EMAIL);
    assert!(stderr(&done.success()).contains("logged in to one"));
}

fn store_of(env: &TestEnv, account: &str) -> Value {
    let status = answer(&env.vtexid(["status", "--json"]).run().success());
    let accounts = status["accounts"].as_array().unwrap().iter();
    let mut accounts = accounts.filter(|line| line["account"] == account);
    accounts.next().unwrap()["store"].clone()
}

#[test]
fn a_variable_names_the_store_of_new_accounts() {
    let env = TestEnv::new();
    let arguments = ["login", "mystore", "--no-browser"];
    let login = env.vtexid(arguments).env("VTEXID_STORE", "file").start();
    sign_in(login, EMAIL).1.success();
    assert_eq!(store_of(&env, "mystore"), "file");
    env.vtexid(["apptoken", "--save", "-a", "other"])
        .env("VTEX_APP_KEY", app_key("other"))
        .env("VTEX_APP_TOKEN", app_token())
        .env("VTEXID_STORE", "file")
        .run()
        .success();
    assert_eq!(store_of(&env, "other"), "file");
    // Nothing is moved because of it: the flag alone does that.
    let moved = env.vtexid(["login", "mystore", "--no-browser"]);
    moved
        .env("VTEXID_STORE", "keyring")
        .run()
        .success()
        .stderr(contains("renewed without a browser"));
    assert_eq!(store_of(&env, "mystore"), "file");
    env.vtexid(["status"])
        .env("VTEXID_STORE", "file")
        .run()
        .success()
        .stdout(contains(
            "new accounts are saved in a plain-text file (VTEXID_STORE)",
        ));
    let status = env.vtexid(["status", "--json"]).env("VTEXID_STORE", "file");
    assert_eq!(answer(&status.run().success())["default_store"], "file");
    let report = env.vtexid(["doctor", "--json"]).env("VTEXID_STORE", "file");
    let report = answer(&report.run().success());
    let found = report["checks"][0]["found"].as_str().unwrap();
    assert!(
        found.contains("saved in a plain-text file (VTEXID_STORE)"),
        "{report}"
    );
}

#[test]
fn an_invalid_store_is_2_and_not_repeated() {
    let env = TestEnv::new();
    for arguments in [
        &["login", "mystore", "--no-browser"][..],
        &["login", "mystore", "--no-browser", "--store", "file"],
        &["doctor"],
        &["apptoken", "--save"],
    ] {
        env.vtexid(arguments)
            .env("VTEXID_STORE", "canary")
            .env("VTEX_APP_KEY", app_key("mystore"))
            .env("VTEX_APP_TOKEN", app_token())
            .run()
            .code(2)
            .stderr(contains("checks failed: environment").or(contains("invalid VTEXID_STORE")))
            .stderr(contains("canary").not());
    }
    env.assert_nothing_kept();
}

#[test]
fn min_validity_beyond_the_tokens_lifetime_is_refused() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = env.sandbox.requests().len();
    env.vtexid(["local", "token", "--min-validity", "3d"])
        .run()
        .code(3)
        .stdout("")
        .stderr(contains("admin user").and(contains("valid for at most 1d, not 3d")));
    assert_eq!(env.sandbox.requests().len(), before);
    // One that does last so long is printed.
    let env = TestEnv::with(Options {
        token_life: 5 * 86_400,
        ..Options::default()
    });
    env.login("mystore");
    env.vtexid(["local", "token", "--min-validity", "3d"])
        .run()
        .success();
}
