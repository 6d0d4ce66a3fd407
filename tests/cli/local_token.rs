//! `vtexid local token`

use std::fs;

use predicates::{
    prelude::PredicateBooleanExt as _,
    str::{contains, is_match},
};
use serde_json::{Value, json};

use crate::{
    env::{EMAIL, TestEnv, answer, claims, names, now, stderr, stdout, token_of},
    sandbox::Options,
};

const LOCAL_TOKEN: [&str; 2] = ["local", "token"];

#[test]
fn raw_is_the_token_and_a_newline() {
    let env = TestEnv::new();
    env.login("mystore");
    let kept = env.stored("mystore", "login");
    let kept = kept["token"].as_str().unwrap();
    env.vtexid(LOCAL_TOKEN)
        .run()
        .success()
        .stdout(format!("{kept}\n"));
    env.vtexid(["local", "token", "--format", "raw", "-q"])
        .run()
        .success()
        .stdout(format!("{kept}\n"))
        .stderr(is_match("^warning: using [^\n]*\n$").unwrap());
}

#[test]
fn header_is_a_line_that_curl_takes() {
    let env = TestEnv::new();
    env.login("mystore");
    let token = env.token("mystore");
    env.vtexid(["local", "token", "--format", "header"])
        .run()
        .success()
        .stdout(format!("VtexIdclientAutCookie: {token}\n"));
}

#[test]
fn cookie_is_a_file_whose_fields_are_separated_by_tabs() {
    let env = TestEnv::new();
    env.login("mystore");
    let token = env.token("mystore");
    let exp = claims(&token)["exp"].as_i64().unwrap();
    let fields = [
        "mystore.localhost",
        "FALSE",
        "/",
        "FALSE",
        &exp.to_string(),
        "VtexIdclientAutCookie",
        &token,
    ];
    let line = fields.join("\t");
    env.vtexid(["local", "token", "--format", "cookie"])
        .run()
        .success()
        .stdout(format!("# Netscape HTTP Cookie File\n{line}\n"));
}

#[test]
fn a_shoppers_token_is_a_cookie_that_bears_the_account() {
    let env = TestEnv::with(Options {
        audience: "webstore".to_owned(),
        ..Options::default()
    });
    env.login("mystore");
    let token = env.token("mystore");
    env.vtexid(["local", "token", "-f", "header"])
        .run()
        .success()
        .stdout(format!("Cookie: VtexIdclientAutCookie_mystore={token}\n"));
    let json = answer(&env.vtexid(["local", "token", "--json"]).run().success());
    assert_eq!(json["kind"], "shopper");
    assert_eq!(json["header"], Value::Null);
    assert_eq!(json["cookie"], "VtexIdclientAutCookie_mystore");
}

