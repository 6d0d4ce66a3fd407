//! Reports a command line that clap rejects. Not for failures of a command.
//!
//! A mistake is often a token in the wrong place, so a word that may be a token
//! is not repeated, and typed text is escaped.

use std::process::ExitCode;

use clap::{
    CommandFactory as _,
    error::{ContextKind, ContextValue, Error, ErrorKind},
};

use super::Cli;
use crate::{
    account::own_domain,
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
    suggest_value(&mut error);
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
        // Of an address only the domain is repeated, as in the error itself.
        let domain = match error.get(kind) {
            Some(ContextValue::String(text)) if kind == ContextKind::InvalidValue => {
                own_domain(text).map(str::to_owned)
            }
            _ => None,
        };
        if let Some(domain) = domain {
            error.insert(kind, ContextValue::String(domain));
        } else if let Some(ContextValue::String(text)) = error.get(kind)
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
    let typed_as = |kind, word: &str| matches!(error.get(kind), Some(ContextValue::String(text)) if text.eq_ignore_ascii_case(word));
    if typed_as(ContextKind::InvalidSubcommand, "version") {
        return Some("use 'vtexid --version'");
    }
    if typed_as(ContextKind::InvalidValue, "bearer")
        && typed_as(ContextKind::InvalidArg, "--format <FORMAT>")
    {
        return Some(
            "VTEX takes the header VtexIdclientAutCookie, not Bearer: use '--format header'",
        );
    }
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

/// Suggests only the nearest value, and none that is far.
fn suggest_value(error: &mut Error) {
    let kind = ContextKind::SuggestedValue;
    if error.get(kind).is_none() {
        return;
    }
    let nearest = match (
        error.get(ContextKind::InvalidValue),
        error.get(ContextKind::ValidValue),
    ) {
        (Some(ContextValue::String(typed)), Some(ContextValue::Strings(known))) => {
            near::nearest(typed, known.iter().map(String::as_str)).map(str::to_owned)
        }
        _ => None,
    };
    match nearest {
        Some(nearest) => {
            error.insert(kind, ContextValue::String(nearest));
        }
        None => {
            error.remove(kind);
        }
    }
}

/// What other programs call a command of ours.
const OTHER_NAMES: [(&str, &str); 3] = [
    ("token", "local token"),
    ("use", "switch"),
    ("list", "status"),
];

/// Suggests only the nearest command, or the one that has another name here.
fn suggest_command(error: &mut Error) {
    let kind = ContextKind::SuggestedSubcommand;
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidSubcommand) else {
        return;
    };
    // Of the usage, only the program's name is before the options: on Windows
    // it is `vtexid.exe`.
    let usage = error.get(ContextKind::Usage).map(ToString::to_string);
    let is_first_word = usage.is_some_and(|usage| {
        let words: Vec<&str> = usage.split_whitespace().collect();
        matches!(words[..], [.., "Usage:", _, "[OPTIONS]", "<COMMAND>"])
    });
    let mut known = OTHER_NAMES.iter().filter(|_| is_first_word);
    let meant = if let Some((_, ours)) = known.find(|(other, _)| other == typed) {
        Some((*ours).to_owned())
    } else if let Some(ContextValue::Strings(similar)) = error.get(kind) {
        near::nearest(typed, similar.iter().map(String::as_str)).map(str::to_owned)
    } else if is_first_word {
        // clap has no suggestion after `help`.
        let cli = Cli::command();
        let shown = cli
            .get_subcommands()
            .filter(|command| !command.is_hide_set());
        near::nearest(typed, shown.map(clap::Command::get_name)).map(str::to_owned)
    } else {
        None
    };
    if let Some(meant) = meant {
        error.insert(kind, ContextValue::Strings(vec![meant]));
    }
}
