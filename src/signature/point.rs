//! Checks that a key's point is on its curve. Otherwise every signature would be
//! reported as invalid, although the key is.
//!
//! Not for verifying signatures (`verify`).

use p521::{
    ecdsa::VerifyingKey,
    elliptic_curve::bigint::{
        U256, const_monty_form, const_monty_params, modular::ConstMontyParams as _,
    },
};
use ring::{
    agreement::{self, ECDH_P256, ECDH_P384, EphemeralPrivateKey, UnparsedPublicKey},
    rand::SystemRandom,
};

use super::key::Kind;

/// The points of Ed25519 with a small order, in every encoding, without the sign
/// bit. With such a key anyone can forge a signature for any text.
const SMALL_ORDER: [[u8; 32]; 7] = [
    low(0x00, 0x00),
    low(0x01, 0x00),
    // p - 1, p and p + 1, where p = 2^255 - 19.
    low(0xec, 0xff),
    low(0xed, 0xff),
    low(0xee, 0xff),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

const fn low(first: u8, rest: u8) -> [u8; 32] {
    let mut bytes = [rest; 32];
    bytes[0] = first;
    bytes[31] = rest & 0x7f;
    bytes
}

/// The problem with a key's point, if there is one.
pub fn problem(kind: Kind, bytes: &[u8]) -> Option<&'static str> {
    const OFF_CURVE: &str = "the EC key is damaged: its point is not on its curve";
    let curve = match kind {
        Kind::P256 => &ECDH_P256,
        Kind::P384 => &ECDH_P384,
        Kind::Ed25519 => {
            let mut bare = bytes.to_vec();
            if let Some(last) = bare.last_mut() {
                *last &= 0x7f;
            }
            return if SMALL_ORDER.iter().any(|point| *point == *bare) {
                Some("the Ed25519 key is weak: it accepts forged signatures")
            } else if is_on_ed25519(&bare) {
                None
            } else {
                Some("the Ed25519 key is damaged: its point is not on its curve")
            };
        }
        Kind::P521 => {
            return VerifyingKey::from_sec1_bytes(bytes)
                .err()
                .map(|_| OFF_CURVE);
        }
        _ => return None,
    };
    // ring checks a point only as part of a key agreement.
    let private_key = EphemeralPrivateKey::generate(curve, &SystemRandom::new()).ok()?;
    let public_key = UnparsedPublicKey::new(curve, bytes);
    match agreement::agree_ephemeral(private_key, &public_key, |_| ()) {
        Ok(()) => None,
        Err(_) => Some(OFF_CURVE),
    }
}

const_monty_params!(
    P,
    U256,
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed",
    "The prime of Ed25519's field: 2^255 - 19."
);
const_monty_form!(Field, P, "A number of Ed25519's field.");

/// The `d` of the curve -x² + y² = 1 + d x² y² (RFC 8032 section 5.1).
const D: Field = Field::new(&U256::from_be_hex(
    "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3",
));

/// Whether the curve has a point with this y: 32 bytes, without the sign of x.
/// It has one if (y² - 1) / (d y² + 1) is a square (RFC 8032 section 5.1.3), and
/// that is so if the product of the two is a square.
fn is_on_ed25519(y: &[u8]) -> bool {
    let y = Field::new(&U256::from_le_slice(y)).square();
    let product = (y - Field::ONE) * (D * y + Field::ONE);
    // Euler's criterion: a square to the power (p - 1) / 2 is 1.
    let power = product.pow_vartime(&(P::PARAMS.modulus().as_ref().shr_vartime(1)));
    product == Field::ZERO || power == Field::ONE
}

#[cfg(test)]
mod tests;
