//! Tokens in a real Secret Service, and each way in which it can fail a person.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;

use crate::bus::{self, Bus, Keyring};
use crate::home::{ACCOUNT, EMAIL, Home};
use crate::http;
use crate::parts;
use crate::process::{Running, eventually, run, run_within};
use crate::sandbox::{Options, Sandbox};

/// The keyring is given 3 s; this only tells that apart from waiting for ever.
const BOUND: Duration = Duration::from_secs(20);

/// The 3 s once, but not three times.
const ONE_WAIT: Duration = Duration::from_secs(8);

/// A sandbox, and a home with a bus for it.
struct Desk {
    sandbox: Sandbox,
    home: Home,
    _bus: Bus,
}

impl Desk {
    fn new(options: Options) -> Option<Self> {
        if !parts::present(&bus::PARTS) {
            return None;
        }
        let sandbox = Sandbox::start(options).unwrap();
        let mut home = Home::new();
        home.set("VTEXID_URL", sandbox.url());
        Some(Self {
            _bus: Bus::start(&mut home),
            sandbox,
            home,
        })
    }

    /// The same with a keyring on it, and somebody logged in.
    fn logged_in(options: Options) -> Option<(Self, Keyring)> {
        let desk = Self::new(options)?;
        let keyring = Keyring::start(&desk.home);
        desk.home.login(&[]).success();
        Some((desk, keyring))
    }

    fn service(&self) -> String {
        format!("vtexid-sandbox-127.0.0.1-{}", self.sandbox.port())
    }

    fn stored(&self, scope: &str) -> Option<String> {
        bus::lookup(&self.home, &self.service(), &format!("{ACCOUNT}:{scope}"))
    }

    /// A secret of the user's entry.
    fn secret(&self, field: &str) -> Option<String> {
        let item: Value = serde_json::from_str(&self.stored("login")?).unwrap();
        item[field].as_str().map(str::to_owned)
    }

    fn token(&self) -> Option<String> {
        self.secret("token")
    }

    /// Runs `local token`, which fails as a store does, in bounded time.
    fn store_failure(&self) -> String {
        let command = self.home.vtexid(&["local", "token"]);
        run_within(BOUND, command).failure(5)
    }

    /// Tries to log in, which fails as a store does, before VTEX ID hears of it.
    fn login_failure(&self) -> String {
        let before = self.sandbox.requests().len();
        let mut command = self.home.vtexid(&["login", ACCOUNT, "--no-browser"]);
        // Not the other limit: the login's own.
        command.args(["--timeout", "5m"]);
        let words = run_within(BOUND, command).failure(5);
        assert_eq!(self.sandbox.requests().len(), before, "{words}");
        words
    }
}

fn assert_says(words: &str, parts: &[&str]) {
    for part in parts {
        assert!(words.contains(part), "{part:?} is not in: {words}");
    }
}

