//! Files that survive a crash: private folders, one-step replacement, locks.
//!
//! Not for knowing what is in them.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read as _, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use zeroize::Zeroizing;

use crate::threads;

/// Makes a folder that only its owner may enter, and its parents.
///
/// # Errors
/// As the file system says.
pub fn create_private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Begins the names of files that are not complete yet.
const NEW: &str = ".new-";
/// No file takes so long to write: an older one was left behind by a crash.
const MAX_WRITE_TIME: Duration = Duration::from_secs(600);

const ZEROS: [u8; 4096] = [0; 4096];

/// How many letters and digits follow [`NEW`].
const RANDOM_CHARS: usize = 6;

/// Held while a file is replaced.
static WRITING: Mutex<()> = Mutex::new(());

/// Lets a file that is being replaced be complete, and none be begun any more,
/// before a signal ends the process: what is incomplete would be left behind.
/// Waits a second at most.
pub fn finish_writing() {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(1) {
        if let Ok(writing) = WRITING.try_lock() {
            // Nobody begins to write any more.
            std::mem::forget(writing);
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Removes the files that a crash left behind before they were complete. Where
/// a link leads may be somebody else's folder.
pub fn sweep(dir: &Path) {
    if !fs::symlink_metadata(dir).is_ok_and(|meta| meta.is_dir()) {
        return;
    }
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten().filter(is_leftover) {
        // What cannot be removed now can be the next time.
        let _ = fs::remove_file(entry.path());
    }
}

fn is_leftover(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name();
    let random = name.to_str().and_then(|name| name.strip_prefix(NEW));
    let named = random.is_some_and(|random| {
        random.len() == RANDOM_CHARS && random.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    let age = || {
        let meta = entry.metadata().ok().filter(fs::Metadata::is_file)?;
        meta.modified().ok()?.elapsed().ok()
    };
    named && age().is_some_and(|age| age > MAX_WRITE_TIME)
}

/// Refuses a folder in which others could replace what is in it.
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

/// Windows gives folders in the profile to their owner alone by default.
///
/// # Errors
/// `NotFound` where there is no folder.
#[cfg(not(unix))]
pub fn check_private_dir(dir: &Path) -> io::Result<()> {
    fs::metadata(dir).map(drop)
}

/// Opens a file for reading, but no link to one, which whoever placed it
/// chose; never waits on a FIFO.
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
    File::open(path)
}

/// Opens a regular file for reading, or the one that a link leads to; never
/// waits on a FIFO.
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
/// could have written it, or it is larger than `limit` bytes. A link is
/// followed, because people keep such files elsewhere.
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

/// Windows gives files in the profile to their owner alone by default.
#[cfg(not(unix))]
pub fn others_can_read(_: &Path) -> bool {
    false
}

/// No dotfile manager makes more.
#[cfg(unix)]
const MAX_LINKS: usize = 8;

/// Where the file at `path` is: there, or where links lead that are this
/// user's own, as a dotfile manager places them. A link of anybody else's, or
/// into a folder that others can write to, is refused.
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
pub fn follow_own_links(path: &Path) -> io::Result<PathBuf> {
    Ok(path.to_owned())
}

/// Refuses an open file that is not a plain one, or not this user's.
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

/// How long a pipe may take: what writes to it may have to ask the network.
const GIVEN_LIMIT: Duration = Duration::from_secs(10);

/// Reads a file that somebody named: a regular one, or the pipe a shell makes
/// of `<(command)`. Anything else may never end, and a pipe is not waited for
/// longer than 10 s.
///
/// # Errors
/// As the file system says; when it holds more than `limit` bytes; `TimedOut`.
pub fn read_given(path: &Path, limit: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    let path = path.to_owned();
    // Both opening and reading wait for a writer, who may never come. No
    // system ends that wait for all kinds of pipe: the thread is left behind.
    threads::start(move || sender.send(read_whole(&path, limit)))?;
    receiver.recv_timeout(GIVEN_LIMIT).unwrap_or_else(|_| {
        Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("it did not end within {}s", GIVEN_LIMIT.as_secs()),
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
        return Err(io::Error::other(format!(
            "it holds more than {limit} bytes"
        )));
    }
    Ok(content)
}

/// Replaces `path` in one step with a file of mode 0600, so that a reader or
/// a crash meets the old content or the new and nothing between. Removes what
/// earlier crashes left behind in its folder.
///
/// # Errors
/// As the file system says; the old file is untouched then.
pub fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    // Created with mode 0600 under a random name; removed again on any error.
    let file = create_new(dir)?;
    // Not through `file` itself, whose errors name it: nobody knows that name.
    file.as_file().write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    // The rename is only as durable as the folder that holds it. Some file
    // systems cannot sync a folder; the new file is in place all the same.
    #[cfg(unix)]
    let _ = File::open(dir).and_then(|dir| dir.sync_all());
    sweep(dir);
    Ok(())
}

/// A file of mode 0600 under a random name, removed when it is dropped.
fn create_new(dir: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut builder = tempfile::Builder::new();
    builder
        .prefix(NEW)
        .rand_bytes(RANDOM_CHARS)
        .make_in(dir, |path| options.open(path))
}

/// Finds out whether files of `bytes` bytes together can be written there, by
/// writing as much.
///
/// # Errors
/// As the file system says.
pub fn check_room(dir: &Path, bytes: usize) -> io::Result<()> {
    // One without a name, where there are such files, cannot be left behind.
    // Why there is none, only the other way of making one says well.
    let mut file = match tempfile::tempfile_in(dir) {
        Ok(file) => file,
        Err(_) => create_new(dir)?.into_parts().0,
    };
    for _ in 0..bytes.div_ceil(ZEROS.len()) {
        file.write_all(&ZEROS)?;
    }
    // Some file systems find out only then that they are full.
    file.sync_all()
}

/// Takes the lock file at `path`, waiting at most `timeout` for another
/// process to let go of it; calls `on_slow` once after a second. Held until the
/// returned file is dropped or the process ends.
///
/// # Errors
/// `TimedOut` when another process kept it; otherwise as the file system says.
pub fn lock(path: &Path, timeout: Duration, on_slow: impl Fn()) -> io::Result<File> {
    let start = Instant::now();
    let mut slow = false;
    loop {
        if let Some(file) = try_lock(path)? {
            return Ok(file);
        }
        if start.elapsed() > timeout {
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!(
                    "another vtexid has held it for more than {}s",
                    timeout.as_secs()
                ),
            ));
        }
        if !slow && start.elapsed() > Duration::from_secs(1) {
            slow = true;
            on_slow();
        }
        // The operating system has no lock with a time-out to wait on.
        thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a new file could not be created because of the folder it should be
/// in.
pub fn is_folders_fault(error: &io::Error) -> bool {
    use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem)
}

/// Whether a lock failed because its file system has none.
pub fn has_no_locks(error: &io::Error) -> bool {
    #[cfg(unix)]
    let unlocked = error.raw_os_error() == Some(rustix::io::Errno::NOLCK.raw_os_error());
    #[cfg(not(unix))]
    let unlocked = false;
    unlocked || error.kind() == io::ErrorKind::Unsupported
}

/// Takes the lock file at `path` if no other process has it.
///
/// # Errors
/// As the file system says.
pub fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(e),
    }
}
