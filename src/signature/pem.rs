//! PEM (RFC 7468) with a public key or a certificate in it.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{
    der::{self, Public},
    error::{KeyError, reject, reject_with_hint},
    key::{Key, truncate},
};

const PUBLIC_HALF: &str = "use its public half: `openssl pkey -in FILE -pubout`";

/// Reads the one key in it.
pub fn read(text: &[u8]) -> Result<Key, KeyError> {
    let Ok(text) = std::str::from_utf8(text) else {
        return reject("it begins like PEM, but is not valid UTF-8");
    };
    // Before anything else is found wrong with it.
    if text.contains("PRIVATE KEY-----") {
        return reject_with_hint(
            "it is a private key, but a public key is needed",
            PUBLIC_HALF,
        );
    }
    let mut blocks = blocks(text)
        .ok_or(())
        .or_else(|()| reject("it is damaged: invalid PEM"))?;
    // A chain's first certificate is the one it is about.
    let chain = blocks.iter().all(|(label, _)| label == "CERTIFICATE");
    if blocks.len() > 1 && !chain {
        return reject_with_hint(
            format!("it contains {} items", blocks.len()),
            "use one key, or a JWKS for several",
        );
    }
    let (label, der) = blocks.swap_remove(0);
    let read = match label.as_str() {
        "PUBLIC KEY" => der::public_key(&der),
        "RSA PUBLIC KEY" => der::rsa_key(&der),
        "CERTIFICATE" => der::certificate(&der),
        _ => {
            return reject(format!(
                "it contains a {}, not a public key",
                truncate(&label)
            ));
        }
    };
    match read {
        Some(Public::Point(kind, bytes)) => Key::of_point(kind, bytes).or_else(reject),
        Some(Public::Rsa(n, e)) => Ok(Key::of_rsa(n, e)),
        Some(Public::Other(what)) => {
            reject(format!("it contains {what}, which cannot check signatures"))
        }
        None => reject(format!("it is damaged: invalid {label}")),
    }
}

/// The labels of PEM blocks and what is in them (RFC 7468), at least one;
/// words between them are let through.
fn blocks(text: &str) -> Option<Vec<(String, Vec<u8>)>> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in text.lines().map(str::trim) {
        let boundary = |begin: &str| line.strip_prefix(begin)?.strip_suffix("-----");
        if let Some((label, mut body)) = open.take() {
            if boundary("-----END ") == Some(label) {
                blocks.push((label.to_owned(), BASE64_STANDARD.decode(body).ok()?));
            } else {
                body.push_str(line);
                open = Some((label, body));
            }
        } else if let Some(label) = boundary("-----BEGIN ") {
            open = Some((label, String::new()));
        } else if line.contains("-----") {
            return None;
        }
    }
    (open.is_none() && !blocks.is_empty()).then_some(blocks)
}
