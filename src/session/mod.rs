//! What is remembered between runs: an index on disk that holds nothing
//! secret, and the secrets in the store chosen for each account.
//!
//! Not for talking to people, and not for knowing how a store works. Secrets
//! are written first and the index last, so that the index never promises a
//! token that is not there; the index is replaced in one step, under a lock.

mod index;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

pub use self::index::{Entry, Repair};
use self::index::{INDEX, Index, VERSION, aside};
use crate::{
    account::Account,
    disk,
    secret::Secret,
    store::{self, SecretKind, Store, StoreError, StoreKind, Wait},
    token::{Token, TokenError, TokenPair},
};

/// Longer than three tries of a request to VTEX ID may take.
const RENEWAL_LIMIT: Duration = Duration::from_secs(60);

/// Why the session could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The index or its folder.
    #[error("could not {attempt} {}: {cause}", path.display())]
    Io {
        /// What was being done.
        attempt: &'static str,
        /// To what.
        path: PathBuf,
        /// What happened.
        cause: io::Error,
    },
    /// Written by a later release.
    #[error("{} was written by a newer vtexid (its version is {found}, this one knows {VERSION})", path.display())]
    Newer {
        /// The index.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// The store said no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stored token cannot be read.
    #[error("the token stored for {account} is damaged: {cause}")]
    Token {
        /// Whose.
        account: Account,
        /// Which part is broken.
        cause: TokenError,
    },
}

/// Secrets that are still in the store that an account used before.
#[derive(Debug)]
pub struct StaleSecrets {
    /// The kind of that store.
    pub store: StoreKind,
    /// Why they could not be deleted.
    pub error: SessionError,
}

/// The accounts known on this machine, for one VTEX ID.
pub struct Session {
    dir: PathBuf,
    service: String,
    wait: Wait,
    index: Index,
}

impl Session {
    /// Reads the index in `dir`. Sessions with a sandbox (`Some` name) live in
    /// a folder and under a keyring name of their own and never meet real ones.
    ///
    /// # Errors
    /// When the index cannot be read. A damaged one is no error: it is set
    /// aside and rebuilt, and the second value says so.
    pub fn open(
        dir: &Path,
        sandbox: Option<&str>,
        wait: Wait,
    ) -> Result<(Self, Option<Repair>), SessionError> {
        let mut session = Self::closed(dir, sandbox, wait);
        session.check_dir()?;
        let repair = if let Ok(index) = session.read(INDEX)? {
            session.index = index;
            None
        } else {
            let _lock = session.lock()?;
            session.repair()?
        };
        Ok((session, repair))
    }

    /// The account that was logged in or switched to last. Changes nothing:
    /// an index that is damaged or cannot be read names none.
    pub fn peek_current(dir: &Path, sandbox: Option<&str>) -> Option<Account> {
        Self::peek(dir, sandbox)?.current
    }

    /// Every known account, the same way.
    pub fn peek_accounts(dir: &Path, sandbox: Option<&str>) -> Vec<Account> {
        let index = Self::peek(dir, sandbox).unwrap_or_default();
        index.accounts.into_keys().collect()
    }

    fn peek(dir: &Path, sandbox: Option<&str>) -> Option<Index> {
        let wait = Wait {
            timeout: Duration::ZERO,
            on_slow: Arc::new(|| {}),
        };
        let session = Self::closed(dir, sandbox, wait);
        session.check_dir().ok()?;
        session.read(INDEX).ok()?.ok()
    }

    /// Before its index is read.
    fn closed(dir: &Path, sandbox: Option<&str>, wait: Wait) -> Self {
        let (dir, service) = match sandbox {
            None => (dir.to_owned(), "vtexid".to_owned()),
            Some(name) => (
                dir.join("sandbox").join(name),
                format!("vtexid-sandbox-{name}"),
            ),
        };
        Self {
            dir,
            service,
            wait,
            index: Index::default(),
        }
    }

    /// Every known account.
    pub fn accounts(&self) -> &BTreeMap<Account, Entry> {
        &self.index.accounts
    }

    /// The account that was logged in or switched to last.
    pub fn current(&self) -> Option<&Account> {
        self.index.current.as_ref()
    }

    /// The account that was current before.
    pub fn previous(&self) -> Option<&Account> {
        self.index.previous.as_ref()
    }

    /// Makes a known account the current one.
    ///
    /// # Errors
    /// When the index cannot be written.
    pub fn switch(&mut self, account: &Account) -> Result<(), SessionError> {
        let _lock = self.lock()?;
        self.reload()?;
        self.index.make_current(account);
        self.write()
    }

