//! Which keys check what, and which can be used.

use jsonwebtoken::DecodingKey;

use super::{Key, Kind, truncate, weakness};

const KINDS: [Kind; 9] = [
    Kind::P256,
    Kind::P384,
    Kind::P521,
    Kind::K256,
    Kind::Rsa,
    Kind::Ed25519,
    Kind::Ed448,
    Kind::Secret,
    Kind::Unknown,
];

/// The base point of P-256, uncompressed.
const P256: [u8; 65] = [
    0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40,
    0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2,
    0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e,
    0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51,
    0xf5,
];

fn rsa(n: &[u8], e: &[u8]) -> Result<usize, String> {
    let key = Key::of_rsa(n, e);
    assert_eq!(key.kind, Kind::Rsa);
    key.material.map(|keys| keys.len())
}

/// An odd number of so many bits.
fn bits(count: usize) -> Vec<u8> {
    let mut bytes = vec![0xff; count.div_ceil(8)];
    bytes[0] >>= (8 - count % 8) % 8;
    bytes
}

#[test]
fn no_algorithm_is_for_two_types_of_key_but_eddsa() {
    let all = [
        "ES256", "ES384", "ES512", "ES256K", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
        "EdDSA", "Ed25519", "Ed448", "HS256", "HS384", "HS512",
    ];
    for algorithm in all {
        let kinds = KINDS.iter().filter(|k| Key::new(**k).allows(algorithm));
        assert_eq!(kinds.count(), if algorithm == "EdDSA" { 2 } else { 1 });
    }
    for (kind, algorithm) in [
        (Kind::P256, "ES256"),
        (Kind::Rsa, "PS512"),
        (Kind::Ed448, "EdDSA"),
        (Kind::Secret, "HS384"),
    ] {
        assert!(Key::new(kind).allows(algorithm), "{algorithm}");
    }
    for other in ["none", "", "es256", "ES256 "] {
        assert!(!KINDS.iter().any(|k| Key::new(*k).allows(other)), "{other}");
    }
}

#[test]
fn a_key_that_says_what_it_is_for_is_for_nothing_else() {
    let only = |kind, alg: &str| Key {
        only: Some(alg.to_owned()),
        ..Key::new(kind)
    };
    assert!(only(Kind::Rsa, "RS256").allows("RS256"));
    assert!(!only(Kind::Rsa, "RS256").allows("RS512"));
    assert!(!only(Kind::P256, "ES384").allows("ES384"));
    // Two names of one algorithm (RFC 9864).
    for (kind, name) in [(Kind::Ed25519, "Ed25519"), (Kind::Ed448, "Ed448")] {
        assert!(only(kind, "EdDSA").allows(name));
        assert!(only(kind, name).allows("EdDSA"));
        assert!(!only(kind, "ES256").allows("EdDSA"));
    }
    assert!(!only(Kind::Ed25519, "Ed448").allows("EdDSA"));
    let other_use = Key {
        may_verify: false,
        ..Key::new(Kind::P256)
    };
    assert!(!other_use.allows("ES256"));
}

#[test]
fn a_key_is_described_by_its_type_and_what_it_is_for() {
    for (n, kind) in KINDS.into_iter().enumerate() {
        assert!(!kind.label().is_empty());
        for other in &KINDS[n + 1..] {
            assert_ne!(kind.label(), other.label());
        }
        let words = Key::new(kind).to_string();
        assert!(words.starts_with(kind.label()), "{words}");
        let names = kind.algorithms().join(", ");
        assert!(words.ends_with(&names), "{words}");
        let is_bare = words == kind.label();
        assert_eq!(is_bare, kind == Kind::Unknown, "{words}");
    }
    let only = Key {
        only: Some("RS256".to_owned()),
        ..Key::new(Kind::Rsa)
    };
    assert!(only.to_string().ends_with("only for RS256"), "{only}");
    let other_use = Key {
        may_verify: false,
        ..only
    };
    assert!(!other_use.to_string().contains("RS256"), "{other_use}");
    assert!(other_use.to_string().len() > Kind::Rsa.label().len());
}

