//! `vtexid inspect`

use std::fs;

use assert_cmd::assert::Assert;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use predicates::{
    prelude::PredicateBooleanExt as _,
    str::{contains, is_match},
};
use serde_json::{Value, json};

use crate::env::{EMAIL, TestEnv, answer, compact, is_nasty, names, now, stderr, stdout, token_of};

/// 2100-01-01
const FAR: i64 = 4_102_444_800;

fn inspect(env: &TestEnv, token: &str) -> Assert {
    env.vtexid(["inspect", token]).run().success()
}

fn inspect_json(env: &TestEnv, token: &str) -> Value {
    answer(&env.vtexid(["inspect", "--json", token]).run().success())
}

fn admin() -> Value {
    json!({
        "sub": EMAIL, "account": "mystore", "audience": "admin", "sess": "s-1", "exp": FAR,
        "type": "user", "userId": "u-1", "iat": 1_669_684_337, "isRepresentative": false,
        "iss": "token-emitter", "jti": "j-1",
    })
}

/// One that is explained in the same words at any time.
fn timeless() -> Value {
    let mut claims = admin();
    claims.as_object_mut().unwrap().remove("exp");
    claims
}

#[test]
fn the_token_comes_from_the_argument_or_stdin() {
    let env = TestEnv::new();
    let token = token_of(&timeless());
    let expected = stdout(&inspect(&env, &token));
    assert!(expected.contains(EMAIL), "{expected}");
    for input in [
        token.clone(),
        format!("{token}\n"),
        format!("  {token}\r\n"),
    ] {
        let dash = env.vtexid(["inspect", "-"]).stdin(input.clone()).run();
        assert_eq!(stdout(&dash.success()), expected);
        let piped = env.vtexid(["inspect"]).stdin(input).run();
        assert_eq!(stdout(&piped.success()), expected);
    }
    let file = env.home().join("token");
    fs::write(&file, &token).unwrap();
    let redirected = env
        .vtexid(["inspect"])
        .stdin_from(fs::File::open(file).unwrap());
    assert_eq!(stdout(&redirected.run().success()), expected);
}

#[test]
fn the_token_is_found_in_what_people_paste() {
    let env = TestEnv::new();
    let token = token_of(&timeless());
    let expected = stdout(&inspect(&env, &token));
    for pasted in [
        format!("Bearer {token}"),
        format!("\"{token}\""),
        format!("'{token}'"),
        format!("VtexIdclientAutCookie: {token}"),
        format!("VtexIdclientAutCookie={token}; Path=/; HttpOnly"),
        format!("VtexIdclientAutCookie_mystore={token}"),
        format!("cookie: a=1; VtexIdclientAutCookie={token}; vtex_segment=eyJhIjoxfQ"),
        format!("Authorization: Bearer {token}"),
        format!("curl -H 'VtexIdclientAutCookie: {token}' https://mystore.myvtex.com"),
        format!("export VTEX_TOKEN='{token}'"),
        format!("{{\n  \"token\": \"{token}\",\n  \"header\": \"VtexIdclientAutCookie\"\n}}"),
        format!("{}\n{}", &token[..100], &token[100..]),
    ] {
        assert_eq!(stdout(&inspect(&env, &pasted)), expected, "{pasted}");
    }
}

#[test]
fn of_several_cookies_the_one_that_is_explained_is_named() {
    let env = TestEnv::new();
    let other = token_of(&json!({"sub": "shopper", "audience": "webstore"}));
    let text = format!(
        "VtexIdclientAutCookie_mystore={other}; VtexIdclientAutCookie={}",
        token_of(&timeless())
    );
    let done = env.vtexid(["inspect", "-"]).stdin(text).run().success();
    assert!(stdout(&done).contains(EMAIL), "{}", stdout(&done));
    done.stdout(contains(
        "this is VtexIdclientAutCookie; the text also contains another token: VtexIdclientAutCookie_mystore",
    ));
}

