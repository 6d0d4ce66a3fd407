//! Each finding: its level, and the values between which it is reported.
//!
//! Not for how `vtexid inspect` prints findings: `tests/cli/judge.rs` is.

mod signatures;
mod times;

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Expectations, ExpectedAccount, Finding, Level, judge};
use crate::{secret::Secret, token::Token};

/// The time in these tests: 2023-11-14 22:13:20 UTC.
const NOW: i64 = 1_700_000_000;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

const NONE: [&str; 0] = [];

/// The page that documents the codes of findings.
const PAGE: &str = include_str!("../../docs/inspect.md");

/// A token whose signature has this many base64url characters.
fn token(header: &str, payload: &str, signature_chars: usize) -> Token {
    let encode = |text| BASE64_URL_SAFE_NO_PAD.encode(text);
    let signature = "A".repeat(signature_chars);
    let text = format!("{}.{}.{signature}", encode(header), encode(payload));
    Token::parse(Secret::new(text)).unwrap()
}

/// A token whose signature has the length of its algorithm, ES256.
fn es256(payload: &str) -> Token {
    token(r#"{"alg":"ES256"}"#, payload, 86)
}

/// The findings of a token without expectations.
fn judged(token: &Token) -> Vec<Finding> {
    expecting(token, None, None)
}

fn expecting(
    token: &Token,
    min_validity: Option<u64>,
    account: Option<ExpectedAccount>,
) -> Vec<Finding> {
    let expected = Expectations {
        now: NOW,
        min_validity: min_validity.map(Duration::from_secs),
        account,
    };
    let findings = judge(token, &expected);
    for Finding { code, message, .. } in &findings {
        assert!(PAGE.contains(&format!("`{code}`")), "document {code}");
        assert!(!message.is_empty(), "{code}");
    }
    findings
}

/// Levels and codes, such as `problem expired`.
fn codes(findings: &[Finding]) -> Vec<String> {
    let level = |finding: &Finding| match finding.level {
        Level::Problem => "problem",
        Level::Warning => "warning",
    };
    findings
        .iter()
        .map(|finding| format!("{} {}", level(finding), finding.code))
        .collect()
}

/// The findings of an ES256 token with these claims.
fn found(claims: &Value) -> Vec<String> {
    codes(&judged(&es256(&claims.to_string())))
}

/// The one message about an ES256 token with these claims.
fn message(claims: &Value) -> String {
    let findings = judged(&es256(&claims.to_string()));
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings[0].message.clone()
}

#[test]
fn a_normal_token_of_each_kind_has_no_findings() {
    for (algorithm, chars, claims) in [
        ("ES256", 86, json!({"audience": "admin"})),
        ("ES256", 86, json!({"audience": "webstore"})),
        (
            "ES256",
            86,
            json!({"audience": "webstore", "isRepresentative": true}),
        ),
        ("ES256", 86, json!({"type": "appkey"})),
        ("RS256", 342, json!({"iss": "vtexio/router"})),
        ("HS256", 43, json!({"scope": "mystore:admin"})),
        ("PS512", 342, json!({"sub": "somebody"})),
    ] {
        let mut claims = claims;
        claims["iat"] = json!(NOW);
        claims["nbf"] = json!(NOW);
        claims["exp"] = json!(NOW + 6 * HOUR);
        let header = json!({"alg": algorithm}).to_string();
        let token = token(&header, &claims.to_string(), chars);
        assert_eq!(codes(&judged(&token)), NONE, "{claims}");
    }
}

#[test]
fn names_that_repeat_are_problems_and_rounded_numbers_warnings() {
    let payload = format!(
        r#"{{"exp":{},"a":{{"b":1,"b":2}},"sub":"a","\u0073ub":"b","n":9007199254740993}}"#,
        NOW + HOUR
    );
    let header = r#"{"alg":"ES256","kid":"1","kid":"2"}"#;
    let findings = judged(&token(header, &payload, 86));
    assert_eq!(
        codes(&findings),
        [
            "problem duplicate-name",
            "problem duplicate-name",
            "problem duplicate-name",
            "warning rounded-number"
        ]
    );
    let told: Vec<_> = findings.iter().map(|finding| &finding.message).collect();
    for (told, fact) in told
        .iter()
        .zip(["`kid`", "`b`", "`sub`", "9007199254740993"])
    {
        assert!(told.contains(fact), "{told}");
    }
}

#[test]
fn session_data_is_not_a_credential() {
    let session = json!({"sub": "session", "account": "session", "exp": NOW + HOUR});
    assert_eq!(found(&session), ["problem no-credential"]);
}

#[test]
fn the_account_is_compared_with_the_one_that_is_expected() {
    let named = || ExpectedAccount::Named("mystore".parse().unwrap());
    let current = || ExpectedAccount::Current("mystore".parse().unwrap());
    let found = |mut claims: Value, account: ExpectedAccount| {
        claims["exp"] = json!(NOW + HOUR);
        expecting(&es256(&claims.to_string()), None, Some(account))
    };
    let problem = "problem other-account";
    let warning = "warning other-account";
    for (claims, if_named, if_current) in [
        (json!({"audience": "admin", "account": "mystore"}), "", ""),
        (json!({"audience": "admin", "account": "MyStore"}), "", ""),
        (json!({"scope": "mystore:admin"}), "", ""),
        // A user may have access to other accounts, which only VTEX knows.
        (
            json!({"audience": "admin", "account": "other"}),
            warning,
            warning,
        ),
        (json!({"scope": "other:admin"}), problem, warning),
        (
            json!({"audience": "webstore", "account": "other"}),
            problem,
            warning,
        ),
        (
            json!({"type": "appkey", "account": "other"}),
            problem,
            warning,
        ),
        (json!({"account": "other"}), problem, warning),
        (json!({"audience": "admin"}), problem, ""),
        (json!({"account": 5}), problem, ""),
    ] {
        for (account, expected) in [(named(), if_named), (current(), if_current)] {
            let findings = found(claims.clone(), account);
            assert_eq!(codes(&findings).concat(), expected, "{claims}");
            for Finding { message, .. } in findings {
                assert!(message.contains("mystore"), "{message}");
                let other = claims.to_string().contains("other");
                assert_eq!(message.contains("other"), other, "{message}");
            }
        }
    }
}

#[test]
fn the_worst_comes_first_and_the_rest_keeps_its_order() {
    let claims = json!({
        "audience": "admin", "sub": "session", "iat": NOW + HOUR, "exp": NOW + 90 * DAY,
        "nbf": NOW + 60, "n": 9_007_199_254_740_993_i64,
    });
    let findings = judged(&token(
        r#"{"alg":"HS256","crit":["x"]}"#,
        &claims.to_string(),
        43,
    ));
    assert_eq!(
        codes(&findings),
        [
            "problem not-yet-valid",
            "warning issued-in-the-future",
            "warning long-life",
            "warning unusual-algorithm",
            "warning critical-extensions",
            "warning rounded-number",
        ]
    );
}
