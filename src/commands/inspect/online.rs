//! `--online` and `--roles`: what VTEX ID and License Manager say about the token.

use super::{
    Source,
    report::{Online, Report},
};
use crate::{
    account::Account,
    accounts,
    cli::Inspect,
    context::Context,
    error::{Code, Failure},
    judge::{Finding, Level},
    runtime,
    token::{Kind, Token},
    vtexid::{ApiError, Credential, Role, VtexId},
};

/// Asks VTEX ID whether the token is valid, and License Manager for its roles.
///
/// # Errors
/// 3 when VTEX ID rejects it, 6 when VTEX ID could not be asked. If the roles
/// cannot be read, the answer says why, and nothing fails.
pub fn ask(
    context: &Context,
    args: &Inspect,
    token: &Token,
    source: Source<'_>,
    report: &mut Report<'_>,
) -> Result<(), Failure> {
    let named = accounts::named(context)?;
    let (account, named) = match named {
        Some((account, _)) => (account, true),
        None => (account_of(token)?, false),
    };
    let vtexid = context.vtexid()?;
    let host = vtexid.api_host(&account);
    let what = match (args.online, args.roles) {
        (true, true) => "whether the token is valid, and for its roles",
        (true, false) => "whether the token is valid",
        _ => "for the token's roles",
    };
    context.output.note(format_args!("asking {host} {what}"));
    runtime::run(async {
        if args.online {
            let credential = vtexid
                .check(&account, token)
                .await
                .map_err(|e| refused(e, token, source, &account))?;
            compare(token, named, &account, &credential, report);
            report.online = Some(Online { host, credential });
        }
        if args.roles {
            match roles(&vtexid, &account, token).await {
                Ok(roles) => report.roles = Some(roles),
                Err(problem) => report.add(Finding {
                    code: "no-roles",
                    level: Level::Warning,
                    message: format!("could not get its roles: {problem}"),
                }),
            }
        }
        Ok(())
    })
}

/// Why VTEX ID rejected the token, and how to get a valid one.
fn refused(error: ApiError, token: &Token, source: Source<'_>, account: &Account) -> Failure {
    let is_refused = matches!(error, ApiError::Refused { .. });
    let failure = Failure::from(error).context("could not verify the token");
    if !is_refused {
        return failure;
    }
    failure.hint(match (source, token.claims().kind()) {
        (Source::Stored(stored), _) => stored.fresh_hint(),
        (_, Kind::AppKey) => format!("run `vtexid apptoken -a {account}` for a new one"),
        (_, Kind::Shopper | Kind::B2bBuyer) => {
            "sign in to the store again, and copy its cookie".to_owned()
        }
        _ => format!("run `vtexid login {account}`, then `vtexid local token -a {account}`"),
    })
}

/// Compares what VTEX ID says about the token with the token's own claims.
fn compare(
    token: &Token,
    named: bool,
    account: &Account,
    credential: &Credential,
    report: &mut Report<'_>,
) {
    let claims = token.claims();
    let wanted = named.then_some(account.as_str());
    // It is unknown whom VTEX ID names for an app's token.
    let login = claims.login().filter(|_| claims.kind() != Kind::IoApp);
    for (what, theirs, ours) in [
        ("user", &credential.user, login),
        ("account", &credential.account, wanted.or(claims.account())),
        ("audience", &credential.audience, claims.text("audience")),
    ] {
        if let (Some(theirs), Some(ours)) = (theirs, ours)
            && !theirs.eq_ignore_ascii_case(ours)
        {
            report.add(Finding {
                code: "told-otherwise",
                level: Level::Problem,
                message: format!("VTEX ID says that the token's {what} is {theirs}, not {ours}"),
            });
        }
    }
}

async fn roles(vtexid: &VtexId, account: &Account, token: &Token) -> Result<Vec<Role>, String> {
    let claims = token.claims();
    // An app key is a user, and its name is the user name.
    let user = claims
        .text("userId")
        .or_else(|| {
            claims
                .text("sub")
                .filter(|sub| sub.starts_with("vtexappkey-"))
        })
        .ok_or("the token does not name a user (`userId`)")?;
    let roles = vtexid.roles(account, user, token).await;
    roles.map_err(|e| e.to_string())
}

fn account_of(token: &Token) -> Result<Account, Failure> {
    token
        .claims()
        .account()
        .and_then(|account| account.parse().ok())
        .ok_or_else(|| {
            Failure::new(Code::Usage, "the token does not name an account")
                .hint("pass --account ACCOUNT")
        })
}
