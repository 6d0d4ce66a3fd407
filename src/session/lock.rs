//! Account locks: the holder may change that account's session.
//!
//! Not for the index's own lock (`index`).

use std::{fs, io, path::PathBuf, time::Duration};

use super::{Session, SessionError};
use crate::{account::Account, disk, store::Slow};

/// Longer than a process can hold the lock: unlocking a keyring (60 s), three
/// tries of a request to VTEX ID (48 s), and writing.
const MAX_WAIT: Duration = Duration::from_secs(180);

/// The right to change an account's session, until it is dropped.
pub struct AccountLock {
    account: Account,
    _file: fs::File,
}

impl AccountLock {
    /// The locked account.
    pub fn account(&self) -> &Account {
        &self.account
    }
}

impl Session {
    /// Waits until no other process changes the account's session, locks it, and
    /// reads the index again.
    ///
    /// # Errors
    /// When another process holds the lock for too long, or the lock cannot be
    /// created.
    pub fn lock_account(&mut self, account: &Account) -> Result<AccountLock, SessionError> {
        let (file, path) = self.account_lock_file(account)?;
        let on_slow = || (self.wait.on_slow)(Slow::Session(account));
        let file = match file {
            Some(file) => file,
            None => disk::lock(&path, MAX_WAIT, on_slow).map_err(|cause| match cause.kind() {
                io::ErrorKind::TimedOut => SessionError::Busy {
                    account: account.clone(),
                    cause,
                },
                _ => SessionError::lock(&path, cause),
            })?,
        };
        self.reload()?;
        Ok(AccountLock {
            account: account.clone(),
            _file: file,
        })
    }

    /// Takes the lock if it is free.
    pub(super) fn try_lock_account(&self, account: &Account) -> Option<AccountLock> {
        let (file, _) = self.account_lock_file(account).ok()?;
        Some(AccountLock {
            account: account.clone(),
            _file: file?,
        })
    }

    /// Tries to take the lock once. Account names contain no dot, so two
    /// accounts never share a lock file.
    fn account_lock_file(
        &self,
        account: &Account,
    ) -> Result<(Option<fs::File>, PathBuf), SessionError> {
        let path = self
            .lock_dir()?
            .join(format!("{}.session.lock", account.file_stem()));
        match disk::try_lock(&path) {
            Ok(file) => Ok((file, path)),
            Err(cause) => Err(SessionError::lock(&path, cause)),
        }
    }

    /// The folder of the locks. Creates it if necessary.
    ///
    /// # Errors
    /// When it cannot be created, or others can write to it.
    pub fn lock_dir(&self) -> Result<PathBuf, SessionError> {
        // If this folder is not writable, no other process has a lock in it.
        let usable = disk::create_private_dir(&self.locks).is_ok() && disk::can_write(&self.locks);
        let dir = if usable {
            self.locks.clone()
        } else {
            self.dir.join("locks")
        };
        let failed = |attempt, cause| SessionError::Io {
            attempt,
            path: dir.clone(),
            cause,
        };
        disk::create_private_dir(&dir).map_err(|e| failed("create", e))?;
        disk::check_private_dir(&dir).map_err(|e| failed("use", e))?;
        Ok(dir)
    }
}
