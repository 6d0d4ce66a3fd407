//! Tokens that are broken, hostile, or none.

use super::*;

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
