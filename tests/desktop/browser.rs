//! A real Chromium, started by whatever opens `$BROWSER`, and driven over its own debugging pipe.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::{Value, json};

use crate::home::Home;
use crate::process::{LIMIT, eventually};

/// What these tests need installed.
pub const PARTS: [&str; 1] = ["chromium"];

/// `$BROWSER`: Chromium, told what to do on descriptor 3 and telling on 4.
const LAUNCHER: &str = r#"#!/bin/sh
cd "$HOME" || exit
echo $$ > browser.pid
exec chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$HOME/chromium" --remote-debugging-pipe "$1" 3<commands 4>events
"#;

/// A Chromium that may not have been started yet. Dropping it ends it.
pub struct Browser {
    pid_file: PathBuf,
    commands: File,
    messages: Receiver<Value>,
    session: Option<String>,
    last: u64,
    requested: Vec<String>,
}

impl Browser {
    /// Makes `$BROWSER` of this home a Chromium that this value drives.
    pub fn install(home: &mut Home) -> Self {
        let path = |name: &str| home.path().join(name);
        let open = |name: &str| {
            let mode = Mode::RUSR | Mode::WUSR;
            mknodat(CWD, path(name), FileType::Fifo, mode, 0).unwrap();
            // For both, so that opening it does not wait for the other side.
            File::options()
                .read(true)
                .write(true)
                .open(path(name))
                .unwrap()
        };
        let (commands, mut events) = (open("commands"), open("events"));
        let launcher = path("launcher");
        fs::write(&launcher, LAUNCHER).unwrap();
        fs::set_permissions(&launcher, fs::Permissions::from_mode(0o755)).unwrap();
        let (sender, messages) = mpsc::channel();
        thread::spawn(move || {
            let mut text = Vec::new();
            let mut buffer = [0; 8192];
            while let Ok(length @ 1..) = events.read(&mut buffer) {
                text.extend_from_slice(&buffer[..length]);
                while let Some(end) = text.iter().position(|byte| *byte == 0) {
                    let message: Vec<u8> = text.drain(..=end).collect();
                    let message = serde_json::from_slice(&message[..end]).unwrap();
                    if sender.send(message).is_err() {
                        return;
                    }
                }
            }
        });
        let pid_file = path("browser.pid");
        home.set("BROWSER", launcher);
        Self {
            pid_file,
            commands,
            messages,
            session: None,
            last: 0,
            requested: Vec::new(),
        }
    }

    /// Names it as people do who say where the address goes.
    pub fn with_words(&self, home: &mut Home) {
        let launcher = self.pid_file.with_file_name("launcher");
        home.set("BROWSER", format!("{} %s", launcher.display()));
    }

    /// Waits for a page of this site, and drives it from here on.
    pub fn attach(&mut self, site: &str) {
        self.call("Target.setDiscoverTargets", &json!({ "discover": true }));
        let start = Instant::now();
        let page = loop {
            let targets = self.call("Target.getTargets", &json!({}));
            let targets = targets["targetInfos"].as_array().unwrap().clone();
            let page = targets.into_iter().find(|target| {
                let url = target["url"].as_str().unwrap_or_default();
                target["type"] == "page" && url.starts_with(site)
            });
            if let Some(page) = page {
                break page;
            }
            assert!(start.elapsed() < LIMIT, "no page of {site} was opened");
            thread::sleep(Duration::from_millis(20));
        };
        let attach = json!({ "targetId": page["targetId"], "flatten": true });
        let session = self.call("Target.attachToTarget", &attach);
        self.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page.enable", "Network.enable"] {
            self.call(domain, &json!({}));
        }
    }

    /// Opens another page in the same window, and waits until its title is `done`.
    pub fn open_beside(&mut self, url: &str) {
        let session = self.session.take();
        self.call("Target.createTarget", &json!({ "url": url }));
        eventually("the other page is done", || {
            let targets = self.call("Target.getTargets", &json!({}));
            let done = targets["targetInfos"]
                .as_array()?
                .iter()
                .any(|target| target["url"] == url && target["title"] == "done");
            done.then_some(())
        });
        self.session = session;
    }

    /// Replaces what is in a field, by typing.
    pub fn type_into(&mut self, field: &str, text: &str) {
        self.await_true(&format!("document.querySelector('{field}') != null"));
        self.evaluate(&format!("document.querySelector('{field}').select()"));
        self.call("Input.insertText", &json!({ "text": text }));
    }

    /// Clicks in the middle of something.
    pub fn click(&mut self, what: &str) {
        self.await_true(&format!(
            "document.readyState == 'complete' && document.querySelector('{what}') != null"
        ));
        let at = self.evaluate(&format!(
            "(() => {{ const box = document.querySelector('{what}').getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2] }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({ "type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", &event);
        }
    }

    /// Waits until an expression holds on whatever page is shown by then.
    pub fn await_true(&mut self, expression: &str) {
        eventually(expression, || {
            (self.evaluate(expression) == true).then_some(())
        });
    }

    /// The value of an expression; null while the page is being changed.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true });
        let answer = self.send("Runtime.evaluate", &parameters);
        answer["result"]["result"]["value"].clone()
    }

    /// Sets cookies as a browser test does with its storage state.
    pub fn set_cookies(&mut self, cookies: &Value) {
        self.call("Network.setCookies", &json!({ "cookies": cookies }));
    }

    pub fn clear_cookies(&mut self) {
        self.call("Network.clearBrowserCookies", &json!({}));
    }

    /// The addresses that can be gone back to.
    pub fn history(&mut self) -> Vec<String> {
        let history = self.call("Page.getNavigationHistory", &json!({}));
        let entries = history["entries"].as_array().unwrap().iter();
        let url = |entry: &Value| entry["url"].as_str().unwrap().to_owned();
        entries.map(url).collect()
    }

    /// Everything that pages have asked for since [`Browser::attach`].
    pub fn requested(&self) -> &[String] {
        &self.requested
    }

    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        let answer = self.send(method, parameters);
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].clone()
    }

    fn send(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = session.clone().into();
        }
        self.commands
            .write_all(format!("{message}\0").as_bytes())
            .unwrap();
        loop {
            let message = self.messages.recv_timeout(LIMIT);
            let message = message.unwrap_or_else(|e| panic!("{method}: {e}"));
            if message["id"] == self.last {
                return message;
            }
            if message["method"] == "Network.requestWillBeSent" {
                let url = &message["params"]["request"]["url"];
                self.requested.push(url.as_str().unwrap().to_owned());
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let pid = fs::read_to_string(&self.pid_file).unwrap_or_default();
        let Some(pid) = pid.trim().parse().ok().and_then(Pid::from_raw) else {
            return;
        };
        let _ = self
            .commands
            .write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let start = Instant::now();
        // Its folder can be deleted only once it has ended.
        while test_kill_process(pid).is_ok() {
            if start.elapsed().as_secs() > 10 {
                let _ = kill_process(pid, Signal::KILL);
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}
