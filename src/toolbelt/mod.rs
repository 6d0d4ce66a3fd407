//! The session files of VTEX's own CLI (the toolbelt), which keeps tokens in
//! plain text: `session.json`, `tokens.json` and `workspace.json`
//! (`docs/vtex-id.md`, The toolbelt's files).
//!
//! Not for deciding what is imported or exported. Keeps unknown fields, and
//! does not touch a file that it cannot read.

mod copies;
mod write;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Map, Value};

pub use self::{
    copies::{copies, readable_by_others},
    write::{NewLogin, write},
};
use crate::{
    account::Account,
    disk,
    secret::Secret,
    token::{Token, Validity},
};

const SESSION: &str = "session.json";
const TOKENS: &str = "tokens.json";
const WORKSPACE: &str = "workspace.json";
/// The suffix of an account's refresh token in `tokens.json`.
const REFRESH: &str = "_refresh_token";
/// Larger than these files ever are.
const MAX_FILE_BYTES: u64 = 4 << 20;
const LOCK: &str = "toolbelt.lock";
const MAX_WAIT: Duration = Duration::from_secs(30);

/// One account's tokens, as found; they may be of any age and shape.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The access token.
    pub token: Option<Secret>,
    /// The refresh token that belongs to it.
    pub refresh: Option<Secret>,
}

impl Found {
    fn token(&self) -> Option<Token> {
        Token::parse(self.token.clone()?).ok()
    }

    fn login(&self) -> Option<String> {
        Some(self.token()?.claims().login()?.to_owned())
    }

    fn expires_on(&self) -> Option<i64> {
        self.token()?.claims().seconds("exp")
    }
}

/// Everything found.
#[derive(Debug, Default)]
pub struct Sessions {
    /// The account the toolbelt is logged in to.
    pub current: Option<Account>,
    /// Every account it has tokens for.
    pub accounts: BTreeMap<Account, Found>,
    /// The files that could not be read.
    pub problems: Vec<ToolbeltError>,
}

/// Why the files could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ToolbeltError {
    /// The file system failed.
    #[error("could not {attempt} {}: {cause}", path.display())]
    Io {
        /// What was being done.
        attempt: &'static str,
        /// To what.
        path: PathBuf,
        /// What happened.
        cause: io::Error,
    },
    /// A file is not in the toolbelt's format.
    #[error("{} is damaged: {problem}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// How.
        problem: String,
    },
}

/// The lock for reading and writing the files, until it is dropped. The
/// toolbelt itself does not use it.
pub struct Lock {
    _file: fs::File,
}

/// Waits for other processes that use the files. `dir` is where the lock is.
///
/// # Errors
/// When another process does not release it in time, or locks are not supported.
pub fn lock(dir: &Path, on_slow: impl Fn()) -> Result<Lock, ToolbeltError> {
    let path = dir.join(LOCK);
    let file = disk::lock(&path, MAX_WAIT, on_slow).map_err(|cause| ToolbeltError::Io {
        attempt: "lock",
        path,
        cause,
    })?;
    Ok(Lock { _file: file })
}

/// Reads every session in `dir`, the toolbelt's `~/.vtex/session`.
///
/// # Errors
/// When others can write to the folder. A file that cannot be read is among
/// the problems; one that is not there is none.
pub fn read(dir: &Path) -> Result<Sessions, ToolbeltError> {
    check_dir(dir)?;
    let mut problems = Vec::new();
    let mut loaded = |name| {
        load(dir, name)
            .map_err(|e| problems.push(e))
            .unwrap_or_default()
    };
    let (tokens, session) = (loaded(TOKENS), loaded(SESSION));
    // Grouped by the account's spelling: a refresh token belongs to the token
    // with the same spelling.
    let mut spelled: BTreeMap<String, Found> = BTreeMap::new();
    for (name, value) in tokens {
        let Value::String(text) = value else { continue };
        let secret = Some(text).filter(|text| !text.is_empty()).map(Secret::new);
        match name.strip_suffix(REFRESH) {
            Some(account) => spelled.entry(account.to_owned()).or_default().refresh = secret,
            None => spelled.entry(name).or_default().token = secret,
        }
    }
    let text = |name| session.get(name).and_then(Value::as_str);
    let current = text("account").unwrap_or_default();
    // Some releases write a new token only here.
    if let Some(token) = text("token").filter(|token| !token.is_empty()) {
        let theirs = spelled.entry(current.to_owned()).or_default();
        let newest = Found {
            token: Some(Secret::new(token.to_owned())),
            refresh: theirs.refresh.clone(),
        };
        if theirs.token.is_none() {
            *theirs = newest;
        } else if theirs.login() != newest.login() {
            *theirs = Found {
                refresh: None,
                ..newest
            };
        } else if newest.expires_on() >= theirs.expires_on() {
            *theirs = newest;
        }
    }
    let mut accounts: BTreeMap<Account, Found> = BTreeMap::new();
    let is_current = |name: &str| name == current;
    // The last entry wins: the one that the toolbelt uses, else the one that is
    // valid for longest.
    let mut spelled: Vec<_> = spelled.into_iter().collect();
    spelled.sort_by_key(|(name, found)| (is_current(name), found.expires_on()));
    for (name, found) in spelled {
        if let Ok(account) = name.parse() {
            accounts.insert(account, found);
        }
    }
    Ok(Sessions {
        current: current.parse().ok(),
        accounts,
        problems,
    })
}

/// Whether the toolbelt has a token for the account that is valid at `now`, in
/// epoch seconds.
pub fn has_valid_token(dir: &Path, account: &Account, now: i64) -> bool {
    let token = read(dir)
        .ok()
        .and_then(|sessions| sessions.accounts.get(account)?.token());
    token.is_some_and(|token| {
        let claims = token.claims();
        matches!(claims.validity(now), Validity::Until(_))
            && claims.other_account(account).is_none()
    })
}

/// If others can write to the folder, they may have placed the files.
fn check_dir(dir: &Path) -> Result<(), ToolbeltError> {
    match disk::check_private_dir(dir) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(ToolbeltError::Io {
            attempt: "use",
            path: dir.to_owned(),
            cause,
        }),
        _ => Ok(()),
    }
}

/// A file's object; empty if the file is missing or empty. The toolbelt empties
/// files that it cannot read.
fn load(dir: &Path, name: &str) -> Result<Map<String, Value>, ToolbeltError> {
    let path = dir.join(name);
    let text = match disk::read_trusted(&path, MAX_FILE_BYTES) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Map::new()),
        other => other.map_err(|cause| ToolbeltError::Io {
            attempt: "read",
            path: path.clone(),
            cause,
        })?,
    };
    let damaged = |problem: String| ToolbeltError::Damaged { path, problem };
    // Editors on Windows put a byte order mark there.
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text);
    if text.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    // Only the position: serde_json's own message may quote a token.
    match serde_json::from_slice(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(damaged("it is not a JSON object".to_owned())),
        Err(e) if e.is_eof() => Err(damaged("its JSON ends too early".to_owned())),
        Err(e) => Err(damaged(format!("invalid JSON on line {}", e.line()))),
    }
}
