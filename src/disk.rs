//! Files that survive a crash: private folders, one-step replacement, locks.
//!
//! Not for knowing what is in them.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read as _, Write},
    path::Path,
    sync::mpsc,
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
const ZEROS: [u8; 4096] = [0; 4096];
/// No file takes so long to write: an older one was left behind by a crash.
const MAX_WRITE_TIME: Duration = Duration::from_secs(600);

/// Removes from a folder what a crash left behind before it was complete.
/// Where a link leads may be a folder of others.
pub fn sweep(dir: &Path) {
    if !fs::symlink_metadata(dir).is_ok_and(|meta| meta.is_dir()) {
        return;
    }
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if is_leftover(&entry) {
            // What cannot be removed now can be the next time.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether this is a file that a crash left behind before it was complete.
pub fn is_leftover(entry: &fs::DirEntry) -> bool {
    // As `tempfile` names them: other files may begin like that.
    let name = entry.file_name();
    let random = name.to_str().and_then(|name| name.strip_prefix(NEW));
    let named = random.is_some_and(|random| {
        random.len() == 6 && random.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
    named && age().is_some_and(|age| age > MAX_WRITE_TIME)
}

/// Refuses a folder in which others could replace what is in it.
///
/// # Errors
/// `PermissionDenied` with the reason; `NotFound` where there is no folder.
#[cfg(unix)]
pub fn check_private_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let meta = fs::metadata(dir)?;
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
            format!("it did not end within {} s", GIVEN_LIMIT.as_secs()),
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
/// a crash meets the old content or the new and nothing between.
///
/// # Errors
/// As the file system says; the old file is untouched then.
pub fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
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
    Ok(())
}

/// A file of mode 0600 under a random name, removed when it is dropped.
fn create_new(dir: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut builder = tempfile::Builder::new();
    builder.prefix(NEW).make_in(dir, |path| options.open(path))
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
