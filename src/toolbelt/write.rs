//! Logs the toolbelt in: changes its three files together.
//!
//! Not for deciding whether a token may go there.

use std::{fs, io, path::Path};

use serde_json::{Map, Value, ser::PrettyFormatter};

use super::{Found, Lock, REFRESH, SESSION, TOKENS, ToolbeltError, WORKSPACE, check_dir, load};
use crate::{account::Account, disk, secret::Secret};

const MASTER: &str = "master";

/// The new login.
pub struct NewLogin<'a> {
    /// The account.
    pub account: &'a Account,
    /// The user, as the token says.
    pub login: &'a str,
    /// The token.
    pub token: &'a Secret,
    /// The workspace to use. Without one the toolbelt keeps its own if the
    /// account stays the same, else it is `master`.
    pub workspace: Option<&'a str>,
}

/// The result.
pub struct Written {
    /// The workspace it is in.
    pub workspace: String,
    /// Whose refresh tokens for the account are deleted; `None` for an unknown
    /// user.
    pub deleted: Vec<Option<String>>,
}

/// Logs the toolbelt in to an account.
///
/// # Errors
/// When a file that is there cannot be read: nothing was written then. When a
/// file cannot be written: each file is whole, old or new.
pub fn write(_: &Lock, dir: &Path, new: &NewLogin<'_>) -> Result<Written, ToolbeltError> {
    check_dir(dir)?;
    let (mut session, mut tokens) = (load(dir, SESSION)?, load(dir, TOKENS)?);
    let mut place = load(dir, WORKSPACE)?;
    let account = new.account.as_str();
    let before = session.insert("account".to_owned(), account.into());
    let same = before
        .as_ref()
        .and_then(Value::as_str)
        .is_some_and(is(account));
    if let Some(before) = before.filter(|_| !same) {
        session.insert("lastAccount".to_owned(), before);
    }
    session.insert("login".to_owned(), new.login.into());
    session.insert("token".to_owned(), new.token.expose().into());
    let deleted = put_token(&mut tokens, new);
    let there = place.get("currentWorkspace").and_then(Value::as_str);
    let wanted = match (new.workspace, there) {
        (Some(name), _) => name.to_owned(),
        (None, Some(name)) if same => name.to_owned(),
        (None, _) => MASTER.to_owned(),
    };
    disk::create_private_dir(dir).map_err(|cause| ToolbeltError::Io {
        attempt: "create",
        path: dir.to_owned(),
        cause,
    })?;
    put(dir, TOKENS, tokens)?;
    let last = place.entry("lastWorkspace").or_insert(Value::Null);
    if !same {
        *last = Value::Null;
        // After a crash in between, no account is in the other's workspace.
        place.insert("currentWorkspace".to_owned(), MASTER.into());
        put(dir, WORKSPACE, place.clone())?;
    }
    put(dir, SESSION, session)?;
    place.insert("currentWorkspace".to_owned(), wanted.clone().into());
    put(dir, WORKSPACE, place)?;
    Ok(Written {
        workspace: wanted,
        deleted,
    })
}

/// Replaces every spelling of the account with the token. Keeps the refresh
/// token only if it belongs to the same user; otherwise the toolbelt would
/// renew the session as the other user. Returns whose refresh tokens were
/// deleted.
fn put_token(tokens: &mut Map<String, Value>, new: &NewLogin<'_>) -> Vec<Option<String>> {
    let account = new.account.as_str();
    let (mut kept, mut deleted) = (None, Vec::new());
    let mut spellings: Vec<String> = tokens
        .keys()
        .map(|name| name.strip_suffix(REFRESH).unwrap_or(name).to_owned())
        .filter(|name| is(account)(name))
        .collect();
    spellings.sort();
    spellings.dedup();
    for name in spellings {
        let text = |value: Option<Value>| Some(Secret::new(value?.as_str()?.to_owned()));
        let found = Found {
            token: text(tokens.shift_remove(&name)),
            refresh: text(tokens.shift_remove(&format!("{name}{REFRESH}"))),
        };
        let login = found.login();
        match found.refresh {
            None => {}
            Some(refresh) if login.as_deref() == Some(new.login) => kept = Some(refresh),
            Some(_) => deleted.push(login),
        }
    }
    tokens.insert(account.to_owned(), new.token.expose().into());
    if let Some(refresh) = kept {
        tokens.insert(format!("{account}{REFRESH}"), refresh.expose().into());
    }
    deleted
}

/// Ignores case: the toolbelt writes an account as it was typed.
fn is(account: &str) -> impl Fn(&str) -> bool {
    move |name| name.eq_ignore_ascii_case(account)
}

/// Replaces a file, or the target of a link.
fn put(dir: &Path, name: &str, map: Map<String, Value>) -> Result<(), ToolbeltError> {
    let path = dir.join(name);
    let path = fs::canonicalize(&path).unwrap_or(path);
    let written =
        tab_indented(&Value::Object(map)).and_then(|text| disk::write_atomically(&path, &text));
    written.map_err(|cause| ToolbeltError::Io {
        attempt: "write",
        path,
        cause,
    })
}

/// As the toolbelt writes it.
fn tab_indented(value: &Value) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let format = PrettyFormatter::with_indent(b"\t");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, format);
    serde::Serialize::serialize(value, &mut serializer)?;
    Ok(text)
}
