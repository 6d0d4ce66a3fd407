//! Reports a command line that clap rejects. Not for failures of a command.
//!
//! A mistake is often a token in the wrong place, so a word that may be a token
//! is not repeated, and typed text is escaped.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::{
    near,
    output::{Output, is_like_a_secret, visible},
};

/// A longer word may be a token.
const MAX_REPEATED_CHARS: usize = 20;

/// Prints clap's output: help and version to stdout, mistakes to stderr with
/// exit code 2.
pub fn report(mut error: Error) -> ExitCode {
    // clap lists the hidden commands as well.
    error.remove(ContextKind::ValidSubcommand);
    suggest_command(&mut error);
    // Any other kind names one of our own flags there.
    let typed = error.kind() == ErrorKind::UnknownArgument;
    for kind in [
        ContextKind::InvalidValue,
        ContextKind::InvalidArg,
        ContextKind::InvalidSubcommand,
        // Tips quote what was typed.
        ContextKind::Suggested,
        ContextKind::TrailingArg,
    ] {
        if let Some(ContextValue::StyledStrs(_)) = error.get(kind) {
            error.remove(kind);
        }
        if let Some(ContextValue::String(text)) = error.get(kind)
            && (text.chars().count() > MAX_REPEATED_CHARS || is_like_a_secret(text))
            && !text.starts_with('<')
            && (typed || kind != ContextKind::InvalidArg)
        {
            let hidden = format!("({} characters, not shown)", text.chars().count());
            error.insert(kind, ContextValue::String(hidden));
        }
    }
    let shown = |(kind, value): (_, &ContextValue)| {
        let value = match value {
            ContextValue::String(text) => ContextValue::String(visible(text, false)),
            ContextValue::Strings(texts) => {
                ContextValue::Strings(texts.iter().map(|text| visible(text, false)).collect())
            }
            _ => return None,
        };
        Some((kind, value))
    };
    for (kind, value) in error.context().filter_map(shown).collect::<Vec<_>>() {
        error.insert(kind, value);
    }
    if let Some(tip) = tip(&error) {
        let tip = ContextValue::StyledStrs(vec![tip.into()]);
        error.insert(ContextKind::Suggested, tip);
    }
    match Output::clap(&error) {
        Err(failure) if !error.use_stderr() => {
            Output::failure(&failure);
            ExitCode::from(failure.code as u8)
        }
        _ => ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2)),
    }
}

/// Explains an argument too many, if it is known what was meant.
fn tip(error: &Error) -> Option<&'static str> {
    let (ErrorKind::UnknownArgument, Some(ContextValue::String(typed))) =
        (error.kind(), error.get(ContextKind::InvalidArg))
    else {
        return None;
    };
    let usage = error.get(ContextKind::Usage)?.to_string();
    if usage.contains(" api ") && typed.starts_with('/') {
        Some("name the method with '-X', as in 'vtexid api -X GET PATH'")
    } else if usage.contains(" status ") && !typed.starts_with('-') {
        Some("to show one account, use 'vtexid status -a ACCOUNT'")
    } else {
        None
    }
}

/// Suggests only the nearest command; for `token` it is `local token`.
fn suggest_command(error: &mut Error) {
    let kind = ContextKind::SuggestedSubcommand;
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand) else {
        return;
    };
    let meant = if typed == "token" {
        Some("local token".to_owned())
    } else if let Some(ContextValue::Strings(similar)) = error.get(kind) {
        near::nearest(typed, similar.iter().map(String::as_str)).map(str::to_owned)
    } else {
        None
    };
    if let Some(meant) = meant {
        error.insert(kind, ContextValue::Strings(vec![meant]));
    }
}
