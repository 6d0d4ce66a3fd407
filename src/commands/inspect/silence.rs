//! A pipe that stays open and sends nothing, as scripts, editors and agents may
//! leave one: vtexid says that it is waiting, and then gives up.
//!
//! Not for reading it.

use std::time::Duration;

use crate::{
    context::Context,
    error::{Code, Failure},
};

/// After this long, say what vtexid is waiting for.
const NOTE_AFTER: Duration = Duration::from_secs(1);
/// After this much longer, give up.
const GIVE_UP_AFTER: Duration = Duration::from_secs(59);

const HINT: &str = "for the stored token, run `vtexid inspect --stored`";

/// Waits for the first byte; if the user typed `-` (`wanted`), without a limit.
///
/// # Errors
/// When nothing came.
pub fn wait(context: &Context, wanted: bool) -> Result<(), Failure> {
    let silence = Silence::new();
    if silence.ends_within(NOTE_AFTER) {
        return Ok(());
    }
    if wanted {
        context.output.note("waiting for a token on standard input");
        return Ok(());
    }
    context.output.note(format_args!(
        "waiting for a token on standard input; {HINT}"
    ));
    if silence.ends_within(GIVE_UP_AFTER) {
        return Ok(());
    }
    Err(Failure::new(
        Code::General,
        format_args!(
            "timed out after {}s waiting for a token on standard input",
            (NOTE_AFTER + GIVE_UP_AFTER).as_secs()
        ),
    )
    .hint(HINT))
}

#[cfg(unix)]
struct Silence(std::io::Stdin);

#[cfg(unix)]
impl Silence {
    fn new() -> Self {
        Self(std::io::stdin())
    }

    /// Whether something can be read within that time, or the end was reached.
    fn ends_within(&self, time: Duration) -> bool {
        use rustix::{
            event::{PollFd, PollFlags, Timespec, poll},
            io::Errno,
        };
        let until = std::time::Instant::now() + time;
        loop {
            let left = until.saturating_duration_since(std::time::Instant::now());
            let Ok(left) = Timespec::try_from(left) else {
                return true;
            };
            let mut watched = [PollFd::new(&self.0, PollFlags::IN)];
            match poll(&mut watched, Some(&left)) {
                Ok(ready) => return ready > 0,
                Err(Errno::INTR) => {}
                // Reading it returns the error.
                Err(_) => return true,
            }
        }
    }
}

/// Waits for input on a thread. What it reads stays in stdin's buffer.
#[cfg(not(unix))]
struct Silence(Option<std::sync::mpsc::Receiver<()>>);

#[cfg(not(unix))]
impl Silence {
    fn new() -> Self {
        use std::io::BufRead as _;
        let (ready, is_ready) = std::sync::mpsc::channel();
        let thread = crate::threads::start(move || {
            let _ = std::io::stdin().lock().fill_buf();
            let _ = ready.send(());
        });
        Self(thread.is_ok().then_some(is_ready))
    }

    /// Whether something can be read within that time, or the end was reached.
    fn ends_within(&self, time: Duration) -> bool {
        use std::sync::mpsc::RecvTimeoutError::Timeout;
        let Some(is_ready) = &self.0 else { return true };
        is_ready.recv_timeout(time) != Err(Timeout)
    }
}
