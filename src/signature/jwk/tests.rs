//! What is read of JSON Web Keys, and which cannot be used.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Kind, read};

/// The public key of RFC 7515 appendix A.3.
fn p256() -> Value {
    json!({"kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})
}

/// The public key of RFC 8037 appendix A.2.
fn ed25519() -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
}

fn with(mut jwk: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        jwk[name] = value.clone();
    }
    jwk
}

fn keys(json: &Value) -> Vec<super::Key> {
    read(json.to_string().as_bytes()).unwrap()
}

fn problem(json: &Value) -> String {
    read(json.to_string().as_bytes()).unwrap_err().to_string()
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn each_type_of_key_is_read() {
    let rsa = json!({"kty": "RSA", "n": encode(&[0xff; 256]), "e": "AQAB"});
    let secret = json!({"kty": "oct", "k": encode(b"secret")});
    for (jwk, kind, is_usable) in [
        (p256(), Kind::P256, true),
        (ed25519(), Kind::Ed25519, true),
        (rsa, Kind::Rsa, true),
        (secret, Kind::Secret, true),
        (json!({"kty": "EC", "crv": "secp256k1"}), Kind::K256, false),
        (json!({"kty": "OKP", "crv": "Ed448"}), Kind::Ed448, false),
    ] {
        let keys = keys(&jwk);
        assert_eq!(keys.len(), 1, "{jwk}");
        assert_eq!(keys[0].kind, kind, "{jwk}");
        assert_eq!(keys[0].material.is_ok(), is_usable, "{jwk}");
    }
    // Each curve has a length of its own.
    for (curve, kind, length) in [("P-384", Kind::P384, 48), ("P-521", Kind::P521, 66)] {
        let jwk = |bytes: usize| {
            let number = encode(&vec![1; bytes]);
            json!({"kty": "EC", "crv": curve, "x": number, "y": number})
        };
        let keys = keys(&jwk(length));
        assert_eq!(keys[0].kind, kind);
        assert!(keys[0].material.is_err(), "not a point of {curve}");
        for wrong in [length - 1, length + 1] {
            assert!(problem(&jwk(wrong)).contains(&format!("{length} bytes")));
        }
    }
}

#[test]
fn both_halves_of_a_point_have_the_length_of_the_curve() {
    for (name, bytes) in [("x", 31), ("x", 33), ("y", 31), ("y", 33)] {
        let jwk = with(p256(), &json!({name: encode(&vec![1; bytes])}));
        assert!(problem(&jwk).contains("32 bytes"), "{name} {bytes}");
    }
}

#[test]
fn what_is_missing_or_broken_is_named() {
    for (jwk, fact) in [
        (json!({"kty": "EC", "crv": "P-256", "y": "AA"}), "without x"),
        (json!({"kty": "EC", "crv": "P-256", "x": "AA"}), "without y"),
        (json!({"kty": "RSA", "e": "AQAB"}), "without n"),
        (json!({"kty": "RSA", "n": "AQAB"}), "without e"),
        (json!({"kty": "oct"}), "without k"),
        (json!({"kty": "OKP", "crv": "Ed25519"}), "without x"),
        (json!({"kty": "oct", "k": "a+b="}), "k is not base64url"),
        (json!({"kty": "oct", "k": ""}), "empty"),
        (json!({"kty": "oct", "k": encode(&[0; 32])}), "NUL"),
        (json!({"kty": "EC", "crv": "P-999"}), "P-999"),
        (json!({"kty": "OKP", "crv": "X25519"}), "X25519"),
        (json!({"kty": "EC"}), "curve"),
        (json!({"kty": "PQ"}), "PQ"),
        (json!({"kty": 5}), "not a JWK"),
        (json!({}), "not a JWK"),
        (json!({"keys": []}), "without keys"),
        (json!({"keys": 5}), "without keys"),
        (json!({"keys": [{"kty": "PQ"}, {}]}), "without a usable key"),
    ] {
        let told = problem(&jwk);
        assert!(told.contains(fact), "{jwk}: {told}");
    }
    // One byte that is not NUL is a secret.
    assert_eq!(
        keys(&json!({"kty": "oct", "k": "AAAB"}))[0].kind,
        Kind::Secret
    );
    let told = read(b"{\n\"kty\": ?}").unwrap_err().to_string();
    assert!(told.contains("line 2, column 8"), "{told}");
}

#[test]
fn a_key_may_say_what_it_is_for() {
    for (more, verifies) in [
        (json!({}), true),
        (json!({"use": "sig"}), true),
        (json!({"use": "enc"}), false),
        (json!({"key_ops": ["verify"]}), true),
        (json!({"key_ops": ["sign", "verify"]}), true),
        (json!({"key_ops": ["sign"]}), false),
        (json!({"key_ops": []}), false),
        (json!({"use": "enc", "key_ops": ["verify"]}), false),
        (json!({"use": "sig", "key_ops": ["sign"]}), false),
    ] {
        let jwk = with(p256(), &more);
        assert_eq!(keys(&jwk)[0].may_verify, verifies, "{jwk}");
    }
    let named = keys(&with(p256(), &json!({"kid": "1", "alg": "ES256"})));
    assert_eq!(named[0].id.as_deref(), Some("1"));
    assert_eq!(named[0].only.as_deref(), Some("ES256"));
    // An empty id chooses nothing.
    let empty = keys(&with(p256(), &json!({"kid": ""})));
    assert_eq!(empty[0].id, None);
    assert_eq!(empty[0].only, None);
}

#[test]
fn in_a_set_what_cannot_be_read_is_passed_over_and_still_has_its_id() {
    let keys = keys(&json!({"keys": [
        {"kty": "PQ", "kid": "new"}, {"kty": "PQ", "kid": ""}, {"kty": 5}, p256(),
    ]}));
    assert_eq!(keys.len(), 4);
    let ids: Vec<_> = keys.iter().map(|key| key.id.as_deref()).collect();
    assert_eq!(ids, [Some("new"), None, None, None]);
    assert!(keys[..3].iter().all(|key| key.kind == Kind::Unknown));
    let reason = keys[0].material.as_ref().unwrap_err();
    assert!(reason.contains("PQ"), "{reason}");
    assert_eq!(keys[3].kind, Kind::P256);
}

#[test]
fn a_private_key_is_refused_alone_and_in_a_set() {
    let private = with(ed25519(), &json!({"d": "secret"}));
    for json in [private.clone(), json!({"keys": [p256(), private]})] {
        let error = read(json.to_string().as_bytes()).unwrap_err();
        assert!(error.to_string().contains("private key"), "{error}");
        assert!(error.hint.is_some());
    }
}
