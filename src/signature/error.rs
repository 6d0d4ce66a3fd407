//! Why a key cannot be used, and why a signature does not count.
//!
//! Imports nothing from its siblings, so that each of them can import it.

/// Why a file cannot be used as a key. Quotes nothing of the file's secrets.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct KeyError {
    problem: String,
    /// What to do about it.
    pub hint: Option<&'static str>,
}

/// Why a signature does not count.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A key was tried, by an algorithm that is known, and does not fit: rely
    /// on nothing the token says.
    #[error("invalid signature: {0}")]
    Invalid(String),
    /// No key was tried: none is for it, or this tool does not know how.
    #[error("could not check the signature: {0}")]
    Unsupported(String),
}

/// Rejects a key for that reason.
pub fn reject<T>(problem: impl Into<String>) -> Result<T, KeyError> {
    Err(KeyError {
        problem: problem.into(),
        hint: None,
    })
}

/// Rejects a key and says what to do about it.
pub fn reject_with_hint<T>(problem: impl Into<String>, hint: &'static str) -> Result<T, KeyError> {
    Err(KeyError {
        problem: problem.into(),
        hint: Some(hint),
    })
}
