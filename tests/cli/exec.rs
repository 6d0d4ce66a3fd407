//! `exec`: a program with the credential in its environment.

use predicates::{prelude::PredicateBooleanExt as _, str::contains};

use crate::{
    env::{TestEnv, Tool, stdout},
    sandbox,
};

fn logged_in() -> TestEnv {
    let env = TestEnv::new();
    env.login("mystore");
    env
}

#[cfg(unix)]
fn save_key(env: &TestEnv) {
    with_pair(env.vtexid(["apptoken", "--save", "--store", "file"]))
        .run()
        .success();
}

fn with_pair(tool: Tool) -> Tool {
    tool.env("VTEX_APP_KEY", sandbox::app_key("mystore"))
        .env("VTEX_APP_TOKEN", sandbox::app_token())
}

/// A tool that finds other programs.
fn exec(env: &TestEnv, arguments: &[&str]) -> Tool {
    env.vtexid([&["exec"], arguments].concat())
        .env("PATH", std::env::var_os("PATH").unwrap())
}

#[test]
fn wrong_usage_fails_before_the_program_runs() {
    let env = logged_in();
    for (arguments, says) in [
        (
            &["--set", "A=token", "--set", "A=key", "--", "x"][..],
            "--set names A twice",
        ),
        (&["--set", "1A=token", "--", "x"], "a variable's name"),
        (&["--set", "A-B=token", "--", "x"], "a variable's name"),
        (&["--set", "A", "--", "x"], "NAME=WHAT"),
        (
            &["--set", "A=secret", "--", "x"],
            "after `A=` write one of: token, cookie",
        ),
        (&[], "<CMD>..."),
    ] {
        exec(&env, arguments)
            .run()
            .code(2)
            .stdout("")
            .stderr(contains(says));
    }
    exec(&env, &["--", "no-such-program"])
        .run()
        .code(127)
        .stdout("")
        .stderr(contains("program not found: no-such-program").and(contains("hint:")));
    let nobody = TestEnv::new();
    exec(&nobody, &["--", "no-such-program"]).run().code(4);
}

#[test]
fn as_key_without_an_app_key_fails() {
    let env = logged_in();
    for arguments in [
        &["--as", "key", "--", "x"][..],
        &["--set", "A=app-token", "--", "x"],
    ] {
        exec(&env, arguments)
            .run()
            .code(4)
            .stdout("")
            .stderr(contains("no app key is saved for mystore"));
    }
    exec(&env, &["--as", "user", "--set", "A=app-token", "--", "x"])
        .run()
        .code(4)
        .stderr(contains("missing app key pair for mystore").and(contains("--as key")));
}

