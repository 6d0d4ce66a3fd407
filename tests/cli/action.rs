//! The GitHub Action: what its steps do on a runner, and which release they fetch.
#![cfg(unix)]

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
    // A file that cannot be written fails the step.
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
fn a_rejected_pair_fails_the_step() {
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
fn invalid_inputs_are_refused() {
    let env = TestEnv::new();
    for (name, value, words) in [
        ("VTEX_APP_KEY", "", "app-key or app-token is empty"),
        ("VTEX_APP_TOKEN", "", "app-key or app-token is empty"),
        ("INPUT_EXPORT", "yes", "invalid export: use"),
        (
            "INPUT_EXPORT",
            "true\n::stop-commands::x",
            "invalid export: use",
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

/// The target of the machine in these tests.
const TARGET: &str = "x86_64-unknown-linux-musl";

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

/// GitHub's `gh`, which writes down its arguments and has one release, whose vtexid says `fetched`. It attests what
/// `built` lists, whatever was changed since.
fn gh(env: &TestEnv, target: &str) -> PathBuf {
    release(env, "github.com/owner/vtexid", target, "echo fetched");
    let script = format!(
        r#"#!/bin/sh
echo "$@" >>'{root}/asked'
case $1 in
  attestation) file=$PWD/$3 ;;
esac
repository=$GH_REPO
while [ $# -gt 0 ]; do
  case $1 in
    --repo) repository=$2 ;;
    --dir) dir=$2 ;;
    --pattern) patterns="$patterns $2" ;;
  esac
  shift
done
case $repository in
  */*/*) ;;
  *) repository=${{GH_HOST:-github.com}}/$repository ;;
esac
cd "{root}/releases/$repository" 2>/dev/null || {{
  echo 'release not found' >&2
  exit 1
}}
if [ -n "$file" ]; then
  sum=$(sha256sum "$file" || shasum -a 256 "$file")
  ! awk -v sum="${{sum%% *}}" '$1 == sum {{ found = 1 }} END {{ exit !found }}' built || exit 0
  echo 'no attestations found' >&2
  exit 1
fi
found=1
for pattern in $patterns; do
  [ ! -e "$pattern" ] || {{ cp "$pattern" "$dir" && found=0; }}
done
[ $found = 0 ] || echo 'no assets match the file pattern' >&2
exit $found
"#,
        root = env.root().display()
    );
    program(env, "gh", &script)
}

/// The variables with which a job could name another place to fetch from.
fn misled(mut tool: Tool) -> Tool {
    for name in ["GH_REPO", "ACTION_REPOSITORY", "GITHUB_ACTION_REPOSITORY"] {
        tool = tool.env(name, "customer/shop");
    }
    tool.env("GH_HOST", "git.customer.example")
}

/// Puts releases into the customer's repository whose vtexid writes down that it ran, and what it was given.
fn evil_releases(env: &TestEnv) {
    for repository in [
        "github.com/customer/shop",
        "git.customer.example/customer/shop",
        "git.customer.example/owner/vtexid",
    ] {
        let stolen = told(env, "stolen");
        let script = format!("export -p >'{}'", stolen.display());
        release(env, repository, TARGET, &script);
    }
}

/// The step that failed, with its words in one line that GitHub shows above the log.
fn assert_refused(env: &TestEnv, failed: Assert, words: &str) {
    let failed = failed.code(1).stderr("");
    let failed = failed.stdout(starts_with("::error title=vtexid::").and(contains(words)));
    // Each line could be a command to the runner, and `##[` begins one anywhere in a line.
    assert_eq!(stdout(&failed).lines().count(), 1);
    assert!(!stdout(&failed).contains("##["));
    assert_eq!(read(env, "GITHUB_PATH"), "");
    assert_eq!(read(env, "stolen"), "");
}

#[test]
fn an_installed_vtexid_is_used() {
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
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
        ("Linux", "ARM64", "aarch64-unknown-linux-musl"),
        ("macOS", "X64", "x86_64-apple-darwin"),
        ("macOS", "ARM64", "aarch64-apple-darwin"),
    ] {
        let env = TestEnv::new();
        let dir = gh(&env, target);
        let step = step(&env, "install", &[&dir]).env("RUNNER_OS", os);
        step.env("RUNNER_ARCH", arch).run().success();
        let release = concat!("v", env!("CARGO_PKG_VERSION"));
        let asked = format!("release download {release} --repo github.com/owner/vtexid ");
        assert!(read(&env, "asked").starts_with(&asked));

        let path = read(&env, "GITHUB_PATH");
        let fetched = Path::new(path.trim_end()).join("vtexid");
        let run = env.program(fetched.to_str().unwrap(), [""; 0]).run();
        run.success().stdout("fetched\n");
    }
}

#[test]
fn the_job_cannot_lead_the_action_to_another_release() {
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    evil_releases(&env);
    misled(step(&env, "install", &[&dir])).run().success();
    let asked = read(&env, "asked");
    let [download, verify] = asked.lines().collect::<Vec<_>>()[..] else {
        panic!("{asked}")
    };
    assert!(download.contains(" --repo github.com/owner/vtexid "));
    assert!(verify.contains(" --repo owner/vtexid "));

    let path = read(&env, "GITHUB_PATH");
    let token = step(&env, "token", &[Path::new(path.trim_end())])
        .env("VTEX_APP_KEY", app_key("mystore"))
        .env("VTEX_APP_TOKEN", app_token());
    misled(token).run().success();
    assert_eq!(output(&env), "fetched");
    assert_eq!(read(&env, "stolen"), "");
}

#[test]
fn an_action_that_does_not_know_its_repository_fetches_nothing() {
    for lines in [
        "",
        // Not the package's own.
        "[package.metadata.other]\nrepository = \"https://github.com/customer/shop\"",
    ] {
        let env = TestEnv::new();
        let dir = gh(&env, TARGET);
        evil_releases(&env);
        let action = check_out(&env, lines);
        let failed = misled(step_in(&action, &env, "install", &[&dir])).run();
        assert_refused(&env, failed, "Cargo.toml does not set `repository`");
        assert_eq!(read(&env, "asked"), "");

        let failed = step_in(&action, &env, "install", &[&dir]).run();
        let hint = "%0Ahint: install vtexid in an earlier step, as docs/ci.md shows";
        assert_refused(&env, failed, hint);
        assert_eq!(read(&env, "asked"), "");
    }
}

#[test]
fn the_repository_is_an_address_at_github() {
    for repository in [
        "https://github.com/owner/vtexid",
        "https://github.com/owner/vtexid/",
        "https://github.com/owner/vtexid.git",
    ] {
        let env = TestEnv::new();
        let dir = gh(&env, TARGET);
        step_in(
            &check_out(&env, &line(repository)),
            &env,
            "install",
            &[&dir],
        )
        .run()
        .success();
        assert!(read(&env, "asked").contains(" --repo github.com/owner/vtexid "));
    }

    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    for repository in [
        "",
        "owner/vtexid",
        "http://github.com/owner/vtexid",
        "git@github.com:owner/vtexid.git",
        "https://github.com",
        "https://github.com/owner",
        "https://github.com/owner/",
        "https://github.com//vtexid",
        "https://github.com/owner/vtexid/tree/main",
        "https://github.com/owner/vtexid//",
        "https://github.com/owner/vtexid?x=1",
        "https://github.com/owner/vtexid#x",
        "https://github.com/owner/..",
        "https://github.com/owner/.git",
        "https://github.com/owner/vtexid.git.git",
        "https://github.com/-owner/vtexid",
        "https://github.com/ownér/vtexid",
        "https://github.com/owner/vtexid --repo customer/shop",
        "https://github.com/owner/$(id)",
        "https://github.com/owner/vtexid##[add-path]x",
        "https://github.com.customer.example/owner/vtexid",
        "https://github.com@customer.example/owner/vtexid",
        "https://customer.example/https://github.com/owner/vtexid",
        "https://GitHub.com/owner/vtexid",
    ] {
        let action = check_out(&env, &line(repository));
        let failed = step_in(&action, &env, "install", &[&dir]).run();
        let words = "`repository` in Cargo.toml is not https://github.com/OWNER/NAME";
        assert_refused(&env, failed, words);
    }
    for lines in [
        format!("{}\n{}", line(UPSTREAM), line(UPSTREAM)),
        format!("{} # ours", line(UPSTREAM)),
        "repository.workspace = true".to_owned(),
        "repository = 'https://github.com/owner/vtexid'".to_owned(),
    ] {
        let action = check_out(&env, &lines);
        let failed = step_in(&action, &env, "install", &[&dir]).run();
        assert_refused(&env, failed, "Cargo.toml");
    }
    assert_eq!(read(&env, "asked"), "");
}

#[test]
fn what_gh_says_is_shown_when_it_fails() {
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    fs::remove_dir_all(env.root().join("releases")).unwrap();
    let failed = step(&env, "install", &[&dir]).run();
    assert_refused(&env, failed, "from owner/vtexid: release not found");

    // No line of it is a command to the runner, and the token is not in it.
    let script = "#!/bin/sh
        echo '::add-path::/evil'
        echo 'HTTP 401: Bad credentials ##[add-path]/evil' >&2
        printf '  ::add-path::/evil\\r\\n100%%0A' >&2
        echo \"Authorization: token $GH_TOKEN\" >&2
        [ -z \"$GH_DEBUG$DEBUG\" ] || echo debugged >&2
        exit 4";
    program(&env, "gh", script);
    let step = step(&env, "install", &[&dir]);
    let failed = step.env("GH_DEBUG", "api").env("DEBUG", "api").run();
    let said = stdout(&failed);
    assert_refused(&env, failed, "HTTP 401: Bad credentials ");
    assert!(
        said.contains("%0A  ::add-path::/evil%0D%0A100%250A"),
        "{said}"
    );
    assert!(said.contains("Authorization: token ***"), "{said}");
    assert!(!said.contains(GITHUB_TOKEN), "{said}");
    assert!(!said.contains("debugged"), "{said}");
}

#[test]
fn other_output_of_gh_is_not_shown() {
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    let real = fs::read_to_string(dir.join("gh")).unwrap();
    let chatty = "#!/bin/sh\necho ::add-path::/evil\necho ::add-path::/evil >&2\n";
    program(&env, "gh", &real.replace("#!/bin/sh\n", chatty));
    let done = step(&env, "install", &[&dir]).run().success();
    let done = done.stderr("");
    assert!(!stdout(&done).contains("::"), "{}", stdout(&done));
}

#[test]
fn a_release_that_is_damaged_or_missing_is_not_used() {
    let archive = format!("vtexid-{}-{TARGET}.tar.gz", env!("CARGO_PKG_VERSION"));
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    let install = || step(&env, "install", &[&dir]).run();
    let refused = |words: &str| {
        let failed = install().code(1);
        failed.stdout(contains("::error title=vtexid::").and(contains(words)));
        assert_eq!(read(&env, "GITHUB_PATH"), "");
    };

    let release = env.root().join("releases/github.com/owner/vtexid");
    let path = release.join(&archive);
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    refused("does not match SHA256SUMS of release");

    let sums = release.join("SHA256SUMS");
    let text = fs::read_to_string(&sums).unwrap();
    fs::write(&sums, text.trim_end().to_owned() + " ##[add-path]x\n").unwrap();
    refused("does not match SHA256SUMS of release");
    let failed = install();
    assert!(!(stdout(&failed) + &stderr(&failed)).contains("##["));

    fs::write(&sums, "").unwrap();
    refused("does not match SHA256SUMS of release");

    // gh is content when only one of the two files is there.
    fs::remove_file(&path).unwrap();
    let words = format!("of owner/vtexid does not have {archive}");
    assert_refused(&env, install(), &words);

    fs::remove_file(&sums).unwrap();
    assert_refused(&env, install(), "no assets match the file pattern");
}

#[test]
fn a_release_that_its_workflow_did_not_build_is_not_used() {
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    // With changed sums too: everybody who may edit a release can change both.
    let release = env.root().join("releases/github.com/owner/vtexid");
    let built = fs::read(release.join("built")).unwrap();
    let script = format!("export -p >'{}'", told(&env, "stolen").display());
    self::release(&env, "github.com/owner/vtexid", TARGET, &script);
    fs::write(release.join("built"), built).unwrap();
    let failed = step(&env, "install", &[&dir]).run();
    let words = format!(
        "could not verify that owner/vtexid built vtexid-{}-{TARGET}.tar.gz: no attestations found%0Ahint: ",
        env!("CARGO_PKG_VERSION")
    );
    assert_refused(&env, failed, &words);

    // The tag, the workflow and the machines that it may come from.
    let asked = read(&env, "asked");
    for flag in [
        concat!(" --source-ref refs/tags/v", env!("CARGO_PKG_VERSION"), " "),
        " --signer-workflow owner/vtexid/.github/workflows/release.yml ",
        " --deny-self-hosted-runners",
    ] {
        assert!(asked.lines().last().unwrap().contains(flag), "{asked}");
    }
}

#[test]
fn on_an_enterprise_server_the_hint_says_to_install_vtexid() {
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    let server = "https://git.customer.example";
    let failed = step(&env, "install", &[&dir])
        .env("GITHUB_SERVER_URL", server)
        .run();
    let words = "from a GitHub Enterprise Server%0Ahint: install vtexid in an earlier step";
    assert_refused(&env, failed, words);
    assert_eq!(read(&env, "asked"), "");

    program(&env, "vtexid", "#!/bin/sh\necho vtexid 9.9\n");
    let step = step(&env, "install", &[&dir]).env("GITHUB_SERVER_URL", server);
    step.run().success();
}

#[test]
fn a_runner_without_a_release_gets_an_error() {
    let env = TestEnv::new();
    let dir = gh(&env, TARGET);
    for (arch, shown) in [("RISCV", "RISCV"), ("50%\r\n::x::", "50%25%0D%0A::x::")] {
        let step = step(&env, "install", &[&dir]).env("RUNNER_ARCH", arch);
        let words = "install vtexid in an earlier step";
        let words = format!("there is no release for Linux-{shown}: {words}\n");
        step.run().code(1).stdout(contains(words));
    }
    assert_eq!(read(&env, "asked"), "");
}

#[test]
fn a_release_has_man_pages_of_its_own_day() {
    let env = TestEnv::new();
    let action = check_out(&env, &line(UPSTREAM));
    let changes = concat!("## ", env!("CARGO_PKG_VERSION"), " (2026-12-01)\n\n- new\n");
    fs::write(action.join("CHANGELOG.md"), changes).unwrap();
    fs::create_dir_all(action.join("man")).unwrap();
    let script = action.join("scripts/release-notes");
    let notes = |day: &str| {
        let page = format!(".TH vtexid 1 {day} \"vtexid 0.1.0\" vtexid\n");
        fs::write(action.join("man/vtexid.1"), page).unwrap();
        let tag = concat!("v", env!("CARGO_PKG_VERSION"));
        let tool = env.program("bash", [script.to_str().unwrap(), tag]);
        tool.env("PATH", tools(&env)).run()
    };
    notes("2026-12-01").success().stdout(contains("- new"));
    let words = "the release date is 2026-12-01, but the man pages have another date";
    notes("2026-11-30")
        .code(1)
        .stdout("")
        .stderr(contains(words));
}

#[test]
fn a_release_is_made_only_in_the_repository_that_the_action_fetches_it_from() {
    let env = TestEnv::new();
    let notes = |repository: &str| {
        let action = check_out(&env, repository);
        let changes = concat!("## ", env!("CARGO_PKG_VERSION"), "\n\n- what is new\n");
        fs::write(action.join("CHANGELOG.md"), changes).unwrap();
        let script = action.join("scripts/release-notes");
        let tag = concat!("v", env!("CARGO_PKG_VERSION"));
        let tool = env.program("bash", [script.to_str().unwrap(), tag]);
        tool.env("PATH", tools(&env))
    };
    let here = |tool: Tool, server: &str, repository: &str| {
        let tool = tool.env("GITHUB_SERVER_URL", server);
        tool.env("GITHUB_REPOSITORY", repository).run()
    };
    let upstream = line(UPSTREAM);
    let github = "https://github.com";
    let printed = contains("- what is new");
    let done = here(notes(&upstream), github, "owner/vtexid");
    done.success().stdout(printed.clone());
    // On a person's own machine.
    notes(&upstream).run().success().stdout(printed);

    for (repository, server, name, words) in [
        ("", github, "owner/vtexid", "does not set `repository`"),
        (
            "repository = \"owner/vtexid\"",
            github,
            "owner/vtexid",
            "is not https://github.com/OWNER/NAME",
        ),
        (
            &*upstream,
            github,
            "fork/vtexid",
            "not https://github.com/fork/vtexid",
        ),
        (
            &*upstream,
            "https://git.customer.example",
            "owner/vtexid",
            "not https://git.customer.example/owner/vtexid",
        ),
    ] {
        let failed = here(notes(repository), server, name).code(1).stdout("");
        failed.stderr(starts_with("error: ").and(contains(words)));
    }
    notes("").run().code(1).stdout("");
}

#[test]
fn a_release_is_not_made_before_the_examples_are_its_own() {
    let version = env!("CARGO_PKG_VERSION");
    let own = format!("npm install --global vtexid@{version}\nvtexid_{version}-1_amd64.deb\n");
    for (file, line, words) in [
        (
            "README.md",
            "brew install OWNER/tap/vtexid",
            "README.md has OWNER instead",
        ),
        (
            "docs/ci.md",
            "- uses: OWNER/vtexid",
            "docs/ci.md has OWNER instead",
        ),
        (
            "examples/ci/github.yml",
            "uses: owner/vtexid@v0.0.9",
            "github.yml names the version 0.0.9, not ",
        ),
        (
            "README.md",
            "vtexid-0.0.9-x86_64-apple-darwin",
            "README.md names the version 0.0.9, not ",
        ),
    ] {
        let env = TestEnv::new();
        let action = check_out(&env, &self::line(UPSTREAM));
        let changes = format!("## {version}\n\n- what is new\n");
        fs::write(action.join("CHANGELOG.md"), changes).unwrap();
        let path = action.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let script = action.join("scripts/release-notes");
        let notes = || {
            let tag = format!("v{version}");
            let tool = env.program("bash", [script.to_str().unwrap(), &tag]);
            tool.env("PATH", "/usr/bin:/bin").run()
        };
        fs::write(&path, &own).unwrap();
        notes().success().stdout(contains("- what is new"));
        fs::write(&path, own.clone() + line + "\n").unwrap();
        notes().code(1).stdout("").stderr(contains(words));
    }
}
