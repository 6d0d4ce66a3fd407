//! The flags of `vtexid api`. Not for logic.

#![allow(
    clippy::doc_markdown,
    reason = "these comments are the help text, shown as typed"
)]

use std::{convert::Infallible, path::PathBuf, str::FromStr};

use clap::{Args, ValueHint};

use crate::slot::Slot;

pub(super) const ABOUT: &str = "Send a request to a VTEX API, with the right host and credential

vtexid finds the host from the path, and adds the account's token or app key pair, without showing it or sending it to any other host. The body of a 2xx answer is printed unchanged; any other answer is an error. GET and HEAD are retried after 429, 503 and no answer. Redirects are not followed.";

pub(super) const EXAMPLES: &str = "Examples:
  vtexid api /api/catalog_system/pvt/brand/list
          JSON is indented at a terminal
  vtexid api '/api/oms/pvt/orders?per_page=100' --paginate | jq -r .orderId
          every item of every page, one per line
  vtexid api -X PUT /pricing/prices/1 -d @price.json
          send a file as the body
  vtexid api /api/catalog_system/pvt/brand/list --print-curl
          print the curl command, without the credential";

/// `vtexid api`
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one flag of the command line"
)]
pub struct Api {
    /// The path and query, or a URL of one of the account's hosts
    #[arg(value_name = "PATH")]
    pub path: ApiPath,
    /// The method (default: GET, or POST with --data)
    #[arg(short = 'X', long, value_name = "METHOD", value_hint = ValueHint::Other)]
    pub method: Option<String>,
    /// Send this text, a file with @FILE, or stdin with @-; as JSON unless -H sets another Content-Type
    #[arg(short, long, value_name = "TEXT|@FILE", allow_hyphen_values = true, value_hint = ValueHint::Other)]
    pub data: Option<String>,
    /// Send this header too; can be repeated
    #[arg(short = 'H', long, value_name = "NAME: VALUE", value_hint = ValueHint::Other)]
    pub header: Vec<String>,
    /// Print the status and the headers before the body
    #[arg(short, long, conflicts_with = "paginate")]
    pub include: bool,
    /// Write the answer to FILE, and replace FILE only when it is complete
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
    /// Send this credential of the account: `user`, `key` (the app key pair), a shopper's e-mail, or `none`
    #[arg(long = "as", value_name = "user|key|none|EMAIL")]
    pub credential: Option<As>,
    /// Only read: safe to allow for a coding agent. Refuses --method, --data, --output, --as none and --print-curl
    #[arg(long, conflicts_with_all = ["method", "data", "output", "print_curl"])]
    pub get: bool,
    /// Use this host of the account, such as mystore.vtexcommercestable.com.br, instead of the documented one
    #[arg(long, value_name = "HOST", value_hint = ValueHint::Other)]
    pub host: Option<String>,
    /// Use this VTEX IO workspace, on myvtex.com
    #[arg(long, value_name = "NAME", value_hint = ValueHint::Other)]
    pub workspace: Option<String>,
    /// Get all pages and print each item as a line of JSON
    #[arg(long, conflicts_with = "data")]
    pub paginate: bool,
    /// Print the body of an error on stdout instead of stderr
    #[arg(long, conflicts_with = "paginate")]
    pub fail_body: bool,
    /// Print the request as a curl command, without the credential, and send nothing
    #[arg(long, conflicts_with_all = ["paginate", "include", "output", "fail_body"])]
    pub print_curl: bool,
}

/// What goes along with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum As {
    /// One of the account's credentials.
    Slot(Slot),
    /// No credential.
    None,
}

impl FromStr for As {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self::None),
            _ => text
                .parse()
                .map(Self::Slot)
                .map_err(|_| "expected `user`, `key`, `none`, or a shopper's e-mail address"),
        }
    }
}

/// A path, which is completed by what APIs begin with.
#[derive(Clone, Debug)]
pub struct ApiPath(pub String);

impl FromStr for ApiPath {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}
