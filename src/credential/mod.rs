//! The token a command uses, and where it came from.
//!
//! Not for what is done with it, and not for reading what a token says.

mod renewal;

use std::{fmt, time::Duration};

use self::renewal::RenewWith;
pub use self::renewal::{Renewal, renew};
use crate::{
    account::Account,
    accounts,
    context::{self, Context},
    error::{Code, Failure},
    output::Output,
    runtime::now,
    session::Session,
    store::StoreKind,
    time,
    token::{Token, Validity},
};

/// A token and its origin.
pub struct Credential {
    /// The token; valid or not.
    pub token: Token,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a token came from.
pub enum Origin {
    /// `VTEX_TOKEN`.
    Environment,
    /// The store of an account.
    Store(Stored),
}

/// A stored token's place.
pub struct Stored {
    /// The account it is stored for.
    pub account: Account,
    /// The kind of store.
    pub store: StoreKind,
    session: Session,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("VTEX_TOKEN"),
            Self::Store(stored) => stored.store.fmt(f),
        }
    }
}

impl Credential {
    /// The token in `VTEX_TOKEN`, else the stored one. It may have expired.
    ///
    /// # Errors
    /// Exit code 1 when `VTEX_TOKEN` is not a token, 4 when there is no token,
    /// 5 when the store cannot be asked.
    pub fn load(context: &Context) -> Result<Self, Failure> {
        if let Some(token) = from_environment(context)? {
            return Ok(Self {
                token,
                origin: Origin::Environment,
            });
        }
        let session = context.session()?;
        let (account, _) = accounts::choose(context, &session)?;
        let store = accounts::entry(&session, &account)?.store;
        let token = session.token(&account)?.ok_or_else(|| {
            Failure::new(
                Code::LoggedOut,
                format_args!("the token of {account} is gone from {}", store.words()),
            )
            .hint(format!("run `vtexid login {account}`"))
        })?;
        Ok(Self {
            token,
            origin: Origin::Store(Stored {
                account,
                store,
                session,
            }),
        })
    }

    /// The account the token is stored for, else the one it names.
    pub fn account(&self) -> Option<Account> {
        match &self.origin {
            Origin::Store(stored) => Some(stored.account.clone()),
            Origin::Environment => self.token.claims().account()?.parse().ok(),
        }
    }

    /// A token that is valid for at least `min`: this one, or a renewed one.
    /// With `force` it is renewed in any case, where that is possible.
    ///
    /// # Errors
    /// 3 when it is not valid for long enough, 4 when VTEX ID ended the
    /// session, 5 for the store, 6 when VTEX ID was not reached.
    pub fn ensure_valid_for(
        mut self,
        context: &Context,
        min: Duration,
        force: bool,
    ) -> Result<Self, Failure> {
        match &mut self.origin {
            Origin::Environment if force => Output::warn(
                "the token in VTEX_TOKEN cannot be renewed; unset it to renew the stored one",
            ),
            Origin::Environment => {}
            Origin::Store(stored) => {
                if force || !lasts(&self.token, min) {
                    self.token = stored.renewed(context, self.token, min, force)?;
                }
            }
        }
        self.check_not_expired()?;
        self.check_valid_for(min)?;
        Ok(self)
    }

    /// Passes a token that is valid now, or does not say.
    ///
    /// # Errors
    /// Exit code 3 for an expired one.
    pub fn check_not_expired(&self) -> Result<(), Failure> {
        let now = now();
        let Validity::ExpiredAt(exp) = self.token.claims().validity(now) else {
            return Ok(());
        };
        Err(Failure::new(
            Code::BadToken,
            format_args!(
                "{} expired {} ago, on {}",
                self.subject(),
                time::span_words(now.saturating_sub(exp)),
                time::utc_words(exp)
            ),
        )
        .hint(self.replacement("")))
    }

    fn check_valid_for(&self, min: Duration) -> Result<(), Failure> {
        if lasts(&self.token, min) {
            return Ok(());
        }
        let left = time::span_words(seconds_left(&self.token).unwrap_or(0));
        Err(Failure::new(
            Code::BadToken,
            format_args!(
                "{} is valid for only {left} more, not for {}",
                self.subject(),
                time::duration_words(min)
            ),
        )
        .hint(self.replacement(" --fresh")))
    }

