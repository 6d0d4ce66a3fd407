//! Tokens in `KeePassXC`, which says nothing of what is in a locked database.

use std::fs;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::bus::{self, Bus};
use crate::display::{Display as _, Xvfb};
use crate::home::{ACCOUNT, Home};
use crate::parts;
use crate::process::{Running, eventually, run, run_with, run_within};
use crate::sandbox::{Options, Sandbox};

/// Nobody answers a dialog here: 3 s, and not 3 s for each secret.
const BOUND: Duration = Duration::from_secs(8);
/// Named after the file.
const COLLECTION: &str = "/org/freedesktop/secrets/collection/passwords";
const PASSWORD: &str = "the database's own password";
/// The database's root group is the one that other programs may use.
const DATABASE: &str = "<?xml version='1.0' encoding='UTF-8'?>
<KeePassFile><Meta><DatabaseName>Passwords</DatabaseName><RecycleBinEnabled>True</RecycleBinEnabled>
<CustomData><Item><Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>{01020304-0506-0708-090a-0b0c0d0e0f10}</Value></Item></CustomData>
</Meta><Root><Group><UUID>AQIDBAUGBwgJCgsMDQ4PEA==</UUID><Name>Root</Name></Group></Root></KeePassFile>";

/// A desktop with `KeePassXC` as its keyring.
struct Desk {
    sandbox: Sandbox,
    home: Home,
    keepassxc: Running,
    _display: Xvfb,
    _bus: Bus,
}

impl Desk {
    /// With its database unlocked, and somebody logged in.
    fn logged_in() -> Option<Self> {
        let programs = [&bus::PARTS[..], &["keepassxc", "keepassxc-cli", "Xvfb"]].concat();
        if !parts::present(&programs) {
            return None;
        }
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let mut home = Home::new();
        home.set("VTEXID_URL", sandbox.url());
        let bus = Bus::start(&mut home);
        let display = Xvfb::start(&mut home);
        let keepassxc = start(&home);
        home.login(&[]).success();
        Some(Self {
            sandbox,
            home,
            keepassxc,
            _display: display,
            _bus: bus,
        })
    }

    fn lock(&self) {
        call(&self.home, "lockAllDatabases");
        eventually("a locked database", || {
            (bus::locked(&self.home, COLLECTION) == Some(true)).then_some(())
        });
    }

    fn stored(&self, kind: &str) -> Option<String> {
        let service = format!("vtexid-sandbox-127.0.0.1-{}", self.sandbox.port());
        bus::lookup(&self.home, &service, &format!("{ACCOUNT}:{kind}"))
    }

    fn token(&self) -> Option<String> {
        let item: Value = serde_json::from_str(&self.stored("login")?).unwrap();
        item["token"].as_str().map(str::to_owned)
    }

    /// Everything in the database, and in its recycle bin.
    fn entries(&self) -> String {
        let file = database(&self.home);
        let list = self
            .home
            .command("keepassxc-cli", &["ls", "-q", "-R", &file]);
        run_with(BOUND, list, &format!("{PASSWORD}\n")).success()
    }
}

fn database(home: &Home) -> String {
    home.path().join("passwords.kdbx").display().to_string()
}

fn start(home: &Home) -> Running {
    let xml = home.path().join("database.xml");
    fs::write(&xml, DATABASE).unwrap();
    let import = ["import", "-q", "-p", "-t", "100", xml.to_str().unwrap()];
    let mut import = home.command("keepassxc-cli", &import);
    import.arg(database(home));
    run_with(BOUND, import, &format!("{PASSWORD}\n{PASSWORD}\n")).success();
    let settings = home.path().join("config/keepassxc");
    fs::create_dir_all(&settings).unwrap();
    fs::write(
        settings.join("keepassxc.ini"),
        "[General]\nConfigVersion=2\nUpdateCheckMessageShown=true\n[GUI]\nCheckForUpdates=false\n\
         [FdoSecrets]\nEnabled=true\nConfirmAccessItem=false\nConfirmDeleteItem=false\nShowNotification=false\nUnlockBeforeSearch=false\n",
    )
    .unwrap();
    let mut command = home.command("keepassxc", &["--pw-stdin", &database(home)]);
    // Where it looks whether it runs already.
    command.env("TMPDIR", home.path().join("run"));
    let mut keepassxc = Running::start(command);
    keepassxc.type_in(&format!("{PASSWORD}\n"));
    keepassxc.close_stdin();
    eventually("an open database", || {
        (bus::locked(home, COLLECTION) == Some(false)).then_some(())
    });
    keepassxc
}