#[test]
fn without_one_the_stored_token_is_explained() {
    let env = TestEnv::new();
    env.login("one");
    env.login("two");
    let before = env.sandbox.requests().len();
    let account = |more: &[&str]| {
        let tool = env.vtexid(["inspect", "--json"].iter().chain(more));
        answer(&tool.run().success())["account"].clone()
    };
    assert_eq!(account(&[]), "two");
    assert_eq!(account(&["-a", "one"]), "one");
    assert_eq!(env.sandbox.requests().len(), before);
    let given = token_of(&admin());
    env.vtexid(["inspect"])
        .env("VTEX_TOKEN", given)
        .run()
        .success()
        .stdout(contains("mystore"));
}

#[test]
fn without_a_token_and_a_login_it_fails() {
    let env = TestEnv::new();
    env.vtexid(["inspect"])
        .run()
        .code(4)
        .stdout("")
        .stderr(contains("vtexid login"));
}

#[test]
#[allow(clippy::too_many_lines, reason = "most of it is a table")]
fn every_kind_is_told_apart() {
    let env = TestEnv::new();
    let store_user =
        json!({"sub": EMAIL, "account": "mystore", "audience": "webstore", "exp": FAR});
    let mut buyer = store_user.clone();
    buyer["isRepresentative"] = true.into();
    buyer["customerId"] = "c-1".into();
    buyer["unitId"] = "b-1".into();
    let mut before_2024 = admin();
    before_2024.as_object_mut().unwrap().remove("type");
    let key = "vtexappkey-mystore-ABCDEF";
    let typed = json!({"sub": key, "account": "mystore", "audience": "admin", "type": "appkey"});
    let untyped = json!({"sub": key, "account": "mystore", "audience": "admin"});
    let io_app = json!({
        "iss": "vtexio/router", "aud": "vtexio", "account": "mystore", "workspace": "master",
        "type": "link", "userLogin": EMAIL, "roles": ["r"], "sub": "vtex.app", "exp": FAR,
    });
    let old = json!({
        "account": "__vtex_admin", "scope": "mystore:admin", "sub": EMAIL, "authorizables": [],
    });
    let cookie = json!({"sub": "session", "account": "session", "id": "i-1", "version": 2});

    let plain = "VtexIdclientAutCookie";
    let theirs = "VtexIdclientAutCookie_mystore";
    let roles = "License Manager roles";
    let shopping = "place orders";
    for (claims, kind, words, scope, header, login, io) in [
        (
            admin(),
            "admin",
            "admin user",
            roles,
            plain,
            EMAIL,
            "ADMIN_TOKEN",
        ),
        (
            before_2024,
            "admin",
            "admin user",
            roles,
            plain,
            EMAIL,
            "ADMIN_TOKEN",
        ),
        (
            store_user,
            "shopper",
            "shopper",
            shopping,
            theirs,
            EMAIL,
            "STORE_TOKEN",
        ),
        (
            buyer,
            "b2b-buyer",
            "B2B buyer",
            shopping,
            theirs,
            EMAIL,
            "STORE_TOKEN",
        ),
        (
            typed,
            "app-key",
            "app key",
            roles,
            plain,
            key,
            "ADMIN_TOKEN",
        ),
        (
            untyped,
            "app-key",
            "app key",
            roles,
            plain,
            key,
            "ADMIN_TOKEN",
        ),
        (
            io_app,
            "io-app",
            "VTEX IO app",
            "policies",
            plain,
            EMAIL,
            "AUTH_TOKEN",
        ),
        (
            old,
            "old-admin",
            "admin user",
            roles,
            plain,
            EMAIL,
            "ADMIN_TOKEN",
        ),
        (
            cookie,
            "session-cookie",
            "vtex_session",
            "not a credential",
            "",
            "session",
            "",
        ),
        (
            json!({"sub": "x"}),
            "unknown",
            "unknown",
            "unknown",
            plain,
            "x",
            "",
        ),
    ] {
        let token = token_of(&claims);
        let json = inspect_json(&env, &token);
        assert_eq!(json["kind"], kind, "{claims}");
        assert_eq!(json["login"], login, "{claims}");
        assert!(json["scope"].as_str().unwrap().contains(scope), "{claims}");
        assert_eq!(
            json["header"].as_str().unwrap_or_default(),
            header,
            "{claims}"
        );
        let context = json["io_context"].as_str().unwrap_or_default();
        assert!(
            context.contains(io) && context.is_empty() == io.is_empty(),
            "{claims}"
        );
        assert_eq!(json["claims"], claims);
        let account = match kind {
            "session-cookie" | "unknown" => Value::Null,
            _ => "mystore".into(),
        };
        assert_eq!(json["account"], account, "{claims}");
        inspect(&env, &token)
            .stdout(is_match(format!("(?m)^kind  +{words}")).unwrap())
            .stdout(contains(match scope {
                "License Manager roles" => "depends on the ",
                other => other,
            }));
    }
}

