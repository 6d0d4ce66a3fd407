//! Pasting the final URL while a login waits.

use super::*;

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
