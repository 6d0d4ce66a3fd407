//! Opening a page in the person's browser, and knowing when there is none
//! here to open it in.
//!
//! Not for choosing words. The caller has printed the address before, because
//! whether a browser came up cannot be known.

use std::{
    ffi::OsStr,
    io,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use reqwest::Url;

use crate::config::Config;

/// A program that fails later than this has been seen by the person.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Where this program runs, as far as it matters to a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
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
    Bare,
}

impl Place {
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
            Self::Bare
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

/// Asks the desktop, or the program `BROWSER` names, to open `page`. Waits a
/// quarter of a second at most to see a launcher fail.
///
/// # Errors
/// In words, without the address: it holds the login's state.
pub fn open(page: &Url, config: &Config) -> Result<(), String> {
    close_inherited();
    // A program by its name alone: it is run with the address as its one
    // argument and no shell. Anything longer is left to `xdg-open`, which
    // knows lists and `%s`.
    if let Some(program) = config.browser.as_deref()
        && !program.to_string_lossy().contains([':', ' ', '%'])
    {
        let mut command = Command::new(program);
        command
            .arg(page.as_str())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A browser lives long and starts much.
            .env_remove("VTEX_APP_TOKEN");
        // Ctrl-C in the terminal is for this program, not for the browser.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let name = program.to_string_lossy();
        let mut browser = command
            .spawn()
            .map_err(|e| format!("could not run {name} (BROWSER): {e}"))?;
        // One that runs on is a browser; one that was handed the page, as a
        // running browser is by a second start, ends well.
        let start = Instant::now();
        while start.elapsed() < AT_ONCE {
            match browser.try_wait() {
                Ok(Some(status)) if !status.success() => {
                    return Err(format!("{name} (BROWSER) ended at once: {status}"));
                }
                Ok(None) => thread::sleep(Duration::from_millis(10)),
                _ => break,
            }
        }
        return Ok(());
    }
    // Runs the platform's launcher with the address as one argument,
    // detached, its output going nowhere; no shell here either.
    open::that_detached(page.as_str()).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => "there is no program here to open one with".to_owned(),
        _ => "the program that opens one failed".to_owned(),
    })
}

/// Keeps programs started from here on from inheriting what this one was
/// started with, such as a caller's lock or pipe: they would hold it open.
pub fn close_inherited() {
    #[cfg(unix)]
    close_fds::set_fds_cloexec(3, &[]);
}
