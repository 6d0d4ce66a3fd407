//! A private file per secret, in plain text, for machines without a keyring.
//!
//! Used only with `--store file`. A file is created complete and with mode 0600
//! (written next to its place and renamed), and is refused if anybody else
//! could have read or replaced it.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::{SecretKind, Store, StoreError, read_secret};
use crate::{account::Account, disk, secret::Secret};

/// Larger than any token; a larger file is not vtexid's.
const LIMIT: u64 = 1 << 20;

/// Secrets as files in one folder.
pub struct FileStore {
    dir: PathBuf,
}

impl FileStore {
    /// Does not touch the folder yet.
    pub fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
        }
    }

    /// Removes what a crash left behind: incomplete files, and secrets that are
    /// `unknown`. Does not touch other files, nor the target of a link.
    pub fn sweep(&self, unknown: impl Fn(&Account, &str) -> bool) {
        if !fs::symlink_metadata(&self.dir).is_ok_and(|meta| meta.is_dir()) {
            return;
        }
        disk::sweep(&self.dir);
        let Ok(entries) = fs::read_dir(&self.dir) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let owner = name.to_str().and_then(owner);
            if owner.is_some_and(|(account, kind)| unknown(&account, kind)) {
                // If this fails, the next time may work.
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// In a folder that others can write to, one account's secret could be put
    /// in another's place.
    fn check_dir(&self) -> Result<(), StoreError> {
        match disk::check_private_dir(&self.dir) {
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => Err(StoreError::Unsafe(
                format!("refusing to use {}: {e}", self.dir.display()),
            )),
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                Err(failed("could not check", &self.dir, &e))
            }
            _ => Ok(()),
        }
    }

    fn path(&self, account: &Account, kind: SecretKind) -> PathBuf {
        self.dir.join(file_name(account, kind))
    }
}

impl Store for FileStore {
    fn get(&self, account: &Account, kind: SecretKind) -> Result<Option<Secret>, StoreError> {
        self.check_dir()?;
        let path = self.path(account, kind);
        let file = match disk::open_private(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(|e| failed("could not open", &path, &e))?,
        };
        check_private(&path, &file)?;
        let mut bytes = Vec::new();
        file.take(LIMIT)
            .read_to_end(&mut bytes)
            .map_err(|e| failed("could not read", &path, &e))?;
        read_secret(account, bytes).map(Some)
    }

    fn set(&self, account: &Account, kind: SecretKind, secret: &Secret) -> Result<(), StoreError> {
        let path = self.path(account, kind);
        disk::create_private_dir(&self.dir)
            .map_err(|e| failed("could not create", &self.dir, &e))?;
        self.check_dir()?;
        disk::write_atomically(&path, secret.expose().as_bytes()).map_err(|e| {
            if disk::is_folders_fault(&e) {
                failed("could not write to", &self.dir, &e)
            } else {
                failed("could not write", &path, &e)
            }
        })
    }

    fn delete(&self, account: &Account, kind: SecretKind) -> Result<bool, StoreError> {
        self.check_dir()?;
        let path = self.path(account, kind);
        match disk::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(failed("could not delete", &path, &e)),
        }
    }
}

fn file_name(account: &Account, kind: SecretKind) -> String {
    format!("{}.{}", account.file_stem(), kind.name())
}

/// The account and the entry of a secret's file, by the name that
/// [`file_name`] gives it.
fn owner(name: &str) -> Option<(Account, &str)> {
    let (account, kind) = name.rsplit_once('.')?;
    let account = account.strip_prefix('_').unwrap_or(account);
    if !SecretKind::is_name(kind) {
        return None;
    }
    let owner: Account = account.parse().ok()?;
    (owner.as_str() == account).then_some((owner, kind))
}

fn failed(what: &str, path: &Path, error: &io::Error) -> StoreError {
    StoreError::File(format!("{what} {}: {error}", path.display()))
}

fn check_private(path: &Path, file: &fs::File) -> Result<(), StoreError> {
    disk::check_private_file(file).map_err(|e| match e.kind() {
        io::ErrorKind::PermissionDenied => {
            StoreError::Unsafe(format!("refusing to use {}: {e}", path.display()))
        }
        _ => failed("could not check", path, &e),
    })
}
