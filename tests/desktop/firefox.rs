//! Logging in with a real Firefox, opened by the tool itself, in every way VTEX ID may come back.
//!
//! Driven over Marionette, its own remote control: a length, a colon, and JSON.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use serde_json::{Value, json};

use crate::home::{ACCOUNT, EMAIL, Home};
use crate::parts;
use crate::process::{LIMIT, Running, eventually};
use crate::sandbox::{Callback, LoginPage, Options, Sandbox};

/// One Firefox is enough for a small machine.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// `$BROWSER`: Firefox, which writes down the port that it listens on for commands.
const LAUNCHER: &str = r#"#!/bin/sh
cd "$HOME" || exit
echo $$ > browser.pid
exec "$FIREFOX" --headless --marionette --remote-allow-system-access --no-remote --profile "$HOME/firefox" "$1"
"#;
/// Any free port, and nothing asked of other machines.
const PREFERENCES: &str = r#"
user_pref("marionette.port", 0);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("browser.aboutwelcome.enabled", false);
"#;

/// A Firefox that shows a page. Dropping it ends it.
struct Firefox {
    home: PathBuf,
    stream: TcpStream,
    last: u64,
}

impl Firefox {
    /// Makes `$BROWSER` of this home a Firefox.
    fn install(home: &mut Home, program: &str) {
        let (profile, launcher) = (home.path().join("firefox"), home.path().join("launcher"));
        fs::create_dir(&profile).unwrap();
        fs::write(profile.join("user.js"), PREFERENCES).unwrap();
        fs::write(&launcher, LAUNCHER).unwrap();
        fs::set_permissions(&launcher, fs::Permissions::from_mode(0o755)).unwrap();
        home.set("BROWSER", launcher);
        home.set("FIREFOX", program);
    }

    /// Drives the one that was started in this home.
    fn attach(home: &Home) -> Self {
        let file = home.path().join("firefox/MarionetteActivePort");
        let stream = eventually("Firefox listens", || {
            let port = fs::read_to_string(&file).ok()?.trim().parse().ok()?;
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
        });
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let mut firefox = Self {
            home: home.path().to_owned(),
            stream,
            last: 0,
        };
        firefox.read();
        firefox.call("WebDriver:NewSession", &json!({}));
        firefox
    }

    /// The value of an expression; null while the page is being changed.
    fn evaluate(&mut self, expression: &str) -> Value {
        let script = json!({ "script": format!("return {expression}"), "args": [] });
        let (_, result) = self.send("WebDriver:ExecuteScript", &script);
        result["value"].clone()
    }

    /// What its console shows of pages on this machine: scripts' errors, and what a page's policy forbids.
    fn console(&mut self) -> Vec<String> {
        self.call("Marionette:SetContext", &json!({ "value": "chrome" }));
        let messages =
            self.evaluate("Services.console.getMessageArray().map(m => String(m.message))");
        self.call("Marionette:SetContext", &json!({ "value": "content" }));
        let messages: Vec<String> = serde_json::from_value(messages).unwrap();
        let ours = |message: &String| {
            message.contains("127.0.0.1") || message.contains("Content-Security-Policy")
        };
        messages.into_iter().filter(ours).collect()
    }

    fn await_true(&mut self, expression: &str) {
        eventually(expression, || {
            (self.evaluate(expression) == true).then_some(())
        });
    }

    /// The element that a selector means, once it is there.
    fn element(&mut self, selector: &str) -> Value {
        self.await_true(&format!(
            "document.readyState == 'complete' && document.querySelector('{selector}') != null"
        ));
        let find = json!({ "using": "css selector", "value": selector });
        let found = self.call("WebDriver:FindElement", &find);
        let element = found["value"].as_object().unwrap();
        element.values().next().unwrap().clone()
    }

    fn type_into(&mut self, field: &str, text: &str) {
        let id = self.element(field);
        self.call("WebDriver:ElementClear", &json!({ "id": id }));
        let keys = json!({ "id": id, "text": text });
        self.call("WebDriver:ElementSendKeys", &keys);
    }

