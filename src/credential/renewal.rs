//! Renewing a session: once, however many processes want it at the same time.
//!
//! Not for deciding whether it is needed, nor for messages.

use crate::{
    account::Account,
    error::Failure,
    runtime,
    secret::Secret,
    session::{Session, SessionError},
    token::{Token, TokenPair},
    vtexid::{ApiError, VtexId},
};

/// How a renewal ended, where it did not fail.
pub enum Renewal<T> {
    /// VTEX ID gave a new token; this is what keeping it came to.
    Kept(T),
    /// Another process renewed it while this one waited.
    Already(Token),
    /// There is nothing to renew with.
    Impossible,
    /// VTEX ID refused, with its word for it, what there was to renew with.
    Refused(String, RenewWith),
}

/// What a session can be renewed with.
pub enum RenewWith {
    /// A refresh token, which is used up by it.
    RefreshToken(Secret),
    /// An app key and its app token.
    AppKey(String, Secret),
}

impl RenewWith {
    /// What is kept for the account; the refresh token goes first, because it
    /// gives the user's own token.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub fn find(session: &Session, account: &Account) -> Result<Option<Self>, SessionError> {
        if let Some(refresh) = session.refresh_token(account)? {
            return Ok(Some(Self::RefreshToken(refresh)));
        }
        Ok(session
            .pair(account)?
            .map(|(key, app_token)| Self::AppKey(key, app_token)))
    }

    async fn renew(&self, api: &VtexId, account: &Account) -> Result<TokenPair, ApiError> {
        match self {
            Self::RefreshToken(refresh) => api.refresh(account, refresh).await,
            Self::AppKey(key, app_token) => Ok(TokenPair {
                token: api.app_token(account, key, app_token).await?,
                refresh: None,
            }),
        }
    }
}

/// Takes the account's lock, looks again, and only then asks VTEX ID, because
/// each use of a refresh token kills it. `keep` must store what came, the new
/// refresh token first.
///
/// # Errors
/// When the lock, the store or VTEX ID fails: nothing is known then of
/// whether the refresh token was used up, and it is kept.
pub fn renew<T>(
    session: &mut Session,
    api: &VtexId,
    account: &Account,
    enough: impl Fn(&Token) -> bool,
    keep: impl FnOnce(&mut Session, TokenPair) -> Result<T, Failure>,
) -> Result<Renewal<T>, Failure> {
    if RenewWith::find(session, account)?.is_none() {
        return Ok(Renewal::Impossible);
    }
    let _lock = session.lock_account(account)?;
    session.reload()?;
    // A damaged token is no obstacle to a new one.
    if let Ok(Some(token)) = session.token(account)
        && enough(&token)
    {
        return Ok(Renewal::Already(token));
    }
    let Some(with) = RenewWith::find(session, account)? else {
        return Ok(Renewal::Impossible);
    };
    match runtime::run(async { Ok(with.renew(api, account).await) })? {
        Ok(grant) => keep(session, grant).map(Renewal::Kept),
        Err(ApiError::Refused { answer, .. }) => Ok(Renewal::Refused(answer, with)),
        Err(error) => Err(error.into()),
    }
}
