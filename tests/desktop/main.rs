//! The real things: Secret Service, X11 and Wayland clipboards, Chromium, Firefox and a terminal, each started for one test and ended with it.
//!
//! `scripts/test` installs what these need. A part that is not there skips its tests on a person's machine and fails
//! them in CI: `tests/support/parts.rs` decides.

#![cfg(target_os = "linux")]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "the helpers of a test fail the way a test does"
)]

mod api;
mod browser;
mod bus;
mod desk;
mod display;
mod forms;
mod gcr;
mod home;
mod http;
mod markdown;
mod network;
mod pages;
#[path = "../../examples/sandbox/server/mod.rs"]
mod sandbox;
#[path = "../support/mod.rs"]
mod support;
mod sway;

mod browser_cookie;
mod chromium;
mod clipboard;
mod completions;
mod firefox;
mod first_minute;
mod hostile;
mod keepassxc;
mod kernel;
mod kwallet;
mod readme;
mod secret_service;
mod shopper;
mod terminal;
mod wayland;

use support::{parts, process, proxy};
