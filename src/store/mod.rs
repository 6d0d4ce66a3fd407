//! Where secrets are stored: one entry per account and [`SecretKind`].
//!
//! Not for knowing what a token is, which accounts exist, or which store an
//! account uses: that is `session`'s. Nothing here prints.

#[cfg(target_os = "linux")]
mod bus;
mod file;
#[cfg(target_os = "linux")]
mod kernel;
mod keyring;
#[cfg(any(windows, target_os = "macos"))]
mod native;
mod open;
#[cfg(any(windows, test))]
mod pieces;
#[cfg(not(any(windows, target_os = "macos")))]
mod secret_service;

use std::{fmt, path::Path, sync::Arc, time::Duration};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

#[cfg(target_os = "linux")]
pub use self::bus::first_reachable;
use self::file::FileStore;
pub use self::{
    keyring::Keyring,
    open::{OpenStore, StoreFailure, open},
};
use crate::{
    account::Account,
    config::{Desktop, Invalid},
    hex::hex,
    secret::Secret,
    threads::NoThread,
};

/// Which of an account's entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// The user's credential.
    User,
    /// The app key's credential.
    Key,
    /// A shopper's credential, by the hash of the e-mail address.
    Shopper([u8; 16]),
    /// A test entry: written and deleted to check that the store works.
    Probe,
    /// Version 1: the access token.
    OldToken,
    /// Version 1: the refresh token that renews it.
    OldRefresh,
    /// Version 1: the app token that belongs to the account's app key.
    OldAppToken,
}

impl SecretKind {
    /// The kinds that an account has at most once.
    const PLAIN: [Self; 6] = [
        Self::User,
        Self::Key,
        Self::Probe,
        Self::OldToken,
        Self::OldRefresh,
        Self::OldAppToken,
    ];

    /// The entry's name within its account.
    pub fn name(self) -> String {
        let name = match self {
            Self::User => "login",
            Self::Key => "key",
            Self::Shopper(hash) => return format!("shopper-{}", hex(&hash)),
            Self::Probe => "probe",
            Self::OldToken => "user",
            Self::OldRefresh => "refresh",
            Self::OldAppToken => "app-token",
        };
        name.to_owned()
    }

    /// Whether an entry of ours can have this name.
    fn is_name(name: &str) -> bool {
        let is_digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        let is_hash = |hash: &str| hash.len() == 32 && hash.bytes().all(is_digit);
        let is_plain = |kind: Self| kind.name() == name;
        name.strip_prefix("shopper-").is_some_and(is_hash) || Self::PLAIN.into_iter().any(is_plain)
    }

    /// Its label in the keyring's own windows.
    fn label(self) -> &'static str {
        match self {
            Self::User | Self::OldToken => "token",
            Self::Key => "app key",
            Self::Shopper(_) => "shopper's token",
            Self::Probe => "test entry",
            Self::OldRefresh => "refresh token",
            Self::OldAppToken => "app token",
        }
    }
}

/// Tries of the test entry, which other processes may delete at the same time.
const PROBES: usize = 20;

/// What vtexid waits for.
#[derive(Clone, Copy, Debug)]
pub enum Slow<'a> {
    /// The keyring, which may be showing a dialog.
    Keyring,
    /// Another process that is changing this account's session.
    Session(&'a Account),
    /// Another process that is changing the index.
    Index,
}

/// How long to wait for the keyring, and what to do about any long wait.
#[derive(Clone)]
pub struct Wait {
    /// The time limit for the keyring.
    pub timeout: Duration,
    /// Called once when something takes longer than a second.
    pub on_slow: Arc<dyn Fn(Slow<'_>)>,
    /// Whether somebody is there to answer a dialog.
    pub person: bool,
    /// The desktop whose keyring it is, for hints.
    pub desktop: Desktop,
    /// What this command has learned about the keyring.
    pub keyring: Keyring,
}

/// The stores, as named on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum StoreKind {
    /// The operating system's keyring.
    #[default]
    Keyring,
    /// The Linux kernel's memory, until a restart or three days without use.
    Kernel,
    /// A plain-text file that only you can read.
    File,
}

impl StoreKind {
    /// The store in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Keyring => "the keyring",
            Self::Kernel => "the kernel's memory, until a restart or three days without use",
            Self::File => "a plain-text file",
        }
    }
}

impl fmt::Display for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keyring => "keyring",
            Self::Kernel => "kernel",
            Self::File => "file",
        })
    }
}

