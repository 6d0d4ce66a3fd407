//! Programs that run beside a test, are never waited on without a limit, and end with it.

use std::io::{Read, Write as _};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// Far longer than anything here takes on a busy machine.
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
        thread::sleep(Duration::from_millis(10));
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

    /// Checks that it failed with this exit code and nothing on its standard output; gives its words.
    pub fn failure(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        self.stderr
    }
}

/// A program under way. Dropping it kills it.
pub struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    readers: Vec<JoinHandle<()>>,
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
}

impl Running {
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{command:?}: {e}"));
        let (stdout, stderr) = <(Arc<Mutex<String>>, Arc<Mutex<String>>)>::default();
        let readers = vec![
            collect(child.stdout.take().unwrap(), stdout.clone()),
            collect(child.stderr.take().unwrap(), stderr.clone()),
        ];
        Self {
            stdin: child.stdin.take(),
            child,
            readers,
            stdout,
            stderr,
        }
    }

    pub fn stdout(&self) -> String {
        self.stdout.lock().unwrap().clone()
    }

    pub fn stderr(&self) -> String {
        self.stderr.lock().unwrap().clone()
    }

    pub fn type_in(&mut self, text: &str) {
        let stdin = self.stdin.as_mut().expect("its input is still open");
        stdin.write_all(text.as_bytes()).unwrap();
        stdin.flush().unwrap();
    }

    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits for its end and for that of its output, which lasts as long as anything that inherited it.
    ///
    /// # Panics
    ///
    /// When that takes longer than `limit`.
    pub fn wait(mut self, limit: Duration) -> Outcome {
        let start = Instant::now();
        loop {
            let status = self.ended();
            if let Some(status) = status
                && self.readers.iter().all(JoinHandle::is_finished)
            {
                return Outcome {
                    code: status.code(),
                    stdout: self.stdout(),
                    stderr: self.stderr(),
                };
            }
            assert!(
                start.elapsed() < limit,
                "still running or its output held open ({status:?}) after {limit:?}: {:?} {:?}",
                self.stdout(),
                self.stderr()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
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

fn collect(mut from: impl Read + Send + 'static, into: Arc<Mutex<String>>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let text = String::from_utf8_lossy(&buffer[..length]);
            into.lock().unwrap().push_str(&text);
        }
    })
}
