//! Saving and deleting credentials. A credential's one entry in its store is
//! written first and the index last, so that the index never promises what is
//! not there.

use super::{
    AccountLock, Entry, Line, Session, SessionError, index::aside, item::Item, kind, old::old_kinds,
};
use crate::{
    account::Account,
    disk,
    slot::Slot,
    store::{self, SecretKind, StoreKind},
    token::{Claims, Kind, Token},
};

/// What a login, a renewal or an app key brought.
pub struct NewCredential<'a> {
    /// Which of the account's credentials it is.
    pub slot: &'a Slot,
    /// Its secrets.
    pub item: &'a Item,
    /// Where to store it.
    pub store: StoreKind,
    /// What becomes of the current account.
    pub current: Current,
}

/// What becomes of the current account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Current {
    /// This one becomes the current account.
    Becomes,
    /// This one does if there is none.
    IfNone,
    /// It stays.
    Stays,
}

/// Secrets that are still where the credential was before.
#[derive(Debug)]
pub struct StaleSecrets {
    /// The kind of that store.
    pub store: StoreKind,
    /// Why they could not be deleted.
    pub error: SessionError,
}

impl Session {
    /// Saves a credential, in place of the previous one in its slot.
    ///
    /// # Errors
    /// When its secrets or the index could not be written; what was stored
    /// before is still there then.
    pub fn save(
        &mut self,
        lock: &AccountLock,
        new: &NewCredential<'_>,
    ) -> Result<Option<StaleSecrets>, SessionError> {
        let (account, slot) = (lock.account(), new.slot);
        self.reload()?;
        self.move_old(account, slot);
        let line = self.line(account);
        let before = line.get(slot).cloned();
        // A login that fails leaves the person before. Of the same person the
        // new secrets are better even without a line in the index.
        let old_item = before
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
        let is_new_there = before.as_ref().is_none_or(|old| old.store != new.store);
        if saved.is_err() && is_new_there {
            // Secrets that no command knows of could never be deleted.
            let _ = self.store(new.store).delete(account, kind(slot));
        }
        saved?;
        // Only now: had anything failed, the old ones would still be right.
        Ok(self.delete_previous(account, &line, slot, new.store))
    }

    /// Deletes the secrets of a credential that moved: out of the store it was
    /// in before, as `line` says, and out of the entries of version 1.
    fn delete_previous(
        &self,
        account: &Account,
        line: &Line,
        slot: &Slot,
        now_in: StoreKind,
    ) -> Option<StaleSecrets> {
        let before = line.get(slot)?;
        let mut kinds = Vec::new();
        if before.store != now_in {
            kinds.push(kind(slot));
        }
        if before.old {
            kinds.extend(old_kinds(line, slot));
        }
        let deleted = self.delete_secrets(account, before.store, &kinds);
        deleted.err().map(|error| StaleSecrets {
            store: before.store,
            error,
        })
    }

    /// Moves the account's other credentials out of the entries of version 1,
    /// where they can be read: the next write would be in their way.
    fn move_old(&mut self, account: &Account, except: &Slot) {
        let line = self.line(account);
        for (slot, entry) in line.entries() {
            if !entry.old || slot == *except {
                continue;
            }
            // What cannot be moved now stays as it is and can be the next time.
            let Ok(Some(item)) = self.item(account, &slot) else {
                continue;
            };
            let moved = self.write_item(account, &slot, entry.store, &item);
            let moved = moved.and_then(|()| {
                let entry = self.describe(account, &item, entry.store);
                self.change_index(|index| {
                    if let Some(line) = index.accounts.get_mut(account) {
                        line.set(&slot, entry);
                    }
                })
            });
            if moved.is_ok() {
                let _ = self.delete_secrets(account, entry.store, &old_kinds(&line, &slot));
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

    /// A credential's line in the index.
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
            old: false,
        }
    }

    /// Everything the index knows of the account.
    fn line(&self, account: &Account) -> Line {
        self.accounts().get(account).cloned().unwrap_or_default()
    }

    /// Deletes a credential: its secrets first, then its line in the index.
    ///
    /// # Errors
    /// When something could not be deleted; it stays known then.
    pub fn forget(&mut self, lock: &AccountLock, slot: &Slot) -> Result<(), SessionError> {
        self.reload()?;
        self.delete_credential(lock.account(), slot)?;
        self.remove_line(lock.account(), slot)
    }

    /// The same, but it is not known any more even where its secrets could not
    /// be deleted. Why they could not.
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
        self.remove_line(lock.account(), slot)?;
        Ok(deleted.err())
    }

    fn delete_credential(&self, account: &Account, slot: &Slot) -> Result<(), SessionError> {
        let line = self.line(account);
        let Some(entry) = line.get(slot) else {
            return Ok(());
        };
        // A move out of version 1 that was cut off may have left entries.
        let mut kinds = vec![kind(slot)];
        kinds.extend(old_kinds(&line, slot));
        self.delete_secrets(account, entry.store, &kinds)
    }

    fn remove_line(&mut self, account: &Account, slot: &Slot) -> Result<(), SessionError> {
        self.change_index(|index| {
            if let Some(line) = index.accounts.get_mut(account) {
                line.remove(slot);
                if !line.is_empty() {
                    return;
                }
            }
            index.accounts.remove(account);
            for place in [&mut index.current, &mut index.previous] {
                place.take_if(|named| named == account);
            }
        })
    }

    /// Deletes a refresh token that VTEX ID refuses.
    ///
    /// # Errors
    /// When the store cannot be asked.
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

    /// Removes what a crash left behind. Called with the index's lock held, so
    /// that no account becomes known meanwhile.
    pub(super) fn sweep(&self) {
        disk::sweep(&self.dir);
        // Where a login leaves its page.
        if let Ok(locks) = self.lock_dir() {
            disk::sweep(&locks);
        }
        // Beside an index that was damaged, secrets that this one does not
        // know of may be all that is left of an account.
        let damaged = aside(&self.dir, 1).exists();
        store::sweep(&self.dir.join("secrets"), |account, name| {
            // Whoever holds the lock is about to make it known.
            let nobody_saves_it = || self.try_lock_account(account).is_some();
            !damaged && !self.knows(account, name) && nobody_saves_it()
        });
    }

    /// Whether an entry of that name is one of the account's.
    fn knows(&self, account: &Account, name: &str) -> bool {
        let Some(line) = self.accounts().get(account) else {
            return false;
        };
        // A login may be trying the store.
        name == SecretKind::Probe.name()
            || line.entries().any(|(slot, entry)| {
                kind(&slot).name() == name
                    || entry.old && old_kinds(line, &slot).iter().any(|k| k.name() == name)
            })
    }
}

/// Whether two credentials are the same person's or the same app key's.
fn is_same_login(one: &Item, other: &Item) -> bool {
    let login = |item: &Item| {
        let token = item.token().ok().flatten();
        token.and_then(|token| token.claims().login().map(str::to_owned))
    };
    login(one).is_some() && login(one) == login(other)
}
