//! The whole command line: every flag and every help line. Not for logic.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, shown as typed"
)]

mod api;
pub mod errors;
mod exec;
mod global;
mod help;
mod inspect;
mod local;
mod shaping;
mod shopper;

use std::{ffi::OsString, path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::Shell;

pub use self::{
    api::{Api, ApiPath, As},
    exec::{Exec, Setting, What},
    global::{Global, color},
    inspect::Inspect,
    local::{ClearAfter, LocalToken},
    shaping::Shaping,
    shopper::ShopperLogin,
};
use crate::{
    account::{AccountError, Typed},
    format::AppFormat,
    output::style,
    slot::Slot,
    store::StoreKind,
    time::parse_span,
};

/// Log in to VTEX from the terminal, print the token, decode and check any token
///
/// vtexid does what `vtex login` and `vtex local token` of VTEX's own CLI do, but saves the token in the operating
/// system's keyring, renews it, and never prompts in a script.
///
/// Standard output has only the command's answer. Messages go to standard error.
#[derive(Debug, Parser)]
#[command(name = "vtexid", version, arg_required_else_help = true, styles = style::of_help())]
#[command(
    before_help = help::FIRST,
    help_template = help::FIRST_SCREEN,
    after_long_help = help::MORE,
    after_help = "Exit codes: 0 success, 1 other failure, 2 wrong usage, 3 rejected or expired, 4 not logged in,\n5 keyring or other store, 6 VTEX unreachable or failing (try again), 129 to 143 ended by a signal"
)]
pub struct Cli {
    /// What applies to every command
    #[command(flatten)]
    pub global: Global,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Log in with the browser and save the token in the OS keyring
    ///
    /// You can open the printed address in any browser. If the browser cannot reach this machine, as over SSH,
    /// paste the final URL. If the session can be renewed, no browser is needed.
    #[command(help_template = help::EXAMPLES_FIRST, after_help = "Examples:
  vtexid login mystore
          log in to mystore.myvtex.com; mystore becomes the current account
  vtexid login mystore --port 39873
          over SSH, after: ssh -N -L 39873:127.0.0.1:39873 HOST
  vtexid login mystore --with-token < token.txt
          save a token you already have
  vtexid login mystore --shopper ana@example.com
          log in as a shopper, with a code that the store mails
  vtexid login mystore --oauth-provider NAME < access-token
          log in as a shopper of a store with SSO, for tests and CI")]
    Login(Login),
    /// Revoke the account's tokens at VTEX ID and delete its credentials here
    ///
    /// The token is deleted here even if VTEX ID cannot be reached. If the keyring is locked, nothing is deleted, because
    /// the token would stay valid. If the token has expired, its session is ended, so that nobody can renew it.
    #[command(help_template = help::EXAMPLES_FIRST, after_help = "Examples:
  vtexid logout mystore
          revoke and delete all credentials of mystore
  vtexid logout mystore --as key
          delete only its app key
  vtexid logout --all
          log out of every account")]
    Logout(Logout),
    /// Make another logged-in account the current one
    ///
    /// Commands act on the current account unless --account or VTEX_ACCOUNT names another. Without ACCOUNT, switch
    /// lists the accounts and asks for one; in a script that is an error.
    #[command(help_template = help::EXAMPLES_FIRST, after_help = "Examples:
  vtexid switch mystore
          make mystore the current account
  vtexid switch -
          go back to the previous account")]
    Switch {
        /// The account, or `-` for the previous one (at a terminal it can be left out)
        #[arg(value_name = "ACCOUNT|-")]
        to: Option<Target>,
    },
    /// Show every stored credential, how long it is valid, and which one commands use
    ///
    /// It reads no secret and needs no network, so it is fast enough for a shell prompt. With --account it shows only that account,
    /// and exits with 4 if you are not logged in to it.
    #[command(visible_alias = "whoami", help_template = help::EXAMPLES_FIRST, after_help = "Examples:
  vtexid status
          show every account, and what commands use now
  vtexid status --short
          print only `mystore user`, for a prompt")]
    Status(Status),
    /// Print the stored token
    #[command(subcommand, arg_required_else_help = true)]
    Local(Local),
    /// Run a program with the credential in its environment
    #[command(long_about = exec::ABOUT, help_template = help::EXAMPLES_FIRST, after_help = exec::EXAMPLES)]
    Exec(Exec),
    /// Make a token from an app key and app token
    #[command(
        long_about = "Make a token from an app key and app token\n\nThe pair is read from VTEX_APP_KEY and VTEX_APP_TOKEN, or from --app-key and --app-token-file; at a terminal vtexid asks for the app token. Without an app key, the pair saved for the account is used. The account is --account, else VTEX_ACCOUNT, else the one in the app key's name, else the current one. Needs no keyring and no home directory. The token is valid for 6 hours.",
        help_template = help::EXAMPLES_FIRST,
        after_help = "Examples:
  vtexid apptoken
          from VTEX_APP_KEY and VTEX_APP_TOKEN
  vtexid apptoken --app-key KEY --app-token-file /run/secrets/vtex
          from a mounted secret
  vtexid apptoken --app-key KEY --save
          ask for the app token, and save the pair for later
  vtexid apptoken --format key-headers | curl -H @- URL
          call an API with the pair instead of a token"
    )]
    Apptoken(Apptoken),
    /// Send a request to a VTEX API, with the right host and credential
    #[command(long_about = api::ABOUT, help_template = help::EXAMPLES_FIRST, after_help = api::EXAMPLES)]
    Api(Api),
    /// Share logins with VTEX's own CLI (`vtex`), also called the toolbelt
    #[command(subcommand, arg_required_else_help = true)]
    Toolbelt(Toolbelt),
    /// Decode and check a token: user, account, kind, permissions, expiry
    #[command(
        long_about = "Decode and check a token: user, account, kind, permissions, expiry\n\nPaste the token in any form: with Bearer, as a header, a cookie string, a cURL command, JSON, in quotes, with line breaks. With --json, standard input can have one token per line; the output then has one answer per line.",
        help_template = help::EXAMPLES_FIRST,
        after_help = "Examples:
  vtexid inspect
          explain the stored token
  vtexid inspect < token.txt
          explain a token from a file or a pipe
  vtexid inspect --check=10m
          exit with 3 unless it is valid for at least 10 more minutes
  vtexid inspect --claim account
          print only this claim"
    )]
    Inspect(Inspect),
    /// Check that vtexid can work on this machine: keyring, clipboard, browser, clock, network
    ///
    /// It exits with 0 if no check fails, and says how to fix each problem.
    #[command(help_template = help::EXAMPLES_FIRST, after_help = "Examples:
  vtexid doctor
          check everything
  vtexid doctor -a mystore
          check mystore at VTEX ID")]
    Doctor,
    /// Print the completion script for a shell
    ///
    /// It completes commands, flags, values, and the names of your accounts. The script asks vtexid at each Tab, so it
    /// stays up to date.
    #[command(help_template = help::EXAMPLES_FIRST, after_help = "Examples:
  eval \"$(vtexid completions bash)\"
          for bash, in ~/.bashrc
  source <(vtexid completions zsh)
          for zsh, in ~/.zshrc after compinit
  vtexid completions fish | source
          for fish, in ~/.config/fish/config.fish")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print what can be typed next, for the completion scripts
    #[command(hide = true, name = "__complete")]
    Complete(Complete),
    /// Write the man pages
    #[command(hide = true)]
    Generate {
        /// Folder to write man/ into
        dir: PathBuf,
    },
}

