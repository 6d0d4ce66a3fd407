//! Parses a typed method, header and body.
//!
//! Pure: opens no file. Failures never repeat a value, because it may be a
//! secret.

use std::path::PathBuf;

use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use crate::token;

/// `-d`: what is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// The text itself.
    Text(String),
    /// `@FILE`
    File(PathBuf),
    /// `@-`
    Stdin,
}

/// The two headers of an app key pair.
pub const APP_KEY: &str = "x-vtex-api-appkey";
/// See [`APP_KEY`].
pub const APP_TOKEN: &str = "x-vtex-api-apptoken";

/// Headers about a request's framing; contradictions would allow request
/// smuggling.
const FRAMING: [&str; 9] = [
    "connection",
    "content-length",
    "expect",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Data {
    /// Reads it as curl does.
    ///
    /// # Errors
    /// For an `@` alone.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        match text.strip_prefix('@') {
            None => Ok(Self::Text(text.to_owned())),
            Some("") => Err("missing file name after `-d @`"),
            Some("-") => Ok(Self::Stdin),
            Some(path) => Ok(Self::File(path.into())),
        }
    }
}

/// Reads a method, in any case.
///
/// # Errors
/// For an invalid method, or one that makes a tunnel or an echo.
pub fn method(text: &str) -> Result<Method, &'static str> {
    let upper = text.to_ascii_uppercase();
    let plain =
        !upper.is_empty() && upper.len() <= 20 && upper.bytes().all(|b| b.is_ascii_alphabetic());
    if !plain || upper == "CONNECT" || upper == "TRACE" {
        return Err("invalid method: use GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS");
    }
    Method::from_bytes(upper.as_bytes()).map_err(|_| "invalid method")
}

/// Reads headers such as `Accept: text/csv`.
///
/// # Errors
/// For an invalid header, and for those that vtexid sets.
pub fn headers<'a>(lines: impl IntoIterator<Item = &'a String>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for line in lines {
        if line.contains(['\r', '\n']) {
            return Err("invalid header: it contains a line break".to_owned());
        }
        let (name, value) = line
            .split_once(':')
            .ok_or("invalid header: expected `NAME: VALUE`, such as `Accept: text/csv`")?;
        let name = HeaderName::try_from(name.trim()).map_err(|_| "invalid header name")?;
        check_name(&name)?;
        let value = HeaderValue::from_bytes(value.trim().as_bytes())
            .map_err(|_| format!("invalid character in the header {name}"))?;
        if name == "cookie" && holds_token(&value) {
            return Err(format!(
                "the header contains a {} cookie: choose the credential with --as",
                token::COOKIE
            ));
        }
        headers.append(name, value);
    }
    Ok(headers)
}

fn check_name(name: &HeaderName) -> Result<(), String> {
    let text = name.as_str();
    if text == "host" {
        return Err("cannot set the header Host: use --host".to_owned());
    }
    if text == APP_KEY || text == APP_TOKEN || is_carrier(text) {
        return Err(format!(
            "cannot set the header {name}: choose the credential with --as"
        ));
    }
    if FRAMING.contains(&text) {
        return Err(format!("cannot set the header {name}: vtexid sets it"));
    }
    Ok(())
}

/// Whether a token is sent under this name, including a shopper's.
fn is_carrier(name: &str) -> bool {
    let begin = name.get(..token::COOKIE.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(token::COOKIE))
}

fn holds_token(cookies: &HeaderValue) -> bool {
    String::from_utf8_lossy(cookies.as_bytes())
        .split([';', ','])
        .any(|cookie| is_carrier(cookie.trim()))
}

#[cfg(test)]
mod tests {
    use super::{Data, headers, method};

    fn read(line: &str) -> Result<Vec<(String, String)>, String> {
        let headers = headers([&line.to_owned()])?;
        let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
        Ok(headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
            .collect())
    }

    #[test]
    fn headers_are_read_as_curl_reads_them() {
        for (line, name, value) in [
            ("Accept: text/csv", "accept", "text/csv"),
            ("REST-Range:resources=0-9", "rest-range", "resources=0-9"),
            ("X-Empty:", "x-empty", ""),
            ("X-Time: 10:30", "x-time", "10:30"),
            ("X-Name: lojá", "x-name", "lojá"),
            ("Cookie: vtex_segment=x", "cookie", "vtex_segment=x"),
        ] {
            assert_eq!(read(line).unwrap(), [(name.to_owned(), value.to_owned())]);
        }
    }

    #[test]
    fn headers_that_vtexid_sets_or_that_are_none_are_refused() {
        for line in [
            "",
            "Accept",
            ": x",
            "a b: x",
            "X: a\r\nHost: evil.example",
            "X: a\nb",
            "X\n: a",
            "X: a\u{1b}[31m",
            "Host: evil.example",
            "hOST : evil.example",
            "VtexIdclientAutCookie: hunter2",
            "vtexidclientautcookie_mystore: hunter2",
            "X-VTEX-API-AppKey: hunter2",
            "x-vtex-api-apptoken: hunter2",
            "Cookie: a=b; VtexIdclientAutCookie=hunter2",
            "Cookie: vtexidclientautcookie_mystore=hunter2",
            "Content-Length: 5",
            "Transfer-Encoding: chunked",
            "Connection: close",
            "Proxy-Authorization: Basic hunter2",
        ] {
            let problem = read(line).unwrap_err();
            assert!(!problem.contains("hunter2"), "{problem}");
            assert!(!problem.contains("evil"), "{problem}");
        }
    }

    #[test]
    fn a_body_is_a_text_a_file_or_standard_input() {
        assert_eq!(Data::read("{}"), Ok(Data::Text("{}".to_owned())));
        assert_eq!(Data::read(""), Ok(Data::Text(String::new())));
        assert_eq!(Data::read("@a/b"), Ok(Data::File("a/b".into())));
        assert_eq!(Data::read("@-"), Ok(Data::Stdin));
        assert!(Data::read("@").is_err());
    }

    #[test]
    fn a_method_is_a_word() {
        assert_eq!(method("patch").unwrap(), "PATCH");
        for bad in ["", "GET /", "TRACE", "connect", "A\r\nB", "Á"] {
            assert!(method(bad).is_err(), "{bad}");
        }
    }
}
