//! `vtexid inspect --json` with a token on each line of standard input.

use std::{fs, io::Write as _, process::Stdio};

use predicates::str::contains;
use serde_json::{Value, json};

use crate::env::{TestEnv, Tool, compact, eventually, names, now, stdout};

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn token(number: u64) -> String {
    compact(
        r#"{"alg":"XY"}"#,
        json!({"sub": number.to_string(), "exp": now() + 60}).to_string(),
    )
}

#[test]
fn each_line_is_answered_in_order() {
    let env = TestEnv::new();
    let input: Vec<String> = (0..1000).map(token).collect();
    let done = env
        .vtexid(["inspect", "--json"])
        .stdin(input.join("\n"))
        .run();
    let done = done.success().stderr("");
    let answers = lines(&stdout(&done));
    assert_eq!(answers.len(), 1000);
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(answer["login"], n.to_string());
    }
    // The same shape as of one alone.
    let alone = env.vtexid(["inspect", "--json", &token(0)]).run().success();
    let alone: Value = serde_json::from_str(&stdout(&alone)).unwrap();
    assert_eq!(names(&answers[0]), names(&alone));
}

#[test]
fn the_order_is_kept_where_lines_take_different_times() {
    let env = TestEnv::new();
    // Enough for every thread, and with lines that take a thread much longer than the next ones.
    let line = |n: u64| match n % 400 {
        0 => compact(
            r#"{"alg":"XY"}"#,
            json!({"sub": n.to_string(), "list": vec![1.25; 40_000]}).to_string(),
        ),
        _ => token(n),
    };
    let input: Vec<String> = (0..4000).map(line).collect();
    let inspect = |tool: Tool| {
        let done = tool.stdin(input.join("\n")).run().success();
        lines(&stdout(&done))
    };
    let answers = inspect(env.vtexid(["inspect", "--json"]));
    let logins: Vec<&str> = answers.iter().filter_map(|a| a["login"].as_str()).collect();
    let expected: Vec<String> = (0..4000).map(|n| n.to_string()).collect();
    assert_eq!(logins, expected);
    // What a verdict counts, it counts in all threads together.
    env.vtexid(["inspect", "--json", "--check"])
        .stdin(input.join("\n"))
        .run()
        .code(3)
        .stderr(contains("4000 of 4000 tokens are invalid"));
}

