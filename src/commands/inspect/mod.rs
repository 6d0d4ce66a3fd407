//! `vtexid inspect`: decodes a token and reports its problems. Without an option
//! that asks for it, no signature is checked and no network is used. No keyring
//! is opened if a token is given.

mod input;
mod key;
mod online;
mod report;
mod silence;
mod stream;

use std::path::Path;

use serde_json::{Map, Value};

use self::{
    input::{Input, Text},
    key::KeyFile,
    report::{Report, exact, shown},
};
use crate::{
    account::Account,
    accounts,
    cli::Inspect,
    context::Context,
    credential::{Credential, Origin, Stored},
    error::{Code, Failure},
    judge::{Expectations, ExpectedAccount, Finding, Level, judge},
    output::{self, Output, typed_visible, visible},
    secret::Secret,
    slot::Slot,
    time,
    token::{self, ExactFields, Token, TokenError},
};

/// Runs the command.
///
/// # Errors
/// 1 for a damaged token, naming the damaged part; 2 for --as with a token; 3
/// for an invalid token, if a check was requested.
pub fn run(context: &Context, args: &Inspect) -> Result<(), Failure> {
    let given = Given::of(args);
    given.check_slot(args.credential.slot.as_ref())?;
    let input = match given {
        Given::Argument(text) => Input::One(Text {
            text: Secret::new(text.to_owned()),
            problem: None,
        }),
        Given::Stdin { requested } => input::read(context, requested)?,
        Given::Nothing => Input::Nothing,
    };
    match input {
        Input::Nothing => {
            let credential = Credential::load(context, args.credential.slot.as_ref())?;
            let source = match &credential.origin {
                Origin::Environment | Origin::Pair => Source::Given,
                Origin::Store(stored) => Source::Stored(stored),
            };
            one(context, args, &credential.token, source, None)
        }
        Input::One(text) => match parse(text.text.expose()) {
            Ok((token, finding)) => one(context, args, &token, Source::Given, finding),
            Err(TokenError {
                encrypted: true,
                header: Some(header),
                ..
            }) => encrypted(context, args, &header),
            Err(error) => Err(match text.problem.filter(|_| error.header.is_none()) {
                Some(problem) => input::unreadable(&problem),
                None => explain(context, args, error),
            }),
        },
        Input::Lines(lines) => stream::stream(context, args, lines),
    }
}

/// Where the user gave a token.
enum Given<'a> {
    Argument(&'a str),
    /// By `-` (`requested`), or because something is piped in.
    Stdin {
        requested: bool,
    },
    /// Nowhere: the stored token is meant.
    Nothing,
}

impl<'a> Given<'a> {
    fn of(args: &'a Inspect) -> Self {
        match args.token.as_deref() {
            Some("-") => Self::Stdin { requested: true },
            Some(text) => Self::Argument(text),
            None if !args.stored && input::stdin_has_input() => Self::Stdin { requested: false },
            None => Self::Nothing,
        }
    }

    /// `--as` chooses a stored credential, and would be ignored beside a token.
    fn check_slot(&self, slot: Option<&Slot>) -> Result<(), Failure> {
        let Some(slot) = slot else {
            return Ok(());
        };
        let (source, hint) = match self {
            Self::Argument(_) => ("", "leave out one of the two".to_owned()),
            Self::Stdin { .. } => (
                " from standard input",
                format!("for the stored token, run `vtexid inspect --stored --as {slot}`"),
            ),
            Self::Nothing => return Ok(()),
        };
        Err(Failure::new(
            Code::Usage,
            format_args!("cannot use --as with a token{source}"),
        )
        .hint(hint))
    }
}

/// Where the token came from.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// An argument, standard input, or `VTEX_TOKEN`.
    Given,
    /// The store of an account.
    Stored(&'a Stored),
}

/// Explains one token.
fn one(
    context: &Context,
    args: &Inspect,
    token: &Token,
    source: Source<'_>,
    finding: Option<Finding>,
) -> Result<(), Failure> {
    let expected = expectations(context, args, matches!(source, Source::Given))?;
    let mut report = Report::new(token, judge(token, &expected), expected.now);
    if let Some(finding) = finding {
        report.add(finding);
    }
    if let Some(key) = KeyFile::open(args)? {
        report.signed(&key.check(token)?);
    }
    if args.online || args.roles {
        online::ask(context, args, token, source, &mut report)?;
    }
    require_good(args, &report).map_err(|failure| match source {
        Source::Stored(stored) if report.needs_time() => Failure {
            hints: stored.more_time_hints(context),
            ..failure
        },
        _ => failure,
    })?;
    match &args.claim {
        Some(name) => {
            // stdout has only the claim.
            for message in report.messages() {
                Output::warn(message);
            }
            claim(context, &token.claims().exact(), name)
        }
        // The exit code is the answer; this is for people.
        None if args.check.is_some() && !args.roles && !context.output.json => {
            context.output.note(report.summary());
            Ok(())
        }
        None => context.output.table(&report.rows(), &report),
    }
}

