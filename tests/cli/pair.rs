//! A saved app key pair, which makes new tokens.

use std::fs;

use predicates::{prelude::PredicateBooleanExt as _, str::contains};
use serde_json::json;

use crate::{
    env::{TestEnv, Tool, answer, at_once, claims, now, stderr, stdout},
    sandbox,
};

const APPTOKEN: &str = "/api/vtexid/apptoken/login";

fn save(env: &TestEnv) -> Tool {
    env.vtexid(["apptoken", "--save", "--store", "file"])
        .env("VTEX_APP_KEY", sandbox::app_key("mystore"))
        .env("VTEX_APP_TOKEN", sandbox::app_token())
}

#[test]
fn a_saved_pair_makes_later_tokens() {
    let env = TestEnv::new();
    let done = save(&env).run().success();
    let first = stdout(&done).trim_end().to_owned();
    let words = stderr(&done);
    assert!(words.contains("plain-text file"), "{words}");
    assert!(
        words.contains("saved app key vtexappkey-mystore-SANDBX"),
        "{words}"
    );
    assert!(!words.contains(&sandbox::app_token()), "{words}");
    assert_eq!(env.token("mystore"), first);

    let again = env
        .vtexid(["apptoken", "-a", "mystore", "--json"])
        .run()
        .success();
    assert_eq!(answer(&again)["kind"], "app-key");
    env.vtexid(["apptoken"])
        .env("VTEX_ACCOUNT", "mystore")
        .run()
        .success();
    assert_eq!(env.requests_to(APPTOKEN).len(), 3);
    for file in env.files() {
        let text = fs::read_to_string(&file).unwrap();
        let is_its_own = file.ends_with("secrets/mystore.key");
        assert_eq!(text.contains(&sandbox::app_token()), is_its_own, "{file:?}");
    }
}

/// What is saved can be changed by whatever else writes there.
#[test]
fn a_saved_pair_adds_no_header_of_its_own() {
    let env = TestEnv::new();
    save(&env).run().success();
    let good = env.stored("mystore", "key");
    let index = env.file("index.json");
    let old_index = fs::read_to_string(&index).unwrap();
    let headers = |more: &[&str]| {
        let arguments = ["apptoken", "-a", "mystore", "--format", "key-headers"];
        env.vtexid([&arguments, more].concat()).run()
    };
    let damaged = || {
        for more in [&[][..], &["--json"]] {
            let done = headers(more).code(5).stdout("");
            let words = stderr(&done);
            assert!(
                words.contains("the app key pair saved for mystore is damaged"),
                "{words}"
            );
            assert!(!words.contains("X-Evil"), "{words}");
        }
    };
    for evil in ["\nX-Evil: 1", "\r\nX-Evil: 1", " X-Evil", "\u{e9}X-Evil"] {
        for field in ["app_token", "app_key"] {
            let mut bad = good.clone();
            bad[field] = json!(format!("{}{evil}", good[field].as_str().unwrap()));
            env.store("mystore", "key", &bad);
            damaged();
        }
    }
    env.store("mystore", "key", &good);
    // The pair is sent from the store, not from the index.
    let right = stdout(&headers(&[]).success());
    for evil in ["\\nX-Evil: 1", "\\r\\nX-Evil: 1", " X-Evil"] {
        let key = sandbox::app_key("mystore");
        fs::write(&index, old_index.replace(&key, &format!("{key}{evil}"))).unwrap();
        headers(&[]).success().stdout(right.clone());
    }
}

#[test]
fn an_expired_token_of_an_app_key_is_replaced() {
    let env = TestEnv::new();
    save(&env).run().success();
    env.expire_in("key");
    let tokens = at_once(10, || env.vtexid(["local", "token"]));
    assert!(claims(&tokens[0])["exp"].as_i64().unwrap() > now());
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    assert_eq!(env.requests_to(APPTOKEN).len(), 2);
}

#[test]
fn a_pair_that_is_rejected_later_is_named_without_its_secret() {
    let env = TestEnv::new();
    save(&env).run().success();
    env.expire_in("key");
    let key = ("mystore", "key");
    env.replace(key, "app_token", "OUTDATED");
    let done = env.vtexid(["local", "token"]).run().code(4).stdout("");
    let words = stderr(&done);
    assert!(
        words.contains("rejected the app key vtexappkey-mystore-SANDBX"),
        "{words}"
    );
    assert!(words.contains("(WrongCredentials)"), "{words}");
    assert!(!words.contains("OUTDATED"), "{words}");
    // It is still there: a key can be made active again.
    env.replace(key, "app_token", &sandbox::app_token());
    env.vtexid(["local", "token"]).run().success();
}

#[test]
fn a_rejected_pair_is_not_saved() {
    let env = TestEnv::new();
    save(&env)
        .env("VTEX_APP_TOKEN", "WRONG")
        .run()
        .code(3)
        .stdout("");
    env.assert_nothing_kept();
}

