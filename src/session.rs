//! What is remembered between runs: an index on disk that holds nothing
//! secret, and the secrets in the store chosen for each account.
//!
//! Not for talking to people, and not for knowing how a store works. Secrets
//! are written first and the index last, so that the index never promises a
//! token that is not there; the index is replaced in one step, under a lock.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    disk,
    secret::Secret,
    store::{self, Patience, Scope, Store, StoreError, StoreKind},
    token::{Grant, Kind, Token, TokenError},
};

const INDEX: &str = "index.json";
/// The index once more: what a damaged index is rebuilt from.
const COPY: &str = "index.copy.json";
/// A hundred thousand accounts.
const INDEX_LIMIT: u64 = 32 << 20;
const LOCK: &str = "index.lock";
const LOCK_LIMIT: Duration = Duration::from_secs(10);
/// Longer than a request to VTEX ID may take.
const RENEWAL_LIMIT: Duration = Duration::from_secs(20);
const VERSION: u32 = 1;

/// One account's line in the index.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Who is logged in, as the token says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// The token's kind.
    pub kind: Kind,
    /// The account the token names, when it is not the one asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_account: Option<String>,
    /// When the token ends, in epoch seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<i64>,
    /// Where the secrets are.
    pub store: StoreKind,
    /// The app key whose app token is kept, to make new tokens with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_key: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Index {
    version: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    current: Option<Account>,
    /// The one that was current before, for `switch -`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Account>,
    accounts: BTreeMap<Account, Entry>,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            version: VERSION,
            current: None,
            previous: None,
            accounts: BTreeMap::new(),
        }
    }
}

impl Index {
    fn make_current(&mut self, account: &Account) {
        if self.current.as_ref() != Some(account) {
            self.previous = self.current.replace(account.clone());
        }
    }
}

/// A damaged index that was set aside.
#[derive(Debug)]
pub struct Repair {
    /// Where it is now.
    pub aside: PathBuf,
    /// How many accounts the copy brought back; `None` without a copy.
    pub restored: Option<usize>,
}

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

/// Why secrets are left in the store that an account used before, where it
/// was another and they could not be forgotten.
pub type Left = Option<SessionError>;

