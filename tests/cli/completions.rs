//! What the completion scripts are answered at a Tab. tests/desktop has the shells themselves.

use std::{fs, path::Path};

use assert_cmd::assert::Assert;
use predicates::{prelude::*, str::contains};

use crate::env::TestEnv;

/// What can be typed after these words, a line each.
fn offered(env: &TestEnv, line: &str) -> Assert {
    let (before, typing) = line.rsplit_once(' ').unwrap();
    let typing = format!("--typing={typing}");
    let words = ["__complete", &typing, "--"].into_iter();
    env.vtexid(words.chain(before.split(' '))).run()
}

#[test]
fn a_shells_script_is_the_committed_file() {
    let env = TestEnv::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
    for (shell, file) in [
        ("bash", "vtexid.bash"),
        ("elvish", "vtexid.elv"),
        ("fish", "vtexid.fish"),
        ("powershell", "_vtexid.ps1"),
        ("zsh", "_vtexid"),
    ] {
        let script = fs::read_to_string(folder.join(file)).unwrap();
        let printed = env.vtexid(["completions", shell]).run().success();
        printed.stdout(script).stderr("");
    }
}

#[test]
fn an_account_is_offered_with_its_user_and_validity() {
    let env = TestEnv::new();
    env.login("other-store");
    env.login("mystore");
    let index = env.file("index.json");
    let text = fs::read_to_string(&index).unwrap();
    let mut known: serde_json::Value = serde_json::from_str(&text).unwrap();
    let user = &mut known["accounts"]["other-store"]["user"];
    user["expires_on"] = 1.into();
    user.as_object_mut().unwrap().remove("refresh_since");
    let mut ana = user.clone();
    ana["login"] = "ana@example.com".into();
    known["accounts"]["mystore"]["shoppers"] =
        serde_json::json!({ "ana@example.com": ana, "$(id)@example.com": ana });
    fs::write(&index, known.to_string()).unwrap();
    let before = env.files();

    for line in ["vtexid -a ", "vtexid logout ", "vtexid status --account "] {
        let done = offered(&env, line).success().stderr("");
        done.stdout(
            predicate::str::is_match(
                "^mystore\tdev@example.com, .* left\nother-store\tdev@example.com, expired\n$",
            )
            .unwrap(),
        );
    }
    offered(&env, "vtexid switch ")
        .success()
        .stdout(predicate::str::starts_with("-\t").and(contains("\nother-store\t")));
    // A shopper only of the account that is named.
    let ana = "ana@example.com\tmystore: ana@example.com, expired\n";
    let slots = "user\tthe user's\nkey\tthe app key's\n";
    for (line, shoppers) in [
        ("vtexid local token --as ", ana),
        ("vtexid -a mystore local token --as ", ana),
        ("vtexid -a other-store local token --as ", ""),
        ("vtexid local token --account=other-store --as ", ""),
    ] {
        let done = offered(&env, line).success();
        done.stdout(format!("{slots}{shoppers}"));
    }
    assert_eq!(env.files(), before);
}

#[test]
fn the_form_that_is_meant_without_a_word_is_the_first() {
    let done = offered(&TestEnv::new(), "vtexid local token -f ");
    let first = predicate::str::starts_with("raw\tThe token and a newline\n");
    done.success().stdout(first);
}

#[test]
fn an_account_that_is_called_as_a_command_is_an_account() {
    let env = TestEnv::new();
    for line in [
        "vtexid -a login st",
        "vtexid --account login st",
        "vtexid --account=login st",
        "vtexid help st",
    ] {
        let done = offered(&env, line).success();
        done.stdout(predicate::str::starts_with("status\t").and(contains("\n").count(1)));
    }
}

#[test]
fn hidden_commands_and_what_is_no_command_line_are_not_completed() {
    let env = TestEnv::new();
    for line in [
        "vtexid __",
        "vtexid gen",
        "vtexid login --timeout ",
        "vtexid nothing such",
    ] {
        offered(&env, line).success().stdout("").stderr("");
    }
}

#[test]
fn an_invalid_variable_takes_away_the_accounts_alone() {
    let env = TestEnv::new();
    env.login("mystore");
    let complete = |words: &[&str]| {
        let tool = env.vtexid(["__complete", "--typing=", "--"].iter().chain(words));
        tool.env("VTEXID_URL", "nowhere").run().success().stderr("")
    };
    complete(&["vtexid", "-a"]).stdout("");
    complete(&["vtexid", "toolbelt"]).stdout(contains("export\t"));
}

#[test]
fn a_damaged_index_has_no_accounts_and_stays_as_it_is() {
    let env = TestEnv::new();
    env.login("other-store");
    let index = env.file("index.json");
    let text = fs::read_to_string(&index).unwrap();
    for damaged in [
        text.replace("other-store", "$(id)"),
        text.replace("other-store", "-other"),
        text.replace("other-store", "other\\nstore"),
        text.replace(": {", "; {"),
        String::new(),
    ] {
        fs::write(&index, &damaged).unwrap();
        let before = env.files();
        let done = offered(&env, "vtexid -a ").success();
        done.stdout("").stderr("");
        assert_eq!(fs::read_to_string(&index).unwrap(), damaged);
        assert_eq!(env.files(), before);
    }
}

#[test]
fn where_nobody_has_logged_in_no_account_is_offered_and_no_folder_made() {
    let env = TestEnv::new();
    offered(&env, "vtexid -a ").success().stdout("").stderr("");
    assert!(!env.dir().exists());
    let help = env.vtexid(["--help"]).run().success();
    help.stdout(contains("__complete").not());
}
