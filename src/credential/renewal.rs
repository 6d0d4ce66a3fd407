//! Renews a session once, however many processes want it at the same time.
//!
//! Not for deciding whether it is needed, nor for saying how it ended.

use crate::{
    account::Account,
    context::Context,
    error::{Code, Failure},
    output::Output,
    runtime,
    secret::Secret,
    session::{AccountLock, Item, NewTokens, Session, SessionError},
    slot::Slot,
    token::Token,
    vtexid::{ApiError, VtexId},
};

/// The result of a renewal that did not fail.
pub enum Renewal<T> {
    /// VTEX ID issued a new token; the result of saving it.
    Renewed(T),
    /// Another process has renewed it, or somebody has logged in again.
    Already(Token),
    /// There is nothing to renew with.
    Impossible,
    /// VTEX ID refused.
    Refused(Refusal),
}

/// VTEX ID's refusal.
pub struct Refusal {
    /// The reason in VTEX ID's answer.
    pub word: String,
    /// What was sent; it is still stored.
    pub with: RenewWith,
    /// The account's lock, for deleting it.
    pub lock: AccountLock,
}

/// What a session can be renewed with.
#[derive(PartialEq)]
pub enum RenewWith {
    /// A refresh token, which works once.
    RefreshToken(Secret),
    /// An app key and its app token.
    AppKey(String, Secret),
    /// A shopper's refresh token and its cookies.
    Shopper {
        /// It works once.
        refresh: Secret,
        /// The session's token.
        token: Secret,
        /// The session's second cookie.
        cookie: Option<(String, Secret)>,
    },
}

impl RenewWith {
    /// Finds what renews a credential. An app key never renews a user's
    /// session, because the token would be somebody else's.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub fn find(
        session: &Session,
        (account, slot): (&Account, &Slot),
    ) -> Result<Option<Self>, SessionError> {
        let item = session.item(account, slot)?;
        Ok(item.and_then(|item| Self::of(slot, item)))
    }

    /// The same for a credential whose secrets were read.
    pub fn of(slot: &Slot, item: Item) -> Option<Self> {
        match slot {
            Slot::User => item.refresh.map(Self::RefreshToken),
            Slot::Key => item.pair.map(|(key, token)| Self::AppKey(key, token)),
            Slot::Shopper(_) => item.refresh.zip(item.token).map(|(refresh, token)| {
                let cookie = item.cookie;
                Self::Shopper {
                    refresh,
                    token,
                    cookie,
                }
            }),
        }
    }

    /// Asks VTEX ID for a new token.
    pub async fn ask(&self, api: &VtexId, account: &Account) -> Result<NewTokens, ApiError> {
        match self {
            Self::RefreshToken(refresh) => {
                let pair = api.refresh(account, refresh).await?;
                Ok(pair.into())
            }
            Self::AppKey(key, app_token) => {
                let token = api.app_token(account, key, app_token).await?;
                Ok(NewTokens::of_app_key(token, key, app_token))
            }
            Self::Shopper {
                refresh,
                token,
                cookie,
            } => {
                let pair = api
                    .refresh_shopper(account, refresh, token, cookie.as_ref())
                    .await?;
                Ok(pair.into())
            }
        }
    }

    /// Whether it works once.
    pub fn works_once(&self) -> bool {
        !matches!(self, Self::AppKey(..))
    }
}