#[test]
fn a_token_that_vtex_id_signed_is_explained() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&admin());
    let json = inspect_json(&env, &token);
    assert_eq!(json["jose_header"]["alg"], "ES256");
    assert_eq!(json["jose_header"]["kid"], env.sandbox.jwk()["kid"]);
    assert_eq!(json["claims"], admin());
    assert!(env.sandbox.requests().is_empty());
}

#[test]
fn every_claim_is_shown() {
    let env = TestEnv::new();
    let mut claims = admin();
    claims["customThing"] = json!({"deep": [1, "two", null]});
    // Of the wrong type, and still not lost.
    claims["sub"] = json!(["a", "b"]);
    let done = inspect(&env, &token_of(&claims));
    for text in [
        "s-1",
        "u-1",
        "token-emitter",
        "j-1",
        "customThing",
        "{\"deep\":[1,\"two\",null]}",
    ] {
        assert!(stdout(&done).contains(text), "{text}: {}", stdout(&done));
    }
    assert!(stdout(&done).contains("[\"a\",\"b\"]"), "{}", stdout(&done));
}

#[test]
fn expiry_is_told_in_words_and_in_utc() {
    let env = TestEnv::new();
    let of = |exp: Value| token_of(&json!({"audience": "admin", "exp": exp}));
    inspect(&env, &of(json!(1_669_770_737)))
        .stdout(is_match(r"expires +EXPIRED \d+d( \d+h)? ago, 2022-11-30 01:12:17 UTC").unwrap());
    inspect(&env, &of(json!(FAR)))
        .stdout(is_match(r"expires +in \d+d( \d+h)?, 2100-01-01 00:00:00 UTC").unwrap());
    inspect(&env, &of(json!(now() + 7_800))).stdout(contains("in 2h"));
    inspect(&env, &of(json!(now() - 7_300))).stdout(contains("EXPIRED 2h"));
    inspect(&env, &of(json!(1_669_770_737.5))).stdout(contains("2022-11-30 01:12:17 UTC"));
    inspect(&env, &token_of(&json!({}))).stdout(is_match("expires +not stated").unwrap());
    for odd in [
        json!(i64::MAX),
        json!(u64::MAX),
        json!(-1e300),
        json!("soon"),
        json!(null),
    ] {
        inspect(&env, &of(odd));
    }
    let json = inspect_json(&env, &of(json!(1_669_770_737)));
    assert_eq!(json["expired"], true);
    assert_eq!(json["seconds_left"], 0);
    assert_eq!(json["expires_at"], "2022-11-30T01:12:17Z");
    let issued = token_of(&json!({"iat": 1_669_770_737, "nbf": 1_669_770_738}));
    inspect(&env, &issued)
        .stdout(is_match("issued +2022-11-30 01:12:17 UTC").unwrap())
        .stdout(is_match("not before +2022-11-30 01:12:18 UTC").unwrap());
}

