//! Undoes the encodings around tokens: percent encoding, JSON escapes,
//! quoted-printable, HTML, line joints of shells and source code, and marks
//! before each line.
//!
//! Only for texts in which no token was found otherwise: each decoder also
//! changes texts that are not encoded.

use std::borrow::Cow;

/// The decoders. Each returns `None` if it changes nothing.
pub const DECODERS: [fn(&str) -> Option<String>; 7] = [
    line_joints,
    json_escapes,
    percent,
    quoted_printable,
    html,
    line_marks,
    all_decoders,
];

/// All decoders, one after the other.
fn all_decoders(text: &str) -> Option<String> {
    let mut decoded = Cow::Borrowed(text);
    for decoder in &DECODERS[..DECODERS.len() - 1] {
        if let Some(next) = decoder(&decoded) {
            decoded = Cow::Owned(next);
        }
    }
    match decoded {
        Cow::Borrowed(_) => None,
        Cow::Owned(text) => Some(text),
    }
}

/// Joins lines: after `\`, `^` or a backtick at the end of a line, as in shells,
/// and texts in quotes that source code continues on the next line.
fn line_joints(text: &str) -> Option<String> {
    if !text.contains('\n') {
        return None;
    }
    let mut joined = String::with_capacity(text.len());
    let mut lines = text.split('\n').peekable();
    let mut changed = false;
    while let Some(line) = lines.next() {
        let end = line.trim_end();
        let Some(next) = lines.peek_mut() else {
            joined.push_str(line);
            break;
        };
        let shell = end.strip_suffix(['\\', '^', '`']);
        let code = end
            .trim_end_matches(['+', '.', '&', '_', ' ', '\t'])
            .strip_suffix(['"', '\'', '`']);
        let opened = next
            .trim_start_matches(['+', '.', '&', ' ', '\t'])
            .strip_prefix(['"', '\'', '`']);
        match (shell, code, opened) {
            (_, Some(before), Some(after)) if before.ends_with(is_token_char) => {
                joined.push_str(before);
                *next = after;
                changed = true;
            }
            (Some(before), _, _) => {
                joined.push_str(before);
                *next = next.trim_start();
                changed = true;
            }
            _ => {
                joined.push_str(line);
                joined.push('\n');
            }
        }
    }
    changed.then_some(joined)
}

fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// `\u002e`, `\n`, `\"` and the like.
fn json_escapes(text: &str) -> Option<String> {
    if !text.contains('\\') {
        return None;
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        decoded.push_str(&rest[..at]);
        // Several backslashes: JSON in JSON is escaped more than once.
        rest = rest[at..].trim_start_matches('\\');
        let (c, length) = match rest.as_bytes() {
            [b'u', ..] => match hex(rest.get(1..5)) {
                Some(code) => (char::from_u32(code).unwrap_or('\u{fffd}'), 5),
                None => continue,
            },
            [b'x', ..] => match hex(rest.get(1..3)) {
                Some(code) => (char::from_u32(code).unwrap_or('\u{fffd}'), 3),
                None => continue,
            },
            [b'n' | b'r', ..] => ('\n', 1),
            [b't', ..] => ('\t', 1),
            _ => continue,
        };
        decoded.push(c);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    Some(decoded)
}

/// `%2E`, also if it was encoded twice.
fn percent(text: &str) -> Option<String> {
    let once = decode_escapes(text, '%', 2)?;
    Some(decode_escapes(&once, '%', 2).unwrap_or(once))
}

/// Soft line ends and `=2E` (RFC 2045 section 6.7).
fn quoted_printable(text: &str) -> Option<String> {
    if !text.contains('=') {
        return None;
    }
    let mut joined = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match line.trim_end().strip_suffix('=') {
            Some(soft) if line.ends_with('\n') => joined.push_str(soft),
            _ => joined.push_str(line),
        }
    }
    match decode_escapes(&joined, '=', 2) {
        Some(decoded) => Some(decoded),
        None => (joined.len() < text.len()).then_some(joined),
    }
}

