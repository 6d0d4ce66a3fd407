//! Runs the commands of the README, of the pages in docs/ and of the examples for CI as they are written, on machines whose
//! internet is the sandbox.
//!
//! A line that cannot be run here is named in `ELSEWHERE`, so that none is left out unseen.

mod ci;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::bus::{self, Bus, Keyring};
use crate::display::{Display as _, Xvfb};
use crate::home::Home;
use crate::http;
use crate::markdown::{
    DOCKERFILE, Example, GITHUB, GITHUB_ACTION, GITLAB, Job, Step, bare, blocks,
};
use crate::parts;
use crate::process::{LIMIT, Outcome, Running, eventually, run, run_with};
use crate::proxy::Proxy;
use crate::sandbox::{self, Options, Sandbox};

/// The vtexid that the examples install.
const PACKAGE: &str = concat!("vtexid@", env!("CARGO_PKG_VERSION"));

/// The action that they use.
const ACTION: &str = concat!("OWNER/vtexid@v", env!("CARGO_PKG_VERSION"));

/// A line with the owner of the repository in place of OWNER, which stands for it until Cargo.toml names the repository.
fn owned(line: &str) -> String {
    let address = env!("CARGO_PKG_REPOSITORY").strip_prefix("https://github.com/");
    match address.and_then(|address| address.split_once('/')) {
        Some((owner, _)) => line.replace("OWNER/", &format!("{owner}/")),
        None => line.to_owned(),
    }
}

/// What is not run here, and why.
const ELSEWHERE: [(&str, &str); 13] = [
    ("npm install -g vtexid", "scripts/test-npm runs it"),
    (
        concat!("npm install --global vtexid@", env!("CARGO_PKG_VERSION")),
        "scripts/test-npm runs it",
    ),
    (
        concat!(
            "gh attestation verify vtexid-",
            env!("CARGO_PKG_VERSION"),
            "-x86_64-unknown-linux-musl.tar.gz --repo OWNER/vtexid"
        ),
        "asks GitHub",
    ),
    (
        concat!(
            "gh attestation verify vtexid_",
            env!("CARGO_PKG_VERSION"),
            "-1_amd64.deb --repo OWNER/vtexid"
        ),
        "asks GitHub",
    ),
    (
        "sha256sum --check --ignore-missing SHA256SUMS",
        "needs a release's files; the release workflow checks them",
    ),
    ("vtexid exec -- npm test", "the tests of somebody's project"),
    ("pbpaste | vtexid inspect", "macOS alone has it"),
    (
        "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd",
        "GitHub's",
    ),
    ("npx vtex publish --yes", "VTEX's own CLI, from npm"),
    ("node:24", "an image"),
    ("FROM node:24-bookworm-slim", "an image"),
    (
        "RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl",
        "into the image",
    ),
    (
        "docker build --secret id=vtex_app_token,env=VTEX_APP_TOKEN --build-arg VTEX_APP_KEY .",
        "needs Docker; the Dockerfile's tests obey it",
    ),
];

fn is_elsewhere(line: &str) -> bool {
    ELSEWHERE.iter().any(|(text, _)| owned(text) == bare(line))
}

/// A machine with curl and vtexid, behind a proxy that leads every VTEX address to the sandbox.
struct Machine {
    home: Home,
    sandbox: Sandbox,
    proxy: Proxy,
}

impl Machine {
    fn new(programs: &[&str]) -> Option<Self> {
        if !parts::present(programs) {
            return None;
        }
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let mut home = Home::new();
        let proxy = Proxy::start(home.path(), sandbox.port());
        home.set("NO_COLOR", "1");
        home.set("HTTPS_PROXY", proxy.url());
        home.set("SSL_CERT_FILE", &proxy.authority);
        let mut path = home.path().join("bin").into_os_string();
        path.push(":");
        path.push(parts::path());
        home.set("PATH", path);
        let machine = Self {
            home,
            sandbox,
            proxy,
        };
        // What npm's own does with the real packages is seen by scripts/test-npm.
        machine.install(
            "npx",
            &format!("[ \"$1 $2\" = '--yes {PACKAGE}' ] || exit 9\nshift 2\nexec vtexid \"$@\""),
        );
        // What a program is given as arguments, everybody on its machine can see.
        let log = machine.path("arguments");
        for (name, program) in [("vtexid", env!("CARGO_BIN_EXE_vtexid")), ("curl", "curl")] {
            machine.install(
                name,
                &format!("echo {name} \"$@\" >>'{log}'\nPATH=${{PATH#*:}} exec {program} \"$@\""),
            );
        }
        Some(machine)
    }