#[test]
fn json_has_a_fixed_shape() {
    let env = TestEnv::new();
    let json = inspect_json(&env, &token_of(&admin()));
    assert_eq!(
        names(&json),
        [
            "kind",
            "login",
            "account",
            "scope",
            "header",
            "io_context",
            "usual_life",
            "issued_at",
            "not_before",
            "expires_at",
            "expired",
            "seconds_left",
            "signature_checked",
            "online",
            "roles",
            "findings",
            "jose_header",
            "claims",
        ]
    );
    assert_eq!(json["issued_at"], "2022-11-29T01:12:17Z");
    assert_eq!(json["expires_at"], "2100-01-01T00:00:00Z");
    assert_eq!(json["expired"], false);
    assert!(json["not_before"].is_null());
    assert_eq!(json["signature_checked"], false);
    assert!(json["seconds_left"].as_i64().unwrap() > 0);
    // The same fields when the token says nothing.
    let bare = inspect_json(&env, &token_of(&json!({})));
    assert_eq!(names(&bare), names(&json));
    assert!(bare["expired"].is_null() && bare["seconds_left"].is_null());
}

#[test]
fn the_signature_is_not_checked_and_not_shown() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&admin());
    let signature = token.rsplit_once('.').unwrap().1;
    for more in [vec![], vec!["--json"]] {
        let done = env
            .vtexid([vec!["inspect", &token], more].concat())
            .run()
            .success();
        assert!(!stdout(&done).contains(signature));
        assert!(!stderr(&done).contains(signature));
    }
    inspect(&env, &token).stdout(contains("signature               not checked (ES256)"));
    for algorithm in ["none", "ES512", "XX\u{1b}"] {
        let header = json!({"alg": algorithm}).to_string();
        inspect(&env, &compact(header, "{}")).stdout(contains("signature    not checked"));
    }
    let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
    inspect(&env, &unsigned).stdout(contains("not signed"));
}

#[test]
fn a_broken_token_is_named_by_its_broken_part() {
    let env = TestEnv::new();
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let header = encode(b"{\"alg\":\"ES256\"}");
    let payload = encode(b"{\"sub\":\"CANARY\"}");
    for (token, words) in [
        (
            format!("{header}.{payload}"),
            "three parts separated by dots, but this has 2",
        ),
        (header.clone(), "this has 1"),
        (format!("{header}.{payload}.a.b"), "this has 4"),
        (
            format!("{}.a.b.c.d", encode(b"[]")),
            "the header is JSON, but not an object",
        ),
        (
            format!("{header}.{}.c2ln", &payload[..21]),
            "the payload is cut off: 21",
        ),
        (
            format!("{header}.{payload}==.c2ln"),
            "the payload is padded",
        ),
        (
            format!("{header}.{payload}.c2ln="),
            "the signature is padded",
        ),
        (
            format!("{header}.{payload}.c2+n"),
            "the signature is not base64url: `+`",
        ),
        (
            format!("{header}.a/{payload}.c2ln"),
            "the payload is not base64url: `/`",
        ),
        (
            format!("a\u{1}b.{payload}.c2ln"),
            "the header is not base64url",
        ),
        (
            format!("{header}.{}.c2ln", encode(b"{\"sub\":\"\xff\"}")),
            "not valid UTF-8 (byte 9)",
        ),
        (
            format!("{header}.{}.c2ln", encode(b"CANARY")),
            "the payload is not JSON",
        ),
        (
            format!("{header}.{}.c2ln", encode(b"{\"CANARY\":")),
            "the payload is not JSON: cut off",
        ),
        (
            format!("{header}.{}.c2ln", encode(b"[1]")),
            "the payload is JSON, but not an object",
        ),
        (
            format!("{}.{payload}.c2ln", encode(b"null")),
            "the header is JSON, but not an object",
        ),
        (format!("{header}..c2ln"), "the payload is empty"),
        (format!(".{payload}.c2ln"), "the header is empty"),
        ("..".to_owned(), "the header is empty"),
        (String::new(), "it is empty"),
    ] {
        let done = env.vtexid(["inspect", &token]).run();
        let done = done
            .append_context("token", token.clone())
            .code(1)
            .stdout("");
        let said = stderr(&done);
        assert!(said.contains(words), "{token}: {said}");
        assert!(
            !said.contains("CANARY") && !said.contains(&payload),
            "{said}"
        );
        let piped = env.vtexid(["inspect", "--json", "-"]).stdin(token).run();
        piped.code(1).stdout("");
    }
}

