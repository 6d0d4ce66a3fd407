//! Stores credentials between runs: an index on disk, which holds no secrets,
//! and the secrets in the store chosen for each account.
//!
//! Not for messages to the user, and not for the workings of a store.
//!
//! Two locks protect them. The holder of an account's lock (`AccountLock`) may
//! change the account's secrets and its entry in the index; the lock is held
//! while reading, asking VTEX ID, and writing. The index has its own lock, held
//! only while the index is read and replaced, never while a store is opened.

mod error;
mod index;
mod item;
mod lock;
mod old;
mod save;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use self::index::{INDEX, Index};
pub use self::{
    error::SessionError,
    index::{AccountEntry, Entry, Repair},
    item::{Item, NewTokens},
    lock::AccountLock,
    save::{Current, NewCredential, StaleSecrets},
};
use crate::{
    account::Account,
    clock::Clock,
    config::Desktop,
    secret::Secret,
    slot::Slot,
    store::{self, Keyring, OpenStore, SecretKind, StoreKind, Wait},
    token::Token,
};

/// Where sessions are stored.
#[derive(Clone, Debug)]
pub struct Place {
    /// The folder of the index, and of the files of `--store file`.
    pub dir: PathBuf,
    /// The folder of the locks. It is the same for every `dir` of a user,
    /// because keyring entries are too. `None` puts the locks into `dir`.
    pub locks: Option<PathBuf>,
    /// The name of the sandbox, if one is used. Its sessions have their own
    /// folder and keyring name, so they never mix with real ones.
    pub sandbox: Option<String>,
}

/// The accounts known on this machine, for one VTEX ID.
pub struct Session {
    dir: PathBuf,
    locks: PathBuf,
    service: String,
    wait: Wait,
    clock: Clock,
    index: Index,
}

impl Session {
    /// Reads the index.
    ///
    /// # Errors
    /// When the index cannot be read. A damaged index is set aside and rebuilt;
    /// then the second value is set.
    pub fn open(
        place: &Place,
        wait: Wait,
        clock: Clock,
    ) -> Result<(Self, Option<Repair>), SessionError> {
        let mut session = Self::unread(place, wait, clock);
        session.check_dir()?;
        let repair = if let Ok(index) = session.read(INDEX)? {
            session.index = index;
            None
        } else {
            let _lock = session.lock_index()?;
            session.repair()?
        };
        session.clock.remember(session.index.clock);
        Ok((session, repair))
    }

    /// Reads the index without messages, waiting or changes. An index that is
    /// damaged or cannot be read counts as empty.
    pub fn peek(place: &Place, clock: Clock) -> Self {
        let wait = Wait {
            timeout: Duration::ZERO,
            on_slow: Arc::new(|_| {}),
            person: false,
            desktop: Desktop::default(),
            keyring: Keyring::default(),
        };
        let mut session = Self::unread(place, wait, clock);
        if session.check_dir().is_ok()
            && let Ok(Ok(index)) = session.read(INDEX)
        {
            session.index = index;
        }
        session.clock.remember(session.index.clock);
        session
    }

    /// A session whose index has not been read.
    fn unread(place: &Place, wait: Wait, clock: Clock) -> Self {
        let (dir, service) = match &place.sandbox {
            None => (place.dir.clone(), "vtexid".to_owned()),
            Some(name) => (
                place.dir.join("sandbox").join(name),
                format!("vtexid-sandbox-{name}"),
            ),
        };
        let locks = place.locks.as_ref().unwrap_or(&place.dir).join(&service);
        Self {
            dir,
            locks,
            service,
            wait,
            clock,
            index: Index::default(),
        }
    }

    /// Every known account.
    pub fn accounts(&self) -> &BTreeMap<Account, AccountEntry> {
        &self.index.accounts
    }

    /// The account that was logged in or switched to last.
    pub fn current(&self) -> Option<&Account> {
        self.index.current.as_ref()
    }

    /// The previous current account.
    pub fn previous(&self) -> Option<&Account> {
        self.index.previous.as_ref()
    }

    /// The folder of the index.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes a known account the current one.
    ///
    /// # Errors
    /// When the index cannot be written.
    pub fn switch(&mut self, account: &Account) -> Result<(), SessionError> {
        self.change_index(|index| index.make_current(account))
    }

    /// Stores how far this machine's clock is off, according to VTEX ID's
    /// answers, if that is new.
    ///
    /// # Errors
    /// When the index cannot be written.
    pub fn save_clock(&mut self) -> Result<(), SessionError> {
        match (self.clock.measured(), self.index.clock) {
            (Some(None), None) | (None, _) => Ok(()),
            _ => self.change_index(|_| {}),
        }
    }

    /// A credential's entry in the index.
    pub fn entry(&self, account: &Account, slot: &Slot) -> Option<&Entry> {
        self.index.accounts.get(account)?.get(slot)
    }

    /// A credential's secrets. `None` if the index does not list the credential
    /// or its store has lost it.
    ///
    /// # Errors
    /// When the store cannot be read or the secrets are damaged.
    pub fn item(&self, account: &Account, slot: &Slot) -> Result<Option<Item>, SessionError> {
        let Some(entry) = self.entry(account, slot) else {
            return Ok(None);
        };
        let text = self.store(entry.store).get(account, kind(slot))?;
        match text {
            Some(text) => {
                let damaged = || SessionError::Damaged(account.clone(), slot.clone());
                Item::decode(&text).ok_or_else(damaged).map(Some)
            }
            None if entry.is_version_1 => self.old_item(account, slot, entry),
            None => Ok(None),
        }
    }

    /// The saved app key pair. Code that replaces its entry must save the pair
    /// again, also in another store: VTEX shows an app token only once.
    ///
    /// # Errors
    /// As [`Session::item`].
    pub fn app_key_pair(
        &self,
        account: &Account,
    ) -> Result<Option<(String, Secret)>, SessionError> {
        let item = self.item(account, &Slot::Key)?;
        Ok(item.and_then(|item| item.pair))
    }

    /// A credential's token.
    ///
    /// # Errors
    /// As [`Session::item`], and when the token is damaged.
    pub fn token(&self, account: &Account, slot: &Slot) -> Result<Option<Token>, SessionError> {
        let Some(item) = self.item(account, slot)? else {
            return Ok(None);
        };
        item.token().map_err(|cause| SessionError::Token {
            account: account.clone(),
            slot: slot.clone(),
            cause,
        })
    }

    /// Checks that the index and the store can be written, so that a login fails
    /// before a browser opens, and a renewal before it uses up a refresh token.
    /// Returns whether a test entry was written.
    ///
    /// # Errors
    /// The error that saving would have.
    pub fn probe(&self, account: &Account, kind: StoreKind) -> Result<bool, SessionError> {
        {
            let _lock = self.lock_index()?;
            self.probe_index()?;
        }
        Ok(self.store(kind).probe(account)?)
    }

    fn store(&self, kind: StoreKind) -> OpenStore {
        store::open(
            kind,
            &self.dir.join("secrets"),
            &self.service,
            self.wait.clone(),
        )
    }
}

/// Which entry of the store holds a credential.
fn kind(slot: &Slot) -> SecretKind {
    match slot {
        Slot::User => SecretKind::User,
        Slot::Key => SecretKind::Key,
        Slot::Shopper(email) => SecretKind::Shopper(email.hash()),
    }
}