/// HTML character references, and tags that break lines.
fn html(text: &str) -> Option<String> {
    const NAMED: [(&str, &str); 14] = [
        ("&period;", "."),
        ("&lowbar;", "_"),
        ("&equals;", "="),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&nbsp;", "\u{a0}"),
        ("&amp;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&shy;", ""),
        ("<wbr>", ""),
        ("<wbr/>", ""),
        ("<br>", "\n"),
        ("<br/>", "\n"),
    ];
    if !text.contains(['&', '<']) {
        return None;
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(at) = rest.find(['&', '<']) {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let named = NAMED.iter().find(|(name, _)| rest.starts_with(name));
        let (length, with) = match (named, reference(rest)) {
            (Some((name, with)), _) => (name.len(), Cow::Borrowed(*with)),
            (None, Some((length, c))) => (length, Cow::Owned(c.to_string())),
            (None, None) => (1, Cow::Borrowed(&rest[..1])),
        };
        changed |= length > 1;
        decoded.push_str(&with);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    changed.then_some(decoded)
}

/// The length and the character of a reference such as `&#46;` or `&#x2e;`.
fn reference(text: &str) -> Option<(usize, char)> {
    let number = text.strip_prefix("&#")?;
    let end = number.bytes().take(8).position(|byte| byte == b';')?;
    let code = match number[..end].strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number[..end].parse(),
    };
    Some((end + 3, char::from_u32(code.ok()?)?))
}

/// Removes the marks of mails, logs, tables and listings before and after each
/// line: `>`, `|`, `#`, `//`, `*`, a time, a number; and colours that lost their
/// escape character.
fn line_marks(text: &str) -> Option<String> {
    let mut bare = String::with_capacity(text.len());
    for line in text.split('\n') {
        let line = line.trim();
        let line = without_time(line).unwrap_or(line);
        let line = without_prefix(line).unwrap_or(line);
        let marks = |c: char| c.is_whitespace() || "><|│┃║*#/;:+,\"'".contains(c);
        let line = line.trim_matches(marks);
        let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let numbered = digits.starts_with([' ', '\t', ':', '|', '│', ')']);
        let line = if numbered {
            digits.trim_start_matches(|c: char| marks(c) || c == ')')
        } else {
            line
        };
        push_without_colours(&mut bare, line);
        bare.push('\n');
    }
    (bare.trim_end() != text.trim_end()).then_some(bare)
}

/// The line after a time such as `2026-11-25T23:43:46.1234567Z`.
fn without_time(line: &str) -> Option<&str> {
    let (time, rest) = line.split_once([' ', '\t'])?;
    let has = |c| time.contains(c);
    let digits = time.starts_with(|c: char| c.is_ascii_digit() || c == '[');
    (digits && has(':') && (has('T') || has('.') || has('-'))).then_some(rest)
}

/// The line after the name of a service, as in `docker compose logs` and
/// `kubectl logs --prefix`: `web-1  | …`.
fn without_prefix(line: &str) -> Option<&str> {
    let (name, rest) = line.split_once('|')?;
    let name = name.trim();
    (!name.is_empty() && name.len() <= 40 && !name.contains(['=', '"', '.', ' '])).then_some(rest)
}

fn push_without_colours(bare: &mut String, line: &str) {
    let mut rest = line;
    while let Some(at) = rest.find('[') {
        bare.push_str(&rest[..at]);
        let inside = &rest[at + 1..];
        let length = inside
            .bytes()
            .take_while(|b| b.is_ascii_digit() || *b == b';');
        let length = length.count();
        if inside[length..].starts_with('m') {
            rest = &inside[length + 1..];
        } else {
            bare.push('[');
            rest = inside;
        }
    }
    bare.push_str(rest);
}

/// Decodes escapes such as `%2E` that begin with `sign`. Codes outside ASCII
/// stay as they are.
fn decode_escapes(text: &str, sign: char, digits: usize) -> Option<String> {
    if !text.contains(sign) {
        return None;
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(at) = rest.find(sign) {
        decoded.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match hex(rest.get(..digits)).filter(|code| *code < 128) {
            Some(code) => {
                decoded.push(char::from_u32(code).unwrap_or(sign));
                rest = &rest[digits..];
                changed = true;
            }
            None => decoded.push(sign),
        }
    }
    decoded.push_str(rest);
    changed.then_some(decoded)
}

fn hex(digits: Option<&str>) -> Option<u32> {
    let digits = digits?;
    let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{
        all_decoders, html, json_escapes, line_joints, line_marks, percent, quoted_printable,
    };

    #[test]
    fn each_encoding_is_undone() {
        for (decoder, text, decoded) in [
            (
                line_joints as fn(&str) -> Option<String>,
                "a \\\n  b",
                "a b",
            ),
            (line_joints, "a^\nb", "ab"),
            (line_joints, "\"ab\" +\n  \"cd\"", "\"abcd\""),
            (line_joints, "'ab'\n'cd'", "'abcd'"),
            (json_escapes, r"a\u002eb\nc\\\u002ed\/", "a.b\nc.d/"),
            (percent, "a%2Eb%252Ec%3d", "a.b.c="),
            (quoted_printable, "a=\nb=2Ec=3D", "ab.c="),
            (
                html,
                "a&#46;b&#x2E;c&period;d<wbr>e&amp;<b>",
                "a.b.c.de&<b>",
            ),
            (line_marks, "> a.b\n> c", "a.b\nc\n"),
            (line_marks, "| a.b |\n| c   |", "a.b\nc\n"),
            (line_marks, "2026-11-25T23:43:46.1234567Z a.b", "a.b\n"),
            (line_marks, "web-1  | a.b\nweb-1  | c", "a.b\nc\n"),
            (line_marks, "  1  a.b\n  2  c", "a.b\nc\n"),
            (line_marks, "[36;1ma.b[0m", "a.b\n"),
            (all_decoders, "a%2Eb\\u002ec", "a.b.c"),
        ] {
            assert_eq!(decoder(text).as_deref(), Some(decoded), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_encoded_is_not_changed() {
        for decoder in super::DECODERS {
            assert_eq!(decoder("a.b.c"), None);
        }
        assert_eq!(percent("100%"), None);
        assert_eq!(html("a & b"), None);
    }
}
