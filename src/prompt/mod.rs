//! Reads what people type or paste at the terminal, shown or hidden, and lines
//! that a script sends instead.
//!
//! Not for secrets from pipes and files (`provided`), and not for checking what
//! was typed.

#[cfg(unix)]
mod editor;
mod piped;
#[cfg(not(unix))]
#[path = "windows.rs"]
mod platform;
#[cfg(unix)]
#[path = "unix.rs"]
mod platform;
#[cfg(unix)]
mod terminal;

use std::{
    io::{self, IsTerminal as _, Read as _},
    sync::mpsc,
    time::Duration,
};

use zeroize::Zeroizing;

use self::piped::is_pipe;
pub use self::platform::Typed;
use crate::{
    context::Context,
    error::{Code, Failure},
    output::{self, Output},
    provided,
    secret::Secret,
    threads, time,
};

/// Where lines can come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A person types or pastes them.
    Terminal,
    /// A program sends them.
    Pipe,
}

impl Source {
    /// What stdin is; `None` for files and `/dev/null`. Accepts pipes only with
    /// `pipes`, because their content may be for another program.
    pub fn of_stdin(pipes: bool) -> Option<Self> {
        if io::stdin().is_terminal() {
            Some(Self::Terminal)
        } else {
            (pipes && is_pipe()).then_some(Self::Pipe)
        }
    }
}

/// Asks for a secret, hidden.
///
/// # Errors
/// When the terminal is gone, or Ctrl-D is pressed.
pub fn secret(context: &Context, prompt: &str) -> Result<Secret, Failure> {
    let text = platform::hidden_line(context, prompt)?;
    let text = text.ok_or_else(|| failed("nothing was typed"))?;
    Ok(Secret::new(provided::clean(&text).to_owned()))
}

/// Why no secret could be read from stdin.
pub enum StdinProblem {
    /// It is too long.
    TooLarge,
    /// It could not be read, or is not text.
    Unreadable(String),
}

/// A secret that was piped in, of `max_bytes` at most.
///
/// # Errors
/// When it is longer, or cannot be read.
pub fn piped_secret(max_bytes: u64) -> Result<Secret, StdinProblem> {
    let unreadable = |e: io::Error| StdinProblem::Unreadable(e.to_string());
    let mut bytes = Zeroizing::new(Vec::new());
    let mut stdin = io::stdin().lock().take(max_bytes + 1);
    stdin.read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > max_bytes {
        return Err(StdinProblem::TooLarge);
    }
    provided::value(&bytes).map_err(StdinProblem::Unreadable)
}

/// Whether there is somebody to ask.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && output::stderr_is_terminal()
}

/// The next line of stdin if it is not a terminal; `None` at its end.
///
/// # Errors
/// When none comes within `limit`.
pub fn line_of_stdin(limit: Duration) -> Result<Option<Zeroizing<String>>, Failure> {
    let (sender, receiver) = mpsc::channel();
    // A read of a pipe cannot be cancelled, and ends with the process.
    threads::start(move || sender.send(platform::line_of_stdin()))?;
    receiver.recv_timeout(limit).map_err(|_| {
        let limit = time::duration_words(limit);
        Failure::new(
            Code::General,
            format_args!("timed out after {limit} waiting for a line on standard input"),
        )
    })
}

/// Asks a question that is answered with a line, which is shown.
///
/// # Errors
/// When the terminal is gone, or Ctrl-D is pressed.
pub fn line(context: &Context, prompt: &str) -> Result<String, Failure> {
    let text = platform::shown_line(context, prompt)?;
    let text = text.ok_or_else(|| failed("nothing was typed"))?;
    Ok(provided::clean(&text).to_owned())
}

/// Asks for confirmation. Accepts only a clear yes, in the languages of the
/// login page.
///
/// # Errors
/// As [`line()`].
pub fn confirm(context: &Context, question: &str) -> Result<bool, Failure> {
    let answer = line(context, question)?.to_lowercase();
    Ok(["y", "yes", "s", "sim", "si", "sí"].contains(&answer.trim()))
}

/// Reads lines until Ctrl-D.
///
/// # Errors
/// When the terminal is gone.
pub fn text(context: &Context) -> Result<Zeroizing<String>, Failure> {
    platform::text(context)
}

/// Shows a prompt, on its own line if it ends with a newline.
fn ask(prompt: &str) {
    match prompt.strip_suffix('\n') {
        Some(line) => Output::say(line),
        None => Output::prompt(prompt),
    }
}

fn failed(problem: &str) -> Failure {
    Failure::new(
        Code::General,
        format_args!("could not read from the terminal: {problem}"),
    )
}
