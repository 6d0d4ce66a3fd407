//! The keyrings of macOS and Windows, through the crates of `keyring-core`.
//!
//! Not for time limits: `keyring` has them.

use keyring_core::{Entry as Native, Error, api::CredentialStoreApi as _};

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

/// Writes the secret, and replaces a previous one.
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
    // The Keychain asks before this release may change or read another
    // release's entry. A new entry belongs to this release.
    #[cfg(target_os = "macos")]
    delete_one(entry, user)?;
    // Stored as bytes: Windows would store a password as UTF-16, which takes
    // twice the space.
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

#[cfg(target_os = "macos")]
fn find(entry: &Entry, user: &str) -> keyring_core::Result<Native> {
    use apple_native_keyring_store::keychain::Store;
    Store::new()?.build(&entry.service, user, None)
}

/// Keeps the credential on this machine: by default a domain copies it to the
/// user's other machines.
#[cfg(windows)]
fn find(entry: &Entry, user: &str) -> keyring_core::Result<Native> {
    use windows_native_keyring_store::Store;
    let stays = [("persistence", "Local")].into();
    Store::new()?.build(&entry.service, user, Some(&stays))
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

/// Maps the platform's error to the cases with different hints.
fn sort<T>(account: &Account, answer: keyring_core::Result<T>) -> Result<Option<T>, StoreError> {
    Err(match answer {
        Ok(value) => return Ok(Some(value)),
        Err(Error::NoEntry) => return Ok(None),
        // For SSH and services: without a password login there is no Credential
        // Manager.
        #[cfg(windows)]
        Err(Error::NoStorageAccess(_)) => StoreError::Missing(
            "Windows opens the Credential Manager only to a login with a password \
             (ERROR_NO_SUCH_LOGON_SESSION)"
                .to_owned(),
        ),
        #[cfg(target_os = "macos")]
        Err(Error::NoStorageAccess(error) | Error::PlatformFailure(error)) => sort_code(&*error),
        Err(
            Error::BadEncoding(_)
            | Error::BadDataFormat(..)
            | Error::BadStoreFormat(_)
            | Error::Ambiguous(_),
        ) => {
            // The error's own text may quote the stored bytes.
            StoreError::Corrupt(account.clone(), "it cannot be decoded".to_owned())
        }
        Err(Error::TooLong(name, limit)) => {
            StoreError::TooLarge(format!("its {name} can have at most {limit} characters"))
        }
        Err(other) => StoreError::Other(format!("the keyring failed: {}", root(&other))),
    })
}

/// Maps the Keychain's error codes (`SecBase.h`).
#[cfg(target_os = "macos")]
fn sort_code(error: &(dyn std::error::Error + 'static)) -> StoreError {
    let known = error.downcast_ref::<security_framework::base::Error>();
    match known.map(|error| error.code()) {
        // errSecNotAvailable, errSecNoSuchKeychain, errSecInvalidKeychain
        Some(-25291 | -25294 | -25295) => StoreError::Missing(error.to_string()),
        // errSecInteractionNotAllowed, which a locked keychain gives where no
        // dialog can be shown, userCanceledErr, errSecNoDefaultKeychain,
        // wrPermErr, errSecInvalidOwnerEdit, errSecReadOnly, errSecAuthFailed
        Some(-25308 | -128 | -25307 | -61 | -25244 | -25292 | -25293) => {
            StoreError::Locked(error.to_string())
        }
        _ => StoreError::Other(format!("the keyring failed: {error}")),
    }
}

/// The innermost cause, the only informative one.
fn root(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
