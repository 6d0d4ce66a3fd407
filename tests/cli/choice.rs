//! Which credential a command uses: the rule's table, row by row.

use predicates::{prelude::PredicateBooleanExt as _, str::contains};
use serde_json::{Value, json};

use crate::{
    env::{TestEnv, Tool, answer, claims, now, stderr, stdout},
    sandbox,
};

const ANA: &str = "ana@example.com";

fn token(env: &TestEnv, claims: &Value) -> String {
    let mut claims = claims.clone();
    let exp = claims["exp"].as_i64().unwrap_or(now() + 3600);
    claims["exp"] = json!(exp);
    env.sandbox.mint(&claims)
}

fn admin_of(env: &TestEnv, account: &str, login: &str) -> String {
    token(
        env,
        &json!({"sub": login, "account": account, "audience": "admin"}),
    )
}

fn shopper_of(env: &TestEnv, account: &str, login: &str) -> String {
    token(
        env,
        &json!({"sub": login, "account": account, "audience": "webstore"}),
    )
}

fn nobodys(env: &TestEnv) -> String {
    token(
        env,
        &json!({"sub": "someone@example.com", "audience": "admin"}),
    )
}

fn give(env: &TestEnv, account: &str, token: &str) {
    env.vtexid(["login", account, "--with-token", "--store", "file"])
        .stdin(token)
        .run()
        .success();
}

fn save_key(env: &TestEnv, account: &str) {
    with_pair(
        env.vtexid(["apptoken", "--save", "--store", "file"]),
        account,
    )
    .run()
    .success();
}

fn with_pair(tool: Tool, account: &str) -> Tool {
    tool.env("VTEX_APP_KEY", sandbox::app_key(account))
        .env("VTEX_APP_TOKEN", sandbox::app_token())
}

fn local_token(env: &TestEnv, more: &[&str]) -> Tool {
    env.vtexid([&["local", "token"], more].concat())
}

/// What it prints, and what it says.
fn printed(tool: Tool) -> (String, String) {
    let done = tool.run().success();
    (stdout(&done).trim_end().to_owned(), stderr(&done))
}

#[test]
fn vtex_token_overrides_the_current_account() {
    let env = TestEnv::new();
    give(&env, "other", &admin_of(&env, "other", ANA));
    for more in [&[][..], &["--as", "user"]] {
        let given = admin_of(&env, "MyStore", "dev@example.com");
        let (token, words) = printed(local_token(&env, more).env("VTEX_TOKEN", &given));
        assert_eq!(token, given, "{more:?}");
        assert!(!words.contains("VTEX_TOKEN"), "{words}");
    }
}

#[test]
fn vtex_token_and_vtex_account_must_agree() {
    let env = TestEnv::new();
    give(&env, "other", &admin_of(&env, "other", ANA));
    let given = admin_of(&env, "mystore", ANA);
    local_token(&env, &[])
        .env("VTEX_TOKEN", &given)
        .env("VTEX_ACCOUNT", "other")
        .run()
        .code(2)
        .stdout("")
        .stderr(
            contains("VTEX_TOKEN is for the account mystore, but VTEX_ACCOUNT is other")
                .and(contains("hint: unset one of them")),
        );
    let (token, _) = printed(
        local_token(&env, &[])
            .env("VTEX_TOKEN", &given)
            .env("VTEX_ACCOUNT", "MYSTORE"),
    );
    assert_eq!(token, given);
}

#[test]
fn vtex_token_of_another_account_is_skipped() {
    let env = TestEnv::new();
    let stored = admin_of(&env, "other", ANA);
    give(&env, "other", &stored);
    let given = admin_of(&env, "mystore", ANA);
    for account in [None, Some("mystore"), Some("other")] {
        let mut tool = local_token(&env, &["-a", "other"]).env("VTEX_TOKEN", &given);
        if let Some(account) = account {
            tool = tool.env("VTEX_ACCOUNT", account);
        }
        let (token, words) = printed(tool);
        assert_eq!(token, stored, "{account:?}");
        let note = "VTEX_TOKEN is not used: it is for mystore, not other";
        assert!(words.contains(note), "{words}");
    }
    local_token(&env, &["-a", "third"])
        .env("VTEX_TOKEN", &given)
        .run()
        .code(4)
        .stdout("")
        .stderr(
            contains("VTEX_TOKEN is not used: it is for mystore, not third")
                .and(contains("you are not logged in to third")),
        );
}

