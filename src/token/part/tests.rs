//! Errors for a broken part: they name the part and the position.

use base64::Engine as _;

use super::{BASE64URL, check_alphabet, read_object, read_part};

/// The error for a part that is this text in base64url.
fn problem(text: impl AsRef<[u8]>) -> String {
    read_part("payload", &BASE64URL.encode(text)).unwrap_err()
}

#[test]
fn a_part_is_read_with_its_text() {
    let (object, text) = read_object("header", &BASE64URL.encode(r#"{"a": 1}"#)).unwrap();
    assert_eq!(object.fields["a"], 1);
    assert_eq!(text, r#"{"a": 1}"#);
    assert_eq!(read_part("header", "e30").unwrap().len(), 0);
    // Unused bits after the last byte are ignored.
    assert_eq!(read_part("header", "e31").unwrap().len(), 0);
}

#[test]
fn base64url_has_letters_digits_and_two_signs() {
    assert_eq!(check_alphabet("signature", "azAZ09-_"), Ok(()));
    assert_eq!(check_alphabet("signature", ""), Ok(()));
    for (part, facts) in [
        ("ab=", ["signature", "padded", "position 3"]),
        ("a+b=", ["signature", "`+`", "position 2"]),
        ("/", ["signature", "`/`", "position 1"]),
        ("ab\n", ["signature", "`\\n`", "position 3"]),
        // A place in bytes, as elsewhere.
        ("aé", ["signature", "`\\u{e9}`", "position 2"]),
    ] {
        let told = check_alphabet("signature", part).unwrap_err();
        for fact in facts {
            assert!(told.contains(fact), "{part:?}: {told}");
        }
        // A part that is decoded is refused for the same.
        let told = read_part("signature", part).unwrap_err();
        assert!(told.contains(facts[2]), "{part:?}: {told}");
    }
}

#[test]
fn a_part_that_is_empty_or_cut_off_is_told() {
    let told = |part: &str| read_part("payload", part).unwrap_err();
    assert!(told("").contains("payload is empty"));
    for (part, cut) in [
        ("e", "1 is not a valid length"),
        ("e30e3", "5 is not a valid length"),
    ] {
        assert!(told(part).contains(cut), "{}", told(part));
    }
    // Two and three characters more are whole bytes.
    for part in ["e30e30", "e30e30e"] {
        assert!(!told(part).contains("valid length"), "{}", told(part));
    }
}

#[test]
fn broken_text_is_told_by_its_place_and_not_quoted() {
    for (text, facts) in [
        (&b"{\"a\":\"\x80\"}"[..], ["payload", "UTF-8", "byte 7"]),
        (b"[1]", ["payload", "not an object", ""]),
        (b"{\"a\":secret}", ["payload", "error", "byte 6 of 12"]),
        (
            b"{\n\"a\":1,\n\n\"b\":?}",
            ["payload", "error", "byte 15 of 16"],
        ),
        (b"{\"a\":1", ["payload", "cut off", "of 6"]),
        (b"{\"a\":1e400}", ["payload", "out of range", "of 11"]),
    ] {
        let told = problem(text);
        for fact in facts {
            assert!(told.contains(fact), "{told}");
        }
        assert!(!told.contains("secret"), "{told}");
    }
    let deep = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
    assert!(problem(deep(128)).contains("127 levels deep"));
    assert!(read_part("payload", &BASE64URL.encode(deep(127))).is_ok());
}
