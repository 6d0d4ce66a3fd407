//! What an earlier release stored: read as it is, and moved at the next write.

use std::{
    fs,
    path::{Path, PathBuf},
};

use predicates::str::contains;
use serde_json::{Value, json};

use crate::{
    env::{TestEnv, answer, claims, now, stdout},
    sandbox,
};

const ANA: &str = "ana@example.com";

/// The folder of this sandbox's index, as earlier releases made it.
fn folder(env: &TestEnv) -> PathBuf {
    let dir = env.dir();
    let dir = dir
        .join("sandbox")
        .join(format!("127.0.0.1-{}", env.sandbox.port()));
    fs::create_dir_all(dir.join("secrets")).unwrap();
    #[cfg(unix)]
    for part in [
        env.dir(),
        env.dir().join("sandbox"),
        dir.clone(),
        dir.join("secrets"),
    ] {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(part, fs::Permissions::from_mode(0o700)).unwrap();
    }
    dir
}

fn private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

struct Old {
    env: TestEnv,
    dir: PathBuf,
    admin: String,
    shopper: String,
    made: String,
    workspace: String,
}

/// Four accounts: a user with a saved pair beside it, an app key, a shopper,
/// and a workspace that was taken for an account.
fn old() -> Old {
    let env = TestEnv::new();
    let dir = folder(&env);
    let mint = |claims: Value| {
        let mut claims = claims;
        claims["exp"] = json!(now() + 3600);
        env.sandbox.mint(&claims)
    };
    let admin = mint(json!({"sub": "dev@example.com", "account": "mystore", "audience": "admin"}));
    let shopper = mint(json!({"sub": ANA, "account": "shop", "audience": "webstore"}));
    let key = sandbox::app_key("robot");
    let made = mint(json!({"sub": key, "account": "robot", "audience": "admin", "type": "appkey"}));
    let workspace =
        mint(json!({"sub": "dev@example.com", "account": "mystore", "audience": "admin", "n": 1}));
    let exp = now() + 3600;
    let line = |login: &str, kind: &str| json!({"login": login, "kind": kind, "expires_on": exp, "store": "file"});
    let mut user = line("dev@example.com", "admin");
    user["app_key"] = json!(sandbox::app_key("mystore"));
    let mut robot = line(&key, "app-key");
    robot["app_key"] = json!(key);
    let index = json!({
        "version": 1,
        "current": "mystore",
        "previous": "robot",
        "accounts": {
            "mystore": user,
            "robot": robot,
            "shop": line(ANA, "shopper"),
            "dev--mystore": line("dev@example.com", "admin"),
        }
    });
    private(&dir.join("index.json"), &index.to_string());
    let secrets = dir.join("secrets");
    for (name, text) in [
        ("mystore.user", &*admin),
        ("mystore.refresh", "old-refresh"),
        ("mystore.app-token", &sandbox::app_token()),
        ("robot.user", &made),
        ("robot.app-token", &sandbox::app_token()),
        ("shop.user", &shopper),
        ("dev--mystore.user", &workspace),
    ] {
        private(&secrets.join(name), text);
    }
    Old {
        env,
        dir,
        admin,
        shopper,
        made,
        workspace,
    }
}

