//! Shows what vtexid is doing after a second, on a line that disappears
//! afterwards.
//!
//! Not for lasting messages.

use std::{
    fmt::Display,
    io::{self, Write as _},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use super::{Output, visible};
use crate::{threads, time};

/// Shows nothing before this.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(120);

/// Whether a status line is on the screen. Static, because the terminal is the
/// process's: whatever is printed next wipes the line, as does the signal
/// handler, whoever drew it.
static STATUS: AtomicBool = AtomicBool::new(false);

/// Shows progress until it is dropped.
pub struct Progress {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Progress {
    fn drop(&mut self) {
        let (stop, changed) = &*self.stop;
        *stop.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Output {
    /// Starts to show progress after a second, on a terminal that can redraw a
    /// line. Shows nothing if no thread can be started.
    pub fn progress(self, words: impl Display) -> Progress {
        let words = words.to_string();
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let thread = threads::start({
            let stop = Arc::clone(&stop);
            move || {
                let (stop, changed) = &*stop;
                let start = Instant::now();
                let mut stopped = stop.lock().unwrap_or_else(PoisonError::into_inner);
                let mut wait = PATIENCE;
                for tick in 0.. {
                    let waited = changed.wait_timeout_while(stopped, wait, |stopped| !*stopped);
                    stopped = waited.unwrap_or_else(PoisonError::into_inner).0;
                    if *stopped {
                        break;
                    }
                    let so_far = time::duration_words(start.elapsed());
                    self.status(tick, format_args!("{words} ({so_far})"));
                    wait = TICK;
                }
                if start.elapsed() >= PATIENCE {
                    Self::end_status();
                }
            }
        });
        Progress {
            stop,
            thread: thread.ok(),
        }
    }

    /// Draws a line that the next one replaces, with a spinner. Only for a
    /// terminal.
    pub fn status(self, tick: usize, words: impl Display) {
        const FRAMES: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
        const ASCII_FRAMES: [char; 4] = ['|', '/', '-', '\\'];
        STATUS.store(true, Relaxed);
        let frames = if self.unicode {
            &FRAMES[..]
        } else {
            &ASCII_FRAMES
        };
        let frame = frames[tick % frames.len()];
        let words = visible(&words.to_string(), false);
        let _ = io::stderr().write_all(format!("\r{frame} {words}\x1b[K").as_bytes());
    }

    /// Wipes the line that [`Output::status`] drew.
    pub fn end_status() {
        if STATUS.swap(false, Relaxed) {
            let _ = io::stderr().write_all(b"\r\x1b[K");
        }
    }
}
