//! The modules under test, taken from the program itself, which is a binary
//! and has no library to link to.

#![allow(dead_code)]

#[path = "../../src/account.rs"]
pub mod account;
#[path = "../../src/clock.rs"]
pub mod clock;
#[path = "../../src/config/mod.rs"]
pub mod config;
#[path = "../../src/disk/mod.rs"]
pub mod disk;
#[path = "../../src/hex.rs"]
pub mod hex;
#[path = "../../src/judge.rs"]
pub mod judge;
#[path = "../../src/login/mod.rs"]
pub mod login;
#[path = "../../src/provided.rs"]
pub mod provided;
#[path = "../../src/secret.rs"]
pub mod secret;
#[path = "../../src/signature/mod.rs"]
pub mod signature;
#[path = "../../src/slot.rs"]
pub mod slot;
#[path = "../../src/threads.rs"]
pub mod threads;
#[path = "../../src/time.rs"]
pub mod time;
#[path = "../../src/token/mod.rs"]
pub mod token;
#[path = "../../src/output/visible.rs"]
pub mod visible;
#[path = "../../src/vtexid/mod.rs"]
pub mod vtexid;
#[path = "../../src/waits.rs"]
pub mod waits;
