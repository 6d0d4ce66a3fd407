//! Saving and deleting a session. Secrets are written first, the refresh token
//! before the token, and the index last, so that the index never promises a
//! token that is not there.

use super::{AccountLock, Entry, Session, SessionError, index::aside};
use crate::{
    account::Account,
    disk,
    secret::Secret,
    store::{self, OpenStore, SecretKind, StoreKind},
    token::TokenPair,
};

/// What a login, a renewal or an app key brought.
pub struct NewSession<'a> {
    /// The token, and maybe the refresh token.
    pub pair: &'a TokenPair,
    /// The app key and app token that made it, where they are to be stored.
    pub app_key: Option<(&'a str, &'a Secret)>,
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

/// Secrets that are still in the store that an account used before.
#[derive(Debug)]
pub struct StaleSecrets {
    /// The kind of that store.
    pub store: StoreKind,
    /// Why they could not be deleted.
    pub error: SessionError,
}

impl Session {
    /// Saves a session, in place of the account's previous one.
    ///
    /// # Errors
    /// When a secret or the index could not be written; what was stored before
    /// is still there then.
    pub fn save(
        &mut self,
        lock: &AccountLock,
        new: &NewSession<'_>,
    ) -> Result<Option<StaleSecrets>, SessionError> {
        let account = lock.account();
        self.reload()?;
        let before = self.accounts().get(account).cloned();
        let moved_from = before
            .as_ref()
            .filter(|old| old.store != new.store)
            .map(|old| old.store);
        // A stored app key moves along to another store.
        let (moved, stuck) = match (moved_from, new.app_key) {
            (Some(_), None) => match self.pair(account) {
                Ok(found) => (found, None),
                Err(error) => (None, Some(error)),
            },
            _ => (None, None),
        };
        let app_key = new
            .app_key
            .or(moved.as_ref().map(|(key, token)| (&**key, token)));
        let saved = self.save_all(account, new, app_key, before.as_ref());
        if saved.is_err() && before.is_none() {
            // Secrets that no command knows of could never be deleted.
            let _ = self.delete_secrets(account, new.store, &SecretKind::KEPT);
        }
        saved?;
        // Only now: had anything failed, the old store would still be right.
        // That it cannot be asked any more may be why another is used.
        let Some(store) = moved_from else {
            return Ok(None);
        };
        let deleted = match stuck {
            // What could not be read is all there is of the app token.
            Some(error) => {
                let _ =
                    self.delete_secrets(account, store, &[SecretKind::User, SecretKind::Refresh]);
                Err(error)
            }
            None => self.delete_secrets(account, store, &SecretKind::KEPT),
        };
        Ok(deleted.err().map(|error| StaleSecrets { store, error }))
    }

    fn save_all(
        &mut self,
        account: &Account,
        new: &NewSession<'_>,
        app_key: Option<(&str, &Secret)>,
        before: Option<&Entry>,
    ) -> Result<(), SessionError> {
        let store = self.store(new.store);
        if let Some((_, app_token)) = app_key {
            store.set(account, SecretKind::AppKey, app_token)?;
        }
        save_secrets(&store, account, new.pair)?;
        let claims = new.pair.token.claims();
        let kept_key = || before.filter(|old| old.store == new.store)?.app_key.clone();
        let entry = Entry {
            login: claims.login().map(str::to_owned),
            kind: claims.kind(),
            token_account: claims.other_account(account).map(str::to_owned),
            expires_on: claims.seconds("exp"),
            store: new.store,
            app_key: app_key.map(|(key, _)| key.to_owned()).or_else(kept_key),
        };
        self.change_index(|index| {
            index.accounts.insert(account.clone(), entry);
            let becomes = match new.current {
                Current::Becomes => true,
                Current::IfNone => index.current.is_none(),
                Current::Stays => false,
            };
            if becomes {
                index.make_current(account);
            }
        })
    }

    /// Deletes an account: its secrets first, then its line in the index.
    ///
    /// # Errors
    /// When something could not be deleted; the account stays known then.
    pub fn forget(&mut self, lock: &AccountLock) -> Result<(), SessionError> {
        self.reload()?;
        self.delete_all(lock.account())?;
        self.remove_line(lock.account())
    }

    /// The same, but the account is not known any more even where its secrets
    /// could not be deleted. Why they could not.
    ///
    /// # Errors
    /// When the index cannot be written.
    pub fn forget_anyway(
        &mut self,
        lock: &AccountLock,
    ) -> Result<Option<SessionError>, SessionError> {
        self.reload()?;
        let deleted = self.delete_all(lock.account());
        self.remove_line(lock.account())?;
        Ok(deleted.err())
    }

    fn delete_all(&self, account: &Account) -> Result<(), SessionError> {
        match self.accounts().get(account) {
            Some(entry) => self.delete_secrets(account, entry.store, &SecretKind::KEPT),
            None => Ok(()),
        }
    }

    fn remove_line(&mut self, account: &Account) -> Result<(), SessionError> {
        self.change_index(|index| {
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
    pub fn forget_refresh(&self, lock: &AccountLock) -> Result<(), SessionError> {
        match self.accounts().get(lock.account()) {
            Some(entry) => self.delete_secrets(lock.account(), entry.store, &[SecretKind::Refresh]),
            None => Ok(()),
        }
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
        store::sweep(&self.dir.join("secrets"), |account| {
            // Whoever holds the lock is about to make the account known.
            let nobody_saves_it = || self.try_lock_account(account).is_some();
            !damaged && !self.accounts().contains_key(account) && nobody_saves_it()
        });
    }
}

/// The refresh token first: with it alone a session goes on, while a new token
/// beside a used-up one ends when that token does.
fn save_secrets(
    store: &OpenStore,
    account: &Account,
    pair: &TokenPair,
) -> Result<(), SessionError> {
    if let Some(refresh) = &pair.refresh {
        store.set(account, SecretKind::Refresh, refresh)?;
    }
    store.set(account, SecretKind::User, pair.token.secret())?;
    if pair.refresh.is_none() {
        // One that belongs to the session before would renew the wrong one; but
        // not before there is something in its place.
        store.delete(account, SecretKind::Refresh)?;
    }
    Ok(())
}
