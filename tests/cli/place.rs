//! A login where the browser is elsewhere, or is not what it seems.
#![cfg(unix)]

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use crate::{
    env::{Running, TestEnv, Tool, eventually, sign_in, stderr},
    sandbox::{Failure, How},
};

/// A program that writes down what it was started with, one argument a line.
fn recorder(env: &TestEnv, name: &str) -> (PathBuf, PathBuf) {
    let dir = env.root().join("bin");
    fs::create_dir_all(&dir).unwrap();
    let (program, record) = (dir.join(name), dir.join(format!("{name}.record")));
    let script = format!(
        "#!/bin/sh\nfor a in \"$@\"; do printf '%s\\n' \"$a\"; done >'{0}.new'\n/bin/mv '{0}.new' '{0}'\n",
        record.display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    (program, record)
}

fn login(env: &TestEnv) -> Tool {
    env.vtexid(["login", "mystore", "--store", "file"])
}

/// What the recorder was started with, once it was.
fn recorded(record: &PathBuf) -> String {
    eventually("the browser is started", || record.exists());
    fs::read_to_string(record).unwrap()
}

fn finish(login: Running) -> String {
    let (_, done) = sign_in(login, "dev@example.com");
    stderr(&done.success())
}

#[test]
fn browser_gets_the_address_as_its_one_argument() {
    let env = TestEnv::new();
    let (program, record) = recorder(&env, "browser");
    let running = login(&env).env("BROWSER", program).start();
    assert_eq!(recorded(&record), format!("{}\n", running.page()));
    let words = finish(running);
    assert!(words.contains("opening your browser"), "{words}");
}

#[test]
fn the_desktops_opener_gets_the_address_as_its_one_argument() {
    let env = TestEnv::new();
    let (_, record) = recorder(&env, "xdg-open");
    let running = login(&env)
        .env("DISPLAY", ":4711")
        .env("PATH", env.root().join("bin"))
        .start();
    assert_eq!(recorded(&record), format!("{}\n", running.page()));
    finish(running);
}

#[test]
fn nothing_a_server_sends_becomes_a_command() {
    let env = TestEnv::new();
    let (program, record) = recorder(&env, "browser");
    let nasty = r#"-o $(touch pwned) `touch pwned` & %s "x" ; touch pwned | '"#;
    env.sandbox.fail(Failure {
        path: "/api/vtexid/toolbelt/start".to_owned(),
        how: How::Body(200, serde_json::to_string(nasty).unwrap()),
        times: u32::MAX,
    });
    let running = login(&env).env("BROWSER", program).start();
    let arguments = recorded(&record);
    assert_eq!(arguments, format!("{}\n", running.page()));
    let (_, query) = arguments.trim().split_once('?').unwrap();
    assert!(
        query
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"%=-_.*+".contains(&b)),
        "{query}"
    );
    assert!(!env.root().join("pwned").exists());
}

#[test]
fn if_the_browser_does_not_start_login_warns_and_waits() {
    let env = TestEnv::new();
    let running = login(&env).env("BROWSER", "/bin/no-such-browser").start();
    let words = running.wait_for("could not open a browser");
    assert!(words.contains("/bin/no-such-browser"), "{words}");
    finish(running);
}

#[test]
#[cfg(unix)]
fn a_browser_that_fails_at_once_is_said_too() {
    let env = TestEnv::new();
    let running = login(&env).env("BROWSER", "/bin/false").start();
    let words = running.wait_for("could not open a browser");
    assert!(words.contains("/bin/false (BROWSER) failed"), "{words}");
    finish(running);
}

#[test]
fn browser_none_opens_nothing_even_on_a_desktop() {
    let env = TestEnv::new();
    let (_, record) = recorder(&env, "xdg-open");
    let running = login(&env)
        .env("BROWSER", "none")
        .env("DISPLAY", ":4711")
        .env("PATH", env.root().join("bin"))
        .start();
    let words = finish(running);
    assert!(words.contains("open this address in a browser"), "{words}");
    assert!(!record.exists());
}

#[test]
fn over_ssh_nothing_is_opened_and_the_forwarding_line_has_the_real_port() {
    let env = TestEnv::new();
    let (_, record) = recorder(&env, "xdg-open");
    let running = login(&env)
        .env("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.9 22")
        .env("DISPLAY", ":4711")
        .env("PATH", env.root().join("bin"))
        .start();
    let port = port(&running);
    let words = finish(running);
    assert!(
        words.contains("in the browser on your own machine"),
        "{words}"
    );
    let line = format!("ssh -N -L {port}:127.0.0.1:{port} 192.0.2.9\n");
    assert!(words.contains(&line), "{words}");
    assert!(words.contains("--with-token"), "{words}");
    assert!(!record.exists());
}

