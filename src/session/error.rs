//! Why a session could not be read or changed.
//!
//! Not for exit codes and hints (`crate::error`).

use std::{
    io,
    path::{Path, PathBuf},
};

use super::index::VERSION;
use crate::{account::Account, disk, slot::Slot, store::StoreFailure, token::TokenError};

/// Why the session could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The index or its folder cannot be used.
    #[error("could not {attempt} {}: {cause}", path.display())]
    Io {
        /// What was attempted.
        attempt: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What happened.
        cause: io::Error,
    },
    /// The index was written by a newer release.
    #[error("{} was written by a newer vtexid (version {found}, but this one supports {VERSION})", path.display())]
    Newer {
        /// The index.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreFailure),
    /// Timed out: another process is changing the account's session.
    #[error("timed out waiting for another vtexid that is using the session of {account}: {cause}")]
    Busy {
        /// The account.
        account: Account,
        /// What happened.
        cause: io::Error,
    },
    /// A credential's stored secrets cannot be parsed.
    #[error("what is stored of {} is damaged", .1.token_words(.0))]
    Damaged(Account, Slot),
    /// The stored token cannot be parsed.
    #[error("{} is damaged: {cause}", slot.token_words(account))]
    Token {
        /// The account.
        account: Account,
        /// The credential's slot in the account.
        slot: Slot,
        /// Which part is broken.
        cause: TokenError,
    },
}

impl SessionError {
    /// The error for a lock that could not be taken.
    pub fn lock(path: &Path, cause: io::Error) -> Self {
        let folder = path.parent().filter(|_| !path.exists());
        match folder.filter(|_| disk::is_folders_fault(&cause)) {
            Some(folder) => Self::Io {
                attempt: "write to",
                path: folder.to_owned(),
                cause,
            },
            None => Self::Io {
                attempt: "lock",
                path: path.to_owned(),
                cause,
            },
        }
    }
}
