//! `local token` with a token that is not valid for long enough.

#[cfg(unix)]
use std::{thread, time::Duration};

use serde_json::json;
#[cfg(target_os = "linux")]
use std::path::Path;

#[cfg(unix)]
use crate::env::eventually;
use crate::{
    env::{TestEnv, at_once, claims, now, stderr, stdout},
    sandbox::Options,
};

const REFRESH: &str = "/api/vtexid/refreshtoken/admin";

/// Logged in, with a token that expired a minute ago.
fn expired(options: Options) -> TestEnv {
    let env = TestEnv::with(options);
    env.login("mystore");
    env.expire();
    env
}

fn local_token(env: &TestEnv, more: &[&str]) -> crate::env::Tool {
    env.vtexid(["local", "token"].iter().chain(more))
}

#[test]
fn an_expired_token_is_renewed_and_saved() {
    let env = expired(Options::default());
    let done = local_token(&env, &[]).run().success();
    let token = stdout(&done);
    assert!(claims(&token)["exp"].as_i64().unwrap() > now() + 80_000);
    assert!(stderr(&done).contains("renewed the token of mystore"));
    // Good now, it is not renewed again.
    let again = local_token(&env, &[]).run().success();
    assert_eq!(stdout(&again), token);
    assert_eq!(env.requests_to(REFRESH).len(), 1);
    // The new refresh token was saved with it.
    env.expire();
    local_token(&env, &[]).run().success();
    assert_eq!(env.requests_to(REFRESH).len(), 2);
}

#[test]
fn a_renewal_changes_neither_the_current_account_nor_the_store() {
    let env = expired(Options::default());
    env.login("other");
    local_token(&env, &["-a", "mystore"]).run().success();
    let status = env.vtexid(["status", "--json"]).run().success();
    let status = crate::env::answer(&status);
    assert_eq!(status["current"]["account"], "other");
    assert_eq!(status["accounts"][0]["store"], "file");
    assert!(status["accounts"][0]["seconds_left"].as_i64().unwrap() > 80_000);
}

#[test]
fn a_token_that_is_valid_for_long_enough_is_not_renewed() {
    let env = TestEnv::new();
    env.login("mystore");
    local_token(&env, &["--min-validity", "2h"]).run().success();
    assert_eq!(env.requests_to(REFRESH).len(), 0);
    // More than a new token has cannot be had.
    let env = TestEnv::with(Options {
        token_life: 3600,
        ..Options::default()
    });
    env.login("mystore");
    let done = local_token(&env, &["--min-validity", "2h"])
        .run()
        .code(3)
        .stdout("");
    assert!(stderr(&done).contains("not for 2h"));
    assert_eq!(env.requests_to(REFRESH).len(), 1);
}

#[test]
fn refresh_renews_a_token_that_is_still_valid() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = env.token("mystore");
    let done = local_token(&env, &["--refresh"]).run().success();
    assert_ne!(stdout(&done).trim_end(), before);
    assert_eq!(env.requests_to(REFRESH).len(), 1);
}

#[test]
fn fifty_processes_make_one_renewal_and_all_print_the_new_token() {
    let env = expired(Options::default());
    let tokens = at_once(50, || local_token(&env, &[]));
    assert!(claims(&tokens[0])["exp"].as_i64().unwrap() > now());
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    assert_eq!(env.requests_to(REFRESH).len(), 1);
}

#[test]
fn a_refusal_while_the_token_is_valid_deletes_nothing() {
    let env = TestEnv::with(Options {
        refresh_after: 3600,
        ..Options::default()
    });
    env.login("mystore");
    let before = env.token("mystore");
    for _ in 0..2 {
        let done = local_token(&env, &["--refresh"]).run().success();
        assert_eq!(stdout(&done).trim_end(), before);
        assert!(stderr(&done).contains("(InvalidSession); it is still valid"));
    }
    // The refresh token was not deleted: it was tried each time.
    assert_eq!(env.requests_to(REFRESH).len(), 2);
}

