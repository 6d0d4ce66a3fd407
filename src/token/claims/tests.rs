//! Reading a token's claims, and detecting its kind.

use serde_json::{Map, Value, json};

use super::{Claims, Kind, Validity};
use crate::account::Account;

fn claims(fields: Value) -> Claims {
    let Value::Object(fields) = fields else {
        panic!("not an object");
    };
    Claims::new(fields, None)
}

fn kind(fields: Value) -> Kind {
    claims(fields).kind()
}

const KINDS: [Kind; 8] = [
    Kind::Admin,
    Kind::Shopper,
    Kind::B2bBuyer,
    Kind::AppKey,
    Kind::IoApp,
    Kind::OldAdmin,
    Kind::SessionCookie,
    Kind::Unknown,
];

#[test]
fn of_claims_that_contradict_each_other_the_more_specific_decides() {
    let all = json!({
        "iss": "vtexio/router", "type": "appkey", "sub": "vtexappkey-s-X", "audience": "admin",
        "scope": "s:admin",
    });
    let without = |names: &[&str]| {
        let mut fields = all.clone();
        for name in names {
            fields.as_object_mut().unwrap().remove(*name);
        }
        kind(fields)
    };
    assert_eq!(without(&[]), Kind::IoApp);
    assert_eq!(without(&["iss"]), Kind::AppKey);
    assert_eq!(without(&["iss", "type"]), Kind::AppKey);
    assert_eq!(without(&["iss", "sub"]), Kind::AppKey);
    assert_eq!(without(&["iss", "type", "sub"]), Kind::Admin);
    let last = ["iss", "type", "sub", "audience"];
    assert_eq!(without(&last), Kind::OldAdmin);
}

#[test]
fn a_kind_is_only_claimed_by_its_own_values() {
    for (fields, expected) in [
        (
            json!({"audience": "webstore", "isRepresentative": true}),
            Kind::B2bBuyer,
        ),
        (
            json!({"audience": "webstore", "unitId": "u"}),
            Kind::B2bBuyer,
        ),
        (
            json!({"audience": "webstore", "isRepresentative": false}),
            Kind::Shopper,
        ),
        (
            json!({"audience": "webstore", "isRepresentative": "true"}),
            Kind::Shopper,
        ),
        (
            json!({"isRepresentative": true, "unitId": "u"}),
            Kind::Unknown,
        ),
        (
            json!({"scope": "s:admin", "account": "__vtex_admin"}),
            Kind::OldAdmin,
        ),
        (json!({"scope": "s:admin", "account": "s"}), Kind::Unknown),
        (json!({"scope": "s:admins"}), Kind::Unknown),
        (json!({"account": "__vtex_admin"}), Kind::Unknown),
        (json!({"sub": "session"}), Kind::Unknown),
        (json!({"account": "session"}), Kind::Unknown),
        (
            json!({"sub": "session", "account": "session"}),
            Kind::SessionCookie,
        ),
        (json!({"audience": ["admin"]}), Kind::Unknown),
        (json!({"iss": "vtexio"}), Kind::Unknown),
    ] {
        assert_eq!(kind(fields.clone()), expected, "{fields}");
    }
}

#[test]
fn the_login_and_account_are_where_each_kind_has_them() {
    for (fields, login, account) in [
        (
            json!({"sub": "a@b.c", "account": "s"}),
            Some("a@b.c"),
            Some("s"),
        ),
        (json!({"sub": "a", "userLogin": "u"}), Some("a"), None),
        (
            json!({"iss": "vtexio/router", "sub": "app", "userLogin": "u", "account": "s"}),
            Some("u"),
            Some("s"),
        ),
        (
            json!({"iss": "vtexio/router", "sub": "app"}),
            Some("app"),
            None,
        ),
        (
            json!({"scope": "s:admin", "account": "__vtex_admin"}),
            None,
            Some("s"),
        ),
        (
            json!({"sub": "session", "account": "session"}),
            Some("session"),
            None,
        ),
        (json!({"sub": 5, "account": null}), None, None),
    ] {
        let claims = claims(fields.clone());
        assert_eq!(claims.login(), login, "{fields}");
        assert_eq!(claims.account(), account, "{fields}");
    }
}

