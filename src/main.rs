//! vtexid: logs in to VTEX from the terminal, prints the token, makes one
//! from an app key, and explains any of them.
//!
//! This file parses, runs, reports at most one failure, and exits.

mod account;
mod app;
mod browser;
mod cli;
mod clipboard;
mod commands;
mod config;
mod disk;
mod error;
mod format;
mod judge;
mod login;
mod output;
mod renewal;
mod secret;
mod session;
mod signature;
mod store;
mod time;
mod token;
mod toolbelt;
mod vtexid;

use std::{env, process::ExitCode, time::Duration};

use clap::Parser as _;

use crate::{
    app::App,
    cli::{Cli, errors},
    output::Output,
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
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return errors::report(error),
    };
    let output = Output {
        json: cli.global.json,
        quiet: cli.global.quiet,
        verbose: cli.global.verbose,
        // Until the environment is read.
        colour: false,
    };
    let result =
        App::new(cli.global.account, output).and_then(|app| commands::run(app, cli.command));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            Output::failure(&failure);
            ExitCode::from(failure.code as u8)
        }
    }
}
