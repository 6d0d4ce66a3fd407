//! `vtexid local token`: the stored token, renewed where it must be, printed
//! and maybe copied.

use crate::{
    accounts,
    cli::LocalToken,
    clipboard,
    context::Context,
    credential::{Credential, Origin},
    error::{Code, Failure},
    format::{Format, Printed, Shape},
    output::{self, Output},
    secret::Secret,
    time,
};

/// Prints it; never asks anything.
///
/// # Errors
/// 3 when it is not valid for long enough, 4 when there is none or VTEX ID
/// ended the session, 5 for the store, 6 when VTEX ID was not reached.
pub fn token(context: &Context, args: &LocalToken) -> Result<(), Failure> {
    let allowed = context.config.copy.clone()?;
    let (name, domain) = (args.shaping.name.as_ref(), args.shaping.domain.as_ref());
    let shape = Shape::new(args.format, name, domain)?;
    let credential = Credential::load(context)?;
    if let Origin::Environment = credential.origin
        && let Some((asked, _)) = accounts::named(context)?
        && let Some(named) = credential.token.claims().other_account(&asked)
    {
        Output::warn(format_args!(
            "VTEX_TOKEN overrides the stored tokens: it names {named}, not {asked}"
        ));
    }
    let min = args.min_validity.unwrap_or_default();
    let credential = credential.ensure_valid_for(context, min, args.refresh)?;
    let token = &credential.token;
    shape.check(token)?;
    let account = credential.account();
    if args.format == Format::Cookie && account.is_none() {
        return Err(Failure::new(
            Code::General,
            "cannot make a cookie: the token names no account, so its host is unknown",
        )
        .hint("use `--format header`"));
    }
    context.mask(token.secret());
    let source = credential.origin.to_string();
    let printed = Printed::new(token, account.as_ref(), &context.site, &source, &shape);
    let json = context.output.json || args.format == Format::Json;
    let output = Output {
        json,
        ..context.output
    };
    output.answer(&printed)?;
    // The formats for machines never copy by themselves.
    let person = args.format == Format::Raw && !json && output::stdout_is_terminal();
    // Nor does anything where there is nowhere to copy to.
    let by_itself = person && !args.no_copy && allowed && context.config.display;
    if args.copy || by_itself {
        copy(context, args, &output.text_of(&printed)?);
    }
    Ok(())
}

/// A clipboard that fails is only a warning: the token was printed.
fn copy(context: &Context, args: &LocalToken, text: &Secret) {
    let cleared = args.clear_after.0;
    match clipboard::copy(text, cleared) {
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
