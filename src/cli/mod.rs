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

/// Log in to VTEX from the terminal, print the token, explain any token
///
/// vtexid mirrors `vtex login` and `vtex local token` of VTEX's own CLI, but keeps the token in the operating
/// system's keyring, renews it, and never prompts in a script.
///
/// A command's answer and nothing else is on standard output; words for people are on standard error.
#[derive(Debug, Parser)]
#[command(name = "vtexid", version, arg_required_else_help = true, styles = style::of_help())]
#[command(
    before_help = help::FIRST,
    help_template = help::FIRST_SCREEN,
    after_long_help = help::MORE,
    after_help = "Exit codes: 0 done, 1 other failure, 2 wrong usage, 3 token not good, 4 not logged in,\n5 credential store, 6 VTEX not reached or failed (try again), 129 to 143 ended by a signal"
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
    /// Log in with the browser and keep the token in the OS keyring
    ///
    /// The printed address opens in any browser. Where that one cannot come back to this machine, as over
    /// SSH, paste the address it ended on. Where the session can be renewed, no browser is needed.
    #[command(help_template = help::EXAMPLES_FIRST, after_help = "Examples:
  vtexid login mystore
          mystore for mystore.myvtex.com; it becomes the current account
  vtexid login mystore --port 39873
          over SSH, after: ssh -N -L 39873:127.0.0.1:39873 HOST
  vtexid login mystore --with-token < token.txt
          save a token that you have already
  vtexid login mystore --shopper ana@example.com
          a shopper, with the code that the store mails
  vtexid login mystore --oauth-provider NAME < access-token
          a shopper of a store with SSO, without a person: for tests and CI")]
    Login(Login),
    /// Revoke the account's tokens at VTEX ID and delete its credentials here
    ///
    /// A token is deleted here even where VTEX ID cannot be reached, but not where it cannot be read, as from a locked
    /// keyring: it would stay valid. If the token has expired, its session is ended, so that nobody can renew it.
    #[command(help_template = help::EXAMPLES_FIRST, after_help = "Examples:
  vtexid logout mystore
          revoke and delete all credentials of mystore
  vtexid logout mystore --as key
          delete its app key alone
  vtexid logout --all
          of every account")]
    Logout(Logout),
    /// Make another logged-in account the current one
    ///
    /// The current account is the one that commands act on where neither --account nor VTEX_ACCOUNT names
    /// another. Without ACCOUNT, switch lists the accounts and asks for one; in a script that is wrong usage.
    #[command(help_template = help::EXAMPLES_FIRST, after_help = "Examples:
  vtexid switch mystore
          act on mystore from here on
  vtexid switch -
          go back to the account before")]
    Switch {
        /// The account, or `-` for the one before (asked for at a terminal)
        #[arg(value_name = "ACCOUNT|-")]
        to: Option<Target>,
    },
    /// Show every stored credential, how long it is valid, and which one commands use
    ///
    /// It reads no secret and needs no network, so it is safe in a prompt. With --account it shows that account alone,
    /// and exits with 4 where nobody is logged in to it.
    #[command(visible_alias = "whoami", help_template = help::EXAMPLES_FIRST, after_help = "Examples:
  vtexid status
          every account, and what commands use now
  vtexid status --short
          `mystore user`, for a prompt")]
    Status(Status),
    /// Print the stored token
    #[command(subcommand, arg_required_else_help = true)]
    Local(Local),
    /// Run a program with the credential in its environment
    #[command(long_about = exec::ABOUT, help_template = help::EXAMPLES_FIRST, after_help = exec::EXAMPLES)]
    Exec(Exec),
    /// Make a token from an app key and app token
    #[command(
        long_about = "Make a token from an app key and app token\n\nThe pair is read from VTEX_APP_KEY and VTEX_APP_TOKEN, or from --app-key and --app-token-file; at a terminal the app token is asked for. Without a key, the pair saved for the account is used. The account is --account, else VTEX_ACCOUNT, else the one in the key's name, else the current one. Needs no keyring and no home directory. Such a token is valid for 6 hours.",
        help_template = help::EXAMPLES_FIRST,
        after_help = "Examples:
  vtexid apptoken
          from VTEX_APP_KEY and VTEX_APP_TOKEN
  vtexid apptoken --app-key KEY --app-token-file /run/secrets/vtex
          from a mounted secret
  vtexid apptoken --app-key KEY --save
          ask for the app token and keep the pair for later
  vtexid apptoken --format key-headers | curl -H @- URL
          call an API with the pair itself"
    )]
    Apptoken(Apptoken),
    /// Send a request to a VTEX API, with the right host and credential
    #[command(long_about = api::ABOUT, help_template = help::EXAMPLES_FIRST, after_help = api::EXAMPLES)]
    Api(Api),
    /// Import sessions from VTEX's own CLI, or export one to it
    #[command(subcommand, arg_required_else_help = true)]
    Toolbelt(Toolbelt),
    /// Explain a token: who, account, kind, what it may do, how long it is good
    #[command(
        long_about = "Explain a token: who, account, kind, what it may do, how long it is good\n\nThe token may be pasted as it comes: with Bearer, as a header line, a cookie string, in quotes, as JSON, wrapped. With --json, standard input with a token on each line brings an answer on each line.",
        help_template = help::EXAMPLES_FIRST,
        after_help = "Examples:
  vtexid inspect
          explain the stored token
  vtexid inspect < token.txt
          explain what is piped in
  vtexid inspect --check=10m
          exit with 3 unless it is good for ten minutes more
  vtexid inspect --claim account
          print one claim and nothing else"
    )]
    Inspect(Inspect),
    /// Check what a login and a token depend on: store, clipboard, browser, clock, network
    ///
    /// It exits with 0 if no check fails, and says what to do about each that does.
    #[command(help_template = help::EXAMPLES_FIRST, after_help = "Examples:
  vtexid doctor
          check everything
  vtexid doctor -a mystore
          ask VTEX ID about mystore")]
    Doctor,
    /// Print the completion script for a shell
    ///
    /// Commands, flags, values and the names of the known accounts are completed; names are asked for at each
    /// Tab.
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
    /// The accounts: `mystore` for mystore.myvtex.com (else VTEX_ACCOUNT, else the current one)
    #[arg(value_name = "ACCOUNT")]
    pub names: Vec<Typed>,
    /// Save the token on stdin, if VTEX ID accepts it, instead of opening a browser (at a terminal: asked for, hidden)
    #[arg(long, conflicts_with_all = ["no_browser", "port", "fresh"])]
    pub with_token: bool,
    /// As a shopper
    #[command(flatten)]
    pub as_shopper: ShopperLogin,
    /// Sign in anew even where the session could be renewed without a browser
    #[arg(long)]
    pub fresh: bool,
    /// Print the address to open, but open no browser
    #[arg(long)]
    pub no_browser: bool,
    /// Listen for the browser on this port instead of any free one
    #[arg(long, value_name = "N", value_parser = parse_port)]
    pub port: Option<u16>,
    /// Give up after this long: 90s, 10m, 1h30m
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = parse_span)]
    pub timeout: Duration,
    /// Where to save the token; remembered for the account. `file` is plain text
    #[arg(long, value_name = "STORE")]
    pub store: Option<StoreKind>,
}