#[test]
#[cfg(unix)]
fn a_stream_ends_when_nobody_reads_although_stdin_is_silent() {
    use std::io::{BufRead as _, BufReader};
    let mut tool = std::process::Command::new(env!("CARGO_BIN_EXE_vtexid"))
        .args(["inspect", "--json"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = tool.stdin.take().unwrap();
    writeln!(stdin, "{}\n{}", token(1), token(2)).unwrap();
    let mut answers = BufReader::new(tool.stdout.take().unwrap());
    answers.read_line(&mut String::new()).unwrap();
    drop(answers);
    // As `head -1` leaves it; stdin stays open, and brings nothing more.
    let tool = std::cell::RefCell::new(tool);
    let ended = || tool.borrow_mut().try_wait().unwrap();
    eventually("it ends", || ended().is_some());
    assert!(ended().unwrap().success());
    drop(stdin);
}

#[test]
fn a_line_that_cannot_be_read_is_answered_too() {
    let env = TestEnv::new();
    let long = "a.".repeat(600_000);
    let input = [
        &*token(1),
        "hello",
        "",
        "  ",
        "eyJhbGciOiJYIn0.e30=.a",
        &long,
        &format!("Bearer {}\n", token(2)),
    ];
    let mut bytes = input.join("\n").into_bytes();
    bytes.extend_from_slice(b"\xff.a.b\n");
    // The last line may end without a newline.
    bytes.extend_from_slice(token(3).as_bytes());
    let done = env.vtexid(["inspect", "--json", "-"]).stdin(bytes).run();
    let done = done
        .code(1)
        .stderr(contains("could not read a token from 4 of 7 lines"));
    let answers = lines(&stdout(&done));
    let told: Vec<&str> = answers
        .iter()
        .map(|answer| {
            answer["login"]
                .as_str()
                .or(answer["error"].as_str())
                .unwrap()
        })
        .collect();
    assert_eq!(
        told,
        [
            "1",
            "a token has three parts separated by dots, but this has 1",
            "the payload is padded: `=` at position 4 does not belong in a token",
            "it is longer than 1 MiB, too long for a token",
            "2",
            "byte 1 is not UTF-8",
            "3",
        ]
    );
    assert_eq!(answers[2]["jose_header"], json!({"alg": "X"}));
    assert_eq!(names(&answers[1]), ["error", "jose_header"]);
}

#[test]
fn a_check_counts_the_invalid_tokens() {
    let env = TestEnv::new();
    let good = env.sandbox.mint(&json!({"exp": now() + 60}));
    let bad = env.sandbox.mint(&json!({"exp": 1}));
    let input = format!("{good}\n{bad}\n{bad}\n");
    let run = |more: &[&str]| {
        let tool = env.vtexid([&["inspect", "--json"], more].concat());
        tool.stdin(input.clone()).run()
    };
    let plain = run(&[]).success();
    let checked = run(&["--check"])
        .code(3)
        .stderr(contains("2 of 3 tokens are invalid"));
    assert_eq!(
        stdout(&plain).lines().count(),
        stdout(&checked).lines().count()
    );
    run(&["--claim", "exp"])
        .success()
        .stdout(format!("{}\n1\n1\n", now_of(&good)));
    run(&["--online"]).code(2).stdout("");
}

#[test]
fn a_key_checks_every_line() {
    let env = TestEnv::new();
    let good = env.sandbox.mint(&json!({"sub": "me", "exp": now() + 60}));
    let forged = format!("{}.{}", good.rsplit_once('.').unwrap().0, "A".repeat(86));
    let key = env.root().join("key.json");
    fs::write(&key, env.sandbox.jwk().to_string()).unwrap();
    let inspect = |input: String| {
        let tool = env.vtexid(["inspect", "--json", "--key", key.to_str().unwrap()]);
        tool.stdin(input).run()
    };
    inspect(format!("{good}\n{good}\n")).success();
    let done = inspect(format!("{good}\n{forged}\n"));
    let done = done.code(3).stderr(contains("1 of 2 tokens are invalid"));
    let answers = lines(&stdout(&done));
    assert_eq!(answers[0]["signature_checked"], true);
    assert_eq!(answers[0]["findings"], json!([]));
    assert_eq!(answers[1]["signature_checked"], false);
    assert_eq!(answers[1]["findings"][0]["code"], "bad-signature");
}

fn now_of(token: &str) -> Value {
    crate::env::claims(token)["exp"].clone()
}

#[test]
fn a_wrapped_token_is_one_token_with_json_too() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&json!({"sub": "me", "exp": now() + 60}));
    for width in [40, 64, 76] {
        let wrapped: Vec<&str> = (0..token.len())
            .step_by(width)
            .map(|at| &token[at..token.len().min(at + width)])
            .collect();
        let done = env
            .vtexid(["inspect", "--json"])
            .stdin(wrapped.join("\n"))
            .run()
            .success();
        let answer: Value = serde_json::from_str(&stdout(&done)).unwrap();
        assert_eq!(answer["login"], "me");
        assert_eq!(answer["findings"], json!([]));
    }
}

#[test]
fn several_tokens_without_json_are_refused() {
    let env = TestEnv::new();
    let input = format!("{}\n{}\n", token(1), token(2));
    env.vtexid(["inspect"])
        .stdin(input)
        .run()
        .code(2)
        .stdout("")
        .stderr(contains("hint: run `vtexid inspect --json`"));
}

