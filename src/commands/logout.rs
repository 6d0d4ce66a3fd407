//! `vtexid logout`: revokes tokens at VTEX ID and deletes them here.
//!
//! Not for what a store or the index does to delete them (`session`).

use std::{sync::mpsc, time::Duration};

use serde::Serialize;

use crate::{
    account::Account,
    accounts,
    browser::{self, Environment},
    cli,
    context::Context,
    credential::RenewWith,
    error::{Code, Failure},
    output::{Answer, Output, visible},
    prompt, runtime,
    session::{AccountEntry, Entry, Session, SessionError},
    slot::Slot,
    store::{StoreError, StoreFailure, StoreKind},
    threads, time,
    token::{Token, Validity},
    vtexid::{ApiError, VtexId},
};

/// How long to wait for an error from the browser.
const EARLY_FAILURE: Duration = Duration::from_secs(2);

/// The answer: the credentials that were removed.
#[derive(Serialize)]
struct Removed {
    removed: Vec<RemovedCredential>,
}

#[derive(Serialize)]
struct RemovedCredential {
    account: Account,
    credential: Slot,
    login: Option<String>,
    store: StoreKind,
    /// Whether VTEX ID revoked the token.
    revoked: bool,
    /// Whether the token had expired, so there was nothing to revoke.
    expired: bool,
    /// Whether the secrets were deleted from their store.
    deleted: bool,
    /// The app key, if its app token was stored too.
    #[serde(skip)]
    app_key: Option<String>,
    /// When the token expires, if it was removed without being revoked.
    #[serde(skip)]
    valid_until: Option<i64>,
}

impl Answer for Removed {
    fn lines(&self) -> Vec<String> {
        self.removed
            .iter()
            .map(RemovedCredential::describe)
            .collect()
    }
}

impl RemovedCredential {
    fn describe(&self) -> String {
        let login = visible(self.login.as_deref().unwrap_or("an unnamed user"), false);
        let kind = match self.credential {
            Slot::User => "",
            Slot::Key => "app key ",
            Slot::Shopper(_) => "shopper ",
        };
        let end = match (self.revoked, self.expired) {
            _ if self.app_key.is_some() && self.deleted => {
                "deleted from this machine; the app key still works until you deactivate it in the Admin"
            }
            // It is unknown whether a logout revokes a shopper's token.
            (true, _) if matches!(self.credential, Slot::Shopper(_)) => {
                "logged out at VTEX ID, and deleted from this machine"
            }
            (true, _) => "token revoked at VTEX ID, and deleted from this machine",
            (false, true) => "deleted from this machine; its token had expired",
            (false, false) if self.deleted => {
                "deleted from this machine; the token was not revoked"
            }
            (false, false) => "removed from the list; the token was not deleted and not revoked",
        };
        let until = self.valid_until.map_or_else(String::new, |until| {
            format!(", and is valid until {}", time::utc_words(until))
        });
        format!(
            "{} ({kind}{login}, {}): {end}{until}",
            self.account, self.store
        )
    }
}

/// Runs the command. With `force`, a credential is removed even if its token
/// cannot be read. A failing credential does not stop the others.
///
/// # Errors
/// 4 when nobody is logged in, 5 when a store cannot delete.
pub fn run(context: &Context, args: &cli::Logout) -> Result<(), Failure> {
    let mut session = context.session()?;
    let targets = targets(context, &session, args)?;
    if context.config.token.is_some() {
        Output::warn("VTEX_TOKEN is still set and in use: unset it to log out");
    }
    if targets.is_empty() {
        context.output.note("you are not logged in");
        // Only `--json` prints an answer for an empty list.
        return if context.output.json {
            context.output.answer(&Removed { removed: vec![] })
        } else {
            Ok(())
        };
    }
    let api = context.vtexid()?;
    let mut removed: Vec<RemovedCredential> = Vec::new();
    let mut failed: Option<Failure> = None;
    for (account, slot) in targets {
        if !may_delete(context, &session, &account, &slot)? {
            context
                .output
                .note(format_args!("did not delete the app key of {account}"));
            continue;
        }
        match log_out_one(context, &api, &mut session, (&account, &slot), args.force) {
            Ok(credential) => {
                if args.browser && slot == Slot::User {
                    sign_out_of_browser(context, &account);
                }
                removed.push(credential);
            }
            Err(failure) => {
                let whose = slot.token_words(&account);
                let failure = failure.context(match slot {
                    Slot::User => format!("could not log out of {account}"),
                    _ => format!("could not delete {whose}"),
                });
                if let Some(earlier) = failed.replace(failure) {
                    Output::failure(&earlier);
                }
            }
        }
    }
    if let Some(failure) = failed {
        for credential in &removed {
            context.output.note(credential.describe());
        }
        return Err(failure);
    }
    if session.current().is_none() && !session.accounts().is_empty() {
        context
            .output
            .note("no current account now: run `vtexid switch ACCOUNT` to choose one");
    }
    context.output.answer(&Removed { removed })
}

