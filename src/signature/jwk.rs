//! Reads JSON Web Keys and sets of them (RFC 7517).
//!
//! Not for other files with keys (`pem`, `load`).

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{
    error::{KeyError, reject, reject_with_hint},
    key::{Key, Kind, truncate},
};

/// The fields of a JSON Web Key (RFC 7517) that vtexid uses.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    r#use: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    k: Option<String>,
    d: Option<IgnoredAny>,
}

/// Reads a key or a set.
pub fn read(text: &[u8]) -> Result<Vec<Key>, KeyError> {
    let value: Value = match serde_json::from_slice(text) {
        Ok(value) => value,
        // serde_json's own message may quote the file.
        Err(e) => {
            return reject(format!(
                "it is damaged: invalid JSON at line {}, column {}",
                e.line(),
                e.column()
            ));
        }
    };
    let Some(set) = value.get("keys") else {
        return jwk(&value)?.map(|key| vec![key]).or_else(reject);
    };
    let Some(set) = set.as_array().filter(|set| !set.is_empty()) else {
        return reject("it is a JWKS without keys");
    };
    let mut keys = Vec::new();
    for value in set {
        // RFC 7517 section 5: skip the keys of a set that cannot be read.
        keys.push(jwk(value)?.unwrap_or_else(|reason| {
            Key {
                id: value["kid"]
                    .as_str()
                    .filter(|id| !id.is_empty())
                    .map(str::to_owned),
                material: Err(reason),
                ..Key::new(Kind::Unknown)
            }
        }));
    }
    if keys.iter().all(|key| key.kind == Kind::Unknown) {
        return reject("it is a JWKS without a usable key");
    }
    Ok(keys)
}

/// Reads a JWK. The inner error says why this key cannot be used.
fn jwk(value: &Value) -> Result<Result<Key, String>, KeyError> {
    let Ok(jwk) = Jwk::deserialize(value) else {
        return Ok(Err("it is JSON, but not a JWK (RFC 7517)".to_owned()));
    };
    if jwk.d.is_some() {
        return reject_with_hint(
            "it is a private key, but a public key is needed",
            "use its public half: remove d, p, q, dp, dq, qi and oth",
        );
    }
    Ok(public(&jwk).map(|key| Key {
        may_verify: jwk.r#use.as_deref().is_none_or(|u| u == "sig")
            && jwk
                .key_ops
                .as_ref()
                .is_none_or(|ops| ops.iter().any(|op| op == "verify")),
        id: jwk.kid.filter(|id| !id.is_empty()),
        only: jwk.alg,
        ..key
    }))
}

fn public(jwk: &Jwk) -> Result<Key, String> {
    let part = |name: &str, text: Option<&str>| {
        let text = text.ok_or_else(|| format!("it is a JWK without {name}"))?;
        BASE64_URL_SAFE_NO_PAD
            .decode(text)
            .map(Zeroizing::new)
            .map_err(|_| format!("it is a JWK whose {name} is not base64url"))
    };
    let x = || part("x", jwk.x.as_deref());
    let curve = jwk.crv.as_deref().unwrap_or_default();
    match (jwk.kty.as_str(), curve) {
        ("EC", "P-256") => point(Kind::P256, 32, &x()?, &part("y", jwk.y.as_deref())?),
        ("EC", "P-384") => point(Kind::P384, 48, &x()?, &part("y", jwk.y.as_deref())?),
        ("EC", "P-521") => point(Kind::P521, 66, &x()?, &part("y", jwk.y.as_deref())?),
        ("EC", "secp256k1") => Ok(Key::new(Kind::K256)),
        ("OKP", "Ed25519") => Key::of_point(Kind::Ed25519, &x()?),
        ("OKP", "Ed448") => Ok(Key::new(Kind::Ed448)),
        ("EC" | "OKP", _) => Err(format!("its curve {} is unknown", truncate(curve))),
        ("RSA", _) => Ok(Key::of_rsa(
            &part("n", jwk.n.as_deref())?,
            &part("e", jwk.e.as_deref())?,
        )),
        ("oct", _) => {
            let secret = part("k", jwk.k.as_deref())?;
            if secret.is_empty() {
                return Err("its secret is empty".to_owned());
            }
            // HMAC pads a secret with NUL, so this one equals an empty secret.
            if secret.iter().all(|byte| *byte == 0) {
                return Err("its secret contains only NUL bytes".to_owned());
            }
            let material = Ok(vec![DecodingKey::from_secret(&secret)]);
            Ok(Key {
                material,
                ..Key::new(Kind::Secret)
            })
        }
        (kty, _) => Err(format!("its type {} is unknown", truncate(kty))),
    }
}

fn point(kind: Kind, length: usize, x: &[u8], y: &[u8]) -> Result<Key, String> {
    if x.len() != length || y.len() != length {
        return Err(format!("its x and y must have {length} bytes each"));
    }
    Key::of_point(kind, &[&[4], x, y].concat())
}

#[cfg(test)]
mod tests;
