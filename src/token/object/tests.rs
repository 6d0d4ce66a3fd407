//! Parsing JSON objects, and their oddities.

use serde_json::Value;

use super::{Object, Oddities, read};

fn object(text: &str) -> Object {
    read(text).unwrap().unwrap()
}

#[test]
fn values_are_read_as_every_reader_reads_them() {
    let text = r#"{"z":null,"a":[true,false,[]],"n":[0,-1,5,1.5,1e3,18446744073709551615,
        -9223372036854775808],"s":["","é","\n\u0041\ud83d\ude00"],"o":{"x":{}},"":1}"#;
    let expected: Value = serde_json::from_str(text).unwrap();
    assert_eq!(Value::Object(object(text).fields), expected);
    let names: Vec<_> = object(text).fields.keys().cloned().collect();
    assert_eq!(names, ["z", "a", "n", "s", "o", ""]);
}

#[test]
fn what_is_not_an_object_is_told_from_what_is_not_json() {
    for other in ["[]", "5", "null", "true", r#""{}""#, r#""\ud800""#] {
        assert!(read(other).unwrap().is_none(), "{other}");
    }
    for broken in ["", "{", "{}{}", "{} x", r#"{"a":}"#, r#"{"a":"\ud800"} x"#] {
        assert!(read(broken).is_err(), "{broken}");
    }
}

#[test]
fn text_that_has_more_than_the_values_is_kept() {
    for (value, is_inexact) in [
        ("999999999999999", false),
        ("-999999999999999", false),
        ("1000000000000000", true),
        ("-1000000000000000", true),
        ("1.0", true),
        (r#""1.5""#, false),
        (r#""\ud83d\ude00""#, false),
        (r#""\ud83d""#, true),
        ("[[1,{}],null,true]", false),
        ("[[1,{\"a\":1.5}]]", true),
    ] {
        let object = object(&format!(r#"{{"a":{value}}}"#));
        assert_eq!(object.is_inexact, is_inexact, "{value}");
    }
    assert_eq!(object(r#"{"a":"\ud83d"}"#).fields["a"], r"\ud83d");
}

#[test]
fn only_a_number_that_others_read_differently_is_odd() {
    let rounded = |text: &str| object(text).oddities.rounded;
    assert_eq!(rounded(r#"{"a":1000000000000000,"b":0.5}"#), None);
    let first = rounded(r#"{"a":[0.5,9007199254740993],"b":9007199254740995}"#);
    assert_eq!(first.as_deref(), Some("9007199254740993"));
    // Half a character beside it changes nothing.
    let beside = rounded(r#"{"a":"\ud800","b":9007199254740993}"#);
    assert_eq!(beside.as_deref(), Some("9007199254740993"));
}

#[test]
fn of_two_equal_names_the_last_value_counts_and_the_name_is_told() {
    let twice = object(r#"{"a":1,"b":2,"a":3,"c":[{"d":1,"d":2}],"a":4}"#);
    assert_eq!(twice.fields["a"], 4);
    assert_eq!(twice.fields.keys().next().unwrap(), "a");
    assert_eq!(twice.fields["c"][0]["d"], 2);
    assert_eq!(twice.oddities.repeated, ["a", "d"]);
    assert!(twice.oddities.any());
    let apart = object(r#"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#);
    assert!(apart.oddities.repeated.is_empty());
    assert!(!apart.oddities.any());
    // Half a character must not have names noted a second time, or at all.
    let half = object(r#"{"a":1,"a":2,"b":"\ud800"}"#);
    assert_eq!(half.oddities.repeated, ["a"]);
}

#[test]
fn ten_repeated_names_are_enough() {
    let many = |from: usize, to: usize| {
        let names: Vec<_> = (from..to)
            .map(|n| format!("\"n{n}\":1,\"n{n}\":2"))
            .collect();
        object(&format!("{{{}}}", names.join(","))).oddities
    };
    assert_eq!(many(0, 9).repeated.len(), 9);
    assert_eq!(many(0, 10).repeated.len(), 10);
    assert_eq!(many(0, 11).repeated.len(), 10);
    let mut both = many(0, 6);
    both.add(many(5, 11));
    assert_eq!(both.repeated.len(), 10);
    assert_eq!(both.repeated[6], "n6");
}

#[test]
fn the_oddities_of_two_parts_are_put_together() {
    let rounded = |number: &str| Oddities {
        rounded: Some(number.to_owned()),
        ..Oddities::default()
    };
    let mut header = Oddities::default();
    assert!(!header.any());
    header.add(rounded("1"));
    assert!(header.any());
    header.add(rounded("2"));
    assert_eq!(header.rounded.as_deref(), Some("1"));
}
