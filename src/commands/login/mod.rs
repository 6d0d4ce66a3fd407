//! `vtexid login`: checks everything that can fail early, then logs in with a
//! token from stdin, a renewal, or the browser.

mod browse;
mod given;
mod lock;
mod save;
mod shopper;

use self::{
    lock::LoginLock,
    save::{Answers, LoggedIn},
};
use crate::{
    account::Account,
    accounts,
    cli::{self, ShopperLogin},
    context::Context,
    credential::{self, Renewal},
    error::{Code, Failure},
    output::Output,
    prompt,
    secret::Secret,
    session::{AccountLock, NewTokens, Session},
    slot::Slot,
    store::StoreKind,
    token::{Token, TokenPair},
    vtexid::VtexId,
};

/// A login that can begin: the account is known, and its store works.
struct Login<'a> {
    context: &'a Context,
    args: &'a cli::Login,
    session: Session,
    account: Account,
    slot: Slot,
    store: StoreKind,
}

/// Runs the command, for one account after another. A failing account does not
/// stop the others.
///
/// # Errors
/// With the failure's exit code; a failed login saves nothing.
pub fn run(context: &Context, args: &cli::Login) -> Result<(), Failure> {
    check_variables(context, args)?;
    let named = named(context, args)?;
    let given = if args.with_token {
        Some(given::read(context)?)
    } else {
        None
    };
    let access_token = match &args.as_shopper.oauth_provider {
        Some(provider) => Some(shopper::read_access_token(context, provider)?),
        None => None,
    };
    let accounts = match named {
        Some(accounts) => accounts,
        None => vec![unnamed(context, given.as_ref())?],
    };
    let several = accounts.len() > 1;
    let (mut answers, mut failed) = (Vec::new(), None::<Failure>);
    for account in accounts {
        let brought = (given.as_ref(), access_token.as_ref());
        match one(context, args, account, brought) {
            Ok(answer) => answers.push(answer),
            Err(failure) => {
                if let Some(before) = failed.replace(failure) {
                    Output::failure(&before);
                }
            }
        }
    }
    if let Some(failure) = failed {
        return Err(failure);
    }
    if context.output.json {
        let first = if several { None } else { answers.pop() };
        context.output.answer(&match first {
            Some(one) => Answers::One(Box::new(one)),
            None => Answers::Several(answers),
        })?;
    }
    Ok(())
}

/// Refuses to log in if a variable would make it useless.
fn check_variables(context: &Context, args: &cli::Login) -> Result<(), Failure> {
    if context.config.token.is_some() {
        if !prompt::can_ask() {
            return Err(Failure::new(
                Code::Usage,
                "VTEX_TOKEN is set and would override this login",
            )
            .hint("unset VTEX_TOKEN, then log in"));
        }
        Output::warn("VTEX_TOKEN is set and overrides this login: unset it to use the new session");
    }
    let needs_browser = !args.no_browser && !args.with_token && !args.as_shopper.is_asked_for();
    if context.config.ci && needs_browser {
        return Err(
            Failure::new(Code::Usage, "cannot log in with a browser in a CI job").hint(
                "make a token with `vtexid apptoken`, pass one with --with-token, or print the address with --no-browser",
            ),
        );
    }
    Ok(())
}

/// The accounts that the command line names, else `VTEX_ACCOUNT`.
fn named(context: &Context, args: &cli::Login) -> Result<Option<Vec<Account>>, Failure> {
    let mut accounts = Vec::new();
    for typed in &args.names {
        let account = &typed.account;
        accounts::say_typed(context, typed, account);
        if let Some(flag) = context.account.as_ref().filter(|flag| *flag != account) {
            let hint = "name each account once, without --account";
            return Err(Failure::new(
                Code::Usage,
                format_args!("conflicting accounts: {account}, and {flag} with --account"),
            )
            .hint(hint));
        }
        if !accounts.contains(account) {
            accounts.push(account.clone());
        }
    }
    if accounts.len() > 1 && args.with_token {
        return Err(
            Failure::new(Code::Usage, "one token cannot log in to several accounts")
                .hint("run `vtexid login ACCOUNT --with-token` for each"),
        );
    }
    if accounts.len() > 1 && args.as_shopper.is_asked_for() {
        return Err(
            Failure::new(Code::Usage, "shoppers log in to one account at a time")
                .hint("run the command for each account"),
        );
    }
    if accounts.is_empty() {
        return Ok(accounts::named(context)?.map(|(account, _)| vec![account]));
    }
    Ok(Some(accounts))
}

