//! One reading of a JSON object: its fields, the names that repeat, and
//! whether its numbers and texts are all known exactly.
//!
//! Not for printing what is not known exactly (`exact`). The values are made
//! here and not by `serde_json`, to which some names mean more than a name.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, map::Entry};

use super::literals::{Literal, Literals, escape_lone_surrogates};

/// What a JSON object holds.
#[derive(Debug)]
pub struct Object {
    pub fields: Map<String, Value>,
    pub oddities: Oddities,
    /// Whether the text has more than the fields tell: digits of a number, or
    /// half a character.
    pub is_rounded: bool,
}

/// What a JSON text has that a map of its values does not show.
#[derive(Clone, Debug, Default)]
pub struct Oddities {
    /// Names that come more than once in one object, each once, and no more
    /// than a reader wants to know.
    pub repeated: Vec<String>,
    /// A number that other readers read as another one.
    pub rounded: Option<String>,
}

impl Oddities {
    /// Nothing odd.
    pub const NONE: &Self = &Self {
        repeated: Vec::new(),
        rounded: None,
    };

    /// Whether there is something.
    pub fn are_some(&self) -> bool {
        !self.repeated.is_empty() || self.rounded.is_some()
    }

    const MOST: usize = 10;

    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.rounded = self.rounded.take().or(other.rounded);
        for name in other.repeated {
            self.repeat(&name);
        }
    }

    fn repeat(&mut self, name: &str) {
        if self.repeated.len() < Self::MOST && !self.repeated.iter().any(|known| known == name) {
            self.repeated.push(name.to_owned());
        }
    }
}

/// Reads a JSON text; `None` for one that is no object.
///
/// # Errors
/// When it is not JSON.
pub fn read(text: &str) -> Result<Option<Object>, serde_json::Error> {
    let mut notes = Notes::default();
    let mut has_halves = false;
    let value = match value_of(text, &mut notes) {
        Ok(value) => value,
        // RFC 8259 section 8.2 allows what no text can hold.
        Err(error) => match escape_lone_surrogates(text) {
            Some(escaped) => {
                has_halves = true;
                notes = Notes::default();
                value_of(&escaped, &mut notes)?
            }
            None => return Err(error),
        },
    };
    let Value::Object(fields) = value else {
        return Ok(None);
    };
    let Notes {
        mut oddities,
        has_digits,
    } = notes;
    if has_digits {
        let mut literals = Literals::of(text);
        let rounded = literals.find(|literal| !literal.reads_alike());
        oddities.rounded = rounded.map(Literal::shown);
    }
    Ok(Some(Object {
        fields,
        oddities,
        is_rounded: has_halves || has_digits,
    }))
}

/// What is noted while a text is read.
#[derive(Default)]
struct Notes {
    oddities: Oddities,
    /// Whether a number may have other digits in the text.
    has_digits: bool,
}

fn value_of(text: &str, notes: &mut Notes) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Seed(notes).deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// A whole number up to this one is printed with its own digits, and every
/// reader knows it exactly.
const MAX_PLAIN: u64 = 999_999_999_999_999;

/// Makes a value, and notes what is odd on the way.
struct Seed<'a>(&'a mut Notes);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        // As many as most tokens have, so that it rarely grows.
        let mut fields = Map::with_capacity(8);
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Seed(self.0))?;
            match fields.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                Entry::Occupied(mut entry) => {
                    self.0.oddities.repeat(entry.key());
                    entry.insert(value);
                }
            }
        }
        Ok(Value::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Seed(self.0))? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        self.0.has_digits = true;
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        self.0.has_digits |= number.unsigned_abs() > MAX_PLAIN;
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        self.0.has_digits |= number > MAX_PLAIN;
        Ok(Value::Number(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}

#[cfg(test)]
mod tests;
