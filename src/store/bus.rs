//! The session bus, where its variable holds a list of addresses: the library
//! that talks to the keyring reads one only.
//!
//! Not for talking to a bus.

use std::{
    ffi::OsStr,
    net::{IpAddr, SocketAddr, TcpStream},
    os::{
        linux::net::SocketAddrExt as _,
        unix::{ffi::OsStrExt as _, net},
    },
    time::Duration,
};

use percent_encoding::percent_decode_str;

/// Enough for a bus, which is on this machine or in the local network.
const TIMEOUT: Duration = Duration::from_secs(1);

/// The first address in a list (D-Bus Specification, "Server Addresses") that
/// accepts connections; `None` if none does, or if it is a single address.
pub fn first_reachable(list: &str) -> Option<&str> {
    let mut addresses = list.split(';').filter(|address| !address.is_empty());
    list.contains(';')
        .then(|| addresses.find(|address| reach(address).is_some()))?
}

fn reach(address: &str) -> Option<()> {
    let (transport, options) = address.split_once(':')?;
    let option = |name: &str| -> Option<Vec<u8>> {
        let mut pairs = options.split(',').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(found, _)| *found == name)?;
        Some(percent_decode_str(value).collect())
    };
    match transport {
        "unix" => {
            let at = match (option("path"), option("abstract")) {
                (Some(path), _) => net::SocketAddr::from_pathname(OsStr::from_bytes(&path)),
                (None, name) => net::SocketAddr::from_abstract_name(name?),
            };
            net::UnixStream::connect_addr(&at.ok()?).ok().map(drop)
        }
        "tcp" => {
            let text = |name| String::from_utf8(option(name)?).ok();
            // Only an IP address: a DNS lookup has no time limit.
            let host = text("host")?.replace("localhost", "127.0.0.1");
            let at = SocketAddr::new(host.parse::<IpAddr>().ok()?, text("port")?.parse().ok()?);
            TcpStream::connect_timeout(&at, TIMEOUT).ok().map(drop)
        }
        _ => None,
    }
}
