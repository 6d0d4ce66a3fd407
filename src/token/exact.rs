//! Prints claims exactly as the token has them. Parsing can lose digits of a
//! number, or half of a surrogate pair.
//!
//! Not for checking claims: the parsed values are good enough for that.

use std::{collections::HashMap, fmt};

use serde::{
    Deserialize, Serialize, Serializer,
    de::{Deserializer, MapAccess, Visitor},
};
use serde_json::{Map, Value, value::RawValue};

use super::literals::escape_lone_surrogates;

/// A value to print.
#[derive(Clone, Copy, Debug)]
pub enum Exact<'a> {
    /// The parsed value; parsing lost nothing.
    Read(&'a Value),
    /// The JSON text of the value.
    Written(&'a RawValue),
}

/// Every claim to print, in the token's order.
#[derive(Clone, Debug)]
pub enum ExactFields<'a> {
    /// The parsed fields; parsing lost nothing.
    Read(&'a Map<String, Value>),
    /// The JSON text of the fields. If a name repeats, the last value counts.
    Written(&'a RawValue),
}

impl<'a> ExactFields<'a> {
    /// The names and values.
    pub fn entries(&self) -> Vec<(String, Exact<'a>)> {
        match self {
            Self::Read(fields) => fields
                .iter()
                .map(|(name, value)| (name.clone(), Exact::Read(value)))
                .collect(),
            Self::Written(raw) => {
                let entries = entries(raw).into_iter();
                entries
                    .map(|(name, raw)| (name, Exact::Written(raw)))
                    .collect()
            }
        }
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<Exact<'a>> {
        match self {
            Self::Read(fields) => fields.get(name).map(Exact::Read),
            Self::Written(_) => {
                let mut entries = self.entries().into_iter();
                entries
                    .find(|(known, _)| known == name)
                    .map(|(_, value)| value)
            }
        }
    }
}

impl Exact<'_> {
    /// The content of a text; any other value as JSON.
    pub fn text(&self) -> String {
        match self {
            Self::Read(Value::String(text)) => text.clone(),
            Self::Written(raw) if raw.get().starts_with('"') => {
                let text = raw.get();
                let escaped = escape_lone_surrogates(text);
                serde_json::from_str(escaped.as_deref().unwrap_or(text)).unwrap_or_default()
            }
            other => other.json(),
        }
    }

    /// The value as JSON.
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Read(value) => value.serialize(serializer),
            // Value by value, because the raw text may contain line ends.
            Self::Written(raw) => match raw.get().as_bytes().first() {
                Some(b'{') => {
                    let entries = entries(raw).into_iter();
                    serializer.collect_map(entries.map(|(n, raw)| (n, Exact::Written(raw))))
                }
                Some(b'[') => {
                    let list: Vec<&RawValue> =
                        serde_json::from_str(raw.get()).map_err(serde::ser::Error::custom)?;
                    serializer.collect_seq(list.into_iter().map(Exact::Written))
                }
                _ => raw.serialize(serializer),
            },
        }
    }
}

impl Serialize for ExactFields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Read(fields) => fields.serialize(serializer),
            Self::Written(raw) => Exact::Written(raw).serialize(serializer),
        }
    }
}

/// The fields of an object. If a name repeats, the last value takes the first
/// one's place, as in `Map`.
fn entries(raw: &RawValue) -> Vec<(String, &RawValue)> {
    let Entries(all) = serde_json::from_str(raw.get()).unwrap_or_default();
    let mut places = HashMap::new();
    let mut entries: Vec<(String, &RawValue)> = Vec::with_capacity(all.len());
    for (name, value) in all {
        let place = *places.entry(name.clone()).or_insert(entries.len());
        if place == entries.len() {
            entries.push((name, value));
        } else {
            entries[place].1 = value;
        }
    }
    entries
}

#[derive(Default)]
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;
        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(Name(name)) = map.next_key()? {
                    entries.push((name, map.next_value()?));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(EntriesVisitor)
    }
}

/// A name. Half of a surrogate pair in it is replaced.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl Visitor<'_> for NameVisitor {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Name, E> {
                Ok(Name(String::from_utf8_lossy(bytes).into_owned()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Name, E> {
                Ok(Name(text.to_owned()))
            }
        }
        deserializer.deserialize_bytes(NameVisitor)
    }
}

#[cfg(test)]
mod tests;
