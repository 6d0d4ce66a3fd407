//! Renews a session only once, even if several processes try at the same time.
//!
//! Not for deciding whether to renew, and not for reporting the result.

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
    /// VTEX ID issued a new token. Contains the result of saving it.
    Renewed(T),
    /// Another process has renewed it, or the user has logged in again.
    Already(Token),
    /// There is nothing to renew with.
    Impossible,
    /// VTEX ID rejected the request.
    Refused(Refusal),
}

/// VTEX ID's rejection of a renewal.
pub struct Refusal {
    /// The reason in VTEX ID's answer.
    pub word: String,
    /// The secrets that were sent. They are still stored.
    pub with: RenewWith,
    /// The account's lock, to delete them.
    pub lock: AccountLock,
}

/// The secrets that renew a session.
#[derive(PartialEq)]
pub enum RenewWith {
    /// A refresh token, which works once.
    RefreshToken(Secret),
    /// An app key and its app token.
    AppKey(String, Secret),
    /// A shopper's refresh token and its cookies.
    Shopper {
        /// The refresh token, which works once.
        refresh: Secret,
        /// The session's token.
        token: Secret,
        /// The session's second cookie.
        cookie: Option<(String, Secret)>,
    },
}

impl RenewWith {
    /// Finds the secrets that renew a credential. An app key never renews a
    /// user's session, because its token is not the user's.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn find(
        session: &Session,
        (account, slot): (&Account, &Slot),
    ) -> Result<Option<Self>, SessionError> {
        let item = session.item(account, slot)?;
        Ok(item.and_then(|item| Self::of(slot, item)))
    }

    /// Finds them among secrets that were read before.
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

    /// Whether the secrets work only once.
    pub fn works_once(&self) -> bool {
        !matches!(self, Self::AppKey(..))
    }
}

/// Renews a session. Takes the account's lock and reads the store again before
/// the request, because a refresh token works only once. `save` must store the
/// result.
///
/// The result is saved only if the stored secrets are still the ones that were
/// sent. If the account was logged out in the meantime, the new token is
/// revoked.
///
/// # Errors
/// When the lock, the store or VTEX ID fails; the secrets stay stored then. Exit
/// code 4 when the account was logged out in the meantime.
pub fn renew<T>(
    context: &Context,
    session: &mut Session,
    api: &VtexId,
    whose: (&Account, &Slot),
    is_enough: impl Fn(&Token) -> bool,
    save: impl FnOnce(&mut Session, &AccountLock, NewTokens) -> Result<T, Failure>,
) -> Result<Renewal<T>, Failure> {
    let (account, slot) = whose;
    if RenewWith::find(session, whose)?.is_none() {
        return Ok(Renewal::Impossible);
    }
    let lock = session.lock_account(account)?;
    // If the stored token is damaged, renew it.
    if let Ok(Some(token)) = session.token(account, slot)
        && is_enough(&token)
    {
        return Ok(Renewal::Already(token));
    }
    let Some(with) = RenewWith::find(session, whose)? else {
        return Ok(Renewal::Impossible);
    };
    let delayed_signals = match session.entry(account, slot) {
        Some(entry) if with.works_once() => {
            // Checks the store first: if saving failed, the session would be
            // lost, because the old refresh token is used up.
            session.probe(account, entry.store)?;
            Some(context.signals.delay("the renewal"))
        }
        _ => None,
    };
    let response = runtime::run(async { Ok(with.ask(api, account).await) })?;
    if let Ok(new) = &response {
        check_kind(whose, &new.token)?;
    }
    let outcome = match response {
        // If the store cannot be read, tries to save anyway: otherwise the new
        // token is lost.
        Ok(new) => match still_stored(session, whose, &with).unwrap_or(StoreState::Unchanged) {
            StoreState::Unchanged => {
                if new.item.refresh.is_none() && with.works_once() {
                    Output::warn(format_args!(
                        "VTEX ID sent no new refresh token for {account}: log in again when this token expires"
                    ));
                }
                save(session, &lock, new).map(Renewal::Renewed)
            }
            StoreState::Replaced(other) => {
                revoke(api, account, &new.token);
                Ok(other.map_or(Renewal::Impossible, Renewal::Already))
            }
            StoreState::Deleted => {
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
            StoreState::Replaced(Some(token)) => Ok(Renewal::Already(token)),
            StoreState::Replaced(None) | StoreState::Deleted => Ok(Renewal::Impossible),
            StoreState::Unchanged => Ok(Renewal::Refused(Refusal {
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

/// Checks the kind of a new token. With another kind, commands would act as a
/// different user.
fn check_kind((account, slot): (&Account, &Slot), token: &Token) -> Result<(), Failure> {
    let new_slot = Slot::of(token.claims());
    if std::mem::discriminant(&new_slot) == std::mem::discriminant(slot) {
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

/// Whether the store changed during the request.
enum StoreState {
    /// The secrets that were sent are still stored.
    Unchanged,
    /// Other secrets are stored, with this token.
    Replaced(Option<Token>),
    /// The secrets were deleted.
    Deleted,
}

/// Reads the store again. The lock does not stop older releases, or users who
/// delete entries or files by hand.
fn still_stored(
    session: &mut Session,
    whose: (&Account, &Slot),
    sent: &RenewWith,
) -> Result<StoreState, SessionError> {
    session.reload()?;
    Ok(match RenewWith::find(session, whose)? {
        Some(stored) if stored == *sent => StoreState::Unchanged,
        Some(_) => StoreState::Replaced(session.token(whose.0, whose.1).ok().flatten()),
        None => StoreState::Deleted,
    })
}

/// Revokes a token that was not saved. Ignores a failure: nobody else has the
/// token.
fn revoke(api: &VtexId, account: &Account, token: &Token) {
    let _ = runtime::run(async { Ok(api.revoke(account, token).await?) });
}