/// The accounts known on this machine, for one VTEX ID.
pub struct Session {
    dir: PathBuf,
    service: String,
    patience: Patience,
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
        patience: Patience,
    ) -> Result<(Self, Option<Repair>), SessionError> {
        let (dir, service) = match sandbox {
            None => (dir.to_owned(), "vtexid".to_owned()),
            Some(name) => (
                dir.join("sandbox").join(name),
                format!("vtexid-sandbox-{name}"),
            ),
        };
        let mut session = Self {
            dir,
            service,
            patience,
            index: Index::default(),
        };
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
            Some(entry) => Ok(self.store(entry.store).get(account, Scope::Refresh)?),
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
        let token = self.store(entry.store).get(account, Scope::AppKey)?;
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
    ) -> Result<Left, SessionError> {
        let grant = Grant {
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
        grant: &Grant,
        kind: StoreKind,
    ) -> Result<Left, SessionError> {
        self.keep(account, grant, kind, true, None)
    }

    /// Keeps what a renewal brought, where the account's secrets are; the
    /// current account stays what it is.
    ///
    /// # Errors
    /// As [`Session::remember`].
    pub fn renew(&mut self, account: &Account, grant: &Grant) -> Result<(), SessionError> {
        let kind = self.index.accounts.get(account).map(|entry| entry.store);
        self.keep(account, grant, kind.unwrap_or_default(), false, None)
            .map(drop)
    }

    fn keep(
        &mut self,
        account: &Account,
        grant: &Grant,
        kind: StoreKind,
        make_current: bool,
        pair: Option<(&str, &Secret)>,
    ) -> Result<Left, SessionError> {
        let _lock = self.lock()?;
        self.reload()?;
        let before = self.index.accounts.get(account).cloned();
        let kept = self.keep_all(account, grant, kind, make_current, pair, before.as_ref());
        let left = match before {
            // Secrets that no command knows of could never be forgotten.
            None if kept.is_err() => {
                let _ = self.forget_secrets(account, kind);
                None
            }
            // Only now: had anything failed, the old store would still be right.
            // That it cannot be asked any more may be why another is used.
            Some(old) if kept.is_ok() && old.store != kind => {
                self.forget_secrets(account, old.store).err()
            }
            _ => None,
        };
        self.sweep();
        kept.map(|()| left)
    }

    fn keep_all(
        &mut self,
        account: &Account,
        grant: &Grant,
        kind: StoreKind,
        make_current: bool,
        pair: Option<(&str, &Secret)>,
        before: Option<&Entry>,
    ) -> Result<(), SessionError> {
        let store = self.store(kind);
        // A pair that is kept already moves along to another store, unless the
        // one it is in cannot be asked any more.
        let stays = before.is_some_and(|old| old.store == kind);
        let moved = if pair.is_none() && !stays {
            self.pair(account).ok().flatten()
        } else {
            None
        };
        let pair = pair.or(moved.as_ref().map(|(key, token)| (&**key, token)));
        if let Some((_, app_token)) = pair {
            store.set(account, Scope::AppKey, app_token)?;
        }
        keep_secrets(&*store, account, grant)?;
        let claims = grant.token.claims();
        let key = pair.map(|(key, _)| key.to_owned());
        let entry = Entry {
            login: claims.login().map(str::to_owned),
            kind: claims.kind(),
            token_account: claims
                .account()
                .filter(|named| !named.eq_ignore_ascii_case(account.as_str()))
                .map(str::to_owned),
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
        store::sweep(&self.dir.join("secrets"), |name| {
            damaged
                || name
                    .parse()
                    .is_ok_and(|account| self.index.accounts.contains_key::<Account>(&account))
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
        let Some(text) = self.store(entry.store).get(account, Scope::User)? else {
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
            self.store(entry.store).delete(account, Scope::Refresh)?;
        }
        Ok(())
    }

    fn forget_secrets(&self, account: &Account, kind: StoreKind) -> Result<(), SessionError> {
        let store = self.store(kind);
        for scope in Scope::KEPT {
            store.delete(account, scope)?;
        }
        Ok(())
    }

    fn store(&self, kind: StoreKind) -> Box<dyn Store> {
        store::open(
            kind,
            &self.dir.join("secrets"),
            &self.service,
            self.patience.clone(),
        )
    }

    fn lock(&self) -> Result<fs::File, SessionError> {
        disk::create_private_dir(&self.dir).map_err(|e| self.io("create", "", e))?;
        self.check_dir()?;
        disk::lock(&self.dir.join(LOCK), LOCK_LIMIT).map_err(|e| self.io("lock", LOCK, e))
    }

    /// In a folder that others can write to, the index, the locks and the
    /// files in it would be anybody's.
    fn check_dir(&self) -> Result<(), SessionError> {
        match disk::check_private_dir(&self.dir) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(self.io("use", "", e)),
            _ => Ok(()),
        }
    }

    /// Another process may have changed the index since it was opened.
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

    /// Writes the copy last: should a crash come between, the copy is one
    /// change old and the index whole.
    fn write(&self) -> Result<(), SessionError> {
        let text = serde_json::to_vec_pretty(&self.index)
            .map_err(|e| self.io("write", INDEX, e.into()))?;
        disk::write_atomically(&self.dir.join(INDEX), &text)
            .map_err(|e| self.io("write", INDEX, e))?;
        // Without it, or with an older one, nothing is lost that was not
        // damaged first.
        let _ = disk::write_atomically(&self.dir.join(COPY), &text);
        Ok(())
    }

    /// Reads a file of the index. The inner error is damage; absence is an
    /// empty index.
    fn read(&self, name: &str) -> Result<Result<Index, serde_json::Error>, SessionError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let path = self.dir.join(name);
        let file = match disk::open_private(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Ok(Index::default())),
            other => other.map_err(|e| self.io("open", name, e))?,
        };
        let mut text = Vec::new();
        // What is cut there is no JSON, and so damage.
        file.take(INDEX_LIMIT)
            .read_to_end(&mut text)
            .map_err(|e| self.io("read", name, e))?;
        // Looked at first: a newer index need not parse as ours, and is not damaged.
        if let Ok(Versioned { version: found }) = serde_json::from_slice(&text)
            && found > VERSION
        {
            return Err(SessionError::Newer { path, found });
        }
        Ok(serde_json::from_slice(&text))
    }

    /// Sets a damaged index aside and rebuilds it from its copy. Called with
    /// the lock held.
    fn repair(&mut self) -> Result<Option<Repair>, SessionError> {
        // Another process may have repaired it while this one waited.
        if let Ok(index) = self.read(INDEX)? {
            self.index = index;
            return Ok(None);
        }
        let aside = (1..1000)
            .map(|n| aside(&self.dir, n))
            .find(|path| !path.exists())
            .unwrap_or_else(|| self.dir.join("index.damaged.json"));
        let copy_exists = self.dir.join(COPY).exists();
        let copy = self.read(COPY)?.ok().filter(|_| copy_exists);
        fs::rename(self.dir.join(INDEX), &aside).map_err(|e| self.io("set aside", INDEX, e))?;
        let restored = copy.as_ref().map(|index| index.accounts.len());
        self.index = copy.unwrap_or_default();
        self.write()?;
        Ok(Some(Repair { aside, restored }))
    }

    fn io(&self, attempt: &'static str, name: &str, cause: io::Error) -> SessionError {
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
fn aside(dir: &Path, n: usize) -> PathBuf {
    dir.join(format!("index.damaged-{n}.json"))
}

/// The refresh token first: with it alone a session goes on, while a new token
/// beside a used-up one ends when that token does.
fn keep_secrets(store: &dyn Store, account: &Account, grant: &Grant) -> Result<(), SessionError> {
    match &grant.refresh {
        Some(refresh) => store.set(account, Scope::Refresh, refresh)?,
        // One that belongs to the session before would renew the wrong one.
        None => drop(store.delete(account, Scope::Refresh)?),
    }
    Ok(store.set(account, Scope::User, grant.token.secret())?)
}
