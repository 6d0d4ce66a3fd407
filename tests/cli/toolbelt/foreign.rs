//! Files of the toolbelt that others could have written, or that are no files.

use std::{
    os::unix::fs::{PermissionsExt as _, symlink},
    time::Instant,
};

use super::*;
use crate::env::LIMIT;

fn chmod(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Import, export and doctor each end, and say this of the toolbelt's files.
fn refused(env: &TestEnv, expected: &str) {
    for command in ["import", "export"] {
        let done = vtexid(env, &["toolbelt", command]).run().code(1).stdout("");
        let words = stderr(&done);
        assert!(words.contains(expected), "{words}");
    }
    let done = env.vtexid(["doctor"]).run();
    let report = stdout(&done);
    assert!(report.contains(expected), "{report}");
}

#[test]
fn a_fifo_or_a_device_is_not_waited_for() {
    for name in ["tokens.json", "session.json"] {
        let env = TestEnv::new();
        login(&env, "mystore");
        fs::create_dir_all(dir(&env)).unwrap();
        let path = dir(&env).join(name);
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        refused(&env, "not a regular file");
        fs::remove_file(&path).unwrap();
        symlink("/dev/zero", &path).unwrap();
        refused(&env, name);
        fs::remove_file(&path).unwrap();
        fs::write(&path, vec![b' '; 5 << 20]).unwrap();
        refused(&env, "larger than");
    }
}

#[test]
fn a_log_that_is_a_fifo_is_not_waited_for_either() {
    let env = TestEnv::new();
    put_tokens(&env, &json!({"mystore": token("mystore", 600)}));
    let log = put_log(&env);
    fs::remove_file(&log).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&log).status();
    assert!(made.unwrap().success());
    for words in [
        stderr(&import(&env).run().success()),
        stdout(&env.vtexid(["doctor"]).run()),
    ] {
        assert!(!words.contains("debug.json"), "{words}");
    }
}

/// What an account and the other's workspace come to: `vtex link` to where it must not go.
#[test]
fn an_export_that_is_killed_mixes_nothing_and_the_next_one_cleans_up() {
    let env = TestEnv::new();
    let (one, two) = (login(&env, "one"), login(&env, "two"));
    let mut killed = 0;
    for round in 0..40 {
        let _ = fs::remove_file(dir(&env).join("tokens.json"));
        put_session(&env, "one", "ana@example.com", &one, "devone");
        let arguments = ["toolbelt", "export", "-a", "two", "--workspace", "devtwo"];
        let running = vtexid(&env, &arguments).start();
        // From there on it has the rest to write.
        let begin = Instant::now();
        while !dir(&env).join("tokens.json").exists() {
            assert!(begin.elapsed() < LIMIT, "it never begins to write");
            std::thread::yield_now();
        }
        for _ in 0..round * 20 {
            std::thread::yield_now();
        }
        running.signal(rustix::process::Signal::KILL);
        let output = running.finish().get_output().clone();
        killed += u32::from(!output.status.success());
        assert_eq!(got(&env, "tokens.json")["two"], two);
        let account = got(&env, "session.json")["account"].clone();
        let workspace = got(&env, "workspace.json")["currentWorkspace"].clone();
        let pair = (account.as_str().unwrap(), workspace.as_str().unwrap());
        let fits = [
            ("one", "devone"),
            ("one", "master"),
            ("two", "master"),
            ("two", "devtwo"),
        ];
        assert!(fits.contains(&pair), "{pair:?}");
    }
    assert!(killed > 0);
    let left = |dir: &PathBuf| -> Vec<PathBuf> {
        let entries = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        entries
            .filter(|path| path.to_string_lossy().contains(".new-"))
            .collect()
    };
    for path in left(&dir(&env)) {
        age(&path);
    }
    vtexid(&env, &["toolbelt", "export"]).run().success();
    assert_eq!(left(&dir(&env)), [] as [PathBuf; 0]);
}

#[test]
fn files_that_others_could_have_written_are_not_read() {
    let env = TestEnv::new();
    login(&env, "mystore");
    put_tokens(&env, &json!({"mystore": token("mystore", 7200)}));
    chmod(&dir(&env), 0o777);
    refused(&env, "others may write to it");
    chmod(&dir(&env), 0o700);
    chmod(&dir(&env).join("tokens.json"), 0o666);
    refused(&env, "others may write to it");
    chmod(&dir(&env).join("tokens.json"), 0o600);
    import(&env).run().success();
}

/// Only root can give a file away.
#[test]
fn files_of_another_owner_are_not_read() {
    if !crate::support::parts::is_root() {
        return;
    }
    let env = TestEnv::new();
    login(&env, "mystore");
    put_tokens(&env, &json!({"mystore": token("mystore", 7200)}));
    let path = dir(&env).join("tokens.json");
    std::os::unix::fs::chown(&path, Some(65534), None).unwrap();
    refused(&env, "it belongs to another user");
}

#[test]
fn a_linked_file_stays_a_link() {
    let env = TestEnv::new();
    login(&env, "mystore");
    let elsewhere = env.home().join("dotfiles");
    fs::create_dir_all(&elsewhere).unwrap();
    chmod(&elsewhere, 0o700);
    fs::write(elsewhere.join("session.json"), r#"{"account":"old","x":1}"#).unwrap();
    fs::create_dir_all(dir(&env)).unwrap();
    let link = dir(&env).join("session.json");
    symlink(elsewhere.join("session.json"), &link).unwrap();
    vtexid(&env, &["toolbelt", "export"]).run().success();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(got(&env, "session.json")["account"], "mystore");
    assert_eq!(got(&env, "session.json")["x"], 1);
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1);
}

#[test]
fn a_copy_that_others_can_read_is_reported() {
    let env = TestEnv::new();
    let log = put_log(&env);
    put_tokens(&env, &json!({"mystore": token("mystore", 600)}));
    let said = || stdout(&env.vtexid(["doctor"]).run());
    // In a home that others cannot enter, the file's own mode is no matter.
    chmod(&log, 0o644);
    chmod(env.root(), 0o700);
    assert!(!said().contains("other users"), "{}", said());
    for dir in [
        env.root(),
        &env.home(),
        &env.home().join(".vtex"),
        log.parent().unwrap(),
    ] {
        chmod(dir, 0o755);
    }
    let found = said();
    let expected = format!("other users of this machine can read {}", log.display());
    assert!(found.contains(&expected), "{found}");
    chmod(&log, 0o600);
    assert!(!said().contains("other users"), "{}", said());
}