/// Calls a method of `KeePassXC`'s window.
fn call(home: &Home, method: &str) {
    let method = format!("org.keepassxc.KeePassXC.MainWindow.{method}");
    let destination = "--dest=org.keepassxc.KeePassXC.MainWindow";
    let call = [
        "--session",
        "--print-reply",
        destination,
        "/keepassxc",
        &method,
    ];
    run(home.command("dbus-send", &call)).success();
}

#[test]
fn a_token_goes_into_keepassxc_and_no_test_entry_stays_in_its_recycle_bin() {
    let Some(desk) = Desk::logged_in() else {
        return;
    };
    let printed = run(desk.home.vtexid(&["local", "token"])).success();
    assert_eq!(desk.token().as_deref(), Some(printed.trim_end()));
    let checks = run(desk.home.vtexid(&["doctor"])).stdout;
    assert!(checks.contains("the keyring is unlocked"), "{checks}");
    run(desk.home.vtexid(&["logout"])).success();
    assert_eq!(desk.stored("login"), None);
    // It saves the file in its own time.
    let entries = eventually("the deleted entries", || {
        let entries = desk.entries();
        let deleted = entries.contains("Recycle Bin/") && entries.contains("token of");
        deleted.then_some(entries)
    });
    assert!(!entries.contains("test entry"), "{entries}");
}

#[test]
fn a_locked_database_is_locked_and_not_empty() {
    let Some(desk) = Desk::logged_in() else {
        return;
    };
    desk.lock();
    let before = desk.sandbox.requests().len();
    for arguments in [&["local", "token"][..], &["logout"], &["logout", "--all"]] {
        let words = run_within(BOUND, desk.home.vtexid(arguments)).failure(5);
        assert!(words.contains("the keyring is locked"), "{words}");
        assert!(words.contains("waiting for its dialog"), "{words}");
        assert!(words.contains("hint: unlock the keyring"), "{words}");
    }
    // Still logged in, and nothing was revoked.
    let status = run(desk.home.vtexid(&["status"])).success();
    assert!(status.contains(ACCOUNT), "{status}");
    assert_eq!(desk.sandbox.requests().len(), before);
}

#[test]
fn moving_to_a_file_names_what_stays_in_a_locked_database() {
    let Some(desk) = Desk::logged_in() else {
        return;
    };
    desk.lock();
    let login = desk.home.login(&["--store", "file"]);
    let words = "could not delete the previous secrets";
    assert!(login.stderr.contains(words), "{login:?}");
    assert_eq!(login.code, Some(0), "{login:?}");
}

#[test]
fn a_keyring_that_is_killed_while_its_dialog_is_open_ends_the_wait() {
    if !parts::present(&["script"]) {
        return;
    }
    let Some(desk) = Desk::logged_in() else {
        return;
    };
    desk.lock();
    // At a terminal on a desktop, where a dialog has a minute.
    let script = r#""$VTEXID" local token --no-copy"#;
    let asking = Running::start(desk.home.terminal(script));
    eventually("word of what is waited for", || {
        let shown = asking.stdout();
        shown.contains("waiting for the keyring").then_some(())
    });
    desk.keepassxc.signal(Signal::KILL);
    let ended = asking.wait(BOUND);
    assert_eq!(ended.code, Some(5), "{ended:?}");
    assert!(ended.stdout.contains("it ended before"), "{ended:?}");
}
