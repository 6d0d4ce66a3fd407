//! The only module that starts other programs.
//!
//! Not for choosing which. No program started here is given vtexid's secrets,
//! an open file of whoever started vtexid, or the terminal's Ctrl-C.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the module the rule points to"
)]

use std::{
    ffi::OsStr,
    io,
    process::{Child, Command, Stdio},
};

use crate::config;

/// A program to start, in the current environment without vtexid's secrets.
/// It reads nothing, and its output goes nowhere.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    silence(&mut command);
    command
}

/// Has the program read nothing, and its output go nowhere.
pub fn silence(command: &mut Command) {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
}

/// Runs vtexid from its beginning in place of this process, with a variable
/// changed: libraries read the environment too, which cannot be changed safely
/// from within. Returns only where that failed.
#[cfg(target_os = "linux")]
pub fn restart_with(name: &str, value: &str) {
    use std::os::unix::process::CommandExt as _;
    let mut arguments = std::env::args_os();
    let mut command = Command::new("/proc/self/exe");
    command.arg0(arguments.next().unwrap_or_default());
    let _ = command.args(arguments).env(name, value).exec();
}

/// Starts it.
///
/// # Errors
/// As the operating system says.
pub fn start(command: &mut Command) -> io::Result<Child> {
    for name in config::CREDENTIALS {
        command.env_remove(name);
    }
    #[cfg(unix)]
    {
        // Ctrl-C in the terminal is for vtexid, not for a browser.
        std::os::unix::process::CommandExt::process_group(command, 0);
        // A caller's lock or pipe would stay open for as long as the program.
        close_fds::set_fds_cloexec(3, &[]);
    }
    command.spawn()
}