#[test]
fn an_answer_does_not_wait_for_the_end() {
    let env = TestEnv::new();
    let out = env.root().join("out");
    let mut tool = std::process::Command::new(env!("CARGO_BIN_EXE_vtexid"))
        .args(["inspect", "--json"])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(fs::File::create(&out).unwrap())
        .spawn()
        .unwrap();
    let mut stdin = tool.stdin.take().unwrap();
    let answered = || fs::read_to_string(&out).unwrap().lines().count();
    writeln!(stdin, "{}\n{}", token(1), token(2)).unwrap();
    eventually("two answers", || answered() == 2);
    writeln!(stdin, "{}", token(3)).unwrap();
    eventually("three answers", || answered() == 3);
    drop(stdin);
    assert!(tool.wait().unwrap().success());
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_stream() {
    let env = TestEnv::new();
    // More than fits in the memory it is given.
    let file = env.root().join("tokens");
    let line = format!("{}{}\n", token(1), " ".repeat(900_000));
    fs::write(&file, line.repeat(160)).unwrap();
    // jemalloc reserves more address space.
    let kib = if cfg!(target_env = "musl") {
        "131072"
    } else {
        "65536"
    };
    let script = r#"ulimit -v "$2"; exec "$0" inspect --json <"$1" >/dev/null"#;
    let file = file.to_str().unwrap();
    let tool = env!("CARGO_BIN_EXE_vtexid");
    env.program("sh", ["-c", script, tool, file, kib])
        .run()
        .success();
}

#[test]
#[cfg(unix)]
fn closing_the_pipe_does_not_hide_a_failed_check() {
    let env = TestEnv::new();
    let file = env.root().join("tokens");
    fs::write(&file, format!("{}\n", token(1)).repeat(20_000)).unwrap();
    let script = r#""$0" inspect --json --check <"$1" | head -1; echo "${PIPESTATUS[0]}""#;
    let file = file.to_str().unwrap();
    let tool = env!("CARGO_BIN_EXE_vtexid");
    let done = env.program("bash", ["-c", script, tool, file]).run();
    let done = done
        .success()
        .stderr(contains("not all tokens were checked"));
    assert_eq!(stdout(&done).lines().last(), Some("1"));
}

#[test]
#[cfg(unix)]
fn closing_the_pipe_after_one_line_is_not_an_error() {
    let env = TestEnv::new();
    let file = env.root().join("tokens");
    fs::write(&file, format!("{}\n", token(1)).repeat(20_000)).unwrap();
    let script = r#""$0" inspect --json <"$1" | head -1; echo "${PIPESTATUS[0]}""#;
    let file = file.to_str().unwrap();
    let tool = env!("CARGO_BIN_EXE_vtexid");
    let done = env
        .program("bash", ["-c", script, tool, file])
        .run()
        .success();
    assert_eq!(stdout(&done).lines().last(), Some("0"));
    assert_eq!(stdout(&done).lines().count(), 2);
}

#[test]
fn a_stream_is_nothing_but_tokens() {
    let env = TestEnv::new();
    let inspect = |text: String| env.vtexid(["inspect", "--json"]).stdin(text).run();
    let count = |text: String| stdout(&inspect(text).success()).matches("\"kind\"").count();
    let (one, two) = (token(1), token(2));
    assert_eq!(count(format!("\n{one}\n\n{two}\n\n")), 2);
    // Anything else among them makes it a text in which there are tokens.
    for text in [
        format!("token: {one}\nother: {two}\n"),
        format!("1. {one}\n2. {two}\n"),
        format!("[\n\"{one}\",\n\"{two}\"\n]\n"),
        format!("curl a.b.c \\\n -H 'x: {one}' \\\n -H 'y: {two}'\n"),
    ] {
        let done = inspect(text.clone()).success();
        let answer: Value = serde_json::from_str(&stdout(&done)).unwrap();
        assert_eq!(answer["login"], "1", "{text}");
        let findings = answer["findings"].as_array().unwrap();
        let several = |found: &Value| found["code"] == "several-tokens";
        assert!(findings.iter().any(several), "{text}");
        env.vtexid(["inspect"]).stdin(text).run().success();
    }
}

#[test]
fn a_signature_that_cannot_be_checked_is_not_invalid() {
    let env = TestEnv::new();
    let good = env.sandbox.mint(&json!({"sub": "me", "exp": now() + 60}));
    let forged = format!("{}.{}", good.rsplit_once('.').unwrap().0, "A".repeat(86));
    let other = token(1);
    let key = env.root().join("key.json");
    fs::write(&key, env.sandbox.jwk().to_string()).unwrap();
    let inspect = |lines: &[&str], more: &[&str]| {
        let arguments = ["inspect", "--json", "--key", key.to_str().unwrap()];
        let tool = env.vtexid(arguments.iter().chain(more));
        tool.stdin(lines.join("\n")).run()
    };
    let done = inspect(&[&good, &other, &good], &[]).code(1);
    let done = done.stderr(contains("could not check the signatures of 1 of 3 tokens"));
    let answers = lines(&stdout(&done));
    let found = answers[1]["findings"].as_array().unwrap();
    let unchecked = |found: &&Value| found["code"] == "unchecked-signature";
    assert_eq!(found.iter().find(unchecked).unwrap()["level"], "warning");
    assert_eq!(answers[1]["signature_checked"], false);
    // A bad one weighs more, and a line without a token most.
    inspect(&[&good, &other, &forged], &[]).code(3);
    inspect(&[&good, &good, &forged, &other, "hello"], &[]).code(1);
    inspect(&[&good, &good], &["--check"]).success();
}
