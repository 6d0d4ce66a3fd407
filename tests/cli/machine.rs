//! A machine that lacks something: threads, room on the disk, a folder that
//! can be written or synced. It is said in words, by exit code and hint.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use assert_cmd::assert::Assert;
use predicates::str::contains;
use rustix::process::{Pid, Resource, Rlimit, Signal, geteuid, kill_process, prlimit};
use serde_json::json;

use crate::{
    env::{TestEnv, Tool, now, stderr, stdout},
    sandbox::{app_key, app_token},
    support::parts,
};

const VTEXID: &str = env!("CARGO_BIN_EXE_vtexid");

/// Arguments that have a program run by a user who owns nothing else and may
/// have so many threads; the test's own machine is made that user's. None
/// where that cannot be done, which is said.
fn as_somebody(env: &TestEnv, threads: Option<u32>) -> Option<Vec<String>> {
    static LAST: AtomicU32 = AtomicU32::new(0);
    let mut words = Vec::new();
    let root = geteuid().is_root();
    let programs = [("setpriv", root), ("prlimit", threads.is_some())];
    for (program, needed) in programs {
        if needed && !parts::present(&[program]) {
            return None;
        }
    }
    if root {
        let user = 100_000 + std::process::id() * 16 + LAST.fetch_add(1, Ordering::Relaxed);
        for path in tree(env.root()) {
            chown(path, Some(user), Some(user)).unwrap();
        }
        words.push("setpriv".to_owned());
        words.push(format!("--reuid={user}"));
        words.push(format!("--regid={user}"));
        words.push("--clear-groups".to_owned());
    }
    if let Some(threads) = threads {
        words.push("prlimit".to_owned());
        words.push(format!("--nproc={threads}"));
    }
    let look = ["test", "-x", VTEXID].map(str::to_owned);
    let found = env.program("/usr/bin/env", words.iter().chain(&look));
    let found = found.env("PATH", parts::path()).run();
    if code(&found) != 0 {
        parts::skip_without_right("another user cannot reach the program under test");
        return None;
    }
    words.push(VTEXID.to_owned());
    Some(words)
}

/// A folder and everything in it, each folder before its content.
fn tree(top: &Path) -> Vec<PathBuf> {
    let mut found = vec![top.to_owned()];
    if top.is_dir() {
        for entry in fs::read_dir(top).unwrap() {
            found.extend(tree(&entry.unwrap().path()));
        }
    }
    found
}

fn run(env: &TestEnv, prefix: &[String], arguments: &[&str]) -> Tool {
    let arguments = arguments.iter().map(|text| (*text).to_owned());
    env.program("/usr/bin/env", prefix.iter().cloned().chain(arguments))
        .env("PATH", parts::path())
}

/// One that VTEX ID accepts.
fn admin_token(env: &TestEnv) -> String {
    env.sandbox.mint(
        &json!({"audience": "admin", "account": "mystore", "sub": "a@example.com", "exp": now() + 600}),
    )
}

fn code(done: &Assert) -> i32 {
    done.get_output().status.code().unwrap_or(-1)
}

#[test]
fn without_threads_a_command_that_needs_them_says_so() {
    let env = TestEnv::new();
    env.login("mystore");
    let token = env.token("mystore");
    let Some(limited) = as_somebody(&env, Some(1)) else {
        return;
    };
    let run_tool = |arguments: &[&str]| {
        run(&env, &limited, arguments)
            .env("VTEX_APP_KEY", app_key("mystore"))
            .env("VTEX_APP_TOKEN", app_token())
    };
    let run = |arguments: &[&str]| run_tool(arguments).run();
    for arguments in [
        &["login", "other", "--no-browser", "--store", "file"][..],
        &["login", "other", "--no-browser"],
        &["apptoken"],
        &["inspect", "--online"],
        &["inspect", "--key", "/etc/passwd"],
        &["doctor"],
    ] {
        let done = run(arguments).code(1);
        let words = stderr(&done) + &stdout(&done);
        assert!(words.contains("`ulimit -u`"), "{arguments:?}: {words}");
    }
    // What needs no thread goes on.
    let warned = run(&["local", "token", "--refresh"]).success();
    assert!(
        stderr(&warned).contains("`ulimit -u`"),
        "{}",
        stderr(&warned)
    );
    let printed = run(&["local", "token"]).success();
    assert_eq!(stdout(&printed).trim_end(), token);
    run(&["status"]).success().stdout(contains("mystore"));
    run(&["inspect"]).success();
    let stream = run_tool(&["inspect", "--json"]).stdin(format!("{token}\n").repeat(3000));
    assert_eq!(stdout(&stream.run().success()).lines().count(), 3000);
    run(&["completions", "bash"]).success();
}

#[test]
fn with_any_number_of_threads_no_command_panics() {
    if !parts::is_root() {
        return;
    }
    for threads in 1..16 {
        let env = TestEnv::new();
        env.login("mystore");
        let Some(limited) = as_somebody(&env, Some(threads)) else {
            return;
        };
        for arguments in [
            &["doctor"][..],
            &["local", "token", "--refresh"],
            &["login", "other", "--no-browser"],
            &["inspect", "--online"],
            &["inspect", "--json", "-"],
        ] {
            let tokens = format!("{}\n", admin_token(&env)).repeat(3);
            let done = run(&env, &limited, arguments).stdin(tokens).run();
            let words = stderr(&done);
            assert!(
                !words.contains("panicked"),
                "{threads}, {arguments:?}: {words}"
            );
            assert!(
                matches!(code(&done), 0..=6),
                "{threads}, {arguments:?}: {words}"
            );
        }
    }
}

