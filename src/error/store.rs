//! Hints for failures of a store. They depend on the desktop, and on the account
//! of the secret.
//!
//! Not for what went wrong (`store`).

use super::{Code, Failure};
use crate::{
    account::Account,
    config::Desktop,
    store::{StoreError, StoreFailure},
};

/// Whether this system has the kernel's store, which lasts until a restart.
const HAS_KERNEL: bool = cfg!(target_os = "linux");

impl From<StoreFailure> for Failure {
    fn from(failure: StoreFailure) -> Self {
        if let StoreError::NoThread(error) = failure.cause {
            return error.into();
        }
        let hints = hints(&failure);
        Self::new(Code::Store, failure).hints(hints)
    }
}

fn hints(failure: &StoreFailure) -> Vec<String> {
    let account = failure.account.as_ref().map_or("ACCOUNT", Account::as_str);
    let desktop = failure.desktop;
    let login = |store: &str| format!("`vtexid login {account} --store {store}`");
    // Stores that need no keyring.
    let kernel = HAS_KERNEL.then(|| {
        format!(
            "run {} to save the token in memory until the machine restarts",
            login("kernel")
        )
    });
    let file = format!(
        "run {} to save it in a plain-text file that only you can read; set VTEXID_STORE=file to save every new account that way",
        login("file")
    );
    let without = kernel.into_iter().chain([file]);
    let one = |hint: String| vec![hint];
    let first = match &failure.cause {
        StoreError::Missing(_) | StoreError::NoBus => start(desktop),
        StoreError::Locked(_) => unlock(desktop),
        StoreError::NoCollection => create(desktop),
        StoreError::Silent(_) => silent(desktop),
        // These keyrings are not programs that the user could restart.
        StoreError::Other(_) if cfg!(any(windows, target_os = "macos")) => "try again",
        StoreError::Other(_) => "restart the keyring and try again",
        StoreError::BusAddress(invalid) => return one(invalid.hint.to_string()),
        StoreError::Kernel(_) if !HAS_KERNEL => {
            let keyring = format!("run {}", login("keyring"));
            return [keyring].into_iter().chain(without).collect();
        }
        StoreError::Kernel(_) => {
            return one(format!(
                "containers often forbid it; run {}, or {} to save the token in a private plain-text file",
                login("keyring"),
                login("file")
            ));
        }
        StoreError::OtherNamespace(_) => {
            return one(format!(
                "run it where you logged in, or run `vtexid login {account}` to log in here"
            ));
        }
        StoreError::Corrupt(account, _) => {
            return one(format!("run `vtexid login {account}` to replace it"));
        }
        StoreError::TooLarge(_) => return one(format!("run {}", login("file"))),
        StoreError::Unsafe(_) => {
            return one("find out who changed it before you log in again: it may contain somebody else's token".to_owned());
        }
        StoreError::File(_) | StoreError::NoThread(_) => {
            return one("check the owner, permissions and free space of the folder, or set VTEXID_DIR to another one".to_owned());
        }
    };
    // A keyring that is slow may still answer; a missing one never does.
    let waits = matches!(failure.cause, StoreError::Silent(_) | StoreError::Other(_));
    match desktop {
        Desktop::Absent if !waits => without.chain([first.to_owned()]).collect(),
        _ => [first.to_owned()].into_iter().chain(without).collect(),
    }
}

/// How to start the keyring.
fn start(desktop: Desktop) -> &'static str {
    match desktop {
        // Windows has a keyring only for users who logged in with a password.
        _ if cfg!(windows) => "log in to Windows with a password instead of an SSH key",
        _ if cfg!(target_os = "macos") => "look for the login keychain in Keychain Access",
        Desktop::Absent => "log in on a desktop with a keyring",
        Desktop::Gnome => {
            "install gnome-keyring, or start it: `gnome-keyring-daemon --start --components=secrets`"
        }
        Desktop::Kde => {
            "turn on KWallet in System Settings (KDE Wallet), with its Secret Service interface"
        }
        Desktop::Other => "install or start a keyring (GNOME Keyring, KWallet, KeePassXC)",
    }
}

/// How to unlock the keyring, or to allow access to it.
fn unlock(desktop: Desktop) -> &'static str {
    match desktop {
        // This also works over SSH.
        _ if cfg!(target_os = "macos") => {
            "unlock the keychain with `security unlock-keychain`, or allow the access request, and try again"
        }
        Desktop::Absent => "unlock the keyring on its desktop and try again",
        Desktop::Gnome => {
            "unlock the keyring in Passwords and Keys, or allow the access request, and try again"
        }
        Desktop::Kde => {
            "unlock the keyring in KWalletManager, or allow the access request, and try again"
        }
        Desktop::Other => {
            "unlock the keyring in its own program, or allow the access request, and try again"
        }
    }
}

/// How to create a collection for secrets in the keyring.
fn create(desktop: Desktop) -> &'static str {
    match desktop {
        Desktop::Absent => "create a default keyring on its desktop",
        Desktop::Gnome => {
            "log in from a terminal on this desktop and choose a password for the new keyring, or create a default one in Passwords and Keys"
        }
        Desktop::Kde => {
            "log in from a terminal on this desktop and choose a password for the new wallet, or create one in KWalletManager"
        }
        Desktop::Other => {
            "log in from a terminal on this desktop and choose a password for the new keyring, or open a database in KeePassXC"
        }
    }
}

/// How to make a keyring answer that does not.
fn silent(desktop: Desktop) -> &'static str {
    match desktop {
        // The Credential Manager has no dialog to answer.
        _ if cfg!(windows) => "try again",
        _ if cfg!(target_os = "macos") => {
            "answer the Keychain's dialog on the desktop, or unlock the keychain with `security unlock-keychain`, and try again"
        }
        Desktop::Absent => "answer its dialog on the desktop, or restart it, and try again",
        _ => {
            "answer its dialog on the desktop (it asks to be unlocked, or to allow access), or restart it, and try again"
        }
    }
}
