//! Signals on Unix.
//!
//! Not for what a signal means here: that is the module's above.

use std::{
    fs,
    sync::{Arc, mpsc::SyncSender},
};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP},
    iterator::Signals,
    low_level::emulate_default_handler,
};

use super::{Event, Shared};

/// Installs the handlers, says so, and then waits for signals.
pub fn listen(shared: &Arc<Shared>, ready: &SyncSender<()>) {
    let ignored = ignored();
    let wanted = [SIGINT, SIGTERM, SIGHUP, SIGQUIT];
    let signals = Signals::new(wanted.into_iter().filter(|signal| !ignored.has(*signal)));
    let Ok(mut signals) = signals else { return };
    let _ = shared.handle.set(signals.handle());
    let _ = ready.send(());
    for signal in signals.forever() {
        if signal == SIGTSTP {
            shared.call_hooks(Event::Stop);
            let _ = emulate_default_handler(signal);
        } else {
            shared.receive(signal);
        }
    }
}

/// Ends the process by the signal itself.
#[expect(
    clippy::exit,
    reason = "vtexid may be process 1 of a container, and signals do not end that process"
)]
pub fn end_by(signal: i32) {
    // For process 1 the kernel ignores a signal's default effect.
    if std::process::id() == 1 {
        std::process::exit(128 + signal);
    }
    let _ = emulate_default_handler(signal);
}

/// The signals that vtexid was started to ignore (by `nohup`, or `&` in a script).
pub struct Ignored(u64);

/// Reads them. Only on Linux can that be done without unsafe code.
pub fn ignored() -> Ignored {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    Ignored(mask.unwrap_or(0))
}

impl Ignored {
    /// Whether this signal is one of them.
    pub fn has(&self, signal: i32) -> bool {
        self.0 & (1 << (signal - 1)) != 0
    }
}
