//! A credential in a store: reads its token, and renews it if needed.

use std::time::Duration;

use super::{
    AppPair, MIN_VALIDITY, lasts,
    renewal::{Refusal, RenewWith, Renewal, renew},
};
use crate::{
    account::Account,
    context::{self, Context},
    error::{Code, Failure},
    output::Output,
    session::{Current, NewCredential, Session},
    slot::Slot,
    store::StoreKind,
    token::Token,
    toolbelt,
    vtexid::Site,
};

/// A stored credential's place.
pub struct Stored {
    /// The account it is stored for.
    pub account: Account,
    /// Which of the account's credentials it is.
    pub slot: Slot,
    /// The kind of store.
    pub store: StoreKind,
    pub(super) session: Session,
}

impl Stored {
    /// A credential that the index knows.
    pub fn new(session: Session, account: &Account, slot: Slot) -> Option<Self> {
        let store = session.entry(account, &slot)?.store;
        Some(Self {
            account: account.clone(),
            slot,
            store,
            session,
        })
    }

    /// The sessions that contain it.
    pub fn into_session(self) -> Session {
        self.session
    }

    /// Its token. A saved app key pair without one makes one.
    pub(super) fn load(&mut self, context: &Context) -> Result<Token, Failure> {
        let (account, slot) = (&self.account, &self.slot);
        if let Some(token) = self.session.token(account, slot)? {
            return Ok(token);
        }
        if *slot == Slot::Key && self.pair()?.is_some() {
            return self.first_token(context);
        }
        Err(self.gone())
    }

    /// The failure if the index has it, but the store does not.
    fn gone(&self) -> Failure {
        Failure::new(
            Code::LoggedOut,
            format_args!("{} is gone from {}", self.token_words(), self.store.words()),
        )
        .hint(self.login_hint())
    }

    fn first_token(&mut self, context: &Context) -> Result<Token, Failure> {
        let api = context.vtexid()?;
        let (store, slot) = (self.store, self.slot.clone());
        let renewal = renew(
            context,
            &mut self.session,
            &api,
            (&self.account, &slot),
            |_| true,
            |session, lock, new| {
                let renewed = NewCredential {
                    slot: &slot,
                    item: &new.item,
                    store,
                    current: Current::Stays,
                };
                session.save(lock, &renewed)?;
                Ok(new.token)
            },
        )?;
        match renewal {
            Renewal::Renewed(token) | Renewal::Already(token) => Ok(token),
            Renewal::Refused(refusal) => Err(self.session_over(context, &refusal)?),
            Renewal::Impossible => Err(self.gone()),
        }
    }

    /// The stored app key pair, checked: an entry that others wrote could
    /// contain a newline, and so inject a header.
    ///
    /// # Errors
    /// 5 when the store cannot be asked, or the entry is damaged.
    pub fn pair(&self) -> Result<Option<AppPair>, Failure> {
        let account = &self.account;
        let item = self.session.item(account, &self.slot)?;
        let Some((app_key, app_token)) = item.and_then(|item| item.pair) else {
            return Ok(None);
        };
        super::pair::check_key(&app_key)
            .and_then(|()| super::pair::check_app_token(&app_token))
            .map_err(|problem| {
                let words = format!("the app key pair saved for {account} is damaged");
                let hint = "run `vtexid apptoken --save` with the right pair to replace it";
                Failure::new(Code::Store, problem.error)
                    .context(words)
                    .hint(hint)
            })?;
        Ok(Some(AppPair {
            account: account.clone(),
            app_key,
            app_token,
        }))
    }

    pub(super) fn token_words(&self) -> String {
        self.slot.token_words(&self.account)
    }

    /// Whose session it is.
    fn whose(&self) -> String {
        match &self.slot {
            Slot::Shopper(email) => format!("the shopper {email} of {}", self.account),
            Slot::User | Slot::Key => self.account.to_string(),
        }
    }

    /// How to get a new token although the stored one has not expired.
    pub fn fresh_hint(&self) -> String {
        let account = &self.account;
        match &self.slot {
            Slot::User => format!("run `vtexid login {account} --fresh`"),
            Slot::Key => format!("run `vtexid local token -a {account} --as key --refresh`"),
            Slot::Shopper(_) => self.login_hint(),
        }
    }

    /// How to log in again.
    fn login_hint(&self) -> String {
        let account = &self.account;
        match &self.slot {
            Slot::User => format!("run `vtexid login {account}`"),
            Slot::Key => format!("run `vtexid apptoken -a {account} --save --app-key KEY`"),
            Slot::Shopper(email) => format!("run `vtexid login {account} --shopper {email}`"),
        }
    }

