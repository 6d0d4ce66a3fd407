//! Tokens in the kernel's own key service, looked at with `keyctl` from another session.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::home::{ACCOUNT, EMAIL, Home};
use crate::parts;
use crate::process::{LIMIT, run, run_with};
use crate::sandbox::{Options, Sandbox, app_key, app_token};

/// A server: no bus, no display, and a kernel.
struct Server {
    sandbox: Sandbox,
    home: Home,
}

impl Server {
    fn new() -> Option<Self> {
        if !parts::present(&["keyctl"]) {
            return None;
        }
        let sandbox = Sandbox::start(Options::default()).unwrap();
        let mut home = Home::new();
        home.set("VTEXID_URL", sandbox.url());
        Some(Self { sandbox, home })
    }

    /// The name of a secret's key.
    fn key(&self, scope: &str) -> String {
        let port = self.sandbox.port();
        format!("vtexid-sandbox-127.0.0.1-{port}:{ACCOUNT}:{scope}")
    }

    /// What the kernel holds under it.
    fn stored(&self, scope: &str) -> Option<String> {
        let key = self.key(scope);
        let found = self.keyctl(&format!("keyctl search $ring user {key}"))?;
        self.keyctl(&format!("keyctl pipe {}", found.trim()))
    }

    /// A secret of the user's entry.
    fn secret(&self, field: &str) -> Option<String> {
        let item: Value = serde_json::from_str(&self.stored("login")?).unwrap();
        item[field].as_str().map(str::to_owned)
    }

    fn token(&self) -> Option<String> {
        self.secret("token")
    }

    /// Runs this with the user's persistent keyring in `$ring`.
    fn keyctl(&self, script: &str) -> Option<String> {
        let script = format!("ring=$(keyctl get_persistent @s) && {script}");
        let mut command = self.home.command("keyctl", &["session", "-", "sh", "-c"]);
        command.arg(script);
        let done = command.output().unwrap();
        (done.status.success()).then(|| String::from_utf8(done.stdout).unwrap())
    }

    /// As a restart of the machine does, or three days.
    fn forget(&self) {
        for scope in ["login", "key"] {
            let key = self.key(scope);
            self.keyctl(&format!(
                "keyctl unlink $(keyctl search $ring user {key}) $ring"
            ));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.forget();
    }
}

#[test]
fn a_token_is_saved_in_the_kernel_and_in_no_file() {
    let Some(server) = Server::new() else { return };
    let home = &server.home;
    let said = home.login(&["--store", "kernel"]);
    assert!(said.stderr.contains("until a restart"), "{}", said.stderr);
    said.success();
    let printed = run(home.vtexid(&["local", "token"])).success();
    let token = printed.trim_end();
    assert_eq!(server.token().as_deref(), Some(token));
    assert!(server.secret("refresh_token").is_some());
    assert_eq!(server.stored("probe"), None, "the probe is left behind");
    assert_eq!(home.files_with(token), Vec::<String>::new());

    // From a shell with a session of its own, and from one that has none.
    for wrapped in [
        "keyctl session - \"$VTEXID\" local token",
        "exec setsid \"$VTEXID\" local token",
    ] {
        let again = run(home.shell(wrapped)).success();
        assert_eq!(again.lines().last(), Some(token), "{wrapped}");
    }

    let status = run(home.vtexid(&["status", "--json"])).success();
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["accounts"][0]["login"], EMAIL);
    assert_eq!(status["accounts"][0]["store"], "kernel");

    // The store is remembered, and a renewal replaces the key.
    let renewed = run(home.vtexid(&["local", "token", "--refresh"])).success();
    assert_ne!(renewed, printed);
    assert_eq!(server.token().as_deref(), Some(renewed.trim_end()));

    // Whoever holds the key elsewhere has it no longer.
    let key = server.key("login");
    let held = format!(
        "id=$(keyctl search $ring user {key} @s) && \"$VTEXID\" logout >&2 && ! keyctl pipe $id && echo gone"
    );
    assert_eq!(server.keyctl(&held).as_deref(), Some("gone\n"));
    assert_eq!(server.stored("login"), None);
}

#[test]
fn what_the_kernel_forgot_is_said_with_what_to_do() {
    let Some(server) = Server::new() else { return };
    let home = &server.home;
    home.login(&["--store", "kernel"]).success();
    server.forget();
    let said = run(home.vtexid(&["local", "token"])).failure(4);
    assert!(
        said.contains("the token of mystore is gone from the kernel's memory"),
        "{said}"
    );
    assert!(said.contains("run `vtexid login mystore"), "{said}");
    run(home.vtexid(&["logout"])).success();
}

