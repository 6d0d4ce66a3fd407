//! The shapes a token is printed in.
//!
//! Not for writing their lines (`format/lines.rs`), and not for printing:
//! `output` does that.

#![allow(
    clippy::doc_markdown,
    reason = "some of these comments are help text, shown as typed"
)]

mod lines;
mod words;

use clap::{ValueEnum, builder::PossibleValue};
use serde::Serialize;

pub use self::words::{Domain, Variable};
use crate::{
    account::Account,
    error::{Code, Failure},
    output::Answer,
    time,
    token::{Kind, Token},
    vtexid::Site,
};

/// The shapes, as named on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The token and a newline
    #[default]
    Raw,
    /// A header line, for `curl -H @-` (for a shopper `Cookie:`)
    Header,
    /// A cookie file for the account's own hosts, for `curl -b -`
    Cookie,
    /// A line of curl's configuration, for `curl -K -`
    Curl,
    /// Sets VTEX_TOKEN in sh, bash and zsh, for `eval`
    Env,
    /// Sets VTEX_TOKEN in fish, for `source`
    Fish,
    /// Sets VTEX_TOKEN in PowerShell, for `Invoke-Expression`
    #[value(name = "powershell")]
    PowerShell,
    /// VTEX_TOKEN=…, for `docker run --env-file` and `node --env-file`
    Dotenv,
    /// A line for the browser's console that sets the cookie on the page's host
    Browser,
    /// Playwright's storage state with the cookie for --domain
    StorageState,
    /// The token and what is known about it, as JSON
    Json,
}

/// The shapes of `apptoken`: a token's, and the pair's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppFormat {
    /// The token, in this shape.
    Token(Format),
    /// The pair as the two headers that requests may carry instead of a token.
    KeyHeaders,
}

impl Default for AppFormat {
    fn default() -> Self {
        Self::Token(Format::Raw)
    }
}

impl ValueEnum for AppFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Token(Format::Raw),
            Self::Token(Format::Header),
            Self::Token(Format::Cookie),
            Self::Token(Format::Curl),
            Self::Token(Format::Env),
            Self::Token(Format::Fish),
            Self::Token(Format::PowerShell),
            Self::Token(Format::Dotenv),
            Self::Token(Format::Browser),
            Self::Token(Format::StorageState),
            Self::Token(Format::Json),
            Self::KeyHeaders,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Token(format) => format.to_possible_value(),
            Self::KeyHeaders => Some(PossibleValue::new("key-headers").help(
                "X-VTEX-API-AppKey and X-VTEX-API-AppToken, for `curl -H @-`; sends no request",
            )),
        }
    }
}

impl Format {
    /// Whether it contains the name of the header or cookie, which a token that
    /// is not a credential does not have.
    fn names_carrier(self) -> bool {
        matches!(
            self,
            Self::Header | Self::Cookie | Self::Curl | Self::Browser | Self::StorageState
        )
    }

    /// Whether it sets a variable.
    fn sets_variable(self) -> bool {
        matches!(
            self,
            Self::Env | Self::Fish | Self::PowerShell | Self::Dotenv
        )
    }

    /// Whether a browser has to take the token as a cookie.
    fn is_for_browsers(self) -> bool {
        matches!(self, Self::Browser | Self::StorageState)
    }
}

/// Checks that `--json` does not contradict `--format`.
///
/// # Errors
/// Exit code 2 for a format that is not JSON.
pub fn check_json(json: bool, format: AppFormat) -> Result<(), Failure> {
    // Raw is the default, so it says nothing; the pair can be JSON too.
    let fits = match format {
        AppFormat::Token(format) => matches!(format, Format::Raw | Format::Json),
        AppFormat::KeyHeaders => true,
    };
    if !json || fits {
        return Ok(());
    }
    let name = format.to_possible_value();
    let name = name.as_ref().map_or("", PossibleValue::get_name);
    Err(Failure::new(
        Code::Usage,
        format_args!("cannot use --json with --format {name}"),
    )
    .hint("leave out one of the two"))
}

/// A shape and its details.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The shape.
    pub format: Format,
    variable: Variable,
    domain: Domain,
}

