//! Opening files that others may have placed, linked or replaced.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::mpsc,
};

use zeroize::Zeroizing;

use super::{check_only_owner_writes, check_private_dir};
use crate::{threads, waits::PIPE_TIMEOUT};

/// Opens a file for reading, but does not follow a link that somebody may have
/// placed; never waits for a FIFO.
///
/// # Errors
/// As the file system says.
#[cfg(unix)]
pub fn open_private(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

/// Opens a file for reading.
///
/// # Errors
/// As the file system says.
#[cfg(not(unix))]
pub fn open_private(path: &Path) -> io::Result<File> {
    super::busy::retry(|| File::open(path))
}

/// Opens a regular file for reading, or the one that a link leads to; never
/// waits for a FIFO.
///
/// # Errors
/// As the file system says, and for anything but a regular file.
pub fn open_regular(path: &Path) -> io::Result<File> {
    let file = open_private(&fs::canonicalize(path)?)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    Ok(file)
}

/// Reads a file that another program of this user wrote, unless somebody else
/// could have written it, or it is larger than `limit` bytes. Follows a link,
/// because people move such files.
///
/// # Errors
/// As the file system says; `PermissionDenied` where others can write.
pub fn read_trusted(path: &Path, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = open_regular(path)?;
    for dir in [path, &fs::canonicalize(path)?].map(Path::parent) {
        let Some(dir) = dir else { continue };
        check_private_dir(dir)
            .map_err(|e| io::Error::new(e.kind(), format!("its folder {}: {e}", dir.display())))?;
    }
    check_only_owner_writes(&file.metadata()?)?;
    let mut content = Zeroizing::new(Vec::new());
    file.take(limit + 1).read_to_end(&mut content)?;
    if content.len() as u64 > limit {
        return Err(io::Error::other(format!("it is larger than {limit} bytes")));
    }
    Ok(content)
}

/// No dotfile manager makes more links.
#[cfg(unix)]
const MAX_LINKS: usize = 8;

/// The real place of the file at `path`: follows this user's own links, as
/// dotfile managers make them. Refuses another user's link, and a link into a
/// folder that others can write to.
///
/// # Errors
/// `PermissionDenied` with the reason, or as the file system says; the file
/// itself may be missing.
#[cfg(unix)]
pub fn follow_own_links(path: &Path) -> io::Result<PathBuf> {
    use std::os::unix::fs::MetadataExt as _;
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let meta = match fs::symlink_metadata(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(path),
            other => other?,
        };
        if !meta.is_symlink() {
            return Ok(path);
        }
        if meta.uid() != rustix::process::geteuid().as_raw() {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "it is a link of another user's",
            ));
        }
        let dir = path.parent().unwrap_or(Path::new("/"));
        path = dir.join(fs::read_link(&path)?);
        if let Some(dir) = path.parent() {
            check_private_dir(dir).map_err(|e| {
                let place = dir.display();
                io::Error::new(e.kind(), format!("it is a link into {place}: {e}"))
            })?;
        }
    }
    Err(io::Error::other(format!(
        "more than {MAX_LINKS} links lead to it"
    )))
}

/// Where the file at `path` is.
///
/// # Errors
/// None: only administrators make links on Windows.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
pub fn follow_own_links(path: &Path) -> io::Result<PathBuf> {
    Ok(path.to_owned())
}

/// Refuses an open file that is not regular, or belongs to another user.
///
/// # Errors
/// `PermissionDenied` with the reason.
pub fn check_own_file(file: &File) -> io::Result<()> {
    let meta = file.metadata()?;
    let refuse = |why: &str| Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    if !meta.is_file() {
        return refuse("it is not a file");
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::uid(&meta) != rustix::process::geteuid().as_raw() {
        return refuse("it belongs to another user");
    }
    Ok(())
}

/// Reads a file that somebody named: a regular one, or the pipe a shell makes
/// of `<(command)`. Anything else may never end, and a pipe is not waited for
/// longer than `PIPE_TIMEOUT`.
///
/// # Errors
/// As the file system says; when it holds more than `limit` bytes; `TimedOut`.
pub fn read_given(path: &Path, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    let path = path.to_owned();
    // Opening and reading wait for a writer, possibly for ever. No system can
    // cancel that for every pipe, so the thread is abandoned.
    threads::start(move || sender.send(read_whole(&path, limit)))?;
    receiver.recv_timeout(PIPE_TIMEOUT).unwrap_or_else(|_| {
        Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("timed out after {}s", PIPE_TIMEOUT.as_secs()),
        ))
    })
}

fn read_whole(path: &Path, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    let kind = file.metadata()?.file_type();
    #[cfg(unix)]
    let pipe = std::os::unix::fs::FileTypeExt::is_fifo(&kind);
    #[cfg(not(unix))]
    let pipe = false;
    if !kind.is_file() && !pipe {
        return Err(io::Error::other("it is neither a file nor a pipe"));
    }
    let mut content = Zeroizing::new(Vec::new());
    file.take(limit + 1).read_to_end(&mut content)?;
    if content.len() as u64 > limit {
        return Err(io::Error::other(format!("it is larger than {limit} bytes")));
    }
    Ok(content)
}
