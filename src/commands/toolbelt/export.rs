//! `vtexid toolbelt export`: logs VTEX's own CLI in.

use std::time::Duration;

use serde::Serialize;

use super::{lock, paths, unusable};
use crate::{
    account::{self, Account},
    accounts::{self, Reason},
    cli::Export,
    context::Context,
    credential::{Credential, Origin},
    error::{Code, Failure},
    output::{Answer, Output},
    token::Validity,
    toolbelt::{self, NewLogin},
};

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
/// As `local token`, 1 when the toolbelt's files cannot be used, 2 for an
/// invalid workspace name and for a token of another account, and 3 for a
/// token that the toolbelt cannot use.
pub fn export(context: &Context, args: &Export) -> Result<(), Failure> {
    if let Some(name) = &args.workspace {
        check_workspace(name)?;
    }
    let dir = &paths(context)?.session;
    let credential = Credential::load(context, args.credential.slot.as_ref())?;
    let from_variable = matches!(credential.origin, Origin::Environment);
    let account = credential.account()?.clone();
    let reason = accounts::named(context)?.map(|(_, reason)| reason);
    let reason = reason.filter(|_| from_variable);
    check_account(&account)?;
    check(context, &credential, &account, reason)?;
    let credential = credential.ensure_valid_for(context, Duration::ZERO, false)?;
    // Checked again, because a renewal changes the token.
    check(context, &credential, &account, reason)?;
    let claims = credential.token.claims();
    let login = claims.login().unwrap_or_default();
    // Silent, because only the locks next to the index are needed.
    let session = match context.peek() {
        Some(session) => session,
        None => context.session()?,
    };
    let lock = lock(context, &session)?;
    let written = toolbelt::write(
        &lock,
        dir,
        &NewLogin {
            account: &account,
            login,
            token: credential.token.secret(),
            workspace: args.workspace.as_deref(),
        },
    )?;
    drop(lock);
    Output::warn(format_args!(
        "the token is now in plain text in {}; `vtex logout` revokes it{}",
        dir.display(),
        if from_variable {
            ""
        } else {
            " and logs vtexid out"
        }
    ));
    for old in written.deleted {
        let old = old.as_deref().unwrap_or("an unknown user");
        Output::warn(format_args!(
            "the toolbelt is now logged in to {account} as {login} (was {old}); deleted its refresh token of {old}"
        ));
    }
    // No refresh token: the first tool to use it would log the other one out.
    context.output.note(format_args!(
        "the toolbelt is logged in to {account} as {login}, until the token expires"
    ));
    if context.output.json {
        context.output.answer(&Exported {
            account,
            login: claims.login().map(str::to_owned),
            workspace: written.workspace,
        })?;
    }
    Ok(())
}

/// Refuses a token that the toolbelt would misuse or not recognise.
fn check(
    context: &Context,
    credential: &Credential,
    account: &Account,
    reason: Option<Reason>,
) -> Result<(), Failure> {
    let (token, from_variable) = (
        &credential.token,
        matches!(credential.origin, Origin::Environment),
    );
    let endless = matches!(token.claims().validity(context.now()), Validity::Unstated).then(|| {
        (
            Code::BadToken,
            "does not say when it expires, which the toolbelt needs".to_owned(),
        )
    });
    let Some((code, problem)) = unusable(token, account).or(endless) else {
        return Ok(());
    };
    let subject = if from_variable {
        "the token in VTEX_TOKEN"
    } else {
        "the stored token"
    };
    let reason = match reason {
        Some(reason) if code == Code::Usage => format!(" ({reason})"),
        _ => String::new(),
    };
    Err(
        Failure::new(code, format_args!("{subject} {problem}{reason}")).hint(
            match (from_variable, code) {
                (false, _) => format!("run `vtexid login {account}` to replace it"),
                (true, Code::Usage) => {
                    "unset VTEX_TOKEN to export the stored token, or name the token's own account"
                        .to_owned()
                }
                (true, _) => "unset VTEX_TOKEN to export the stored token".to_owned(),
            },
        ),
    )
}

/// `{workspace}--{account}` is a host's name, not an account.
fn check_account(account: &Account) -> Result<(), Failure> {
    let Some((workspace, name)) = account.as_str().split_once("--") else {
        return Ok(());
    };
    Err(Failure::new(
        Code::Usage,
        format_args!("{account} is the workspace {workspace} of {name}"),
    )
    .hint(format!(
        "run `vtexid login {name}`, then `vtexid toolbelt export -a {name} --workspace {workspace}`"
    )))
}

fn check_workspace(name: &str) -> Result<(), Failure> {
    if account::is_workspace(name) {
        return Ok(());
    }
    Err(
        Failure::new(Code::Usage, "invalid workspace name").hint(
            "a workspace name has 2 to 128 lower-case letters and digits, and starts with a letter, such as `master`",
        ),
    )
}
