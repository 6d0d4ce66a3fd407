//! What other users of the machine, web pages and a VTEX ID gone wrong could
//! try, one test for each thing that once worked.

use std::fs;

use serde_json::{Value, json};

use crate::{
    browser::{Browser, send},
    env::{TestEnv, answer, compact, names, now, sign_in, stderr, stdout, token_of},
    sandbox::{self, Failure, How},
};

const VALIDATE: &str = "/api/vtexid/toolbelt/validate";

fn answer_with(env: &TestEnv, path: &str, status: u16, body: &Value) {
    env.sandbox.fail(Failure {
        path: path.to_owned(),
        how: How::Body(status, body.to_string()),
        times: u32::MAX,
    });
}

/// Every file that is a secret's.
fn secrets(env: &TestEnv) -> Vec<String> {
    let mut found = env.files();
    found.retain(|path| path.parent().is_some_and(|dir| dir.ends_with("secrets")));
    let name = |path: &std::path::PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    found.iter().map(name).collect()
}

#[test]
fn a_page_of_another_site_cannot_use_up_the_tries() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    login.page();
    let start = &env.requests_to("/api/vtexid/toolbelt/start")[0];
    let url = format!("{}?ott=madeUpByAPage", start.form("loopbackUrl").unwrap());
    let (mode, dest, origin) = ("Sec-Fetch-Mode", "Sec-Fetch-Dest", "Origin");
    let other = format!("http://otherstore.localhost:{}", env.sandbox.port());
    for headers in [
        &[(mode, "no-cors"), (dest, "image")][..],
        &[(mode, "no-cors"), (dest, "script")],
        &[(mode, "navigate"), (dest, "iframe")],
        &[
            (mode, "cors"),
            (dest, "empty"),
            (origin, "https://evil.example"),
        ],
        &[(origin, "https://evil.example")],
        // A frame in a sandbox, and a merchant's script on another account.
        &[(mode, "cors"), (dest, "empty"), (origin, "null")],
        &[(mode, "cors"), (dest, "empty"), (origin, &other)],
    ] {
        for method in ["GET", "POST"] {
            let answer = send(method, &url, headers, "");
            assert_eq!(answer.status, 403, "{method} {headers:?}");
        }
    }
    assert_eq!(env.requests_to(VALIDATE).len(), 0);
    // A person may be led here from anywhere; VTEX's own script may ask.
    for headers in [
        &[(mode, "navigate"), (dest, "document"), (origin, "null")][..],
        &[
            (mode, "navigate"),
            (dest, "document"),
            (origin, "https://sso.example"),
        ],
    ] {
        let answer = send("GET", &url, headers, "");
        assert_eq!(Browser::default().stay(answer).status, 400);
    }
    // The second is answered from memory.
    assert_eq!(env.requests_to(VALIDATE).len(), 1);
    sign_in(login, "dev@example.com").1.success();
}

#[test]
fn an_error_never_repeats_a_secret_from_the_server() {
    let env = TestEnv::new();
    let word = format!("Invalid apptoken {}", sandbox::app_token());
    answer_with(
        &env,
        "/api/vtexid/apptoken/login",
        401,
        &json!({"authStatus": word}),
    );
    let done = env
        .vtexid(["apptoken", "-v"])
        .env("VTEX_APP_KEY", sandbox::app_key("mystore"))
        .env("VTEX_APP_TOKEN", sandbox::app_token())
        .run()
        .code(3)
        .stdout("");
    let words = stderr(&done);
    assert!(words.contains("refused: status 401"), "{words}");
    assert!(!words.contains(&sandbox::app_token()), "{words}");

    env.login("mystore");
    let refresh = env.refresh_token("mystore");
    let word = format!("bad vid_rt={refresh}");
    answer_with(
        &env,
        "/api/vtexid/refreshtoken/admin",
        200,
        &json!({"status": word}),
    );
    let done = env
        .vtexid(["local", "token", "--refresh", "-v"])
        .run()
        .success();
    assert!(!stderr(&done).contains(&refresh), "{}", stderr(&done));
}