/// As in a rootless container that shares the home directory.
#[test]
fn in_a_user_namespace_a_token_kept_outside_is_not_taken_for_deleted() {
    let Some(server) = Server::new() else { return };
    let home = &server.home;
    let inside = |arguments: &[&str]| {
        let mut command = home.command("unshare", &["-Ur", env!("CARGO_BIN_EXE_vtexid")]);
        command.args(arguments);
        command
    };
    if !parts::can_unshare(&["-Ur"]) {
        return;
    }
    home.login(&["--store", "kernel"]).success();
    let before = server.sandbox.requests().len();
    let words = run(inside(&["local", "token"])).failure(5);
    assert!(words.contains("user namespace"), "{words}");
    assert!(
        words.contains("hint: run it where you logged in"),
        "{words}"
    );
    for arguments in [&["logout"][..], &["logout", "--all"]] {
        let words = run(inside(arguments)).failure(5);
        let force = format!("`vtexid logout {ACCOUNT} --force`");
        assert!(words.contains(&force), "{words}");
        assert!(words.contains("stays valid until"), "{words}");
    }
    assert_eq!(server.sandbox.requests().len(), before);
    // Nothing was lost, and the namespace can have a session of its own.
    run(home.vtexid(&["local", "token"])).success();
    let forced = run(inside(&["logout", "--force"]));
    assert!(forced.stderr.contains("could not delete"), "{forced:?}");
    let said = forced.success();
    assert!(said.contains("not deleted and not revoked"), "{said}");
    let script = format!(
        r#""$VTEXID" login {ACCOUNT} --with-token --store kernel && "$VTEXID" local token && "$VTEXID" logout >&2"#
    );
    let claims = json!({"sub": EMAIL, "account": ACCOUNT, "audience": "admin",
        "exp": 4_000_000_000_u32});
    let token = server.sandbox.mint(&claims);
    let own = home.command("unshare", &["-Ur", "sh", "-c", &script]);
    let printed = run_with(LIMIT, own, &token).success();
    assert_eq!(printed.trim_end(), token);
}

#[test]
fn a_token_longer_than_a_key_may_be_is_refused_and_nothing_is_left() {
    let Some(server) = Server::new() else { return };
    let home = &server.home;
    let claims = json!({"sub": EMAIL, "account": ACCOUNT, "audience": "admin",
        "exp": 4_000_000_000_u32, "filler": "x".repeat(30_000)});
    let token = server.sandbox.mint(&claims);
    let login = home.vtexid(&["login", ACCOUNT, "--with-token", "--store", "kernel"]);
    let said = run_with(LIMIT, login, &token).failure(5);
    assert!(
        said.contains("a key can have at most 32,767 bytes"),
        "{said}"
    );
    assert!(!said.contains(&token), "{said}");
    assert_eq!(server.stored("login"), None);
    run(home.vtexid(&["status"])).failure(4);
}

#[test]
fn a_login_to_another_store_leaves_the_app_key_where_it_is() {
    let Some(server) = Server::new() else { return };
    let mut save = server
        .home
        .vtexid(&["apptoken", "--save", "--store", "file"]);
    save.env("VTEX_APP_KEY", app_key(ACCOUNT));
    save.env("VTEX_APP_TOKEN", app_token());
    let token = run(save).success();
    let home = &server.home;
    let [kept] = &home.files_with(&app_token())[..] else {
        panic!("the app token is in one file");
    };
    let login = |token: &str| {
        let login = home.vtexid(&["login", ACCOUNT, "--with-token", "--store", "kernel"]);
        run_with(LIMIT, login, token)
    };
    let claims = json!({"sub": EMAIL, "account": ACCOUNT, "audience": "admin",
        "exp": 4_000_000_000_u32});
    let person = server.sandbox.mint(&claims);
    // Nobody's login needs it, not even where it cannot be read.
    fs::set_permissions(kept, Permissions::from_mode(0o644)).unwrap();
    login(&person).success();
    assert_eq!(server.token(), Some(person.clone()));
    // With its own token it would have to move along.
    let said = login(&token).failure(5);
    assert!(said.contains(kept.as_str()), "{said}");
    assert_eq!(server.stored("key"), None);
    assert_eq!(home.files_with(&app_token()), std::slice::from_ref(kept));
    fs::set_permissions(kept, Permissions::from_mode(0o600)).unwrap();
    let as_key = || run(home.vtexid(&["local", "token", "--as", "key"])).success();
    assert_eq!(as_key(), token);
    // Now it does, and the person's token stays.
    login(&token).success();
    assert!(home.files_with(&app_token()).is_empty());
    assert!(server.stored("key").unwrap().contains(&app_token()));
    assert_eq!(as_key(), token);
    assert_eq!(server.token(), Some(person));
    run(home.vtexid(&["logout"])).success();
    assert_eq!(server.stored("login"), None);
    assert_eq!(server.stored("key"), None);
}
