//! A Wayland compositor of a test's own, without a screen, input devices or an X server beside it.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::display::Display;
use crate::home::Home;
use crate::process::{Running, eventually, run};

/// The user and the group without rights.
const NOBODY: u32 = 65_534;

pub struct Sway {
    server: Option<Running>,
    /// Where its socket is: it does not run as root, and a test's home is its user's alone.
    _dir: TempDir,
}

impl Display for Sway {
    const PARTS: &[&str] = &["sway", "setpriv", "wl-copy", "wl-paste"];

    fn start(home: &mut Home) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("config");
        fs::write(&config, "xwayland disable\n").unwrap();
        let mut command = if rustix::process::getuid().is_root() {
            chown(dir.path(), Some(NOBODY), Some(NOBODY)).unwrap();
            let (user, group) = (format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"));
            home.command("setpriv", &[&user, &group, "--clear-groups", "sway"])
        } else {
            home.command("sway", &[])
        };
        command
            .arg("-c")
            .arg(config)
            .current_dir(dir.path())
            .env("HOME", dir.path())
            .env("XDG_RUNTIME_DIR", dir.path())
            .env("WLR_BACKENDS", "headless")
            .env("WLR_LIBINPUT_NO_DEVICES", "1")
            .env("WLR_RENDERER", "pixman");
        let mut server = Running::start(command);
        let socket = eventually("a compositor", || {
            assert_eq!(server.ended(), None, "{}", server.stderr());
            socket_in(dir.path())
        });
        home.set("WAYLAND_DISPLAY", socket);
        Self {
            server: Some(server),
            _dir: dir,
        }
    }

    fn stop(&mut self) {
        self.server = None;
    }

    fn paste(home: &Home) -> Option<String> {
        paste(home, &["--no-newline"])
    }

    fn shapes(home: &Home) -> String {
        paste(home, &["--list-types"]).unwrap()
    }

    fn shape(home: &Home, shape: &str) -> Option<String> {
        paste(home, &["--no-newline", "--type", shape])
    }

    fn copier(home: &Home, text: &str) -> Command {
        home.command("wl-copy", &["--foreground", "--", text])
    }
}

/// The socket that a compositor listens on, which nobody but the test knows of.
fn socket_in(dir: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(dir).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    paths.find(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("wayland-") && UnixStream::connect(path).is_ok()
    })
}

fn paste(home: &Home, options: &[&str]) -> Option<String> {
    // As with xclip, nothing but a limit ends the wait for an owner that hangs.
    let mut command = home.command("timeout", &["2", "wl-paste"]);
    command.args(options);
    let outcome = run(command);
    (outcome.code == Some(0)).then_some(outcome.stdout)
}
