//! Why VTEX ID did not log a shopper in. Not for exit codes and hints: those
//! are the command's.

use crate::vtexid::ApiError;

/// Why VTEX ID did not log a shopper in. Whether anybody has the e-mail
/// address is in none of them.
#[derive(Debug, thiserror::Error)]
pub enum ShopperError {
    /// As with every other request.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// There were too many codes or attempts.
    #[error("VTEX ID has blocked this shopper's login for now")]
    Blocked,
    /// VTEX ID mails nothing there.
    #[error("VTEX ID does not accept this e-mail address")]
    InvalidEmail,
    /// VTEX ID does not know the login any more.
    #[error("the login took longer than 10 minutes")]
    Expired,
    /// The code is wrong, was used or has expired.
    #[error("VTEX ID rejected the code: wrong, used or expired")]
    WrongCode {
        /// Whether the next attempt is the last.
        last_attempt: bool,
    },
    /// There is more to be answered than the code.
    #[error("VTEX ID asks for a second factor, which vtexid cannot answer")]
    SecondFactor,
    /// The store has no such OAuth provider.
    #[error("{host} answered {status}: unknown OAuth provider")]
    UnknownProvider {
        /// The host asked.
        host: String,
        /// The answer's status.
        status: u16,
    },
    /// The provider's access token is not good.
    #[error("{host} answered {status}: the provider's access token was rejected")]
    ProviderToken {
        /// The host asked.
        host: String,
        /// The answer's status.
        status: u16,
    },
}
