//! Logins that fail, and what they leave behind: nothing.

use super::*;

#[test]
fn a_login_page_that_cannot_be_probed_does_not_end_the_login() {
    for how in ["500*1", "drop*1"] {
        let env = TestEnv::new();
        env.fail(&format!("/_v/segment/admin-login={how}"));
        env.login("mystore");
    }
}

#[test]
fn a_login_times_out() {
    let env = TestEnv::new();
    env.login_tool("mystore", &["--timeout", "1s"])
        .run()
        .code(1)
        .stdout("")
        .stderr(contains("timed out after 1s waiting for sign-in"))
        .stderr(contains("hint: run `vtexid login mystore"));
    env.assert_nothing_kept();
}

#[test]
fn a_failed_login_changes_nothing() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = env.token("mystore");
    env.login_tool("mystore", &["--fresh", "--timeout", "1s"])
        .run()
        .code(1);
    assert_eq!(env.token("mystore"), before);
}

#[test]
#[cfg(unix)]
fn ctrl_c_keeps_nothing() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url: reqwest::Url = loopback(&env, &login).parse().unwrap();
    login.wait_for("waiting for the browser");
    login.interrupt();
    ended_by(&login.finish(), 2).stdout("");
    env.assert_nothing_kept();
    // What names it to a second login is not left behind.
    assert!(
        !env.files()
            .iter()
            .any(|path| path.ends_with("login-mystore.pid"))
    );
    let address = (Ipv4Addr::LOCALHOST, url.port().unwrap());
    assert!(TcpStream::connect(address).is_err());
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_a_request_that_hangs() {
    let env = TestEnv::new();
    env.fail("/api/vtexid/toolbelt/start=delay:300s");
    let login = env.start_login("mystore");
    eventually("the request arrives", || !env.requests_to(START).is_empty());
    login.interrupt();
    ended_by(&login.finish(), 2).stdout("");
    env.assert_nothing_kept();
}

#[test]
fn an_account_that_vtex_does_not_know() {
    let env = TestEnv::new();
    env.login_tool("unknownstore", &[])
        .run()
        .code(1)
        .stdout("")
        .stderr(contains("unknownstore").and(contains("hint: check the spelling")));
    env.assert_nothing_kept();
}

#[test]
fn vtex_id_failing_at_the_start_is_worth_another_try() {
    for how in ["500", "503", "429", "drop", "garbage", "huge"] {
        let env = TestEnv::new();
        env.fail(&format!("{START}={how}"));
        let host = format!("mystore.localhost:{}", env.sandbox.port());
        env.login_tool("mystore", &[])
            .run()
            .code(6)
            .stdout("")
            .stderr(contains(host).and(contains("hint: ")));
        env.assert_nothing_kept();
    }
}

#[test]
fn a_redirect_at_the_start_is_no_refusal() {
    let env = TestEnv::new();
    env.fail(&format!("{START}=302"));
    env.login_tool("mystore", &[]).run().code(6).stdout("");
}

#[test]
fn vtex_id_failing_at_the_exchange_does_not_end_the_login() {
    for how in ["500", "drop", "garbage", "huge"] {
        let env = TestEnv::new();
        env.fail(&format!("{VALIDATE}={how}*1"));
        let login = env.start_login("mystore");
        let page = Browser::default().log_in(&login.page(), EMAIL);
        assert_eq!(page.status, 503, "{how}");
        assert!(page.body.contains("It did not work yet"), "{how}");
        let host = format!("mystore.localhost:{}", env.sandbox.port());
        let words = login.wait_for("still waiting: sign in again");
        assert!(words.contains(&host), "{words}");
        assert_eq!(env.requests_to(VALIDATE).len(), 1, "{how}");
        env.assert_nothing_kept();
        sign_in(login, EMAIL).1.success();
    }
}

#[test]
fn an_invalid_token_is_not_saved() {
    use crate::sandbox::{Failure, How};
    for body in [
        "{}",
        "[]",
        "null",
        "{\"token\":null}",
        "{\"token\":\"not.a.token\"}",
    ] {
        let env = TestEnv::new();
        env.sandbox.fail(Failure {
            path: VALIDATE.to_owned(),
            how: How::Body(200, body.to_owned()),
            times: 1,
        });
        let login = env.start_login("mystore");
        let page = Browser::default().log_in(&login.page(), EMAIL);
        assert_eq!(page.status, 503, "{body}");
        env.assert_nothing_kept();
        sign_in(login, EMAIL)
            .1
            .success()
            .stderr(contains("not.a.token").not());
    }
}

#[test]
fn ci_has_no_browser() {
    let env = TestEnv::new();
    env.vtexid(["login", "mystore", "--store", "file"])
        .env("CI", "true")
        .run()
        .code(2)
        .stdout("")
        .stderr(contains("vtexid apptoken"));
    assert!(env.sandbox.requests().is_empty());
    let login = env.login_tool("mystore", &[]).env("CI", "true").start();
    sign_in(login, EMAIL).1.success();
}

#[test]
#[cfg(target_os = "linux")]
fn a_missing_keyring_is_found_before_vtex_is_asked() {
    let env = TestEnv::new();
    let bare = env.vtexid(["login", "mystore", "--no-browser"]);
    for login in [
        bare,
        env.vtexid(["login", "mystore", "--no-browser", "--store", "keyring"]),
    ] {
        login
            .run()
            .code(5)
            .stdout("")
            .stderr(contains("this machine has no keyring"))
            .stderr(contains("--store file"));
    }
    let without = env.vtexid(["login", "mystore", "--no-browser"]);
    without
        .without("DBUS_SESSION_BUS_ADDRESS")
        .run()
        .code(5)
        .stdout("");
    assert!(env.sandbox.requests().is_empty());
    env.assert_nothing_kept();
}

#[test]
fn a_folder_that_cannot_be_written_is_found_before_vtex_is_asked() {
    let env = TestEnv::new();
    // Not even root can make a folder inside a file.
    std::fs::write(env.dir(), "").unwrap();
    env.login_tool("mystore", &[])
        .run()
        .code(1)
        .stdout("")
        .stderr(contains(env.dir().display().to_string()).and(contains("VTEXID_DIR")));
    assert!(env.sandbox.requests().is_empty());
}
