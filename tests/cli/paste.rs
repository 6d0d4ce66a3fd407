//! What people copy, one file a form: `vtexid inspect` finds the token in it,
//! or says what it is instead. `paste/paste.json` says what each file holds.

use std::{fs, path::Path};

use serde::Deserialize;
use serde_json::json;

use crate::env::{EMAIL, TestEnv, answer, now, stderr, stdout};

#[derive(Deserialize)]
struct Row {
    file: String,
    form: String,
    expect: String,
}

#[test]
fn every_form_that_people_copy_is_understood() {
    let env = TestEnv::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/paste");
    let rows: Vec<Row> =
        serde_json::from_slice(&fs::read(folder.join("paste.json")).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for row in &rows {
        let text = fs::read(folder.join(&row.file)).unwrap();
        let run = |more: &[&str]| {
            let tool = env.vtexid(["inspect"].iter().chain(more));
            tool.stdin(text.clone()).run()
        };
        let done = run(&["--json"]);
        let plain = run(&[]);
        let code = plain.get_output().status.code().unwrap();
        let login = || answer(&done)["login"].clone();
        let codes = || -> Vec<String> {
            let findings = answer(&done)["findings"].clone();
            let findings = findings.as_array().unwrap().iter();
            findings
                .map(|found| found["code"].as_str().unwrap().to_owned())
                .collect()
        };
        let is_right = match row.expect.as_str() {
            "admin" => code == 0 && login() == "maria.silva@example.com",
            "shopper" => code == 0 && login() == "shopper@example.com",
            "cut" => {
                code == 0
                    && codes()
                        .iter()
                        .any(|code| code == "empty-signature" || code == "signature-length")
            }
            "error" => {
                let words = stderr(&plain);
                [1, 2].contains(&code) && stdout(&plain).is_empty() && words.contains("error: ")
            }
            other => panic!("{other}"),
        };
        if !is_right {
            let said = String::from_utf8_lossy(&plain.get_output().stderr).into_owned();
            wrong.push(format!("{} ({}): {code} {said}", row.form, row.expect));
        }
    }
    assert_eq!(rows.len(), 110);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What `local token` writes is what `inspect` reads back.
#[test]
fn every_format_that_is_written_is_read_back() {
    let env = TestEnv::new();
    env.login("mystore");
    for format in [
        "raw",
        "header",
        "cookie",
        "curl",
        "env",
        "fish",
        "powershell",
        "json",
    ] {
        let written = env.vtexid(["local", "token", "--format", format]).run();
        let written = stdout(&written.success());
        let read = env.vtexid(["inspect", "--json"]).stdin(written).run();
        let read = answer(&read.success());
        assert_eq!(read["login"], EMAIL, "{format}");
        assert_eq!(read["findings"], json!([]), "{format}");
    }
    let json = stdout(&env.vtexid(["local", "token", "--json"]).run().success());
    env.vtexid(["inspect", "--check"])
        .stdin(json)
        .run()
        .success();
}

#[test]
fn the_toolbelts_file_and_the_sessions_api_are_read() {
    let env = TestEnv::new();
    let token = env
        .sandbox
        .mint(&json!({"sub": EMAIL, "account": "mystore", "exp": now() + 60}));
    let sessions = json!({"id": "1", "namespaces": {
        "account": {"accountName": {"value": "mystore"}},
        "cookie": {"VtexIdclientAutCookie": {"value": token}},
    }});
    let toolbelt = json!({"account": "mystore", "login": EMAIL, "token": token});
    for file in [sessions, toolbelt] {
        for text in [file.to_string(), format!("{file:#}")] {
            let done = env.vtexid(["inspect", "--json"]).stdin(text).run();
            assert_eq!(answer(&done.success())["login"], EMAIL, "{file}");
        }
    }
}

#[test]
fn text_that_is_not_utf_8_around_a_token_does_not_matter() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&json!({"sub": EMAIL, "exp": now() + 60}));
    let latin = [b"d\xe9veloppeur: ", token.as_bytes(), b" \xe9"].concat();
    let utf16: Vec<u8> = token.bytes().flat_map(|byte| [byte, 0]).collect();
    for text in [latin, utf16] {
        let done = env.vtexid(["inspect", "--json"]).stdin(text).run();
        assert_eq!(answer(&done.success())["login"], EMAIL);
    }
}

#[test]
fn a_mebibyte_of_token_like_text_is_read_quickly() {
    let env = TestEnv::new();
    for piece in [".", "eyJ", "eyJ.", "eyJ\n", "eyJ.eyJ.\n"] {
        let text = piece.repeat((1 << 20) / piece.len());
        for more in [&[][..], &["--json"]] {
            let tool = env.vtexid([&["inspect"], more].concat());
            tool.stdin(text.clone()).run().code(1).stdout("");
        }
    }
}

#[test]
fn two_tokens_are_refused_where_one_is_used() {
    let env = TestEnv::new();
    let mint = |user: &str| {
        env.sandbox.mint(&json!({
            "sub": user, "account": "mystore", "audience": "admin", "exp": now() + 600,
        }))
    };
    let (one, two) = (mint("a@example.com"), mint("b@example.com"));
    let both = format!("VtexIdclientAutCookie={one}; VtexIdclientAutCookie_mystore={two}");
    let given = |text: &str| env.vtexid(["local", "token"]).env("VTEX_TOKEN", text).run();
    let done = given(&both).code(2).stdout("");
    let words = stderr(&done);
    assert!(
        words.contains("different tokens: VtexIdclientAutCookie, VtexIdclientAutCookie_mystore"),
        "{words}"
    );
    assert!(!words.contains(&one) && !words.contains(&two), "{words}");
    let twice = format!("VtexIdclientAutCookie={one}; token={one}");
    assert_eq!(stdout(&given(&twice).success()).trim(), one);

    let login = |text: String| {
        let tool = env.vtexid(["login", "mystore", "--with-token", "--store", "file"]);
        tool.stdin(text).run()
    };
    let words = stderr(&login(both).code(1));
    assert!(words.contains("different tokens"), "{words}");
    env.assert_nothing_kept();
    login(twice).success();
    assert_eq!(env.token("mystore"), one);
}
