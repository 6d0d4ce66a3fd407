//! Provided values may have blanks, quotes, `Bearer` and byte order marks around them: they are removed everywhere.

use serde_json::json;

use crate::{
    env::{TestEnv, claims, now, stderr, stdout},
    sandbox::{app_key, app_token},
};

/// Each of these is the value.
fn wrapped(value: &str) -> Vec<String> {
    vec![
        format!("  {value}\r\n"),
        format!("\u{feff}{value}\n"),
        format!("\"{value}\""),
        format!("'{value}' "),
        format!("Bearer {value}"),
    ]
}

#[test]
fn in_variables() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&json!({
        "audience": "admin", "account": "mystore", "sub": "ci@example.com", "exp": now() + 600,
    }));
    for text in wrapped(&token) {
        let done = env
            .vtexid(["local", "token"])
            .env("VTEX_TOKEN", &text)
            .run();
        assert_eq!(stdout(&done.success()).trim_end(), token, "{text:?}");
    }
    let wrappings = wrapped(&app_key("mystore"))
        .into_iter()
        .zip(wrapped(&app_token()));
    for ((key, secret), account) in wrappings.zip(wrapped("mystore")) {
        let done = env
            .vtexid(["apptoken"])
            .env("VTEX_APP_KEY", &key)
            .env("VTEX_APP_TOKEN", &secret)
            .env("VTEX_ACCOUNT", &account)
            .run()
            .success();
        assert_eq!(
            claims(stdout(&done).trim_end())["account"],
            "mystore",
            "{key:?}"
        );
    }
    // Blanks alone count as unset.
    env.vtexid(["local", "token"])
        .env("VTEX_TOKEN", " \r\n")
        .run()
        .code(4);
}

#[test]
fn in_files_and_on_stdin() {
    let env = TestEnv::new();
    let file = env.home().join("app-token");
    let mut contents: Vec<Vec<u8>> = wrapped(&app_token())
        .into_iter()
        .map(String::into_bytes)
        .collect();
    // As PowerShell's `>` writes it, in either byte order.
    let units: Vec<u16> = format!("\u{feff}{}\r\n", app_token())
        .encode_utf16()
        .collect();
    contents.push(units.iter().flat_map(|unit| unit.to_le_bytes()).collect());
    contents.push(units.iter().flat_map(|unit| unit.to_be_bytes()).collect());
    for content in contents {
        std::fs::write(&file, &content).unwrap();
        let key = app_key("mystore");
        let from = |name: &str| {
            ["apptoken", "--app-key", &key, "--app-token-file", name].map(str::to_owned)
        };
        env.vtexid(from("home/app-token")).run().success();
        env.vtexid(from("-")).stdin(content).run().success();
    }
}

#[test]
fn a_token_to_log_in_with() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&json!({
        "audience": "admin", "account": "mystore", "sub": "ana@example.com", "exp": now() + 600,
    }));
    let units: Vec<u16> = format!("\u{feff}{token}\r\n").encode_utf16().collect();
    let utf16: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let contents = wrapped(&token)
        .into_iter()
        .map(String::into_bytes)
        .chain([utf16]);
    for content in contents {
        env.vtexid(["login", "mystore", "--with-token", "--store", "file"])
            .stdin(content)
            .run()
            .success();
        assert_eq!(env.token("mystore"), token);
    }
}

#[test]
fn what_is_not_text_is_said_without_repeating_it() {
    let env = TestEnv::new();
    let key = app_key("mystore");
    let done = env
        .vtexid(["apptoken", "--app-key", &key, "--app-token-file", "-"])
        .stdin(b"CANARY\x80\xff".to_vec())
        .run();
    let words = stderr(&done.code(1).stdout(""));
    assert!(words.contains("not valid UTF-8 (byte 7)"), "{words}");
    assert!(!words.contains("CANARY"), "{words}");
}
