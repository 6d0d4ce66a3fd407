//! Which programs are there, and what follows from one that is not. The only file of these tests that reads the
//! environment; the programs under test are given one of their own.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};

/// Whether all of these programs are installed; if not, the test has nothing to do.
///
/// # Panics
///
/// In CI, where everything must be there.
pub fn present(programs: &[&str]) -> bool {
    let path = path();
    let missing: Vec<&str> = programs
        .iter()
        .copied()
        .filter(|program| !env::split_paths(&path).any(|dir| dir.join(program).is_file()))
        .collect();
    if !missing.is_empty() {
        skip(&format!("{} is not installed", missing.join(", ")));
    }
    missing.is_empty()
}

/// Says that a test has nothing to do, and why.
///
/// # Panics
///
/// In CI, where everything must be there.
pub fn skip(why: &str) {
    assert!(
        env::var_os("CI").is_none_or(|ci| ci.is_empty()),
        "{why}: scripts/test says how"
    );
    let name = std::thread::current().name().unwrap_or("?").to_owned();
    // Not `eprintln!`: the test harness would swallow it.
    let _ = writeln!(io::stderr(), "skipped: {name}: {why}");
}

/// Where programs are looked for.
pub fn path() -> OsString {
    env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into())
}
