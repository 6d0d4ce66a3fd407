//! Parses a JSON object in one pass: its fields, the names that repeat, and
//! whether parsing lost something of its numbers and texts.
//!
//! Not for printing values exactly (`exact`). The values are built here and not
//! by `serde_json`, which gives some names a special meaning.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value, map::Entry};

use super::literals::{Literal, Literals, escape_lone_surrogates};

/// A parsed JSON object.
#[derive(Debug)]
pub struct Object {
    pub fields: Map<String, Value>,
    pub oddities: Oddities,
    /// Whether parsing may have lost something: digits of a number, or half of a
    /// surrogate pair.
    pub is_inexact: bool,
}

/// Peculiarities of a JSON text that a map of its values does not show.
#[derive(Clone, Debug, Default)]
pub struct Oddities {
    /// Names that repeat within one object, each listed once, up to a limit.
    pub repeated: Vec<String>,
    /// A number that other parsers round.
    pub rounded: Option<String>,
}

impl Oddities {
    /// No oddities.
    pub const NONE: &Self = &Self {
        repeated: Vec::new(),
        rounded: None,
    };

    /// Whether there are any.
    pub fn any(&self) -> bool {
        !self.repeated.is_empty() || self.rounded.is_some()
    }

    const MAX_REPEATED: usize = 10;

    /// Adds the oddities of another text.
    pub fn add(&mut self, other: Self) {
        self.rounded = self.rounded.take().or(other.rounded);
        for name in other.repeated {
            self.add_repeated(&name);
        }
    }

    fn add_repeated(&mut self, name: &str) {
        if self.repeated.len() < Self::MAX_REPEATED
            && !self.repeated.iter().any(|known| known == name)
        {
            self.repeated.push(name.to_owned());
        }
    }
}

/// Parses a JSON text; `None` if it is not an object.
///
/// # Errors
/// When the text is invalid JSON.
pub fn read(text: &str) -> Result<Option<Object>, serde_json::Error> {
    let mut notes = Notes::default();
    let mut has_lone_surrogates = false;
    let value = match value_of(text, &mut notes) {
        Ok(value) => value,
        // RFC 8259 section 8.2 allows lone surrogates, which Rust text cannot
        // contain.
        Err(error) => match escape_lone_surrogates(text) {
            Some(escaped) => {
                has_lone_surrogates = true;
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
        may_lose_digits,
    } = notes;
    if may_lose_digits {
        let mut literals = Literals::of(text);
        let rounded = literals.find(|literal| !literal.survives_f64());
        oddities.rounded = rounded.map(Literal::truncated);
    }
    Ok(Some(Object {
        fields,
        oddities,
        is_inexact: has_lone_surrogates || may_lose_digits,
    }))
}

/// Collected while a text is parsed.
#[derive(Default)]
struct Notes {
    oddities: Oddities,
    /// Whether parsing may have lost digits of a number.
    may_lose_digits: bool,
}

fn value_of(text: &str, notes: &mut Notes) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = ValueSeed(notes).deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Every parser keeps whole numbers up to this one exactly.
const MAX_EXACT: u64 = 999_999_999_999_999;

/// Builds a value and collects its oddities.
struct ValueSeed<'a>(&'a mut Notes);

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        // Most tokens have at most this many, so the map rarely grows.
        let mut fields = Map::with_capacity(8);
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(ValueSeed(self.0))?;
            match fields.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(value);
                }
                Entry::Occupied(mut entry) => {
                    self.0.oddities.add_repeated(entry.key());
                    entry.insert(value);
                }
            }
        }
        Ok(Value::Object(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(ValueSeed(self.0))? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        self.0.may_lose_digits = true;
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        self.0.may_lose_digits |= number.unsigned_abs() > MAX_EXACT;
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        self.0.may_lose_digits |= number > MAX_EXACT;
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
