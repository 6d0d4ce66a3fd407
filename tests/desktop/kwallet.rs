//! Tokens in `KWallet`, which says that a wallet is locked and opens a dialog of its own.

use std::fs;
use std::time::Duration;

use rustix::process::Signal;

use crate::bus::{self, Bus};
use crate::display::{Display as _, Xvfb};
use crate::home::{ACCOUNT, Home};
use crate::parts;
use crate::process::{Running, eventually, run, run_within};
use crate::sandbox::{Options, Sandbox};

/// Nobody answers a dialog here: 3 s, and not 3 s for each secret.
const BOUND: Duration = Duration::from_secs(8);
const COLLECTION: &str = "/org/freedesktop/secrets/collection/kdewallet";
const SETTINGS: &str = "[Wallet]
Enabled=true
First Use=false
Use One Wallet=true
Default Wallet=kdewallet
[org.freedesktop.secrets]
apiEnabled=true
";

/// A desktop with `KWallet` as its keyring.
struct Desk {
    home: Home,
    kwallet: Running,
    _sandbox: Sandbox,
    _display: Xvfb,
    _bus: Bus,
}

impl Desk {
    fn new() -> Option<Self> {
        if !parts::present(&[&bus::PARTS[..], &["kwalletd5", "Xvfb", "script"]].concat()) {
            return None;
        }
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let mut home = Home::new();
        home.set("VTEXID_URL", sandbox.url());
        let bus = Bus::start(&mut home);
        let display = Xvfb::start(&mut home);
        fs::write(home.path().join("config/kwalletrc"), SETTINGS).unwrap();
        Some(Self {
            kwallet: start(&home),
            home,
            _sandbox: sandbox,
            _display: display,
            _bus: bus,
        })
    }

    /// With a wallet, opened as the login to a desktop opens it, and somebody logged in.
    fn logged_in() -> Option<Self> {
        let mut desk = Self::new()?;
        open(&desk.home);
        // A wallet that was made under its eyes is not among its collections.
        desk.kwallet.signal(Signal::KILL);
        eventually("its end", || desk.kwallet.ended());
        desk.kwallet = start(&desk.home);
        open(&desk.home);
        desk.home.login(&[]).success();
        Some(desk)
    }
}

fn start(home: &Home) -> Running {
    let kwallet = Running::start(home.command("kwalletd5", &[]));
    eventually("KWallet", || call(home, &["isEnabled"]));
    kwallet
}

/// What the login to a desktop does with the hash of the password.
fn open(home: &Home) {
    let hash: Vec<String> = (1..=56).map(|byte: u8| byte.to_string()).collect();
    let hash = format!("array:byte:{}", hash.join(","));
    call(home, &["pamOpen", "string:kdewallet", &hash, "int32:0"]).expect("it can be opened");
}

fn lock(home: &Home) {
    call(home, &["close", "string:kdewallet", "boolean:true"]).expect("it can be locked");
    eventually("a locked wallet", || {
        (bus::locked(home, COLLECTION) == Some(true)).then_some(())
    });
}

fn call(home: &Home, call: &[&str]) -> Option<()> {
    let method = format!("org.kde.KWallet.{}", call[0]);
    let mut command = home.command("dbus-send", &["--session", "--print-reply"]);
    command
        .args(["--dest=org.kde.kwalletd5", "/modules/kwalletd5", &method])
        .args(&call[1..]);
    (run(command).code == Some(0)).then_some(())
}

#[test]
fn a_token_goes_into_kwallet_and_out_of_it_again() {
    let Some(desk) = Desk::logged_in() else {
        return;
    };
    let token = run(desk.home.vtexid(&["local", "token"])).success();
    assert_eq!(token.split('.').count(), 3, "{token}");
    let checks = run(desk.home.vtexid(&["doctor"])).stdout;
    assert!(checks.contains("ok       keyring"), "{checks}");
    let removed = run(desk.home.vtexid(&["logout"])).success();
    assert!(removed.contains("revoked"), "{removed}");
}

#[test]
fn a_locked_wallet_is_locked_and_a_killed_one_ends_the_wait() {
    let Some(desk) = Desk::logged_in() else {
        return;
    };
    lock(&desk.home);
    for command in ["local token", "logout"] {
        let arguments: Vec<&str> = command.split(' ').collect();
        let words = run_within(BOUND, desk.home.vtexid(&arguments)).failure(5);
        assert!(words.contains("the keyring is locked"), "{words}");
        assert!(words.contains("hint: unlock the keyring"), "{words}");
    }
    // At a terminal on a desktop, where a dialog has a minute.
    let asking = Running::start(desk.home.terminal(r#""$VTEXID" local token --no-copy"#));
    eventually("word of what is waited for", || {
        let shown = asking.stdout();
        shown.contains("waiting for the keyring").then_some(())
    });
    desk.kwallet.signal(Signal::KILL);
    let ended = asking.wait(BOUND);
    assert_eq!(ended.code, Some(5), "{ended:?}");
    assert!(ended.stdout.contains("it ended before"), "{ended:?}");
}

#[test]
fn a_desktop_without_a_wallet_says_so_where_nobody_can_make_one() {
    let Some(desk) = Desk::new() else {
        return;
    };
    let login = desk.home.vtexid(&["login", ACCOUNT, "--no-browser"]);
    let words = run_within(BOUND, login).failure(5);
    assert!(words.contains("no default collection"), "{words}");
    assert!(words.contains("hint:"), "{words}");
    // At a terminal it is asked for.
    let script = format!(r#""$VTEXID" login {ACCOUNT} --no-browser"#);
    let asking = Running::start(desk.home.terminal(&script));
    eventually("word of what is waited for", || {
        let shown = asking.stdout();
        shown.contains("waiting for the keyring").then_some(())
    });
}