/// Takes the account's lock, looks again, and only then asks VTEX ID, because
/// each use of a refresh token ends it. `save` must store the result.
///
/// The result is saved only if the stored secret is still the one that was
/// sent. If the account was logged out in the meantime, the new token is
/// revoked.
///
/// # Errors
/// When the lock, the store or VTEX ID fails: what there is to renew with stays
/// stored then. Exit code 4 when the account was logged out meanwhile.
pub fn renew<T>(
    context: &Context,
    session: &mut Session,
    api: &VtexId,
    whose: (&Account, &Slot),
    enough: impl Fn(&Token) -> bool,
    save: impl FnOnce(&mut Session, &AccountLock, NewTokens) -> Result<T, Failure>,
) -> Result<Renewal<T>, Failure> {
    let (account, slot) = whose;
    if RenewWith::find(session, whose)?.is_none() {
        return Ok(Renewal::Impossible);
    }
    let lock = session.lock_account(account)?;
    // A damaged token does not stop the renewal.
    if let Ok(Some(token)) = session.token(account, slot)
        && enough(&token)
    {
        return Ok(Renewal::Already(token));
    }
    let Some(with) = RenewWith::find(session, whose)? else {
        return Ok(Renewal::Impossible);
    };
    let delayed_signals = match session.entry(account, slot) {
        Some(entry) if with.works_once() => {
            // Tests the store first: if nothing can be saved, the used refresh
            // token would be lost.
            session.probe(account, entry.store)?;
            Some(context.signals.delay("the renewal"))
        }
        _ => None,
    };
    let asked = runtime::run(async { Ok(with.ask(api, account).await) })?;
    if let Ok(new) = &asked {
        check_kind(whose, &new.token)?;
    }
    let outcome = match asked {
        // A store that cannot be read now may still be writable, and the new
        // token would be lost.
        Ok(new) => match still_stored(session, whose, &with).unwrap_or(Now::Same) {
            Now::Same => {
                if new.item.refresh.is_none() && with.works_once() {
                    Output::warn(format_args!(
                        "VTEX ID sent no new refresh token for {account}: log in again when this token expires"
                    ));
                }
                save(session, &lock, new).map(Renewal::Renewed)
            }
            Now::Other(other) => {
                revoke(api, account, &new.token);
                Ok(other.map_or(Renewal::Impossible, Renewal::Already))
            }
            Now::Gone => {
                revoke(api, account, &new.token);
                Err(Failure::new(
                    Code::LoggedOut,
                    format_args!("{account} was logged out in the meantime; nothing was saved"),
                )
                .hint(match slot {
                    Slot::Key => format!("run `vtexid apptoken -a {account} --save --app-key KEY`"),
                    _ => format!("run `vtexid login {account}`"),
                }))
            }
        },
        Err(ApiError::Refused { answer, .. }) => match still_stored(session, whose, &with)? {
            Now::Other(Some(token)) => Ok(Renewal::Already(token)),
            Now::Other(None) | Now::Gone => Ok(Renewal::Impossible),
            Now::Same => Ok(Renewal::Refused(Refusal {
                word: answer,
                with,
                lock,
            })),
        },
        Err(error) => Err(error.into()),
    };
    drop(delayed_signals);
    outcome
}

/// A token of another kind would make commands act as somebody else.
fn check_kind((account, slot): (&Account, &Slot), token: &Token) -> Result<(), Failure> {
    let theirs = Slot::of(token.claims());
    if std::mem::discriminant(&theirs) == std::mem::discriminant(slot) {
        return Ok(());
    }
    Err(Failure::new(
        Code::Unreachable,
        format_args!(
            "VTEX ID sent the wrong kind of token ({}): nothing was saved",
            token.claims().kind().words()
        ),
    )
    .hint(format!("run `vtexid login {account}`")))
}

/// What is stored after the request.
enum Now {
    /// What was sent.
    Same,
    /// Something else, with this token.
    Other(Option<Token>),
    /// Nothing.
    Gone,
}

/// The lock stops other processes, but not older releases, nor people who
/// delete entries or files by hand.
fn still_stored(
    session: &mut Session,
    whose: (&Account, &Slot),
    sent: &RenewWith,
) -> Result<Now, SessionError> {
    session.reload()?;
    Ok(match RenewWith::find(session, whose)? {
        Some(stored) if stored == *sent => Now::Same,
        Some(_) => Now::Other(session.token(whose.0, whose.1).ok().flatten()),
        None => Now::Gone,
    })
}

/// Revokes a token that is saved nowhere. A failure is ignored: the token is
/// lost with this process.
fn revoke(api: &VtexId, account: &Account, token: &Token) {
    let _ = runtime::run(async { Ok(api.revoke(account, token).await?) });
}
