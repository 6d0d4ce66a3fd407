//! One login at a time for an account: a second one names the first instead
//! of opening another page.
//!
//! Not for the page's address, which contains the login's state and must not be
//! in a file or an error.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use crate::{
    account::Account,
    disk,
    signals::{Event, Guard, Signals},
};

/// Held during a login. Released when dropped, and when the process ends or is
/// killed.
pub struct LoginLock {
    _lock: File,
    lock_path: PathBuf,
    process_path: PathBuf,
}

/// Another login in progress.
#[derive(Debug)]
pub struct Other {
    /// The process it runs in.
    pub process: Option<u32>,
}

impl LoginLock {
    /// Takes the lock, or names the login that has it.
    ///
    /// # Errors
    /// As the file system says.
    pub fn take(dir: &Path, account: &Account) -> io::Result<Result<Self, Other>> {
        let lock_path = dir.join(format!("login-{account}.lock"));
        // A separate file: on Windows a locked file cannot be read.
        let process_path = dir.join(format!("login-{account}.pid"));
        let Some(lock) = disk::try_lock(&lock_path)? else {
            let process = fs::read_to_string(process_path).ok();
            return Ok(Err(Other {
                process: process.and_then(|id| id.trim().parse().ok()),
            }));
        };
        let process = format!("{}\n", std::process::id());
        // Only the message of a second login needs it.
        let _ = disk::write_atomically(&process_path, process.as_bytes());
        Ok(Ok(Self {
            _lock: lock,
            lock_path,
            process_path,
        }))
    }

    /// Removes the file beside the lock, too, when a signal ends the process.
    pub fn end_with(&self, signals: &Signals) -> Guard {
        let path = self.process_path.clone();
        signals.on_event(move |event| {
            if event == Event::End {
                let _ = fs::remove_file(&path);
            }
        })
    }
}

impl Drop for LoginLock {
    fn drop(&mut self) {
        // The next login replaces a file left by a crash.
        let _ = fs::remove_file(&self.process_path);
        let _ = fs::remove_file(&self.lock_path);
    }
}
