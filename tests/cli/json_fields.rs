//! docs/json.md names every field that `--json` prints.

use serde_json::Value;

use crate::{
    env::{TestEnv, answer, names, token_of},
    sandbox,
};

const PAGE: &str = include_str!("../../docs/json.md");

/// The part of the page under this heading.
fn section(heading: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("\n## {heading}\n")).unwrap();
    rest.split("\n## ").next().unwrap()
}

/// Checks that the section names each field of the object, and of the objects and lists in it.
fn assert_documented(heading: &str, value: &Value) {
    match value {
        Value::Object(_) => {
            for name in names(value) {
                let is_named = ["`", "."]
                    .iter()
                    .any(|before| section(heading).contains(&format!("{before}{name}`")));
                assert!(is_named, "{heading} does not name `{name}`");
                assert_documented(heading, &value[name]);
            }
        }
        Value::Array(list) => list.iter().for_each(|one| assert_documented(heading, one)),
        _ => {}
    }
}

#[test]
fn status_and_doctor_print_only_documented_fields() {
    let env = TestEnv::new();
    env.login("mystore");
    let token = token_of(&serde_json::json!({ "sub": "a@b.co", "account": "other" }));
    let status = env.vtexid(["status", "--json"]);
    let status = status.env("VTEX_TOKEN", &token).env("VTEXID_STORE", "file");
    assert_documented("`status --json`", &answer(&status.run().success()));
    let without = env.vtexid(["status", "--json"]).env("VTEX_ACCOUNT", "none");
    let without = answer(&without.run().success());
    assert_eq!(without["effective"], Value::Null);
    assert_documented("`status --json`", &without);
    let doctor = answer(&env.vtexid(["doctor", "--json"]).run().success());
    assert_documented("`doctor --json`", &doctor);
    for check in doctor["checks"].as_array().unwrap() {
        for field in ["name", "verdict"] {
            let value = check[field].as_str().unwrap();
            let part = section("`doctor --json`");
            assert!(part.contains(&format!("`{value}`")), "{field} {value}");
        }
    }
}

#[test]
fn the_other_commands_print_only_documented_fields() {
    let env = TestEnv::new();
    env.login("other");
    env.login("mystore");
    let apptoken = env
        .vtexid(["apptoken", "--json"])
        .env("VTEX_APP_KEY", sandbox::app_key("mystore"))
        .env("VTEX_APP_TOKEN", sandbox::app_token());
    for tool in [
        env.vtexid(["login", "mystore", "--json"]),
        env.vtexid(["switch", "other", "--json"]),
        env.vtexid(["local", "token", "--json"]),
        apptoken,
        env.vtexid(["logout", "--all", "--json"]),
    ] {
        assert_documented("The others", &answer(&tool.run().success()));
    }
}
