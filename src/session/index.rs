//! The index on disk lists the accounts and holds no secrets. It is replaced in
//! one step under a lock, and rebuilt from its copy if it is damaged.
//!
//! Not for the secrets, and not for deciding what the index lists.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::{Session, SessionError, old};
use crate::{
    account::Account,
    clock::Measured,
    disk,
    slot::{Email, Slot},
    store::{Slow, StoreKind},
    token::Kind,
};

pub(super) const INDEX: &str = "index.json";
/// A copy of the index, to rebuild a damaged one from.
const COPY: &str = "index.copy.json";
/// Enough for a hundred thousand accounts.
const MAX_INDEX_BYTES: u64 = 32 << 20;
/// The most that a login writes, besides the index as it is: the files of a
/// token, a refresh token and an app token, and the growth of the index.
const MAX_SECRETS_BYTES: usize = 32 << 10;
const LOCK: &str = "index.lock";
const MAX_WAIT: Duration = Duration::from_secs(10);
pub(super) const VERSION: u32 = 2;

/// A credential's entry in the index: everything that is known without opening
/// its store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// The login in the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// The token's kind.
    pub kind: Kind,
    /// The account in the token, if it differs from the account it is saved for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_account: Option<String>,
    /// When the token expires, in epoch seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<i64>,
    /// Where the secrets are.
    pub store: StoreKind,
    /// The app key whose app token is stored, to make new tokens with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_key: Option<String>,
    /// When its refresh token was stored, in epoch seconds; `None` without a
    /// refresh token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_since: Option<i64>,
    /// Whether its secrets are still in the entries of version 1.
    #[serde(rename = "old", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_version_1: bool,
}

impl Entry {
    /// Whether vtexid can renew it without the user; `None` if only its store
    /// knows.
    pub fn renews(&self) -> Option<bool> {
        if self.app_key.is_some() || self.refresh_since.is_some() {
            Some(true)
        } else {
            (!self.is_version_1).then_some(false)
        }
    }
}

/// An account's entry in the index. A credential of one kind never replaces one
/// of another kind.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct AccountEntry {
    /// The user logged in to the Admin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<Entry>,
    /// The app key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Entry>,
    /// The shoppers, by their e-mail addresses.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shoppers: BTreeMap<Email, Entry>,
}

impl AccountEntry {
    /// The entry of one credential.
    pub fn get(&self, slot: &Slot) -> Option<&Entry> {
        match slot {
            Slot::User => self.user.as_ref(),
            Slot::Key => self.key.as_ref(),
            Slot::Shopper(email) => self.shoppers.get(email),
        }
    }

    /// The credential to use without `--as`: never a shopper.
    pub fn default_slot(&self) -> Option<Slot> {
        let user = self.user.as_ref().map(|_| Slot::User);
        user.or_else(|| self.key.as_ref().map(|_| Slot::Key))
    }

    /// Every credential.
    pub fn entries(&self) -> impl Iterator<Item = (Slot, &Entry)> {
        let shopper = |(email, entry)| (Slot::Shopper(Email::clone(email)), entry);
        let user = self.user.iter().map(|entry| (Slot::User, entry));
        user.chain(self.key.iter().map(|entry| (Slot::Key, entry)))
            .chain(self.shoppers.iter().map(shopper))
    }

    /// The store of this credential, or of another one of the account if this
    /// one is not stored.
    pub fn store(&self, slot: &Slot) -> Option<StoreKind> {
        let entry = self.get(slot).or(self.entries().next().map(|(_, e)| e));
        entry.map(|entry| entry.store)
    }

    pub(super) fn set(&mut self, slot: &Slot, entry: Entry) {
        match slot {
            Slot::User => self.user = Some(entry),
            Slot::Key => self.key = Some(entry),
            Slot::Shopper(email) => drop(self.shoppers.insert(email.clone(), entry)),
        }
    }