#[test]
fn an_app_token_in_a_file_names_place_is_not_repeated() {
    let env = TestEnv::new();
    let done = env
        .vtexid(["apptoken", "--app-key", "vtexappkey-mystore-SANDBX"])
        .arg("--app-token-file")
        .arg(&sandbox::app_token())
        .run()
        .code(1)
        .stdout("");
    let words = stderr(&done);
    assert!(!words.contains("SANDBOXSANDBOX"), "{words}");
    assert!(words.contains("128 characters"), "{words}");
    // A path in a folder that exists is shown: it is what a person has to correct.
    let done = env
        .vtexid(["apptoken", "--app-key", "vtexappkey-mystore-SANDBX"])
        .arg("--app-token-file")
        .arg("home/vtex-app-token-of-mystore")
        .run()
        .code(1);
    assert!(stderr(&done).contains("home/vtex-app-token-of-mystore"));
}

#[test]
fn a_refresh_token_that_fits_no_header_is_not_saved() {
    for strange in ["rt\nX", "rt; other=evil", "rt\"", "r t", &"x".repeat(5000)] {
        let env = TestEnv::new();
        let claims =
            json!({"sub": "a@b.c", "account": "mystore", "audience": "admin", "exp": now() + 600});
        answer_with(
            &env,
            VALIDATE,
            200,
            &json!({"token": env.sandbox.mint(&claims), "refresh_token": strange}),
        );
        env.login("mystore");
        assert_eq!(secrets(&env), ["mystore.login"], "{strange:?}");
        // Nothing but the token.
        assert_eq!(
            names(&env.stored("mystore", "login")),
            ["token"],
            "{strange:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_login_that_cannot_write_the_index_saves_no_secret() {
    let env = TestEnv::new();
    env.login("mystore");
    // An index so large that the disk limit hits it and not the token.
    let path = env.file("index.json");
    let mut index: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for n in 0..400 {
        index["accounts"][format!("filler{n}")] = index["accounts"]["mystore"].clone();
    }
    fs::write(&path, index.to_string()).unwrap();
    let token = env
        .sandbox
        .mint(&json!({"audience": "admin", "account": "other", "exp": now() + 600}));
    let script = format!(
        "trap '' XFSZ; ulimit -f 16; exec '{}' login other --with-token --store file",
        env!("CARGO_BIN_EXE_vtexid")
    );
    let done = env
        .program("/bin/sh", ["-c", &script])
        .stdin(token)
        .run()
        .code(1)
        .stdout("");
    assert!(
        stderr(&done).contains("could not write"),
        "{}",
        stderr(&done)
    );
    assert!(
        secrets(&env)
            .iter()
            .all(|name| name.starts_with("mystore.")),
        "{:?}",
        secrets(&env)
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), index.to_string());
}

/// Makes it an hour old.
fn age(path: &std::path::Path) {
    let file = fs::File::options().write(true).open(path).unwrap();
    let hour = std::time::Duration::from_secs(3600);
    file.set_modified(std::time::SystemTime::now() - hour)
        .unwrap();
}

#[test]
fn files_left_by_a_crash_are_removed_by_the_next_change() {
    let env = TestEnv::new();
    env.login("mystore");
    let dir = env.entry("mystore", "login").parent().unwrap().to_owned();
    let shopper = format!("ghost.shopper-{}", "0123456789abcdef".repeat(2));
    let others = format!("mystore.shopper-{}", "0123456789abcdef".repeat(2));
    for name in [
        ".new-Ab12Cd",
        "ghost.login",
        "ghost.key",
        &shopper,
        "ghost.user",
        "ghost.refresh",
        "ghost.app-token",
        // Not one of this account's credentials.
        "mystore.key",
        "mystore.refresh",
        &others,
    ] {
        fs::write(dir.join(name), "secret").unwrap();
    }
    // Another process may be writing it at this moment.
    fs::write(dir.join(".new-Gh56Ij"), "secret").unwrap();
    age(&dir.join(".new-Ab12Cd"));
    let index = env.file("index.json").parent().unwrap().to_owned();
    let half_written = index.join(".new-Kl78Mn");
    let foreign = index.join(".new-year's resolutions");
    for path in [&half_written, &foreign] {
        fs::write(path, "{").unwrap();
        age(path);
    }
    env.login("other");
    assert!(!half_written.exists());
    assert!(foreign.exists());
    fs::remove_file(dir.join(".new-Gh56Ij")).unwrap();
    assert_eq!(secrets(&env), ["mystore.login", "other.login"]);
    fs::write(dir.join(".new-Ef34Gh"), "secret").unwrap();
    age(&dir.join(".new-Ef34Gh"));
    env.vtexid(["logout", "--all"]).run().success();
    assert!(secrets(&env).is_empty());
}

#[test]
fn other_files_in_the_folder_are_not_removed() {
    let env = TestEnv::new();
    env.login("mystore");
    let dir = env.entry("mystore", "login").parent().unwrap().to_owned();
    let foreign = [
        "diary.txt",
        "Ghost.user",
        "Ghost.login",
        "ghost",
        "ghost.user.bak",
        "ghost.login.bak",
        "ghost.shopper-12",
        "ghost.shopper-ana@example.com",
        "ghost.shopper-0123456789ABCDEF0123456789ABCDEF",
        "ghost.token",
        "gh ost.user",
        "gh ost.login",
        ".gitignore",
        ".user",
        ".login",
        "key.pem",
    ];
    for name in foreign {
        fs::write(dir.join(name), "a year's work").unwrap();
    }
    for name in ["ghost.app-token", "ghost.probe", "ghost.key"] {
        fs::write(dir.join(name), "secret").unwrap();
    }
    env.login("other");
    env.vtexid(["logout", "--all"]).run().success();
    let mut expected: Vec<_> = foreign.map(str::to_owned).into();
    let mut left = secrets(&env);
    expected.sort();
    left.sort();
    assert_eq!(left, expected);
}

#[cfg(unix)]
#[test]
fn targets_of_links_are_not_removed() {
    let env = TestEnv::new();
    env.login("mystore");
    let dir = env.entry("mystore", "login").parent().unwrap().to_owned();
    let elsewhere = env.root().join("elsewhere");
    fs::rename(&dir, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &dir).unwrap();
    for name in [".new-Ab12Cd", "ghost.user", "ghost.login"] {
        fs::write(elsewhere.join(name), "another's").unwrap();
        age(&elsewhere.join(name));
    }
    env.login("mystore");
    env.vtexid(["logout"]).run().success();
    for name in [".new-Ab12Cd", "ghost.user", "ghost.login"] {
        assert!(elsewhere.join(name).exists(), "{name}");
    }
    assert!(!elsewhere.join("mystore.login").exists());
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_can_write_to_is_not_trusted() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = TestEnv::new();
    env.login("mystore");
    let dir = env.file("index.json").parent().unwrap().to_owned();
    for mode in [0o777, 0o1777, 0o770, 0o720] {
        fs::set_permissions(&dir, fs::Permissions::from_mode(mode)).unwrap();
        for arguments in [&["status"][..], &["local", "token"], &["logout"]] {
            let done = env.vtexid(arguments).run().code(1).stdout("");
            assert!(stderr(&done).contains("chmod go-w"), "{}", stderr(&done));
        }
    }
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
    env.vtexid(["status"]).run().success();
}

#[cfg(unix)]
#[test]
fn a_folder_in_which_others_could_swap_secrets_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = TestEnv::new();
    env.login("mystore");
    let dir = env.entry("mystore", "login").parent().unwrap().to_owned();
    let file = dir.join("mystore.login");
    let before = fs::read(&file).unwrap();
    for mode in [0o777, 0o1777, 0o770, 0o702] {
        fs::set_permissions(&dir, fs::Permissions::from_mode(mode)).unwrap();
        for arguments in [
            &["local", "token"][..],
            &["logout"],
            &["login", "other", "--no-browser", "--store", "file"],
        ] {
            let done = env.vtexid(arguments).run().code(5).stdout("");
            let words = stderr(&done);
            assert!(words.contains("others may write to it"), "{words}");
            assert!(words.contains("chmod go-w"), "{words}");
        }
        assert_eq!(fs::read(&file).unwrap(), before);
    }
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o755)).unwrap();
    env.vtexid(["local", "token"]).run().success();
    // The same where a link leads.
    let elsewhere = env.root().join("elsewhere");
    fs::rename(&dir, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &dir).unwrap();
    env.vtexid(["local", "token"]).run().success();
    fs::set_permissions(&elsewhere, fs::Permissions::from_mode(0o777)).unwrap();
    env.vtexid(["local", "token"]).run().code(5).stdout("");
}

