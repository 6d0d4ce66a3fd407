//! What is left where a login or a renewal could not be saved, or a logout could
//! not delete.

use std::{fs, path::Path};

use predicates::str::contains;
use serde_json::json;

use crate::{
    env::{EMAIL, Running, TestEnv, now, sign_in, stderr},
    sandbox::{Failure, How},
};

/// Signs in as `email` while nobody can write the index: a folder is in the
/// place of its lock. Then takes the folder away.
fn sign_in_without_an_index(login: Running, email: &str, lock: &Path) {
    // It found the index in order before it asked for the page.
    login.page();
    fs::remove_file(lock).unwrap();
    fs::create_dir(lock).unwrap();
    let (_, done) = sign_in(login, email);
    fs::remove_dir(lock).unwrap();
    let words = stderr(&done);
    assert!(words.contains("index.lock"), "{words}");
    done.code(1).stdout("");
}

#[test]
fn a_login_of_another_user_that_cannot_be_saved_leaves_the_one_before() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = env.stored("mystore", "login");
    let login = env.start_login("mystore");
    sign_in_without_an_index(login, "ana@example.com", &env.file("index.lock"));
    assert_eq!(env.stored("mystore", "login"), before);
    assert_eq!(env.token("mystore"), before["token"]);
}

/// The one before may have ended with the new login.
#[test]
fn of_the_same_user_the_new_token_stays() {
    let env = TestEnv::new();
    env.login("mystore");
    env.expire();
    let before = env.stored("mystore", "login");
    let login = env.start_login("mystore");
    sign_in_without_an_index(login, EMAIL, &env.file("index.lock"));
    let after = env.stored("mystore", "login");
    assert_ne!(after["token"], before["token"]);
    assert_ne!(after["refresh_token"], before["refresh_token"]);
    assert_eq!(env.token("mystore"), after["token"]);
}

/// No command would know of it, so none could delete it.
#[test]
fn a_first_login_that_cannot_be_saved_leaves_no_token() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    login.page();
    sign_in_without_an_index(login, EMAIL, &env.file("index.lock"));
    env.assert_nothing_kept();
}

/// Otherwise secrets would stay where no command finds them.
#[test]
fn what_could_not_be_deleted_stays_known_until_it_is() {
    let env = TestEnv::new();
    env.login("mystore");
    // A logout deletes what an older release may have left, too. A folder in
    // its place cannot be deleted as a file, not even by root.
    let login = env.entry("mystore", "login");
    let in_the_way = login.with_file_name("mystore.refresh");
    fs::create_dir(&in_the_way).unwrap();
    env.vtexid(["logout"])
        .run()
        .code(5)
        .stdout("")
        .stderr(contains("could not log out of mystore"));
    env.vtexid(["status"])
        .run()
        .success()
        .stdout(contains("mystore"));
    fs::remove_dir(&in_the_way).unwrap();
    env.vtexid(["logout"]).run().success();
    env.assert_nothing_kept();
}

/// With it, commands would act as somebody they were not told to act as.
#[test]
fn a_renewal_that_brings_another_kind_of_token_saves_nothing() {
    for other in [
        json!({"sub": EMAIL, "account": "mystore", "audience": "webstore"}),
        json!({"sub": "vtexappkey-mystore-X", "account": "mystore", "audience": "admin"}),
    ] {
        let env = TestEnv::new();
        env.login("mystore");
        env.expire();
        let before = env.stored("mystore", "login");
        let mut claims = other;
        claims["exp"] = json!(now() + 3600);
        let token = env.sandbox.mint(&claims);
        env.sandbox.fail(Failure {
            path: "/api/vtexid/refreshtoken/admin".to_owned(),
            how: How::Cookie(format!("VtexIdclientAutCookie={token}")),
            times: 1,
        });
        env.vtexid(["local", "token"])
            .run()
            .code(6)
            .stdout("")
            .stderr(contains("wrong kind of token"));
        assert_eq!(env.stored("mystore", "login"), before);
    }
}
