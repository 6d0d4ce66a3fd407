//! `vtexid switch`: makes another account the current one.

use serde::Serialize;

use crate::{
    account::Account,
    accounts,
    cli::Target,
    context::Context,
    error::{Code, Failure},
    output::{Answer, Output},
    prompt,
    session::Session,
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
/// `--account` names another, or nothing names one and nobody can be asked.
pub fn run(context: &Context, target: Option<Target>) -> Result<(), Failure> {
    let target = target.or_else(|| context.account.clone().map(Target::Account));
    if let (Some(flag), Some(target)) = (&context.account, &target)
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
    if target.is_none() && !prompt::can_ask() {
        return Err(Failure::new(Code::Usage, "no account is named")
            .hint("run `vtexid switch ACCOUNT`; `vtexid status` lists the accounts"));
    }
    let mut session = context.session()?;
    let target = match target {
        Some(target) => target,
        None => ask(context, &session)?,
    };
    let account = match target {
        Target::Account(account) => account,
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

/// Lists the accounts and asks for one, by its number or name.
fn ask(context: &Context, session: &Session) -> Result<Target, Failure> {
    let known = session.accounts();
    if known.is_empty() {
        return Err(accounts::nobody());
    }
    for (number, (account, entry)) in (1..).zip(known) {
        let login = entry.login.as_deref().unwrap_or("an unnamed user");
        let current = if session.current() == Some(account) {
            ", current"
        } else {
            ""
        };
        Output::say(format_args!("{number}: {account} ({login}){current}"));
    }
    let typed = prompt::line(context, "switch to (number or name): ")?;
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Failure::new(Code::General, "no account was chosen"));
    }
    // An account may have a number as its name.
    let is_name = known.keys().any(|account| account.as_str() == typed);
    let number = typed.parse::<usize>().ok().filter(|_| !is_name);
    let numbered = number.and_then(|number| known.keys().nth(number.checked_sub(1)?));
    match numbered {
        Some(account) => Ok(Target::Account(account.clone())),
        None => Ok(typed.parse()?),
    }
}
