//! The command line itself, and the variables every command obeys

use std::{fs, path::Path};

use predicates::{prelude::PredicateBooleanExt as _, str::contains};
use serde_json::json;

use crate::{
    env::{TestEnv, claims, is_nasty, now, sign_in, stderr, stdout, token_of},
    sandbox::{Sandbox, app_key, app_token},
};

#[test]
fn version_and_help_are_answers() {
    let env = TestEnv::new();
    let version = concat!("vtexid ", env!("CARGO_PKG_VERSION"), "\n");
    env.vtexid(["--version"])
        .run()
        .success()
        .stdout(version)
        .stderr("");
    for help in [
        &["--help"][..],
        &["help"],
        &["login", "--help"],
        &["local", "token", "-h"],
    ] {
        env.vtexid(help)
            .run()
            .success()
            .stdout(contains("Usage: vtexid"))
            .stderr("");
    }
    // It needs no environment at all.
    env.vtexid(["--version"])
        .without("HOME")
        .without("VTEXID_DIR")
        .env("VTEXID_URL", "nonsense")
        .run()
        .success();
}

#[test]
fn wrong_usage_is_2_and_leaves_stdout_empty() {
    let env = TestEnv::new();
    for arguments in [
        &[][..],
        &["local"],
        &["--no-such-flag"],
        &["no-such-command"],
        &["login", "mystore", "--no-such-flag"],
        &["login", "mystore", "--port", "0"],
        &["login", "mystore", "--port", "65536"],
        &["login", "mystore", "--timeout", "5"],
        &["login", "mystore", "--timeout", "0s"],
        &["login", "mystore", "--store", "cloud"],
        &["login", "my.store"],
        &["login", "https://mystore.example.com"],
        &["login", "https://myvtex.com"],
        &["login", "vtexappkey-mystore-ABCDEF"],
        &["login", "mystore", "my.store"],
        &["local", "token", "-a", "my.store"],
        &["local", "token", "--as", ""],
        &["local", "token", "--as", "nonsense"],
        &["login", ""],
        &["local", "token", "--format", "yaml"],
        &["status", "mystore"],
        &["completions"],
        &["completions", "cmd"],
    ] {
        let done = env.vtexid(arguments).run().code(2).stdout("");
        assert!(!stderr(&done).is_empty(), "{arguments:?}");
    }
    assert!(env.sandbox.requests().is_empty());
}

#[test]
fn no_arguments_show_how_it_is_used() {
    let env = TestEnv::new();
    env.vtexid([""; 0])
        .run()
        .code(2)
        .stderr(contains("Usage: vtexid").and(contains("login").and(contains("inspect"))));
}

#[test]
fn a_token_in_the_wrong_place_is_not_repeated() {
    let env = TestEnv::new();
    let token = token_of(&json!({"sub": "someone@example.com", "exp": now() + 600}));
    let (_, rest) = token.split_once('.').unwrap();
    let glued = |before: &str| format!("{before}{token}");
    for arguments in [
        vec![token.clone()],
        vec!["login".to_owned(), token.clone()],
        vec!["login".to_owned(), "mystore".to_owned(), token.clone()],
        vec!["logout".to_owned(), token.clone()],
        vec!["status".to_owned(), token.clone()],
        vec!["status".to_owned(), "-a".to_owned(), token.clone()],
        vec!["status".to_owned(), glued("-a")],
        vec!["status".to_owned(), glued("--account=")],
        vec!["status".to_owned(), glued("--json=")],
        vec!["local".to_owned(), token.clone()],
        vec!["local".to_owned(), "token".to_owned(), token.clone()],
        vec![
            "local".to_owned(),
            "token".to_owned(),
            "--format".to_owned(),
            token.clone(),
        ],
        vec!["local".to_owned(), "token".to_owned(), glued("--token=")],
        vec!["login".to_owned(), glued("--token=")],
        vec!["login".to_owned(), glued("--timeout=")],
        vec!["login".to_owned(), glued("--port=")],
        vec!["inspect".to_owned(), "-".to_owned(), token.clone()],
        vec!["inspect".to_owned(), glued("--token=")],
        vec!["completions".to_owned(), token.clone()],
        vec![glued("--token=")],
    ] {
        let done = env.vtexid(&arguments).run().code(2).stdout("");
        let words = stderr(&done);
        assert!(!words.contains(rest), "{arguments:?}: {words}");
    }
    let variable = env
        .vtexid(["local", "token"])
        .env("VTEX_ACCOUNT", &token)
        .run()
        .code(2);
    let done = variable.stdout("").stderr(contains("VTEX_ACCOUNT"));
    assert!(!stderr(&done).contains(rest), "{}", stderr(&done));
}

