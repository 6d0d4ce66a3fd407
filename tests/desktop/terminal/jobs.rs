//! Stopping, and going on in the background or the foreground.

use super::*;

/// A shell with job control on a terminal; whoever is at it types commands.
struct Shell {
    _home: Home,
    terminal: Running,
}

impl Shell {
    fn start(sandbox: &Sandbox) -> Option<Self> {
        if !parts::present(&["script", "bash", "stty"]) {
            return None;
        }
        let mut home = Home::new();
        home.set("VTEXID_URL", sandbox.url());
        home.set("KEY", sandbox::app_key("mystore"));
        home.set("PS1", "ready> ");
        let terminal = Running::start(home.terminal("exec bash --norc --noprofile -i"));
        let mut shell = Self {
            _home: home,
            terminal,
        };
        shell.sees("ready> ", 1);
        // What is typed shows up once, and not again as bash edits the line.
        shell.types("bind 'set enable-bracketed-paste off'\n");
        shell.sees("ready> ", 2);
        Some(shell)
    }

    fn types(&mut self, text: &str) {
        self.terminal.type_in(text);
    }

    /// Waits until something was shown so many times.
    fn sees(&self, text: &str, times: usize) -> String {
        eventually(text, || {
            let shown = self.terminal.stdout();
            (shown.matches(text).count() >= times).then_some(shown)
        })
    }

    fn starts_login(&mut self) -> String {
        self.types("\"$VTEXID\" login mystore --no-browser --store file\n");
        let shown = self.sees("paste the final URL", 1);
        let line = shown.lines().find(|line| line.starts_with("  http://"));
        line.expect("an address").trim().to_owned()
    }

    /// Ends the shell and sees that it left the terminal as it was.
    fn ends(mut self) -> String {
        self.types("echo ended with $?; stty -a\n");
        self.sees("icanon", 1);
        self.types("exit\n");
        let outcome = self.terminal.wait(LIMIT);
        let shown = outcome.stdout;
        assert!(echoes(&shown), "{shown}");
        shown
    }
}

#[test]
fn a_login_stopped_and_sent_to_the_background_waits_for_the_browser() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let Some(mut shell) = Shell::start(&sandbox) else {
        return;
    };
    let page = shell.starts_login();
    shell.types("\x1a");
    shell.sees("Stopped", 1);
    // The shell has a terminal that shows what is typed.
    shell.types("stty -a | grep -o ' echo '\n");
    shell.sees("\n echo ", 1);
    shell.types("bg\n");
    assert_eq!(http::sign_in(&page, "ana@example.com").status, 200);
    shell.sees("logged in to mystore as ana@example.com", 1);
    let shown = shell.ends();
    assert!(!shown.contains("tty input"), "{shown}");
}

#[test]
fn a_login_that_comes_back_to_the_foreground_takes_a_paste() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let Some(mut shell) = Shell::start(&sandbox) else {
        return;
    };
    let page = shell.starts_login();
    shell.types("\x1a");
    shell.sees("Stopped", 1);
    shell.types("bg\n");
    shell.sees("ready> ", 4);
    shell.types("fg\n");
    // It asks again, because the screen has moved on.
    shell.sees("paste the final URL", 2);
    let back = http::way_back(&page, "ana@example.com");
    shell.types(&format!("{back}\n"));
    shell.sees("logged in to mystore as ana@example.com", 1);
    // What is typed before the shell is back is dropped, as part of the paste.
    shell.sees("ready> ", 5);
    shell.ends();
}

#[test]
fn ctrl_z_works_at_a_hidden_prompt() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let Some(mut shell) = Shell::start(&sandbox) else {
        return;
    };
    shell.types("\"$VTEXID\" apptoken --app-key \"$KEY\"\n");
    shell.sees("app token for ", 1);
    shell.types("\x1a");
    shell.sees("Stopped", 1);
    shell.types("stty -a | grep -o ' echo '\n");
    shell.sees("\n echo ", 1);
    shell.types("fg\n");
    shell.sees("app token for ", 2);
    shell.types(&sandbox::app_token());
    shell.types("\n");
    shell.sees("eyJ", 1);
    let shown = shell.ends();
    assert!(!shown.contains("BOXSAND"), "{shown}");
}
