//! `vtexid toolbelt import`: imports the sessions of VTEX's own CLI.

use serde::Serialize;

use super::{cleanup_hint, listed, lock, paths, unusable};
use crate::{
    account::Account,
    cli::Import,
    context::{self, Context},
    error::{Code, Failure},
    output::{Answer, Output, visible},
    session::{Current, NewCredential, NewTokens, Session, SessionError},
    slot::Slot,
    store::StoreKind,
    time,
    token::{Token, TokenPair, Validity},
    toolbelt::{self, Found, Sessions},
};

/// What was imported, and what was skipped and why.
#[derive(Serialize)]
struct Imported {
    imported: Vec<Line>,
    skipped: Vec<Skipped>,
}

#[derive(Serialize)]
struct Line {
    account: Account,
    login: Option<String>,
    expires_at: Option<String>,
    /// Whether it can be renewed without a browser.
    renewable: bool,
    store: StoreKind,
    /// Whether the token was here already, and only its refresh token is new.
    refresh_token_only: bool,
}

#[derive(Serialize)]
struct Skipped {
    account: Account,
    reason: String,
}

impl Answer for Imported {
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for line in &self.imported {
            let login = line.login.as_deref().unwrap_or("an unnamed user");
            let renewable = if line.renewable { ", renewable" } else { "" };
            let what = if line.refresh_token_only {
                "imported the refresh token"
            } else {
                "imported"
            };
            lines.push(format!(
                "{} ({}, {}{renewable}): {what}",
                line.account,
                visible(login, false),
                line.store
            ));
        }
        for skipped in &self.skipped {
            let reason = visible(&skipped.reason, false);
            lines.push(format!("{}: skipped: {reason}", skipped.account));
        }
        lines
    }
}

/// What to do with a session of the toolbelt's.
enum Plan {
    /// Save it in place of what is stored.
    Save(TokenPair),
    /// Save its refresh token with the token that is stored.
    Complete(TokenPair),
    /// It expired at this time, and cannot be renewed.
    Expired(i64),
    /// Skip it, for this reason.
    Skip(String),
}

/// `vtexid toolbelt import`
///
/// # Errors
/// 1 when its files cannot be read, or hold none of the account that is named;
/// 4 when there is no session in them, or all have expired; 5 for the store.
/// Nothing is saved when a store does not work.
pub fn import(context: &Context, args: &Import) -> Result<(), Failure> {
    let paths = paths(context)?;
    let mut session = context.session()?;
    let read = {
        let _lock = lock(context, &session)?;
        toolbelt::read(&paths.session)?
    };
    let read = warn_of_problems(read)?;
    let found = chosen(context, &read)?;
    if found.is_empty() {
        return Err(Failure::new(
            Code::LoggedOut,
            format_args!(
                "found no session of VTEX's CLI in {}",
                paths.session.display()
            ),
        )
        .hint("run `vtexid login ACCOUNT`"));
    }
    check_stores(context, args, &session, &found)?;
    let mut answer = Imported {
        imported: Vec::new(),
        skipped: Vec::new(),
    };
    let mut expired = Vec::new();
    for (account, tokens) in found {
        // Another process may renew the session in the meantime.
        let lock = session.lock_account(&account)?;
        let plan = plan(context, args, &session, &account, tokens);
        let refresh_token_only = matches!(plan, Plan::Complete(_));
        let pair = match plan {
            Plan::Save(pair) | Plan::Complete(pair) => pair,
            Plan::Expired(exp) => {
                expired.push((account.clone(), exp));
                let reason = format!("its token expired on {}", time::utc_words(exp));
                answer.skipped.push(Skipped { account, reason });
                continue;
            }
            Plan::Skip(reason) => {
                answer.skipped.push(Skipped { account, reason });
                continue;
            }
        };
        let store = store_of(context, args, &session, (&account, &pair.token))?;
        let slot = Slot::of(pair.token.claims());
        let before = session.entry(&account, &slot).cloned();
        let mut new = NewTokens::from(pair);
        let renewable = new.item.refresh.is_some();
        if slot == Slot::Key {
            // The toolbelt has no app tokens: keep the saved pair.
            new.item.pair = session.app_key_pair(&account)?;
        }
        let imported = NewCredential {
            slot: &slot,
            item: &new.item,
            store,
            current: Current::Stays,
        };
        let stale = session.save(&lock, &imported)?;
        context::warn_of_stale_secrets(&account, stale);
        let claims = new.token.claims();
        let login = claims.login().map(str::to_owned);
        if let (Some(old), Some(new)) = (before.and_then(|entry| entry.login), &login)
            && old != *new
        {
            Output::warn(format_args!(
                "now logged in to {account} as {new} (was {old})"
            ));
        }
        answer.imported.push(Line {
            login,
            expires_at: claims.seconds("exp").and_then(time::rfc3339),
            renewable,
            account,
            store,
            refresh_token_only,
        });
    }
    if answer.imported.is_empty() && expired.len() == answer.skipped.len() {
        return Err(all_expired(context, &expired));
    }
    choose_current(&mut session, &read, &answer.imported)?;
    if !answer.imported.is_empty() {
        let copies = toolbelt::copies(paths, &read);
        Output::warn(format_args!(
            "tokens stay in plain text in {}",
            listed(&copies)
        ));
        let hint = cleanup_hint(paths, &read, &copies);
        context.output.note(format_args!("hint: {hint}"));
    }
    context.output.answer(&answer)
}

