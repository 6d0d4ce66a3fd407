//! The listener against everything that a browser extension, a port scanner or
//! a malicious page could send, and then the real visit.

#[cfg(target_os = "linux")]
use std::fs;
use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpStream},
    thread,
    time::Duration,
};

use reqwest::Url;

#[cfg(unix)]
use crate::{
    browser::{Browser, get},
    env::eventually,
};
use crate::{
    browser::{connect, head},
    env::{EMAIL, Running, TestEnv, sign_in},
};

/// A generator of its own, so that a failure can be repeated from its number.
struct Dice(u64);

impl Dice {
    /// A number below `sides` (xorshift64*).
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33).unwrap() % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = self.roll(most);
        (0..length)
            .map(|_| self.pick(b"\x00\r\n :/?=&%{}\"<\xff\x7fGETPOSTott"))
            .collect()
    }
}

/// A request that must change nothing: none carries one well-formed `ott` by
/// a method that is taken, to a host that is ours.
fn hostile(dice: &mut Dice, url: &Url) -> Vec<u8> {
    let foreign = ("Host", "evil.example");
    let origin = ("Origin", "https://evil.example");
    let network = ("Access-Control-Request-Private-Network", "true");
    let json = ("Content-Type", "application/json");
    let mut to = url.clone();
    match dice.roll(14) {
        0 => {
            let method = dice.pick(&["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "X-Y"]);
            to.set_query(Some("ott=stray"));
            head(method, &to, &[]) + "\r\n"
        }
        1 => {
            to.set_query(Some("ott=stray"));
            head("HEAD", &to, &[]) + "\r\n"
        }
        2 => head("OPTIONS", &to, &[origin, network]) + "\r\n",
        3 => {
            to.set_query(Some("ott=stray"));
            head("GET", &to, &[foreign]) + "\r\n"
        }
        4 => {
            to.set_path(dice.pick(&[
                "/favicon.ico",
                "/",
                "/login/0",
                "/LOGIN_CALLBACK",
                "/..",
                "//",
            ]));
            head("GET", &to, &[]) + "\r\n"
        }
        5 => {
            to.set_query(Some(dice.pick(&[
                "",
                "ott=",
                "ott",
                "ott=a&ott=b",
                "error=no&ott=stray",
                "ott=%00",
                "ott=%ff",
                "o%74t=%09x",
            ])));
            head("GET", &to, &[]) + "\r\n"
        }
        6 => {
            let body = dice.pick(&[
                "{}",
                "[]",
                r#"{"ott":1}"#,
                r#"{"ott":null}"#,
                "{",
                "ott=",
                "\0",
            ]);
            head(
                "POST",
                &to,
                &[json, ("Content-Length", &body.len().to_string())],
            ) + "\r\n"
                + body
        }
        7 => {
            let long = "x".repeat(300_000 + dice.roll(60_000));
            head("GET", &to, &[("X-Long", &long)]) + "\r\n"
        }
        8 => {
            let body = "ott=".to_owned() + &"x".repeat(66_000 + dice.roll(100_000));
            head("POST", &to, &[("Content-Length", &body.len().to_string())]) + "\r\n" + &body
        }
        9 => {
            let length = dice.pick(&[
                "5000",
                "1000000000000000000",
                "99999999999999999999999",
                "-1",
                "x",
            ]);
            head("POST", &to, &[("Content-Length", length)]) + "\r\nott=stray"
        }
        10 => {
            let chunks = dice.pick(&[
                "zz\r\n",
                "5\r\nott=",
                "ffffffffffffffff\r\n",
                "4\r\nott=\r\n0\r\n\r\n",
            ]);
            head("POST", &to, &[("Transfer-Encoding", "chunked")]) + "\r\n" + chunks
        }
        11 => {
            // The second of two pipelined requests is never looked at.
            let first = head("GET", &to, &[]) + "\r\n";
            to.set_query(Some("ott=stray"));
            first + &head("GET", &to, &[]) + "\r\n"
        }
        12 => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        _ => return dice.bytes(3000),
    }
    .into_bytes()
}

/// Sends it and looks at what comes back, as far as anything does.
fn attack(url: &Url, request: &[u8], number: usize) {
    let mut stream = connect(url);
    // Half-sent requests are left open until the listener hangs up; this is
    // shorter than its patience, so that a thousand of them take no hour.
    stream
        .set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    let _ = stream.write_all(request);
    let mut answer = [0; 64];
    let length = stream.read(&mut answer).unwrap_or(0);
    let answer = String::from_utf8_lossy(&answer[..length]);
    // No success but for HEAD and OPTIONS, and no redirect to the final page.
    assert!(
        answer.is_empty()
            || answer.starts_with("HTTP/1.1 4")
            || answer.starts_with("HTTP/1.1 200 ") && request.starts_with(b"HEAD ")
            || answer.starts_with("HTTP/1.1 204 "),
        "request {number}, {:?}: {answer}",
        String::from_utf8_lossy(&request[..request.len().min(300)])
    );
}

fn callback(env: &TestEnv, login: &Running) -> Url {
    login.page();
    let start = &env.requests_to("/api/vtexid/toolbelt/start")[0];
    start.form("loopbackUrl").unwrap().parse().unwrap()
}

#[test]
fn a_thousand_hostile_requests_change_nothing() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url = callback(&env, &login);
    // Two hundred that say nothing, and fifty that say it slowly, all along.
    let idle: Vec<TcpStream> = (0..200).map(|_| connect(&url)).collect();
    thread::scope(|scope| {
        for _ in 0..50 {
            let url = &url;
            scope.spawn(move || {
                let mut stream = connect(url);
                for byte in head("GET", url, &[]).bytes() {
                    if stream.write_all(&[byte]).is_err() {
                        break;
                    }
                    thread::sleep(Duration::from_millis(20));
                }
                let _ = stream.shutdown(Shutdown::Both);
            });
        }
        for worker in 0..4 {
            let url = &url;
            scope.spawn(move || {
                let mut dice = Dice(0x5eed + worker as u64);
                for number in 0..250 {
                    let request = hostile(&mut dice, url);
                    attack(url, &request, worker * 250 + number);
                }
            });
        }
    });
    assert_eq!(env.requests_to("/api/vtexid/toolbelt/validate").len(), 0);
    let (shown, done) = sign_in(login, EMAIL);
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("You are logged in"));
    done.success();
    assert_eq!(env.requests_to("/api/vtexid/toolbelt/validate").len(), 1);
    drop(idle);
}

