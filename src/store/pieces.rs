//! A long secret in several entries, for a keyring whose entries are short:
//! Windows holds 2,560 bytes in one.
//!
//! The pieces are written under unused names, then the entry that points to
//! them, so that an interruption leaves the old secret whole. Pure: the caller
//! reads and writes entries.

use ring::digest;

use super::StoreError;
use crate::hex::hex;

/// `CRED_MAX_CREDENTIAL_BLOB_SIZE` is 5 * 512 bytes (wincred.h).
pub const MAX_ENTRY_BYTES: usize = 2560;
/// The beginning of an entry that points to pieces.
const MARK: &str = "vtexid-pieces:";
/// More than any of vtexid's secrets needs.
const MAX_PIECES: usize = 64;

/// Access to entries by name.
pub trait Entries {
    /// The bytes of an entry, or `None`.
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// Writes an entry.
    fn set(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError>;
    /// Deletes an entry; whether there was one.
    fn delete(&self, name: &str) -> Result<bool, StoreError>;
}

/// The place of a long secret's pieces.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    /// Which of the two sets of names it uses; the other one is free.
    set: char,
    count: usize,
}

/// Reads a secret; `None` where there is none.
///
/// # Errors
/// When an entry cannot be read, or a piece is missing or belongs to another secret.
pub fn get(entries: &impl Entries, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(head) = entries.get(name)? else {
        return Ok(None);
    };
    let Some((place, sum)) = parse(&head) else {
        return Ok(Some(head));
    };
    let damaged = || StoreError::Other("a piece of the stored secret is missing".to_owned());
    let mut whole = Vec::new();
    for n in 0..place.count {
        whole.extend(
            entries
                .get(&piece(name, place.set, n))?
                .ok_or_else(damaged)?,
        );
    }
    if checksum(&whole) != sum {
        return Err(damaged());
    }
    Ok(Some(whole))
}

/// Writes a secret, and replaces a previous one.
///
/// # Errors
/// When an entry cannot be written; the previous secret stays.
pub fn set(entries: &impl Entries, name: &str, secret: &[u8]) -> Result<(), StoreError> {
    let before = entries.get(name)?.and_then(|head| Some(parse(&head)?.0));
    if secret.len() <= MAX_ENTRY_BYTES && !secret.starts_with(MARK.as_bytes()) {
        entries.set(name, secret)?;
        return delete_pieces(entries, name, before);
    }
    let set = if before.is_some_and(|place| place.set == 'a') {
        'b'
    } else {
        'a'
    };
    let pieces: Vec<&[u8]> = secret.chunks(MAX_ENTRY_BYTES).collect();
    if pieces.len() > MAX_PIECES {
        return Err(StoreError::TooLarge("the secret is too long".to_owned()));
    }
    for (n, bytes) in pieces.iter().enumerate() {
        entries.set(&piece(name, set, n), bytes)?;
    }
    let head = format!("{MARK}{set}:{}:{}", pieces.len(), checksum(secret));
    entries.set(name, head.as_bytes())?;
    delete_pieces(entries, name, before)
}

/// Deletes a secret; whether there was one.
///
/// # Errors
/// When an entry cannot be deleted.
pub fn delete(entries: &impl Entries, name: &str) -> Result<bool, StoreError> {
    let before = entries.get(name)?.and_then(|head| Some(parse(&head)?.0));
    let deleted = entries.delete(name)?;
    delete_pieces(entries, name, before)?;
    Ok(deleted)
}

fn delete_pieces(
    entries: &impl Entries,
    name: &str,
    place: Option<Place>,
) -> Result<(), StoreError> {
    if let Some(place) = place {
        for n in 0..place.count {
            entries.delete(&piece(name, place.set, n))?;
        }
    }
    Ok(())
}

fn piece(name: &str, set: char, n: usize) -> String {
    format!("{name}.{set}{n}")
}

fn parse(head: &[u8]) -> Option<(Place, String)> {
    let text = std::str::from_utf8(head).ok()?.strip_prefix(MARK)?;
    let mut parts = text.split(':');
    let set = parts.next()?.chars().next()?;
    let count = parts.next()?.parse().ok().filter(|n| *n <= MAX_PIECES)?;
    Some((Place { set, count }, parts.next()?.to_owned()))
}

/// A checksum that shows whether the pieces belong together.
fn checksum(bytes: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, bytes);
    hex(&digest.as_ref()[..8])
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::BTreeMap};

    use super::{Entries, MAX_ENTRY_BYTES, delete, get, set};
    use crate::store::StoreError;

    /// A keyring as short as Windows', which can be full after some writes.
    #[derive(Default)]
    struct Short {
        entries: RefCell<BTreeMap<String, Vec<u8>>>,
        writes_left: RefCell<Option<usize>>,
    }

    impl Entries for Short {
        fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
            Ok(self.entries.borrow().get(name).cloned())
        }

        fn set(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
            assert!(bytes.len() <= MAX_ENTRY_BYTES);
            if let Some(left) = self.writes_left.borrow_mut().as_mut() {
                *left = left.checked_sub(1).ok_or(StoreError::Silent(3))?;
            }
            self.entries
                .borrow_mut()
                .insert(name.to_owned(), bytes.to_vec());
            Ok(())
        }

        fn delete(&self, name: &str) -> Result<bool, StoreError> {
            Ok(self.entries.borrow_mut().remove(name).is_some())
        }
    }

    #[test]
    fn secrets_of_any_length_are_read_back_and_leave_nothing() {
        let store = Short::default();
        for length in [0_usize, 1, 2560, 2561, 5120, 5121, 40_000, 3, 9000] {
            let secret: Vec<u8> = (0..=250).cycle().take(length).collect();
            set(&store, "name", &secret).unwrap();
            assert_eq!(get(&store, "name").unwrap(), Some(secret), "{length}");
            let expected = if length > 2560 {
                1 + length.div_ceil(2560)
            } else {
                1
            };
            assert_eq!(store.entries.borrow().len(), expected, "{length}");
        }
        assert!(delete(&store, "name").unwrap());
        assert!(store.entries.borrow().is_empty());
        assert!(!delete(&store, "name").unwrap());
        assert_eq!(get(&store, "name").unwrap(), None);
        assert!(set(&store, "name", &vec![0; 200_000]).is_err());
    }

    #[test]
    fn a_write_that_is_cut_off_leaves_the_old_secret_whole() {
        let (old, new) = (vec![1; 6000], vec![2; 9000]);
        for writes in 0..5 {
            let store = Short::default();
            set(&store, "name", &old).unwrap();
            *store.writes_left.borrow_mut() = Some(writes);
            assert_eq!(set(&store, "name", &new).is_ok(), writes == 5, "{writes}");
            assert_eq!(get(&store, "name").unwrap(), Some(old.clone()), "{writes}");
        }
    }

    #[test]
    fn a_missing_or_foreign_piece_is_told() {
        let store = Short::default();
        set(&store, "name", &vec![1; 6000]).unwrap();
        store.set("name.a1", &[9; 2560]).unwrap();
        assert!(get(&store, "name").is_err());
        store.delete("name.a1").unwrap();
        assert!(get(&store, "name").is_err());
    }
}
