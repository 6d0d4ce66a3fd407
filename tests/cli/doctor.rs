//! Everything a login depends on, looked at.

use std::fs;

use predicates::{prelude::PredicateBooleanExt as _, str::contains};
use serde_json::{Value, json};

use crate::{
    env::{TestEnv, Tool, answer, names, now, stdout, token_of},
    sandbox::Options,
};

fn check(report: &Value, name: &str) -> Value {
    let checks = report["checks"].as_array().unwrap().iter();
    checks
        .clone()
        .find(|check| check["name"] == name)
        .cloned()
        .unwrap_or(Value::Null)
}

fn doctor(env: &TestEnv) -> Tool {
    env.vtexid(["doctor", "--json"])
}

#[test]
fn warnings_do_not_make_doctor_fail() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = env.files();
    let report = answer(&doctor(&env).run().success());
    assert_eq!(report["well"], true);
    assert_eq!(names(&report["checks"][0]), ["name", "verdict", "found"]);
    for (name, verdict) in [
        ("index", "ok"),
        ("store", "warning"),
        ("network", "ok"),
        ("vtex-id", "ok"),
        ("clock", "ok"),
    ] {
        assert_eq!(check(&report, name)["verdict"], verdict, "{name}: {report}");
    }
    // Windows and macOS always have a display.
    if cfg!(target_os = "linux") {
        for name in ["clipboard", "browser"] {
            assert_eq!(
                check(&report, name)["verdict"],
                "warning",
                "{name}: {report}"
            );
        }
    }
    // The test entry of the store is gone again.
    assert_eq!(env.files(), before);
    let text = stdout(&env.vtexid(["doctor"]).run().success());
    assert!(text.contains("ok       clock"), "{text}");
    assert!(text.contains("hint: "), "{text}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_missing_keyring_is_a_problem_and_the_exit_code() {
    let env = TestEnv::new();
    let done = doctor(&env).run().code(5);
    let report = answer(&done);
    assert_eq!(report["well"], false);
    assert_eq!(check(&report, "store")["verdict"], "problem");
    assert!(check(&report, "store")["hint"].is_string());
    assert_eq!(check(&report, "vtex-id")["verdict"], "skipped");
    assert!(crate::env::stderr(&done).contains("check failed: keyring"));
}

#[test]
fn vtex_id_that_cannot_be_reached_is_a_problem() {
    let env = TestEnv::new();
    env.login("mystore");
    for how in ["drop", "500"] {
        env.sandbox.clear_failures();
        env.fail(&format!("/_v/={how}"));
        let report = answer(&doctor(&env).run().code(6));
        let found = check(&report, "vtex-id");
        assert_eq!(found["verdict"], "problem");
        assert!(
            found["found"]
                .as_str()
                .unwrap()
                .contains("mystore.localhost"),
            "{found}"
        );
    }
}

#[test]
fn an_unknown_account_is_a_problem() {
    let env = TestEnv::new();
    env.login("mystore");
    let report = answer(&doctor(&env).arg("-a").arg("unknown-one").run().failure());
    let found = check(&report, "vtex-id");
    assert!(
        found["found"].as_str().unwrap().contains("unknown-one"),
        "{found}"
    );
}

#[test]
fn a_clock_that_is_off_is_a_problem() {
    for (clock, way) in [(7200, "behind"), (-7200, "ahead of")] {
        let env = TestEnv::with(Options {
            clock,
            ..Options::default()
        });
        env.login("mystore");
        let report = answer(&doctor(&env).run().code(1));
        let found = check(&report, "clock");
        assert_eq!(found["verdict"], "problem");
        let words = found["found"].as_str().unwrap();
        assert!(words.contains(way) && words.contains('h'), "{words}");
    }
}

#[test]
fn a_damaged_index_and_a_bad_certificate_file_are_problems() {
    let env = TestEnv::new();
    let report = answer(
        &doctor(&env)
            .without("VTEXID_URL")
            .env("SSL_CERT_FILE", "/nowhere.pem")
            .env("HTTPS_PROXY", "http://user:hunter2@127.0.0.1:1")
            .run()
            .failure(),
    );
    let found = check(&report, "network");
    assert_eq!(found["verdict"], "problem");
    assert!(!report.to_string().contains("hunter2"));
    let dir = env.dir();
    fs::create_dir_all(dir.join("index.json")).unwrap();
    let report = answer(&doctor(&env).without("VTEXID_URL").run().code(1));
    assert_eq!(check(&report, "index")["verdict"], "problem");
}

