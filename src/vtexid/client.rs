//! The HTTP client for all requests to VTEX, and the reasons for missing answers.
//!
//! Not for sending requests, and not for the time limit of an answer (`http`).

use std::{net::SocketAddr, sync::Arc, time::Duration};

use reqwest::{
    Client, ClientBuilder, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};

use super::{Site, Trust, error::ApiError};
use crate::{config::Proxy, waits::CONNECT_TIMEOUT};

/// A client that follows no redirects. It uses plain HTTP only for the sandbox.
///
/// # Errors
/// When a certificate variable is invalid.
pub fn builder(
    site: &Site,
    proxy: Option<&Proxy>,
    trust: Trust<'_>,
) -> Result<ClientBuilder, ApiError> {
    // Fails if a provider is installed already, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(concat!("vtexid/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT);
    builder = match *site {
        Site::Vtex => trust.apply(builder.https_only(true))?,
        // Always uses the loopback address, without a proxy. Loads no
        // certificates, because plain HTTP needs none.
        Site::Local(at) => builder
            .no_proxy()
            .tls_certs_only([])
            .dns_resolver(Arc::new(Pinned(at))),
    };
    // If no variable names a proxy, the client uses the system's.
    if let Some(proxy) = proxy.cloned() {
        builder = builder.proxy(reqwest::Proxy::custom(move |url| {
            let url = proxy.url_for(url.host_str().unwrap_or_default());
            url.map(|url| url.expose().to_owned())
        }));
    }
    Ok(builder)
}

/// Creates the client. Sends nothing.
///
/// # Errors
/// When no certificates can be loaded.
pub fn build(builder: ClientBuilder) -> Result<Client, ApiError> {
    let built = builder.build();
    built.map_err(|e| Trust::explain(root(&e.without_url())))
}

/// A host for messages, with its port if that is not the default.
pub fn host(url: &Url) -> String {
    match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    }
}

/// The proxy for this address, and the variable that names it.
pub fn via(proxy: Option<&Proxy>, url: &Url) -> Option<String> {
    let proxy = proxy.filter(|proxy| {
        let host = url.host_str().unwrap_or_default();
        proxy.url_for(host).is_some()
    })?;
    Some(format!("{} ({})", proxy.host, proxy.variable))
}

/// The error if no answer came within `limit`.
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

/// A failure for `-v`, which shows the host itself.
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

/// Parses `Retry-After` (RFC 9110, 10.2.3): seconds, or a date. `now` is in epoch
/// seconds.
pub fn retry_after(value: &str, now: i64) -> Option<Duration> {
    let seconds = if let Ok(seconds) = value.trim().parse::<u64>() {
        seconds
    } else {
        let until = jiff::fmt::rfc2822::parse(value.trim()).ok()?;
        let left = until.timestamp().as_second().saturating_sub(now);
        u64::try_from(left).unwrap_or(0)
    };
    Some(Duration::from_secs(seconds))
}

/// Resolves every name to this address.
struct Pinned(SocketAddr);

impl Resolve for Pinned {
    fn resolve(&self, _: Name) -> Resolving {
        let addrs: Addrs = Box::new(std::iter::once(self.0));
        Box::pin(std::future::ready(Ok(addrs)))
    }
}

/// Why the server's certificate was rejected; `None` if the error is another one.
/// Trying again does not help.
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
                // `BadSignature` if a trusted authority has the same name.
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

/// The innermost cause. reqwest's own message only says that sending failed.
pub fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
