//! What is typed at a real terminal and must not be seen there.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

use crate::desk::mint;
use crate::home::Home;
use crate::http;
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
    prompted_by(sandbox, SCRIPT)
}

fn prompted_by(sandbox: &Sandbox, script: &str) -> Option<(Home, Running)> {
    if !parts::present(&["script", "stty"]) {
        return None;
    }
    let mut home = Home::new();
    home.set("VTEXID_URL", sandbox.url());
    home.set("KEY", sandbox::app_key("mystore"));
    let terminal = Running::start(home.terminal(script));
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
    assert!(words.contains("you are not logged in"), "{words}");
}

/// A login at a terminal, whose listener the browser cannot reach; what is typed, and then the terminal's settings.
const LOGIN: &str = r#"
    trap : INT
    "$VTEXID" login mystore --no-browser --store file $MORE
    echo "ended with $?"
    stty -a
"#;

struct Pasting {
    _home: Home,
    terminal: Running,
    page: String,
}

impl Pasting {
    fn start(sandbox: &Sandbox, more: &str) -> Option<Self> {
        if !parts::present(&["script", "stty"]) {
            return None;
        }
        let mut home = Home::new();
        home.set("VTEXID_URL", sandbox.url());
        home.set("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.9 22");
        home.set("MORE", more);
        let terminal = Running::start(home.terminal(LOGIN));
        let page = eventually("the invitation to paste", || {
            let said = terminal.stdout();
            said.contains("paste the final URL").then(|| {
                let line = said.lines().find(|line| line.starts_with("  http://"));
                line.expect("an address").trim().to_owned()
            })
        });
        Some(Self {
            _home: home,
            terminal,
            page,
        })
    }

    fn paste(&mut self, text: &str, until: &str) {
        let before = self.terminal.stdout().matches(until).count();
        self.terminal.type_in(&format!("{text}\n"));
        eventually(until, || {
            (self.terminal.stdout().matches(until).count() > before).then_some(())
        });
    }

    fn end(self, code: i32) -> String {
        let shown = self.terminal.wait(LIMIT).success();
        assert!(shown.contains(&format!("ended with {code}")), "{shown}");
        assert!(echoes(&shown), "{shown}");
        shown
    }
}

#[test]
fn the_address_the_browser_ended_on_can_be_pasted() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let Some(mut login) = Pasting::start(&sandbox, "") else {
        return;
    };
    let back = http::way_back(&login.page, "ana@example.com");
    login.terminal.type_in(&format!("  '{back}' \n"));
    let shown = login.end(0);
    assert!(
        shown.contains("logged in to mystore as ana@example.com"),
        "{shown}"
    );
    assert!(shown.contains("ssh -N -L "), "{shown}");
}

#[test]
fn the_one_time_token_alone_can_be_pasted() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let Some(mut login) = Pasting::start(&sandbox, "") else {
        return;
    };
    let back = http::way_back(&login.page, "ana@example.com");
    let (_, query) = back.split_once('?').unwrap();
    let (_, ott) = form_urlencoded::parse(query.as_bytes()).next().unwrap();
    login.terminal.type_in(&format!("{ott}\n"));
    login.end(0);
}

#[test]
fn a_wrong_paste_is_answered_and_the_right_one_still_counts() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let Some(mut login) = Pasting::start(&sandbox, "") else {
        return;
    };
    login.paste(
        "what now",
        "this is not the final URL, which begins with http://127.0.0.1",
    );
    login.paste("https://mystore.myvtex.com/admin", "contains `ott=`");
    let page = login.page.clone();
    login.paste(&page, "this is the address to open");
    login.terminal.type_in("\n");
    for _ in 0..6 {
        login.paste(
            "http://127.0.0.1/login_callback?ott=neverIssued",
            "paste the new address",
        );
    }
    let back = http::way_back(&login.page, "ana@example.com");
    login.terminal.type_in(&format!("{back}\n"));
    login.end(0);
}

#[test]
fn the_terminal_is_as_it_was_after_a_time_out_and_ctrl_c() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let Some(login) = Pasting::start(&sandbox, "--timeout 1s") else {
        return;
    };
    let shown = login.end(1);
    assert!(
        shown.contains("timed out after 1s waiting for sign-in"),
        "{shown}"
    );
    let mut login = Pasting::start(&sandbox, "").unwrap();
    login.terminal.type_in("half a line\x03");
    login.end(130);
}

