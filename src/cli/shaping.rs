//! The flags for details of a printed token's format. Not for the formats.

use clap::Args;

use crate::format::{Domain, Variable};

/// Details of a format.
#[derive(Debug, Args)]
pub struct Shaping {
    /// Set this variable instead of VTEX_TOKEN, with --format env, fish, powershell or dotenv
    #[arg(long, value_name = "VAR")]
    pub name: Option<Variable>,
    /// The host of the cookie, with --format storage-state (default: localhost)
    #[arg(long, value_name = "HOST")]
    pub domain: Option<Domain>,
}
