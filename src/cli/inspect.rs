//! The command line of `vtexid inspect`.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueHint};

use super::CredentialArg;
use crate::time::parse_span;

/// `vtexid inspect`
#[derive(Debug, Args)]
pub struct Inspect {
    /// Which credential
    #[command(flatten)]
    pub credential: CredentialArg,
    /// The token, or `-` for stdin (default: a pipe on stdin, or the stored token). Prefer stdin: other users of this
    /// machine can see arguments
    pub token: Option<String>,
    /// Explain the stored token and do not read stdin: use it inside `while read` loops
    #[arg(long, conflicts_with = "token")]
    pub stored: bool,
    /// Exit with 3 if the token has expired or has another problem, or is valid for less than TIME: 90s, 10m, 2h.
    /// Prints one line; with -q, nothing
    #[arg(long, value_name = "TIME", num_args = 0..=1, require_equals = true, value_parser = parse_span)]
    #[expect(
        clippy::option_option,
        reason = "the flag may be absent, bare, or have a time"
    )]
    pub check: Option<Option<Duration>>,
    /// Print only this claim's value
    #[arg(long, value_name = "NAME")]
    pub claim: Option<String>,
    /// Check the signature with the key in FILE: a public key or certificate (PEM), a JWK or a JWKS
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub key: Option<PathBuf>,
    /// Check the signature (HS256, HS384, HS512) with the bytes of FILE as the secret
    #[arg(long, value_name = "FILE", conflicts_with = "key", value_hint = ValueHint::FilePath)]
    pub secret: Option<PathBuf>,
    /// Ask VTEX ID whether the token is valid; exit with 3 if it is not
    #[arg(long)]
    pub online: bool,
    /// Ask License Manager, with the token itself, for the user's roles
    #[arg(long)]
    pub roles: bool,
}
