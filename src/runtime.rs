//! The tokio runtime, for commands that need the network.
//!
//! Not for signals: those end the process wherever it waits (`signals`).

use std::future::Future;

use crate::{error::Failure, threads};

/// Runs something that needs the network, on this thread. Drops what is still
/// going on when it returns.
///
/// # Errors
/// What the future fails with, or that there can be no runtime.
pub fn run<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    // Names of hosts are looked up on threads that tokio starts.
    threads::check()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::from(anyhow::Error::from(e).context("could not start tokio")))?;
    let result = runtime.block_on(work);
    // A name look-up that hangs must not keep the process.
    runtime.shutdown_background();
    result
}
