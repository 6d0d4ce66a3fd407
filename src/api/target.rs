//! Where a request goes: from what was typed to a parsed URL.
//!
//! Pure. `check` decides whether a credential is sent to the parsed URL.

use reqwest::Url;

use super::{
    check::{TargetError, accounts_in, check, has_dots, wrong},
    hosts::{self, AccountIn, Host, Named},
};
use crate::{
    account::{self, Account},
    vtexid::Site,
};

/// What was typed.
#[derive(Clone, Copy, Debug)]
pub struct Typed<'a> {
    /// PATH: a path, with its query, or a URL.
    pub path: &'a str,
    /// `--host`
    pub host: Option<&'a str>,
    /// `--workspace`
    pub workspace: Option<&'a str>,
    /// Whether a credential is sent: not with `--as none`, see also
    /// [`bare_url`].
    pub credential: bool,
}

/// A path with its query, as it was typed.
struct Parts<'a> {
    path: String,
    query: Option<&'a str>,
}

/// The URL of a request.
///
/// # Errors
/// When what was typed leads to no host of this account's, unless no
/// credential goes along.
pub fn target(site: &Site, account: &Account, typed: Typed<'_>) -> Result<Url, TargetError> {
    check_account(account)?;
    check_typed(typed.path)?;
    if let Some(workspace) = typed.workspace
        && !account::is_workspace(workspace)
    {
        return Err(wrong(
            "invalid workspace name",
            "a workspace name has 2 to 128 lower-case letters and digits, and starts with a letter, such as `master`",
        ));
    }
    let given = if is_url(typed.path) {
        if typed.host.is_some() {
            return Err(wrong(
                "cannot use --host with a URL, which already has a host",
                "",
            ));
        }
        let url = parse_typed(typed.path)?;
        Some(given_by(site, account, &url)?)
    } else {
        None
    };
    let parts = match typed.path.split_once("://").filter(|_| given.is_some()) {
        Some((_, rest)) => parts(rest.find(['/', '?']).map_or("", |at| &rest[at..]))?,
        None => parts(typed.path)?,
    };
    let (host, workspace) = match (given, typed.host) {
        (Some(given), _) => given,
        (None, Some(name)) => match Host::named(&name.to_ascii_lowercase(), account) {
            Named::Ours(host, workspace) => (Some(host), workspace),
            _ if !typed.credential => return elsewhere(site, name, &parts),
            Named::Others => return Err(others(account)),
            Named::Outside => {
                return Err(wrong(
                    "refusing to send a credential to a host that is not one of VTEX's API hosts",
                    "pass `--as none` to send the request without a credential",
                ));
            }
        },
        (None, None) => (None, None),
    };
    let (host, path) = placed(account, host, &parts.path, is_url(typed.path))?;
    let workspace = match (workspace, typed.workspace) {
        (Some(named), Some(asked)) if named != asked => {
            return Err(wrong(
                format!("conflicting workspaces: {named}, and {asked} with --workspace"),
                "",
            ));
        }
        (named, asked) => named.or(asked.map(str::to_owned)),
    };
    if workspace.is_some() && host != Host::Store {
        return Err(wrong(
            "cannot use --workspace with this path: only hosts of myvtex.com have workspaces",
            format!("leave it out, or add `--host {account}.myvtex.com`"),
        ));
    }
    let query = with_account(account, host, parts.query)?;
    let origin = origin(site, account, host, workspace.as_deref())?;
    let url = parse(&format!("{origin}{path}{query}"))?;
    // Parsing must not have changed the path.
    if url.path().matches('/').count() != path.matches('/').count() {
        return Err(wrong("invalid path", ""));
    }
    check(&url, account, site)?;
    Ok(url)
}

/// The typed URL, for a request without a credential; none if a path was typed.
///
/// # Errors
/// For a URL that no request is sent to.
pub fn bare_url(site: &Site, text: &str) -> Result<Option<Url>, TargetError> {
    if !is_url(text) {
        return Ok(None);
    }
    check_text(text)?;
    let url = parse_typed(text)?;
    match site {
        Site::Local(at)
            if url.scheme() == "http" && url.port_or_known_default() == Some(at.port()) => {}
        _ if url.scheme() != "https" => return Err(wrong("only HTTPS is used", "")),
        _ => only_the_sandbox(site)?,
    }
    Ok(Some(url))
}

