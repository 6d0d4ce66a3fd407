//! `vtexid inspect`: what a token says, and what is to be said against it.
//! Checks no signature and needs no network unless asked to, and opens no
//! keyring when a token is given.

mod input;
mod key;
mod online;
mod report;

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value};

use self::{
    input::{Input, Lines},
    key::KeyFile,
    report::{Report, shown},
};
use crate::{
    account::Account,
    accounts,
    cli::Inspect,
    context::Context,
    credential::{Credential, Origin},
    error::{Code, Failure},
    judge::{Expectations, Finding, Level, judge},
    output::{self, Output, typed_visible, visible},
    secret::Secret,
    time,
    token::{self, Token, TokenError},
};

/// Runs the command.
///
/// # Errors
/// 1 for a broken token, naming the broken part; 3 for one that is not good,
/// where that was asked.
pub fn run(context: &Context, args: &Inspect) -> Result<(), Failure> {
    let input = match &args.token {
        Some(text) if text != "-" => Input::One(Secret::new(text.clone())),
        None if !input::stdin_has_input() => {
            let credential = Credential::load(context, args.credential.slot.as_ref())?;
            let given = matches!(credential.origin, Origin::Environment);
            return one(context, args, &credential.token, given, None);
        }
        _ => input::read(context)?,
    };
    match input {
        Input::One(text) => match parse(&text) {
            Ok((token, finding)) => one(context, args, &token, true, finding),
            Err(TokenError {
                encrypted: true,
                header: Some(header),
                ..
            }) => encrypted(context, args, &header),
            Err(error) => Err(explain(context, args, error)),
        },
        Input::Lines(lines) => stream(context, args, lines),
    }
}

