//! What to do about a keyring that is not there: it depends on the desktop and
//! on where the person sits.
#![cfg(target_os = "linux")]

use crate::env::{TestEnv, Tool, stderr};

/// What a login says that finds no keyring, with these variables set.
fn hints(variables: &[(&str, &str)]) -> String {
    let env = TestEnv::new();
    let login = env.vtexid(["login", "mystore", "--no-browser", "--store", "keyring"]);
    let login = variables
        .iter()
        .fold(login, |login: Tool, (name, value)| login.env(name, value));
    let said = stderr(&login.run().code(5));
    let hints: Vec<&str> = said
        .lines()
        .filter(|line| line.starts_with("hint: "))
        .collect();
    assert!(!hints.is_empty(), "{said}");
    hints.join("\n")
}

const DISPLAY: (&str, &str) = ("DISPLAY", ":4711");

#[test]
fn over_ssh_and_without_a_display_the_kernels_store_comes_first() {
    let ssh = ("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.9 22");
    let kde = ("XDG_CURRENT_DESKTOP", "KDE");
    for variables in [&[][..], &[ssh], &[ssh, DISPLAY, kde]] {
        let hint = hints(variables);
        let first = "hint: run `vtexid login mystore --store kernel`";
        assert!(hint.starts_with(first), "{variables:?}: {hint}");
    }
}

#[test]
fn a_desktops_own_keyring_is_named_first() {
    for (desktop, keyring) in [
        ("KDE", "turn on KWallet"),
        ("ubuntu:GNOME", "install gnome-keyring"),
        ("X-Cinnamon", "install gnome-keyring"),
        ("sway", "install or start a keyring"),
        ("", "install or start a keyring"),
    ] {
        let hint = hints(&[DISPLAY, ("XDG_CURRENT_DESKTOP", desktop)]);
        assert!(
            hint.starts_with(&format!("hint: {keyring}")),
            "{desktop}: {hint}"
        );
        let second = "\nhint: run `vtexid login mystore --store kernel`";
        assert!(hint.contains(second), "{desktop}: {hint}");
    }
}

#[test]
fn doctor_names_the_account_it_is_about() {
    let env = TestEnv::new();
    let doctor = env.vtexid(["doctor"]).run();
    let said = crate::env::stdout(&doctor);
    // Nobody is known there to log in to.
    assert!(
        said.contains("`vtexid login ACCOUNT --store kernel`"),
        "{said}"
    );
    env.login("mystore");
    let said = crate::env::stdout(&env.vtexid(["doctor"]).run());
    assert!(
        said.contains("`vtexid login mystore --store keyring`"),
        "{said}"
    );
    assert!(!said.contains("ACCOUNT"), "{said}");
}
