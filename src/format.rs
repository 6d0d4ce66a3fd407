//! The shapes a token is printed in.
//!
//! Not for choosing one, and not for printing: `output` does that.

use std::fmt;

use clap::ValueEnum;
use serde::Serialize;

use crate::{
    time,
    token::{Kind, Token},
};

/// The shapes, as named on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The token and a newline
    #[default]
    Raw,
    /// A header line, for `curl -H @-`
    Header,
    /// The token and what is known about it, as JSON
    Json,
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
}

impl<'a> Printed<'a> {
    /// `source` says where the token comes from; `account` stands in where
    /// the token names none.
    pub fn new(
        token: &'a Token,
        account: Option<&'a str>,
        source: &'a str,
        format: Format,
    ) -> Self {
        let claims = token.claims();
        let expires_on = claims.seconds("exp");
        Self {
            token: token.secret().expose(),
            kind: claims.kind(),
            account: claims.account().or(account),
            login: claims.login(),
            header: token.carrier(),
            expires_at: expires_on.and_then(time::rfc3339),
            expires_on,
            source,
            format,
        }
    }
}

impl fmt::Display for Printed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.format, &self.header) {
            (Format::Header, Some(header)) => write!(f, "{header}: {}", self.token),
            _ => f.write_str(self.token),
        }
    }
}
