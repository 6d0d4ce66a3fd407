//! Reads a public key or a certificate from PEM (RFC 7468). `rustls-pki-types`
//! parses the blocks; this module chooses the one to use.
//!
//! Not for the content of the blocks (`der`).

use rustls_pki_types::pem::{PemObject, SectionKind};

use super::{
    der::{self, PublicKey},
    error::{KeyError, reject, reject_with_hint},
    key::{Key, truncate},
};

const PUBLIC_HALF: &str = "use its public half: `openssl pkey -in FILE -pubout`";

/// Reads the key in a PEM text.
pub fn read(text: &[u8]) -> Result<Key, KeyError> {
    let Ok(text) = std::str::from_utf8(text) else {
        return reject("it begins like PEM, but is not valid UTF-8");
    };
    // Checked first, so that no other problem hides this one.
    if text.contains("PRIVATE KEY-----") {
        return reject_with_hint(
            "it is a private key, but a public key is needed",
            PUBLIC_HALF,
        );
    }
    let damaged = "it is damaged: invalid PEM";
    let Some(labels) = labels(text) else {
        return reject(damaged);
    };
    // The first certificate of a chain is the one to use.
    if labels.len() > 1 && labels.iter().any(|label| *label != "CERTIFICATE") {
        return reject_with_hint(
            format!("it contains {} items", labels.len()),
            "use one key, or a JWKS for several",
        );
    }
    let label = labels[0];
    let read = match label {
        "PUBLIC KEY" => der::public_key,
        "RSA PUBLIC KEY" => der::rsa_key,
        "CERTIFICATE" => der::certificate,
        _ => {
            return reject(format!(
                "it contains a {}, not a public key",
                truncate(label)
            ));
        }
    };
    let Some(der) = first_block(text, labels.len()) else {
        return reject(damaged);
    };
    match read(&der) {
        Some(PublicKey::Point(kind, bytes)) => Key::of_point(kind, bytes).or_else(reject),
        Some(PublicKey::Rsa(n, e)) => Ok(Key::of_rsa(n, e)),
        Some(PublicKey::Other(what)) => {
            reject(format!("it contains {what}, which cannot check signatures"))
        }
        None => reject(format!("it is damaged: invalid {label}")),
    }
}

/// The labels of the blocks, at least one.
fn labels(text: &str) -> Option<Vec<&str>> {
    let begins = text.lines().map(str::trim);
    let labels = begins.filter_map(|line| line.strip_prefix("-----BEGIN "));
    let labels: Option<Vec<&str>> = labels
        .map(|rest| rest.strip_suffix("-----"))
        .map(|label| label.filter(|label| !label.contains("-----")))
        .collect();
    labels.filter(|labels| !labels.is_empty())
}

/// The content of the first of `count` blocks, if all of them can be parsed.
fn first_block(text: &str, count: usize) -> Option<Vec<u8>> {
    // The crate rejects indented lines (as in YAML), and skips PKCS #1 keys
    // because it does not know their label.
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let text = lines.join("\n");
    let text = text.replace("RSA PUBLIC KEY-----", "PUBLIC KEY-----");
    let blocks: Result<Vec<(SectionKind, Vec<u8>)>, _> =
        PemObject::pem_slice_iter(text.as_bytes()).collect();
    let mut blocks = blocks.ok().filter(|blocks| blocks.len() == count)?;
    Some(blocks.swap_remove(0).1)
}

#[cfg(test)]
mod tests {
    use super::read;

    const KEY: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEVs/o5+uQbTjL3chynL4wXgUg2R9
q9UU8I5mEovUf86QZ7kOBIjJwqnzD1omageEHWwHdBO6B+dFabmdT9POxg==
-----END PUBLIC KEY-----
";

    #[test]
    fn a_key_is_found_however_its_lines_stand() {
        for text in [
            KEY.to_owned(),
            KEY.replace('\n', "\r\n"),
            KEY.replace('\n', "\n    "),
            KEY.replace('\n', "  \n"),
            format!("Bag Attributes\n    friendlyName: key\n{KEY}\nwords after it\n"),
        ] {
            assert!(read(text.as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn damaged_blocks_are_told_from_other_things() {
        let body = KEY.lines().nth(1).unwrap();
        for (text, says) in [
            (KEY.replace('\n', ""), "damaged"),
            (KEY.replace("-----END PUBLIC KEY-----", ""), "damaged"),
            (KEY.replace("-----END", "-----"), "damaged"),
            (
                KEY.replace("BEGIN PUBLIC KEY-----", "BEGIN PUBLIC KEY----"),
                "damaged",
            ),
            (KEY.replace(body, &body[1..]), "damaged"),
            (
                KEY.replace(body, &format!("Proc-Type: 4\n{body}")),
                "damaged",
            ),
            (
                format!("{KEY}-----BEGIN PUBLIC KEY-----\n"),
                "contains 2 items",
            ),
            (
                KEY.replace("PUBLIC KEY", "OPENSSH KEY"),
                "contains a OPENSSH KEY",
            ),
            (
                KEY.replace("PUBLIC KEY", "CERTIFICATE"),
                "invalid CERTIFICATE",
            ),
        ] {
            let error = read(text.as_bytes()).err().unwrap().to_string();
            assert!(error.contains(says), "{says}: {error}: {text}");
        }
    }
}
