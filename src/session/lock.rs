//! The locks of accounts: who holds one may change that account's session.
//!
//! Not for the index's own lock, which lies beside the index.

use std::{fs, io, path::PathBuf, time::Duration};

use super::{Session, SessionError};
use crate::{account::Account, disk, store::Slow};

/// Longer than whoever holds the lock may take: a keyring that is being
/// unlocked (60 s), three tries of a request to VTEX ID (48 s), and writing.
const MAX_WAIT: Duration = Duration::from_secs(180);

/// The right to change an account's session, until it is dropped.
pub struct AccountLock {
    account: Account,
    _file: fs::File,
}

impl AccountLock {
    /// Whose session may be changed.
    pub fn account(&self) -> &Account {
        &self.account
    }
}

impl Session {
    /// Waits for other processes that change the account's session, keeps new
    /// ones from it, and reads the index again.
    ///
    /// # Errors
    /// When another one does not let go of it in time, or there can be no lock.
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

    /// The lock if nobody else has it.
    pub(super) fn try_lock_account(&self, account: &Account) -> Option<AccountLock> {
        let (file, _) = self.account_lock_file(account).ok()?;
        Some(AccountLock {
            account: account.clone(),
            _file: file?,
        })
    }

    /// Tries the lock once. No account's name holds a dot, so no name of a
    /// lock is another's.
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

    /// The folder of the locks, private and there.
    ///
    /// # Errors
    /// When it cannot be created, or others can write to it.
    pub fn lock_dir(&self) -> Result<PathBuf, SessionError> {
        // In a home that cannot be written, nobody else has a lock either.
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
