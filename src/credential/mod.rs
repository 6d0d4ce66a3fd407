//! The token a command uses, and where it came from.
//!
//! Not for what is done with it, and not for reading what a token says.

mod renewal;

use std::{fmt, time::Duration};

use self::renewal::{Refusal, RenewWith};
pub use self::renewal::{Renewal, renew};
use crate::{
    account::Account,
    accounts,
    context::{self, Context},
    error::{Code, Failure},
    output::Output,
    session::{Current, NewSession, Session},
    store::StoreKind,
    time,
    token::{self, Token, Validity},
    toolbelt,
    vtexid::Site,
};

/// A token with less time left is renewed: what is printed should last until
/// it is used.
const MIN_VALIDITY: Duration = Duration::from_secs(60);

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
    Store(Box<Stored>),
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
        let token = session
            .token(&account)
            .map_err(|error| Failure::from(error).naming(&account))?;
        let token = token.ok_or_else(|| {
            Failure::new(
                Code::LoggedOut,
                format_args!("the token of {account} is gone from {}", store.words()),
            )
            .hint(format!("run `vtexid login {account}`"))
        })?;
        Ok(Self {
            token,
            origin: Origin::Store(Box::new(Stored {
                account,
                store,
                session,
            })),
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
    /// 3 when it is not valid for long enough, 4 when a stored token has
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
            Origin::Environment => {}
            Origin::Store(stored) => {
                if force || !lasts(context, &self.token, min.max(MIN_VALIDITY)) {
                    let (token, new) = stored.renewed(context, self.token, min, force)?;
                    self.token = token;
                    if new && !lasts(context, &self.token, Duration::ZERO) {
                        // VTEX ID just gave it: more likely a clock is wrong.
                        Output::warn(format_args!(
                            "the new token of {} has expired already by this machine's clock; `vtexid doctor` compares the clock with VTEX ID's",
                            stored.account
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

    /// Passes a token that is valid now, or does not say.
    ///
    /// # Errors
    /// For an expired one exit code 4 if it was stored, 3 if it was given.
    pub fn check_not_expired(&self, context: &Context) -> Result<(), Failure> {
        let now = context.now();
        let Validity::ExpiredAt(exp) = self.token.claims().validity(now) else {
            return Ok(());
        };
        let code = match self.origin {
            Origin::Environment => Code::BadToken,
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
        .hint(match &self.origin {
            Origin::Store(stored) => new_session_hint(context, &stored.account),
            Origin::Environment => self.replacement(),
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
            // It was renewed, or could not be.
            Origin::Store(stored) => failure.hint(format!(
                "ask for less, or run `vtexid login {} --fresh` if the token is an old one",
                stored.account
            )),
            Origin::Environment => failure.hint(self.replacement()),
        })
    }

    fn subject(&self) -> String {
        match &self.origin {
            Origin::Store(stored) => format!("the token of {}", stored.account),
            Origin::Environment => "the token in VTEX_TOKEN".to_owned(),
        }
    }

    /// How to get another token.
    fn replacement(&self) -> String {
        match &self.origin {
            Origin::Store(stored) => format!("run `vtexid login {}`", stored.account),
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
        token::only_token(text.expose()).map_err(|e| {
            Failure::from(e)
                .context("invalid VTEX_TOKEN")
                .hint(if token::is_app_token(text) {
                    "set VTEX_APP_TOKEN to it and VTEX_APP_KEY to its app key, unset VTEX_TOKEN, and run `vtexid apptoken`"
                } else {
                    "unset VTEX_TOKEN to use the stored token"
                })
        })
    })
    .transpose()
}

impl Stored {
    /// A token for the account that is valid for `min` if possible, and whether
    /// VTEX ID just gave it.
    fn renewed(
        &mut self,
        context: &Context,
        old: Token,
        min: Duration,
        force: bool,
    ) -> Result<(Token, bool), Failure> {
        let account = &self.account;
        let api = context.vtexid()?;
        let before = old.secret().clone();
        // Forced, only a token that came meanwhile is new enough.
        let enough = |token: &Token| {
            lasts(context, token, min.max(MIN_VALIDITY)) && (!force || token.secret() != &before)
        };
        let store = self.store;
        let renewal = renew(
            context,
            &mut self.session,
            &api,
            account,
            enough,
            |session, lock, pair| {
                let new = NewSession {
                    pair: &pair,
                    app_key: None,
                    store,
                    current: Current::Stays,
                };
                if let Err(error) = session.save(lock, &new) {
                    // The old refresh token is used up: without printing the
                    // new token both would be lost.
                    Output::warn(format_args!(
                        "renewed the token of {account}, but could not save it (log in again when it expires): {error}"
                    ));
                }
                Ok(pair.token)
            },
        );
        // By VTEX ID's clock, which its answer may just have told.
        let valid = lasts(context, &old, Duration::ZERO);
        match renewal {
            Ok(Renewal::Renewed(token)) => {
                context
                    .output
                    .note(format_args!("renewed the token of {account}"));
                if let Some(problem) = context.clock_problem() {
                    Output::warn(problem);
                }
                // An app key may have made it, in place of a person's.
                context::warn_of_other_user(old.claims().login(), token.claims().login());
                Ok((token, true))
            }
            Ok(Renewal::Already(token)) => Ok((token, false)),
            Ok(Renewal::Impossible) => {
                if force {
                    Output::warn(format_args!(
                        "could not renew the token of {account}: no refresh token or app key is stored"
                    ));
                }
                Ok((old, false))
            }
            // Early refusals end nothing: VTEX ID renews no young token.
            Ok(Renewal::Refused(refusal)) if valid => {
                context.output.note(format_args!(
                    "VTEX ID does not renew the token of {account} yet ({}); it is still valid",
                    refusal.word
                ));
                Ok((old, false))
            }
            Ok(Renewal::Refused(refusal)) => Err(self.session_over(context, &refusal)?),
            // That nobody is logged in any more is no reason to go on.
            Err(failure)
                if valid && lasts(context, &old, min) && failure.code != Code::LoggedOut =>
            {
                Output::warn(format_args!(
                    "could not renew the token of {account}, which is still valid: {:#}",
                    failure.error
                ));
                Ok((old, false))
            }
            Err(failure) => Err(failure.context(format!("could not renew the token of {account}"))),
        }
    }

    /// Deletes what VTEX ID refuses, where asking again would only be refused
    /// again, and says so.
    fn session_over(&self, context: &Context, refusal: &Refusal) -> Result<Failure, Failure> {
        let (account, word) = (&self.account, &refusal.word);
        Ok(match &refusal.with {
            RenewWith::AppKey(key, _) => Failure::new(
                Code::LoggedOut,
                format_args!(
                    "the token of {account} expired and VTEX ID rejected the app key {key} ({word})"
                ),
            )
            .hint(format!(
                "run `vtexid apptoken -a {account} --save --app-key KEY` with an active app key"
            )),
            RenewWith::RefreshToken(_) => {
                self.session.forget_refresh(&refusal.lock)?;
                Failure::new(
                    Code::LoggedOut,
                    format_args!(
                        "the session of {account} is over: its token expired and VTEX ID refuses to renew it ({word})"
                    ),
                )
                .hint(new_session_hint(context, account))
            }
        })
    }
}

/// How to get a new session: the toolbelt may have one.
fn new_session_hint(context: &Context, account: &Account) -> String {
    let login = format!("run `vtexid login {account}`");
    let theirs = match &context.config.toolbelt {
        Some(paths) if context.site == Site::Vtex => {
            toolbelt::has_valid_token(&paths.session, account, context.now())
        }
        _ => false,
    };
    if theirs {
        format!("{login}, or `vtexid toolbelt import -a {account}`: the toolbelt has a valid token")
    } else {
        login
    }
}

/// How much longer a token is valid, in seconds; `None` where it does not say.
fn seconds_left(context: &Context, token: &Token) -> Option<i64> {
    let now = context.now();
    match token.claims().validity(now) {
        Validity::Until(exp) => Some(exp.saturating_sub(now)),
        Validity::ExpiredAt(_) => Some(0),
        Validity::Unstated => None,
    }
}

/// Whether a token is valid now and for `min` at least.
fn lasts(context: &Context, token: &Token, min: Duration) -> bool {
    seconds_left(context, token).is_none_or(|left| left > 0 && left.unsigned_abs() >= min.as_secs())
}
