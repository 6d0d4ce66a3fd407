//! Logging in as a shopper: by a code that is mailed, and with the token of an
//! OAuth provider.

use std::io::{PipeWriter, Write as _};

use assert_cmd::assert::Assert;
use predicates::{prelude::PredicateBooleanExt as _, str::contains};

use crate::{
    env::{Running, TestEnv, answer, claims, now, stderr, stdout},
    sandbox::{Failure, How, Options, PROVIDER, PROVIDER_TOKEN, ShopperOptions},
};

const EMAIL: &str = "ana+test@example.com";
const SEND: &str = "/api/vtexid/pub/authentication/accesskey/send";
const VALIDATE: &str = "/api/vtexid/pub/authentication/accesskey/validate";
const REFRESH: &str = "/api/vtexid/refreshtoken/webstore";
const EXCHANGE: &str = "/api/vtexid/audience/webstore/provider/oauth/exchange";

fn with(shopper: ShopperOptions) -> TestEnv {
    TestEnv::with(Options {
        shopper,
        ..Options::default()
    })
}

/// Waiting for the code, which is to be written into the pipe.
fn waiting(env: &TestEnv) -> (Running, PipeWriter) {
    let (reader, writer) = std::io::pipe().unwrap();
    let arguments = [
        "login",
        "mystore",
        "--shopper",
        EMAIL,
        "--store",
        "file",
        "-v",
    ];
    let login = env.vtexid(arguments).stdin_from(reader).start();
    login.wait_for("waiting for the code");
    (login, writer)
}

/// The end of a login in which this is sent as the code.
fn answered(env: &TestEnv, code: &str) -> Assert {
    let (login, mut writer) = waiting(env);
    writeln!(writer, "{code}").unwrap();
    login.finish()
}

/// A login that ends before a code is asked for.
fn refused(env: &TestEnv, code: i32) -> String {
    let arguments = ["login", "mystore", "--shopper", EMAIL, "--store", "file"];
    let done = env.vtexid(arguments).run().code(code).stdout("");
    env.assert_nothing_kept();
    stderr(&done)
}

#[test]
fn the_code_is_a_line_on_stdin_that_is_read_after_it_was_mailed() {
    let env = TestEnv::new();
    let (login, mut writer) = waiting(&env);
    let mails = env.sandbox.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].email, EMAIL);
    // As it may have been copied from the mail.
    let (before, after) = mails[0].code.split_at(3);
    writeln!(writer, "  {before} {after}\r").unwrap();
    let done = login.finish().success().stdout("");
    let words = stderr(&done);
    assert!(
        words.contains(&format!("logged in to mystore as the shopper {EMAIL}")),
        "{words}"
    );
    assert!(!words.contains(&mails[0].code), "{words}");
    // The address is not in the shown requests either.
    assert!(!words.contains("email="), "{words}");

    let json = env.vtexid(["local", "token", "--as", EMAIL, "--json"]);
    let json = answer(&json.run().success());
    assert_eq!(json["kind"], "shopper");
    assert_eq!(json["login"], EMAIL);
    assert_eq!(json["cookie"], "VtexIdclientAutCookie_mystore");
    // The code works only for the login that requested it.
    let validate = &env.requests_to(VALIDATE)[0];
    let send = &env.requests_to(SEND)[0];
    assert_eq!(validate.cookie("_vss"), send.cookie("_vss"));
}

/// Logged in with the code that was mailed.
fn log_in(env: &TestEnv) {
    let (login, mut writer) = waiting(env);
    writeln!(writer, "{}", env.sandbox.mails()[0].code).unwrap();
    login.finish().success();
}

fn token(env: &TestEnv, more: &[&str]) -> Assert {
    let arguments = ["local", "token", "-a", "mystore"];
    env.vtexid(arguments.iter().chain(more)).run()
}

