//! Why a session could not be read or changed. Not for exit codes and hints:
//! those are `crate::error`'s.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::index::VERSION;
use crate::{account::Account, disk, slot::Slot, store::StoreFailure, token::TokenError};

/// Why the session could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The index or its folder.
    #[error("could not {attempt} {}: {cause}", path.display())]
    Io {
        /// What was being done.
        attempt: &'static str,
        /// To what.
        path: PathBuf,
        /// What happened.
        cause: io::Error,
    },
    /// Written by a later release.
    #[error("{} was written by a newer vtexid (version {found}, but this one supports {VERSION})", path.display())]
    Newer {
        /// The index.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// The store said no.
    #[error(transparent)]
    Store(#[from] StoreFailure),
    /// Another process is changing the account's session, and does not end.
    #[error("timed out waiting for another vtexid that is using the session of {account}: {cause}")]
    Busy {
        /// Whose.
        account: Account,
        /// What happened.
        cause: io::Error,
    },
    /// What is stored of a credential cannot be read.
    #[error("what is stored of {} is damaged", .1.token_words(.0))]
    Damaged(Account, Slot),
    /// The stored token cannot be read.
    #[error("{} is damaged: {cause}", slot.token_words(account))]
    Token {
        /// Whose.
        account: Account,
        /// Which of the account's credentials.
        slot: Slot,
        /// Which part is broken.
        cause: TokenError,
    },
}

impl SessionError {
    /// A lock that could not be taken.
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
