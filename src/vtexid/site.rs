//! Which VTEX ID to use, and its addresses.
//!
//! Not for sending requests.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;

use crate::account::Account;

/// Which VTEX ID to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Site {
    /// VTEX's own.
    Vtex,
    /// A sandbox on this machine, over plain HTTP. Its hosts are
    /// `{account}.localhost`, because VTEX ID takes the account from the host
    /// name.
    Local(SocketAddr),
}

impl Site {
    /// VTEX's domains for the hosts of accounts.
    pub const DOMAINS: [&str; 2] = ["myvtex.com", "vtexcommercestable.com.br"];

    /// Parses an address such as `http://127.0.0.1:4000`.
    ///
    /// # Errors
    /// When it is anything but plain HTTP on a loopback address: a variable in
    /// the environment must never send credentials elsewhere.
    pub fn local(address: &str) -> Result<Self, &'static str> {
        let url = Url::parse(address).map_err(|_| "it is not an address")?;
        if url.scheme() != "http" {
            return Err("only `http://` on this machine is allowed");
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err("it must end after the port");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it must not contain a user name or password");
        }
        let host = url.host_str().unwrap_or_default();
        let ip: IpAddr = match host.trim_matches(['[', ']']) {
            "localhost" => IpAddr::from([127, 0, 0, 1]),
            other => other
                .parse()
                .map_err(|_| "only an address on this machine is allowed")?,
        };
        if !ip.is_loopback() {
            return Err("only an address on this machine is allowed");
        }
        Ok(Self::Local(SocketAddr::new(ip, url.port().unwrap_or(80))))
    }

    /// An address for the browser and the login protocol.
    pub fn store_url(&self, account: &Account, path: &str) -> String {
        match self {
            Self::Vtex => format!("https://{account}.myvtex.com{path}"),
            Self::Local(at) => format!("http://{account}.localhost:{}{path}", at.port()),
        }
    }

    /// An address of the APIs.
    pub fn api_url(&self, account: &Account, path: &str) -> String {
        match self {
            Self::Vtex => format!("https://{account}.vtexcommercestable.com.br{path}"),
            Self::Local(_) => self.store_url(account, path),
        }
    }

    /// The hosts that accept an account's token, and whether they use HTTPS.
    pub fn hosts(&self, account: &Account) -> Vec<(String, bool)> {
        match self {
            Self::Vtex => vec![
                (format!("{account}.myvtex.com"), true),
                (format!("{account}.vtexcommercestable.com.br"), true),
            ],
            Self::Local(_) => vec![(format!("{account}.localhost"), false)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Site;

    #[test]
    fn only_this_machine_can_stand_in_for_vtex() {
        for good in [
            "http://127.0.0.1:4000",
            "http://localhost:4000/",
            "http://[::1]:4000",
            "http://127.9.9.9",
        ] {
            assert!(Site::local(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "127.0.0.1:4000",
            "https://127.0.0.1:4000",
            "http://example.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://10.0.0.1",
            "http://0.0.0.0:4000",
            "http://[::ffff:10.0.0.1]",
            "http://a:b@127.0.0.1",
            "http://127.0.0.1@example.com",
            "http://127.0.0.1/path",
            "http://127.0.0.1?x",
            "http://127.0.0.1#x",
        ] {
            assert!(Site::local(bad).is_err(), "{bad}");
        }
    }
}
