//! Why a shopper's login failed.
//!
//! Not for exit codes and hints (the command).

use crate::vtexid::ApiError;

/// Why a shopper's login failed. No error reveals whether the e-mail address is
/// registered.
#[derive(Debug, thiserror::Error)]
pub enum ShopperError {
    /// A failure that any request can have.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// Blocked after too many codes or attempts.
    #[error("VTEX ID has blocked this shopper's login for now")]
    Blocked,
    /// VTEX ID sends no e-mail to this address.
    #[error("VTEX ID does not accept this e-mail address")]
    InvalidEmail,
    /// The login is no longer valid at VTEX ID.
    #[error("the login took longer than 10 minutes")]
    Expired,
    /// The code is wrong, used or expired.
    #[error("VTEX ID rejected the code: wrong, used or expired")]
    WrongCode {
        /// Whether the next attempt is the last.
        last_attempt: bool,
    },
    /// VTEX ID asks for more than the code.
    #[error("VTEX ID asks for a second factor, which vtexid cannot answer")]
    SecondFactor,
    /// The store has no such OAuth provider.
    #[error("{host} answered {status}: unknown OAuth provider")]
    UnknownProvider {
        /// The host.
        host: String,
        /// The answer's status.
        status: u16,
    },
    /// The provider's access token was rejected.
    #[error("{host} answered {status}: the provider's access token was rejected")]
    ProviderToken {
        /// The host.
        host: String,
        /// The answer's status.
        status: u16,
    },
}