/// Explains one token. One that was not `given` is the stored one.
fn one(
    context: &Context,
    args: &Inspect,
    token: &Token,
    given: bool,
    finding: Option<Finding>,
) -> Result<(), Failure> {
    let expected = expectations(context, args, given)?;
    let mut report = Report::new(token, judge(token, &expected), expected.now);
    if let Some(finding) = finding {
        if args.claim.is_some() {
            Output::warn(&finding.message);
        }
        report.add(finding);
    }
    if let Some(key) = key_file(args)? {
        report.signed(&key.check(token)?);
    }
    if args.online || args.roles {
        online::ask(context, args, token, &mut report)?;
    }
    require_good(args, &report)?;
    match &args.claim {
        Some(name) => claim(context, token.claims().all(), name),
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
            "it is encrypted (JWE): there is nothing that could be checked",
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

fn key_file(args: &Inspect) -> Result<Option<KeyFile<'_>>, Failure> {
    KeyFile::open(args)
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

/// Prints one claim: text as it is, for `$(…)`; everything else, and with
/// `--json` that too, as JSON.
fn claim(context: &Context, claims: &Map<String, Value>, name: &str) -> Result<(), Failure> {
    let Some(value) = claims.get(name) else {
        let names: Vec<&str> = claims.keys().map(String::as_str).collect();
        return Err(Failure::new(
            Code::General,
            format_args!("the token has no claim `{}`", typed_visible(name)),
        )
        .hint(format!("it has {}", names.join(", "))));
    };
    let text = if context.output.json {
        output::json_text(&value.to_string()).into_owned()
    } else {
        shown(value)
    };
    Output::raw(&format!("{text}\n"))
        .map_err(|failure| failure.context(format!("could not print the claim `{name}`")))
}

/// What the token is judged by. The account it should be for is the one
/// named; else the one logged in to, where there is one.
fn expectations(context: &Context, args: &Inspect, given: bool) -> Result<Expectations, Failure> {
    let named = accounts::named(context)?;
    let account = match named {
        Some((account, _)) => Some((account, given)),
        None => context
            .peek()
            .and_then(|session| session.current().cloned())
            .map(|account| (account, false)),
    };
    Ok(Expectations {
        now: context.now(),
        left: args.check.flatten(),
        account,
    })
}

/// The token in a text, and what is to be said if it is not the only one.
fn parse(text: &Secret) -> Result<(Token, Option<Finding>), TokenError> {
    let pasted = token::pasted(text.expose());
    let finding = pasted.name.map(|name| Finding {
        code: "several-tokens",
        level: if pasted.doubtful {
            Level::Problem
        } else {
            Level::Warning
        },
        message: format!(
            "this is {name}; the text holds another token as {}",
            pasted.others.join(", ")
        ),
    });
    Token::parse(pasted.text).map(|token| (token, finding))
}

/// Says what could be read of a broken token before the failure names the
/// part that could not.
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
    // Said already, where it is known to be something else.
    let hint = match args.token.as_deref().and_then(|text| mistaken(args, text)) {
        None if error.to_string().starts_with("it ") => None,
        other => Some(other.unwrap_or_else(|| again.to_owned())),
    };
    let failure = Failure::from(error).context("could not read the token");
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// What an argument that is no token was meant to be.
fn mistaken(args: &Inspect, text: &str) -> Option<String> {
    if args.check.is_some() && time::parse_span(text).is_ok() {
        Some(format!("write `--check={text}`, with `=`"))
    } else if Path::new(text).is_file() {
        Some("to read a file, run `vtexid inspect < FILE`".to_owned())
    } else if text.len() <= 20 && text.parse::<Account>().is_ok() {
        // Not repeated: it may be a piece of something secret.
        Some("to inspect a stored token, run `vtexid inspect -a ACCOUNT`".to_owned())
    } else {
        None
    }
}

/// A line that holds no token, in a stream.
#[derive(Serialize)]
struct Broken<'a> {
    error: String,
    jose_header: Option<&'a Map<String, Value>>,
}

/// One answer a line, in order. A line that cannot be read is answered too,
/// and counted.
///
/// # Errors
/// 1 when a line held no token, else 3 when `--check`, `--key` or `--secret` found one not good.
fn stream(context: &Context, args: &Inspect, mut lines: Lines) -> Result<(), Failure> {
    if args.online || args.roles {
        return Err(Failure::new(
            Code::Usage,
            "--online and --roles are for one token, and standard input brought several",
        ));
    }
    let key = key_file(args)?;
    let mut expected = expectations(context, args, true)?;
    let mut answers = output::JsonLines::new();
    let (mut all, mut broken, mut bad) = (0_u64, 0_u64, 0_u64);
    while let Some(line) = lines.next()? {
        all += 1;
        expected.now = context.now();
        let read = line.map_err(TokenError::new).and_then(|text| parse(&text));
        let listening = match read {
            Ok((ref token, finding)) => {
                let mut report = Report::new(token, judge(token, &expected), expected.now);
                if let Some(finding) = finding {
                    report.add(finding);
                }
                match key.as_ref().map(|key| key.check(token)) {
                    Some(Ok(good)) => report.signed(&good),
                    Some(Err(error)) => report.add(Finding {
                        code: "bad-signature",
                        level: Level::Problem,
                        message: error.to_string(),
                    }),
                    None => {}
                }
                let misses = args.check.is_some() && report.problem().is_some();
                bad += u64::from(misses || (key.is_some() && !report.signature_checked));
                match &args.claim {
                    None => answers.answer(&report)?,
                    Some(name) => answers.answer(&token.claims().all().get(name))?,
                }
            }
            Err(TokenError {
                encrypted: true,
                header: Some(ref header),
                ..
            }) => {
                bad += u64::from(args.check.is_some() || key.is_some());
                answers.answer(&Report::encrypted(header))?
            }
            Err(error) => {
                broken += 1;
                answers.answer(&Broken {
                    error: error.to_string(),
                    jose_header: error.header.as_deref(),
                })?
            }
        };
        if !listening {
            // A verdict on the rest would be asked for, and never given.
            return if args.check.is_some() || key.is_some() {
                Err(Failure::new(
                    Code::General,
                    "nobody reads the answers any more: not all tokens were judged",
                ))
            } else {
                Ok(())
            };
        }
        if lines.may_wait() {
            answers.flush()?;
        }
    }
    answers.flush()?;
    if broken > 0 {
        Err(Failure::new(
            Code::General,
            format_args!("{broken} of {all} lines hold no token that can be read"),
        ))
    } else if bad > 0 {
        Err(Failure::new(
            Code::BadToken,
            format_args!("{bad} of {all} tokens are not good"),
        ))
    } else {
        Ok(())
    }
}