#[test]
fn a_token_with_dashes_before_it_is_not_repeated() {
    let env = TestEnv::new();
    let token = token_of(&json!({"sub": "someone@example.com", "exp": now() + 600}));
    let dashed = format!("--{token}");
    let (_, rest) = token.split_once('.').unwrap();
    for before in [
        &[][..],
        &["login"],
        &["inspect"],
        &["status"],
        &["local", "token"],
    ] {
        let arguments = before.iter().copied().chain([dashed.as_str()]);
        let done = env.vtexid(arguments).run().code(2).stdout("");
        let words = stderr(&done);
        assert!(!words.contains(rest), "{before:?}: {words}");
    }
}

#[test]
fn typed_text_cannot_control_the_terminal() {
    let env = TestEnv::new();
    let nasty = "\u{202e}\u{1b}]0;\u{7}\u{9b}2J\na";
    for arguments in [
        &[nasty][..],
        &["-a", nasty],
        &["status", nasty],
        &["status", "-a", nasty],
        &["inspect", &format!("--check={nasty}")],
        &["inspect", &format!("--{nasty}")],
        &["login", &format!("-{nasty}")],
        &["login", &format!("--port={nasty}")],
        &["login", "--store", nasty],
        &["local", nasty],
        &["local", "token", "--format", nasty],
        &["completions", nasty],
    ] {
        let words = stderr(&env.vtexid(arguments).run().code(2).stdout(""));
        assert!(!words.contains(is_nasty), "{arguments:?}: {words:?}");
        assert!(!words.contains("\na"), "{arguments:?}: {words:?}");
        assert!(words.contains("\\u{202e}"), "{arguments:?}: {words:?}");
    }
}

#[test]
fn vtexid_url_reaches_only_this_machine() {
    let env = TestEnv::new();
    let port = env.sandbox.port();
    for url in [
        format!("https://127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}/path"),
        format!("http://127.0.0.1:{port}?query"),
        format!("http://user:canary@127.0.0.1:{port}"),
        format!("http://mystore.localhost:{port}"),
        format!("http://127.0.0.1.example.com:{port}"),
        format!("http://0.0.0.0:{port}"),
        format!("http://10.0.0.1:{port}"),
        format!("127.0.0.1:{port}"),
        "https://mystore.myvtex.com".to_owned(),
        "nonsense".to_owned(),
    ] {
        let login = ["login", "mystore", "--no-browser", "--store", "file"];
        for arguments in [&login[..], &["apptoken"], &["status"], &["local", "token"]] {
            env.vtexid(arguments)
                .env("VTEXID_URL", &url)
                .env("VTEX_APP_KEY", app_key("mystore"))
                .env("VTEX_APP_TOKEN", app_token())
                .run()
                .code(2)
                .stdout("")
                .stderr(contains("VTEXID_URL").and(contains("canary").not()));
        }
    }
    assert!(env.sandbox.requests().is_empty());
    assert!(env.files().is_empty());
}

#[test]
fn a_proxy_does_not_see_what_goes_to_this_machine() {
    let env = TestEnv::new();
    let proxy = Sandbox::start(crate::sandbox::Options::default()).unwrap();
    let mut tool = env
        .vtexid(["apptoken"])
        .env("VTEX_APP_KEY", app_key("mystore"))
        .env("VTEX_APP_TOKEN", app_token());
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ] {
        tool = tool.env(name, proxy.url());
    }
    tool.run().success();
    assert!(proxy.requests().is_empty());
}

#[test]
fn sessions_of_different_vtex_ids_never_meet() {
    let env = TestEnv::new();
    let other = TestEnv::new();
    env.login("mystore");
    let token = env.token("mystore");
    let elsewhere =
        |arguments: &[&str]| env.vtexid(arguments).env("VTEXID_URL", other.sandbox.url());
    let unset = |arguments: &[&str]| env.vtexid(arguments).without("VTEXID_URL");
    for arguments in [
        &["status"][..],
        &["local", "token", "-a", "mystore"],
        &["logout"],
    ] {
        elsewhere(arguments).run().code(4).stdout("");
        unset(arguments).run().code(4).stdout("");
    }
    unset(&["logout", "--all"]).run().success();
    // The same account there is another one.
    let login = elsewhere(&["login", "mystore", "--no-browser", "--store", "file"]);
    sign_in(login.start(), "else@example.com").1.success();
    let theirs = elsewhere(&["local", "token"]).run().success();
    assert_eq!(
        claims(stdout(&theirs).trim_end())["sub"],
        "else@example.com"
    );
    assert_eq!(env.token("mystore"), token);
    elsewhere(&["logout", "--all"]).run().success();
    assert_eq!(env.token("mystore"), token);
    assert!(!env.sandbox.revoked(&token));
}

#[test]
fn using_another_vtex_id_prints_a_warning_even_with_quiet() {
    let env = TestEnv::new();
    let at = format!("127.0.0.1:{}", env.sandbox.port());
    for arguments in [&["status"][..], &["status", "-q"]] {
        env.vtexid(arguments)
            .run()
            .code(4)
            .stderr(contains("warning: using the sandbox at").and(contains(&at)));
    }
}

