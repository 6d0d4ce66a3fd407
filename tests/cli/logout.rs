//! `vtexid logout`

use std::fs;

use predicates::{prelude::PredicateBooleanExt as _, str::contains};
use serde_json::json;

use crate::{
    env::{EMAIL, TestEnv, answer, names, stderr, stdout, token_of},
    sandbox::Options,
};

const REVOKE: &str = "/api/vtexid/pub/logout";

#[test]
fn it_revokes_deletes_and_lists_what_it_removed() {
    let env = TestEnv::new();
    env.login("mystore");
    let token = env.token("mystore");
    env.vtexid(["logout"])
        .run()
        .success()
        .stdout("mystore (dev@example.com, file): token revoked at VTEX ID, and deleted from this machine\n");
    assert!(env.sandbox.revoked(&token));
    env.assert_nothing_kept();
    env.vtexid(["local", "token"]).run().code(4);
}

#[test]
fn other_accounts_stay_logged_in() {
    let env = TestEnv::new();
    for account in ["one", "two", "three", "four"] {
        env.login(account);
    }
    let kept = env.token("four");
    env.vtexid(["logout", "one"])
        .run()
        .success()
        .stdout(contains("one"));
    env.vtexid(["logout", "-a", "two"])
        .run()
        .success()
        .stdout(contains("two"));
    env.vtexid(["logout"])
        .env("VTEX_ACCOUNT", "three")
        .run()
        .success()
        .stdout(contains("three"));
    assert_eq!(env.token("four"), kept);
    assert!(!env.sandbox.revoked(&kept));
    for account in ["one", "two", "three"] {
        env.vtexid(["local", "token", "-a", account]).run().code(4);
    }
    assert_eq!(env.requests_to(REVOKE).len(), 3);
}

#[test]
fn logging_out_of_the_current_account_leaves_no_current_account() {
    let env = TestEnv::new();
    env.login("one");
    env.login("two");
    env.vtexid(["logout"])
        .run()
        .success()
        .stdout(contains("two"));
    // Not silently another one.
    env.vtexid(["local", "token"])
        .run()
        .code(4)
        .stdout("")
        .stderr(contains("--account"));
    assert_eq!(env.token("one").split('.').count(), 3);
}

#[test]
fn all_logs_out_of_every_account() {
    let env = TestEnv::new();
    let tokens = ["one", "two"].map(|account| {
        env.login(account);
        env.token(account)
    });
    env.vtexid(["logout", "--all"])
        .run()
        .success()
        .stdout(contains("one (").and(contains("two (")));
    assert!(tokens.iter().all(|token| env.sandbox.revoked(token)));
    env.assert_nothing_kept();
    env.vtexid(["logout", "--all"]).run().success();
}

#[test]
fn offline_it_deletes_and_warns_that_it_could_not_revoke() {
    for how in ["drop", "500"] {
        let env = TestEnv::new();
        env.login("mystore");
        let token = env.token("mystore");
        env.fail(&format!("{REVOKE}={how}"));
        env.vtexid(["logout"])
            .run()
            .success()
            .stdout("mystore (dev@example.com, file): deleted from this machine; the token was not revoked\n")
            .stderr(contains("warning: could not revoke the token of mystore"))
            .stderr(contains("valid until it expires"));
        assert!(!env.sandbox.revoked(&token));
        env.assert_nothing_kept();
    }
}

#[test]
fn a_failing_account_does_not_stop_the_others() {
    let env = TestEnv::new();
    env.login("one");
    env.login("two");
    // A folder in the file's place cannot be deleted as a file, not even by root.
    let file = env.entry("one", "login");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    env.vtexid(["logout", "--all"])
        .run()
        .code(5)
        .stdout("")
        .stderr(contains("could not log out of one"))
        .stderr(contains(
            "two (dev@example.com, file): token revoked at VTEX ID, and deleted from this machine",
        ));
    env.vtexid(["local", "token", "-a", "two"]).run().code(4);
    env.vtexid(["status"])
        .run()
        .success()
        .stdout(contains("one"));
}

#[test]
fn json_lists_what_was_removed() {
    let env = TestEnv::new();
    env.login("mystore");
    let json = answer(&env.vtexid(["logout", "--json"]).run().success());
    let removed = json!({
        "removed": [{"account": "mystore", "credential": "user", "login": EMAIL, "store": "file", "revoked": true, "expired": false, "deleted": true}],
    });
    assert_eq!(json, removed);
    assert_eq!(
        names(&json["removed"][0]),
        [
            "account",
            "credential",
            "login",
            "store",
            "revoked",
            "expired",
            "deleted"
        ]
    );
}

