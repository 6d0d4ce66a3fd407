//! The operating system's keyring: Secret Service, macOS Keychain, Windows
//! Credential Manager.
//!
//! Every call runs on a thread of its own against a deadline, because the
//! platforms' libraries wait for ever on a daemon that hangs or on a dialog
//! that nobody answers. A thread that missed its deadline is left behind; the
//! process ends soon after.

use std::{sync::mpsc, time::Duration};

use keyring::{Entry, Error};

use super::{SecretKind, Slow, Store, StoreError, Wait};
use crate::{account::Account, config, secret::Secret, threads};

/// Secrets in the keyring, filed under one service name.
pub struct KeyringStore {
    service: String,
    wait: Wait,
}

impl KeyringStore {
    /// Opens nothing yet.
    pub fn new(service: &str, wait: Wait) -> Self {
        Self {
            service: service.to_owned(),
            wait,
        }
    }

    /// Runs one keyring call against the deadline.
    fn call<T: Send + 'static>(
        &self,
        account: &Account,
        kind: SecretKind,
        action: impl FnOnce(&str, &str) -> keyring::Result<T> + Send + 'static,
    ) -> Result<Option<T>, StoreError> {
        let service = self.service.clone();
        let user = format!("{account}:{}", kind.as_str());
        let (sender, receiver) = mpsc::channel();
        // The connection to D-Bus starts threads of its own.
        threads::check()?;
        threads::start(move || {
            let answer = action(&service, &user);
            // Nobody listens any more when the deadline has passed.
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
        match answer {
            Ok(Ok(value)) => Ok(Some(value)),
            Ok(Err(Error::NoEntry)) => Ok(None),
            Ok(Err(error)) => Err(explain(account, &self.service, error)),
            Err(_) => Err(StoreError::Silent(self.wait.timeout.as_secs())),
        }
    }
}

impl Store for KeyringStore {
    fn get(&self, account: &Account, kind: SecretKind) -> Result<Option<Secret>, StoreError> {
        let Some(bytes) = self.call(account, kind, |service, user| {
            #[cfg(all(unix, not(target_os = "macos")))]
            if let Some(answer) = super::quick::look(service, user) {
                return answer;
            }
            Entry::new(service, user)?.get_secret()
        })?
        else {
            return Ok(None);
        };
        String::from_utf8(bytes)
            .map(|text| Some(Secret::new(text)))
            .map_err(|_| StoreError::Corrupt(account.clone(), "it is not text".to_owned()))
    }

    fn set(&self, account: &Account, kind: SecretKind, secret: &Secret) -> Result<(), StoreError> {
        let secret = secret.clone();
        self.call(account, kind, move |service, user| {
            let entry = Entry::new(service, user)?;
            // Bytes, not a password: Windows would store that as UTF-16 and
            // hold half as much.
            let set = || entry.set_secret(secret.expose().as_bytes());
            match set() {
                Err(Error::Ambiguous(_)) => delete_all(&entry).and_then(|()| set()),
                done => done,
            }
        })
        .map(|_| ())
    }

    fn delete(&self, account: &Account, kind: SecretKind) -> Result<bool, StoreError> {
        self.call(account, kind, |service, user| {
            delete_all(&Entry::new(service, user)?)
        })
        .map(|deleted| deleted.is_some())
    }
}

/// Deletes the entry, and what others put beside it under the same name: with
/// two of them neither can be read, replaced or deleted as the one.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method's type is in keyring-core, which is no dependency"
)]
fn delete_all(entry: &Entry) -> keyring::Result<()> {
    match entry.delete_credential() {
        Err(Error::Ambiguous(entries)) => entries
            .iter()
            .try_for_each(|entry| entry.delete_credential()),
        done => done,
    }
}

/// Sorts what the platform said into the few cases that have different remedies.
fn explain(account: &Account, service: &str, error: Error) -> StoreError {
    match error {
        Error::NoDefaultStore => {
            let cause = Entry::store_status().as_ref().err().map(root);
            // The library says the same of a bus that is not there.
            if cfg!(all(unix, not(target_os = "macos")))
                && let Err(invalid) = config::check_bus()
            {
                return invalid.into();
            }
            let bus = if cfg!(all(unix, not(target_os = "macos"))) {
                "no D-Bus session bus: "
            } else {
                ""
            };
            StoreError::Missing(format!("{bus}{}", cause.unwrap_or_default()))
        }
        Error::NoStorageAccess(_) => StoreError::Locked(root(&error)),
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) => {
            // Their own text may quote the stored bytes.
            StoreError::Corrupt(account.clone(), "it cannot be decoded".to_owned())
        }
        Error::Ambiguous(_) => StoreError::Corrupt(
            account.clone(),
            format!(
                "the keyring holds more than one entry of that name under the service `{service}`"
            ),
        ),
        Error::TooLong(name, limit) => {
            StoreError::TooLarge(format!("its {name} can have {limit} characters"))
        }
        // Creating an item in a locked collection is reported as a platform
        // failure; only the text of the cause tells.
        other => {
            let text = root(&other);
            let lower = text.to_lowercase();
            if lower.contains("locked") || lower.contains("prompt") {
                StoreError::Locked(text)
            } else if lower.contains("serviceunknown")
                || lower.contains("not provided by any")
                || lower.contains("no secret service")
            {
                StoreError::Missing(text)
            } else {
                StoreError::Other(format!("the keyring failed: {text}"))
            }
        }
    }
}

/// The innermost cause, which is the only one that says something.
fn root(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
