//! Hints that differ from system to system: each has its own keyring, and its
//! own way to list programs.

/// What to do about another vtexid that is in the way.
pub const OTHER: &str = if cfg!(windows) {
    "wait for it, or end it; `tasklist` shows it"
} else if cfg!(target_os = "macos") {
    "wait for it, or end it; `pgrep vtexid` shows it"
} else {
    "wait for it, or end it; `ps -C vtexid` shows it"
};

/// There is no keyring.
pub const MISSING: &str = if cfg!(windows) {
    "log in to Windows with a password instead of an SSH key, or run `vtexid login ACCOUNT --store file` (plain text)"
} else if cfg!(target_os = "macos") {
    "open Keychain Access and look for the login keychain, or run `vtexid login ACCOUNT --store file` (plain text)"
} else {
    "install or start one (GNOME Keyring, KWallet, KeePassXC), or run `vtexid login ACCOUNT --store kernel` (Linux, until a restart) or `vtexid login ACCOUNT --store file` (plain text)"
};

/// The kernel's memory cannot be used.
pub const KERNEL: &str = if cfg!(target_os = "linux") {
    "containers often forbid it; use --store keyring, or --store file to keep tokens in a private plain-text file"
} else {
    "use --store keyring, or --store file to keep tokens in a private plain-text file"
};

/// The keyring is locked, or access was refused.
pub const LOCKED: &str = if cfg!(target_os = "macos") {
    "run `security unlock-keychain`, or allow the access request, and try again; where nobody can, run `vtexid login ACCOUNT --store file` (plain text)"
} else {
    "unlock the keyring (log in to the desktop, or open its own program), or allow the access request, and try again; over SSH or in a script, run `vtexid login ACCOUNT --store kernel`"
};

/// The keyring failed in a way of its own.
pub const KEYRING_FAILED: &str = if cfg!(target_os = "linux") {
    "restart the keyring and try again, or run `vtexid login ACCOUNT --store kernel`"
} else {
    "try again; if it fails again, run `vtexid login ACCOUNT --store file` (plain text)"
};