#[cfg(unix)]
#[test]
fn an_index_that_is_not_the_users_own_regular_file_is_refused() {
    use std::os::unix::fs::{chown, lchown, symlink};
    let env = TestEnv::new();
    env.login("mystore");
    let index = env.file("index.json");
    let elsewhere = env.root().join("elsewhere.json");
    fs::rename(&index, &elsewhere).unwrap();
    let refused = || {
        let done = env.vtexid(["status"]).run().code(1).stdout("");
        assert!(stderr(&done).contains("index.json"), "{}", stderr(&done));
    };
    symlink("/dev/zero", &index).unwrap();
    refused();
    fs::remove_file(&index).unwrap();
    // Links that lead to one another.
    symlink(&index, env.root().join("loop")).unwrap();
    symlink(env.root().join("loop"), &index).unwrap();
    refused();
    fs::remove_file(&index).unwrap();
    symlink(&elsewhere, &index).unwrap();
    // Only root can give files away.
    if chown(&elsewhere, Some(65_534), None).is_ok() {
        refused();
        chown(&elsewhere, Some(0), None).unwrap();
        lchown(&index, Some(65_534), None).unwrap();
        refused();
    }
}

#[test]
fn spaces_cannot_push_a_forged_row_onto_a_line_of_its_own() {
    let forged = format!("dev@x{}verified  yes, signature checked", " ".repeat(75));
    let token = token_of(&json!({"sub": forged, "audience": "admin", "exp": now() + 60}));
    let env = TestEnv::new();
    let done = env.vtexid(["inspect", &token]).run().success();
    let text = stdout(&done);
    assert!(!text.contains("  yes, signature"), "{text}");
    assert!(text.contains("dev@x \\u{20}"), "{text}");
}

