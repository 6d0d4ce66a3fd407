//! Its own machine for each test: a home, a VTEX ID, and nothing inherited from
//! the real environment.

use std::{
    ffi::OsStr,
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use assert_cmd::assert::{Assert, OutputAssertExt};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    browser::{Answer, Browser},
    sandbox::{Options, Request, Sandbox},
};

/// Far longer than anything here takes; what waits longer has hung.
pub const LIMIT: Duration = Duration::from_secs(60);

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

    pub fn run(self) -> Assert {
        self.start().finish()
    }

    pub fn start(mut self) -> Running {
        let shown = format!("{:?}", self.command);
        let mut child = spawn(&mut self.command).unwrap();
        if let Some(input) = self.input {
            let mut stdin = child.stdin.take().unwrap();
            // A tool that reads no more of it is within its rights.
            thread::spawn(move || stdin.write_all(&input));
        }
        Running {
            shown,
            stdout: Stream::of(child.stdout.take()),
            stderr: Stream::of(child.stderr.take()),
            child,
        }
    }
}

#[cfg(not(windows))]
fn spawn(command: &mut Command) -> std::io::Result<Child> {
    command.spawn()
}

/// Wine fails to start one program in thousands, before the program itself begins.
#[cfg(windows)]
fn spawn(command: &mut Command) -> std::io::Result<Child> {
    const ERROR_INTERNAL_ERROR: i32 = 1359;
    match command.spawn() {
        Err(error) if error.raw_os_error() == Some(ERROR_INTERNAL_ERROR) => command.spawn(),
        started => started,
    }
}

/// The tool while it runs; dropping it ends it.
pub struct Running {
    child: Child,
    shown: String,
    stdout: Arc<Stream>,
    stderr: Arc<Stream>,
}

impl Running {
    /// Everything on stderr, once `text` is there.
    pub fn wait_for(&self, text: &str) -> String {
        self.stderr.wait_until(|so_far| so_far.contains(text))
    }

    /// The address it asks to open.
    pub fn page(&self) -> String {
        self.page_of("")
    }

    /// The one for an account, where it logs in to several.
    pub fn page_of(&self, account: &str) -> String {
        let starts = ["http", "https"].map(|scheme| format!("  {scheme}://{account}"));
        let address = |text: &str| {
            let mut lines = text.split_inclusive('\n');
            let is_page = |line: &str| starts.iter().any(|start| line.starts_with(start));
            lines
                .find(|line| is_page(line) && line.ends_with('\n'))
                .map(|line| line.trim().to_owned())
        };
        address(&self.stderr.wait_until(|so_far| address(so_far).is_some())).unwrap()
    }

    /// Presses Ctrl-C.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        self.signal(rustix::process::Signal::INT);
    }

    #[cfg(unix)]
    pub fn signal(&self, signal: rustix::process::Signal) {
        use rustix::process::{Pid, kill_process};
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end.
    pub fn finish(mut self) -> Assert {
        let start = Instant::now();
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None if start.elapsed() < LIMIT => thread::sleep(Duration::from_millis(5)),
                None => panic!("{} does not end: {}", self.shown, self.stderr.so_far()),
            }
        };
        let output = Output {
            status,
            stdout: self.stdout.whole(),
            stderr: self.stderr.whole(),
        };
        output
            .assert()
            .append_context("command", self.shown.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails if it has already ended, which is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came through a pipe so far, and whether that was all.
#[derive(Default)]
struct Stream {
    state: Mutex<(Vec<u8>, bool)>,
    changed: Condvar,
}

impl Stream {
    fn of(pipe: Option<impl Read + Send + 'static>) -> Arc<Self> {
        let stream = Arc::new(Self::default());
        let Some(mut pipe) = pipe else {
            stream.state.lock().unwrap().1 = true;
            return stream;
        };
        let shared = Arc::clone(&stream);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let read = pipe.read(&mut buffer).unwrap_or(0);
                let mut state = shared.state.lock().unwrap();
                state.0.extend_from_slice(&buffer[..read]);
                state.1 = read == 0;
                shared.changed.notify_all();
                if read == 0 {
                    break;
                }
            }
        });
        stream
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.state.lock().unwrap().0).into_owned()
    }

    fn wait_until(&self, done: impl Fn(&str) -> bool) -> String {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let state = self.state.lock().unwrap();
        let (state, _) = self
            .changed
            .wait_timeout_while(state, LIMIT, |(bytes, closed)| {
                !*closed && !done(&text(bytes))
            })
            .unwrap();
        let text = text(&state.0);
        assert!(done(&text), "the tool only said: {text}");
        text
    }

    fn whole(&self) -> Vec<u8> {
        let state = self.state.lock().unwrap();
        let (state, _) = self
            .changed
            .wait_timeout_while(state, LIMIT, |(_, closed)| !*closed)
            .unwrap();
        assert!(state.1, "somebody keeps the tool's output open");
        state.0.clone()
    }
}

/// Sees that the signal of that number ended it, as a shell sees it.
#[cfg(unix)]
pub fn ended_by(done: &Assert, signal: i32) -> Assert {
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
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < LIMIT, "never so: {what}");
        thread::sleep(Duration::from_millis(5));
    }
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