#[test]
fn what_could_be_read_of_a_broken_token_is_shown() {
    let env = TestEnv::new();
    let header = BASE64_URL_SAFE_NO_PAD.encode("{\"alg\":\"ES256\",\"kid\":\"K1\"}");
    env.vtexid(["inspect", &format!("{header}.e30=.c2ln")])
        .run()
        .code(1)
        .stdout("")
        .stderr(contains("ES256").and(contains("K1")));
}

#[test]
fn format_characters_and_unusual_blanks_are_shown_escaped() {
    let env = TestEnv::new();
    let hidden = "\u{600}\u{6dd}\u{110bd}\u{13430}\u{1bca0}\u{1d159}\u{2800}\u{3164}\u{feff}";
    let claims = json!({"sub": format!("dev{hidden}é"), "exp": now() + 60});
    let token = token_of(&claims);
    let text = stdout(&env.vtexid(["inspect", &token]).run().success());
    let shown: String = hidden.chars().flat_map(char::escape_default).collect();
    assert!(text.contains(&format!("dev{shown}é")), "{text}");
    let done = env.vtexid(["inspect", "--json", &token]).run().success();
    assert!(!stdout(&done).contains(|c| hidden.contains(c)));
    // The JSON still holds the same text.
    assert_eq!(answer(&done)["claims"], claims);
}

#[test]
fn nothing_in_a_token_can_drive_the_terminal() {
    let env = TestEnv::new();
    let nasty = "a\u{1b}[31m\u{9b}2J\u{7f}\u{7}\r\n\u{202e}\u{2066}\u{200b}\u{2028}é";
    let claims = json!({
        "sub": nasty, "account": nasty, "audience": nasty, nasty: nasty, "deep": {nasty: [nasty]},
    });
    let token = compact(
        json!({"alg": nasty, nasty: nasty}).to_string(),
        claims.to_string(),
    );
    let text = stdout(&inspect(&env, &token));
    assert!(!text.contains(is_nasty), "{text:?}");
    assert!(text.contains("\\u{1b}[31m") && text.contains('é'), "{text}");
    // Nor can it begin a line of its own.
    let rows = |token: &str| stdout(&inspect(&env, token)).lines().count();
    let tame = json!({"sub": "a", "account": "a", "audience": "a", "b": "a", "deep": {"a": ["a"]}});
    let tame = compact(json!({"alg": "a", "b": "a"}).to_string(), tame.to_string());
    assert_eq!(rows(&token), rows(&tame));

    let done = env.vtexid(["inspect", "--json", &token]).run().success();
    assert!(!stdout(&done).contains(is_nasty), "{:?}", stdout(&done));
    assert_eq!(answer(&done)["claims"], claims);

    // The message about a broken one shows its header.
    let (header, _) = token.split_once('.').unwrap();
    let done = env
        .vtexid(["inspect", &format!("{header}.\u{9b}.x")])
        .run()
        .code(1);
    assert!(!stderr(&done).contains(is_nasty), "{:?}", stderr(&done));
}