/// The sessions to import: all of them, or that of `--account`.
fn chosen(context: &Context, read: &Sessions) -> Result<Vec<(Account, Found)>, Failure> {
    let all = read.accounts.iter();
    let only = context.account.as_ref();
    let found: Vec<_> = all
        .filter(|(account, _)| only.is_none_or(|only| *account == only))
        .map(|(account, found)| (account.clone(), found.clone()))
        .collect();
    match only {
        Some(only) if found.is_empty() && !read.accounts.is_empty() => Err(Failure::new(
            Code::General,
            format_args!("the toolbelt has no session of {only}"),
        )
        .hint("leave out --account to import every session")),
        _ => Ok(found),
    }
}

/// A file that cannot be read does not stop the others.
fn warn_of_problems(mut read: Sessions) -> Result<Sessions, Failure> {
    let problems = std::mem::take(&mut read.problems);
    let nothing_else = read.accounts.is_empty();
    for problem in problems {
        if nothing_else {
            return Err(problem.into());
        }
        Output::warn(problem);
    }
    Ok(read)
}

/// The store of an account's tokens: `--store`, else the current one.
fn store_of(
    context: &Context,
    args: &Import,
    session: &Session,
    (account, token): (&Account, &Token),
) -> Result<StoreKind, Failure> {
    context.store_for(args.store, known_store(session, account, token))
}

fn known_store(session: &Session, account: &Account, token: &Token) -> Option<StoreKind> {
    let line = session.accounts().get(account)?;
    line.store(&Slot::of(token.claims()))
}

/// Tests every store before anything is written.
fn check_stores(
    context: &Context,
    args: &Import,
    session: &Session,
    found: &[(Account, Found)],
) -> Result<(), Failure> {
    let (mut tried, mut new_in_file) = (Vec::new(), false);
    for (account, tokens) in found {
        let (Plan::Save(pair) | Plan::Complete(pair)) =
            plan(context, args, session, account, tokens.clone())
        else {
            continue;
        };
        let store = store_of(context, args, session, (account, &pair.token))?;
        if !tried.contains(&store) {
            session.probe(account, store)?;
            tried.push(store);
        }
        let known = known_store(session, account, &pair.token);
        new_in_file |= store == StoreKind::File && known != Some(store);
    }
    if new_in_file {
        Output::warn("saving tokens in plain-text files that only you can read");
    }
    Ok(())
}

