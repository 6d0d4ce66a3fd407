//! A machine whose clock is wrong: VTEX ID's decides.

use std::fs;

use serde_json::{Value, json};

use crate::{
    env::{EMAIL, TestEnv, answer, now, sign_in, stderr, stdout},
    sandbox::Options,
};

const REFRESH: &str = "/api/vtexid/refreshtoken/admin";
const TWO_DAYS: i64 = 172_800;

/// This machine is two days ahead: what VTEX ID gives for a day has expired by its clock.
fn ahead() -> Options {
    Options {
        clock: -TWO_DAYS,
        token_life: 86_400 - TWO_DAYS,
        ..Options::default()
    }
}

fn index(env: &TestEnv) -> Value {
    serde_json::from_slice(&fs::read(env.file("index.json")).unwrap()).unwrap()
}

#[test]
fn a_new_token_is_printed_and_not_renewed_again() {
    let env = TestEnv::with(ahead());
    let (_, done) = sign_in(env.start_login("mystore"), EMAIL);
    done.success();
    let before = stdout(&env.vtexid(["local", "token"]).run().success());
    for _ in 0..3 {
        let done = env.vtexid(["local", "token"]).run().success();
        assert_eq!(stdout(&done), before);
    }
    assert_eq!(env.requests_to(REFRESH).len(), 0);
    assert_eq!(
        index(&env)["clock"]["offset"].as_i64().unwrap() / 100,
        -TWO_DAYS / 100
    );
    let status = answer(&env.vtexid(["status", "--json"]).run().success());
    assert!(status["accounts"][0]["seconds_left"].as_i64().unwrap() > 80_000);
}

#[test]
fn a_renewal_names_the_clock() {
    let env = TestEnv::with(ahead());
    env.login("mystore");
    let done = env.vtexid(["local", "token", "--refresh"]).run().success();
    let words = stderr(&done);
    assert!(
        words.contains("this machine's clock is 2d ahead of VTEX ID's"),
        "{words}"
    );
}

/// Until the first answer this machine's clock is all there is.
#[test]
fn a_refusal_deletes_nothing_while_the_token_is_valid_by_vtex_ids_clock() {
    let env = TestEnv::with(Options {
        refresh_after: 43_200,
        ..ahead()
    });
    env.login("mystore");
    let token = stdout(&env.vtexid(["local", "token"]).run().success());
    // As on a machine whose clock went wrong since.
    let text = fs::read_to_string(env.file("index.json")).unwrap();
    let mut forgotten: Value = serde_json::from_str(&text).unwrap();
    forgotten.as_object_mut().unwrap().remove("clock");
    fs::write(env.file("index.json"), forgotten.to_string()).unwrap();
    let done = env.vtexid(["local", "token"]).run().success();
    assert_eq!(stdout(&done), token);
    assert!(
        stderr(&done).contains("(InvalidSession); it is still valid"),
        "{}",
        stderr(&done)
    );
    env.refresh_token("mystore");
    // Its clock is known from then on.
    env.vtexid(["local", "token"]).run().success();
    assert_eq!(env.requests_to(REFRESH).len(), 1);
}

/// As NTP does it, after VTEX ID's clock was noted.
#[test]
#[cfg(target_os = "linux")]
fn what_was_noted_is_forgotten_when_this_machines_clock_is_set() {
    let env = TestEnv::with(ahead());
    env.login("mystore");
    let mut noted = index(&env);
    let boot = noted["clock"]["boot"].as_i64().unwrap();
    // A machine that was started two days later, by its clock, than it is now.
    noted["clock"]["boot"] = json!(boot + TWO_DAYS);
    fs::write(env.file("index.json"), noted.to_string()).unwrap();
    // The token has expired by the machine's own clock: VTEX ID is asked again.
    env.vtexid(["local", "token"]).run().success();
    assert_eq!(env.requests_to(REFRESH).len(), 1);
}

#[test]
fn the_clock_of_another_servers_answer_is_ignored() {
    let env = TestEnv::with(Options {
        clock: -TWO_DAYS,
        ..Options::default()
    });
    env.vtexid(["login", "mystore", "--with-token", "--store", "file"])
        .stdin(env.sandbox.mint(&json!({
            "sub": EMAIL, "account": "mystore", "audience": "admin", "exp": now() + 600
        })))
        .run()
        .success();
    for (status, body) in [(403, "<html>"), (200, "<html>"), (502, "")] {
        env.sandbox.fail(crate::sandbox::Failure {
            path: "/api/vtexid/apptoken/login".to_owned(),
            how: crate::sandbox::How::Body(status, body.to_owned()),
            times: 1,
        });
    }
    let mut wrong = index(&env);
    wrong.as_object_mut().unwrap().remove("clock");
    fs::write(env.file("index.json"), wrong.to_string()).unwrap();
    for _ in 0..2 {
        env.vtexid(["apptoken"])
            .env("VTEX_APP_KEY", crate::sandbox::app_key("mystore"))
            .env("VTEX_APP_TOKEN", crate::sandbox::app_token())
            .run();
        assert_eq!(index(&env)["clock"], Value::Null);
    }
}

/// Not only a renewal learns the time.
#[test]
fn every_command_that_asks_vtex_id_notes_its_clock() {
    for arguments in [&["doctor"][..], &["inspect", "--online"], &["apptoken"]] {
        let env = TestEnv::with(ahead());
        env.login("mystore");
        let mut wrong = index(&env);
        wrong.as_object_mut().unwrap().remove("clock");
        fs::write(env.file("index.json"), wrong.to_string()).unwrap();
        env.vtexid(arguments)
            .env("VTEX_APP_KEY", crate::sandbox::app_key("mystore"))
            .env("VTEX_APP_TOKEN", crate::sandbox::app_token())
            .run();
        assert!(index(&env)["clock"]["offset"].is_i64(), "{arguments:?}");
    }
}

#[test]
fn a_new_token_that_is_already_expired_is_printed_with_a_warning() {
    // A clock that nothing tells about: VTEX ID's answers bear this machine's time.
    let env = TestEnv::with(Options {
        token_life: -60,
        ..Options::default()
    });
    env.login("mystore");
    let done = env.vtexid(["local", "token"]).run().success();
    assert!(stdout(&done).starts_with("eyJ"));
    assert!(
        stderr(&done).contains("has already expired according to this machine's clock"),
        "{}",
        stderr(&done)
    );
}
