//! Everywhere the toolbelt leaves tokens in plain text.
//!
//! Not for reading them: only for whether there are any.

use std::{
    io::{BufRead as _, BufReader, Read},
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

use super::{SESSION, Sessions, TOKENS, load};
use crate::{config::ToolbeltPaths, disk};

/// As much of the log as is looked at.
const MAX_LOG_BYTES: u64 = 64 << 20;

/// The folder and files that hold tokens. `sessions` is what was read in the
/// folder.
pub fn copies(paths: &ToolbeltPaths, sessions: &Sessions) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if !sessions.accounts.is_empty() {
        found.push(paths.session.clone());
    }
    if has_token(&paths.configstore) {
        found.push(paths.configstore.clone());
    }
    let log = disk::open_regular(&paths.log);
    if log.is_ok_and(|log| holds_token(log.take(MAX_LOG_BYTES))) {
        found.push(paths.log.clone());
    }
    found
}

/// Which of them other users of this machine can read.
pub fn readable_by_others(paths: &ToolbeltPaths, copies: &[PathBuf]) -> Vec<PathBuf> {
    let files = copies.iter().flat_map(|copy| {
        if *copy == paths.session {
            vec![copy.join(SESSION), copy.join(TOKENS)]
        } else {
            vec![copy.clone()]
        }
    });
    files.filter(|file| disk::others_can_read(file)).collect()
}

/// Whether the toolbelt's older file has a token in it.
fn has_token(path: &Path) -> bool {
    let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else {
        return false;
    };
    let content: Map<String, Value> = name
        .to_str()
        .and_then(|name| load(dir, name).ok())
        .unwrap_or_default();
    let token = content.get("token").and_then(Value::as_str);
    token.is_some_and(|token| !token.is_empty())
}

/// Whether there is text that looks like a token: a header and a payload, each
/// of which begins as `{"` does in base64url.
fn holds_token(log: impl Read) -> bool {
    const BEGINNING: &[u8] = b"eyJ";
    let mut log = BufReader::new(log);
    // How much of a beginning was read, and whether a header came before it.
    let (mut matched, mut after_header) = (0, false);
    loop {
        let Ok(chunk) = log.fill_buf() else {
            return false;
        };
        if chunk.is_empty() {
            return false;
        }
        for &byte in chunk {
            if matched < BEGINNING.len() && byte == BEGINNING[matched] {
                matched += 1;
                if after_header && matched == BEGINNING.len() {
                    return true;
                }
            } else if matched == BEGINNING.len()
                && (byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            {
                // The header goes on.
            } else if matched == BEGINNING.len() && byte == b'.' {
                (matched, after_header) = (0, true);
            } else {
                (matched, after_header) = (usize::from(byte == BEGINNING[0]), false);
            }
        }
        let length = chunk.len();
        log.consume(length);
    }
}
