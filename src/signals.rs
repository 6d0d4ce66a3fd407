//! The one listener for INT, TERM, HUP and QUIT.
//!
//! A signal ends the process wherever it waits, after the terminal was put
//! back and temporary files were removed, and by the signal itself: only so
//! does a shell's loop stop at Ctrl-C. Not for programs started by vtexid,
//! which are in process groups of their own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// What happens to the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Ctrl-Z stops it; it may go on later.
    #[cfg(unix)]
    Stop,
    /// It ends.
    End,
}

/// What is to be done about an event, on the listener's thread.
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

/// What must not be cut off by the first signal.
#[derive(Default)]
struct ShieldState {
    /// In words, while there is something.
    work: Option<&'static str>,
    /// The signal that came meanwhile.
    pending: Option<i32>,
}

/// Puts signals off; dropping it ends the process if one came meanwhile.
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
    /// Starts to listen. Where that is impossible, signals end the process as
    /// they do by default, without the hooks.
    pub fn listen() -> Self {
        let signals = Self::default();
        #[cfg(unix)]
        unix::listen(&signals.0);
        signals
    }

    /// Has `hook` called before the process stops or ends.
    pub fn on_event(&self, hook: impl Fn(Event) + Send + Sync + 'static) -> Guard {
        let hook: Arc<Hook> = Arc::new(hook);
        let mut hooks = self.0.hooks();
        hooks.retain(|hook| hook.strong_count() > 0);
        hooks.push(Arc::downgrade(&hook));
        Guard { _hook: hook }
    }

    /// Lets `work` be finished before a signal ends the process: within 5 s,
    /// because whoever stops a service or a container kills it soon after, and
    /// unless a second signal comes. For a request that cannot be repeated and
    /// for saving what it brings; not for waiting for a lock.
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

    /// Calls the hooks before Ctrl-Z stops the process, too. For whoever
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
        // Not called with the list locked: a hook may be removed meanwhile.
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

    /// How long putting the terminal back may take.
    const MAX_TIDY: Duration = Duration::from_millis(500);

    /// Returns once signals are heard.
    pub fn listen(shared: &Arc<Shared>) {
        let (ready, is_ready) = mpsc::sync_channel(1);
        let shared = Arc::clone(shared);
        // The handlers are the thread's own: without a thread that reads them,
        // signals would be swallowed.
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
            // Fails when there can be no handlers, which changes nothing here.
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
        // The time runs first: whoever reads stderr may read no more of it.
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
        // A terminal that takes no output (Ctrl-S) must not keep the process.
        let tidying = thread::Builder::new().spawn(move || {
            last();
            let _ = done.send(());
        });
        if tidying.is_ok() {
            let _ = is_done.recv_timeout(MAX_TIDY);
        }
        // The kernel shields the first process from what signals do by default.
        if std::process::id() == 1 {
            std::process::exit(128 + signal);
        }
        let _ = emulate_default_handler(signal);
    }

    /// Whether whoever started vtexid wants the signal ignored (`nohup`, a
    /// script's `&`). Only Linux tells without unsafe code.
    pub(super) fn is_ignored(signal: i32) -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.unwrap_or(0) & (1 << (signal - 1)) != 0
    }
}
