//! The name of a VTEX account, checked.
//!
//! Not for asking whether the account exists: only VTEX knows. The name
//! becomes part of a host name, so nothing may pass that could change which
//! host is meant.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A well-formed account name, in lower case because host names have no case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Account(String);

/// Why a text is not an account name. Quotes at most a domain of the text: the
/// rest may be a token pasted in the wrong place.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Empty, or longer than a host name's label may be.
    #[error("an account name has 1 to 63 characters, but this has {0}")]
    Length(usize),
    /// An address that is not a store's.
    #[error("expected an account name such as `mystore`, not an address")]
    Address,
    /// A domain that is not VTEX's, perhaps in an address.
    #[error(
        "{0} is the store's own domain, not an account; use the account name: `mystore` if the Admin is at mystore.myvtex.com"
    )]
    Domain(String),
    /// An app key, of this account if it names one.
    #[error("this is an app key{}: expected an account name", of(.0.as_ref()))]
    AppKey(Option<Account>),
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

    /// The beginning of the names of the account's files. Windows would treat
    /// `con.login` as the console, so such names get a `_`, which no account's
    /// name begins with.
    pub fn file_stem(&self) -> Cow<'_, str> {
        if cfg!(windows) && is_device(&self.0) {
            format!("_{}", self.0).into()
        } else {
            self.0.as_str().into()
        }
    }
}

/// Whether Windows has a device of that name ("Naming Files, Paths, and
/// Namespaces").
fn is_device(name: &str) -> bool {
    let numbered = |kind| {
        let digit = name.strip_prefix(kind).unwrap_or_default().as_bytes();
        digit.len() == 1 && digit[0].is_ascii_digit()
    };
    ["con", "prn", "aux", "nul"].contains(&name) || numbered("com") || numbered("lpt")
}

impl FromStr for Account {
    type Err = AccountError;

