//! The flags of `vtexid local token`. Not for printing it.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, shown as typed"
)]

use std::time::Duration;

use clap::Args;

use super::{CredentialArg, Shaping};
use crate::{format::Format, time::parse_span};

/// `vtexid local token`
#[derive(Debug, Args)]
pub struct LocalToken {
    /// Which credential
    #[command(flatten)]
    pub credential: CredentialArg,
    /// How to print it
    #[arg(short, long, value_name = "FORMAT", default_value = "raw")]
    pub format: Format,
    /// Details of the format
    #[command(flatten)]
    pub shaping: Shaping,
    /// Require a token that is valid for this long, and renew it if needed: 90s, 10m, 2h
    #[arg(long, value_name = "TIME", value_parser = parse_span)]
    pub min_validity: Option<Duration>,
    /// Renew the token even if it is still valid
    #[arg(long)]
    pub refresh: bool,
    /// Copy what is printed to the clipboard, also in a script
    #[arg(long, overrides_with = "no_copy")]
    pub copy: bool,
    /// Do not copy the token to the clipboard
    #[arg(long, overrides_with = "copy")]
    pub no_copy: bool,
    /// Clear the clipboard after this long if it still holds the token: 90s, 10m, never (default: 2m)
    #[arg(long, value_name = "TIME", value_parser = parse_clear_after)]
    pub clear_after: Option<ClearAfter>,
}

/// A time, or never.
#[derive(Clone, Copy, Debug)]
pub struct ClearAfter(pub Option<Duration>);

fn parse_clear_after(text: &str) -> Result<ClearAfter, String> {
    if text == "never" {
        Ok(ClearAfter(None))
    } else {
        parse_span(text).map(|span| ClearAfter(Some(span)))
    }
}
