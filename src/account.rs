//! The name of a VTEX account, checked.
//!
//! Not for asking whether the account exists: only VTEX knows. The name
//! becomes part of a host name, so nothing may pass that could change which
//! host is meant.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A well-formed account name, in lower case because host names have no case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Account(String);

/// Why a text is no account name. Never quotes the text: it may be a token
/// pasted in the wrong place.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Empty, or longer than a host name's label may be.
    #[error("an account name has 1 to 63 characters, this has {0}")]
    Length(usize),
    /// An address was given where the name belongs.
    #[error("give the account name alone, such as `mystore`, not an address")]
    Address,
    /// Characters that a host name's label cannot hold.
    #[error(
        "an account name has only letters, digits, `-` and `_`, and starts with a letter or digit"
    )]
    Characters,
}

impl Account {
    /// The name, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Account {
    type Err = AccountError;

    fn from_str(text: &str) -> Result<Self, AccountError> {
        if text.is_empty() || text.len() > 63 {
            return Err(AccountError::Length(text.chars().count()));
        }
        if text.contains(['.', '/', ':']) {
            return Err(AccountError::Address);
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) || !text.chars().all(allowed) {
            return Err(AccountError::Characters);
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

impl TryFrom<String> for Account {
    type Error = AccountError;

    fn try_from(text: String) -> Result<Self, AccountError> {
        text.parse()
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether it can be the name of a workspace, by the toolbelt's own rule:
/// `^[a-z][a-z0-9]{0,126}[a-z0-9]$`.
pub fn is_workspace(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (2..=128).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::Account;

    #[test]
    fn accepts_only_what_can_be_one_label_of_a_host_name() {
        for good in ["mystore", "my-store_2", "0", &"a".repeat(63)] {
            assert!(good.parse::<Account>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "-a",
            "_a",
            "a.b",
            "a/b",
            "a@b",
            "a:1",
            "a b",
            "a\n",
            "lojá",
            &"a".repeat(64),
        ] {
            assert!(bad.parse::<Account>().is_err(), "{bad:?}");
        }
        assert_eq!("MyStore".parse::<Account>().unwrap().as_str(), "mystore");
    }
}