#[test]
fn a_login_as_long_as_a_book_leaves_status_readable() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = stdout(&env.vtexid(["status"]).run().success());
    for login in [
        " ".repeat(12_000),
        "a".repeat(20_000),
        "\u{202e}".repeat(9_000),
    ] {
        let token = token_of(&json!({
            "sub": login, "account": "x".repeat(10_000), "exp": now() + 600
        }));
        let keep = ["login", "other", "--with-token", "--store", "file"];
        env.vtexid(keep).stdin(token.clone()).run().success();
        let mut tools = vec![env.vtexid(["status"])];
        // Windows has no room for it in a variable.
        if !cfg!(windows) {
            tools.push(env.vtexid(["status"]).env("VTEX_TOKEN", &token));
        }
        for tool in tools {
            let told = stdout(&tool.run().success());
            assert!(told.contains("other"), "{told}");
            assert!(told.len() < before.len() + 4_000, "{}", told.len());
        }
        let json = answer(&env.vtexid(["status", "--json"]).run().success());
        assert_eq!(json["accounts"][1]["login"], login);
    }
}

#[test]
fn a_state_too_long_for_an_address_is_no_state() {
    let env = TestEnv::new();
    answer_with(
        &env,
        "/api/vtexid/toolbelt/start",
        200,
        &json!("x".repeat(100_000)),
    );
    let done = env.start_login("mystore").finish().code(6).stdout("");
    assert!(stderr(&done).len() < 2000);
}

