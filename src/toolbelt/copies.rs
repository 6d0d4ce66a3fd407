//! Finds the files where the toolbelt leaves tokens in plain text.
//!
//! Does not read the tokens, only detects them.

use std::{
    io::{BufRead as _, BufReader, Read},
    path::PathBuf,
};

use super::{SESSION, Sessions, TOKENS};
use crate::{config::ToolbeltPaths, disk};

/// Limit of what is read of a file, because the log keeps growing.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// The folder and files that contain tokens. `sessions` was read from the
/// folder.
pub fn copies(paths: &ToolbeltPaths, sessions: &Sessions) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if !sessions.accounts.is_empty() {
        found.push(paths.session.clone());
    }
    for path in [&paths.configstore, &paths.log] {
        let file = disk::open_regular(path);
        if file.is_ok_and(|file| holds_token(file.take(MAX_FILE_BYTES))) {
            found.push(path.clone());
        }
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

/// Whether there is text that looks like a token: a header and a payload, each
/// of which begins as `{"` does in base64url.
fn holds_token(file: impl Read) -> bool {
    const BEGINNING: &[u8] = b"eyJ";
    let mut file = BufReader::new(file);
    // How much of a beginning was read, and whether a header came before it.
    let (mut matched, mut after_header) = (0, false);
    loop {
        let Ok(chunk) = file.fill_buf() else {
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
        file.consume(length);
    }
}
