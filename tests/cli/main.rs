//! What a user of vtexid can see, seen through the built program: each test
//! has a home, a VTEX ID on 127.0.0.1 and a browser of its own.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod action;
mod advice;
mod again;
mod api;
mod api_hosts;
mod api_pages;
#[cfg(target_os = "linux")]
mod api_stream;
mod apptoken;
mod attacks;
mod browser;
mod choice;
mod clock;
mod completions;
mod conflicts;
#[cfg(windows)]
mod ctrl_c;
mod curves;
mod doctor;
mod env;
mod exec;
mod first_minute;
mod formats;
mod generated;
mod hints;
mod hostile;
mod inspect;
mod json_fields;
mod judge;
mod key;
mod leaks;
mod local_token;
mod login;
mod logout;
#[cfg(target_os = "linux")]
mod machine;
mod network;
mod old_index;
mod online;
mod pair;
mod paste;
mod place;
mod provided;
mod races;
mod receiver;
#[cfg(unix)]
mod release;
mod renewal;
mod rfc;
mod runner;
#[path = "../../examples/sandbox/server/mod.rs"]
mod sandbox;
mod saves;
#[cfg(target_os = "linux")]
mod scenes;
mod shopper;
mod signals;
mod signer;
mod socks;
mod sources;
mod status;
mod stream;
mod suggestions;
#[path = "../support/mod.rs"]
mod support;
mod switch;
mod toolbelt;
mod usage;
#[cfg(windows)]
mod windows;
mod with_token;
