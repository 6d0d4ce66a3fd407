//! `vtexid status`, and what becomes of a damaged index

use std::fs;

use assert_cmd::assert::Assert;
use predicates::{
    prelude::PredicateBooleanExt as _,
    str::{contains, is_match},
};
use serde_json::{Value, json};

use crate::{
    env::{EMAIL, TestEnv, answer, claims, names, now, sign_in, stderr, stdout, token_of},
    sandbox::{self, Options},
};

fn status(env: &TestEnv) -> Assert {
    env.vtexid(["status"]).run().success()
}

fn status_json(env: &TestEnv) -> Value {
    answer(&env.vtexid(["status", "--json"]).run().success())
}

#[test]
fn it_shows_every_account_and_which_is_current() {
    // Half an hour more than what is shown, so that the shown time is stable.
    let env = TestEnv::with(Options {
        token_life: 86_400 + 1_800,
        ..Options::default()
    });
    env.login("one");
    env.login("two");
    let row = |mark: &str, account: &str| {
        is_match(format!(
            "(?m)^{mark} {account} +user +{EMAIL} +admin user +1d left +file$"
        ))
        .unwrap()
    };
    status(&env)
        .stdout(row(" ", "one"))
        .stdout(row(r"\*", "two"))
        .stdout(contains(
            "commands use: two user (current account), from file",
        ));
    let named = |more: &[&str], variable: &str| {
        let tool = env.vtexid(["status"].iter().chain(more));
        tool.env("VTEX_ACCOUNT", variable).run().success()
    };
    named(&[], "one")
        .stdout(row(r"\*", "one"))
        .stdout(row(" ", "two"))
        .stdout(contains("commands use: one user (VTEX_ACCOUNT), from file"));
    named(&["-a", "two"], "one")
        .stdout(row(r"\*", "two"))
        .stdout(contains("commands use: two user (--account), from file"));
    named(&[], "three")
        .stdout(contains("*").not())
        .stdout(contains("you are not logged in to three"));
    let alias = env.vtexid(["whoami"]).run().success();
    assert_eq!(stdout(&alias), stdout(&status(&env)));
}

#[test]
fn it_needs_no_network_and_no_keyring() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = env.sandbox.requests().len();
    // As if the login had been saved in a keyring that is missing now.
    let index = env.file("index.json");
    let text = fs::read_to_string(&index).unwrap();
    fs::write(&index, text.replace("\"file\"", "\"keyring\"")).unwrap();
    fs::remove_file(env.entry("mystore", "login")).unwrap();
    status(&env).stdout(contains("mystore").and(contains("keyring")));
    assert_eq!(env.sandbox.requests().len(), before);
}

#[test]
fn nobody_is_logged_in() {
    let env = TestEnv::new();
    for arguments in [vec!["status"], vec!["status", "--json"], vec!["whoami"]] {
        env.vtexid(arguments)
            .run()
            .code(4)
            .stdout("")
            .stderr(contains("you are not logged in").and(contains("hint: run `vtexid login")));
    }
    assert!(env.files().is_empty(), "{:?}", env.files());
}

#[test]
fn an_expired_token_is_shown_as_expired() {
    let env = TestEnv::with(Options {
        token_life: -60,
        ..Options::default()
    });
    env.login("mystore");
    status(&env).stdout(is_match("mystore.* expired, renewable +file").unwrap());
    let line = &status_json(&env)["accounts"][0];
    assert_eq!(line["seconds_left"], 0);
    assert_eq!(line["renews"], true);
    // Without a refresh token it does not.
    let env = TestEnv::with(Options {
        token_life: -60,
        refresh: false,
        ..Options::default()
    });
    env.login("mystore");
    status(&env).stdout(is_match("mystore.* expired +file").unwrap());
    let line = &status_json(&env)["accounts"][0];
    assert_eq!(line["seconds_left"], 0);
    assert_eq!(line["renews"], false);
}

