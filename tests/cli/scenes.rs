//! Whole outputs of commands, compared with the files in `scenes/`, so that
//! wording is reviewed in its context.
//!
//! After a change of wording run `SNAPSHOTS=overwrite cargo test --test cli scenes`,
//! then read `git diff tests/cli/scenes` as a user would.
//!
//! Marks such as `[PORT]` replace what differs from run to run. A mark stands
//! for one exact value that the test knows, so it cannot hide a change.
//! Durations are not replaced: tokens live long enough that `1d` stays `1d`.

use std::{
    cmp::Reverse,
    fs,
    path::{Path, PathBuf},
};

use assert_cmd::assert::Assert;
use jiff::Timestamp;
use reqwest::Url;
use serde_json::{Value, json};
use snapbox::Data;

use crate::{
    browser::get,
    env::{EMAIL, Running, TestEnv, Tool, claims, now, sign_in, stderr, stdout, token_of},
    sandbox::{Failure, How, Options, app_token},
};

/// A day in seconds, and half an hour more so that a slow test still sees `1d`.
const DAY: i64 = 86_400 + 1_800;

/// Seconds left of Ana's tokens: shown as `23h 30m` for a minute.
const LEFT: i64 = 23 * 3_600 + 30 * 60 + 59;

/// A longer word in a snapshot may be a secret; a UUID is this long.
const MAX_WORD_CHARS: usize = 36;

/// A shorter word is never a secret.
const MIN_SECRET_CHARS: usize = 16;

const START: &str = "/api/vtexid/toolbelt/start";
const REFRESH: &str = "/api/vtexid/refreshtoken/admin";

/// Makes a test of each scene, and the list of their names.
macro_rules! scenes {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let mut scene = Scene::new();
                scene::$name(&mut scene);
                scene.compare(stringify!($name));
            }
        )*

        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

scenes! {
    login
    login_renewed
    login_times_out
    login_over_ssh
    login_in_a_container
    login_with_wrong_callbacks
    login_in_ci
    login_with_vtex_token
    login_to_an_unknown_account
    login_with_an_expired_token
    local_token
    local_token_logged_out
    local_token_renewed
    local_token_renewal_refused
    unreachable
    status
    switch
    logout
    api
    api_refused
    apptoken
    apptoken_save
    inspect
    inspect_expired
    inspect_broken
    toolbelt
    doctor_without_a_keyring
    usage
    verbose
}

mod scene {
    use super::*;

    pub(super) fn login(scene: &mut Scene) {
        scene.login("DISPLAY=:0 vtexid login mystore --no-browser --store file");
        scene.run("vtexid status");
    }

    pub(super) fn login_renewed(scene: &mut Scene) {
        scene.env.login("mystore");
        scene.run("vtexid login mystore");
    }

    pub(super) fn login_times_out(scene: &mut Scene) {
        let line = "DISPLAY=:0 vtexid login mystore --no-browser --store file --timeout 1s";
        let running = scene.start(line);
        scene.know_page(&running);
        scene.record(line, &running.finish());
    }

    pub(super) fn login_over_ssh(scene: &mut Scene) {
        scene.know_ssh();
        scene.login("SSH_CONNECTION=[SSH-CONNECTION] vtexid login mystore --store file");
    }

    pub(super) fn login_in_a_container(scene: &mut Scene) {
        scene.login("container=docker vtexid login mystore --store file");
    }

    pub(super) fn login_with_wrong_callbacks(scene: &mut Scene) {
        let line = "DISPLAY=:0 vtexid login mystore --no-browser --store file";
        let running = scene.start(line);
        let callback = scene.know_page(&running);
        // One after the other, so that their lines come in this order.
        for (query, words) in [
            ("", "has no one-time token"),
            ("?error=access_denied", "access_denied"),
            ("?ott=a&ott=b", "two different"),
            ("?ott=wrong", "rejected"),
        ] {
            get(&format!("{callback}{query}"));
            running.wait_for(words);
        }
        let (_, done) = sign_in(running, EMAIL);
        scene.record(line, &done);
    }

    pub(super) fn login_in_ci(scene: &mut Scene) {
        scene.run("CI=true vtexid login mystore");
    }

    pub(super) fn login_with_vtex_token(scene: &mut Scene) {
        scene.know_token("[TOKEN]", &admin("mystore", LEFT));
        scene.run("VTEX_TOKEN=[TOKEN] vtexid login mystore");
    }

    pub(super) fn login_to_an_unknown_account(scene: &mut Scene) {
        scene.run("vtexid login unknown-store --no-browser --store file");
        scene.run("vtexid login mystore.example.com");
        scene.run("vtexid login vtexappkey-mystore-ABCDEF");
    }

