//! Programs that run beside a test, are never waited on without a limit, and end with it.

use std::{
    io::{Read, Write as _},
    process::{Child, ChildStdin, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use assert_cmd::assert::{Assert, OutputAssertExt as _};

/// Far longer than anything here takes on a busy machine; what waits longer has hung.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Waits until `look` finds something.
///
/// # Panics
///
/// When it does not within the limit.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < LIMIT, "{what}: not within {LIMIT:?}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Lets this process, and what it starts, have as many files open as a test with hundreds of connections needs: macOS
/// allows 256, and tests that run at the same time share them.
#[cfg(unix)]
pub fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    const FILES: u64 = 4096;
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.map_or(FILES, |most| most.min(FILES));
    if limit.current.is_some_and(|current| current < most) {
        let raised = Rlimit {
            current: Some(most),
            ..limit
        };
        setrlimit(Resource::Nofile, raised).unwrap();
    }
}

/// Lets what this process starts receive every signal, although the tests were started with one ignored (by `nohup`, or
/// `&` in a script): a program starts with the default effect of a signal that has a handler here.
#[cfg(unix)]
pub fn restore_signals() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap());
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] {
        if mask & (1 << (signal - 1)) != 0 {
            signal_hook::flag::register(signal, Arc::default()).unwrap();
        }
    }
}

/// How a program ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Outcome {
    /// Its standard output, once it has done what it should.
    pub fn success(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout
    }

    /// Checks that it failed with this exit code and nothing on its standard output; gives its standard error.
    pub fn failure(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        self.stderr
    }
}

/// A program under way. Dropping it kills it.
pub struct Running {
    child: Child,
    command: String,
    stdin: Option<ChildStdin>,
    stdout: Arc<Stream>,
    stderr: Arc<Stream>,
}

impl Running {
    /// Starts it with a pipe for each of its standard streams.
    pub fn start(mut command: Command) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self::start_as_set(command)
    }

    /// Starts it with the standard streams that the command already has.
    pub fn start_as_set(mut command: Command) -> Self {
        let shown = format!("{command:?}");
        let mut child = spawn(&mut command).unwrap_or_else(|e| panic!("{shown}: {e}"));
        Self {
            command: shown,
            stdin: child.stdin.take(),
            stdout: Stream::of(child.stdout.take()),
            stderr: Stream::of(child.stderr.take()),
            child,
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its standard output so far.
    pub fn stdout(&self) -> String {
        self.stdout.so_far()
    }

    /// Its standard error so far.
    pub fn stderr(&self) -> String {
        self.stderr.so_far()
    }

    /// Everything on stderr, once `text` is there.
    pub fn wait_for(&self, text: &str) -> String {
        self.stderr.wait_until(|so_far| so_far.contains(text))
    }

    /// The address that a login asks to open.
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

    pub fn type_in(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().expect("its input is still open");
        stdin.write_all(text.as_bytes()).unwrap();
        stdin.flush().unwrap();
    }

    /// Pipes this in and ends the input, while the test goes on.
    pub fn feed(&mut self, input: Vec<u8>) {
        let mut stdin = self.stdin.take().expect("its input is still open");
        // A tool that reads no more of it is within its rights.
        thread::spawn(move || stdin.write_all(&input));
    }

    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    #[cfg(unix)]
    pub fn signal(&self, signal: rustix::process::Signal) {
        use rustix::process::{Pid, kill_process};
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Presses Ctrl-C.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        self.signal(rustix::process::Signal::INT);
    }

    /// Waits for its end and for that of its output, which lasts as long as anything that inherited it.
    ///
    /// # Panics
    ///
    /// When that takes longer than `limit`.
    fn end(&mut self, limit: Duration) -> Output {
        let start = Instant::now();
        loop {
            let status = self.ended();
            if let Some(status) = status
                && let (Some(stdout), Some(stderr)) = (self.stdout.whole(), self.stderr.whole())
            {
                return Output {
                    status,
                    stdout,
                    stderr,
                };
            }
            assert!(
                start.elapsed() < limit,
                "still running or its output held open ({status:?}) after {limit:?}: {}: {:?} {:?}",
                self.command,
                self.stdout(),
                self.stderr()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for its end, for no longer than `limit`.
    pub fn wait(mut self, limit: Duration) -> Outcome {
        let output = self.end(limit);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Outcome {
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// Waits for its end.
    pub fn finish(mut self) -> Assert {
        let output = self.end(LIMIT);
        output
            .assert()
            .append_context("command", self.command.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails when it has ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a program to its end, with nothing on its standard input.
pub fn run(command: Command) -> Outcome {
    run_within(LIMIT, command)
}

/// The same for a program that must be done within `limit`.
pub fn run_within(limit: Duration, command: Command) -> Outcome {
    run_with(limit, command, "")
}

/// The same with `input` on its standard input.
pub fn run_with(limit: Duration, command: Command, input: &str) -> Outcome {
    let mut running = Running::start(command);
    if !input.is_empty() {
        running.type_in(input);
    }
    running.close_stdin();
    running.wait(limit)
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
        assert!(done(&text), "the program only said: {text}");
        text
    }

    /// All of it, once it has ended.
    fn whole(&self) -> Option<Vec<u8>> {
        let state = self.state.lock().unwrap();
        state.1.then(|| state.0.clone())
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