    /// A token for the account that is valid for `min` if possible, and whether
    /// VTEX ID just gave it.
    pub(super) fn renewed(
        &mut self,
        context: &Context,
        old: Token,
        min: Duration,
        force: bool,
    ) -> Result<(Token, bool), Failure> {
        let api = context.vtexid()?;
        let words = self.token_words();
        let slot = self.slot.clone();
        let before = old.secret().clone();
        // With `force`, only another process's newer token is enough.
        let enough = |token: &Token| {
            lasts(context, token, min.max(MIN_VALIDITY)) && (!force || token.secret() != &before)
        };
        let store = self.store;
        let renewal = renew(
            context,
            &mut self.session,
            &api,
            (&self.account, &slot),
            enough,
            |session, lock, new| {
                let renewed = NewCredential {
                    slot: &slot,
                    item: &new.item,
                    store,
                    current: Current::Stays,
                };
                if let Err(error) = session.save(lock, &renewed) {
                    // The old refresh token is used up, so the new token must
                    // at least be printed.
                    Output::warn(format_args!(
                        "renewed {words}, but could not save it (log in again when it expires): {error}"
                    ));
                }
                Ok(new.token)
            },
        );
        // Uses VTEX ID's clock, which the answer may just have updated.
        let valid = lasts(context, &old, Duration::ZERO);
        match renewal {
            Ok(Renewal::Renewed(token)) => {
                context.output.note(format_args!("renewed {words}"));
                if let Some(problem) = context.clock_problem() {
                    Output::warn(problem);
                }
                context::warn_of_other_user(old.claims().login(), token.claims().login());
                Ok((token, true))
            }
            Ok(Renewal::Already(token)) => Ok((token, false)),
            Ok(Renewal::Impossible) => {
                if force {
                    Output::warn(format_args!(
                        "could not renew {words}: no refresh token is stored; {}",
                        self.login_hint()
                    ));
                }
                Ok((old, false))
            }
            // A refusal while the token is valid deletes nothing: VTEX ID does
            // not renew young tokens.
            Ok(Renewal::Refused(refusal)) if valid => {
                context.output.note(format_args!(
                    "VTEX ID does not renew {words} yet ({}); it is still valid",
                    refusal.word
                ));
                Ok((old, false))
            }
            Ok(Renewal::Refused(refusal)) => Err(self.session_over(context, &refusal)?),
            // If nobody is logged in any more, this is a failure.
            Err(failure)
                if valid && lasts(context, &old, min) && failure.code != Code::LoggedOut =>
            {
                Output::warn(format_args!(
                    "could not renew {words}, which is still valid: {:#}",
                    failure.error
                ));
                Ok((old, false))
            }
            Err(failure) => Err(failure.context(format!("could not renew {words}"))),
        }
    }

    /// Deletes the refused session, if another try would be refused too, and
    /// reports it.
    fn session_over(&mut self, context: &Context, refusal: &Refusal) -> Result<Failure, Failure> {
        let (account, word) = (&self.account, &refusal.word);
        Ok(match &refusal.with {
            RenewWith::AppKey(key, _) => Failure::new(
                Code::LoggedOut,
                format_args!(
                    "{} expired and VTEX ID rejected the app key {key} ({word})",
                    self.token_words()
                ),
            )
            .hint(format!(
                "run `vtexid apptoken -a {account} --save --app-key KEY` with an active app key"
            )),
            RenewWith::RefreshToken(_) | RenewWith::Shopper { .. } => {
                self.session.forget_refresh(&refusal.lock, &self.slot)?;
                Failure::new(
                    Code::LoggedOut,
                    format_args!(
                        "the session of {} has ended: its token expired and VTEX ID refuses to renew it ({word})",
                        self.whose()
                    ),
                )
                .hints(self.new_session_hints(context))
            }
        })
    }

    /// How to get a token with more time left.
    pub fn more_time_hints(&self, context: &Context) -> Vec<String> {
        let (account, slot) = (&self.account, &self.slot);
        let renews = matches!(RenewWith::find(&self.session, (account, slot)), Ok(Some(_)));
        if renews {
            let only = slot.flag();
            vec![format!(
                "run `vtexid local token -a {account}{only}` to renew it"
            )]
        } else {
            self.new_session_hints(context)
        }
    }

    /// How to get a new session: from the toolbelt, with an app key, or with a
    /// login.
    pub(super) fn new_session_hints(&self, context: &Context) -> Vec<String> {
        let account = &self.account;
        let mut ways = vec![self.login_hint()];
        if self.slot != Slot::User {
            return ways;
        }
        if self.session.entry(account, &Slot::Key).is_some() {
            ways.push("pass `--as key` to use the app key".to_owned());
        }
        let theirs = match &context.config.toolbelt {
            Some(paths) if context.site == Site::Vtex => {
                toolbelt::has_valid_token(&paths.session, account, context.now())
            }
            _ => false,
        };
        if theirs {
            ways.push(format!(
                "`vtexid toolbelt import -a {account}`: the toolbelt has a valid token"
            ));
        }
        ways
    }
}
