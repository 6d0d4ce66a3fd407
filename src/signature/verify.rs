//! Verifies signatures with jsonwebtoken on top of ring, which TLS needs anyway.
//! jsonwebtoken's own backends have a security advisory, or megabytes of code.
//! ES512 is missing in ring and comes from p521.
//!
//! Not for choosing keys (the parent).

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind,
    crypto::{self, CryptoProvider, JwtVerifier, KeyUtils},
    errors::{Error, ErrorKind},
    signature::{self, Verifier},
};
use p521::ecdsa::signature::Verifier as _;
use ring::{
    hmac,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
        RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
        RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
        UnparsedPublicKey, VerificationAlgorithm,
    },
};

/// An algorithm that vtexid can verify.
#[derive(Clone, Copy, Debug)]
pub enum SupportedAlgorithm {
    /// Verified by ring.
    Ring(Algorithm),
    /// ECDSA with P-521 and SHA-512 (RFC 7518 section 3.4).
    Es512,
}

impl SupportedAlgorithm {
    /// The algorithm of that name. `Ed25519` is a second name for `EdDSA` (RFC
    /// 9864).
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "Ed25519" => Some(Self::Ring(Algorithm::EdDSA)),
            "ES512" => Some(Self::Es512),
            _ => name.parse().ok().map(Self::Ring),
        }
    }

    /// How many bytes its signatures have; `None` if that depends on the key.
    pub fn signature_bytes(self) -> Option<usize> {
        match self {
            Self::Ring(Algorithm::HS256) => Some(32),
            Self::Ring(Algorithm::HS384) => Some(48),
            Self::Ring(Algorithm::HS512 | Algorithm::ES256 | Algorithm::EdDSA) => Some(64),
            Self::Ring(Algorithm::ES384) => Some(96),
            Self::Ring(_) => None,
            Self::Es512 => Some(132),
        }
    }
}

/// Functions that vtexid does not need return an error; the crate's defaults
/// would panic. Static because the crate requires it.
static RING: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(unsupported()),
    verifier_factory: |algorithm, key| {
        if algorithm.family() == key.family() {
            Ok(Box::new(RingVerifier(*algorithm, key.clone())))
        } else {
            Err(ErrorKind::InvalidKeyFormat.into())
        }
    },
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: |_| Err(unsupported()),
        rsa_pub_components_from_public_key: |_| Err(unsupported()),
        ec_pub_components_from_private_key: |_, _| Err(unsupported()),
        ed_pub_components_from_private_key: |_, _| Err(unsupported()),
        compute_digest: |_, _| Err(unsupported()),
    },
};

fn unsupported() -> Error {
    ErrorKind::UnsupportedAlgorithm.into()
}

/// Whether `signature` (base64url) is valid for `message` and `key`.
pub fn verify(
    message: &[u8],
    signature: &str,
    key: &DecodingKey,
    algorithm: SupportedAlgorithm,
) -> bool {
    match algorithm {
        SupportedAlgorithm::Ring(algorithm) => {
            // Fails if it is installed already.
            let _ = RING.install_default();
            crypto::verify(signature, message, key, algorithm).unwrap_or(false)
        }
        SupportedAlgorithm::Es512 => es512(message, signature, key).is_some(),
    }
}

fn es512(message: &[u8], signature: &str, key: &DecodingKey) -> Option<()> {
    if key.family() != AlgorithmFamily::Ec {
        return None;
    }
    let point = key.try_get_as_bytes().ok()?;
    let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
    let signature = p521::ecdsa::Signature::from_slice(&signature).ok()?;
    let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(point).ok()?;
    key.verify(message, &signature).ok()
}

