//! A CI runner reads the log line by line and obeys the commands in it. No
//! token, server or argument gives it one.

use assert_cmd::assert::Assert;
use predicates::str::contains;
use serde_json::{Value, json};

use crate::{
    env::{TestEnv, Tool, answer, compact, is_nasty, now, sign_in, stderr, stdout, token_of},
    sandbox::{Failure, How, app_key, app_token},
};

/// What GitHub's runner and Azure's agent would obey if it were printed.
const HOSTILE: [&str; 11] = [
    "##[stop-commands]x\u{1b}[2J\u{202e}\u{9b}1m",
    "##[stop-commands]x",
    "###[stop-commands]x",
    "a ##[add-mask]e##[error]b",
    "::stop-commands::x",
    " ::stop-commands::x",
    ":::stop-commands::x",
    "a\n::stop-commands::x",
    "a\r\t::warning file=a::x",
    "##vso[task.setvariable variable=PATH]/tmp",
    "##VSO[task.complete result=Succeeded]",
];

/// The names that GitHub's runner knows (`ActionCommandManager.cs`).
const COMMANDS: [&str; 16] = [
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "internal-set-repo-path",
    "notice",
    "remove-matcher",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
    "warning",
];

/// The command that a runner finds in a line, and its data. As in GitHub's
/// `ActionCommand.cs` (`TryParseV2`, then `TryParse`) and in `Command.cs` of
/// Azure's agent.
fn command(line: &str) -> Option<(String, String)> {
    let known = |info: &str| {
        let name = info.split(' ').next().unwrap().to_lowercase();
        COMMANDS.contains(&&*name).then_some(name)
    };
    let second = line.trim_start().strip_prefix("::").and_then(|rest| {
        let (info, data) = rest.split_once("::")?;
        Some((known(info)?, unescaped(data)))
    });
    let first = || {
        let (_, rest) = line.split_once("##[")?;
        let (info, data) = rest.split_once(']')?;
        Some((known(info)?, data.to_owned()))
    };
    let azure = || {
        let at = line.to_lowercase().find("##vso[")?;
        let (info, data) = line[at + 6..].split_once(']')?;
        Some((info.to_owned(), data.to_owned()))
    };
    second.or_else(first).or_else(azure)
}

fn unescaped(data: &str) -> String {
    data.replace("%0D", "\r")
        .replace("%0A", "\n")
        .replace("%25", "%")
}

/// The commands in a stream, which .NET splits at CR, LF and both.
fn commands(stream: &str) -> Vec<(String, String)> {
    stream.split(['\r', '\n']).filter_map(command).collect()
}

/// Sees that neither stream holds a command but one that hides `masked`, or a
/// character that drives a terminal.
fn assert_obeys_nothing(done: &Assert, masked: Option<&str>) {
    for stream in [stdout(done), stderr(done)] {
        // Tabs are in a cookie file.
        let nasty = |c: char| is_nasty(c) && c != '\t';
        assert!(!stream.contains(nasty), "{stream:?}");
        for (name, data) in commands(&stream) {
            assert_eq!((&*name, Some(&*data)), ("add-mask", masked), "{stream}");
        }
    }
}

/// The same tool in a job of GitHub, and in one of Azure.
fn in_jobs(tool: impl Fn() -> Tool) -> [Assert; 2] {
    [("GITHUB_ACTIONS", "true"), ("TF_BUILD", "True")]
        .map(|(name, value)| tool().env(name, value).run())
}

fn hostile_claims(text: &str) -> Value {
    json!({
        "sub": text, "account": text, "aud": text, "iss": text, "userId": text,
        "exp": now() + 600, "iat": text, text: text, "nested": {"a": [text]},
    })
}

#[test]
fn an_apis_answer_is_never_a_command_to_the_runner() {
    use crate::receiver::{self, Receiver};
    for json in [true, false] {
        let body = if json {
            json!({"a": HOSTILE, HOSTILE[0]: [{"b": HOSTILE}]}).to_string()
        } else {
            HOSTILE[4..].join("\n")
        };
        let sent = body.clone();
        let kind = if json {
            "application/json"
        } else {
            "text/plain"
        };
        let server = Receiver::start(move |received, _, stream| {
            let status = if received.line.contains("fail") {
                404
            } else {
                200
            };
            let head = format!("{status} OK\r\nContent-Type: {kind}\r\nX-A: ##[error]x");
            receiver::answer(stream, &head, sent.as_bytes());
        });
        let env = TestEnv::new();
        for line in [
            &["/api/x"][..],
            &["/api/x", "-i"],
            &["/api/x", "--paginate"],
            &["/api/fail"],
            &["/api/fail", "--fail-body"],
            &["/api/x", "-d", "##[error]x", "--print-curl"],
        ] {
            let tool = || {
                env.vtexid(["api"].iter().chain(line))
                    .env("VTEX_APP_KEY", app_key("mystore"))
                    .env("VTEX_APP_TOKEN", app_token())
                    .env("VTEXID_URL", server.url())
            };
            for done in in_jobs(tool) {
                for stream in [stdout(&done), stderr(&done)] {
                    assert_eq!(commands(&stream), [], "{line:?}: {stream}");
                }
                if json && line == ["/api/x"] {
                    assert_eq!(answer(&done), serde_json::from_str::<Value>(&body).unwrap());
                }
            }
            // A file is no log.
            let out = env.root().join("out");
            let file = std::fs::File::create(&out).unwrap();
            if line == ["/api/x"] {
                tool()
                    .env("GITHUB_ACTIONS", "true")
                    .stdout_to(file)
                    .run()
                    .success();
                assert_eq!(std::fs::read_to_string(&out).unwrap(), body);
            }
        }
    }
}