#[test]
fn after_a_refusal_the_hint_says_to_log_in_again() {
    let env = expired(Options::default());
    env.sandbox.fail(crate::sandbox::Failure {
        path: REFRESH.to_owned(),
        how: crate::sandbox::How::Body(200, r#"{"status":"InvalidToken"}"#.to_owned()),
        times: 1,
    });
    let done = local_token(&env, &[]).run().code(4).stdout("");
    let words = stderr(&done);
    assert!(words.contains("InvalidToken"), "{words}");
    assert!(words.contains("hint: run `vtexid login mystore"), "{words}");
    // It is not asked a second time, and the login that is hinted at works.
    local_token(&env, &[]).run().code(4).stdout("");
    assert_eq!(env.requests_to(REFRESH).len(), 1);
    env.login("mystore");
    local_token(&env, &[]).run().success();
}

#[test]
fn a_network_failure_deletes_nothing() {
    let env = expired(Options::default());
    for how in ["500", "drop", "garbage", "huge"] {
        env.sandbox.clear_failures();
        env.fail(&format!("{REFRESH}={how}"));
        let done = local_token(&env, &[]).run().code(6).stdout("");
        let words = stderr(&done);
        assert!(
            words.contains("could not renew the token of mystore"),
            "{words}"
        );
    }
    assert_eq!(env.requests_to(REFRESH).len(), 4);
    env.sandbox.clear_failures();
    local_token(&env, &[]).run().success();
}

#[test]
fn a_valid_token_is_printed_if_a_forced_renewal_fails() {
    let env = TestEnv::with(Options {
        token_life: 3600,
        ..Options::default()
    });
    env.login("mystore");
    let before = env.token("mystore");
    env.fail(&format!("{REFRESH}=drop"));
    let done = local_token(&env, &["--refresh"]).run().success();
    assert_eq!(stdout(&done).trim_end(), before);
    assert!(stderr(&done).contains("which is still valid"));
    // Not where it would be shorter than asked.
    local_token(&env, &["--min-validity", "2h"])
        .run()
        .code(6)
        .stdout("");
}

#[test]
fn without_a_refresh_token_renewal_fails() {
    let env = expired(Options {
        refresh: false,
        ..Options::default()
    });
    // Every time: exit code 3 is for tokens that were given.
    local_token(&env, &[]).run().code(4);
    let done = local_token(&env, &[]).run().code(4).stdout("");
    assert!(stderr(&done).contains("hint: run `vtexid login mystore"));
    assert_eq!(env.requests_to(REFRESH).len(), 0);
}

#[test]
fn vtex_token_is_not_renewed() {
    let env = expired(Options::default());
    let good = env
        .sandbox
        .mint(&json!({"audience": "admin", "exp": now() + 300}));
    local_token(&env, &["--min-validity", "10m"])
        .env("VTEX_TOKEN", good)
        .run()
        .code(3)
        .stdout("");
    assert_eq!(env.requests_to(REFRESH).len(), 0);
}

/// The names of files that were put in place in these folders, in order.
#[cfg(target_os = "linux")]
fn put_in_place(dirs: &[&Path], work: impl FnOnce()) -> Vec<String> {
    use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
    let watch = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).unwrap();
    for dir in dirs {
        inotify::add_watch(&watch, *dir, WatchFlags::MOVED_TO).unwrap();
    }
    work();
    let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
    let mut events = inotify::Reader::new(&watch, &mut buffer);
    let mut names = Vec::new();
    while let Ok(event) = events.next() {
        names.push(event.file_name().unwrap().to_str().unwrap().to_owned());
    }
    names.retain(|name| !name.contains(".probe") && !name.contains(".page"));
    names
}

/// Should the next write fail, what is there still makes a session: a token
/// and its refresh token are written in one step, and the index promises only
/// what is there.
#[test]
#[cfg(target_os = "linux")]
fn the_entry_is_saved_first_and_the_index_last() {
    let env = TestEnv::new();
    env.login("mystore");
    let index = env.file("index.json");
    let secrets = env.entry("mystore", "login");
    let dirs = [index.parent().unwrap(), secrets.parent().unwrap()];
    let order = ["mystore.login", "index.json", "index.copy.json"];
    let renewed = put_in_place(&dirs, || {
        local_token(&env, &["--refresh"]).run().success();
    });
    assert_eq!(renewed, order);
    let logged_in = put_in_place(&dirs, || {
        env.login("mystore");
    });
    assert_eq!(logged_in, order);
    let saved = put_in_place(&dirs, || {
        let save = env.vtexid(["apptoken", "--save", "--store", "file", "-a", "mystore"]);
        save.env("VTEX_APP_KEY", crate::sandbox::app_key("mystore"))
            .env("VTEX_APP_TOKEN", crate::sandbox::app_token())
            .run()
            .success();
    });
    let order = ["mystore.key", "index.json", "index.copy.json"];
    assert_eq!(saved, order);
}

/// A disk on which nothing can be written any more: the refresh token is not
/// used up, because the new one could not be saved.
#[cfg(unix)]
#[test]
fn a_full_disk_loses_no_token() {
    let env = expired(Options::default());
    let script = format!(
        "trap '' XFSZ; ulimit -f 0; exec '{}' local token",
        env!("CARGO_BIN_EXE_vtexid")
    );
    let done = env.program("/bin/sh", ["-c", &script]).run().code(1);
    let words = stderr(&done.stdout(""));
    assert!(words.contains("could not renew the token"), "{words}");
    assert_eq!(env.requests_to(REFRESH).len(), 0);
    local_token(&env, &[]).run().success();
}

/// Killed a hundred times at points spread over the whole run: the files are
/// complete, and either the session works or the message says that it has
/// ended.
#[cfg(unix)]
#[test]
fn killed_at_any_point_the_session_works_or_says_that_it_has_ended() {
    let env = expired(Options::default());
    let (mut went_on, mut over) = (0, 0);
    for round in 0..100_u64 {
        let running = local_token(&env, &[]).start();
        // From before it has read anything to after it is done.
        thread::sleep(Duration::from_micros(300 * (round % 50)));
        drop(running); // SIGKILL
        let done = local_token(&env, &[]).run();
        match done.get_output().status.code() {
            Some(0) => {
                assert!(claims(&stdout(&done))["exp"].as_i64().unwrap() > now());
                went_on += 1;
            }
            Some(code @ (3 | 4)) => {
                let words = stderr(&done);
                assert!(
                    words.contains("run `vtexid login mystore"),
                    "{code}: {words}"
                );
                env.login("mystore");
                over += 1;
            }
            other => panic!("round {round}: {other:?}: {}", stderr(&done)),
        }
        let status = env.vtexid(["status", "--json"]).run().success();
        assert!(!stderr(&status).contains("damaged"));
        env.expire();
    }
    assert_eq!(went_on + over, 100);
    assert!(went_on > 50, "{over} of 100 were lost");
    // No half-written file stays behind but from the kill itself, and no lock.
    eventually("the account can be renewed", || {
        local_token(&env, &[]).run().get_output().status.success()
    });
}
