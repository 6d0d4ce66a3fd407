//! `vtexid switch`: makes another account the current one.

use serde::Serialize;

use crate::{
    account::{Account, Typed},
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
/// 4 when you are not logged in to that account, or there is none before; 2 when
/// `--account` names another, or nothing names one and nobody can be asked.
pub fn run(context: &Context, target: Option<&Target>) -> Result<(), Failure> {
    let named = match target {
        Some(Target::Account(typed)) => Some(typed_account(context, typed)),
        Some(Target::Previous) => None,
        None => context.account.clone(),
    };
    if let Some(flag) = &context.account
        && named.as_ref() != Some(flag)
    {
        let target = named.as_ref().map_or("-", Account::as_str);
        return Err(Failure::new(
            Code::Usage,
            format_args!("conflicting accounts: {target}, and {flag} with --account"),
        )
        .hint(format!(
            "run `vtexid switch {flag}` or `vtexid switch {target}`"
        )));
    }
    let asks = target.is_none() && named.is_none();
    if asks && !prompt::can_ask() {
        return Err(Failure::new(Code::Usage, "missing account")
            .hint("run `vtexid switch ACCOUNT`; `vtexid status` lists the accounts"));
    }
    let mut session = context.session()?;
    let named = if asks { ask(context, &session)? } else { named };
    let account = match named {
        Some(account) => account,
        None => session.previous().cloned().ok_or_else(|| {
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
    context.output.done(format_args!("switched to {account}"));
    accounts::warn_of_overrides(context, &account);
    Ok(())
}

fn typed_account(context: &Context, typed: &Typed) -> Account {
    let account = accounts::typed_account(context, typed);
    accounts::say_typed(context, typed, &account);
    account
}

/// Lists the accounts and asks for one, by its number or name; `None` for the
/// previous one.
fn ask(context: &Context, session: &Session) -> Result<Option<Account>, Failure> {
    let known = session.accounts();
    if known.is_empty() {
        return Err(accounts::nobody());
    }
    for (number, (account, line)) in (1..).zip(known) {
        let slot = line.default_slot();
        let entry = slot.and_then(|slot| line.get(&slot));
        let login = match entry {
            Some(entry) => entry.login.as_deref().unwrap_or("an unnamed user"),
            None => "only shoppers",
        };
        let current = if session.current() == Some(account) {
            ", current"
        } else {
            ""
        };
        Output::say(format_args!("{number}: {account} ({login}){current}"));
    }
    let typed = prompt::line(context, "switch to (number or name): ")?;
    if typed.is_empty() {
        return Err(Failure::new(Code::General, "no account was chosen"));
    }
    // An account may have a number as its name.
    let is_name = known.keys().any(|account| account.as_str() == typed);
    let number = typed.parse::<usize>().ok().filter(|_| !is_name);
    let numbered = number.and_then(|number| known.keys().nth(number.checked_sub(1)?));
    if let Some(account) = numbered {
        return Ok(Some(account.clone()));
    }
    if let Some(number) = number {
        return Err(Failure::new(
            Code::LoggedOut,
            format_args!("there is no account {number} in the list"),
        )
        .hint(match known.len() {
            1 => "type 1, or an account's name".to_owned(),
            n => format!("type a number from 1 to {n}, or an account's name"),
        }));
    }
    Ok(match typed.parse()? {
        Target::Account(typed) => Some(typed_account(context, &typed)),
        Target::Previous => None,
    })
}