#[test]
fn the_port_of_the_parser_finds_commands() {
    for text in HOSTILE {
        let bait = text != ":::stop-commands::x";
        assert_eq!(!commands(text).is_empty(), bait, "{text}");
    }
    let mask = commands("\n::add-mask::a%25b\n");
    assert_eq!(mask, [("add-mask".to_owned(), "a%b".to_owned())]);
    assert_eq!(commands("a::error::b [##error] ##[nothing]"), []);
}

#[test]
fn inspect_shows_a_runner_no_command() {
    let env = TestEnv::new();
    for text in HOSTILE {
        let token = token_of(&hostile_claims(text));
        let header = compact(
            json!({"alg": text, "kid": text, "typ": text}).to_string(),
            "{}",
        );
        let broken = compact(
            json!({"alg": "ES256", "kid": text}).to_string(),
            "no claims",
        );
        let stream = format!("{token}\n{header}\n{text}.a.b\n");
        let names = [
            &["inspect", &token][..],
            &["inspect", &header],
            &["inspect", &broken],
        ];
        for arguments in names {
            for more in [
                &[][..],
                &["--json"],
                &["-q"],
                &["--check", "--claim", "nothing"],
            ] {
                for done in in_jobs(|| env.vtexid([arguments, more].concat())) {
                    assert_obeys_nothing(&done, None);
                }
            }
        }
        for done in in_jobs(|| env.vtexid(["inspect", "--json"]).stdin(stream.clone())) {
            assert_obeys_nothing(&done, None);
        }
        for done in in_jobs(|| env.vtexid(["inspect", text])) {
            assert_obeys_nothing(&done, None);
        }
        // Outside of a job nothing is changed for its sake.
        let done = env.vtexid(["inspect", "--json", &token]).run().success();
        assert_eq!(answer(&done)["claims"][text], text);
        if text.starts_with("##") {
            assert!(stdout(&done).contains(&text[..3]), "{}", stdout(&done));
        }
    }
}

#[test]
fn json_has_the_same_values_for_a_runner() {
    let env = TestEnv::new();
    for text in HOSTILE {
        let text = &format!("\\{text}\\\"");
        let token = token_of(&hostile_claims(text));
        let inspect = || env.vtexid(["inspect", "--json", &token]);
        let outside = answer(&inspect().run().success());
        for done in in_jobs(inspect) {
            assert_eq!(answer(&done)["claims"], outside["claims"]);
            assert_eq!(answer(&done)["claims"]["sub"], **text);
        }
    }
}

#[test]
fn a_claim_that_would_be_a_command_is_refused() {
    let env = TestEnv::new();
    for text in HOSTILE {
        let token = token_of(&hostile_claims(text));
        // A newline in a claim is shown escaped, so that what follows it
        // begins no line.
        let harmless = text.starts_with("a\n") || text.starts_with("a\r");
        for name in ["sub", "nested"] {
            let claim = || env.vtexid(["inspect", "--claim", name, &token]);
            claim().run().success();
            for done in in_jobs(claim) {
                assert_obeys_nothing(&done, None);
                if !harmless && (name == "sub" || text.contains("##")) {
                    done.code(1).stdout("").stderr(contains("--json"));
                }
            }
            for done in in_jobs(|| claim().arg("--json")) {
                assert_obeys_nothing(&done, None);
                let value = answer(&done.success());
                assert!(value == *text || value == json!({"a": [text]}), "{value}");
            }
        }
    }
}

