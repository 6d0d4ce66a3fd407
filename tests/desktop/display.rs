//! An X server of a test's own, what is on its clipboard, and who holds it.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use crate::home::Home;
use crate::process::{Running, eventually, run};

/// What these tests need installed.
pub const PARTS: [&str; 3] = ["Xvfb", "xclip", "script"];

/// A running X server that shows nothing to anybody.
pub struct Display {
    server: Option<Running>,
    /// As in `DISPLAY`.
    pub name: String,
    /// How the helpers of this display's home are told from others: each test has a home of its own.
    mark: String,
}

impl Display {
    pub fn start(home: &mut Home) -> Self {
        let arguments = ["-displayfd", "1", "-nolisten", "tcp", "-noreset"];
        let server = Running::start(home.command("Xvfb", &arguments));
        let number = eventually("the display's number", || {
            let said = server.stdout();
            said.strip_suffix('\n').map(str::to_owned)
        });
        let name = format!(":{number}");
        home.set("DISPLAY", &name);
        Self {
            server: Some(server),
            name,
            mark: format!("HOME={}", home.path().display()),
        }
    }

    /// Ends the X server and nothing else.
    pub fn stop(&mut self) {
        self.server = None;
    }

    /// What a paste gives; none when nothing is there.
    pub fn paste(home: &Home) -> Option<String> {
        Self::target(home, "UTF8_STRING")
    }

    /// The clipboard in one of the shapes it is offered in.
    pub fn target(home: &Home, target: &str) -> Option<String> {
        let paste = ["-o", "-selection", "clipboard", "-t", target];
        let outcome = run(home.command("xclip", &paste));
        (outcome.code == Some(0)).then_some(outcome.stdout)
    }

    /// Copies as another program would.
    pub fn copy(home: &Home, text: &str) {
        let file = home.path().join("copied");
        fs::write(&file, text).unwrap();
        // It stays in the background, until the display is gone, with all that it was started with.
        let status = home
            .command("xclip", &["-i", "-selection", "clipboard"])
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
    }

    /// The `/proc` folders of the tool's helpers for this display.
    pub fn helpers(&self) -> Vec<PathBuf> {
        let tool = PathBuf::from(env!("CARGO_BIN_EXE_vtexid"));
        let ours = |process: &PathBuf| {
            let environment = fs::read(process.join("environ")).unwrap_or_default();
            fs::read_link(process.join("exe")).is_ok_and(|exe| exe == tool)
                && environment
                    .split(|byte| *byte == 0)
                    .any(|variable| variable == self.mark.as_bytes())
        };
        let processes = fs::read_dir("/proc").unwrap();
        let processes = processes.map(|entry| entry.unwrap().path());
        processes.filter(ours).collect()
    }

    /// Waits until there are just so many helpers.
    pub fn await_helpers(&self, count: usize) {
        let what = format!("{count} helpers for the display");
        eventually(&what, || (self.helpers().len() == count).then_some(()));
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // What a failed test leaves must not outlive it.
        for helper in self.helpers() {
            let pid = helper
                .file_name()
                .and_then(|name| name.to_str()?.parse().ok());
            if let Some(pid) = pid.and_then(Pid::from_raw) {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }
}
