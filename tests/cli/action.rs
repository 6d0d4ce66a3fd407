//! The GitHub Action: what its steps do on a runner.
#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use predicates::{prelude::PredicateBooleanExt as _, str::contains};

use crate::{
    env::{TestEnv, Tool, claims, stderr, stdout},
    sandbox::{app_key, app_token},
};

/// What a runner has and the steps use. No more is on `PATH`: whoever runs the tests may have vtexid installed.
const TOOLS: [&str; 11] = [
    "awk",
    "bash",
    "cp",
    "dirname",
    "gzip",
    "mktemp",
    "sed",
    "sha256sum",
    "shasum",
    "sh",
    "tar",
];

/// Where steps write what the job is to know.
fn told(env: &TestEnv, file: &str) -> PathBuf {
    env.root().join(file)
}

fn read(env: &TestEnv, file: &str) -> String {
    fs::read_to_string(told(env, file)).unwrap_or_default()
}

/// A folder with nothing but the tools.
fn tools(env: &TestEnv) -> PathBuf {
    let dir = env.root().join("tools");
    fs::create_dir_all(&dir).unwrap();
    for tool in TOOLS {
        let places = ["/usr/bin", "/bin", "/sbin"].map(|place| Path::new(place).join(tool));
        if let Some(place) = places.iter().find(|place| place.exists()) {
            // Is there from the step before.
            let _ = symlink(place, dir.join(tool));
        }
    }
    dir
}

/// A step of the action as a runner starts it, with these folders on `PATH`.
fn step(env: &TestEnv, name: &str, path: &[&Path]) -> Tool {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/action");
    let tools = tools(env);
    let path: Vec<&Path> = path.iter().copied().chain([&*tools]).collect();
    let mut tool = env
        .program("bash", [script, name])
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("CI", "true")
        .env("GITHUB_ACTIONS", "true")
        .env("RUNNER_TEMP", env.root())
        .env("RUNNER_OS", "Linux")
        .env("RUNNER_ARCH", "X64")
        .env("ACTION_REPOSITORY", "owner/vtexid");
    for file in ["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH"] {
        tool = tool.env(file, told(env, file));
    }
    tool
}

/// The step that makes a token, with the inputs of action.yml as they are by themselves.
fn token(env: &TestEnv) -> Tool {
    let dir = Path::new(env!("CARGO_BIN_EXE_vtexid")).parent().unwrap();
    step(env, "token", &[dir])
        .env("VTEX_APP_KEY", app_key("mystore"))
        .env("VTEX_APP_TOKEN", app_token())
        .env("INPUT_ACCOUNT", "")
        .env("INPUT_EXPORT", "false")
}

/// The token that later steps can read.
fn output(env: &TestEnv) -> String {
    let output = read(env, "GITHUB_OUTPUT");
    let token = output.strip_prefix("token=").unwrap();
    token.strip_suffix('\n').unwrap().to_owned()
}

#[test]
fn later_steps_get_the_token_and_the_log_hides_it() {
    let env = TestEnv::new();
    let done = token(&env).run().success();
    let token = output(&env);
    assert_eq!(claims(&token)["sub"], app_key("mystore"));
    assert_eq!(read(&env, "GITHUB_ENV"), "");

    let mask = format!("::add-mask::{token}");
    assert_eq!(stdout(&done), format!("{mask}\n"));
    let log = stdout(&done) + &stderr(&done);
    for line in log.lines().filter(|line| **line != mask) {
        assert!(!line.contains(&token), "{line}");
    }
    assert!(!log.contains(&app_token()), "{log}");
}

#[test]
fn the_log_hides_the_token_before_anything_gets_it() {
    let env = TestEnv::new();
    // What cannot be written ends the step.
    fs::create_dir(told(&env, "GITHUB_OUTPUT")).unwrap();
    let failed = token(&env).env("INPUT_EXPORT", "true").run().failure();
    assert!(stdout(&failed).starts_with("::add-mask::ey"));
    assert_eq!(read(&env, "GITHUB_ENV"), "");
}

#[test]
fn every_later_step_has_the_token_if_asked() {
    let env = TestEnv::new();
    token(&env).env("INPUT_EXPORT", "true").run().success();
    let exported = format!("VTEX_TOKEN={}\n", output(&env));
    assert_eq!(read(&env, "GITHUB_ENV"), exported);

    // A second use has the first one's token around it.
    let again = token(&env).env("VTEX_TOKEN", output(&env));
    again.run().success();
    let output = read(&env, "GITHUB_OUTPUT");
    let tokens: Vec<&str> = output.lines().collect();
    assert_eq!(tokens.len(), 2);
    assert_ne!(tokens[0], tokens[1]);
}

#[test]
fn the_account_is_the_one_named_else_the_jobs_else_the_keys() {
    let env = TestEnv::new();
    for (input, job, account) in [
        ("named", "jobs", "named"),
        ("", "jobs", "jobs"),
        ("", "", "mystore"),
    ] {
        let step = token(&env).env("INPUT_ACCOUNT", input);
        // The key is of `mystore` and refused elsewhere.
        step.env("VTEX_ACCOUNT", job).run();
        let host = env.sandbox.requests().pop().unwrap().host;
        assert_eq!(host.split('.').next(), Some(account));
    }
}

#[test]
fn a_pair_that_is_refused_fails_the_step() {
    let env = TestEnv::new();
    let failed = token(&env)
        .env("VTEX_APP_TOKEN", "x".repeat(128))
        .env("INPUT_EXPORT", "true")
        .run()
        .code(3)
        .stdout("")
        .stderr(contains("could not make a token for mystore"));
    assert!(!stderr(&failed).contains("xxx"));
    assert_eq!(read(&env, "GITHUB_OUTPUT"), "");
    assert_eq!(read(&env, "GITHUB_ENV"), "");
}

