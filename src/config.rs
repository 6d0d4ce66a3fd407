//! The environment: the only module that reads it. One place lists every
//! variable that changes what vtexid does.
//!
//! Not for deciding anything: `context` and the commands do.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the module the rule points to"
)]

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use crate::{provided, secret::Secret};

/// The variables that hold vtexid's secrets or name whose they are: no program
/// that vtexid starts needs them.
pub const CREDENTIALS: [&str; 3] = ["VTEX_TOKEN", "VTEX_APP_KEY", "VTEX_APP_TOKEN"];

/// A variable that cannot be read as text.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not valid UTF-8")]
pub struct NotUtf8(&'static str);

/// What the environment says. A variable that is empty counts as unset.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one fact about the environment"
)]
pub struct Config {
    /// `VTEX_ACCOUNT`: the account to use.
    pub account: Option<String>,
    /// `VTEX_TOKEN`: overrides every stored token.
    pub token: Option<Secret>,
    /// `VTEX_APP_KEY`
    pub app_key: Option<String>,
    /// `VTEX_APP_TOKEN`
    pub app_token: Option<Secret>,
    /// `VTEXID_URL`: a VTEX ID on this machine, for trying things out.
    pub url: Option<String>,
    /// `VTEXID_DIR`, else the platform's configuration folder; `None` where
    /// there is no home directory.
    pub dir: Option<PathBuf>,
    /// The folder of the locks, the same for every `VTEXID_DIR`.
    pub lock_dir: Option<PathBuf>,
    /// Which variables about proxies and certificates are set; their values
    /// may hold passwords.
    pub network: Vec<&'static str>,
    /// Not forbidden by `NO_COLOR`.
    pub colour: bool,
    /// `LC_ALL`, `LC_CTYPE` or `LANG`: whether the terminal shows characters
    /// beyond ASCII. Only Unix says so.
    pub unicode: bool,
    /// `TERM=dumb`: a terminal that cannot redraw a line.
    pub dumb: bool,
    /// `GITHUB_ACTIONS=true`: a job whose log hides what it is told to.
    pub github_actions: bool,
    /// Where VTEX's own CLI keeps its sessions: `~/.vtex/session`.
    pub toolbelt_dir: Option<PathBuf>,
    /// `CI`: set to anything but `false` and `0`.
    pub ci: bool,
    /// Whether something on this machine can show a window: always so but on
    /// Unix without a display.
    pub display: bool,
    /// `BROWSER`: what opens pages here; `none` for nothing.
    pub browser: Option<OsString>,
    /// `SSH_CONNECTION`: the four words of it, or whatever is there.
    pub ssh: Option<String>,
    /// Inside WSL, where Windows opens pages.
    pub wsl: bool,
    /// Inside an editor's remote session, which opens pages and forwards
    /// ports on the person's own machine.
    pub editor: bool,
    /// Inside a container, by what container engines leave behind.
    pub container: bool,
}

/// Read by the HTTP client itself.
const NETWORK: [&str; 10] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

impl Config {
    /// Reads the environment once.
    ///
    /// # Errors
    /// When a variable is not valid UTF-8.
    pub fn from_env() -> Result<Self, NotUtf8> {
        Ok(Self {
            account: text("VTEX_ACCOUNT")?,
            token: text("VTEX_TOKEN")?.map(Secret::new),
            app_key: text("VTEX_APP_KEY")?,
            app_token: text("VTEX_APP_TOKEN")?.map(Secret::new),
            url: text("VTEXID_URL")?,
            dir: set("VTEXID_DIR")
                .map(PathBuf::from)
                .or_else(|| dirs::config_dir().map(|dir| dir.join("vtexid"))),
            lock_dir: dirs::state_dir()
                .or_else(dirs::data_local_dir)
                .map(|dir| dir.join("vtexid").join("locks")),
            network: NETWORK
                .into_iter()
                .filter(|name| set(name).is_some())
                .collect(),
            colour: set("NO_COLOR").is_none(),
            unicode: cfg!(not(unix)) || has_utf8_locale(),
            dumb: set("TERM").is_some_and(|value| value == "dumb"),
            github_actions: set("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
            toolbelt_dir: dirs::home_dir().map(|home| home.join(".vtex").join("session")),
            ci: set("CI").is_some_and(|value| value != "false" && value != "0"),
            display: has_display(),
            browser: set("BROWSER"),
            ssh: set("SSH_CONNECTION")
                .or_else(|| set("SSH_TTY"))
                .map(|value| value.to_string_lossy().into_owned()),
            wsl: set("WSL_DISTRO_NAME").is_some() || set("WSL_INTEROP").is_some(),
            editor: ["VSCODE_IPC_HOOK_CLI", "REMOTE_CONTAINERS", "CODESPACES"]
                .into_iter()
                .any(|name| set(name).is_some()),
            container: set("container").is_some()
                || ["/.dockerenv", "/run/.containerenv"]
                    .into_iter()
                    .any(|mark| Path::new(mark).exists()),
        })
    }
}

/// The variables a program needs to reach the clipboard, with their values.
/// The clipboard's helper is given these and no others.
pub fn for_clipboard() -> Vec<(&'static str, OsString)> {
    [
        "DISPLAY",
        "XAUTHORITY",
        "HOME",
        "WAYLAND_DISPLAY",
        "XDG_RUNTIME_DIR",
        // Without it Windows cannot load its own libraries.
        "SystemRoot",
    ]
    .into_iter()
    .filter_map(|name| Some((name, set(name)?)))
    .collect()
}

/// Whether a CI runner reads the output and obeys commands in it: GitHub's,
/// and those like it, or Azure's.
pub fn is_read_by_runner() -> bool {
    set("GITHUB_ACTIONS").is_some() || set("TF_BUILD").is_some()
}

/// The first of these variables that is set decides (POSIX, 8.2).
fn has_utf8_locale() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    let locale = locale.unwrap_or_default().to_string_lossy().to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

fn has_display() -> bool {
    let windowed = cfg!(any(windows, target_os = "macos"));
    windowed
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .into_iter()
            .any(|name| set(name).is_some())
}

fn set(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// A variable's value as people mean it; one of blanks alone counts as unset.
fn text(name: &'static str) -> Result<Option<String>, NotUtf8> {
    let Some(value) = set(name) else {
        return Ok(None);
    };
    let text = value.into_string().map_err(|_| NotUtf8(name))?;
    let value = provided::clean(&text);
    Ok((!value.is_empty()).then(|| value.to_owned()))
}
