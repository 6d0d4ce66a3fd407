//! Renewing a session: once, however many processes want it at the same time.
//!
//! Not for judging whether it is needed, nor for what to say.

use crate::{
    account::Account,
    app::App,
    error::Failure,
    session::Session,
    token::{Grant, Token},
    vtexid::{ApiError, VtexId},
};

/// How a renewal ended, where it did not fail.
pub enum Renewal<T> {
    /// VTEX ID gave a new token; this is what keeping it came to.
    Kept(T),
    /// Another process renewed it while this one waited.
    Already(Token),
    /// There is no refresh token.
    Impossible,
    /// VTEX ID refused, with its word for it.
    Refused(String),
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
    keep: impl FnOnce(&mut Session, Grant) -> Result<T, Failure>,
) -> Result<Renewal<T>, Failure> {
    if session.refresh_token(account)?.is_none() {
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
    let Some(refresh) = session.refresh_token(account)? else {
        return Ok(Renewal::Impossible);
    };
    match App::run(async { Ok(api.refresh(account, &refresh).await) })? {
        Ok(grant) => keep(session, grant).map(Renewal::Kept),
        Err(ApiError::Refused { answer, .. }) => Ok(Renewal::Refused(answer)),
        Err(error) => Err(error.into()),
    }
}