#[test]
fn completions_are_for_the_shell_that_is_named() {
    let env = TestEnv::new();
    for (shell, words) in [
        ("bash", "complete -F _vtexid"),
        ("zsh", "#compdef vtexid"),
        ("fish", "complete --command vtexid"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[vtexid]"),
    ] {
        env.vtexid(["completions", shell])
            .without("HOME")
            .run()
            .success()
            .stdout(contains(words).and(contains("vtexid __complete")))
            .stderr("");
    }
}

#[test]
#[cfg(unix)]
fn a_variable_that_is_not_text_is_named() {
    use std::os::unix::ffi::OsStrExt as _;
    let env = TestEnv::new();
    let bytes = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    for name in [
        "VTEX_ACCOUNT",
        "VTEX_TOKEN",
        "VTEX_APP_KEY",
        "VTEX_APP_TOKEN",
        "VTEXID_URL",
    ] {
        env.vtexid(["status"])
            .env(name, bytes)
            .run()
            .code(2)
            .stdout("")
            .stderr(contains(name));
    }
}

#[test]
#[cfg(unix)]
fn no_home_to_keep_an_index_in_is_said() {
    let env = TestEnv::new();
    let file = env.home().join("a-file");
    fs::write(&file, "").unwrap();
    env.vtexid(["status"])
        .env("VTEXID_DIR", file.join("inside"))
        .run()
        .failure()
        .stdout("")
        .stderr(contains("a-file").and(contains("VTEXID_DIR")));
}

#[test]
fn a_mistake_names_the_option_and_no_internals() {
    let env = TestEnv::new();
    env.vtexid(["local", "token", "--min-validity", "10"])
        .run()
        .code(2)
        .stderr(contains("'--min-validity <TIME>'"));
    env.vtexid(["apptoken", "--app-token-file"])
        .run()
        .code(2)
        .stderr(contains("--app-token-file <FILE>"));
    let done = env.vtexid(["--json"]).run().code(2);
    for hidden in ["__known", "generate"] {
        assert!(!stderr(&done).contains(hidden), "{}", stderr(&done));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn help_that_cannot_be_written_is_a_failure() {
    let env = TestEnv::new();
    let full = || {
        std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };
    for arguments in [&["--help"][..], &["login", "-h"], &["--version"]] {
        env.vtexid(arguments)
            .stdout_to(full())
            .run()
            .code(1)
            .stderr(contains("could not write to standard output"));
    }
}

/// The first screen is written by hand, in groups.
#[test]
fn the_first_screen_names_every_command() {
    let env = TestEnv::new();
    let help = stdout(&env.vtexid(["--help"]).run().success());
    let bare = stderr(&env.vtexid([""; 0]).run().code(2));
    let man = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let mut pages = 0;
    for page in fs::read_dir(man).unwrap() {
        let name = page.unwrap().file_name().into_string().unwrap();
        let Some(command) = name
            .strip_prefix("vtexid-")
            .and_then(|rest| rest.strip_suffix(".1"))
        else {
            continue;
        };
        if command.starts_with("toolbelt-") || command == "local" {
            continue;
        }
        let line = format!("\n  {} ", command.replace('-', " "));
        assert!(help.contains(&line) && bare.contains(&line), "{command}");
        pages += 1;
    }
    assert!(pages > 10, "{pages}");
}

#[test]
fn an_argument_too_many_is_explained_where_it_is_known_what_was_meant() {
    let env = TestEnv::new();
    for (line, tip) in [
        (&["api", "GET", "/api/x"][..], "vtexid api -X GET PATH"),
        (&["status", "mystore"], "vtexid status -a ACCOUNT"),
    ] {
        let done = env.vtexid(line).run().code(2).stdout("");
        done.stderr(contains(tip));
    }
    let done = env.vtexid(["status", "--nope"]).run().code(2);
    done.stderr(contains("tip:").not());
}

#[test]
fn the_stores_own_domain_is_answered_with_what_to_type() {
    let env = TestEnv::new();
    let words = "www.mystore.com.br is the store's own domain, not an account; use the account name: `mystore` if the Admin is at mystore.myvtex.com";
    for typed in ["https://www.mystore.com.br/", "www.mystore.com.br"] {
        let done = env.vtexid(["login", typed]).run().code(2).stdout("");
        done.stderr(contains(words).and(contains("not shown").not()));
    }
    // Only the domain is repeated.
    env.vtexid(["login", "https://www.mystore.com.br/callback/hunter2"])
        .run()
        .code(2)
        .stderr(contains(words).and(contains("hunter2").not()));
    env.vtexid(["status"])
        .env("VTEX_ACCOUNT", "www.mystore.com.br")
        .run()
        .code(2)
        .stderr(contains("invalid VTEX_ACCOUNT: ").and(contains(words)));
    env.vtexid(["login"]).run().code(2).stderr(contains(
        "hint: run `vtexid login mystore` if your Admin is at mystore.myvtex.com",
    ));
}
