//! Whatever file is given as a key or a secret, it is read or refused, none is
//! read as both, and neither finds a token good that was signed with none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vtexid_fuzz::{secret::Secret, signature::Keys, token::Token};

const CLAIMS: &str = "eyJzdWIiOiJhIn0";

fuzz_target!(|file: &[u8]| {
    let keys = match (Keys::read(file), Keys::secret(file)) {
        (Ok(_), Ok(_)) => panic!("a key is taken for a secret"),
        (Ok(keys), _) | (_, Ok(keys)) => keys,
        _ => return,
    };
    // {"alg":"HS256"}, ES256, RS256, EdDSA, none
    for (header, signature) in [
        ("eyJhbGciOiJIUzI1NiJ9", 43),
        ("eyJhbGciOiJFUzI1NiJ9", 86),
        ("eyJhbGciOiJSUzI1NiJ9", 342),
        ("eyJhbGciOiJFZERTQSJ9", 86),
        ("eyJhbGciOiJub25lIn0", 0),
    ] {
        let text = format!("{header}.{CLAIMS}.{}", "A".repeat(signature));
        let token = Token::parse(Secret::new(text)).unwrap();
        assert!(keys.check(&token).is_err());
    }
});
