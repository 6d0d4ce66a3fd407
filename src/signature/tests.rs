//! The examples of RFC 7520 section 4 and RFC 8037 appendix A.4, whose
//! payload is text, so that no token can be made of them; and which keys are
//! tried. What tokens show is in `tests/cli/key.rs`.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use ring::hmac;
use serde_json::{Value, json};

use super::{Keys, Kind, ValidSignature, VerifyError};

const KEYS: &str = r#"{"keys":[
    {"kty":"EC","kid":"bilbo.baggins@hobbiton.example","use":"sig","crv":"P-521",
     "x":"AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt",
     "y":"AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1"},
    {"kty":"RSA","kid":"bilbo.baggins@hobbiton.example","use":"sig","e":"AQAB",
     "n":"n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw"},
    {"kty":"oct","kid":"018c0ae5-4d9b-471b-bfd6-eef314bc7037","use":"sig","alg":"HS256",
     "k":"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"},
    {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
]}"#;

const TEXT: &str = "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4";

fn check(header: &str, payload: &str, signature: &str) -> Result<String, VerifyError> {
    let keys = Keys::read(KEYS.as_bytes()).unwrap();
    let fields = BASE64_URL_SAFE_NO_PAD.decode(header).unwrap();
    let fields = serde_json::from_slice(&fields).unwrap();
    let good = keys.check_text(&fields, &format!("{header}.{payload}.{signature}"))?;
    Ok(good.algorithm)
}

#[test]
fn the_examples_of_the_standards_are_good() {
    for (algorithm, header, payload, signature) in [
        (
            "RS256",
            "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9",
            TEXT,
            "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg",
        ),
        (
            "ES512",
            "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9",
            TEXT,
            "AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_sDDyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2",
        ),
        (
            "PS384",
            "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9",
            TEXT,
            "cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw",
        ),
        (
            "HS256",
            "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9",
            TEXT,
            "s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0",
        ),
        (
            "EdDSA",
            "eyJhbGciOiJFZERTQSJ9",
            "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
        ),
    ] {
        let told = check(header, payload, signature);
        assert_eq!(told.as_deref(), Ok(algorithm));
        let other = check(header, "e30", signature);
        assert!(matches!(other, Err(VerifyError::Invalid(_))), "{other:?}");
    }
}

fn p256(more: &Value) -> Value {
    // The public key of RFC 7515 appendix A.3.
    let mut jwk = json!({"kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    for (name, value) in more.as_object().unwrap() {
        jwk[name] = value.clone();
    }
    jwk
}

fn oct(secret: &str, more: &Value) -> Value {
    let mut jwk = json!({"kty": "oct", "k": BASE64_URL_SAFE_NO_PAD.encode(secret)});
    for (name, value) in more.as_object().unwrap() {
        jwk[name] = value.clone();
    }
    jwk
}

fn set(jwks: &[Value]) -> Keys {
    Keys::read(json!({ "keys": jwks }).to_string().as_bytes()).unwrap()
}

/// Checks a text with that header and signature.
fn told(keys: &Keys, header: &Value, signature: &str) -> Result<ValidSignature, VerifyError> {
    keys.check_text(header.as_object().unwrap(), &format!("e30.e30.{signature}"))
}

/// Why it could not be checked.
fn unsupported(keys: &Keys, header: &Value) -> String {
    match told(keys, header, "AA") {
        Err(VerifyError::Unsupported(reason)) => reason,
        other => panic!("{header}: {other:?}"),
    }
}

/// Why it is not good.
fn invalid(keys: &Keys, header: &Value, signature: &str) -> String {
    match told(keys, header, signature) {
        Err(VerifyError::Invalid(reason)) => reason,
        other => panic!("{header}: {other:?}"),
    }
}

/// An HS256 signature.
fn hs256(secret: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&key, b"e30.e30"))
}

/// RFC 9864 gives it a name of its own.
#[test]
fn eddsa_is_checked_under_both_of_its_names() {
    let keys = Keys::read(KEYS.as_bytes()).unwrap();
    let text = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    for name in ["EdDSA", "Ed25519"] {
        let header = json!({ "alg": name });
        let good = keys.check_text(header.as_object().unwrap(), text).unwrap();
        assert_eq!(good.algorithm, name);
    }
}

