//! Waiting for another program that has a file open.
//!
//! Windows neither replaces nor deletes nor opens such a file if the other
//! program does not share it. Virus scanners and search indexes briefly open
//! every new file. Not for locks of vtexid's own.

use std::io;

/// Runs `action`; on Windows repeats it for up to two seconds while another
/// program has the file open.
///
/// # Errors
/// As the last try says.
#[cfg(windows)]
pub fn retry<T>(mut action: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    use std::{
        thread,
        time::{Duration, Instant},
    };
    const LIMIT: Duration = Duration::from_secs(2);
    let start = Instant::now();
    loop {
        match action() {
            Err(e) if is_busy(&e) && start.elapsed() < LIMIT => {
                thread::sleep(Duration::from_millis(10));
            }
            done => return done,
        }
    }
}

/// `ERROR_ACCESS_DENIED`, which a file that is to be replaced or is being
/// deleted gives too, `ERROR_SHARING_VIOLATION` and `ERROR_LOCK_VIOLATION`.
#[cfg(windows)]
fn is_busy(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(5 | 32 | 33))
}

/// Runs `action`. On Unix an open file can be replaced and deleted.
///
/// # Errors
/// As the system says.
#[cfg(not(windows))]
pub fn retry<T>(mut action: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    action()
}
