//! vtexid: logs in to VTEX from the terminal, prints the token, makes one
//! from an app key, and explains any of them.
//!
//! This file parses, runs, reports at most one failure, and exits.

mod account;
mod accounts;
mod browser;
mod cli;
mod clipboard;
mod commands;
mod config;
mod context;
mod credential;
mod disk;
mod error;
mod format;
mod judge;
mod login;
mod output;
mod process;
mod prompt;
mod provided;
mod runtime;
mod secret;
mod session;
mod signals;
mod signature;
mod store;
mod time;
mod token;
mod toolbelt;
mod vtexid;

use std::{env, process::ExitCode, time::Duration};

use clap::{
    Parser as _,
    error::{ContextKind, ContextValue, ErrorKind},
};

use crate::{
    cli::Cli,
    context::Context,
    output::{Output, visible},
    signals::Signals,
};

fn main() -> ExitCode {
    // A core file would hold every secret that was in memory.
    #[cfg(unix)]
    let _ = rustix::process::setrlimit(
        rustix::process::Resource::Core,
        rustix::process::Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    );
    let mut arguments = env::args_os().skip(1);
    if arguments
        .next()
        .is_some_and(|first| first == clipboard::HELPER)
    {
        let seconds = arguments.next().and_then(|s| s.to_str()?.parse().ok());
        clipboard::hold(seconds.filter(|s| *s > 0).map(Duration::from_secs));
        return ExitCode::SUCCESS;
    }
    let signals = Signals::listen();
    signals.on_panic();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(error),
    };
    let output = Output {
        json: cli.global.json,
        quiet: cli.global.quiet,
        verbose: cli.global.verbose,
        // Until the environment is read.
        colour: false,
    };
    let result = Context::new(cli.global.account, output, signals)
        .and_then(|context| commands::run(context, cli.command));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            Output::failure(&failure);
            ExitCode::from(failure.code as u8)
        }
    }
}

/// Help and version go to stdout, mistakes to stderr with exit code 2. A
/// mistake is often a token in the wrong place: what looks like one is not
/// repeated, and nothing that was typed drives the terminal.
fn usage(mut error: clap::Error) -> ExitCode {
    const LONGEST_WORD: usize = 20;
    // Lists the hidden ones as well.
    error.remove(ContextKind::ValidSubcommand);
    // Else it is the name of an option of ours.
    let typed = error.kind() == ErrorKind::UnknownArgument;
    for kind in [
        ContextKind::InvalidValue,
        ContextKind::InvalidArg,
        ContextKind::InvalidSubcommand,
        // Tips quote what was typed.
        ContextKind::Suggested,
        ContextKind::TrailingArg,
    ] {
        if let Some(ContextValue::StyledStrs(_)) = error.get(kind) {
            error.remove(kind);
        }
        if let Some(ContextValue::String(text)) = error.get(kind)
            && text.chars().count() > LONGEST_WORD
            && !text.starts_with('<')
            && (typed || kind != ContextKind::InvalidArg)
        {
            let hidden = format!("({} characters, not shown)", text.chars().count());
            error.insert(kind, ContextValue::String(hidden));
        }
    }
    let shown = |(kind, value): (_, &ContextValue)| {
        let value = match value {
            ContextValue::String(text) => ContextValue::String(visible(text, false)),
            ContextValue::Strings(texts) => {
                ContextValue::Strings(texts.iter().map(|text| visible(text, false)).collect())
            }
            _ => return None,
        };
        Some((kind, value))
    };
    for (kind, value) in error.context().filter_map(shown).collect::<Vec<_>>() {
        error.insert(kind, value);
    }
    // Fails when nobody reads it, which is no error.
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}
