//! The person at the browser: fetches pages, sends forms, follows redirects,
//! and does what the scripts on the sandbox's pages do. Every `*.localhost`
//! is 127.0.0.1, as in real browsers.

use std::{
    collections::HashMap,
    fmt::Write as _,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use reqwest::Url;
use serde_json::json;

use crate::env::LIMIT;

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("Content-Type", "application/json");
/// A browser sends these with what the person navigates to.
const NAVIGATE: (&str, &str) = ("Sec-Fetch-Mode", "navigate");
const DOCUMENT: (&str, &str) = ("Sec-Fetch-Dest", "document");
/// And this with what a script fetches.
const CORS: (&str, &str) = ("Sec-Fetch-Mode", "cors");

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    pub url: Url,
    /// 0 when the connection ended without an answer.
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// A header's value; empty without such a header.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value)
    }

    fn parse(url: Url, text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        Self {
            url,
            status: status.map_or(0, |status| status.parse().unwrap()),
            headers: lines
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }
}

/// A connection to the server of that address.
pub fn connect(url: &Url) -> TcpStream {
    let port = url.port_or_known_default().unwrap();
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_write_timeout(Some(LIMIT)).unwrap();
    stream
}

/// The first lines of a request, without the empty line that ends them.
/// A `Host` among the headers takes the place of the right one.
pub fn head(method: &str, url: &Url, headers: &[(&str, &str)]) -> String {
    let query = url.query().map(|query| format!("?{query}"));
    let target = format!("{}{}", url.path(), query.unwrap_or_default());
    let mut text = format!("{method} {target} HTTP/1.1\r\n");
    if !headers.iter().any(|(name, _)| *name == "Host") {
        let port = url.port_or_known_default().unwrap();
        let host = url.host_str().unwrap();
        write!(text, "Host: {host}:{port}\r\n").unwrap();
    }
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").unwrap();
    }
    text
}

/// Sends one request and reads the answer to its end.
pub fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let url: Url = url.parse().unwrap();
    let mut request = head(method, &url, headers);
    if method == "POST" || !body.is_empty() {
        write!(request, "Content-Length: {}\r\n", body.len()).unwrap();
    }
    request += "\r\n";
    let mut stream = connect(&url);
    // A server may refuse before it has read everything.
    let _ = stream
        .write_all(request.as_bytes())
        .and_then(|()| stream.write_all(body.as_bytes()));
    Answer::parse(url, &rest(&mut stream))
}

/// What is read until the other side ends the connection.
pub fn rest(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    if let Err(error) = stream.read_to_end(&mut text) {
        assert_eq!(
            error.kind(),
            std::io::ErrorKind::ConnectionReset,
            "{error}, after {}",
            String::from_utf8_lossy(&text)
        );
    }
    String::from_utf8(text).unwrap()
}

pub fn get(url: &str) -> Answer {
    send("GET", url, &[], "")
}

/// Visits an address and stays until the page says how that went.
pub fn visit(url: &str) -> Answer {
    Browser::default().stay(get(url))
}

/// Signed in, and about to be sent back to the tool.
#[derive(Debug)]
pub struct Ticket {
    /// Where the tool listens.
    pub loopback: String,
    /// The one-time token.
    pub ott: String,
    way: Way,
    /// The page that sends it.
    origin: String,
}

#[derive(Debug)]
enum Way {
    Redirect,
    Form,
    Script,
}

/// A browser with its cookies.
#[derive(Debug, Default)]
pub struct Browser {
    cookies: HashMap<String, String>,
    languages: &'static str,
}

impl Browser {
    /// One that asks for pages in these languages.
    pub fn speaking(languages: &'static str) -> Self {
        Self {
            languages,
            ..Self::default()
        }
    }

    /// The whole way from the login page to the page that says how it went.
    pub fn log_in(&mut self, page: &str, email: &str) -> Answer {
        let ticket = self.sign_in(page, email);
        self.deliver(&ticket)
    }

    /// Opens the login page and fills it in.
    pub fn sign_in(&mut self, page: &str, email: &str) -> Ticket {
        let shown = self.ask("GET", page, &[NAVIGATE, DOCUMENT], "");
        assert_eq!(shown.status, 200, "{shown:?}");
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair(
            "returnUrl",
            &value(&shown.body, "name=\"returnUrl\"", "value"),
        );
        if shown.body.contains("name=\"email\"") {
            form.append_pair("email", email);
        }
        let mut answer = self.ask("POST", page, &[NAVIGATE, DOCUMENT, FORM], &form.finish());
        while answer.status == 302 {
            let next = answer.url.join(answer.header("Location")).unwrap();
            if next.path() == "/login_callback" {
                let (_, ott) = next.query_pairs().find(|(name, _)| name == "ott").unwrap();
                return Ticket {
                    loopback: next.as_str().split('?').next().unwrap().to_owned(),
                    ott: ott.into_owned(),
                    way: Way::Redirect,
                    origin: answer.url.origin().ascii_serialization(),
                };
            }
            answer = self.ask("GET", next.as_str(), &[NAVIGATE, DOCUMENT], "");
        }
        assert_eq!(answer.status, 200, "{answer:?}");
        let script = answer.body.contains("data-ott=");
        let (loopback, ott) = if script {
            let body = |name| value(&answer.body, "<body", name);
            (body("data-loopback"), body("data-ott"))
        } else {
            (
                value(&answer.body, "<form", "action"),
                value(&answer.body, "name=\"ott\"", "value"),
            )
        };
        Ticket {
            loopback,
            ott,
            way: if script { Way::Script } else { Way::Form },
            origin: answer.url.origin().ascii_serialization(),
        }
    }

