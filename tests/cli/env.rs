//! Its own machine for each test: a home, a VTEX ID, and nothing inherited from
//! the real environment.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use assert_cmd::assert::Assert;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tempfile::TempDir;

pub use crate::support::process::{LIMIT, Running};
use crate::{
    browser::{Answer, Browser},
    sandbox::{Options, Request, Sandbox},
    support::process,
};

/// A time limit as the program prints it: that of a release, or the shorter one of a build for the tests (src/waits.rs).
pub fn limit<'a>(release: &'a str, in_tests: &'a str) -> &'a str {
    if cfg!(feature = "short-waits") {
        in_tests
    } else {
        release
    }
}

/// Who signs in, unless a test says otherwise.
pub const EMAIL: &str = "dev@example.com";

pub struct TestEnv {
    root: TempDir,
    pub sandbox: Sandbox,
}

impl TestEnv {
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    pub fn with(options: Options) -> Self {
        #[cfg(unix)]
        {
            process::raise_file_limit();
            process::restore_signals();
        }
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("home")).unwrap();
        Self {
            root,
            sandbox: Sandbox::start(options).unwrap(),
        }
    }

    /// All that this machine's disk holds.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    pub fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    /// `VTEXID_DIR`
    pub fn dir(&self) -> PathBuf {
        self.root().join("vtexid")
    }

    /// The tool with these arguments, on a machine without display, network
    /// or session bus; stdin is `/dev/null`.
    pub fn vtexid<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Tool {
        self.program(env!("CARGO_BIN_EXE_vtexid"), arguments)
    }

    /// The same for another program, which may run the tool.
    pub fn program<S: AsRef<OsStr>>(
        &self,
        program: &str,
        arguments: impl IntoIterator<Item = S>,
    ) -> Tool {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.root())
            .env_clear()
            .env("HOME", self.home())
            // HOME on Windows: the real profile is not touched.
            .env("USERPROFILE", self.home())
            .env("LOCALAPPDATA", self.home().join("AppData").join("Local"))
            .env("VTEXID_DIR", self.dir())
            .env("VTEXID_URL", self.sandbox.url())
            .env("DBUS_SESSION_BUS_ADDRESS", self.no_bus())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Without it Windows has no sockets.
        if let Some(root) = std::env::var_os("SystemRoot") {
            command.env("SystemRoot", root);
        }
        Tool {
            command,
            input: None,
        }
    }

    fn no_bus(&self) -> String {
        format!("unix:path={}", self.root().join("no-bus").display())
    }

    /// `inspect` with this as the content of the file that `--key` names.
    pub fn key_tool(&self, key: impl AsRef<[u8]>, more: &[&str]) -> Tool {
        fs::write(self.home().join("key"), key).unwrap();
        let arguments = ["inspect", "--key", "home/key"];
        self.vtexid(arguments.iter().chain(more))
    }

    /// The same for `--secret`.
    pub fn secret_tool(&self, secret: impl AsRef<[u8]>, token: &str) -> Tool {
        fs::write(self.home().join("secret"), secret).unwrap();
        self.vtexid(["inspect", "--secret", "home/secret", token])
    }

    /// Starts to log in, without a browser and with the file store.
    pub fn start_login(&self, account: &str) -> Running {
        self.login_tool(account, &["--fresh"]).start()
    }

    pub fn login_tool(&self, account: &str, more: &[&str]) -> Tool {
        let mut arguments = vec!["login", account, "--no-browser", "--store", "file"];
        arguments.extend_from_slice(more);
        self.vtexid(arguments)
    }

    /// Logs in through the browser and sees that it worked.
    pub fn login(&self, account: &str) -> Assert {
        let (_, done) = sign_in(self.start_login(account), EMAIL);
        done.success()
    }

    /// What `local token` prints for the account.
    pub fn token(&self, account: &str) -> String {
        let done = self
            .vtexid(["local", "token", "-a", account])
            .run()
            .success();
        stdout(&done).trim_end().to_owned()
    }

    /// A credential's entry in the file store: `login` is the user's, `key`
    /// the app key's.
    pub fn stored(&self, account: &str, name: &str) -> Value {
        let text = fs::read_to_string(self.entry(account, name)).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// Replaces a credential's entry in the file store by hand.
    pub fn store(&self, account: &str, name: &str, item: &Value) {
        fs::write(self.entry(account, name), item.to_string()).unwrap();
    }

    /// The file of a credential's entry.
    pub fn entry(&self, account: &str, name: &str) -> PathBuf {
        self.file(&format!("{account}.{name}"))
    }

    /// The user's refresh token in the file store.
    pub fn refresh_token(&self, account: &str) -> String {
        let item = self.stored(account, "login");
        item["refresh_token"].as_str().unwrap().to_owned()
    }

    /// Replaces a secret of an entry in the file store by hand.
    pub fn replace(&self, (account, name): (&str, &str), field: &str, value: &str) {
        let mut item = self.stored(account, name);
        item[field] = json!(value);
        self.store(account, name, &item);
    }

    /// Every secret that the file store holds.
    pub fn stored_secrets(&self) -> Vec<String> {
        let mut secrets = Vec::new();
        for path in self.files() {
            if path.parent().unwrap().ends_with("secrets") {
                let text = fs::read_to_string(path).unwrap();
                let Value::Object(mut item) = serde_json::from_str(&text).unwrap() else {
                    panic!("an entry is an object")
                };
                // The one field that is not secret.
                item.remove("app_key");
                secrets.extend(
                    item.values()
                        .map(|field| field.as_str().unwrap().to_owned()),
                );
            }
        }
        secrets
    }

    /// Makes the stored token of `mystore` one that expired a minute ago.
    pub fn expire(&self) {
        self.expire_in("login");
    }

    /// The same for another of its credentials.
    pub fn expire_in(&self, name: &str) {
        let mut old = claims(self.stored("mystore", name)["token"].as_str().unwrap());
        old["exp"] = json!(now() - 60);
        self.replace(("mystore", name), "token", &self.sandbox.mint(&old));
    }

    /// The requests to that path.
    pub fn requests_to(&self, path: &str) -> Vec<Request> {
        let mut requests = self.sandbox.requests();
        requests.retain(|request| request.path == path);
        requests
    }

    pub fn fail(&self, what: &str) {
        self.sandbox.fail(what.parse().unwrap());
    }

    /// Every file on this machine.
    pub fn files(&self) -> Vec<PathBuf> {
        files(self.root())
    }

    /// The one file of that name.
    pub fn file(&self, name: &str) -> PathBuf {
        let mut found = self.files();
        found.retain(|path| path.file_name() == Some(OsStr::new(name)));
        assert_eq!(found.len(), 1, "{name} among {:?}", self.files());
        found.remove(0)
    }

    /// Sees that no login was remembered.
    pub fn assert_nothing_kept(&self) {
        self.vtexid(["status"]).run().code(4).stdout("");
        let mut kept = self.files();
        kept.retain(|path| path.parent().is_some_and(|dir| dir.ends_with("secrets")));
        assert!(kept.is_empty(), "{kept:?}");
    }
}

pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The rest of a login: the person's part, and the tool's end.
pub fn sign_in(login: Running, email: &str) -> (Answer, Assert) {
    let answer = Browser::default().log_in(&login.page(), email);
    (answer, login.finish())
}

/// The tool about to be run.
pub struct Tool {
    command: Command,
    input: Option<Vec<u8>>,
}

impl Tool {
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    pub fn arg(mut self, argument: &str) -> Self {
        self.command.arg(argument);
        self
    }

    /// Pipes this in.
    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.command.stdin(Stdio::piped());
        self.input = Some(input.into());
        self
    }

    pub fn stdin_from(mut self, from: impl Into<Stdio>) -> Self {
        self.command.stdin(from);
        self
    }

    #[cfg(unix)]
    pub fn stderr_to(mut self, to: impl Into<Stdio>) -> Self {
        self.command.stderr(to);
        self
    }

    pub fn stdout_to(mut self, to: impl Into<Stdio>) -> Self {
        self.command.stdout(to);
        self
    }

    /// With a console that no other program has, and that nobody sees.
    #[cfg(windows)]
    pub fn on_own_console(mut self) -> Self {
        use std::os::windows::process::CommandExt as _;
        const CREATE_NO_WINDOW: u32 = 0x0800_0000;
        self.command.creation_flags(CREATE_NO_WINDOW);
        self
    }

    pub fn run(self) -> Assert {
        self.start().finish()
    }

    pub fn start(self) -> Running {
        let mut running = Running::start_as_set(self.command);
        if let Some(input) = self.input {
            running.feed(input);
        }
        running
    }
}

/// Sees that the signal of that number ended it, as a shell sees it.
#[cfg(unix)]
pub fn ended_by(done: &Assert, signal: i32) -> Assert {
    use assert_cmd::assert::OutputAssertExt as _;
    use std::os::unix::process::ExitStatusExt as _;
    let output = done.get_output().clone();
    assert_eq!(output.status.signal(), Some(signal), "{output:?}");
    output.assert()
}

/// What so many of the tool, started at the same time, print.
pub fn at_once(count: usize, tool: impl Fn() -> Tool) -> Vec<String> {
    let running: Vec<Running> = (0..count).map(|_| tool().start()).collect();
    running
        .into_iter()
        .map(|one| stdout(&one.finish().success()))
        .collect()
}

pub fn stdout(done: &Assert) -> String {
    String::from_utf8(done.get_output().stdout.clone()).unwrap()
}

pub fn stderr(done: &Assert) -> String {
    String::from_utf8(done.get_output().stderr.clone()).unwrap()
}

/// The JSON on stdout.
pub fn answer(done: &Assert) -> Value {
    serde_json::from_slice(&done.get_output().stdout).unwrap()
}

/// The names of a JSON object's fields, in order.
pub fn names(object: &Value) -> Vec<&str> {
    object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// Waits until it holds.
pub fn eventually(what: &str, holds: impl Fn() -> bool) {
    process::eventually(what, || holds().then_some(()));
}

/// A token that says this; its signature is none.
pub fn token_of(claims: &Value) -> String {
    let header = json!({"alg": "ES256", "kid": "A1", "typ": "jwt"});
    compact(header.to_string(), claims.to_string())
}

/// A token of these two parts.
pub fn compact(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    format!(
        "{}.{}.c2lnbmF0dXJl",
        BASE64_URL_SAFE_NO_PAD.encode(header),
        BASE64_URL_SAFE_NO_PAD.encode(payload)
    )
}

/// What a token says.
pub fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// Now, in epoch seconds.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Whether a character can drive a terminal or turn text round.
pub fn is_nasty(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
