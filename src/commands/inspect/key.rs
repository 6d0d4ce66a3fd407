//! `--key FILE` and `--secret FILE`: verifies signatures offline.
//!
//! Not for the formats of keys (`signature`).

use std::{fmt, path::PathBuf};

use crate::{
    cli::Inspect,
    disk,
    error::{Code, Failure},
    output::path_visible,
    signature::{Keys, ValidSignature, VerifyError},
    token::Token,
};

/// Larger than any set of keys; limits the memory that a wrong file can use.
const MAX_KEY_FILE_BYTES: u64 = 1 << 20;

/// The keys of a file.
pub struct KeyFile {
    keys: Keys,
    place: Place,
}

/// A valid signature and the file with its key.
pub struct Verified<'a> {
    signature: ValidSignature,
    place: &'a Place,
}

/// A file, and whether it has a key or a secret.
struct Place {
    what: &'static str,
    path: PathBuf,
}

impl KeyFile {
    /// Reads the keys in the file that an option names, if there is one.
    ///
    /// # Errors
    /// 1 when the file cannot be read or contains no key.
    pub fn open(args: &Inspect) -> Result<Option<Self>, Failure> {
        let (what, path) = match (&args.key, &args.secret) {
            (Some(path), _) => ("key", path),
            (None, Some(path)) => ("secret", path),
            (None, None) => return Ok(None),
        };
        let named = |attempt| format!("could not {attempt} the {what} in {}", path_visible(path));
        let content = disk::read_given(path, MAX_KEY_FILE_BYTES)
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
    /// Why the signature is invalid, or why it cannot be verified.
    pub fn check(&self, token: &Token) -> Result<Verified<'_>, VerifyError> {
        let signature = self.keys.check(token)?;
        let place = &self.place;
        Ok(Verified { signature, place })
    }
}

impl Verified<'_> {
    /// The warning about the key, if there is one.
    pub fn warning(&self) -> Option<&str> {
        self.signature.warning.as_deref()
    }
}

impl fmt::Display for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { what, path } = self.place;
        write!(f, "valid, {} with the {what} ", self.signature.algorithm)?;
        if let Some(id) = &self.signature.key {
            write!(f, "{id} ")?;
        }
        write!(f, "in {}", path.display())
    }
}
