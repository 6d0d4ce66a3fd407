//! Writes a file piece by piece next to an existing one, and replaces that once
//! it is complete. For users' files, with their usual mode; `write` is for
//! vtexid's own files.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use tempfile::{NamedTempFile, TempPath};

/// A file that is being written.
pub struct Replacement {
    to: To,
}

enum To {
    /// Next to the file it will replace.
    Beside { file: NamedTempFile, path: PathBuf },
    /// A pipe or a device, which cannot be replaced.
    Itself(File),
}

impl Replacement {
    /// Starts writing. The file at `path` does not change yet.
    ///
    /// # Errors
    /// As the file system says.
    pub fn begin(path: &Path) -> io::Result<Self> {
        // A link stays a link.
        let path = match fs::canonicalize(path) {
            Ok(path) => path,
            Err(e) if e.kind() == io::ErrorKind::NotFound => path.to_owned(),
            Err(e) => return Err(e),
        };
        let old = fs::metadata(&path).ok();
        if let Some(old) = &old {
            if old.is_dir() {
                return Err(io::Error::other("it is a folder"));
            }
            let file = File::options().write(true).open(&path)?;
            if !old.is_file() {
                return Ok(Self {
                    to: To::Itself(file),
                });
            }
        }
        let dir = match path.parent() {
            Some(dir) if dir != Path::new("") => dir,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".vtexid-");
        // The usual mode of new files; the umask applies.
        #[cfg(unix)]
        let all = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666);
        #[cfg(unix)]
        builder.permissions(all);
        fs::metadata(dir)?;
        // The library's error contains the random name, which would confuse
        // users.
        let file = builder
            .tempfile_in(dir)
            .map_err(|e| io::Error::from(e.kind()))?;
        if let Some(old) = old {
            file.as_file().set_permissions(old.permissions())?;
        }
        Ok(Self {
            to: To::Beside { file, path },
        })
    }

    /// The file to remove if the process ends before it is complete.
    pub fn leftover(&self) -> Option<PathBuf> {
        match &self.to {
            To::Beside { file, .. } => Some(file.path().to_owned()),
            To::Itself(_) => None,
        }
    }

    /// Writes a piece.
    ///
    /// # Errors
    /// As the file system says.
    pub fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        match &mut self.to {
            To::Beside { file, .. } => file.as_file_mut().write_all(piece),
            To::Itself(file) => file.write_all(piece),
        }
    }

    /// Replaces the file.
    ///
    /// # Errors
    /// As the file system says; the old file stays then.
    pub fn finish(self) -> io::Result<()> {
        match self.to {
            To::Itself(mut file) => file.flush(),
            To::Beside { file, path } => {
                file.as_file().sync_all()?;
                let beside: TempPath = file.into_temp_path();
                beside.persist(path).map_err(|e| e.error)
            }
        }
    }
}
