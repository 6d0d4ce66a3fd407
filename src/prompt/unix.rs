//! Prompts on a Unix terminal.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use tokio::sync::mpsc;
use zeroize::Zeroizing;

use super::{
    Source, ask,
    editor::{Editor, Step, Until},
    failed, piped,
    terminal::{Input, Terminal},
};
use crate::{
    context::Context,
    error::Failure,
    output::{self, Output},
};

/// How often to check whether to continue.
const TURN: Duration = Duration::from_millis(100);
/// If more follows a newline within this time, it was pasted. For terminals
/// that do not mark pastes.
const PASTE_GAP: Duration = Duration::from_millis(40);

/// Whether typed text is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Echo {
    /// Shown.
    Shown,
    /// Hidden.
    Hidden,
}

/// Reads one text at a time.
struct Reader {
    terminal: Terminal,
    editor: Editor,
    prompt: String,
    echo: Echo,
}

/// How reading ended.
enum Ending {
    /// With this text.
    Text(Zeroizing<String>),
    /// With Ctrl-D.
    Nothing,
    /// Without a terminal.
    Gone,
    /// Reading was cancelled.
    Cancelled,
}

impl Reader {
    fn new(context: &Context, prompt: &str, until: Until, echo: Echo) -> Self {
        let marks_paste = !context.config.dumb && output::stderr_is_terminal();
        Self {
            terminal: Terminal::new(&context.signals, marks_paste),
            editor: Editor::new(until),
            prompt: prompt.to_owned(),
            echo,
        }
    }

    /// Reads until the text is complete. Has no time limit.
    fn read(&mut self, cancelled: impl Fn() -> bool) -> Ending {
        let mut pending = Vec::new().into_iter();
        loop {
            if cancelled() {
                return Ending::Cancelled;
            }
            let Some(byte) = pending.next() else {
                match self.terminal.read(TURN) {
                    Input::Bytes(bytes) => pending = bytes.into_iter(),
                    Input::Nothing => {}
                    Input::Foreground => {
                        ask(&self.prompt);
                        self.show(&self.editor.shown());
                    }
                    Input::Gone => return Ending::Gone,
                }
                continue;
            };
            match self.editor.feed(byte) {
                Step::More(text) => self.show(&text),
                Step::Enter => {
                    if pending.len() == 0
                        && let Input::Bytes(bytes) = self.terminal.read(PASTE_GAP)
                    {
                        pending = bytes.into_iter();
                    }
                    if pending.len() == 0 {
                        Output::echo("\n");
                        return Ending::Text(self.editor.take());
                    }
                    let text = self.editor.keep_enter();
                    self.show(&text);
                }
                Step::End if self.editor.is_empty() => {
                    Output::echo("\n");
                    return Ending::Nothing;
                }
                Step::End => {
                    Output::echo("\n");
                    return Ending::Text(self.editor.take());
                }
            }
        }
    }

    fn show(&self, text: &str) {
        if self.echo == Echo::Shown {
            Output::echo(text);
        }
    }
}

/// One line that is not shown; `None` for Ctrl-D.
pub fn hidden_line(context: &Context, prompt: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    one_line(context, prompt, Echo::Hidden)
}

/// One line that is shown; `None` for Ctrl-D.
pub fn shown_line(context: &Context, prompt: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    one_line(context, prompt, Echo::Shown)
}

fn one_line(
    context: &Context,
    prompt: &str,
    echo: Echo,
) -> Result<Option<Zeroizing<String>>, Failure> {
    match Reader::new(context, prompt, Until::Line, echo).read(|| false) {
        Ending::Text(text) => Ok(Some(text)),
        Ending::Nothing | Ending::Cancelled => Ok(None),
        Ending::Gone => Err(failed("it was closed")),
    }
}

/// The next line, and nothing beyond it.
pub fn line_of_stdin() -> Option<Zeroizing<String>> {
    piped::line()
}

/// Lines until Ctrl-D.
pub fn text(context: &Context) -> Result<Zeroizing<String>, Failure> {
    match Reader::new(context, "", Until::End, Echo::Shown).read(|| false) {
        Ending::Text(text) => Ok(text),
        Ending::Nothing | Ending::Cancelled => Err(failed("nothing was typed")),
        Ending::Gone => Err(failed("it was closed")),
    }
}

/// Reads lines while vtexid waits for something else. Dropping it stops reading
/// and restores the terminal.
pub struct Typed {
    lines: mpsc::Receiver<Zeroizing<String>>,
    /// Asks for the next line of a pipe.
    wants: Option<std::sync::mpsc::Sender<()>>,
    is_wanted: bool,
    cancelled: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Typed {
    /// Starts to read. At a terminal, `prompt` is shown each time that vtexid
    /// comes to the foreground.
    pub fn start(context: &Context, from: Source, prompt: &str) -> Option<Self> {
        let (sender, lines) = mpsc::channel(1);
        let cancelled = Arc::new(AtomicBool::new(false));
        if from == Source::Pipe {
            // A read of a pipe cannot be cancelled, and ends with the process.
            let (wants, wanted) = std::sync::mpsc::channel();
            let thread = thread::Builder::new().spawn(move || piped::send_lines(&wanted, &sender));
            return thread.ok().map(|_| Self {
                lines,
                wants: Some(wants),
                is_wanted: false,
                cancelled,
                thread: None,
            });
        }
        let mut reader = Reader::new(context, prompt, Until::Line, Echo::Shown);
        let thread = thread::Builder::new().spawn({
            let cancelled = Arc::clone(&cancelled);
            move || {
                while let Ending::Text(line) = reader.read(|| cancelled.load(Relaxed)) {
                    if sender.blocking_send(line).is_err() {
                        break;
                    }
                }
            }
        });
        Some(Self {
            lines,
            wants: None,
            is_wanted: false,
            cancelled,
            thread: Some(thread.ok()?),
        })
    }

    /// The next line; `None` once Ctrl-D was pressed, or at the end of a pipe.
    /// Can be dropped half-way without losing anything.
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

impl Drop for Typed {
    fn drop(&mut self) {
        self.cancelled.store(true, Relaxed);
        self.lines.close();
        if let Some(thread) = self.thread.take() {
            // The thread checks every tenth of a second, and restores the
            // terminal.
            let _ = thread.join();
        }
    }
}
