//! Finds the texts in JSON, at any depth, and the name of each.
//!
//! Not for invalid JSON, which is handled like any other text.

use serde_json::Value;

use super::place::{Place, is_generic};

/// How deep JSON is searched that is itself in a string of JSON.
pub const MAX_NESTING: usize = 4;

/// A text in JSON.
pub struct Leaf<'a> {
    pub text: &'a str,
    /// Its name: the field's, or the one in a field beside it.
    pub place: Place,
}

/// Parses the text, if all of it is JSON.
pub fn read(text: &str) -> Option<Value> {
    let text = text.trim();
    let whole = (text.starts_with('{') && text.ends_with('}'))
        || (text.starts_with('[') && text.ends_with(']'))
        || (text.starts_with("\"{") && text.ends_with("}\""))
        || (text.starts_with("\"[") && text.ends_with("]\""));
    whole.then(|| serde_json::from_str(text).ok()).flatten()
}

/// Every text in it that is long enough for a token.
pub fn leaves(value: &Value) -> Vec<Leaf<'_>> {
    let mut leaves = Vec::new();
    collect(value, &Place::NONE, &mut leaves);
    leaves
}

fn collect<'a>(value: &'a Value, place: &Place, leaves: &mut Vec<Leaf<'a>>) {
    match value {
        Value::String(text) if text.len() > 4 => leaves.push(Leaf {
            text,
            place: place.clone(),
        }),
        Value::Array(list) => {
            for value in list {
                collect(value, place, leaves);
            }
        }
        Value::Object(object) => {
            let get = |wanted: &str| {
                object
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                    .and_then(|(_, value)| value.as_str())
            };
            let named = get("name").or_else(|| get("key")).or_else(|| get("header"));
            let beside = named.map_or_else(|| place.clone(), Place::named);
            for (name, value) in object {
                if is_generic(name) {
                    collect(value, &beside, leaves);
                } else {
                    collect(value, &Place::named(name), leaves);
                }
            }
        }
        _ => {}
    }
}
