//! What a terminal shows.

use super::*;

#[test]
fn ctrl_c_while_waiting_for_the_browser_keeps_nothing() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    if !parts::present(&["script"]) {
        return;
    }
    let mut home = Home::new();
    home.set("VTEXID_URL", sandbox.url());
    let script =
        r#"trap : INT; "$VTEXID" login mystore --no-browser --store file; echo "ended with $?""#;
    let mut terminal = Running::start(home.terminal(script));
    eventually("the wait", || {
        terminal
            .stdout()
            .contains("waiting for the browser")
            .then_some(())
    });
    terminal.type_in("\x03");
    let shown = terminal.wait(LIMIT).success();
    assert!(shown.contains("ended with 130"), "{shown}");
    let words = run(home.vtexid(&["status"])).failure(4);
    assert!(words.contains("you are not logged in"), "{words}");
}

#[test]
fn a_spinner_turns_at_a_terminal_where_nothing_can_be_pasted() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    if !parts::present(&["script"]) {
        return;
    }
    let mut home = Home::new();
    home.set("VTEXID_URL", sandbox.url());
    // What a terminal shows of a spinner, by its kind and the locale.
    for (kind, locale, frame) in [
        ("xterm", "pt_BR.UTF-8", Some("\r\u{2819} ")),
        ("xterm", "C", Some("\r/ ")),
        ("xterm", "", Some("\r/ ")),
        ("dumb", "C.UTF-8", None),
    ] {
        home.set("TERM", kind);
        home.set("LC_ALL", locale);
        let spins = frame.is_some();
        let script = r#""$VTEXID" login mystore --no-browser --store file --fresh </dev/null"#;
        let terminal = Running::start(home.terminal(script));
        let page = eventually("the address", || {
            let said = terminal.stdout();
            let ready = said.contains(frame.unwrap_or("waiting for the browser"));
            let line = said.lines().find(|line| line.starts_with("  http://"));
            ready.then_some(line?.trim().to_owned())
        });
        http::sign_in(&page, "ana@example.com");
        let shown = terminal.wait(LIMIT).success();
        // The line is wiped before anything else is said.
        let bare = shown.replace("\x1b[1m\x1b[32m✓ \x1b[0m", "");
        assert_eq!(
            bare.contains("\r\x1b[Klogged in to mystore"),
            spins,
            "{shown:?}"
        );
        let utf8 = locale.ends_with("UTF-8");
        assert!(utf8 || shown.is_ascii(), "{shown:?}");
    }
}

#[test]
fn what_a_token_says_fits_the_terminal() {
    if !parts::present(&["script", "stty"]) {
        return;
    }
    let mut home = Home::new();
    home.set("TERM", "xterm");
    fs::write(home.path().join("token"), mint()).unwrap();
    // The time that is left differs from one run to the next.
    let shown = |script: &str| {
        let text = run(home.terminal(script)).success().replace('\r', "");
        let lines = text.split_inclusive('\n');
        lines
            .filter(|line| !line.contains("expires"))
            .collect::<String>()
    };
    let narrow = shown(r#"stty cols 60 rows 24; "$VTEXID" inspect - <token"#);
    let bare = narrow.replace("\u{1b}[1m", "").replace("\u{1b}[32m", "");
    let bare = bare.replace("\u{1b}[0m", "");
    assert!(!bare.contains('\u{1b}'), "{bare}");
    assert_ne!(bare, narrow, "nothing is set off");
    assert!(
        bare.lines().all(|line| line.chars().count() <= 60),
        "{bare}"
    );
    // What goes on below itself does so in its column.
    assert!(
        bare.contains("ctx.adminUserAuthToken (authMethod:\n                ADMIN_TOKEN)\n"),
        "{bare}"
    );
    let plain = shown(r#"stty cols 60 rows 24; NO_COLOR=1 "$VTEXID" inspect - <token"#);
    assert_eq!(plain, bare);
    let wide = shown(r#"stty cols 200 rows 24; NO_COLOR=1 "$VTEXID" inspect - <token"#);
    assert!(wide.contains("ctx.adminUserAuthToken (authMethod: ADMIN_TOKEN)\n"));
    let piped = shown(r#"stty cols 60 rows 24; "$VTEXID" inspect - <token | cat"#);
    assert_eq!(piped, wide);
}

#[test]
fn a_token_that_is_not_copied_at_a_terminal_is_announced() {
    if !parts::present(&["script"]) {
        return;
    }
    let mut home = Home::new();
    home.set("VTEX_TOKEN", mint());
    let shown = |home: &Home, line: &str| {
        let terminal = Running::start(home.terminal(line));
        terminal.wait(LIMIT).success()
    };
    let note = "not copied: no clipboard found";
    let plain = shown(&home, r#""$VTEXID" local token"#);
    assert_eq!(plain.matches(note).count(), 1, "{plain}");
    for line in [
        r#""$VTEXID" local token --no-copy"#,
        r#"VTEXID_COPY=never "$VTEXID" local token"#,
        r#""$VTEXID" local token | cat"#,
        r#""$VTEXID" local token --format header"#,
    ] {
        let other = shown(&home, line);
        assert!(!other.contains(note), "{line}: {other}");
    }
}
