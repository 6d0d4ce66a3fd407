//! Removes what is invisible in copied text: colours and invisible characters.
//! Unifies line ends and unusual blanks.
//!
//! Not for decoding (`decode`): nothing that is removed here can be part of a
//! token.

use std::borrow::Cow;

/// Replaces every blank that is neither a space nor a tab, such as the
/// non-breaking spaces of chats and office programs.
pub const SOFT_BLANK: char = '\u{a0}';

/// Removes what is invisible. Line ends become `\n`.
pub fn clean(text: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte == b'\n' || byte == b'\t' || (b' '..=b'~').contains(&byte);
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => skip_escape(&mut rest),
            '\u{9b}' => skip_parameters(&mut rest),
            '\r' if rest.as_str().starts_with('\n') => {}
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => cleaned.push('\n'),
            _ if is_soft_blank(c) => cleaned.push(SOFT_BLANK),
            _ if is_invisible(c) => {}
            _ => cleaned.push(c),
        }
    }
    Cow::Owned(cleaned)
}

/// Skips what follows an escape character (ECMA-48): a control sequence, such as
/// a colour, or a string for the terminal, such as its title or a link.
fn skip_escape(rest: &mut std::str::Chars<'_>) {
    let after = rest.as_str();
    if after.starts_with('[') {
        rest.next();
        skip_parameters(rest);
    } else if after.starts_with(']') {
        // A longer one is not a string for the terminal.
        const MAX_STRING_BYTES: usize = 4096;
        let end = after
            .char_indices()
            .take_while(|(at, _)| *at < MAX_STRING_BYTES)
            .find(|(_, c)| matches!(c, '\u{7}' | '\u{1b}' | '\u{9c}'));
        if let Some((at, c)) = end {
            let terminator = if after[at..].starts_with("\u{1b}\\") {
                2
            } else {
                c.len_utf8()
            };
            *rest = after[at + terminator..].chars();
        }
    } else if after.starts_with(['(', ')']) {
        rest.nth(1);
    }
}

/// Skips the parameters of a control sequence and its final letter.
fn skip_parameters(rest: &mut std::str::Chars<'_>) {
    let after = rest.as_str();
    let length = after
        .bytes()
        .take_while(|byte| (b' '..=b'?').contains(byte) && *byte != b'.')
        .count();
    let ends = after[length..].starts_with(|c: char| ('@'..='~').contains(&c));
    *rest = after[length + usize::from(ends)..].chars();
}

fn is_soft_blank(c: char) -> bool {
    (c.is_whitespace() && !matches!(c, ' ' | '\t' | '\n'))
        || matches!(c, '\u{2800}' | '\u{3164}' | '\u{115f}' | '\u{1160}')
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\0' | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn what_nobody_sees_is_removed() {
        for (text, cleaned) in [
            ("a.b", "a.b"),
            ("\u{1b}[1;31ma.b\u{1b}[0m", "a.b"),
            ("\u{1b}]8;;https://x\u{7}a.b\u{1b}]8;;\u{1b}\\", "a.b"),
            ("\u{1b}[200~a.b\u{1b}[201~", "a.b"),
            ("\u{1b}(Ba.b\u{9b}0m", "a.b"),
            ("\u{feff}a\u{200b}.\u{2060}b\u{ad}", "a.b"),
            ("a\0.\0b\0", "a.b"),
            ("a\r\nb\rc\u{2028}d\u{b}e", "a\nb\nc\nd\ne"),
            ("a\u{202f}b\u{3000}c\u{2003}d", "a\u{a0}b\u{a0}c\u{a0}d"),
            // Nothing ends these.
            ("\u{1b}", ""),
            ("\u{1b}[", ""),
            ("\u{1b}]a.b", "]a.b"),
            ("\u{1b}eyJ", "eyJ"),
        ] {
            assert_eq!(clean(text), cleaned, "{text:?}");
        }
    }
}