#[test]
fn json_has_a_fixed_shape() {
    let env = TestEnv::new();
    env.login("mystore");
    let json = status_json(&env);
    assert_eq!(names(&json), ["effective", "current", "accounts"]);
    assert_eq!(
        json["effective"],
        json!({"account": "mystore", "credential": "user", "source": "file", "reason": "switch"})
    );
    assert_eq!(
        json["current"],
        json!({"account": "mystore", "reason": "switch"})
    );
    let line = &json["accounts"][0];
    assert_eq!(
        names(line),
        [
            "account",
            "credential",
            "login",
            "kind",
            "expires_at",
            "expires_on",
            "seconds_left",
            "renews",
            "store",
            "current"
        ]
    );
    assert_eq!(line["account"], "mystore");
    assert_eq!(line["login"], EMAIL);
    assert_eq!(line["credential"], "user");
    assert_eq!(line["kind"], "admin");
    assert_eq!(line["renews"], true);
    assert_eq!(line["store"], "file");
    assert_eq!(line["current"], true);
    let exp = claims(&env.token("mystore"))["exp"].as_i64().unwrap();
    assert_eq!(line["expires_on"], exp);
    let at: jiff::Timestamp = line["expires_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(at.as_second(), exp);
    let left = line["seconds_left"].as_i64().unwrap();
    assert!((1..=86_400).contains(&left), "{left}");
    // Where commands can use nothing, it says why.
    let other = env.vtexid(["status", "--json"]).env("VTEX_ACCOUNT", "x");
    let json = answer(&other.run().success());
    assert_eq!(
        names(&json),
        ["effective", "problem", "current", "accounts"]
    );
    assert_eq!(json["effective"], Value::Null);
    assert_eq!(json["problem"], "you are not logged in to x");
}

#[test]
fn status_names_vtex_token_as_the_source() {
    let env = TestEnv::new();
    let given = token_of(&json!({
        "audience": "admin", "account": "otherstore", "sub": "ci@example.com", "exp": now() + 7_800
    }));
    let words = || {
        contains("VTEX_TOKEN: ci@example.com, otherstore, 2h")
            .and(contains("commands use: otherstore user, from VTEX_TOKEN\n"))
    };
    let run = |more: &[&str]| {
        let tool = env.vtexid(["status"].iter().chain(more));
        tool.env("VTEX_TOKEN", &given).run().success()
    };
    // Alone, and beside stored ones.
    run(&[]).stdout(words());
    env.login("mystore");
    // No stored one is marked as the one in use.
    run(&[]).stdout(words().and(contains("\n  mystore ")));
    let json = answer(&run(&["--json"]));
    assert_eq!(
        json["effective"],
        json!({"account": "otherstore", "credential": "user", "source": "VTEX_TOKEN", "reason": null})
    );
    assert_eq!(json["environment"]["variable"], "VTEX_TOKEN");
    assert_eq!(json["environment"]["account"], "otherstore");
    env.vtexid(["status"])
        .env("VTEX_TOKEN", "canary.canary")
        .run()
        .failure()
        .stdout("")
        .stderr(contains("VTEX_TOKEN").and(contains("canary").not()));
}

#[test]
fn no_secret_is_shown_or_in_the_index() {
    let env = TestEnv::new();
    env.login("mystore");
    env.vtexid(["apptoken", "--save", "--store", "file"])
        .env("VTEX_APP_KEY", sandbox::app_key("mystore"))
        .env("VTEX_APP_TOKEN", sandbox::app_token())
        .run()
        .success();
    let secrets = env.stored_secrets();
    assert_eq!(
        secrets.len(),
        4,
        "two tokens, a refresh token, an app token"
    );
    let index = fs::read_to_string(env.file("index.json")).unwrap();
    for shown in [stdout(&status(&env)), status_json(&env).to_string(), index] {
        assert!(shown.contains("vtexappkey-mystore-SANDBX"), "{shown}");
        for secret in &secrets {
            assert!(!shown.contains(&**secret), "{shown}");
        }
    }
}

#[test]
fn a_damaged_index_is_set_aside_and_rebuilt() {
    for damage in [
        "",
        "{",
        "[]",
        "{\"version\":1}",
        "\u{0}\u{0}\u{0}",
        "{\"version\":1,\"acc",
    ] {
        let env = TestEnv::new();
        env.login("one");
        env.login("two");
        let before = status_json(&env);
        let index = env.file("index.json");
        fs::write(&index, damage).unwrap();
        let done = status(&env).stderr(contains("warning: the session index was damaged"));
        let aside = env.file("index.damaged-1.json");
        done.stderr(contains(aside.display().to_string()))
            .stderr(contains("restored 2 accounts"));
        assert_eq!(fs::read_to_string(aside).unwrap(), damage);
        let after = status_json(&env);
        assert_eq!(after["current"], before["current"], "{damage}");
        assert_eq!(after["accounts"].as_array().unwrap().len(), 2, "{damage}");
        assert_eq!(claims(&env.token("one"))["account"], "one");
        // Said once.
        status(&env).stderr(contains("damaged").not());
    }
}

#[test]
fn a_damaged_index_with_no_copy_is_not_silently_emptied() {
    let env = TestEnv::new();
    env.login("mystore");
    fs::write(env.file("index.json"), "damaged").unwrap();
    fs::remove_file(env.file("index.copy.json")).unwrap();
    let done = env.vtexid(["status"]).run().code(4).stdout("");
    let aside = env.file("index.damaged-1.json");
    done.stderr(contains(aside.display().to_string()))
        .stderr(contains("log in again"));
    assert_eq!(fs::read_to_string(aside).unwrap(), "damaged");
    env.login("mystore");
    assert_eq!(claims(&env.token("mystore"))["account"], "mystore");
    // The next damage does not overwrite what was set aside before.
    fs::write(env.file("index.json"), "again").unwrap();
    status(&env);
    assert_eq!(
        fs::read_to_string(env.file("index.damaged-1.json")).unwrap(),
        "damaged"
    );
    assert_eq!(
        fs::read_to_string(env.file("index.damaged-2.json")).unwrap(),
        "again"
    );
}

#[test]
fn a_damaged_copy_is_no_copy() {
    let env = TestEnv::new();
    env.login("mystore");
    fs::write(env.file("index.copy.json"), "damaged").unwrap();
    status(&env).stderr(contains("damaged").not());
    fs::write(env.file("index.json"), "damaged").unwrap();
    env.vtexid(["status"])
        .run()
        .code(4)
        .stdout("")
        .stderr(contains("log in again"));
}

#[test]
fn damage_during_a_login_loses_no_other_account() {
    let env = TestEnv::new();
    env.login("one");
    let login = env.start_login("two");
    login.page();
    fs::write(env.file("index.json"), "damaged").unwrap();
    sign_in(login, EMAIL).1.success();
    let accounts = status_json(&env)["accounts"].clone();
    let names: Vec<&Value> = accounts
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["account"])
        .collect();
    assert_eq!(names, ["one", "two"]);
}

