//! Opens a page in the user's browser, and detects if there is none on this
//! machine.
//!
//! Not for messages. The caller prints the address first, because vtexid cannot
//! know whether a browser opened.

mod launcher;

use std::{
    ffi::OsStr,
    io,
    path::Path,
    process::{Command, ExitStatus},
    thread,
    time::{Duration, Instant},
};

use reqwest::Url;

use self::launcher::Launcher;
use crate::{config::Config, output::path_visible, process};

/// A program that has not failed after this long counts as started.
const EARLY_FAILURE: Duration = Duration::from_secs(2);

/// Where vtexid runs, relative to the user's browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// The user sits at this machine.
    Desktop,
    /// An editor's remote session, which opens pages on the user's own machine
    /// and forwards the port.
    Editor,
    /// Windows opens pages and reaches 127.0.0.1 in WSL, unless configured
    /// otherwise.
    Wsl,
    /// The user and the browser are on another machine.
    Ssh,
    /// A browser outside cannot reach 127.0.0.1 in the container.
    Container,
    /// No display.
    Headless,
}

impl Environment {
    /// Detects it from the environment.
    pub fn find(config: &Config) -> Self {
        if config.editor && config.browser.is_some() {
            Self::Editor
        } else if config.ssh.is_some() {
            Self::Ssh
        } else if config.wsl {
            Self::Wsl
        } else if config.display {
            // Checked before the container: one with a display usually shares
            // the desktop's network.
            Self::Desktop
        } else if config.container {
            Self::Container
        } else {
            Self::Headless
        }
    }

    /// Whether to open a browser here. `BROWSER` overrides what is detected.
    pub fn opens(self, config: &Config) -> bool {
        match config.browser.as_deref() {
            Some(_) => !is_none(config),
            None => matches!(self, Self::Desktop | Self::Wsl),
        }
    }

    /// Whether only `BROWSER=none` prevents opening a page.
    pub fn forbidden(self, config: &Config) -> bool {
        is_none(config) && matches!(self, Self::Desktop | Self::Wsl | Self::Editor)
    }
}

fn is_none(config: &Config) -> bool {
    config.browser.as_deref() == Some(OsStr::new("none"))
}

/// Says why none of the programs that `BROWSER` names can be started.
///
/// # Errors
/// In words.
pub fn check(config: &Config) -> Result<(), String> {
    let Some(value) = config.browser.as_deref().filter(|_| !is_none(config)) else {
        return Ok(());
    };
    let search = config.path.as_deref().unwrap_or_default();
    if Launcher::all(value).iter().any(|l| l.exists(search)) {
        return Ok(());
    }
    Err(format!(
        "invalid BROWSER: found no program {}",
        path_visible(Path::new(value))
    ))
}

/// Asks the programs that `BROWSER` names, else the desktop, to open `page`,
/// one after another until one does not fail. Returns when that program has
/// ended. Calls `report` with each failure, without the address, which contains
/// the login's state.
pub fn open(page: &Url, config: &Config, report: impl Fn(&str)) {
    let mut missing = None;
    let mut run = |command: Command, name: &str| match run(command, name, &report) {
        Ok(done) => done,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            missing.get_or_insert_with(|| format!("could not run {name}: {e}"));
            false
        }
        Err(e) => {
            report(&format!("could not run {name}: {e}"));
            false
        }
    };
    let opened = if let Some(value) = config.browser.as_deref() {
        Launcher::all(value).iter().any(|launcher| {
            let name = path_visible(Path::new(launcher.program()));
            run(launcher.command(page), &format!("{name} (BROWSER)"))
        })
    } else {
        launchers(page)
            .into_iter()
            .any(|(name, command)| run(command, &name))
    };
    // A missing program is not a failure if another one worked.
    if let Some(missing) = missing.filter(|_| !opened) {
        report(match config.browser {
            Some(_) => &missing,
            None => "found no program to open it with",
        });
    }
}

/// The platform's launchers, in the order of the `open` crate, each with the
/// address as one argument; no shell here either.
#[cfg(not(windows))]
fn launchers(page: &Url) -> Vec<(String, Command)> {
    let commands = open::commands(page.as_str()).into_iter();
    commands
        .map(|mut command| {
            process::silence(&mut command);
            let name = command.get_program().to_string_lossy().into_owned();
            (name, command)
        })
        .collect()
}

/// Starts this program again, which asks Windows to open the page. The browser
/// inherits that process's environment, which `process` has cleared of secrets.
#[cfg(windows)]
fn launchers(page: &Url) -> Vec<(String, Command)> {
    let Ok(program) = std::env::current_exe() else {
        return Vec::new();
    };
    let mut command = process::command(program);
    command.args([OPENER, page.as_str()]);
    vec![("the default browser".to_owned(), command)]
}

/// The first argument that turns this program into the one that asks Windows
/// to open a page.
#[cfg(windows)]
pub const OPENER: &str = "__open-page";

/// Asks Windows to open the page. PowerShell could do it too, but takes a
/// second to start.
#[cfg(windows)]
pub fn open_for_parent(page: &OsStr) -> bool {
    open::that_detached(page).is_ok()
}

/// Starts the program. A browser keeps running, or ends successfully after it
/// passed the page to a running one. Returns false if it failed early, so that
/// another one can be tried.
fn run(mut command: Command, name: &str, report: &impl Fn(&str)) -> io::Result<bool> {
    let mut browser = process::start(&mut command)?;
    let start = Instant::now();
    let status: ExitStatus = loop {
        match browser.try_wait()? {
            Some(status) => break status,
            None if start.elapsed() < EARLY_FAILURE => thread::sleep(Duration::from_millis(10)),
            None => break browser.wait()?,
        }
    };
    // Windows' Explorer reports a failure even if it opened the page.
    let explorer = cfg!(windows) && name.to_ascii_lowercase().contains("explorer");
    if status.success() || explorer {
        return Ok(true);
    }
    report(&format!("{name} failed: {status}"));
    Ok(start.elapsed() >= EARLY_FAILURE)
}