#[test]
fn too_much_input_is_refused() {
    let env = TestEnv::new();
    let mut claims = admin();
    claims["filler"] = "x".repeat(2 << 20).into();
    let tool = env.vtexid(["inspect"]).stdin(token_of(&claims));
    tool.run()
        .code(1)
        .stdout("")
        .stderr(contains("too long for a token"));
    claims["filler"] = "x".repeat(500_000).into();
    env.vtexid(["inspect"])
        .stdin(token_of(&claims))
        .run()
        .success();
}

#[test]
fn an_empty_stdin_is_reported() {
    let env = TestEnv::new();
    for input in ["", "\n", " \t\r\n"] {
        for arguments in [vec!["inspect"], vec!["inspect", "-"]] {
            env.vtexid(arguments)
                .stdin(input)
                .run()
                .code(1)
                .stdout("")
                .stderr(contains("standard input is empty"));
        }
    }
    let file = env.root().join("empty");
    fs::write(&file, "").unwrap();
    env.vtexid(["inspect"])
        .stdin_from(fs::File::open(&file).unwrap())
        .run()
        .code(1)
        .stdout("")
        .stderr(contains("standard input is empty"));
    env.vtexid(["inspect"])
        .stdin(b"abc\xff")
        .run()
        .code(1)
        .stdout("")
        .stderr(contains("byte 4 is not UTF-8"));
}

#[test]
fn a_given_token_takes_no_network_no_home_and_no_index() {
    let env = TestEnv::new();
    let token = token_of(&admin());
    env.vtexid(["inspect", &token])
        .without("HOME")
        .without("VTEXID_DIR")
        .without("DBUS_SESSION_BUS_ADDRESS")
        .without("VTEXID_URL")
        .run()
        .success()
        .stderr("");
    assert!(env.files().is_empty());
    // A damaged index is not even looked at.
    fs::create_dir(env.dir()).unwrap();
    fs::write(env.dir().join("index.json"), "damaged").unwrap();
    let tool = env.vtexid(["inspect", &token]).without("VTEXID_URL");
    tool.run().success().stderr("");
    assert_eq!(fs::read(env.dir().join("index.json")).unwrap(), b"damaged");
    assert_eq!(env.files().len(), 1);
    assert!(env.sandbox.requests().is_empty());
}

#[test]
fn other_secrets_than_tokens_are_recognized() {
    let env = TestEnv::new();
    fs::write(env.root().join("token.txt"), "x").unwrap();
    for (arguments, hint) in [
        (&["inspect", "--check", "10m"][..], "--check=10m"),
        (&["inspect", "token.txt"], "vtexid inspect < FILE"),
        (
            &["inspect", "mystore"],
            "hint: for the stored token of mystore, run `vtexid inspect -a mystore`",
        ),
        (&["inspect", "vtexappkey-mystore-ABCDEF"], "vtexid apptoken"),
    ] {
        let done = env.vtexid(arguments).run().code(1).stdout("");
        assert!(stderr(&done).contains(hint), "{}", stderr(&done));
    }
    // A piece of a token is not repeated.
    for piece in ["eyJhbGciOiJFUzI1", "hunter2", "abcdefghijklmnopqrstu"] {
        let done = env.vtexid(["inspect", piece]).run().code(1);
        assert!(!stderr(&done).contains(piece), "{piece}");
    }
}

#[test]
fn two_tokens_in_a_row_are_not_taken_for_an_encrypted_one() {
    let env = TestEnv::new();
    let token = token_of(&admin());
    for between in [" ", ",", "\t"] {
        let text = format!("{token}{between}{token}");
        let done = env.vtexid(["inspect", "-"]).stdin(text).run().success();
        assert!(stdout(&done).contains(EMAIL), "{between:?}");
    }
    let text = format!("{token}{token}");
    let done = env.vtexid(["inspect", "-"]).stdin(text).run().code(1);
    assert!(!stderr(&done).contains("encrypted"), "{}", stderr(&done));
}