#[cfg(unix)]
mod unix {
    use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _};

    use predicates::str::contains;

    use super::{exec, logged_in, save_key, with_pair};
    use crate::{
        env::{Tool, claims, ended_by, stdout},
        sandbox,
    };

    /// The program's variables that matter here.
    fn variables(tool: Tool) -> BTreeMap<String, String> {
        let printed = stdout(&tool.run().success());
        let lines = printed.lines().filter_map(|line| line.split_once('='));
        lines
            .filter(|(name, _)| {
                name.starts_with("VTEX_") || name.starts_with("FS_") || *name == "C"
            })
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn a_user_sets_only_account_and_token() {
        let env = logged_in();
        let got = variables(with_pair(exec(&env, &["--", "env"])));
        assert_eq!(got["VTEX_ACCOUNT"], "mystore");
        assert_eq!(got["VTEX_TOKEN"], env.token("mystore"));
        assert_eq!(got.len(), 2, "{:?}", got.keys());
    }

    #[test]
    fn as_key_sets_the_pair() {
        let env = logged_in();
        save_key(&env);
        let before = env.sandbox.requests().len();
        for tool in [
            exec(&env, &["--as", "key", "--", "env"]),
            exec(&env, &["--as", "key", "env"]),
        ] {
            let got = variables(tool);
            assert_eq!(got["VTEX_APP_KEY"], sandbox::app_key("mystore"));
            assert_eq!(got["VTEX_APP_TOKEN"], sandbox::app_token());
            assert_eq!(got["VTEX_ACCOUNT"], "mystore");
            assert_eq!(got.len(), 3, "{:?}", got.keys());
        }
        assert_eq!(
            env.sandbox.requests().len(),
            before,
            "no token is made for it"
        );
    }

    #[test]
    fn set_chooses_the_variables() {
        let env = logged_in();
        save_key(&env);
        let got = variables(exec(
            &env,
            &[
                "--set",
                "FS_DISCOVERY_APP_KEY=key",
                "--set",
                "FS_DISCOVERY_APP_TOKEN=app-token",
                "--",
                "env",
            ],
        ));
        assert_eq!(got["FS_DISCOVERY_APP_TOKEN"], sandbox::app_token());
        assert_eq!(got.len(), 2, "{:?}", got.keys());
        let got = variables(exec(
            &env,
            &["--set", "C=cookie", "--set", "FS_LOGIN=login", "--", "env"],
        ));
        let token = env.token("mystore");
        assert_eq!(got["C"], format!("VtexIdclientAutCookie={token}"));
        assert_eq!(got["FS_LOGIN"], "dev@example.com");
        assert_eq!(got.len(), 2, "{:?}", got.keys());
    }

    #[test]
    fn it_replaces_the_process_and_keeps_the_exit_code() {
        let env = logged_in();
        let running = exec(&env, &["--", "sh", "-c", "echo $$; exit 42"]).start();
        let id = running.id();
        let done = running.finish().code(42);
        assert_eq!(stdout(&done).trim(), id.to_string());
    }

    #[test]
    fn the_program_gets_the_signals() {
        use rustix::process::Signal;
        let env = logged_in();
        let script =
            "trap 'echo trapped; exit 7' TERM; echo ready >&2; while :; do sleep 0.05; done";
        let running = exec(&env, &["--", "sh", "-c", script]).start();
        running.wait_for("ready");
        running.signal(Signal::TERM);
        running.finish().code(7).stdout("trapped\n");
        let running = exec(&env, &["--", "sh", "-c", "echo ready >&2; exec sleep 60"]).start();
        running.wait_for("ready");
        running.interrupt();
        ended_by(&running.finish(), 2);
    }

    #[test]
    fn the_token_is_in_no_argument() {
        let env = logged_in();
        let script = "tr '\\0' ' ' </proc/$$/cmdline; echo; env | grep -c '^VTEX_TOKEN=eyJ'";
        let done = exec(&env, &["--", "sh", "-c", script]).run().success();
        let printed = stdout(&done);
        assert!(!printed.contains("eyJ0"), "{printed}");
        assert!(printed.trim_end().ends_with("\n1"), "{printed}");
    }

    #[test]
    fn the_core_file_limit_is_restored() {
        let env = logged_in();
        let allowed = "ulimit -Sc";
        let here = env
            .program("sh", ["-c", allowed])
            .env("PATH", std::env::var_os("PATH").unwrap())
            .run()
            .success();
        let there = exec(&env, &["--", "sh", "-c", allowed]).run().success();
        assert_eq!(stdout(&there), stdout(&here));
        // With a limit that is not nothing, where that can be had.
        let script = format!(
            "ulimit -Sc 1024 2>/dev/null; {} exec -- sh -c 'ulimit -Sc'; ulimit -Sc",
            env!("CARGO_BIN_EXE_vtexid")
        );
        let both = env
            .program("sh", ["-c", &script])
            .env("PATH", std::env::var_os("PATH").unwrap())
            .run()
            .success();
        let both = stdout(&both);
        let lines: Vec<&str> = both.lines().collect();
        assert_eq!(lines[0], lines[1]);
    }

    #[test]
    fn what_cannot_be_run_is_126() {
        let env = logged_in();
        let file = env.root().join("program");
        fs::write(&file, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        exec(&env, &["--", "./program"])
            .run()
            .code(126)
            .stdout("")
            .stderr(contains("could not run ./program"));
    }

    #[test]
    fn it_can_be_nested_and_min_validity_renews() {
        let env = logged_in();
        env.expire();
        let vtexid = env!("CARGO_BIN_EXE_vtexid");
        let arguments = [
            "--min-validity",
            "10m",
            "--",
            vtexid,
            "exec",
            "--",
            vtexid,
            "local",
            "token",
        ];
        let done = exec(&env, &arguments).run().success();
        let token = stdout(&done);
        assert!(claims(&token)["exp"].as_i64().unwrap() > crate::env::now() + 600);
        exec(&env, &["--min-validity", "3d", "--", "env"])
            .run()
            .code(3)
            .stdout("");
    }
}

#[test]
fn a_pair_in_the_environment_is_enough() {
    let env = TestEnv::new();
    let program = if cfg!(windows) { "cmd" } else { "env" };
    let arguments: &[&str] = if cfg!(windows) {
        &["--", program, "/c", "set"]
    } else {
        &["--", program]
    };
    let done = with_pair(exec(&env, arguments)).run().success();
    let printed = stdout(&done);
    assert!(printed.contains("VTEX_TOKEN=eyJ"), "{printed}");
    assert!(!printed.contains(&sandbox::app_token()), "{printed}");
}
