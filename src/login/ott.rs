//! The one-time token among the fields of a callback.
//!
//! Pure: no request, no socket. VTEX ID decides whether a token is valid.

use crate::secret::Secret;

/// Far above the length of any one-time token seen so far.
pub const MAX_OTT_BYTES: usize = 4096;
/// Enough to recognise VTEX's error, too short for another program to mislead
/// with.
const MAX_ERROR_CHARS: usize = 60;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Names and values, in the order they came.
pub type Fields = Vec<(String, String)>;

/// Reads a query or a form body.
pub fn parse_form(bytes: &[u8]) -> Fields {
    form_urlencoded::parse(bytes).into_owned().collect()
}

/// Why a callback has no usable one-time token, as the end of a sentence about
/// it. Quotes no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// There is none.
    #[error("it has no one-time token")]
    Missing,
    /// There are two.
    #[error("it has two different one-time tokens")]
    Two,
    /// It cannot be one.
    #[error("its one-time token is malformed")]
    Malformed,
    /// VTEX ID reported this error.
    #[error("it reported an error: `{0}`")]
    Reported(String),
}

/// Reads a body as JSON, else as a form (with several lines, one field per
/// line). Ignores Content-Type, which pages often set wrongly.
pub fn parse_body(bytes: &[u8]) -> Fields {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    match serde_json::from_slice::<serde_json::Map<_, _>>(bytes) {
        Ok(map) => map
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
            .collect(),
        Err(_) => bytes
            .split(|byte| matches!(byte, b'\r' | b'\n'))
            .flat_map(parse_form)
            .collect(),
    }
}

/// The one `ott` among the fields. VTEX does not publish its shape, so any
/// visible ASCII of a sensible length passes.
///
/// # Errors
/// What is wrong.
pub fn one_time_token(fields: &Fields) -> Result<Secret, Problem> {
    if let Some((_, error)) = fields.iter().find(|(name, _)| name == "error") {
        let error: String = error.chars().take(MAX_ERROR_CHARS).collect();
        return Err(Problem::Reported(error));
    }
    let mut values = fields.iter().filter(|(name, _)| name == "ott");
    let Some((_, ott)) = values.next() else {
        return Err(Problem::Missing);
    };
    if values.any(|(_, other)| other != ott) {
        return Err(Problem::Two);
    }
    // A form decodes `+` as a space, and tokens have no spaces.
    let ott = ott.replace(' ', "+");
    if ott.is_empty() || ott.len() > MAX_OTT_BYTES || !ott.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Problem::Malformed);
    }
    Ok(Secret::new(ott))
}

#[cfg(test)]
mod tests {
    use super::{MAX_OTT_BYTES, one_time_token, parse_body, parse_form};

    #[test]
    fn finds_the_token_in_a_query_a_form_and_json() {
        for (fields, expected) in [
            (parse_form(b"ott=abc"), "abc"),
            (parse_form(b"x=1&ott=a%2Fb%3D&y"), "a/b="),
            (parse_form(b"ott=a+b"), "a+b"),
            (parse_form(b"ott=same&ott=same"), "same"),
            (parse_body(b"ott=abc&x=1"), "abc"),
            (parse_body(br#"{"x":1,"ott":"abc","y":{"ott":"z"}}"#), "abc"),
            // A byte order mark, and a form of the kind text/plain.
            (parse_body(b"\xef\xbb\xbf{\"ott\":\"abc\"}"), "abc"),
            (parse_body(b"\xef\xbb\xbfott=abc"), "abc"),
            (parse_body(b"x=1\r\nott=a+b/c=\r\ny=\r\n"), "a+b/c="),
        ] {
            assert_eq!(one_time_token(&fields).unwrap().expose(), expected);
        }
    }

    #[test]
    fn says_what_is_wrong_without_repeating_a_token() {
        let long = format!("ott={}", "a".repeat(MAX_OTT_BYTES + 1));
        for (fields, problem) in [
            (parse_form(b""), "it has no one-time token"),
            (parse_body(br#"{"ott":1}"#), "it has no one-time token"),
            (parse_body(b"[\"ott\"]"), "it has no one-time token"),
            (parse_form(b"OTT=abc"), "it has no one-time token"),
            (
                parse_form(b"ott=one&ott=two"),
                "it has two different one-time tokens",
            ),
            (parse_form(b"ott="), "its one-time token is malformed"),
            (parse_form(b"ott=a%0ab"), "its one-time token is malformed"),
            (
                parse_form("ott=é".as_bytes()),
                "its one-time token is malformed",
            ),
            (
                parse_form(long.as_bytes()),
                "its one-time token is malformed",
            ),
            (
                parse_form(b"ott=abc&error=denied"),
                "it reported an error: `denied`",
            ),
        ] {
            assert_eq!(one_time_token(&fields).unwrap_err().to_string(), problem);
        }
    }

    #[test]
    fn takes_the_longest_token_and_cuts_a_long_error() {
        let longest = "a".repeat(MAX_OTT_BYTES);
        let fields = parse_form(format!("ott={longest}").as_bytes());
        assert_eq!(one_time_token(&fields).unwrap().expose(), longest);
        let fields = parse_form(format!("error={}", "é".repeat(61)).as_bytes());
        let problem = one_time_token(&fields).unwrap_err().to_string();
        assert!(problem.ends_with(&format!("`{}`", "é".repeat(60))));
    }
}
