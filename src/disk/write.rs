//! Replacing a file in one step, and what a crash leaves behind of it.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::busy;

/// Begins the names of files that are not complete yet.
const NEW: &str = ".new-";

/// No file takes so long to write: an older one was left behind by a crash.
const MAX_WRITE_TIME: Duration = Duration::from_secs(600);

const ZEROS: [u8; 4096] = [0; 4096];

/// How many letters and digits follow [`NEW`].
const RANDOM_CHARS: usize = 6;

/// Held while a file is replaced. Static, because the signal handler must wait
/// for a file that anything in the process is replacing.
static WRITING: Mutex<()> = Mutex::new(());

/// Lets a file that is being replaced be complete, and none be begun any more,
/// before a signal ends the process: what is incomplete would be left behind.
/// Waits a second at most.
#[cfg(unix)]
pub fn finish_writing() {
    let start = std::time::Instant::now();
    while start.elapsed() < Duration::from_secs(1) {
        if let Ok(writing) = WRITING.try_lock() {
            // Nobody begins to write any more.
            std::mem::forget(writing);
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
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
    let mut file = Some(file);
    busy::retry(|| match file.take().map(|file| file.persist(path)) {
        Some(Err(failed)) => {
            file = Some(failed.file);
            Err(failed.error)
        }
        _ => Ok(()),
    })?;
    // The rename is only as durable as the folder that holds it. Some file
    // systems cannot sync a folder; the new file is in place all the same.
    #[cfg(unix)]
    let _ = File::open(dir).and_then(|dir| dir.sync_all());
    sweep(dir);
    Ok(())
}

/// A file under a random name that is its owner's alone, as mode 0600 on Unix.
/// Removed when it is dropped.
fn create_new(dir: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut builder = tempfile::Builder::new();
    let made = builder
        .prefix(NEW)
        .rand_bytes(RANDOM_CHARS)
        .make_in(dir, |path| options.open(path))?;
    // Not every file system can do this: `check_private_file` finds out.
    #[cfg(windows)]
    let _ = crate::windows::give_to_owner(made.path());
    Ok(made)
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