#[test]
fn a_token_wrapped_by_a_terminal_is_read() {
    let token = compact(r#"{"alg":"none"}"#, r#"{"sub":"somebody@example.com"}"#);
    let wrapped = format!("  {}\n  {}\r\n", &token[..20], &token[20..]);
    let env = TestEnv::new();
    let done = env.vtexid(["inspect", "-"]).stdin(wrapped).run().success();
    assert!(stdout(&done).contains("somebody@example.com"));
}

#[test]
fn a_damaged_index_does_not_lose_other_accounts_secrets() {
    let env = TestEnv::new();
    env.login("mystore");
    fs::remove_file(env.file("index.copy.json")).unwrap();
    fs::write(env.file("index.json"), "half of an ind").unwrap();
    env.login("other");
    assert_eq!(secrets(&env), ["mystore.login", "other.login"]);
}

/// A path is shown only where its folder exists, and never with a token, a
/// cookie or a query in it.
#[test]
fn a_secret_with_a_slash_is_not_repeated() {
    let env = TestEnv::new();
    let token = token_of(&json!({"sub": "a"}));
    let short = "eyJhbGciOiJub25lIn0.e30.";
    let base64 = "Zm9v/YmFyYmF6cXV4/cXV1eGNvcmdlZ3JhdWx0Z2Fy+A";
    let rooted = format!("/{}", base64.replace('/', "x"));
    let secrets = [
        format!("VtexIdclientAutCookie={token}; Path=/"),
        format!("https://mystore.myvtex.com/admin?t={token}"),
        format!("home/{token}"),
        format!("./{short}"),
        "home/VtexIdclientAutCookie=abc; Path=".to_owned(),
        "home/callback?ott=abcdef".to_owned(),
        base64.to_owned(),
        rooted,
        short.to_owned(),
        "eyJhIjoxfQ.e30.".to_owned(),
    ];
    for secret in &secrets {
        for arguments in [
            &["inspect", "--key", secret][..],
            &["inspect", "--secret", secret],
            &["inspect", "--claim", secret],
            &[
                "apptoken",
                "--app-key",
                "a",
                "-a",
                "b",
                "--app-token-file",
                secret,
            ],
            &["login", secret],
            &["login", "a", "--port", secret],
            &["completions", secret],
            &[secret],
        ] {
            // From an address the account is taken. Without a display the login of it fails.
            if arguments[0] == "login" && secret.starts_with("https:") && !cfg!(target_os = "linux")
            {
                continue;
            }
            let done = env.vtexid(arguments).stdin(token.clone()).run().failure();
            let words = stderr(&done.stdout(""));
            assert!(!words.contains(&**secret), "{arguments:?}: {words}");
            assert!(!words.contains("eyJ"), "{arguments:?}: {words}");
        }
        for arguments in [
            &["doctor", "-a", "mystore"][..],
            &["switch", "other"],
            &["status"],
        ] {
            let env = TestEnv::new();
            env.login("mystore");
            env.login("other");
            let done = env.vtexid(arguments).env("VTEX_ACCOUNT", secret).run();
            let words = stderr(&done) + &stdout(&done);
            assert!(!words.contains(&**secret), "{arguments:?}: {words}");
            assert!(!words.contains("eyJ"), "{arguments:?}: {words}");
            // From an address the account is taken, and nothing else.
            let is_address = secret.starts_with("https://");
            assert_eq!(
                !words.contains("invalid VTEX_ACCOUNT"),
                is_address,
                "{arguments:?}: {words}"
            );
        }
    }
    // What only is misspelled is shown.
    for path in [
        "home/prod.pem",
        "/etc/prod-key-of-mystore",
        "prod.pem",
        "../prod.pem",
    ] {
        let done = env.vtexid(["inspect", "--key", path, &token]).run().code(1);
        assert!(stderr(&done).contains(path), "{}", stderr(&done));
    }
    let done = env
        .vtexid(["inspect", "--key", "keys/prod.pem", &token])
        .run();
    let words = stderr(&done.code(1));
    assert!(
        words.contains("(13 characters, not shown: its folder does not exist)"),
        "{words}"
    );
}

#[test]
fn a_token_in_the_place_of_a_file_is_not_repeated() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&json!({"sub": "dev@example.com"}));
    for arguments in [
        &["inspect", "--key"][..],
        &["inspect", "--secret"],
        &["inspect", "--claim"],
        &[
            "apptoken",
            "--app-key",
            "vtexappkey-mystore-X",
            "--app-token-file",
        ],
    ] {
        for secret in [&*token, &sandbox::app_token()] {
            let done = env
                .vtexid([arguments, &[secret]].concat())
                .stdin(token_of(&json!({})))
                .run();
            let words = stderr(&done.failure().stdout(""));
            assert!(!words.contains(secret), "{words}");
            assert!(words.contains("characters, not shown"), "{words}");
        }
    }
}
