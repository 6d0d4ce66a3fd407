//! VTEX ID over HTTPS: the only module that knows VTEX's addresses and the format
//! of its requests and answers. `docs/vtex-id.md` gives the source of each fact.
//!
//! Not for storing tokens, and not for printing: to show requests, the caller
//! passes an [`Observer`].

mod answer;
mod app_key;
mod browser;
mod certificates;
mod check;
pub mod client;
mod error;
mod http;
mod session;
mod shopper;
mod site;

use std::sync::Arc;

use reqwest::header::HeaderValue;

use self::http::Http;
pub use self::{
    certificates::Trust,
    check::{Credential, Role},
    error::ApiError,
    http::{Exchange, Observer},
    shopper::{Offers, ShopperError},
    site::Site,
};
use crate::{clock::Clock, config::Proxy, secret::Secret};

/// A client for one site.
pub struct VtexId {
    http: Http,
    site: Site,
}

impl VtexId {
    /// Creates the client. Sends nothing. VTEX ID's answers set `clock`.
    ///
    /// # Errors
    /// When no certificates can be loaded.
    pub fn new(
        site: Site,
        proxy: Option<Proxy>,
        trust: Trust<'_>,
        observe: Arc<dyn Observer>,
        clock: Clock,
    ) -> Result<Self, ApiError> {
        let http = Http::new(&site, proxy, trust, observe, clock)?;
        Ok(Self { http, site })
    }

    /// The site of this client.
    pub fn site(&self) -> &Site {
        &self.site
    }
}

/// A cookie header that is hidden in debug output.
fn cookie(name: &str, value: &Secret) -> Result<HeaderValue, ApiError> {
    let mut cookie = HeaderValue::try_from(format!("{name}={}", value.expose()))
        .map_err(|_| ApiError::Setup("the stored value does not fit in a header".to_owned()))?;
    cookie.set_sensitive(true);
    Ok(cookie)
}

#[cfg(test)]
mod tests {
    use std::{io, net::TcpListener, sync::Arc};

    use super::{ApiError, Http, Site, Trust};

    struct Nobody;

    impl super::http::Observer for Nobody {
        fn begins(&self, _: &str) -> Option<Box<dyn std::any::Any>> {
            None
        }

        fn ended(&self, _: &super::http::Exchange<'_>) {}
    }
    use crate::{clock::Clock, runtime};

    /// Even if an answer or a bug here leads to a plain address.
    #[test]
    fn vtex_is_never_asked_in_plain_text() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}/api/vtexid", listener.local_addr().unwrap());
        let trust = Trust {
            file: None,
            dirs: &[],
        };
        let http = Http::new(&Site::Vtex, None, trust, Arc::new(Nobody), Clock::default()).unwrap();
        let sent = runtime::run(async { Ok(http.send(http.get(url)).await) }).unwrap();
        assert!(matches!(sent, Err(ApiError::Unreachable { .. })));
        let nobody = listener.accept().unwrap_err();
        assert_eq!(nobody.kind(), io::ErrorKind::WouldBlock);
    }
}
