//! `--clear-after`: a time, or `never`.

use std::time::Duration;

use crate::time::parse_span;

/// A time, or never.
#[derive(Clone, Copy, Debug)]
pub struct ClearAfter(pub Option<Duration>);

/// Reads it.
///
/// # Errors
/// A sentence that says what is expected.
pub fn parse(text: &str) -> Result<ClearAfter, String> {
    if text == "never" {
        Ok(ClearAfter(None))
    } else {
        parse_span(text).map(|span| ClearAfter(Some(span)))
    }
}
