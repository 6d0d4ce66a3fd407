//! The sandbox's key, and tokens in the shapes of section 6 of `vtex-id.md`.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
    UnparsedPublicKey,
};
use serde_json::{Value, json};

use super::Options;

/// The app key that an account has here.
pub fn app_key(account: &str) -> String {
    format!("vtexappkey-{account}-SANDBX")
}

/// The app token of every such key: 128 capital letters, as a real one.
pub fn app_token() -> String {
    "SANDBOX".chars().cycle().take(128).collect()
}

/// The key that signs, made anew for each sandbox.
pub(super) struct Keys {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    kid: String,
}

impl Keys {
    pub fn generate() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("the system is random");
        let pair =
            EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).expect("it was just made");
        let kid = hex(&digest(&SHA256, pair.public_key().as_ref()).as_ref()[..20]).to_uppercase();
        Self { pair, random, kid }
    }

    pub fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": "ES256", "kid": self.kid, "typ": "jwt"});
        let signed = [header.to_string(), claims.to_string()]
            .map(|part| BASE64_URL_SAFE_NO_PAD.encode(part))
            .join(".");
        let signature = self
            .pair
            .sign(&self.random, signed.as_bytes())
            .expect("the system is random");
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    /// The claims of a token that this key signed and that has not expired.
    pub fn verify(&self, token: &str) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let decode = |part| BASE64_URL_SAFE_NO_PAD.decode(part).ok();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.pair.public_key())
            .verify(signed.as_bytes(), &decode(signature)?)
            .ok()?;
        let header: Value = serde_json::from_slice(&decode(header)?).ok()?;
        let claims: Value = serde_json::from_slice(&decode(claims)?).ok()?;
        let good = header["alg"] == "ES256" && claims["exp"].as_i64()? > now();
        good.then_some(claims)
    }

    pub fn jwk(&self) -> Value {
        // An uncompressed point: a byte that says so, then x, then y.
        let point = self.pair.public_key().as_ref();
        json!({
            "kty": "EC",
            "crv": "P-256",
            "alg": "ES256",
            "use": "sig",
            "kid": self.kid,
            "x": BASE64_URL_SAFE_NO_PAD.encode(&point[1..33]),
            "y": BASE64_URL_SAFE_NO_PAD.encode(&point[33..]),
        })
    }
}

/// What a person's token says.
pub(super) fn user_claims(options: &Options, account: &str, email: &str) -> Value {
    let now = now();
    json!({
        "sub": email,
        "account": options.token_account.as_deref().unwrap_or(account),
        "audience": options.audience,
        "sess": uuid(&random_bytes()),
        "exp": now + options.token_life,
        "type": "user",
        "userId": user_id(email),
        "iat": now,
        "isRepresentative": false,
        "iss": "token-emitter",
        "jti": uuid(&random_bytes()),
    })
}

/// What an app key's token says.
pub(super) fn app_claims(options: &Options, account: &str) -> Value {
    let now = now();
    let key = app_key(account);
    json!({
        "sub": key,
        "account": options.token_account.as_deref().unwrap_or(account),
        "audience": "admin",
        "exp": now + options.app_token_life,
        "type": "appkey",
        "userId": user_id(&key),
        "iat": now,
        "iss": "token-emitter",
        "jti": uuid(&random_bytes()),
    })
}

/// The same for the same name, in every token.
pub(super) fn user_id(name: &str) -> String {
    uuid(&digest(&SHA256, name.as_bytes()).as_ref()[..16])
}

/// A value nobody can guess, which holds `+`, `/` and `=` so that a client that forgets to encode it is found out.
pub(super) fn opaque() -> String {
    format!("+/{}", BASE64_STANDARD.encode(random_bytes()))
}

/// Unix seconds.
pub(super) fn now() -> i64 {
    Timestamp::now().as_second()
}

pub(super) fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the system is random");
    bytes
}

fn uuid(bytes: &[u8]) -> String {
    let hex = hex(bytes);
    [0..8, 8..12, 12..16, 16..20, 20..32]
        .map(|part| &hex[part])
        .join("-")
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