/// The credential to use.
#[derive(Debug, Args)]
pub struct CredentialArg {
    /// Use this credential of the account: `user`, `key`, or a shopper's e-mail (else the user's, else the app key's)
    #[arg(long = "as", value_name = "user|key|EMAIL")]
    pub slot: Option<Slot>,
}

/// `vtexid status`
#[derive(Debug, Args)]
pub struct Status {
    /// Print only the account and the credential that commands use now, for prompts
    #[arg(long, conflicts_with = "json")]
    pub short: bool,
}

/// `vtexid logout`
#[derive(Debug, Args)]
pub struct Logout {
    /// The account (else VTEX_ACCOUNT, else the current one)
    #[arg(value_name = "ACCOUNT", conflicts_with = "all")]
    pub name: Option<Typed>,
    /// Log out of every account
    #[arg(long, conflicts_with = "account")]
    pub all: bool,
    /// Delete this credential alone, and not all of the account's
    #[command(flatten)]
    pub credential: CredentialArg,
    /// Open VTEX's sign-out page too, so that the next login can be another user's
    #[arg(long)]
    pub browser: bool,
    /// Forget the account even where its token cannot be read, and so not be revoked
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
        long_about = "Print the token\n\nIt is the one in VTEX_TOKEN, if that fits -a and --as; else the account's stored one, its user's before its app key's; else one made from VTEX_APP_KEY and VTEX_APP_TOKEN. At a terminal the raw token is copied to the clipboard as well. One that has expired is renewed first; where that cannot be done, nothing is printed.",
        help_template = help::EXAMPLES_FIRST,
        after_help = "Examples:
  vtexid local token --format header | curl -H @- URL
          call an API; the token is in no process list
  vtexid local token --as key
          the app key's token, not the user's
  vtexid local token --min-validity 10m
          one that is good for ten minutes at least
  eval \"$(vtexid local token --format env)\"
          set VTEX_TOKEN in sh, bash and zsh
  vtexid local token --format storage-state > state.json
          a browser test's cookie on localhost, for Playwright"
    )]
    Token(LocalToken),
}