/// The credentials to delete: all of the account's, or the one that `--as`
/// names.
fn targets(
    context: &Context,
    session: &Session,
    args: &cli::Logout,
) -> Result<Vec<(Account, Slot)>, Failure> {
    let of = |account: &Account| -> Vec<(Account, Slot)> {
        let entry = session.accounts().get(account);
        let slots = entry.into_iter().flat_map(AccountEntry::entries);
        slots.map(|(slot, _)| (account.clone(), slot)).collect()
    };
    if args.all {
        let all: Vec<_> = session.accounts().keys().flat_map(of).collect();
        let is_requested = |slot: &Slot| args.slot.as_ref().is_none_or(|s| s == slot);
        return Ok(all
            .into_iter()
            .filter(|(_, slot)| is_requested(slot))
            .collect());
    }
    let (account, _) = accounts::choose(context, session)?;
    let entry = accounts::entry(session, &account).map_err(|failure| Failure {
        hints: vec!["`vtexid status` lists the accounts".to_owned()],
        ..failure
    })?;
    let Some(slot) = &args.slot else {
        return Ok(of(&account));
    };
    if entry.get(slot).is_none() {
        let known: Vec<String> = entry.entries().map(|(slot, _)| slot.to_string()).collect();
        return Err(
            Failure::new(Code::LoggedOut, slot.missing_words(&account)).hint(format!(
                "stored credentials: --as {}",
                known.join(", --as ")
            )),
        );
    }
    Ok(vec![(account, slot.clone())])
}

/// Whether the credential may be deleted. VTEX shows an app token only once, so
/// ask before deleting it, at a terminal.
fn may_delete(
    context: &Context,
    session: &Session,
    account: &Account,
    slot: &Slot,
) -> Result<bool, Failure> {
    let Some(key) = session
        .entry(account, slot)
        .and_then(|e| e.app_key.as_ref())
    else {
        return Ok(true);
    };
    if !prompt::can_ask() {
        return Ok(true);
    }
    let question =
        format!("delete the saved app key {key}? VTEX does not show its app token again [y/N] ");
    prompt::confirm(context, &question)
}

/// Opens VTEX's sign-out page, or prints its address.
fn sign_out_of_browser(context: &Context, account: &Account) {
    let page = context
        .site
        .store_url(account, "/api/vtexid/pub/single-sign-out?scope=");
    let Ok(page) = page.parse() else { return };
    let opens = Environment::find(&context.config).opens(&context.config);
    let invitation = if opens {
        "opening your browser; if it does not open, go to this address"
    } else {
        "open this address in your browser"
    };
    Output::say(format_args!("{invitation} to sign out of {account} there:"));
    Output::address(&page);
    if !opens {
        return;
    }
    let (done, is_done) = mpsc::channel();
    let config = context.config.clone();
    // In a thread, because the browser may keep running.
    let started = threads::start(move || {
        browser::open(&page, &config, |problem| {
            Output::warn(format_args!(
                "could not open a browser: {problem}; open the address yourself"
            ));
        });
        let _ = done.send(());
    });
    match started {
        Ok(_) => drop(is_done.recv_timeout(EARLY_FAILURE)),
        Err(problem) => Output::warn(problem),
    }
}

