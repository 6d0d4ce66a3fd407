//! Every form a token is printed in, taken by the program it is for.

use std::fs;
use std::time::Duration;

use crate::home::Home;
use crate::parts;
use crate::process::{LIMIT, Running, eventually, run};
use crate::sandbox::{self, Failure, How, Options, Sandbox};

const BRANDS: &str = "/api/catalog_system/pvt/brand/list";

/// Logged in, with the address of an API that wants the token.
fn logged_in(programs: &[&str], audience: &str) -> Option<(Sandbox, Home)> {
    if !parts::present(programs) {
        return None;
    }
    let sandbox = Sandbox::start(Options {
        audience: audience.to_owned(),
        ..Options::default()
    })
    .unwrap();
    let mut home = Home::new();
    home.set("VTEXID_URL", sandbox.url());
    home.set(
        "URL",
        format!("http://mystore.localhost:{}{BRANDS}", sandbox.port()),
    );
    home.login(&["--store", "file"]).success();
    Some((sandbox, home))
}

fn token(home: &Home) -> String {
    let token = run(home.vtexid(&["local", "token"])).success();
    token.trim_end().to_owned()
}

/// What the API was sent by the last request, as a header or a cookie.
fn sent(sandbox: &Sandbox, name: &str) -> Option<String> {
    let requests = sandbox.requests();
    let last = requests.iter().rfind(|request| request.path == BRANDS)?;
    last.header(name)
        .map(str::to_owned)
        .or_else(|| last.cookie(name))
}

#[test]
fn curl_takes_each_of_its_forms_and_shows_the_token_to_nobody() {
    for (audience, name) in [
        ("admin", "VtexIdclientAutCookie"),
        ("webstore", "VtexIdclientAutCookie_mystore"),
    ] {
        let Some((sandbox, home)) = logged_in(&["curl"], audience) else {
            return;
        };
        let token = token(&home);
        sandbox.fail(Failure {
            path: BRANDS.to_owned(),
            how: How::Delay(Duration::from_secs(1)),
            times: u32::MAX,
        });
        for (format, option) in [("header", "-H @-"), ("curl", "-K -"), ("cookie", "-b -")] {
            let before = sandbox.requests().len();
            let curl = Running::start(home.shell(&format!(
                r#""$VTEXID" local token --format {format} | curl -sS {option} "$URL""#
            )));
            // While curl waits for its answer, everybody can see its arguments.
            eventually("the request", || {
                (sandbox.requests().len() > before).then_some(())
            });
            let seen = arguments();
            assert!(seen.contains("curl"), "{seen}");
            assert!(!seen.contains(&token), "{format}");
            curl.wait(LIMIT).success();
            assert_eq!(sent(&sandbox, name).as_deref(), Some(&*token), "{format}");
        }
    }
}

/// The arguments of every process.
fn arguments() -> String {
    let mut all = String::new();
    for entry in fs::read_dir("/proc").unwrap().map(Result::unwrap) {
        if let Ok(bytes) = fs::read(entry.path().join("cmdline")) {
            all += &String::from_utf8_lossy(&bytes).replace('\0', " ");
            all.push('\n');
        }
    }
    all
}

#[test]
fn shells_take_the_form_that_sets_the_variable() {
    for (shell, script) in [
        (
            "bash",
            r#"eval "$("$VTEXID" local token --format env)"; env"#,
        ),
        (
            "dash",
            r#"eval "$("$VTEXID" local token --format env)"; env"#,
        ),
        (
            "zsh",
            r#"eval "$("$VTEXID" local token --format env)"; env"#,
        ),
        ("fish", r"$VTEXID local token --format fish | source; env"),
    ] {
        let Some((_sandbox, home)) = logged_in(&[shell], "admin") else {
            continue;
        };
        let expected = format!("VTEX_TOKEN={}", token(&home));
        let seen = run(home.command(shell, &["-c", script])).success();
        assert!(seen.lines().any(|line| line == expected), "{shell}: {seen}");
    }
}

#[test]
fn powershell_takes_the_form_that_sets_the_variable() {
    let Some((_sandbox, home)) = logged_in(&[], "admin") else {
        return;
    };
    let printed = run(home.vtexid(&["local", "token", "--format", "powershell"])).success();
    assert_eq!(printed, format!("$env:VTEX_TOKEN = '{}'\n", token(&home)));
}

#[test]
fn an_app_keys_token_and_the_pair_itself_take_the_same_ways() {
    let Some((sandbox, mut home)) = logged_in(&["curl"], "admin") else {
        return;
    };
    home.set("VTEX_APP_KEY", sandbox::app_key("mystore"));
    home.set("VTEX_APP_TOKEN", sandbox::app_token());
    for (format, option) in [("header", "-H @-"), ("curl", "-K -"), ("cookie", "-b -")] {
        let script =
            format!(r#""$VTEXID" apptoken --format {format} | curl -sS --fail {option} "$URL""#);
        run(home.shell(&script)).success();
    }
    let asked = sandbox.requests().len();
    let script = r#""$VTEXID" apptoken --format key-headers | curl -sS -o /dev/null -H @- "$URL""#;
    run(home.shell(script)).success();
    assert_eq!(
        sent(&sandbox, "X-VTEX-API-AppKey"),
        Some(sandbox::app_key("mystore"))
    );
    assert_eq!(
        sent(&sandbox, "X-VTEX-API-AppToken"),
        Some(sandbox::app_token())
    );
    // Nothing but curl's own request: the pair is not exchanged.
    assert_eq!(sandbox.requests().len(), asked + 1);
}

#[test]
fn github_actions_masks_the_token_and_stdout_stays_clean() {
    let Some((_sandbox, mut home)) = logged_in(&[], "admin") else {
        return;
    };
    let token = token(&home);
    home.set("GITHUB_ACTIONS", "true");
    let outcome = run(home.vtexid(&["local", "token", "-q"]));
    let mask = |stderr: &str| {
        let line = stderr.lines().find(|line| line.starts_with("::"));
        line.unwrap_or_default().to_owned()
    };
    assert_eq!(mask(&outcome.stderr), format!("::add-mask::{token}"));
    assert_eq!(outcome.success(), format!("{token}\n"));
    home.set("VTEX_APP_KEY", sandbox::app_key("mystore"));
    home.set("VTEX_APP_TOKEN", sandbox::app_token());
    let outcome = run(home.vtexid(&["apptoken", "-q", "--format", "key-headers"]));
    assert_eq!(
        mask(&outcome.stderr),
        format!("::add-mask::{}", sandbox::app_token())
    );
    let outcome = run(home.vtexid(&["apptoken", "-q"]));
    assert_eq!(
        mask(&outcome.stderr),
        format!("::add-mask::{}", outcome.stdout.trim_end())
    );
}
