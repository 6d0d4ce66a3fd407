//! Findings about a token's header, and the form of its signature.
//!
//! Not about whether the signature is good: `signature` is.

use serde_json::{Value, json};

use super::{HOUR, NONE, NOW, codes, judged, token};

#[test]
fn a_signature_has_the_length_of_its_algorithm() {
    for (algorithm, right, wrong) in [
        ("HS256", &[32][..], &[31, 33, 64][..]),
        ("HS384", &[48], &[47, 49]),
        ("HS512", &[64], &[63, 65]),
        ("ES256", &[64], &[63, 65, 70]),
        ("ES256K", &[64], &[63, 65]),
        ("ES384", &[96], &[95, 97]),
        ("ES512", &[132], &[131, 133]),
        ("Ed25519", &[64], &[63, 65, 114]),
        ("Ed448", &[114], &[113, 115, 64]),
        ("EdDSA", &[64, 114], &[63, 65, 113, 115]),
        ("RS256", &[128, 256, 512], &[1, 127]),
        ("RS384", &[128, 256, 512], &[1, 127]),
        ("RS512", &[128, 256, 512], &[1, 127]),
        ("PS256", &[128, 256, 512], &[1, 127]),
        ("PS384", &[128, 256, 512], &[1, 127]),
        ("PS512", &[128, 256, 512], &[1, 127]),
    ] {
        let header = json!({ "alg": algorithm }).to_string();
        let payload = json!({"exp": NOW + HOUR}).to_string();
        let judged = |bytes: usize| judged(&token(&header, &payload, (bytes * 4).div_ceil(3)));
        for bytes in right {
            assert_eq!(codes(&judged(*bytes)), NONE, "{algorithm} {bytes}");
        }
        for bytes in wrong {
            let findings = judged(*bytes);
            assert_eq!(codes(&findings), ["problem signature-length"]);
            let told = &findings[0].message;
            assert!(told.contains(&format!("{bytes} bytes")), "{told}");
            assert!(told.contains(algorithm), "{told}");
        }
    }
}

#[test]
fn a_signature_must_be_there_and_be_whole() {
    let payload = json!({"exp": NOW + HOUR}).to_string();
    let found =
        |header: &Value, chars| codes(&judged(&token(&header.to_string(), &payload, chars)));
    for alg in [json!({"alg": "ES256"}), json!({"alg": "XY"}), json!({})] {
        assert_eq!(found(&alg, 0), ["problem empty-signature"], "{alg}");
        // No base64url has one character more than four times some.
        assert_eq!(found(&alg, 1), ["problem signature-length"], "{alg}");
        assert_eq!(found(&alg, 85), ["problem signature-length"], "{alg}");
    }
    for none in ["none", "NONE", "nOnE", " none\t"] {
        for chars in [0, 85, 86] {
            let alg = json!({ "alg": none });
            assert_eq!(found(&alg, chars), ["problem not-signed"], "{none:?}");
        }
    }
    for unknown in ["XY1", "es256", "", "ES256 ", "A128KW"] {
        let alg = json!({ "alg": unknown });
        assert_eq!(
            found(&alg, 86),
            ["problem unknown-algorithm"],
            "{unknown:?}"
        );
    }
    for missing in [json!({}), json!({"alg": 5}), json!({"alg": null})] {
        assert_eq!(found(&missing, 86), ["problem no-algorithm"], "{missing}");
    }
}

#[test]
fn the_algorithm_is_compared_with_that_of_its_kind() {
    let found = |algorithm: &str, chars, mut claims: Value| {
        claims["exp"] = json!(NOW + HOUR);
        let header = json!({ "alg": algorithm }).to_string();
        judged(&token(&header, &claims.to_string(), chars))
    };
    for (algorithm, chars, claims, usual) in [
        ("HS256", 43, json!({"audience": "admin"}), "ES256"),
        ("EdDSA", 86, json!({"type": "appkey"}), "ES256"),
        ("ES256", 86, json!({"iss": "vtexio/router"}), "RS256"),
    ] {
        let findings = found(algorithm, chars, claims);
        assert_eq!(codes(&findings), ["warning unusual-algorithm"]);
        let told = &findings[0].message;
        assert!(told.contains(algorithm) && told.contains(usual), "{told}");
    }
    // Nothing is said of the same twice.
    let unsigned = found("None", 0, json!({"audience": "admin"}));
    assert_eq!(codes(&unsigned), ["problem not-signed"]);
}

#[test]
fn what_a_header_requires_of_its_readers_is_told() {
    for (header, expected) in [
        (json!({"b64": true}), vec![]),
        (json!({"b64": "false"}), vec![]),
        (json!({"b64": false}), vec!["problem unencoded-payload"]),
        (
            json!({"b64": false, "crit": ["b64"]}),
            vec!["warning critical-extensions"],
        ),
        (
            json!({"crit": ["exp"]}),
            vec!["warning critical-extensions"],
        ),
        (json!({"crit": null}), vec!["warning critical-extensions"]),
    ] {
        let mut header = header;
        header["alg"] = json!("ES256");
        let token = token(
            &header.to_string(),
            &json!({"exp": NOW + HOUR}).to_string(),
            86,
        );
        assert_eq!(codes(&judged(&token)), expected, "{header}");
    }
}
