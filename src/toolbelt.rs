//! The session files of VTEX's own CLI (the toolbelt), which keeps tokens in
//! plain text: `session.json`, `tokens.json` and `workspace.json`.
//!
//! Not for deciding what goes in or out. What it does not know in those files
//! it leaves as it is, and a file that it cannot read it does not touch.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, ser::PrettyFormatter};

use crate::{account::Account, disk, secret::Secret};

const SESSION: &str = "session.json";
const TOKENS: &str = "tokens.json";
const WORKSPACE: &str = "workspace.json";
/// What follows an account's name in `tokens.json` for its refresh token.
const REFRESH: &str = "_refresh_token";
/// More than these files ever hold.
const LIMIT: u64 = 4 << 20;

/// One account's tokens, as found; they may be of any age and shape.
#[derive(Debug, Default)]
pub struct Found {
    /// The access token.
    pub token: Option<Secret>,
    /// The refresh token.
    pub refresh: Option<Secret>,
}

/// Everything found.
#[derive(Debug, Default)]
pub struct Sessions {
    /// The account the toolbelt is logged in to.
    pub current: Option<Account>,
    /// Every account it has tokens for.
    pub accounts: BTreeMap<Account, Found>,
}

/// Why the files could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ToolbeltError {
    /// The file system said no.
    #[error("could not {attempt} {}: {cause}", path.display())]
    Io {
        /// What was being done.
        attempt: &'static str,
        /// To what.
        path: PathBuf,
        /// What happened.
        cause: io::Error,
    },
    /// A file is there that is not what the toolbelt writes.
    #[error("{} is damaged: {problem}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// How.
        problem: String,
    },
}

/// Reads every session in `dir`, the toolbelt's `~/.vtex/session`.
///
/// # Errors
/// When a file that is there cannot be read; files that are not there are
/// no error.
pub fn read(dir: &Path) -> Result<Sessions, ToolbeltError> {
    let mut sessions = Sessions::default();
    for (name, value) in load(dir, TOKENS)? {
        let Value::String(text) = value else { continue };
        let (account, is_refresh) = match name.strip_suffix(REFRESH) {
            Some(account) => (account, true),
            None => (&*name, false),
        };
        let Ok(account) = account.parse::<Account>() else {
            continue;
        };
        let found = sessions.accounts.entry(account).or_default();
        let place = if is_refresh {
            &mut found.refresh
        } else {
            &mut found.token
        };
        *place = Some(text).filter(|text| !text.is_empty()).map(Secret::new);
    }
    let session = load(dir, SESSION)?;
    let text = |name| session.get(name).and_then(Value::as_str);
    if let Some(Ok(account)) = text("account").map(str::parse::<Account>) {
        // Older releases wrote the token here alone.
        if let Some(token) = text("token").filter(|token| !token.is_empty()) {
            let found = sessions.accounts.entry(account.clone()).or_default();
            found.token = Some(Secret::new(token.to_owned()));
        }
        sessions.current = Some(account);
    }
    Ok(sessions)
}

/// Makes the toolbelt logged in to `account` with this token. Without a
/// `workspace`, the one it is in stays if the account does, else `master`; the
/// answer says which.
///
/// # Errors
/// When a file that is there is damaged: nothing was written then. When a
/// file cannot be written: each file is whole, old or new.
pub fn write(
    dir: &Path,
    account: &Account,
    login: &str,
    token: &Secret,
    workspace: Option<&str>,
) -> Result<String, ToolbeltError> {
    let (mut session, mut tokens) = (load(dir, SESSION)?, load(dir, TOKENS)?);
    let mut place = load(dir, WORKSPACE)?;
    let before = session.insert("account".to_owned(), account.as_str().into());
    let same = before.as_ref().and_then(Value::as_str) == Some(account.as_str());
    if let Some(before) = before.filter(|_| !same) {
        session.insert("lastAccount".to_owned(), before);
    }
    session.insert("login".to_owned(), login.into());
    session.insert("token".to_owned(), token.expose().into());
    tokens.insert(account.as_str().to_owned(), token.expose().into());
    let there = place.get("currentWorkspace").and_then(Value::as_str);
    let wanted = match (workspace, there) {
        (Some(name), _) => name.to_owned(),
        (None, Some(name)) if same => name.to_owned(),
        (None, _) => "master".to_owned(),
    };
    place.insert("currentWorkspace".to_owned(), wanted.clone().into());
    place.entry("lastWorkspace").or_insert(Value::Null);
    disk::create_private_dir(dir).map_err(|cause| ToolbeltError::Io {
        attempt: "create",
        path: dir.to_owned(),
        cause,
    })?;
    // The session last: without it the toolbelt is logged in as before.
    for (name, map) in [(TOKENS, tokens), (WORKSPACE, place), (SESSION, session)] {
        let path = dir.join(name);
        let written =
            tab_indented(&Value::Object(map)).and_then(|text| disk::write_atomically(&path, &text));
        written.map_err(|cause| ToolbeltError::Io {
            attempt: "write",
            path,
            cause,
        })?;
    }
    Ok(wanted)
}

/// A file's object; empty without the file.
fn load(dir: &Path, name: &str) -> Result<Map<String, Value>, ToolbeltError> {
    let path = dir.join(name);
    let io_error = |cause| ToolbeltError::Io {
        attempt: "read",
        path: path.clone(),
        cause,
    };
    let damaged = |problem: String| ToolbeltError::Damaged {
        path: path.clone(),
        problem,
    };
    let length = match fs::metadata(&path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Map::new()),
        other => other.map_err(io_error)?.len(),
    };
    if length > LIMIT {
        return Err(damaged(format!("{length} bytes are too many")));
    }
    let text = zeroize::Zeroizing::new(fs::read(&path).map_err(io_error)?);
    // The place and not serde_json's words, which may quote a token.
    match serde_json::from_slice(&text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(damaged("it holds no JSON object".to_owned())),
        Err(e) if e.is_eof() => Err(damaged("its JSON ends too early".to_owned())),
        Err(e) => Err(damaged(format!("it is no JSON from line {} on", e.line()))),
    }
}

/// As the toolbelt writes it.
fn tab_indented(value: &Value) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let format = PrettyFormatter::with_indent(b"\t");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, format);
    serde::Serialize::serialize(value, &mut serializer)?;
    Ok(text)
}