#[test]
fn json_is_an_answer_even_when_nobody_was_logged_in() {
    let env = TestEnv::new();
    let done = env.vtexid(["logout", "--all", "--json"]).run().success();
    assert_ne!(stdout(&done), "");
    assert_eq!(answer(&done), json!({"removed": []}));
}

/// The token is worth nothing, but the refresh token would make another.
#[test]
fn the_refresh_token_of_an_expired_or_damaged_token_is_used_up() {
    let env = TestEnv::with(Options {
        ..Options::default()
    });
    env.login("mystore");
    env.expire();
    env.login("damaged");
    env.replace(("damaged", "login"), "token", "damaged");
    env.login("lost");
    let refresh = env.refresh_token("lost");
    env.store("lost", "login", &json!({"refresh_token": refresh}));
    for account in ["mystore", "damaged", "lost"] {
        let refresh = env.refresh_token(account);
        env.vtexid(["logout", account])
            .run()
            .success()
            .stdout(format!(
                "{account} (dev@example.com, file): token revoked at VTEX ID, and deleted from this machine\n"
            ))
            .stderr(contains("could not").not());
        assert!(!env.sandbox.can_refresh(&refresh), "{account}");
    }
    // The new tokens were revoked, and are saved nowhere.
    let revoked = env.requests_to(REVOKE);
    assert_eq!(revoked.len(), 3);
    env.assert_nothing_kept();
    // Only the token itself is sent there: nothing documents more.
    assert!(
        revoked
            .iter()
            .all(|request| request.cookie("vid_rt").is_none())
    );
}

/// Nothing can be revoked with it, and it must not be in the way.
#[test]
fn an_entry_that_is_damaged_or_lost_is_logged_out_of() {
    for damage in [Some("damaged"), Some("{\"token\":"), None] {
        let env = TestEnv::new();
        env.login("mystore");
        let entry = env.entry("mystore", "login");
        match damage {
            Some(text) => fs::write(entry, text).unwrap(),
            None => fs::remove_file(entry).unwrap(),
        }
        env.vtexid(["logout"])
            .run()
            .success()
            .stdout("mystore (dev@example.com, file): deleted from this machine; the token was not revoked\n");
        env.assert_nothing_kept();
    }
}

#[test]
fn nobody_to_log_out() {
    let env = TestEnv::new();
    env.vtexid(["logout"])
        .run()
        .code(4)
        .stdout("")
        .stderr(contains("you are not logged in"));
    env.login("mystore");
    env.vtexid(["logout", "otherstore"])
        .run()
        .code(4)
        .stdout("");
    env.vtexid(["logout", "mystore", "--all"]).run().code(2);
    assert!(env.requests_to(REVOKE).is_empty());
    env.vtexid(["local", "token"]).run().success();
}

#[test]
fn logout_warns_if_vtex_token_is_still_set() {
    let env = TestEnv::new();
    env.login("mystore");
    let stored = env.token("mystore");
    let given = token_of(&json!({"account": "otherstore"}));
    env.vtexid(["logout"])
        .env("VTEX_TOKEN", &given)
        .run()
        .success()
        .stderr(contains("VTEX_TOKEN"));
    assert!(env.sandbox.revoked(&stored));
    assert!(!env.sandbox.revoked(&given));
}

#[test]
fn it_asks_vtex_id_the_way_vtex_does() {
    let env = TestEnv::new();
    env.login("mystore");
    let token = env.token("mystore");
    env.vtexid(["logout"]).run().success();
    let [request] = &env.requests_to(REVOKE)[..] else {
        panic!("one request is enough")
    };
    assert_eq!(
        (request.method.as_str(), request.query.as_str()),
        ("GET", "scope=")
    );
    let cookie = format!("VtexIdclientAutCookie={token}");
    assert_eq!(request.header("Cookie"), Some(cookie.as_str()));
    assert_eq!(
        request.host,
        format!("mystore.localhost:{}", env.sandbox.port())
    );
}

#[test]
fn the_browsers_own_session_ends_on_a_page_that_is_opened_for_it() {
    let env = TestEnv::new();
    env.login("mystore");
    let page = format!(
        "http://mystore.localhost:{}/api/vtexid/pub/single-sign-out?scope=",
        env.sandbox.port()
    );
    let done = env.vtexid(["logout", "--browser"]).run().success();
    let words = stderr(&done);
    assert!(words.contains(&format!("\n  {page}\n")), "{words}");
    // Where a browser opens, as on Windows, the words before it differ.
    assert!(words.contains("this address"), "{words}");
    env.assert_nothing_kept();
    // Only where it is asked for.
    env.login("mystore");
    let words = stderr(&env.vtexid(["logout"]).run().success());
    assert!(!words.contains("single-sign-out"), "{words}");
}
