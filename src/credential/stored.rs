//! A stored credential: reads its token, and renews it if necessary.
//!
//! Not for locks and the request of a renewal (`renewal`).

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

/// A credential and the store it is in.
pub struct Stored {
    /// The account it is stored for.
    pub account: Account,
    /// The credential's slot in the account.
    pub slot: Slot,
    /// The kind of store.
    pub store: StoreKind,
    pub(super) session: Session,
}

impl Stored {
    /// A credential of the index; `None` if the index does not list it.
    pub fn new(session: Session, account: &Account, slot: Slot) -> Option<Self> {
        let store = session.entry(account, &slot)?.store;
        Some(Self {
            account: account.clone(),
            slot,
            store,
            session,
        })
    }

    /// Returns the opened session.
    pub fn into_session(self) -> Session {
        self.session
    }

    /// Reads the token. If only an app key pair is saved, creates one.
    pub(super) fn load(&mut self, context: &Context) -> Result<Token, Failure> {
        let (account, slot) = (&self.account, &self.slot);
        if let Some(token) = self.session.token(account, slot)? {
            return Ok(token);
        }
        if *slot == Slot::Key && self.pair()?.is_some() {
            return self.create_token(context);
        }
        Err(self.missing_from_store())
    }

    /// The failure if the index lists the credential, but the store has lost it.
    fn missing_from_store(&self) -> Failure {
        Failure::new(
            Code::LoggedOut,
            format_args!("{} is gone from {}", self.token_words(), self.store.words()),
        )
        .hint(self.login_hint())
    }

    fn create_token(&mut self, context: &Context) -> Result<Token, Failure> {
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
            Renewal::Refused(refusal) => Err(self.session_ended(context, &refusal)?),
            Renewal::Impossible => Err(self.missing_from_store()),
        }
    }

    /// The stored app key pair. Checks it, because a manipulated entry could
    /// contain a newline and inject a header.
    ///
    /// # Errors
    /// 5 when the store cannot be read, or the entry is damaged.
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

    /// Names the owner of the session.
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

    /// Returns a token that is valid for `min` if possible, and whether VTEX ID
    /// has just issued it.
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
        let old_secret = old.secret().clone();
        // With `force`, a stored token is enough only if another process has
        // renewed it.
        let is_enough = |token: &Token| {
            lasts(context, token, min.max(MIN_VALIDITY))
                && (!force || token.secret() != &old_secret)
        };
        let store = self.store;
        let renewal = renew(
            context,
            &mut self.session,
            &api,
            (&self.account, &slot),
            is_enough,
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
        // Checked after the request, because the answer may have corrected the
        // clock.
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
            // Deletes nothing while the token is valid: VTEX ID does not renew new
            // tokens.
            Ok(Renewal::Refused(refusal)) if valid => {
                context.output.note(format_args!(
                    "VTEX ID does not renew {words} yet ({}); it is still valid",
                    refusal.word
                ));
                Ok((old, false))
            }
            Ok(Renewal::Refused(refusal)) => Err(self.session_ended(context, &refusal)?),
            // Not if the account was logged out in the meantime.
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

    /// Deletes the rejected refresh token, if there is one, and returns the
    /// failure.
    fn session_ended(&mut self, context: &Context, refusal: &Refusal) -> Result<Failure, Failure> {
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
        let mut hints = vec![self.login_hint()];
        if self.slot != Slot::User {
            return hints;
        }
        if self.session.entry(account, &Slot::Key).is_some() {
            hints.push("pass `--as key` to use the app key".to_owned());
        }
        let toolbelt_has_token = match &context.config.toolbelt {
            Some(paths) if context.site == Site::Vtex => {
                toolbelt::has_valid_token(&paths.session, account, context.now())
            }
            _ => false,
        };
        if toolbelt_has_token {
            hints.push(format!(
                "`vtexid toolbelt import -a {account}`: the toolbelt has a valid token"
            ));
        }
        hints
    }
}