#[test]
fn an_ssh_server_on_another_port_is_named_with_it() {
    let env = TestEnv::new();
    let running = login(&env)
        .env("SSH_CONNECTION", "192.0.2.7 50000 2001:db8::9 2222")
        .start();
    let port = port(&running);
    let words = finish(running);
    let line = format!("ssh -N -L {port}:127.0.0.1:{port} -p 2222 2001:db8::9\n");
    assert!(words.contains(&line), "{words}");
}

#[test]
fn a_browser_chosen_on_purpose_is_used_over_ssh_too() {
    let env = TestEnv::new();
    let (program, record) = recorder(&env, "browser");
    let running = login(&env)
        .env("BROWSER", program)
        .env("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.9 22")
        .start();
    assert_eq!(recorded(&record), format!("{}\n", running.page()));
    assert!(finish(running).contains("this is an SSH session"));
}

#[test]
fn an_editors_remote_session_opens_the_page_and_forwards_the_port_by_itself() {
    let env = TestEnv::new();
    let (program, record) = recorder(&env, "browser.sh");
    let running = login(&env)
        .env("BROWSER", program)
        .env("VSCODE_IPC_HOOK_CLI", "/tmp/vscode-ipc.sock")
        .env("REMOTE_CONTAINERS", "true")
        .env("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.9 22")
        .start();
    assert_eq!(recorded(&record), format!("{}\n", running.page()));
    let words = finish(running);
    assert!(!words.contains("ssh -N"), "{words}");
}

#[test]
fn wsl_opens_the_page_without_a_display() {
    let env = TestEnv::new();
    let (_, record) = recorder(&env, "xdg-open");
    let running = login(&env)
        .env("WSL_DISTRO_NAME", "Debian")
        .env("PATH", env.root().join("bin"))
        .start();
    assert_eq!(recorded(&record), format!("{}\n", running.page()));
    finish(running);
}

#[test]
fn in_a_container_the_hint_says_what_works() {
    let env = TestEnv::new();
    let running = login(&env).env("container", "docker").start();
    let words = finish(running);
    assert!(words.contains("outside this container"), "{words}");
    assert!(words.contains("--with-token"), "{words}");
}

/// The port the tool listens on.
fn port(running: &Running) -> String {
    let words = running.wait_for("hint: ");
    let (_, rest) = words
        .split_once("waiting for the browser on 127.0.0.1:")
        .unwrap();
    rest.chars().take_while(char::is_ascii_digit).collect()
}

/// A program that writes down its environment, its process group and its open files.
#[cfg(target_os = "linux")]
fn environment_recorder(env: &TestEnv, name: &str) -> (PathBuf, PathBuf) {
    let (program, record) = recorder(env, name);
    let script = format!(
        "#!/bin/sh\n{{ /usr/bin/env; echo group $(/bin/ps -o pgid= -p $$) self $$; /bin/ls /proc/self/fd; }} >'{0}.new' 2>&1\n/bin/mv '{0}.new' '{0}'\n",
        record.display()
    );
    fs::write(&program, script).unwrap();
    (program, record)
}

#[test]
#[cfg(target_os = "linux")]
fn no_program_is_given_a_secret_an_open_file_or_the_terminals_group() {
    for (name, variable) in [("browser", "BROWSER"), ("xdg-open", "DISPLAY")] {
        let env = TestEnv::new();
        let (program, record) = environment_recorder(&env, name);
        let (inherited, _held) = std::io::pipe().unwrap();
        // As a shell's `9<file` leaves it open.
        rustix::io::fcntl_setfd(&inherited, rustix::io::FdFlags::empty()).unwrap();
        let value = match variable {
            "BROWSER" => program.as_os_str().to_owned(),
            _ => ":4711".into(),
        };
        let running = login(&env)
            .env(variable, value)
            .env("PATH", format!("{}:/bin", env.root().join("bin").display()))
            .env("VTEX_APP_KEY", "vtexappkey-mystore-CANARY")
            .env("VTEX_APP_TOKEN", "CANARYTOKEN")
            .env("MARK", "is passed on")
            .start();
        let seen = recorded(&record);
        assert!(seen.contains("MARK=is passed on"), "{seen}");
        assert!(!seen.contains("CANARY"), "{name}: {seen}");
        assert!(!seen.contains("VTEX_APP"), "{name}: {seen}");
        let (_, ids) = seen.split_once("group ").unwrap();
        let ids: Vec<&str> = ids.lines().next().unwrap().split_whitespace().collect();
        assert_eq!(ids[0], ids[2], "{name} is in our process group: {seen}");
        let files = seen.lines().filter(|line| line.parse::<u32>().is_ok());
        // Its own three, and the folder that `ls` reads.
        assert_eq!(
            files.collect::<Vec<_>>(),
            ["0", "1", "2", "3"],
            "{name}: {seen}"
        );
        finish(running);
    }
}

