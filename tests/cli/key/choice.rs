//! Which key of a file is used, and what it may check.

use super::*;

#[test]
fn the_key_id_chooses_in_the_file_and_nowhere_else() {
    let env = TestEnv::new();
    let (a, b, stranger) = (es256(), es256(), es256());
    let set = json!({"keys": [
        {"kty": "AKP", "kid": "quantum", "alg": "ML-DSA-44", "pub": "AAAA"},
        {"kty": "EC", "crv": "P-256", "kid": "broken", "x": "AAAA"},
        "not a key",
        jwk(&a, &json!({"kid": "a"})),
        jwk(&b, &json!({"kid": "b"})),
        jwk(&stranger, &json!({"kid": "both"})),
        jwk(&b, &json!({"kid": "both"})),
    ]})
    .to_string();
    let token =
        |signer: &Signer, kid: Value| signer.token(&json!({"alg": "ES256", "kid": kid}), &admin());
    for (signer, kid) in [(&a, "a"), (&b, "b"), (&b, "both"), (&stranger, "both")] {
        let done = env
            .key_tool(&set, &[&token(signer, kid.into())])
            .run()
            .success();
        let row = format!("valid, ES256 with the key {kid} in home/key\n");
        assert!(stdout(&done).contains(&row), "{}", stdout(&done));
    }
    for (signer, kid) in [(&a, "b"), (&b, "a"), (&a, "both")] {
        refused(&env, &set, &token(signer, kid.into()));
    }
    for kid in ["c", "A", "../../dev/null", "' OR 1=1 --", "/etc/passwd"] {
        let words = unchecked(&env, &set, &token(&a, kid.into()));
        let says = format!("names the key {kid}, but the file has quantum, broken, a, b, both");
        assert!(words.contains(&says), "{words}");
    }
    for kid in [json!(0), json!(["a"])] {
        assert!(unchecked(&env, &set, &token(&a, kid)).contains("kid"));
    }
    // As if there were none.
    for kid in [json!(null), json!("")] {
        good(&env, &set, &token(&a, kid.clone()), "ES256");
        refused(&env, &set, &token(&es256(), kid.clone()));
        let keyed = jwk(&a, &json!({"kid": kid})).to_string();
        good(&env, keyed, &token(&a, "other".into()), "ES256");
    }
    for kid in ["quantum", "broken"] {
        no_key(&env, &set, &token(&a, kid.into()));
        let none = stranger.token(&json!({"alg": "none", "kid": kid}), &admin());
        unchecked(&env, &set, &none);
    }
    // Without an id all are tried; a PEM has none to choose by.
    for signer in [&a, &b, &stranger] {
        good(
            &env,
            &set,
            &signer.token(&json!({"alg": "ES256"}), &admin()),
            "ES256",
        );
        good(
            &env,
            signer.pem(),
            &token(signer, "../../dev/null".into()),
            "ES256",
        );
    }
    refused(
        &env,
        &set,
        &es256().token(&json!({"alg": "ES256"}), &admin()),
    );
}

#[test]
fn a_jwk_checks_only_its_algorithm_and_use() {
    let env = TestEnv::new();
    let [ec, .., rsa] = signers();
    let token = |signer: &Signer, alg: &str| signer.token(&json!({"alg": alg}), &admin());
    let with = |more: Value| jwk(&rsa, &more).to_string();
    for more in [
        json!({"alg": "PS256"}),
        json!({"use": "sig"}),
        json!({"key_ops": ["verify"]}),
        json!({"key_ops": ["sign", "verify"], "use": "sig", "x5t": "AAAA"}),
    ] {
        good(&env, with(more), &token(&rsa, "PS256"), "PS256");
    }
    for (more, says) in [
        (json!({"alg": "RS256"}), "an RSA key only for RS256"),
        (json!({"alg": "RSA-OAEP"}), "an RSA key only for RSA-OAEP"),
        (json!({"alg": "ps256"}), "an RSA key only for ps256"),
        (json!({"use": "enc"}), "not for checking signatures"),
        (json!({"use": ""}), "not for checking signatures"),
        (
            json!({"key_ops": ["encrypt"]}),
            "not for checking signatures",
        ),
        (json!({"key_ops": []}), "not for checking signatures"),
    ] {
        let words = unchecked(&env, with(more.clone()), &token(&rsa, "PS256"));
        assert!(words.contains("PS256") && words.contains(says), "{words}");
        // In a set it is passed over.
        let set = json!({"keys": [jwk(&rsa, &more), rsa.jwk(), ec.jwk()]}).to_string();
        good(&env, &set, &token(&rsa, "PS256"), "PS256");
        good(&env, &set, &token(&ec, "ES256"), "ES256");
    }
    // No `alg` makes a key of another type of it.
    let confused = jwk(&ec, &json!({"alg": "HS256"})).to_string();
    let forged = hmac_token(confused.as_bytes(), &json!({"alg": "HS256"}), &admin());
    unchecked(&env, &confused, &forged);
}

#[test]
fn keys_inside_the_token_are_ignored() {
    let env = TestEnv::new();
    let (issuer, attacker) = (es256(), es256());
    let certificate = attacker.certificate();
    let body: String = certificate
        .lines()
        .filter(|l| !l.starts_with('-'))
        .collect();
    for header in [
        json!({"alg": "ES256", "jwk": attacker.jwk()}),
        json!({"alg": "ES256", "x5c": [body]}),
        json!({"alg": "ES256", "jku": format!("{}/jwk", env.sandbox.url())}),
        json!({"alg": "ES256", "x5u": format!("{}/jwk", env.sandbox.url()), "kid": "k"}),
    ] {
        refused(&env, issuer.pem(), &attacker.token(&header, &admin()));
        good(
            &env,
            issuer.pem(),
            &issuer.token(&header, &admin()),
            "ES256",
        );
    }
    assert!(env.sandbox.requests().is_empty());
}

