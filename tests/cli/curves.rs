//! `vtexid inspect --key`: ES512, which another library checks than the other
//! algorithms, and keys that are no point of their curve.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use predicates::str::contains;
use serde_json::json;

use crate::env::{TestEnv, answer};

/// Signed by OpenSSL.
const TOKEN: &str = "eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhbmFAc3RvcmUuZXhhbXBsZSIsImFjY291bnQiOiJteXN0b3JlIiwiYXVkaWVuY2UiOiJhZG1pbiIsImV4cCI6NDEwMjQ0NDgwMH0.AeLKkmxT_ezIHS0nsR5y7jSUGtDIQT7nYhWm9M3-7f7MfK28xTLwipA8UHPBEGrtOtG3OVSu5-BBRyRHdOSItuAHAVqGLfkXOCaIOiB902TqzapT8hSkEf5M75Qx1Im_FHamhOqHzc0G1VHl0JxLKglBALErEzyF9FWgGtfmkKBCtjZr";

const KEY: &str = "\
-----BEGIN PUBLIC KEY-----
MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQBE+IDk2VACNP1S0yt0fuF8Vw/VNQo
Hhi0giwMB4bQSefvKks62pWXxS5/2CNRb8SIT+mNxa3iQjI+qJ0PXJWCXAUAvLoc
7fHs13y8UBQqyPkXW5Hi4ipet9IXv/Kk0Sotgm90PfIxE3msjT/WuKsQmj0tRujr
k+EQ2b1bxQYCV4t55lM=
-----END PUBLIC KEY-----
";

/// The key's x and y, and nothing before them.
fn point() -> Vec<u8> {
    use base64::prelude::BASE64_STANDARD;
    let lines: String = KEY.lines().filter(|line| !line.starts_with('-')).collect();
    let der = BASE64_STANDARD.decode(lines).unwrap();
    der[der.len() - 132..].to_vec()
}

fn jwk(point: &[u8]) -> String {
    let (x, y) = point.split_at(66);
    let encode = |bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    json!({"kty": "EC", "crv": "P-521", "x": encode(x), "y": encode(y)}).to_string()
}

#[test]
fn es512_is_checked_with_a_key_in_every_form() {
    let env = TestEnv::new();
    for key in [KEY.to_owned(), jwk(&point())] {
        let told = env.key_tool(&key, &["--json", TOKEN]).run().success();
        let told = answer(&told);
        assert_eq!(told["signature_checked"], true);
        assert_eq!(told["login"], "ana@store.example");
        // Another letter in the claims, and another one in the signature.
        for (from, to) in [("OiJhbmFA", "OiJhbmJA"), (".AeLK", ".AeLL")] {
            let forged = TOKEN.replace(from, to);
            let done = env.key_tool(&key, &[&forged]).run().code(3);
            done.stdout("").stderr(contains("signed with another key"));
        }
        // Half a signature.
        let cut = &TOKEN[..TOKEN.len() - 88];
        let done = env.key_tool(&key, &[cut]).run().code(3);
        done.stderr(contains("66 bytes, but ES512 has 132"));
    }
    // All zeros, which some libraries took for good.
    let (rest, _) = TOKEN.rsplit_once('.').unwrap();
    let zeros = format!("{rest}.{}", "A".repeat(176));
    env.key_tool(KEY, &[&zeros]).run().code(3).stdout("");
}

#[test]
fn a_key_off_its_curve_is_at_fault_and_not_the_token() {
    let env = TestEnv::new();
    let mut off = point();
    off[131] ^= 1;
    let ed25519 = |first: u8| {
        let mut bytes = [0; 32];
        bytes[0] = first;
        let x = BASE64_URL_SAFE_NO_PAD.encode(bytes);
        json!({"kty": "OKP", "crv": "Ed25519", "x": x}).to_string()
    };
    let eddsa = |token: &str| {
        let (_, payload) = token.split_once('.').unwrap();
        let (payload, _) = payload.split_once('.').unwrap();
        let header = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA"}"#);
        format!("{header}.{payload}.{}", "A".repeat(86))
    };
    for (key, token) in [(jwk(&off), TOKEN.to_owned()), (ed25519(2), eddsa(TOKEN))] {
        let done = env.key_tool(&key, &[&token]).run().code(1).stdout("");
        done.stderr(contains("its point is not on its curve"));
    }
    // On the curve, but not the one that signed.
    let done = env.key_tool(ed25519(3), &[&eddsa(TOKEN)]).run();
    done.code(3).stderr(contains("signed with another key"));
}
