//! What is typed at a real terminal and must not be seen there.

mod hidden;
mod jobs;
mod pasting;
mod shown;

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

use crate::desk::mint;
use crate::home::Home;
use crate::http;
use crate::parts;
use crate::process::{LIMIT, Running, eventually, run};
use crate::sandbox::{self, Options, Sandbox};

fn prompted_by(sandbox: &Sandbox, script: &str) -> Option<(Home, Running)> {
    if !parts::present(&["script", "stty"]) {
        return None;
    }
    let mut home = Home::new();
    home.set("VTEXID_URL", sandbox.url());
    home.set("KEY", sandbox::app_key("mystore"));
    let terminal = Running::start(home.terminal(script));
    eventually("the prompt", || {
        terminal.stdout().contains("app token for ").then_some(())
    });
    Some((home, terminal))
}

/// Whether `stty -a` ends with the terminal as it was: showing what is typed.
fn echoes(shown: &str) -> bool {
    let (_, settings) = shown.rsplit_once("ended with").expect("the shell went on");
    let words: Vec<&str> = settings.split_whitespace().collect();
    assert!(words.contains(&"icanon"), "{shown}");
    words.contains(&"echo")
}
