//! Just enough of a browser and of curl: GET over a plain connection to this machine.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};

use crate::process::LIMIT;

pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
}

/// Gets `http://HOST:PORT/PATH`, whatever the host's name, from 127.0.0.1.
pub fn get(url: &str, header: &str) -> Answer {
    let rest = url.strip_prefix("http://").expect("a plain address");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (_, port) = host.rsplit_once(':').expect("a port");
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port.parse().unwrap())).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    write!(
        stream,
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\n{header}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").expect("a whole answer");
    let location = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let named = name.eq_ignore_ascii_case("location");
        named.then(|| value.to_owned())
    });
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        location,
        body: body.to_owned(),
    }
}

/// What a person does who is already signed in to the sandbox: opens the login page's address and is sent back to the
/// tool, up to the page that says how it went.
pub fn sign_in(address: &str, email: &str) -> Answer {
    let mut url = way_back(address, email);
    loop {
        let answer = get(&url, "Accept: text/html");
        match answer.location {
            Some(next) => url = absolute(&url, &next),
            None => return answer,
        }
    }
}

/// The address on 127.0.0.1 that this person's browser ends on.
pub fn way_back(address: &str, email: &str) -> String {
    let (page, query) = address.split_once('?').expect("a returnUrl");
    let (_, back) = form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "returnUrl")
        .expect("a returnUrl");
    let cookie: String = form_urlencoded::byte_serialize(email.as_bytes()).collect();
    let mut url = absolute(page, &back);
    while !url.starts_with("http://127.0.0.1:") {
        let answer = get(&url, &format!("Cookie: sandbox_user={cookie}"));
        url = absolute(&url, &answer.location.expect("a way back"));
    }
    url
}

/// Where a `Location` leads.
fn absolute(from: &str, to: &str) -> String {
    if to.starts_with('/') {
        let origin: Vec<&str> = from.split('/').take(3).collect();
        format!("{}{to}", origin.join("/"))
    } else {
        to.to_owned()
    }
}
