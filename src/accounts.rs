//! Which account a command acts on, and why.
//!
//! Not for checking a name (`account`).

use serde::Serialize;

use crate::{
    account::{Account, Typed},
    context::Context,
    error::{Code, Failure},
    near,
    output::Output,
    session::{AccountEntry, Session},
};

/// Why a command acts on an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Reason {
    /// Named on the command line.
    #[serde(rename = "--account")]
    Flag,
    /// Named by `VTEX_ACCOUNT`.
    #[serde(rename = "VTEX_ACCOUNT")]
    Environment,
    /// The current account: the last one logged in or switched to.
    #[serde(rename = "switch")]
    Current,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Flag => "--account",
            Self::Environment => "VTEX_ACCOUNT",
            Self::Current => "current account",
        })
    }
}

/// The account that the command line or the environment names.
///
/// # Errors
/// Exit code 2 when `VTEX_ACCOUNT` is not an account name.
pub fn named(context: &Context) -> Result<Option<(Account, Reason)>, Failure> {
    if let Some(account) = &context.account {
        return Ok(Some((account.clone(), Reason::Flag)));
    }
    let variable = context.config.account.as_ref();
    variable
        .map(|text| match text.parse::<Typed>() {
            Ok(typed) => Ok((typed_account(context, &typed), Reason::Environment)),
            Err(e) => Err(Failure::from(e).context("invalid VTEX_ACCOUNT")),
        })
        .transpose()
}

/// The account in what the user typed. Earlier releases stored sessions under
/// the name of a workspace, so such a session is still found.
pub fn typed_account(context: &Context, typed: &Typed) -> Account {
    let stored = |literal: &&Account| {
        let session = context.peek();
        session.is_some_and(|session| session.accounts().contains_key(*literal))
    };
    let literal = typed.literal.as_ref();
    literal.filter(stored).unwrap_or(&typed.account).clone()
}

/// Prints a note if the account was taken from an address or a workspace.
pub fn say_typed(context: &Context, typed: &Typed, account: &Account) {
    if let Some(from) = &typed.taken_from
        && *account == typed.account
    {
        context.output.note(format_args!(
            "using the account {account}, taken from {from}"
        ));
    }
}

/// The account that the command acts on, and why.
///
/// # Errors
/// Exit code 4 when there is no account; 2 when `VTEX_ACCOUNT` is invalid.
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

/// The account's entry in the index.
///
/// # Errors
/// Exit code 4 when you are not logged in to it.
pub fn entry<'a>(session: &'a Session, account: &Account) -> Result<&'a AccountEntry, Failure> {
    let known = session.accounts();
    known.get(account).ok_or_else(|| {
        let others = if known.is_empty() {
            ""
        } else {
            "; `vtexid status` lists the known accounts"
        };
        Failure::new(
            Code::LoggedOut,
            format_args!("you are not logged in to {account}"),
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

/// Warns if the environment overrides the new current account.
pub fn warn_of_overrides(context: &Context, account: &Account) {
    warn_of_account_variable(context, account);
    if context.config.token.is_some() {
        Output::warn("VTEX_TOKEN is set and overrides the stored tokens");
    }
}

/// Warns if `VTEX_ACCOUNT` overrides the current account.
pub fn warn_of_account_variable(context: &Context, account: &Account) {
    let variable = context.config.account.as_ref();
    match variable.map(|text| text.parse::<Typed>()) {
        Some(Ok(typed)) if typed.account == *account => {}
        Some(Ok(typed)) => Output::warn(format_args!(
            "VTEX_ACCOUNT is set to {} and overrides the current account",
            typed.account
        )),
        // Does not quote the value: it may be a secret in the wrong variable.
        Some(Err(error)) => Output::warn(format_args!("invalid VTEX_ACCOUNT: {error}")),
        None => {}
    }
}

/// The failure if no account is logged in.
pub fn nobody() -> Failure {
    Failure::new(Code::LoggedOut, "you are not logged in").hint("run `vtexid login ACCOUNT`")
}
