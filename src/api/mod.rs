//! VTEX's APIs over HTTPS.
//!
//! Not for choosing a credential, and it prints nothing.

mod body;
mod check;
mod curl;
mod hosts;
mod http;
mod items;
mod pager;
mod request;
mod target;
mod typed;

pub use self::{
    body::Content,
    check::TargetError,
    curl::curl,
    hosts::{PREFIXES, Takes, takes},
    http::{Answer, Api, SendError},
    items::{Items, compact},
    pager::{Next, Page, Pager, set_query},
    request::{Call, Credential},
    target::{Typed, bare_url, check_typed, target},
    typed::{Data, headers, method},
};
