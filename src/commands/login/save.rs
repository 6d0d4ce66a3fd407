//! Saves a new session and reports it.
//!
//! Not for the ways to log in.

use serde::Serialize;

use crate::{
    account::Account,
    accounts,
    context::{self, Context},
    error::Failure,
    output::{Answer, Output},
    session::{AccountLock, Current, NewCredential, NewTokens, Session},
    slot::Slot,
    store::StoreKind,
    time,
    token::Validity,
};

/// What `--json` prints for one login. Without it a login prints only a note.
#[derive(Serialize)]
pub(super) struct LoggedIn {
    pub(super) account: Account,
    credential: Slot,
    login: Option<String>,
    token_account: Option<String>,
    expires_at: Option<String>,
    store: StoreKind,
}

/// What `--json` prints: an object, or one for each of several accounts.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Answers {
    One(Box<LoggedIn>),
    Several(Vec<LoggedIn>),
}

impl Answer for Answers {
    fn lines(&self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one.account.to_string()],
            Self::Several(all) => all.iter().map(|one| one.account.to_string()).collect(),
        }
    }
}

/// Saves the session and reports it, with warnings about anything unexpected.
pub(super) fn save(
    context: &Context,
    session: &mut Session,
    lock: &AccountLock,
    slot: &Slot,
    NewTokens { token, item }: &NewTokens,
    store: StoreKind,
) -> Result<LoggedIn, Failure> {
    let account = lock.account();
    let before = session.entry(account, slot).cloned();
    let shopper = matches!(slot, Slot::Shopper(_));
    let new = NewCredential {
        slot,
        item,
        store,
        // Commands act as a shopper only with `--as`.
        current: if shopper {
            Current::IfNone
        } else {
            Current::Becomes
        },
    };
    let stale = session.save(lock, &new)?;
    context::warn_of_stale_secrets(account, stale);
    let claims = token.claims();
    let now = context.now();
    let left = match claims.validity(now) {
        Validity::Until(exp) => format!("valid for {}", time::span_words(exp.saturating_sub(now))),
        Validity::ExpiredAt(exp) => format!("already expired, on {}", time::utc_words(exp)),
        Validity::Unstated => "valid for an unknown time".to_owned(),
    };
    let kind = if shopper { "the shopper " } else { "" };
    context.output.done(format_args!(
        "logged in to {account} as {kind}{}: {left}, saved in {}",
        claims.login().unwrap_or("an unnamed user"),
        store.words()
    ));
    if shopper {
        context.output.note(format_args!(
            "hint: `vtexid local token -a {account} --as {slot}` prints this token"
        ));
    }
    if let Validity::ExpiredAt(_) = claims.validity(now) {
        Output::warn(
            "according to this machine's clock, the new token has already expired; run `vtexid doctor` to check the clock",
        );
    }
    let token_account = session
        .entry(account, slot)
        .and_then(|entry| entry.token_account.clone());
    if let Some(other) = &token_account {
        Output::warn(format_args!(
            "the token is for the account {other}, not {account}; it is saved for {account}"
        ));
    }
    let old = before.and_then(|entry| entry.login);
    context::warn_of_other_user(old.as_deref(), claims.login());
    if new.current == Current::Becomes {
        accounts::warn_of_account_variable(context, account);
    }
    Ok(LoggedIn {
        account: account.clone(),
        credential: slot.clone(),
        login: claims.login().map(str::to_owned),
        token_account,
        expires_at: claims.seconds("exp").and_then(time::rfc3339),
        store,
    })
}