#[test]
fn a_shopper_never_replaces_the_user() {
    let env = TestEnv::new();
    log_in(&env);
    token(&env, &[])
        .code(4)
        .stdout("")
        .stderr(contains("only shoppers").and(contains(EMAIL)));
    env.login("mystore");
    let user = stdout(&token(&env, &[]).success());
    assert_eq!(claims(user.trim_end())["audience"], "admin");
    let (login, mut writer) = waiting(&env);
    writeln!(writer, "{}", env.sandbox.mails()[1].code).unwrap();
    login.finish().success();
    assert_eq!(stdout(&token(&env, &[]).success()), user);
    // However the address is typed.
    let shopper = token(&env, &["--as", &EMAIL.to_uppercase()]).success();
    assert_eq!(claims(stdout(&shopper).trim_end())["sub"], EMAIL);

    env.vtexid(["logout", "mystore", "--as", EMAIL])
        .run()
        .success();
    token(&env, &["--as", EMAIL])
        .code(4)
        .stderr(contains(format!("vtexid login mystore --shopper {EMAIL}")));
    assert_eq!(stdout(&token(&env, &[]).success()), user);
}

/// A shopper whose token is always about to expire, in a store that renews.
fn renewing() -> TestEnv {
    let env = TestEnv::with(Options {
        token_life: 40,
        shopper: ShopperOptions {
            refresh: true,
            ..ShopperOptions::default()
        },
        ..Options::default()
    });
    log_in(&env);
    env
}

#[test]
fn if_the_store_allows_it_the_session_is_renewed_with_all_its_cookies() {
    let env = renewing();
    let mut last = String::new();
    for count in 1..=3 {
        let done = token(&env, &["--as", EMAIL]).success();
        let new = stdout(&done);
        assert_ne!(new, last);
        last = new;
        let words = stderr(&done);
        assert!(
            words.contains(&format!("renewed the token of the shopper {EMAIL}")),
            "{words}"
        );
        let requests = env.requests_to(REFRESH);
        assert_eq!(requests.len(), count);
        // Its refresh token, its own cookie, and the one with the account's id.
        let cookies = requests[count - 1].header("Cookie").unwrap();
        assert_eq!(
            cookies.matches("VtexIdclientAutCookie_").count(),
            2,
            "{cookies}"
        );
        assert!(cookies.contains("vid_rt="), "{cookies}");
    }
    assert!(env.requests_to("/api/vtexid/refreshtoken/admin").is_empty());
}

