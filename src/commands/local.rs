//! `vtexid local token`: the stored token, renewed where it must be, printed
//! and maybe copied.

use std::{io::IsTerminal as _, time::Duration};

use crate::{
    account::Account,
    app::{App, Found},
    cli::LocalToken,
    clipboard,
    error::{Code, Failure},
    format::{Format, Printed},
    output::Output,
    renewal::{self, Means, Renewal},
    time,
    token::{Token, Validity},
};

/// Prints it; never asks anything.
///
/// # Errors
/// 3 when it is not good for long enough, 4 when there is none or it cannot
/// be renewed any more, 5 when the store is not to be had, 6 when VTEX ID is not.
pub fn token(app: &App, args: &LocalToken) -> Result<(), Failure> {
    let mut found = app.token()?;
    if found.account.is_none()
        && let Some((asked, _)) = app.named_account()?
        && let Some(named) = found.token.claims().other_account(&asked)
    {
        Output::warn(format_args!(
            "VTEX_TOKEN wins over the stored tokens: it names {named}, not {asked}"
        ));
    }
    if found.account.is_none() && args.refresh {
        Output::warn(format_args!(
            "the token in {} cannot be renewed; unset it to renew the stored one",
            found.source
        ));
    }
    let wanted = args.min_validity.unwrap_or_default();
    if let Some(account) = found.account.clone()
        && (args.refresh || !lasts(&found.token, wanted))
    {
        found.token = renewed(app, args, &account, found.token)?;
    }
    found.require_good()?;
    require_validity(&found, wanted)?;
    if args.format.names_carrier() && found.token.carrier().is_none() {
        return Err(Failure::new(
            Code::BadToken,
            "this token is no credential: there is no header to send it in",
        ));
    }
    // A token from the environment may be for any account.
    let account = match &found.account {
        Some(account) => Some(account.clone()),
        None => found.token.claims().account().and_then(|a| a.parse().ok()),
    };
    if args.format == Format::Cookie && account.is_none() {
        return Err(Failure::new(
            Code::General,
            "this token names no account, so there is no host to make a cookie for",
        )
        .hint("use --format header"));
    }
    app.mask(found.token.secret());
    let printed = Printed::new(
        &found.token,
        account.as_ref(),
        &app.site,
        &found.source,
        args.format,
    );
    let json = app.output.json || args.format == Format::Json;
    Output { json, ..app.output }.answer(&printed)?;
    // The formats for machines never copy by themselves.
    let person = args.format == Format::Raw && !json && std::io::stdout().is_terminal();
    if args.copy || (person && !args.no_copy) {
        copy(app, args, &found.token);
    }
    Ok(())
}

/// How much longer a token is good, in seconds; `None` where it does not say.
fn left(token: &Token) -> Option<i64> {
    let now = App::now();
    match token.claims().validity(now) {
        Validity::Until(exp) => Some(exp.saturating_sub(now)),
        Validity::ExpiredAt(_) => Some(0),
        Validity::Unstated => None,
    }
}

/// Whether a token is good now and for as long as wanted.
fn lasts(token: &Token, wanted: Duration) -> bool {
    left(token).is_none_or(|left| left > 0 && left.unsigned_abs() >= wanted.as_secs())
}

/// A new token for the account, or the one there is where that is still good.
fn renewed(app: &App, args: &LocalToken, account: &Account, old: Token) -> Result<Token, Failure> {
    let wanted = args.min_validity.unwrap_or_default();
    let good = left(&old).is_none_or(|left| left > 0);
    let mut session = app.session()?;
    let api = app.vtexid()?;
    let before = old.secret().clone();
    // Forced, only a token that came meanwhile is new enough.
    let enough =
        |token: &Token| lasts(token, wanted) && (!args.refresh || token.secret() != &before);
    let renewal = renewal::renew(&mut session, &api, account, enough, |session, grant| {
        if let Err(error) = session.renew(account, &grant) {
            // The old refresh token is used up: not to print would lose the
            // new token as well.
            Output::warn(format_args!(
                "the token was renewed but could not be kept, log in again when it expires: {error}"
            ));
        }
        Ok(grant.token)
    });
    match renewal {
        Ok(Renewal::Kept(token)) => {
            app.output
                .note(format_args!("renewed the token of {account}"));
            // An app key may have made it, in place of a person's.
            App::warn_of_other_user(old.claims().login(), token.claims().login());
            Ok(token)
        }
        Ok(Renewal::Already(token)) => Ok(token),
        Ok(Renewal::Impossible) => {
            if args.refresh {
                Output::warn(format_args!(
                    "there is nothing kept for {account} to renew its token with"
                ));
            }
            Ok(old)
        }
        // Early refusals are no logout: VTEX ID gives none for a young token.
        Ok(Renewal::Refused(word, _)) if good => {
            app.output.note(format_args!(
                "VTEX ID does not renew the token of {account} now ({word}); it is still good"
            ));
            Ok(old)
        }
        Ok(Renewal::Refused(word, Means::Pair(key, _))) => Err(Failure::new(
            Code::BadToken,
            format_args!(
                "the token of {account} expired and VTEX ID refuses the app key {key} ({word})"
            ),
        )
        .hint(format!(
            "run vtexid apptoken -a {account} --save --app-key KEY with a pair that is active"
        ))),
        Ok(Renewal::Refused(word, Means::Refresh(_))) => {
            // Definite: asking again would only be refused again.
            session.forget_refresh(account)?;
            Err(Failure::new(
                Code::LoggedOut,
                format_args!("the session of {account} is over: its token expired and VTEX ID refuses to renew it ({word})"),
            )
            .hint(format!("run vtexid login {account}")))
        }
        Err(failure) if good && lasts(&old, wanted) => {
            Output::warn(format_args!(
                "could not renew the token of {account}, which is still good: {:#}",
                failure.error
            ));
            Ok(old)
        }
        Err(failure) => Err(failure.context(format!("could not renew the token of {account}"))),
    }
}

/// Passes a token that is good for as long as asked.
fn require_validity(found: &Found, wanted: Duration) -> Result<(), Failure> {
    if lasts(&found.token, wanted) {
        return Ok(());
    }
    let words = time::span_words(left(&found.token).unwrap_or(0));
    let failure = Failure::new(
        Code::BadToken,
        format_args!(
            "the token is good for only {words} more, not for {}",
            time::duration_words(wanted)
        ),
    );
    Err(match &found.account {
        Some(account) => failure.hint(format!("run vtexid login {account} --fresh")),
        None => failure.hint(format!("put a new one into {}, or unset it", found.source)),
    })
}

/// A clipboard that cannot be had is no failure: the token was printed.
fn copy(app: &App, args: &LocalToken, token: &Token) {
    let cleared = args.clear_after.0;
    match clipboard::copy(token.secret(), cleared) {
        Ok(()) => match cleared {
            Some(after) => app.output.note(format_args!(
                "copied to the clipboard; cleared in {}",
                time::duration_words(after)
            )),
            None => app.output.note("copied to the clipboard"),
        },
        Err(problem) => {
            Output::warn(format_args!("could not copy to the clipboard: {problem}"));
        }
    }
}
