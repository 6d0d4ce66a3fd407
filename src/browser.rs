//! Opening a page in the person's browser, and knowing when there is none
//! here to open it in.
//!
//! Not for choosing words. The caller has printed the address before, because
//! whether a browser came up cannot be known.

use std::{
    ffi::OsStr,
    io,
    process::{Command, ExitStatus},
    thread,
    time::{Duration, Instant},
};

use reqwest::Url;

use crate::{config::Config, process};

/// A program that fails later than this has been seen by the person.
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
            Some(program) => program != OsStr::new("none"),
            None => matches!(self, Self::Desktop | Self::Wsl),
        }
    }
}

/// Asks the desktop, or the program `BROWSER` names, to open `page`. Waits
/// two seconds at most to see that fail.
///
/// # Errors
/// In words, without the address: it holds the login's state.
pub fn open(page: &Url, config: &Config) -> Result<(), String> {
    // A program by its name alone is run with the address as its one argument
    // and no shell. Anything longer is left to `xdg-open`, which knows lists
    // and `%s`.
    if let Some(program) = config.browser.as_deref()
        && !program.to_string_lossy().contains([':', ' ', '%'])
    {
        let mut command = process::command(program);
        command.arg(page.as_str());
        let name = program.to_string_lossy();
        return match run(command) {
            Ok(()) => Ok(()),
            Err(Problem::Start(e)) => Err(format!("could not run {name} (BROWSER): {e}")),
            Err(Problem::Ended(status)) => Err(format!("{name} (BROWSER) failed: {status}")),
        };
    }
    // The platform's launchers, in the order of the `open` crate, each with
    // the address as one argument; no shell here either.
    let mut problem = "found no program to open it with".to_owned();
    for mut command in open::commands(page.as_str()) {
        process::silence(&mut command);
        let name = command.get_program().to_string_lossy().into_owned();
        match run(command) {
            Ok(()) => return Ok(()),
            Err(Problem::Start(e)) if e.kind() == io::ErrorKind::NotFound => {}
            Err(Problem::Start(e)) => problem = format!("could not run {name}: {e}"),
            // Windows' Explorer fails even where it opened the page.
            Err(Problem::Ended(_)) if cfg!(windows) => return Ok(()),
            Err(Problem::Ended(status)) => problem = format!("{name} failed: {status}"),
        }
    }
    Err(problem)
}

enum Problem {
    /// It could not be started.
    Start(io::Error),
    /// It ended at once, and not well.
    Ended(ExitStatus),
}

/// Starts the program. One that runs on is a browser; one that was handed the
/// page, as a running browser is by a second start, ends well.
fn run(mut command: Command) -> Result<(), Problem> {
    let mut browser = process::start(&mut command).map_err(Problem::Start)?;
    let start = Instant::now();
    while start.elapsed() < EARLY_FAILURE {
        match browser.try_wait() {
            Ok(Some(status)) if !status.success() => return Err(Problem::Ended(status)),
            Ok(None) => thread::sleep(Duration::from_millis(10)),
            _ => break,
        }
    }
    Ok(())
}
