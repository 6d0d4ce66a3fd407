//! Whole outputs of commands, compared with the files in `scenes/`, so that
//! wording is reviewed in its context.
//!
//! After a change of wording run `SNAPSHOTS=overwrite cargo test --test cli scenes`,
//! then read `git diff tests/cli/scenes` as a user would.
//!
//! The scenes are in files by theme beside those outputs; this file has what they share.
//!
//! Marks such as `[PORT]` replace what differs from run to run. A mark stands
//! for one exact value that the test knows, so it cannot hide a change.
//! Durations are not replaced: tokens live long enough that `1d` stays `1d`.

use std::{
    cmp::Reverse,
    fs,
    io::Write as _,
    net::TcpListener,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
};

use assert_cmd::assert::Assert;
use jiff::Timestamp;
use reqwest::Url;
use serde_json::{Value, json};
use snapbox::Data;

use crate::{
    browser::{Browser, get},
    env::{EMAIL, Running, TestEnv, Tool, claims, compact, now, sign_in, stderr, stdout, token_of},
    sandbox::{Failure, How, Options, PROVIDER_TOKEN, ShopperOptions, app_token},
    signer::{es256, hmac_token},
};

/// A day in seconds, and half an hour more so that a slow test still sees `1d`.
const DAY: i64 = 86_400 + 1_800;

/// Seconds left of Ana's tokens: shown as `23h 30m` for a minute.
const LEFT: i64 = 23 * 3_600 + 30 * 60 + 59;

/// A longer word in a snapshot may be a secret; a UUID is this long.
const MAX_WORD_CHARS: usize = 36;

/// A shorter word is never a secret.
const MIN_SECRET_CHARS: usize = 16;

/// Tokens of these tests end before it, in seconds.
const YEAR_2100: i64 = 4_102_444_800;

const VALIDATE: &str = "/api/vtexid/toolbelt/validate";
const START: &str = "/api/vtexid/toolbelt/start";
const REFRESH: &str = "/api/vtexid/refreshtoken/admin";

/// Makes a test of each scene, and the list of their names.
macro_rules! scenes {
    ($($name:ident)*) => {
        pub(super) const NAMES: &[&str] = &[$(stringify!($name)),*];

        mod shown {
            use super::*;

            $(
                #[test]
                fn $name() {
                    let mut scene = Scene::new();
                    super::$name(&mut scene);
                    scene.compare(stringify!($name));
                }
            )*
        }
    };
}

mod accounts;
mod api;
mod apptoken;
mod doctor;
mod exec;
mod inspect;
mod local_token;
mod login;
mod shopper;
mod toolbelt;
mod usage;
mod with_token;

const NAMES: &[&[&str]] = &[
    accounts::NAMES,
    api::NAMES,
    apptoken::NAMES,
    doctor::NAMES,
    exec::NAMES,
    inspect::NAMES,
    local_token::NAMES,
    login::NAMES,
    shopper::NAMES,
    toolbelt::NAMES,
    usage::NAMES,
    with_token::NAMES,
];

/// Commands as typed, and all that they print.
struct Scene {
    env: TestEnv,
    /// What differs from run to run, and the mark in its place.
    marks: Vec<(String, String)>,
    secrets: Vec<String>,
    text: String,
}

impl Scene {
    fn new() -> Self {
        Self::with(Self::options())
    }

    /// Tokens live for a day, so that `1d` stays `1d`.
    fn options() -> Options {
        Options {
            token_life: DAY,
            app_token_life: DAY,
            ..Options::default()
        }
    }

    /// The same with a VTEX ID that is set up in another way.
    fn with(options: Options) -> Self {
        let env = TestEnv::with(options);
        let (dir, port) = (env.root().display().to_string(), env.sandbox.port());
        let mut scene = Self {
            env,
            marks: Vec::new(),
            secrets: Vec::new(),
            text: String::new(),
        };
        // Builds for the tests pause less before they try again.
        for (release, in_tests) in [("0.5s", "0.05s"), ("2s", "0.2s"), ("5s", "0.6s")] {
            let words = format!("trying again in {release}");
            scene.know(&words, &format!("trying again in {in_tests}"));
        }
        scene.know("[DIR]", &dir);
        scene.know(".localhost:[PORT]", &format!(".localhost:{port}"));
        scene.know("127.0.0.1:[PORT]", &format!("127.0.0.1:{port}"));
        scene.know("127.0.0.1-[PORT]", &format!("127.0.0.1-{port}"));
        scene
    }