#[test]
fn a_users_login_leaves_the_pair_and_logout_deletes_it() {
    let env = TestEnv::new();
    save(&env).run().success();
    env.login("mystore");
    env.vtexid(["apptoken", "-a", "mystore"]).run().success();
    env.vtexid(["logout", "mystore"]).run().success();
    env.assert_nothing_kept();
    env.vtexid(["apptoken", "-a", "mystore"])
        .run()
        .code(2)
        .stdout("")
        .stderr(contains("no app key is saved for mystore"));
}

#[test]
fn a_token_on_stdin_keeps_the_pair() {
    let env = TestEnv::new();
    save(&env).run().success();
    let given = env.sandbox.mint(&json!({
        "sub": "ana@example.com", "account": "mystore", "audience": "admin", "exp": now() + 600
    }));
    env.vtexid(["login", "mystore", "--with-token"])
        .stdin(given.clone())
        .run()
        .success();
    assert_eq!(env.token("mystore"), given);
    env.vtexid(["apptoken", "-a", "mystore"]).run().success();
    // Saved over a login it is there as well, and after the next one.
    save(&env).run().success();
    env.vtexid(["login", "mystore", "--with-token"])
        .stdin(given)
        .run()
        .success();
    env.vtexid(["apptoken", "-a", "mystore"]).run().success();
}

#[test]
fn a_login_of_a_person_is_not_replaced() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = env.stored("mystore", "login");
    let saved = "saved app key vtexappkey-mystore-SANDBX in a plain-text file; \
                 `vtexid local token -a mystore --as key` will use it";
    let none_replaced = || contains("now logged in").or(contains("replaced")).not();
    let key = stdout(
        &save(&env)
            .run()
            .success()
            .stderr(contains(saved).and(none_replaced())),
    );
    assert_eq!(env.stored("mystore", "login"), before);
    assert_eq!(env.token("mystore"), before["token"].as_str().unwrap());
    let as_key = || {
        env.vtexid(["local", "token", "--as", "key"])
            .run()
            .success()
    };
    as_key().stdout(key);
    // The same key once more replaces nothing, another one does.
    save(&env).run().success().stderr(none_replaced());
    env.replace(("mystore", "key"), "app_key", "vtexappkey-mystore-BEFORE");
    let index = env.file("index.json");
    let text = fs::read_to_string(&index).unwrap();
    fs::write(&index, text.replace("SANDBX", "BEFORE")).unwrap();
    save(&env).run().success().stderr(contains(
        "warning: replaced the saved app key vtexappkey-mystore-BEFORE of mystore",
    ));
    // Nor does a login replace the key.
    let key = stdout(&as_key());
    env.login("mystore").stderr(contains("vtexappkey").not());
    as_key().stdout(key);
}

#[test]
fn save_and_key_headers_conflict() {
    let env = TestEnv::new();
    let done = save(&env)
        .arg("--format=key-headers")
        .run()
        .code(2)
        .stdout("");
    let words = stderr(&done);
    assert!(words.contains("--save"), "{words}");
    assert!(words.contains("key-headers"), "{words}");
    env.assert_nothing_kept();
}

#[test]
fn saving_an_app_key_does_not_change_the_current_account() {
    let env = TestEnv::new();
    env.login("other");
    save(&env).run().success();
    let status = answer(&env.vtexid(["status", "--json"]).run().success());
    assert_eq!(status["current"]["account"], "other");
    let done = env.vtexid(["apptoken"]).run().code(2).stdout("");
    assert!(
        stderr(&done).contains("no app key is saved for other"),
        "{}",
        stderr(&done)
    );
}

/// It would be somebody else's then, with other rights.
#[test]
fn a_persons_token_is_not_renewed_with_a_pair() {
    let env = TestEnv::new();
    save(&env).run().success();
    let person = json!({"sub": "ana@example.com", "account": "mystore", "exp": now() + 60});
    let login = env.vtexid(["login", "mystore", "--with-token"]);
    login
        .stdin(env.sandbox.mint(&person))
        .run()
        .success()
        .stderr(contains("cannot be renewed"));
    env.expire();
    let before = env.stored("mystore", "login");
    for more in [&[][..], &["--refresh"], &["--as", "user"]] {
        let arguments = ["local", "token"];
        env.vtexid(arguments.iter().chain(more))
            .run()
            .code(4)
            .stdout("")
            .stderr(contains("the token of mystore expired 1m"))
            .stderr(contains("vtexid login mystore").and(contains("--as key")));
    }
    // A login needs a person as well.
    let login = env.login_tool("mystore", &[]).start();
    login.wait_for("waiting for the browser");
    drop(login);
    assert_eq!(env.requests_to(APPTOKEN).len(), 1);
    assert_eq!(env.stored("mystore", "login"), before);
    let done = env
        .vtexid(["local", "token", "--as", "key"])
        .run()
        .success();
    let sub = claims(stdout(&done).trim_end())["sub"].clone();
    assert_eq!(sub, "vtexappkey-mystore-SANDBX");
}