    fn subject(&self) -> String {
        match &self.origin {
            Origin::Store(stored) => format!("the token of {}", stored.account),
            Origin::Environment => "the token in VTEX_TOKEN".to_owned(),
        }
    }

    /// How to get another token.
    fn replacement(&self, login_flags: &str) -> String {
        match &self.origin {
            Origin::Store(stored) => format!("run `vtexid login {}{login_flags}`", stored.account),
            Origin::Environment => "put a new token into VTEX_TOKEN, or unset it".to_owned(),
        }
    }
}

/// The token in `VTEX_TOKEN`, where it is set.
///
/// # Errors
/// Exit code 1 when it is not a token.
pub fn from_environment(context: &Context) -> Result<Option<Token>, Failure> {
    let text = context.config.token.as_ref();
    text.map(|text| {
        Token::parse(text.clone()).map_err(|e| {
            Failure::from(e)
                .context("invalid VTEX_TOKEN")
                .hint("unset VTEX_TOKEN to use the stored token")
        })
    })
    .transpose()
}

impl Stored {
    /// A new token for the account, or the old one where that is still valid.
    fn renewed(
        &mut self,
        context: &Context,
        old: Token,
        min: Duration,
        force: bool,
    ) -> Result<Token, Failure> {
        let account = &self.account;
        let valid = lasts(&old, Duration::ZERO);
        let api = context.vtexid()?;
        let before = old.secret().clone();
        // Forced, only a token that came meanwhile is new enough.
        let enough = |token: &Token| lasts(token, min) && (!force || token.secret() != &before);
        let renewal = renew(&mut self.session, &api, account, enough, |session, pair| {
            if let Err(error) = session.renew(account, &pair) {
                // The old refresh token is used up: without printing the new
                // token both would be lost.
                Output::warn(format_args!(
                    "renewed the token of {account}, but could not save it (log in again when it expires): {error}"
                ));
            }
            Ok(pair.token)
        });
        match renewal {
            Ok(Renewal::Kept(token)) => {
                context
                    .output
                    .note(format_args!("renewed the token of {account}"));
                // An app key may have made it, in place of a person's.
                context::warn_of_other_user(old.claims().login(), token.claims().login());
                Ok(token)
            }
            Ok(Renewal::Already(token)) => Ok(token),
            Ok(Renewal::Impossible) => {
                if force {
                    Output::warn(format_args!(
                        "could not renew the token of {account}: no refresh token or app key is stored"
                    ));
                }
                Ok(old)
            }
            // Early refusals end nothing: VTEX ID renews no young token.
            Ok(Renewal::Refused(word, _)) if valid => {
                context.output.note(format_args!(
                    "VTEX ID does not renew the token of {account} yet ({word}); it is still valid"
                ));
                Ok(old)
            }
            Ok(Renewal::Refused(word, RenewWith::AppKey(key, _))) => Err(Failure::new(
                Code::BadToken,
                format_args!(
                    "the token of {account} expired and VTEX ID rejected the app key {key} ({word})"
                ),
            )
            .hint(format!(
                "run `vtexid apptoken -a {account} --save --app-key KEY` with an active app key"
            ))),
            Ok(Renewal::Refused(word, RenewWith::RefreshToken(_))) => {
                // Definite: asking again would only be refused again.
                self.session.forget_refresh(account)?;
                Err(Failure::new(
                    Code::LoggedOut,
                    format_args!(
                        "the session of {account} is over: its token expired and VTEX ID refuses to renew it ({word})"
                    ),
                )
                .hint(format!("run `vtexid login {account}`")))
            }
            Err(failure) if valid && lasts(&old, min) => {
                Output::warn(format_args!(
                    "could not renew the token of {account}, which is still valid: {:#}",
                    failure.error
                ));
                Ok(old)
            }
            Err(failure) => Err(failure.context(format!("could not renew the token of {account}"))),
        }
    }
}

/// How much longer a token is valid, in seconds; `None` where it does not say.
fn seconds_left(token: &Token) -> Option<i64> {
    let now = now();
    match token.claims().validity(now) {
        Validity::Until(exp) => Some(exp.saturating_sub(now)),
        Validity::ExpiredAt(_) => Some(0),
        Validity::Unstated => None,
    }
}

/// Whether a token is valid now and for `min` at least.
fn lasts(token: &Token, min: Duration) -> bool {
    seconds_left(token).is_none_or(|left| left > 0 && left.unsigned_abs() >= min.as_secs())
}
