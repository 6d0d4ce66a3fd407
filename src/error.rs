//! Failures of commands: the message, a hint that says what to do next, and the
//! exit code.
//!
//! The other modules say what went wrong; only this one turns that into hints and
//! exit codes. Not for printing failures (`output`).

mod store;

use crate::{
    account::AccountError,
    api::{SendError, TargetError},
    config::{Invalid, NotUtf8},
    disk,
    login::StartError,
    session::SessionError,
    signature::{KeyError, VerifyError},
    slot::Slot,
    threads::NoThread,
    token::TokenError,
    toolbelt::ToolbeltError,
    vtexid::ApiError,
};

/// The exit codes. Scripts rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Any other failure.
    General = 1,
    /// Wrong usage.
    Usage = 2,
    /// The token is unusable: expired, too little time left, rejected, or with an
    /// invalid signature.
    BadToken = 3,
    /// Nobody is logged in.
    LoggedOut = 4,
    /// The credential store is missing, locked, or does not answer.
    Store = 5,
    /// VTEX ID was not reached or failed. Trying again may help.
    Unreachable = 6,
    /// `exec`: the program cannot be run.
    CannotRun = 126,
    /// `exec`: the program does not exist.
    NoProgram = 127,
}

/// The hint if another vtexid holds the lock.
const OTHER_VTEXID: &str = if cfg!(windows) {
    "wait for it, or end it; `tasklist` shows it"
} else if cfg!(target_os = "macos") {
    "wait for it, or end it; `pgrep vtexid` shows it"
} else {
    "wait for it, or end it; `ps -C vtexid` shows it"
};

/// The failure that a command ends with.
#[derive(Debug)]
pub struct Failure {
    /// The exit code of the process.
    pub code: Code,
    /// What was attempted, on what, what happened.
    pub error: anyhow::Error,
    /// What to do next. Each hint is printed on its own line.
    pub hints: Vec<String>,
}

impl Failure {
    /// A failure with a message and no hint.
    pub fn new(code: Code, words: impl std::fmt::Display) -> Self {
        Self {
            code,
            error: anyhow::anyhow!("{words}"),
            hints: Vec::new(),
        }
    }

    /// Adds a hint, unless a more precise one exists.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if self.hints.is_empty() {
            self.hints.push(hint.into());
        }
        self
    }

    /// Like [`Failure::hint`], for several alternatives.
    #[must_use]
    pub fn hints(mut self, hints: Vec<String>) -> Self {
        if self.hints.is_empty() {
            self.hints = hints;
        }
        self
    }

    /// Adds what was attempted in front of the message.
    #[must_use]
    pub fn context(mut self, attempt: impl std::fmt::Display + Send + Sync + 'static) -> Self {
        self.error = self.error.context(attempt);
        self
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self {
            code: Code::General,
            error,
            hints: Vec::new(),
        }
    }
}

impl From<NotUtf8> for Failure {
    fn from(error: NotUtf8) -> Self {
        Self::new(Code::Usage, error)
    }
}

impl From<Invalid> for Failure {
    fn from(error: Invalid) -> Self {
        let hint = error.hint.clone();
        Self::new(Code::Usage, error).hint(hint)
    }
}

impl From<NoThread> for Failure {
    fn from(error: NoThread) -> Self {
        Self::new(Code::General, error)
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        Self::new(Code::Usage, error)
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        let hint = error.hint;
        let failure = Self::new(Code::General, error);
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        let hint = error.hint;
        let failure = Self::new(Code::General, error);
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Invalid(_) => Self::new(Code::BadToken, error).hint(
                "do not trust this token's claims; if it should be valid, get the issuer's key",
            ),
            VerifyError::Unsupported(_) => Self::new(Code::General, error),
        }
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Store(error) => error.into(),
            SessionError::Token { ref account, ref slot, .. }
            | SessionError::Damaged(ref account, ref slot) => {
                let hint = match slot {
                    Slot::User => format!("run `vtexid login {account}` to replace it"),
                    Slot::Key => format!("run `vtexid apptoken -a {account} --save --app-key KEY` to replace it"),
                    Slot::Shopper(_) => format!("run `vtexid logout {account} --as {slot}`, and log in again"),
                };
                Self::new(Code::Store, error).hint(hint)
            }
            SessionError::Busy { .. } => Self::new(Code::General, error).hint(OTHER_VTEXID),
            SessionError::Io { ref cause, .. } if cause.kind() == std::io::ErrorKind::TimedOut => {
                Self::new(Code::General, error).hint(OTHER_VTEXID)
            }
            SessionError::Newer { .. } => Self::new(Code::General, error).hint(
                "update vtexid, or set VTEXID_DIR to another folder",
            ),
            SessionError::Io { ref cause, .. } if disk::has_no_locks(cause) => {
                Self::new(Code::General, error).hint(
                    "its file system does not support locks, like NFS without a lock service: set VTEXID_DIR and XDG_STATE_HOME to folders on a local disk",
                )
            }
            SessionError::Io { .. } => Self::new(Code::General, error).hint(
                "check the folder's owner, permissions and free space, or set VTEXID_DIR to another one",
            ),
        }
    }
}

