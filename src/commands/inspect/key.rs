//! `--key FILE`: the key that signatures are checked with, offline.

use std::{fmt, path::Path};

use crate::{
    disk,
    error::{Code, Failure},
    signature::{Bad, Good, Keys},
    token::Token,
};

/// No set of keys is larger; reading on would only fill memory.
const LIMIT: u64 = 1 << 20;

/// The keys of a file.
pub struct KeyFile<'a> {
    keys: Keys,
    path: &'a Path,
}

/// A good signature and the file its key is in.
pub struct Verified<'a> {
    good: Good,
    path: &'a Path,
}

impl<'a> KeyFile<'a> {
    /// Reads the keys in `path`.
    ///
    /// # Errors
    /// 1 when it cannot be read or holds no key.
    pub fn open(path: &'a Path) -> Result<Self, Failure> {
        let named = |attempt| format!("could not {attempt} {}", path.display());
        let content = disk::read_given(path, LIMIT)
            .map_err(|e| Failure::new(Code::General, e).context(named("read the key in")))?;
        let keys =
            Keys::read(&content).map_err(|e| Failure::from(e).context(named("use the key in")))?;
        Ok(Self { keys, path })
    }

    /// Checks the token's signature.
    ///
    /// # Errors
    /// Why it is not good, or why that cannot be told.
    pub fn check(&self, token: &Token) -> Result<Verified<'a>, Bad> {
        let good = self.keys.check(token)?;
        let path = self.path;
        Ok(Verified { good, path })
    }
}

impl fmt::Display for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "yes, {} with the key ", self.good.algorithm)?;
        if let Some(id) = &self.good.key {
            write!(f, "{id} ")?;
        }
        write!(f, "in {}", self.path.display())
    }
}
