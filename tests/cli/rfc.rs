//! The examples of the standards themselves: RFC 7515 appendix A, RFC 7519
//! sections 3.1 and 6.1, RFC 7520 section 4, RFC 8037 appendix A.4.

use predicates::str::contains;

use crate::env::{TestEnv, answer, stderr};

const CLAIMS: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

/// Those whose payload are claims: where they are, the algorithm, the header,
/// the key, the signature.
const SIGNED: [[&str; 5]; 3] = [
    [
        "RFC 7515 A.1, RFC 7519 3.1",
        "HS256",
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9",
        r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#,
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    ],
    [
        "RFC 7515 A.2",
        "RS256",
        "eyJhbGciOiJSUzI1NiJ9",
        r#"{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}"#,
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    ],
    [
        "RFC 7515 A.3",
        "ES256",
        "eyJhbGciOiJFUzI1NiJ9",
        r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    ],
];

/// RFC 7515 A.5 and RFC 7519 6.1: not signed.
const UNSECURED: &str = "eyJhbGciOiJub25lIn0";

/// Those whose payload is text: no claims, so no token.
const OF_TEXT: [[&str; 3]; 3] = [
    [
        "RFC 7515 A.4",
        "ES512",
        "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
    ],
    [
        "RFC 8037 A.4",
        "EdDSA",
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    ],
    [
        "RFC 7520 4.4",
        "HS256",
        "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0",
    ],
];

#[test]
fn the_signed_examples_are_valid_only_with_their_own_keys() {
    let env = TestEnv::new();
    for [place, algorithm, header, key, signature] in SIGNED {
        let token = format!("{header}.{CLAIMS}.{signature}");
        let told = answer(&env.vtexid(["inspect", "--json", &token]).run().success());
        assert_eq!(told["claims"]["iss"], "joe", "{place}");
        assert_eq!(told["expires_at"], "2011-03-22T18:43:00Z", "{place}");
        assert_eq!(told["signature_checked"], false, "{place}");
        for [other, _, _, key_of_other, _] in SIGNED {
            let tool = env.key_tool(key_of_other, &["--json", &token]);
            if other == place {
                let told = answer(&tool.run().success());
                assert_eq!(told["signature_checked"], true, "{place}");
                assert_eq!(told["jose_header"]["alg"], algorithm, "{place}");
            } else {
                tool.run().code(1).stdout("").stderr(contains(algorithm));
            }
        }
        let unsecured = format!("{UNSECURED}.{CLAIMS}.");
        for token in [unsecured, format!("{UNSECURED}.{CLAIMS}.{signature}")] {
            env.key_tool(key, &[&token])
                .run()
                .code(1)
                .stdout("")
                .stderr(contains("the token's algorithm is none"));
        }
    }
}

#[test]
fn the_unsecured_example_is_explained() {
    let env = TestEnv::new();
    let told = env.vtexid(["inspect", &format!("{UNSECURED}.{CLAIMS}.")]);
    told.run()
        .success()
        .stdout(contains("none: the token is not signed"));
}

#[test]
fn the_examples_that_sign_text_are_not_tokens() {
    let env = TestEnv::new();
    for [place, algorithm, example] in OF_TEXT {
        for key in [None, Some(SIGNED[0][3])] {
            let tool = match key {
                None => env.vtexid(["inspect", example]),
                Some(key) => env.key_tool(key, &[example]),
            };
            let words = stderr(&tool.run().code(1).stdout(""));
            assert!(
                words.contains(&format!("alg {algorithm}")),
                "{place}: {words}"
            );
            assert!(
                words.contains("the payload is not JSON"),
                "{place}: {words}"
            );
        }
    }
}
