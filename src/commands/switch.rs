//! `vtexid switch`: makes another account the current one.

use serde::Serialize;

use crate::{
    account::Account,
    accounts,
    cli::Target,
    context::Context,
    error::{Code, Failure},
    output::Answer,
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
    let named = match target {
        Target::Account(typed) => {
            let account = accounts::typed_account(context, typed);
            accounts::say_typed(context, typed, &account);
            Some(account)
        }
        Target::Previous => None,
    };
    if let Some(flag) = &context.account
        && named.as_ref() != Some(flag)
    {
        let target = named.as_ref().map_or("-", Account::as_str);
        return Err(Failure::new(
            Code::Usage,
            format_args!("two accounts are named: {target} and, with --account, {flag}"),
        )
        .hint(format!(
            "run `vtexid switch {flag}` or `vtexid switch {target}`"
        )));
    }
    let mut session = context.session()?;
    let account = match named {
        Some(account) => account,
        None => session.previous().cloned().ok_or_else(|| {
            Failure::new(Code::LoggedOut, "no previous account")
                .hint("run `vtexid switch ACCOUNT`; `vtexid status` lists the accounts")
        })?,
    };
    accounts::line(&session, &account)?;
    session.switch(&account)?;
    if context.output.json {
        context.output.answer(&Switched {
            account: account.clone(),
            previous: session.previous().cloned(),
        })?;
    }
    context.output.note(format_args!("switched to {account}"));
    accounts::warn_of_overrides(context, &account);
    Ok(())
}