#[test]
fn a_token_without_an_account_matches_any() {
    let env = TestEnv::new();
    give(&env, "other", &admin_of(&env, "other", ANA));
    let given = nobodys(&env);
    let (token, words) = printed(local_token(&env, &["-a", "x"]).env("VTEX_TOKEN", &given));
    assert_eq!(token, given);
    assert!(
        words.contains("does not name an account; using it for x"),
        "{words}"
    );
    let (token, _) = printed(local_token(&env, &[]).env("VTEX_TOKEN", &given));
    assert_eq!(token, given);
    // A command that sends it must know where to.
    env.vtexid(["toolbelt", "export"])
        .without("VTEXID_URL")
        .env("VTEX_TOKEN", &given)
        .run()
        .code(2)
        .stdout("")
        .stderr(contains("the token in VTEX_TOKEN does not name an account"));
}

#[test]
fn as_user_skips_a_shoppers_token() {
    let env = TestEnv::new();
    let stored = admin_of(&env, "mystore", "dev@example.com");
    give(&env, "mystore", &stored);
    let given = shopper_of(&env, "mystore", ANA);
    let (token, words) = printed(local_token(&env, &["--as", "user"]).env("VTEX_TOKEN", &given));
    assert_eq!(token, stored);
    let note = "VTEX_TOKEN is not used: it is a shopper token of ana@example.com, but --as is user";
    assert!(words.contains(note), "{words}");
    // Without --as, VTEX_TOKEN is used.
    let (token, _) = printed(local_token(&env, &[]).env("VTEX_TOKEN", &given));
    assert_eq!(token, given);
}

#[test]
fn as_key_takes_an_app_keys_token_without_a_pair() {
    let env = TestEnv::new();
    let claims = json!({
        "sub": "vtexappkey-mystore-X", "account": "mystore", "audience": "admin", "type": "appkey"
    });
    let given = token(&env, &claims);
    let (token, _) = printed(local_token(&env, &["--as", "key"]).env("VTEX_TOKEN", &given));
    assert_eq!(token, given);
    local_token(&env, &["--as", "key", "-a", "mystore"])
        .run()
        .code(4)
        .stderr(contains("no app key is saved for mystore").and(contains("VTEX_APP_KEY")));
}

#[test]
fn an_admins_address_does_not_select_a_shopper() {
    let env = TestEnv::new();
    let given = admin_of(&env, "mystore", ANA);
    local_token(&env, &["--as", ANA, "-a", "mystore"])
        .env("VTEX_TOKEN", &given)
        .run()
        .code(4)
        .stderr(
            contains("no shopper ana@example.com is logged in to mystore").and(contains(
                "hint: ana@example.com is an admin user: pass `--as user`",
            )),
        );
    give(&env, "mystore", &given);
    local_token(&env, &["--as", "ANA@example.com"])
        .run()
        .code(4)
        .stderr(contains("pass `--as user`"));
}

#[test]
fn an_unreadable_vtex_token_is_always_an_error() {
    let env = TestEnv::new();
    give(&env, "other", &admin_of(&env, "other", ANA));
    for more in [&[][..], &["-a", "other"], &["--as", "key"]] {
        local_token(&env, more)
            .env("VTEX_TOKEN", "ey.broken")
            .run()
            .code(2)
            .stdout("")
            .stderr(contains("invalid VTEX_TOKEN"));
    }
    let expired = json!({"sub": ANA, "account": "other", "audience": "admin", "exp": now() - 60});
    local_token(&env, &[])
        .env("VTEX_TOKEN", token(&env, &expired))
        .run()
        .code(3)
        .stdout("");
}

