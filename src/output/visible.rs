//! Escapes characters that could control a terminal, reorder text or be
//! invisible.

use std::{borrow::Cow, fmt::Write as _};

/// Every character that can drive a terminal, reorder text, or be there unseen,
/// so that a value could draw more of a table. As of Unicode 16.0: the general
/// categories Cc, Cf, Zl and Zp, Zs but the space, what is
/// `Default_Ignorable_Code_Point` (`DerivedCoreProperties.txt`), and two symbols
/// that fonts draw as blanks (U+2800, U+1D159). First and last of each range, in
/// order.
const UNSAFE: [(char, char); 31] = [
    ('\0', '\u{1f}'),
    ('\u{7f}', '\u{a0}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{2000}', '\u{200f}'),
    ('\u{2028}', '\u{202f}'),
    ('\u{205f}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d159}', '\u{1d159}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether a character can drive a terminal, reorder text, or be there unseen.
pub fn is_unsafe(c: char) -> bool {
    let after = UNSAFE.partition_point(|(first, _)| *first <= c);
    after > 0 && c <= UNSAFE[after - 1].1
}

/// `text` with every unsafe character, newlines and tabs included, as `\u{…}`.
/// So are all but the first of several spaces, unless they are ours and make
/// columns: that is `aligned`.
pub fn visible(text: &str, aligned: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = '\0';
    for c in text.chars() {
        if is_unsafe(c) {
            out.extend(c.escape_default());
        } else if c == ' ' && before == ' ' && !aligned {
            // Many spaces could push the following text to the next line.
            out.push_str("\\u{20}");
        } else {
            out.push(c);
        }
        before = c;
    }
    out
}

/// JSON with every unsafe character as `\uXXXX`. Outside its strings JSON has
/// no such characters but newlines, so the text can be gone through as it is.
pub fn json_visible(json: &str) -> Cow<'_, str> {
    if is_visible_json(json.as_bytes()) {
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

/// Whether JSON is plain ASCII without DEL, as nearly all of it is: then
/// nothing in it is unsafe, since JSON's own escapes hide control characters.
pub fn is_visible_json(json: &[u8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);
    let (eights, rest) = json.as_chunks::<8>();
    // The high bit of a byte, or of the byte plus one, is set from 0x7f on.
    let is_plain = |eight: &[u8; 8]| {
        let eight = u64::from_ne_bytes(*eight);
        (eight | eight.wrapping_add(ONES)) & HIGH_BITS == 0
    };
    eights.iter().all(is_plain) && rest.iter().all(|byte| *byte < 0x7f)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{is_unsafe, is_visible_json, json_visible, visible};

    #[test]
    fn every_byte_from_del_on_is_seen_wherever_it_is() {
        for length in 0..20 {
            assert!(is_visible_json(&vec![0x7e; length]));
            for at in 0..length {
                for byte in 0..=0xff {
                    let mut json = vec![b' '; length];
                    json[at] = byte;
                    assert_eq!(is_visible_json(&json), byte < 0x7f, "{json:?}");
                }
            }
        }
    }

    /// What Unicode 16.0 says, property by property.
    const EXPECTED: [(&str, &[(u32, u32)]); 6] = [
        ("Cc", &[(0, 0x1f), (0x7f, 0x9f)]),
        (
            "Cf",
            &[
                (0xad, 0xad),
                (0x600, 0x605),
                (0x61c, 0x61c),
                (0x6dd, 0x6dd),
                (0x70f, 0x70f),
                (0x890, 0x891),
                (0x8e2, 0x8e2),
                (0x180e, 0x180e),
                (0x200b, 0x200f),
                (0x202a, 0x202e),
                (0x2060, 0x2064),
                (0x2066, 0x206f),
                (0xfeff, 0xfeff),
                (0xfff9, 0xfffb),
                (0x110bd, 0x110bd),
                (0x110cd, 0x110cd),
                (0x13430, 0x1343f),
                (0x1bca0, 0x1bca3),
                (0x1d173, 0x1d17a),
                (0xe0001, 0xe0001),
                (0xe0020, 0xe007f),
            ],
        ),
        ("Zl and Zp", &[(0x2028, 0x2029)]),
        (
            "Zs but the space",
            &[
                (0xa0, 0xa0),
                (0x1680, 0x1680),
                (0x2000, 0x200a),
                (0x202f, 0x202f),
                (0x205f, 0x205f),
                (0x3000, 0x3000),
            ],
        ),
        (
            "Default_Ignorable_Code_Point",
            &[
                (0xad, 0xad),
                (0x34f, 0x34f),
                (0x61c, 0x61c),
                (0x115f, 0x1160),
                (0x17b4, 0x17b5),
                (0x180b, 0x180f),
                (0x200b, 0x200f),
                (0x202a, 0x202e),
                (0x2060, 0x206f),
                (0x3164, 0x3164),
                (0xfe00, 0xfe0f),
                (0xfeff, 0xfeff),
                (0xffa0, 0xffa0),
                (0xfff0, 0xfff8),
                (0x1bca0, 0x1bca3),
                (0x1d173, 0x1d17a),
                (0xe0000, 0xe0fff),
            ],
        ),
        (
            "symbols drawn as blanks",
            &[(0x2800, 0x2800), (0x1d159, 0x1d159)],
        ),
    ];

    #[test]
    fn escapes_exactly_what_is_unseen_or_acts_on_the_text_around_it() {
        let ranges = EXPECTED.iter().flat_map(|(_, ranges)| ranges.iter());
        let expected: BTreeSet<u32> = ranges.flat_map(|(first, last)| *first..=*last).collect();
        for c in '\0'..=char::MAX {
            let code = u32::from(c);
            assert_eq!(is_unsafe(c), expected.contains(&code), "U+{code:04X}");
        }
    }

    #[test]
    fn text_of_every_script_is_shown_as_it_is() {
        for text in [
            "plain text, 100 % (of it) ~ \\ \"'`<>",
            "coração, Ação, garçon, Ελληνικά, e\u{301}",
            "Русский, עברית, العربية ١٢٣, فارسی, اُردُو",
            "हिन्दी, বাংলা, தமிழ், සිංහල, ไทย, ລາວ, ខ្មែរ, မြန်မာ",
            "日本語ひらがなカタカナ, 中文, 한국어, ﾊﾝｶｸ",
            "ܣܘܪܝܝܐ, አማርኛ, ᎣᏏᏲ, ᠮᠣᠩᠭᠣᠯ, 𓀀𓂀, 𝄞",
            "🙂 👍🏽 🇧🇷 ✓ → € ½ ￼ �",
        ] {
            assert_eq!(visible(text, false), text);
        }
    }

    #[test]
    fn nothing_that_drives_a_terminal_passes() {
        let nasty = "a\x1b[31m\u{9b}1m\x7f\r\u{202e}\u{2028}\u{a0}\u{3164}\u{e0041}é\n";
        for aligned in [false, true] {
            assert_eq!(
                visible(nasty, aligned),
                "a\\u{1b}[31m\\u{9b}1m\\u{7f}\\r\\u{202e}\\u{2028}\\u{a0}\\u{3164}\\u{e0041}é\\n"
            );
        }
        assert_eq!(visible("a   b", true), "a   b");
        assert_eq!(visible("a   b", false), "a \\u{20}\\u{20}b");
        let json = serde_json::to_string(nasty).unwrap();
        let shown = json_visible(&json);
        assert!(
            shown.chars().all(|c| c == 'é' || c.is_ascii_graphic()),
            "{shown}"
        );
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), nasty);
    }
}