    /// Shows the value as the mark, and takes the mark for it in commands.
    fn know(&mut self, mark: &str, value: &str) {
        if !self.marks.iter().any(|(known, _)| known == value) {
            self.marks.push((value.to_owned(), mark.to_owned()));
        }
    }

    fn know_secret(&mut self, mark: &str, value: &str) {
        self.secrets.push(value.to_owned());
        self.know(mark, value);
    }

    /// The token, and its times in each form that is printed.
    fn know_token(&mut self, mark: &str, token: &str) {
        let claims = claims(token);
        for (name, what) in [("exp", "EXPIRES"), ("iat", "ISSUED")] {
            if let Some(seconds) = claims[name].as_i64().filter(|s| *s < YEAR_2100) {
                self.know_time(&format!("[{what}]"), seconds);
            }
        }
        self.know_secret(mark, token);
    }

    /// A time in each form that is printed.
    fn know_time(&mut self, mark: &str, seconds: i64) {
        let mark = mark.trim_end_matches(']');
        let at = Timestamp::from_second(seconds).unwrap();
        let words = at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
        self.know(&format!("{mark}]"), &words);
        self.know(&format!("{mark}, RFC 3339]"), &at.to_string());
        let http = at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        self.know(&format!("{mark}, HTTP]"), &http);
        self.know(&format!("{mark}, SECONDS]"), &seconds.to_string());
    }

    fn know_stored_token(&mut self, mark: &str, entry: &str) {
        let item = self.env.stored("mystore", entry);
        self.know_token(mark, item["token"].as_str().unwrap());
    }

    /// A token of Ana's that the sandbox's key has signed.
    fn know_minted_token(&mut self, mark: &str, left: i64) {
        let token = self.env.sandbox.mint(&admin_claims("mystore", left));
        self.know_key();
        self.know_token(mark, &token);
    }

    /// The name of the sandbox's key.
    fn know_key(&mut self) {
        let key = self.env.sandbox.jwk()["kid"].clone();
        self.know("[KEY-ID]", key.as_str().unwrap());
    }

    fn know_ssh(&mut self) {
        self.know("[SSH-CONNECTION]", "192.0.2.7 50000 192.0.2.9 22");
    }

    /// The state in the address to open, and the listener's port. Returns the
    /// callback's address.
    fn know_page(&mut self, login: &Running) -> String {
        self.know_state(&login.page())
    }

    fn know_state(&mut self, page: &str) -> String {
        let (_, state) = page.split_once("state%3D").unwrap();
        self.know("[STATE]", state);
        let start = self.env.requests_to(START).pop().unwrap();
        let callback = start.form("loopbackUrl").unwrap();
        let port = Url::parse(&callback).unwrap().port().unwrap();
        // In a line about the listener, and in one for `ssh -L`.
        self.know("127.0.0.1:[LISTENER]", &format!("127.0.0.1:{port}"));
        self.know(
            "[LISTENER]:127.0.0.1:[LISTENER]",
            &format!("{port}:127.0.0.1:{port}"),
        );
        callback
    }

    /// Makes the stored token one that expired a day ago.
    fn expire(&mut self) {
        let user = ("mystore", "login");
        let mut old = claims(self.env.stored(user.0, user.1)["token"].as_str().unwrap());
        old["exp"] = json!(now() - DAY);
        let token = self.env.sandbox.mint(&old);
        self.know_token("[EXPIRED-TOKEN]", &token);
        self.env.replace(user, "token", &token);
    }

    /// The same, and so that `status` knows of it.
    fn expire_in_index(&mut self) {
        let exp = |scene: &Self| {
            let item = scene.env.stored("mystore", "login");
            claims(item["token"].as_str().unwrap())["exp"].to_string()
        };
        let before = exp(self);
        self.expire();
        let path = self.env.file("index.json");
        let index = fs::read_to_string(&path).unwrap();
        assert!(index.contains(&before), "{index}");
        fs::write(path, index.replace(&before, &exp(self))).unwrap();
    }

