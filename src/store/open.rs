//! A store as the rest of the program has it: whatever it fails with says whose
//! secret it was about and where the person sits, which is what a hint needs.
//!
//! Not for the stores themselves, and not for the words of a hint.

use std::path::Path;

#[cfg(target_os = "linux")]
use super::kernel::KernelStore;
use super::{
    SecretKind, Store, StoreError, StoreKind, Wait, file::FileStore, keyring::KeyringStore, probe,
};
use crate::{account::Account, config::Desktop, secret::Secret};

/// Why a store did not do what was asked, for whom, and where.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{cause}")]
pub struct StoreFailure {
    /// Whose secret it was about; `None` for a test entry that is nobody's.
    pub account: Option<Account>,
    /// The desktop whose keyring was asked.
    pub desktop: Desktop,
    /// What happened.
    pub cause: StoreError,
}

impl StoreFailure {
    /// The same where no account is known that somebody could log in to.
    #[must_use]
    pub fn of_nobody(self) -> Self {
        Self {
            account: None,
            ..self
        }
    }
}

/// A store that can be asked.
pub struct OpenStore {
    store: Box<dyn Store>,
    desktop: Desktop,
}

/// Opens the store of that kind. `dir` is where a file store keeps its files,
/// `service` what a keyring files the secrets under; neither is touched yet.
pub fn open(kind: StoreKind, dir: &Path, service: &str, wait: Wait) -> OpenStore {
    let desktop = wait.desktop;
    let store: Box<dyn Store> = match kind {
        StoreKind::Keyring => Box::new(KeyringStore::new(service, wait)),
        #[cfg(target_os = "linux")]
        StoreKind::Kernel => Box::new(KernelStore::new(service)),
        #[cfg(not(target_os = "linux"))]
        StoreKind::Kernel => Box::new(NoKernel),
        StoreKind::File => Box::new(FileStore::new(dir)),
    };
    OpenStore { store, desktop }
}

impl OpenStore {
    /// The secret, or `None` when there is none.
    ///
    /// # Errors
    /// When the store could not be asked.
    pub fn get(&self, account: &Account, kind: SecretKind) -> Result<Option<Secret>, StoreFailure> {
        let got = self.store.get(account, kind);
        got.map_err(|cause| self.failure(account, cause))
    }

    /// Keeps `secret`, in place of what was there.
    ///
    /// # Errors
    /// When it could not be kept; what was there before still is.
    pub fn set(
        &self,
        account: &Account,
        kind: SecretKind,
        secret: &Secret,
    ) -> Result<(), StoreFailure> {
        let set = self.store.set(account, kind, secret);
        set.map_err(|cause| self.failure(account, cause))
    }

    /// Deletes the secret; says whether there was one.
    ///
    /// # Errors
    /// When the store could not be asked.
    pub fn delete(&self, account: &Account, kind: SecretKind) -> Result<bool, StoreFailure> {
        let deleted = self.store.delete(account, kind);
        deleted.map_err(|cause| self.failure(account, cause))
    }

    /// Finds out whether the store works, by writing, reading and deleting.
    /// Says whether there was a test entry: there is none where it would stay.
    ///
    /// # Errors
    /// What a real write would have failed with.
    pub fn probe(&self, account: &Account) -> Result<bool, StoreFailure> {
        probe(&*self.store, account).map_err(|cause| self.failure(account, cause))
    }

    fn failure(&self, account: &Account, cause: StoreError) -> StoreFailure {
        StoreFailure {
            account: Some(account.clone()),
            desktop: self.desktop,
            cause,
        }
    }
}

/// What `--store kernel` gets where the kernel is not Linux.
#[cfg(not(target_os = "linux"))]
struct NoKernel;

#[cfg(not(target_os = "linux"))]
impl NoKernel {
    fn refuse<T>() -> Result<T, StoreError> {
        Err(StoreError::Kernel("it exists only on Linux".to_owned()))
    }
}

#[cfg(not(target_os = "linux"))]
impl Store for NoKernel {
    fn get(&self, _: &Account, _: SecretKind) -> Result<Option<Secret>, StoreError> {
        Self::refuse()
    }

    fn set(&self, _: &Account, _: SecretKind, _: &Secret) -> Result<(), StoreError> {
        Self::refuse()
    }

    fn delete(&self, _: &Account, _: SecretKind) -> Result<bool, StoreError> {
        Self::refuse()
    }
}