/// The hidden `vtexid __complete`
#[derive(Debug, Args)]
pub struct Complete {
    /// What is typed of the word so far
    #[arg(long, allow_hyphen_values = true)]
    pub typing: OsString,
    /// The words before it, from the program's name on
    #[arg(last = true)]
    pub words: Vec<OsString>,
}

fn parse_port(text: &str) -> Result<u16, &'static str> {
    let port = text.parse().ok().filter(|port| *port > 0);
    port.ok_or("a port is a number from 1 to 65535")
}

/// `vtexid login`
#[derive(Debug, Args)]
pub struct Login {
    /// Account names, the part before .myvtex.com; several are possible (default: VTEX_ACCOUNT, or the current account)
    #[arg(value_name = "ACCOUNT")]
    pub names: Vec<Typed>,
    /// Save a token from stdin instead of opening a browser, if VTEX ID accepts it (at a terminal, vtexid asks for it without showing it)
    #[arg(long, conflicts_with_all = ["no_browser", "port", "fresh"])]
    pub with_token: bool,
    /// As a shopper
    #[command(flatten)]
    pub as_shopper: ShopperLogin,
    /// Sign in again, even if the session could be renewed without a browser
    #[arg(long)]
    pub fresh: bool,
    /// Print the address, and do not open a browser
    #[arg(long)]
    pub no_browser: bool,
    /// Listen for the browser on this port instead of any free port
    #[arg(long, value_name = "N", value_parser = parse_port)]
    pub port: Option<u16>,
    /// Give up after this long: 90s, 10m, 1h30m
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = parse_span)]
    pub timeout: Duration,
    /// Where to save the token (remembered for the account); `file` is plain text
    #[arg(long, value_name = "STORE")]
    pub store: Option<StoreKind>,
}

/// The credential to use.
#[derive(Debug, Args)]
pub struct CredentialArg {
    /// Use this credential of the account: `user`, `key`, or a shopper's e-mail (default: the user, or the app key)
    #[arg(long = "as", value_name = "user|key|EMAIL")]
    pub slot: Option<Slot>,
}

/// `vtexid status`
#[derive(Debug, Args)]
pub struct Status {
    /// Print only the account and credential that commands use now, for prompts
    #[arg(long, conflicts_with = "json")]
    pub short: bool,
}

