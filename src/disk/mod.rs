//! Files that survive a crash: private folders, one-step replacement, locks.
//!
//! Not for knowing what is in them.

mod busy;
mod lock;
mod read;
mod replace;
mod write;

use std::{
    fs::{self, File},
    io,
    path::Path,
};

pub use self::{
    lock::{has_no_locks, lock, try_lock},
    read::{
        check_own_file, follow_own_links, open_private, open_regular, read_given, read_trusted,
    },
    replace::Replacement,
    write::{check_room, finish_writing, sweep, write_atomically},
};

/// Makes a folder that only its owner may enter, and its parents.
///
/// # Errors
/// As the file system says.
pub fn create_private_dir(dir: &Path) -> io::Result<()> {
    #[cfg(windows)]
    let missing: Vec<&Path> = dir.ancestors().take_while(|dir| !dir.exists()).collect();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)?;
    // An existing folder may be shared on purpose. Some file systems cannot do
    // this; `check_private_file` detects that.
    #[cfg(windows)]
    for dir in missing.iter().rev() {
        let _ = crate::windows::give_to_owner(dir);
    }
    Ok(())
}

/// Deletes a file.
///
/// # Errors
/// As the file system says.
pub fn remove_file(path: &Path) -> io::Result<()> {
    busy::retry(|| fs::remove_file(path))
}

/// Refuses an open file that others may read or change, or that belongs to
/// another user.
///
/// # Errors
/// `PermissionDenied` with the reason.
#[cfg(unix)]
pub fn check_private_file(file: &File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    check_own_file(file)?;
    let mode = file.metadata()?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("others may read or change it (mode {mode:03o}): run chmod 600 on it"),
        ));
    }
    Ok(())
}

/// Refuses an open file that others may read or change, or that belongs to
/// another user.
///
/// # Errors
/// `PermissionDenied` with the reason; as Windows says.
#[cfg(windows)]
pub fn check_private_file(file: &File) -> io::Result<()> {
    check_own_file(file)?;
    match crate::windows::who_else(file)? {
        None => Ok(()),
        Some(who) => Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("others ({who}) may read or change it: log in again to replace it"),
        )),
    }
}

/// Refuses a folder in which others could replace files.
///
/// # Errors
/// `PermissionDenied` with the reason; `NotFound` where there is no folder.
#[cfg(unix)]
pub fn check_private_dir(dir: &Path) -> io::Result<()> {
    check_only_owner_writes(&fs::metadata(dir)?)
}

#[cfg(unix)]
fn check_only_owner_writes(meta: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let refuse = |why: String| Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    if meta.uid() != rustix::process::geteuid().as_raw() {
        return refuse("it belongs to another user".to_owned());
    }
    if meta.mode() & 0o022 != 0 {
        let mode = meta.mode() & 0o777;
        return refuse(format!(
            "others may write to it (mode {mode:03o}): run chmod go-w on it"
        ));
    }
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
fn check_only_owner_writes(_: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// Windows lets others make files in most folders outside the profile, so the
/// files that matter are checked instead ([`check_private_file`]).
///
/// # Errors
/// `NotFound` where there is no folder.
#[cfg(not(unix))]
pub fn check_private_dir(dir: &Path) -> io::Result<()> {
    fs::metadata(dir).map(drop)
}

/// Whether other users of this machine can read the file.
#[cfg(unix)]
pub fn others_can_read(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let allows = |path: &Path, bits| fs::metadata(path).is_ok_and(|meta| meta.mode() & bits != 0);
    fs::canonicalize(path).is_ok_and(|path| {
        let mut dirs = path.ancestors().skip(1);
        allows(&path, 0o044) && dirs.all(|dir| allows(dir, 0o011))
    })
}

/// Whether other users of this machine can read the file.
#[cfg(windows)]
pub fn others_can_read(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(crate::windows::who_else(&file), Ok(Some(_))))
}

/// Whether a new file could not be created because of the folder it should be
/// in.
pub fn is_folders_fault(error: &io::Error) -> bool {
    use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem)
}

/// Whether files can be made in the folder: its file system may be read-only.
#[cfg(unix)]
pub fn can_write(dir: &Path) -> bool {
    rustix::fs::access(dir, rustix::fs::Access::WRITE_OK).is_ok()
}

/// Whether files can be made in the folder.
#[cfg(not(unix))]
pub fn can_write(dir: &Path) -> bool {
    fs::metadata(dir).is_ok_and(|meta| !meta.permissions().readonly())
}
