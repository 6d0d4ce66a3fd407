//! Where secrets are kept: one entry per account and [`SecretKind`].
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
    /// Nothing of value: written and deleted to see whether the store works.
    Probe,
    /// Version 1: the access token.
    OldToken,
    /// Version 1: the refresh token that renews it.
    OldRefresh,
    /// Version 1: the app token that belongs to the account's app key.
    OldAppToken,
}

impl SecretKind {
    /// Those of which an account has one at most.
    const PLAIN: [Self; 6] = [
        Self::User,
        Self::Key,
        Self::Probe,
        Self::OldToken,
        Self::OldRefresh,
        Self::OldAppToken,
    ];

    /// The entry's own name among those of its account.
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

    /// What people read in the keyring's own windows.
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

/// So many other processes may delete a test entry in the middle of ours.
const PROBES: usize = 20;

/// What is waited for.
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
    /// After this the keyring counts as silent.
    pub timeout: Duration,
    /// Called once when something takes longer than a second.
    pub on_slow: Arc<dyn Fn(Slow<'_>)>,
    /// Whether somebody is there to answer a dialog.
    pub person: bool,
    /// The desktop whose keyring it is, for hints.
    pub desktop: Desktop,
    /// What this command knows of the keyring by now.
    pub keyring: Keyring,
}

/// The places a secret can be kept in, as named on the command line.
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
    /// Where a secret is then, in words.
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

/// Why a store did not do what was asked. Absence is not among these.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing on this machine offers a keyring.
    #[error("could not reach a keyring: {0}")]
    Missing(String),
    /// The kernel's key service, which is not there or says no.
    #[error("the kernel's key service (keyutils) cannot be used: {0}")]
    Kernel(String),
    /// The kernel has keys of their own for each user namespace, and none of
    /// this account in this one.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "Linux only"))]
    #[error(
        "this user namespace (a container, or `unshare`) has its own kernel keys, and none for {0}"
    )]
    OtherNamespace(Account),
    /// It is there, but locked, or a person or policy said no.
    #[cfg_attr(
        windows,
        expect(dead_code, reason = "the Credential Manager is open or missing")
    )]
    #[error("the keyring is locked and was not unlocked, or access was refused: {0}")]
    Locked(String),
    /// It is there and has nothing open to keep a secret in.
    #[cfg_attr(
        any(windows, target_os = "macos"),
        expect(dead_code, reason = "a Secret Service's alone")
    )]
    #[error("the keyring has no default collection, or no database is open in it")]
    NoCollection,
    /// It is there and said nothing within the given number of seconds.
    #[error("the keyring did not answer within {0}s")]
    Silent(u64),
    /// What came back is not what was stored.
    #[error("what is stored for {0} is damaged: {1}")]
    Corrupt(Account, String),
    /// The secret is longer than this store can hold.
    #[error("the secret is too long for the store: {0}")]
    TooLarge(String),
    /// The private file or its folder can be read by others, or is not ours.
    #[error("{0}")]
    Unsafe(String),
    /// `DBUS_SESSION_BUS_ADDRESS` cannot be read.
    #[error(transparent)]
    BusAddress(#[from] Invalid),
    /// There is no thread to wait for the keyring on.
    #[error(transparent)]
    NoThread(#[from] NoThread),
    /// The private file or its folder cannot be read or written.
    #[error("{0}")]
    File(String),
    /// Anything else the store said.
    #[error("{0}")]
    Other(String),
}

/// A place that keeps secrets.
pub trait Store {
    /// The secret, or `None` when there is none.
    ///
    /// # Errors
    /// When the store could not be asked.
    fn get(&self, account: &Account, kind: SecretKind) -> Result<Option<Secret>, StoreError>;

    /// Keeps `secret`, in place of what was there.
    ///
    /// # Errors
    /// When it could not be kept; what was there before still is.
    fn set(&self, account: &Account, kind: SecretKind, secret: &Secret) -> Result<(), StoreError>;

    /// Forgets the secret; says whether there was one.
    ///
    /// # Errors
    /// When the store could not be asked.
    fn delete(&self, account: &Account, kind: SecretKind) -> Result<bool, StoreError>;

    /// Whether it keeps what is deleted, so that a test entry would stay. Then
    /// it was found to be open.
    ///
    /// # Errors
    /// When the store could not be asked.
    fn keeps_deleted(&self, _account: &Account) -> Result<bool, StoreError> {
        Ok(false)
    }
}

/// Removes what a crash left behind where that can be seen, which is with
/// files. `unknown` judges an account and the name of one of its entries.
pub fn sweep(dir: &Path, unknown: impl Fn(&Account, &str) -> bool) {
    FileStore::new(dir).sweep(unknown);
}

/// Finds out whether the store works, by writing, reading and deleting. Says
/// whether there was a test entry: there is none where it would stay.
///
/// The entry has a fixed name, because one that a killed process leaves behind
/// could not be found again under a random one. So other processes may write
/// and delete the same entry at the same time, and what they wrote is as good.
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
            // Deleted by another process while it was being replaced.
            Err(error @ (StoreError::Corrupt(..) | StoreError::Other(_))) => {
                problem = Some(error);
                continue;
            }
            Err(error) => return Err(error),
        }
        match store.get(account, SecretKind::Probe) {
            Ok(Some(_)) => {
                // What another process has deleted already is gone as well.
                let _ = store.delete(account, SecretKind::Probe);
                return Ok(true);
            }
            Ok(None) | Err(StoreError::Corrupt(..)) => {}
            // Deleted between being found and being read.
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