#[test]
fn an_expired_user_does_not_fall_back_to_the_app_key() {
    let env = TestEnv::new();
    save_key(&env, "mystore");
    env.login("mystore");
    env.expire();
    env.sandbox.fail(sandbox::Failure {
        path: "/api/vtexid/refreshtoken/admin".to_owned(),
        how: sandbox::How::Body(200, r#"{"status":"InvalidToken"}"#.to_owned()),
        times: 1,
    });
    local_token(&env, &[])
        .run()
        .code(4)
        .stdout("")
        .stderr(contains("\nhint: pass `--as key` to use the app key\n"));
    // Nor with the pair in the environment.
    with_pair(local_token(&env, &[]), "mystore")
        .run()
        .code(4)
        .stdout("");
    let (token, _) = printed(local_token(&env, &["--as", "key"]));
    assert_eq!(claims(&token)["type"], "appkey");
}

#[test]
fn the_environments_pair_is_used_if_nothing_is_stored() {
    let env = TestEnv::new();
    let (token, _) = printed(with_pair(local_token(&env, &[]), "mystore"));
    assert_eq!(claims(&token)["sub"], "vtexappkey-mystore-SANDBX");
    assert!(env.files().iter().all(|f| !f.ends_with("index.json")));
    with_pair(local_token(&env, &[]), "mystore")
        .env("VTEX_ACCOUNT", "other")
        .run()
        .code(4)
        .stdout("")
        .stderr(
            contains("VTEX_ACCOUNT is other, but the app key in VTEX_APP_KEY is for mystore").and(
                contains("hint: unset VTEX_ACCOUNT, or use an app key of other"),
            ),
        );
    with_pair(local_token(&env, &["-a", "other"]), "mystore")
        .run()
        .code(4)
        .stdout("")
        .stderr(
            contains(
                "you are not logged in to other, and the app key in VTEX_APP_KEY is for mystore",
            )
            .and(contains("hint: pass `-a mystore` to use the app key")),
        );
    // A user that is stored goes first, unless the key is asked for.
    let user = admin_of(&env, "mystore", ANA);
    give(&env, "mystore", &user);
    let (token, _) = printed(with_pair(local_token(&env, &[]), "mystore"));
    assert_eq!(token, user);
    let (token, _) = printed(with_pair(local_token(&env, &["--as", "key"]), "mystore"));
    assert_eq!(claims(&token)["type"], "appkey");
}

/// On Windows the profile's folder is found without a variable.
#[test]
#[cfg(not(windows))]
fn a_machine_without_a_home_makes_a_token_from_the_pair() {
    let env = TestEnv::new();
    let bare = |tool: Tool| {
        tool.without("HOME")
            .without("USERPROFILE")
            .without("LOCALAPPDATA")
            .without("VTEXID_DIR")
    };
    let done = bare(with_pair(local_token(&env, &[]), "mystore")).run();
    // Where the system's list of users has a home, it has no VTEX session.
    let token = stdout(&done.success());
    assert_eq!(claims(&token)["sub"], "vtexappkey-mystore-SANDBX");
}

#[test]
fn half_a_pair_is_named() {
    let env = TestEnv::new();
    local_token(&env, &[])
        .env("VTEX_APP_KEY", sandbox::app_key("mystore"))
        .run()
        .code(4)
        .stderr(contains(
            "VTEX_APP_KEY is set, but VTEX_APP_TOKEN is missing",
        ));
    local_token(&env, &[])
        .env("CI", "true")
        .run()
        .code(4)
        .stderr(contains(
            "hint: in a CI job set VTEX_APP_KEY and VTEX_APP_TOKEN",
        ));
}

#[test]
fn shoppers_are_used_only_with_as() {
    let env = TestEnv::new();
    let (ana, bob) = (
        shopper_of(&env, "mystore", ANA),
        shopper_of(&env, "mystore", "bob@example.com"),
    );
    give(&env, "mystore", &ana);
    give(&env, "mystore", &bob);
    local_token(&env, &[]).run().code(4).stderr(
        contains("only shoppers are logged in to mystore")
            .and(contains("ana@example.com, bob@example.com")),
    );
    for (login, token) in [("ANA@Example.com", &ana), ("bob@example.com", &bob)] {
        let (printed, _) = printed(local_token(&env, &["--as", login]));
        assert_eq!(printed, *token, "{login}");
    }
    for file in env.files() {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(!name.contains("ana") && !name.contains("example"), "{name}");
    }
}

#[test]
fn nothing_of_one_kind_replaces_another() {
    let env = TestEnv::new();
    env.login("mystore");
    let user = env.token("mystore");
    save_key(&env, "mystore");
    let ana = shopper_of(&env, "mystore", ANA);
    give(&env, "mystore", &ana);
    let io = json!({
        "iss": "vtexio/router", "aud": "vtexio", "type": "link", "account": "mystore",
        "userLogin": "app@example.com"
    });
    assert_eq!(env.token("mystore"), user);
    let status = answer(&env.vtexid(["status", "--json"]).run().success());
    let kept: Vec<&Value> = status["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["credential"])
        .collect();
    assert_eq!(kept, ["user", "key", ANA]);
    let effective = &status["effective"];
    assert_eq!(effective["account"], "mystore");
    assert_eq!(effective["credential"], "user");
    assert_eq!(effective["source"], "file");
    assert_eq!(status["accounts"][0]["renews"], true);
    assert_eq!(status["accounts"][1]["renews"], true);
    assert_eq!(status["accounts"][2]["renews"], false);
    // A token of the same kind does replace it.
    give(&env, "mystore", &token(&env, &io));
    assert_ne!(env.token("mystore"), user);
    // Another app key's token may not take the place of an app token that
    // VTEX showed only once.
    let other = token(
        &env,
        &json!({"sub": "vtexappkey-mystore-OTHER", "account": "mystore", "audience": "admin", "type": "appkey"}),
    );
    env.vtexid(["login", "mystore", "--with-token"])
        .stdin(other)
        .run()
        .code(1)
        .stderr(contains("`vtexid logout mystore --as key`"));
}

#[test]
fn a_logout_lists_each_credential_and_deletes_one_that_is_named() {
    let env = TestEnv::new();
    env.login("mystore");
    save_key(&env, "mystore");
    give(&env, "mystore", &shopper_of(&env, "mystore", ANA));
    env.vtexid(["logout", "mystore", "--as", "bob@example.com"])
        .run()
        .code(4)
        .stderr(contains(
            "hint: stored credentials: --as user, --as key, --as ana@example.com",
        ));
    let done = env
        .vtexid(["logout", "mystore", "--as", ANA])
        .run()
        .success();
    assert!(stdout(&done).starts_with("mystore (shopper ana@example.com, file): "));
    let done = env.vtexid(["logout", "mystore"]).run().success();
    let lines = stdout(&done);
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].contains("token revoked at VTEX ID, and deleted from this machine"),
        "{lines:?}"
    );
    assert!(
        lines[1].contains("the app key still works until"),
        "{lines:?}"
    );
    env.assert_nothing_kept();
}

