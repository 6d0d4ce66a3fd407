//! What only Windows does: handles that programs inherit, files that others
//! have open, access lists, the names of devices, `.cmd` files.

use std::{
    cell::Cell,
    fs::{self, File},
    os::windows::fs::OpenOptionsExt as _,
    path::Path,
    process::{Command, Stdio},
};

use predicates::prelude::{PredicateBooleanExt as _, predicate::str::contains};

use crate::env::{EMAIL, TestEnv, eventually, sign_in, stdout};

/// Others may read the file while it is open here, and not replace it.
const FILE_SHARE_READ: u32 = 1;

#[test]
fn a_browser_that_runs_on_does_not_keep_the_output_open() {
    let env = TestEnv::new();
    // It says that it runs, and goes on until after this test.
    let system = Path::new(&std::env::var_os("SystemRoot").unwrap()).join("system32");
    let (cmd, ping) = (system.join("cmd.exe"), system.join("ping.exe"));
    let browser = format!(
        "\"{}\" /c \"echo here > runs & {} -n 100 127.0.0.1 & rem %s\"",
        cmd.display(),
        ping.display()
    );
    let login = env
        .vtexid(["login", "mystore", "--store", "file"])
        .env("BROWSER", browser)
        .start();
    eventually("the browser runs", || env.root().join("runs").exists());
    let (_, done) = sign_in(login, EMAIL);
    done.success();
}

#[test]
fn a_file_that_another_program_has_open_is_replaced_when_it_is_free() {
    let env = TestEnv::new();
    env.login("mystore");
    env.expire();
    let path = env.file("mystore.login");
    let dir = path.parent().unwrap().to_owned();
    let scanner = File::options()
        .read(true)
        .share_mode(FILE_SHARE_READ)
        .open(&path)
        .unwrap();
    let before = fs::read_to_string(&path).unwrap();
    let renewal = env.vtexid(["local", "token"]).start();
    // The new file stays: it waits for its place. Without waiting it would be gone after one try.
    let looks = Cell::new(0);
    eventually("the new file waits for its place", || {
        let waits = fs::read_dir(&dir).unwrap().any(|entry| {
            let name = entry.unwrap().file_name();
            name.to_str().is_some_and(|name| name.starts_with(".new-"))
        });
        looks.set(if waits { looks.get() + 1 } else { 0 });
        looks.get() > 40
    });
    drop(scanner);
    let token = stdout(&renewal.finish().success());
    let after = fs::read_to_string(&path).unwrap();
    assert_ne!(after, before);
    assert!(after.contains(token.trim_end()), "{after}");
}

#[test]
fn a_secrets_file_that_others_may_read_is_not_used() {
    let env = TestEnv::new();
    env.login("mystore");
    let token = env.token("mystore");
    assert!(!token.is_empty());
    let path = env.file("mystore.login");
    let dir = path.parent().unwrap();
    // Windows' own program; Wine's does nothing, and has the one of Unix.
    for (program, arguments) in [
        (
            "icacls",
            ["mystore.login", "/grant", "*S-1-1-0:R"].as_slice(),
        ),
        ("/bin/chmod", &["644", "mystore.login"]),
    ] {
        let _ = Command::new(program)
            .args(arguments)
            .current_dir(dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
    }
    env.vtexid(["local", "token"])
        .run()
        .code(5)
        .stdout("")
        .stderr(contains("others").and(contains("may read or change it")));
    // A login makes a new file.
    env.login("mystore");
    env.token("mystore");
}

#[test]
fn accounts_may_have_the_names_of_devices() {
    let env = TestEnv::new();
    for account in ["con", "nul", "com1"] {
        env.login(account);
        assert!(env.token(account).starts_with("eyJ"), "{account}");
    }
    env.file("_con.login");
    env.vtexid(["logout", "nul"]).run().success();
    env.vtexid(["local", "token", "-a", "nul"]).run().code(4);
    env.token("com1");
}

#[test]
fn exec_runs_programs_by_their_bare_name_and_ends_with_their_code() {
    let env = TestEnv::new();
    env.login("mystore");
    let programs = env.root().join("programs");
    fs::create_dir(&programs).unwrap();
    fs::write(
        programs.join("deploy.cmd"),
        "@echo %VTEX_ACCOUNT% %1\r\n@exit /b 7\r\n",
    )
    .unwrap();
    fs::copy(env!("CARGO_BIN_EXE_vtexid"), programs.join("other.exe")).unwrap();
    let search = std::env::var_os("PATH").unwrap();
    let folders: Vec<_> = [programs]
        .into_iter()
        .chain(std::env::split_paths(&search))
        .collect();
    let exec = |command: &[&str]| {
        env.vtexid([&["exec", "--"], command].concat())
            .env("PATH", std::env::join_paths(&folders).unwrap())
            .env("PATHEXT", ".COM;.EXE;.BAT;.CMD")
            .run()
    };
    exec(&["deploy", "a b"])
        .code(7)
        .stdout(contains("mystore \"a b\""));
    exec(&["other", "--version"])
        .success()
        .stdout(contains("vtexid "));
    // What Ctrl-C ends a program with.
    exec(&["cmd", "/c", "exit -1073741510"]).code(-1_073_741_510);
}

#[test]
fn exec_tells_a_program_that_is_missing_from_one_that_cannot_run() {
    let env = TestEnv::new();
    env.login("mystore");
    let exec = |program: &str| {
        env.vtexid(["exec", "--", program])
            .env("PATHEXT", ".COM;.EXE;.BAT;.CMD")
            .run()
    };
    fs::write(env.root().join("text.exe"), "no program").unwrap();
    exec("./text.exe")
        .code(126)
        .stdout("")
        .stderr(contains("could not run ./text.exe"));
    // Only a path runs what is in the current folder.
    fs::write(env.root().join("here.cmd"), "@echo here\r\n").unwrap();
    for name in ["here", "no-such-program"] {
        exec(name)
            .code(127)
            .stdout("")
            .stderr(contains(format!("program not found: {name}")).and(contains("hint:")));
    }
    exec("./here").success().stdout(contains("here"));
}

#[test]
fn what_clears_the_clipboard_later_holds_no_output_and_never_leaves_nothing() {
    let env = TestEnv::new();
    env.login("mystore");
    let token = env.token("mystore");
    // Windows deletes no program that runs.
    let program = env.root().join("own.exe");
    fs::copy(env!("CARGO_BIN_EXE_vtexid"), &program).unwrap();
    let copy = |clear_after: &str| {
        let arguments = ["local", "token", "--copy", "--clear-after", clear_after];
        let done = env.program(program.to_str().unwrap(), arguments).run();
        let done = done.success().stderr(contains("copied to the clipboard"));
        assert_eq!(stdout(&done).trim_end(), token);
    };
    copy("never");
    eventually("no process is left", || fs::remove_file(&program).is_ok());
    fs::copy(env!("CARGO_BIN_EXE_vtexid"), &program).unwrap();
    // Longer than the test waits for the end of the output.
    copy("100s");
    assert!(
        fs::remove_file(&program).is_err(),
        "one is left to clear it"
    );
}
