//! Keeps the runner of a CI job from taking what is printed for a command.
//! GitHub's runner obeys `::name::` at a line's start, blanks aside, and
//! `##[name]` anywhere in a line; Azure's obeys `##vso[name]` anywhere.
//!
//! Not for what drives a terminal (`visible`), nor for finding out where
//! vtexid runs (`config`).

use std::borrow::Cow;

pub use crate::config::is_read_by_runner as is_listening;

/// Lines of text without a command in them: its first character is shown
/// escaped, as an unsafe character is.
pub fn text(text: &str) -> Cow<'_, str> {
    let escape = |c| format!("\\u{{{:x}}}", u32::from(c));
    escaped(
        text,
        |rest, begins_line| begins_line && rest.starts_with("::"),
        escape,
    )
}

/// JSON without a command in it, and with the same values: outside strings it
/// has no two of these characters in a row, and inside a string neither of
/// them can follow the backslash of another escape.
pub fn json(json: &str) -> Cow<'_, str> {
    let escape = |c| format!("\\u{:04x}", u32::from(c));
    escaped(json, |rest, _| rest.starts_with("::"), escape)
}

/// Whether a runner that listens would find a command in this text.
pub fn obeys(lines: &str) -> bool {
    matches!(text(lines), Cow::Owned(_))
}

/// `text` with each character escaped that begins a command. `colons` says
/// whether the rest of the text does, and is told whether only blanks are
/// before it on its line.
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
