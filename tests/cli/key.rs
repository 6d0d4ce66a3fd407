//! `vtexid inspect --key FILE` and `--secret FILE`

use std::fs;

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use predicates::{prelude::PredicateBooleanExt as _, str::contains};
use serde_json::{Value, json};

use crate::{
    env::{TestEnv, answer, claims, stderr, stdout},
    signer::{Signer, es256, hmac_token, signers, unsigned, with},
};

fn admin() -> Value {
    json!({"sub": "dev@example.com", "account": "mystore", "audience": "admin", "exp": 4_102_444_800_i64})
}

/// Sees that the key finds the token good, by that algorithm.
fn good(env: &TestEnv, key: impl AsRef<[u8]>, token: &str, algorithm: &str) {
    let told = stdout(&env.key_tool(key, &[token]).run().success());
    let row = format!("valid, {algorithm} with the key in home/key\n");
    assert!(told.contains(&row), "{algorithm}: {told}");
}

/// Sees that it does not, and gives the words.
fn refused(env: &TestEnv, key: impl AsRef<[u8]>, token: &str) -> String {
    let done = env.key_tool(key, &[token]).run().code(3).stdout("");
    let words = stderr(&done);
    assert!(
        words.starts_with("error: invalid signature: ") && words.contains("\nhint: "),
        "{words}"
    );
    words
}

/// Sees that no key was tried, and gives the words.
fn unchecked(env: &TestEnv, key: impl AsRef<[u8]>, token: &str) -> String {
    let words = no_key(env, key, token);
    let start = "error: could not check the signature: ";
    assert!(words.starts_with(start), "{words}");
    words
}

/// Sees that nothing could be checked, which is no word against the token.
fn no_key(env: &TestEnv, key: impl AsRef<[u8]>, token: &str) -> String {
    stderr(&env.key_tool(key, &[token]).run().code(1).stdout(""))
}

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
fn a_public_key_is_never_a_secret() {
    let env = TestEnv::new();
    let [ec, .., rsa] = signers();
    for signer in [ec, rsa] {
        let (pem, der) = (signer.pem(), signer.der());
        for (form, key) in signer.forms() {
            for secret in [&key, key.trim(), &pem] {
                let token = hmac_token(secret.as_bytes(), &json!({"alg": "HS256"}), &admin());
                unchecked(&env, &key, &token);
                // Nor when it is called one.
                let words = stderr(&env.secret_tool(&key, &token).run().code(1).stdout(""));
                assert!(words.contains("could not use the secret"), "{words}");
                assert!(words.contains("looks like a key"), "{form}: {words}");
                assert!(words.contains("--key"), "{form}: {words}");
            }
        }
        let body: String = pem.lines().filter(|l| !l.starts_with('-')).collect();
        let hex: Vec<String> = der.iter().map(|b| format!("{b:02x}")).collect();
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut files: Vec<Vec<u8>> = vec![der.clone(), utf16(&pem)];
        let texts = [
            // What curl prints where there is no key, or not all of it.
            "404: Not Found".to_owned(),
            "<html>no such page</html>\n".to_owned(),
            "-".to_owned(),
            "swordfish\n".to_owned(),
            hex.join(""),
            hex.join(":"),
            pem[pem.len() / 2..].replace("-----", ""),
            format!("key: {body}"),
            format!("{body};"),
            pem.replace("-----", "----"),
            pem.replace("-----BEGIN", "\u{2014}BEGIN"),
            body.clone(),
            BASE64_STANDARD.encode(&pem),
            json!([signer.jwk()]).to_string(),
            signer.jwk().to_string().replacen('{', "", 1),
            format!("ssh-ed25519 {body} dev@example.com"),
        ];
        files.extend(texts.map(String::into_bytes));
        for file in files {
            // Whoever knows what is in the file may sign with it.
            for secret in [&file[..], file.trim_ascii()] {
                let token = hmac_token(secret, &json!({"alg": "HS256"}), &admin());
                let words = no_key(&env, &file, &token);
                assert!(words.contains("neither PEM nor JWK"), "{words}");
                assert!(words.contains("--secret"), "{words}");
            }
        }
    }
}

