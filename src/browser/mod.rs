//! Opening a page in the person's browser, and knowing when there is none
//! here to open it in.
//!
//! Not for choosing words. The caller has printed the address before, because
//! whether a browser came up cannot be known.

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

/// A program that has not failed by then is not followed by another one.
const EARLY_FAILURE: Duration = Duration::from_secs(2);

/// Where vtexid runs, as far as it matters to a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// The person sits here.
    Desktop,
    /// In an editor's remote session, which opens pages on the person's own
    /// machine and forwards the port.
    Editor,
    /// Windows opens pages and reaches 127.0.0.1 in here, unless set up otherwise.
    Wsl,
    /// The person sits elsewhere, and so does the browser.
    Ssh,
    /// A browser outside does not reach 127.0.0.1 in here.
    Container,
    /// No display.
    Headless,
}

impl Environment {
    /// Judges by the environment.
    pub fn find(config: &Config) -> Self {
        if config.editor && config.browser.is_some() {
            Self::Editor
        } else if config.ssh.is_some() {
            Self::Ssh
        } else if config.wsl {
            Self::Wsl
        } else if config.display {
            // Before the container: one with a display in it shares the
            // desktop's network as well.
            Self::Desktop
        } else if config.container {
            Self::Container
        } else {
            Self::Headless
        }
    }

    /// Whether to open a browser here. What `BROWSER` says was said on
    /// purpose, and comes before what is only guessed.
    pub fn opens(self, config: &Config) -> bool {
        match config.browser.as_deref() {
            Some(_) => !is_none(config),
            None => matches!(self, Self::Desktop | Self::Wsl),
        }
    }

    /// Whether a page would be opened here, were `BROWSER` not `none`.
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
/// one after another until one does not fail. Returns when that one has ended,
/// and calls `report` with each failure, without the address: it holds the
/// login's state.
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
    // A program that is not there is no failure where another one was.
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

/// This program again, which asks Windows: a browser that Windows starts gets
/// the environment of whoever asked, and only a program that `process` starts
/// has none of the secrets in it.
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

/// Has Windows open the page; whether it does. PowerShell, which would do it
/// too, takes a second to start.
#[cfg(windows)]
pub fn open_for_parent(page: &OsStr) -> bool {
    open::that_detached(page).is_ok()
}

/// Starts the program. One that runs on is a browser; one that was handed the
/// page, as a running browser is by a second start, ends well. Gives false
/// where it failed early, and another one may be tried.
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
    // Windows' Explorer fails even where it opened the page.
    let explorer = cfg!(windows) && name.to_ascii_lowercase().contains("explorer");
    if status.success() || explorer {
        return Ok(true);
    }
    report(&format!("{name} failed: {status}"));
    Ok(start.elapsed() >= EARLY_FAILURE)
}
