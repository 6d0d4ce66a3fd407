//! Lock files.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// Takes the lock file at `path`, waiting at most `timeout` for another process
/// to release it; calls `on_slow` once after a second. Held until the returned
/// file is dropped or the process ends.
///
/// # Errors
/// `TimedOut` when another process did not release it; otherwise as the file system says.
pub fn lock(path: &Path, timeout: Duration, on_slow: impl Fn()) -> io::Result<File> {
    let start = Instant::now();
    let mut slow = false;
    loop {
        if let Some(file) = try_lock(path)? {
            return Ok(file);
        }
        if start.elapsed() > timeout {
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!(
                    "another vtexid has held it for more than {}s",
                    timeout.as_secs()
                ),
            ));
        }
        if !slow && start.elapsed() > Duration::from_secs(1) {
            slow = true;
            on_slow();
        }
        // No operating system has a lock with a time-out.
        thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a lock failed because its file system has none.
pub fn has_no_locks(error: &io::Error) -> bool {
    #[cfg(unix)]
    let unlocked = error.raw_os_error() == Some(rustix::io::Errno::NOLCK.raw_os_error());
    #[cfg(not(unix))]
    let unlocked = false;
    unlocked || error.kind() == io::ErrorKind::Unsupported
}

/// Takes the lock file at `path` if no other process has it.
///
/// # Errors
/// As the file system says.
pub fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        // Otherwise a FIFO in its place would block, and a link would be
        // followed.
        let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW;
        options.mode(0o600);
        options.custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
    }
    let file = options.open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(e),
    }
}
