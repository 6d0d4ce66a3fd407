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
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    use serde_json::json;

    use super::{Email, MAX_EMAIL_BYTES, Slot};
    use crate::{secret::Secret, token::Token};

    fn slot_of(claims: &serde_json::Value) -> Slot {
        let payload = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
        let token = Token::parse(Secret::new(format!("e30.{payload}."))).unwrap();
        Slot::of(token.claims())
    }

    fn shopper(email: &str) -> Slot {
        Slot::Shopper(email.parse().unwrap())
    }

    #[test]
    fn a_token_belongs_to_its_user_its_key_or_its_shopper() {
        for user in [
            json!({"audience": "admin", "sub": "a@b.c"}),
            json!({"scope": "mystore:admin", "sub": "a@b.c"}),
            json!({"iss": "vtexio/router", "sub": "vendor.app"}),
            json!({"sub": "session", "account": "session"}),
            json!({}),
        ] {
            assert_eq!(slot_of(&user), Slot::User, "{user}");
        }
        let key = json!({"audience": "admin", "sub": "vtexappkey-mystore-X"});
        assert_eq!(slot_of(&key), Slot::Key);
        for claims in [
            json!({"audience": "webstore", "sub": "Ana@b.c", "userId": "1"}),
            json!({"audience": "webstore", "sub": "ana@b.c", "unitId": "u"}),
        ] {
            assert_eq!(slot_of(&claims), shopper("ana@b.c"), "{claims}");
        }
        // Without a name, the id tells two shoppers apart.
        let by_id = |id: &str| slot_of(&json!({"audience": "webstore", "sub": "", "userId": id}));
        let Slot::Shopper(one) = by_id("id-1") else {
            panic!("not a shopper");
        };
        assert!(one.as_str().starts_with("id-1-"), "{one}");
        assert_ne!(by_id("id-1"), by_id("id-2"));
    }

    #[test]
    fn each_credential_is_named_as_the_command_line_takes_it() {
        let ana = shopper("ana@b.c");
        assert_eq!(Slot::User.flag(), "");
        for (slot, name) in [
            (Slot::User, "user"),
            (Slot::Key, "key"),
            (ana.clone(), "ana@b.c"),
        ] {
            assert_eq!(slot.to_string(), name);
            assert_eq!(serde_json::to_value(&slot).unwrap(), name);
            assert_eq!(name.parse::<Slot>().unwrap(), slot);
            if slot != Slot::User {
                assert_eq!(slot.flag(), format!(" --as {name}"));
            }
            for words in [slot.missing_words(&"mystore"), slot.token_words(&"mystore")] {
                assert!(words.contains("mystore"), "{words}");
                assert_eq!(words.contains("ana@b.c"), slot == ana, "{words}");
                assert_eq!(words.contains("app key"), slot == Slot::Key, "{words}");
            }
        }
    }

    #[test]
    fn an_address_has_254_bytes_at_most_and_a_hash_of_its_own() {
        let address = |bytes: usize| format!("{}@b.c", "a".repeat(bytes - 4));
        let longest: Email = address(MAX_EMAIL_BYTES).parse().unwrap();
        assert!(address(MAX_EMAIL_BYTES + 1).parse::<Email>().is_err());
        // Stores and files find an address again by it, so it never changes.
        let hash = "a@b.c".parse::<Email>().unwrap().hash();
        assert_eq!(crate::hex::hex(&hash), "d648b243a3e817eaa3309e00e183483f");
        assert_ne!(longest.hash(), hash);
        // What the index holds is checked like what people type.
        assert!(serde_json::from_str::<Email>("\"a@b.c\"").is_ok());
        assert!(serde_json::from_str::<Email>("\"a\"").is_err());
    }

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
