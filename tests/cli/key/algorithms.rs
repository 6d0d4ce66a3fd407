//! Every algorithm, and the keys that fit it.

use super::*;

fn flipped(part: &str) -> String {
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
    bytes[9] ^= 1;
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn every_algorithm_with_every_form_of_its_key() {
    let env = TestEnv::new();
    for signer in signers() {
        for algorithm in signer.algorithms {
            let token = signer.token(&json!({"alg": algorithm}), &admin());
            for (form, key) in signer.forms() {
                println!("{algorithm} {form}");
                good(&env, &key, &token, algorithm);
            }
            let [header, payload, signature] = token.split('.').collect::<Vec<_>>()[..] else {
                unreachable!()
            };
            let mut other = admin();
            other["sub"] = "root@example.com".into();
            let changed = unsigned(&json!({"alg": algorithm}).to_string(), &other);
            for bad in [
                format!("{changed}.{signature}"),
                format!("{header}.{payload}.{}", flipped(signature)),
                format!("{header}.{payload}.{}", &signature[..signature.len() - 8]),
                format!("{header}.{payload}.{signature}AAAA"),
                format!("{header}.{payload}."),
            ] {
                refused(&env, signer.pem(), &bad);
            }
        }
    }
}

#[test]
fn the_sandboxs_own_key() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = env.sandbox.requests().len();
    let jwk = env.sandbox.jwk();
    let set = json!({"keys": [es256().jwk(), jwk.clone()]});
    let row = format!(
        "valid, ES256 with the key {} in home/key\n",
        jwk["kid"].as_str().unwrap()
    );
    for key in [&jwk, &set] {
        let stored = env.key_tool(key.to_string(), &[]).run().success();
        assert!(stdout(&stored).contains(&row), "{}", stdout(&stored));
        let json = env.key_tool(key.to_string(), &["--json"]).run().success();
        assert_eq!(answer(&json)["signature_checked"], true);
    }
    let mut other = claims(&env.token("mystore"));
    other["audience"] = "webstore".into();
    let forged = es256().token(&json!({"alg": "ES256", "kid": jwk["kid"]}), &other);
    refused(&env, jwk.to_string(), &forged);
    assert_eq!(env.sandbox.requests().len(), before);
}

