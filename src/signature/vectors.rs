//! The published test vectors of Project Wycheproof: keys, and signatures that
//! are valid, forged, or were once accepted by mistake.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use wycheproof::{TestResult, ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};

use super::{
    Keys, VerifyError,
    verify::{SupportedAlgorithm, verify},
};

/// How many signatures were valid and invalid.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    good: usize,
    bad: usize,
    keys_refused: usize,
}

impl Counts {
    /// Checks a test vector, and that its signature is invalid for a token.
    fn vector(
        &mut self,
        jwk: &Value,
        name: &str,
        (message, signature): (&[u8], &[u8]),
        result: TestResult,
    ) {
        let algorithm = SupportedAlgorithm::named(name).unwrap();
        let keys = Keys::read(jwk.to_string().as_bytes()).unwrap();
        let encoded = BASE64_URL_SAFE_NO_PAD.encode(signature);
        // A signature of another text is invalid for a token.
        let header = json!({"alg": name});
        let start = BASE64_URL_SAFE_NO_PAD.encode(header.to_string());
        let told = keys.check_text(
            header.as_object().unwrap(),
            &format!("{start}.e30.{encoded}"),
        );
        let Ok(material) = &keys.0[0].material else {
            assert!(matches!(told, Err(VerifyError::Unsupported(_))), "{told:?}");
            self.keys_refused += 1;
            return;
        };
        assert!(matches!(told, Err(VerifyError::Invalid(_))), "{told:?}");
        let is_good = material
            .iter()
            .any(|key| verify(message, &encoded, key, algorithm));
        match result {
            TestResult::Valid => assert!(is_good, "{jwk} {encoded}"),
            TestResult::Invalid => assert!(!is_good, "{jwk} {encoded}"),
            // Both results are right.
            TestResult::Acceptable => {}
        }
        if is_good {
            self.good += 1;
        } else {
            self.bad += 1;
        }
    }
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn the_published_ecdsa_signatures_are_judged_as_published() {
    let mut counts = Counts::default();
    for (set, name, curve, half) in [
        (
            ecdsa::TestName::EcdsaSecp256r1Sha256P1363,
            "ES256",
            "P-256",
            32,
        ),
        (
            ecdsa::TestName::EcdsaSecp384r1Sha384P1363,
            "ES384",
            "P-384",
            48,
        ),
        (
            ecdsa::TestName::EcdsaSecp521r1Sha512P1363,
            "ES512",
            "P-521",
            66,
        ),
    ] {
        for group in ecdsa::TestSet::load(set).unwrap().test_groups {
            // 4, x, y.
            let (x, y) = group.key.key[1..].split_at(half);
            let jwk = json!({"kty": "EC", "crv": curve, "x": encode(x), "y": encode(y)});
            for test in &group.tests {
                counts.vector(&jwk, name, (&test.msg, &test.sig), test.result);
            }
        }
    }
    println!("{counts:?}");
    assert!(counts.good > 400 && counts.bad > 250 && counts.keys_refused == 0);
}

#[test]
fn the_published_eddsa_signatures_are_judged_as_published() {
    let mut counts = Counts::default();
    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519)
        .unwrap()
        .test_groups
    {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": encode(&group.key.pk)});
        for test in &group.tests {
            counts.vector(&jwk, "EdDSA", (&test.msg, &test.sig), test.result);
        }
    }
    println!("{counts:?}");
    assert!(counts.good > 50 && counts.bad > 50 && counts.keys_refused == 0);
}

#[test]
fn the_published_rsa_signatures_are_judged_as_published() {
    let mut counts = Counts::default();
    for (set, name) in [
        (rsa_pkcs1_verify::TestName::Rsa2048Sha256, "RS256"),
        (rsa_pkcs1_verify::TestName::Rsa3072Sha384, "RS384"),
        (rsa_pkcs1_verify::TestName::Rsa4096Sha512, "RS512"),
    ] {
        for group in rsa_pkcs1_verify::TestSet::load(set).unwrap().test_groups {
            let jwk = json!({"kty": "RSA", "n": encode(&group.key.n), "e": encode(&group.key.e)});
            for test in &group.tests {
                counts.vector(&jwk, name, (&test.msg, &test.sig), test.result);
            }
        }
    }
    for (set, name) in [
        (
            rsa_pss_verify::TestName::RsaPss2048Sha256Mgf1SaltLen32,
            "PS256",
        ),
        (
            rsa_pss_verify::TestName::RsaPss4096Sha512Mgf1SaltLen64,
            "PS512",
        ),
    ] {
        for group in rsa_pss_verify::TestSet::load(set).unwrap().test_groups {
            let jwk = json!({"kty": "RSA", "n": encode(&group.key.n), "e": encode(&group.key.e)});
            for test in &group.tests {
                counts.vector(&jwk, name, (&test.msg, &test.sig), test.result);
            }
        }
    }
    println!("{counts:?}");
    assert!(counts.good > 100 && counts.bad > 300);
}
