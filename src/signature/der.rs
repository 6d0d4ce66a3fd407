//! A minimal DER parser. It finds the public key in `SubjectPublicKeyInfo` and
//! certificates (RFC 5280 section 4.1), and in `RSAPublicKey` (RFC 8017).
//!
//! Not for checking certificates.

use super::key::Kind;

const INTEGER: u8 = 0x02;
const BITS: u8 = 0x03;
const NULL: u8 = 0x05;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// A public key: its type and its numbers.
pub enum PublicKey<'a> {
    /// A curve, and the encoded point on it.
    Point(Kind, &'a [u8]),
    /// Modulus and exponent.
    Rsa(&'a [u8], &'a [u8]),
    /// A type that vtexid does not verify with, in words.
    Other(&'static str),
}

/// A sequence of DER elements.
struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// The content of a SEQUENCE. Nothing may follow it.
    fn of(der: &'a [u8]) -> Option<Self> {
        let mut outer = Self(der);
        let content = outer.sequence()?;
        outer.0.is_empty().then_some(content)
    }

    /// The content of the next element, if it has this tag.
    fn next(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&[found, first], rest) = self.0.split_first_chunk()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            // 0x80 means an indefinite length, which DER forbids. Three bytes are
            // enough for any file.
            0x81..=0x83 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 3))?;
                let length = bytes.iter().fold(0, |l, b| l << 8 | usize::from(*b));
                // DER allows only the shortest form.
                (length > 0x7f && bytes[0] != 0).then_some((length, rest))?
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        (found == tag).then(|| {
            self.0 = rest;
            content
        })
    }

    fn sequence(&mut self) -> Option<Self> {
        self.next(SEQUENCE).map(Self)
    }

    /// A positive number, without the leading zero that marks it as positive.
    fn number(&mut self) -> Option<&'a [u8]> {
        let bytes = self.next(INTEGER)?;
        match bytes {
            [0, rest @ ..] => rest.first().is_some_and(|b| b & 0x80 != 0).then_some(rest),
            [first, ..] => (first & 0x80 == 0).then_some(bytes),
            [] => None,
        }
    }
}

/// Reads a `PUBLIC KEY`.
pub fn public_key(der: &[u8]) -> Option<PublicKey<'_>> {
    key(Elements::of(der)?)
}

/// Reads an `RSA PUBLIC KEY`.
pub fn rsa_key(der: &[u8]) -> Option<PublicKey<'_>> {
    let mut key = Elements::of(der)?;
    let (n, e) = (key.number()?, key.number()?);
    key.0.is_empty().then_some(PublicKey::Rsa(n, e))
}

/// Reads the key of a `CERTIFICATE`. The certificate itself is not checked,
/// because the user trusts the file.
pub fn certificate(der: &[u8]) -> Option<PublicKey<'_>> {
    let mut signed = Elements::of(der)?.sequence()?;
    signed.next(VERSION);
    signed.next(INTEGER)?;
    // Skips algorithm, issuer, validity and subject.
    for _ in 0..4 {
        signed.sequence()?;
    }
    key(signed.sequence()?)
}

fn key(mut info: Elements<'_>) -> Option<PublicKey<'_>> {
    let mut algorithm = info.sequence()?;
    let [0, bits @ ..] = info.next(BITS)? else {
        return None;
    };
    if !info.0.is_empty() {
        return None;
    }
    let kind = match algorithm.next(OID)? {
        // rsaEncryption
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1] => {
            algorithm.next(NULL);
            return algorithm.0.is_empty().then(|| rsa_key(bits))?;
        }
        // id-RSASSA-PSS, which may restrict the use of the key.
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10] => {
            return Some(PublicKey::Other("an RSASSA-PSS key"));
        }
        // id-ecPublicKey
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1] => match algorithm.next(OID) {
            Some([0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]) => Kind::P256,
            Some([0x2b, 0x81, 4, 0, 34]) => Kind::P384,
            Some([0x2b, 0x81, 4, 0, 35]) => Kind::P521,
            Some([0x2b, 0x81, 4, 0, 10]) => Kind::K256,
            _ => return Some(PublicKey::Other("an EC key of another curve")),
        },
        [0x2b, 101, 112] => Kind::Ed25519,
        [0x2b, 101, 113] => Kind::Ed448,
        [0x2b, 101, 110 | 111] => return Some(PublicKey::Other("a key for encryption")),
        _ => return Some(PublicKey::Other("a key of an unknown type")),
    };
    algorithm
        .0
        .is_empty()
        .then_some(PublicKey::Point(kind, bits))
}

#[cfg(test)]
mod tests;
