//! A key: its type, the algorithms that the type allows, and its bytes.
//!
//! Not for reading keys from files (`pem`, `jwk`).

use std::{fmt, ops::RangeInclusive};

use jsonwebtoken::DecodingKey;

use super::point;

/// The sizes of RSA keys that ring supports, in bits.
const RSA_BITS: RangeInclusive<usize> = 2048..=8192;

#[derive(Debug)]
pub struct Key {
    pub kind: Kind,
    /// A JWK's `kid`.
    pub id: Option<String>,
    /// A JWK's `alg`: the only algorithm that the key is for.
    pub only: Option<String>,
    /// Whether a JWK's `use` and `key_ops` allow verification.
    pub may_verify: bool,
    /// The bytes to verify with, or why the key cannot be used. A secret is tried
    /// with and without the newline at the end of its file.
    pub material: Result<Vec<DecodingKey>, String>,
}

/// A key's type, which decides the algorithms it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    P256,
    P384,
    P521,
    K256,
    Rsa,
    Ed25519,
    Ed448,
    Secret,
    /// A key of a set that could not be read.
    Unknown,
}

impl Kind {
    /// The algorithms for such a key, including those vtexid does not support.
    pub fn algorithms(self) -> &'static [&'static str] {
        match self {
            Self::P256 => &["ES256"],
            Self::P384 => &["ES384"],
            Self::P521 => &["ES512"],
            Self::K256 => &["ES256K"],
            Self::Rsa => &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
            // RFC 9864 adds the second name.
            Self::Ed25519 => &["EdDSA", "Ed25519"],
            Self::Ed448 => &["EdDSA", "Ed448"],
            Self::Secret => &["HS256", "HS384", "HS512"],
            Self::Unknown => &[],
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::P256 => "an EC key (P-256)",
            Self::P384 => "an EC key (P-384)",
            Self::P521 => "an EC key (P-521)",
            Self::K256 => "an EC key (secp256k1)",
            Self::Rsa => "an RSA key",
            Self::Ed25519 => "an Ed25519 key",
            Self::Ed448 => "an Ed448 key",
            Self::Secret => "a secret",
            Self::Unknown => "a key that cannot be used",
        }
    }
}

impl Key {
    pub fn allows(&self, algorithm: &str) -> bool {
        let known = self.kind.algorithms();
        // Both names of an Edwards curve's algorithm mean the same.
        let same = |only: &str| {
            only == algorithm
                || (matches!(self.kind, Kind::Ed25519 | Kind::Ed448) && known.contains(&only))
        };
        self.may_verify && known.contains(&algorithm) && self.only.as_deref().is_none_or(same)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.label())?;
        match &self.only {
            _ if !self.may_verify => f.write_str(" that is not for checking signatures"),
            Some(only) => write!(f, " only for {}", truncate(only)),
            None if self.kind == Kind::Unknown => Ok(()),
            None => write!(f, ", which checks {}", self.kind.algorithms().join(", ")),
        }
    }
}

impl Key {
    pub fn new(kind: Kind) -> Self {
        let material = Err(format!("vtexid does not support {}", kind.label()));
        Self {
            kind,
            id: None,
            only: None,
            may_verify: true,
            material,
        }
    }

    /// A key of `kind` with the encoded point `bytes`.
    pub fn of_point(kind: Kind, bytes: &[u8]) -> Result<Self, String> {
        let (length, key): (_, fn(&[u8]) -> DecodingKey) = match kind {
            Kind::P256 => (65, DecodingKey::from_ec_der),
            Kind::P384 => (97, DecodingKey::from_ec_der),
            Kind::P521 => (133, DecodingKey::from_ec_der),
            Kind::Ed25519 => (32, DecodingKey::from_ed_der),
            _ => return Ok(Self::new(kind)),
        };
        if kind != Kind::Ed25519 && matches!(bytes, [2 | 3, ..]) {
            return Err("its point is compressed, which vtexid does not support".to_owned());
        }
        if bytes.len() != length || (length != 32 && bytes[0] != 4) {
            return Err(format!("its length is wrong for {}", kind.label()));
        }
        let material = match point::problem(kind, bytes) {
            None => Ok(vec![key(bytes)]),
            Some(problem) => Err(problem.to_owned()),
        };
        Ok(Self {
            material,
            ..Self::new(kind)
        })
    }

    pub fn of_rsa(n: &[u8], e: &[u8]) -> Self {
        let without_zeros = |number: &[u8]| {
            let zeros = number.iter().take_while(|b| **b == 0).count();
            number[zeros..].to_vec()
        };
        let (n, e) = (without_zeros(n), without_zeros(e));
        let bits = n.len() * 8 - n.first().map_or(0, |b| b.leading_zeros() as usize);
        let is_odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
        let too_large = e.len() > 5 || (e.len() == 5 && e[0] > 1);
        let material = if !RSA_BITS.contains(&bits) {
            Err(format!(
                "the RSA key has {bits} bits, but vtexid supports {} to {}",
                RSA_BITS.start(),
                RSA_BITS.end()
            ))
        } else if !is_odd(&n) || !is_odd(&e) || *e == [1] {
            Err("the RSA key is damaged: invalid modulus or exponent".to_owned())
        } else if too_large {
            Err(
                "the RSA key's exponent has more than 33 bits, which vtexid does not support"
                    .to_owned(),
            )
        } else {
            Ok(vec![DecodingKey::from_rsa_raw_components(&n, &e)])
        };
        Self {
            material,
            ..Self::new(Kind::Rsa)
        }
    }
}

/// Why a secret is easy to guess. RFC 7518 section 3.2 requires it to be as long
/// as the hash.
pub fn weakness(key: &DecodingKey, algorithm: &str) -> Option<String> {
    let due = match algorithm {
        "HS256" => 32,
        "HS384" => 48,
        "HS512" => 64,
        _ => return None,
    };
    let length = key.try_get_as_bytes().ok()?.len();
    (length < due).then(|| {
        format!(
            "the secret has {length} bytes, fewer than the {due} that {algorithm} requires: it is easier to guess"
        )
    })
}

/// Shortens text from outside, so that it fits into a message.
pub fn truncate(text: &str) -> String {
    const MAX_CHARS: usize = 64;
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