/// `vtexid apptoken`
#[derive(Debug, Args)]
pub struct Apptoken {
    /// The app key (else VTEX_APP_KEY): vtexappkey-mystore-ABCDEF
    #[arg(long, value_name = "KEY")]
    pub app_key: Option<String>,
    /// Read the app token from this file, or `-` for stdin (else VTEX_APP_TOKEN)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub app_token_file: Option<PathBuf>,
    /// Save the app key pair, for later apptoken -a ACCOUNT and local token --as key
    #[arg(long)]
    pub save: bool,
    /// Where --save keeps it; remembered for the account. `file` is plain text
    #[arg(long, value_name = "STORE", requires = "save")]
    pub store: Option<StoreKind>,
    /// How to print the token (else raw; after --save at a terminal it is not printed)
    #[arg(short, long, value_name = "FORMAT")]
    pub format: Option<AppFormat>,
    /// Details of the format
    #[command(flatten)]
    pub shaping: Shaping,
}

/// `vtexid toolbelt …`
#[derive(Debug, Subcommand)]
pub enum Toolbelt {
    /// Import the toolbelt's sessions; its files stay as they are
    #[command(help_template = help::EXAMPLES_FIRST, after_help = "Examples:
  vtexid toolbelt import
          every session
  vtexid toolbelt import -a mystore
          that one")]
    Import(Import),
    /// Log the toolbelt in with the stored token, which it saves in plain text
    #[command(
        long_about = "Log the toolbelt in with the stored token, which it saves in plain text\n\nWrites session.json, tokens.json and workspace.json in ~/.vtex/session, so that vtex whoami, vtex link and vtex publish work.",
        help_template = help::EXAMPLES_FIRST,
        after_help = "Examples:
  vtexid toolbelt export
          with the stored token
  vtexid toolbelt export --workspace master
          in CI, from VTEX_APP_KEY and VTEX_APP_TOKEN"
    )]
    Export(Export),
}

/// `vtexid toolbelt import`
#[derive(Debug, Args)]
pub struct Import {
    /// Where to save the tokens (else where the account's are, else in the keyring). `file` is plain text
    #[arg(long, value_name = "STORE")]
    pub store: Option<StoreKind>,
}

/// `vtexid toolbelt export`
#[derive(Debug, Args)]
pub struct Export {
    /// Which credential
    #[command(flatten)]
    pub credential: CredentialArg,
    /// The workspace to be in (else the one it is in, else master)
    #[arg(long, value_name = "NAME")]
    pub workspace: Option<String>,
}