    /// The tool as the line says: `env -u NAME`, `NAME=value`, the command,
    /// and `<` with what is piped in.
    fn tool(&self, line: &str) -> Tool {
        let value = |word: &str| {
            let value = |text: String, (value, mark): &(String, String)| text.replace(mark, value);
            self.marks.iter().fold(word.to_owned(), value)
        };
        let (before, after) = line.split_once("vtexid ").unwrap();
        let (arguments, input) = match after.split_once(" <") {
            Some((arguments, input)) => (arguments, Some(value(input))),
            None => (after, None),
        };
        let mut tool = self.env.vtexid(arguments.split(' ').map(value));
        let mut before = before.split_whitespace();
        while let Some(word) = before.next() {
            tool = match (word, word.split_once('=')) {
                ("env", _) => tool,
                ("-u", _) => tool.without(before.next().unwrap()),
                (_, Some((name, text))) => tool.env(name, value(text)),
                _ => panic!("{word} in {line}"),
            };
        }
        match input {
            Some(input) => tool.stdin(input),
            None => tool,
        }
    }

    fn start(&self, line: &str) -> Running {
        self.tool(line).start()
    }

    fn run(&mut self, line: &str) {
        let done = self.start(line).finish();
        self.record(line, &done);
    }

    /// Runs a command that renews the stored token.
    fn run_renewing(&mut self, line: &str) {
        let done = self.start(line).finish();
        self.know_stored_token("[RENEWED-TOKEN]", "login");
        self.record(line, &done);
    }

    /// Runs a login and the person's part of it.
    fn login(&mut self, line: &str) {
        self.login_as(line, EMAIL);
    }

    fn login_as(&mut self, line: &str, email: &str) {
        let running = self.start(line);
        self.know_page(&running);
        let (_, done) = sign_in(running, email);
        self.record(line, &done);
    }

    /// Runs a shopper's login that is sent this as the code, or the one that was mailed.
    fn shopper_login(&mut self, line: &str, code: Option<&str>) {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let running = self.tool(line).stdin_from(reader).start();
        running.wait_for("waiting for the code");
        let mailed = self.env.sandbox.mails().pop().unwrap().code;
        writeln!(writer, "{}", code.unwrap_or(&mailed)).unwrap();
        drop(writer);
        let done = running.finish();
        self.record(line, &done);
    }

    fn record(&mut self, line: &str, done: &Assert) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let ended = done.get_output().status;
        let status = match ended.code() {
            Some(code) => code.to_string(),
            None => format!("signal {}", ended.signal().unwrap()),
        };
        let (stdout, stderr) = (self.redacted(&stdout(done)), self.redacted(&stderr(done)));
        for part in [
            &format!("$ {line}\n--- stdout\n{stdout}"),
            &format!("--- stderr\n{stderr}"),
            &format!("--- exit status\n{status}\n"),
        ] {
            self.text.push_str(part);
        }
    }

    /// With marks in place of what differs from run to run. The longest value
    /// first, because one may be in another.
    fn redacted(&self, output: &str) -> String {
        let mut marks: Vec<&(String, String)> = self.marks.iter().collect();
        marks.sort_by_key(|(value, _)| Reverse(value.len()));
        let mark = |text: String, (value, mark): &(String, String)| text.replace(value, mark);
        let text = marks.into_iter().fold(output.to_owned(), mark);
        let mut lines: String = text.split_inclusive('\n').map(without_time).collect();
        if !lines.is_empty() && !lines.ends_with('\n') {
            lines += "[no newline at the end]\n";
        }
        lines
    }

    fn compare(&self, name: &str) {
        self.assert_no_secret();
        let path = folder().join(name).with_extension("txt");
        // Raw: `...` and `[..]` are no wildcards here.
        let expected = Data::read_from(&path, None).raw();
        snapbox::Assert::new()
            .action_env(snapbox::assert::DEFAULT_ACTION_ENV)
            .normalize_paths(false)
            .eq(self.text.as_str(), expected);
    }

    /// Neither a secret that the test gave nor one that a login made.
    fn assert_no_secret(&self) {
        let mut secrets = self.secrets.clone();
        secrets.extend(self.env.stored_secrets());
        for request in self.env.sandbox.requests() {
            let fields = ["ott", "secret", "state"].map(|name| request.form(name));
            secrets.extend(fields.into_iter().flatten());
        }
        // Part by part: a token that is cut short is still one.
        let parts = secrets.iter().flat_map(|secret| secret.split('.'));
        for part in parts.filter(|part| part.len() >= MIN_SECRET_CHARS) {
            let form: String = form_urlencoded::byte_serialize(part.as_bytes()).collect();
            let shown = self.text.contains(part) || self.text.contains(&form);
            assert!(!shown, "a secret is shown:\n{}", self.text);
        }
        let random = holds_random(&self.text);
        assert!(!random, "may hold a secret:\n{}", self.text);
    }
}

