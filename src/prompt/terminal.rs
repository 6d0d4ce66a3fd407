//! The terminal on stdin: changes its settings for reading, and always restores
//! them.
//!
//! Not for the typed text.

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

/// How often to check whether vtexid is in the foreground.
const BACKGROUND_POLL: Duration = Duration::from_millis(100);

/// The terminal on stdin. Dropping it restores the terminal's settings.
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
    /// The terminal's original settings, while they are changed.
    original: Option<Termios>,
    closed: bool,
}

/// What came from the terminal.
pub enum Input {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Nothing arrived in time.
    Nothing,
    /// vtexid has come to the foreground.
    Foreground,
    /// The terminal is gone.
    Gone,
}

impl Terminal {
    /// Changes nothing yet. With `marks_paste` the terminal marks pastes.
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
            // Closed by a signal that will end the process: an error here would
            // end it with another exit code.
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

    /// Makes the terminal send each byte as it is typed, without showing it.
    /// Signal keys still send signals.
    fn claim(&self) -> io::Result<Claim> {
        let mut state = self.state();
        if state.closed {
            return Ok(Claim::Closed);
        }
        if !is_foreground() {
            // The foreground program has set its own settings.
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
        // A late read returns instead of waiting.
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
            // Does not wait for output: a stopped terminal (Ctrl-S) accepts
            // none.
            let _ = tcsetattr(stdin(), OptionalActions::Now, &original);
            // The rest of a paste must not become a command of the shell.
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