    pub(super) fn remove(&mut self, slot: &Slot) {
        match slot {
            Slot::User => self.user = None,
            Slot::Key => self.key = None,
            Slot::Shopper(email) => drop(self.shoppers.remove(email)),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries().next().is_none()
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Index {
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) current: Option<Account>,
    /// The previous current account, for `switch -`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) previous: Option<Account>,
    /// How far this machine's clock was off at VTEX ID's last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) clock: Option<Measured>,
    pub(super) accounts: BTreeMap<Account, AccountEntry>,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            version: VERSION,
            current: None,
            previous: None,
            clock: None,
            accounts: BTreeMap::new(),
        }
    }
}

impl Index {
    pub(super) fn make_current(&mut self, account: &Account) {
        if self.current.as_ref() != Some(account) {
            self.previous = self.current.replace(account.clone());
        }
    }

    /// Reads an index of version 1 or 2.
    fn parse(text: &[u8], version: u32) -> Result<Self, serde_json::Error> {
        if version == 1 {
            serde_json::from_slice::<old::Index>(text).map(Self::from)
        } else {
            serde_json::from_slice(text)
        }
    }
}

/// A damaged index that was set aside.
#[derive(Debug)]
pub struct Repair {
    /// The file it was copied to; `None` if the index was missing.
    pub aside: Option<PathBuf>,
    /// How many accounts were restored from the copy; `None` without a copy.
    pub restored: Option<usize>,
}

impl Session {
    /// Reads the index again, changes it, and writes it.
    pub(super) fn change_index(
        &mut self,
        change: impl FnOnce(&mut Index),
    ) -> Result<(), SessionError> {
        let _lock = self.lock_index()?;
        self.reload()?;
        change(&mut self.index);
        if let Some(measured) = self.clock.measured() {
            self.index.clock = measured;
        }
        self.write()?;
        self.sweep();
        Ok(())
    }

    /// Locks the index. The lock is held only while the index is read and
    /// replaced, never while a store is opened.
    pub(super) fn lock_index(&self) -> Result<fs::File, SessionError> {
        disk::create_private_dir(&self.dir).map_err(|e| self.io("create", "", e))?;
        self.check_dir()?;
        let on_slow = || (self.wait.on_slow)(Slow::Index);
        let path = self.dir.join(LOCK);
        disk::lock(&path, MAX_WAIT, on_slow).map_err(|e| SessionError::lock(&path, e))
    }

    /// Checks that the index can be written. The caller holds the lock.
    pub(super) fn probe_index(&self) -> Result<(), SessionError> {
        let index = fs::metadata(self.dir.join(INDEX)).map_or(0, |meta| meta.len());
        let index = usize::try_from(index).unwrap_or(usize::MAX / 4);
        // The new index and its copy, in addition to the old ones.
        disk::check_room(&self.dir, MAX_SECRETS_BYTES + 2 * index)
            .map_err(|e| self.io("write to", "", e))?;
        // The index may be a link into another folder; it is replaced there.
        let real =
            disk::follow_own_links(&self.dir.join(INDEX)).map_err(|e| self.io("open", INDEX, e))?;
        match real.parent().filter(|folder| *folder != self.dir) {
            Some(folder) => disk::check_room(folder, index).map_err(|cause| SessionError::Io {
                attempt: "write to",
                path: folder.to_owned(),
                cause,
            }),
            None => Ok(()),
        }
    }

