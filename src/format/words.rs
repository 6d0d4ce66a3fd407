//! Checks values that become part of a printed shape: a variable's name, a
//! cookie's domain. Both go into scripts and files, so they must not end a
//! quote or a line.

use std::{fmt, net::IpAddr, str::FromStr};

/// The name of the variable that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable(String);

impl Default for Variable {
    fn default() -> Self {
        Self("VTEX_TOKEN".to_owned())
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Variable {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let fine = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if text.is_empty()
            || text.starts_with(|c: char| c.is_ascii_digit())
            || !text.chars().all(fine)
        {
            return Err(
                "a variable's name has only letters, digits and `_`, and starts with a letter or `_`",
            );
        }
        Ok(Self(text.to_owned()))
    }
}

/// The host that a cookie is for; with a dot before it, those below it too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(String);

impl Default for Domain {
    fn default() -> Self {
        Self("localhost".to_owned())
    }
}

impl Domain {
    /// The domain, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is served from this machine, and so maybe without HTTPS.
    pub fn is_this_machine(&self) -> bool {
        let name = self.0.trim_start_matches('.');
        name == "localhost"
            || name.ends_with(".localhost")
            || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }
}

impl FromStr for Domain {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let name = text.strip_prefix('.').unwrap_or(text);
        let label = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && label
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        };
        if name.len() > 253 || !name.split('.').all(label) {
            return Err(
                "expected only a host such as `localhost`, without `http://`, port or path",
            );
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Domain, Variable};

    #[test]
    fn only_a_plain_name_is_a_variable() {
        for good in ["A", "_", "vtex_token2", "__x"] {
            assert!(good.parse::<Variable>().is_ok(), "{good}");
        }
        for bad in [
            "", "2A", "A-B", "A=B", "A B", "A;id", "$A", "A\n", "Á", "A'",
        ] {
            assert!(bad.parse::<Variable>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn only_a_host_is_a_domain() {
        for (good, here) in [
            ("localhost", true),
            ("MyStore.localhost", true),
            ("127.0.0.1", true),
            (".vtex.app", false),
            ("my-store.example.com", false),
            ("notlocalhost", false),
        ] {
            let domain: Domain = good.parse().unwrap();
            assert_eq!(domain.is_this_machine(), here, "{good}");
        }
        for bad in [
            "", ".", "a..b", "a:3000", "http://a", "a/b", "a b", "-a", "a\"", "á.com",
        ] {
            assert!(bad.parse::<Domain>().is_err(), "{bad:?}");
        }
    }
}
