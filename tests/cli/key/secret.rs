//! Secrets, which only `--secret` names.

use super::*;

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
