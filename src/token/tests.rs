//! Parsing whole tokens, and the errors for broken ones.

use super::{Kind, Token, part::BASE64URL};
use crate::secret::Secret;
use base64::Engine as _;

fn token(payload: &str) -> Token {
    let text = format!(
        "{}.{}.c2ln",
        BASE64URL.encode(r#"{"alg":"none"}"#),
        BASE64URL.encode(payload)
    );
    Token::parse(Secret::new(text)).unwrap()
}

#[test]
fn every_published_shape_is_told_apart() {
    let app = r#"{"iss":"vtexio/router","aud":"vtexio","type":"link","userLogin":"u"}"#;
    let old = r#"{"account":"__vtex_admin","scope":"mystore:admin","sub":"a@b"}"#;
    for (payload, kind, account) in [
        (
            r#"{"audience":"admin","type":"user","account":"s"}"#,
            Kind::Admin,
            Some("s"),
        ),
        (
            r#"{"audience":"admin","account":"s"}"#,
            Kind::Admin,
            Some("s"),
        ),
        (
            r#"{"audience":"admin","sub":"vtexappkey-s-X"}"#,
            Kind::AppKey,
            None,
        ),
        (
            r#"{"audience":"admin","type":"appkey"}"#,
            Kind::AppKey,
            None,
        ),
        (
            r#"{"audience":"webstore","account":"s"}"#,
            Kind::Shopper,
            Some("s"),
        ),
        (
            r#"{"audience":"webstore","isRepresentative":true}"#,
            Kind::B2bBuyer,
            None,
        ),
        (app, Kind::IoApp, None),
        (old, Kind::OldAdmin, Some("mystore")),
        (
            r#"{"sub":"session","account":"session"}"#,
            Kind::SessionCookie,
            None,
        ),
        ("{}", Kind::Unknown, None),
    ] {
        let token = token(payload);
        assert_eq!(token.claims().kind(), kind, "{payload}");
        assert_eq!(token.claims().account(), account, "{payload}");
    }
}

#[test]
fn a_shoppers_header_bears_the_account_and_nothing_that_breaks_a_header() {
    let header_name = |account: &str| {
        let claims = serde_json::json!({"audience": "webstore", "account": account});
        token(&claims.to_string()).header_name()
    };
    assert_eq!(
        header_name("My-store").unwrap(),
        "VtexIdclientAutCookie_My-store"
    );
    assert_eq!(header_name("a\r\nX: y"), None);
}

#[test]
fn each_kind_travels_under_its_own_name() {
    for (payload, header_name) in [
        (
            r#"{"audience":"admin","account":"s"}"#,
            Some("VtexIdclientAutCookie"),
        ),
        (
            r#"{"type":"appkey","account":"s"}"#,
            Some("VtexIdclientAutCookie"),
        ),
        (r#"{"iss":"vtexio/router"}"#, Some("VtexIdclientAutCookie")),
        ("{}", Some("VtexIdclientAutCookie")),
        (
            r#"{"audience":"webstore","unitId":"u","account":"s_1"}"#,
            Some("VtexIdclientAutCookie_s_1"),
        ),
        (r#"{"audience":"webstore"}"#, None),
        (r#"{"sub":"session","account":"session"}"#, None),
    ] {
        assert_eq!(
            token(payload).header_name().as_deref(),
            header_name,
            "{payload}"
        );
    }
}

#[test]
fn a_token_has_three_parts() {
    let part = |text: &str| BASE64URL.encode(text);
    let told = |text: String| Token::parse(Secret::new(text)).unwrap_err();
    assert!(told(String::new()).to_string().contains("empty"));
    for parts in [1, 2, 4, 6, 9] {
        let error = told(vec![part("{}"); parts].join("."));
        assert!(
            error.to_string().contains(&format!("has {parts}")),
            "{error}"
        );
        assert!(!error.encrypted && error.header.is_none());
    }
    let five = |header: &str| told(format!("{}.a.b.c.d", part(header)));
    let encrypted = five(r#"{"enc":"A256GCM"}"#);
    assert!(encrypted.encrypted);
    assert_eq!(encrypted.header.unwrap()["enc"], "A256GCM");
    let two = five("{}");
    assert!(!two.encrypted);
    assert!(two.to_string().contains("has 5"), "{two}");
    // A readable header is shown, even if a later part is broken.
    for (text, broken) in [("e30.W10.c2ln", "payload"), ("e30.e30.c2=", "signature")] {
        let error = told(text.to_owned());
        assert!(error.to_string().contains(broken), "{error}");
        assert!(error.header.is_some(), "{error}");
    }
    assert!(told("W10.e30.c2ln".to_owned()).header.is_none());
}

#[test]
fn a_signature_has_bytes_where_its_length_is_one_of_base64url() {
    for (chars, bytes) in [
        (0, Some(0)),
        (1, None),
        (2, Some(1)),
        (3, Some(2)),
        (4, Some(3)),
        (5, None),
        (86, Some(64)),
    ] {
        let text = format!("e30.e30.{}", "A".repeat(chars));
        let token = Token::parse(Secret::new(text.clone())).unwrap();
        assert_eq!(token.signature_len(), bytes, "{chars}");
        assert_eq!(token.secret().expose(), text);
        assert_eq!(Token::of_part(&text).unwrap().secret().expose(), text);
    }
}

#[test]
fn an_app_token_has_128_capital_letters() {
    let is = |text: String| super::is_app_token(&Secret::new(text));
    assert!(is("A".repeat(127) + "Z"));
    for other in [
        "A".repeat(127),
        "A".repeat(129),
        "A".repeat(127) + "a",
        "A".repeat(127) + "1",
    ] {
        assert!(!is(other));
    }
}

#[test]
fn a_token_with_disclosures_is_told_with_its_header_and_what_to_do() {
    let text = format!("{}~WyJh~", token(r#"{"sub":"a"}"#).secret().expose());
    let error = super::only_token(&text).unwrap_err();
    assert!(error.to_string().contains("SD-JWT"), "{error}");
    assert_eq!(error.header.unwrap()["alg"], "none");
    assert!(error.hint.unwrap().contains("remove the first `~`"));
}
