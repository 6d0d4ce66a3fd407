//! A home of a test's own, and the tool run in it with no other environment.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::http;
use crate::parts;
use crate::process::{LIMIT, Outcome, Running, eventually, restore_signals};

/// The account of these tests.
pub const ACCOUNT: &str = "mystore";
/// Who signs in.
pub const EMAIL: &str = "ana@example.com";

pub struct Home {
    dir: TempDir,
    variables: BTreeMap<&'static str, OsString>,
}

impl Home {
    pub fn new() -> Self {
        restore_signals();
        let dir = tempfile::tempdir().unwrap();
        let mut home = Self {
            variables: BTreeMap::new(),
            dir,
        };
        home.set("PATH", parts::path());
        home.set("HOME", home.path().to_owned());
        home.set("VTEXID", env!("CARGO_BIN_EXE_vtexid"));
        for (name, folder) in [
            ("XDG_RUNTIME_DIR", "run"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_CACHE_HOME", "cache"),
        ] {
            let folder = home.path().join(folder);
            DirBuilder::new().mode(0o700).create(&folder).unwrap();
            home.set(name, folder);
        }
        home
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Sets a variable for everything started from here on.
    pub fn set(&mut self, name: &'static str, value: impl Into<OsString>) {
        self.variables.insert(name, value.into());
    }

    /// A variable's value, which is text.
    pub fn get(&self, name: &str) -> &str {
        self.variables[name].to_str().unwrap()
    }

    /// A program that sees this home's variables and no others.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .envs(&self.variables)
            .current_dir(self.path());
        command
    }

    pub fn vtexid(&self, arguments: &[&str]) -> Command {
        self.command(env!("CARGO_BIN_EXE_vtexid"), arguments)
    }

    /// A shell that has the tool's path in `$VTEXID`.
    pub fn shell(&self, script: &str) -> Command {
        self.command("sh", &["-c", script])
    }

    /// A shell on a terminal of its own.
    pub fn terminal(&self, script: &str) -> Command {
        self.command("script", &["-qefc", script, "/dev/null"])
    }

    /// Logs in, with a person who opens the printed address and signs in, if it comes to that.
    pub fn login(&self, arguments: &[&str]) -> Outcome {
        let mut command = self.vtexid(&["login", ACCOUNT, "--no-browser"]);
        command.args(arguments);
        let mut login = Running::start(command);
        login.close_stdin();
        let address = eventually("the address to open, or the end of the login", || {
            if login.ended().is_some() {
                return Some(None);
            }
            let said = login.stderr();
            let line = said.lines().find(|line| line.starts_with("  http://"));
            line.map(|line| Some(line.trim().to_owned()))
        });
        if let Some(address) = address {
            http::sign_in(&address, EMAIL);
        }
        login.wait(LIMIT)
    }

    /// Every file below this home that holds `text`.
    pub fn files_with(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    let bytes = fs::read(entry.path()).unwrap();
                    if bytes.windows(text.len()).any(|w| w == text.as_bytes()) {
                        found.push(entry.path().display().to_string());
                    }
                }
            }
        }
        found
    }
}
