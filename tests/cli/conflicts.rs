//! Flags that contradict each other: an error, so that none is ignored

use predicates::{prelude::PredicateBooleanExt as _, str::contains};

use crate::{
    env::{TestEnv, stdout},
    sandbox::{app_key, app_token},
};

#[test]
fn inspect_refuses_as_with_a_token() {
    let env = TestEnv::new();
    env.login("mystore");
    let token = env.token("mystore");
    env.vtexid(["inspect", &token, "--as", "key"])
        .run()
        .code(2)
        .stdout("")
        .stderr(contains("cannot use --as with a token").and(contains("hint: ")));
    for arguments in [
        &["inspect", "--as", "user"][..],
        &["inspect", "-", "--as", "user"],
        &["inspect", "--json", "--as", "user"],
    ] {
        env.vtexid(arguments)
            .stdin(format!("{token}\n"))
            .run()
            .code(2)
            .stdout("")
            .stderr(contains("cannot use --as with a token").and(contains("--stored")));
    }
    env.vtexid(["inspect", "--stored", "--as", "user"])
        .stdin(token)
        .run()
        .success();
}

#[test]
fn json_contradicts_every_other_format() {
    let env = TestEnv::new();
    env.login("mystore");
    for format in ["env", "header", "storage-state"] {
        env.vtexid(["local", "token", "--json", "--format", format])
            .run()
            .code(2)
            .stdout("")
            .stderr(contains(format!(
                "cannot use --json with --format {format}"
            )));
    }
    for format in ["dotenv", "header"] {
        env.vtexid(["apptoken", "--json", "--format", format])
            .env("VTEX_APP_KEY", app_key("mystore"))
            .env("VTEX_APP_TOKEN", app_token())
            .run()
            .code(2)
            .stdout("")
            .stderr(contains(format!(
                "cannot use --json with --format {format}"
            )));
    }
    let done = env
        .vtexid(["local", "token", "--json", "--format", "json"])
        .run()
        .success();
    assert!(stdout(&done).starts_with('{'));
}

#[test]
fn a_detail_of_another_format_names_the_formats_that_have_it() {
    let env = TestEnv::new();
    for (arguments, words) in [
        (
            ["--name", "TOKEN"],
            "--name works only with --format env, fish, powershell or dotenv",
        ),
        (
            ["--domain", "localhost"],
            "--domain works only with --format storage-state",
        ),
    ] {
        env.vtexid(["local", "token"].iter().chain(&arguments))
            .run()
            .code(2)
            .stderr(contains(words));
    }
}
