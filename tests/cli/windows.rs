//! What only Windows does: handles that programs inherit, files that others
//! have open, access lists, the names of devices, `.cmd` files.

use std::{
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
    // The new file is complete and waits for its place.
    eventually("the new file is written", || {
        let new = fs::read_dir(&dir).unwrap().find_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            name.starts_with(".new-").then(|| entry.metadata().ok())?
        });
        new.is_some_and(|meta| meta.len() > 0)
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
fn exec_runs_scripts_by_their_bare_name_and_ends_with_their_code() {
    let env = TestEnv::new();
    env.login("mystore");
    let scripts = env.root().join("scripts");
    fs::create_dir(&scripts).unwrap();
    fs::write(
        scripts.join("deploy.cmd"),
        "@echo %VTEX_ACCOUNT% %1\r\n@exit /b 7\r\n",
    )
    .unwrap();
    let search = std::env::var_os("PATH").unwrap();
    let folders = [scripts].into_iter().chain(std::env::split_paths(&search));
    env.vtexid(["exec", "--", "deploy", "a b"])
        .env("PATH", std::env::join_paths(folders).unwrap())
        .env("PATHEXT", ".COM;.EXE;.BAT;.CMD")
        .run()
        .code(7)
        .stdout(contains("mystore \"a b\""));
    env.vtexid(["exec", "--", "no-such-program"])
        .run()
        .code(127);
}