#[test]
fn nonsense_is_wrong_usage() {
    let env = TestEnv::new();
    for more in [
        &["--as", ""][..],
        &["--as", "nonsense"],
        &["-a", "a b"],
        &["-a", ""],
    ] {
        local_token(&env, more).run().code(2).stdout("");
    }
    env.vtexid(["login", "vtexappkey-mystore-ABCDEF"])
        .run()
        .code(2)
        .stderr(contains("an app key of the account mystore"));
}

#[test]
fn a_prompt_gets_the_account_and_the_credential() {
    let env = TestEnv::new();
    let short = |env: &TestEnv| env.vtexid(["status", "--short"]);
    short(&env).run().code(4).stdout("");
    env.login("mystore");
    short(&env).run().success().stdout("mystore user\n");
    short(&env)
        .env("VTEX_TOKEN", shopper_of(&env, "other", ANA))
        .run()
        .success()
        .stdout("other ana@example.com\n");
    with_pair(short(&env), "third")
        .env("VTEX_ACCOUNT", "third")
        .run()
        .success()
        .stdout("third key\n");
}

#[test]
fn status_says_why_no_credential_can_be_used() {
    let env = TestEnv::new();
    env.login("mystore");
    let done = env
        .vtexid(["status", "--json"])
        .env("VTEX_ACCOUNT", "mystore")
        .env("VTEX_TOKEN", admin_of(&env, "other", ANA))
        .run()
        .success();
    let status = answer(&done);
    assert_eq!(status["effective"], Value::Null);
    let problem = status["problem"].as_str().unwrap();
    assert!(
        problem.contains("VTEX_TOKEN is for the account other"),
        "{problem}"
    );
}

