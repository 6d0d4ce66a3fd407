//! VTEX ID over HTTPS: the only place that knows VTEX's addresses and the
//! shapes of its requests and answers.
//!
//! Not for knowing where tokens are kept, and it prints nothing: whoever
//! wants to see the requests passes a function that is told of each.

mod answer;
mod certificates;
mod error;
mod http;
mod session;
mod site;
mod tokens;

use std::sync::Arc;

use reqwest::header::HeaderValue;

use self::http::Http;
pub use self::{
    certificates::Trust,
    error::ApiError,
    http::Exchange,
    site::Site,
    tokens::{Credential, Role},
};
use crate::{clock::Clock, config::Proxy, secret::Secret};

/// A client for one site.
pub struct VtexId {
    http: Http,
    site: Site,
}

impl VtexId {
    /// Makes the client; nothing is sent. `clock` is set by each answer's `Date`.
    ///
    /// # Errors
    /// When no certificates can be loaded.
    pub fn new(
        site: Site,
        proxy: Option<Proxy>,
        trust: Trust<'_>,
        observe: Arc<dyn Fn(&Exchange<'_>)>,
        clock: Clock,
    ) -> Result<Self, ApiError> {
        let http = Http::new(&site, proxy, trust, observe, clock)?;
        Ok(Self { http, site })
    }

    /// The site spoken to.
    pub fn site(&self) -> &Site {
        &self.site
    }
}

/// A cookie header that shows itself nowhere.
fn cookie(name: &str, value: &Secret) -> Result<HeaderValue, ApiError> {
    let mut cookie = HeaderValue::try_from(format!("{name}={}", value.expose()))
        .map_err(|_| ApiError::Setup("what is stored does not fit in a header".to_owned()))?;
    cookie.set_sensitive(true);
    Ok(cookie)
}