#[test]
fn the_end_of_input_ends_pasting_and_not_the_login() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let Some(mut login) = Pasting::start(&sandbox, "") else {
        return;
    };
    login.terminal.type_in("\x04");
    assert_eq!(http::sign_in(&login.page, "ana@example.com").status, 200);
    login.end(0);
}

#[test]
fn in_the_background_it_waits_for_the_browser_alone() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    if !parts::present(&["script", "bash"]) {
        return;
    }
    let mut home = Home::new();
    home.set("VTEXID_URL", sandbox.url());
    // A job that read the terminal from the background would be stopped.
    let script = r#"exec bash -mc '"$VTEXID" login mystore --no-browser --store file & wait $!; echo "ended with $?"'"#;
    let terminal = Running::start(home.terminal(script));
    let page = eventually("the address", || {
        let said = terminal.stdout();
        let line = said.lines().find(|line| line.starts_with("  http://"));
        said.contains("waiting for the browser")
            .then_some(line?.trim().to_owned())
    });
    assert!(!terminal.stdout().contains("paste the final URL"));
    http::sign_in(&page, "ana@example.com");
    let shown = terminal.wait(LIMIT).success();
    assert!(shown.contains("ended with 0"), "{shown}");
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
fn refused_visits_end_no_login_where_an_address_can_be_pasted() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let Some(mut login) = Pasting::start(&sandbox, "") else {
        return;
    };
    let back = http::way_back(&login.page, "ana@example.com");
    let (address, _) = back.split_once('?').unwrap();
    for _ in 0..8 {
        let answer = http::get(
            &format!("{address}?ott=madeUpBySomebody"),
            "Accept: text/html",
        );
        assert_eq!(answer.status, 303);
    }
    // The same value was passed on once.
    let tried = |sandbox: &Sandbox| {
        let requests = sandbox.requests();
        requests
            .iter()
            .filter(|r| r.path.ends_with("/validate"))
            .count()
    };
    eventually("the rejection", || {
        login
            .terminal
            .stdout()
            .contains("rejected the one-time token")
            .then_some(())
    });
    assert_eq!(tried(&sandbox), 1);
    login.terminal.type_in(&format!("{back}\n"));
    login.end(0);
    assert_eq!(tried(&sandbox), 2);
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

#[test]
fn nothing_of_a_paste_is_left_for_the_shell() {
    let script = r#"
        trap : INT
        "$VTEXID" apptoken --app-key "$KEY"
        echo "ended with $?"
        bash -c 'IFS= read -r -t 1 rest; echo "left: <$rest>"'
        stty -a
    "#;
    for pasted in [
        "half of it\x03touch pwned\n",
        "a line\ntouch pwned\nand more\n",
    ] {
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let Some((_home, mut terminal)) = prompted_by(&sandbox, script) else {
            return;
        };
        terminal.type_in(pasted);
        let shown = terminal.wait(LIMIT).success();
        assert!(shown.contains("left: <>"), "{pasted:?}: {shown}");
    }
}

#[test]
fn an_address_can_be_pasted_however_the_terminal_hands_it_over() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let padding = "x".repeat(5000);
    for way in ["long", "wrapped", "marked", "marked and wrapped", "encoded"] {
        let Some(mut login) = Pasting::start(&sandbox, "--fresh") else {
            return;
        };
        let back = http::way_back(&login.page, "ana@example.com");
        let (front, ott) = back.split_once("?ott=").unwrap();
        let (one, two) = back.split_at(back.len() - 10);
        let pasted = match way {
            "long" => format!("{front}?padding={padding}&ott={ott}"),
            "wrapped" => format!("{one}\n{two}"),
            "marked" => format!("\x1b[200~{back}\x1b[201~"),
            "marked and wrapped" => format!("\x1b[200~{one}\r\n{two}\x1b[201~"),
            // The one-time token as it stands in the address.
            _ => {
                assert!(ott.contains('%'), "{ott}");
                ott.to_owned()
            }
        };
        login.terminal.type_in(&format!("{pasted}\n"));
        let shown = login.end(0);
        assert!(shown.contains("logged in to mystore"), "{way}: {shown}");
    }
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
