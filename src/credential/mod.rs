//! The token a command uses, and where it came from.
//!
//! Not for using it, and not for reading its claims.

mod choice;
mod missing;
pub mod pair;
mod renewal;
mod stored;

use std::{fmt, time::Duration};

pub use self::{
    choice::{Choice, Source, known_account},
    pair::AppPair,
    renewal::{RenewWith, Renewal, renew},
    stored::Stored,
};
use crate::{
    account::Account,
    context::Context,
    error::{Code, Failure},
    output::Output,
    slot::Slot,
    time,
    token::{self, Token, Validity},
};

/// Tokens with less time left are renewed, so that they are still valid when
/// used.
const MIN_VALIDITY: Duration = Duration::from_secs(60);

/// A token and its origin.
pub struct Credential {
    /// The token. It may have expired.
    pub token: Token,
    /// The account it is used for, if one is known.
    pub account: Option<Account>,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a token came from.
pub enum Origin {
    /// `VTEX_TOKEN`.
    Environment,
    /// Just created from `VTEX_APP_KEY` and `VTEX_APP_TOKEN`.
    Pair,
    /// The store of an account.
    Store(Box<Stored>),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("VTEX_TOKEN"),
            Self::Pair => f.write_str("VTEX_APP_KEY"),
            Self::Store(stored) => stored.store.fmt(f),
        }
    }
}

impl Credential {
    /// Loads the token of the credential that [`Choice::choose`] chooses;
    /// `requested_slot` is the value of `--as`. The token may have expired.
    ///
    /// # Errors
    /// As [`Choice::choose`] and [`Choice::load`].
    pub fn load(context: &Context, requested_slot: Option<&Slot>) -> Result<Self, Failure> {
        Choice::choose(context, requested_slot)?.load(context)
    }

    /// The account, for a command that sends the token.
    ///
    /// # Errors
    /// Exit code 2 when no account is known.
    pub fn account(&self) -> Result<&Account, Failure> {
        known_account(self.account.as_ref())
    }

    /// Returns a token that is valid for at least `min`: this one, or a renewed
    /// one. With `force` it is renewed in any case, if possible.
    ///
    /// # Errors
    /// 3 when the token is not valid for long enough, 4 when a stored token has
    /// expired and cannot be renewed, 5 for the store, 6 when VTEX ID was not
    /// reached.
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
            Origin::Environment | Origin::Pair => {}
            Origin::Store(stored) => {
                if force || !lasts(context, &self.token, min.max(MIN_VALIDITY)) {
                    let (token, new) = stored.renewed(context, self.token, min, force)?;
                    self.token = token;
                    if new && !lasts(context, &self.token, Duration::ZERO) {
                        // A new token cannot have expired: a clock is wrong.
                        Output::warn(format_args!(
                            "{} is new, but has already expired according to this machine's clock; run `vtexid doctor` to check the clock",
                            stored.token_words()
                        ));
                        return Ok(self);
                    }
                }
            }
        }
        self.check_not_expired(context)?;
        self.check_valid_for(context, min)?;
        Ok(self)
    }

    /// Checks that the token has not expired. A token may have no expiry time.
    ///
    /// # Errors
    /// Exit code 4 for an expired stored token, 3 for any other expired token.
    pub fn check_not_expired(&self, context: &Context) -> Result<(), Failure> {
        let now = context.now();
        let Validity::ExpiredAt(exp) = self.token.claims().validity(now) else {
            return Ok(());
        };
        let code = match self.origin {
            Origin::Environment | Origin::Pair => Code::BadToken,
            Origin::Store(_) => Code::LoggedOut,
        };
        Err(Failure::new(
            code,
            format_args!(
                "{} expired {} ago, on {}",
                self.subject(),
                time::span_words(now.saturating_sub(exp)),
                time::utc_words(exp)
            ),
        )
        .hints(match &self.origin {
            Origin::Store(stored) => stored.new_session_hints(context),
            Origin::Environment | Origin::Pair => vec![self.replacement().to_owned()],
        }))
    }

    fn check_valid_for(&self, context: &Context, min: Duration) -> Result<(), Failure> {
        if lasts(context, &self.token, min) {
            return Ok(());
        }
        let left = time::span_words(seconds_left(context, &self.token).unwrap_or(0));
        let failure = Failure::new(
            Code::BadToken,
            format_args!(
                "{} is valid for only {left} more, not for {}",
                self.subject(),
                time::duration_words(min)
            ),
        );
        Err(match &self.origin {
            // A stored token was renewed before, or could not be.
            Origin::Store(stored) if stored.slot == Slot::User => failure.hint(format!(
                "pass a shorter time, or run `vtexid login {} --fresh` for a new token",
                stored.account
            )),
            Origin::Store(_) | Origin::Pair => failure.hint("pass a shorter time"),
            Origin::Environment => failure.hint(self.replacement()),
        })
    }

    fn subject(&self) -> String {
        match &self.origin {
            Origin::Store(stored) => stored.token_words(),
            Origin::Environment => "the token in VTEX_TOKEN".to_owned(),
            Origin::Pair => "the token made from VTEX_APP_KEY".to_owned(),
        }
    }

    /// How to get another token, if none is stored.
    fn replacement(&self) -> &'static str {
        match &self.origin {
            Origin::Pair => "run `vtexid doctor` to check this machine's clock",
            _ => "set VTEX_TOKEN to a new token, or unset it",
        }
    }
}

/// The token in `VTEX_TOKEN`, if it is set.
///
/// # Errors
/// Exit code 2 when it is not a token.
pub fn from_environment(context: &Context) -> Result<Option<Token>, Failure> {
    let text = context.config.token.as_ref();
    text.map(|text| {
        token::only_token(text.expose()).map_err(|e| {
            if token::is_app_token(text) {
                return Failure::new(Code::Usage, "VTEX_TOKEN holds an app token, not a token")
                    .hint("rename it to VTEX_APP_TOKEN, and set VTEX_APP_KEY too");
            }
            Failure::new(Code::Usage, e)
                .context("invalid VTEX_TOKEN")
                .hint("unset VTEX_TOKEN to use the stored token")
        })
    })
    .transpose()
}

/// How long a token is still valid, in seconds; `None` if it has no expiry time.
fn seconds_left(context: &Context, token: &Token) -> Option<i64> {
    let now = context.now();
    match token.claims().validity(now) {
        Validity::Until(exp) => Some(exp.saturating_sub(now)),
        Validity::ExpiredAt(_) => Some(0),
        Validity::Unstated => None,
    }
}

/// Whether a token is valid now, and for at least `min`.
fn lasts(context: &Context, token: &Token, min: Duration) -> bool {
    seconds_left(context, token).is_none_or(|left| left > 0 && left.unsigned_abs() >= min.as_secs())
}
