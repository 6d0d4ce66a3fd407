//! `vtexid local token`: the stored token, printed and maybe copied.

use std::io::IsTerminal as _;

use crate::{
    account::Account,
    app::App,
    cli::LocalToken,
    clipboard,
    error::{Code, Failure},
    format::{Format, Printed},
    output::Output,
};

/// Prints it; never asks anything.
///
/// # Errors
/// 3 when it expired, 4 when there is none, 5 when the store is not to be had.
pub fn token(app: &App, args: &LocalToken) -> Result<(), Failure> {
    let found = app.token()?;
    if found.account.is_none()
        && let Some((asked, _)) = app.named_account()?
        && let Some(named) = found.token.claims().account()
        && !named.eq_ignore_ascii_case(asked.as_str())
    {
        Output::warn(format_args!(
            "VTEX_TOKEN wins over the stored tokens: it names {named}, not {asked}"
        ));
    }
    found.require_good()?;
    if args.format == Format::Header && found.token.carrier().is_none() {
        return Err(Failure::new(
            Code::BadToken,
            "this token is no credential: there is no header to send it in",
        ));
    }
    let printed = Printed::new(
        &found.token,
        found.account.as_ref().map(Account::as_str),
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

/// A clipboard that cannot be had is no failure: the token was printed.
fn copy(app: &App, args: &LocalToken, token: &crate::token::Token) {
    let cleared = args.clear_after.0;
    match clipboard::copy(token.secret(), cleared) {
        Ok(()) => match cleared {
            Some(after) => app.output.note(format_args!(
                "copied to the clipboard; cleared in {}",
                crate::time::span_words(i64::try_from(after.as_secs()).unwrap_or(i64::MAX))
            )),
            None => app.output.note("copied to the clipboard"),
        },
        Err(problem) => {
            Output::warn(format_args!("could not copy to the clipboard: {problem}"));
        }
    }
}
