//! The shapes a token is printed in.
//!
//! Not for choosing one, and not for printing: `output` does that.

#![allow(
    clippy::doc_markdown,
    reason = "some of these comments are help text, shown as typed"
)]

use clap::{ValueEnum, builder::PossibleValue};
use serde::Serialize;

use crate::{
    account::Account,
    output::Answer,
    time,
    token::{self, Kind, Token},
    vtexid::Site,
};

/// The shapes, as named on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The token and a newline
    #[default]
    Raw,
    /// A header line, for `curl -H @-`
    Header,
    /// A cookie file for the account's hosts alone, for `curl -b -`
    Cookie,
    /// A line of curl's configuration, for `curl -K -`
    Curl,
    /// Sets VTEX_TOKEN in sh, bash and zsh, for eval
    Env,
    /// Sets VTEX_TOKEN in fish, for source
    Fish,
    /// Sets VTEX_TOKEN in PowerShell, for Invoke-Expression
    #[value(name = "powershell")]
    PowerShell,
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
            Self::Token(Format::Json),
            Self::KeyHeaders,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Token(format) => format.to_possible_value(),
            Self::KeyHeaders => Some(PossibleValue::new("key-headers").help(
                "X-VTEX-API-AppKey and X-VTEX-API-AppToken, for `curl -H @-`; asks VTEX ID for nothing",
            )),
        }
    }
}

impl Format {
    /// Whether it names the header or cookie that the token travels in, which
    /// what is no credential does not have.
    pub fn names_carrier(self) -> bool {
        matches!(self, Self::Header | Self::Cookie | Self::Curl)
    }
}

/// A token with all that may be printed beside it. A refresh token never is.
#[derive(Serialize)]
pub struct Printed<'a> {
    token: &'a str,
    kind: Kind,
    account: Option<&'a str>,
    login: Option<&'a str>,
    header: Option<String>,
    expires_at: Option<String>,
    expires_on: Option<i64>,
    source: &'a str,
    #[serde(skip)]
    format: Format,
    /// Where its cookie may go, and whether over HTTPS alone.
    #[serde(skip)]
    hosts: Vec<(String, bool)>,
}

impl<'a> Printed<'a> {
    /// `source` says where the token comes from; `account` stands in where
    /// the token names none, and is where its cookie goes.
    pub fn new(
        token: &'a Token,
        account: Option<&'a Account>,
        site: &Site,
        source: &'a str,
        format: Format,
    ) -> Self {
        let claims = token.claims();
        let expires_on = claims.seconds("exp");
        Self {
            token: token.secret().expose(),
            kind: claims.kind(),
            account: claims.account().or(account.map(Account::as_str)),
            login: claims.login(),
            header: token.carrier(),
            expires_at: expires_on.and_then(time::rfc3339),
            expires_on,
            source,
            format,
            hosts: account.map_or_else(Vec::new, |account| site.hosts(account)),
        }
    }
}

impl Answer for Printed<'_> {
    fn lines(&self) -> Vec<String> {
        // A token holds nothing but letters, digits, `-`, `_` and dots, so no
        // quoting can be broken out of.
        let token = self.token;
        let header = self.header.as_deref().unwrap_or(token::COOKIE);
        let line = match self.format {
            Format::Raw | Format::Json => token.to_owned(),
            Format::Header => format!("{header}: {token}"),
            // Netscape's format, which names the hosts: curl sends a cookie
            // without any to every host it is led to, or to none.
            Format::Cookie => {
                let cookie = |(host, secure): &(String, bool)| {
                    let secure = if *secure { "TRUE" } else { "FALSE" };
                    let expires = self.expires_on.unwrap_or(0);
                    format!("{host}\tFALSE\t/\t{secure}\t{expires}\t{header}\t{token}")
                };
                let mut lines = vec!["# Netscape HTTP Cookie File".to_owned()];
                lines.extend(self.hosts.iter().map(cookie));
                return lines;
            }
            Format::Curl => format!("header = \"{header}: {token}\""),
            Format::Env => format!("export VTEX_TOKEN='{token}'"),
            Format::Fish => format!("set -gx VTEX_TOKEN '{token}'"),
            Format::PowerShell => format!("$env:VTEX_TOKEN = '{token}'"),
        };
        vec![line]
    }

    fn has_tabs(&self) -> bool {
        self.format == Format::Cookie
    }

    fn is_for_programs(&self) -> bool {
        true
    }
}