#[test]
fn json_has_all_but_the_refresh_token() {
    let env = TestEnv::new();
    env.login("mystore");
    let token = env.token("mystore");
    let refresh = env.refresh_token("mystore");
    let exp = claims(&token)["exp"].as_i64().unwrap();
    for arguments in [["--json", "-q"], ["--format", "json"]] {
        let done = env
            .vtexid(LOCAL_TOKEN.iter().chain(&arguments))
            .run()
            .success();
        let json = answer(&done);
        assert_eq!(
            names(&json),
            [
                "token",
                "kind",
                "account",
                "login",
                "header",
                "cookie",
                "expires_at",
                "expires_on",
                "source"
            ]
        );
        assert_eq!(json["token"], token);
        assert_eq!(json["kind"], "admin");
        assert_eq!(json["account"], "mystore");
        assert_eq!(json["login"], EMAIL);
        assert_eq!(json["header"], "VtexIdclientAutCookie");
        let at: jiff::Timestamp = json["expires_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(at.as_second(), exp);
        assert!(json["expires_at"].as_str().unwrap().ends_with('Z'));
        assert_eq!(json["expires_on"], exp);
        assert_eq!(json["source"], "file");
        assert!(!stdout(&done).contains(&refresh));
    }
}

#[test]
fn an_expired_token_is_not_printed() {
    let env = TestEnv::with(Options {
        token_life: -7_200,
        refresh: false,
        ..Options::default()
    });
    env.login("mystore");
    for format in ["raw", "header", "json"] {
        env.vtexid(["local", "token", "--format", format])
            .run()
            .code(4)
            .stdout("")
            .stderr(contains("the token of mystore expired 2h"))
            .stderr(contains("hint: run `vtexid login mystore"));
    }
}

#[test]
fn nobody_is_logged_in() {
    let env = TestEnv::new();
    env.vtexid(LOCAL_TOKEN)
        .run()
        .code(4)
        .stdout("")
        .stderr(contains("hint: run `vtexid login ACCOUNT"));
    env.login("mystore");
    env.vtexid(["local", "token", "-a", "otherstore"])
        .run()
        .code(4)
        .stdout("")
        .stderr(contains("hint: run `vtexid login otherstore"));
}

#[test]
fn a_token_that_is_missing_from_its_store_is_an_error() {
    let env = TestEnv::new();
    env.login("mystore");
    let lost = || {
        env.vtexid(LOCAL_TOKEN)
            .run()
            .code(4)
            .stdout("")
            .stderr(contains("hint: run `vtexid login mystore"));
    };
    // Of its entry nothing is left.
    env.store("mystore", "login", &json!({}));
    lost();
    fs::remove_file(env.entry("mystore", "login")).unwrap();
    lost();
}

#[test]
fn a_damaged_token_is_an_error_and_is_not_shown() {
    let env = TestEnv::new();
    env.login("mystore");
    let whole = env.stored("mystore", "login").to_string();
    for damage in [
        &b"canary.canary"[..],
        b"",
        b"\xff\xfe",
        br#"{"token":"canary.canary"}"#,
        br#"{"token":["canary"]}"#,
        br#"["canary"]"#,
        // Cut off in the middle.
        &whole.as_bytes()[..whole.len() / 2],
    ] {
        fs::write(env.entry("mystore", "login"), damage).unwrap();
        env.vtexid(LOCAL_TOKEN)
            .run()
            .code(5)
            .stdout("")
            .stderr(contains("mystore").and(contains("canary").not()))
            .stderr(contains("hint: run `vtexid login"));
    }
    env.login("mystore");
    assert_eq!(claims(&env.token("mystore"))["sub"], EMAIL);
}

#[test]
fn the_account_is_the_one_named_else_the_last_one() {
    let env = TestEnv::new();
    for account in ["one", "two", "three"] {
        env.login(account);
    }
    let account = |more: &[&str], variable: &str| {
        let tool = env.vtexid(LOCAL_TOKEN.iter().chain(more));
        let done = tool.env("VTEX_ACCOUNT", variable).run().success();
        claims(stdout(&done).trim_end())["account"].clone()
    };
    // An empty variable is an unset one.
    assert_eq!(account(&[], ""), "three");
    assert_eq!(account(&[], "two"), "two");
    assert_eq!(account(&["-a", "one"], "two"), "one");
    assert_eq!(account(&["--account=ONE"], ""), "one");
    env.vtexid(LOCAL_TOKEN)
        .env("VTEX_ACCOUNT", "not/a/name")
        .run()
        .code(2)
        .stdout("")
        .stderr(contains("VTEX_ACCOUNT"));
}

#[test]
fn vtex_token_overrides_the_stored_token() {
    let env = TestEnv::new();
    env.login("mystore");
    let stored = env.token("mystore");
    let given = token_of(&json!({
        "audience": "admin", "account": "otherstore", "sub": "ci@example.com", "exp": now() + 600
    }));
    let local = |more: &[&str]| {
        let tool = env.vtexid(LOCAL_TOKEN.iter().chain(more));
        tool.env("VTEX_TOKEN", &given).run().success()
    };
    local(&["-q"]).stdout(format!("{given}\n")).stderr("");
    // Not where the command line names another account: that one's is printed.
    local(&["-a", "mystore"])
        .stdout(format!("{stored}\n"))
        .stderr(contains(
            "VTEX_TOKEN is not used: it is for otherstore, not mystore",
        ));
    local(&["-a", "otherstore", "-q"])
        .stdout(format!("{given}\n"))
        .stderr("");
    let json = answer(&local(&["--json"]));
    assert_eq!(json["source"], "VTEX_TOKEN");
    assert_eq!(json["account"], "otherstore");
}

#[test]
fn vtex_token_is_not_renewed_and_a_warning_says_so() {
    let env = TestEnv::new();
    env.login("mystore");
    let kept = env.token("mystore");
    let given = token_of(&json!({"account": "mystore", "exp": now() + 600}));
    env.vtexid(LOCAL_TOKEN.iter().chain(&["--refresh"]))
        .env("VTEX_TOKEN", &given)
        .run()
        .success()
        .stdout(format!("{given}\n"))
        .stderr(contains("the token in VTEX_TOKEN cannot be renewed"));
    assert_eq!(env.token("mystore"), kept);
}

#[test]
fn vtex_token_needs_no_home_and_no_index() {
    let env = TestEnv::new();
    let given = token_of(&json!({"exp": now() + 600}));
    env.vtexid(LOCAL_TOKEN)
        .without("HOME")
        .without("VTEXID_DIR")
        .env("VTEX_TOKEN", &given)
        .run()
        .success()
        .stdout(format!("{given}\n"));
    assert!(env.files().is_empty(), "{:?}", env.files());
}

#[test]
fn an_invalid_vtex_token_is_not_skipped() {
    let env = TestEnv::new();
    env.login("mystore");
    env.vtexid(LOCAL_TOKEN)
        .env("VTEX_TOKEN", "canary.canary")
        .run()
        .code(2)
        .stdout("")
        .stderr(contains("VTEX_TOKEN").and(contains("canary").not()));
    let expired = token_of(&json!({"exp": now() - 60}));
    env.vtexid(LOCAL_TOKEN)
        .env("VTEX_TOKEN", &expired)
        .run()
        .code(3)
        .stdout("")
        .stderr(contains("VTEX_TOKEN").and(contains("expired 1m")));
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let env = TestEnv::new();
    env.login("mystore");
    for format in ["raw", "header", "json"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        env.vtexid(["local", "token", "-q", "--format", format])
            .stdout_to(writer)
            .run()
            .code(0)
            .stderr(is_match("^warning: using [^\n]*\n$").unwrap());
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    let env = TestEnv::new();
    env.login("mystore");
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    env.vtexid(LOCAL_TOKEN)
        .stdout_to(full)
        .run()
        .code(1)
        .stderr(contains("could not write to standard output"));
}

#[test]
#[cfg(unix)]
fn a_file_that_others_can_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = TestEnv::new();
    env.login("mystore");
    let file = env.entry("mystore", "login");
    for mode in [0o644, 0o640, 0o602] {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        env.vtexid(LOCAL_TOKEN)
            .run()
            .code(5)
            .stdout("")
            .stderr(contains(format!("mode {mode:03o}")).and(contains("chmod 600")));
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    env.vtexid(LOCAL_TOKEN).run().success();
}

#[test]
#[cfg(unix)]
fn a_link_in_the_files_place_is_not_followed() {
    let env = TestEnv::new();
    env.login("mystore");
    let file = env.entry("mystore", "login");
    let elsewhere = env.home().join("elsewhere");
    fs::rename(&file, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
    let failed = env.vtexid(LOCAL_TOKEN).run().code(5).stdout("");
    failed.stderr(contains("hint: check the owner"));
}

#[test]
fn a_valid_token_needs_no_prompt_and_no_request() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = env.sandbox.requests().len();
    // A question would wait for ever: this pipe never answers.
    let (reader, writer) = std::io::pipe().unwrap();
    let tool = env.vtexid(["local", "token", "-v"]).stdin_from(reader);
    let done = tool.run().success();
    drop(writer);
    assert_eq!(env.sandbox.requests().len(), before);
    assert!(!stderr(&done).contains("localhost"), "{}", stderr(&done));
}

#[test]
fn a_session_cookie_has_no_header() {
    let env = TestEnv::new();
    let cookie = token_of(&json!({"sub": "session", "account": "session"}));
    env.vtexid(["local", "token", "--format", "header"])
        .env("VTEX_TOKEN", cookie)
        .run()
        .code(3)
        .stdout("");
}

#[test]
fn a_missing_clipboard_is_only_a_warning() {
    let env = TestEnv::new();
    env.login("mystore");
    let token = env.token("mystore");
    let copied = env.vtexid(["local", "token", "--copy"]);
    if cfg!(target_os = "linux") {
        copied
            .run()
            .success()
            .stdout(format!("{token}\n"))
            .stderr(contains("warning: could not copy to the clipboard"));
    }
    // Away from a terminal nothing is copied unasked.
    env.vtexid(LOCAL_TOKEN)
        .run()
        .success()
        .stderr(contains("clipboard").not());
}
