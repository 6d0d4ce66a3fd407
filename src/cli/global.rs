//! The flags that every command takes.

use std::ffi::OsString;

use clap::Args;

use crate::account::Typed;

/// Flags that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// Act on this account (default: VTEX_ACCOUNT, or the current account)
    #[arg(short, long, global = true, value_name = "ACCOUNT")]
    pub account: Option<Typed>,
    /// Print the answer as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Show requests on stderr: method, host, path, status and time, never a secret
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Hide notes on stderr; warnings and errors stay
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Colours; auto: only at a terminal
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    pub color: clap::ColorChoice,
}

/// What `--color` says, read before the rest of the command line: its own
/// errors are coloured too.
pub fn color(arguments: impl Iterator<Item = OsString>) -> anstream::ColorChoice {
    let mut asked = None;
    let mut arguments = arguments.skip(1);
    while let Some(argument) = arguments.next() {
        let word = argument.to_string_lossy();
        match word.split_once('=') {
            // What follows is another program's.
            _ if word == "--" => break,
            Some(("--color", when)) => asked = Some(when.to_owned()),
            None if word == "--color" => {
                asked = arguments
                    .next()
                    .map(|when| when.to_string_lossy().into_owned());
            }
            _ => {}
        }
    }
    match asked.as_deref() {
        Some("always") => anstream::ColorChoice::Always,
        Some("never") => anstream::ColorChoice::Never,
        _ => anstream::ColorChoice::Auto,
    }
}