#[test]
fn nothing_on_stdin_means_the_stored_token() {
    let env = TestEnv::new();
    env.login("mystore");
    env.vtexid(["inspect"])
        .run()
        .success()
        .stdout(contains("mystore"));
    #[cfg(unix)]
    env.program(
        "sh",
        [
            "-c",
            r#"exec "$0" inspect <&-"#,
            env!("CARGO_BIN_EXE_vtexid"),
        ],
    )
    .run()
    .success()
    .stdout(contains("mystore"));
}

#[test]
#[cfg(unix)]
fn the_stored_token_is_explained_in_a_loop_that_reads_stdin() {
    let env = TestEnv::new();
    env.login("one");
    env.login("two");
    let list = env.home().join("list");
    fs::write(&list, "one\ntwo\n").unwrap();
    let script = r#"while read a; do "$0" inspect --stored -a "$a" --claim account; done < "$1""#;
    let tool = env!("CARGO_BIN_EXE_vtexid");
    let done = env
        .program("sh", ["-c", script, tool, list.to_str().unwrap()])
        .run();
    assert_eq!(stdout(&done.success()), "one\ntwo\n");
    env.vtexid(["inspect", "--stored", "x.y.z"]).run().code(2);
}

#[test]
#[cfg(unix)]
fn a_silent_pipe_is_not_waited_for_without_a_word() {
    let env = TestEnv::new();
    let (read, write) = std::io::pipe().unwrap();
    let tool = env.vtexid(["inspect"]).stdin_from(read).start();
    let said = tool.wait_for("waiting for a token on standard input");
    assert!(said.contains("`vtexid inspect --stored`"), "{said}");
    // It still comes.
    std::io::Write::write_all(&mut &write, token_of(&admin()).as_bytes()).unwrap();
    drop(write);
    tool.finish().success().stdout(contains(EMAIL));
}

#[test]
fn a_check_that_passes_says_one_line_or_nothing() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&json!({
        "sub": EMAIL, "account": "mystore", "audience": "admin", "exp": now() + 3660,
    }));
    let check = |more: &[&str]| {
        let tool = env.vtexid([&["inspect", "--check"], more].concat());
        tool.stdin(token.clone()).run().success()
    };
    check(&["-q"]).stdout("").stderr("");
    let words = stderr(&check(&[]).stdout(""));
    let expected = format!("no problems found: admin user {EMAIL} of mystore, 1h");
    assert!(words.starts_with(&expected), "{words}");
    assert!(words.contains("signature not checked"), "{words}");
    assert_eq!(words.lines().count(), 1, "{words}");
    assert_eq!(answer(&check(&["--json"]))["account"], "mystore");
    assert_eq!(stdout(&check(&["--claim", "account"])), "mystore\n");
}

#[test]
fn a_stored_token_that_can_be_renewed_gets_a_hint() {
    let env = TestEnv::new();
    env.login("mystore");
    env.expire();
    let check = |flag: &str| stderr(&env.vtexid(["inspect", flag]).run().code(3).stdout(""));
    for flag in ["--check", "--check=10m"] {
        let words = check(flag);
        assert!(
            words.contains("hint: run `vtexid local token -a mystore`"),
            "{words}"
        );
    }
    let mut item = env.stored("mystore", "login");
    item.as_object_mut().unwrap().remove("refresh_token");
    env.store("mystore", "login", &item);
    let words = check("--check");
    assert!(
        words.contains("hint: run `vtexid login mystore`"),
        "{words}"
    );
    // Of one that was given nothing is known.
    let given = token_of(&json!({"exp": 1}));
    let done = env.vtexid(["inspect", "--check", &given]).run().code(3);
    assert!(
        stderr(&done).contains("without --check"),
        "{}",
        stderr(&done)
    );
}

#[test]
fn a_shoppers_token_is_told_apart_from_what_the_admin_takes() {
    let env = TestEnv::new();
    let shopper = json!({"sub": EMAIL, "account": "mystore", "audience": "webstore"});
    inspect(&env, &token_of(&shopper)).stdout(contains("Admin APIs reject it"));
}