#[test]
fn a_secret_checks_each_length_of_hash_and_no_other() {
    let secret = "x".repeat(64);
    let keys = set(&[oct(&secret, &json!({}))]);
    let sign = |algorithm| {
        let key = hmac::Key::new(algorithm, secret.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&key, b"e30.e30"))
    };
    for (name, algorithm) in [
        ("HS256", hmac::HMAC_SHA256),
        ("HS384", hmac::HMAC_SHA384),
        ("HS512", hmac::HMAC_SHA512),
    ] {
        let header = json!({ "alg": name });
        let good = told(&keys, &header, &sign(algorithm)).unwrap();
        assert_eq!(good.algorithm, name);
        for other in [hmac::HMAC_SHA256, hmac::HMAC_SHA384, hmac::HMAC_SHA512] {
            let is_good = told(&keys, &header, &sign(other)).is_ok();
            assert_eq!(is_good, other == algorithm, "{name}");
        }
    }
}

#[test]
fn a_key_id_chooses_among_keys_that_have_ids() {
    let (one, two) = ("1".repeat(32), "2".repeat(32));
    let keys = set(&[
        oct(&one, &json!({"kid": "1"})),
        oct(&two, &json!({"kid": "2"})),
    ]);
    let good = told(&keys, &json!({"alg": "HS256", "kid": "2"}), &hs256(&two)).unwrap();
    assert_eq!(good.key.as_deref(), Some("2"));
    assert_eq!(good.warning, None);
    let reason = invalid(&keys, &json!({"alg": "HS256", "kid": "1"}), &hs256(&two));
    assert!(!reason.contains("than the 2"), "{reason}");
    // Without one, all are tried.
    for header in [
        json!({"alg": "HS256"}),
        json!({"alg": "HS256", "kid": ""}),
        json!({"alg": "HS256", "kid": null}),
    ] {
        let good = told(&keys, &header, &hs256(&two)).unwrap();
        assert_eq!(good.key, None, "{header}");
        let reason = invalid(&keys, &header, &hs256("3"));
        assert!(reason.contains("than the 2 for HS256"), "{reason}");
    }
    let bare = set(&[oct(&one, &json!({})), oct(&two, &json!({"kid": ""}))]);
    let good = told(&bare, &json!({"alg": "HS256", "kid": "9"}), &hs256(&two)).unwrap();
    assert_eq!(good.key, None);
    let reason = unsupported(&keys, &json!({"alg": "HS256", "kid": 5}));
    assert!(reason.contains("kid"), "{reason}");
}

#[test]
fn a_key_id_that_is_not_in_the_file_is_told_with_those_that_are() {
    let keys = |count: usize| {
        let jwks: Vec<_> = (0..count)
            .map(|n| p256(&json!({"kid": format!("id{n}")})))
            .collect();
        set(&jwks)
    };
    let reason = |count| unsupported(&keys(count), &json!({"alg": "ES256", "kid": "other"}));
    assert!(reason(2).contains("other"));
    assert!(reason(2).ends_with("id0, id1"), "{}", reason(2));
    assert!(reason(10).ends_with("id8, id9"), "{}", reason(10));
    assert!(reason(11).ends_with("id8, id9, …"), "{}", reason(11));
}

#[test]
fn a_key_that_cannot_be_used_is_the_reason_where_it_was_chosen() {
    let keys = set(&[
        p256(&json!({"kid": "a"})),
        json!({"kty": "PQ", "kid": "new"}),
    ]);
    let reason = |header: Value| unsupported(&keys, &header);
    let new = reason(json!({"alg": "ES256", "kid": "new"}));
    assert!(new.contains("PQ"), "{new}");
    // It was not chosen, it has another type, and nothing fits `none`.
    for header in [
        json!({"alg": "RS256"}),
        json!({"alg": "RS256", "kid": "a"}),
        json!({"alg": "none", "kid": "new"}),
        json!({"alg": "None", "kid": "new"}),
    ] {
        let other = reason(header.clone());
        assert!(!other.contains("PQ"), "{header}: {other}");
        assert!(other.contains(header["alg"].as_str().unwrap()), "{other}");
    }
    let known = set(&[p256(&json!({})), json!({"kty": "EC", "crv": "secp256k1"})]);
    let reason = unsupported(&known, &json!({"alg": "ES256K"}));
    assert!(reason.contains("secp256k1"), "{reason}");
}

