//! A server on this machine that writes down what it is sent and answers as a
//! test says, byte by byte if need be.

use std::{
    io::{BufRead as _, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use crate::env::LIMIT;

/// A request's head, and how long its body was.
#[derive(Clone, Debug, Default)]
pub struct Received {
    pub line: String,
    pub headers: String,
    pub body: u64,
}

/// What answers a request: it is given the request, whose body was read, and
/// its number.
pub trait Answer: Fn(&Received, usize, &mut TcpStream) + Send + Sync + 'static {}

impl<T: Fn(&Received, usize, &mut TcpStream) + Send + Sync + 'static> Answer for T {}

pub struct Receiver {
    port: u16,
    log: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    pub fn start(answer: impl Answer) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let log: Arc<Mutex<Vec<Received>>> = Arc::default();
        let (shared, answer) = (log.clone(), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (mut stream, log, answer) = (stream.unwrap(), shared.clone(), answer.clone());
                thread::spawn(move || {
                    stream.set_read_timeout(Some(LIMIT)).unwrap();
                    if let Some(received) = receive(&stream) {
                        let number = {
                            let mut log = log.lock().unwrap();
                            log.push(received.clone());
                            log.len()
                        };
                        answer(&received, number, &mut stream);
                    }
                });
            }
        });
        Self { port, log }
    }

    /// The `VTEXID_URL` that leads here.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Everything received so far.
    pub fn log(&self) -> Vec<Received> {
        self.log.lock().unwrap().clone()
    }
}

/// Writes a whole answer.
pub fn answer(stream: &mut TcpStream, head: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    // Whoever asked may have gone away.
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body);
}

/// Keeps the connection open and silent for as long as a test may take.
#[cfg(target_os = "linux")]
pub fn hold() {
    thread::sleep(LIMIT + std::time::Duration::from_secs(5));
}

fn receive(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::with_capacity(1 << 16, stream);
    let mut received = Received::default();
    reader.read_line(&mut received.line).ok()?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        received.headers.push_str(&line.to_lowercase());
    }
    received.line = received.line.trim().to_owned();
    let lines = received.headers.lines();
    let length = lines
        .clone()
        .find_map(|l| l.strip_prefix("content-length: "));
    received.body = match length {
        Some(length) => skip(&mut reader, length.parse().unwrap()),
        None if received.headers.contains("transfer-encoding: chunked") => chunked(&mut reader),
        None => 0,
    };
    Some(received)
}

fn skip(reader: &mut impl Read, length: u64) -> u64 {
    std::io::copy(&mut reader.take(length), &mut std::io::sink()).unwrap_or(0)
}

fn chunked(reader: &mut BufReader<&TcpStream>) -> u64 {
    let mut total = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return total;
        }
        let length = u64::from_str_radix(line.trim(), 16).unwrap();
        total += skip(reader, length);
        skip(reader, 2);
        if length == 0 {
            return total;
        }
    }
}