/// Whether this is a URL, and not a path.
fn is_url(text: &str) -> bool {
    let end = text.find(['/', '?']).unwrap_or(text.len());
    let scheme = text[..end].strip_suffix(':');
    scheme.is_some_and(|scheme| {
        scheme.len() > 1
            && text[end..].starts_with("//")
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

/// Passes what may be a path or a URL, for any account.
///
/// # Errors
/// When it is neither.
pub fn check_typed(text: &str) -> Result<(), TargetError> {
    check_text(text)?;
    if !is_url(text) {
        parts(text)?;
    }
    Ok(())
}

fn check_text(text: &str) -> Result<(), TargetError> {
    if text.trim().is_empty() {
        return Err(wrong(
            "the path is empty",
            "type an API's path, such as `/api/catalog_system/pvt/brand/list`",
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(wrong("invalid path: it contains a control character", ""));
    }
    if let [drive, b':', b'/' | b'\\', ..] = text.as_bytes()
        && drive.is_ascii_alphabetic()
    {
        return Err(wrong(
            "this is a Windows path: Git Bash rewrites arguments that begin with a slash",
            "leave out the first slash, or run `export MSYS_NO_PATHCONV=1` first",
        ));
    }
    if text.contains('#') {
        return Err(wrong(
            "invalid path: the part after `#` would not be sent",
            "write it as `%23`",
        ));
    }
    Ok(())
}

/// The path and the query of what was typed.
fn parts(text: &str) -> Result<Parts<'_>, TargetError> {
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (text, None),
    };
    if path.contains('\\') {
        return Err(wrong("invalid path: it contains a backslash", ""));
    }
    if path.starts_with("//") {
        return Err(wrong(
            "invalid path: two slashes at the start mean a host",
            "use one slash",
        ));
    }
    if has_dots(path) {
        return Err(wrong(
            "invalid path: its `.` or `..` leads to another path",
            "",
        ));
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    Ok(Parts {
        path: format!("{slash}{path}"),
        query,
    })
}

fn check_account(account: &Account) -> Result<(), TargetError> {
    let Some((workspace, name)) = account.as_str().split_once("--") else {
        return Ok(());
    };
    Err(wrong(
        format!("{account} is the workspace {workspace} of {name}"),
        format!("use `-a {name} --workspace {workspace}`"),
    ))
}

fn others(account: &Account) -> TargetError {
    wrong(
        format!("this URL is for another account than {account}"),
        "pass `-a ACCOUNT` to act on that account",
    )
}

/// The host and workspace that a typed URL names. The sandbox replaces all of
/// VTEX's hosts.
fn given_by(
    site: &Site,
    account: &Account,
    url: &Url,
) -> Result<(Option<Host>, Option<String>), TargetError> {
    let name = url.host_str().unwrap_or_default();
    if let Site::Local(at) = site
        && url.scheme() == "http"
        && url.port_or_known_default() == Some(at.port())
        && let Some(label) = name.strip_suffix(".localhost")
    {
        let workspace = hosts::workspace_in(label, account).ok_or_else(|| others(account))?;
        return Ok((None, workspace));
    }
    if url.scheme() != "https" || url.port_or_known_default() != Some(443) {
        return Err(wrong(
            "refusing to send a credential: the URL is not HTTPS on port 443",
            "type only the path",
        ));
    }
    match Host::named(name, account) {
        Named::Ours(host, workspace) => Ok((Some(host), workspace)),
        Named::Others => Err(others(account)),
        Named::Outside => {
            let path = shown(url.path()).filter(|path| *path != "/");
            let path = path.unwrap_or("PATH");
            Err(wrong(
                "refusing to send a credential to a host that is not one of VTEX's API hosts",
                format!(
                    "use the path only: `vtexid api {path}`; to send it to that host without a credential, pass `--as none`"
                ),
            ))
        }
    }
}

fn elsewhere(site: &Site, name: &str, parts: &Parts<'_>) -> Result<Url, TargetError> {
    only_the_sandbox(site)?;
    let plain = |c: char| c.is_alphanumeric() || ".-_:[]".contains(c);
    if name.is_empty() || !name.chars().all(plain) {
        return Err(wrong("invalid host name", ""));
    }
    let query = parts.query.map_or_else(String::new, |q| format!("?{q}"));
    parse(&format!("https://{name}{}{query}", parts.path))
}

fn only_the_sandbox(site: &Site) -> Result<(), TargetError> {
    match site {
        Site::Vtex => Ok(()),
        Site::Local(_) => Err(wrong(
            "VTEXID_URL is set: requests go only to the sandbox",
            "unset VTEXID_URL to use other hosts",
        )),
    }
}

/// The host, and the path with the account where this host reads it there.
fn placed(
    account: &Account,
    asked: Option<Host>,
    path: &str,
    is_url: bool,
) -> Result<(Host, String), TargetError> {
    let row = hosts::of_path(path);
    let (first, rest) = path[1..].split_once('/').unwrap_or((&path[1..], ""));
    let rest = hosts::of_path(&format!("/{rest}"));
    // `/mystore/pricing/…`, as it is documented.
    let has_account = rest.filter(|host| host.account_in() == AccountIn::Segment);
    let host = match (asked, row, has_account) {
        (Some(asked), _, _) => asked,
        (None, Some(row), _) => row,
        (None, None, Some(host)) => host,
        (None, None, None) => {
            return Err(wrong(
                format!(
                    "cannot tell which VTEX host serves {}",
                    shown(path).unwrap_or("this path")
                ),
                format!(
                    "write the whole path, such as /api/catalog_system/pvt/brand/list, or pass --host, as in `--host {account}.vtexcommercestable.com.br`"
                ),
            ));
        }
    };
    if host.account_in() != AccountIn::Segment {
        return Ok((host, path.to_owned()));
    }
    if row == Some(host) {
        return Ok((host, format!("/{account}{path}")));
    }
    if first.eq_ignore_ascii_case(account.as_str()) {
        return Ok((host, path.to_owned()));
    }
    if has_account.is_some() || is_url {
        return Err(others(account));
    }
    Ok((host, format!("/{account}{path}")))
}

/// The path, if it is certainly no secret in the wrong place: tokens and app
/// tokens are long and have capital letters.
fn shown(path: &str) -> Option<&str> {
    const MAX_SHOWN: usize = 80;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"/-_.".contains(&b);
    let short = |part: &str| part.len() <= 30;
    (path.len() <= MAX_SHOWN && path.bytes().all(plain) && path.split('/').all(short))
        .then_some(path)
}

/// The query, with `an` where the host reads the account there.
fn with_account(account: &Account, host: Host, query: Option<&str>) -> Result<String, TargetError> {
    let named = accounts_in(query.unwrap_or_default());
    if named
        .iter()
        .any(|named| !named.eq_ignore_ascii_case(account.as_str()))
    {
        return Err(wrong(
            format!("the parameter `an` names another account than {account}"),
            "leave it out: vtexid adds it if needed; choose the account with --account",
        ));
    }
    Ok(match query {
        _ if named.is_empty() && host.account_in() == AccountIn::Query => match query {
            None | Some("") => format!("?an={account}"),
            Some(query) => format!("?{query}&an={account}"),
        },
        None => String::new(),
        Some(query) => format!("?{query}"),
    })
}

fn origin(
    site: &Site,
    account: &Account,
    host: Host,
    workspace: Option<&str>,
) -> Result<String, TargetError> {
    let label = hosts::label(account, workspace);
    if label.len() > 63 {
        return Err(wrong(
            "the workspace and the account together are too long for a host name",
            "",
        ));
    }
    Ok(match site {
        Site::Vtex => format!("https://{}", host.name(account, workspace)),
        Site::Local(at) => format!("http://{label}.localhost:{}", at.port()),
    })
}

/// A URL as it was typed.
fn parse_typed(text: &str) -> Result<Url, TargetError> {
    let url = parse(text)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("the URL contains a user name or password", ""));
    }
    let (_, rest) = text.split_once("://").unwrap_or_default();
    if rest.starts_with(['/', '\\']) || rest.split('?').next().unwrap_or_default().contains('\\') {
        return Err(wrong("invalid URL", ""));
    }
    Ok(url)
}

fn parse(text: &str) -> Result<Url, TargetError> {
    Url::parse(text).map_err(|e| wrong(format!("invalid URL: {e}"), ""))
}

#[cfg(test)]
mod tests;
