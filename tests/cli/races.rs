//! Two of the tool at the same time, with VTEX ID's answer held back between them.

use std::fs;

use serde_json::{Value, json};

use crate::{
    env::{
        EMAIL, Running, TestEnv, claims, eventually, names, now, sign_in, stderr, stdout, token_of,
    },
    sandbox::Options,
};

const REFRESH: &str = "/api/vtexid/refreshtoken/admin";

/// A renewal whose answer is held back.
fn renewing(env: &TestEnv) -> Running {
    env.fail(&format!("{REFRESH}=hold*1"));
    let before = env.requests_to(REFRESH).len();
    let running = env
        .vtexid(["local", "token", "-a", "mystore", "--refresh"])
        .start();
    eventually("the renewal asks", || {
        env.requests_to(REFRESH).len() > before
    });
    running
}

fn ana() -> Value {
    json!({"sub": "ana@example.com", "account": "mystore", "audience": "admin", "exp": now() + 600})
}

#[test]
fn a_logout_during_a_renewal_wins() {
    let env = TestEnv::new();
    env.login("mystore");
    let renewal = renewing(&env);
    let logout = env.vtexid(["logout", "mystore"]).start();
    // It waits for the renewal, and says so.
    logout.wait_for("waiting for another vtexid that is using the session of mystore");
    env.sandbox.release();
    let token = stdout(&renewal.finish().success());
    logout.finish().success();
    assert!(env.sandbox.revoked(token.trim_end()));
    env.assert_nothing_kept();
}

#[test]
fn a_login_during_a_renewal_wins() {
    let env = TestEnv::new();
    env.login("mystore");
    let renewal = renewing(&env);
    let token = env.sandbox.mint(&ana());
    let login = env
        .vtexid(["login", "mystore", "--with-token"])
        .stdin(token.clone())
        .start();
    login.wait_for("waiting for another vtexid");
    env.sandbox.release();
    renewal.finish().success();
    let words = stderr(&login.finish().success());
    assert!(
        words.contains(&format!("now logged in as ana@example.com (was {EMAIL})")),
        "{words}"
    );
    assert_eq!(env.token("mystore"), token);
    // Not the other user's, with which the next renewal would bring that one back.
    assert_eq!(names(&env.stored("mystore", "login")), ["token"]);
}

/// What no lock keeps away: an older release, or a hand.
#[test]
fn what_was_changed_without_the_lock_is_not_overwritten() {
    let env = TestEnv::new();
    env.login("mystore");
    let renewal = renewing(&env);
    let token = env.sandbox.mint(&ana());
    let by_hand = json!({"token": token, "refresh_token": "another"});
    env.store("mystore", "login", &by_hand);
    env.sandbox.release();
    let done = renewal.finish().success();
    // The stored one is printed, the one that came is revoked.
    assert_eq!(stdout(&done).trim_end(), token);
    assert_eq!(env.stored("mystore", "login"), by_hand);
    assert_eq!(env.requests_to("/api/vtexid/pub/logout").len(), 1);
}

#[test]
fn what_was_deleted_without_the_lock_stays_deleted() {
    let env = TestEnv::new();
    env.login("mystore");
    let renewal = renewing(&env);
    let entry = env.entry("mystore", "login");
    fs::remove_file(&entry).unwrap();
    env.sandbox.release();
    let words = stderr(&renewal.finish().code(4).stdout(""));
    assert!(
        words.contains("mystore was logged out in the meantime"),
        "{words}"
    );
    assert!(!entry.exists());
    assert_eq!(env.requests_to("/api/vtexid/pub/logout").len(), 1);
}

#[test]
fn a_refusal_of_the_old_refresh_token_does_not_delete_the_new_one() {
    let env = TestEnv::new();
    env.login("mystore");
    let good = env.refresh_token("mystore");
    env.expire();
    let user = ("mystore", "login");
    env.replace(user, "refresh_token", "used-up");
    let renewal = renewing(&env);
    env.replace(user, "refresh_token", &good);
    env.sandbox.release();
    renewal.finish().code(4).stdout("");
    assert_eq!(env.refresh_token("mystore"), good);
    env.token("mystore");
}

