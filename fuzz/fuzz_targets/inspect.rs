//! Whatever is pasted as a token is read and judged, or refused with words;
//! neither drives a terminal, and what is in it twice is noticed. A token
//! among other text is found whole.
#![no_main]

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use libfuzzer_sys::{arbitrary, arbitrary::Arbitrary, fuzz_target};
use vtexid_fuzz::{
    judge::{Expectations, judge},
    token::{Token, pasted},
    visible::{json_visible, visible},
};

#[derive(Arbitrary, Debug)]
enum Input<'a> {
    /// As it comes.
    Text(&'a str),
    /// Of these parts, so that more than the base64 is tried.
    Parts(&'a [u8], &'a [u8], &'a [u8]),
    /// In a cookie, among other text.
    Cookie(&'a str, &'a [u8], &'a [u8], &'a str),
    /// A good one among other text.
    Among(&'a str, &'a str),
    /// A good one in pieces, with the same between them.
    Wrapped(u8, &'a str),
}

/// `{"alg":"HS256"}`, `{"sub":"a"}`, and a signature of HS256's length.
const GOOD: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fuzz_target!(|input: Input<'_>| {
    let encode = |bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let text = match input {
        Input::Text(text) => text.to_owned(),
        Input::Parts(header, payload, signature) => {
            format!("{}.{}.{}", encode(header), encode(payload), encode(signature))
        }
        Input::Among(before, after) => {
            // What is removed, decoded, or makes it part of something else.
            let plain = |c: &char| !c.is_control() && !".~\\".contains(*c);
            let (before, after) = (before.chars().filter(plain), after.chars().filter(plain));
            let text: String = before.chain(" ".chars()).chain(GOOD.chars()).collect();
            let text: String = text.chars().chain(" ".chars()).chain(after).collect();
            let found = pasted(&text).token.unwrap();
            assert_eq!(found.secret().expose(), GOOD, "{text:?}");
            text
        }
        Input::Wrapped(width, between) => {
            let width = usize::from(width).max(8);
            let pieces: Vec<&str> = (0..GOOD.len())
                .step_by(width)
                .map(|at| &GOOD[at..GOOD.len().min(at + width)])
                .collect();
            pieces.join(between)
        }
        Input::Cookie(before, header, payload, after) => format!(
            "{before}VtexIdclientAutCookie={}.{}.;{after}",
            encode(header),
            encode(payload)
        ),
    };
    let shown = match pasted(&text).token {
        Ok(token) => {
            // Printed into headers and shells: nothing but base64url may pass.
            let whole = token.secret().expose();
            let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            assert!(whole.bytes().all(fine) && whole.matches('.').count() == 2);
            assert!(Token::parse(token.secret().clone()).is_ok());
            let claims = token.claims();
            let _ = (claims.kind(), claims.login(), claims.account(), token.header_name());
            let expected = Expectations {
                now: 1_800_000_000,
                ..Expectations::default()
            };
            let findings = judge(&token, &expected);
            assert_eq!(
                token.oddities().repeated.is_empty(),
                findings.iter().all(|found| found.code != "duplicate-name")
            );
            let json = serde_json::to_string(claims.all()).unwrap();
            let json = json_visible(&json);
            // What is printed is still the same JSON.
            assert_eq!(
                &serde_json::from_str::<serde_json::Map<_, _>>(&json).unwrap(),
                claims.all()
            );
            // As it is written, it is JSON on one line.
            let written = serde_json::to_string(&claims.exact()).unwrap();
            assert!(serde_json::from_str::<serde::de::IgnoredAny>(&written).is_ok());
            assert!(!written.contains('\n'));
            let words: Vec<&str> = findings.iter().map(|found| &*found.message).collect();
            json.into_owned() + &visible(&words.concat(), false)
        }
        Err(error) => visible(&error.to_string(), false),
    };
    assert!(!shown.chars().any(|c| c.is_control()), "{shown:?}");
});
