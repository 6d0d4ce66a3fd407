//! The keyrings of macOS and Windows, through the `keyring` crate.
//!
//! Not for time limits: `keyring` has them.

use keyring::{Entry as Native, Error};

#[cfg(windows)]
use super::pieces;
use super::{StoreError, keyring::Entry};
use crate::account::Account;

/// The secret, or `None` when there is none.
///
/// # Errors
/// When the keyring could not be asked.
pub fn get(entry: &Entry) -> Result<Option<Vec<u8>>, StoreError> {
    #[cfg(windows)]
    return pieces::get(entry, &entry.user);
    #[cfg(not(windows))]
    get_one(entry, &entry.user)
}

fn get_one(entry: &Entry, user: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let got = find(entry, user).and_then(|native| native.get_secret());
    sort(&entry.account, got)
}

/// Writes the secret, in place of what was there.
///
/// # Errors
/// When it could not be written.
pub fn set(entry: &Entry, secret: &[u8]) -> Result<(), StoreError> {
    #[cfg(windows)]
    return pieces::set(entry, &entry.user, secret);
    #[cfg(not(windows))]
    set_one(entry, &entry.user, secret)
}

fn set_one(entry: &Entry, user: &str, secret: &[u8]) -> Result<(), StoreError> {
    // Bytes, not a password: Windows would store that as UTF-16 and hold half
    // as much.
    let set = find(entry, user).and_then(|native| native.set_secret(secret));
    sort(&entry.account, set).map(drop)
}

/// Deletes the entry; whether there was one.
///
/// # Errors
/// When it could not be deleted.
pub fn delete(entry: &Entry) -> Result<bool, StoreError> {
    #[cfg(windows)]
    return pieces::delete(entry, &entry.user);
    #[cfg(not(windows))]
    delete_one(entry, &entry.user)
}

fn delete_one(entry: &Entry, user: &str) -> Result<bool, StoreError> {
    let deleted = find(entry, user).and_then(|native| native.delete_credential());
    sort(&entry.account, deleted).map(|deleted| deleted.is_some())
}

/// Whether a deleted entry would stay somewhere: not here.
///
/// # Errors
/// None.
#[expect(clippy::unnecessary_wraps, reason = "others have to be asked")]
pub fn keeps_deleted(_: &Entry) -> Result<bool, StoreError> {
    Ok(false)
}

fn find(entry: &Entry, user: &str) -> keyring::Result<Native> {
    Native::new(&entry.service, user)
}

#[cfg(windows)]
impl pieces::Entries for Entry {
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        get_one(self, name)
    }

    fn set(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        set_one(self, name, bytes)
    }

    fn delete(&self, name: &str) -> Result<bool, StoreError> {
        delete_one(self, name)
    }
}

/// Sorts what the platform said into the few cases that have different remedies.
fn sort<T>(account: &Account, answer: keyring::Result<T>) -> Result<Option<T>, StoreError> {
    Err(match answer {
        Ok(value) => return Ok(Some(value)),
        Err(Error::NoEntry) => return Ok(None),
        Err(Error::NoDefaultStore) => {
            let cause = Native::store_status().as_ref().err().map(root);
            StoreError::Missing(cause.unwrap_or_default())
        }
        Err(error @ Error::NoStorageAccess(_)) => StoreError::Locked(root(&error)),
        Err(
            Error::BadEncoding(_)
            | Error::BadDataFormat(..)
            | Error::BadStoreFormat(_)
            | Error::Ambiguous(_),
        ) => {
            // Their own text may quote the stored bytes.
            StoreError::Corrupt(account.clone(), "it cannot be decoded".to_owned())
        }
        Err(Error::TooLong(name, limit)) => {
            StoreError::TooLarge(format!("its {name} can have {limit} characters"))
        }
        Err(other) => StoreError::Other(format!("the keyring failed: {}", root(&other))),
    })
}

/// The innermost cause, which is the only one that says something.
fn root(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
