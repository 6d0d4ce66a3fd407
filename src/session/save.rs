//! Saves and deletes credentials. Secrets are saved before the index is, so the
//! index never lists a secret that was not saved.
//!
//! Not for the format of the secrets (`item`) or of the index (`index`).

use super::{
    AccountEntry, AccountLock, Entry, Session, SessionError, index::aside, item::Item, kind,
    old::old_kinds,
};
use crate::{
    account::Account,
    disk,
    slot::Slot,
    store::{self, SecretKind, StoreKind},
    token::{Claims, Kind, Token},
};

/// The result of a login, of a renewal, or of an app key.
pub struct NewCredential<'a> {
    /// The credential's slot in its account.
    pub slot: &'a Slot,
    /// Its secrets.
    pub item: &'a Item,
    /// Where to store it.
    pub store: StoreKind,
    /// How saving changes the current account.
    pub current: Current,
}

/// How saving a credential changes the current account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Current {
    /// The credential's account becomes the current account.
    Becomes,
    /// The credential's account becomes the current one if there is none.
    IfNone,
    /// The current account stays the same.
    Stays,
}

/// The credential's previous secrets, which could not be deleted.
#[derive(Debug)]
pub struct StaleSecrets {
    /// The store that they are still in.
    pub store: StoreKind,
    /// Why they could not be deleted.
    pub error: SessionError,
}

impl Session {
    /// Saves a credential and replaces the previous one in its slot. Returns
    /// the previous secrets if they could not be deleted.
    ///
    /// # Errors
    /// When the secrets or the index cannot be written; the previous credential
    /// is still stored then.
    pub fn save(
        &mut self,
        lock: &AccountLock,
        new: &NewCredential<'_>,
    ) -> Result<Option<StaleSecrets>, SessionError> {
        let (account, slot) = (lock.account(), new.slot);
        self.reload()?;
        self.move_old(account, slot);
        let account_entry = self.account_entry(account);
        let previous = account_entry.get(slot).cloned();
        // If saving fails, restore the previous user's secrets. If it is the
        // same user, keep the new ones: they still work.
        let old_item = previous
            .as_ref()
            .filter(|old| old.store == new.store)
            .and_then(|_| self.item(account, slot).ok().flatten())
            .filter(|old| !is_same_login(old, new.item));
        let written = self.write_item(account, slot, new.store, new.item);
        let saved = written.and_then(|()| {
            let entry = self.describe(account, new.item, new.store);
            self.change_index(|index| {
                index
                    .accounts
                    .entry(account.clone())
                    .or_default()
                    .set(slot, entry);
                let becomes = match new.current {
                    Current::Becomes => true,
                    Current::IfNone => index.current.is_none(),
                    Current::Stays => false,
                };
                if becomes {
                    index.make_current(account);
                }
            })
        });
        if saved.is_err()
            && let Some(old) = &old_item
        {
            let _ = self.write_item(account, slot, new.store, old);
        }
        let is_new_to_store = previous.as_ref().is_none_or(|old| old.store != new.store);
        if saved.is_err() && is_new_to_store {
            // Without an entry in the index, no command could delete them.
            let _ = self.store(new.store).delete(account, kind(slot));
        }
        saved?;
        // Deleted last: if anything failed before, they would still be in use.
        Ok(self.delete_previous(account, &account_entry, slot, new.store))
    }

    /// Deletes a credential's secrets from its previous store, as listed in
    /// `account_entry`, and from the entries of version 1.
    fn delete_previous(
        &self,
        account: &Account,
        account_entry: &AccountEntry,
        slot: &Slot,
        new_store: StoreKind,
    ) -> Option<StaleSecrets> {
        let previous = account_entry.get(slot)?;
        let mut kinds = Vec::new();
        if previous.store != new_store {
            kinds.push(kind(slot));
        }
        if previous.is_version_1 {
            kinds.extend(old_kinds(account_entry, slot));
        }
        let deleted = self.delete_secrets(account, previous.store, &kinds);
        deleted.err().map(|error| StaleSecrets {
            store: previous.store,
            error,
        })
    }

    /// Moves the account's other credentials out of the entries of version 1,
    /// if they can be read. Credentials share those entries, and saving deletes
    /// them.
    fn move_old(&mut self, account: &Account, except: &Slot) {
        let account_entry = self.account_entry(account);
        for (slot, entry) in account_entry.entries() {
            if !entry.is_version_1 || slot == *except {
                continue;
            }
            // A credential that cannot be read now is moved by a later save.
            let Ok(Some(item)) = self.item(account, &slot) else {
                continue;
            };
            let moved = self.write_item(account, &slot, entry.store, &item);
            let moved = moved.and_then(|()| {
                let entry = self.describe(account, &item, entry.store);
                self.change_index(|index| {
                    if let Some(account_entry) = index.accounts.get_mut(account) {
                        account_entry.set(&slot, entry);
                    }
                })
            });
            if moved.is_ok() {
                let _ =
                    self.delete_secrets(account, entry.store, &old_kinds(&account_entry, &slot));
            }
        }
    }

    fn write_item(
        &self,
        account: &Account,
        slot: &Slot,
        store: StoreKind,
        item: &Item,
    ) -> Result<(), SessionError> {
        Ok(self.store(store).set(account, kind(slot), &item.encode())?)
    }

