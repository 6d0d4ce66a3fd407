//! Why a request to VTEX ID failed.
//!
//! Not for exit codes and hints (`crate::error`).

use std::time::Duration;

use crate::{account::Account, time, token::TokenError};

/// Why a request to VTEX ID failed.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// No answer: name resolution, connection, TLS, or time limit.
    #[error("could not reach {host}{}: {cause}", through(.via.as_deref()))]
    Unreachable {
        /// The host.
        host: String,
        /// The proxy in between, and the variable that names it.
        via: Option<String>,
        /// What happened.
        cause: String,
        /// Whether trying again is useless.
        permanent: bool,
    },
    /// The server failed, or its answer is unusable.
    #[error("{host} failed: {problem}")]
    Failed {
        /// The host.
        host: String,
        /// What is wrong with the answer.
        problem: String,
    },
    /// The account does not exist.
    #[error("VTEX ID does not know the account {0}")]
    UnknownAccount(Account),
    /// The answer is not from VTEX ID but, for example, from a firewall.
    #[error("{host} answered {status}, but the answer is not VTEX ID's")]
    NotVtexId {
        /// The host.
        host: String,
        /// The answer's status.
        status: u16,
    },
    /// An app key was rejected, by VTEX ID or by a proxy.
    #[error(
        "{host} answered {status} without VTEX ID's JSON: the pair is wrong, or a proxy answered"
    )]
    UnclearRefusal {
        /// The host.
        host: String,
        /// The answer's status.
        status: u16,
    },
    /// Too many requests, and the wait is too long for a command.
    #[error("too many requests to {host}{}", wait_words(*.retry_after))]
    TooManyRequests {
        /// The host.
        host: String,
        /// How long to wait, if the answer says so.
        retry_after: Option<Duration>,
    },
    /// VTEX ID processed the request and rejected it.
    #[error("{host} refused: {answer}")]
    Refused {
        /// The host.
        host: String,
        /// The status, or VTEX ID's code word for the reason.
        answer: String,
    },
    /// The answer contains a broken token.
    #[error("{host} sent a token that cannot be read: {cause}")]
    BadToken {
        /// The host.
        host: String,
        /// Which part is broken.
        cause: TokenError,
    },
    /// There are no certificates to trust.
    #[error("{problem}")]
    Certificates {
        /// What is wrong, and with which file or folder.
        problem: String,
        /// What the user can do.
        hint: &'static str,
    },
    /// The client or the request could not be created.
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