#[test]
fn an_index_of_a_newer_release_is_left_alone() {
    let env = TestEnv::new();
    env.login("mystore");
    let index = env.file("index.json");
    let newer = json!({"version": 3, "everything": ["else", "is", "new"]}).to_string();
    fs::write(&index, &newer).unwrap();
    let before = env.sandbox.requests().len();
    let login = ["login", "mystore", "--no-browser", "--store", "file"];
    for arguments in [
        &["status"][..],
        &["local", "token"],
        &["logout", "--all"],
        &login,
    ] {
        env.vtexid(arguments)
            .run()
            .code(1)
            .stdout("")
            .stderr(contains("newer vtexid").and(contains("hint: update vtexid")));
    }
    assert_eq!(fs::read_to_string(index).unwrap(), newer);
    assert_eq!(env.sandbox.requests().len(), before);
    assert!(env.entry("mystore", "login").exists());
}

#[test]
fn an_account_that_is_named_is_shown_alone() {
    let env = TestEnv::new();
    for account in ["one", "two"] {
        env.login(account);
    }
    let report = answer(
        &env.vtexid(["status", "--json", "-a", "one"])
            .run()
            .success(),
    );
    let accounts = report["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 1, "{report}");
    assert_eq!(accounts[0]["account"], "one");
    assert_eq!(report["current"]["account"], "one");
    let text = stdout(&env.vtexid(["status", "-a", "one"]).run().success());
    assert!(!text.contains("two"), "{text}");
    for more in [&[][..], &["--json"]] {
        let arguments = ["status", "-a", "nope"];
        let done = env
            .vtexid(arguments.iter().chain(more))
            .run()
            .code(4)
            .stdout("");
        let words = stderr(&done);
        assert!(words.contains("hint: run `vtexid login nope`"), "{words}");
    }
}

/// As a dotfile manager keeps it.
#[cfg(unix)]
#[test]
fn an_index_that_is_a_link_is_followed_and_stays_one() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let env = TestEnv::new();
    env.login("one");
    let index = env.file("index.json");
    let dotfiles = env.root().join("dotfiles");
    fs::create_dir(&dotfiles).unwrap();
    fs::set_permissions(&dotfiles, fs::Permissions::from_mode(0o755)).unwrap();
    let real = dotfiles.join("vtexid.json");
    fs::rename(&index, &real).unwrap();
    // By way of another link, and relative to it.
    symlink("vtexid.json", dotfiles.join("link")).unwrap();
    symlink(dotfiles.join("link"), &index).unwrap();
    status(&env).stdout(contains("one"));
    env.login("two");
    let content = fs::read_to_string(&real).unwrap();
    assert!(content.contains("two"), "{content}");
    assert!(index.is_symlink() && dotfiles.join("link").is_symlink());
    status(&env).stdout(contains("one").and(contains("two")));
    // Damaged, it is rebuilt where it is.
    fs::write(&real, "{").unwrap();
    status(&env)
        .stdout(contains("two"))
        .stderr(contains("was damaged"));
    assert!(index.is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("two"));
    // Not made yet: it is made there.
    fs::remove_file(&real).unwrap();
    env.login("three");
    assert!(index.is_symlink());
    assert!(fs::read_to_string(&real).unwrap().contains("three"));
    // Where others could replace it, it is not followed.
    fs::set_permissions(&dotfiles, fs::Permissions::from_mode(0o777)).unwrap();
    env.vtexid(["status"])
        .run()
        .code(1)
        .stderr(contains("chmod go-w"));
}

