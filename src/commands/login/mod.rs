//! `vtexid login`: everything that can fail early does; then a token from
//! stdin, a renewal, or the browser, whichever is asked for or enough.

mod browse;
mod given;
mod lock;
mod shopper;

use serde::Serialize;

use self::lock::LoginLock;
use crate::{
    account::Account,
    accounts,
    cli::{self, ShopperLogin},
    context::{self, Context},
    credential::{self, Renewal},
    error::{Code, Failure},
    output::{Answer, Output},
    secret::Secret,
    session::{AccountLock, Current, NewSession, Session},
    store::StoreKind,
    time,
    token::{Token, TokenPair, Validity},
    vtexid::VtexId,
};

/// A login that can begin: the account is known, and its store works.
struct Login<'a> {
    context: &'a Context,
    args: &'a cli::Login,
    session: Session,
    account: Account,
    store: StoreKind,
}

/// Runs the command.
///
/// # Errors
/// As product and exit codes say; nothing is saved then.
pub fn run(context: &Context, args: &cli::Login) -> Result<(), Failure> {
    if context.config.token.is_some() {
        return Err(Failure::new(
            Code::Usage,
            "VTEX_TOKEN is set and would override this login",
        )
        .hint("unset VTEX_TOKEN, then log in"));
    }
    let shopper = &args.as_shopper;
    let needs_browser = !args.no_browser && !args.with_token && !shopper.is_asked_for();
    if context.config.ci && needs_browser {
        return Err(
            Failure::new(Code::Usage, "a CI job has no browser to log in with").hint(
                "make a token with `vtexid apptoken`, pass one with --with-token, or print the address with --no-browser",
            ),
        );
    }
    let named = accounts::named(context)?.map(|(account, _)| account);
    let given = if args.with_token {
        Some(given::read(context)?)
    } else {
        None
    };
    let access_token = match &shopper.oauth_provider {
        Some(provider) => Some(shopper::read_access_token(context, provider)?),
        None => None,
    };
    let unnamed =
        || Failure::new(Code::Usage, "no account is named").hint("run `vtexid login ACCOUNT`");
    let session = context.session()?;
    let account = match (named, &given) {
        (Some(account), _) => account,
        (None, Some(token)) => token
            .claims()
            .account()
            .and_then(|account| account.parse().ok())
            .ok_or_else(unnamed)?,
        (None, None) => session.current().cloned().ok_or_else(unnamed)?,
    };
    let remembered = session.accounts().get(&account).map(|entry| entry.store);
    let store = context.store_for(args.store, remembered)?;
    session
        .probe(&account, store)
        .map_err(|e| Failure::from(e).naming(&account))?;
    if store == StoreKind::File && remembered != Some(store) {
        Output::warn("saving the token in a plain-text file that only you can read");
    }
    let mut login = Login {
        context,
        args,
        session,
        account,
        store,
    };
    let answer = match given {
        Some(token) => login.save_given(token)?,
        None => login
            .log_in(access_token.as_ref())
            .map_err(|failure| failure.context(format!("could not log in to {}", login.account)))?,
    };
    if context.output.json {
        context.output.answer(&answer)?;
    }
    Ok(())
}

