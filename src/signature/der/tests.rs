//! The public keys that DER holds, and DER that is refused.

use super::{Kind, PublicKey, certificate, public_key, rsa_key};

/// An element: its tag, its length in the shortest form, and its content.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let bytes = content.len().to_be_bytes();
    let length = match content.len() {
        0..=0x7f => vec![bytes[7]],
        0x80..=0xff => vec![0x81, bytes[7]],
        0x100..=0xffff => [&[0x82], &bytes[6..]].concat(),
        _ => [&[0x83], &bytes[5..]].concat(),
    };
    [&[tag][..], &length, content].concat()
}

fn sequence(elements: &[&[u8]]) -> Vec<u8> {
    element(0x30, &elements.concat())
}

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];

/// A `SubjectPublicKeyInfo`: the algorithm's elements, and the key's bits.
fn info(algorithm: &[&[u8]], bits: &[u8]) -> Vec<u8> {
    let bits = element(0x03, &[&[0], bits].concat());
    sequence(&[&sequence(algorithm), &bits])
}

fn edwards(last: u8, bits: &[u8]) -> Vec<u8> {
    info(&[&element(0x06, &[0x2b, 101, last])], bits)
}

/// The key in words.
fn told(read: fn(&[u8]) -> Option<PublicKey<'_>>, der: &[u8]) -> String {
    match read(der) {
        None => "none".to_owned(),
        Some(PublicKey::Point(kind, bytes)) => format!("{kind:?} {bytes:?}"),
        Some(PublicKey::Rsa(n, e)) => format!("RSA {n:?} {e:?}"),
        Some(PublicKey::Other(words)) => words.to_owned(),
    }
}

