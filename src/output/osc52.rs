//! Asks the terminal to copy a text (the escape sequence OSC 52), because over
//! SSH the clipboard is on the terminal's machine.
//!
//! `clipboard` is for a display on this machine.

use std::io;

use crate::secret::Secret;

/// Sends the text to the terminal, even if stdout and stderr are redirected.
/// The terminal does not report whether it copied.
///
/// # Errors
/// When there is no terminal.
#[cfg(unix)]
pub fn copy_by_terminal(text: &Secret) -> io::Result<()> {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use io::Write as _;
    use zeroize::Zeroizing;

    let mut terminal = std::fs::File::options().write(true).open("/dev/tty")?;
    let text = Zeroizing::new(BASE64_STANDARD.encode(text.expose()));
    // `c` is the clipboard that is pasted by keys, not the primary selection.
    let sequence = Zeroizing::new(format!("\x1b]52;c;{}\x07", *text));
    terminal.write_all(sequence.as_bytes())
}

/// A Windows console has no file of its own.
#[cfg(not(unix))]
pub fn copy_by_terminal(_: &Secret) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
