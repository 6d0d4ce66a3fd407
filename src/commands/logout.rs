//! `vtexid logout`: revokes the token at VTEX ID, deletes it here, and says so.

use std::{sync::mpsc, time::Duration};

use serde::Serialize;

use crate::{
    account::Account,
    accounts,
    browser::{self, Environment},
    cli,
    context::Context,
    error::Failure,
    output::{Answer, Output, visible},
    runtime,
    secret::Secret,
    session::Session,
    store::StoreKind,
    threads,
    token::{Token, Validity},
    vtexid::{ApiError, VtexId},
};

/// A browser that fails later than this has been seen by the person.
const EARLY_FAILURE: Duration = Duration::from_secs(2);

/// What was removed.
#[derive(Serialize)]
struct Removed {
    removed: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    account: Account,
    login: Option<String>,
    store: StoreKind,
    /// Whether VTEX ID revoked it.
    revoked: bool,
    /// Whether it had expired, and there was nothing to revoke.
    expired: bool,
}

impl Answer for Removed {
    fn lines(&self) -> Vec<String> {
        let line = |line: &Line| {
            let login = visible(line.login.as_deref().unwrap_or("an unnamed user"), false);
            let end = match (line.revoked, line.expired) {
                (true, _) => "token revoked, deleted here",
                (false, true) => "deleted here; its token had expired",
                (false, false) => "deleted here; the token was not revoked",
            };
            format!("{} ({login}, {}): {end}", line.account, line.store)
        };
        self.removed.iter().map(line).collect()
    }
}

/// Runs the command. Goes on past what fails, so that one bad entry does not
/// keep the others.
///
/// # Errors
/// 4 when nobody is logged in, 5 when a store could not be asked to forget.
pub fn run(context: &Context, args: &cli::Logout) -> Result<(), Failure> {
    let mut session = context.session()?;
    let accounts: Vec<Account> = if args.all {
        session.accounts().keys().cloned().collect()
    } else {
        let (account, _) = accounts::choose(context, &session)?;
        accounts::entry(&session, &account)?;
        vec![account]
    };
    if context.config.token.is_some() {
        Output::warn("VTEX_TOKEN is still set and in use: unset it to log out");
    }
    if accounts.is_empty() {
        context.output.note("nobody is logged in");
        // An empty text is no answer, an empty list is.
        return if context.output.json {
            context.output.answer(&Removed { removed: vec![] })
        } else {
            Ok(())
        };
    }
    let api = context.vtexid()?;
    let mut removed = Vec::new();
    let mut failed: Option<Failure> = None;
    for account in accounts {
        match one(context, &api, &mut session, &account) {
            Ok(line) => {
                if args.browser {
                    sign_out_of_browser(context, &account);
                }
                removed.push(line);
            }
            Err(failure) => {
                let failure = failure.context(format!("could not log out of {account}"));
                if let Some(before) = failed.replace(failure) {
                    Output::failure(&before);
                }
            }
        }
    }
    if let Some(failure) = failed {
        for line in &removed {
            context
                .output
                .note(format_args!("logged out of {}", line.account));
        }
        return Err(failure);
    }
    context.output.answer(&Removed { removed })
}

/// Shows the page that ends the browser's own session, where a browser can be
/// opened in it.
fn sign_out_of_browser(context: &Context, account: &Account) {
    let page = context
        .site
        .store_url(account, "/api/vtexid/pub/single-sign-out?scope=");
    let Ok(page) = page.parse() else { return };
    let opens = Environment::find(&context.config).opens(&context.config);
    let invitation = if opens {
        "opening your browser; if it does not come up, open this address"
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
    // A browser runs on for as long as it likes.
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

fn one(
    context: &Context,
    api: &VtexId,
    session: &mut Session,
    account: &Account,
) -> Result<Line, Failure> {
    // Whoever is renewing it now is waited for, and what that brings is revoked.
    let lock = session.lock_account(account)?;
    let entry = accounts::entry(session, account)?.clone();
    let now = context.now();
    // Cut off between the two, a revoked token would stay here as a good one.
    let shield = context.signals.shield("the logout");
    let token = session.token(account);
    let expired = |token: &Token| matches!(token.claims().validity(now), Validity::ExpiredAt(_));
    let has_expired = matches!(&token, Ok(Some(token)) if expired(token));
    let revoked = match token {
        Ok(Some(token)) if !has_expired => {
            let revoking = runtime::run(async { Ok(api.revoke(account, &token).await?) });
            if let Err(failure) = &revoking {
                Output::warn(format_args!(
                    "could not revoke the token of {account} (it stays valid until it expires): {:#}",
                    failure.error
                ));
            }
            revoking.is_ok()
        }
        // Nothing to revoke with: it expired, was lost by its store, or is
        // damaged. A store that does not answer says so again when asked to delete.
        _ => match session.refresh_token(account) {
            Ok(Some(refresh)) => end_refresh_token(api, account, &refresh),
            _ => false,
        },
    };
    session.forget(&lock)?;
    drop(shield);
    Ok(Line {
        account: account.clone(),
        login: entry.login,
        store: entry.store,
        revoked,
        expired: has_expired,
    })
}

/// Uses up a refresh token, which nothing documented revokes, and revokes the
/// token that comes of it. Whether that worked.
fn end_refresh_token(api: &VtexId, account: &Account, refresh: &Secret) -> bool {
    let ended = runtime::run(async {
        match api.refresh(account, refresh).await {
            Ok(pair) => Ok(api.revoke(account, &pair.token).await?),
            // It is of no use to anybody any more.
            Err(ApiError::Refused { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    });
    if let Err(failure) = &ended {
        Output::warn(format_args!(
            "the refresh token of {account} could not be revoked; it may work for up to about 7 days: {:#}",
            failure.error
        ));
    }
    ended.is_ok()
}