#[test]
fn a_key_checks_what_its_type_is_for_and_nothing_else() {
    let env = TestEnv::new();
    let all = [
        "HS256",
        "HS384",
        "HS512",
        "ES256",
        "ES384",
        "ES512",
        "ES256K",
        "RS256",
        "RS512",
        "PS256",
        "EdDSA",
        "none",
        "None",
        "NONE",
        "nOnE",
        "",
        "es256",
        "ES256 ",
        "A256KW",
        "\u{1b}[31m",
    ];
    for signer in signers() {
        for algorithm in all.iter().filter(|a| !signer.algorithms.contains(a)) {
            let header = json!({"alg": algorithm});
            let key = signer.pem();
            let own = signer.token(&header, &admin());
            let (signed, _) = own.rsplit_once('.').unwrap();
            for token in [
                &own,
                &hmac_token(key.as_bytes(), &header, &admin()),
                &format!("{signed}."),
            ] {
                let words = unchecked(&env, &key, token);
                let shown = algorithm.replace('\u{1b}', "\\u{1b}");
                let says = format!(
                    "the token's algorithm is {shown}, but the key is an {}",
                    signer.name
                );
                assert!(words.contains(&says), "{words}");
            }
        }
        let header = |text: &str| unsigned(text, &admin());
        for (text, says) in [
            (r#"{"typ":"JWT"}"#, "not name an algorithm"),
            (r#"{"alg":null}"#, "algorithm is not text"),
            (r#"{"alg":["ES256"]}"#, "algorithm is not text"),
        ] {
            let signature = signer.sign(signer.algorithms[0], header(text).as_bytes());
            let words = unchecked(&env, signer.pem(), &with(&header(text), signature));
            assert!(
                words.contains(says) && words.contains(signer.name),
                "{words}"
            );
        }
    }
}

#[test]
fn a_signature_has_one_form() {
    let env = TestEnv::new();
    let [es256, es384, ..] = signers();
    for (signer, half) in [(&es256, 32), (&es384, 48)] {
        let header = json!({"alg": signer.algorithms[0]}).to_string();
        let signed = unsigned(&header, &admin());
        let signature = signer.sign("", signed.as_bytes());
        good(
            &env,
            signer.pem(),
            &with(&signed, &signature),
            signer.algorithms[0],
        );
        let (r, s) = signature.split_at(half);
        let integer = |number: &[u8]| {
            let mut bytes = [&[0], number].concat();
            while bytes[0] == 0 && bytes[1] < 0x80 {
                bytes.remove(0);
            }
            [&[2, u8::try_from(bytes.len()).unwrap()], &bytes[..]].concat()
        };
        let pair = [integer(r), integer(s)].concat();
        let der = [&[0x30, u8::try_from(pair.len()).unwrap()], &pair[..]].concat();
        let one = [vec![0; half - 1], vec![1]].concat();
        for bad in [
            vec![0; half * 2],
            [&one[..], &one].concat(),
            [&one[..], &vec![0; half]].concat(),
            vec![0xff; half * 2],
            [s, r].concat(),
            [r, &vec![0; half]].concat(),
            [&vec![0; half], s].concat(),
            der,
            r.to_vec(),
            [&[0], &signature[..]].concat(),
            [&signature[..], &[0]].concat(),
            Vec::new(),
        ] {
            refused(&env, signer.pem(), &with(&signed, bad));
        }
    }
    // 64 bytes leave four bits over, of which the last character has none set.
    let token = es256.token(&json!({"alg": "ES256"}), &admin());
    let (rest, last) = token.split_at(token.len() - 1);
    let next = char::from(last.as_bytes()[0] + 1);
    let words = refused(&env, es256.pem(), &format!("{rest}{next}"));
    assert!(words.contains("base64url"), "{words}");
}

#[test]
fn a_key_that_fits_no_signature_is_reported() {
    let env = TestEnv::new();
    let [ec, _, ed, rsa] = signers();
    let number = |key: &Value, name: &str| {
        BASE64_URL_SAFE_NO_PAD
            .decode(key[name].as_str().unwrap())
            .unwrap()
    };
    let changed = |key: Value, name: &str, bytes: &[u8]| {
        let mut key = key;
        key[name] = BASE64_URL_SAFE_NO_PAD.encode(bytes).into();
        key.to_string()
    };
    let mut off = number(&ec.jwk(), "y");
    off[7] ^= 1;
    let mut even = number(&rsa.jwk(), "n");
    *even.last_mut().unwrap() &= 0xfe;
    let mut small = [0xff; 32];
    (small[0], small[31]) = (0xec, 0x7f);
    for (signer, algorithm, key, says) in [
        (
            &ec,
            "ES256",
            changed(ec.jwk(), "y", &off),
            "not on its curve",
        ),
        (
            &rsa,
            "RS256",
            changed(rsa.jwk(), "e", &[2, 0, 0, 0, 1]),
            "more than 33 bits",
        ),
        (
            &rsa,
            "RS256",
            changed(rsa.jwk(), "e", &[1, 0, 0]),
            "damaged",
        ),
        (&rsa, "RS256", changed(rsa.jwk(), "n", &even), "damaged"),
        (&ed, "EdDSA", changed(ed.jwk(), "x", &small), "forged"),
        (&ed, "EdDSA", changed(ed.jwk(), "x", &[0; 32]), "forged"),
    ] {
        let token = signer.token(&json!({"alg": algorithm}), &admin());
        let words = unchecked(&env, key, &token);
        assert!(words.contains(says), "{words}");
    }
    let nothing = json!({"kty": "oct", "k": "AAAAAAAA"}).to_string();
    let signed = hmac_token(b"", &json!({"alg": "HS256"}), &admin());
    assert!(no_key(&env, nothing, &signed).contains("NUL"));
}

#[test]
fn ed25519_has_two_names() {
    let env = TestEnv::new();
    let [_, _, ed, _] = signers();
    for algorithm in ["EdDSA", "Ed25519"] {
        let token = ed.token(&json!({"alg": algorithm}), &admin());
        for named in ["EdDSA", "Ed25519"] {
            let key = jwk(&ed, &json!({"alg": named})).to_string();
            good(&env, key, &token, algorithm);
        }
        let found = answer(&env.vtexid(["inspect", "--json", &token]).run().success());
        let codes = found["findings"].to_string();
        assert!(!codes.contains("unknown-algorithm"), "{codes}");
    }
}