#[test]
fn a_point_has_the_length_and_form_of_its_curve() {
    let of = |bytes: &[u8]| Key::of_point(Kind::P256, bytes);
    let key = of(&P256).unwrap();
    assert_eq!(key.kind, Kind::P256);
    assert_eq!(key.material.unwrap().len(), 1);
    for wrong in [&P256[..64], &[&P256[..], &[0]].concat(), &[], &[0; 65]] {
        assert!(of(wrong).unwrap_err().contains("length"), "{wrong:?}");
    }
    for first in [2, 3] {
        let compressed = [&[first], &P256[1..33]].concat();
        assert!(of(&compressed).unwrap_err().contains("compressed"));
        // An Ed25519 key may begin with any byte.
        let edwards = [&[first][..], &[0; 31]].concat();
        let edwards = Key::of_point(Kind::Ed25519, &edwards).unwrap();
        assert_eq!(edwards.material.is_ok(), first == 3);
    }
    for (kind, bytes) in [(Kind::P384, 97), (Kind::P521, 133), (Kind::Ed25519, 32)] {
        let mut point = vec![1; bytes];
        point[0] = 4;
        // Of the right length, but no point.
        let key = Key::of_point(kind, &point).unwrap();
        assert_eq!(key.kind, kind);
        assert!(key.material.is_err(), "{kind:?}");
        for wrong in [&point[1..], &[&point[..], &[0]].concat()] {
            assert!(Key::of_point(kind, wrong).is_err(), "{kind:?}");
        }
    }
    // What cannot be used is known all the same.
    for kind in [Kind::K256, Kind::Ed448] {
        let key = Key::of_point(kind, &[4; 65]).unwrap();
        assert_eq!(key.kind, kind);
        let reason = key.material.unwrap_err();
        assert!(reason.contains(kind.label()), "{reason}");
    }
}

#[test]
fn an_rsa_key_has_2048_to_8192_bits() {
    let exponent = [1, 0, 1];
    for good in [2048, 2049, 3072, 4096, 8191, 8192] {
        assert_eq!(rsa(&bits(good), &exponent), Ok(1), "{good}");
    }
    for bad in [1, 1024, 2040, 2047, 8193, 16384] {
        let told = rsa(&bits(bad), &exponent).unwrap_err();
        assert!(told.contains(&format!("has {bad} bits")), "{told}");
        assert!(told.contains("2048 to 8192"), "{told}");
    }
    assert!(rsa(&[], &exponent).unwrap_err().contains("has 0 bits"));
    // Zeros before a number are no part of it.
    let padded = [&[0, 0][..], &bits(2048)].concat();
    assert_eq!(rsa(&padded, &[0, 1, 0, 1]), Ok(1));
    let padded = [&[0][..], &bits(2047)].concat();
    assert!(rsa(&padded, &exponent).is_err());
}

#[test]
fn an_rsa_key_has_an_odd_modulus_and_an_odd_exponent() {
    let modulus = bits(2048);
    for good in [&[3][..], &[1, 0, 1], &[0xff; 4], &[1, 0, 0, 0, 1]] {
        assert_eq!(rsa(&modulus, good), Ok(1), "{good:?}");
    }
    for bad in [&[][..], &[0], &[1], &[0, 1], &[2], &[1, 0, 0]] {
        let told = rsa(&modulus, bad).unwrap_err();
        assert!(told.contains("damaged"), "{bad:?}: {told}");
    }
    // ring takes no longer one.
    for large in [&[2, 0, 0, 0, 1][..], &[0xff; 5], &[1, 0, 0, 0, 0, 1]] {
        let told = rsa(&modulus, large).unwrap_err();
        assert!(told.contains("33 bits"), "{large:?}: {told}");
    }
    let mut even = modulus;
    *even.last_mut().unwrap() = 0xfe;
    assert!(rsa(&even, &[3]).unwrap_err().contains("damaged"));
}

#[test]
fn a_secret_is_as_long_as_the_hash() {
    for (algorithm, due) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        let weakness = |bytes| weakness(&DecodingKey::from_secret(&vec![1; bytes]), algorithm);
        assert_eq!(weakness(due), None, "{algorithm}");
        let told = weakness(due - 1).unwrap();
        assert!(told.contains(&format!("{} bytes", due - 1)), "{told}");
        assert!(told.contains(&due.to_string()), "{told}");
    }
    let short = DecodingKey::from_secret(b"a");
    assert_eq!(weakness(&short, "ES256"), None);
}

#[test]
fn text_from_outside_is_cut_at_64_characters() {
    for (text, cut) in [
        ("a".repeat(64), "a".repeat(64)),
        ("a".repeat(65), "a".repeat(64) + "…"),
        ("é".repeat(64), "é".repeat(64)),
        ("é".repeat(65), "é".repeat(64) + "…"),
        (String::new(), String::new()),
    ] {
        assert_eq!(truncate(&text), cut);
    }
}
