//! `vtexid api`: bodies of any size in constant memory, and networks that fall
//! silent
#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, unused_imports, reason = "memory is measured on Linux")
)]

use std::{
    fs::{self, File},
    io::Write as _,
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver as Rx, SyncSender},
    },
};

use crate::{
    env::{LIMIT, TestEnv, Tool, limit, stderr, stdout},
    receiver::{self, Receiver},
    sandbox,
};

const MIB: usize = 1 << 20;
const LARGE: usize = 200 * MIB;

fn api(env: &TestEnv, server: &Receiver, arguments: &[&str]) -> Tool {
    env.vtexid(["api", "-q", "/api/x"].iter().chain(arguments))
        .env("VTEX_APP_KEY", sandbox::app_key("mystore"))
        .env("VTEX_APP_TOKEN", sandbox::app_token())
        .env("VTEXID_URL", server.url())
}

/// The most memory that a process had so far, in bytes.
fn peak(id: u32) -> usize {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: usize = line
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    kib * 1024
}

/// What the server tells, and what it waits for.
type Gate = Arc<Mutex<(SyncSender<()>, Rx<()>)>>;

/// A point that the server reaches and waits at until the test has looked.
fn gate() -> (Gate, Rx<()>, SyncSender<()>) {
    let (reached, is_reached) = mpsc::sync_channel(1);
    let (looked, has_looked) = mpsc::sync_channel(1);
    (
        Arc::new(Mutex::new((reached, has_looked))),
        is_reached,
        looked,
    )
}

fn wait_at(gate: &Mutex<(SyncSender<()>, Rx<()>)>) {
    let gate = gate.lock().unwrap();
    gate.0.send(()).unwrap();
    gate.1.recv_timeout(LIMIT).unwrap();
}

#[test]
fn a_large_answer_passes_in_constant_memory_byte_for_byte() {
    let env = TestEnv::new();
    let (gate, is_reached, looked) = gate();
    let server = Receiver::start(move |_, _, stream| {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {LARGE}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let piece: Vec<u8> = (0..=255).cycle().take(MIB).collect();
        for n in 0..LARGE / MIB {
            if n + 1 == LARGE / MIB {
                wait_at(&gate);
            }
            stream.write_all(&piece).unwrap();
        }
    });
    let out = env.root().join("out");
    let running = api(&env, &server, &[])
        .stdout_to(File::create(&out).unwrap())
        .start();
    is_reached.recv_timeout(LIMIT).unwrap();
    let most = peak(running.id());
    looked.send(()).unwrap();
    running.finish().success();
    assert!(most < 40 * MIB, "{most}");
    let got = fs::read(&out).unwrap();
    assert_eq!(got.len(), LARGE);
    let sent: Vec<u8> = (0..=255).collect();
    assert!(got.chunks(256).all(|piece| piece == sent));
}

#[test]
fn a_large_body_is_sent_in_constant_memory() {
    let env = TestEnv::new();
    let file = File::create(env.root().join("large")).unwrap();
    file.set_len(LARGE as u64).unwrap();
    let length = format!("content-length: {LARGE}\r\n");
    let chunked = "transfer-encoding: chunked\r\n".to_owned();
    for (data, piped, framing) in [
        ("@large", false, &length),
        ("@-", false, &length),
        ("@-", true, &chunked),
    ] {
        let (gate, is_reached, looked) = gate();
        let server = Receiver::start(move |_, _, stream| {
            wait_at(&gate);
            receiver::answer(stream, "200 OK", b"{}");
        });
        let tool = api(&env, &server, &["-d", data]);
        let running = if piped {
            tool.stdin(vec![0; LARGE]).start()
        } else {
            let file = File::open(env.root().join("large")).unwrap();
            tool.stdin_from(file).start()
        };
        is_reached.recv_timeout(LIMIT).unwrap();
        let most = peak(running.id());
        looked.send(()).unwrap();
        running.finish().success().stdout("{}");
        assert!(most < 40 * MIB, "{data}: {most}");
        let received = server.log().pop().unwrap();
        assert_eq!(received.body, LARGE as u64, "{data}");
        assert!(received.headers.contains(framing), "{}", received.headers);
    }
}

#[test]
fn a_hundred_pages_pass_in_constant_memory() {
    let env = TestEnv::new();
    let (gate, is_reached, looked) = gate();
    let server = Receiver::start(move |_, number, stream| {
        let text = "x".repeat(MIB / 2);
        let body = if number <= 100 {
            format!("[\"{number}{text}\"]")
        } else {
            "[]".to_owned()
        };
        if number == 101 {
            wait_at(&gate);
        }
        receiver::answer(stream, "200 OK", body.as_bytes());
    });
    let out = env.root().join("out");
    let tool = env
        .vtexid(["api", "-q", "/api/x?page=1", "--paginate"])
        .env("VTEX_APP_KEY", sandbox::app_key("mystore"))
        .env("VTEX_APP_TOKEN", sandbox::app_token())
        .env("VTEXID_URL", server.url());
    let running = tool.stdout_to(File::create(&out).unwrap()).start();
    is_reached.recv_timeout(LIMIT).unwrap();
    let most = peak(running.id());
    looked.send(()).unwrap();
    running.finish().success();
    assert!(most < 30 * MIB, "{most}");
    assert_eq!(server.log().len(), 101);
    assert_eq!(fs::read_to_string(&out).unwrap().lines().count(), 100);
}

#[test]
fn silence_ends_a_request_even_after_output_began() {
    let env = TestEnv::new();
    let server = Receiver::start(|received, _, stream| {
        if received.line.starts_with("GET") {
            let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin";
            stream.write_all(head).unwrap();
        }
        receiver::hold();
    });
    fs::write(env.root().join("file"), "old").unwrap();
    // At the same time, because each waits for as long.
    let begun = api(&env, &server, &[]).start();
    let to_file = api(&env, &server, &["-o", "file"]).start();
    let without = api(&env, &server, &["-d", "{}"]).start();
    let done = begun.finish().code(6);
    assert_eq!(stdout(&done), "begin");
    let words = stderr(&done);
    let silence = limit("30s", "5s");
    assert!(words.contains(&format!("no data for {silence}")), "{words}");
    to_file.finish().code(6).stdout("");
    assert_eq!(fs::read_to_string(env.root().join("file")).unwrap(), "old");
    let done = without.finish().code(6).stdout("");
    let words = stderr(&done);
    assert!(
        words.contains(&format!("no answer within {silence}")),
        "{words}"
    );
    assert_eq!(server.log().len(), 3);
}

#[test]
fn ctrl_c_leaves_no_half_file() {
    let env = TestEnv::new();
    let server = Receiver::start(|_, _, stream| {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin";
        stream.write_all(head).unwrap();
        receiver::hold();
    });
    let running = api(&env, &server, &["-o", "file"]).start();
    let is_half = |path: &std::path::PathBuf| path.to_string_lossy().contains(".vtexid-");
    crate::env::eventually("a file is begun", || {
        env.files()
            .iter()
            .any(|path| is_half(path) && fs::read(path).is_ok_and(|b| b == b"begin"))
    });
    running.interrupt();
    crate::env::ended_by(&running.finish(), 2);
    assert!(!env.files().iter().any(is_half));
    assert!(!env.root().join("file").exists());
}
