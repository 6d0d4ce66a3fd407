//! Findings about the times that a token names.

use serde_json::json;

use super::{DAY, HOUR, NONE, NOW, codes, es256, expecting, found, judged, message};

#[test]
fn a_token_is_valid_until_the_second_before_its_expiry_time() {
    assert_eq!(found(&json!({"exp": NOW + 1})), NONE);
    assert_eq!(found(&json!({"exp": NOW})), ["problem expired"]);
    let told = message(&json!({"exp": NOW - 61}));
    assert!(told.contains("1m 1s ago"), "{told}");
    assert!(told.contains("2023-11-14 22:12:19 UTC"), "{told}");
    // A fraction of a second is cut, whichever way that is.
    assert_eq!(found(&json!({"exp": 1_700_000_000.9})), ["problem expired"]);
    assert_eq!(found(&json!({"exp": 1_700_000_001.1})), NONE);
}

#[test]
fn an_expiry_time_may_be_missing_unless_time_is_asked_for() {
    let eternal = es256("{}");
    assert_eq!(codes(&judged(&eternal)), ["warning no-expiry"]);
    let asked = expecting(&eternal, Some(1), None);
    assert_eq!(codes(&asked), ["problem no-expiry"]);
}

#[test]
fn the_time_asked_for_is_the_least_that_is_enough() {
    let found = |exp: i64| {
        let token = es256(&json!({ "exp": exp }).to_string());
        expecting(&token, Some(600), None)
    };
    assert_eq!(codes(&found(NOW + 601)), NONE);
    assert_eq!(codes(&found(NOW + 600)), NONE);
    let short = found(NOW + 599);
    assert_eq!(codes(&short), ["problem too-little-time"]);
    assert!(short[0].message.contains("9m 59s"), "{short:?}");
    assert!(short[0].message.contains("10m"), "{short:?}");
    // An expired token is not reported as too short as well.
    assert_eq!(codes(&found(NOW)), ["problem expired"]);
}

#[test]
fn a_token_is_valid_from_the_second_it_names() {
    let from = |nbf: i64| json!({"nbf": nbf, "exp": NOW + DAY});
    assert_eq!(found(&from(NOW)), NONE);
    assert_eq!(found(&from(NOW + 1)), ["problem not-yet-valid"]);
    let told = message(&from(NOW + 61));
    assert!(told.contains("in 1m 1s"), "{told}");
    assert!(told.contains("2023-11-14 22:14:21 UTC"), "{told}");
}

#[test]
fn clocks_may_be_a_minute_apart() {
    let issued = |iat: i64| json!({"iat": iat, "exp": NOW + DAY});
    assert_eq!(found(&issued(NOW + 60)), NONE);
    assert_eq!(found(&issued(NOW + 61)), ["warning issued-in-the-future"]);
    let told = message(&issued(NOW + 61));
    assert!(told.contains("1m 1s"), "{told}");
}

#[test]
fn a_token_expires_after_it_was_issued() {
    let issued = |iat: i64| json!({"iat": iat, "exp": NOW + 30});
    assert_eq!(found(&issued(NOW + 29)), NONE);
    assert_eq!(found(&issued(NOW + 30)), ["problem no-life"]);
    assert_eq!(found(&issued(NOW + 31)), ["problem no-life"]);
    // Of one that does not say when it was issued that is unknown.
    assert_eq!(found(&json!({"exp": NOW - 30})), ["problem expired"]);
}

#[test]
fn a_lifetime_is_compared_with_that_of_its_kind() {
    for (claim, life, words) in [
        (json!({"audience": "admin"}), 24 * HOUR, "1d"),
        (json!({"audience": "webstore"}), 24 * HOUR, "1d"),
        (json!({"type": "appkey"}), 6 * HOUR, "6h"),
    ] {
        let lasting = |iat: Option<i64>, life: i64| {
            let mut claims = claim.clone();
            if let Some(iat) = iat {
                claims["iat"] = json!(iat);
            }
            claims["exp"] = json!(iat.unwrap_or(NOW) + life);
            claims
        };
        // Without a time of issue the life begins now at the latest.
        for iat in [Some(NOW - HOUR), None] {
            assert_eq!(found(&lasting(iat, life + 60)), NONE, "{claim}");
            let long = lasting(iat, life + 61);
            assert_eq!(found(&long), ["warning long-life"], "{long}");
        }
        let told = message(&lasting(None, 30 * DAY));
        assert!(told.contains("30d"), "{told}");
        assert!(told.contains(words), "{told}");
    }
    // Of other kinds nobody says how long they last.
    let unit = json!({"audience": "webstore", "unitId": "u", "exp": NOW + 400 * DAY});
    assert_eq!(found(&unit), NONE);
    assert_eq!(found(&json!({"sub": "a", "exp": NOW + 400 * DAY})), NONE);
}

#[test]
fn milliseconds_are_told_from_seconds_and_from_nonsense() {
    let ms = "problem milliseconds";
    let not = "problem not-a-time";
    for (exp, expected) in [
        (999_999_999_999_i64, vec![]),
        (1_000_000_000_000, vec![ms]),
        (999_999_999_999_999, vec![ms]),
        (1_000_000_000_000_000, vec![not]),
        (i64::MAX, vec![not]),
        (-999_999_999_999, vec!["problem expired"]),
        (-1_000_000_000_000, vec![ms, "problem expired"]),
        (-1_000_000_000_000_000, vec![not, "problem expired"]),
    ] {
        // A kind that has a usual lifetime: the unit is all that is wrong.
        for kind in ["", "admin"] {
            let claims = json!({"audience": kind, "exp": exp});
            let found: Vec<_> = found(&claims)
                .into_iter()
                .filter(|code| !["warning long-life", "warning rounded-number"].contains(&&**code))
                .collect();
            assert_eq!(found, expected, "{claims}");
        }
    }
    for exp in [1_000_000_000_000_i64, 1_700_000_000_000] {
        let claims = json!({"audience": "admin", "exp": exp});
        assert_eq!(found(&claims), [ms], "{claims}");
    }
    let told = message(&json!({"exp": 1_700_000_600_000_i64}));
    assert!(told.contains("`exp`"), "{told}");
    assert!(told.contains("2023-11-14 22:23:20 UTC"), "{told}");
    for claim in ["iat", "nbf"] {
        let claims = json!({claim: (NOW - HOUR) * 1000, "exp": NOW + HOUR});
        assert_eq!(found(&claims)[0], ms, "{claim}");
    }
}

#[test]
fn what_is_not_a_time_is_named() {
    for (value, words) in [
        ("null", "null"),
        ("true", "a boolean"),
        (r#""1700000001""#, "text"),
        ("[1700000001]", "a list"),
        (r#"{"a":1}"#, "an object"),
        ("1e300", "1e300"),
        ("-1e15", "-1e15"),
    ] {
        for claim in ["nbf", "iat"] {
            let payload = format!(r#"{{"{claim}":{value},"exp":{}}}"#, NOW + HOUR);
            let findings = judged(&es256(&payload));
            assert_eq!(codes(&findings)[0], "problem not-a-time", "{payload}");
            let told = &findings[0].message;
            assert!(told.contains(&format!("`{claim}` is {words},")), "{told}");
        }
        let findings = judged(&es256(&format!(r#"{{"exp":{value}}}"#)));
        assert_eq!(codes(&findings)[0], "problem not-a-time", "{value}");
        // There is an expiry time, if a broken one.
        assert!(!codes(&findings).concat().contains("no-expiry"), "{value}");
    }
}
