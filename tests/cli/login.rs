//! `vtexid login`

mod account;
mod callback;
mod failure;
mod listener;
mod page;
mod result;
mod stdin;

use std::{
    io::Write as _,
    net::{Ipv4Addr, TcpListener, TcpStream},
    thread,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use predicates::{
    prelude::PredicateBooleanExt as _,
    str::{contains, starts_with},
};
use ring::digest::{SHA256, digest};

#[cfg(unix)]
use crate::env::{ended_by, eventually};
use crate::{
    browser::{Browser, connect, get, head, rest, send, visit},
    env::{EMAIL, Running, TestEnv, answer, claims, names, now, sign_in, stderr, stdout},
    sandbox::{Callback, LoginPage, Options},
};

const START: &str = "/api/vtexid/toolbelt/start";
const VALIDATE: &str = "/api/vtexid/toolbelt/validate";

/// The address where the tool waits for the browser, as announced to VTEX ID.
fn loopback(env: &TestEnv, login: &Running) -> String {
    login.page();
    let start = env.requests_to(START).pop().unwrap();
    start.form("loopbackUrl").unwrap()
}

/// The listener's address, to which a path can be added.
fn listener(env: &TestEnv, login: &Running) -> String {
    let url = loopback(env, login);
    url.strip_suffix("/login_callback").unwrap().to_owned()
}