/// Revokes one credential's token and deletes its secrets.
fn log_out_one(
    context: &Context,
    api: &VtexId,
    session: &mut Session,
    (account, slot): (&Account, &Slot),
    force: bool,
) -> Result<RemovedCredential, Failure> {
    // Waits for a renewal in progress, so that its new token is revoked.
    let lock = session.lock_account(account)?;
    let Some(entry) = session.entry(account, slot).cloned() else {
        accounts::entry(session, account)?;
        return Err(Failure::new(Code::LoggedOut, "it was already deleted"));
    };
    let now = context.now();
    // Reads the keyring before signals are delayed, because it can show a
    // dialog.
    let item = session.item(account, slot);
    // Delays Ctrl-C: otherwise a revoked token could stay stored.
    let delayed_signals = context.signals.delay("the logout");
    let must_stop =
        |error: &StoreFailure| !force && !matches!(error.cause, StoreError::Corrupt(..));
    let item = match item {
        // Its token could not be revoked, and would stay valid.
        Err(SessionError::Store(error)) if must_stop(&error) => {
            return Err(cannot_revoke(error, (account, slot), &entry, now));
        }
        item => item.ok().flatten().unwrap_or_default(),
    };
    let token = item.token().ok().flatten();
    let expired = |token: &Token| matches!(token.claims().validity(now), Validity::ExpiredAt(_));
    let has_expired = token.as_ref().is_some_and(expired);
    let revoked = match token.filter(|_| !has_expired) {
        Some(token) => {
            let result = runtime::run(async { Ok(api.revoke(account, &token).await?) });
            if let Err(failure) = &result {
                Output::warn(format_args!(
                    "could not revoke {} (it stays valid until it expires): {:#}",
                    slot.token_words(account),
                    failure.error
                ));
            }
            result.is_ok()
        }
        // The token expired, is missing or damaged: only the refresh token is
        // left to invalidate.
        None => match RenewWith::of(slot, item) {
            Some(with) if with.works_once() => invalidate_refresh_token(api, account, &with),
            _ => false,
        },
    };
    let delete_error = if force {
        session.forget_anyway(&lock, slot)?
    } else {
        session.forget(&lock, slot)?;
        None
    };
    drop(delayed_signals);
    if let Some(error) = &delete_error {
        Output::warn(format_args!(
            "could not delete {} from {}: {error}",
            slot.token_words(account),
            entry.store.words()
        ));
    }
    Ok(RemovedCredential {
        account: account.clone(),
        credential: slot.clone(),
        login: entry.login,
        store: entry.store,
        revoked,
        expired: has_expired,
        deleted: delete_error.is_none(),
        app_key: entry.app_key,
        valid_until: entry
            .expires_on
            .filter(|expiry| force && !revoked && !has_expired && *expiry > now),
    })
}

/// The failure if the token cannot be read, and so cannot be revoked.
fn cannot_revoke(
    error: StoreFailure,
    (account, slot): (&Account, &Slot),
    entry: &Entry,
    now: i64,
) -> Failure {
    let first = match &error.cause {
        StoreError::Locked(_) => "unlock the keyring and try again",
        StoreError::Missing(_) | StoreError::NoBus => "start the keyring and try again",
        StoreError::OtherNamespace(_) => "run it where you logged in",
        _ => "try again when it can be read",
    };
    let until = entry
        .expires_on
        .filter(|until| *until > now)
        .map_or_else(String::new, |until| {
            format!(
                ", but its token stays valid until {}",
                time::utc_words(until)
            )
        });
    let only = slot.flag();
    let mut failure = Failure::from(error);
    failure.hints = vec![format!(
        "{first}; `vtexid logout {account}{only} --force` removes it here anyway{until}"
    )];
    failure
}

/// Invalidates a refresh token by using it, because no documented request
/// revokes one, and revokes the token it brings. Returns whether that worked.
fn invalidate_refresh_token(api: &VtexId, account: &Account, with: &RenewWith) -> bool {
    let result = runtime::run(async {
        match with.ask(api, account).await {
            Ok(new) => Ok(api.revoke(account, &new.token).await?),
            // The refresh token is already invalid.
            Err(ApiError::Refused { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    });
    if let Err(failure) = &result {
        Output::warn(format_args!(
            "could not revoke the refresh token of {account} (it may work for up to 7 days): {:#}",
            failure.error
        ));
    }
    result.is_ok()
}