#[test]
fn keys_are_described_once_each_and_not_without_end() {
    let reason = |jwks: &[Value]| unsupported(&set(jwks), &json!({"alg": "RS256"}));
    let one = reason(&[p256(&json!({}))]);
    assert!(
        one.ends_with("the key is an EC key (P-256), which checks ES256"),
        "{one}"
    );
    let twice = reason(&[p256(&json!({})), p256(&json!({}))]);
    assert!(
        twice.ends_with("the keys are an EC key (P-256), which checks ES256"),
        "{twice}"
    );
    let many = |count: usize| {
        let only = |n| p256(&json!({"alg": format!("X{n}")}));
        reason(&(0..count).map(only).collect::<Vec<_>>())
    };
    assert!(
        many(8).ends_with("X6; an EC key (P-256) only for X7"),
        "{}",
        many(8)
    );
    assert!(many(9).ends_with("only for X7; …"), "{}", many(9));
}

#[test]
fn a_signature_has_one_form_and_the_length_of_its_algorithm() {
    let keys = set(&[p256(&json!({}))]);
    let reason = |signature: &str| invalid(&keys, &json!({"alg": "ES256"}), signature);
    let bytes = |count: usize| BASE64_URL_SAFE_NO_PAD.encode(vec![1; count]);
    assert!(reason("").contains("not signed"));
    // Padding, loose bits, and a length that no base64url has.
    for other in ["AA==", "AB", "A", "A+AA"] {
        assert!(reason(other).contains("base64url"), "{other}");
    }
    for count in [1, 63, 65] {
        let told = reason(&bytes(count));
        assert!(told.contains(&format!("{count} bytes")), "{told}");
        assert!(told.contains("has 64"), "{told}");
    }
    assert!(reason(&bytes(64)).contains("another key"));
}

#[test]
fn a_header_that_readers_take_differently_is_not_checked() {
    let keys = set(&[p256(&json!({}))]);
    for (more, fact) in [
        (json!({"alg": "ES256", "crit": []}), "crit"),
        (json!({"alg": "ES256", "b64": false}), "b64"),
        (json!({"alg": "ES256", "b64": "true"}), "b64"),
        (json!({"alg": 5}), "not text"),
        (json!({}), "does not name an algorithm"),
    ] {
        let reason = unsupported(&keys, &more);
        assert!(reason.contains(fact), "{reason}");
    }
    let plain = json!({"alg": "ES256", "b64": true});
    assert!(invalid(&keys, &plain, &"A".repeat(86)).contains("another key"));
}

#[test]
fn a_file_is_a_secret_only_where_it_does_not_look_like_a_key() {
    let count = |bytes: &[u8]| {
        let keys = Keys::secret(bytes).unwrap().0;
        assert_eq!(keys[0].kind, Kind::Secret);
        keys[0].material.as_ref().unwrap().len()
    };
    assert_eq!(count(b"secret"), 1);
    assert_eq!(count(b"secret\0"), 1);
    assert_eq!(count(b"a longer secret than the others"), 1);
    // With and without the newline it ends with.
    assert_eq!(count(b"secret\n"), 2);
    assert_eq!(count(b"secret\r\n"), 2);
    for empty in [&b""[..], b"\n", b"\0\0", b" \n"] {
        let told = Keys::secret(empty).unwrap_err();
        assert!(told.to_string().contains("empty"), "{empty:?}");
    }
    for key in [
        &b"{}"[..],
        b"-----BEGIN X",
        b"\xef\xbb\xbf {",
        b"a\n-----BEGIN X",
    ] {
        let told = Keys::secret(key).unwrap_err();
        assert!(told.to_string().contains("looks like a key"), "{key:?}");
    }
    // A file that does not look like one is never a key.
    let told = Keys::read(b"secret").unwrap_err();
    assert!(told.to_string().contains("neither PEM nor JWK"));
    assert!(Keys::read(b"\n").unwrap_err().to_string().contains("empty"));
}

#[test]
fn an_rsa_key_may_be_pem_of_its_own_kind() {
    let start = [0x30, 0x82, 1, 0x0a, 2, 0x82, 1, 1, 0];
    let der = [&start[..], &[0xff; 256], &[2, 3, 1, 0, 1]].concat();
    let pem = |label: &str| {
        let text = BASE64_STANDARD.encode(&der);
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    };
    let keys = Keys::read(pem("RSA PUBLIC KEY").as_bytes()).unwrap().0;
    assert_eq!(keys[0].kind, Kind::Rsa);
    assert!(keys[0].material.is_ok());
    let told = Keys::read(pem("EC PARAMETERS").as_bytes()).unwrap_err();
    assert!(told.to_string().contains("EC PARAMETERS"), "{told}");
}
