//! What is typed at a real terminal and must not be seen there.

use crate::home::Home;
use crate::parts;
use crate::process::{LIMIT, Running, eventually, run};
use crate::sandbox::{self, Options, Sandbox};

/// The hidden prompt, and then what the terminal is like.
const SCRIPT: &str = r#"
    trap : INT
    "$VTEXID" apptoken --app-key "$KEY"
    echo "ended with $?"
    stty -a
"#;

/// A shell on a terminal, waiting at the prompt.
fn prompted(sandbox: &Sandbox) -> Option<(Home, Running)> {
    if !parts::present(&["script", "stty"]) {
        return None;
    }
    let mut home = Home::new();
    home.set("VTEXID_URL", sandbox.url());
    home.set("KEY", sandbox::app_key("mystore"));
    let terminal = Running::start(home.terminal(SCRIPT));
    eventually("the prompt", || {
        terminal.stdout().contains("app token for ").then_some(())
    });
    Some((home, terminal))
}

/// Whether `stty -a` ends with the terminal as it was: showing what is typed.
fn echoes(shown: &str) -> bool {
    let (_, settings) = shown.rsplit_once("ended with").expect("the shell went on");
    let words: Vec<&str> = settings.split_whitespace().collect();
    assert!(words.contains(&"icanon"), "{shown}");
    words.contains(&"echo")
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
    assert!(words.contains("nobody is logged in"), "{words}");
}