fn encrypted(
    context: &Context,
    args: &Inspect,
    header: &Map<String, Value>,
) -> Result<(), Failure> {
    if args.key.is_some() || args.secret.is_some() || args.online || args.roles {
        return Err(Failure::new(
            Code::General,
            "it is encrypted (JWE): it cannot be checked",
        ));
    }
    let report = Report::encrypted(header);
    require_good(args, &report)?;
    match &args.claim {
        Some(_) => Err(Failure::new(
            Code::General,
            "it is encrypted (JWE): its claims cannot be read",
        )),
        None => context.output.table(&report.rows(), &report),
    }
}

fn require_good(args: &Inspect, report: &Report<'_>) -> Result<(), Failure> {
    match report.problem().filter(|_| args.check.is_some()) {
        Some(problem) => Err(
            Failure::new(Code::BadToken, format_args!("check failed: {problem}"))
                .hint("run `vtexid inspect` without --check for details"),
        ),
        None => Ok(()),
    }
}

/// Prints one claim. Text is printed as it is, for `$(…)`; other values, and
/// everything with `--json`, as JSON.
fn claim(context: &Context, claims: &ExactFields<'_>, name: &str) -> Result<(), Failure> {
    let Some(value) = claims.get(name) else {
        let names: Vec<String> = claims.entries().into_iter().map(|(name, _)| name).collect();
        return Err(Failure::new(
            Code::General,
            format_args!("the token has no claim `{}`", typed_visible(name)),
        )
        .hint(format!("its claims: {}", names.join(", "))));
    };
    let text = if context.output.json {
        output::json_text(&value.json()).into_owned()
    } else {
        exact(value)
    };
    Output::raw(&format!("{text}\n"))
        .map_err(|failure| failure.context(format!("could not print the claim `{name}`")))
}

/// What the token is checked against. The expected account is the one that the
/// user named, else the current one, if there is one.
fn expectations(context: &Context, args: &Inspect, given: bool) -> Result<Expectations, Failure> {
    let named = accounts::named(context)?;
    let account = match named {
        Some((account, _)) if given => Some(ExpectedAccount::Named(account)),
        Some((account, _)) => Some(ExpectedAccount::Current(account)),
        None => context
            .peek()
            .and_then(|session| session.current().cloned())
            .map(ExpectedAccount::Current),
    };
    Ok(Expectations {
        now: context.now(),
        min_validity: args.check.flatten(),
        account,
    })
}

/// The token in a text, and a note if there are several.
fn parse(text: &str) -> Result<(Token, Option<Finding>), TokenError> {
    let pasted = token::pasted(text);
    let finding = pasted.name.map(|name| Finding {
        code: "several-tokens",
        level: if pasted.is_ambiguous {
            Level::Problem
        } else {
            Level::Warning
        },
        message: format!(
            "this is {name}; the text also contains another token: {}",
            pasted.others.join(", ")
        ),
    });
    pasted.token.map(|token| (token, finding))
}

/// Prints what can be read of a damaged token. The failure then names the
/// damaged part.
fn explain(context: &Context, args: &Inspect, error: TokenError) -> Failure {
    if let Some(header) = &error.header {
        let fields: Vec<String> = header
            .iter()
            .map(|(name, value)| format!("{} {}", visible(name, false), shown(value)))
            .collect();
        context.output.note(format_args!(
            "its header could be read: {}",
            fields.join(", ")
        ));
    }
    let again = "copy the whole token again: it is three parts of letters, digits, `-` and `_`, joined by dots";
    // The error itself says so if it is known to be something else.
    let hint = match args.token.as_deref().and_then(|text| mistaken(args, text)) {
        Some(hint) => Some(hint),
        None if error.hint.is_some() || error.to_string().starts_with("it ") => None,
        None => Some(again.to_owned()),
    };
    let failure = Failure::from(error).context("could not read the token");
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// What the user probably meant by an argument that is not a token.
fn mistaken(args: &Inspect, text: &str) -> Option<String> {
    if args.check.is_some() && time::parse_span(text).is_ok() {
        Some(format!("write `--check={text}`, with `=`"))
    } else if Path::new(text).is_file() {
        Some("to read a file, run `vtexid inspect < FILE`".to_owned())
    } else if text.len() <= 20 && text.parse::<Account>().is_ok() {
        // Only a plain word is repeated: anything else may be part of a secret.
        let is_word = text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        let (whose, account) = if is_word {
            (format!("the stored token of {text}"), text)
        } else {
            ("a stored token".to_owned(), "ACCOUNT")
        };
        Some(format!("for {whose}, run `vtexid inspect -a {account}`"))
    } else {
        None
    }
}