#[test]
fn each_type_of_key_is_told_by_its_identifier() {
    let oid = |id: &[u8]| element(0x06, id);
    for (curve, kind) in [
        (P256, Kind::P256),
        (&[0x2b, 0x81, 4, 0, 34], Kind::P384),
        (&[0x2b, 0x81, 4, 0, 35], Kind::P521),
        (&[0x2b, 0x81, 4, 0, 10], Kind::K256),
    ] {
        let der = info(&[&oid(EC), &oid(curve)], &[7]);
        assert_eq!(told(public_key, &der), format!("{kind:?} [7]"));
    }
    for (last, kind) in [(112, Kind::Ed25519), (113, Kind::Ed448)] {
        let der = edwards(last, &[7]);
        assert_eq!(told(public_key, &der), format!("{kind:?} [7]"));
    }
    for (der, words) in [
        (info(&[&oid(PSS)], &[7]), "PSS"),
        (info(&[&oid(EC), &oid(&[1])], &[7]), "another curve"),
        (info(&[&oid(EC)], &[7]), "another curve"),
        (edwards(110, &[7]), "encryption"),
        (edwards(111, &[7]), "encryption"),
        (edwards(114, &[7]), "unknown"),
    ] {
        let told = told(public_key, &der);
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn an_rsa_key_is_two_positive_numbers() {
    let number = |bytes: &[u8]| element(0x02, bytes);
    let key = |n: &[u8], e: &[u8]| sequence(&[&number(n), &number(e)]);
    for (n, shown) in [
        (&[0x7f][..], "[127]"),
        (&[0, 0x80], "[128]"),
        (&[1, 0], "[1, 0]"),
    ] {
        let der = key(n, &[3]);
        assert_eq!(told(rsa_key, &der), format!("RSA {shown} [3]"));
        let null = element(0x05, &[]);
        for algorithm in [
            &[&element(0x06, RSA)[..], &null][..],
            &[&element(0x06, RSA)],
        ] {
            let der = info(algorithm, &key(n, &[3]));
            assert_eq!(told(public_key, &der), format!("RSA {shown} [3]"));
        }
    }
    for bad in [
        // Negative, not in the shortest form, zero, nothing.
        key(&[0x80], &[3]),
        key(&[0, 0x7f], &[3]),
        key(&[0], &[3]),
        key(&[], &[3]),
        key(&[5], &[0xff]),
        sequence(&[&number(&[5])]),
        sequence(&[&number(&[5]), &number(&[3]), &number(&[1])]),
        sequence(&[&element(0x03, &[5]), &number(&[3])]),
        [key(&[5], &[3]), vec![0]].concat(),
        Vec::new(),
    ] {
        assert_eq!(told(rsa_key, &bad), "none", "{bad:?}");
    }
    let more = [&element(0x06, RSA)[..], &element(0x05, &[]), &[0]];
    assert_eq!(told(public_key, &info(&more, &key(&[5], &[3]))), "none");
}

#[test]
fn nothing_may_be_left_over_or_missing() {
    let good = edwards(112, &[7]);
    assert_eq!(told(public_key, &good), "Ed25519 [7]");
    for end in 0..good.len() {
        assert_eq!(told(public_key, &good[..end]), "none", "{end}");
    }
    let algorithm = sequence(&[&element(0x06, &[0x2b, 101, 112])]);
    let bits = element(0x03, &[0, 7]);
    for bad in [
        [good.clone(), vec![0]].concat(),
        sequence(&[&algorithm, &bits, &[5, 0]]),
        // Parameters, which these keys do not have.
        info(&[&element(0x06, &[0x2b, 101, 112]), &[5, 0]], &[7]),
        // Bits that are not whole bytes, and none.
        sequence(&[&algorithm, &element(0x03, &[1, 7])]),
        sequence(&[&algorithm, &element(0x03, &[])]),
        sequence(&[&algorithm, &element(0x04, &[0, 7])]),
        element(0x31, &good[2..]),
    ] {
        assert_eq!(told(public_key, &bad), "none", "{bad:?}");
    }
}

#[test]
fn a_length_has_one_form() {
    for length in [
        1, 0x7d, 0x7e, 0x7f, 0x80, 0xff, 0x100, 0x1234, 0xffff, 0x1_0000,
    ] {
        let der = edwards(112, &vec![7; length]);
        let Some(PublicKey::Point(Kind::Ed25519, bytes)) = public_key(&der) else {
            panic!("{length} is not read");
        };
        assert_eq!(bytes.len(), length);
    }
    let content = &edwards(112, &[7])[2..];
    let short = u8::try_from(content.len()).unwrap();
    for length in [
        vec![0x81, short],
        vec![0x82, 0, short],
        vec![0x83, 0, 0, short],
        vec![0x84, 0, 0, 0, short],
        vec![0x80],
        vec![0xff],
    ] {
        let der = [&[0x30], &length[..], content].concat();
        assert_eq!(told(public_key, &der), "none", "{length:?}");
    }
    // The longest that has a short form, and the shortest that has not.
    let longest = edwards(112, &[7; 117]);
    assert_eq!(longest[1], 0x7f);
    let other_form = [&[0x30, 0x81], &longest[1..]].concat();
    assert_eq!(told(public_key, &other_form), "none");
    let shortest = edwards(112, &[7; 118]);
    assert_eq!(shortest[1..3], [0x81, 0x80]);
    assert!(public_key(&shortest).is_some());
    let long = edwards(112, &[7; 0x90]);
    assert_eq!(long[1], 0x81);
    let padded = [&[0x30, 0x82, 0], &long[2..]].concat();
    assert_eq!(told(public_key, &padded), "none");
}

#[test]
fn a_certificates_key_is_behind_its_names() {
    let empty = sequence(&[]);
    let version = element(0xa0, &[2, 1, 2]);
    let serial = element(0x02, &[9]);
    let key = edwards(112, &[7]);
    let signed = |parts: &[&[u8]]| sequence(&[&sequence(parts), &empty, &element(0x03, &[0])]);
    let names = [&empty[..]; 4].concat();
    for good in [
        signed(&[&version, &serial, &names, &key]),
        // Version 1 does not say so.
        signed(&[&serial, &names, &key]),
        signed(&[&version, &serial, &names, &key, &element(0xa3, &[])]),
    ] {
        assert_eq!(told(certificate, &good), "Ed25519 [7]");
    }
    for bad in [
        signed(&[&version, &names, &key]),
        signed(&[&version, &serial, &names]),
        signed(&[&version, &serial, &empty, &names, &key]),
        [signed(&[&serial, &names, &key]), vec![0]].concat(),
        key.clone(),
    ] {
        assert_eq!(told(certificate, &bad), "none", "{bad:?}");
    }
}
