//! A request as a curl command, without a credential.
//!
//! Pure. For POSIX shells; what looks like a secret is left out.

use reqwest::Method;

use super::{request::Call, typed::Data};
use crate::secret::Secret;

/// Replaces what is left out.
const LEFT_OUT: &str = "(not shown)";

/// The lines of the command. `known` are secrets that must not be in it.
pub fn curl(call: &Call, data: Option<&Data>, known: &[&Secret]) -> Vec<String> {
    let is_secret = |text: &str| {
        text.contains("eyJ")
            || known
                .iter()
                .any(|secret| !secret.expose().is_empty() && text.contains(secret.expose()))
    };
    let mut left_out = Vec::new();
    let mut url = call.url.clone();
    if url.query().is_some_and(is_secret) || is_secret(&percent_decoded(url.query())) {
        url.set_query(None);
        left_out.push("the query");
    }
    let mut first = "curl".to_owned();
    if url.as_str().contains(['[', ']', '{', '}']) {
        first.push_str(" -g");
    }
    match (&call.method, data) {
        (&Method::GET, None) | (&Method::POST, Some(_)) => {}
        (&Method::HEAD, None) => first.push_str(" -I"),
        (method, _) => first = format!("{first} -X {method}"),
    }
    let mut parts = vec![format!("{first} {}", quoted(url.as_str()))];
    for (name, value) in &call.headers {
        let mut value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        if ["authorization", "cookie"].contains(&name.as_str()) || is_secret(&value) {
            LEFT_OUT.clone_into(&mut value);
            left_out.push("a header");
        }
        parts.push(format!(
            "-H {}",
            quoted(&format!("{}: {value}", titled(name.as_str())))
        ));
    }
    match data {
        None => {}
        Some(Data::Stdin) => parts.push("--data-binary @-".to_owned()),
        Some(Data::File(path)) => {
            let path = path.display().to_string();
            parts.push(format!("--data-binary {}", quoted(&format!("@{path}"))));
        }
        Some(Data::Text(text)) if holds_secret(text) || is_secret(text) => {
            parts.push("--data-binary @-".to_owned());
            left_out.push("the body, which curl reads from stdin");
        }
        Some(Data::Text(text)) => parts.push(format!("--data-raw {}", quoted(text))),
    }
    let command = parts.join(" \\\n  ");
    let mut lines: Vec<String> = command.split('\n').map(str::to_owned).collect();
    lines.extend(
        left_out
            .iter()
            .map(|what| format!("# left out, because it may be a secret: {what}")),
    );
    lines
}

/// Whether a body's text may contain a secret, or control a terminal.
fn holds_secret(text: &str) -> bool {
    const NAMES: [&str; 5] = ["apptoken", "password", "secret", "token", "accesskey"];
    let lower = text.to_ascii_lowercase();
    NAMES.iter().any(|name| lower.contains(name))
        || text.contains(|c: char| c.is_control() && c != '\n' && c != '\t')
}

fn percent_decoded(query: Option<&str>) -> String {
    percent_encoding::percent_decode_str(query.unwrap_or_default())
        .decode_utf8_lossy()
        .into_owned()
}

/// A word of a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// `content-type` as `Content-Type`.
fn titled(name: &str) -> String {
    let parts = name.split('-').map(|part| {
        let (first, rest) = part.split_at(part.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    parts.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use reqwest::{Method, Url, header::HeaderMap};

    use super::{Call, Data, Secret, curl};

    fn lines(
        method: &Method,
        url: &str,
        headers: &[(&'static str, &str)],
        data: Option<&Data>,
    ) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let call = Call {
            method: method.clone(),
            url: Url::parse(url).unwrap(),
            headers: map,
            body: None,
            credential: None,
        };
        curl(&call, data, &[&Secret::new("hunter2".to_owned())]).join("\n")
    }

    #[test]
    fn a_shell_reads_what_was_meant() {
        let text = |text: &str| Some(Data::Text(text.to_owned()));
        for (method, url, headers, data, expected) in [
            (
                Method::GET,
                "https://a.b/x",
                vec![],
                None,
                "curl https://a.b/x",
            ),
            (
                Method::HEAD,
                "https://a.b/x",
                vec![],
                None,
                "curl -I https://a.b/x",
            ),
            (
                Method::GET,
                "https://a.b/x?a=1&b=it's",
                vec![],
                None,
                r"curl 'https://a.b/x?a=1&b=it%27s'",
            ),
            (
                Method::GET,
                "https://a.b/x?a[0]=1",
                vec![],
                None,
                "curl -g 'https://a.b/x?a[0]=1'",
            ),
            (
                Method::DELETE,
                "https://a.b/x",
                vec![("accept", "*/*")],
                None,
                "curl -X DELETE https://a.b/x \\\n  -H 'Accept: */*'",
            ),
            (
                Method::POST,
                "https://a.b/x",
                vec![],
                text("it's"),
                "curl https://a.b/x \\\n  --data-raw 'it'\\''s'",
            ),
            (
                Method::PUT,
                "https://a.b/x",
                vec![],
                Some(Data::File("a b".into())),
                "curl -X PUT https://a.b/x \\\n  --data-binary '@a b'",
            ),
            (
                Method::POST,
                "https://a.b/x",
                vec![],
                Some(Data::Stdin),
                "curl https://a.b/x \\\n  --data-binary @-",
            ),
        ] {
            assert_eq!(lines(&method, url, &headers, data.as_ref()), expected);
        }
    }

    #[test]
    fn what_may_be_a_secret_is_left_out() {
        let bodies = [
            "{\"apptoken\": \"S3\"}",
            "a=eyJhbGciOi",
            "hunter2",
            "\u{1b}[31mS3",
        ];
        for body in bodies {
            let data = Data::Text(body.to_owned());
            let text = lines(&Method::POST, "https://a.b/x", &[], Some(&data));
            assert!(text.contains("--data-binary @-"), "{text}");
            assert!(!text.contains("S3") && !text.contains("eyJ"), "{text}");
        }
        for query in ["t=eyJhbGci", "t=hunter2", "t=hunter%32", "t=%65yJ"] {
            let text = lines(&Method::GET, &format!("https://a.b/x?{query}"), &[], None);
            assert!(text.starts_with("curl https://a.b/x\n#"), "{text}");
        }
        for header in [
            ("authorization", "Basic S3"),
            ("cookie", "S3"),
            ("x-a", "hunter2"),
        ] {
            let text = lines(&Method::GET, "https://a.b/x", &[header], None);
            assert!(!text.contains("S3") && !text.contains("hunter2"), "{text}");
        }
    }
}