    /// Rejects a folder that others can write to: they could replace the index,
    /// the locks and the files in it.
    pub(super) fn check_dir(&self) -> Result<(), SessionError> {
        match disk::check_private_dir(&self.dir) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(self.io("use", "", e)),
            _ => Ok(()),
        }
    }

    /// Reads the index again, because another process may have changed it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn reload(&mut self) -> Result<(), SessionError> {
        match self.read(INDEX)? {
            Ok(index) => self.index = index,
            Err(_) => drop(self.repair()?),
        }
        Ok(())
    }

    /// Writes the copy last: after a crash in between, the index is complete and
    /// the copy is one change behind.
    pub(super) fn write(&self) -> Result<(), SessionError> {
        let text = serde_json::to_vec_pretty(&self.index)
            .map_err(|e| self.io("write", INDEX, e.into()))?;
        disk::follow_own_links(&self.dir.join(INDEX))
            .and_then(|path| disk::write_atomically(&path, &text))
            .map_err(|e| {
                if disk::is_folders_fault(&e) {
                    self.io("write to", "", e)
                } else {
                    self.io("write", INDEX, e)
                }
            })?;
        // The copy matters only if the index is damaged, so this may fail.
        let _ = disk::write_atomically(&self.dir.join(COPY), &text);
        Ok(())
    }

    /// Reads the index or its copy. The inner error means that it is damaged; a
    /// missing file is an empty index.
    pub(super) fn read(
        &self,
        name: &str,
    ) -> Result<Result<Index, serde_json::Error>, SessionError> {
        #[derive(Default, Deserialize)]
        struct Versioned {
            version: u32,
        }
        let path = self.dir.join(name);
        let real = disk::follow_own_links(&path).map_err(|e| self.io("open", name, e))?;
        let file = match disk::open_private(&real) {
            // If there is a copy, a missing index was lost.
            Err(e) if e.kind() == io::ErrorKind::NotFound && name == INDEX && self.has_copy() => {
                return Ok(serde_json::from_slice(b""));
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Ok(Index::default())),
            other => other.map_err(|e| self.io("open", name, e))?,
        };
        if real != path {
            disk::check_own_file(&file).map_err(|e| self.io("open", name, e))?;
        }
        let mut text = Vec::new();
        // A longer file is cut off, so it is invalid JSON and counts as damaged.
        file.take(MAX_INDEX_BYTES)
            .read_to_end(&mut text)
            .map_err(|e| self.io("read", name, e))?;
        // A newer index may have another format; that is not damage.
        let Versioned { version } = serde_json::from_slice(&text).unwrap_or_default();
        if version > VERSION {
            return Err(SessionError::Newer {
                path,
                found: version,
            });
        }
        let index = Index::parse(&text, version);
        Ok(index)
    }

    /// Sets a damaged index aside and rebuilds it from its copy. The caller
    /// holds the lock.
    pub(super) fn repair(&mut self) -> Result<Option<Repair>, SessionError> {
        // Another process may have repaired it while this one waited.
        if let Ok(index) = self.read(INDEX)? {
            self.index = index;
            return Ok(None);
        }
        let copy = if self.has_copy() {
            self.read(COPY)?.ok()
        } else {
            None
        };
        let aside = self.set_aside()?;
        let restored = copy.as_ref().map(|index| index.accounts.len());
        self.index = copy.unwrap_or_default();
        self.write()?;
        Ok(Some(Repair { aside, restored }))
    }

    /// Copies a damaged index to another file, so that the user can look at it.
    /// The index stays in place until it is replaced, so that a crash in between
    /// does not lose the list of accounts.
    fn set_aside(&self) -> Result<Option<PathBuf>, SessionError> {
        let failed = |e| self.io("set aside", INDEX, e);
        let damaged = disk::follow_own_links(&self.dir.join(INDEX)).map_err(failed)?;
        if !damaged.exists() {
            return Ok(None);
        }
        let aside = (1..1000)
            .map(|n| aside(&self.dir, n))
            .find(|path| !path.exists())
            .unwrap_or_else(|| self.dir.join("index.damaged.json"));
        fs::copy(damaged, &aside).map_err(failed)?;
        Ok(Some(aside))
    }

    fn has_copy(&self) -> bool {
        self.dir.join(COPY).exists()
    }

    pub(super) fn io(&self, attempt: &'static str, name: &str, cause: io::Error) -> SessionError {
        SessionError::Io {
            attempt,
            path: if name.is_empty() {
                self.dir.clone()
            } else {
                self.dir.join(name)
            },
            cause,
        }
    }
}

/// Where the nth damaged index is set aside.
pub(super) fn aside(dir: &Path, n: usize) -> PathBuf {
    dir.join(format!("index.damaged-{n}.json"))
}
