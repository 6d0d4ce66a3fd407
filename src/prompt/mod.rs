//! The one reader of what people type or paste at the terminal, shown or not.
//!
//! Not for pipes and files (`provided`), and not for judging what was typed.

#[cfg(unix)]
mod editor;
#[cfg(not(unix))]
#[path = "windows.rs"]
mod platform;
#[cfg(unix)]
#[path = "unix.rs"]
mod platform;
#[cfg(unix)]
mod terminal;

use zeroize::Zeroizing;

pub use self::platform::Typed;
use crate::{
    context::Context,
    error::{Code, Failure},
    provided,
    secret::Secret,
};

/// Whether what is typed can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    /// It can.
    Shown,
    /// It cannot.
    Hidden,
}

/// Asks for a secret. What is typed is not shown.
///
/// # Errors
/// When the terminal is gone, or Ctrl-D is pressed.
pub fn secret(context: &Context, prompt: &str) -> Result<Secret, Failure> {
    let text = platform::line(context, prompt, Echo::Hidden)?;
    let text = text.ok_or_else(|| failed("nothing was typed"))?;
    Ok(Secret::new(provided::clean(&text).to_owned()))
}

/// Reads lines until Ctrl-D.
///
/// # Errors
/// When the terminal is gone.
pub fn text(context: &Context) -> Result<Zeroizing<String>, Failure> {
    platform::text(context)
}

fn failed(problem: &str) -> Failure {
    Failure::new(
        Code::General,
        format_args!("could not read from the terminal: {problem}"),
    )
}
