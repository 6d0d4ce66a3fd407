//! What a login leaves behind that VTEX ID granted, and that could not be saved.

use std::{fs, path::Path};

use crate::env::{EMAIL, Running, TestEnv, sign_in, stderr};

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