struct RingVerifier(Algorithm, DecodingKey);

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.0
    }
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let hmac = |hash| {
            let key = hmac::Key::new(hash, self.1.try_get_as_bytes().ok()?);
            hmac::verify(&key, message, signature).ok()
        };
        let curve = |algorithm: &'static dyn VerificationAlgorithm| {
            let key = UnparsedPublicKey::new(algorithm, self.1.try_get_as_bytes().ok()?);
            key.verify(message, signature).ok()
        };
        let rsa = |algorithm: &'static RsaParameters| {
            let DecodingKeyKind::RsaModulusExponent { n, e } = self.1.kind() else {
                return None;
            };
            let key = RsaPublicKeyComponents { n, e };
            key.verify(algorithm, message, signature).ok()
        };
        let verified = match self.0 {
            Algorithm::HS256 => hmac(hmac::HMAC_SHA256),
            Algorithm::HS384 => hmac(hmac::HMAC_SHA384),
            Algorithm::HS512 => hmac(hmac::HMAC_SHA512),
            Algorithm::ES256 => curve(&ECDSA_P256_SHA256_FIXED),
            Algorithm::ES384 => curve(&ECDSA_P384_SHA384_FIXED),
            Algorithm::EdDSA => curve(&ED25519),
            Algorithm::RS256 => rsa(&RSA_PKCS1_2048_8192_SHA256),
            Algorithm::RS384 => rsa(&RSA_PKCS1_2048_8192_SHA384),
            Algorithm::RS512 => rsa(&RSA_PKCS1_2048_8192_SHA512),
            Algorithm::PS256 => rsa(&RSA_PSS_2048_8192_SHA256),
            Algorithm::PS384 => rsa(&RSA_PSS_2048_8192_SHA384),
            Algorithm::PS512 => rsa(&RSA_PSS_2048_8192_SHA512),
            _ => None,
        };
        verified.ok_or_else(signature::Error::new)
    }
}

#[cfg(test)]
mod tests {
    use super::{SupportedAlgorithm, verify};
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    use jsonwebtoken::{
        Algorithm, DecodingKey, EncodingKey, crypto,
        jwk::{Jwk, ThumbprintHash},
    };
    use ring::hmac;

    const ALL: [Algorithm; 12] = [
        Algorithm::HS256,
        Algorithm::HS384,
        Algorithm::HS512,
        Algorithm::ES256,
        Algorithm::ES384,
        Algorithm::EdDSA,
        Algorithm::RS256,
        Algorithm::RS384,
        Algorithm::RS512,
        Algorithm::PS256,
        Algorithm::PS384,
        Algorithm::PS512,
    ];

    #[test]
    fn no_key_and_no_algorithm_panics() {
        for key in [
            DecodingKey::from_secret(b""),
            DecodingKey::from_ec_der(b""),
            DecodingKey::from_ec_der(&[4; 65]),
            DecodingKey::from_ed_der(&[0; 31]),
            DecodingKey::from_rsa_der(b"0"),
            DecodingKey::from_rsa_raw_components(b"", b""),
            DecodingKey::from_rsa_raw_components(&[0xff; 256], &[0xff; 256]),
            DecodingKey::from_rsa_raw_components(&[0; 2048], &[0]),
        ] {
            for algorithm in ALL
                .map(SupportedAlgorithm::Ring)
                .into_iter()
                .chain([SupportedAlgorithm::Es512])
            {
                for signature in ["", "AA", "!", "A"] {
                    assert!(!verify(b"a.b", signature, &key, algorithm), "{algorithm:?}");
                }
            }
        }
    }

    #[test]
    fn a_public_key_never_becomes_a_secret() {
        let point = [4; 65];
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &point), b"a.b");
        let tag = BASE64_URL_SAFE_NO_PAD.encode(tag);
        let check = |key| {
            verify(
                b"a.b",
                &tag,
                &key,
                SupportedAlgorithm::Ring(Algorithm::HS256),
            )
        };
        assert!(check(DecodingKey::from_secret(&point)));
        assert!(!check(DecodingKey::from_ec_der(&point)));
        assert!(!check(DecodingKey::from_ed_der(&point)));
        assert!(!check(DecodingKey::from_rsa_der(&point)));
    }

    #[test]
    fn what_is_not_needed_fails_and_does_not_panic() {
        let secret = DecodingKey::from_secret(b"secret");
        assert!(!verify(
            b"a.b",
            "AA",
            &secret,
            SupportedAlgorithm::Ring(Algorithm::HS256)
        ));
        let rsa = DecodingKey::from_rsa_der(b"0");
        assert!(Jwk::from_decoding_key(&rsa, None).is_err());
        let jwk = Jwk::from_decoding_key(&secret, None).unwrap();
        assert!(jwk.thumbprint(ThumbprintHash::SHA256).is_err());
        for (key, algorithm) in [
            (EncodingKey::from_rsa_der(b"0"), Algorithm::RS256),
            (EncodingKey::from_ec_der(b"0"), Algorithm::ES256),
            (EncodingKey::from_ed_der(&[0; 48]), Algorithm::EdDSA),
        ] {
            assert!(Jwk::from_encoding_key(&key, algorithm).is_err());
            assert!(crypto::sign(b"a.b", &key, algorithm).is_err());
        }
    }
}
