//! Why VTEX ID did not give what was asked for. Not for exit codes and hints:
//! those are `crate::error`'s.

use std::time::Duration;

use crate::{account::Account, time, token::TokenError};

/// Why VTEX ID did not give what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// No answer: name, connection, TLS, or time.
    #[error("could not reach {host}{}: {cause}", through(.via.as_deref()))]
    Unreachable {
        /// The host asked.
        host: String,
        /// The proxy between, and the variable that names it.
        via: Option<String>,
        /// What happened.
        cause: String,
        /// Whether it would be the same at once.
        permanent: bool,
    },
    /// An answer that says the other side failed, or that is no answer.
    #[error("{host} failed: {problem}")]
    Failed {
        /// The host asked.
        host: String,
        /// What was wrong with the answer.
        problem: String,
    },
    /// VTEX knows no such account.
    #[error("VTEX ID does not know the account {0}")]
    UnknownAccount(Account),
    /// Somebody else answered in VTEX ID's place, such as a firewall.
    #[error("{host} answered {status}, but the answer is not VTEX ID's")]
    Stranger {
        /// The host asked.
        host: String,
        /// The answer's status.
        status: u16,
    },
    /// VTEX ID or somebody in its place said no to an app key.
    #[error(
        "{host} answered {status} without VTEX ID's JSON: the pair is wrong, or a proxy answered"
    )]
    UnclearRefusal {
        /// The host asked.
        host: String,
        /// The answer's status.
        status: u16,
    },
    /// Too many requests; the wait is too long for a command.
    #[error("too many requests to {host}{}", wait_words(*.retry_after))]
    TooManyRequests {
        /// The host asked.
        host: String,
        /// For how long, where it says.
        retry_after: Option<Duration>,
    },
    /// VTEX ID understood and said no.
    #[error("{host} refused: {answer}")]
    Refused {
        /// The host asked.
        host: String,
        /// Its answer: the status, or VTEX ID's word for it.
        answer: String,
    },
    /// A token came that cannot be read.
    #[error("{host} sent a token that cannot be read: {cause}")]
    BadToken {
        /// The host asked.
        host: String,
        /// Which part is broken.
        cause: TokenError,
    },
    /// No certificates to trust.
    #[error("{problem}")]
    Certificates {
        /// What is wrong with which file or folder.
        problem: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// The client could not be made, or the request.
    #[error("could not set up the request: {0}")]
    Setup(String),
}

fn wait_words(retry_after: Option<Duration>) -> String {
    retry_after.map_or_else(String::new, |wait| {
        format!(": try again in {}", time::duration_words(wait))
    })
}

fn through(via: Option<&str>) -> String {
    via.map_or_else(String::new, |proxy| format!(" through the proxy {proxy}"))
}
