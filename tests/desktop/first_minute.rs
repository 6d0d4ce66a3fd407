//! What vtexid asks of, and through, a real terminal.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::desk::mint;
use crate::home::Home;
use crate::http;
use crate::parts;
use crate::process::{LIMIT, Running, eventually, run};
use crate::sandbox::{Options, Sandbox};

/// Logged in to `one`, and to `two` after it.
fn two_accounts(sandbox: &Sandbox) -> Home {
    let mut home = Home::new();
    home.set("VTEXID_URL", sandbox.url());
    for account in ["one", "two"] {
        let arguments = ["login", account, "--no-browser", "--store", "file"];
        let mut login = Running::start(home.vtexid(&arguments));
        login.close_stdin();
        let address = eventually("the address to open", || {
            let said = login.stderr();
            let line = said.lines().find(|line| line.starts_with("  http://"));
            line.map(|line| line.trim().to_owned())
        });
        http::sign_in(&address, "ana@example.com");
        login.wait(LIMIT).success();
    }
    home
}

#[test]
fn a_bare_switch_lists_the_accounts_and_asks() {
    if !parts::present(&["script"]) {
        return;
    }
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let home = two_accounts(&sandbox);
    for (typed, code, words) in [
        ("1", 0, "switched to one"),
        ("two", 0, "switched to two"),
        ("-", 0, "switched to one"),
        ("tow", 4, "did you mean two?"),
        ("9", 4, "there is no account 9 in the list"),
        ("9", 4, "type a number from 1 to 2, or an account's name"),
        ("", 1, "no account was chosen"),
    ] {
        let script = r#""$VTEXID" switch; echo "ended with $?""#;
        let mut terminal = Running::start(home.terminal(script));
        eventually("the question", || {
            let shown = terminal.stdout();
            shown.contains("switch to (number or name): ").then_some(())
        });
        terminal.type_in(&format!("{typed}\n"));
        let shown = terminal.wait(LIMIT).success();
        assert!(shown.contains("1: one (ana@example.com)"), "{shown}");
        assert!(shown.contains(words), "{typed}: {shown}");
        assert!(shown.contains(&format!("ended with {code}")), "{shown}");
    }
}

/// A copy over SSH, with everything that the terminal was sent.
fn copy_over_ssh(more: &str, ssh: bool) -> Option<(String, String)> {
    if !parts::present(&["script"]) {
        return None;
    }
    let mut home = Home::new();
    let token = mint();
    home.set("VTEX_TOKEN", &token);
    if ssh {
        home.set("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.9 22");
    }
    let script = format!(r#""$VTEXID" local token {more} >token 2>words; cat words"#);
    let shown = run(home.terminal(&script)).success();
    let printed = std::fs::read_to_string(home.path().join("token")).unwrap();
    let text = BASE64_STANDARD.encode(printed.trim_end());
    Some((shown, format!("\x1b]52;c;{text}\x07")))
}

#[test]
fn over_ssh_the_terminal_is_asked_to_copy_what_is_printed() {
    for more in ["--copy", "--copy -f header", "--copy --clear-after never"] {
        let Some((shown, sequence)) = copy_over_ssh(more, true) else {
            return;
        };
        assert!(shown.contains(&sequence), "{more}: {shown:?}");
        assert!(shown.contains("it may ignore that"), "{shown}");
        assert!(shown.contains("cannot clear the copy"), "{shown}");
    }
}

#[test]
fn over_ssh_copying_needs_copy_and_cannot_be_cleared() {
    for (more, ssh, words) in [
        ("", true, ""),
        (
            "--copy --clear-after 30s",
            true,
            "cannot clear it after 30s",
        ),
        ("--copy", false, "no display found"),
    ] {
        let Some((shown, _)) = copy_over_ssh(more, ssh) else {
            return;
        };
        assert!(!shown.contains("\x1b]52"), "{more}: {shown:?}");
        assert!(shown.contains(words), "{more}: {shown}");
    }
}
