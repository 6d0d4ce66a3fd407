//! Where the token comes from.

use super::*;

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