#[test]
fn plain_text_tokens_of_the_toolbelt_are_found_and_not_shown() {
    let env = TestEnv::new();
    env.login("mystore");
    let token = token_of(&json!({"audience": "admin", "exp": now() + 60}));
    let dir = env.home().join(".vtex").join("session");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("tokens.json"), json!({"one": token}).to_string()).unwrap();
    let done = doctor(&env).run().success();
    let report = answer(&done);
    let found = check(&report, "toolbelt");
    assert_eq!(found["verdict"], "warning");
    assert!(
        found["found"]
            .as_str()
            .unwrap()
            .contains("tokens of 1 account"),
        "{found}"
    );
    assert!(!stdout(&done).contains(&token));
    env.vtexid(["doctor"])
        .run()
        .success()
        .stdout(contains("toolbelt import").and(contains("plain text")));
}

#[test]
fn variables_that_override_are_listed() {
    let env = TestEnv::new();
    env.login("mystore");
    let nothing = answer(&doctor(&env).run().success());
    assert_eq!(check(&nothing, "environment"), Value::Null);

    let given = token_of(&json!({"account": "mystore", "exp": now() + 600}));
    let report = answer(
        &doctor(&env)
            .env("VTEX_TOKEN", &given)
            .env("VTEX_ACCOUNT", "mystore")
            .env("VTEX_APP_KEY", "vtexappkey-mystore-ABCDEF")
            .env("VTEX_APP_TOKEN", "canary")
            .run()
            .success(),
    );
    let told = check(&report, "environment");
    assert_eq!(told["verdict"], "ok");
    let found = told["found"].as_str().unwrap();
    for words in [
        "VTEX_TOKEN overrides the stored tokens",
        "VTEX_ACCOUNT (mystore) overrides the current account",
        "VTEX_APP_KEY and VTEX_APP_TOKEN are set, and used if nothing is stored",
    ] {
        assert!(found.contains(words), "{found}");
    }
    assert!(!report.to_string().contains("canary"), "{report}");
    assert!(!report.to_string().contains(&given), "{report}");
}

#[test]
fn no_value_can_pass_for_a_row_of_the_report() {
    let env = TestEnv::new();
    env.login("mystore");
    let forged = "x\nok       store        all is well";
    let token = token_of(&json!({"account": forged, "sub": forged, "exp": now() + 600}));
    // A folder's name can hold a newline as well, though not on Windows.
    let dir = if cfg!(unix) {
        env.root().join(forged)
    } else {
        env.dir()
    };
    fs::rename(env.dir(), &dir).unwrap();
    let run = |tool: Tool| {
        tool.env("VTEXID_DIR", &dir)
            .env("VTEX_ACCOUNT", "mystore")
            .env("VTEX_TOKEN", &token)
            .run()
            .code(2)
    };
    let report = answer(&run(doctor(&env)));
    let checks = report["checks"].as_array().unwrap();
    // People read other names than programs for two of them.
    let expected: Vec<&str> = checks
        .iter()
        .map(|check| match check["name"].as_str().unwrap() {
            "index" => "sessions",
            "store" => "keyring",
            name => name,
        })
        .collect();
    let text = stdout(&run(env.vtexid(["doctor"])));
    let rows = text.lines().filter(|line| !line.starts_with(' '));
    let names: Vec<&str> = rows
        .map(|row| row.split_whitespace().nth(1).unwrap())
        .collect();
    assert_eq!(names, expected, "{text}");
    assert!(text.contains("is for the account x\\nok \\u{20}"), "{text}");
}