impl Login<'_> {
    /// In the way that was asked for.
    fn log_in(&mut self, access_token: Option<&Secret>) -> Result<LoggedIn, Failure> {
        let ShopperLogin {
            shopper,
            oauth_provider,
            ..
        } = &self.args.as_shopper;
        match (shopper, oauth_provider, access_token) {
            (Some(email), ..) => self.by_code(email),
            (None, Some(provider), Some(token)) => self.by_exchange(provider, token),
            _ => self.sign_in(),
        }
    }

    /// Saves the token that was given.
    fn save_given(&mut self, token: Token) -> Result<LoggedIn, Failure> {
        given::check(self.context, &self.account, &token)?;
        let answer = self.save(&TokenPair {
            token,
            refresh: None,
        })?;
        // A stored app key makes the next one, and that is said then.
        if self.session.pair(&self.account)?.is_none() {
            self.context
                .output
                .note("this token cannot be renewed: it has no refresh token");
        }
        Ok(answer)
    }

    /// A renewal where that is enough, else the browser; one login at a time.
    fn sign_in(&mut self) -> Result<LoggedIn, Failure> {
        let account = &self.account;
        let dir = self.session.lock_dir()?;
        let lock = LoginLock::take(&dir, account).map_err(|e| {
            Failure::new(
                Code::General,
                format_args!("could not lock {}: {e}", dir.display()),
            )
        })?;
        let lock = lock.map_err(|other| {
            let process = other
                .process
                .map_or_else(String::new, |id| format!(" (process {id})"));
            Failure::new(
                Code::General,
                format_args!("another login to {account} is already in progress{process}"),
            )
            .hint("finish it in its browser, or end it with Ctrl-C in its terminal")
        })?;
        let _end = lock.end_with(&self.context.signals);
        let api = self.context.vtexid()?;
        if !self.args.fresh
            && let Some(renewed) = self.renew(&api)?
        {
            return Ok(renewed);
        }
        self.browse(&api)
    }

    /// Renews with the stored refresh token. `None` when there is none or VTEX
    /// ID refuses it, and the browser is needed.
    fn renew(&mut self, api: &VtexId) -> Result<Option<LoggedIn>, Failure> {
        // An app key renews no user's login. A store that cannot be asked any
        // more may be why another is named now; the one named was probed.
        let account = self.account.clone();
        let refresh = self.session.refresh_token(&account).ok().flatten();
        if refresh.is_none() {
            return Ok(None);
        }
        let (context, store) = (self.context, self.store);
        let save = |session: &mut Session, lock: &AccountLock, pair: TokenPair| {
            save(context, session, lock, &pair, store)
        };
        let renewal = credential::renew(context, &mut self.session, api, &account, |_| false, save);
        match renewal {
            Err(failure) if failure.code == Code::Unreachable => {
                Output::warn(format_args!(
                    "could not renew the stored session: {:#}; signing in with the browser",
                    failure.error
                ));
                Ok(None)
            }
            Err(failure) => Err(failure),
            Ok(Renewal::Renewed(renewed)) => {
                context
                    .output
                    .note("renewed without a browser; to log in as another user, use --fresh");
                Ok(Some(renewed))
            }
            Ok(Renewal::Refused(refusal)) => {
                context.output.note(format_args!(
                    "VTEX ID does not renew the stored session ({}): sign in again",
                    refusal.word
                ));
                Ok(None)
            }
            Ok(Renewal::Already(_) | Renewal::Impossible) => Ok(None),
        }
    }

    /// Saves what a login brought, in place of what is stored by then. Waits
    /// for whoever is changing the account's session.
    fn save(&mut self, pair: &TokenPair) -> Result<LoggedIn, Failure> {
        let lock = self.session.lock_account(&self.account)?;
        save(self.context, &mut self.session, &lock, pair, self.store)
    }
}

/// What `--json` prints. People get a note: the login's answer is that it
/// is over.
#[derive(Serialize)]
struct LoggedIn {
    account: Account,
    login: Option<String>,
    token_account: Option<String>,
    expires_at: Option<String>,
    store: StoreKind,
}

impl Answer for LoggedIn {
    fn lines(&self) -> Vec<String> {
        vec![self.account.to_string()]
    }
}

/// Saves what came and says what it is, in particular where that is not what
/// one would expect.
fn save(
    context: &Context,
    session: &mut Session,
    lock: &AccountLock,
    pair: &TokenPair,
    store: StoreKind,
) -> Result<LoggedIn, Failure> {
    let account = lock.account();
    let before = session.accounts().get(account).cloned();
    let new = NewSession {
        pair,
        app_key: None,
        store,
        current: Current::Becomes,
    };
    let stale = session.save(lock, &new)?;
    context::warn_of_stale_secrets(account, stale);
    let claims = pair.token.claims();
    let now = context.now();
    let left = match claims.validity(now) {
        Validity::Until(exp) => format!("valid for {}", time::span_words(exp.saturating_sub(now))),
        Validity::ExpiredAt(exp) => format!("already expired, on {}", time::utc_words(exp)),
        Validity::Unstated => "valid for an unknown time".to_owned(),
    };
    context.output.note(format_args!(
        "logged in to {account} as {}: {left}, saved in {}",
        claims.login().unwrap_or("an unnamed user"),
        store.words()
    ));
    if let Validity::ExpiredAt(_) = claims.validity(now) {
        Output::warn(
            "by this machine's clock the new token has expired already; `vtexid doctor` compares the clock with VTEX ID's",
        );
    }
    let token_account = session
        .accounts()
        .get(account)
        .and_then(|entry| entry.token_account.clone());
    if let Some(other) = &token_account {
        Output::warn(format_args!(
            "the token names the account {other}, not {account}; it is saved for {account}"
        ));
    }
    let old = before.and_then(|entry| entry.login);
    context::warn_of_other_user(old.as_deref(), claims.login());
    Ok(LoggedIn {
        account: account.clone(),
        login: claims.login().map(str::to_owned),
        token_account,
        expires_at: claims.seconds("exp").and_then(time::rfc3339),
        store,
    })
}
