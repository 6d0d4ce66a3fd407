//! Claims are printed as the token has them.

use serde_json::{Map, Value, value::RawValue};

use super::{Exact, ExactFields};

/// An object as it is written, with line ends that no JSON on one line has.
const WRITTEN: &str = r#"{
    "n": 1.10,
    "big": 123456789012345678901234567890,
    "text": "a\u0062",
    "half": "x\udc00",
    "list": [ 1.0, {"a": 1E+2, "b": "\ud800"} ],
    "n": 2.50,
    "none": null
}"#;

fn written() -> Box<RawValue> {
    RawValue::from_string(WRITTEN.to_owned()).unwrap()
}

fn values(fields: &ExactFields<'_>) -> Vec<(String, String, String)> {
    let entries = fields.entries().into_iter();
    entries
        .map(|(name, value)| (name, value.text(), value.json()))
        .collect()
}

#[test]
fn what_reading_changes_is_printed_as_it_is_written() {
    let raw = written();
    let fields = ExactFields::Written(&raw);
    let expected = [
        // Of two with one name the last, in the first's place.
        ("n", "2.50", "2.50"),
        (
            "big",
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        ),
        ("text", "ab", r#""a\u0062""#),
        ("half", r"x\udc00", r#""x\udc00""#),
        (
            "list",
            r#"[1.0,{"a":1E+2,"b":"\ud800"}]"#,
            r#"[1.0,{"a":1E+2,"b":"\ud800"}]"#,
        ),
        ("none", "null", "null"),
    ];
    let expected = expected.map(|(n, t, j)| (n.to_owned(), t.to_owned(), j.to_owned()));
    assert_eq!(values(&fields), expected);
    for (name, text, _) in expected {
        assert_eq!(fields.get(&name).unwrap().text(), text);
    }
    assert!(fields.get("a").is_none());
    let whole = serde_json::to_string(&fields).unwrap();
    assert_eq!(
        whole,
        r#"{"n":2.50,"big":123456789012345678901234567890,"text":"a\u0062","half":"x\udc00","list":[1.0,{"a":1E+2,"b":"\ud800"}],"none":null}"#
    );
}

#[test]
fn other_claims_are_printed_as_they_were_read() {
    let text = r#"{"b":"a\"b","a":5,"o":{"x":[true]}}"#;
    let map: Map<String, Value> = serde_json::from_str(text).unwrap();
    let fields = ExactFields::Read(&map);
    let expected = [
        ("b", "a\"b", r#""a\"b""#),
        ("a", "5", "5"),
        ("o", r#"{"x":[true]}"#, r#"{"x":[true]}"#),
    ];
    let expected = expected.map(|(n, t, j)| (n.to_owned(), t.to_owned(), j.to_owned()));
    assert_eq!(values(&fields), expected);
    assert!(matches!(fields.get("a"), Some(Exact::Read(_))));
    assert!(fields.get("x").is_none());
    assert_eq!(serde_json::to_string(&fields).unwrap(), text);
}

#[test]
fn half_a_character_in_a_name_loses_no_claim() {
    let raw = RawValue::from_string(r#"{"\ud800":1.0,"é\n":2.0}"#.to_owned()).unwrap();
    let entries = values(&ExactFields::Written(&raw));
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].2, "1.0");
    assert_eq!(entries[1].0, "é\n");
}
