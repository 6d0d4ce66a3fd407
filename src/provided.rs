//! Reads a value that a person provides in a variable, a file, on stdin, or at
//! a prompt. Removes accidental text around it.
//!
//! Not for finding a token in a longer text (`token::pasted`), nor for checking
//! it.

use zeroize::Zeroizing;

use crate::secret::Secret;

/// Decodes a file or stdin: UTF-8, or UTF-16 with a byte order mark, as
/// PowerShell's `>` writes it.
///
/// # Errors
/// A message without the content.
pub fn decode(bytes: &[u8]) -> Result<Zeroizing<String>, String> {
    let utf16 = |unit: fn([u8; 2]) -> u16| {
        let units = bytes[2..]
            .chunks_exact(2)
            .map(|pair| unit([pair[0], pair[1]]));
        if bytes.len() % 2 == 1 {
            return Err("it is UTF-16 that ends in the middle of a character".to_owned());
        }
        char::decode_utf16(units)
            .collect::<Result<String, _>>()
            .map(Zeroizing::new)
            .map_err(|_| "it is not valid UTF-16".to_owned())
    };
    match bytes {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Zeroizing::new(
                text.trim_start_matches('\u{feff}').to_owned(),
            )),
            Err(e) => Err(format!(
                "it is not valid UTF-8 (byte {})",
                e.valid_up_to() + 1
            )),
        },
    }
}

/// The value itself: without the blanks, line ends and byte order mark around
/// it, one pair of quotes, and `Bearer`.
pub fn clean(text: &str) -> &str {
    let text = trim(text);
    let text = unquote(text).map_or(text, trim);
    match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("bearer ") => trim(&text[7..]),
        _ => text,
    }
}

/// The value in a file or on stdin.
///
/// # Errors
/// As [`decode`].
pub fn value(bytes: &[u8]) -> Result<Secret, String> {
    Ok(Secret::new(clean(&decode(bytes)?).to_owned()))
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}')
}

fn unquote(text: &str) -> Option<&str> {
    ['"', '\'', '`']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
}

#[cfg(test)]
mod tests {
    use super::{clean, decode, value};

    #[test]
    fn what_came_along_by_accident_is_removed() {
        for provided in [
            "abc",
            " abc\r\n",
            "\u{feff}abc\n",
            "\"abc\"",
            "' abc '\n",
            "`abc`",
            "Bearer abc",
            "\"bearer  abc\"",
            "\tabc\0",
        ] {
            assert_eq!(clean(provided), "abc", "{provided:?}");
        }
        // One pair, and only a pair.
        assert_eq!(clean("\"\"abc\"\""), "\"abc\"");
        assert_eq!(clean("\"abc'"), "\"abc'");
        assert_eq!(clean("a \"b\" c"), "a \"b\" c");
        assert_eq!(clean("\""), "\"");
        assert_eq!(clean(" \n"), "");
    }

    #[test]
    fn utf_16_is_read_where_a_byte_order_mark_says_so() {
        let units: Vec<u16> = "\u{feff}ab\u{e9}\u{1f600}\r\n".encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|u| u.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|u| u.to_be_bytes()).collect();
        for bytes in [&little, &big] {
            assert_eq!(value(bytes).unwrap().expose(), "ab\u{e9}\u{1f600}");
            let problem = decode(&bytes[..bytes.len() - 1]).unwrap_err();
            assert!(problem.contains("middle of a character"), "{problem}");
        }
        assert!(decode(b"\xff\xfe\x00\xd8").unwrap_err().contains("UTF-16"));
        assert_eq!(
            decode(b"ab\x80").unwrap_err(),
            "it is not valid UTF-8 (byte 3)"
        );
    }
}
