//! The Linux kernel's key service (keyutils), for servers without a keyring:
//! in memory that is never swapped out, gone at a restart or when it was not
//! used for three days (`/proc/sys/kernel/keys/persistent_keyring_expiry`).
//!
//! Kept in the user's persistent keyring, which is linked to this process's own
//! keyring while it runs. Not to the session keyring, which containers, `su` and
//! cron do not have.
//!
//! Each user namespace has its own persistent keyrings. They are empty at first,
//! so inside a namespace a token that was saved outside looks deleted.

use std::fs;

use linux_keyutils::{Key, KeyError, KeyRing, KeyRingIdentifier};

use super::{SecretKind, Store, StoreError, read_secret};
use crate::{account::Account, secret::Secret};

/// Secrets as keys of type `user`, named `{service}:{account}:{kind}`.
pub struct KernelStore {
    service: String,
}

impl KernelStore {
    /// Asks the kernel nothing yet.
    pub fn new(service: &str) -> Self {
        Self {
            service: service.to_owned(),
        }
    }

    fn name(&self, account: &Account, kind: SecretKind) -> String {
        format!("{}:{account}:{}", self.service, kind.name())
    }

    fn find(&self, account: &Account, kind: SecretKind) -> Result<Option<Key>, StoreError> {
        let found = self.search(account, kind)?;
        // Only these entries may be in another user namespace. A token of version
        // 1 has an entry of its own.
        let is_missed = !matches!(
            kind,
            SecretKind::Probe | SecretKind::OldRefresh | SecretKind::OldAppToken
        );
        if found.is_none()
            && is_missed
            && in_user_namespace()
            && self.search(account, SecretKind::OldToken)?.is_none()
        {
            return Err(StoreError::OtherNamespace(account.clone()));
        }
        Ok(found)
    }

    fn search(&self, account: &Account, kind: SecretKind) -> Result<Option<Key>, StoreError> {
        match ring()?.search(&self.name(account, kind)) {
            Ok(key) => Ok(Some(key)),
            // An expired or revoked key counts as missing.
            Err(KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked) => {
                Ok(None)
            }
            Err(e) => Err(failed(e)),
        }
    }
}

impl Store for KernelStore {
    fn get(&self, account: &Account, kind: SecretKind) -> Result<Option<Secret>, StoreError> {
        let Some(key) = self.find(account, kind)? else {
            return Ok(None);
        };
        let bytes = key.read_to_vec().map_err(failed)?;
        read_secret(account, bytes).map(Some)
    }

    fn set(&self, account: &Account, kind: SecretKind, secret: &Secret) -> Result<(), StoreError> {
        ring()?
            .add_key(&self.name(account, kind), secret.expose())
            .map(drop)
            .map_err(|e| match e {
                // What `add_key(2)` says of more than 32,767 bytes.
                KeyError::InvalidArguments => {
                    StoreError::TooLarge("a key can have at most 32,767 bytes".to_owned())
                }
                KeyError::QuotaExceeded => StoreError::TooLarge(
                    "the user's quota for keys is used up (/proc/key-users)".to_owned(),
                ),
                other => failed(other),
            })
    }

    fn delete(&self, account: &Account, kind: SecretKind) -> Result<bool, StoreError> {
        // Entries of version 1 have usually been moved.
        let found = match kind {
            SecretKind::OldToken => self.search(account, kind)?,
            _ => self.find(account, kind)?,
        };
        match found {
            // Unlinking would leave it in other keyrings.
            Some(key) => key.invalidate().map(|()| true).map_err(failed),
            None => Ok(false),
        }
    }
}

/// Makes the user's persistent keyring available to this process.
fn ring() -> Result<KeyRing, StoreError> {
    KeyRing::get_persistent(KeyRingIdentifier::Process).map_err(failed)
}

/// Whether this process is not in the machine's first user namespace, the only
/// one that maps every user to itself.
fn in_user_namespace() -> bool {
    let map = fs::read_to_string("/proc/self/uid_map");
    map.is_ok_and(|map| !map.split_whitespace().eq(["0", "0", "4294967295"]))
}

fn failed(error: KeyError) -> StoreError {
    let reason = match error {
        KeyError::PermissionDenied | KeyError::AccessDenied => "permission denied".to_owned(),
        // ENOSYS is 38 on all of Rust's Linux targets except MIPS, SPARC and the like.
        KeyError::Unknown(38) | KeyError::OperationNotSupported => {
            "this kernel does not have it".to_owned()
        }
        other => other.to_string(),
    };
    StoreError::Kernel(reason)
}
