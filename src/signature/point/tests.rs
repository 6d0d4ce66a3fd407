//! Points that are on their curves, and points that are not.

use super::{Kind, SMALL_ORDER, problem};

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    digits
        .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
        .collect()
}

fn ed25519(y: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[0] = y;
    bytes
}

#[test]
fn an_ed25519_key_is_a_point_of_its_curve() {
    for (y, is_on) in [(2, false), (3, true), (7, false), (8, false)] {
        let is_good = problem(Kind::Ed25519, &ed25519(y)).is_none();
        assert_eq!(is_good, is_on, "{y}");
    }
    // The base point, with either sign of x.
    let mut base = [0x66; 32];
    base[0] = 0x58;
    assert_eq!(problem(Kind::Ed25519, &base), None);
    base[31] |= 0x80;
    assert_eq!(problem(Kind::Ed25519, &base), None);
}

/// Each of them has a signature that is good for every text.
#[test]
fn an_ed25519_key_of_small_order_is_weak() {
    for point in SMALL_ORDER {
        for sign in [0, 0x80] {
            let mut point = point;
            point[31] |= sign;
            let told = problem(Kind::Ed25519, &point).unwrap();
            assert!(told.contains("weak"), "{point:?}: {told}");
        }
    }
    let told = problem(Kind::Ed25519, &ed25519(2)).unwrap();
    assert!(told.contains("not on its curve"), "{told}");
    // The points of order 2, 1 and 4, and p + 1: the curve's equation names them.
    let p = |last: u8| bytes(&format!("{last:02x}{}7f", "ff".repeat(30)));
    for weak in [
        ed25519(0).to_vec(),
        ed25519(1).to_vec(),
        p(0xec),
        p(0xed),
        p(0xee),
    ] {
        assert!(problem(Kind::Ed25519, &weak).unwrap().contains("weak"));
    }
    assert!(SMALL_ORDER.contains(&ed25519(1)));
}

#[test]
fn a_nist_curves_key_is_a_point_of_its_curve() {
    for (kind, x, y) in [
        (
            Kind::P256,
            "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        ),
        (
            Kind::P384,
            "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
            "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
        ),
        (
            Kind::P521,
            "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
            "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
        ),
    ] {
        let mut point = bytes(&format!("04{x}{y}"));
        assert_eq!(problem(kind, &point), None, "{kind:?}");
        *point.last_mut().unwrap() ^= 1;
        let told = problem(kind, &point).unwrap();
        assert!(told.contains("not on its curve"), "{kind:?}: {told}");
    }
    // Of the other types nothing is known here.
    for kind in [Kind::K256, Kind::Ed448, Kind::Rsa, Kind::Secret] {
        assert_eq!(problem(kind, &[]), None, "{kind:?}");
    }
}
