//! Runs the commands of the README, of the pages in docs/ and of the examples for CI as they are written, on machines whose
//! internet is the sandbox.
//!
//! A line that cannot be run here is named in `ELSEWHERE`, so that none is left out unseen.

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

/// The user of the examples.
const EMAIL: &str = "dev@example.com";
/// Where container engines put secrets.
const SECRETS: &str = "/run/secrets/";

/// What is not run here, and why.
const ELSEWHERE: [(&str, &str); 11] = [
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

fn wrong_app_token() -> String {
    sandbox::app_token().chars().rev().collect()
}

/// The lines of a script that are run here.
fn runnable(script: &str) -> String {
    let lines = script.lines().filter(|line| !is_elsewhere(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// GitHub's runner: gives each step the variables it asks for and those of the steps before, and hides in its log what
/// it is told to.
struct Runner {
    machine: Machine,
    app_token: String,
    masked: Vec<String>,
}

impl Runner {
    fn new(app_token: String) -> Option<Self> {
        let mut machine = Machine::new(&["bash", "curl"])?;
        fs::write(machine.path("github_env"), "").unwrap();
        machine.home.set("CI", "true");
        machine.home.set("GITHUB_ACTIONS", "true");
        let file = machine.path("github_env");
        machine.home.set("GITHUB_ENV", file);
        let file = machine.path("github_output");
        machine.home.set("GITHUB_OUTPUT", file);
        Some(Self {
            machine,
            app_token,
            masked: Vec::new(),
        })
    }

    fn value(&self, expression: &str) -> String {
        match expression {
            "${{ secrets.VTEX_APP_KEY }}" => sandbox::app_key("mystore"),
            "${{ secrets.VTEX_APP_TOKEN }}" => self.app_token.clone(),
            "true" => "true".to_owned(),
            _ => panic!("what is {expression}?"),
        }
    }

    /// Runs a step, as it does with `shell: bash`; gives its exit code and log.
    fn step(&mut self, step: &Step) -> (i32, String) {
        let mut variables = step.env.clone();
        let script = match step.uses.as_deref() {
            // What action.yml does where vtexid is installed already.
            Some(action) if action == owned(ACTION) => {
                let mut given = |name: &str, variable: &str| {
                    let value = step.with[name].as_str().unwrap().to_owned();
                    variables.insert(variable.to_owned(), value);
                };
                given("app-key", "VTEX_APP_KEY");
                given("app-token", "VTEX_APP_TOKEN");
                given("export", "INPUT_EXPORT");
                let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/action");
                format!("'{script}' install\n'{script}' token")
            }
            uses => {
                assert!(uses.is_none_or(is_elsewhere), "{step:?}");
                runnable(step.run.as_deref().unwrap_or_default())
            }
        };
        fs::write(self.machine.path("step.sh"), script).unwrap();
        let shell = ["--noprofile", "--norc", "-eo", "pipefail", "step.sh"];
        let mut command = self.machine.home.command("bash", &shell);
        for line in self.machine.read("github_env").lines() {
            let (name, value) = line.split_once('=').expect("NAME=VALUE");
            command.env(name, value);
        }
        for (name, expression) in &variables {
            command.env(name, self.value(expression));
        }
        let Outcome {
            code,
            stdout,
            stderr,
        } = run(command);
        let mut log = String::new();
        for line in stdout.lines().chain(stderr.lines()) {
            match line.strip_prefix("::add-mask::") {
                Some(secret) => self.masked.push(secret.to_owned()),
                None => log = log + line + "\n",
            }
        }
        for secret in &self.masked {
            log = log.replace(secret, "***");
        }
        (code.unwrap(), log)
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

#[test]
fn the_github_example_calls_the_api_and_logs_the_toolbelt_in() {
    let Some(mut runner) = Runner::new(sandbox::app_token()) else {
        return;
    };
    let mut logs = BTreeMap::new();
    for step in steps(&GITHUB) {
        let (code, log) = runner.step(&step);
        assert_eq!(code, 0, "{}: {log}", step.name);
        logs.insert(step.name, log);
    }
    let machine = &runner.machine;
    assert!(logs["call an API"].contains(r#""name":"Acme""#), "{logs:?}");
    let token = machine.token_sent();
    assert_eq!(machine.read("github_env"), format!("VTEX_TOKEN={token}\n"));
    assert_eq!(runner.masked[0], token);
    let session = machine.json(".vtex/session/session.json");
    assert_eq!(session["account"], "mystore");
    assert_eq!(session["token"], token);
    let workspace = machine.json(".vtex/session/workspace.json");
    assert_eq!(workspace["currentWorkspace"], "master");
    let kept = [
        "github_env",
        ".vtex/session/session.json",
        ".vtex/session/tokens.json",
    ];
    let log: String = logs.into_values().collect();
    machine.assert_no_secret(&log, &kept);
}

#[test]
fn the_github_example_ends_where_the_pair_is_refused() {
    let Some(mut runner) = Runner::new(wrong_app_token()) else {
        return;
    };
    let steps = steps(&GITHUB);
    let step = steps.iter().find(|step| !step.env.is_empty()).unwrap();
    let (code, log) = runner.step(step);
    assert_eq!(code, 3, "{log}");
    assert_eq!(runner.machine.read("github_env"), "");
    assert!(!log.contains(&wrong_app_token()), "{log}");
}

#[test]
fn the_example_with_the_action_calls_the_api() {
    let Some(mut runner) = Runner::new(sandbox::app_token()) else {
        return;
    };
    let mut all = String::new();
    for step in steps(&GITHUB_ACTION) {
        let (code, log) = runner.step(&step);
        assert_eq!(code, 0, "{}: {log}", step.name);
        all += &log;
    }
    let machine = &runner.machine;
    assert!(all.contains(r#""name":"Acme""#), "{all}");
    let token = machine.token_sent();
    assert_eq!(machine.read("github_env"), format!("VTEX_TOKEN={token}\n"));
    machine.assert_no_secret(&all, &["github_env", "github_output"]);
}

/// Runs GitLab's job with that app token; the result of its script.
fn gitlab(app_token: &str) -> Option<(Machine, Outcome)> {
    let mut machine = Machine::new(&["dash", "curl"])?;
    machine.home.set("CI", "true");
    machine.home.set("GITLAB_CI", "true");
    machine
        .home
        .set("VTEX_APP_KEY", sandbox::app_key("mystore"));
    machine.home.set("VTEX_APP_TOKEN", app_token);
    let [job] = <[_; 1]>::try_from(pipeline_jobs()).unwrap();
    let script = job.script.join("\n");
    // Of all the shells an image can have, the one that forgives least.
    let outcome = run(machine.home.command("dash", &["-ec", &runnable(&script)]));
    if outcome.code == Some(0) {
        for path in &job.artifacts.paths {
            assert!(machine.read(path).contains(r#""name":"Acme""#), "{path}");
        }
    }
    Some((machine, outcome))
}

fn pipeline_jobs() -> Vec<Job> {
    let jobs = GITLAB.pipeline();
    jobs.into_values().collect()
}

#[test]
fn the_gitlab_example_leaves_the_answer_as_its_artifact() {
    let Some((machine, outcome)) = gitlab(&sandbox::app_token()) else {
        return;
    };
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    machine.token_sent();
    machine.assert_no_secret(&(outcome.stdout + &outcome.stderr), &[]);
}

#[test]
fn the_gitlab_example_fails_where_the_pair_is_refused() {
    let Some((_, outcome)) = gitlab(&wrong_app_token()) else {
        return;
    };
    assert_ne!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("WrongCredentials"), "{outcome:?}");
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

/// Whether a program can be given a `/run` of its own here.
fn mounts(home: &Home) -> bool {
    let can = run(home.command("unshare", &["-r", "-m", "true"])).code == Some(0);
    if !can {
        parts::skip("no mount namespace can be made here");
    }
    can
}

/// Runs what is to be run of the Dockerfile, as `docker build` in docs/ci.md does.
fn docker(app_token: &str) -> Option<(Machine, Outcome)> {
    let mut machine = Machine::new(&["dash", "curl", "unshare", "mount"])?;
    if !mounts(&machine.home) {
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

#[test]
fn the_dockerfile_leaves_the_answer_and_no_secret() {
    let Some((machine, outcome)) = docker(&sandbox::app_token()) else {
        return;
    };
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(machine.read("brands.json").contains(r#""name":"Acme""#));
    machine.token_sent();
    machine.assert_no_secret(&(outcome.stdout + &outcome.stderr), &[]);
}

#[test]
fn the_dockerfile_fails_where_the_pair_is_refused() {
    let Some((_, outcome)) = docker(&wrong_app_token()) else {
        return;
    };
    assert_ne!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("WrongCredentials"), "{outcome:?}");
}

/// Every other command, in order, with a part of what it shows.
const WALK: [(&str, &str); 52] = [
    // README.md
    (
        "vtexid login mystore",
        "logged in to mystore as dev@example.com",
    ),
    ("vtexid api /api/catalog_system/pvt/brand/list", "Globex"),
    // Log in and out
    ("vtexid login mystore", "logged in to mystore"),
    ("vtexid login other", "logged in to other"),
    ("vtexid switch mystore", "mystore"),
    ("vtexid status", "other"),
    ("vtexid logout other", "other"),
    // Use the token
    ("vtexid local token", "eyJ"),
    (
        "vtexid local token --format header | curl -H @- https://mystore.vtexcommercestable.com.br/api/catalog_system/pvt/brand/list",
        "Acme",
    ),
    ("vtexid local token --min-validity 10m", "eyJ"),
    (r#"eval "$(vtexid local token --format env)""#, ""),
    // Call an API
    ("vtexid api /api/catalog_system/pvt/brand/list", "Acme"),
    (
        "vtexid api '/api/oms/pvt/orders?per_page=100' --paginate | jq -r .orderId",
        "v45-01",
    ),
    (
        "vtexid api /api/dataentities/CL/scroll --paginate -o customers.ndjson",
        "",
    ),
    (
        "vtexid api /api/license-manager/site/pvt/logins/list/paged --paginate",
        "item 12",
    ),
    ("vtexid api -X PUT /pricing/prices/1 -d @price.json", ""),
    (
        r#"vtexid api /api/dataentities/CL/documents -d '{"email": "ana@example.com"}'"#,
        "DocumentId",
    ),
    (
        r#"vtexid api /_v/private/graphql/v1 --workspace dev -d '{"query": "…"}'"#,
        "dev--mystore.myvtex.com",
    ),
    ("vtexid api /pricing/prices/1 -i", "HTTP/1.1 200 OK"),
    (
        "vtexid api '/api/catalog_system/pub/products/search?_from=0' --as none",
        "product 10",
    ),
    (
        "vtexid api /pricing/prices/1 --print-curl",
        "curl https://api.vtex.com/mystore/pricing/prices/1",
    ),
    // Tokens for CI
    (
        "export VTEX_APP_KEY=vtexappkey-mystore-ABCDEF VTEX_APP_TOKEN=…",
        "",
    ),
    ("vtexid api /api/catalog_system/pvt/brand/list", "Acme"),
    // Explain a token
    ("vtexid inspect", "dev@example.com"),
    ("vtexid inspect --check=10m", "dev@example.com"),
    // docs/login.md
    ("vtexid login mystore", "logged in to mystore"),
    ("vtexid login a b c", "logged in to c"),
    ("vtexid logout mystore", "mystore"),
    ("vtexid logout --all", "c"),
    // The browser is on another machine
    ("vtexid login mystore", "logged in to mystore"),
    (
        "vtexid login mystore --with-token < token.txt",
        "logged in to mystore",
    ),
    // Shoppers
    (
        "vtexid login mystore --shopper ana@example.com",
        "as the shopper ana@example.com",
    ),
    (
        "vtexid login mystore --oauth-provider NAME --duration 30m < access-token",
        "as the shopper ana@example.com",
    ),
    // docs/token.md
    ("vtexid status", "commands use: mystore user"),
    ("vtexid local token --as key", "eyJ"),
    ("vtexid local token", "eyJ"),
    (
        "vtexid local token --format header | curl -H @- URL",
        "Acme",
    ),
    ("vtexid local token --min-validity 10m", "eyJ"),
    ("vtexid local token --json", "\"expires_on\""),
    // docs/ci.md
    (
        "export VTEX_APP_KEY=vtexappkey-mystore-ABCDEF VTEX_APP_TOKEN=…",
        "",
    ),
    ("vtexid apptoken", "eyJ"),
    (
        "vtexid apptoken --app-key KEY --app-token-file /run/secrets/vtex",
        "eyJ",
    ),
    // docs/toolbelt.md
    (
        "vtexid toolbelt import",
        "third (dev@example.com, keyring): imported",
    ),
    (
        "vtexid toolbelt export",
        "logged in to mystore as dev@example.com",
    ),
    (
        "vtexid toolbelt export --workspace master",
        "logged in to mystore as ",
    ),
    // docs/inspect.md
    ("vtexid inspect", "dev@example.com"),
    ("vtexid inspect --stored -a mystore", "dev@example.com"),
    ("vtexid inspect --claim exp", "17"),
    ("vtexid inspect --check=10m", "dev@example.com"),
    ("vtexid inspect --key key.json", "valid, ES256 with the key"),
    ("vtexid inspect --online", "yes, says VTEX ID"),
    (
        "vtexid inspect --json < tokens.txt",
        "\"login\":\"dev@example.com\"",
    ),
];

/// A line with its placeholders filled in.
fn filled(line: &str) -> String {
    let key = sandbox::app_key("mystore");
    let url = "https://mystore.vtexcommercestable.com.br/api/catalog_system/pvt/brand/list";
    line.replace("vtexappkey-mystore-ABCDEF", &key)
        .replace("--app-key KEY", &format!("--app-key {key}"))
        .replace(
            "--oauth-provider NAME",
            &format!("--oauth-provider {}", sandbox::PROVIDER),
        )
        .replace(
            "VTEX_APP_TOKEN=…",
            &format!("VTEX_APP_TOKEN={}", sandbox::app_token()),
        )
        .replace("-H @- URL", &format!("-H @- {url}"))
}

/// A person at a terminal who types the commands of the pages.
struct Person {
    machine: Machine,
    /// What was exported so far.
    exports: String,
}

impl Person {
    /// What a terminal shows of a command, with what the person does in the browser meanwhile.
    fn types(&mut self, line: &str, section: &str) -> String {
        let line = filled(line);
        if line.starts_with("export ") {
            self.exports += &(line.clone() + "\n");
        }
        let home = &self.machine.home;
        let typed = |script: &str| fs::write(self.machine.path("typed.sh"), script).unwrap();
        if line.contains(SECRETS) {
            // Instead of what was exported.
            typed(&line);
            let app_token = sandbox::app_token();
            return with_secret(home, "vtex", &app_token, &["bash", "typed.sh"]).success();
        }
        typed(&format!("{}{line}\n", self.exports));
        if bare(&line).ends_with(" -") {
            let token = run(home.vtexid(&["local", "token"])).success();
            return run_with(LIMIT, home.command("bash", &["typed.sh"]), &token).success();
        }
        let mut command = home.terminal("bash typed.sh");
        let over_ssh =
            section == "The browser is on another machine" && !line.contains("--with-token");
        if over_ssh {
            command.env("SSH_CONNECTION", "192.0.2.7 50000 192.0.2.9 22");
            command.env_remove("BROWSER");
        }
        let mut terminal = Running::start(command);
        if over_ssh {
            let page = eventually("the invitation to paste", || {
                let said = terminal.stdout();
                let page = said.lines().find(|line| line.starts_with("  https://"));
                said.contains("paste the final URL")
                    .then(|| page.unwrap().trim().to_owned())
            });
            let way_back = http::way_back(&self.reachable(&page), EMAIL);
            terminal.type_in(&(way_back + "\n"));
        }
        if line.contains("--shopper") {
            eventually("the question for the code", || {
                terminal
                    .stdout()
                    .contains("code from the e-mail")
                    .then_some(())
            });
            let mails = self.machine.sandbox.mails();
            terminal.type_in(&format!("{}\n", mails.last().unwrap().code));
        }
        let opened = self.machine.path("opened");
        eventually("the end of the command", || {
            if let Ok(page) = fs::read_to_string(&opened) {
                fs::remove_file(&opened).unwrap();
                let answer = http::sign_in(&self.reachable(&page), EMAIL);
                assert_eq!(answer.status, 200, "{}", answer.body);
            }
            terminal.ended()
        });
        as_shown(&terminal.wait(LIMIT).success())
    }

    /// The sandbox's address of a page of VTEX's.
    fn reachable(&self, page: &str) -> String {
        let port = self.machine.sandbox.port();
        page.replace("https://", "http://")
            .replace(".myvtex.com/", &format!(".localhost:{port}/"))
    }

    /// What a command needs: a file, or what is shown to be stored.
    fn prepare(&self, line: &str, section: &str) {
        if section == "Which credential a command uses" && line.contains("status") {
            self.save_key_and_shopper();
        }
        if line.contains("@price.json") {
            fs::write(self.machine.path("price.json"), "{\"basePrice\": 20}").unwrap();
        }
        if line.contains("< token.txt") {
            let token = run(self.machine.home.vtexid(&["local", "token"])).success();
            fs::write(self.machine.path("token.txt"), token).unwrap();
        }
        if line.contains("< access-token") {
            let token = format!("{}ana@example.com", sandbox::PROVIDER_TOKEN);
            fs::write(self.machine.path("access-token"), token).unwrap();
        }
        if line.contains("--key key.json") {
            let key = self.machine.sandbox.jwk().to_string();
            fs::write(self.machine.path("key.json"), key).unwrap();
        }
        if line.contains("< tokens.txt") {
            let token = run(self.machine.home.vtexid(&["local", "token"])).success();
            fs::write(self.machine.path("tokens.txt"), token.repeat(2)).unwrap();
        }
        if line.contains("toolbelt import") {
            let claims = serde_json::json!({
                "sub": EMAIL, "account": "third", "audience": "admin",
                "exp": jiff::Timestamp::now().as_second() + 3600,
            });
            let tokens = serde_json::json!({ "third": self.machine.sandbox.mint(&claims) });
            fs::create_dir_all(self.machine.path(".vtex/session")).unwrap();
            let path = self.machine.path(".vtex/session/tokens.json");
            fs::write(path, tokens.to_string()).unwrap();
        }
    }
}

impl Person {
    /// An app key, whose token has expired by the index, and a shopper.
    fn save_key_and_shopper(&self) {
        let home = &self.machine.home;
        let key = sandbox::app_key("mystore");
        let mut save = home.vtexid(&["apptoken", "--save"]);
        save.env("VTEX_APP_KEY", &key);
        save.env("VTEX_APP_TOKEN", sandbox::app_token());
        run(save).success();
        let now = jiff::Timestamp::now().as_second();
        let claims = serde_json::json!({
            "sub": "ana@example.com", "account": "mystore", "audience": "webstore",
            "exp": now + 3 * 3600 + 150,
        });
        let token = self.machine.sandbox.mint(&claims);
        let login = home.vtexid(&["login", "mystore", "--with-token"]);
        run_with(LIMIT, login, &token).success();
        let index = home.files_with("\"shoppers\"");
        assert!(!index.is_empty());
        for path in index {
            let text = fs::read_to_string(&path).unwrap();
            let mut index: Value = serde_json::from_str(&text).unwrap();
            let entry = &mut index["accounts"]["mystore"]["key"];
            entry["expires_on"] = (now - 60).into();
            for field in ["login", "app_key"] {
                entry[field] = "vtexappkey-mystore-ABCDEF".into();
                // In its first second the user's token has a whole day left.
                eventually("a token that is older than a second", || {
                    let status = run(home.vtexid(&["status"])).success();
                    status.contains("23h").then_some(())
                });
            }
            fs::write(&path, index.to_string()).unwrap();
        }
    }
}

/// What is left on the screen.
fn as_shown(output: &str) -> String {
    // The terminal is asked to mark what is pasted, which shows nothing.
    let output = output
        .replace("\u{1b}[?2004h", "")
        .replace("\u{1b}[?2004l", "");
    let lines = output.split("\r\n");
    let lines = lines.map(|line| line.rsplit("\r\x1b[K").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// A line without what differs from one day to the next: numbers, and so durations.
fn timeless(line: &str) -> String {
    // What the prompt asks of the terminal, which draws nothing.
    let line = line.replace("\x1b[?2004h", "").replace("\x1b[?2004l", "");
    let mut text = String::new();
    for c in line.chars() {
        if !c.is_ascii_digit() {
            text.push(c);
        } else if !text.ends_with('0') {
            text.push('0');
        }
    }
    for span in ["0h 0m", "0d 0h", "0m", "0d"] {
        text = text.replace(span, "0h");
    }
    text
}

/// Checks that a block shows this output: `…` stands for the rest of a line, or on a line of its own for the rest of
/// all lines.
fn assert_shows(expected: &[&str], output: &str) {
    let mut lines = output.trim_end().lines();
    let end = expected.iter().rposition(|line| !line.is_empty());
    for expected in &expected[..end.map_or(0, |end| end + 1)] {
        if *expected == "…" {
            return;
        }
        let line = lines
            .next()
            .unwrap_or_else(|| panic!("no {expected:?} in:\n{output}"));
        let (line, wanted) = (timeless(line), timeless(expected));
        let same = match wanted.split_once('…') {
            Some((start, "")) => line.starts_with(start.trim_end()),
            Some(_) => panic!("{expected:?} goes on after `…`"),
            None => line == wanted,
        };
        assert!(
            same,
            "{expected:?} in the documentation is\n{line:?} in:\n{output}"
        );
    }
    assert_eq!(
        lines.next(),
        None,
        "the documentation shows less than:\n{output}"
    );
}

#[test]
fn every_command_does_what_is_shown() {
    let programs = [
        &bus::PARTS[..],
        Xvfb::PARTS,
        &["bash", "curl", "jq", "unshare", "mount"],
    ]
    .concat();
    let Some(mut machine) = Machine::new(&programs) else {
        return;
    };
    let mounts = mounts(&machine.home);
    let _bus = Bus::start(&mut machine.home);
    let _keyring = Keyring::start(&machine.home);
    let _display = Xvfb::start(&mut machine.home);
    let opened = machine.path("opened");
    let browser = machine.install(
        "browser",
        &format!("printf %s \"$1\" >'{opened}.new' && mv '{opened}.new' '{opened}'"),
    );
    machine.home.set("BROWSER", browser);
    let mut person = Person {
        machine,
        exports: String::new(),
    };
    let mut walk = WALK.into_iter();
    for block in blocks() {
        for (line, expected) in block.commands() {
            if is_elsewhere(line) {
                continue;
            }
            let (known, part) = walk.next().unwrap_or((line, ""));
            assert_eq!(bare(line), known, "what WALK has next");
            if line.contains(SECRETS) && !mounts {
                continue;
            }
            person.prepare(line, block.section);
            let output = person.types(line, block.section);
            assert!(output.contains(part), "{line}: no {part:?} in:\n{output}");
            if block.language == "console" {
                assert_shows(&expected, &output);
            }
        }
    }
    assert_eq!(walk.next(), None, "in no page any more");
}

#[test]
fn every_block_and_every_exception_is_known() {
    let mut lines: Vec<String> = Vec::new();
    for block in blocks() {
        match block.language {
            "sh" | "console" => {
                let commands = block.commands();
                lines.extend(commands.iter().map(|(line, _)| bare(line).to_owned()));
            }
            _ => panic!("what is run of {block:?}?"),
        }
    }
    for step in [&GITHUB, &GITHUB_ACTION].into_iter().flat_map(steps) {
        lines.extend(step.uses);
        let script = step.run.unwrap_or_default();
        lines.extend(script.lines().map(|line| bare(line).to_owned()));
    }
    for job in pipeline_jobs() {
        assert!(is_elsewhere(&job.image), "{}", job.image);
        lines.push(job.image);
    }
    for instruction in DOCKERFILE.instructions() {
        lines.extend(instruction.strip_prefix("RUN ").map(str::to_owned));
        lines.push(instruction);
    }
    for (text, why) in ELSEWHERE {
        assert!(
            lines.contains(&owned(text)),
            "{text} ({why}) is in no example any more"
        );
    }
}
