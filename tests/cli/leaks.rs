//! No secret is ever where somebody else could see it

use std::fs;

use assert_cmd::assert::Assert;

use crate::{
    browser::{Browser, get},
    env::{EMAIL, TestEnv, stderr, stdout},
    sandbox::{app_key, app_token},
};

/// What must not be seen, and what it is.
type Secrets = Vec<(&'static str, String)>;

fn assert_clean(place: &str, text: &str, secrets: &Secrets) {
    for (what, secret) in secrets {
        assert!(secret.len() > 8, "{what}: too short to look for");
        // As it is, and as it is in a form or in JSON.
        let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let json = secret.replace('/', "\\/");
        for shape in [secret, &form, &json] {
            // Not shown: it may be the real environment.
            assert!(!text.contains(shape.as_str()), "{what} is in {place}");
        }
    }
}

/// What the login's own requests and files tell of its secrets.
fn secrets_of_login(env: &TestEnv, ott: String) -> Secrets {
    let validate = env
        .requests_to("/api/vtexid/toolbelt/validate")
        .pop()
        .unwrap();
    assert_eq!(validate.form("ott").as_ref(), Some(&ott));
    vec![
        ("the one-time token", ott),
        ("the login's secret", validate.form("secret").unwrap()),
        ("the token", env.token("mystore")),
        ("the refresh token", env.refresh_token("mystore")),
    ]
}

fn assert_disk_clean(env: &TestEnv, secrets: &Secrets) {
    let files = env.files();
    assert!(!files.is_empty());
    for path in files {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        if !path.parent().unwrap().ends_with("secrets") {
            assert_clean(&path.display().to_string(), &text, secrets);
        }
        assert_clean("a file's name", &path.display().to_string(), secrets);
    }
}

#[test]
fn no_secret_is_on_stderr_or_on_disk_outside_its_store() {
    let env = TestEnv::new();
    let mut ended: Vec<(&str, Assert)> = Vec::new();

    let login = env.login_tool("mystore", &["-v"]).start();
    let mut browser = Browser::default();
    let ticket = browser.sign_in(&login.page(), EMAIL);
    get(&format!("{}?ott=a-wrong-one-time-token", ticket.loopback));
    let page = browser.deliver(&ticket);
    let login = login.finish().success();
    let mut secrets = secrets_of_login(&env, ticket.ott);
    secrets.push((
        "the wrong one-time token",
        "a-wrong-one-time-token".to_owned(),
    ));
    secrets.push(("the app token", app_token()));
    assert_clean("the page", &page.body, &secrets);
    assert_clean("stdout of login", &stdout(&login), &secrets);
    ended.push(("login", login));
    assert_disk_clean(&env, &secrets);

    let run = |arguments: &[&str]| env.vtexid(arguments.iter().chain(&["-v"])).run().success();
    ended.push(("local token", run(&["local", "token"])));
    ended.push(("inspect", run(&["inspect"])));
    let status = run(&["status"]);
    assert_clean("stdout of status", &stdout(&status), &secrets);
    ended.push(("status", status));
    let apptoken = env
        .vtexid(["apptoken", "-v"])
        .env("VTEX_APP_KEY", app_key("mystore"))
        .env("VTEX_APP_TOKEN", app_token())
        .run()
        .success();
    secrets.push((
        "the app key's token",
        stdout(&apptoken).trim_end().to_owned(),
    ));
    ended.push(("apptoken", apptoken));
    let refused = env
        .vtexid(["apptoken", "-v", "-a", "otherstore"])
        .env("VTEX_APP_KEY", app_key("mystore"))
        .env("VTEX_APP_TOKEN", app_token())
        .run()
        .code(3);
    ended.push(("a refused apptoken", refused));
    let logout = run(&["logout"]);
    assert_clean("stdout of logout", &stdout(&logout), &secrets);
    ended.push(("logout", logout));

    for (command, done) in &ended {
        let words = stderr(done);
        assert!(words.contains("127.0.0.1") || words.contains("localhost"));
        assert_clean(&format!("stderr of {command}"), &words, &secrets);
    }
    assert_disk_clean(&env, &secrets);
}

#[test]
#[cfg(target_os = "linux")]
fn no_secret_is_in_the_process_list() {
    let env = TestEnv::new();
    env.login("mystore");
    let before = secrets_of_login(
        &env,
        env.requests_to("/api/vtexid/toolbelt/validate")[0]
            .form("ott")
            .unwrap(),
    );
    let login = env.start_login("mystore");
    let mut browser = Browser::default();
    let ticket = browser.sign_in(&login.page(), EMAIL);
    login.wait_for("waiting for the browser");
    let own = fs::read(format!("/proc/{}/cmdline", login.id())).unwrap();
    assert!(String::from_utf8_lossy(&own).contains("mystore"));
    let mut seen = String::new();
    for process in fs::read_dir("/proc").unwrap() {
        let process = process.unwrap().path();
        for name in ["cmdline", "environ"] {
            // A process may be gone by now, or be another user's.
            if let Ok(text) = fs::read(process.join(name)) {
                seen += &String::from_utf8_lossy(&text);
            }
        }
    }
    browser.deliver(&ticket);
    login.finish().success();
    assert_clean("the process list", &seen, &before);
    assert_clean(
        "the process list",
        &seen,
        &secrets_of_login(&env, ticket.ott),
    );
}
