//! Whatever is pasted, parsing answers, and what it lets through is a
//! well-formed one-time token.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vtexid_fuzz::login::{callback::OTT_LIMIT, paste};

fuzz_target!(|text: &str| {
    match paste::parse(text) {
        Some(Ok(ott)) => {
            let ott = ott.expose();
            assert!(!ott.is_empty() && ott.len() <= OTT_LIMIT);
            assert!(ott.bytes().all(|b| b.is_ascii_graphic()));
        }
        Some(Err(words)) => assert!(!words.is_empty()),
        None => {}
    }
});