impl Old {
    fn print(&self, more: &[&str]) -> String {
        let done = self.env.vtexid([&["local", "token"], more].concat()).run();
        stdout(&done.success()).trim_end().to_owned()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.dir.join("secrets"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn check(&self) {
        assert_eq!(self.print(&[]), self.admin);
        assert_eq!(self.print(&["-a", "shop", "--as", ANA]), self.shopper);
        assert_eq!(self.print(&["-a", "robot"]), self.made);
        assert_eq!(self.print(&["-a", "dev--mystore"]), self.workspace);
        // The pair beside the user makes a token of its own.
        let made = self.print(&["--as", "key"]);
        assert_eq!(claims(&made)["sub"], "vtexappkey-mystore-SANDBX");
    }
}

#[test]
fn everything_in_an_old_index_is_read() {
    let old = old();
    let status = answer(&old.env.vtexid(["status", "--json"]).run().success());
    let lines: Vec<(&str, &str)> = status["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| {
            (
                l["account"].as_str().unwrap(),
                l["credential"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("dev--mystore", "user"),
            ("mystore", "user"),
            ("mystore", "key"),
            ("robot", "key"),
            ("shop", ANA)
        ]
    );
    assert_eq!(status["current"]["account"], "mystore");
    assert_eq!(
        old.names().len(),
        7,
        "nothing moves before it is written to"
    );
    old.check();
}

#[test]
fn the_next_write_moves_an_account_without_loss() {
    let old = old();
    // Changes the index alone.
    old.env.vtexid(["switch", "robot"]).run().success();
    old.env.vtexid(["switch", "-"]).run().success();
    assert_eq!(old.names().len(), 7);
    let index = fs::read_to_string(old.dir.join("index.json")).unwrap();
    let index: Value = serde_json::from_str(&index).unwrap();
    assert_eq!(index["version"], 2);
    old.check();
    // Making the key's token wrote to mystore.
    let names = old.names();
    for name in ["mystore.key", "mystore.login"] {
        assert!(names.iter().any(|n| n == name), "{names:?}");
    }
    for name in ["mystore.user", "mystore.refresh", "mystore.app-token"] {
        assert!(!names.iter().any(|n| n == name), "{names:?}");
    }
    let login = fs::read_to_string(old.dir.join("secrets").join("mystore.login")).unwrap();
    let login: Value = serde_json::from_str(&login).unwrap();
    assert_eq!(login["refresh_token"], "old-refresh");
    old.check();
}

#[test]
fn a_user_who_logs_in_beside_an_old_shopper_or_key_replaces_neither() {
    let old = old();
    for account in ["shop", "robot"] {
        old.env.login(account);
        assert_eq!(claims(&old.print(&["-a", account]))["audience"], "admin");
    }
    assert_eq!(old.print(&["-a", "shop", "--as", ANA]), old.shopper);
    assert_eq!(old.print(&["-a", "robot", "--as", "key"]), old.made);
}

#[test]
fn a_logout_leaves_nothing_of_an_old_account() {
    let old = old();
    for account in ["mystore", "robot", "shop", "dev--mystore"] {
        old.env.vtexid(["logout", account]).run().success();
    }
    assert_eq!(old.names(), [""; 0]);
    assert!(old.env.sandbox.revoked(&old.admin));
    old.env.assert_nothing_kept();
}

/// An old account has one token entry, whoever's it is.
#[test]
fn a_logout_of_an_old_user_or_key_leaves_the_other() {
    let first = old();
    let logout = |old: &Old, slot: &str| {
        let tool = old.env.vtexid(["logout", "mystore", "--as", slot]);
        tool.run().success();
    };
    logout(&first, "key");
    assert_eq!(first.print(&[]), first.admin);
    let names = first.names();
    assert!(names.contains(&"mystore.refresh".to_owned()), "{names:?}");
    assert!(
        !names.contains(&"mystore.app-token".to_owned()),
        "{names:?}"
    );
    let other = old();
    logout(&other, "user");
    assert!(!other.names().contains(&"mystore.user".to_owned()));
    let made = other.print(&["--as", "key"]);
    assert_eq!(claims(&made)["sub"], "vtexappkey-mystore-SANDBX");
}

#[test]
fn an_index_of_a_newer_version_is_not_changed() {
    let old = old();
    let path = old.dir.join("index.json");
    let newer = json!({"version": 3, "accounts": []}).to_string();
    private(&path, &newer);
    old.env.vtexid(["status"]).run().code(1).stderr(contains(
        "was written by a newer vtexid (version 3, but this one supports 2)",
    ));
    assert_eq!(fs::read_to_string(path).unwrap(), newer);
}
