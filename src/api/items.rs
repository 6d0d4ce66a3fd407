//! The items in a page of an API's answer, with numbers exactly as written.
//!
//! Pure. Not for knowing which page comes next (`pager`).

use std::collections::BTreeMap;

use serde_json::{Value, value::RawValue};

/// Names of arrays that contain the items, if there are several arrays.
const KNOWN: [&str; 4] = ["list", "items", "data", "Data"];

/// A page's body, taken apart.
pub enum Items {
    /// A list without an object around it.
    List(Vec<Box<RawValue>>),
    /// An object, by its fields.
    Object(BTreeMap<String, Box<RawValue>>, Box<RawValue>),
    /// Anything else.
    Other(Box<RawValue>),
}

impl Items {
    /// Reads a body.
    ///
    /// # Errors
    /// When it is not JSON.
    pub fn read(body: &[u8]) -> serde_json::Result<Self> {
        let first = body.iter().find(|b| !b.is_ascii_whitespace());
        match first {
            Some(b'[') => serde_json::from_slice(body).map(Self::List),
            Some(b'{') => Ok(Self::Object(
                serde_json::from_slice(body)?,
                serde_json::from_slice(body)?,
            )),
            _ => serde_json::from_slice(body).map(Self::Other),
        }
    }

    /// A field of the object, read.
    pub fn field(&self, name: &str) -> Option<Value> {
        match self {
            Self::Object(fields, _) => serde_json::from_str(fields.get(name)?.get()).ok(),
            _ => None,
        }
    }

    /// The length of a list without an object around it.
    pub fn list_length(&self) -> Option<usize> {
        match self {
            Self::List(list) => Some(list.len()),
            _ => None,
        }
    }

    /// The items, and the name of their array if they are in an object; none if
    /// the page has no array. `name` comes from the previous page.
    pub fn rows(&self, name: Option<&str>) -> Option<(Option<String>, Vec<Box<RawValue>>)> {
        match self {
            Self::Other(_) => None,
            Self::List(list) => Some((None, list.clone())),
            Self::Object(fields, _) => {
                let name = match name {
                    Some(name) => name,
                    None => array(fields)?,
                };
                let rows = serde_json::from_str(fields.get(name)?.get()).ok()?;
                Some((Some(name.to_owned()), rows))
            }
        }
    }

    /// The whole page.
    pub fn whole(&self) -> Option<&RawValue> {
        match self {
            Self::List(_) => None,
            Self::Object(_, whole) | Self::Other(whole) => Some(whole),
        }
    }
}

/// The name of the one array; of several, the known one or the one that is not
/// empty.
fn array(fields: &BTreeMap<String, Box<RawValue>>) -> Option<&str> {
    let arrays: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.get()))
        .filter(|(_, value)| value.starts_with('['))
        .collect();
    if let [(name, _)] = arrays[..] {
        return Some(name);
    }
    let known = KNOWN.iter().find_map(|known| {
        let found = arrays.iter().find(|(name, _)| name == known);
        found.map(|(name, _)| *name)
    });
    let full = || {
        let mut full = arrays
            .iter()
            .filter(|(_, value)| value[1..].trim_start() != "]");
        match (full.next(), full.next()) {
            (Some((name, _)), None) => Some(*name),
            _ => None,
        }
    };
    known.or_else(full)
}

/// JSON without the blanks between its parts, so that it is one line.
pub fn compact(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in json.chars() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if matches!(c, ' ' | '\t' | '\r' | '\n') {
            continue;
        } else {
            in_string = c == '"';
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Items, compact};

    fn rows(body: &str) -> Option<Vec<String>> {
        let items = Items::read(body.as_bytes()).unwrap();
        let (_, rows) = items.rows(None)?;
        Some(rows.iter().map(|row| compact(row.get())).collect())
    }

    #[test]
    fn items_are_the_one_array_as_it_was_written() {
        for (body, expected) in [
            (
                "[1, 2.50, {\"a\" : \"b c\"}]",
                Some(vec!["1", "2.50", "{\"a\":\"b c\"}"]),
            ),
            (
                "{\"paging\": {\"pages\": 1}, \"items\": [1]}",
                Some(vec!["1"]),
            ),
            (
                "{\"list\": [1], \"facets\": [2], \"stats\": {}}",
                Some(vec!["1"]),
            ),
            ("{\"list\": [], \"facets\": [2]}", Some(vec![])),
            ("{\"a\": [ ], \"b\": [3]}", Some(vec!["3"])),
            ("{\"a\": [1], \"b\": [3]}", None),
            ("{\"data\": {\"1\": [2]}, \"range\": {}}", None),
            ("{}", None),
            ("\"text\"", None),
            (
                " [12345678901234567890123]",
                Some(vec!["12345678901234567890123"]),
            ),
        ] {
            let expected = expected.map(|rows| rows.iter().map(|&row| row.to_owned()).collect());
            assert_eq!(rows(body), expected, "{body}");
        }
        for bad in ["", "<html>", "[1", "{\"a\":}"] {
            assert!(Items::read(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_array_keeps_its_name_from_page_to_page() {
        let page = Items::read(b"{\"a\": [], \"b\": [1]}").unwrap();
        assert_eq!(page.rows(Some("a")).unwrap().1.len(), 0);
        assert!(page.rows(Some("c")).is_none());
    }

    #[test]
    fn strings_keep_their_blanks() {
        let json = "{ \"a\\\" b\" :\n\t[ \"\\\\\" , 1.0 ] }";
        assert_eq!(compact(json), "{\"a\\\" b\":[\"\\\\\",1.0]}");
    }
}