    pub(super) fn login_with_an_expired_token(scene: &mut Scene) {
        scene.know_token("[EXPIRED-TOKEN]", &admin("mystore", -DAY));
        scene.run("vtexid login mystore --with-token --store file <[EXPIRED-TOKEN]");
    }

    pub(super) fn local_token(scene: &mut Scene) {
        scene.env.login("mystore");
        scene.know_stored_token("[TOKEN]", "login");
        scene.run("vtexid local token");
        scene.run("vtexid local token --format header");
        scene.run("vtexid local token --json");
        scene.run("vtexid local token --min-validity 48h");
        scene.know_token("[OTHER-TOKEN]", &admin("otherstore", LEFT));
        let line = "VTEX_TOKEN=[OTHER-TOKEN] vtexid local token -a mystore";
        let done = scene.start(line).finish();
        scene.know_stored_token("[RENEWED-TOKEN]", "login");
        scene.record(line, &done);
        scene.run("VTEX_TOKEN=[OTHER-TOKEN] VTEX_ACCOUNT=mystore vtexid local token");
    }

    pub(super) fn local_token_logged_out(scene: &mut Scene) {
        scene.run("vtexid local token");
        scene.env.login("mystore");
        scene.run("vtexid local token -a otherstore");
    }

    pub(super) fn local_token_renewed(scene: &mut Scene) {
        scene.env.login("mystore");
        scene.expire();
        let line = "vtexid local token";
        let done = scene.start(line).finish();
        scene.know_stored_token("[RENEWED-TOKEN]", "login");
        scene.record(line, &done);
    }

