//! Ctrl-C and its like: the process ends by the signal itself, wherever it waits.
#![cfg(unix)]

use std::{
    fs,
    io::{self, Write as _},
    os::unix::process::CommandExt as _,
    process::{Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{
    browser::Browser,
    env::{EMAIL, Running, TestEnv, ended_by, eventually, stderr},
};

const REFRESH: &str = "/api/vtexid/refreshtoken/admin";
const SIGNALS: [(Signal, i32); 4] = [
    (Signal::HUP, 1),
    (Signal::INT, 2),
    (Signal::QUIT, 3),
    (Signal::TERM, 15),
];

/// Each of these waits; what it waits for is seen before the signal comes.
fn waiting(env: &TestEnv) -> Vec<(&'static str, Running)> {
    let login = env.start_login("waiting");
    login.wait_for("waiting for the browser");
    env.fail("/api/vtexid/pub/logout=delay:300s");
    let logout = env.vtexid(["logout", "mystore"]).start();
    eventually("logout asks", || {
        !env.requests_to("/api/vtexid/pub/logout").is_empty()
    });
    env.sandbox.clear_failures();
    let (reader, mut writer) = io::pipe().unwrap();
    let stdin = env.vtexid(["inspect"]).stdin_from(reader).start();
    // More than a pipe holds: once it is written, some of it was read.
    writer.write_all(&vec![b'x'; 100_000]).unwrap();
    // Held open: no more ever comes.
    std::mem::forget(writer);
    vec![("login", login), ("logout", logout), ("stdin", stdin)]
}

#[test]
fn every_wait_is_ended_by_every_signal() {
    // All are sent before the first end is waited for: a logout takes the time it is given.
    let signalled = SIGNALS.map(|(signal, number)| {
        let env = TestEnv::new();
        env.login("mystore");
        let waiting = waiting(&env);
        for (_, running) in &waiting {
            running.signal(signal);
        }
        (env, waiting, number)
    });
    for (env, waiting, number) in signalled {
        for (_, running) in waiting {
            ended_by(&running.finish(), number).stdout("");
        }
        // The session is as it was.
        env.token("mystore");
    }
}

/// A lock that another process does not give back.
#[test]
fn a_wait_for_a_lock_is_ended_too() {
    for (signal, number) in SIGNALS {
        let env = TestEnv::new();
        env.login("mystore");
        env.fail(&format!("{REFRESH}=delay:300s"));
        let holds = env.vtexid(["local", "token", "--refresh"]).start();
        eventually("the lock is taken", || !env.requests_to(REFRESH).is_empty());
        let waits = env.vtexid(["local", "token", "--refresh"]).start();
        waits.wait_for("VTEXID_URL");
        waits.signal(signal);
        ended_by(&waits.finish(), number).stdout("");
        drop(holds);
    }
}

/// A shell goes on with its loop unless the program died of the Ctrl-C.
#[test]
fn ctrl_c_stops_the_loop_of_a_shell() {
    let env = TestEnv::new();
    env.fail("/api/vtexid/toolbelt/start=delay:300s");
    let script = format!(
        "for account in one two three; do '{}' login $account --no-browser --store file; echo next; done; echo over",
        env!("CARGO_BIN_EXE_vtexid")
    );
    let mut command = Command::new("bash");
    let out = fs::File::create(env.root().join("out")).unwrap();
    command
        .args(["-c", &script])
        .env("HOME", env.home())
        .env("VTEXID_DIR", env.dir())
        .env("VTEXID_URL", env.sandbox.url())
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(Stdio::null())
        // What the terminal does: one group, which Ctrl-C reaches as a whole.
        .process_group(0);
    let mut shell = command.spawn().unwrap();
    eventually("the first login asks", || {
        env.requests_to("/api/vtexid/toolbelt/start").len() == 1
    });
    kill_process_group(Pid::from_child(&shell), Signal::INT).unwrap();
    let status = shell.wait().unwrap();
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(2)
    );
    assert_eq!(fs::read_to_string(env.root().join("out")).unwrap(), "");
    assert_eq!(env.requests_to("/api/vtexid/toolbelt/start").len(), 1);
}

/// `nohup` and a script's `&` start programs that are to ignore a signal.
#[test]
#[cfg(target_os = "linux")]
fn a_signal_that_was_ignored_stays_ignored() {
    let env = TestEnv::new();
    let script = format!(
        "trap '' HUP INT; exec '{}' login mystore --no-browser --store file",
        env!("CARGO_BIN_EXE_vtexid")
    );
    let login = env.program("/bin/sh", ["-c", &script]).start();
    login.wait_for("waiting for the browser");
    login.signal(Signal::HUP);
    login.signal(Signal::INT);
    let (_, done) = crate::env::sign_in(login, crate::env::EMAIL);
    assert!(stderr(&done.success()).contains("logged in"));
}

/// The kernel shields the first process of a container from what signals do by default.
#[test]
#[cfg(target_os = "linux")]
fn the_first_process_of_a_container_ends_with_the_shells_number() {
    use crate::support::parts;
    let env = TestEnv::new();
    let as_first = [
        "--user",
        "--map-root-user",
        "--pid",
        "--fork",
        "--kill-child",
    ];
    if !parts::can_unshare(&as_first) {
        return;
    }
    let login = [
        env!("CARGO_BIN_EXE_vtexid"),
        "login",
        "mystore",
        "--no-browser",
        "--store",
        "file",
    ];
    let login = env
        .program("unshare", as_first.iter().chain(&login))
        .env("PATH", parts::path())
        .start();
    login.wait_for("waiting for the browser");
    // To the child of `unshare`, which is the first process in there.
    let children = format!("/proc/{0}/task/{0}/children", login.id());
    let child = fs::read_to_string(children).unwrap();
    let child: i32 = child.trim().parse().unwrap();
    rustix::process::kill_process(Pid::from_raw(child).unwrap(), Signal::TERM).unwrap();
    login.finish().code(143);
}

#[test]
fn a_renewal_is_finished_and_saved_before_a_signal_ends_it() {
    for (signal, number) in SIGNALS {
        for arguments in [&["local", "token", "--refresh"][..], &["login", "mystore"]] {
            let env = TestEnv::new();
            env.login("mystore");
            let old = env.refresh_token("mystore");
            env.fail(&format!("{REFRESH}=hold*1"));
            let running = env.vtexid(arguments).start();
            eventually("it asks", || !env.requests_to(REFRESH).is_empty());
            running.signal(signal);
            running
                .wait_for("finishing the renewal; Ctrl-C again gives up and may lose the session");
            env.sandbox.release();
            ended_by(&running.finish(), number).stdout("");
            let new = env.refresh_token("mystore");
            assert_ne!(new, old);
            assert!(env.sandbox.can_refresh(&new));
            // The session goes on.
            env.vtexid(["local", "token", "--refresh"]).run().success();
        }
    }
}

/// A renewal whose answer does not come.
fn refreshing() -> (TestEnv, Running) {
    let env = TestEnv::new();
    env.login("mystore");
    env.fail(&format!("{REFRESH}=hold"));
    let running = env.vtexid(["local", "token", "--refresh"]).start();
    eventually("it asks", || !env.requests_to(REFRESH).is_empty());
    (env, running)
}

#[test]
fn a_second_signal_gives_up() {
    let (_env, running) = refreshing();
    running.signal(Signal::INT);
    running.wait_for("finishing the renewal");
    running.signal(Signal::TERM);
    ended_by(&running.finish(), 15).stdout("");
}

/// `docker stop` and service managers kill after ten seconds.
#[test]
fn after_a_signal_a_late_answer_is_not_awaited_for_long() {
    let (_env, running) = refreshing();
    running.signal(Signal::TERM);
    // Before the request's own time-out of 15 s, which would print a token.
    ended_by(&running.finish(), 15).stdout("");
}

#[test]
fn a_logout_uses_up_the_refresh_token_before_a_signal_ends_it() {
    let env = TestEnv::new();
    env.login("mystore");
    env.expire();
    let refresh = env.refresh_token("mystore");
    env.fail(&format!("{REFRESH}=hold*1"));
    let running = env.vtexid(["logout"]).start();
    eventually("it asks", || !env.requests_to(REFRESH).is_empty());
    running.signal(Signal::INT);
    running.wait_for("finishing the logout");
    env.sandbox.release();
    ended_by(&running.finish(), 2).stdout("");
    assert!(!env.sandbox.can_refresh(&refresh));
    env.assert_nothing_kept();
}

/// It printed "could not renew: interrupted", the token, and exit code 0.
#[test]
fn ctrl_c_while_a_valid_token_is_renewed_prints_nothing() {
    let (_env, running) = refreshing();
    running.signal(Signal::INT);
    running.wait_for("finishing the renewal");
    running.signal(Signal::INT);
    let done = ended_by(&running.finish(), 2).stdout("");
    assert!(!stderr(&done).contains("could not renew"));
}

/// A one-time token works once: cut off, the sign-in would have to be done again.
#[test]
fn a_login_is_finished_and_saved_before_a_signal_ends_it() {
    const VALIDATE: &str = "/api/vtexid/toolbelt/validate";
    for (signal, number) in SIGNALS {
        let env = TestEnv::new();
        env.fail(&format!("{VALIDATE}=hold*1"));
        let login = env.start_login("mystore");
        let page = login.page();
        let browser = std::thread::spawn(move || Browser::default().log_in(&page, EMAIL));
        eventually("it asks", || !env.requests_to(VALIDATE).is_empty());
        login.signal(signal);
        login.wait_for("finishing the login; Ctrl-C again gives up");
        env.sandbox.release();
        ended_by(&login.finish(), number).stdout("");
        // The browser may or may not have received an answer.
        let _ = browser.join();
        env.vtexid(["local", "token", "--refresh"]).run().success();
    }
}

/// Cut off between revoking and deleting, a revoked token stayed here as a valid one.
#[test]
fn a_logout_is_finished_before_a_signal_ends_it() {
    const REVOKE: &str = "/api/vtexid/pub/logout";
    let env = TestEnv::new();
    env.login("mystore");
    env.fail(&format!("{REVOKE}=hold*1"));
    let logout = env.vtexid(["logout"]).start();
    eventually("it asks", || !env.requests_to(REVOKE).is_empty());
    logout.signal(Signal::INT);
    logout.wait_for("finishing the logout");
    env.sandbox.release();
    ended_by(&logout.finish(), 2).stdout("");
    env.assert_nothing_kept();
}

/// A warning that nobody reads must not block the end of the process.
#[test]
fn a_full_pipe_on_stderr_does_not_block_signals() {
    let env = TestEnv::new();
    env.login("mystore");
    env.fail(&format!("{REFRESH}=hold"));
    let (reader, mut writer) = io::pipe().unwrap();
    let running = env
        .vtexid(["local", "token", "--refresh"])
        .stderr_to(writer.try_clone().unwrap())
        .start();
    eventually("it asks", || !env.requests_to(REFRESH).is_empty());
    // As full as it gets.
    rustix::io::ioctl_fionbio(&writer, true).unwrap();
    while writer.write(&[b'x'; 4096]).is_ok() {}
    rustix::io::ioctl_fionbio(&writer, false).unwrap();
    running.signal(Signal::TERM);
    running.signal(Signal::INT);
    let done = running.finish();
    let signal = std::os::unix::process::ExitStatusExt::signal(&done.get_output().status);
    assert!(matches!(signal, Some(2 | 15)), "{signal:?}");
    drop(reader);
}

/// A file that was being written when the signal came.
#[test]
fn no_half_written_file_is_left_behind() {
    let env = TestEnv::new();
    let token = env.sandbox.mint(&serde_json::json!({
        "sub": EMAIL, "account": "mystore", "audience": "admin", "exp": crate::env::now() + 600
    }));
    for round in 0..60_u64 {
        let login = env
            .vtexid(["login", "mystore", "--with-token", "--store", "file"])
            .stdin(token.clone())
            .start();
        std::thread::sleep(std::time::Duration::from_micros(500 * (round % 60)));
        login.signal(Signal::TERM);
        let _ = login.finish();
    }
    let mut left = env.files();
    left.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with(".new-")
    });
    assert!(left.is_empty(), "{left:?}");
}