/// The account if none is named: the token's, else the current one.
fn unnamed(context: &Context, given: Option<&Token>) -> Result<Account, Failure> {
    let theirs = given.and_then(|token| token.claims().account()?.parse().ok());
    let current = || {
        let current = context.session().map(|s| s.current().cloned());
        current.transpose()
    };
    match (given, theirs) {
        (Some(_), theirs) => theirs.map(Ok),
        (None, _) => current(),
    }
    .unwrap_or_else(|| {
        Err(Failure::new(Code::Usage, "missing account")
            .hint("run `vtexid login mystore` if your Admin is at mystore.myvtex.com"))
    })
}

/// Logs in to one account, perhaps with a given token or an access token of its
/// OAuth provider.
fn one(
    context: &Context,
    args: &cli::Login,
    account: Account,
    (given, access_token): (Option<&Token>, Option<&Secret>),
) -> Result<LoggedIn, Failure> {
    let session = context.session()?;
    let slot = match (given, &args.as_shopper.shopper) {
        (Some(token), _) => Slot::of(token.claims()),
        (None, Some(email)) => Slot::Shopper(email.clone()),
        (None, None) => Slot::User,
    };
    let line = session.accounts().get(&account);
    let remembered = line.and_then(|line| line.store(&slot));
    let store = context.store_for(args.store, remembered)?;
    session.probe(&account, store)?;
    if store == StoreKind::File && remembered != Some(store) {
        Output::warn("saving the token in a plain-text file that only you can read");
    }
    let mut login = Login {
        context,
        args,
        session,
        account,
        slot,
        store,
    };
    match given {
        Some(token) => login.save_given(token),
        None => login
            .log_in(access_token)
            .map_err(|failure| failure.context(format!("could not log in to {}", login.account))),
    }
}

impl Login<'_> {
    /// Logs in as the command line says.
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

    /// Saves the token that was given, in the slot of its kind.
    fn save_given(&mut self, token: &Token) -> Result<LoggedIn, Failure> {
        given::check(self.context, &self.account, token)?;
        let lock = self.session.lock_account(&self.account)?;
        let mut new = NewTokens::from(TokenPair {
            token: token.clone(),
            refresh: None,
            cookie: None,
        });
        let item = &mut new.item;
        if self.slot == Slot::Key {
            item.pair = self.kept_pair(token)?;
        }
        let before = self.session.item(&self.account, &self.slot).ok().flatten();
        if let Some(before) = before.filter(|before| before.refresh.is_some()) {
            if before.token == item.token {
                (item.refresh, item.cookie) = (before.refresh, before.cookie);
            } else {
                Output::warn("this token replaces a session that could be renewed");
            }
        }
        let renews = item.pair.is_some() || item.refresh.is_some();
        let (context, slot) = (self.context, &self.slot);
        let answer = save::save(context, &mut self.session, &lock, slot, &new, self.store)?;
        if !renews {
            context
                .output
                .note("this token cannot be renewed: it has no refresh token");
        }
        Ok(answer)
    }

    /// The saved pair of the app key that made the token: VTEX shows an app
    /// token only once, so another key's token must not replace it.
    fn kept_pair(&self, token: &Token) -> Result<Option<(String, Secret)>, Failure> {
        let account = &self.account;
        let Some((key, app_token)) = self.session.app_key_pair(account)? else {
            return Ok(None);
        };
        if token.claims().login() == Some(&*key) {
            return Ok(Some((key, app_token)));
        }
        Err(Failure::new(
            Code::General,
            format_args!(
                "another app key than {key}, which is saved for {account}, made this token"
            ),
        )
        .hint(format!(
            "`vtexid logout {account} --as key` deletes the saved app key and its app token"
        )))
    }

    /// Renews the session if possible, else uses the browser. One login at a
    /// time.
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
        // An app key never renews a user's session. A store that fails here is
        // ignored: `--store` may name another one for that reason, and that one
        // was tested.
        let account = self.account.clone();
        let item = self.session.item(&account, &Slot::User).ok().flatten();
        if item.and_then(|item| item.refresh).is_none() {
            return Ok(None);
        }
        let (context, store) = (self.context, self.store);
        let save = |session: &mut Session, lock: &AccountLock, new: NewTokens| {
            save::save(context, session, lock, &Slot::User, &new, store)
        };
        let whose = (&account, &Slot::User);
        let renewal = credential::renew(context, &mut self.session, api, whose, |_| false, save);
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

    /// Saves a new session in place of the stored one. Waits for other
    /// processes that are changing the account's session.
    fn save(&mut self, new: &NewTokens) -> Result<LoggedIn, Failure> {
        let lock = self.session.lock_account(&self.account)?;
        let (session, slot) = (&mut self.session, &self.slot);
        save::save(self.context, session, &lock, slot, new, self.store)
    }
}
