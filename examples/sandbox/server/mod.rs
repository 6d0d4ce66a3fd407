//! A stand-in for VTEX ID on 127.0.0.1: real enough to sign in against, and able to fail in every way a network can.
//!
//! The account is the first label of the `Host` header, so `http://mystore.localhost:PORT` is the account `mystore`.
//! Every account exists, except those that start with `unknown`. Its tokens are signed with a key made at start-up.
//! It keeps no passwords and believes any e-mail: it is for examples and tests, never for a network.

// Each includer (the example, every test file) uses a different part of this module.
#![allow(dead_code, unused_imports, unreachable_pub, clippy::expect_used)]

use std::collections::{HashMap, HashSet};
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use serde_json::Value;

mod api;
mod apis;
mod browser;
mod failure;
mod http;
mod shopper;
mod tokens;

pub use failure::{Failure, How};
pub use http::Request;
pub use shopper::{Mail, PROVIDER, PROVIDER_TOKEN, ShopperOptions};
pub use tokens::{app_key, app_token};

/// How the sandbox behaves; the default is a VTEX ID on a good day.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// How the one-time token comes back to the tool.
    pub callback: Callback,
    /// Which login page the accounts have.
    pub page: LoginPage,
    /// Seconds a person's token lives; a negative number makes tokens that are born expired.
    pub token_life: i64,
    /// Seconds an app key's token lives.
    pub app_token_life: i64,
    /// Whether a sign-in also hands out a refresh token.
    pub refresh: bool,
    /// Seconds of age a token must have before it can be refreshed; VTEX seems to want 12 hours.
    pub refresh_after: i64,
    /// The account that tokens name, in place of the one in the `Host` header.
    pub token_account: Option<String>,
    /// The audience of a person's token: `admin`, or `webstore` for a shopper's.
    pub audience: String,
    /// How stores treat their shoppers.
    pub shopper: ShopperOptions,
    /// Seconds by which its `Date` is ahead.
    pub clock: i64,
    /// What goes wrong, from the start.
    pub failures: Vec<Failure>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            callback: Callback::Get,
            page: LoginPage::AdminLogin,
            token_life: 86_400,
            app_token_life: 21_600,
            refresh: true,
            refresh_after: 0,
            token_account: None,
            audience: "admin".to_owned(),
            shopper: ShopperOptions::default(),
            clock: 0,
            failures: Vec::new(),
        }
    }
}

/// How the one-time token comes back to the loopback URL. Which one VTEX uses is not public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Callback {
    /// A redirect to `?ott=`
    Get,
    /// A form that submits itself
    Form,
    /// A script that posts JSON, after a CORS preflight
    Json,
}

/// Which of VTEX's two login pages an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LoginPage {
    /// The page that asks for an e-mail
    AdminLogin,
    /// The older page; the newer one answers 404
    AuthServer,
}

