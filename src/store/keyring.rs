//! The operating system's keyring: Secret Service, macOS Keychain, Windows
//! Credential Manager.
//!
//! Every call runs on its own thread with a time limit, because keyrings may
//! hang, or wait for ever for a dialog. A thread that exceeds the limit is
//! abandoned; the process ends soon after. Not for how a keyring is asked: that
//! is `secret_service`'s and `native`'s.

use std::{
    sync::{Arc, OnceLock, mpsc},
    time::Duration,
};

#[cfg(any(windows, target_os = "macos"))]
use super::native as system;
#[cfg(not(any(windows, target_os = "macos")))]
use super::secret_service as system;
use super::{SecretKind, Slow, Store, StoreError, Wait, read_secret};
use crate::{account::Account, secret::Secret, threads};

/// Secrets in the keyring, filed under one service name.
pub struct KeyringStore {
    service: String,
    wait: Wait,
}

/// One entry of the keyring.
pub struct Entry {
    /// The name shared by all of vtexid's entries.
    pub service: String,
    /// The entry's own name.
    pub user: String,
    /// Its label in the keyring's windows.
    #[cfg_attr(
        any(windows, target_os = "macos"),
        expect(dead_code, reason = "Linux only")
    )]
    pub label: String,
    /// Whose secret it is.
    pub account: Account,
    /// Whether somebody is there to choose a new keyring's password.
    #[cfg_attr(
        any(windows, target_os = "macos"),
        expect(dead_code, reason = "Linux only")
    )]
    pub person: bool,
    /// The time limit for a dialog.
    #[cfg_attr(
        any(windows, target_os = "macos"),
        expect(dead_code, reason = "Linux only")
    )]
    pub timeout: Duration,
    /// The connection to it.
    #[cfg(not(any(windows, target_os = "macos")))]
    pub bus: system::SharedBus,
}

/// What one command knows of the keyring, for every store that it opens.
#[derive(Clone, Default)]
pub struct Keyring {
    /// Why it is not asked again: it was silent, or stayed locked.
    gave_up: Arc<OnceLock<StoreError>>,
    /// The connection to it.
    #[cfg(not(any(windows, target_os = "macos")))]
    bus: system::SharedBus,
}

impl KeyringStore {
    /// Does not contact the keyring yet.
    pub fn new(service: &str, wait: Wait) -> Self {
        Self {
            service: service.to_owned(),
            wait,
        }
    }

    /// Runs one keyring call with the time limit. A command does not ask again
    /// after a time-out or a refused unlock.
    fn call<T: Send + 'static>(
        &self,
        account: &Account,
        kind: SecretKind,
        action: impl FnOnce(&Entry) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if let Some(error) = self.wait.keyring.gave_up.get() {
            return Err(error.clone());
        }
        let entry = Entry {
            service: self.service.clone(),
            user: format!("{account}:{}", kind.name()),
            label: format!("{}: {} of {account}", self.service, kind.label()),
            account: account.clone(),
            person: self.wait.person,
            timeout: self.wait.timeout,
            #[cfg(not(any(windows, target_os = "macos")))]
            bus: self.wait.keyring.bus.clone(),
        };
        let (sender, receiver) = mpsc::channel();
        threads::start(move || {
            let answer = action(&entry);
            // After the time limit nobody receives this.
            let _ = sender.send(answer);
        })?;
        let first = Duration::from_secs(1).min(self.wait.timeout);
        let answer = match receiver.recv_timeout(first) {
            Err(mpsc::RecvTimeoutError::Timeout) => {
                (self.wait.on_slow)(Slow::Keyring);
                receiver.recv_timeout(self.wait.timeout.saturating_sub(first))
            }
            answered => answered,
        };
        let silent = StoreError::Silent(self.wait.timeout.as_secs());
        let answer = answer.unwrap_or(Err(silent));
        if let Err(error @ (StoreError::Silent(_) | StoreError::Locked(_))) = &answer {
            let _ = self.wait.keyring.gave_up.set(error.clone());
        }
        answer
    }
}

impl Store for KeyringStore {
    fn get(&self, account: &Account, kind: SecretKind) -> Result<Option<Secret>, StoreError> {
        let Some(bytes) = self.call(account, kind, system::get)? else {
            return Ok(None);
        };
        read_secret(account, bytes).map(Some)
    }

    fn set(&self, account: &Account, kind: SecretKind, secret: &Secret) -> Result<(), StoreError> {
        let secret = secret.clone();
        self.call(account, kind, move |entry| {
            system::set(entry, secret.expose().as_bytes())
        })
    }

    fn delete(&self, account: &Account, kind: SecretKind) -> Result<bool, StoreError> {
        self.call(account, kind, system::delete)
    }

    fn keeps_deleted(&self, account: &Account) -> Result<bool, StoreError> {
        self.call(account, SecretKind::Probe, system::keeps_deleted)
    }
}
