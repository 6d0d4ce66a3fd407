//! The examples for CI.

use super::*;

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
