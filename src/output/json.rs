//! Answers as JSON.
//!
//! Not for what is in them.

use std::{
    borrow::Cow,
    io::{self, BufWriter, StdoutLock, Write as _},
};

use serde::Serialize;

use super::{reader_is_there, runner, visible::json_visible};
use crate::error::Failure;

/// Many answers, one line of JSON each.
pub struct JsonLines(BufWriter<StdoutLock<'static>>);

impl JsonLines {
    /// Nothing is printed yet.
    pub fn new() -> Self {
        Self(BufWriter::with_capacity(1 << 16, io::stdout().lock()))
    }

    /// Prints one answer. Returns whether the output is still open.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub fn answer(&mut self, answer: &impl Serialize) -> Result<bool, Failure> {
        let json = serde_json::to_string(answer).map_err(not_json)?;
        reader_is_there(writeln!(self.0, "{}", json_text(&json)))
    }

    /// Prints one line of existing JSON. Returns whether the output is still
    /// open.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub fn line(&mut self, json: &str) -> Result<bool, Failure> {
        reader_is_there(writeln!(self.0, "{}", json_text(json)))
    }

    /// Flushes the output. Returns whether it is still open.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub fn flush(&mut self) -> Result<bool, Failure> {
        reader_is_there(self.0.flush())
    }
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
