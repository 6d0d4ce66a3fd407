//! A D-Bus session of a test's own, and on it a real GNOME Keyring.

use std::fs;

use rustix::process::Signal;

use crate::home::Home;
use crate::process::{LIMIT, Running, eventually, run, run_with};

/// What these tests need installed.
pub const PARTS: [&str; 5] = [
    "dbus-daemon",
    "dbus-send",
    "dbus-monitor",
    "gnome-keyring-daemon",
    "secret-tool",
];

const PASSWORD: &str = "the keyring's own password";
/// What every keyring is on the bus.
pub const SECRETS: &str = "org.freedesktop.secrets";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";

/// A running bus. It starts no services by itself.
pub struct Bus(#[expect(dead_code, reason = "dropping it ends it")] Running);

impl Bus {
    pub fn start(home: &mut Home) -> Self {
        let config = home.path().join("bus.conf");
        let socket = home.path().join("run/bus");
        let text = format!(
            "<busconfig>
              <type>session</type>
              <listen>unix:path={}</listen>
              <auth>EXTERNAL</auth>
              <policy context='default'>
                <allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/><allow own='*'/>
              </policy>
            </busconfig>",
            socket.display()
        );
        fs::write(&config, text).unwrap();
        let config = format!("--config-file={}", config.display());
        let bus = Running::start(home.command(
            "dbus-daemon",
            &[&config, "--nofork", "--nopidfile", "--print-address=1"],
        ));
        let address = eventually("the bus's address", || {
            let said = bus.stdout();
            said.strip_suffix('\n').map(str::to_owned)
        });
        home.set("DBUS_SESSION_BUS_ADDRESS", address);
        Self(bus)
    }
}

/// A GNOME Keyring, unlocked.
pub struct Keyring(Running);

impl Keyring {
    pub fn start(home: &Home) -> Self {
        let mut keyring = Running::start(home.command(
            "gnome-keyring-daemon",
            &["--foreground", "--unlock", "--components=secrets"],
        ));
        keyring.type_in(PASSWORD);
        keyring.close_stdin();
        eventually("an unlocked keyring", || {
            (locked(home, COLLECTION) == Some(false)).then_some(())
        });
        Self(keyring)
    }

    pub fn signal(&self, signal: Signal) {
        self.0.signal(signal);
    }

    /// Kills it, and waits until the bus knows.
    pub fn kill(self, home: &Home) {
        drop(self);
        eventually("a bus without a keyring", || {
            locked(home, COLLECTION).is_none().then_some(())
        });
    }
}

/// Locks the keyring the way a screen lock does.
pub fn lock(home: &Home) {
    let collections = format!("array:objpath:{COLLECTION}");
    let lock = "org.freedesktop.Secret.Service.Lock";
    send(home, "/org/freedesktop/secrets", &[lock, &collections]).expect("it can be locked");
    assert_eq!(locked(home, COLLECTION), Some(true));
}

/// Whether the collection is locked; none without it.
pub fn locked(home: &Home, collection: &str) -> Option<bool> {
    let answer = send(
        home,
        collection,
        &[
            "org.freedesktop.DBus.Properties.Get",
            "string:org.freedesktop.Secret.Collection",
            "string:Locked",
        ],
    )?;
    Some(answer.contains("boolean true"))
}

/// Whether a program has this name on the bus.
pub fn is_owned(home: &Home, name: &str) -> bool {
    let name = format!("string:{name}");
    let mut command = home.command("dbus-send", &["--session", "--print-reply"]);
    command.args(["--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"]);
    command.args(["org.freedesktop.DBus.NameHasOwner", &name]);
    run(command).stdout.contains("boolean true")
}

/// Calls a method of the keyring; none when that fails.
fn send(home: &Home, object: &str, call: &[&str]) -> Option<String> {
    let destination = format!("--dest={SECRETS}");
    let mut command = home.command("dbus-send", &["--session", "--print-reply", &destination]);
    command.arg(object).args(call);
    let outcome = run(command);
    (outcome.code == Some(0)).then_some(outcome.stdout)
}

/// Shows every call to the keyring on its standard output.
pub fn monitor(home: &Home) -> Running {
    let calls = format!("type='method_call',destination='{SECRETS}'");
    let monitor = Running::start(home.command("dbus-monitor", &["--session", &calls]));
    // Told once it has become a monitor.
    eventually("a monitor", || {
        monitor.stdout().contains("NameLost").then_some(())
    });
    monitor
}

/// What `secret-tool` finds, exactly; none if nothing.
pub fn lookup(home: &Home, service: &str, user: &str) -> Option<String> {
    let query = ["lookup", "service", service, "username", user];
    let outcome = run(home.command("secret-tool", &query));
    (outcome.code == Some(0)).then_some(outcome.stdout)
}

/// Stores an entry with `secret-tool`, with attributes beside the usual ones.
pub fn store(home: &Home, service: &str, user: &str, more: &[&str], secret: &str) {
    let mut command = home.command("secret-tool", &["store", "--label=another"]);
    command.args(["service", service, "username", user]);
    command.args(more);
    run_with(LIMIT, command, secret).success();
}