#[test]
fn no_account_has_the_name_of_a_lock() {
    for account in ["index", "login-mystore", "mystore", "locks", "session"] {
        let env = TestEnv::new();
        env.login(account);
        env.login("mystore");
        let first = env.start_login("mystore");
        first.wait_for("waiting for the browser");
        env.vtexid(["local", "token", "-a", account, "--refresh"])
            .run()
            .success();
        sign_in(first, EMAIL).1.success();
    }
}

#[test]
fn logins_at_the_same_time_all_succeed() {
    let env = TestEnv::new();
    let tokens: Vec<String> = (0..8)
        .map(|n| env.sandbox.mint(&json!({"sub": format!("{n}@example.com"), "account": "mystore", "audience": "admin", "exp": now() + 600})))
        .collect();
    let logins: Vec<Running> = tokens
        .iter()
        .map(|token| {
            env.vtexid(["login", "mystore", "--with-token", "--store", "file"])
                .stdin(token.clone())
                .start()
        })
        .collect();
    for login in logins {
        login.finish().success();
    }
    let kept = env.token("mystore");
    assert!(tokens.contains(&kept));
    let status = env.vtexid(["status", "--json"]).run().success();
    let login = &crate::env::answer(&status)["accounts"][0]["login"];
    // Index and store belong to the same login.
    assert_eq!(claims(&kept)["sub"], *login);
}

#[cfg(unix)]
#[test]
fn two_folders_of_one_user_share_the_locks() {
    let env = TestEnv::new();
    env.login("mystore");
    // As two `VTEXID_DIR`s share keyring entries: here they share the files.
    let second = env.root().join("second");
    std::os::unix::fs::symlink(env.dir(), &second).unwrap();
    let renewal = renewing(&env);
    let other = env
        .vtexid(["logout", "mystore"])
        .env("VTEXID_DIR", &second)
        .start();
    other.wait_for("waiting for another vtexid");
    env.sandbox.release();
    renewal.finish().success();
    other.finish().success();
    env.assert_nothing_kept();
}

