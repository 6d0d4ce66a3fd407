//! Wraps prose for a terminal, indented under its prefix. Pure.

use unicode_width::UnicodeWidthStr as _;

/// A narrower terminal breaks lines itself.
const NARROWEST: usize = 40;

/// `text` in lines of at most `width` columns, all but the first indented by
/// `hang`. A command in backticks is not broken, nor is a word that is longer
/// than a line.
pub fn prose(text: &str, width: usize, hang: usize) -> String {
    if width < NARROWEST || text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    // The prefix has its own columns and is not wrapped.
    let (head, rest) = text.split_at_checked(hang).unwrap_or(("", text));
    out.push_str(head);
    let mut column = head.width();
    let mut begins = true;
    for word in words(rest) {
        let length = word.width();
        if begins {
            begins = false;
        } else if column + 1 + length > width {
            out.push('\n');
            out.push_str(&" ".repeat(hang));
            column = hang;
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out
}

/// Words, and commands in backticks with what follows them without a space.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            '`' => quoted = !quoted,
            ' ' if !quoted => {
                words.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if quoted {
        // A single backtick is not a quote.
        return text.split(' ').collect();
    }
    words.push(&text[start..]);
    words
}

#[cfg(test)]
mod tests {
    use super::prose;

    #[test]
    fn lines_are_broken_at_words_and_commands_stay_whole() {
        let text = "hint: run `vtexid login mystore --store kernel` (until a restart), or log in where a keyring runs";
        let wrapped = prose(text, 60, 6);
        assert_eq!(
            wrapped,
            "hint: run `vtexid login mystore --store kernel` (until a\n      restart), or log in where a keyring runs"
        );
        let wrapped = prose(text, 42, 6);
        assert!(
            wrapped.contains("\n      `vtexid login mystore --store kernel`"),
            "{wrapped}"
        );
        for width in 40..120 {
            let lines = prose(text, width, 6);
            let joined = lines.replace("\n      ", " ");
            assert_eq!(joined, text, "{width}");
            for line in lines.lines() {
                assert!(
                    line.len() <= width || line.trim().starts_with('`'),
                    "{width}: {line}"
                );
            }
        }
    }

    #[test]
    fn what_is_short_or_has_no_room_stays_as_it_is() {
        assert_eq!(prose("a b", 80, 2), "a b");
        let long = "word ".repeat(40);
        assert_eq!(prose(long.trim(), 20, 2), long.trim());
        let odd = format!("{} ` {}", "a".repeat(30), "b ".repeat(30));
        assert!(prose(odd.trim(), 50, 2).contains('\n'));
    }
}
