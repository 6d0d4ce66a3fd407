//! Prompts on a Windows console, which accepts long lines and restores itself
//! when the process ends.

use std::{
    io::{self, Read as _},
    thread,
};

use tokio::sync::mpsc;
use zeroize::Zeroizing;

use super::{Source, ask, failed, piped};
use crate::{context::Context, error::Failure, output::Output};

/// Larger than anything that is typed or pasted here.
const MAX_TEXT_BYTES: u64 = 1 << 20;

/// One line that is not shown; `None` at the end of input.
pub fn hidden_line(_: &Context, prompt: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    Output::prompt(prompt);
    match rpassword::read_password() {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(e) => Err(failed(&e.to_string())),
    }
}

/// One line that is shown; `None` at the end of input.
pub fn shown_line(_: &Context, prompt: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    Output::prompt(prompt);
    let mut text = Zeroizing::new(String::new());
    match io::stdin().read_line(&mut text) {
        Ok(0) => Ok(None),
        Ok(_) => Ok(Some(text)),
        Err(e) => Err(failed(&e.to_string())),
    }
}

/// The next line of what is piped in.
pub fn line_of_stdin() -> Option<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    let read = io::stdin().read_line(&mut text);
    read.is_ok_and(|bytes| bytes > 0).then_some(text)
}

/// Lines until the end of input (Ctrl-Z).
pub fn text(_: &Context) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    let read = io::stdin().take(MAX_TEXT_BYTES).read_to_string(&mut text);
    read.map_err(|e| failed(&e.to_string()))?;
    Ok(text)
}

/// Reads lines while vtexid waits for something else.
pub struct Typed {
    lines: mpsc::Receiver<Zeroizing<String>>,
    /// Asks for the next line of a pipe.
    wants: Option<std::sync::mpsc::Sender<()>>,
    is_wanted: bool,
}

impl Typed {
    /// Starts to read. At a console `prompt` is shown.
    pub fn start(_: &Context, from: Source, prompt: &str) -> Option<Self> {
        let (sender, lines) = mpsc::channel(1);
        // A read of a pipe or a console cannot be cancelled, and ends with the
        // process.
        let thread = thread::Builder::new();
        let (started, wants) = if from == Source::Pipe {
            let (wants, wanted) = std::sync::mpsc::channel();
            let started = thread.spawn(move || piped::send_lines(&wanted, &sender));
            (started, Some(wants))
        } else {
            ask(prompt);
            let started = thread.spawn(move || {
                for line in io::stdin().lines() {
                    let Ok(line) = line else { break };
                    if sender.blocking_send(Zeroizing::new(line)).is_err() {
                        break;
                    }
                }
            });
            (started, None)
        };
        started.ok().map(|_| Self {
            lines,
            wants,
            is_wanted: false,
        })
    }

    /// The next line; `None` at the end of input. Can be dropped half-way
    /// without losing anything.
    pub async fn line(&mut self) -> Option<Zeroizing<String>> {
        if let Some(wants) = &self.wants
            && !self.is_wanted
        {
            // Fails only if no line can arrive.
            let _ = wants.send(());
            self.is_wanted = true;
        }
        let line = self.lines.recv().await;
        self.is_wanted = false;
        line
    }
}
