//! Just enough HTTP/1.1: one request a connection, a thread for each, bodies with a `Content-Length`.
//!
//! Written by hand because ending a connection without an answer is one of the failures to stage, and because a
//! dropped sandbox has to end its open connections: a client that keeps one would wait on it for ever.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::{IpAddr, Shutdown, TcpListener, TcpStream};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::Shared;

const BODY_LIMIT: u64 = 64 * 1024;
const HEAD_LIMIT: u64 = 64 * 1024;
/// How long a client may be silent in the middle of a request.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request as it came in.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    /// The `Host` header, with its port.
    pub host: String,
    /// The path, without the query.
    pub path: String,
    /// What follows the `?`, still encoded; empty if nothing does.
    pub query: String,
    /// The headers in order, their names as sent.
    pub headers: Vec<(String, String)>,
    /// The body, with U+FFFD where it is not UTF-8.
    pub body: String,
}

impl Request {
    /// The first header of this name, in whatever case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// A cookie's value with its percent signs decoded: browsers send it back the way it was set, others do not.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let (_, value) = self
            .header("Cookie")?
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(field, _)| *field == name)?;
        field(
            &format!("v={}", value.replace('+', "%2B").replace('&', "%26")),
            "v",
        )
    }

    /// A parameter of the query, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        field(&self.query, name)
    }

    /// A field of the body, if that is a form, decoded.
    pub fn form(&self, name: &str) -> Option<String> {
        field(&self.body, name)
    }

    /// The first label of the host, in lower case; none for an address or a bare name.
    pub fn account(&self) -> Option<String> {
        let name = self
            .host
            .rsplit_once(':')
            .map_or(self.host.as_str(), |(name, _)| name);
        let (account, _) = name.split_once('.')?;
        // A workspace may be before it.
        let account = account.rsplit_once("--").map_or(account, |(_, name)| name);
        let named = !account.is_empty() && name.parse::<IpAddr>().is_err();
        named.then(|| account.to_ascii_lowercase())
    }
}

fn field(form: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(form.as_bytes())
        .find(|(field, _)| field == name)
        .map(|(_, value)| value.into_owned())
}

/// An answer.
pub(super) struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// How often the body is sent; more than once goes out without a `Content-Length`.
    pub repeat: usize,
}

impl Response {
    fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", kind.to_owned())],
            body: body.into(),
            repeat: 1,
        }
    }

    pub fn text(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "text/plain; charset=utf-8", body)
    }

    pub fn html(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "text/html; charset=utf-8", body)
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    /// A 302; the caller sees to it that the place is a URL.
    pub fn redirect(place: impl Into<String>) -> Self {
        Self::text(302, "").with("Location", place)
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn send(&self, stream: &TcpStream, with_body: bool, clock: i64) -> io::Result<()> {
        let mut stream = BufWriter::new(stream);
        let now = Timestamp::now() + jiff::SignedDuration::from_secs(clock);
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT");
        write!(stream, "HTTP/1.1 {} \r\nDate: {date}\r\n", self.status)?;
        for (name, value) in &self.headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        if self.repeat == 1 {
            write!(stream, "Content-Length: {}\r\n", self.body.len())?;
        }
        write!(
            stream,
            "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
        )?;
        for _ in 0..if with_body { self.repeat } else { 0 } {
            stream.write_all(&self.body)?;
        }
        stream.flush()
    }
}

/// Serves until the sandbox is told to stop, then ends what is still open.
pub(super) fn serve(listener: &TcpListener, shared: &Shared) {
    thread::scope(|scope| {
        let mut open: Vec<(ScopedJoinHandle<'_, ()>, TcpStream)> = Vec::new();
        for stream in listener.incoming() {
            if shared.halted() {
                break;
            }
            open.retain(|(thread, _)| !thread.is_finished());
            // A connection that fails is the client's to complain about.
            let Ok((stream, ours)) = stream.and_then(|stream| Ok((stream.try_clone()?, stream)))
            else {
                continue;
            };
            let thread = scope.spawn(move || {
                let _ = converse(&stream, shared);
                // `open` still holds the connection: closing it takes more than dropping it here.
                let _ = stream.shutdown(Shutdown::Both);
            });
            open.push((thread, ours));
        }
        for (_, stream) in open {
            let _ = stream.shutdown(Shutdown::Both);
        }
    });
}

fn converse(stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream);
    let Some((mut request, length)) = read_head(&mut reader)? else {
        return Response::text(400, "not a request\n").send(stream, true, shared.options.clock);
    };
    if length > BODY_LIMIT {
        // An answer to a client that is still writing would be lost.
        let rest = length.min(16 * BODY_LIMIT);
        io::copy(&mut reader.take(rest), &mut io::sink())?;
        return Response::text(413, "too much\n").send(stream, true, shared.options.clock);
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body)?;
    request.body = String::from_utf8_lossy(&body).into_owned();
    match shared.answer(&request) {
        Some(response) => response.send(stream, request.method != "HEAD", shared.options.clock),
        None => Ok(()),
    }
}

/// The request up to its body, and how long that is; none if this is not HTTP.
fn read_head(reader: &mut impl BufRead) -> io::Result<Option<(Request, u64)>> {
    let mut reader = reader.take(HEAD_LIMIT);
    let mut line = || {
        let mut bytes = Vec::new();
        match reader.read_until(b'\n', &mut bytes)? {
            0 => Err(io::Error::from(io::ErrorKind::UnexpectedEof)),
            _ => Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned()),
        }
    };

    let first = line()?;
    let mut words = first.split(' ');
    let (Some(method), Some(target), Some("HTTP/1.1" | "HTTP/1.0")) =
        (words.next(), words.next(), words.next())
    else {
        return Ok(None);
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        ..Request::default()
    };
    loop {
        let line = line()?;
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else {
            return Ok(None);
        };
        request
            .headers
            .push((name.to_owned(), value.trim().to_owned()));
    }
    let host = request.header("Host").map(str::to_owned);
    request.host = host.unwrap_or_default();
    let length = match request.header("Content-Length") {
        // A chunked body is not read: no client of this server sends one.
        None if request.header("Transfer-Encoding").is_some() => None,
        None => Some(0),
        Some(length) => length.parse().ok(),
    };
    Ok(length.map(|length| (request, length)))
}
