//! Answers as JSON.
//!
//! Not for what is in them.

use std::{
    borrow::Cow,
    io::{self, BufWriter, StdoutLock, Write as _},
};

use serde::Serialize;

use super::{
    reader_is_there, runner,
    visible::{is_visible_json, json_visible},
};
use crate::error::Failure;

/// Many answers, one line of JSON each.
pub struct JsonLines(BufWriter<StdoutLock<'static>>);

impl JsonLines {
    /// Nothing is printed yet.
    pub fn new() -> Self {
        Self(BufWriter::with_capacity(1 << 16, io::stdout().lock()))
    }

    /// Prints one line of existing JSON. Returns whether the output is still
    /// open.
    ///
    /// # Errors
    /// As [`Output::answer`](super::Output::answer).
    pub fn line(&mut self, json: &str) -> Result<bool, Failure> {
        reader_is_there(writeln!(self.0, "{}", json_text(json)))
    }

    /// Flushes the output. Returns whether it is still open.
    ///
    /// # Errors
    /// As [`Output::answer`](super::Output::answer).
    pub fn flush(&mut self) -> Result<bool, Failure> {
        reader_is_there(self.0.flush())
    }
}

/// Adds an answer as a line of JSON, escaped like all output. `for_runner` says
/// whether a CI runner reads it.
///
/// # Errors
/// When it cannot be JSON.
pub fn add_json_line(
    to: &mut Vec<u8>,
    answer: &impl Serialize,
    for_runner: bool,
) -> Result<(), Failure> {
    let start = to.len();
    serde_json::to_writer(&mut *to, answer).map_err(not_json)?;
    // Nearly every answer needs no escape.
    if for_runner || !is_visible_json(&to[start..]) {
        let json = String::from_utf8_lossy(&to[start..]).into_owned();
        to.truncate(start);
        to.extend_from_slice(json_text(&json).as_bytes());
    }
    to.push(b'\n');
    Ok(())
}

/// Prints whole lines. Returns whether the output is still open.
///
/// # Errors
/// As [`Output::answer`](super::Output::answer).
pub fn print_lines(lines: &[u8]) -> Result<bool, Failure> {
    reader_is_there(io::stdout().lock().write_all(lines))
}

/// Whether the reader of stdout has closed it. Always `false` on Windows, which
/// tells only when something is written.
pub fn stdout_is_closed() -> bool {
    #[cfg(unix)]
    {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let stdout = io::stdout();
        // The system reports these two without being asked.
        let gone = PollFlags::ERR | PollFlags::HUP;
        let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        poll(&mut watched, Some(&now)).is_ok() && watched[0].revents().intersects(gone)
    }
    #[cfg(not(unix))]
    false
}

/// JSON with the same values, escaped so that it cannot control a terminal or a
/// CI runner.
pub fn json_text(json: &str) -> Cow<'_, str> {
    match json_visible(json) {
        Cow::Borrowed(json) => runner::json(json),
        Cow::Owned(json) => Cow::Owned(runner::json(&json).into_owned()),
    }
}

/// A whole answer, with its newline.
///
/// # Errors
/// When it cannot be serialized.
pub fn pretty(answer: &impl Serialize) -> Result<String, Failure> {
    let json = serde_json::to_string_pretty(answer).map_err(not_json)?;
    Ok(format!("{}\n", json_text(&json)))
}

fn not_json(error: serde_json::Error) -> Failure {
    Failure::from(anyhow::Error::from(error).context("could not write JSON"))
}
