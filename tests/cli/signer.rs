//! Keys to sign with, and every form their public half comes in.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use rcgen::{
    CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519,
    PublicKeyData as _,
};
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        Ed25519KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
        RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
    },
};
use serde_json::{Value, json};

/// The RSA key of RFC 7515 appendix A.2, in PKCS #8: ring makes none.
const RSA: &str = "\
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCh+BYK4uPJtGXOjS1lYmM2K5J9vinh8CR3/BYlzJChNuOL2TSXxbbqY913Ee\
Z8dCn5VrD7io8ImtxLaYk8wTM/U+3QGbh3hCUv7JFP5IV3aVlL6kKA0ywPVb9ilE8TA5a8bpvfbr3SvaNnjuygxmj3AbONv/s4yDQs4v5tJ/re\
SlpIdJed1LnPmt7Ex1sFhSwsD174pcF1A5L5ROjtZMEQxrZHYJqkeDrrnGya11UxMFBji4NmXG9veoKjlnAqH2QbgtPr8jkiGUkftoaHLFcW9Q\
r4NY2ai50Xw0Byj3+H2JoY2PyrZ62EWQwuz3WTOTY8BwNNb2BvniHgVFbK5emhAgMBAAECggEAEq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZ\
D50LpXyWPEAeP88vLNO97IjlA7/GQ5sLKMgvfTeXZx9SE+7YwVol2NXOoAJe46sui395IW/GO+pWJ1O0BkTGoVEn2bKVRUCgu+GjBVaYLU6f3l\
9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M/V51gfpRLI9JYanrC4D4qAdGcopV/0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoF\
aFQT5Tw8bGUl/x/jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR/RQyGWSeWjnczT0QU91p1DhOVRuOopznQKBgQDgHMQQ60imZV1URk0KpL\
ttoLhyt3SmqdEf/kgHePDdtzEafpAu+cS191R2JiuoF2yzWXnwFDcqGigp5BNr0AHQfD8/Lk8l1Mk09jxxCfui5nYooNyac8YFjm3vItzVCVDn\
Ed3BbVWG8qf6deqElMGAg+C2V0L4oNXnP7LZcPAZRwKBgQC5A8R+CZW2MvRTLLHzwZkUXV866cff7tx6kqa0finGG0KgeqlaZPxgCZnFp7AeAc\
CMtiynVlJ7vMVgePsLq6XtON4tB5kP9jAPrq3rbAOal78eUH5OcED6eNuCV8ixEu1eWcPNCS/l1OW1EnXUEoEHKl54Xrrz2uNwkgMTP1FZ1wKB\
gAcCn1dwJKufzBWQxWQp1vsM5fggqPN1qGb5y0MAk3g7/Ls5bkUp5u9SN0Ai3Ya6hNnvWJMb7sXQX6U/zyO2M/hTip7tUeh7CXgwo59dkpN75g\
JLVds29+DAncu3KXU4f2Fa+7bLNrur53k8KwPOq2bbuTG69QtV7Jr5MR0AHWKNAoGBAIf/evpitUf+4JYbLpvNXWcY052Mpz22aR84mY3nh3F2\
LF2mjMJDpTg7FmuyPcVw6EcGyoAe9fa65iNqCq+jdw6PVNGo2hxfjSiZ8IIzHdsPXI89//pMjZcQK9r+CCoRjaZjOYiIDktVWZzmevJuv6WywU\
qd57LE3Zar3dLSIkx1AoGAIYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd+DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd/QJQ3ydy5\
cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp/gh6A5603k2+ZQwVK0JKSHuLFkuQ3U=";

pub struct Signer {
    pub name: &'static str,
    pub algorithms: &'static [&'static str],
    pair: KeyPair,
}

/// One of each type that can be checked with.
pub fn signers() -> [Signer; 4] {
    let new = |name, algorithms, pair: Result<KeyPair, rcgen::Error>| Signer {
        name,
        algorithms,
        pair: pair.unwrap(),
    };
    let rsa = BASE64_STANDARD.decode(RSA).unwrap();
    [
        new(
            "EC key (P-256)",
            &["ES256"],
            KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
        ),
        new(
            "EC key (P-384)",
            &["ES384"],
            KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384),
        ),
        new(
            "Ed25519 key",
            &["EdDSA"],
            KeyPair::generate_for(&PKCS_ED25519),
        ),
        new(
            "RSA key",
            &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
            KeyPair::try_from(rsa),
        ),
    ]
}

/// The one that signs as the sandbox does.
pub fn es256() -> Signer {
    let [first, ..] = signers();
    first
}

