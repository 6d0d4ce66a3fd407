//! Whatever is pasted, parsing answers, and what it lets through is a
//! well-formed one-time token.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vtexid_fuzz::login::{ott::MAX_OTT_BYTES, paste};

fuzz_target!(|text: &str| {
    match paste::parse(text) {
        Some(Ok(ott)) => {
            let ott = ott.expose();
            assert!(!ott.is_empty() && ott.len() <= MAX_OTT_BYTES);
            assert!(ott.bytes().all(|b| b.is_ascii_graphic()));
        }
        Some(Err(words)) => assert!(!words.is_empty()),
        None => {}
    }
});
