//! The lines of each shape. Not for choosing one.

use jiff::Timestamp;
use serde_json::json;

use super::{Format, Printed};
use crate::token;

/// The lines, in order. A token holds only letters, digits, `-`, `_` and dots,
/// and so does the name it is sent under: no quoting can be broken out of.
pub(super) fn of(printed: &Printed<'_>) -> Vec<String> {
    let token = printed.token;
    let (variable, domain) = (&printed.shape.variable, &printed.shape.domain);
    let carrier = printed.cookie.as_deref().unwrap_or(token::COOKIE);
    // VTEX answers 401 if a shopper's token is also in a header.
    let header = || match &printed.header {
        Some(header) => format!("{header}: {token}"),
        None => format!("Cookie: {carrier}={token}"),
    };
    let line = match printed.shape.format {
        Format::Raw | Format::Json => token.to_owned(),
        Format::Header => header(),
        Format::Cookie => return cookie_file(printed, carrier),
        Format::Curl => format!("header = \"{}\"", header()),
        Format::Env => format!("export {variable}='{token}'"),
        Format::Fish => format!("set -gx {variable} '{token}'"),
        Format::PowerShell => format!("$env:{variable} = '{token}'"),
        // Without quotes, which `docker run --env-file` would make part of the
        // value.
        Format::Dotenv => format!("{variable}={token}"),
        Format::Browser => {
            let expires = printed.expires_on.and_then(http_date);
            let expires = expires.map_or_else(String::new, |date| format!("; expires={date}"));
            format!("document.cookie = '{carrier}={token}; path=/{expires}; samesite=lax'")
        }
        Format::StorageState => json!({
            "cookies": [{
                "name": carrier,
                "value": token,
                "domain": domain.as_str(),
                "path": "/",
                // -1 means a session cookie.
                "expires": printed.expires_on.unwrap_or(-1),
                "httpOnly": true,
                "secure": !domain.is_this_machine(),
                "sameSite": "Lax",
            }],
            "origins": [],
        })
        .to_string(),
    };
    vec![line]
}

/// Netscape's format, which names the hosts: curl sends a cookie without any
/// to every host it is led to, or to none.
fn cookie_file(printed: &Printed<'_>, name: &str) -> Vec<String> {
    let token = printed.token;
    let cookie = |(host, secure): &(String, bool)| {
        let secure = if *secure { "TRUE" } else { "FALSE" };
        let expires = printed.expires_on.unwrap_or(0);
        format!("{host}\tFALSE\t/\t{secure}\t{expires}\t{name}\t{token}")
    };
    let mut lines = vec!["# Netscape HTTP Cookie File".to_owned()];
    lines.extend(printed.hosts.iter().map(cookie));
    lines
}

/// Epoch seconds as HTTP writes a date (RFC 9110, 5.6.7).
fn http_date(epoch: i64) -> Option<String> {
    let time = Timestamp::from_second(epoch).ok()?;
    Some(time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
}
