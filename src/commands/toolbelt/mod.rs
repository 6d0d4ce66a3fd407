//! `vtexid toolbelt`: imports sessions from VTEX's own CLI, or exports one to it.

mod export;
mod import;

use std::path::PathBuf;

pub use self::{export::export, import::import};
use crate::{
    account::Account,
    config::ToolbeltPaths,
    context::Context,
    error::{Code, Failure},
    session::Session,
    token::{Kind, Token},
    toolbelt::{self, Sessions},
    vtexid::Site,
};

fn paths(context: &Context) -> Result<&ToolbeltPaths, Failure> {
    if context.site != Site::Vtex {
        return Err(
            Failure::new(Code::Usage, "toolbelt commands do not work with VTEXID_URL")
                .hint("unset VTEXID_URL"),
        );
    }
    context.config.toolbelt.as_ref().ok_or_else(|| {
        Failure::new(
            Code::General,
            "found no home directory with the toolbelt's files",
        )
        .hint("set HOME")
    })
}

/// Keeps other processes from the toolbelt's files. The lock is in vtexid's own
/// folder, where the toolbelt does not see it.
fn lock(context: &Context, session: &Session) -> Result<toolbelt::Lock, Failure> {
    let output = context.output;
    let on_slow = || output.note("waiting for another vtexid that is using the toolbelt's files");
    Ok(toolbelt::lock(&session.lock_dir()?, on_slow)?)
}

/// Why the toolbelt cannot work with a token in an account: what to exit with,
/// and the words that follow "the token".
fn unusable(token: &Token, account: &Account) -> Option<(Code, String)> {
    let claims = token.claims();
    match claims.kind() {
        kind @ (Kind::Shopper | Kind::B2bBuyer | Kind::IoApp | Kind::SessionCookie) => Some((
            Code::BadToken,
            format!("is a {} token, which the toolbelt cannot use", kind.words()),
        )),
        Kind::Admin | Kind::AppKey | Kind::OldAdmin | Kind::Unknown => claims
            .other_account(account)
            .map(|named| (Code::Usage, format!("is for {named}, not {account}"))),
    }
}

/// How to remove the toolbelt's plain-text tokens.
pub fn cleanup_hint(paths: &ToolbeltPaths, sessions: &Sessions, copies: &[PathBuf]) -> String {
    let mut words = Vec::new();
    if copies.iter().any(|copy| *copy != paths.log) {
        let revokes = match &sessions.current {
            Some(current) if sessions.accounts.len() > 1 => {
                format!("but revokes only the token of {current}")
            }
            Some(current) => format!("and revokes the token of {current}"),
            None => "but revokes none of them".to_owned(),
        };
        words.push(format!("`vtex logout` deletes them, {revokes}"));
    }
    if copies.contains(&paths.log) {
        words.push(format!("delete {} yourself", paths.log.display()));
    }
    words.join("; ")
}

/// The places in a sentence.
pub fn listed(places: &[PathBuf]) -> String {
    let names: Vec<String> = places.iter().map(|p| p.display().to_string()).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
