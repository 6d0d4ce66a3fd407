//! The formats that set a variable or a browser's cookie, and their details.

use predicates::str::contains;
use serde_json::{Value, json};

use crate::{
    env::{TestEnv, claims, now, stdout, token_of},
    sandbox::{Options, app_key, app_token},
};

fn logged_in(audience: &str) -> TestEnv {
    let env = TestEnv::with(Options {
        audience: audience.to_owned(),
        ..Options::default()
    });
    env.login("mystore");
    env
}

fn printed(env: &TestEnv, more: &[&str]) -> String {
    let done = env.vtexid(["local", "token"].iter().chain(more)).run();
    stdout(&done.success())
}

#[test]
fn dotenv_is_a_bare_assignment() {
    let env = logged_in("admin");
    let token = env.token("mystore");
    assert_eq!(
        printed(&env, &["-f", "dotenv"]),
        format!("VTEX_TOKEN={token}\n")
    );
}

#[test]
fn every_shell_form_sets_the_variable_that_is_named() {
    let env = logged_in("admin");
    let token = env.token("mystore");
    for (format, line) in [
        ("env", format!("export MY_TOKEN2='{token}'\n")),
        ("fish", format!("set -gx MY_TOKEN2 '{token}'\n")),
        ("powershell", format!("$env:MY_TOKEN2 = '{token}'\n")),
        ("dotenv", format!("MY_TOKEN2={token}\n")),
    ] {
        assert_eq!(printed(&env, &["-f", format, "--name", "MY_TOKEN2"]), line);
    }
    env.vtexid(["apptoken", "-f", "dotenv", "--name", "T"])
        .env("VTEX_APP_KEY", app_key("mystore"))
        .env("VTEX_APP_TOKEN", app_token())
        .run()
        .success()
        .stdout(contains("T=eyJ"));
}

#[test]
fn an_invalid_name_is_2() {
    let env = logged_in("admin");
    for name in ["", "2A", "A-B", "A B", "A;id", "$(id)", "A\nB", "\u{c1}"] {
        let name = format!("--name={name}");
        for command in [
            &["local", "token", "-f", "env"][..],
            &["apptoken", "-f", "env"],
        ] {
            env.vtexid(command.iter().chain(&[&*name]))
                .run()
                .code(2)
                .stdout("")
                .stderr(contains("letters, digits and `_`"));
        }
    }
}

#[test]
fn details_that_the_format_does_not_have_are_2() {
    let env = logged_in("admin");
    for format in [
        "raw",
        "header",
        "cookie",
        "curl",
        "browser",
        "storage-state",
        "json",
    ] {
        env.vtexid(["local", "token", "-f", format, "--name", "A"])
            .run()
            .code(2)
            .stdout("")
            .stderr(contains("--name works only with --format env"));
    }
    env.vtexid(["local", "token", "-f", "browser", "--domain", "localhost"])
        .run()
        .code(2)
        .stdout("")
        .stderr(contains("--domain works only with --format storage-state"));
    env.vtexid(["apptoken", "-f", "key-headers", "--name", "A"])
        .run()
        .code(2)
        .stdout("");
    for domain in ["http://localhost", "localhost:3000", "a b", "a/b", ""] {
        let domain = format!("--domain={domain}");
        env.vtexid(["local", "token", "-f", "storage-state", &domain])
            .run()
            .code(2)
            .stdout("")
            .stderr(contains("expected only a host"));
    }
}

#[test]
fn browser_is_one_line_that_sets_the_cookie_until_the_token_expires() {
    for (audience, name) in [
        ("admin", "VtexIdclientAutCookie"),
        ("webstore", "VtexIdclientAutCookie_mystore"),
    ] {
        let env = logged_in(audience);
        let token = env.token("mystore");
        let exp = claims(&token)["exp"].as_i64().unwrap();
        let exp = jiff::Timestamp::from_second(exp).unwrap();
        let date = exp.strftime("%a, %d %b %Y %H:%M:%S GMT");
        assert_eq!(
            printed(&env, &["-f", "browser"]),
            format!("document.cookie = '{name}={token}; path=/; expires={date}; samesite=lax'\n")
        );
    }
}

#[test]
fn storage_state_is_playwrights() {
    let env = logged_in("webstore");
    let token = env.token("mystore");
    for (more, domain, secure) in [
        (&[][..], "localhost", false),
        (&["--domain", "127.0.0.1"], "127.0.0.1", false),
        (&["--domain", "Shop.Example.com"], "shop.example.com", true),
    ] {
        let text = printed(&env, &[&["-f", "storage-state"], more].concat());
        assert_eq!(text.lines().count(), 1);
        let state: Value = serde_json::from_str(&text).unwrap();
        let cookie = json!({
            "name": "VtexIdclientAutCookie_mystore",
            "value": token,
            "domain": domain,
            "path": "/",
            "expires": claims(&token)["exp"],
            "httpOnly": true,
            "secure": secure,
            "sameSite": "Lax",
        });
        assert_eq!(state, json!({"cookies": [cookie], "origins": []}));
    }
}

#[test]
fn a_shoppers_token_is_never_a_header_of_its_own() {
    let env = logged_in("webstore");
    let cookie = format!("VtexIdclientAutCookie_mystore={}", env.token("mystore"));
    assert_eq!(
        printed(&env, &["-f", "header"]),
        format!("Cookie: {cookie}\n")
    );
    assert_eq!(
        printed(&env, &["-f", "curl"]),
        format!("header = \"Cookie: {cookie}\"\n")
    );
    env.vtexid(["inspect"])
        .run()
        .success()
        .stdout(contains("cookie VtexIdclientAutCookie_mystore"));
}

#[test]
fn a_token_that_no_browser_would_store_is_refused() {
    let env = TestEnv::new();
    let claims = json!({
        "sub": "a@b.c", "audience": "admin", "exp": now() + 600, "x": "y".repeat(4000),
    });
    let token = token_of(&claims);
    for format in ["browser", "storage-state"] {
        env.vtexid(["local", "token", "-f", format])
            .env("VTEX_TOKEN", &token)
            .run()
            .code(1)
            .stdout("")
            .stderr(contains("too large for a browser's cookie"));
    }
    // One that is no credential has no cookie at all.
    let session = token_of(&json!({"sub": "session", "account": "session", "exp": now() + 600}));
    for format in ["browser", "storage-state"] {
        env.vtexid(["local", "token", "-f", format])
            .env("VTEX_TOKEN", &session)
            .run()
            .code(3)
            .stdout("");
    }
}