    pub(super) fn local_token_renewal_refused(scene: &mut Scene) {
        scene.env.login("mystore");
        scene.expire();
        scene.env.sandbox.fail(Failure {
            path: REFRESH.to_owned(),
            how: How::Body(200, r#"{"status":"InvalidToken"}"#.to_owned()),
            times: 1,
        });
        scene.run("vtexid local token");
        scene.run("vtexid local token");
    }

    pub(super) fn unreachable(scene: &mut Scene) {
        scene.env.login("otherstore");
        scene.env.login("mystore");
        scene.expire();
        scene.env.fail("/=drop");
        scene.run("vtexid local token");
        scene.run("DISPLAY=:0 vtexid login mystore --no-browser");
        scene.run("vtexid logout otherstore");
        scene.run("vtexid logout mystore");
        // VTEX itself, behind a proxy that is not there.
        scene.know_secret("[APP-TOKEN]", &app_token());
        scene.run(
            "env -u VTEXID_URL HTTPS_PROXY=http://127.0.0.1:1 VTEX_APP_KEY=vtexappkey-mystore-SANDBX \
             VTEX_APP_TOKEN=[APP-TOKEN] vtexid apptoken",
        );
    }

    pub(super) fn status(scene: &mut Scene) {
        scene.run("vtexid status");
        for account in ["mystore", "otherstore", "thirdstore"] {
            scene.env.login(account);
        }
        scene.run("vtexid status");
        scene.run("VTEX_ACCOUNT=mystore vtexid status");
        scene.know_token("[TOKEN]", &admin("mystore", LEFT));
        scene.run("VTEX_TOKEN=[TOKEN] vtexid status");
        scene.run("vtexid status -a fourthstore");
    }

    pub(super) fn switch(scene: &mut Scene) {
        scene.env.login("mystore");
        scene.run("vtexid switch -");
        scene.run("vtexid switch otherstore");
        scene.env.login("otherstore");
        scene.run("vtexid switch mystore");
        scene.run("vtexid switch -");
        scene.run("VTEX_ACCOUNT=otherstore vtexid switch mystore");
    }

    pub(super) fn logout(scene: &mut Scene) {
        scene.run("vtexid logout");
        scene.run("vtexid logout --all");
        scene.env.login("mystore");
        scene.run("vtexid logout");
        // Logged in still, but to no current account.
        scene.env.login("mystore");
        scene.env.login("otherstore");
        scene.run("vtexid logout");
        scene.run("vtexid local token");
    }

    pub(super) fn api(scene: &mut Scene) {
        scene.env.login("mystore");
        scene.run("vtexid api /api/catalog_system/pvt/brand/list");
        scene.run("vtexid api /api/license-manager/site/pvt/logins/list/paged --paginate");
        scene.run("vtexid api /api/oms/pvt/orders?per_page=1 --paginate -o orders");
        scene.run("vtexid api -X PUT /pricing/prices/1 -d @price.json --print-curl");
        scene.run("vtexid api /api/nothing");
        scene.run("vtexid api /api/nothing --fail-body");
        scene.run("vtexid api /api/oms/pvt/orders --as none");
        scene.run("vtexid api /api/sent-offers/feeds");
        scene.env.fail("/api/oms=busy:120");
        scene.run("vtexid api /api/oms/pvt/orders");
        scene.run("vtexid -a other api /api/oms/pvt/orders");
    }

    pub(super) fn api_refused(scene: &mut Scene) {
        scene.env.login("mystore");
        for arguments in [
            "/unknown",
            "//www.example/api/x",
            "https://www.example/api/x",
            "https://other.myvtex.com/_v/x",
            "http://mystore.myvtex.com/_v/x",
            "/api/x?an=other",
            "/other/pricing/prices/1",
            "/api/../x",
            "/api/x#y",
            "C:/Git/api/x",
            "/api/x --host www.example",
            "/api/x --workspace dev",
            "/_v/x --workspace a--b",
            "/api/x -H Accept",
            "/api/x -H Host:www.example",
            "/api/x -H X-VTEX-API-AppToken:x",
            "/api/x -d @",
            "/api/x -d @missing",
            "/api/x -o missing/file",
            "/api/x -X CONNECT",
            "/api/x --as nobody",
            "/api/x --paginate -X POST",
            "/api/x --get -d x",
            "/api/x --json",
        ] {
            scene.run(&format!("vtexid api {arguments}"));
        }
    }

    pub(super) fn apptoken(scene: &mut Scene) {
        scene.know_secret("[APP-TOKEN]", &app_token());
        scene.run("vtexid apptoken");
        scene.run("vtexid apptoken -a mystore");
        scene.run("VTEX_APP_KEY=vtexappkey-mystore-SANDBX vtexid apptoken");
        scene.run("VTEX_APP_TOKEN=[APP-TOKEN] vtexid apptoken");
        scene.run("VTEX_APP_KEY=[APP-TOKEN] vtexid apptoken");
        scene.run("VTEX_APP_KEY=vtexappkey-mystore-SANDBX VTEX_APP_TOKEN=wrong vtexid apptoken");
        scene.run("vtexid apptoken --save --format key-headers");
    }

    pub(super) fn apptoken_save(scene: &mut Scene) {
        scene.know_secret("[APP-TOKEN]", &app_token());
        let line = "VTEX_APP_KEY=vtexappkey-mystore-SANDBX VTEX_APP_TOKEN=[APP-TOKEN] \
                    vtexid apptoken --save --store file";
        let done = scene.start(line).finish();
        scene.know_stored_token("[TOKEN]", "key");
        scene.record(line, &done);
        scene.run("vtexid status");
        scene.run("vtexid logout");
    }

    pub(super) fn inspect(scene: &mut Scene) {
        scene.know_minted_token("[TOKEN]", LEFT);
        scene.run("vtexid inspect <[TOKEN]");
        scene.run("vtexid inspect --check=48h <[TOKEN]");
        scene.run("vtexid inspect --check 48h <[TOKEN]");
        scene.run("vtexid inspect --claim nothing <[TOKEN]");
    }

    pub(super) fn inspect_expired(scene: &mut Scene) {
        scene.know_minted_token("[EXPIRED-TOKEN]", -DAY);
        scene.run("vtexid inspect <[EXPIRED-TOKEN]");
        scene.run("vtexid inspect --check <[EXPIRED-TOKEN]");
    }

    pub(super) fn inspect_broken(scene: &mut Scene) {
        let token = admin("mystore", LEFT);
        let (unsigned, _) = token.rsplit_once('.').unwrap();
        scene.know_secret("[TOKEN-WITHOUT-SIGNATURE]", unsigned);
        scene.know_secret("[CUT-TOKEN]", &format!("{}.sig", &unsigned[..150]));
        scene.know_token("[TOKEN-WITH-A-SHORT-SIGNATURE]", &token);
        scene.run("vtexid inspect <[TOKEN-WITH-A-SHORT-SIGNATURE]");
        scene.run("vtexid inspect <[TOKEN-WITHOUT-SIGNATURE]");
        scene.run("vtexid inspect <[CUT-TOKEN]");
        scene.run("vtexid inspect hello");
        scene.run("vtexid inspect");
    }

    pub(super) fn toolbelt(scene: &mut Scene) {
        scene.know_token("[TOKEN]", &admin("mystore", LEFT));
        scene.run("env -u VTEXID_URL vtexid toolbelt import --store file");
        scene.run("env -u VTEXID_URL vtexid toolbelt export");
        scene.run(
            "env -u VTEXID_URL HTTPS_PROXY=http://127.0.0.1:1 vtexid login mystore --with-token --store file <[TOKEN]",
        );
        scene.run("env -u VTEXID_URL vtexid toolbelt export");
        scene.run("env -u VTEXID_URL vtexid toolbelt import --store file");
        scene.run("env -u VTEXID_URL VTEXID_DIR=elsewhere vtexid toolbelt import --store file");
        scene.run("vtexid toolbelt import");
    }

    /// On a server: no keyring, no display, no clipboard. Over SSH, so that it
    /// does not matter whether this machine is a container.
    pub(super) fn doctor_without_a_keyring(scene: &mut Scene) {
        scene.know_ssh();
        scene.run("SSH_CONNECTION=[SSH-CONNECTION] vtexid doctor");
        scene.run("SSH_CONNECTION=[SSH-CONNECTION] vtexid login mystore");
        scene.env.login("mystore");
        scene.run("SSH_CONNECTION=[SSH-CONNECTION] vtexid doctor");
    }

    pub(super) fn usage(scene: &mut Scene) {
        scene.know_token("[TOKEN]", &admin("mystore", LEFT));
        scene.run("vtexid login mystore --nobrowser");
        scene.run("vtexid logn mystore");
        scene.run("vtexid login [TOKEN]");
        scene.run("vtexid inspect --token=[TOKEN]");
        scene.run("vtexid login mystore --timeout 5");
        scene.run("vtexid login mystore --store cloud");
        scene.run("vtexid logout mystore --all");
        scene.run("vtexid local token --format yaml");
        scene.run("VTEX_ACCOUNT=my/store vtexid local token");
    }

    pub(super) fn verbose(scene: &mut Scene) {
        scene.know_secret("[APP-TOKEN]", &app_token());
        let line = "VTEX_APP_KEY=vtexappkey-mystore-SANDBX VTEX_APP_TOKEN=[APP-TOKEN] \
                    vtexid apptoken -v --json";
        let done = scene.start(line).finish();
        let answer: Value = serde_json::from_str(&stdout(&done)).unwrap();
        scene.know_token("[TOKEN]", answer["token"].as_str().unwrap());
        scene.record(line, &done);
    }
}

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
        let env = TestEnv::with(Options {
            token_life: DAY,
            app_token_life: DAY,
            ..Options::default()
        });
        let (dir, port) = (env.root().display().to_string(), env.sandbox.port());
        let mut scene = Self {
            env,
            marks: Vec::new(),
            secrets: Vec::new(),
            text: String::new(),
        };
        // Builds for the tests pause less before they try again.
        for (release, in_tests) in [("0.5s", "0.05s"), ("2s", "0.2s")] {
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
            let seconds = claims[name].as_i64().unwrap();
            let at = Timestamp::from_second(seconds).unwrap();
            let words = at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
            self.know(&format!("[{what}]"), &words);
            self.know(&format!("[{what}, RFC 3339]"), &at.to_string());
            self.know(&format!("[{what}, SECONDS]"), &seconds.to_string());
        }
        self.know_secret(mark, token);
    }

    fn know_stored_token(&mut self, mark: &str, entry: &str) {
        let item = self.env.stored("mystore", entry);
        self.know_token(mark, item["token"].as_str().unwrap());
    }

    /// A token of Ana's that the sandbox's key has signed.
    fn know_minted_token(&mut self, mark: &str, left: i64) {
        let token = self.env.sandbox.mint(&admin_claims("mystore", left));
        let key = self.env.sandbox.jwk()["kid"].clone();
        self.know("[KEY-ID]", key.as_str().unwrap());
        self.know_token(mark, &token);
    }

    fn know_ssh(&mut self) {
        self.know("[SSH-CONNECTION]", "192.0.2.7 50000 192.0.2.9 22");
    }

    /// The state in the address to open, and the listener's port. Returns the
    /// callback's address.
    fn know_page(&mut self, login: &Running) -> String {
        let page = login.page();
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

    /// Runs a login and the person's part of it.
    fn login(&mut self, line: &str) {
        let running = self.start(line);
        self.know_page(&running);
        let (_, done) = sign_in(running, EMAIL);
        self.record(line, &done);
    }

    fn record(&mut self, line: &str, done: &Assert) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let status = done.get_output().status.code().unwrap();
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
/// took, and by how many seconds the clock seems off.
fn without_time(line: &str) -> String {
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
        let scene = name.strip_suffix(".txt").unwrap_or_default();
        assert!(NAMES.contains(&scene), "no scene writes {name}: delete it");
    }
}

#[test]
fn no_file_holds_a_token() {
    for file in fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
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
