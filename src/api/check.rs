//! Whether a parsed URL may be given an account's credential.
//!
//! Pure, and the final check: only a URL that passes [`check`] is sent with a
//! credential, however it was built.

use percent_encoding::percent_decode_str;
use reqwest::Url;

use super::hosts::{self, AccountIn, Host, Named};
use crate::{account::Account, vtexid::Site};

/// Why a request is not sent. Repeats nothing that may contain a secret.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct TargetError {
    problem: String,
    /// What to do about it.
    pub hint: Option<String>,
}

pub(super) fn wrong(problem: impl Into<String>, hint: impl Into<String>) -> TargetError {
    let hint: String = hint.into();
    TargetError {
        problem: problem.into(),
        hint: (!hint.is_empty()).then_some(hint),
    }
}

/// Passes a URL that this account's credential may be sent to: HTTPS on port
/// 443, a host of the table, and this account everywhere that host reads one.
///
/// # Errors
/// For any other URL.
pub fn check(url: &Url, account: &Account, site: &Site) -> Result<(), TargetError> {
    let refuse = |why: &str| {
        Err(wrong(
            format!("refusing to send the credential of {account}: {why}"),
            "",
        ))
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("the URL contains a user name or password");
    }
    if url.fragment().is_some() || has_dots(url.path()) || url.path().contains('\\') {
        return refuse("its path may lead to another path");
    }
    let name = url.host_str().unwrap_or_default();
    let host = match site {
        Site::Vtex => {
            if url.scheme() != "https" || url.port_or_known_default() != Some(443) {
                return refuse("the URL is not HTTPS on port 443");
            }
            match Host::named(name, account) {
                Named::Ours(host, _) => host,
                Named::Others => return refuse("the host is another account's"),
                Named::Outside => return refuse("the host is not one of VTEX's API hosts"),
            }
        }
        Site::Local(at) => {
            let label = name.strip_suffix(".localhost");
            let ours = label.and_then(|label| hosts::workspace_in(label, account));
            if url.scheme() != "http"
                || url.port_or_known_default() != Some(at.port())
                || ours.is_none()
            {
                return refuse("the host is not the sandbox in VTEXID_URL");
            }
            Host::Commerce
        }
    };
    let is_ours = |text: &str| text.eq_ignore_ascii_case(account.as_str());
    let named = accounts_in(url.query().unwrap_or_default());
    if !named.iter().all(|named| is_ours(named)) {
        return refuse("the parameter `an` names another account");
    }
    let first = url.path().split('/').nth(1).unwrap_or_default();
    match host.account_in() {
        AccountIn::Segment if !is_ours(first) => refuse("the path is another account's"),
        AccountIn::Query if named.is_empty() => refuse("the parameter `an` is missing"),
        _ => Ok(()),
    }
}

/// Whether a server could read a segment as `.` or `..`: encoded, encoded
/// twice, with an encoded slash beside it, or with a parameter.
pub(super) fn has_dots(path: &str) -> bool {
    let mut path = path.to_owned();
    loop {
        let dots = path.split(['/', '\\']).any(|segment| {
            let name = segment.split(';').next().unwrap_or_default();
            matches!(name, "." | "..")
        });
        if dots {
            return true;
        }
        let decoded = percent_decode_str(&path).decode_utf8_lossy().into_owned();
        if decoded == path {
            return false;
        }
        path = decoded;
    }
}

/// The values of `an`, which some servers read in any case and after a `;`.
pub(super) fn accounts_in(query: &str) -> Vec<String> {
    form_urlencoded::parse(query.replace(';', "&").as_bytes())
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("an"))
        .map(|(_, value)| value.into_owned())
        .collect()
}
