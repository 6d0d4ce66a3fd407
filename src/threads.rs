//! Threads, on machines that allow no more of them.
//!
//! Not for what runs on them. Libraries that start threads themselves end the
//! process when they get none: `check` comes before those.

use std::{
    io,
    sync::mpsc,
    thread::{self, JoinHandle},
};

/// The machine allows no more threads.
#[derive(Clone, Debug, thiserror::Error)]
#[error("could not start a thread ({0}): raise the limit on processes (`ulimit -u`)")]
pub struct NoThread(String);

impl From<NoThread> for io::Error {
    fn from(error: NoThread) -> Self {
        Self::other(error)
    }
}

/// More than a command has beside each other: one each for the keyring, the
/// clipboard, the name of a host, and a D-Bus that only `zbus` can reach.
const MOST: usize = 8;

/// Starts a thread.
///
/// # Errors
/// When the machine allows no more of them.
pub fn start<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, NoThread> {
    let started = thread::Builder::new().spawn(work);
    started.map_err(|e| NoThread(e.to_string()))
}

/// Finds out whether a command can have all the threads it may need.
///
/// # Errors
/// When it cannot.
pub fn check() -> Result<(), NoThread> {
    let mut threads = Vec::new();
    for _ in 0..MOST {
        let (end, ended) = mpsc::channel::<()>();
        // Fails once `end` is dropped, which ends the thread.
        threads.push((start(move || ended.recv().is_ok())?, end));
    }
    for (thread, end) in threads {
        drop(end);
        let _ = thread.join();
    }
    Ok(())
}
