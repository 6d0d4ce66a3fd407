//! The command line of `vtexid exec`.

use std::{ffi::OsString, str::FromStr, time::Duration};

use clap::{Args, ValueHint};

use super::CredentialArg;
use crate::{format::Variable, time::parse_span};

/// The longest variable's name that an error repeats.
const MAX_REPEATED_NAME: usize = 40;

/// The beginning of `--help`.
pub(super) const ABOUT: &str = "Run a program with the credential in its environment

VTEX_TOKEN, VTEX_ACCOUNT, VTEX_APP_KEY and VTEX_APP_TOKEN are removed from the environment first. Then these are set:
  by default       VTEX_ACCOUNT and VTEX_TOKEN
  with --as key    VTEX_ACCOUNT, VTEX_APP_KEY and VTEX_APP_TOKEN
  with --set       only the variables that it names

The program and everything it starts can read these variables. The token is not renewed while the program runs: use --min-validity if it runs for long. Ctrl-C and the exit code are the program's own.";

/// The end of `--help`.
pub(super) const EXAMPLES: &str = "Examples:
  vtexid exec -- npm test
          set VTEX_ACCOUNT and VTEX_TOKEN
  vtexid exec --as key -- python sync.py
          set VTEX_APP_KEY, VTEX_APP_TOKEN and VTEX_ACCOUNT
  vtexid exec --set FS_DISCOVERY_APP_KEY=key --set FS_DISCOVERY_APP_TOKEN=app-token -- yarn build
          set the variables that FastStore reads";

/// `vtexid exec`
#[derive(Debug, Args)]
pub struct Exec {
    /// Which credential
    #[command(flatten)]
    pub credential: CredentialArg,
    /// Set only the variables named with --set, to: token, cookie, key, app-token, account or login
    #[arg(long, value_name = "NAME=WHAT")]
    pub set: Vec<Setting>,
    /// Require a token that is valid for this long, and renew it if needed: 90s, 10m, 2h
    #[arg(long, value_name = "TIME", value_parser = parse_span)]
    pub min_validity: Option<Duration>,
    /// The program and its arguments
    #[arg(
        value_name = "CMD",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_hint = ValueHint::CommandWithArguments
    )]
    pub command: Vec<OsString>,
}

/// What a variable is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The token.
    Token,
    /// The token as a cookie: its name, `=`, and the token.
    Cookie,
    /// The app key.
    Key,
    /// The app token.
    AppToken,
    /// The account.
    Account,
    /// The credential's user, shopper or app key.
    Login,
}

/// A variable, and what it is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The variable's name.
    pub name: String,
    /// Its value.
    pub what: What,
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, what) = text
            .split_once('=')
            .ok_or("expected NAME=WHAT, such as TOKEN=token")?;
        let name = name.parse::<Variable>()?.to_string();
        let what = match what {
            "token" => What::Token,
            "cookie" => What::Cookie,
            "key" => What::Key,
            "app-token" => What::AppToken,
            "account" => What::Account,
            "login" => What::Login,
            _ => {
                // A longer name may be a secret in the wrong place.
                let is_name = name.len() <= MAX_REPEATED_NAME && !name.contains("eyJ");
                let shown = if is_name { &name } else { "NAME" };
                return Err(format!(
                    "after `{shown}=` write one of: token, cookie, key, app-token, account, login"
                ));
            }
        };
        Ok(Self { name, what })
    }
}
