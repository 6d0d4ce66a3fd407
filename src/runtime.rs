//! The tokio runtime, for commands that need the network.
//!
//! Not for signals: those end the process wherever it waits (`signals`).

use std::future::Future;

use crate::{error::Failure, threads};

/// Runs work that needs the network, on this thread. Cancels unfinished
/// background work when it returns.
///
/// # Errors
/// The future's failure, or that no runtime could be started.
pub fn run<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    // tokio starts threads to look up host names.
    threads::check()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::from(anyhow::Error::from(e).context("could not start tokio")))?;
    let result = runtime.block_on(work);
    // A hanging name look-up must not block the end.
    runtime.shutdown_background();
    result
}