/// `vtexid logout`
#[derive(Debug, Args)]
pub struct Logout {
    /// The account (default: VTEX_ACCOUNT, or the current account)
    #[arg(value_name = "ACCOUNT", conflicts_with = "all")]
    pub name: Option<Typed>,
    /// Log out of every account
    #[arg(long, conflicts_with = "account")]
    pub all: bool,
    /// Delete only this credential: `user`, `key`, or a shopper's e-mail (default: all of the account)
    #[arg(long = "as", value_name = "user|key|EMAIL")]
    pub slot: Option<Slot>,
    /// Also open VTEX's sign-out page, so that another user can log in next
    #[arg(long)]
    pub browser: bool,
    /// Remove it from this machine even if its token cannot be read, and so cannot be revoked. At a terminal vtexid
    /// still asks before it deletes an app key
    #[arg(long)]
    pub force: bool,
}

/// Where `vtexid switch` goes.
#[derive(Clone, Debug)]
pub enum Target {
    /// To this account.
    Account(Typed),
    /// Back to the one before.
    Previous,
}

impl std::str::FromStr for Target {
    type Err = AccountError;

    fn from_str(text: &str) -> Result<Self, AccountError> {
        match text {
            "-" => Ok(Self::Previous),
            name => name.parse().map(Self::Account),
        }
    }
}

/// `vtexid local …`
#[derive(Debug, Subcommand)]
pub enum Local {
    /// Print the stored token
    #[command(
        long_about = "Print the stored token\n\nPrints the first of these that exists:\n  1. VTEX_TOKEN, if it matches -a and --as\n  2. the stored token of the account's user, or of its app key\n  3. a token made from VTEX_APP_KEY and VTEX_APP_TOKEN\n\nAt a terminal the raw token is also copied to the clipboard. An expired token is renewed first; if that fails, nothing is printed.",
        help_template = help::EXAMPLES_FIRST,
        after_help = "Examples:
  vtexid local token --format header | curl -H @- URL
          call an API, without the token in the process list
  vtexid local token --as key
          print the app key's token instead of the user's
  vtexid local token --min-validity 10m
          renew it if it is valid for less than 10 minutes
  eval \"$(vtexid local token --format env)\"
          set VTEX_TOKEN in sh, bash and zsh
  vtexid local token --format storage-state > state.json
          save a cookie for localhost, for Playwright tests"
    )]
    Token(LocalToken),
}

/// `vtexid apptoken`
#[derive(Debug, Args)]
pub struct Apptoken {
    /// The app key, such as vtexappkey-mystore-ABCDEF (default: VTEX_APP_KEY)
    #[arg(long, value_name = "KEY")]
    pub app_key: Option<String>,
    /// Read the app token from this file, or from stdin with `-` (default: VTEX_APP_TOKEN)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub app_token_file: Option<PathBuf>,
    /// Save the app key pair for later: `apptoken -a ACCOUNT`, `local token --as key`
    #[arg(long)]
    pub save: bool,
    /// Where --save saves it (remembered for the account); `file` is plain text
    #[arg(long, value_name = "STORE", requires = "save")]
    pub store: Option<StoreKind>,
    /// How to print the token (default: raw; with --save at a terminal it is not printed)
    #[arg(short, long, value_name = "FORMAT")]
    pub format: Option<AppFormat>,
    /// Details of the format
    #[command(flatten)]
    pub shaping: Shaping,
}

/// `vtexid toolbelt …`
#[derive(Debug, Subcommand)]
pub enum Toolbelt {
    /// Import the sessions of VTEX's own CLI; its files do not change
    #[command(help_template = help::EXAMPLES_FIRST, after_help = "Examples:
  vtexid toolbelt import
          import every session
  vtexid toolbelt import -a mystore
          import only the session of mystore")]
    Import(Import),
    /// Log VTEX's own CLI in with the stored token; the toolbelt keeps it in plain text
    #[command(
        long_about = "Log VTEX's own CLI in with the stored token; the toolbelt keeps it in plain text\n\nWrites session.json, tokens.json and workspace.json in ~/.vtex/session, so that vtex whoami, vtex link and vtex publish work.",
        help_template = help::EXAMPLES_FIRST,
        after_help = "Examples:
  vtexid toolbelt export
          log VTEX's own CLI in with the stored token
  vtexid toolbelt export --workspace master
          in CI, with VTEX_APP_KEY and VTEX_APP_TOKEN"
    )]
    Export(Export),
}

/// `vtexid toolbelt import`
#[derive(Debug, Args)]
pub struct Import {
    /// Where to save the tokens (default: where the account's are, or the keyring); `file` is plain text
    #[arg(long, value_name = "STORE")]
    pub store: Option<StoreKind>,
}

/// `vtexid toolbelt export`
#[derive(Debug, Args)]
pub struct Export {
    /// Which credential
    #[command(flatten)]
    pub credential: CredentialArg,
    /// The workspace to use (default: the toolbelt's current one, or master)
    #[arg(long, value_name = "NAME")]
    pub workspace: Option<String>,
}
