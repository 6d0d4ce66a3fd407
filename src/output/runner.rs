//! Prevents the runner of a CI job from reading output as a command. GitHub's
//! runner obeys `::name::` at a line's start, blanks aside, and `##[name]`
//! anywhere in a line; Azure's obeys `##vso[name]` anywhere.
//!
//! `visible` escapes control characters, and `config` detects the runner.

use std::borrow::Cow;

pub use crate::config::is_read_by_runner as is_listening;

/// Lines of text with the first character of each command escaped.
pub fn text(text: &str) -> Cow<'_, str> {
    let escape = |c| format!("\\u{{{:x}}}", u32::from(c));
    escaped(
        text,
        |rest, begins_line| begins_line && rest.starts_with("::"),
        escape,
    )
}

/// JSON with commands escaped and the same values. Outside strings JSON never
/// has two of these characters in a row, and inside a string neither can follow
/// a backslash.
pub fn json(json: &str) -> Cow<'_, str> {
    let escape = |c| format!("\\u{:04x}", u32::from(c));
    escaped(json, |rest, _| rest.starts_with("::"), escape)
}

/// Whether a runner that listens would find a command in this text.
pub fn obeys(lines: &str) -> bool {
    matches!(text(lines), Cow::Owned(_))
}

/// `text` with each command's first character escaped. `colons` gets the rest
/// of the text, and whether only blanks are before it on its line; it returns
/// whether a command begins there.
fn escaped(
    text: &str,
    colons: impl Fn(&str, bool) -> bool,
    escape: impl Fn(char) -> String,
) -> Cow<'_, str> {
    if !(text.contains("::") || text.contains("##")) || !is_listening() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut begins_line = true;
    for (at, c) in text.char_indices() {
        if colons(&text[at..], begins_line) || hashes(&text[at..]) {
            out.push_str(&escape(c));
        } else {
            out.push(c);
        }
        begins_line = c == '\n' || (begins_line && c.is_whitespace());
    }
    if out == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(out)
    }
}

fn hashes(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("##") else {
        return false;
    };
    let vso = rest
        .get(..4)
        .is_some_and(|name| name.eq_ignore_ascii_case("vso["));
    rest.starts_with('[') || vso
}
