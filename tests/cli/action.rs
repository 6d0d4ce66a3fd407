//! The GitHub Action: what its steps do on a runner, and which release they fetch.
#![cfg(unix)]

mod fetch;
mod token;
mod versions;

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use assert_cmd::assert::Assert;
use predicates::{
    prelude::PredicateBooleanExt as _,
    str::{contains, starts_with},
};
use serde_json::Value;

use crate::{
    env::{TestEnv, Tool, claims, stderr, stdout},
    sandbox::{app_key, app_token},
};

/// The programs on a runner that the steps use. `PATH` has no others, because vtexid may be installed on this
/// machine.
const TOOLS: [&str; 12] = [
    "awk",
    "bash",
    "cp",
    "dirname",
    "grep",
    "gzip",
    "mktemp",
    "sed",
    "sha256sum",
    "shasum",
    "sh",
    "tar",
];

/// The file where steps write outputs and variables.
fn told(env: &TestEnv, file: &str) -> PathBuf {
    env.root().join(file)
}

fn read(env: &TestEnv, file: &str) -> String {
    fs::read_to_string(told(env, file)).unwrap_or_default()
}

/// A folder with nothing but the tools.
pub fn tools(env: &TestEnv) -> PathBuf {
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

/// Where the action's releases are, unless a test says otherwise.
pub const UPSTREAM: &str = "https://github.com/owner/vtexid";

/// What GitHub gives the action's first step, and only that one.
const GITHUB_TOKEN: &str = "ghs_0123456789abcdefghijklmnopqrstuvwxyz";

/// A customer's repository with the action's files at `vtexid/`, whose Cargo.toml has these lines about its repository.
/// Gives the path of `vtexid/`.
pub fn check_out(env: &TestEnv, repository: &str) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR"));
    let action = env.root().join("shop/vtexid");
    fs::create_dir_all(&action).unwrap();
    let files = ["Cargo.toml", "CHANGELOG.md", "action.yml", "scripts"].map(|file| from.join(file));
    let mut arguments = vec![Path::new("-R")];
    arguments.extend(files.iter().map(PathBuf::as_path));
    arguments.push(&action);
    let copy = env.program("cp", arguments).env("PATH", "/usr/bin:/bin");
    copy.run().success();

    let manifest = action.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.retain(|line| !line.starts_with("repository"));
    lines.insert(1, repository);
    fs::write(&manifest, lines.join("\n") + "\n").unwrap();
    action
}

/// The line of Cargo.toml that names this repository.
pub fn line(repository: &str) -> String {
    format!("repository = \"{repository}\"")
}

/// What GitHub puts in place of an expression of action.yml, for `uses: ./vtexid` in a customer's workflow.
fn value(expression: &str) -> &str {
    match expression {
        "${{ github.server_url == 'https://github.com' && github.token || '' }}" => GITHUB_TOKEN,
        "${{ inputs.app-key }}" | "${{ inputs.app-token }}" | "${{ inputs.account }}" => "",
        "${{ inputs.export }}" => "false",
        _ => panic!("what is {expression}?"),
    }
}

/// A step of action.yml as a runner starts it in a customer's job, with these folders on `PATH`.
fn step_in(action: &Path, env: &TestEnv, name: &str, path: &[&Path]) -> Tool {
    let text = fs::read_to_string(action.join("action.yml")).unwrap();
    let file: Value = serde_saphyr::from_str(&text).unwrap();
    let steps = file["runs"]["steps"].as_array().unwrap();
    let runs = |step: &&Value| step["run"].as_str().unwrap().ends_with(&format!(" {name}"));
    let step = steps.iter().find(runs).unwrap();

    let tools = tools(env);
    let path: Vec<&Path> = path.iter().copied().chain([&*tools]).collect();
    let script = step["run"].as_str().unwrap();
    let bash = ["--noprofile", "--norc", "-eo", "pipefail", "-c", script];
    let mut tool = env
        .program("bash", bash)
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("CI", "true")
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_ACTION_PATH", action)
        .env("GITHUB_ACTION_REPOSITORY", "")
        .env("GITHUB_REPOSITORY", "customer/shop")
        .env("GITHUB_SERVER_URL", "https://github.com")
        .env("RUNNER_TEMP", env.root())
        .env("RUNNER_OS", "Linux")
        .env("RUNNER_ARCH", "X64");
    for file in ["GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH"] {
        tool = tool.env(file, told(env, file));
    }
    for (name, expression) in step["env"].as_object().unwrap() {
        tool = tool.env(name, value(expression.as_str().unwrap()));
    }
    tool
}

/// The same for an action that knows where its releases are.
fn step(env: &TestEnv, name: &str, path: &[&Path]) -> Tool {
    step_in(&check_out(env, &line(UPSTREAM)), env, name, path)
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

/// A folder for `PATH` with this program in it.
fn program(env: &TestEnv, name: &str, script: &str) -> PathBuf {
    let dir = env.root().join("bin");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join(name), script).unwrap();
    fs::set_permissions(dir.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

/// Makes a release of this host and repository as release.yml makes it, with this script as its vtexid.
fn release(env: &TestEnv, repository: &str, target: &str, script: &str) -> PathBuf {
    let dir = env.root().join("releases").join(repository);
    let name = format!("vtexid-{}-{target}", env!("CARGO_PKG_VERSION"));
    fs::create_dir_all(dir.join(&name)).unwrap();
    let program = dir.join(&name).join("vtexid");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let make = format!(
        "cd '{dir}'
         tar -czf {name}.tar.gz {name} && rm -r {name}
         sha256sum * >SHA256SUMS || shasum -a 256 * >SHA256SUMS
         cp SHA256SUMS built",
        dir = dir.display()
    );
    let maker = env
        .program("sh", ["-ec", &make])
        .env("PATH", "/usr/bin:/bin");
    maker.run().success();
    dir
}
