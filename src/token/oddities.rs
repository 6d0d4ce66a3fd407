//! What a JSON text has that is lost when its values are read: names that
//! repeat, and numbers that are rounded.

use std::{collections::HashSet, fmt};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// What a JSON text has that a map of its values does not show.
#[derive(Debug, Default)]
pub struct Oddities {
    /// Names that come more than once in one object, each once, and no more
    /// than a reader wants to know.
    pub repeated: Vec<String>,
    /// Whether a number has more than 64 bits, and is known but roughly.
    pub rounded: bool,
}

impl Oddities {
    const MOST: usize = 10;

    /// Both together.
    pub fn add(&mut self, other: Self) {
        self.rounded |= other.rounded;
        for name in other.repeated {
            self.repeat(name);
        }
    }

    fn repeat(&mut self, name: String) {
        if self.repeated.len() < Self::MOST && !self.repeated.contains(&name) {
            self.repeated.push(name);
        }
    }
}

impl<'de> Deserialize<'de> for Oddities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OdditiesVisitor)
    }
}

struct OdditiesVisitor;

impl<'de> Visitor<'de> for OdditiesVisitor {
    type Value = Oddities;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Oddities, A::Error> {
        let (mut seen, mut found) = (HashSet::new(), Oddities::default());
        while let Some((name, inner)) = map.next_entry::<String, Oddities>()? {
            found.add(inner);
            if let Some(name) = seen.replace(name) {
                found.repeat(name);
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Oddities, A::Error> {
        let mut found = Oddities::default();
        while let Some(inner) = list.next_element()? {
            found.add(inner);
        }
        Ok(found)
    }

    fn visit_f64<E>(self, number: f64) -> Result<Oddities, E> {
        // Whole numbers that fit are not brought as fractions.
        Ok(Oddities {
            rounded: number.abs() >= 9.2e18,
            ..Oddities::default()
        })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Oddities, E> {
        Ok(Oddities::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Oddities, E> {
        Ok(Oddities::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Oddities, E> {
        Ok(Oddities::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<Oddities, E> {
        Ok(Oddities::default())
    }

    fn visit_unit<E>(self) -> Result<Oddities, E> {
        Ok(Oddities::default())
    }
}