/// A running sandbox. Dropping it ends its threads and frees its port.
pub struct Sandbox {
    shared: Arc<Shared>,
    port: u16,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts to serve.
    ///
    /// # Errors
    ///
    /// When the port is taken.
    pub fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        let port = listener.local_addr()?.port();
        let state = State {
            failures: options.failures.clone(),
            ..State::default()
        };
        let shared = Arc::new(Shared {
            options,
            keys: tokens::Keys::generate(),
            state: Mutex::new(state),
            stopped: Mutex::new(false),
            released: Mutex::new(false),
            stop: Condvar::new(),
        });
        let thread = thread::spawn({
            let shared = Arc::clone(&shared);
            move || http::serve(&listener, &shared)
        });
        Ok(Self {
            shared,
            port,
            thread: Some(thread),
        })
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Everything received so far, in order, failed or not.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.clone()
    }

    /// Signs these claims, as they are, with the sandbox's key.
    pub fn mint(&self, claims: &Value) -> String {
        self.shared.keys.sign(claims)
    }

    /// The public key, as `/jwk` gives it.
    pub fn jwk(&self) -> Value {
        self.shared.keys.jwk()
    }

    /// The codes that were mailed to shoppers so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.mails()
    }

    /// Whether this refresh token still gives a token.
    pub fn can_refresh(&self, refresh_token: &str) -> bool {
        self.shared.state().sessions.contains_key(refresh_token)
    }

    /// Whether a logout has ended this token.
    pub fn revoked(&self, token: &str) -> bool {
        self.shared.state().revoked.contains(token)
    }

    /// Makes something go wrong from now on. Of several that match a request, the first added wins.
    pub fn fail(&self, failure: Failure) {
        self.shared.state().failures.push(failure);
    }

    /// Answers the requests that are held back, and holds back no more.
    pub fn release(&self) {
        *self.shared.released.lock().expect("nothing panics with it") = true;
        self.shared.stop.notify_all();
    }

    /// Makes all well again.
    pub fn clear_failures(&self) {
        self.shared.state().failures.clear();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.halt();
        // The listener only looks up when someone knocks.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What all the threads see.
struct Shared {
    options: Options,
    keys: tokens::Keys,
    state: Mutex<State>,
    stopped: Mutex<bool>,
    released: Mutex<bool>,
    stop: Condvar,
}

/// What changes while it runs.
#[derive(Default)]
struct State {
    requests: Vec<Request>,
    failures: Vec<Failure>,
    /// Sign-ins under way, by their login state.
    logins: HashMap<String, Login>,
    /// Sessions that can be refreshed, by their refresh token.
    sessions: HashMap<String, Session>,
    shoppers: shopper::Shoppers,
    revoked: HashSet<String>,
}

/// A sign-in between `start` and `validate`.
struct Login {
    account: String,
    secret_hash: Vec<u8>,
    loopback: String,
    /// The one-time token and whose it is, once the browser came by.
    arrived: Option<(String, String)>,
}

/// What a refresh token stands for.
struct Session {
    account: String,
    email: String,
    token: String,
    since: i64,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics with the state")
    }

    /// The answer to a request, or none where the connection is to end without one.
    fn answer(&self, request: &Request) -> Option<http::Response> {
        // The lock must not be held through a delay.
        let failure = {
            let mut state = self.state();
            state.requests.push(request.clone());
            failure::next(&mut state.failures, &request.path)
        };
        match failure {
            None => Some(self.route(request)),
            Some(How::Delay(time)) => {
                let stopped = self.stopped.lock().expect("nothing panics with it");
                let waited = self.stop.wait_timeout_while(stopped, time, |stop| !*stop);
                let stopped = *waited.expect("nothing panics with it").0;
                (!stopped).then(|| self.route(request))
            }
            Some(How::Hold) => {
                let released = self.released.lock().expect("nothing panics with it");
                let waited = self
                    .stop
                    .wait_while(released, |released| !*released && !self.halted());
                drop(waited);
                (!self.halted()).then(|| self.route(request))
            }
            Some(how) => how.response(),
        }
    }

    fn route(&self, request: &Request) -> http::Response {
        let account = request.account();
        if account
            .as_deref()
            .is_some_and(|name| name.starts_with("unknown"))
        {
            return http::Response::html(404, include_str!("pages/unknown.html"));
        }
        if let Some(answer) = self.apis(request) {
            return answer;
        }
        match (request.path.as_str(), account) {
            ("/", _) => http::Response::text(200, include_str!("pages/index.txt")),
            ("/mail", _) => self.mail(),
            ("/jwk", _) => http::Response::json(200, &self.keys.jwk()),
            (_, Some(account)) => self
                .api(&account, request)
                .or_else(|| self.browser(&account, request))
                .or_else(|| self.shopper(&account, request))
                .unwrap_or_else(|| http::Response::text(404, "no such page\n")),
            (_, None) => http::Response::text(404, "no account: use http://ACCOUNT.localhost\n"),
        }
    }

    fn halted(&self) -> bool {
        *self.stopped.lock().expect("nothing panics with it")
    }

    fn halt(&self) {
        *self.stopped.lock().expect("nothing panics with it") = true;
        self.stop.notify_all();
    }
}
