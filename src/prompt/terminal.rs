//! The terminal on stdin, while something is read from it: which settings it
//! has, and that it gets its own back on every way out.
//!
//! Not for what is typed.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rustix::{
    event::{PollFd, PollFlags, poll},
    stdio::stdin,
    termios::{
        LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr,
        tcgetpgrp, tcsetattr,
    },
    time::Timespec,
};

use crate::{
    output::Output,
    signals::{Event, Guard, Signals},
};

/// How often to look whether vtexid came to the foreground.
const BACKGROUND_POLL: Duration = Duration::from_millis(100);

/// The terminal on stdin. Dropping it gives the terminal its settings back.
pub struct Terminal {
    shared: Arc<Shared>,
    _on_signal: Guard,
}

struct Shared {
    marks_paste: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The terminal's own settings, while it has others.
    original: Option<Termios>,
    closed: bool,
}

/// What came from the terminal.
pub enum Input {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Nothing within the time.
    Nothing,
    /// Whether or not something came: vtexid is in the foreground for the
    /// first time, or again.
    Foreground,
    /// The terminal is gone.
    Gone,
}

impl Terminal {
    /// Changes nothing yet. With `marks_paste` the terminal is asked to put
    /// marks around what is pasted.
    pub fn new(signals: &Signals, marks_paste: bool) -> Self {
        let shared = Arc::new(Shared {
            marks_paste,
            state: Mutex::default(),
        });
        signals.watch_for_stop();
        let on_signal = signals.on_event({
            let shared = Arc::clone(&shared);
            move |event| shared.restore(event == Event::End)
        });
        Self {
            shared,
            _on_signal: on_signal,
        }
    }

    /// What is typed within `wait`. Reads only in the foreground: a read in
    /// the background would stop the process.
    pub fn read(&self, wait: Duration) -> Input {
        match self.shared.claim() {
            Ok(Claim::Held) => {}
            Ok(Claim::Taken) => return Input::Foreground,
            // Closed by a signal, which is about to end the process: an error
            // would end it first, with another exit code.
            Ok(Claim::Background | Claim::Closed) => {
                std::thread::sleep(wait.min(BACKGROUND_POLL));
                return Input::Nothing;
            }
            Err(_) => return Input::Gone,
        }
        let input = stdin();
        let mut fds = [PollFd::new(&input, PollFlags::IN)];
        let wait = Timespec::try_from(wait.min(BACKGROUND_POLL)).ok();
        match poll(&mut fds, wait.as_ref()) {
            Ok(0) | Err(rustix::io::Errno::INTR) => return Input::Nothing,
            Ok(_) => {}
            Err(_) => return Input::Gone,
        }
        if !is_foreground() {
            return Input::Nothing;
        }
        let mut bytes = vec![0; 4096];
        match rustix::io::read(input, &mut bytes) {
            Ok(0) if fds[0].revents().contains(PollFlags::HUP) => Input::Gone,
            Ok(0) | Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Input::Nothing,
            Ok(count) => {
                bytes.truncate(count);
                Input::Bytes(bytes)
            }
            Err(_) => Input::Gone,
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.shared.restore(true);
    }
}

enum Claim {
    Held,
    Taken,
    Background,
    Closed,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sees that each byte comes as it is typed, and shows none of them.
    /// Signal keys stay signals.
    fn claim(&self) -> io::Result<Claim> {
        let mut state = self.state();
        if state.closed {
            return Ok(Claim::Closed);
        }
        if !is_foreground() {
            // Whoever has the foreground gave the terminal settings of its own.
            state.original = None;
            return Ok(Claim::Background);
        }
        if state.original.is_some() {
            return Ok(Claim::Held);
        }
        let original = tcgetattr(stdin())?;
        let mut ours = original.clone();
        ours.local_modes.remove(
            LocalModes::ICANON | LocalModes::ECHO | LocalModes::ECHONL | LocalModes::IEXTEN,
        );
        // A read that came too late returns instead of waiting.
        ours.special_codes[SpecialCodeIndex::VMIN] = 0;
        ours.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(stdin(), OptionalActions::Now, &ours)?;
        state.original = Some(original);
        if self.marks_paste {
            Output::mark_paste(true);
        }
        Ok(Claim::Taken)
    }

    fn restore(&self, close: bool) {
        let mut state = self.state();
        state.closed |= close;
        if let Some(original) = state.original.take()
            && is_foreground()
        {
            // At once: a terminal that was stopped (Ctrl-S) takes no output.
            let _ = tcsetattr(stdin(), OptionalActions::Now, &original);
            // What is left of a paste must not become a command of the shell.
            let _ = tcflush(stdin(), QueueSelector::IFlush);
            if self.marks_paste {
                Output::mark_paste(false);
            }
        }
    }
}

/// Whether vtexid may read from the terminal.
fn is_foreground() -> bool {
    tcgetpgrp(stdin()).is_ok_and(|group| group == rustix::process::getpgrp())
}
