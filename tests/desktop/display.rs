//! Displays of a test's own: what is on their clipboard, and how another program copies there.

use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;

use crate::home::Home;
use crate::process::{Running, eventually, run};

/// What a desktop shows its windows on, and with it a clipboard.
pub trait Display {
    /// What its tests need installed.
    const PARTS: &[&str];

    /// Starts one that shows nothing to anybody, and lets `home` know of it.
    fn start(home: &mut Home) -> Self;

    /// Ends the server and nothing else.
    fn stop(&mut self);

    /// What a paste gives; none when nothing is there.
    fn paste(home: &Home) -> Option<String>;

    /// The shapes that the clipboard is offered in, a line each.
    fn shapes(home: &Home) -> String;

    /// The clipboard in one of them.
    fn shape(home: &Home, shape: &str) -> Option<String>;

    /// Another program that copies, and runs for as long as it owns the clipboard.
    fn copier(home: &Home, text: &str) -> Command;
}

/// A running X server.
pub struct Xvfb {
    server: Option<Running>,
    /// As in `DISPLAY`.
    pub name: String,
}

impl Display for Xvfb {
    const PARTS: &[&str] = &["Xvfb", "xclip", "script"];

    fn start(home: &mut Home) -> Self {
        let arguments = ["-displayfd", "1", "-nolisten", "tcp", "-noreset"];
        let server = Running::start(home.command("Xvfb", &arguments));
        let number = eventually("the display's number", || {
            let said = server.stdout();
            said.strip_suffix('\n').map(str::to_owned)
        });
        let name = format!(":{number}");
        home.set("DISPLAY", &name);
        Self {
            server: Some(server),
            name,
        }
    }

    fn stop(&mut self) {
        self.server = None;
    }

    fn paste(home: &Home) -> Option<String> {
        Self::shape(home, "UTF8_STRING")
    }

    fn shapes(home: &Home) -> String {
        Self::shape(home, "TARGETS").unwrap()
    }

    fn shape(home: &Home, shape: &str) -> Option<String> {
        // An owner that ends while it is asked never answers, and xclip waits for ever.
        let paste = ["2", "xclip", "-o", "-selection", "clipboard", "-t", shape];
        let outcome = run(home.command("timeout", &paste));
        (outcome.code == Some(0)).then_some(outcome.stdout)
    }

    fn copier(home: &Home, text: &str) -> Command {
        let file = home.path().join("copied");
        fs::write(&file, text).unwrap();
        let mut command = home.command("xclip", &["-quiet", "-i", "-selection", "clipboard"]);
        command.arg(file);
        command
    }
}

/// What takes an X client's connection and never answers.
pub struct MuteX {
    listener: TcpListener,
    /// As in `DISPLAY`.
    pub name: String,
}

impl MuteX {
    pub fn start() -> Self {
        // Displays are TCP ports from 6000 on.
        let (number, listener) = (200..400)
            .find_map(|number| {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 6000 + number)).ok()?;
                Some((number, listener))
            })
            .unwrap();
        listener.set_nonblocking(true).unwrap();
        Self {
            listener,
            name: format!("127.0.0.1:{number}"),
        }
    }

    /// Whether anybody came.
    pub fn was_asked(&self) -> bool {
        match self.listener.accept() {
            Ok(_) => true,
            Err(e) if e.kind() == ErrorKind::WouldBlock => false,
            Err(e) => panic!("{e}"),
        }
    }
}
