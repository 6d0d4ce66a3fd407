//! Replaces a file in one step, and removes what a crash left behind.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::busy;

/// The beginning of the names of incomplete files.
const NEW: &str = ".new-";

/// Longer than any write takes; an older file was left by a crash.
const MAX_WRITE_TIME: Duration = Duration::from_secs(600);

const ZEROS: [u8; 4096] = [0; 4096];

/// How many letters and digits follow [`NEW`].
const RANDOM_CHARS: usize = 6;

/// Held while a file is replaced. Static, because the signal handler must wait
/// for a file that anything in the process is replacing.
static WRITING: Mutex<()> = Mutex::new(());

/// How long a signal waits for a file. Longer on Windows, where a write itself
/// waits 2 s for a file that another program has open.
const MAX_FINISH_WRITING: Duration = Duration::from_secs(if cfg!(windows) { 3 } else { 1 });

/// Before a signal ends the process: waits until the file being written is
/// complete, but at most [`MAX_FINISH_WRITING`], and prevents new writes.
pub fn finish_writing() {
    let start = std::time::Instant::now();
    while start.elapsed() < MAX_FINISH_WRITING {
        if let Ok(writing) = WRITING.try_lock() {
            // Never released, so no new write begins.
            std::mem::forget(writing);
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Removes the files that a crash left behind before they were complete. Does
/// not follow links, which may lead to somebody else's folder.
pub fn sweep(dir: &Path) {
    if !fs::symlink_metadata(dir).is_ok_and(|meta| meta.is_dir()) {
        return;
    }
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten().filter(is_leftover) {
        // If this fails, the next time may work.
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

/// Replaces `path` in one step with a file of mode 0600, so that after a crash
/// the file has either the old or the new content. Removes what earlier crashes
/// left behind in its folder.
///
/// # Errors
/// As the file system says; the old file is untouched then.
pub fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    // Created with mode 0600 under a random name; removed again on any error.
    let file = create_new(dir)?;
    // Not through `file`, whose errors contain the random name.
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
    // Makes the rename durable. Some file systems cannot sync a folder; the new
    // file is in place anyway.
    #[cfg(unix)]
    let _ = File::open(dir).and_then(|dir| dir.sync_all());
    sweep(dir);
    Ok(())
}

/// A private file (mode 0600 on Unix) with a random name. Removed when dropped.
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
    // Some file systems cannot do this; `check_private_file` detects that.
    #[cfg(windows)]
    let _ = crate::windows::give_to_owner(made.path());
    Ok(made)
}

/// Checks that `bytes` bytes can be written there, by writing them.
///
/// # Errors
/// As the file system says.
pub fn check_room(dir: &Path, bytes: usize) -> io::Result<()> {
    // Prefers a file without a name, which a crash cannot leave behind. If that
    // fails, the other way gives the better error.
    let mut file = match tempfile::tempfile_in(dir) {
        Ok(file) => file,
        Err(_) => create_new(dir)?.into_parts().0,
    };
    for _ in 0..bytes.div_ceil(ZEROS.len()) {
        file.write_all(&ZEROS)?;
    }
    // Some file systems report only now that they are full.
    file.sync_all()
}
