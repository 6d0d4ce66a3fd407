//! Which account a command acts on, and why.
//!
//! Not for checking a name: that is `account`'s.

use serde::Serialize;

use crate::{
    account::Account,
    context::Context,
    error::{Code, Failure},
    near,
    session::{Entry, Session},
};

/// Why an account is the one to act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Reason {
    /// Named on the command line.
    #[serde(rename = "--account")]
    Flag,
    /// Named by `VTEX_ACCOUNT`.
    #[serde(rename = "VTEX_ACCOUNT")]
    Environment,
    /// The last one logged in or switched to.
    #[serde(rename = "switch")]
    Current,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Flag => "--account",
            Self::Environment => "VTEX_ACCOUNT",
            Self::Current => "last login or switch",
        })
    }
}

/// The account the command line or the environment names.
///
/// # Errors
/// Exit code 2 when `VTEX_ACCOUNT` is not an account name.
pub fn named(context: &Context) -> Result<Option<(Account, Reason)>, Failure> {
    if let Some(account) = &context.account {
        return Ok(Some((account.clone(), Reason::Flag)));
    }
    let variable = context.config.account.as_ref();
    variable
        .map(|text| match text.parse() {
            Ok(account) => Ok((account, Reason::Environment)),
            Err(e) => Err(Failure::from(e).context("invalid VTEX_ACCOUNT")),
        })
        .transpose()
}

/// The account to act on, and why.
///
/// # Errors
/// Exit code 4 when nothing names one; 2 when `VTEX_ACCOUNT` is invalid.
pub fn choose(context: &Context, session: &Session) -> Result<(Account, Reason), Failure> {
    if let Some(named) = named(context)? {
        return Ok(named);
    }
    match session.current() {
        Some(current) => Ok((current.clone(), Reason::Current)),
        None if session.accounts().is_empty() => Err(nobody()),
        None => Err(Failure::new(Code::LoggedOut, "no current account").hint(
            "run `vtexid switch ACCOUNT`, or pass --account; `vtexid status` lists the accounts",
        )),
    }
}

/// The index's line for the account.
///
/// # Errors
/// Exit code 4 when nobody is logged in to it.
pub fn entry<'a>(session: &'a Session, account: &Account) -> Result<&'a Entry, Failure> {
    let known = session.accounts();
    known.get(account).ok_or_else(|| {
        let others = if known.is_empty() {
            ""
        } else {
            "; `vtexid status` lists the known accounts"
        };
        Failure::new(
            Code::LoggedOut,
            format_args!("nobody is logged in to {account}"),
        )
        .hint(
            match near::nearest(account.as_str(), known.keys().map(Account::as_str)) {
                Some(near) => {
                    format!("did you mean {near}? If not, run `vtexid login {account}`{others}")
                }
                None => format!("run `vtexid login {account}`{others}"),
            },
        )
    })
}

/// The failure of a command that needs somebody to be logged in.
pub fn nobody() -> Failure {
    Failure::new(Code::LoggedOut, "nobody is logged in").hint("run `vtexid login ACCOUNT`")
}
