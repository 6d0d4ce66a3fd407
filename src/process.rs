//! The only module that starts other programs.
//!
//! Not for choosing them. Helper programs get none of vtexid's secrets, none of
//! its inherited open files, and not the terminal's Ctrl-C. The program that
//! `vtexid exec` runs gets the requested credential.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the module the rule points to"
)]

use std::{
    ffi::{OsStr, OsString},
    io,
    process::{Child, Command, Stdio},
};

use crate::{
    config,
    error::{Code, Failure},
    output::path_visible,
    secret::Secret,
};

/// A program to start, in the current environment without vtexid's secrets.
/// It reads nothing, and its output goes nowhere.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    silence(&mut command);
    command
}

/// Connects the program's input and output to nothing.
pub fn silence(command: &mut Command) {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
}

/// Restarts vtexid in place of this process with a changed variable, because
/// libraries read the environment, which cannot be changed safely from within.
/// Returns only if that failed.
#[cfg(target_os = "linux")]
pub fn restart_with(name: &str, value: &str, core: CoreLimit) {
    use std::os::unix::process::CommandExt as _;
    // Restores the limit, because the new vtexid saves and lowers it again.
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, core);
    let mut arguments = std::env::args_os();
    let mut command = Command::new("/proc/self/exe");
    command.arg0(arguments.next().unwrap_or_default());
    let _ = command.args(arguments).env(name, value).exec();
    let _ = forbid_core_file();
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
        // Otherwise a caller's lock or pipe would stay open as long as the
        // program.
        close_fds::set_fds_cloexec(3, &[]);
    }
    command.spawn()
}

/// The largest core file the process was allowed before vtexid forbade any.
#[cfg(unix)]
pub type CoreLimit = rustix::process::Rlimit;
/// Empty: there are no core files.
#[cfg(not(unix))]
#[derive(Clone, Copy)]
pub struct CoreLimit;

/// Forbids core files, which would contain every secret in memory. Returns the
/// previous limit.
pub fn forbid_core_file() -> CoreLimit {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let before = getrlimit(Resource::Core);
        // Programs started from here may raise it again, up to the old maximum.
        let limit = Rlimit {
            current: Some(0),
            ..before
        };
        let _ = setrlimit(Resource::Core, limit);
        // A system that pipes core files to a program (`core_pattern` in core(5))
        // ignores the limit.
        #[cfg(target_os = "linux")]
        let _ =
            rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
        before
    }
    #[cfg(not(unix))]
    CoreLimit
}

/// A variable of a program's environment.
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Secret,
}

/// Runs a program with these variables, and without those that vtexid reads a
/// credential from. On Unix it replaces this process: signals, exit code, open
/// files. On Windows vtexid waits for it and ends with its exit code. Returns
/// only on failure: 127 if it was not found, 126 if it cannot be run.
pub fn become_program(
    program: &OsStr,
    arguments: &[OsString],
    variables: Vec<Variable>,
    core: CoreLimit,
) -> Failure {
    let failed = |error: &io::Error| {
        let missing = error.kind() == io::ErrorKind::NotFound;
        let name = path_visible(program.as_ref());
        if missing {
            Failure::new(Code::NoProgram, format_args!("program not found: {name}"))
                .hint("is it installed, and in the PATH?")
        } else {
            Failure::new(
                Code::CannotRun,
                format_args!("could not run {name}: {error}"),
            )
        }
    };
    let mut command = Command::new(find(program));
    command.args(arguments);
    for name in config::CREDENTIALS.into_iter().chain([config::ACCOUNT]) {
        command.env_remove(name);
    }
    for variable in variables {
        command.env(variable.name, variable.value.expose());
    }
    failed(&run(&mut command, core))
}

/// The system itself looks for it in `PATH`.
#[cfg(unix)]
fn find(program: &OsStr) -> &OsStr {
    program
}

/// Tries the extensions in `PATHEXT` (`npm` is `npm.cmd`), then leaves the
/// search to Windows.
#[cfg(windows)]
fn find(program: &OsStr) -> OsString {
    which::which(program).map_or_else(|_| program.to_owned(), Into::into)
}

#[cfg(unix)]
fn run(command: &mut Command, core: CoreLimit) -> io::Error {
    use rustix::process::{Resource, setrlimit};
    let _ = setrlimit(Resource::Core, core);
    let error = std::os::unix::process::CommandExt::exec(command);
    let _ = forbid_core_file();
    error
}

/// Waits for the program. Ctrl-C is for the program: `Signals::leave_to_program`.
#[cfg(windows)]
#[allow(
    clippy::exit,
    reason = "the code is the program's, and may be above 255"
)]
fn run(command: &mut Command, _: CoreLimit) -> io::Error {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}