#[test]
fn a_folder_that_cannot_be_synced_is_not_an_error() {
    let env = TestEnv::new();
    env.login("mystore");
    // A folder that cannot be read cannot be opened to sync it either.
    let mut dirs = tree(&env.dir());
    dirs.retain(|path| path.is_dir());
    let set_mode = |dir: &PathBuf, mode| {
        fs::set_permissions(dir, fs::Permissions::from_mode(mode)).unwrap();
    };
    let Some(somebody) = as_somebody(&env, None) else {
        return;
    };
    for dir in dirs.iter().rev() {
        set_mode(dir, 0o300);
    }
    let login = ["login", "mystore", "--with-token", "--store", "file"];
    let login = run(&env, &somebody, &login).stdin(admin_token(&env)).run();
    let printed = run(&env, &somebody, &["local", "token"]).run();
    for dir in &dirs {
        set_mode(dir, 0o700);
    }
    login.success();
    printed.success();
}

#[test]
fn the_error_names_the_folder_that_cannot_be_written() {
    let env = TestEnv::new();
    env.login("mystore");
    let Some(somebody) = as_somebody(&env, None) else {
        return;
    };
    let sandbox = env.file("index.json").parent().unwrap().to_owned();
    let read_only =
        |dir: &Path| fs::set_permissions(dir, fs::Permissions::from_mode(0o500)).unwrap();
    let login = || {
        let login = ["login", "mystore", "--with-token", "--store", "file"];
        run(&env, &somebody, &login).stdin(admin_token(&env)).run()
    };
    let secrets = sandbox.join("secrets");
    read_only(&secrets);
    let folder = format!(
        "could not write to {}: Permission denied",
        secrets.display()
    );
    login().code(5).stderr(contains(folder));
    for name in ["index.lock", "index.json"] {
        let _ = fs::remove_file(sandbox.join(name));
    }
    read_only(&sandbox);
    let folder = format!(
        "could not write to {}: Permission denied",
        sandbox.display()
    );
    login().code(1).stderr(contains(folder));
}

/// A disk with this much space left (`df`): what `doctor` says and how a login
/// ends.
#[test]
fn doctor_says_whether_a_login_has_room_on_the_disk() {
    const SCRIPT: &str = r#"
        vtexid=$1 left=$2 token=$3
        mount -t tmpfs -o size=512k,mode=700 tmpfs "$VTEXID_DIR"
        printf %s "$token" | "$vtexid" login mystore --with-token --store file
        free=$(df --output=avail -k "$VTEXID_DIR" | tail -n 1)
        head -c $(( (free - left) * 1024 )) /dev/zero > "$VTEXID_DIR/filler"
        "$vtexid" doctor && echo "doctor 0" || echo "doctor $?"
        printf %s "$token" | "$vtexid" login mystore --with-token --store file && echo "login 0" || echo "login $?"
        "$vtexid" inspect --claim sub
    "#;
    let env = TestEnv::new();
    fs::create_dir(env.dir()).unwrap();
    if !parts::can_unshare(&[
        "-r",
        "-m",
        "sh",
        "-ec",
        "mount -t tmpfs tmpfs /mnt; \"$@\"",
        "-",
    ]) {
        return;
    }
    let (mut fitted, mut full) = (0, 0);
    for left in (0..=64).step_by(4) {
        let left = left.to_string();
        let token = admin_token(&env);
        let words = ["-r", "-m", "sh", "-ec", SCRIPT, "-", VTEXID, &left, &token];
        let done = env
            .program("unshare", words)
            .env("PATH", parts::path())
            .run()
            .success();
        let said = stdout(&done);
        let store = said
            .lines()
            .find(|line| line.contains(" keyring "))
            .unwrap();
        if said.contains("login 0") {
            fitted += 1;
            assert!(
                store.starts_with("warning  keyring      the tokens of mystore"),
                "{left}: {said}"
            );
        } else {
            full += 1;
            assert!(
                store.starts_with("problem  keyring      could not write"),
                "{left}: {said}"
            );
            assert!(store.contains("No space left on device"), "{left}: {said}");
            // Nobody knows the name of a file that is not complete.
            assert!(!(said.clone() + &stderr(&done)).contains(".new-"), "{said}");
        }
        assert!(said.contains("a@example.com"), "{left}: {said}");
    }
    assert!(fitted > 3 && full > 3, "{fitted} {full}");
}

#[test]
fn no_core_file_is_written_whatever_the_limit_is() {
    let env = TestEnv::new();
    let unlimited = || Rlimit {
        current: None,
        maximum: None,
    };
    let abort = |running: &crate::env::Running| {
        let id = Pid::from_raw(i32::try_from(running.id()).unwrap()).unwrap();
        let before = prlimit(Some(id), Resource::Core, unlimited());
        kill_process(id, Signal::ABORT).unwrap();
        before
    };
    // Whether this system writes any at all.
    let control = env.program("/usr/bin/env", ["sleep", "60"]).start();
    if abort(&control).is_err() {
        parts::skip_without_right("this user cannot raise the limit of core files");
        return;
    }
    let writes = dumped(&control.finish());
    let login = env.start_login("mystore");
    login.wait_for("waiting for the browser");
    let limits = fs::read_to_string(format!("/proc/{}/limits", login.id())).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let [soft, hard, ..] = line.split_whitespace().skip(4).collect::<Vec<_>>()[..] else {
        panic!("{line}");
    };
    let own = fs::read_to_string("/proc/self/limits").unwrap();
    let own = own
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    // Programs that vtexid starts can raise it again.
    assert_eq!((soft, hard), ("0", own.split_whitespace().nth(5).unwrap()));
    abort(&login).unwrap();
    assert!(
        !dumped(&login.finish()),
        "another program's is written: {writes}"
    );
}

fn dumped(done: &Assert) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    done.get_output().status.core_dumped()
}