#[test]
fn a_logout_opens_the_browsers_sign_out_page() {
    let env = TestEnv::new();
    env.login("mystore");
    let (program, record) = recorder(&env, "browser");
    let done = env
        .vtexid(["logout", "--browser"])
        .env("BROWSER", program)
        .run()
        .success();
    let opened = recorded(&record);
    assert!(
        opened.ends_with("/api/vtexid/pub/single-sign-out?scope=\n"),
        "{opened}"
    );
    assert!(stderr(&done).contains(opened.trim_end()));
}

/// A program in a folder with a blank in its name, with what it was started with.
fn recorder_in_program_files(env: &TestEnv) -> (PathBuf, PathBuf) {
    let (program, record) = recorder(env, "b");
    let dir = env.root().join("Program Files");
    fs::create_dir(&dir).unwrap();
    fs::copy(program, dir.join("b")).unwrap();
    (dir.join("b"), record)
}

#[test]
fn browser_can_be_a_path_with_special_characters() {
    for more in ["", "x:y", "%s"] {
        let env = TestEnv::new();
        let (program, record) = recorder_in_program_files(&env);
        let renamed = program.with_file_name(format!("b {more}"));
        fs::rename(&program, &renamed).unwrap();
        let running = login(&env).env("BROWSER", &renamed).start();
        assert_eq!(recorded(&record), format!("{}\n", running.page()));
        finish(running);
    }
}

#[test]
fn browser_can_have_arguments_and_say_where_the_address_goes() {
    for (form, expected) in [
        ("b --profile work", "--profile\nwork\nPAGE\n"),
        (
            "b --profile 'at work' --url=%s -n",
            "--profile\nat work\n--url=PAGE\n-n\n",
        ),
        ("b \"%s\" 100%%", "PAGE\n100%\n"),
        ("'BIN/b' %s", "PAGE\n"),
        ("nowhere:BIN/b --one:other", "--one\nPAGE\n"),
        ("/bin/false:b", "PAGE\n"),
        ("nowhere --x %s:b %s:/bin/false", "PAGE\n"),
    ] {
        let env = TestEnv::new();
        let (program, record) = recorder(&env, "b");
        let bin = program.parent().unwrap();
        let form = form.replace("BIN", bin.to_str().unwrap());
        let running = login(&env).env("BROWSER", &form).env("PATH", bin).start();
        let page = running.page();
        assert_eq!(recorded(&record), expected.replace("PAGE", &page), "{form}");
        finish(running);
    }
}

#[test]
fn a_browser_that_is_not_there_is_not_replaced_by_another() {
    for value in [
        "/no/such dir/browser",
        "/no/such/browser --profile work",
        "C:\\Program Files\\x.exe",
        "nowhere:/no/such/browser",
        "nowhere %s",
        "'unfinished",
    ] {
        let env = TestEnv::new();
        let (_, record) = recorder(&env, "xdg-open");
        let running = login(&env)
            .env("BROWSER", value)
            .env("DISPLAY", ":4711")
            .env("PATH", env.root().join("bin"))
            .start();
        let words = running.wait_for("could not open a browser");
        assert!(words.contains("(BROWSER)"), "{words}");
        finish(running);
        assert!(!record.exists(), "{value}");
        let doctor = env
            .vtexid(["doctor"])
            .env("BROWSER", value)
            .env("DISPLAY", ":4711")
            .env("PATH", env.root().join("bin"))
            .run();
        let words = crate::env::stdout(&doctor);
        let line = words
            .lines()
            .find(|line| line.contains("  browser "))
            .unwrap();
        assert!(line.starts_with("problem"), "{line}");
    }
}

#[test]
fn a_browser_that_fails_late_is_reported() {
    let env = TestEnv::new();
    let (program, record) = recorder(&env, "late");
    let script = format!(
        "#!/bin/sh\n: >'{0}'; while test ! -e '{0}.end'; do /bin/sleep 0.1; done; exit 3\n",
        record.display()
    );
    fs::write(&program, script).unwrap();
    let running = login(&env).env("BROWSER", &program).start();
    recorded(&record);
    // Longer than a launcher is watched for before the next would be tried.
    std::thread::sleep(std::time::Duration::from_millis(2500));
    fs::write(record.with_extension("record.end"), "").unwrap();
    let words = running.wait_for("could not open a browser");
    assert!(words.contains("exit status: 3"), "{words}");
    finish(running);
}

#[test]
fn browser_none_is_named_as_the_reason() {
    let env = TestEnv::new();
    let doctor = env
        .vtexid(["doctor"])
        .env("BROWSER", "none")
        .env("DISPLAY", ":4711")
        .run();
    let words = crate::env::stdout(&doctor);
    let line = words
        .lines()
        .find(|line| line.contains("  browser "))
        .unwrap();
    assert!(
        line.contains("BROWSER is none: login prints the address"),
        "{line}"
    );
    let running = login(&env)
        .env("BROWSER", "none")
        .env("DISPLAY", ":4711")
        .start();
    let words = finish(running);
    assert!(
        words.contains("BROWSER is none: open this address"),
        "{words}"
    );
}
