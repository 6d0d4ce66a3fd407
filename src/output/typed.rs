//! Shows typed text, unless it may be a secret in the wrong place. `visible`
//! escapes control characters.

use std::path::Path;

/// A longer word may be a secret.
const MAX_WORD_CHARS: usize = 20;
/// Of all secrets only tokens contain dots.
const MAX_DOTTED_CHARS: usize = 60;

/// A path that was not found, for a message. It may be a secret typed instead
/// of a file's name, also with slashes, so it is hidden unless its folder
/// exists.
pub fn path_visible(path: &Path) -> String {
    let text = path.display().to_string();
    let parent = path.parent().map(Path::as_os_str).unwrap_or_default();
    if parent.is_empty() || parent == "/" {
        typed_visible(&text)
    } else if is_like_a_secret(&text) {
        hidden(&text)
    } else if Path::new(parent).is_dir() {
        text
    } else {
        format!(
            "({} characters, not shown: its folder does not exist)",
            text.chars().count()
        )
    }
}

/// A word for a message; hidden if it may be a secret.
pub fn typed_visible(text: &str) -> String {
    let longest = if text.contains('.') {
        MAX_DOTTED_CHARS
    } else {
        MAX_WORD_CHARS
    };
    if text.chars().count() > longest || is_like_a_secret(text) {
        hidden(text)
    } else {
        text.to_owned()
    }
}

/// Whether it contains something like a token, a cookie or a URL's query.
pub fn is_like_a_secret(text: &str) -> bool {
    // A token's first part is the base64 of `{"…`; cookies and queries name
    // their values.
    text.contains("eyJ") || text.contains(['=', '?'])
}

/// A path without the parts that may be a secret in the wrong place.
pub fn without_secrets(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        let long = part.len() > 64;
        if long || is_like_a_secret(part) {
            "…"
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

fn hidden(text: &str) -> String {
    format!("({} characters, not shown)", text.chars().count())
}
