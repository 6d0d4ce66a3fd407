//! The environment: the only module that reads it. One place lists every
//! variable that changes what vtexid does.
//!
//! Only reads variables; `context` and the commands decide what to do with
//! them.

#![allow(
    clippy::disallowed_methods,
    reason = "this is the module the rule points to"
)]

use std::{
    borrow::Cow,
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

pub use self::{
    desktop::Desktop,
    proxy::{Proxies, Proxy},
};
use crate::{provided, secret::Secret};

mod desktop;
mod proxy;

/// The variables with vtexid's secrets or their owners, which helper programs
/// do not need.
pub const CREDENTIALS: [&str; 3] = ["VTEX_TOKEN", "VTEX_APP_KEY", "VTEX_APP_TOKEN"];

/// The variable that names the account.
pub const ACCOUNT: &str = "VTEX_ACCOUNT";

/// Variables that coding agents set (the same as in `@vercel/detect-agent` and
/// `aws-cdk-cli`).
const AGENTS: [&str; 7] = [
    "AI_AGENT",
    "CLAUDECODE",
    "CODEX_SANDBOX",
    "CODEX_THREAD_ID",
    "CURSOR_AGENT",
    "GEMINI_CLI",
    "OPENCODE",
];

/// A variable that is not valid UTF-8.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not valid UTF-8")]
pub struct NotUtf8(&'static str);

/// A variable with an invalid value. Does not contain the value, which may have
/// a password.
#[derive(Clone, Debug, thiserror::Error)]
#[error("invalid {variable}: {problem}")]
pub struct Invalid {
    /// The variable's name.
    pub variable: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
    /// What to do about it.
    pub hint: Cow<'static, str>,
}

/// The environment. An empty variable counts as unset.
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
    /// `VTEXID_URL`: a stand-in for VTEX ID on this machine.
    pub url: Option<String>,
    /// `VTEXID_STORE`: the store of new accounts.
    pub store: Option<String>,
    /// `VTEXID_DIR`, else the platform's configuration folder; `None` without a
    /// home directory.
    pub dir: Result<Option<PathBuf>, Invalid>,
    /// The folder of the locks, the same for every `VTEXID_DIR`.
    pub lock_dir: Option<PathBuf>,
    /// `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY` and their lower-case forms.
    pub proxies: Proxies,
    /// `SSL_CERT_FILE`: certificates to trust instead of the system's.
    pub certificate_file: Option<PathBuf>,
    /// `SSL_CERT_DIR`: folders of them.
    pub certificate_dirs: Vec<PathBuf>,
    /// `LC_ALL`, `LC_CTYPE` or `LANG`: whether the terminal shows characters
    /// beyond ASCII. Known only on Unix.
    pub unicode: bool,
    /// `TERM=dumb`, or an old console of Windows: a terminal that cannot redraw
    /// a line.
    pub dumb: bool,
    /// `GITHUB_ACTIONS=true`: a job whose log can mask secrets.
    pub github_actions: bool,
    /// Where VTEX's own CLI keeps tokens; `None` without a home directory.
    pub toolbelt: Option<ToolbeltPaths>,
    /// `CI`: set to anything but `false` and `0`.
    pub ci: bool,
    /// Whether a coding agent runs vtexid and reads its output.
    pub agent: bool,
    /// Whether this machine can show a window: false only on Unix without a
    /// display.
    pub display: bool,
    /// Whether a token printed at a terminal is copied: false with
    /// `VTEXID_COPY=never`.
    pub copy: Result<bool, Invalid>,
    /// `BROWSER`: what opens pages; `none` opens none.
    pub browser: Option<OsString>,
    /// `PATH`: the folders that programs are searched in.
    pub path: Option<OsString>,
    /// `SSH_CONNECTION`: usually four words.
    pub ssh: Option<String>,
    /// `XDG_CURRENT_DESKTOP`: the desktop whose keyring is used.
    pub desktop: Desktop,
    /// Inside WSL, where Windows opens pages.
    pub wsl: bool,
    /// Inside an editor's remote session, which opens pages and forwards ports
    /// on the user's own machine.
    pub editor: bool,
    /// Inside a container, detected by files and variables of container
    /// engines.
    pub container: bool,
}

/// Where VTEX's own CLI keeps tokens.
#[derive(Clone, Debug)]
pub struct ToolbeltPaths {
    /// The folder of its sessions: `~/.vtex/session`.
    pub session: PathBuf,
    /// The file of its older releases, which newer ones still write.
    pub configstore: PathBuf,
    /// Its log.
    pub log: PathBuf,
}

impl ToolbeltPaths {
    fn new(home: &Path) -> Self {
        let vtex = home.join(".vtex");
        // The same search as the toolbelt's `configstore` library, on every
        // system.
        let config = set("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
        Self {
            session: vtex.join("session"),
            configstore: config.join("configstore").join("vtex.json"),
            log: vtex.join("logs").join("debug.json"),
        }
    }
}

impl Config {
    /// Reads the environment once.
    ///
    /// # Errors
    /// When a variable is not valid UTF-8.
    pub fn from_env() -> Result<Self, NotUtf8> {
        let ssh = set("SSH_CONNECTION").or_else(|| set("SSH_TTY"));
        Ok(Self {
            account: text(ACCOUNT)?,
            token: text("VTEX_TOKEN")?.map(Secret::new),
            app_key: text("VTEX_APP_KEY")?,
            app_token: text("VTEX_APP_TOKEN")?.map(Secret::new),
            url: text("VTEXID_URL")?,
            store: text("VTEXID_STORE")?,
            dir: match set("VTEXID_DIR") {
                Some(dir) => absolute(dir.into()).map(Some),
                // On Windows the folder that does not roam, like the secrets in
                // the Credential Manager.
                None => Ok(dirs::config_local_dir().map(|dir| dir.join("vtexid"))),
            },
            lock_dir: dirs::state_dir()
                .or_else(|| windows("LOCALAPPDATA"))
                .or_else(dirs::data_local_dir)
                .map(|dir| dir.join("vtexid").join("locks")),
            proxies: Proxies::read(|name| set(name).map(OsString::into_encoded_bytes)),
            certificate_file: set("SSL_CERT_FILE").map(PathBuf::from),
            certificate_dirs: set("SSL_CERT_DIR").map_or_else(Vec::new, |dirs| {
                env::split_paths(&dirs)
                    .filter(|dir| !dir.as_os_str().is_empty())
                    .collect()
            }),
            unicode: cfg!(not(unix)) || has_utf8_locale(),
            dumb: set("TERM").is_some_and(|value| value == "dumb"),
            github_actions: set("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
            toolbelt: home().map(|home| ToolbeltPaths::new(&home)),
            ci: set("CI").is_some_and(|value| value != "false" && value != "0"),
            agent: AGENTS.into_iter().any(|name| set(name).is_some()),
            display: has_display(),
            copy: match set("VTEXID_COPY") {
                None => Ok(true),
                Some(value) if value == "never" => Ok(false),
                Some(_) => Err(Invalid {
                    variable: "VTEXID_COPY",
                    problem: "the only valid value is `never`",
                    hint: "unset it to copy at a terminal".into(),
                }),
            },
            browser: set("BROWSER"),
            path: set("PATH"),
            desktop: Desktop::find(ssh.is_some()),
            ssh: ssh.map(|value| value.to_string_lossy().into_owned()),
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

/// Where the session bus is.
#[cfg(not(any(windows, target_os = "macos")))]
pub const BUS: &str = "DBUS_SESSION_BUS_ADDRESS";

/// The session bus's address, or a list of them.
#[cfg(target_os = "linux")]
pub fn bus_addresses() -> Option<String> {
    set(BUS)?.into_string().ok()
}

/// Checks the session bus's address, to explain a missing bus.
///
/// # Errors
/// When no address in it has the form of one (D-Bus Specification, "Server
/// Addresses").
#[cfg(not(any(windows, target_os = "macos")))]
pub fn check_bus() -> Result<(), Invalid> {
    const TRANSPORTS: [(&str, &[&str]); 4] = [
        (
            "unix",
            &["path=", "abstract=", "runtime=", "dir=", "tmpdir="],
        ),
        ("tcp", &["port="]),
        ("nonce-tcp", &["port="]),
        ("unixexec", &["path="]),
    ];
    let Some(value) = env::var_os(BUS) else {
        return Ok(());
    };
    let value = value.to_string_lossy();
    let well_formed = |address: &str| {
        address.split_once(':').is_some_and(|(transport, options)| {
            let known = TRANSPORTS.iter().find(|(name, _)| *name == transport);
            known.is_some_and(|(_, needed)| {
                let mut options = options.split(',');
                options.any(|option| needed.iter().any(|name| option.starts_with(name)))
            })
        })
    };
    if value.split(';').any(well_formed) {
        return Ok(());
    }
    Err(Invalid {
        variable: BUS,
        problem: "it contains no bus address",
        hint: "expected an address such as `unix:path=/run/user/1000/bus`; unset it to use your own bus"
            .into(),
    })
}

/// The variables a program needs to reach the clipboard, with their values. The
/// clipboard's helper gets only these.
pub fn for_clipboard() -> Vec<(&'static str, OsString)> {
    [
        "DISPLAY",
        "XAUTHORITY",
        "HOME",
        "WAYLAND_DISPLAY",
        "XDG_RUNTIME_DIR",
        // Windows needs it to load its own libraries.
        "SystemRoot",
    ]
    .into_iter()
    .filter_map(|name| Some((name, set(name)?)))
    .collect()
}

/// The home directory as the toolbelt (Node.js) finds it: on Windows
/// `USERPROFILE` overrides the user's profile.
fn home() -> Option<PathBuf> {
    windows("USERPROFILE").or_else(dirs::home_dir)
}

/// A folder that a variable names on Windows alone.
fn windows(name: &str) -> Option<PathBuf> {
    set(name).filter(|_| cfg!(windows)).map(PathBuf::from)
}

/// Passes only an absolute folder: a relative one would depend on the working
/// directory.
fn absolute(dir: PathBuf) -> Result<PathBuf, Invalid> {
    if dir.is_absolute() {
        return Ok(dir);
    }
    let (problem, meant) = match (dir.strip_prefix("~"), dirs::home_dir()) {
        (Ok(rest), Some(home)) => ("only a shell expands `~`", home.join(rest)),
        _ => ("the path is relative", dir),
    };
    let meant = std::path::absolute(&meant).unwrap_or(meant);
    Err(Invalid {
        variable: "VTEXID_DIR",
        problem,
        hint: format!("use the full path: `VTEXID_DIR={}`", meant.display()).into(),
    })
}

/// Whether a CI runner reads the output and obeys commands in it: GitHub's,
/// and those like it, or Azure's.
pub fn is_read_by_runner() -> bool {
    set("GITHUB_ACTIONS").is_some() || set("TF_BUILD").is_some()
}

/// The first variable that is set decides (POSIX, 8.2).
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

/// A variable's trimmed value; a blank one counts as unset.
fn text(name: &'static str) -> Result<Option<String>, NotUtf8> {
    let Some(value) = set(name) else {
        return Ok(None);
    };
    let text = value.into_string().map_err(|_| NotUtf8(name))?;
    let value = provided::clean(&text);
    Ok((!value.is_empty()).then(|| value.to_owned()))
}
