//! A store for the rest of the program: its failures name the account and the
//! desktop, which hints need.
//!
//! Not for the stores themselves, nor for the hints.

use std::path::Path;

#[cfg(target_os = "linux")]
use super::kernel::KernelStore;
use super::{
    SecretKind, Store, StoreError, StoreKind, Wait, file::FileStore, keyring::KeyringStore, probe,
};
use crate::{account::Account, config::Desktop, secret::Secret};

/// Why a store failed, for which account, on which desktop.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{cause}")]
pub struct StoreFailure {
    /// The secret's account; `None` for a test entry without one.
    pub account: Option<Account>,
    /// The desktop whose keyring was asked.
    pub desktop: Desktop,
    /// What happened.
    pub cause: StoreError,
}

impl StoreFailure {
    /// The same failure without an account.
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

/// Opens the store of that kind. `dir` is the file store's folder, `service`
/// the keyring's service name. Nothing is opened yet.
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

    /// Saves `secret`, and replaces a previous one.
    ///
    /// # Errors
    /// When it could not be saved; the previous secret stays.
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

    /// Checks that the store works, by writing, reading and deleting a test
    /// entry. Returns whether it used one: it does not if the entry would stay.
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

/// `--store kernel` on other systems than Linux.
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
