//! Helpers of both test crates: programs that run beside a test, what a machine lacks for one, and a proxy.
//!
//! Not for what only one of them needs: that is in its own folder.

#![allow(dead_code, reason = "each test crate uses its part of this")]

pub mod parts;
pub mod process;
pub mod proxy;
