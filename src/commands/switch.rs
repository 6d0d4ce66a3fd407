//! `vtexid switch`: makes another account the current one.

use serde::Serialize;

use crate::{
    account::Account,
    accounts,
    cli::Target,
    context::Context,
    error::{Code, Failure},
    output::{Answer, Output},
};

/// What `--json` prints. People get a note.
#[derive(Serialize)]
struct Switched {
    account: Account,
    previous: Option<Account>,
}

impl Answer for Switched {
    fn lines(&self) -> Vec<String> {
        vec![self.account.to_string()]
    }
}

/// Runs the command.
///
/// # Errors
/// 4 when nobody is logged in to that account, or there is none before; 2 when
/// `--account` names another.
pub fn run(context: &Context, target: &Target) -> Result<(), Failure> {
    if let Some(flag) = &context.account
        && !matches!(target, Target::Account(account) if account == flag)
    {
        let target = match target {
            Target::Account(account) => account.as_str(),
            Target::Previous => "-",
        };
        return Err(Failure::new(
            Code::Usage,
            format_args!("two accounts are named: {target} and, with --account, {flag}"),
        )
        .hint(format!(
            "run `vtexid switch {flag}` or `vtexid switch {target}`"
        )));
    }
    let mut session = context.session()?;
    let account = match target {
        Target::Account(account) => account.clone(),
        Target::Previous => session.previous().cloned().ok_or_else(|| {
            Failure::new(Code::LoggedOut, "no previous account")
                .hint("run `vtexid switch ACCOUNT`; `vtexid status` lists the accounts")
        })?,
    };
    accounts::entry(&session, &account)?;
    session.switch(&account)?;
    if context.output.json {
        context.output.answer(&Switched {
            account: account.clone(),
            previous: session.previous().cloned(),
        })?;
    }
    context.output.note(format_args!("switched to {account}"));
    match context
        .config
        .account
        .as_ref()
        .map(|text| text.parse::<Account>())
    {
        Some(Ok(other)) => Output::warn(format_args!(
            "VTEX_ACCOUNT is set to {other} and overrides the current account"
        )),
        // Not repeated: it may be a secret in the wrong variable.
        Some(Err(error)) => Output::warn(format_args!("invalid VTEX_ACCOUNT: {error}")),
        None => {}
    }
    if context.config.token.is_some() {
        Output::warn("VTEX_TOKEN is set and overrides the stored tokens");
    }
    Ok(())
}