#[test]
fn a_hostile_user_gives_a_runner_no_command() {
    for text in [
        "##[stop-commands]x",
        "::stop-commands::x",
        "##vso[task.debug]x",
        "\u{1b}[2J\u{202e}##[stop-commands]x",
    ] {
        let env = TestEnv::new();
        let job = |tool: Tool| tool.env("GITHUB_ACTIONS", "true").env("TF_BUILD", "True");
        // No browser sends an address like the last one; a token may hold it.
        let done = if text.is_ascii() && !text.contains('\u{1b}') {
            let login = job(env.login_tool("mystore", &["-v"])).start();
            sign_in(login, &format!("{text}@example.com")).1
        } else {
            let claims = json!({
                "sub": text, "account": "mystore", "audience": "admin", "exp": now() + 600
            });
            let login = env.vtexid(["login", "mystore", "--with-token", "--store", "file"]);
            job(login).stdin(env.sandbox.mint(&claims)).run()
        };
        assert_obeys_nothing(&done.success(), None);
        let token = env.token("mystore");
        let masked = Some(&*token);
        for format in [
            "raw",
            "header",
            "cookie",
            "curl",
            "env",
            "fish",
            "powershell",
            "json",
        ] {
            let done = job(env.vtexid(["local", "token", "--format", format])).run();
            let done = done.success();
            assert_obeys_nothing(&done, masked);
            assert_eq!(commands(&stderr(&done)).len(), 1, "the mask");
        }
        for arguments in [
            &["status"][..],
            &["status", "--json"],
            &["inspect"],
            &["inspect", "--json"],
            &["inspect", "--online"],
            &["doctor"],
            &["doctor", "--json"],
            &["toolbelt", "export"],
            &["toolbelt", "import"],
            &["login", "mystore", "--no-browser", "--timeout", "1s"],
            &["switch", "mystore"],
            &["logout"],
        ] {
            assert_obeys_nothing(&job(env.vtexid(arguments)).run(), None);
        }
    }
}

#[test]
fn what_is_typed_or_set_gives_a_runner_no_command() {
    let env = TestEnv::new();
    for text in HOSTILE {
        for arguments in [
            &[text][..],
            &["login", text],
            &["login", "mystore", "--port", text],
            &["local", "token", "-a", text],
            &["inspect", "--key", text, "a.b.c"],
            &["inspect", "--claim", text, "e30.e30.a"],
            &[
                "apptoken",
                "--app-key",
                "a",
                "-a",
                "b",
                "--app-token-file",
                text,
            ],
            &["switch", text],
            &["completions", text],
        ] {
            for done in in_jobs(|| env.vtexid(arguments)) {
                assert_obeys_nothing(&done, None);
                assert_ne!(done.get_output().status.code(), Some(0));
            }
        }
        for name in [
            "VTEX_ACCOUNT",
            "VTEX_TOKEN",
            "VTEXID_URL",
            "VTEXID_DIR",
            "VTEX_APP_KEY",
            "BROWSER",
        ] {
            for arguments in [&["doctor"][..], &["status"], &["apptoken"]] {
                for done in in_jobs(|| env.vtexid(arguments).env(name, text)) {
                    assert_obeys_nothing(&done, None);
                }
            }
        }
    }
}

#[test]
fn a_server_gives_a_runner_no_command() {
    for text in HOSTILE {
        let env = TestEnv::new();
        let body = json!({"authStatus": text, "message": text, "token": text}).to_string();
        env.sandbox.fail(Failure {
            path: "/api".to_owned(),
            how: How::Body(400, body),
            times: u32::MAX,
        });
        let pair = |tool: Tool| {
            tool.env("VTEX_APP_KEY", app_key("mystore"))
                .env("VTEX_APP_TOKEN", app_token())
        };
        for done in in_jobs(|| pair(env.vtexid(["apptoken", "-v"]))) {
            assert_obeys_nothing(&done, None);
        }
        for done in in_jobs(|| env.login_tool("mystore", &["-v"])) {
            assert_obeys_nothing(&done, None);
        }
    }
}

#[test]
fn the_mask_hides_what_is_printed() {
    let env = TestEnv::new();
    let secret = "a%25b%0A::stop##-x";
    let job = |secret: &str| {
        env.vtexid(["apptoken", "--format", "key-headers"])
            .env("VTEX_APP_KEY", app_key("mystore"))
            .env("VTEX_APP_TOKEN", secret)
            .env("GITHUB_ACTIONS", "true")
    };
    let done = job(secret).run().success();
    assert_eq!(
        commands(&stderr(&done)),
        [("add-mask".to_owned(), secret.to_owned())]
    );
    assert!(stdout(&done).contains(secret));
    // A changed app token would be a wrong one.
    let done = job("a##[stop-commands]x").run().code(1).stdout("");
    assert_obeys_nothing(&done, Some("a##[stop-commands]x"));
}

#[test]
fn completions_and_help_are_the_same_for_a_runner() {
    let env = TestEnv::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = || env.vtexid(["completions", shell]);
        let outside = stdout(&script().run().success());
        for done in in_jobs(script) {
            assert_eq!(stdout(&done.success()), outside);
            assert_eq!(commands(&outside), []);
        }
    }
    for done in in_jobs(|| env.vtexid(["--help"])) {
        assert_obeys_nothing(&done.success(), None);
    }
}