    fn click(&mut self, what: &str) {
        let id = self.element(what);
        self.call("WebDriver:ElementClick", &json!({ "id": id }));
    }

    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        let (error, result) = self.send(method, parameters);
        assert!(error.is_null(), "{method}: {error}");
        result
    }

    fn send(&mut self, method: &str, parameters: &Value) -> (Value, Value) {
        self.last += 1;
        let message = json!([0, self.last, method, parameters]).to_string();
        let message = format!("{}:{message}", message.len());
        self.stream.write_all(message.as_bytes()).unwrap();
        loop {
            let answer = self.read();
            if answer[1] == self.last {
                return (answer[2].clone(), answer[3].clone());
            }
        }
    }

    fn read(&mut self) -> Value {
        let mut length = String::new();
        let mut byte = [0];
        loop {
            self.stream.read_exact(&mut byte).unwrap();
            if byte == *b":" {
                break;
            }
            length.push(char::from(byte[0]));
        }
        let mut text = vec![0; length.parse().unwrap()];
        self.stream.read_exact(&mut text).unwrap();
        serde_json::from_slice(&text).unwrap()
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        let pid = fs::read_to_string(self.home.join("browser.pid")).unwrap_or_default();
        let Some(pid) = pid.trim().parse().ok().and_then(Pid::from_raw) else {
            return;
        };
        let _ = kill_process(pid, Signal::TERM);
        let start = Instant::now();
        // Its folder can be deleted only once it has ended.
        while test_kill_process(pid).is_ok() {
            if start.elapsed().as_secs() > 10 {
                let _ = kill_process(pid, Signal::KILL);
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

/// The names that Firefox has where it is packaged.
fn program() -> Option<&'static str> {
    let path = parts::path();
    let there = |name: &&str| std::env::split_paths(&path).any(|dir| dir.join(name).is_file());
    let found = ["firefox-esr", "firefox"].into_iter().find(there);
    if found.is_none() {
        parts::skip("firefox-esr is not installed");
    }
    found
}

fn log_in(callback: Callback, page: LoginPage) {
    log_in_with(callback, page, &[]);
}

/// The same with a VTEX ID that fails.
fn log_in_with(callback: Callback, page: LoginPage, failures: &[&str]) {
    let Some(program) = program() else {
        return;
    };
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let sandbox = Sandbox::start(Options {
        callback,
        page,
        failures: failures.iter().map(|text| text.parse().unwrap()).collect(),
        ..Options::default()
    })
    .unwrap();
    let mut home = Home::new();
    home.set("VTEXID_URL", sandbox.url());
    Firefox::install(&mut home, program);
    let mut login = Running::start(home.vtexid(&["login", ACCOUNT, "--store", "file"]));
    login.close_stdin();
    let mut firefox = Firefox::attach(&home);
    let email = match page {
        LoginPage::AdminLogin => {
            firefox.type_into("#email", EMAIL);
            EMAIL
        }
        LoginPage::AuthServer => "dev@example.com",
    };
    firefox.click("#sign-in");
    if !failures.is_empty() {
        firefox.await_true("document.title.startsWith('Finishing')");
        let address = firefox.evaluate("location.href");
        assert!(!address.as_str().unwrap().contains("ott"), "{address}");
        firefox.await_true("document.title.startsWith('You are logged in')");
    }
    // No error of the page's script takes its place.
    firefox
        .await_true("location.pathname.startsWith('/login/') && document.readyState == 'complete'");
    let text = firefox.evaluate("document.body.innerText");
    let text = text.as_str().unwrap();
    assert!(text.contains("You are logged in"), "{text}");
    assert!(text.contains(email) && text.contains(ACCOUNT), "{text}");
    let styled = firefox.evaluate("document.styleSheets[0].cssRules.length > 0");
    assert_eq!(styled, true, "its own policy keeps its style out");
    let outcome = login.wait(LIMIT);
    assert!(outcome.stderr.contains(email), "{outcome:?}");
    assert_eq!(outcome.success(), "");
    assert_eq!(firefox.console(), [""; 0]);
}

#[test]
fn by_a_redirect() {
    log_in(Callback::Get, LoginPage::AdminLogin);
}

#[test]
fn by_a_form() {
    log_in(Callback::Form, LoginPage::AdminLogin);
}

#[test]
fn by_a_script() {
    log_in(Callback::Json, LoginPage::AdminLogin);
}

#[test]
fn by_a_redirect_from_the_older_page() {
    log_in(Callback::Get, LoginPage::AuthServer);
}

#[test]
fn by_a_form_from_the_older_page() {
    log_in(Callback::Form, LoginPage::AuthServer);
}

#[test]
fn by_a_script_from_the_older_page() {
    log_in(Callback::Json, LoginPage::AuthServer);
}

#[test]
fn a_page_that_has_to_wait_reloads_by_itself() {
    let slow = "/api/vtexid/toolbelt/validate=delay:4s";
    log_in_with(Callback::Get, LoginPage::AdminLogin, &[slow]);
}
