//! The one listener for the signals INT, TERM, HUP and QUIT, and on Windows for
//! Ctrl-C, Ctrl-Break and the end of the console or of Windows.
//!
//! A signal ends the process even while it waits for something, after restoring
//! the terminal and removing temporary files. The process ends by the signal
//! itself, so that Ctrl-C also stops a loop in a shell script. Not for programs
//! that vtexid starts, which have their own process groups.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak, mpsc},
    thread,
    time::Duration,
};

#[cfg(unix)]
use self::unix as system;
#[cfg(windows)]
use self::windows as system;
use crate::{disk, output::Output, waits::MAX_FINISH};

/// How long restoring the terminal may take.
const MAX_TIDY: Duration = Duration::from_millis(500);

/// An event that hooks are called for.
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
    delay: Mutex<DelayState>,
    /// Until somebody has waited for the listener.
    is_ready: Mutex<Option<mpsc::Receiver<()>>>,
    #[cfg(unix)]
    handle: std::sync::OnceLock<signal_hook::iterator::Handle>,
    /// Signals are for a program that vtexid waits for.
    #[cfg(windows)]
    left_to_program: std::sync::atomic::AtomicBool,
}

/// Work that the first signal must not interrupt.
#[derive(Default)]
struct DelayState {
    /// The name of that work, while it is running.
    work: Option<&'static str>,
    /// The signal that arrived in the meantime.
    pending: Option<i32>,
}

/// Delays signals until it is dropped. Then a signal that arrived in the
/// meantime ends the process.
pub struct DelayedSignals(Arc<Shared>);

impl Drop for DelayedSignals {
    fn drop(&mut self) {
        let mut state = self.0.delay();
        state.work = None;
        let pending = state.pending.take();
        drop(state);
        if let Some(signal) = pending {
            self.0.end(signal);
        }
    }
}

/// Keeps a hook registered until it is dropped.
pub struct Guard {
    _hook: Arc<Hook>,
}

impl Signals {
    /// Starts to listen, in a thread. Until it listens, and if that fails,
    /// signals have their default effect and no hooks are called.
    pub fn listen() -> Self {
        let signals = Self::default();
        let (ready, is_ready) = mpsc::sync_channel(1);
        let shared = Arc::clone(&signals.0);
        // The thread installs the handlers itself: without the thread, signals
        // would be lost.
        let thread = thread::Builder::new().spawn(move || system::listen(&shared, &ready));
        if thread.is_ok() {
            *signals.0.is_ready() = Some(is_ready);
        }
        signals
    }

    /// Registers a hook that is called before the process stops or ends.
    pub fn on_event(&self, hook: impl Fn(Event) + Send + Sync + 'static) -> Guard {
        self.0.wait_until_ready();
        let hook: Arc<Hook> = Arc::new(hook);
        let mut hooks = self.0.hooks();
        hooks.retain(|hook| hook.strong_count() > 0);
        hooks.push(Arc::downgrade(&hook));
        Guard { _hook: hook }
    }

    /// Lets `work` finish before a signal ends the process. Gives up after 5 s,
    /// because service managers kill soon after, or at a second signal. For a
    /// request that cannot be repeated and for saving its result, not for
    /// waiting for a lock.
    pub fn delay(&self, work: &'static str) -> DelayedSignals {
        self.0.wait_until_ready();
        self.0.delay().work = Some(work);
        DelayedSignals(Arc::clone(&self.0))
    }

    /// Calls the hooks when the process panics, too.
    pub fn on_panic(&self) {
        let shared = Arc::clone(&self.0);
        let default = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            shared.call_hooks(Event::End);
            default(panic);
        }));
    }

    /// Calls the hooks before Ctrl-Z stops the process, too. For code that
    /// changes the terminal.
    #[cfg(unix)]
    pub fn watch_for_stop(&self) {
        self.0.wait_until_ready();
        if let Some(handle) = self.0.handle.get()
            && !system::ignored().has(signal_hook::consts::SIGTSTP)
        {
            let _ = handle.add_signal(signal_hook::consts::SIGTSTP);
        }
    }

    /// From now on a signal does not end this process: it is for the program
    /// that runs in its place, which receives it, too. Handlers stay installed,
    /// because the program would inherit an ignored Ctrl-C.
    #[cfg(windows)]
    pub fn leave_to_program(&self) {
        use std::sync::atomic::Ordering;
        self.0.wait_until_ready();
        self.0.left_to_program.store(true, Ordering::SeqCst);
    }
}

impl Shared {
    fn hooks(&self) -> MutexGuard<'_, Vec<Weak<Hook>>> {
        self.hooks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn delay(&self) -> MutexGuard<'_, DelayState> {
        self.delay.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_ready(&self) -> MutexGuard<'_, Option<mpsc::Receiver<()>>> {
        self.is_ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For everything that relies on the listener. Not earlier, because a short
    /// command needs none of it.
    fn wait_until_ready(&self) {
        if let Some(is_ready) = self.is_ready().take() {
            // Fails if the handlers were not installed; then there is no
            // listener to wait for.
            let _ = is_ready.recv();
        }
    }

    fn call_hooks(&self, event: Event) {
        // Called without the lock, because a hook may be removed at the same
        // time.
        let hooks: Vec<Arc<Hook>> = self.hooks().iter().filter_map(Weak::upgrade).collect();
        for hook in hooks {
            hook(event);
        }
    }

    /// A signal came: ends the process, now or after work that must finish.
    fn receive(self: &Arc<Self>, signal: i32) {
        if !self.is_delayed(signal) {
            self.end(signal);
        }
    }

    /// Whether the signal has to wait for work that must finish. Starts the timer
    /// that ends the wait.
    fn is_delayed(self: &Arc<Self>, signal: i32) -> bool {
        let mut state = self.delay();
        let Some(work) = state.work.filter(|_| state.pending.is_none()) else {
            return false;
        };
        state.pending = Some(signal);
        drop(state);
        // Starts the timer before printing, because stderr may block.
        let shared = Arc::clone(self);
        let timer = thread::Builder::new().spawn(move || {
            thread::sleep(MAX_FINISH);
            shared.end(signal);
        });
        let _ = thread::Builder::new().spawn(move || {
            Output::warn(format_args!(
                "finishing {work}; Ctrl-C again gives up and may lose the session"
            ));
        });
        timer.is_ok()
    }

    /// Ends the process by the signal.
    fn end(self: &Arc<Self>, signal: i32) {
        disk::finish_writing();
        let shared = Arc::clone(self);
        let (done, is_done) = mpsc::channel();
        // In a thread, because a terminal that is paused (Ctrl-S) would block.
        let tidying = thread::Builder::new().spawn(move || {
            shared.call_hooks(Event::End);
            Output::end_status();
            let _ = done.send(());
        });
        if tidying.is_ok() {
            let _ = is_done.recv_timeout(MAX_TIDY);
        }
        system::end_by(signal);
    }
}
