//! One of an account's credentials: its user, its app key, or a shopper. Pure.
//!
//! Not for whether there is such a credential: that is `session`'s.

use std::{fmt, str::FromStr};

use ring::digest;
use serde::{Deserialize, Serialize, Serializer};

use crate::token::{Claims, Kind};

/// The longest address that can receive mail (RFC 5321 4.5.3.1.3).
const MAX_EMAIL_BYTES: usize = 254;

/// A shopper's e-mail address, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Email(String);

/// A text that is not a credential's name. Never quotes it: it may be a secret.
#[derive(Debug, thiserror::Error)]
#[error("expected `user`, `key`, or a shopper's e-mail address")]
pub struct SlotError;

impl Email {
    /// The shopper's address from a token. A login that is not an address gets
    /// a unique name at the domain `unknown`, which can be parsed again.
    pub fn of_login(login: Option<&str>) -> Self {
        let login = login.unwrap_or_default();
        login.parse().unwrap_or_else(|_| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
            let name: String = login.chars().filter(|c| plain(*c)).take(32).collect();
            let digest = digest::digest(&digest::SHA256, login.as_bytes());
            let mark = u32::from_be_bytes([0, 1, 2, 3].map(|n: usize| digest.as_ref()[n]));
            let name = match name.trim_matches('-') {
                "" => "unnamed",
                name => name,
            };
            Self(format!("{}-{mark:08x}@unknown", name.to_ascii_lowercase()))
        })
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Replaces the address in names of files and store entries, which other
    /// programs can list.
    pub fn hash(&self) -> [u8; 16] {
        let digest = digest::digest(&digest::SHA256, self.0.as_bytes());
        let mut hash = [0; 16];
        hash.copy_from_slice(&digest.as_ref()[..16]);
        hash
    }
}

impl FromStr for Email {
    type Err = SlotError;

    fn from_str(text: &str) -> Result<Self, SlotError> {
        // Lower case can be longer.
        let text = &*text.trim().to_lowercase();
        let (name, domain) = text.rsplit_once('@').ok_or(SlotError)?;
        let strange = |c: char| c.is_whitespace() || c.is_control() || "<>,;\"\\".contains(c);
        if name.is_empty()
            || name.contains('@')
            || domain.is_empty()
            || domain.starts_with('.')
            || text.len() > MAX_EMAIL_BYTES
            || text.contains(strange)
        {
            return Err(SlotError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Email {
    type Error = SlotError;

    fn try_from(text: String) -> Result<Self, SlotError> {
        text.parse()
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One of an account's credentials.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// The person who logged in to the Admin.
    User,
    /// The app key pair, and the token made from it.
    Key,
    /// A shopper of the store.
    Shopper(Email),
}

impl Slot {
    /// The credential that a token with these claims belongs to.
    pub fn of(claims: &Claims) -> Self {
        match claims.kind() {
            Kind::AppKey => Self::Key,
            Kind::Shopper | Kind::B2bBuyer => {
                let login = claims.login().filter(|login| !login.is_empty());
                Self::Shopper(Email::of_login(login.or_else(|| claims.text("userId"))))
            }
            Kind::Admin | Kind::OldAdmin | Kind::IoApp | Kind::SessionCookie | Kind::Unknown => {
                Self::User
            }
        }
    }

    /// Its flag on the command line, with a space before it; empty for the
    /// user.
    pub fn flag(&self) -> String {
        match self {
            Self::User => String::new(),
            other => format!(" --as {other}"),
        }
    }

    /// The message that an account does not have it.
    pub fn missing_words(&self, account: &impl fmt::Display) -> String {
        match self {
            Self::User => format!("no user is logged in to {account}"),
            Self::Key => format!("no app key is saved for {account}"),
            Self::Shopper(email) => format!("no shopper {email} is logged in to {account}"),
        }
    }

    /// A token of this credential in a sentence, such as `the token of
    /// mystore`.
    pub fn token_words(&self, account: &impl fmt::Display) -> String {
        match self {
            Self::User => format!("the token of {account}"),
            Self::Key => format!("the app key's token of {account}"),
            Self::Shopper(email) => format!("the token of the shopper {email} of {account}"),
        }
    }
}

impl FromStr for Slot {
    type Err = SlotError;

    fn from_str(text: &str) -> Result<Self, SlotError> {
        match text {
            "user" => Ok(Self::User),
            "key" => Ok(Self::Key),
            email => email.parse().map(Self::Shopper),
        }
    }
}

/// The form that `--as` accepts.
impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User => f.write_str("user"),
            Self::Key => f.write_str("key"),
            Self::Shopper(email) => email.fmt(f),
        }
    }
}

impl Serialize for Slot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Email, Slot};

    #[test]
    fn names_are_told_from_addresses_and_from_nonsense() {
        assert_eq!("user".parse::<Slot>().unwrap(), Slot::User);
        assert_eq!("key".parse::<Slot>().unwrap(), Slot::Key);
        let ana = "Ana+1@Example.com".parse::<Slot>().unwrap();
        assert_eq!(ana.to_string(), "ana+1@example.com");
        for bad in [
            "", " ", "nonsense", "User", "a@", "@b", "a@b@c", "a b@c", "a@b\n c", "<a@b>", "a@.b",
        ] {
            assert!(bad.parse::<Slot>().is_err(), "{bad:?}");
        }
        assert!(format!("{}@b", "a".repeat(254)).parse::<Email>().is_err());
    }

    #[test]
    fn a_shopper_without_an_address_has_a_place_all_the_same() {
        assert_eq!(Email::of_login(Some("A@B.c")).as_str(), "a@b.c");
        let long = "İ".repeat(120) + "@a.co";
        let logins = [
            "", "Ana /..", "ana1", "ana/1", "ana 1", "日本", "@", "a@b@c", &long,
        ];
        let mut all: Vec<Email> = logins.map(|l| Email::of_login(Some(l))).to_vec();
        for email in &all {
            // What is written to the index is read back.
            assert_eq!(email.as_str().parse::<Email>().unwrap(), *email);
        }
        all.sort();
        all.dedup();
        assert_eq!(all.len(), logins.len(), "each has its own");
    }
}