#[test]
fn duplicate_names_in_the_header_are_refused() {
    let env = TestEnv::new();
    let signer = es256();
    let token = |header: &str| {
        let start = unsigned(header, &admin());
        let signature = signer.sign("ES256", start.as_bytes());
        with(&start, signature)
    };
    for header in [
        r#"{"alg":"none","alg":"ES256"}"#,
        r#"{"alg":"ES256","alg":"ES256"}"#,
        r#"{"alg":"HS256","\u0061lg":"ES256"}"#,
        r#"{"alg":"ES256","kid":"a","kid":"b"}"#,
    ] {
        let words = unchecked(&env, signer.pem(), &token(header));
        assert!(words.contains("duplicate name"), "{words}");
    }
    for crit in [r#"["b64"]"#, r#"["exp"]"#, "[]", "null", r#""b64""#] {
        let header = format!(r#"{{"alg":"ES256","crit":{crit},"b64":true}}"#);
        let words = unchecked(&env, signer.pem(), &token(&header));
        assert!(words.contains("crit"), "{words}");
    }
    let bare = token(r#"{"alg":"ES256","b64":false}"#);
    assert!(unchecked(&env, signer.pem(), &bare).contains("b64"));
    let found = answer(&env.vtexid(["inspect", "--json", &bare]).run().success());
    assert_eq!(found["findings"][0]["code"], "unencoded-payload");
    env.vtexid(["inspect", "--check", &bare]).run().code(3);
}

#[test]
fn a_key_that_cannot_check_does_not_make_the_token_invalid() {
    let env = TestEnv::new();
    let token = |alg: &str| es256().token(&json!({"alg": alg}), &admin());
    let small = json!({
        "kty": "RSA", "e": "AQAB",
        "n": "pYb1CpCNMO1I30k8ooUXaiCCCrygiveqM1ym_ZBVxNI6TcFC4O_UDhbZfogLzEn579dgmvD5Bj9bWrg1gyJ1HAgdgO73kyQ1AoCL9bxkmCBCIRJ0vmW2Za2wyZNDNknH79l0oKfmzwYVxZ8Sre2acbDTDeLPODKZ2ImlBVbX_S0",
    })
    .to_string();
    let pem =
        |body: &str| format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n");
    let k256 = pem(
        "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEPlB3zFOu6i08GPaOPIKkFKvhqyZdrFgxWvL669wV5aL9w3x8G81UMLYqTerYgLnjtJd+is8XO7d0E2EAOsEFeQ==",
    );
    let ed448 = pem(
        "MEMwBQYDK2VxAzoAqSaLHdEWBTn4K9JRYux9FDgvp53a051yVmi2ji3CTaYr6KP1zuXclLqCGat7QWwc74wOc2VU7fuA",
    );
    for (key, algorithm, says) in [
        (&k256, "ES256K", "secp256k1"),
        (&ed448, "EdDSA", "Ed448"),
        (&small, "RS256", "1024 bits"),
    ] {
        let words = unchecked(&env, key, &token(algorithm));
        assert!(words.contains(says), "{words}");
        unchecked(&env, key, &token("HS256"));
        unchecked(&env, key, &token("none"));
    }
    for (key, says) in [
        (
            pem("MCowBQYDK2VuAyEAlX3uQj3LcDprEWLbn7ePqQdcmJ1cFtwYBVqG8ooVWT0="),
            "for encryption",
        ),
        (
            pem("MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACtty24AhD3RxD9e7pW8/n6ajKPhb1lXnH6YNVx0SFbYU="),
            "compressed",
        ),
        (pem("AAAA"), "damaged"),
        (pem("MDkw"), "damaged"),
        (pem("MDkw?"), "damaged"),
        (es256().pem() + &es256().pem(), "contains 2 items"),
        (es256().pem().replace("PUBLIC KEY", "X509 CRL"), "X509 CRL"),
        ("{\"kty\":\"EC\"".to_owned(), "line 1, column 11"),
        ("{}".to_owned(), "not a JWK"),
        (r#"{"keys":[]}"#.to_owned(), "without keys"),
        (r#"{"keys":[{}]}"#.to_owned(), "without a usable key"),
        (
            r#"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#.to_owned(),
            "32 bytes",
        ),
        (
            r#"{"kty":"EC","crv":"P-256","y":"AA"}"#.to_owned(),
            "without x",
        ),
        (
            r#"{"kty":"RSA","n":"A","e":"AQAB"}"#.to_owned(),
            "n is not base64url",
        ),
        (String::new(), "empty"),
        ("\u{feff}\r\n".to_owned(), "empty"),
        ("[".repeat(100_000), "neither PEM nor JWK"),
        (format!("{{\"keys\":{}", "[".repeat(100_000)), "JSON"),
    ] {
        let words = no_key(&env, &key, &token("ES256"));
        assert!(
            words.starts_with("error: could not use the key in home/key: "),
            "{words}"
        );
        assert!(words.contains(says), "{says}: {words}");
    }
    let jwe = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..AAAA.AAAA.AAAA";
    let words = no_key(&env, es256().pem(), jwe);
    assert!(words.contains("JWE"), "{words}");
    let secret = env.secret_tool("swordfish", jwe).run().code(1).stdout("");
    assert!(stderr(&secret).contains("JWE"), "{}", stderr(&secret));
}
