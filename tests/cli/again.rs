//! A second login: renewed without a browser, or refused while another one is
//! in progress.

use crate::{
    env::{EMAIL, TestEnv, answer, sign_in, stderr},
    sandbox::Options,
};

const REFRESH: &str = "/api/vtexid/refreshtoken/admin";
const START: &str = "/api/vtexid/toolbelt/start";

#[test]
fn a_stored_session_is_renewed_without_a_browser() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = env.token("mystore");
    let done = env.vtexid(["login", "mystore"]).run().success().stdout("");
    let words = stderr(&done);
    assert!(words.contains("renewed without a browser"), "{words}");
    assert!(words.contains("--fresh"), "{words}");
    assert_ne!(env.token("mystore"), before);
    assert_eq!(env.requests_to(REFRESH).len(), 1);
    assert_eq!(env.requests_to(START).len(), 1);
    // The refresh token rotates: the new one was saved.
    let done = env.vtexid(["login", "mystore", "--json"]).run().success();
    assert_eq!(answer(&done)["login"], EMAIL);
    assert_eq!(env.requests_to(REFRESH).len(), 2);
}

#[test]
fn fresh_signs_in_again_and_names_the_other_user() {
    let env = TestEnv::new();
    env.login("mystore");
    let login = env.login_tool("mystore", &["--fresh"]).start();
    let (_, done) = sign_in(login, "ana@example.com");
    let words = stderr(&done.success());
    assert!(
        words.contains("now logged in as ana@example.com (was dev@example.com)"),
        "{words}"
    );
    assert_eq!(env.requests_to(REFRESH).len(), 0);
}

#[test]
fn a_renewal_that_is_refused_goes_on_to_the_browser() {
    let env = TestEnv::with(Options {
        refresh_after: 3600,
        ..Options::default()
    });
    env.login("mystore");
    let login = env.login_tool("mystore", &[]).start();
    let (_, done) = sign_in(login, EMAIL);
    let words = stderr(&done.success());
    assert!(
        words.contains("does not renew the stored session (InvalidSession)"),
        "{words}"
    );
    assert_eq!(env.requests_to(START).len(), 2);
}

#[test]
fn a_failed_renewal_deletes_nothing() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = env.token("mystore");
    for how in ["500", "drop", "garbage"] {
        env.sandbox.clear_failures();
        env.fail(&format!("{REFRESH}={how}"));
        // The browser is what was asked for; it is not waited for here.
        let login = env.vtexid(["login", "mystore", "--no-browser"]).start();
        let words = login.wait_for("waiting for the browser");
        assert!(
            words.contains("could not renew the stored session: "),
            "{words}"
        );
        assert!(words.contains("mystore.localhost"), "{words}");
        drop(login);
    }
    // Not known to have been used up, the refresh token must not be tried twice in one run.
    assert_eq!(env.requests_to(REFRESH).len(), 3);
    assert_eq!(env.token("mystore"), before);
    let (_, done) = sign_in(env.login_tool("mystore", &[]).start(), EMAIL);
    assert!(stderr(&done.success()).contains("logged in to mystore"));
}

#[test]
fn a_second_login_names_the_first_ones_process_and_account_and_no_page() {
    let env = TestEnv::new();
    let first = env.start_login("mystore");
    first.wait_for("waiting for the browser");
    let page = first.page();
    let done = env.login_tool("mystore", &[]).run().code(1).stdout("");
    let words = stderr(&done);
    let process = format!(
        "another login to mystore is already in progress (process {})",
        first.id()
    );
    assert!(words.contains(&process), "{words}");
    // The page's address holds the login's state.
    let (_, state) = page.rsplit_once("state").unwrap();
    assert!(!words.contains(state), "{words}");
    for file in env.files() {
        let text = std::fs::read(&file).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains(state), "{}", file.display());
    }
    assert_eq!(env.requests_to(START).len(), 1);
    // Another account's login is no obstacle, nor is the first's end.
    env.login("other");
    sign_in(first, EMAIL).1.success();
    env.login_tool("mystore", &[]).run().success();
    assert!(
        env.files().iter().all(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            !name.starts_with("login-")
        }),
        "{:?}",
        env.files()
    );
}

#[cfg(unix)]
#[test]
fn a_killed_login_does_not_block_the_next() {
    let env = TestEnv::new();
    let first = env.start_login("mystore");
    first.wait_for("waiting for the browser");
    drop(first); // SIGKILL
    env.login("mystore");
}

#[test]
fn a_failed_request_is_repeated_and_the_login_continues() {
    let env = TestEnv::new();
    env.fail(&format!("{START}=500*1"));
    env.fail("/_v/segment/admin-login/v1/login=drop*2");
    let (_, done) = sign_in(env.start_login("mystore"), EMAIL);
    let words = stderr(&done.success());
    assert_eq!(words.matches("trying again").count(), 3, "{words}");
    assert!(
        words.contains("could not reach mystore.localhost"),
        "{words}"
    );
    assert_eq!(env.requests_to(START).len(), 2);
}

#[test]
fn a_server_that_stays_down_ends_the_login_with_its_name() {
    for path in [START, "/_v/segment/admin-login/v1/login"] {
        let env = TestEnv::new();
        env.fail(&format!("{path}=drop"));
        let done = env.start_login("mystore").finish().code(6).stdout("");
        let words = stderr(&done);
        assert!(
            words.contains("could not reach mystore.localhost"),
            "{words}"
        );
        assert_eq!(env.requests_to(path).len(), 3, "{path}");
    }
}

#[test]
fn a_long_wait_prints_the_likely_causes() {
    let env = TestEnv::new();
    let login = env.login_tool("mystore", &["--timeout", "5m"]).start();
    let words = login.wait_for("still waiting (4m");
    // First the cause that leaves no trace: the browser asked, and the user
    // chose Block.
    let causes = "Already signed in? If the browser asked to access other apps and services on this device, choose Allow";
    assert!(words.contains(causes), "{words}");
    let (_, done) = sign_in(login, EMAIL);
    let words = stderr(&done.success());
    assert_eq!(words.matches("still waiting").count(), 1, "{words}");
}

#[test]
#[cfg(target_os = "linux")]
fn another_store_can_be_chosen_when_the_one_before_is_gone() {
    let env = TestEnv::new();
    env.login("mystore");
    // As after a login on a desktop whose keyring is not running now.
    let index = env.file("index.json");
    let text = std::fs::read_to_string(&index).unwrap();
    std::fs::write(&index, text.replace("\"file\"", "\"keyring\"")).unwrap();
    env.vtexid(["local", "token"]).run().code(5).stdout("");
    let (_, done) = sign_in(env.login_tool("mystore", &[]).start(), EMAIL);
    let words = stderr(&done.success());
    assert!(
        words.contains(
            "could not delete the previous secrets of mystore from the keyring: this machine has no keyring that vtexid can reach"
        ),
        "{words}"
    );
    assert_eq!(env.token("mystore").split('.').count(), 3);
}