#[test]
fn a_secret_is_the_files_bytes_or_without_the_last_newline() {
    let env = TestEnv::new();
    let token = |secret: &[u8]| hmac_token(secret, &json!({"alg": "HS256"}), &admin());
    let sign = |secret: &str| token(secret.as_bytes());
    let is_good = |secret: &[u8], token: &str, algorithm: &str| {
        let told = stdout(&env.secret_tool(secret, token).run().success());
        let row = format!("valid, {algorithm} with the secret in home/secret\n");
        assert!(told.contains(&row), "{told}");
    };
    is_good(b"swordfish", &sign("swordfish"), "HS256");
    is_good(b"swordfish\n", &sign("swordfish"), "HS256");
    is_good(b"swordfish\r\n", &sign("swordfish"), "HS256");
    is_good(b"swordfish\n", &sign("swordfish\n"), "HS256");
    is_good(&[0, 159, 255, 10], &token(&[0, 159, 255]), "HS256");
    let is_not = |file: &str, token: &str, code: i32| {
        let words = stderr(&env.secret_tool(file, token).run().code(code).stdout(""));
        let start = if code == 3 {
            "invalid signature: "
        } else {
            "could not check the signature: "
        };
        assert!(words.starts_with(&format!("error: {start}")), "{words}");
        assert!(!words.contains("swordfish"), "{words}");
        words
    };
    for (file, secret) in [
        ("swordfish\n\n", "swordfish"),
        (" swordfish", "swordfish"),
        ("swordfish", "swordfish\n"),
        ("swordfish", ""),
    ] {
        is_not(file, &sign(secret), 3);
    }
    for algorithm in ["HS384", "HS512"] {
        let token = hmac_token(b"swordfish", &json!({"alg": algorithm}), &admin());
        is_good(b"swordfish", &token, algorithm);
    }
    // Each of them signs as no secret at all does.
    for empty in ["", "\n", " \r\n\t", "\0", "\0\0\n"] {
        let done = env.secret_tool(empty, &sign("")).run().code(1).stdout("");
        assert!(stderr(&done).contains("it is empty"), "{}", stderr(&done));
    }
    let words = is_not(
        "swordfish",
        &es256().token(&json!({"alg": "ES256"}), &admin()),
        1,
    );
    assert!(
        words.contains("the token's algorithm is ES256, but the key is a secret"),
        "{words}"
    );
    let none = unsigned(r#"{"alg":"none"}"#, &admin());
    is_not("swordfish", &format!("{none}."), 1);
}

#[test]
fn a_jwk_may_be_a_secret() {
    let env = TestEnv::new();
    let sign = |secret: &str| hmac_token(secret.as_bytes(), &json!({"alg": "HS256"}), &admin());
    let words = no_key(&env, r#"{"kty":"oct","k":""}"#, &sign(""));
    assert!(words.contains("empty"), "{words}");
    // It is never cut, and can be what a file cannot.
    for secret in ["swordfish\n", "{", "-----BEGIN PUBLIC KEY-----"] {
        let jwk = json!({"kty": "oct", "k": BASE64_URL_SAFE_NO_PAD.encode(secret)}).to_string();
        good(&env, &jwk, &sign(secret), "HS256");
        refused(&env, &jwk, &sign(&secret[..secret.len() - 1]));
    }
}

/// The same JWK with more fields.
fn jwk(signer: &Signer, more: &Value) -> Value {
    let mut jwk = signer.jwk();
    let fields = more.as_object().unwrap().clone();
    jwk.as_object_mut().unwrap().extend(fields);
    jwk
}

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

#[test]
fn a_private_key_is_refused() {
    let env = TestEnv::new();
    for signer in signers() {
        let token = signer.token(&json!({"alg": signer.algorithms[0]}), &admin());
        let pem = signer.private_pem();
        let jwk = jwk(&signer, &json!({"d": "c3dvcmRmaXNo"}));
        for (key, hint) in [
            (pem.clone(), "openssl pkey"),
            (signer.pem() + &pem, "openssl pkey"),
            (pem.replace("PRIVATE", "RSA PRIVATE"), "openssl pkey"),
            (pem.replace("PRIVATE", "ENCRYPTED PRIVATE"), "openssl pkey"),
            (jwk.to_string(), "remove d"),
            (json!({"keys": [signer.jwk(), jwk]}).to_string(), "remove d"),
        ] {
            let words = no_key(&env, key, &token);
            assert!(words.contains("private key"), "{words}");
            assert!(words.contains(hint), "{words}");
            assert!(!words.contains("c3dvcmRmaXNo"), "{words}");
        }
    }
}

#[test]
fn the_file_is_named_and_bounded() {
    let env = TestEnv::new();
    let token = hmac_token(b"swordfish", &json!({"alg": "HS256"}), &admin());
    for (flag, what) in [("--key", "key"), ("--secret", "secret")] {
        let file = |path: &str| env.vtexid(["inspect", flag, path, &token]).run();
        for path in ["no-such-file", "home"] {
            let says = format!("could not read the {what} in");
            file(path)
                .code(1)
                .stdout("")
                .stderr(contains(says).and(contains(path)));
        }
        fs::write(env.home().join("large"), vec![b'x'; (1 << 20) + 1]).unwrap();
        file("home/large")
            .code(1)
            .stdout("")
            .stderr(contains("home/large"));
        env.vtexid(["inspect", flag]).run().code(2).stdout("");
    }
    fs::write(env.home().join("full"), vec![b'x'; 1 << 20]).unwrap();
    let full = env.vtexid(["inspect", "--secret", "home/full", &token]);
    full.run().code(3);
    let both = ["inspect", "--secret", "home/full", "--key", "home/full"];
    env.vtexid(both).run().code(2).stdout("");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_and_a_device_is_not() {
    let env = TestEnv::new();
    let token = hmac_token(b"swordfish", &json!({"alg": "HS256"}), &admin());
    let arguments = |path: &str| env.vtexid(["inspect", "--secret", path, &token]);
    let piped = arguments("/dev/stdin").stdin("swordfish\n").run();
    piped.success().stdout(contains("valid, HS256"));
    let large = arguments("/dev/stdin").stdin(vec![b'x'; 2 << 20]).run();
    large.code(1).stdout("");
    for device in ["/dev/zero", "/dev/null"] {
        let words = stderr(&arguments(device).run().code(1).stdout(""));
        let says = format!("in {device}: it is neither a file nor a pipe");
        assert!(words.contains(&says), "{words}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_has_a_time_limit() {
    use std::io::Write as _;
    let env = TestEnv::new();
    let signer = es256();
    let token = signer.token(&json!({"alg": "ES256"}), &admin());
    let fifo = |name: &str| {
        let path = env.home().join(name);
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        path
    };
    // Whoever opens it is kept until there is a reader, and the other way round.
    let path = fifo("written");
    let tool = env.vtexid(["inspect", "--key", "home/written", &token]);
    let tool = tool.start();
    let mut writer = fs::OpenOptions::new().write(true).open(path).unwrap();
    for piece in signer.pem().as_bytes().chunks(50) {
        writer.write_all(piece).unwrap();
    }
    drop(writer);
    tool.finish().success().stdout(contains("valid, ES256"));

    fifo("silent");
    let open = fifo("open");
    let started = [
        ("--key", "silent"),
        ("--secret", "silent"),
        ("--key", "open"),
    ]
    .map(|(flag, name)| {
        let path = format!("home/{name}");
        env.vtexid(["inspect", flag, &path, &token]).start()
    });
    let _writer = fs::OpenOptions::new().write(true).open(open).unwrap();
    for tool in started {
        tool.finish()
            .code(1)
            .stdout("")
            .stderr(contains("timed out after 10s"));
    }
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

#[test]
fn a_short_secret_is_a_warning() {
    let env = TestEnv::new();
    for (algorithm, due) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        for (length, warned) in [(due - 1, true), (due, false)] {
            let secret = "s".repeat(length);
            let token = hmac_token(secret.as_bytes(), &json!({"alg": algorithm}), &admin());
            let told = stdout(&env.secret_tool(&secret, &token).run().success());
            assert_eq!(told.contains("easier to guess"), warned, "{told}");
        }
    }
}
