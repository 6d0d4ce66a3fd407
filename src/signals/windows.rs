//! Ctrl-C and its like on Windows.
//!
//! Not for what a signal means here: that is the module's above.

use std::{
    convert::Infallible,
    io,
    sync::{Arc, atomic::Ordering, mpsc::SyncSender},
};

use tokio::signal::windows;
use windows_sys::Win32::Foundation::STATUS_CONTROL_C_EXIT;

use super::Shared;

/// Installs the handlers, says so, and then waits for signals.
pub fn listen(shared: &Arc<Shared>, ready: &SyncSender<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let Ok(runtime) = runtime else { return };
    // Returns only if a handler cannot be installed.
    let _ = runtime.block_on(receive(shared, ready));
}

async fn receive(shared: &Arc<Shared>, ready: &SyncSender<()>) -> io::Result<Infallible> {
    let mut ctrl_c = windows::ctrl_c()?;
    let mut ctrl_break = windows::ctrl_break()?;
    // Windows ends the process about 5 s after these, whatever it does.
    let mut close = windows::ctrl_close()?;
    let mut logoff = windows::ctrl_logoff()?;
    let mut shutdown = windows::ctrl_shutdown()?;
    let _ = ready.send(());
    loop {
        tokio::select! {
            _ = ctrl_c.recv() => {}
            _ = ctrl_break.recv() => {}
            _ = close.recv() => {}
            _ = logoff.recv() => {}
            _ = shutdown.recv() => {}
        }
        if !shared.left_to_program.load(Ordering::SeqCst) {
            shared.receive(STATUS_CONTROL_C_EXIT);
        }
    }
}

/// Ends the process with the code that Windows itself would set.
#[expect(
    clippy::exit,
    reason = "shells detect Ctrl-C by this 32-bit exit code, and `ExitCode` holds only 8 bits"
)]
pub fn end_by(code: i32) {
    std::process::exit(code);
}
