//! Why a key cannot be used, and why a signature was not verified.
//!
//! Imports nothing from its siblings, so that each of them can import it.

/// Why a file cannot be used as a key. Does not quote secrets in the file.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct KeyError {
    problem: String,
    /// What the user can do.
    pub hint: Option<&'static str>,
}

/// Why a signature was not verified.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A key was tried and the signature is invalid: nothing in the token can be
    /// trusted.
    #[error("invalid signature: {0}")]
    Invalid(String),
    /// No key was tried: none is for this token, or vtexid does not support it.
    #[error("could not check the signature: {0}")]
    Unsupported(String),
}

/// Rejects a key.
pub fn reject<T>(problem: impl Into<String>) -> Result<T, KeyError> {
    Err(KeyError {
        problem: problem.into(),
        hint: None,
    })
}

/// Rejects a key with a hint.
pub fn reject_with_hint<T>(problem: impl Into<String>, hint: &'static str) -> Result<T, KeyError> {
    Err(KeyError {
        problem: problem.into(),
        hint: Some(hint),
    })
}