#[test]
fn visits_that_never_send_their_body_cannot_block_the_real_one() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url = callback(&env, &login);
    let announced = head("POST", &url, &[("Content-Length", "20")]) + "\r\nott=stra";
    let held: Vec<TcpStream> = (0..600)
        .map(|_| {
            let mut stream = connect(&url);
            // The oldest are hung up on to make room.
            let _ = stream.write_all(announced.as_bytes());
            stream
        })
        .collect();
    let (shown, done) = sign_in(login, EMAIL);
    assert_eq!(shown.status, 200);
    done.success();
    drop(held);
}

/// A login whose process may have so many files open.
#[cfg(unix)]
fn login_with_files(env: &TestEnv, files: u32) -> Running {
    let script = format!(
        "ulimit -n {files}; exec '{}' login mystore --no-browser --store file",
        env!("CARGO_BIN_EXE_vtexid")
    );
    env.program("/bin/sh", ["-c", &script]).start()
}

/// So many connections that say nothing, all of them accepted or hung up on.
#[cfg(unix)]
fn silent(url: &Url, count: usize) -> Vec<TcpStream> {
    let held = (0..count).map(|_| connect(url)).collect();
    // Connections are accepted in the order they come in.
    let answer = get(url.join("/favicon.ico").unwrap().as_str());
    assert_eq!(answer.status, 404, "{answer:?}");
    held
}

#[test]
#[cfg(target_os = "linux")]
fn no_more_than_64_connections_are_kept() {
    let env = TestEnv::new();
    let login = env.start_login("mystore");
    let url = callback(&env, &login);
    let files = || {
        fs::read_dir(format!("/proc/{}/fd", login.id()))
            .unwrap()
            .count()
    };
    let before = files();
    let held = silent(&url, 300);
    let during = files();
    assert!(during > before + 32, "{before}, {during}");
    assert!(during <= before + 64, "{before}, {during}");
    drop(held);
}

#[test]
#[cfg(unix)]
fn a_process_with_few_files_still_lets_the_good_visit_in() {
    let env = TestEnv::new();
    let login = login_with_files(&env, 128);
    let url = callback(&env, &login);
    let held = silent(&url, 300);
    let (shown, done) = sign_in(login, EMAIL);
    assert_eq!(shown.status, 200, "{shown:?}");
    assert!(shown.body.contains("You are logged in"), "{shown:?}");
    done.success();
    drop(held);
}

#[test]
#[cfg(unix)]
fn a_visit_with_a_one_time_token_is_not_hung_up_on_for_others() {
    for limited in [true, false] {
        let env = TestEnv::new();
        let login = if limited {
            login_with_files(&env, 64)
        } else {
            env.start_login("mystore")
        };
        let url = callback(&env, &login);
        let mut browser = Browser::default();
        let ticket = browser.sign_in(&login.page(), EMAIL);
        let validate = "/api/vtexid/toolbelt/validate";
        env.fail(&format!("{validate}=hold*1"));
        let held = thread::scope(|scope| {
            let visit = scope.spawn(|| browser.deliver(&ticket));
            eventually("it asks", || !env.requests_to(validate).is_empty());
            let held = silent(&url, 300);
            env.sandbox.release();
            let shown = visit.join().unwrap();
            assert_eq!(shown.status, 200, "{limited}: {shown:?}");
            assert!(shown.body.contains("You are logged in"), "{shown:?}");
            held
        });
        login.finish().success();
        drop(held);
    }
}
