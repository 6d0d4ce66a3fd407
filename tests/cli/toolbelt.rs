//! The session files of VTEX's own CLI, read and written.

mod export;
#[cfg(unix)]
mod foreign;
mod import;
mod renewal;

use std::{fs, path::PathBuf};

use predicates::str::contains;
use serde_json::{Value, json};

use crate::{
    env::{TestEnv, Tool, answer, claims, now, stderr, stdout, token_of},
    sandbox,
    support::proxy::Proxy,
};

fn dir(env: &TestEnv) -> PathBuf {
    env.home().join(".vtex").join("session")
}

/// A file with the modes that the toolbelt gives it.
fn put(env: &TestEnv, name: &str, content: impl AsRef<[u8]>) {
    let path = dir(env).join(name);
    fs::create_dir_all(dir(env)).unwrap();
    fs::write(&path, content).unwrap();
    #[cfg(unix)]
    for (path, mode) in [(dir(env), 0o700), (path, 0o600)] {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
}

fn got(env: &TestEnv, name: &str) -> Value {
    serde_json::from_slice(&fs::read(dir(env).join(name)).unwrap()).unwrap()
}

fn token(account: &str, left: i64) -> String {
    token_for("ana@example.com", account, now() + left)
}

fn token_for(user: &str, account: &str, exp: i64) -> String {
    token_of(&json!({
        "sub": user, "account": account, "audience": "admin", "type": "user", "exp": exp
    }))
}

/// What the toolbelt writes when somebody logs in.
fn put_session(env: &TestEnv, account: &str, login: &str, token: &str, workspace: &str) {
    let session = json!({"account": account, "lastAccount": null, "login": login, "token": token});
    put(env, "session.json", tabbed(&session));
    let place = json!({"currentWorkspace": workspace, "lastWorkspace": null});
    put(env, "workspace.json", tabbed(&place));
}

fn put_tokens(env: &TestEnv, tokens: &Value) {
    put(env, "tokens.json", tabbed(tokens));
}

/// JSON as the toolbelt writes it.
fn tabbed(value: &Value) -> Vec<u8> {
    let mut text = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(b"\t");
    let mut serializer = serde_json::Serializer::with_formatter(&mut text, format);
    serde::Serialize::serialize(value, &mut serializer).unwrap();
    text
}

/// The refresh token in the file store.
fn refresh_of(env: &TestEnv, account: &str) -> Option<String> {
    let entry = env.stored(account, "login");
    entry["refresh_token"].as_str().map(str::to_owned)
}

/// The tool as it is with VTEX itself, which it cannot reach.
fn vtexid(env: &TestEnv, arguments: &[&str]) -> Tool {
    env.vtexid(arguments)
        .without("VTEXID_URL")
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
}

fn import(env: &TestEnv) -> Tool {
    vtexid(env, &["toolbelt", "import", "--store", "file"])
}

/// Logs in with a token that is valid for an hour.
fn login(env: &TestEnv, account: &str) -> String {
    let token = token(account, 3600);
    vtexid(env, &["login", account, "--with-token", "--store", "file"])
        .stdin(token.clone())
        .run()
        .success();
    token
}

fn kept(env: &TestEnv, account: &str) -> String {
    let done = vtexid(env, &["local", "token", "-a", account])
        .run()
        .success();
    stdout(&done).trim_end().to_owned()
}

/// A session that can be renewed, as after an import.
fn renewable(env: &TestEnv, account: &str, exp: i64, refresh: &str) -> String {
    let token = token_for("ana@example.com", account, exp);
    put_tokens(
        env,
        &json!({account: token, format!("{account}_refresh_token"): refresh}),
    );
    import(env).arg("-a").arg(account).run().success();
    fs::remove_dir_all(dir(env)).unwrap();
    token
}

fn age(path: &std::path::Path) {
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(1200);
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(old).unwrap();
}

/// The toolbelt's log, with a token in it.
fn put_log(env: &TestEnv) -> PathBuf {
    let dir = env.home().join(".vtex").join("logs");
    fs::create_dir_all(&dir).unwrap();
    let path = dir.join("debug.json");
    let line = json!({"level": "debug", "message": format!("token {}", token("mystore", 600))});
    fs::write(&path, format!("{line}\n")).unwrap();
    path
}