#[test]
fn a_folder_that_is_not_absolute_is_refused_and_the_absolute_one_shown() {
    let env = TestEnv::new();
    let home = env.home().join("x/y").display().to_string();
    let here = env.root().join("x").join("y").display().to_string();
    // Windows and macOS know the home directory without the environment.
    let forms = [("x/y", &here), ("./x/y", &here), ("~/x/y", &home)];
    let forms = &forms[..if cfg!(target_os = "linux") { 3 } else { 2 }];
    for (value, shown) in forms {
        for arguments in [&["status"][..], &["login", "mystore"], &["local", "token"]] {
            let done = env
                .vtexid(arguments)
                .env("VTEXID_DIR", value)
                .run()
                .code(2)
                .stdout("");
            let words = stderr(&done);
            assert!(words.contains("invalid VTEXID_DIR"), "{words}");
            assert!(words.contains(&format!("`VTEXID_DIR={shown}`")), "{words}");
        }
        let report = env
            .vtexid(["doctor"])
            .env("VTEXID_DIR", value)
            .run()
            .code(2);
        let words = stdout(&report);
        assert!(
            words.contains("problem  sessions     invalid VTEXID_DIR"),
            "{words}"
        );
        let made = ["~", "x"].map(|name| env.root().join(name).exists());
        assert_eq!(made, [false, false]);
    }
}
