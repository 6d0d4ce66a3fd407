//! The program's modules once more, as public ones, for the lint `missing_docs`:
//! it reads only what a crate shows to others, and a program shows nothing.
//!
//! Not a part of the program, and nothing is built from it: `Cargo.toml` calls
//! it an example, so that `cargo clippy --all-targets` reads it. A module that
//! is missing here is an error as soon as another one uses it.

#![allow(
    clippy::all,
    clippy::pedantic,
    unfulfilled_lint_expectations,
    reason = "they read the program itself, in main.rs"
)]

pub mod account;
pub mod accounts;
pub mod api;
pub mod browser;
pub mod cli;
pub mod clipboard;
pub mod clock;
pub mod commands;
pub mod config;
pub mod context;
pub mod credential;
pub mod disk;
pub mod error;
pub mod format;
pub mod hex;
pub mod judge;
pub mod login;
pub mod near;
pub mod output;
pub mod process;
pub mod prompt;
pub mod provided;
pub mod runtime;
pub mod secret;
pub mod session;
pub mod signals;
pub mod signature;
pub mod slot;
pub mod store;
pub mod threads;
pub mod time;
pub mod token;
pub mod toolbelt;
pub mod vtexid;
pub mod waits;
#[cfg(windows)]
pub mod windows;