/// Why a store failed. A missing secret is not a failure.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing on this machine offers a keyring.
    #[error("could not reach a keyring: {0}")]
    Missing(String),
    /// There is no session bus, over which a keyring would be reached.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "Linux only"))]
    #[error("this machine has no keyring that vtexid can reach (no D-Bus session bus)")]
    NoBus,
    /// The kernel's key service is missing or refused.
    #[error("the kernel's key service (keyutils) cannot be used: {0}")]
    Kernel(String),
    /// The kernel has keys of their own for each user namespace, and none of
    /// this account in this one.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "Linux only"))]
    #[error(
        "this user namespace (a container, or `unshare`) has its own kernel keys, and none for {0}"
    )]
    OtherNamespace(Account),
    /// The keyring is locked, or a person or a policy denied access.
    #[cfg_attr(
        windows,
        expect(dead_code, reason = "the Credential Manager is open or missing")
    )]
    #[error("the keyring is locked and was not unlocked, or access was refused: {0}")]
    Locked(String),
    /// The keyring has no open collection.
    #[cfg_attr(
        any(windows, target_os = "macos"),
        expect(dead_code, reason = "a Secret Service's alone")
    )]
    #[error("the keyring has no default collection, or no database is open in it")]
    NoCollection,
    /// The keyring did not answer within this many seconds.
    #[error("the keyring did not answer within {0}s")]
    Silent(u64),
    /// The stored value is damaged.
    #[error("what is stored for {0} is damaged: {1}")]
    Corrupt(Account, String),
    /// The secret is longer than this store can hold.
    #[error("the secret is too long for the credential store: {0}")]
    TooLarge(String),
    /// The private file or its folder can be read by others, or is not ours.
    #[error("{0}")]
    Unsafe(String),
    /// `DBUS_SESSION_BUS_ADDRESS` cannot be read.
    #[error(transparent)]
    BusAddress(#[from] Invalid),
    /// No thread could be started.
    #[error(transparent)]
    NoThread(#[from] NoThread),
    /// The private file or its folder cannot be read or written.
    #[error("{0}")]
    File(String),
    /// Any other error of the store.
    #[error("{0}")]
    Other(String),
}

/// A store of secrets.
pub trait Store {
    /// The secret, or `None` when there is none.
    ///
    /// # Errors
    /// When the store could not be asked.
    fn get(&self, account: &Account, kind: SecretKind) -> Result<Option<Secret>, StoreError>;

    /// Saves `secret`, and replaces a previous one.
    ///
    /// # Errors
    /// When it could not be saved; the previous secret stays.
    fn set(&self, account: &Account, kind: SecretKind, secret: &Secret) -> Result<(), StoreError>;

    /// Deletes the secret. Returns whether there was one.
    ///
    /// # Errors
    /// When the store could not be asked.
    fn delete(&self, account: &Account, kind: SecretKind) -> Result<bool, StoreError>;

    /// Whether it keeps deleted entries, so that a test entry would stay. If
    /// so, it is unlocked.
    ///
    /// # Errors
    /// When the store could not be asked.
    fn keeps_deleted(&self, _account: &Account) -> Result<bool, StoreError> {
        Ok(false)
    }
}

/// Removes files that a crash left behind. `unknown` decides about an account
/// and an entry's name.
pub fn sweep(dir: &Path, unknown: impl Fn(&Account, &str) -> bool) {
    FileStore::new(dir).sweep(unknown);
}

/// The secret in an entry's bytes.
fn read_secret(account: &Account, bytes: Vec<u8>) -> Result<Secret, StoreError> {
    String::from_utf8(bytes)
        .map(Secret::new)
        .map_err(|_| StoreError::Corrupt(account.clone(), "it is not valid UTF-8".to_owned()))
}

/// Checks that the store works, by writing, reading and deleting a test entry.
/// Returns whether it used one: it does not if the entry would stay.
///
/// The entry has a fixed name, so that an entry left by a killed process can be
/// found again. Other processes may write and delete it at the same time; their
/// entry is just as good.
///
/// # Errors
/// What a real write would have failed with.
fn probe(store: &dyn Store, account: &Account) -> Result<bool, StoreError> {
    if store.keeps_deleted(account)? {
        return Ok(false);
    }
    let written = Secret::new("vtexid writes this to see whether it can".to_owned());
    let mut problem = None;
    for _ in 0..PROBES {
        match store.set(account, SecretKind::Probe, &written) {
            Ok(()) => {}
            // Another process deleted it while it was being replaced.
            Err(error @ (StoreError::Corrupt(..) | StoreError::Other(_))) => {
                problem = Some(error);
                continue;
            }
            Err(error) => return Err(error),
        }
        match store.get(account, SecretKind::Probe) {
            Ok(Some(_)) => {
                // Another process may have deleted it already.
                let _ = store.delete(account, SecretKind::Probe);
                return Ok(true);
            }
            Ok(None) | Err(StoreError::Corrupt(..)) => {}
            // Another process deleted it between the search and the read.
            Err(error @ StoreError::Other(_)) => problem = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(problem.unwrap_or_else(|| {
        StoreError::Corrupt(
            account.clone(),
            "a test entry disappeared right after it was saved".to_owned(),
        )
    }))
}
