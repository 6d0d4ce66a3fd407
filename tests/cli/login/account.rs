//! The account that a login is for.

use super::*;

#[test]
fn a_token_for_another_account_is_saved_with_a_warning() {
    let env = TestEnv::with(Options {
        token_account: Some("otherstore".to_owned()),
        ..Options::default()
    });
    let login = env.login_tool("mystore", &["--json"]).start();
    let (_, done) = sign_in(login, EMAIL);
    let done = done.success();
    assert_eq!(answer(&done)["token_account"], "otherstore");
    done.stderr(contains(
        "warning: the token is for the account otherstore, not mystore",
    ));
    assert_eq!(claims(&env.token("mystore"))["account"], "otherstore");
    env.vtexid(["status"])
        .run()
        .success()
        .stdout(contains("mystore").and(contains("otherstore")));
    let status = answer(&env.vtexid(["status", "--json"]).run().success());
    assert_eq!(status["accounts"][0]["account"], "mystore");
    assert_eq!(status["accounts"][0]["token_account"], "otherstore");
}

#[test]
fn without_a_name_it_is_the_current_account_with_or_without_a_terminal() {
    let env = TestEnv::new();
    env.vtexid(["login", "--no-browser"])
        .run()
        .code(2)
        .stdout("")
        .stderr(contains(
            "hint: run `vtexid login mystore` if your Admin is at",
        ));
    assert!(env.sandbox.requests().is_empty());
    env.login("mystore");
    env.vtexid(["login", "--no-browser"])
        .run()
        .success()
        .stderr(contains("logged in to mystore"));
}

/// The account of an address or a workspace is taken, and said.
#[test]
fn the_account_can_be_an_address_or_a_workspace() {
    for (typed, from) in [
        ("https://mystore.myvtex.com/admin/apps?x=y#z", "the address"),
        ("MyStore.myvtex.com", "the address"),
        ("dev--mystore.myvtex.com", "its workspace dev"),
        ("dev--mystore", "its workspace dev"),
    ] {
        let env = TestEnv::new();
        let login = env.login_tool(typed, &[]).start();
        let (_, done) = sign_in(login, EMAIL);
        done.success()
            .stderr(contains(format!(
                "using the account mystore, taken from {from}\n"
            )))
            .stderr(contains("logged in to mystore as"));
        assert_eq!(claims(&env.token("mystore"))["account"], "mystore");
        env.vtexid(["local", "token", "-a", typed])
            .run()
            .success()
            .stdout(format!("{}\n", env.token("mystore")))
            .stderr(contains("using the account mystore"));
    }
}

#[test]
fn the_account_can_be_named_in_three_ways() {
    let env = TestEnv::new();
    let base = ["login", "--no-browser", "--store", "file"];
    let flag = env.vtexid(base.iter().chain(&["-a", "flagged"])).start();
    sign_in(flag, EMAIL).1.success();
    let variable = env.vtexid(base).env("VTEX_ACCOUNT", "variable").start();
    sign_in(variable, EMAIL).1.success();
    let argument = env
        .login_tool("Argument", &[])
        .env("VTEX_ACCOUNT", "variable");
    sign_in(argument.start(), EMAIL).1.success();
    for account in ["flagged", "variable", "argument"] {
        assert_eq!(claims(&env.token(account))["account"], account);
    }
    env.login_tool("one", &["-a", "two"])
        .run()
        .code(2)
        .stderr(contains("one").and(contains("two")));
}
