//! A shopper's login at a real terminal, and the store's APIs with what it brings.

use crate::home::Home;
use crate::parts;
use crate::process::{LIMIT, Running, eventually, run};
use crate::sandbox::{Options, Sandbox, ShopperOptions};

const EMAIL: &str = "ana@example.com";
const LOGIN: &str = r#"
    "$VTEXID" login mystore --shopper ana@example.com --store file
    echo "ended with $?"
"#;
const PROMPT: &str = "code from the e-mail: ";
const ORDERS: &str = "/api/oms/user/orders";

struct Asked {
    home: Home,
    sandbox: Sandbox,
    terminal: Running,
}

impl Asked {
    fn start(shopper: ShopperOptions) -> Option<Self> {
        if !parts::present(&["script"]) {
            return None;
        }
        let sandbox = Sandbox::start(Options {
            shopper,
            ..Options::default()
        })
        .unwrap();
        let mut home = Home::new();
        home.set("VTEXID_URL", sandbox.url());
        let terminal = Running::start(home.terminal(LOGIN));
        let asked = Self {
            home,
            sandbox,
            terminal,
        };
        asked.await_prompt(1);
        Some(asked)
    }

    /// Waits until so many codes were asked for.
    fn await_prompt(&self, count: usize) {
        eventually("the prompt", || {
            let shown = self.terminal.stdout();
            (shown.matches(PROMPT).count() >= count).then_some(())
        });
    }

    fn right_code(&self) -> String {
        self.sandbox.mails()[0].code.clone()
    }
}

#[test]
fn a_wrong_code_can_be_corrected_and_the_cookie_alone_opens_the_orders() {
    let Some(mut asked) = Asked::start(ShopperOptions::default()) else {
        return;
    };
    for (count, left) in [(2, "2 tries left"), (3, "1 try left")] {
        asked.terminal.type_in("000 00\n");
        asked.await_prompt(count);
        let shown = asked.terminal.stdout();
        assert!(shown.contains(left), "{shown}");
    }
    let code = asked.right_code();
    asked.terminal.type_in(&format!("{code}\n"));
    let shown = asked.terminal.wait(LIMIT).success();
    assert!(shown.contains("ended with 0"), "{shown}");
    assert!(shown.contains(&format!("as {EMAIL}")), "{shown}");
    // One mail for all three.
    assert_eq!(asked.sandbox.mails().len(), 1);

    if !parts::present(&["curl"]) {
        return;
    }
    let mut home = asked.home;
    let port = asked.sandbox.port();
    home.set("URL", format!("http://mystore.localhost:{port}{ORDERS}"));
    for (format, option) in [("header", "-H @-"), ("curl", "-K -"), ("cookie", "-b -")] {
        let script = format!(
            r#""$VTEXID" local token --as ana@example.com -f {format} | curl -sSf {option} "$URL""#
        );
        let answer = run(home.shell(&script)).success();
        assert!(answer.contains("paging"), "{format}: {answer}");
    }
    // With the header beside it, VTEX answers 401.
    let both = r#"token=$("$VTEXID" local token --as ana@example.com)
        curl -sSf -b "VtexIdclientAutCookie_mystore=$token" -H "VtexIdclientAutCookie_mystore: $token" "$URL""#;
    run(home.shell(both)).failure(22);
}

#[test]
fn three_wrong_codes_are_enough() {
    let Some(mut asked) = Asked::start(ShopperOptions::default()) else {
        return;
    };
    for count in 1..=3 {
        asked.await_prompt(count);
        asked.terminal.type_in("000\n");
    }
    let shown = asked.terminal.wait(LIMIT).success();
    assert!(shown.contains("ended with 3"), "{shown}");
    assert_eq!(shown.matches(PROMPT).count(), 3, "{shown}");
}

#[test]
fn the_last_attempt_is_the_last() {
    let shopper = ShopperOptions {
        attempts: 2,
        ..ShopperOptions::default()
    };
    let Some(mut asked) = Asked::start(shopper) else {
        return;
    };
    asked.terminal.type_in("000\n");
    asked.await_prompt(2);
    asked.terminal.type_in("000\n");
    let shown = asked.terminal.wait(LIMIT).success();
    assert!(shown.contains("1 try left"), "{shown}");
    assert!(shown.contains("ended with 3"), "{shown}");
    assert_eq!(shown.matches(PROMPT).count(), 2, "{shown}");
}

#[test]
fn ctrl_c_and_ctrl_d_at_the_prompt_save_nothing() {
    for (key, code) in [("\x03", "ended with 130"), ("\x04", "ended with 1")] {
        let Some(mut asked) = Asked::start(ShopperOptions::default()) else {
            return;
        };
        asked.terminal.type_in(key);
        let shown = asked.terminal.stdout();
        // Ctrl-C ends the shell of the script as well, unless that waits for it.
        let ended = asked.terminal.wait(LIMIT);
        assert!(
            ended.stdout.contains(code) || (key == "\x03" && !ended.stdout.contains("ended")),
            "{shown} {ended:?}"
        );
        run(asked.home.vtexid(&["status"])).failure(4);
    }
}