    fn from_str(text: &str) -> Result<Self, AccountError> {
        if text.is_empty() || text.len() > 63 {
            return Err(AccountError::Length(text.chars().count()));
        }
        if text.contains(['.', '/', ':']) {
            return Err(match own_domain(text) {
                Some(domain) => AccountError::Domain(domain.to_owned()),
                None => AccountError::Address,
            });
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) || !text.chars().all(allowed) {
            return Err(AccountError::Characters);
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

fn of(account: Option<&Account>) -> String {
    account.map_or_else(String::new, |account| format!(" of the account {account}"))
}

/// The hosts of VTEX that begin with an account's name.
const HOSTS: [&str; 3] = [
    ".myvtex.com",
    ".vtexcommercestable.com.br",
    ".vtexpayments.com.br",
];

/// An account as people type it: its name, or an address or workspace that
/// contains it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The account that is meant.
    pub account: Account,
    /// The typed text, if it is a name: earlier releases stored sessions under
    /// the names of workspaces.
    pub literal: Option<Account>,
    /// The address or workspace that the account was taken from, if any.
    pub taken_from: Option<String>,
}

impl FromStr for Typed {
    type Err = AccountError;

    fn from_str(text: &str) -> Result<Self, AccountError> {
        if let Some(rest) = text.strip_prefix("vtexappkey-") {
            let account = rest
                .rsplit_once('-')
                .and_then(|(name, _)| name.parse().ok());
            return Err(AccountError::AppKey(account));
        }
        let address = text.contains(['.', '/', ':']);
        let name = if address { label(text) } else { None };
        let literal: Account = name.unwrap_or(text).parse()?;
        let Some((workspace, account)) = literal.as_str().split_once("--") else {
            return Ok(Self {
                taken_from: address.then(|| "the address".to_owned()),
                account: literal,
                literal: None,
            });
        };
        Ok(Self {
            taken_from: Some(format!("its workspace {workspace}")),
            account: account.parse()?,
            literal: Some(literal),
        })
    }
}

/// The domain of an address or a bare domain, if it is certainly no secret and
/// not one of VTEX's.
pub fn own_domain(text: &str) -> Option<&str> {
    const MAX_LABEL: usize = 30;
    let host = host(text)?;
    let is_label = |label: &str| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        (1..=MAX_LABEL).contains(&label.len()) && label.bytes().all(plain)
    };
    let (_, end) = host.rsplit_once('.')?;
    let is_domain = host.split('.').all(is_label)
        && (2..=10).contains(&end.len())
        && end.bytes().all(|b| b.is_ascii_lowercase());
    (is_domain && !host.contains("vtex")).then_some(host)
}

/// The host of an address, or of what may be one without `https://`.
fn host(text: &str) -> Option<&str> {
    let rest = match text.split_once("://") {
        Some(("https" | "http", rest)) => rest,
        Some(_) => return None,
        None => text,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    Some(
        authority
            .split_once(':')
            .map_or(authority, |(host, _)| host),
    )
}

/// The first label of a store's address; none for other addresses.
fn label(text: &str) -> Option<&str> {
    let host = host(text)?;
    let lower = host.to_ascii_lowercase();
    let label = HOSTS.iter().find_map(|end| lower.strip_suffix(end))?;
    (!label.contains(['.', '@'])).then(|| &host[..label.len()])
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
    use super::{Account, Typed, is_device, is_workspace, own_domain};

    #[test]
    fn a_name_that_is_a_device_of_windows_gets_another_file() {
        for device in ["con", "prn", "aux", "nul", "com0", "com9", "lpt1"] {
            assert!(is_device(device), "{device}");
        }
        for other in [
            "", "com", "coma", "com10", "lpt", "lptx", "c", "console", "1",
        ] {
            assert!(!is_device(other), "{other}");
        }
        let stem = |name: &str| name.parse::<Account>().unwrap().file_stem().into_owned();
        assert_eq!(stem("mystore"), "mystore");
        let con = if cfg!(windows) { "_con" } else { "con" };
        assert_eq!(stem("con"), con);
    }

    #[test]
    fn a_workspace_is_what_the_toolbelt_takes_for_one() {
        for good in ["ab", "a1", "master", "dev2", &"a".repeat(128)] {
            assert!(is_workspace(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "1a",
            "aB",
            "Ab",
            "a-b",
            "a_b",
            "á1",
            &"a".repeat(129),
        ] {
            assert!(!is_workspace(bad), "{bad}");
        }
    }

    #[test]
    fn a_refused_name_says_what_it_looks_like() {
        let told = |text: &str| text.parse::<Typed>().unwrap_err().to_string();
        assert!(told("").contains("this has 0"));
        assert!(told(&"á".repeat(40)).contains("this has 40"));
        assert!(told("www.example.com").contains("the store's own domain"));
        assert!(told("a b").contains("only letters"));
        assert!(told("vtexappkey-mystore-X").contains("the account mystore"));
        assert!(told("vtexappkey-X").contains("app key:"));
        // It may be a token, pasted in the wrong place.
        assert!(!told("eyJh.eyJz.c2ln").contains("eyJ"));
    }

    #[test]
    fn what_is_read_from_a_file_is_checked_and_printed_as_it_is() {
        let read = |text: &str| serde_json::from_str::<Account>(text);
        let account = read("\"MyStore\"").unwrap();
        assert_eq!(account.to_string(), "mystore");
        assert_eq!(serde_json::to_string(&account).unwrap(), "\"mystore\"");
        assert!(read("\"../x\"").is_err());
    }

    #[test]
    fn an_account_is_taken_from_what_people_copy() {
        for (text, account, literal) in [
            ("mystore", "mystore", None),
            ("MyStore", "mystore", None),
            ("mystore.myvtex.com", "mystore", None),
            ("https://mystore.myvtex.com/admin", "mystore", None),
            ("http://MYSTORE.MYVTEX.COM:443?x=1#y", "mystore", None),
            (
                "https://mystore.vtexcommercestable.com.br/api",
                "mystore",
                None,
            ),
            ("dev--mystore", "mystore", Some("dev--mystore")),
            (
                "https://dev--mystore.myvtex.com/",
                "mystore",
                Some("dev--mystore"),
            ),
        ] {
            let typed: Typed = text.parse().unwrap();
            assert_eq!(typed.account.as_str(), account, "{text}");
            assert_eq!(
                typed.literal.as_ref().map(Account::as_str),
                literal,
                "{text}"
            );
            assert_eq!(
                typed.taken_from.is_some(),
                text.contains(['.', '-']),
                "{text}"
            );
        }
        for bad in [
            "https://www.example.com/",
            "https://evil@mystore.myvtex.com/",
            "https://evil.example/mystore.myvtex.com",
            "a.b.myvtex.com",
            ".myvtex.com",
            "ftp://mystore.myvtex.com",
            "dev--",
            "myvtex.com",
            "mystore.myvtex.com.evil.example",
            "evil@mystore.myvtex.com",
            "mystore.myvtex.com@evil.example",
        ] {
            assert!(bad.parse::<Typed>().is_err(), "{bad}");
        }
        for (own, domain) in [
            ("https://www.mystore.com.br/", Some("www.mystore.com.br")),
            ("mystore.com", Some("mystore.com")),
            (
                "https://www.mystore.com.br:8080/x?y",
                Some("www.mystore.com.br"),
            ),
            ("https://ana@mystore.com", None),
            ("a.b.myvtex.com", None),
            ("eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln", None),
            ("192.168.0.1", None),
            ("abcdefghijklmnopqrstuvwxyz0123456789.com", None),
        ] {
            assert_eq!(own_domain(own), domain, "{own}");
        }
        let key = "vtexappkey-mystore-ABCDEF".parse::<Typed>().unwrap_err();
        assert!(key.to_string().contains("of the account mystore"), "{key}");
    }

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
