//! vtexid: logs in to VTEX from the terminal, prints the token, makes one
//! from an app key, and explains any of them.
//!
//! This file parses, runs, reports at most one failure, and exits.

mod account;
mod accounts;
mod api;
mod browser;
mod cli;
mod clipboard;
mod clock;
mod commands;
mod config;
mod context;
mod credential;
mod disk;
mod error;
mod format;
mod hex;
mod judge;
mod login;
mod near;
mod output;
mod process;
mod prompt;
mod provided;
mod runtime;
mod secret;
mod session;
mod signals;
mod signature;
mod slot;
mod store;
mod threads;
mod time;
mod token;
mod toolbelt;
mod vtexid;
mod waits;
#[cfg(windows)]
mod windows;

use std::{env, process::ExitCode, time::Duration};

use clap::Parser as _;

use crate::{
    cli::{Cli, Command, errors},
    context::Context,
    output::Output,
    signals::Signals,
};

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    // Must run before any program is started, including the clipboard's helper.
    #[cfg(windows)]
    windows::keep_streams();
    let core_limit = process::forbid_core_file();
    let mut arguments = env::args_os().skip(1);
    let first = arguments.next().unwrap_or_default();
    #[cfg(windows)]
    if first == browser::OPENER {
        let opened = browser::open_for_parent(&arguments.next().unwrap_or_default());
        return ExitCode::from(u8::from(!opened));
    }
    if first == clipboard::HELPER {
        let seconds = arguments.next().and_then(|s| s.to_str()?.parse().ok());
        clipboard::hold(seconds.filter(|s| *s > 0).map(Duration::from_secs));
        return ExitCode::SUCCESS;
    }
    #[cfg(target_os = "linux")]
    if let Some(list) = config::bus_addresses()
        && let Some(one) = store::first_reachable(&list)
    {
        process::restart_with(config::BUS, one, core_limit);
    }
    let signals = Signals::listen();
    signals.on_panic();
    // Applies to clap's messages too.
    cli::color(env::args_os()).write_global();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return errors::report(error),
    };
    let output = Output {
        json: cli.global.json,
        quiet: cli.global.quiet,
        verbose: cli.global.verbose,
        // Until the environment is read.
        unicode: false,
    };
    let context = Context::new(output, signals, core_limit);
    let result = match (context, cli.command) {
        // Completes without accounts if a variable is invalid.
        (Err(_), Command::Complete(asked)) => commands::answer(None, &asked),
        (context, command) => {
            context.and_then(|context| commands::run(context, cli.global.account, command))
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            Output::failure(&failure);
            ExitCode::from(failure.code as u8)
        }
    }
}