#[test]
fn several_accounts_are_logged_in_to_one_after_another() {
    let env = TestEnv::new();
    let arguments = [
        "login",
        "a",
        "b",
        "c",
        "--no-browser",
        "--store",
        "file",
        "--json",
    ];
    // Each has its own page.
    let login = env.vtexid(arguments).start();
    for account in ["a", "b", "c"] {
        let page = login.page_of(&format!("{account}."));
        crate::browser::Browser::default().log_in(&page, crate::env::EMAIL);
    }
    let done = login.finish().success();
    let answers = answer(&done);
    let accounts: Vec<_> = answers
        .as_array()
        .unwrap()
        .iter()
        .map(|a| &a["account"])
        .collect();
    assert_eq!(accounts, ["a", "b", "c"]);
    env.vtexid(["login", "a", "b", "--with-token"])
        .stdin("x")
        .run()
        .code(2)
        .stderr(contains("one token cannot log in to several accounts"));
}

#[test]
fn an_account_is_taken_from_what_people_copy_and_said() {
    let env = TestEnv::new();
    for typed in [
        "https://mystore.myvtex.com/admin",
        "mystore.myvtex.com",
        "dev--mystore",
    ] {
        let token = admin_of(&env, "mystore", ANA);
        env.vtexid(["login", typed, "--with-token", "--store", "file"])
            .stdin(token.clone())
            .run()
            .success()
            .stderr(contains("using the account mystore, taken from"));
        let (printed, words) = printed(local_token(&env, &["-a", typed]));
        assert_eq!(printed, token, "{typed}");
        assert!(words.contains("using the account mystore"), "{words}");
    }
}

#[test]
fn parallel_renewals_of_one_account_keep_both_credentials() {
    let env = TestEnv::new();
    env.login("mystore");
    save_key(&env, "mystore");
    env.expire();
    env.expire_in("key");
    env.fail("/api/vtexid/refreshtoken/admin=delay:300ms");
    let running: Vec<_> = (0..8)
        .map(|n| local_token(&env, &["--as", if n % 2 == 0 { "user" } else { "key" }]).start())
        .collect();
    let tokens: Vec<String> = running
        .into_iter()
        .map(|one| stdout(&one.finish().success()).trim_end().to_owned())
        .collect();
    for (n, token) in tokens.iter().enumerate() {
        assert_eq!(*token, tokens[n % 2], "{n}");
        let kind = if n % 2 == 0 { "user" } else { "appkey" };
        assert_eq!(claims(token)["type"], kind);
    }
    for (n, asked) in ["user", "key"].iter().enumerate() {
        assert_eq!(printed(local_token(&env, &["--as", asked])).0, tokens[n]);
    }
    assert_eq!(env.requests_to("/api/vtexid/refreshtoken/admin").len(), 1);
    assert_eq!(env.requests_to("/api/vtexid/apptoken/login").len(), 2);
}

/// A shopper whose token names no address has a place of its own, and costs no
/// other account its line.
#[test]
fn shoppers_without_an_address_are_kept_apart() {
    let env = TestEnv::new();
    env.login("mystore");
    let user = env.token("mystore");
    for login in ["日本", "", "ana 1", "ana1", "@"] {
        give(&env, "mystore", &shopper_of(&env, "mystore", login));
    }
    let status = answer(&env.vtexid(["status", "--json"]).run().success());
    let lines = status["accounts"].as_array().unwrap();
    assert_eq!(lines.len(), 6, "{status}");
    for line in &lines[1..] {
        let slot = line["credential"].as_str().unwrap();
        local_token(&env, &["--as", slot]).run().success();
    }
    assert_eq!(env.token("mystore"), user);
}

#[test]
fn saving_the_same_token_again_keeps_its_refresh_token() {
    let env = TestEnv::new();
    env.login("mystore");
    let refresh = env.refresh_token("mystore");
    give(&env, "mystore", &env.token("mystore"));
    assert_eq!(env.refresh_token("mystore"), refresh);
    env.vtexid(["login", "mystore", "--with-token"])
        .stdin(admin_of(&env, "mystore", "dev@example.com"))
        .run()
        .success()
        .stderr(contains("replaces a session that could be renewed"));
}