impl From<ToolbeltError> for Failure {
    fn from(error: ToolbeltError) -> Self {
        let hint = match &error {
            ToolbeltError::Damaged { path, .. } => format!(
                "nothing was changed; move {} away, or log in again with vtex login",
                path.display()
            ),
            ToolbeltError::Io { .. } => "check the owner and permissions of ~/.vtex".to_owned(),
        };
        Self::new(Code::General, error).hint(hint)
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let (code, hint) = match &error {
            // Only a sandbox has such a host.
            ApiError::Unreachable { host, .. } if host.contains(".localhost:") => (
                Code::Unreachable,
                "start the sandbox that VTEXID_URL names, or unset VTEXID_URL",
            ),
            ApiError::Unreachable { cause, .. } if is_about_time(cause) => (
                Code::Unreachable,
                "check this machine's clock first; if it is right, check the certificates (SSL_CERT_FILE)",
            ),
            ApiError::Unreachable {
                permanent: true, ..
            } => (
                Code::Unreachable,
                "a firewall or proxy may inspect HTTPS here: save its CA certificate as a PEM file, and set SSL_CERT_FILE to that file's path",
            ),
            ApiError::Unreachable { .. } => (
                Code::Unreachable,
                "check the network, the proxy (HTTPS_PROXY) and the certificates (SSL_CERT_FILE), then try again",
            ),
            ApiError::Failed { .. } | ApiError::BadToken { .. } => (
                Code::Unreachable,
                "try again in a minute; -v shows the requests",
            ),
            ApiError::NotVtexId { .. } => (
                Code::Unreachable,
                "a firewall or proxy may have answered; -v shows the requests",
            ),
            ApiError::TooManyRequests { retry_after, .. } => (
                Code::Unreachable,
                if retry_after.is_some() {
                    "trying again sooner makes the wait longer"
                } else {
                    "try again in a minute"
                },
            ),
            ApiError::UnclearRefusal { .. } => (
                Code::General,
                "check the app key and app token; -v shows the requests",
            ),
            ApiError::UnknownAccount(_) => (
                Code::General,
                "check the spelling: it is the first part of the store's myvtex.com address",
            ),
            ApiError::Refused { .. } => (Code::BadToken, ""),
            ApiError::Certificates { hint, .. } => (Code::General, *hint),
            ApiError::Setup(_) => (Code::General, ""),
        };
        let failure = Self::new(code, error);
        if hint.is_empty() {
            failure
        } else {
            failure.hint(hint)
        }
    }
}

/// Whether rustls rejected a certificate because of its dates.
fn is_about_time(cause: &str) -> bool {
    let cause = cause.to_lowercase();
    cause.contains("certificate") && (cause.contains("expired") || cause.contains("not valid yet"))
}

impl From<TargetError> for Failure {
    fn from(error: TargetError) -> Self {
        let hint = error.hint.clone();
        let failure = Self::new(Code::Usage, error);
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Target(error) => error.into(),
            SendError::Api(error) => error.into(),
            SendError::Body(_) => Self::new(Code::General, error),
        }
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Api(error) => error.into(),
            StartError::Listen { port: 0, .. } | StartError::Random => {
                Self::new(Code::General, error)
            }
            StartError::Listen { .. } => {
                Self::new(Code::General, error).hint("leave out --port to use any free port")
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io;

    use super::{Failure, SessionError};

    #[test]
    fn a_file_system_without_locks_is_told_from_one_without_room() {
        let hint = |errno: rustix::io::Errno| {
            let failure = Failure::from(SessionError::Io {
                attempt: "lock",
                path: "/nfs/vtexid/index.lock".into(),
                cause: io::Error::from_raw_os_error(errno.raw_os_error()),
            });
            failure.hints.concat()
        };
        for errno in [rustix::io::Errno::NOLCK, rustix::io::Errno::OPNOTSUPP] {
            assert!(hint(errno).contains("does not support locks"), "{errno}");
            assert!(hint(errno).contains("XDG_STATE_HOME"), "{errno}");
        }
        assert!(hint(rustix::io::Errno::NOSPC).contains("free space"));
    }
}