#[test]
fn an_account_is_another_whatever_its_case() {
    let mystore: Account = "mystore".parse().unwrap();
    let other = |account: Value| {
        let claims = claims(json!({ "account": account }));
        claims.other_account(&mystore).map(str::to_owned)
    };
    assert_eq!(other(json!("mystore")), None);
    assert_eq!(other(json!("MyStore")), None);
    assert_eq!(other(json!(null)), None);
    assert_eq!(other(json!("Other")).as_deref(), Some("Other"));
}

#[test]
fn a_claim_is_found_among_few_and_among_many() {
    for count in [1, 15, 16, 17, 40] {
        let fields: Map<_, _> = (0..count).map(|n| (format!("c{n}"), json!(n))).collect();
        let claims = claims(Value::Object(fields));
        for n in 0..count {
            assert_eq!(
                claims.get(&format!("c{n}")),
                Some(&json!(n)),
                "{n} of {count}"
            );
        }
        assert_eq!(claims.get("c"), None, "{count}");
        assert_eq!(claims.all().len(), count);
    }
}

#[test]
fn a_time_is_cut_to_whole_seconds() {
    let seconds = |value: Value| claims(json!({ "exp": value })).seconds("exp");
    for (value, expected) in [
        (json!(5), Some(5)),
        (json!(-5), Some(-5)),
        (json!(5.9), Some(5)),
        (json!(-5.9), Some(-5)),
        (json!(1e300), Some(i64::MAX)),
        (json!(u64::MAX), Some(i64::MAX)),
        (json!(-1e300), Some(i64::MIN)),
        (json!("5"), None),
        (json!(null), None),
    ] {
        assert_eq!(seconds(value.clone()), expected, "{value}");
    }
    assert_eq!(claims(json!({})).seconds("exp"), None);
}

#[test]
fn a_token_has_expired_in_the_second_it_names() {
    let until = claims(json!({"exp": 100}));
    assert_eq!(until.validity(99), Validity::Until(100));
    assert_eq!(until.validity(100), Validity::ExpiredAt(100));
    assert_eq!(until.validity(101), Validity::ExpiredAt(100));
    assert_eq!(claims(json!({})).validity(0), Validity::Unstated);
    assert_eq!(
        claims(json!({"exp": "100"})).validity(0),
        Validity::Unstated
    );
}

#[test]
fn each_kind_has_words_of_its_own() {
    for (n, kind) in KINDS.into_iter().enumerate() {
        assert!(!kind.words().is_empty(), "{kind:?}");
        for other in &KINDS[n + 1..] {
            assert_ne!(kind.words(), other.words());
        }
    }
}

/// As `docs/vtex-id.md` has it: kinds, their lifetimes, and who signs them.
#[test]
fn each_kind_is_as_vtex_documents_it() {
    const HOUR: i64 = 3600;
    for (kind, hours, algorithm, is_shopper, io_name) in [
        (Kind::Admin, Some(24), Some("ES256"), false, "ADMIN_TOKEN"),
        (Kind::Shopper, Some(24), Some("ES256"), true, "STORE_TOKEN"),
        (Kind::B2bBuyer, None, Some("ES256"), true, "STORE_TOKEN"),
        (Kind::AppKey, Some(6), Some("ES256"), false, "ADMIN_TOKEN"),
        (Kind::IoApp, Some(24), Some("RS256"), false, "AUTH_TOKEN"),
        (Kind::OldAdmin, None, None, false, "ADMIN_TOKEN"),
        (Kind::SessionCookie, Some(192), None, false, ""),
        (Kind::Unknown, None, None, false, ""),
    ] {
        assert_eq!(kind.life(), hours.map(|h| h * HOUR), "{kind:?}");
        assert_eq!(kind.algorithm(), algorithm, "{kind:?}");
        assert_eq!(kind.is_shopper(), is_shopper, "{kind:?}");
        let name = kind.io_name().unwrap_or_default();
        assert!(name.contains(io_name), "{name}");
        assert_eq!(name.is_empty(), io_name.is_empty(), "{name}");
        let roles = matches!(kind, Kind::Admin | Kind::OldAdmin | Kind::AppKey);
        let scope = kind.scope();
        assert_eq!(scope.contains("License Manager roles"), roles, "{scope}");
        assert!(!scope.is_empty(), "{kind:?}");
    }
}