#[test]
fn a_variable_that_makes_other_commands_fail_is_a_problem() {
    let env = TestEnv::new();
    env.login("mystore");
    let expired = token_of(&json!({"account": "mystore", "exp": now() - 60}));
    let other = token_of(&json!({"account": "other", "exp": now() + 600}));
    let done = doctor(&env)
        .env("VTEX_TOKEN", &other)
        .env("VTEX_ACCOUNT", "mystore")
        .run()
        .code(2);
    let report = answer(&done);
    let told = check(&report, "environment").to_string();
    let words = "VTEX_TOKEN is for the account other, but VTEX_ACCOUNT is mystore";
    assert!(told.contains(words), "{told}");
    // Named on the command line, the account goes first, and the token is
    // passed over.
    let done = doctor(&env)
        .arg("-a")
        .arg("mystore")
        .env("VTEX_TOKEN", &other)
        .run()
        .success();
    let report = answer(&done);
    let told = check(&report, "environment").to_string();
    assert!(
        told.contains("VTEX_TOKEN is for another account and is not used"),
        "{told}"
    );
    for (name, value, code, words) in [
        ("VTEX_TOKEN", "canary", 2, "invalid VTEX_TOKEN"),
        ("VTEX_TOKEN", &expired, 3, "expired 1m"),
        ("VTEX_ACCOUNT", "no/name", 2, "invalid VTEX_ACCOUNT"),
    ] {
        let done = doctor(&env).env(name, value).run().code(code);
        let report = answer(&done);
        let told = check(&report, "environment");
        assert_eq!(report["well"], false);
        assert_eq!(told["verdict"], "problem");
        assert!(told["found"].as_str().unwrap().contains(words), "{told}");
        assert!(!report.to_string().contains("canary"), "{report}");
        // The command that would have been run fails in the same way.
        env.vtexid(["local", "token"])
            .env(name, value)
            .run()
            .code(code);
    }
}

#[test]
fn half_a_pair_is_a_warning() {
    let env = TestEnv::new();
    env.login("mystore");
    for (name, value, words) in [
        (
            "VTEX_APP_KEY",
            "vtexappkey-mystore-ABCDEF",
            "VTEX_APP_TOKEN is missing",
        ),
        ("VTEX_APP_TOKEN", "canary", "VTEX_APP_KEY is missing"),
    ] {
        let report = answer(
            &doctor(&env)
                .env("VTEX_ACCOUNT", "mystore")
                .env(name, value)
                .run()
                .success(),
        );
        let told = check(&report, "environment");
        assert_eq!(told["verdict"], "warning");
        assert!(told["found"].as_str().unwrap().contains(words), "{told}");
    }
    // Commands pass the token over where the command line names another account.
    let other = token_of(&json!({"account": "other", "exp": now() + 600}));
    let named = doctor(&env).arg("-a").arg("mystore");
    let report = answer(&named.env("VTEX_TOKEN", other).run().success());
    let told = check(&report, "environment");
    assert_eq!(told["verdict"], "warning");
    let words = "VTEX_TOKEN is for another account and is not used";
    assert!(told["found"].as_str().unwrap().contains(words), "{told}");
}

/// One of the two is wrong, and the other commands stop there.
#[test]
fn a_token_of_another_account_than_vtex_account_is_a_problem() {
    let env = TestEnv::new();
    env.login("mystore");
    let other = token_of(&json!({"account": "other", "exp": now() + 600}));
    let run = |tool: Tool| {
        tool.env("VTEX_ACCOUNT", "mystore")
            .env("VTEX_TOKEN", &other)
            .run()
    };
    run(env.vtexid(["local", "token"])).code(2).stdout("");
    let report = answer(&run(doctor(&env)).code(2));
    let told = check(&report, "environment");
    assert_eq!(told["verdict"], "problem");
    let found = told["found"].as_str().unwrap();
    assert!(
        found.contains("other") && found.contains("mystore"),
        "{told}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn an_invalid_bus_address_is_a_problem() {
    let env = TestEnv::new();
    for value in ["/run/user/1000/bus", "foo", "unix:foo=bar", "garbage;more"] {
        let with = |tool: Tool| tool.env("DBUS_SESSION_BUS_ADDRESS", value).run();
        let report = answer(&with(doctor(&env)).code(5));
        let found = check(&report, "store");
        assert_eq!(found["verdict"], "problem");
        let words = found.to_string();
        assert!(
            words.contains("invalid DBUS_SESSION_BUS_ADDRESS"),
            "{words}"
        );
        assert!(words.contains("unix:path="), "{words}");
        with(env.vtexid(["login", "mystore"]))
            .code(5)
            .stderr(contains("invalid DBUS_SESSION_BUS_ADDRESS"));
    }
}