#[test]
fn a_token_goes_into_the_keyring_and_out_of_it_again() {
    let Some((desk, _keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    let home = &desk.home;
    let printed = run(home.vtexid(&["local", "token"])).success();
    let token = printed.strip_suffix('\n').unwrap();
    assert_eq!(desk.token().as_deref(), Some(token));
    assert!(desk.secret("refresh_token").is_some());
    assert_eq!(desk.stored("probe"), None, "the probe is left behind");
    let api = format!(
        "http://{ACCOUNT}.localhost:{}/api/catalog_system/pvt/brand/list",
        desk.sandbox.port()
    );
    let answer = http::get(&api, &format!("VtexIdclientAutCookie: {token}"));
    assert_eq!(answer.status, 200, "{}", answer.body);

    let status = run(home.vtexid(&["status", "--json"])).success();
    let status: Value = serde_json::from_str(&status).unwrap();
    let line = &status["accounts"][0];
    assert_eq!(line["account"], ACCOUNT);
    assert_eq!(line["login"], EMAIL);
    assert_eq!(line["store"], "keyring");

    // A second login takes the first one's place.
    home.login(&[]).success();
    let second = run(home.vtexid(&["local", "token"])).success();
    assert_ne!(second, printed);
    assert_eq!(desk.token().as_deref(), Some(second.trim_end()));

    let removed = run(home.vtexid(&["logout"])).success();
    assert_says(&removed, &[ACCOUNT, EMAIL, "keyring", "revoked"]);
    assert_eq!(desk.stored("login"), None);
    run(home.vtexid(&["local", "token"])).failure(4);
}

#[test]
fn status_asks_no_keyring() {
    let Some((desk, keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    keyring.kill(&desk.home);
    let status = run(desk.home.vtexid(&["status"])).success();
    assert_says(&status, &[ACCOUNT, EMAIL, "keyring"]);
}

#[test]
fn without_a_keyring_on_the_bus_it_is_missing() {
    let Some(desk) = Desk::new(Options::default()) else {
        return;
    };
    let words = desk.login_failure();
    assert_says(
        &words,
        &["could not reach a keyring", "hint:", "--store file"],
    );
}

#[test]
fn without_a_bus_the_keyring_is_missing() {
    let Some(mut desk) = Desk::new(Options::default()) else {
        return;
    };
    let nowhere = format!("unix:path={}/nowhere", desk.home.path().display());
    desk.home.set("DBUS_SESSION_BUS_ADDRESS", nowhere);
    let words = desk.login_failure();
    assert_says(
        &words,
        &["this machine has no keyring", "hint:", "--store file"],
    );
}

#[test]
fn a_keyring_that_died_is_missing() {
    let Some((desk, keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    keyring.kill(&desk.home);
    let words = desk.store_failure();
    assert_says(&words, &["could not reach a keyring", "hint:"]);
}

#[test]
fn a_keyring_that_dies_while_answering_ends_the_wait() {
    let Some((desk, keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    keyring.signal(Signal::STOP);
    let monitor = bus::monitor(&desk.home);
    let mut asking = Running::start(desk.home.vtexid(&["local", "token"]));
    asking.close_stdin();
    eventually("a call to the keyring", || {
        monitor.stdout().contains("method call").then_some(())
    });
    keyring.kill(&desk.home);
    let words = asking.wait(BOUND).failure(5);
    assert_says(&words, &["keyring"]);
}

#[test]
fn a_locked_keyring_says_so() {
    let Some((desk, _keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    bus::lock(&desk.home);
    for words in [desk.store_failure(), desk.login_failure()] {
        let kernel = format!("hint: run `vtexid login {ACCOUNT} --store kernel`");
        assert_says(
            &words,
            &["the keyring is locked", &kernel, "unlock the keyring"],
        );
    }
}

#[test]
fn a_keyring_that_hangs_is_given_up_on_and_works_when_it_is_back() {
    let Some((desk, keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    keyring.signal(Signal::STOP);
    let mut words = [desk.store_failure(), desk.login_failure()].to_vec();
    words.push(run_within(BOUND, desk.home.vtexid(&["logout"])).failure(5));
    keyring.signal(Signal::CONT);
    for words in words {
        assert_says(&words, &["the keyring did not answer within 3s", "hint:"]);
    }
    let printed = run(desk.home.vtexid(&["local", "token"])).success();
    assert_eq!(desk.token().as_deref(), Some(printed.trim_end()));
}

#[test]
fn a_logout_that_cannot_read_the_token_stops_until_it_is_forced() {
    let Some((desk, keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    keyring.kill(&desk.home);
    let before = desk.sandbox.requests().len();
    let words = run(desk.home.vtexid(&["logout"])).failure(5);
    let hint = format!("vtexid logout {ACCOUNT} --force");
    assert_says(
        &words,
        &["could not reach a keyring", &hint, "stays valid until"],
    );
    let status = run(desk.home.vtexid(&["status"])).success();
    assert_says(&status, &[ACCOUNT]);

    let forced = run(desk.home.vtexid(&["logout", "--force"]));
    assert_says(&forced.stderr, &["could not delete the token"]);
    let said = forced.success();
    assert_says(
        &said,
        &[ACCOUNT, "not deleted and not revoked", "valid until"],
    );
    assert_eq!(desk.sandbox.requests().len(), before);
    run(desk.home.vtexid(&["logout"])).failure(4);
}

/// A silent keyring is waited for once, not once for each account and secret.
#[test]
fn a_logout_of_all_waits_once_for_a_silent_keyring() {
    let Some((desk, keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    for account in ["other", "third"] {
        let claims = serde_json::json!({
            "sub": EMAIL, "account": account, "audience": "admin", "exp": jiff::Timestamp::now().as_second() + 600,
        });
        let mut login = Running::start(desk.home.vtexid(&["login", account, "--with-token"]));
        login.type_in(&desk.sandbox.mint(&claims));
        login.close_stdin();
        login.wait(BOUND).success();
    }
    keyring.signal(Signal::STOP);
    let words = run_within(ONE_WAIT, desk.home.vtexid(&["logout", "--all"])).failure(5);
    for account in [ACCOUNT, "other", "third"] {
        assert_says(&words, &[&format!("could not log out of {account}")]);
    }
    keyring.signal(Signal::CONT);
}

/// Another command is not held up by one that waits for the keyring.
#[test]
fn while_a_login_waits_for_the_keyring_others_use_the_index() {
    if !parts::present(&["script"]) {
        return;
    }
    let Some((mut desk, keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    desk.home.set("DISPLAY", ":9876");
    keyring.signal(Signal::STOP);
    let script = format!(r#""$VTEXID" login {ACCOUNT} --no-browser"#);
    let waiting = Running::start(desk.home.terminal(&script));
    eventually("word of what is waited for", || {
        let shown = waiting.stdout();
        shown.contains("waiting for the keyring").then_some(())
    });
    run_within(ONE_WAIT, desk.home.vtexid(&["switch", ACCOUNT])).success();
    keyring.signal(Signal::CONT);
}

#[test]
fn at_a_desktop_there_is_time_to_answer_a_dialog() {
    if !parts::present(&["script"]) {
        return;
    }
    let Some((mut desk, keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    // A terminal and a display: somebody may be there. The display itself is not needed.
    desk.home.set("DISPLAY", ":9876");
    keyring.signal(Signal::STOP);
    let start = Instant::now();
    let script = r#""$VTEXID" local token --no-copy"#;
    let mut asking = Running::start(desk.home.terminal(script));
    eventually("word of what is waited for", || {
        let shown = asking.stdout();
        shown.contains("waiting for the keyring").then_some(())
    });
    // Longer than it waits where nobody is.
    eventually("five seconds", || {
        assert_eq!(asking.ended(), None, "{}", asking.stdout());
        (start.elapsed() > Duration::from_secs(5)).then_some(())
    });
    keyring.signal(Signal::CONT);
    let shown = asking.wait(BOUND).success();
    assert!(shown.contains(&desk.token().unwrap()), "{shown}");
}

#[test]
fn a_duplicate_entry_is_an_error_with_a_hint_that_works() {
    let Some((desk, _keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    let entry = format!("{ACCOUNT}:login");
    let more = ["profile", "dev"];
    bus::store(&desk.home, &desk.service(), &entry, &more, "something else");
    let words = desk.store_failure();
    assert_says(&words, &["more than one entry", ACCOUNT, "hint:"]);
    assert!(!words.contains("something else"), "{words}");
    // What the hint says to run has to help.
    if words.contains("run `vtexid login") {
        desk.home.login(&[]).success();
        run(desk.home.vtexid(&["local", "token"])).success();
    }
}

#[test]
fn the_hint_names_the_service_the_entries_are_under() {
    let Some((desk, _keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    let entry = format!("{ACCOUNT}:login");
    let more = ["profile", "dev"];
    bus::store(&desk.home, &desk.service(), &entry, &more, "something else");
    assert_says(&desk.store_failure(), &[&format!("`{}`", desk.service())]);
}

#[test]
fn a_damaged_entry_is_an_error_that_does_not_show_it() {
    let Some((desk, _keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    let entry = format!("{ACCOUNT}:login");
    bus::store(&desk.home, &desk.service(), &entry, &[], "hunter2hunter2");
    let words = desk.store_failure();
    assert_says(&words, &["damaged", ACCOUNT, "run `vtexid login"]);
    assert!(!words.contains("hunter2"), "{words}");
    // The hint holds: a login replaces it.
    desk.home.login(&[]).success();
    run(desk.home.vtexid(&["local", "token"])).success();
}

#[test]
fn if_the_token_was_deleted_elsewhere_the_hint_says_to_log_in() {
    let Some((desk, _keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    let service = desk.service();
    run(desk
        .home
        .command("secret-tool", &["clear", "service", &service]))
    .success();
    let words = run(desk.home.vtexid(&["local", "token"])).failure(4);
    assert_says(&words, &["is gone from the keyring", "run `vtexid login"]);
}

#[test]
fn an_expired_token_is_not_printed() {
    let options = Options {
        token_life: -60,
        refresh: false,
        ..Options::default()
    };
    let Some((desk, _keyring)) = Desk::logged_in(options) else {
        return;
    };
    assert!(desk.token().is_some());
    let words = run(desk.home.vtexid(&["local", "token"])).failure(4);
    assert_says(&words, &["expired", ACCOUNT, "hint: run `vtexid login"]);
}

#[test]
fn no_file_holds_what_the_keyring_does() {
    let Some((desk, _keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    let secrets = ["token", "refresh_token"].map(|field| desk.secret(field).unwrap());
    for secret in &secrets {
        assert_eq!(desk.home.files_with(secret), [""; 0]);
    }
    // That this search would find one: the file store is plain text, and says so.
    let outcome = desk.home.login(&["--store", "file"]);
    assert_says(&outcome.stderr, &["plain-text"]);
    assert_eq!(desk.stored("login"), None, "left behind in the keyring");
    let printed = run(desk.home.vtexid(&["local", "token"])).success();
    assert_eq!(desk.home.files_with(printed.trim_end()).len(), 1);
}

/// The entry with which a login sees whether the keyring works has one name for all of them.
#[test]
fn logins_at_the_same_time_do_not_disturb_each_other() {
    let Some((desk, _keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    let claims = serde_json::json!({
        "sub": EMAIL, "account": ACCOUNT, "audience": "admin", "exp": jiff::Timestamp::now().as_second() + 600,
    });
    let token = desk.sandbox.mint(&claims);
    let logins: Vec<Running> = (0..8)
        .map(|_| {
            let mut login = Running::start(desk.home.vtexid(&["login", ACCOUNT, "--with-token"]));
            login.type_in(&token);
            login.close_stdin();
            login
        })
        .collect();
    for login in logins {
        login.wait(BOUND).success();
    }
    assert_eq!(desk.token(), Some(token));
    assert_eq!(desk.stored("probe"), None);
}

#[test]
fn each_address_in_a_list_of_buses_is_tried() {
    let Some((mut desk, _keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    let token = run(desk.home.vtexid(&["local", "token"])).success();
    let real = desk.home.get("DBUS_SESSION_BUS_ADDRESS").to_owned();
    let nowhere = format!("unix:path={}", desk.home.path().join("nowhere").display());
    for list in [
        format!("{nowhere};{real}"),
        format!("{real};{nowhere}"),
        format!("tcp:host=127.0.0.1,port=1;garbage;;{real};"),
    ] {
        desk.home.set("DBUS_SESSION_BUS_ADDRESS", &list);
        let again = run(desk.home.vtexid(&["local", "token"])).success();
        assert_eq!(again, token, "{list}");
    }
    desk.home
        .set("DBUS_SESSION_BUS_ADDRESS", format!("{nowhere};{nowhere}"));
    let words = desk.store_failure();
    assert!(words.contains("no D-Bus session bus"), "{words}");
}

/// As over SSH, where the bus is at the other end of a program's pipes.
#[test]
fn a_bus_behind_another_program_is_used_like_one_behind_a_socket() {
    if !parts::present(&["systemd-stdio-bridge"]) {
        return;
    }
    let Some((mut desk, _keyring)) = Desk::logged_in(Options::default()) else {
        return;
    };
    let token = run(desk.home.vtexid(&["local", "token"])).success();
    let bridge = desk.home.path().join("bridge");
    let bus = desk.home.get("DBUS_SESSION_BUS_ADDRESS");
    let script = format!("#!/bin/sh\nexec systemd-stdio-bridge --bus-path='{bus}'\n");
    fs::write(&bridge, script).unwrap();
    fs::set_permissions(&bridge, Permissions::from_mode(0o755)).unwrap();
    let address = format!("unixexec:path={}", bridge.display());
    desk.home.set("DBUS_SESSION_BUS_ADDRESS", address);
    let again = run(desk.home.vtexid(&["local", "token"])).success();
    assert_eq!(again, token);
}