/// What to do with the toolbelt's tokens of an account. A stored session is
/// replaced only by a newer one, and loses its refresh token only to another
/// user's session.
fn plan(
    context: &Context,
    args: &Import,
    session: &Session,
    account: &Account,
    found: Found,
) -> Plan {
    let Some(text) = found.token else {
        return Plan::Skip("it has no token".to_owned());
    };
    let token = match Token::parse(text) {
        Ok(token) => token,
        Err(e) => return Plan::Skip(format!("its token is invalid: {e}")),
    };
    if let Some((_, problem)) = unusable(&token, account) {
        return Plan::Skip(format!("its token {problem}"));
    }
    let claims = token.claims();
    if let Validity::ExpiredAt(exp) = claims.validity(context.now())
        && found.refresh.is_none()
    {
        return Plan::Expired(exp);
    }
    let slot = Slot::of(claims);
    let Some(entry) = session.entry(account, &slot) else {
        return Plan::Save(TokenPair {
            token,
            refresh: found.refresh,
            cookie: None,
        });
    };
    let item = session.item(account, &slot);
    let lost = match &item {
        Ok(Some(item)) => !matches!(item.token(), Ok(Some(_))),
        Ok(None) | Err(SessionError::Damaged(..)) => true,
        // `--store` may name another store because this one fails.
        Err(_) => args.store.is_some_and(|named| named != entry.store),
    };
    let readable = item.is_ok();
    let item = item.ok().flatten().unwrap_or_default();
    // VTEX shows an app token only once: another key's token must not replace it.
    if let (Slot::Key, Some((key, _))) = (&slot, &item.pair)
        && claims.login() != Some(&**key)
    {
        return Plan::Skip(format!(
            "another app key than {key}, which is saved here, made its token"
        ));
    }
    let stored = item.token().ok().flatten();
    let (login, until) = match &stored {
        Some(stored) => (stored.claims().login(), stored.claims().seconds("exp")),
        None => (entry.login.as_deref(), entry.expires_on),
    };
    let same_user = login.is_some() && login == claims.login();
    let stored_refresh = item.refresh;
    let exp = claims.seconds("exp");
    if lost || exp > until {
        let stored_refresh = stored_refresh.filter(|_| same_user);
        return Plan::Save(TokenPair {
            token,
            refresh: found.refresh.or(stored_refresh),
            cookie: None,
        });
    }
    let same_token = stored
        .as_ref()
        .is_some_and(|s| s.secret() == token.secret());
    match (found.refresh, stored_refresh, stored) {
        (Some(refresh), None, Some(stored)) if same_user && readable => Plan::Complete(TokenPair {
            token: stored,
            refresh: Some(refresh),
            cookie: None,
        }),
        _ if same_token => Plan::Skip("the stored token is the same".to_owned()),
        _ if exp == until => Plan::Skip("the stored token is valid for as long".to_owned()),
        _ => Plan::Skip("the stored token is valid for longer".to_owned()),
    }
}

/// Sets the current account only if there is none: the toolbelt's, if it was
/// imported.
fn choose_current(
    session: &mut Session,
    read: &Sessions,
    imported: &[Line],
) -> Result<(), Failure> {
    let known = |account: &&Account| session.accounts().contains_key(*account);
    let theirs = read.current.as_ref().filter(known);
    let first = imported.first().map(|line| &line.account);
    if session.current().is_none()
        && let Some(account) = theirs.or(first)
    {
        session.switch(&account.clone())?;
    }
    Ok(())
}

fn all_expired(context: &Context, expired: &[(Account, i64)]) -> Failure {
    if let [(account, exp)] = expired {
        let ago = time::span_words(context.now().saturating_sub(*exp));
        return Failure::new(
            Code::LoggedOut,
            format_args!("the toolbelt's session of {account} expired {ago} ago"),
        )
        .hint(format!("run `vtexid login {account}`"));
    }
    Failure::new(Code::LoggedOut, "every session of the toolbelt has expired")
        .hint("run `vtexid login ACCOUNT`")
}
