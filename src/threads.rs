//! Starts threads, and reports if the machine allows no more.
//!
//! Libraries that start threads themselves abort the process if they get none:
//! call `check` before those.

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

/// More than a command runs at the same time: the keyring, the clipboard, a
/// name look-up, and a D-Bus that only `zbus` can reach.
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

/// Checks whether a command can have all the threads it may need.
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