impl Signer {
    pub fn token(&self, header: &Value, claims: &Value) -> String {
        let signed = unsigned(&header.to_string(), claims);
        let algorithm = header["alg"].as_str().unwrap_or(self.algorithms[0]);
        with(&signed, self.sign(algorithm, signed.as_bytes()))
    }

    /// A signature; with an algorithm the key is not for, its own.
    pub fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let der = self.pair.serialize_der();
        let ec = |algorithm| {
            let pair = EcdsaKeyPair::from_pkcs8(algorithm, &der, &random).unwrap();
            pair.sign(&random, message).unwrap().as_ref().to_vec()
        };
        let padding: &dyn RsaEncoding = match (self.name, algorithm) {
            ("EC key (P-256)", _) => return ec(&ECDSA_P256_SHA256_FIXED_SIGNING),
            ("EC key (P-384)", _) => return ec(&ECDSA_P384_SHA384_FIXED_SIGNING),
            ("Ed25519 key", _) => {
                let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).unwrap();
                return pair.sign(message).as_ref().to_vec();
            }
            (_, "RS384") => &RSA_PKCS1_SHA384,
            (_, "RS512") => &RSA_PKCS1_SHA512,
            (_, "PS256") => &RSA_PSS_SHA256,
            (_, "PS384") => &RSA_PSS_SHA384,
            (_, "PS512") => &RSA_PSS_SHA512,
            _ => &RSA_PKCS1_SHA256,
        };
        let pair = RsaKeyPair::from_pkcs8(&der).unwrap();
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(padding, &random, message, &mut signature)
            .unwrap();
        signature
    }

    pub fn private_pem(&self) -> String {
        self.pair.serialize_pem()
    }

    /// `SubjectPublicKeyInfo`
    pub fn der(&self) -> Vec<u8> {
        self.pair.subject_public_key_info()
    }

    pub fn pem(&self) -> String {
        self.pair.public_key_pem()
    }

    pub fn certificate(&self) -> String {
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.self_signed(&self.pair).unwrap().pem()
    }

    pub fn jwk(&self) -> Value {
        let raw = self.pair.public_key_raw();
        let part = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        match (self.name, raw.len()) {
            ("Ed25519 key", _) => json!({"kty": "OKP", "crv": "Ed25519", "x": part(raw)}),
            ("RSA key", _) => {
                let der = BASE64_STANDARD.decode(RSA).unwrap();
                let pair = RsaKeyPair::from_pkcs8(&der).unwrap();
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({"kty": "RSA", "n": part(&public.n), "e": part(&public.e)})
            }
            // An uncompressed point: a byte that says so, then x, then y.
            (_, length) => {
                let (x, y) = raw[1..].split_at(length / 2);
                let curve = if length == 65 { "P-256" } else { "P-384" };
                json!({"kty": "EC", "crv": curve, "x": part(x), "y": part(y)})
            }
        }
    }

    /// Every form of its public key that is read, with a name.
    pub fn forms(&self) -> Vec<(&'static str, String)> {
        let pem = self.pem();
        let mut forms = vec![
            ("PEM", pem.clone()),
            ("PEM of Windows", pem.replace('\n', "\r\n")),
            ("PEM after words", format!("mystore's key\n\n{pem}\n")),
            ("PEM with a mark", format!("\u{feff}{pem}")),
            ("certificate", self.certificate()),
            (
                "chain",
                self.certificate() + &signers().map(|s| s.certificate()).concat(),
            ),
            ("JWK", self.jwk().to_string()),
            ("JWKS", json!({"keys": [self.jwk()]}).to_string()),
        ];
        if self.name == "RSA key" {
            // PKCS #1 is what the rest of it is wrapped around.
            let body = BASE64_STANDARD.encode(&self.der()[24..]);
            forms.push((
                "PKCS #1",
                format!("-----BEGIN RSA PUBLIC KEY-----\n{body}\n-----END RSA PUBLIC KEY-----\n"),
            ));
        }
        forms
    }
}

/// A token's first two parts.
pub fn unsigned(header: &str, claims: &Value) -> String {
    [header, &claims.to_string()]
        .map(|part| BASE64_URL_SAFE_NO_PAD.encode(part))
        .join(".")
}

/// The same with a third.
pub fn with(signed: &str, signature: impl AsRef<[u8]>) -> String {
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// A token that a secret signed; HS256 unless the header names another HS.
pub fn hmac_token(secret: &[u8], header: &Value, claims: &Value) -> String {
    let hash = match header["alg"].as_str() {
        Some("HS384") => hmac::HMAC_SHA384,
        Some("HS512") => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    };
    let signed = unsigned(&header.to_string(), claims);
    let tag = hmac::sign(&hmac::Key::new(hash, secret), signed.as_bytes());
    with(&signed, tag)
}