/// The line with a mark for a time that no test can know: how long a request
/// took, by how many seconds the clock seems off, and when an answer was sent.
fn without_time(line: &str) -> String {
    if line.starts_with("date: ") {
        return "date: [TIME]\n".to_owned();
    }
    if let Some((before, after)) = line.split_once("\"seconds_left\": ")
        && after != "0,\n"
    {
        return format!("{before}\"seconds_left\": [TIME],\n");
    }
    if let Some((before, _)) = line.split_once("differs from VTEX ID's clock by 0s") {
        return format!("{before}differs from VTEX ID's clock by [TIME]s\n");
    }
    for unit in [" ms)\n", "s off VTEX ID's\n"] {
        if let Some(before) = line.strip_suffix(unit) {
            let words = before.trim_end_matches(|c: char| c.is_ascii_digit());
            if words.len() < before.len() {
                return format!("{words}[TIME]{unit}");
            }
        }
    }
    line.to_owned()
}

/// Whether a word looks like a token or another random value.
fn holds_random(text: &str) -> bool {
    let mut words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
    words.any(|word| {
        let mixed = word.contains(|c: char| c.is_ascii_digit())
            && word.contains(|c: char| c.is_ascii_lowercase())
            && word.contains(|c: char| c.is_ascii_uppercase());
        word.starts_with("eyJ")
            || word.len() > MAX_WORD_CHARS
            || (word.len() >= MIN_SECRET_CHARS && mixed)
    })
}

/// What a token of a shopper of mystore says.
fn shopper_claims(left: i64) -> Value {
    let exp = now() + left;
    json!({
        "sub": "ana@example.com", "account": "mystore", "audience": "webstore", "type": "user",
        "userId": "4b1c5d0e-0000-4000-8000-000000000002", "iss": "token-emitter",
        "iat": exp - 86_400, "exp": exp
    })
}

/// What a token of Ana's says: it lives for a day, and has these seconds left.
fn admin_claims(account: &str, left: i64) -> Value {
    let exp = now() + left;
    json!({
        "sub": "ana@example.com", "account": account, "audience": "admin", "type": "user",
        "userId": "4b1c5d0e-0000-4000-8000-000000000001", "iss": "token-emitter",
        "iat": exp - 86_400, "exp": exp
    })
}

fn admin(account: &str, left: i64) -> String {
    token_of(&admin_claims(account, left))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/scenes")
}

#[test]
fn every_file_belongs_to_a_scene() {
    for file in fs::read_dir(folder()).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let Some(scene) = name.strip_suffix(".txt") else {
            continue;
        };
        let known = NAMES.iter().any(|names| names.contains(&scene));
        assert!(known, "no scene writes {name}: delete it");
    }
}

#[test]
fn no_file_holds_a_token() {
    for file in fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|end| end != "txt") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let path = path.display();
        assert!(!holds_random(&text), "{path} may hold a token");
    }
    // The check finds tokens, app tokens, and what the sandbox makes at random.
    let state = "+/8mYYIGiDSJKn06MXeL1hpw==".to_owned();
    for secret in [admin("mystore", LEFT), app_token(), state] {
        assert!(holds_random(&format!("before {secret} after")), "{secret}");
    }
}