    /// Brings the one-time token to the tool and goes where that sends it.
    pub fn deliver(&mut self, ticket: &Ticket) -> Answer {
        let answer = self.hand_over(ticket);
        if answer.status != 303 {
            return answer;
        }
        let next = answer.url.join(answer.header("Location")).unwrap();
        if matches!(ticket.way, Way::Script) {
            // The script reads where it was sent, which takes the tool's leave, and goes there.
            let origin = ticket.origin.as_str();
            let fetched = self.ask("GET", next.as_str(), &[CORS, ("Origin", origin)], "");
            assert_eq!(fetched.header("Access-Control-Allow-Origin"), origin);
            assert_eq!(fetched.status, 200, "{fetched:?}");
        }
        self.stay(answer)
    }

    /// Goes where an answer leads, and reloads a page that asks for it.
    pub fn stay(&mut self, mut answer: Answer) -> Answer {
        let start = Instant::now();
        loop {
            let next = if answer.status == 303 {
                answer.url.join(answer.header("Location")).unwrap()
            } else if answer.body.contains("http-equiv=\"refresh\"") {
                thread::sleep(Duration::from_millis(50));
                answer.url
            } else {
                return answer;
            };
            assert!(start.elapsed() < LIMIT, "{next} never comes to an end");
            answer = self.ask("GET", next.as_str(), &[NAVIGATE, DOCUMENT], "");
        }
    }

    /// Brings the one-time token to the tool and does not look further.
    pub fn hand_over(&mut self, ticket: &Ticket) -> Answer {
        let (url, origin) = (ticket.loopback.as_str(), ticket.origin.as_str());
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("ott", &ticket.ott)
            .finish();
        match ticket.way {
            Way::Redirect => self.ask("GET", &format!("{url}?{query}"), &[NAVIGATE, DOCUMENT], ""),
            Way::Form => self.ask(
                "POST",
                url,
                &[NAVIGATE, DOCUMENT, FORM, ("Origin", origin)],
                &query,
            ),
            Way::Script => {
                let asked = [
                    CORS,
                    ("Origin", origin),
                    ("Access-Control-Request-Method", "POST"),
                    ("Access-Control-Request-Headers", "content-type"),
                    ("Access-Control-Request-Private-Network", "true"),
                ];
                let leave = self.ask("OPTIONS", url, &asked, "");
                assert_eq!(leave.status, 204, "{leave:?}");
                assert_eq!(leave.header("Access-Control-Allow-Origin"), origin);
                assert!(
                    leave
                        .header("Access-Control-Allow-Methods")
                        .contains("POST")
                );
                assert_eq!(leave.header("Access-Control-Allow-Headers"), "content-type");
                assert_eq!(leave.header("Access-Control-Allow-Private-Network"), "true");
                let body = json!({"ott": ticket.ott}).to_string();
                let answer = self.ask("POST", url, &[CORS, JSON, ("Origin", origin)], &body);
                assert_eq!(answer.header("Access-Control-Allow-Origin"), origin);
                answer
            }
        }
    }

    fn ask(&mut self, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let host = url.parse::<Url>().unwrap().host_str().unwrap().to_owned();
        let mut headers = headers.to_vec();
        if !self.languages.is_empty() {
            headers.push(("Accept-Language", self.languages));
        }
        let cookie = self.cookies.get(&host).cloned().unwrap_or_default();
        if !cookie.is_empty() {
            headers.push(("Cookie", &cookie));
        }
        let answer = send(method, url, &headers, body);
        if let Some((cookie, _)) = answer.header("Set-Cookie").split_once(';') {
            self.cookies.insert(host, cookie.to_owned());
        }
        answer
    }
}

/// The value of an attribute of the first tag that holds `mark`.
fn value(page: &str, mark: &str, attribute: &str) -> String {
    let tag = page
        .split_inclusive('>')
        .find(|tag| tag.contains(mark))
        .unwrap_or_else(|| panic!("no {mark} in {page}"));
    let (_, rest) = tag
        .split_once(&format!("{attribute}=\""))
        .unwrap_or_else(|| panic!("no {attribute} in {tag}"));
    let (value, _) = rest.split_once('"').unwrap();
    value
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
