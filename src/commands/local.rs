//! `vtexid local token`: the stored token, renewed where it must be, printed
//! and maybe copied.

use crate::{
    cli::LocalToken,
    clipboard,
    context::Context,
    credential::Credential,
    error::{Code, Failure},
    format::{Format, Printed},
    output::{self, Output},
    time,
    token::Token,
};

/// Prints it; never asks anything.
///
/// # Errors
/// 3 when it is not valid for long enough, 4 when there is none or VTEX ID
/// ended the session, 5 for the store, 6 when VTEX ID was not reached.
pub fn token(context: &Context, args: &LocalToken) -> Result<(), Failure> {
    let allowed = context.config.copy.clone()?;
    let credential = Credential::load(context, args.credential.slot.as_ref())?;
    let min = args.min_validity.unwrap_or_default();
    let credential = credential.ensure_valid_for(context, min, args.refresh)?;
    let token = &credential.token;
    if args.format.names_carrier() && token.carrier().is_none() {
        return Err(Failure::new(
            Code::BadToken,
            "this token is not a credential: no header or cookie carries it",
        ));
    }
    let account = credential.account.clone();
    if args.format == Format::Cookie && account.is_none() {
        return Err(Failure::new(
            Code::General,
            "cannot make a cookie: the token names no account, so its host is unknown",
        )
        .hint("use `--format header`"));
    }
    context.mask(token.secret());
    let source = credential.origin.to_string();
    let printed = Printed::new(token, account.as_ref(), &context.site, &source, args.format);
    let json = context.output.json || args.format == Format::Json;
    Output {
        json,
        ..context.output
    }
    .answer(&printed)?;
    if context.config.agent && !output::stdout_is_terminal() {
        context.output.note(
            "hint: `vtexid api` and `vtexid exec` use the token without showing it; see docs/agents.md",
        );
    }
    // The formats for machines never copy by themselves.
    let person = args.format == Format::Raw && !json && output::stdout_is_terminal();
    // Nor does anything where there is nowhere to copy to.
    let by_itself = person && !args.no_copy && allowed && context.config.display;
    if args.copy || by_itself {
        copy(context, args, token);
    }
    Ok(())
}

/// A clipboard that fails is only a warning: the token was printed.
fn copy(context: &Context, args: &LocalToken, token: &Token) {
    let cleared = args.clear_after.0;
    match clipboard::copy(token.secret(), cleared) {
        Ok(()) => match cleared {
            Some(after) => context.output.note(format_args!(
                "copied to the clipboard; cleared in {}",
                time::duration_words(after)
            )),
            None => context.output.note("copied to the clipboard"),
        },
        // Nobody asked for a copy, and whoever asked for silence gets it.
        Err(_) if context.output.quiet && !args.copy => {}
        Err(problem) => {
            Output::warn(format_args!("could not copy to the clipboard: {problem}"));
        }
    }
}
