//! `--key FILE` and `--secret FILE`: what signatures are checked with, offline.

use std::{fmt, path::PathBuf};

use crate::{
    cli::Inspect,
    disk,
    error::{Code, Failure},
    output::path_visible,
    signature::{Good, Keys, VerifyError},
    token::Token,
};

/// No set of keys is larger; reading on would only fill memory.
const LIMIT: u64 = 1 << 20;

/// The keys of a file.
pub struct KeyFile {
    keys: Keys,
    place: Place,
}

/// A good signature and the file its key is in.
pub struct Verified<'a> {
    good: Good,
    place: &'a Place,
}

/// A file and what is in it.
struct Place {
    what: &'static str,
    path: PathBuf,
}

impl KeyFile {
    /// Reads the keys in the file that is named, if one is.
    ///
    /// # Errors
    /// 1 when it cannot be read or holds no key.
    pub fn open(args: &Inspect) -> Result<Option<Self>, Failure> {
        let (what, path) = match (&args.key, &args.secret) {
            (Some(path), _) => ("key", path),
            (None, Some(path)) => ("secret", path),
            (None, None) => return Ok(None),
        };
        let named = |attempt| format!("could not {attempt} the {what} in {}", path_visible(path));
        let content = disk::read_given(path, LIMIT)
            .map_err(|e| Failure::new(Code::General, e).context(named("read")))?;
        let keys = if args.key.is_some() {
            Keys::read(&content)
        } else {
            Keys::secret(&content)
        };
        let keys = keys.map_err(|e| Failure::from(e).context(named("use")))?;
        let place = Place {
            what,
            path: path.clone(),
        };
        Ok(Some(Self { keys, place }))
    }

    /// Checks the token's signature.
    ///
    /// # Errors
    /// Why it is not good, or why that cannot be told.
    pub fn check(&self, token: &Token) -> Result<Verified<'_>, VerifyError> {
        let good = self.keys.check(token)?;
        let place = &self.place;
        Ok(Verified { good, place })
    }
}

impl Verified<'_> {
    /// What is to be said of the key.
    pub fn warning(&self) -> Option<&str> {
        self.good.warning.as_deref()
    }
}

impl fmt::Display for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { what, path } = self.place;
        write!(f, "valid, {} with the {what} ", self.good.algorithm)?;
        if let Some(id) = &self.good.key {
            write!(f, "{id} ")?;
        }
        write!(f, "in {}", path.display())
    }
}
