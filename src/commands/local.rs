//! `vtexid local token`: prints the stored token, renewed if needed, and may
//! copy it.

use std::time::Duration;

use crate::{
    cli::{ClearAfter, LocalToken},
    clipboard,
    context::Context,
    credential::{Credential, Origin},
    error::{Code, Failure},
    format::{self, AppFormat, Format, Printed, Shape},
    output::{self, Output},
    secret::Secret,
    time,
    token::Validity,
};

/// The default of `--clear-after`.
const CLEAR_AFTER: Duration = Duration::from_secs(120);

/// Prints it; never asks anything.
///
/// # Errors
/// 3 when it is not valid for long enough, 4 when there is none or VTEX ID
/// ended the session, 5 for the store, 6 when VTEX ID was not reached.
pub fn token(context: &Context, args: &LocalToken) -> Result<(), Failure> {
    let allowed = context.config.copy.clone()?;
    let (name, domain) = (args.shaping.name.as_ref(), args.shaping.domain.as_ref());
    format::check_json(context.output.json, AppFormat::Token(args.format))?;
    let shape = Shape::new(args.format, name, domain)?;
    let credential = Credential::load(context, args.credential.slot.as_ref())?;
    let min = args.min_validity.unwrap_or_default();
    check_possible(context, &credential, min)?;
    let credential = credential.ensure_valid_for(context, min, args.refresh)?;
    let token = &credential.token;
    shape.check(token)?;
    let account = credential.account.clone();
    if args.format == Format::Cookie && account.is_none() {
        return Err(Failure::new(
            Code::General,
            "cannot make a cookie: the token does not name an account, so the host is unknown",
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
    if context.config.agent && !output::stdout_is_terminal() {
        context.output.note(
            "hint: `vtexid api` and `vtexid exec` use the token without showing it; see docs/agents.md",
        );
    }
    // Only raw output at a terminal is copied without --copy.
    let person = args.format == Format::Raw && !json && output::stdout_is_terminal();
    let copies_unasked = person && !args.no_copy && allowed;
    if args.copy || (copies_unasked && context.config.display) {
        copy(context, args, &output.text_of(&printed)?);
    } else if copies_unasked {
        // Else the user would paste what was copied before.
        context.output.note(if context.config.ssh.is_some() {
            "not copied: no clipboard found; pass --copy to ask your terminal to copy it"
        } else {
            "not copied: no clipboard found"
        });
    }
    Ok(())
}

/// Fails before a renewal if no token of this kind is valid for that long.
fn check_possible(
    context: &Context,
    credential: &Credential,
    min: Duration,
) -> Result<(), Failure> {
    let claims = credential.token.claims();
    let wanted = i64::try_from(min.as_secs()).unwrap_or(i64::MAX);
    let Some(life) = claims.kind().life().filter(|life| wanted > *life) else {
        return Ok(());
    };
    let now = context.now();
    let lasts = match claims.validity(now) {
        Validity::Until(exp) => exp.saturating_sub(now) >= wanted,
        Validity::ExpiredAt(_) => false,
        Validity::Unstated => true,
    };
    // Other tokens are not renewed, and have their own messages.
    if lasts || !matches!(credential.origin, Origin::Store(_)) {
        return Ok(());
    }
    Err(Failure::new(
        Code::BadToken,
        format_args!(
            "tokens of this kind ({}) are valid for at most {}, not {}",
            claims.kind().words(),
            time::span_words(life),
            time::duration_words(min)
        ),
    )
    .hint("pass a shorter time to --min-validity"))
}

/// A clipboard that fails is only a warning: the token was printed.
fn copy(context: &Context, args: &LocalToken, text: &Secret) {
    let after = args.clear_after.map_or(Some(CLEAR_AFTER), |after| after.0);
    let config = &context.config;
    // Over SSH a Mac's clipboard is not the user's.
    if args.copy && config.ssh.is_some() && (cfg!(target_os = "macos") || !config.display) {
        return copy_over_ssh(context, args, text);
    }
    match clipboard::copy(text, after) {
        Ok(()) => match after {
            Some(after) => context.output.note(format_args!(
                "copied to the clipboard; cleared in {}",
                time::duration_words(after)
            )),
            None => context.output.note("copied to the clipboard"),
        },
        // With -q a copy that was not requested fails silently.
        Err(_) if context.output.quiet && !args.copy => {}
        Err(problem) => not_copied(&problem),
    }
}

/// The clipboard is on the user's machine, and only the terminal reaches it.
fn copy_over_ssh(context: &Context, args: &LocalToken, text: &Secret) {
    if let Some(ClearAfter(Some(after))) = args.clear_after {
        not_copied(&format_args!(
            "over SSH the terminal copies the token, and vtexid cannot clear it after {}: leave out --clear-after",
            time::duration_words(after)
        ));
    } else if context.config.dumb {
        not_copied(&"over SSH the terminal has to copy the token, but TERM is dumb");
    } else if let Err(error) = output::copy_by_terminal(text) {
        not_copied(&format_args!("could not reach the terminal: {error}"));
    } else {
        context.output.note(
            "asked your terminal to copy it (OSC 52); it may ignore that, and vtexid cannot clear the copy",
        );
    }
}

fn not_copied(problem: &dyn std::fmt::Display) {
    Output::warn(format_args!("could not copy to the clipboard: {problem}"));
}
