//! The token that later steps get.

use super::*;

#[test]
fn later_steps_get_the_token_and_the_log_hides_it() {
    let env = TestEnv::new();
    let done = token(&env).run().success();
    let token = output(&env);
    assert_eq!(claims(&token)["sub"], app_key("mystore"));
    assert_eq!(read(&env, "GITHUB_ENV"), "");

    let mask = format!("::add-mask::{token}");
    assert_eq!(stdout(&done), format!("{mask}\n"));
    let log = stdout(&done) + &stderr(&done);
    for line in log.lines().filter(|line| **line != mask) {
        assert!(!line.contains(&token), "{line}");
    }
    assert!(!log.contains(&app_token()), "{log}");
}

#[test]
fn the_log_hides_the_token_before_anything_gets_it() {
    let env = TestEnv::new();
    // A file that cannot be written fails the step.
    fs::create_dir(told(&env, "GITHUB_OUTPUT")).unwrap();
    let failed = token(&env).env("INPUT_EXPORT", "true").run().failure();
    assert!(stdout(&failed).starts_with("::add-mask::ey"));
    assert_eq!(read(&env, "GITHUB_ENV"), "");
}

#[test]
fn every_later_step_has_the_token_if_asked() {
    let env = TestEnv::new();
    token(&env).env("INPUT_EXPORT", "true").run().success();
    let exported = format!("VTEX_TOKEN={}\n", output(&env));
    assert_eq!(read(&env, "GITHUB_ENV"), exported);

    // A second use has the first one's token around it.
    let again = token(&env).env("VTEX_TOKEN", output(&env));
    again.run().success();
    let output = read(&env, "GITHUB_OUTPUT");
    let tokens: Vec<&str> = output.lines().collect();
    assert_eq!(tokens.len(), 2);
    assert_ne!(tokens[0], tokens[1]);
}

#[test]
fn the_account_is_the_one_named_else_the_jobs_else_the_keys() {
    let env = TestEnv::new();
    for (input, job, account) in [
        ("named", "jobs", "named"),
        ("", "jobs", "jobs"),
        ("", "", "mystore"),
    ] {
        let step = token(&env).env("INPUT_ACCOUNT", input);
        // The key is of `mystore` and refused elsewhere.
        step.env("VTEX_ACCOUNT", job).run();
        let host = env.sandbox.requests().pop().unwrap().host;
        assert_eq!(host.split('.').next(), Some(account));
    }
}

#[test]
fn a_rejected_pair_fails_the_step() {
    let env = TestEnv::new();
    let failed = token(&env)
        .env("VTEX_APP_TOKEN", "x".repeat(128))
        .env("INPUT_EXPORT", "true")
        .run()
        .code(3)
        .stdout("")
        .stderr(contains("could not make a token for mystore"));
    assert!(!stderr(&failed).contains("xxx"));
    assert_eq!(read(&env, "GITHUB_OUTPUT"), "");
    assert_eq!(read(&env, "GITHUB_ENV"), "");
}

#[test]
fn invalid_inputs_are_refused() {
    let env = TestEnv::new();
    for (name, value, words) in [
        ("VTEX_APP_KEY", "", "app-key or app-token is empty"),
        ("VTEX_APP_TOKEN", "", "app-key or app-token is empty"),
        ("INPUT_EXPORT", "yes", "invalid export: use"),
        (
            "INPUT_EXPORT",
            "true\n::stop-commands::x",
            "invalid export: use",
        ),
    ] {
        let failed = token(&env).env(name, value).run().code(1);
        let failed = failed.stdout(contains(words));
        assert!(stdout(&failed).starts_with("::error title=vtexid::"));
        assert!(!stdout(&failed).contains(&app_token()));
        // Each line could be a command to the runner.
        assert_eq!(stdout(&failed).lines().count(), 1);
    }
    assert!(env.sandbox.requests().is_empty());
    assert_eq!(read(&env, "GITHUB_OUTPUT"), "");
}