#[test]
fn inputs_that_cannot_be_meant_are_refused_at_once() {
    let env = TestEnv::new();
    for (name, value, words) in [
        ("VTEX_APP_KEY", "", "app-key or app-token is empty"),
        ("VTEX_APP_TOKEN", "", "app-key or app-token is empty"),
        ("INPUT_EXPORT", "yes", "export is neither true nor false"),
        (
            "INPUT_EXPORT",
            "true\n::stop-commands::x",
            "export is neither true nor false",
        ),
    ] {
        let failed = token(&env).env(name, value).run().code(1);
        let failed = failed.stdout(contains(words));
        assert!(stdout(&failed).starts_with("::error title=vtexid::"));
        assert!(!stdout(&failed).contains(&app_token()));
        // Each line could be a command to the runner.
        assert_eq!(stdout(&failed).lines().count(), 1);
    }
    assert!(env.sandbox.requests().is_empty());
    assert_eq!(read(&env, "GITHUB_OUTPUT"), "");
}

/// A folder for `PATH` with this program in it.
fn program(env: &TestEnv, name: &str, script: &str) -> PathBuf {
    let dir = env.root().join("bin");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join(name), script).unwrap();
    fs::set_permissions(dir.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

/// GitHub's `gh`, which writes down its arguments and has one release, made as release.yml makes it. What is in the
/// archive says `fetched`.
fn gh(env: &TestEnv, target: &str) -> PathBuf {
    let name = format!("vtexid-{}-{target}", env!("CARGO_PKG_VERSION"));
    let make = format!(
        "mkdir -p release/{name} && cd release
         printf '#!/bin/sh\\necho fetched\\n' >{name}/vtexid && chmod +x {name}/vtexid
         tar -czf {name}.tar.gz {name} && rm -r {name}
         sha256sum * >SHA256SUMS || shasum -a 256 * >SHA256SUMS"
    );
    let maker = env
        .program("sh", ["-ec", &make])
        .env("PATH", "/usr/bin:/bin");
    maker.run().success();
    let script = format!(
        r#"#!/bin/sh
echo "$@" >>'{root}/asked'
while [ $# -gt 0 ]; do
  case $1 in
    --dir) dir=$2 ;;
    --pattern) cp "{root}/release/$2" "$dir" || exit 1 ;;
  esac
  shift
done
"#,
        root = env.root().display()
    );
    program(env, "gh", &script)
}

#[test]
fn a_vtexid_that_is_there_is_used() {
    let env = TestEnv::new();
    let dir = gh(&env, "x86_64-unknown-linux-musl");
    program(&env, "vtexid", "#!/bin/sh\necho vtexid 9.9\n");
    let done = step(&env, "install", &[&dir]).run().success();
    assert_eq!(stdout(&done), "vtexid is installed: vtexid 9.9\n");
    assert_eq!(read(&env, "GITHUB_PATH"), "");
    assert_eq!(read(&env, "asked"), "");
}

#[test]
fn the_release_the_action_is_part_of_is_fetched() {
    for (os, arch, target) in [
        ("Linux", "X64", "x86_64-unknown-linux-musl"),
        ("Linux", "ARM64", "aarch64-unknown-linux-gnu"),
        ("macOS", "X64", "x86_64-apple-darwin"),
        ("macOS", "ARM64", "aarch64-apple-darwin"),
    ] {
        let env = TestEnv::new();
        let dir = gh(&env, target);
        let step = step(&env, "install", &[&dir]).env("RUNNER_OS", os);
        step.env("RUNNER_ARCH", arch).run().success();
        let release = concat!("v", env!("CARGO_PKG_VERSION"));
        let asked = format!("release download {release} --repo owner/vtexid ");
        assert!(read(&env, "asked").starts_with(&asked));

        let path = read(&env, "GITHUB_PATH");
        let fetched = Path::new(path.trim_end()).join("vtexid");
        let run = env.program(fetched.to_str().unwrap(), [""; 0]).run();
        run.success().stdout("fetched\n");
    }
}

#[test]
fn a_release_that_is_damaged_or_missing_is_not_used() {
    let target = "x86_64-unknown-linux-musl";
    let archive = format!("vtexid-{}-{target}.tar.gz", env!("CARGO_PKG_VERSION"));
    let refused = |env: &TestEnv, words: &str| {
        let dir = env.root().join("bin");
        let failed = step(env, "install", &[&dir]).run().code(1);
        failed.stdout(contains("::error title=vtexid::").and(contains(words)));
        assert_eq!(read(env, "GITHUB_PATH"), "");
    };

    let env = TestEnv::new();
    gh(&env, target);
    let path = env.root().join("release").join(&archive);
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    refused(&env, "is not what SHA256SUMS of release");

    let sums = env.root().join("release/SHA256SUMS");
    fs::write(sums, "").unwrap();
    refused(&env, "is not what SHA256SUMS of release");

    fs::remove_file(&path).unwrap();
    refused(&env, "owner/vtexid has no release v");
}

#[test]
fn a_runner_without_a_release_is_told_so() {
    let env = TestEnv::new();
    let dir = gh(&env, "x86_64-unknown-linux-musl");
    for (arch, shown) in [("RISCV", "RISCV"), ("50%\r\n::x::", "50%25%0D%0A::x::")] {
        let step = step(&env, "install", &[&dir]).env("RUNNER_ARCH", arch);
        let words = "install vtexid in a step before this one";
        let words = format!("no release is made for Linux-{shown}: {words}\n");
        step.run().code(1).stdout(contains(words));
    }
    assert_eq!(read(&env, "asked"), "");
}
