//! Prompts that do not show what is typed.

use super::*;

/// The hidden prompt, and then what the terminal is like.
const SCRIPT: &str = r#"
    trap : INT
    "$VTEXID" apptoken --app-key "$KEY"
    echo "ended with $?"
    stty -a
"#;

/// A shell on a terminal, waiting at the prompt.
fn prompted(sandbox: &Sandbox) -> Option<(Home, Running)> {
    prompted_by(sandbox, SCRIPT)
}

#[test]
fn the_app_token_is_not_shown_while_it_is_typed() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let Some((_home, mut terminal)) = prompted(&sandbox) else {
        return;
    };
    terminal.type_in(&sandbox::app_token());
    terminal.type_in("\n");
    let shown = terminal.wait(LIMIT).success();
    assert!(!shown.contains(&sandbox::app_token()), "{shown}");
    assert!(!shown.contains("BOXSAND"), "{shown}");
    assert!(shown.contains("eyJ"), "no token: {shown}");
    assert!(shown.contains("ended with 0"), "{shown}");
    assert!(echoes(&shown), "{shown}");
}

#[test]
fn ctrl_c_at_the_prompt_leaves_the_terminal_as_it_was() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let Some((_home, mut terminal)) = prompted(&sandbox) else {
        return;
    };
    terminal.type_in("TYPEDBYHAND\x03");
    let shown = terminal.wait(LIMIT).success();
    assert!(shown.contains("ended with 130"), "{shown}");
    assert!(!shown.contains("TYPED"), "{shown}");
    assert!(echoes(&shown), "{shown}");
    assert_eq!(sandbox.requests().len(), 0);
}

/// The hidden prompt in a process whose id is written down.
const NUMBERED: &str = r#"
    trap : INT QUIT
    sh -c 'echo $$ >pid; exec "$VTEXID" apptoken --app-key "$KEY"'
    echo "ended with $?"
    stty -a
"#;

#[test]
fn a_signal_ends_a_hidden_prompt_and_leaves_the_terminal_as_it_was() {
    for (signal, code) in [
        (Signal::INT, 130),
        (Signal::TERM, 143),
        (Signal::QUIT, 131),
        (Signal::HUP, 129),
    ] {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let Some((home, terminal)) = prompted_by(&sandbox, NUMBERED) else {
            return;
        };
        let pid = fs::read_to_string(home.path().join("pid")).unwrap();
        let pid = Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
        let shown = terminal.wait(LIMIT).success();
        assert!(shown.contains(&format!("ended with {code}")), "{shown}");
        assert!(echoes(&shown), "{shown}");
    }
}

#[test]
fn ctrl_backslash_ends_a_hidden_prompt() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let Some((_home, mut terminal)) = prompted_by(&sandbox, NUMBERED) else {
        return;
    };
    terminal.type_in("TYPEDBYHAND\x1c");
    let shown = terminal.wait(LIMIT).success();
    assert!(shown.contains("ended with 131"), "{shown}");
    assert!(!shown.contains("TYPED"), "{shown}");
    assert!(echoes(&shown), "{shown}");
}
