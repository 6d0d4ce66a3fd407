//! What a test needs of the machine: programs and rights. A test without them says so and ends, and is counted
//! (`scripts/helpers`). The only file of the tests that reads the environment for this; the programs under test are
//! given one of their own.

use std::{
    env,
    ffi::OsString,
    fs,
    io::{self, Write as _},
    path::PathBuf,
    process::{Command, Stdio},
};

/// Whether all of these programs are installed; if not, the test has nothing to do.
///
/// # Panics
///
/// If `scripts/test` would not install one. In CI, where everything must be there.
pub fn present(programs: &[&str]) -> bool {
    for program in programs {
        assert!(is_listed(program), "add {program} to scripts/test");
    }
    let missing: Vec<&str> = programs
        .iter()
        .copied()
        .filter(|program| find(program).is_none())
        .collect();
    if !missing.is_empty() {
        skip(&format!("{} is not installed", missing.join(", ")));
    }
    missing.is_empty()
}

/// Whether `scripts/test` installs this program.
fn is_listed(program: &str) -> bool {
    let script = include_str!("../../scripts/test");
    let (_, list) = script.split_once("programs='\n").unwrap();
    let (list, _) = list.split_once("\n'").unwrap();
    let mut names = list
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    names.any(|names| names.split('|').any(|name| name == program))
}

/// Where a program is.
pub fn find(program: &str) -> Option<PathBuf> {
    env::split_paths(&path())
        .map(|dir| dir.join(program))
        .find(|path| path.is_file())
}

/// Whether a program can be run in namespaces of its own, by `unshare` with these arguments before it.
///
/// # Panics
///
/// In CI, where it must be possible.
pub fn can_unshare(arguments: &[&str]) -> bool {
    if !present(&["unshare"]) {
        return false;
    }
    let tried = Command::new("unshare")
        .args(arguments)
        .arg("true")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let can = tried.is_ok_and(|status| status.success());
    if !can {
        skip("this user cannot make namespaces");
    }
    can
}

/// Says that a test has nothing to do because something is missing that can be installed or set up, and counts it.
///
/// # Panics
///
/// In CI, where everything must be there.
pub fn skip(why: &str) {
    assert!(
        env::var_os("CI").is_none_or(|ci| ci.is_empty()),
        "{why}: scripts/test says how"
    );
    count(why);
}

/// The same for a right that CI need not have either, such as root's.
pub fn skip_without_right(why: &str) {
    count(why);
}

/// Whether root runs the tests; if not, the test has nothing to do.
#[cfg(unix)]
pub fn is_root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        skip_without_right("only root can run it");
    }
    root
}

fn count(why: &str) {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("?");
    // Not `eprintln!`: the test harness would swallow it.
    let _ = writeln!(io::stderr(), "skipped: {name}: {why}");
    if let Some(path) = env::var_os("SKIPPED_TESTS") {
        // One write, so that lines of tests that run at the same time stay whole.
        let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
        file.write_all(format!("{} {name}\t{why}\n", env!("CARGO_CRATE_NAME")).as_bytes())
            .unwrap();
    }
}

/// Where programs are looked for.
pub fn path() -> OsString {
    env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into())
}