impl Shape {
    /// Puts them together.
    ///
    /// # Errors
    /// As [`Self::check_details`].
    pub fn new(
        format: Format,
        variable: Option<&Variable>,
        domain: Option<&Domain>,
    ) -> Result<Self, Failure> {
        Self::check_details(Some(format), variable, domain)?;
        Ok(Self {
            format,
            variable: variable.cloned().unwrap_or_default(),
            domain: domain.cloned().unwrap_or_default(),
        })
    }

    /// Checks that the format has these details.
    ///
    /// # Errors
    /// Exit code 2 for a detail that it does not have.
    pub fn check_details(
        format: Option<Format>,
        variable: Option<&Variable>,
        domain: Option<&Domain>,
    ) -> Result<(), Failure> {
        let misplaced = |flag: &str, formats: &str| {
            Failure::new(
                Code::Usage,
                format_args!("{flag} works only with {formats}"),
            )
        };
        if variable.is_some() && !format.is_some_and(Format::sets_variable) {
            return Err(misplaced(
                "--name",
                "--format env, fish, powershell or dotenv",
            ));
        }
        if domain.is_some() && format != Some(Format::StorageState) {
            return Err(misplaced("--domain", "--format storage-state"));
        }
        Ok(())
    }

    /// Checks that the token can be printed in this shape.
    ///
    /// # Errors
    /// Exit code 3 for what no header or cookie carries, 1 for what browsers
    /// do not take.
    pub fn check(&self, token: &Token) -> Result<(), Failure> {
        /// The browsers' limit for name and value (RFC 6265bis, 5.7).
        const MAX_COOKIE_BYTES: usize = 4096;
        let carrier = token.carrier();
        if self.format.names_carrier() && carrier.is_none() {
            return Err(Failure::new(
                Code::BadToken,
                "this token is not a credential: no header or cookie carries it",
            ));
        }
        let bytes = token.secret().expose().len() + carrier.map_or(0, |name| name.len());
        if self.format.is_for_browsers() && bytes > MAX_COOKIE_BYTES {
            return Err(Failure::new(
                Code::General,
                format_args!(
                    "the token is too large for a browser's cookie: {bytes} bytes with its name, {MAX_COOKIE_BYTES} at most"
                ),
            ));
        }
        Ok(())
    }
}

/// A token and the facts printed with it. Never a refresh token.
#[derive(Serialize)]
pub struct Printed<'a> {
    token: &'a str,
    kind: Kind,
    account: Option<&'a str>,
    login: Option<&'a str>,
    /// The header it is sent as; none for a shopper.
    header: Option<String>,
    /// The cookie it is sent as.
    cookie: Option<String>,
    expires_at: Option<String>,
    expires_on: Option<i64>,
    source: &'a str,
    #[serde(skip)]
    shape: &'a Shape,
    /// Where its cookie may go, and whether over HTTPS alone.
    #[serde(skip)]
    hosts: Vec<(String, bool)>,
}

impl<'a> Printed<'a> {
    /// `source` says where the token comes from; `account` is used if the token
    /// names none, and decides the cookie's hosts.
    pub fn new(
        token: &'a Token,
        account: Option<&'a Account>,
        site: &Site,
        source: &'a str,
        shape: &'a Shape,
    ) -> Self {
        let claims = token.claims();
        let expires_on = claims.seconds("exp");
        Self {
            token: token.secret().expose(),
            kind: claims.kind(),
            account: claims.account().or(account.map(Account::as_str)),
            login: claims.login(),
            header: token.carrier().filter(|_| !claims.kind().is_shopper()),
            cookie: token.carrier(),
            expires_at: expires_on.and_then(time::rfc3339),
            expires_on,
            source,
            shape,
            hosts: account.map_or_else(Vec::new, |account| site.hosts(account)),
        }
    }
}

impl Answer for Printed<'_> {
    fn lines(&self) -> Vec<String> {
        lines::of(self)
    }

    fn has_tabs(&self) -> bool {
        self.shape.format == Format::Cookie
    }

    fn is_for_programs(&self) -> bool {
        true
    }
}
