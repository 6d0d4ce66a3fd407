//! Text with nothing in it that drives a terminal or turns what is read round.

use std::{borrow::Cow, fmt::Write as _, path::Path};

/// Whether a character can drive a terminal, change the order in which text
/// is read, or be there without being seen: C0, DEL, C1, bidirectional and
/// invisible formatting, line and paragraph separators, and every blank but
/// the space, with which a value could draw what looks like more of a table.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// `text` with every unsafe character as `\u{…}`; newlines and tabs too,
/// unless it is several `lines` of our own making.
pub fn visible(text: &str, lines: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = '\0';
    for c in text.chars() {
        if is_unsafe(c) && !(lines && matches!(c, '\n' | '\t')) {
            out.extend(c.escape_default());
        } else if c == ' ' && before == ' ' && !lines {
            // Many of them could push what follows to a line of its own.
            out.push_str("\\u{20}");
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

/// A path as it may be shown where it leads nowhere: a secret itself is the
/// likeliest thing to be given in the place of the file that holds it.
pub fn path_visible(path: &Path) -> String {
    typed_visible(&path.display().to_string())
}

/// What was typed, where it may be a secret in the wrong place. Secrets have
/// no slash, and none but tokens have a dot.
pub fn typed_visible(text: &str) -> String {
    let longest = if text.contains('.') { 60 } else { 20 };
    if text.len() > longest && !text.contains(['/', '\\']) {
        format!("({} characters, not shown)", text.len())
    } else {
        text.to_owned()
    }
}

/// JSON with every unsafe character as `\uXXXX`. Outside its strings JSON has
/// no such characters but newlines, so the text can be gone through as it is.
pub fn json_visible(json: &str) -> Cow<'_, str> {
    // Plain ASCII, as nearly all of it is, has but one unsafe character: its
    // control characters are escaped already.
    if json.is_ascii() && !json.contains('\u{7f}') {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_unsafe(c) && c != '\n' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::{json_visible, visible};

    #[test]
    fn nothing_that_drives_a_terminal_passes() {
        let nasty = "a\x1b[31m\u{9b}1m\x7f\r\u{202e}\u{2028}\u{a0}\u{3164}\u{e0041}é\n";
        assert_eq!(
            visible(nasty, true),
            "a\\u{1b}[31m\\u{9b}1m\\u{7f}\\r\\u{202e}\\u{2028}\\u{a0}\\u{3164}\\u{e0041}é\n"
        );
        assert!(visible(nasty, false).ends_with("é\\n"));
        let json = serde_json::to_string(nasty).unwrap();
        let shown = json_visible(&json);
        assert!(
            shown.chars().all(|c| c == 'é' || c.is_ascii_graphic()),
            "{shown}"
        );
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), nasty);
    }
}
