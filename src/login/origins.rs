//! Which web pages may deliver a one-time token with a script, and read
//! answers.
//!
//! Not for pages that only link or redirect here: any page may.

use crate::{account::Account, vtexid::Site};

/// The pages of the login's own account. Merchants write the scripts of their
/// pages, so pages of other accounts are not allowed.
pub struct Origins {
    scheme: &'static str,
    /// Host and port.
    authority: String,
}

impl Origins {
    /// The pages of this account, in every workspace.
    pub fn of(site: &Site, account: &Account) -> Self {
        let url = site.store_url(account, "");
        let (scheme, authority) = match url.strip_prefix("https://") {
            Some(authority) => ("https://", authority),
            None => ("http://", url.trim_start_matches("http://")),
        };
        Self {
            scheme,
            authority: authority.to_owned(),
        }
    }

    /// Whether `origin`, as a browser sends it, is one of them: `{account}` or
    /// `{workspace}--{account}`.
    pub fn has(&self, origin: &str) -> bool {
        let workspace = origin
            .strip_prefix(self.scheme)
            .and_then(|rest| rest.strip_suffix(&self.authority));
        workspace.is_some_and(|before| {
            let name = before.strip_suffix("--").unwrap_or(before);
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
            before.is_empty() || before != name && !name.is_empty() && name.chars().all(is_name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Origins;
    use crate::vtexid::Site;

    #[test]
    fn only_the_logins_own_pages_may_read_the_answers() {
        let allowed =
            |site: &Site, origin: &str| Origins::of(site, &"mystore".parse().unwrap()).has(origin);
        let local = Site::local("http://127.0.0.1:4000").unwrap();
        assert!(allowed(&local, "http://mystore.localhost:4000"));
        assert!(!allowed(&local, "http://mystore.localhost"));
        for good in [
            "https://mystore.myvtex.com",
            "https://dev--mystore.myvtex.com",
            "https://a-b1--mystore.myvtex.com",
        ] {
            assert!(allowed(&Site::Vtex, good), "{good}");
        }
        for bad in [
            "null",
            "é",
            "https://evil.example",
            "https://otherstore.myvtex.com",
            "https://mystore--otherstore.myvtex.com",
            "https://notmystore.myvtex.com",
            "https://--mystore.myvtex.com",
            "https://-mystore.myvtex.com",
            "https://a.b--mystore.myvtex.com",
            "https://evil.example/--mystore.myvtex.com",
            "http://mystore.myvtex.com",
            "https://mystore.myvtex.com:444",
            "https://mystore.myvtex.com.evil.example",
        ] {
            assert!(!allowed(&Site::Vtex, bad), "{bad}");
        }
    }
}
