//! GNOME's own dialog, answered by a person: a desktop that has no default keyring yet.

use crate::bus::{self, Bus};
use crate::display::{Display as _, Xvfb};
use crate::home::{ACCOUNT, EMAIL, Home};
use crate::http;
use crate::parts;
use crate::process::{LIMIT, Running, eventually, run};
use crate::sandbox::{Options, Sandbox};

/// What shows the dialogs of GNOME Keyring where no GNOME Shell does.
const PROMPTER: &str = "/usr/libexec/gcr-prompter";
/// What it is on the bus.
const PROMPTER_NAME: &str = "org.gnome.keyring.SystemPrompter";
const PASSWORD: &str = "correct-horse";

/// The dialog's window.
fn dialog(home: &Home) -> Option<String> {
    let found = run(home.command(
        "xdotool",
        &["search", "--onlyvisible", "--class", "gcr-prompter"],
    ));
    found.stdout.lines().last().map(str::to_owned)
}

/// Types on the keyboard, with the pointer on the window: there is no window manager to say which has the focus.
fn answer(home: &Home, window: &str) {
    let middle = ["mousemove", "--window", window, "20", "20"];
    run(home.command("xdotool", &middle)).success();
    run(home.command("xdotool", &["type", PASSWORD])).success();
    run(home.command("xdotool", &["key", "Tab"])).success();
    run(home.command("xdotool", &["type", PASSWORD])).success();
    run(home.command("xdotool", &["key", "Return"])).success();
}

#[test]
fn a_desktop_without_a_default_keyring_gets_one_at_the_first_login() {
    let programs = [&bus::PARTS[..], &[PROMPTER, "xdotool", "Xvfb", "script"]].concat();
    if !parts::present(&programs) {
        return;
    }
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let mut home = Home::new();
    home.set("VTEXID_URL", sandbox.url());
    let _bus = Bus::start(&mut home);
    let _display = Xvfb::start(&mut home);
    // Not unlocked at a login to the desktop, and without anything in it.
    let _keyring = Running::start(home.command(
        "gnome-keyring-daemon",
        &["--foreground", "--components=secrets"],
    ));
    let _prompter = Running::start(home.command(PROMPTER, &[]));
    for name in [bus::SECRETS, PROMPTER_NAME] {
        eventually(name, || bus::is_owned(&home, name).then_some(()));
    }
    let script = format!(r#""$VTEXID" login {ACCOUNT} --no-browser"#);
    let login = Running::start(home.terminal(&script));
    let window = eventually("the keyring's dialog", || dialog(&home));
    answer(&home, &window);
    let address = eventually("the address to open", || {
        let said = login.stdout();
        let line = said.lines().find(|line| line.starts_with("  http://"));
        line.map(|line| line.trim().to_owned())
    });
    http::sign_in(&address, EMAIL);
    let done = login.wait(LIMIT);
    assert!(done.stdout.contains("saved in the keyring"), "{done:?}");
    done.success();
    let token = run(home.vtexid(&["local", "token"])).success();
    let service = format!("vtexid-sandbox-127.0.0.1-{}", sandbox.port());
    let stored = bus::lookup(&home, &service, &format!("{ACCOUNT}:login"));
    assert!(stored.is_some_and(|stored| stored.contains(token.trim_end())));
}
