//! The one listener for INT, TERM, HUP and QUIT.
//!
//! A signal ends the process wherever it waits, after the terminal is restored
//! and temporary files are removed. The process ends by the signal itself, so
//! that a shell's loop stops at Ctrl-C. Not for programs that vtexid starts,
//! which have their own process groups.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// What happens to the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Ctrl-Z stops it; it may continue later.
    #[cfg(unix)]
    Stop,
    /// It ends.
    End,
}

/// Called for an event, on the listener's thread.
type Hook = dyn Fn(Event) + Send + Sync;

/// The listener. Clones are the same one.
#[derive(Clone, Default)]
pub struct Signals(Arc<Shared>);

#[derive(Default)]
struct Shared {
    hooks: Mutex<Vec<Weak<Hook>>>,
    shield: Mutex<ShieldState>,
    #[cfg(unix)]
    handle: std::sync::OnceLock<signal_hook::iterator::Handle>,
}

/// Work that the first signal must not interrupt.
#[derive(Default)]
struct ShieldState {
    /// Its name, while there is some.
    work: Option<&'static str>,
    /// The signal that arrived in the meantime.
    pending: Option<i32>,
}

/// Delays signals. Dropping it ends the process if one arrived in the meantime.
pub struct Shield(Arc<Shared>);

impl Drop for Shield {
    fn drop(&mut self) {
        let mut state = self.0.shield();
        state.work = None;
        let pending = state.pending.take();
        drop(state);
        #[cfg(unix)]
        if let Some(signal) = pending {
            unix::end(&self.0, signal);
        }
        #[cfg(not(unix))]
        let _ = pending;
    }
}

/// Keeps a hook in place; dropping it removes the hook.
pub struct Guard {
    _hook: Arc<Hook>,
}

impl Signals {
    /// Starts to listen. If that is impossible, signals have their default
    /// effect, without the hooks.
    pub fn listen() -> Self {
        let signals = Self::default();
        #[cfg(unix)]
        unix::listen(&signals.0);
        signals
    }

    /// Registers a hook that is called before the process stops or ends.
    pub fn on_event(&self, hook: impl Fn(Event) + Send + Sync + 'static) -> Guard {
        let hook: Arc<Hook> = Arc::new(hook);
        let mut hooks = self.0.hooks();
        hooks.retain(|hook| hook.strong_count() > 0);
        hooks.push(Arc::downgrade(&hook));
        Guard { _hook: hook }
    }

    /// Lets `work` finish before a signal ends the process, for at most 5 s
    /// (service managers kill soon after) and unless a second signal arrives.
    /// For a request that cannot be repeated and for saving its result, not for
    /// waiting for a lock.
    pub fn shield(&self, work: &'static str) -> Shield {
        self.0.shield().work = Some(work);
        Shield(Arc::clone(&self.0))
    }

    /// Calls the hooks when the process panics, too.
    pub fn on_panic(&self) {
        let shared = Arc::clone(&self.0);
        let default = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            shared.tell(Event::End);
            default(panic);
        }));
    }

    /// Calls the hooks before Ctrl-Z stops the process, too. For code that
    /// changes the terminal.
    #[cfg(unix)]
    pub fn watch_for_stop(&self) {
        if let Some(handle) = self.0.handle.get()
            && !unix::is_ignored(signal_hook::consts::SIGTSTP)
        {
            let _ = handle.add_signal(signal_hook::consts::SIGTSTP);
        }
    }
}

impl Shared {
    fn hooks(&self) -> MutexGuard<'_, Vec<Weak<Hook>>> {
        self.hooks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn shield(&self) -> MutexGuard<'_, ShieldState> {
        self.shield.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, event: Event) {
        // Called without the lock, because a hook may be removed at the same
        // time.
        let hooks: Vec<Arc<Hook>> = self.hooks().iter().filter_map(Weak::upgrade).collect();
        for hook in hooks {
            hook(event);
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::{
        fs,
        sync::{Arc, mpsc},
        thread,
        time::Duration,
    };

    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP},
        iterator::Signals,
        low_level::emulate_default_handler,
    };

    use super::{Event, Shared};
    use crate::{disk, output::Output, waits::MAX_FINISH};

    /// How long restoring the terminal may take.
    const MAX_TIDY: Duration = Duration::from_millis(500);

    /// Returns once signals are heard.
    pub fn listen(shared: &Arc<Shared>) {
        let (ready, is_ready) = mpsc::sync_channel(1);
        let shared = Arc::clone(shared);
        // The thread installs the handlers itself: without the thread, signals
        // would be lost.
        let thread = thread::Builder::new().spawn(move || {
            let wanted = [SIGINT, SIGTERM, SIGHUP, SIGQUIT];
            let signals = Signals::new(wanted.into_iter().filter(|signal| !is_ignored(*signal)));
            let Ok(mut signals) = signals else { return };
            let _ = shared.handle.set(signals.handle());
            let _ = ready.send(());
            for signal in signals.forever() {
                if signal == SIGTSTP {
                    shared.tell(Event::Stop);
                    let _ = emulate_default_handler(signal);
                } else if !put_off(&shared, signal) {
                    end(&shared, signal);
                }
            }
        });
        if thread.is_ok() {
            // An error means that there are no handlers, which is fine here.
            let _ = is_ready.recv();
        }
    }

    /// Whether the signal has to wait for the work that is shielded.
    fn put_off(shared: &Arc<Shared>, signal: i32) -> bool {
        let mut state = shared.shield();
        let Some(work) = state.work.filter(|_| state.pending.is_none()) else {
            return false;
        };
        state.pending = Some(signal);
        drop(state);
        // Starts the timer before printing, because stderr may block.
        let shared = Arc::clone(shared);
        let timer = thread::Builder::new().spawn(move || {
            thread::sleep(MAX_FINISH);
            end(&shared, signal);
        });
        let _ = thread::Builder::new().spawn(move || {
            Output::warn(format_args!(
                "finishing {work}; Ctrl-C again gives up and may lose the session"
            ));
        });
        timer.is_ok()
    }

    /// Ends the process by the signal.
    #[expect(
        clippy::exit,
        reason = "the first process of a container ends no other way"
    )]
    pub(super) fn end(shared: &Arc<Shared>, signal: i32) {
        disk::finish_writing();
        let last = {
            let shared = Arc::clone(shared);
            move || {
                shared.tell(Event::End);
                Output::end_status();
            }
        };
        let (done, is_done) = mpsc::channel();
        // A terminal that accepts no output (Ctrl-S) must not block the end.
        let tidying = thread::Builder::new().spawn(move || {
            last();
            let _ = done.send(());
        });
        if tidying.is_ok() {
            let _ = is_done.recv_timeout(MAX_TIDY);
        }
        // The kernel ignores signals' default effect for process 1.
        if std::process::id() == 1 {
            std::process::exit(128 + signal);
        }
        let _ = emulate_default_handler(signal);
    }

    /// Whether vtexid was started with the signal ignored (`nohup`, a script's
    /// `&`). Only Linux tells without unsafe code.
    pub(super) fn is_ignored(signal: i32) -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.unwrap_or(0) & (1 << (signal - 1)) != 0
    }
}
