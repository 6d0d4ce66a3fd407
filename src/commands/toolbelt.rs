//! `vtexid toolbelt`: takes over the sessions of VTEX's own CLI, or gives it one.

use std::{path::PathBuf, time::Duration};

use serde::Serialize;

use crate::{
    account::Account,
    accounts,
    cli::{Export, Import},
    context::{self, Context},
    credential::{Credential, Origin},
    error::{Code, Failure},
    output::{Answer, Output, visible},
    session::{Current, NewSession},
    store::StoreKind,
    time,
    token::{Token, TokenPair, Validity},
    toolbelt::{self, Found},
    vtexid::Site,
};

/// What was taken over, and what was not and why.
#[derive(Serialize)]
struct Imported {
    imported: Vec<Line>,
    skipped: Vec<Skipped>,
}

#[derive(Serialize)]
struct Line {
    account: Account,
    login: Option<String>,
    expires_at: Option<String>,
    /// Whether it can be renewed without a browser.
    renewable: bool,
    store: StoreKind,
}

#[derive(Serialize)]
struct Skipped {
    account: Account,
    reason: String,
}

impl Answer for Imported {
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for line in &self.imported {
            let login = line.login.as_deref().unwrap_or("an unnamed user");
            let renewable = if line.renewable { ", renewable" } else { "" };
            lines.push(format!(
                "{} ({}, {}{renewable}): imported",
                line.account,
                visible(login, false),
                line.store
            ));
        }
        for skipped in &self.skipped {
            let reason = visible(&skipped.reason, false);
            lines.push(format!("{}: left out: {reason}", skipped.account));
        }
        lines
    }
}

/// `vtexid toolbelt import`
///
/// # Errors
/// 1 when its files are damaged, or hold none of the account that is named; 4
/// when there is no session in them.
pub fn import(context: &Context, args: &Import) -> Result<(), Failure> {
    let dir = dir(context)?;
    let mut found = toolbelt::read(&dir)?;
    if found.accounts.is_empty() {
        return Err(Failure::new(
            Code::LoggedOut,
            format_args!("found no session of VTEX's CLI in {}", dir.display()),
        )
        .hint("run `vtexid login ACCOUNT`"));
    }
    if let Some(only) = &context.account {
        found.accounts.retain(|account, _| account == only);
        if found.accounts.is_empty() {
            return Err(Failure::new(
                Code::General,
                format_args!("the toolbelt has no session of {only} in {}", dir.display()),
            )
            .hint("without --account every session that it has is imported"));
        }
    }
    let mut session = context.session()?;
    let (current, store) = (session.current().cloned(), args.store.unwrap_or_default());
    let mut answer = Imported {
        imported: Vec::new(),
        skipped: Vec::new(),
    };
    let mut probed = false;
    for (account, tokens) in found.accounts {
        let known = session.accounts().get(&account);
        let until = known.and_then(|entry| entry.expires_on);
        let grant = match usable(context, tokens, until) {
            Ok(grant) => grant,
            Err(reason) => {
                answer.skipped.push(Skipped { account, reason });
                continue;
            }
        };
        if !probed {
            session.probe(&account, store)?;
            probed = true;
        }
        let lock = session.lock_account(&account)?;
        let new = NewSession {
            pair: &grant,
            app_key: None,
            store,
            current: Current::Becomes,
        };
        let stale = session.save(&lock, &new)?;
        context::warn_of_stale_secrets(&account, stale);
        answer.imported.push(Line {
            login: grant.token.claims().login().map(str::to_owned),
            expires_at: grant.token.claims().seconds("exp").and_then(time::rfc3339),
            renewable: grant.refresh.is_some(),
            account,
            store,
        });
    }
    // Each of them became the current one in passing.
    let chosen = current
        .or(found.current)
        .filter(|account| session.accounts().contains_key(account));
    if let Some(account) = chosen {
        session.switch(&account)?;
    }
    if !answer.imported.is_empty() {
        Output::warn(format_args!(
            "the toolbelt's own copies stay in plain text in {}; vtex logout removes them, and revokes the token",
            dir.display()
        ));
    }
    context.output.answer(&answer)
}

