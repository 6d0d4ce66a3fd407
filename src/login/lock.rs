//! One login at a time for an account: a second one names the first instead
//! of opening another page.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use reqwest::Url;

use crate::{
    account::Account,
    disk,
    signals::{Event, Guard, Signals},
};

/// Held during a login; released when dropped or when the process ends,
/// however it ends.
pub struct LoginLock {
    _lock: File,
    lock_path: PathBuf,
    page_path: PathBuf,
}

/// Another login in progress.
#[derive(Debug)]
pub struct Other {
    /// The page it asked to open, once it has one.
    pub page: Option<Url>,
}

impl LoginLock {
    /// Takes the lock, or names the login that has it.
    ///
    /// # Errors
    /// As the file system says.
    pub fn take(dir: &Path, account: &Account) -> io::Result<Result<Self, Other>> {
        let lock_path = dir.join(format!("login-{account}.lock"));
        // Beside the lock and not in it: on Windows a locked file cannot be read.
        let page_path = dir.join(format!("login-{account}.page"));
        Ok(match disk::try_lock(&lock_path)? {
            Some(lock) => Ok(Self {
                _lock: lock,
                lock_path,
                page_path,
            }),
            None => Err(Other {
                page: fs::read_to_string(page_path)
                    .ok()
                    .and_then(|text| Url::parse(&text).ok()),
            }),
        })
    }

    /// Removes the page's file, too, when a signal ends the process.
    pub fn end_with(&self, signals: &Signals) -> Guard {
        let page = self.page_path.clone();
        signals.on_event(move |event| {
            if event == Event::End {
                let _ = fs::remove_file(&page);
            }
        })
    }

    /// Leaves the page for this user's other processes to find. With its state
    /// somebody could finish the login as another user, but not take it over:
    /// that needs the login's secret, which stays in memory.
    ///
    /// # Errors
    /// As the file system says.
    pub fn announce(&self, page: &Url) -> io::Result<()> {
        disk::write_atomically(&self.page_path, page.as_str().as_bytes())
    }
}

impl Drop for LoginLock {
    fn drop(&mut self) {
        // What is left behind by a crash is replaced by the next login.
        let _ = fs::remove_file(&self.page_path);
        let _ = fs::remove_file(&self.lock_path);
    }
}
