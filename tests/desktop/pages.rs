//! A web site of somebody else's on this machine: one page, and a record of what browsers ask it for.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

pub struct Pages {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Pages {
    /// Serves this page at `/`, with `SITE` as its own address by number, and an empty one everywhere else.
    pub fn serve(page: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let page = page.replace("SITE", &format!("http://127.0.0.1:{port}"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        thread::spawn({
            let requests = Arc::clone(&requests);
            move || {
                for stream in listener.incoming().flatten() {
                    let (page, requests) = (page.clone(), Arc::clone(&requests));
                    thread::spawn(move || answer(&stream, &page, &requests));
                }
            }
        });
        Self { port, requests }
    }

    /// Its address, as a site of its own.
    pub fn url(&self) -> String {
        format!("http://evil.localhost:{}/", self.port)
    }

    /// The head of each request so far, in lower case.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

fn answer(stream: &TcpStream, page: &str, requests: &Mutex<Vec<String>>) {
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let head = head.join("\n").to_lowercase();
    let body = if head.starts_with("get / ") { page } else { "" };
    requests.lock().unwrap().push(head);
    let mut stream = stream;
    // A browser that has gone away needs no answer.
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
}