/// What can be kept, and is worth it.
fn usable(context: &Context, found: Found, known_until: Option<i64>) -> Result<TokenPair, String> {
    let text = found.token.ok_or("it has no token")?;
    let token = Token::parse(text).map_err(|e| format!("its token is broken: {e}"))?;
    let now = context.now();
    if let Validity::ExpiredAt(exp) = token.claims().validity(now)
        && found.refresh.is_none()
    {
        return Err(format!("its token expired on {}", time::utc_words(exp)));
    }
    if known_until > token.claims().seconds("exp") {
        return Err("the one kept here is good for longer".to_owned());
    }
    Ok(TokenPair {
        token,
        refresh: found.refresh,
    })
}

/// What `--json` prints. People get a note.
#[derive(Serialize)]
struct Exported {
    account: Account,
    login: Option<String>,
    workspace: String,
}

impl Answer for Exported {
    fn lines(&self) -> Vec<String> {
        vec![self.account.to_string()]
    }
}

/// `vtexid toolbelt export`
///
/// # Errors
/// As `local token`, 1 when the toolbelt's files are damaged, and 2 for what
/// is no workspace and for a token of another account than the one named.
pub fn export(context: &Context, args: &Export) -> Result<(), Failure> {
    if let Some(name) = &args.workspace {
        check_workspace(name)?;
    }
    let dir = dir(context)?;
    let credential = Credential::load(context)?;
    let asked = accounts::named(context)?;
    let claims = credential.token.claims();
    let from_variable = matches!(credential.origin, Origin::Environment);
    // The toolbelt would publish to it with a token that is another's.
    if from_variable
        && let Some((asked, reason)) = &asked
        && let Some(named) = claims.other_account(asked)
    {
        return Err(Failure::new(
            Code::Usage,
            format_args!("the token in VTEX_TOKEN names {named}, not {asked} ({reason})"),
        )
        .hint("unset VTEX_TOKEN to export the stored token, or name the token's own account"));
    }
    let account = match asked {
        Some((account, _)) if from_variable => account,
        _ => credential.account().ok_or_else(|| {
            Failure::new(Code::Usage, "the token names no account").hint("name it with --account")
        })?,
    };
    let credential = credential.ensure_valid_for(context, Duration::ZERO, false)?;
    let claims = credential.token.claims();
    let login = claims.login().unwrap_or_default();
    let workspace = toolbelt::write(
        &dir,
        &account,
        login,
        credential.token.secret(),
        args.workspace.as_deref(),
    )?;
    Output::warn(format_args!(
        "the token is now in plain text in {}",
        dir.display()
    ));
    // No refresh token: whoever uses it first would log the other out.
    context.output.note(format_args!(
        "the toolbelt is logged in to {account} as {login}, until the token expires"
    ));
    if context.output.json {
        context.output.answer(&Exported {
            account,
            login: claims.login().map(str::to_owned),
            workspace,
        })?;
    }
    Ok(())
}

fn check_workspace(name: &str) -> Result<(), Failure> {
    let plausible = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if plausible && !name.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Code::Usage,
        "what is given as the workspace is no name of one",
    )
    .hint("it has letters, digits and `-` alone, such as master"))
}

fn dir(context: &Context) -> Result<PathBuf, Failure> {
    if context.site != Site::Vtex {
        return Err(
            Failure::new(Code::Usage, "toolbelt commands do not work with VTEXID_URL")
                .hint("unset VTEXID_URL"),
        );
    }
    context.config.toolbelt_dir.clone().ok_or_else(|| {
        Failure::new(
            Code::General,
            "there is no home directory with the toolbelt's files in it",
        )
        .hint("set HOME")
    })
}