/// Only VTEX ID's own words end a session.
#[test]
fn a_strangers_answer_keeps_the_refresh_token() {
    let env = TestEnv::with(Options::default());
    env.login("mystore");
    env.expire();
    let refresh = env.refresh_token("mystore");
    for (status, body) in [
        (403, "<html>Access denied</html>"),
        (403, r#"{"message":"Forbidden"}"#),
        (400, ""),
        (401, ""),
        (404, "<html></html>"),
        (405, ""),
        (413, ""),
        (451, ""),
        (200, r#"{"status":"Blocked"}"#),
        (200, "<html>Sign in to the hotel's network</html>"),
        (302, ""),
        (500, r#"{"status":"InvalidToken"}"#),
    ] {
        env.sandbox.clear_failures();
        env.sandbox.fail(crate::sandbox::Failure {
            path: REFRESH.to_owned(),
            how: crate::sandbox::How::Body(status, body.to_owned()),
            times: u32::MAX,
        });
        let done = env.vtexid(["local", "token"]).run().code(6).stdout("");
        let words = stderr(&done);
        if ![302, 500].contains(&status) {
            let says = format!("answered {status}, but the answer is not VTEX ID's");
            assert!(words.contains(&says), "{words}");
        }
        assert_eq!(env.refresh_token("mystore"), refresh, "{status} {body}");
    }
    env.sandbox.clear_failures();
    env.vtexid(["local", "token"]).run().success();
}

#[test]
fn only_vtex_ids_own_answer_ends_a_session() {
    for word in [
        "InvalidSession",
        "InvalidToken",
        "InvalidEmail",
        "InvalidScope",
    ] {
        for status in [200, 400, 401, 403] {
            let env = TestEnv::new();
            env.login("mystore");
            env.expire();
            env.sandbox.fail(crate::sandbox::Failure {
                path: REFRESH.to_owned(),
                how: crate::sandbox::How::Body(status, json!({"status": word}).to_string()),
                times: u32::MAX,
            });
            let done = env.vtexid(["local", "token"]).run().code(4).stdout("");
            assert!(stderr(&done).contains(word));
            // Only the token is left.
            assert_eq!(names(&env.stored("mystore", "login")), ["token"]);
        }
    }
}

#[test]
fn a_stranger_between_here_and_vtex_id_is_exit_code_6() {
    let env = TestEnv::new();
    let token = token_of(
        &json!({"sub": EMAIL, "account": "mystore", "audience": "admin", "exp": now() + 600}),
    );
    for (status, body) in [
        (403, "<html></html>"),
        (401, ""),
        (403, r#"{"message":"Forbidden"}"#),
    ] {
        env.sandbox.clear_failures();
        for path in [
            "/api/vtexid/credential/validate",
            "/api/vtexid/toolbelt/start",
        ] {
            env.sandbox.fail(crate::sandbox::Failure {
                path: path.to_owned(),
                how: crate::sandbox::How::Body(status, body.to_owned()),
                times: u32::MAX,
            });
        }
        for tool in [
            env.vtexid(["inspect", "--online"]).stdin(token.clone()),
            env.login_tool("mystore", &[]),
        ] {
            let words = stderr(&tool.run().code(6).stdout(""));
            assert!(words.contains("but the answer is not VTEX ID's"), "{words}");
        }
    }
}

#[test]
fn a_short_wait_that_is_asked_for_is_waited_and_a_long_one_is_said() {
    let env = TestEnv::new();
    env.login("mystore");
    env.expire();
    env.fail(&format!("{REFRESH}=busy:1*1"));
    let done = env.vtexid(["local", "token"]).run().success();
    assert!(stderr(&done).contains("trying again in 1s"));
    assert_eq!(env.requests_to(REFRESH).len(), 2);
    env.expire();
    env.fail(&format!("{REFRESH}=busy:300"));
    let done = env.vtexid(["local", "token"]).run().code(6).stdout("");
    assert!(
        stderr(&done).contains("try again in 5m"),
        "{}",
        stderr(&done)
    );
    assert_eq!(env.requests_to(REFRESH).len(), 3);
    env.sandbox.clear_failures();
    env.vtexid(["local", "token"]).run().success();
}

#[test]
fn a_token_about_to_expire_is_renewed_or_printed_with_a_warning() {
    let env = TestEnv::new();
    env.login("mystore");
    let soon = env
        .sandbox
        .mint(&json!({"sub": EMAIL, "account": "mystore", "audience": "admin", "exp": now() + 50}));
    env.replace(("mystore", "login"), "token", &soon);
    env.fail(&format!("{REFRESH}=drop"));
    let done = env.vtexid(["local", "token"]).run().success();
    assert_eq!(stdout(&done).trim_end(), soon);
    assert!(stderr(&done).contains("which is still valid"));
    env.sandbox.clear_failures();
    let done = env.vtexid(["local", "token"]).run().success();
    assert!(claims(stdout(&done).trim_end())["exp"].as_i64().unwrap() > now() + 3600);
}

/// The refresh token is used up by then: not to print the new token would lose both.
#[test]
fn a_renewed_token_that_cannot_be_saved_is_printed() {
    let env = TestEnv::new();
    env.login("mystore");
    env.expire();
    let renewal = renewing(&env);
    // A folder in the file's place can be neither read nor replaced.
    let file = env.entry("mystore", "login");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    fs::write(file.join("in-the-way"), "").unwrap();
    env.sandbox.release();
    let done = renewal.finish().success();
    assert!(claims(stdout(&done).trim_end())["exp"].as_i64().unwrap() > now());
    assert!(
        stderr(&done).contains("but could not save it"),
        "{}",
        stderr(&done)
    );
}

#[test]
fn a_renewal_that_brings_no_refresh_token_says_so() {
    for arguments in [&["local", "token"][..], &["login", "mystore"]] {
        let env = TestEnv::new();
        env.login("mystore");
        env.expire();
        let token = env.sandbox.mint(&ana());
        env.sandbox.fail(crate::sandbox::Failure {
            path: REFRESH.to_owned(),
            how: crate::sandbox::How::Cookie(format!("VtexIdclientAutCookie={token}")),
            times: 1,
        });
        let words = stderr(&env.vtexid(arguments).run().success());
        assert!(
            words.contains("VTEX ID sent no new refresh token for mystore"),
            "{words}"
        );
        assert_eq!(env.token("mystore"), token);
    }
}

/// If the index is missing but its copy exists, it was lost: nobody logged out.
#[test]
fn an_index_that_is_missing_is_restored_from_its_copy() {
    let env = TestEnv::new();
    env.login("mystore");
    fs::remove_file(env.file("index.json")).unwrap();
    let done = env.vtexid(["status"]).run().success();
    let words = stderr(&done);
    assert!(
        words.contains("the session index was missing: restored 1 account from its copy"),
        "{words}"
    );
    env.token("mystore");
}
