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
fn what_vtex_id_gave_is_printed_and_not_renewed_again() {
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
        index(&env)["clock_offset"].as_i64().unwrap() / 100,
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
    forgotten.as_object_mut().unwrap().remove("clock_offset");
    fs::write(env.file("index.json"), forgotten.to_string()).unwrap();
    let done = env.vtexid(["local", "token"]).run().success();
    assert_eq!(stdout(&done), token);
    assert!(
        stderr(&done).contains("(InvalidSession); it is still valid"),
        "{}",
        stderr(&done)
    );
    env.file("mystore.refresh");
    // Its clock is known from then on.
    env.vtexid(["local", "token"]).run().success();
    assert_eq!(env.requests_to(REFRESH).len(), 1);
}

#[test]
fn a_clock_that_was_set_right_is_noticed() {
    let env = TestEnv::new();
    env.login("mystore");
    let mut wrong = index(&env);
    wrong["clock_offset"] = json!(TWO_DAYS);
    fs::write(env.file("index.json"), wrong.to_string()).unwrap();
    // By that clock the token has expired; the answer says otherwise.
    env.vtexid(["local", "token"]).run().success();
    assert_eq!(index(&env)["clock_offset"], Value::Null);
    assert_eq!(env.requests_to(REFRESH).len(), 1);
    assert!(env.token("mystore").len() > 100);
    assert_eq!(env.requests_to(REFRESH).len(), 1);
}

#[test]
fn a_token_that_is_born_expired_is_printed_with_a_warning() {
    // A clock that nothing tells about: VTEX ID's answers bear this machine's time.
    let env = TestEnv::with(Options {
        token_life: -60,
        ..Options::default()
    });
    env.login("mystore");
    let done = env.vtexid(["local", "token"]).run().success();
    assert!(stdout(&done).starts_with("eyJ"));
    assert!(
        stderr(&done).contains("has expired already by this machine's clock"),
        "{}",
        stderr(&done)
    );
    let _ = now();
}
