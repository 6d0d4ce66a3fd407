//! A shopper's e-mail address, checked.
//!
//! Not for asking whether anybody has it: VTEX ID does not say.

use std::{fmt, str::FromStr};

/// An address that can be mailed to, as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Email {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        // Longer than any that can be mailed to (RFC 5321, 4.5.3.1).
        const MAX_BYTES: usize = 254;
        let plausible = text.len() <= MAX_BYTES
            && !text
                .contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c));
        match text.split_once('@') {
            Some((name, domain))
                if plausible && !name.is_empty() && !domain.is_empty() && !domain.contains('@') =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err("expected an e-mail address, such as `ana@example.com`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Email;

    #[test]
    fn only_an_address_is_one() {
        for good in ["a@b", "ana+test@example.com", "josé@exemplo.com.br"] {
            assert!(good.parse::<Email>().is_ok(), "{good}");
        }
        for bad in [
            "", "ana", "@b", "a@", "a@b@c", "a b@c", "a@b\n", "<a@b>", "a@b;c",
        ] {
            assert!(bad.parse::<Email>().is_err(), "{bad:?}");
        }
    }
}
