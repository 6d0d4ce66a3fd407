//! The HTTP client that everything sent to VTEX goes through, and why it got
//! no answer.
//!
//! Not for sending anything, nor for how long an answer may take.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use reqwest::{
    Client, ClientBuilder, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};

use super::{Site, Trust, error::ApiError};
use crate::{config::Proxy, waits::CONNECT_TIMEOUT};

/// A client that follows no redirect and sends nothing in plain text but to
/// the sandbox.
///
/// # Errors
/// When a certificate variable is invalid.
pub fn builder(
    site: &Site,
    proxy: Option<&Proxy>,
    trust: Trust<'_>,
) -> Result<ClientBuilder, ApiError> {
    // Fails only when one is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(concat!("vtexid/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT);
    builder = match *site {
        Site::Vtex => trust.apply(builder.https_only(true))?,
        // Pinned to the loopback address, past any proxy and without
        // reading certificates that plain HTTP has no use for.
        Site::Local(at) => builder
            .no_proxy()
            .tls_certs_only([])
            .dns_resolver(Arc::new(Pinned(at))),
    };
    // Where no variable names a proxy, the system's is used.
    if let Some(proxy) = proxy.cloned() {
        builder = builder.proxy(reqwest::Proxy::custom(move |url| {
            let url = proxy.url_for(url.host_str().unwrap_or_default());
            url.map(|url| url.expose().to_owned())
        }));
    }
    Ok(builder)
}

/// Makes the client; nothing is sent.
///
/// # Errors
/// When no certificates can be loaded.
pub fn build(builder: ClientBuilder) -> Result<Client, ApiError> {
    let built = builder.build();
    built.map_err(|e| Trust::explain(root(&e.without_url())))
}

/// A host as it is shown, with its port if that is unusual.
pub fn host(url: &Url) -> String {
    match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    }
}

/// The proxy between, and the variable that names it.
pub fn via(proxy: Option<&Proxy>, url: &Url) -> Option<String> {
    let proxy = proxy.filter(|proxy| {
        let host = url.host_str().unwrap_or_default();
        proxy.url_for(host).is_some()
    })?;
    Some(format!("{} ({})", proxy.host, proxy.variable))
}

/// Why no answer came within `limit`.
pub fn unreachable(
    error: reqwest::Error,
    host: &str,
    via: Option<&str>,
    limit: Duration,
) -> ApiError {
    let certificate = certificate_problem(&error);
    ApiError::Unreachable {
        host: host.to_owned(),
        via: via.map(str::to_owned),
        permanent: certificate.is_some(),
        cause: if error.is_timeout() && error.is_connect() {
            format!("no connection within {}s", CONNECT_TIMEOUT.as_secs())
        } else if error.is_timeout() {
            format!("no answer within {}s", limit.as_secs())
        } else {
            certificate.unwrap_or_else(|| root(&error.without_url()))
        },
    }
}

/// A failure as `-v` shows it, beside the host.
pub fn problem(error: &ApiError) -> String {
    match error {
        ApiError::Unreachable {
            via: Some(via),
            cause,
            ..
        } => format!("through the proxy {via}: {cause}"),
        ApiError::Unreachable { cause, .. } | ApiError::Failed { problem: cause, .. } => {
            cause.clone()
        }
        _ => "no answer".to_owned(),
    }
}

/// `Retry-After` (RFC 9110, 10.2.3): seconds, or a date, which counts from the
/// answer's own.
pub fn retry_after(value: &str, date: i64) -> Option<Duration> {
    let seconds = if let Ok(seconds) = value.trim().parse::<u64>() {
        seconds
    } else {
        let until = jiff::fmt::rfc2822::parse(value.trim()).ok()?;
        let left = until.timestamp().as_second().saturating_sub(date);
        u64::try_from(left).unwrap_or(0)
    };
    Some(Duration::from_secs(seconds))
}

/// Every name is this address.
struct Pinned(SocketAddr);

impl Resolve for Pinned {
    fn resolve(&self, _: Name) -> Resolving {
        let addrs: Addrs = Box::new(std::iter::once(self.0));
        Box::pin(std::future::ready(Ok(addrs)))
    }
}

/// Why the server's certificate was refused, which it will be the next time
/// too; `None` where it was something else.
fn certificate_problem(error: &reqwest::Error) -> Option<String> {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(inner) = cause {
        let tls = inner
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .and_then(|e| e.downcast_ref())
            .or_else(|| inner.downcast_ref());
        if let Some(rustls::Error::InvalidCertificate(why)) = tls {
            return Some(match why {
                // The second where a trusted authority has the same name.
                rustls::CertificateError::UnknownIssuer
                | rustls::CertificateError::BadSignature => {
                    "its certificate comes from an authority that this machine does not trust"
                        .to_owned()
                }
                _ => format!("invalid certificate: {why}"),
            });
        }
        cause = inner.source();
    }
    None
}

/// The innermost cause: reqwest's own words only say that sending failed.
pub fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