    /// The folder of the index and its locks.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The refresh token, where VTEX ID gave one.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub fn refresh_token(&self, account: &Account) -> Result<Option<Secret>, SessionError> {
        match self.index.accounts.get(account) {
            Some(entry) => Ok(self.store(entry.store).get(account, SecretKind::Refresh)?),
            None => Ok(None),
        }
    }

    /// The app key and app token kept for the account.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub fn pair(&self, account: &Account) -> Result<Option<(String, Secret)>, SessionError> {
        let Some(entry) = self.index.accounts.get(account) else {
            return Ok(None);
        };
        let Some(key) = entry.app_key.clone() else {
            return Ok(None);
        };
        let token = self.store(entry.store).get(account, SecretKind::AppKey)?;
        Ok(token.map(|token| (key, token)))
    }

    /// Keeps an app key's pair and the token it made. The current account
    /// stays what it is, if there is one.
    ///
    /// # Errors
    /// As [`Session::remember`].
    pub fn remember_pair(
        &mut self,
        account: &Account,
        key: &str,
        app_token: &Secret,
        token: Token,
        kind: StoreKind,
    ) -> Result<Option<StaleSecrets>, SessionError> {
        let grant = TokenPair {
            token,
            refresh: None,
        };
        let alone = self.index.current.is_none();
        self.keep(account, &grant, kind, alone, Some((key, app_token)))
    }

    /// Keeps other processes from renewing the account's session meanwhile.
    ///
    /// # Errors
    /// When another one does not let go of it in time.
    pub fn lock_account(&self, account: &Account) -> Result<fs::File, SessionError> {
        let name = format!("{account}.lock");
        disk::lock(&self.dir.join(&name), RENEWAL_LIMIT).map_err(|e| self.io("lock", &name, e))
    }

    /// Sees whether the index and the store can be written, so that a login
    /// fails before a browser opens and not after.
    ///
    /// # Errors
    /// What remembering would have failed with.
    pub fn probe(&self, account: &Account, kind: StoreKind) -> Result<(), SessionError> {
        let lock = self.lock()?;
        tempfile::tempfile_in(&self.dir).map_err(|e| self.io("write to", "", e))?;
        // A keyring may show a dialog, for which nobody else should wait; files
        // are swept by others.
        let _lock = (kind == StoreKind::File).then_some(lock);
        Ok(store::probe(&*self.store(kind), account)?)
    }

    /// Keeps what a login brought and makes the account the current one.
    ///
    /// # Errors
    /// When a secret or the index could not be written; what was remembered
    /// before is still there then.
    pub fn remember(
        &mut self,
        account: &Account,
        grant: &TokenPair,
        kind: StoreKind,
    ) -> Result<Option<StaleSecrets>, SessionError> {
        self.keep(account, grant, kind, true, None)
    }

    /// Keeps what a renewal brought, where the account's secrets are; the
    /// current account stays what it is.
    ///
    /// # Errors
    /// As [`Session::remember`].
    pub fn renew(&mut self, account: &Account, grant: &TokenPair) -> Result<(), SessionError> {
        let kind = self.index.accounts.get(account).map(|entry| entry.store);
        self.keep(account, grant, kind.unwrap_or_default(), false, None)
            .map(drop)
    }

    fn keep(
        &mut self,
        account: &Account,
        grant: &TokenPair,
        kind: StoreKind,
        make_current: bool,
        pair: Option<(&str, &Secret)>,
    ) -> Result<Option<StaleSecrets>, SessionError> {
        let _lock = self.lock()?;
        self.reload()?;
        let before = self.index.accounts.get(account).cloned();
        // A pair that is kept already moves along to another store.
        let elsewhere = before.as_ref().is_some_and(|old| old.store != kind);
        let (moved, stuck) = match pair {
            None if elsewhere => match self.pair(account) {
                Ok(found) => (found, None),
                Err(error) => (None, Some(error)),
            },
            _ => (None, None),
        };
        let pair = pair.or(moved.as_ref().map(|(key, token)| (&**key, token)));
        let kept = self.keep_all(account, grant, kind, make_current, pair, before.as_ref());
        let stale = match before {
            // Secrets that no command knows of could never be forgotten.
            None if kept.is_err() => {
                let _ = self.forget_secrets(account, kind);
                None
            }
            // Only now: had anything failed, the old store would still be right.
            // That it cannot be asked any more may be why another is used.
            Some(old) if kept.is_ok() && old.store != kind => {
                let deleted = if let Some(error) = stuck {
                    // What could not be read is all there is of the pair.
                    let store = self.store(old.store);
                    for secret in [SecretKind::User, SecretKind::Refresh] {
                        let _ = store.delete(account, secret);
                    }
                    Err(error)
                } else {
                    self.forget_secrets(account, old.store)
                };
                deleted.err().map(|error| (old.store, error))
            }
            _ => None,
        };
        self.sweep();
        kept.map(|()| stale.map(|(store, error)| StaleSecrets { store, error }))
    }

    fn keep_all(
        &mut self,
        account: &Account,
        grant: &TokenPair,
        kind: StoreKind,
        make_current: bool,
        pair: Option<(&str, &Secret)>,
        before: Option<&Entry>,
    ) -> Result<(), SessionError> {
        let store = self.store(kind);
        let stays = before.is_some_and(|old| old.store == kind);
        if let Some((_, app_token)) = pair {
            store.set(account, SecretKind::AppKey, app_token)?;
        }
        keep_secrets(&*store, account, grant)?;
        let claims = grant.token.claims();
        let key = pair.map(|(key, _)| key.to_owned());
        let entry = Entry {
            login: claims.login().map(str::to_owned),
            kind: claims.kind(),
            token_account: claims.other_account(account).map(str::to_owned),
            expires_on: claims.seconds("exp"),
            store: kind,
            app_key: key.or_else(|| before.filter(|_| stays)?.app_key.clone()),
        };
        self.index.accounts.insert(account.clone(), entry);
        if make_current {
            self.index.make_current(account);
        }
        self.write()
    }

    /// Removes what a crash left behind. Called with the lock held.
    fn sweep(&self) {
        // Beside an index that was damaged, secrets that this one does not
        // know of may be all that is left of an account.
        let damaged = aside(&self.dir, 1).exists();
        store::sweep(&self.dir.join("secrets"), |account| {
            damaged || self.index.accounts.contains_key(account)
        });
    }

    /// The stored token. `None` when the index knows the account but its
    /// store has lost the token.
    ///
    /// # Errors
    /// When the store cannot be asked or the token is damaged.
    pub fn token(&self, account: &Account) -> Result<Option<Token>, SessionError> {
        let Some(entry) = self.index.accounts.get(account) else {
            return Ok(None);
        };
        let Some(text) = self.store(entry.store).get(account, SecretKind::User)? else {
            return Ok(None);
        };
        Token::parse(text)
            .map(Some)
            .map_err(|cause| SessionError::Token {
                account: account.clone(),
                cause,
            })
    }

    /// Forgets an account: its secrets first, then its line in the index.
    ///
    /// # Errors
    /// When something could not be deleted; the account stays known then.
    pub fn forget(&mut self, account: &Account) -> Result<(), SessionError> {
        let _lock = self.lock()?;
        self.reload()?;
        if let Some(entry) = self.index.accounts.get(account) {
            self.forget_secrets(account, entry.store)?;
        }
        self.index.accounts.remove(account);
        let index = &mut self.index;
        for place in [&mut index.current, &mut index.previous] {
            place.take_if(|named| named == account);
        }
        self.write()?;
        self.sweep();
        Ok(())
    }

    /// Forgets a refresh token that VTEX ID refuses.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub fn forget_refresh(&self, account: &Account) -> Result<(), SessionError> {
        if let Some(entry) = self.index.accounts.get(account) {
            self.store(entry.store)
                .delete(account, SecretKind::Refresh)?;
        }
        Ok(())
    }

    fn forget_secrets(&self, account: &Account, kind: StoreKind) -> Result<(), SessionError> {
        let store = self.store(kind);
        for secret in SecretKind::KEPT {
            store.delete(account, secret)?;
        }
        Ok(())
    }

    fn store(&self, kind: StoreKind) -> Box<dyn Store> {
        store::open(
            kind,
            &self.dir.join("secrets"),
            &self.service,
            self.wait.clone(),
        )
    }
}

/// The refresh token first: with it alone a session goes on, while a new token
/// beside a used-up one ends when that token does.
fn keep_secrets(
    store: &dyn Store,
    account: &Account,
    grant: &TokenPair,
) -> Result<(), SessionError> {
    match &grant.refresh {
        Some(refresh) => store.set(account, SecretKind::Refresh, refresh)?,
        // One that belongs to the session before would renew the wrong one.
        None => drop(store.delete(account, SecretKind::Refresh)?),
    }
    Ok(store.set(account, SecretKind::User, grant.token.secret())?)
}