#[test]
fn a_renewal_that_is_refused_ends_the_session_once_the_token_has_expired() {
    let env = renewing();
    let refuse = || {
        env.sandbox.fail(Failure {
            path: REFRESH.to_owned(),
            how: How::Body(200, r#"{"status":"InvalidSession"}"#.to_owned()),
            times: 1,
        });
    };
    refuse();
    token(&env, &["--as", EMAIL])
        .success()
        .stderr(contains("it is still valid"));
    env.expire_in(&format!("shopper-{}", hash(EMAIL)));
    refuse();
    token(&env, &["--as", EMAIL])
        .code(4)
        .stdout("")
        .stderr(contains("has ended").and(contains(format!("--shopper {EMAIL}"))));
    // It is not asked again.
    let before = env.requests_to(REFRESH).len();
    token(&env, &["--as", EMAIL]).code(4);
    assert_eq!(env.requests_to(REFRESH).len(), before);
}

#[test]
fn an_answer_that_is_not_vtex_ids_does_not_end_a_shoppers_session() {
    let env = renewing();
    for (status, body) in [(500, ""), (200, "<html></html>"), (403, ""), (200, "{}")] {
        env.sandbox.clear_failures();
        env.sandbox.fail(Failure {
            path: REFRESH.to_owned(),
            how: How::Body(status, body.to_owned()),
            times: u32::MAX,
        });
        token(&env, &["--as", EMAIL])
            .success()
            .stderr(contains("which is still valid"));
    }
    env.sandbox.clear_failures();
    token(&env, &["--as", EMAIL])
        .success()
        .stderr(contains("renewed"));
}

#[test]
fn if_the_store_does_not_renew_the_session_expires() {
    let env = TestEnv::with(Options {
        token_life: -100,
        ..Options::default()
    });
    log_in(&env);
    token(&env, &["--as", EMAIL])
        .code(4)
        .stdout("")
        .stderr(contains("expired").and(contains(format!("--shopper {EMAIL}"))));
    assert!(env.requests_to(REFRESH).is_empty());
}

#[test]
fn a_logout_ends_the_session_of_an_expired_shopper() {
    let env = renewing();
    env.expire_in(&format!("shopper-{}", hash(EMAIL)));
    env.vtexid(["logout", "mystore", "--as", EMAIL])
        .run()
        .success();
    assert_eq!(env.requests_to(REFRESH).len(), 1);
}

#[test]
fn one_shopper_login_takes_one_account() {
    let env = TestEnv::new();
    for more in [["--shopper", EMAIL], ["--oauth-provider", PROVIDER]] {
        env.vtexid(["login", "one", "two"].iter().chain(&more))
            .stdin("x")
            .run()
            .code(2)
            .stderr(contains("one account at a time"));
    }
    assert!(env.sandbox.requests().is_empty());
}

#[test]
fn a_ci_job_needs_no_browser_for_it() {
    let env = TestEnv::new();
    let (reader, mut writer) = std::io::pipe().unwrap();
    let arguments = [
        "login",
        "mystore",
        "--shopper",
        EMAIL,
        "--store",
        "file",
        "--json",
    ];
    let login = env.vtexid(arguments).env("CI", "true").stdin_from(reader);
    let login = login.start();
    login.wait_for("waiting for the code");
    writeln!(writer, "{}", env.sandbox.mails()[0].code).unwrap();
    let done = login.finish().success();
    assert_eq!(answer(&done)["login"], EMAIL);
}

#[test]
fn a_wrong_or_used_code_is_3() {
    let env = TestEnv::new();
    for _ in 0..2 {
        let done = answered(&env, "nonsense").code(3).stdout("");
        let words = stderr(&done);
        assert!(words.contains("wrong, used or expired"), "{words}");
        assert!(
            words.contains("hint: run the command again for a new code"),
            "{words}"
        );
        assert!(
            !words.contains("nonsense") && !words.contains("exist"),
            "{words}"
        );
        env.assert_nothing_kept();
    }
    // The code of another login does not work.
    let first = env.sandbox.mails()[0].code.clone();
    answered(&env, &first).code(3);
    assert_eq!(env.requests_to(VALIDATE).len(), 3);
}

#[test]
fn an_empty_stdin_fails_after_the_mail() {
    let env = TestEnv::new();
    let words = refused(&env, 1);
    assert!(
        words.contains("standard input ended without a code"),
        "{words}"
    );
    assert_eq!(env.sandbox.mails().len(), 1);
    assert!(env.requests_to(VALIDATE).is_empty());
}

#[test]
fn a_blocked_shopper_is_told_to_wait() {
    let env = with(ShopperOptions {
        attempts: 1,
        ..ShopperOptions::default()
    });
    answered(&env, "000").code(3);
    // It is found out by asking for a code, or with one.
    let words = refused(&env, 1);
    assert!(words.contains("blocked this shopper's login"), "{words}");
    assert!(
        words.contains("wait 30 minutes: trying again sooner makes it longer"),
        "{words}"
    );
    let env = TestEnv::new();
    env.sandbox.fail(Failure {
        path: VALIDATE.to_owned(),
        how: How::Body(401, r#"{"authStatus":"BlockedUser"}"#.to_owned()),
        times: 1,
    });
    answered(&env, "000")
        .code(1)
        .stderr(contains("wait 30 minutes"));
}

#[test]
fn a_login_that_took_too_long_is_not_called_a_wrong_code() {
    let env = with(ShopperOptions {
        age: 601,
        ..ShopperOptions::default()
    });
    let words = refused(&env, 1);
    assert!(words.contains("longer than 10 minutes"), "{words}");
}

#[test]
fn a_store_without_codes_lists_what_it_offers() {
    let env = with(ShopperOptions {
        access_key: false,
        ..ShopperOptions::default()
    });
    let words = refused(&env, 1);
    assert!(
        words.contains(
            "mystore does not offer a code by e-mail: shoppers log in with a password, OAuth (sandbox-sso)"
        ),
        "{words}"
    );
    assert!(
        words.contains("`vtexid login mystore --with-token`"),
        "{words}"
    );
    assert!(words.contains("--oauth-provider NAME"), "{words}");
    assert!(env.requests_to(SEND).is_empty());
}

#[test]
fn a_second_factor_needs_the_browser() {
    let env = with(ShopperOptions {
        mfa: true,
        ..ShopperOptions::default()
    });
    let (login, mut writer) = waiting(&env);
    writeln!(writer, "{}", env.sandbox.mails()[0].code).unwrap();
    login
        .finish()
        .code(1)
        .stdout("")
        .stderr(contains("second factor").and(contains("vtexid login mystore --with-token")));
    env.assert_nothing_kept();
}

#[test]
fn login_says_in_advance_that_the_mail_may_not_arrive() {
    let env = with(ShopperOptions {
        mails: false,
        ..ShopperOptions::default()
    });
    let (login, writer) = waiting(&env);
    drop(writer);
    login
        .finish()
        .code(1)
        .stderr(contains("and wait 30m before you ask again"));
}

#[test]
fn an_answer_that_is_not_vtex_ids_is_6_and_requests_no_second_mail() {
    for (status, body) in [
        (500, ""),
        (200, "<html>Welcome to the hotel</html>"),
        (401, "<html>Log in to the proxy</html>"),
        (403, "<html>Forbidden</html>"),
        (403, ""),
    ] {
        let env = TestEnv::new();
        env.sandbox.fail(Failure {
            path: SEND.to_owned(),
            how: How::Body(status, body.to_owned()),
            times: u32::MAX,
        });
        let words = refused(&env, 6);
        assert!(
            words.contains("mystore.localhost"),
            "{status} {body}: {words}"
        );
        assert_eq!(env.requests_to(SEND).len(), 1);
    }
    // An answer that VTEX ID may give, with a status that promises another.
    for (status, body, code, expected) in [
        (
            200,
            r#"{"authStatus":"InvalidEmail"}"#,
            1,
            "does not accept this e-mail",
        ),
        (400, r#"{"code":"SomethingNew"}"#, 3, "SomethingNew"),
        (429, "", 6, "too many requests"),
    ] {
        let env = TestEnv::new();
        env.sandbox.fail(Failure {
            path: SEND.to_owned(),
            how: How::Body(status, body.to_owned()),
            times: u32::MAX,
        });
        let words = refused(&env, code);
        assert!(words.contains(expected), "{body}: {words}");
    }
}

#[test]
fn an_unknown_account_is_named() {
    let env = TestEnv::new();
    env.vtexid([
        "login",
        "unknownstore",
        "--shopper",
        EMAIL,
        "--store",
        "file",
    ])
    .run()
    .code(1)
    .stderr(contains("VTEX ID does not know the account unknownstore"));
}

#[test]
fn an_invalid_address_and_conflicting_flags_are_2() {
    let env = TestEnv::new();
    for more in [
        &["--shopper", "notmail"][..],
        &["--shopper", ""],
        &["--shopper", EMAIL, "--with-token"],
        &["--shopper", EMAIL, "--no-browser"],
        &["--shopper", EMAIL, "--fresh"],
        &["--shopper", EMAIL, "--port", "3000"],
        &["--shopper", EMAIL, "--timeout", "5m"],
        &["--shopper", EMAIL, "--oauth-provider", "x"],
        &["--shopper", EMAIL, "--duration", "5m"],
        &["--oauth-provider", ""],
        &["--oauth-provider", "x", "--with-token"],
        &["--oauth-provider", PROVIDER, "--duration", "0"],
        &["--oauth-provider", PROVIDER, "--duration", "0m"],
        &["--oauth-provider", PROVIDER, "--duration", "121m"],
        &["--oauth-provider", PROVIDER, "--duration", "3h"],
        &["--oauth-provider", PROVIDER, "--duration", "90s"],
        &["--duration", "60m"],
    ] {
        env.vtexid(["login", "mystore"].iter().chain(more))
            .stdin(format!("{PROVIDER_TOKEN}{EMAIL}"))
            .run()
            .code(2)
            .stdout("");
    }
    assert!(env.sandbox.requests().is_empty());
}

/// A login with this access token of that provider.
fn exchanged(env: &TestEnv, provider: &str, token: &str, more: &[&str]) -> Assert {
    let arguments = ["login", "mystore", "--store", "file", "-v"];
    let provider = ["--oauth-provider", provider];
    env.vtexid(arguments.iter().chain(&provider).chain(more))
        .env("CI", "true")
        .stdin(format!("{token}\n"))
        .run()
}

#[test]
fn an_access_token_of_the_provider_is_exchanged_without_a_person() {
    let env = TestEnv::new();
    let token = format!("{PROVIDER_TOKEN}{EMAIL}");
    for (more, minutes) in [
        (&[][..], 60),
        (&["--duration", "15m"], 15),
        (&["--duration", "2h"], 120),
    ] {
        let done = exchanged(&env, PROVIDER, &token, more).success().stdout("");
        let words = stderr(&done);
        assert!(
            words.contains(&format!("logged in to mystore as the shopper {EMAIL}")),
            "{words}"
        );
        assert!(!words.contains(&token), "{words}");
        let done = env.vtexid(["local", "token", "--as", EMAIL]).run();
        let done = done.success();
        let claims = claims(stdout(&done).trim_end());
        assert_eq!(claims["audience"], "webstore");
        let left = claims["exp"].as_i64().unwrap() - now();
        assert!((minutes * 60 - 60..=minutes * 60).contains(&left), "{left}");
    }
}

#[test]
fn an_unknown_provider_a_rejected_token_and_another_servers_answer_differ() {
    let env = TestEnv::new();
    let good = format!("{PROVIDER_TOKEN}{EMAIL}");
    exchanged(&env, "no-such-sso", &good, &[])
        .code(1)
        .stdout("")
        .stderr(contains("unknown OAuth provider").and(contains("no-such-sso")));
    exchanged(&env, PROVIDER, "canary", &[])
        .code(3)
        .stdout("")
        .stderr(contains("access token was rejected").and(contains("canary").not()));
    for (status, body) in [
        (200, "<html>Welcome</html>"),
        (200, "{}"),
        (403, "<html>Forbidden</html>"),
        (502, ""),
    ] {
        let env = TestEnv::new();
        env.sandbox.fail(Failure {
            path: EXCHANGE.to_owned(),
            how: How::Body(status, body.to_owned()),
            times: u32::MAX,
        });
        exchanged(&env, PROVIDER, &good, &[])
            .code(6)
            .stdout("")
            .stderr(contains("mystore.localhost").and(contains(&*good).not()));
        env.assert_nothing_kept();
    }
    env.assert_nothing_kept();
}

#[test]
fn an_access_token_that_is_missing_or_huge_is_sent_nowhere() {
    let env = TestEnv::new();
    exchanged(&env, PROVIDER, "", &[])
        .code(1)
        .stderr(contains("standard input is empty"));
    exchanged(&env, PROVIDER, &"x".repeat(70_000), &[])
        .code(1)
        .stderr(contains("too large for a token"));
    // A token where the provider's name belongs is not repeated.
    let token = format!("eyJ{}", "a".repeat(60));
    let done = exchanged(&env, &token, "x", &[]).code(1);
    assert!(!stderr(&done).contains(&token), "{}", stderr(&done));
}

/// What stands for the address in the name of its file.
fn hash(email: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, email.as_bytes());
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    let bytes = digest.as_ref()[..16].iter();
    bytes
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