    fn path(&self, name: &str) -> String {
        self.home.path().join(name).display().to_string()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    /// Puts a script on the `PATH`.
    fn install(&self, name: &str, script: &str) -> String {
        fs::create_dir_all(self.path("bin")).unwrap();
        let path = self.path(&format!("bin/{name}"));
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// The only token that the API was sent.
    fn token_sent(&self) -> String {
        let mut requests = self.sandbox.requests();
        requests.retain(|request| request.path == "/api/catalog_system/pvt/brand/list");
        assert_eq!(requests.len(), 1);
        let token = requests[0].header("VtexIdclientAutCookie").expect("sent");
        token.to_owned()
    }

    /// Checks that the app token was neither shown, nor an argument, nor kept; where tokens were kept, and who
    /// was spoken to.
    fn assert_no_secret(&self, log: &str, tokens_in: &[&str]) {
        assert!(self.read("arguments").contains("vtexid apptoken"));
        for head in self.proxy.heads() {
            let host = "CONNECT mystore.vtexcommercestable.com.br:443 ";
            assert!(head.starts_with(host), "{head}");
        }
        assert!(!log.contains(&sandbox::app_token()), "{log}");
        assert!(!log.contains("eyJ"), "{log}");
        assert_eq!(
            self.home.files_with(&sandbox::app_token()),
            [""; 0],
            "the app token"
        );
        let kept: BTreeSet<String> = self.home.files_with("eyJ").into_iter().collect();
        let expected = tokens_in.iter().map(|name| self.path(name)).collect();
        assert_eq!(kept, expected, "tokens");
    }
}

/// The steps of the one job of an example for GitHub.
fn steps(example: &Example) -> Vec<Step> {
    let workflow = example.workflow();
    let jobs: Vec<_> = workflow.jobs.into_values().collect();
    let [job] = <[_; 1]>::try_from(jobs).unwrap();
    assert_eq!(job.defaults.run.shell, "bash");
    job.steps
}

fn pipeline_jobs() -> Vec<Job> {
    let jobs = GITLAB.pipeline();
    jobs.into_values().collect()
}

/// Takes a secret from its standard input and runs a program that finds it in `/run/secrets`, where nobody else does.
const WITH_SECRET: &str = r#"
    mount -t tmpfs tmpfs /run
    mkdir /run/secrets
    cat >"/run/secrets/$1"
    shift
    exec "$@" </dev/null
"#;

fn with_secret(home: &Home, name: &str, value: &str, program: &[&str]) -> Outcome {
    let mut command = home.command("unshare", &["-r", "-m", "sh", "-ec", WITH_SECRET, "-"]);
    command.arg(name).args(program);
    run_with(LIMIT, command, value)
}

/// Runs what is to be run of the Dockerfile, as `docker build` in docs/ci.md does.
fn docker(app_token: &str) -> Option<(Machine, Outcome)> {
    let mut machine = Machine::new(&["dash", "curl", "unshare", "mount"])?;
    if !parts::can_unshare(&["-r", "-m"]) {
        return None;
    }
    let mut commands = blocks().into_iter().flat_map(|block| block.commands());
    let build = commands.find(|(line, _)| line.starts_with("docker build "));
    let words: Vec<&str> = bare(build.unwrap().0).split(' ').collect();
    let [_, _, "--secret", secret, "--build-arg", key, "."] = words[..] else {
        panic!("{words:?}")
    };
    let (id, variable) = secret.split_once(",env=").unwrap();
    let id = id.strip_prefix("id=").unwrap();
    assert_eq!(variable, "VTEX_APP_TOKEN");

    let mut last = None;
    for instruction in DOCKERFILE.instructions() {
        if instruction == format!("ARG {key}") {
            machine
                .home
                .set("VTEX_APP_KEY", sandbox::app_key("mystore"));
        }
        let command = instruction.strip_prefix("RUN ");
        if is_elsewhere(&instruction) || command.is_some_and(is_elsewhere) {
            continue;
        }
        let mount = format!("--mount=type=secret,id={id} ");
        let Some(command) = command else {
            assert_eq!(instruction, format!("ARG {key}"));
            continue;
        };
        let command = command.strip_prefix(&mount).expect("one with the secret");
        let command = command.trim_start_matches(['\\', '\n', ' ']);
        last = Some(with_secret(
            &machine.home,
            id,
            app_token,
            &["dash", "-c", command],
        ));
    }
    Some((machine, last.expect("something to run")))
}