    /// A credential's entry in the index.
    fn describe(&self, account: &Account, item: &Item, store: StoreKind) -> Entry {
        let token = item.token().ok().flatten();
        let claims = token.as_ref().map(Token::claims);
        let app_key = item.pair.as_ref().map(|(key, _)| key.clone());
        let login = claims.and_then(|claims| claims.login()).map(str::to_owned);
        Entry {
            login: login.or_else(|| app_key.clone()),
            kind: claims.map_or(Kind::AppKey, Claims::kind),
            token_account: claims
                .and_then(|claims| claims.other_account(account))
                .map(str::to_owned),
            expires_on: claims.and_then(|claims| claims.seconds("exp")),
            store,
            app_key,
            refresh_since: item.refresh.is_some().then(|| self.clock.now()),
            is_version_1: false,
        }
    }

    /// The account's entry in the index, or an empty one.
    fn account_entry(&self, account: &Account) -> AccountEntry {
        self.accounts().get(account).cloned().unwrap_or_default()
    }

    /// Deletes a credential: its secrets first, then its entry in the index.
    ///
    /// # Errors
    /// When something could not be deleted; its entry stays in the index then.
    pub fn forget(&mut self, lock: &AccountLock, slot: &Slot) -> Result<(), SessionError> {
        self.reload()?;
        self.delete_credential(lock.account(), slot)?;
        self.remove_entry(lock.account(), slot)
    }

    /// Like [`Session::forget`], but removes the entry from the index even if
    /// the secrets cannot be deleted. Returns why they cannot.
    ///
    /// # Errors
    /// When the index cannot be written.
    pub fn forget_anyway(
        &mut self,
        lock: &AccountLock,
        slot: &Slot,
    ) -> Result<Option<SessionError>, SessionError> {
        self.reload()?;
        let deleted = self.delete_credential(lock.account(), slot);
        self.remove_entry(lock.account(), slot)?;
        Ok(deleted.err())
    }

    fn delete_credential(&self, account: &Account, slot: &Slot) -> Result<(), SessionError> {
        let account_entry = self.account_entry(account);
        let Some(entry) = account_entry.get(slot) else {
            return Ok(());
        };
        // An interrupted move out of version 1 may have left entries.
        let mut kinds = vec![kind(slot)];
        kinds.extend(old_kinds(&account_entry, slot));
        self.delete_secrets(account, entry.store, &kinds)
    }

    fn remove_entry(&mut self, account: &Account, slot: &Slot) -> Result<(), SessionError> {
        self.change_index(|index| {
            if let Some(account_entry) = index.accounts.get_mut(account) {
                account_entry.remove(slot);
                if !account_entry.is_empty() {
                    return;
                }
            }
            index.accounts.remove(account);
            for place in [&mut index.current, &mut index.previous] {
                place.take_if(|named| named == account);
            }
        })
    }

    /// Deletes a refresh token that VTEX ID rejects.
    ///
    /// # Errors
    /// When the store cannot be read or written, or the index cannot be written.
    pub fn forget_refresh(&mut self, lock: &AccountLock, slot: &Slot) -> Result<(), SessionError> {
        let account = lock.account();
        let Some(entry) = self.entry(account, slot).cloned() else {
            return Ok(());
        };
        let Some(mut item) = self.item(account, slot)? else {
            return Ok(());
        };
        item.refresh = None;
        let current = Current::Stays;
        let store = entry.store;
        self.save(
            lock,
            &NewCredential {
                slot,
                item: &item,
                store,
                current,
            },
        )
        .map(drop)
    }

    fn delete_secrets(
        &self,
        account: &Account,
        store: StoreKind,
        kinds: &[SecretKind],
    ) -> Result<(), SessionError> {
        let store = self.store(store);
        for kind in kinds {
            store.delete(account, *kind)?;
        }
        Ok(())
    }

    /// Removes files that a crash left behind. The caller holds the index's
    /// lock, so no account is added at the same time.
    pub(super) fn sweep(&self) {
        disk::sweep(&self.dir);
        // A login writes its page to this folder.
        if let Ok(locks) = self.lock_dir() {
            disk::sweep(&locks);
        }
        // After the index was damaged, secrets that are missing from the new
        // index may be the only trace of an account.
        let was_damaged = aside(&self.dir, 1).exists();
        store::sweep(&self.dir.join("secrets"), |account, name| {
            // Whoever holds the lock is saving this secret.
            let is_not_being_saved = || self.try_lock_account(account).is_some();
            !was_damaged && !self.lists(account, name) && is_not_being_saved()
        });
    }

    /// Whether the index lists a store entry of that name for the account.
    fn lists(&self, account: &Account, name: &str) -> bool {
        let Some(account_entry) = self.accounts().get(account) else {
            return false;
        };
        // Written by the check that a login makes.
        name == SecretKind::Probe.name()
            || account_entry.entries().any(|(slot, entry)| {
                kind(&slot).name() == name
                    || entry.is_version_1
                        && old_kinds(account_entry, &slot)
                            .iter()
                            .any(|k| k.name() == name)
            })
    }
}

/// Whether two credentials have the same login: one user or one app key.
fn is_same_login(one: &Item, other: &Item) -> bool {
    let login = |item: &Item| {
        let token = item.token().ok().flatten();
        token.and_then(|token| token.claims().login().map(str::to_owned))
    };
    login(one).is_some() && login(one) == login(other)
}
