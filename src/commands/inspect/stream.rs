//! Many tokens, one a line of standard input: an answer a line.
//!
//! Not for telling a stream from a token that is wrapped (`input`).

use serde::Serialize;
use serde_json::{Map, Value};

use super::{expectations, input::Lines, key::KeyFile, parse, report::Report};
use crate::{
    cli::Inspect,
    context::Context,
    error::{Code, Failure},
    judge::{Finding, Level, judge},
    output,
    signature::VerifyError,
    token::TokenError,
};

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
/// 1 when a line held no token, else 3 when `--check`, `--key` or `--secret`
/// found one not good, else 1 when a signature could not be checked.
pub fn stream(context: &Context, args: &Inspect, mut lines: Lines) -> Result<(), Failure> {
    if args.online || args.roles {
        return Err(Failure::new(
            Code::Usage,
            "--online and --roles take one token, but standard input has several",
        ));
    }
    let key = KeyFile::open(args)?;
    let mut expected = expectations(context, args, true)?;
    let mut answers = output::JsonLines::new();
    let mut counts = Counts::default();
    // Answers on the same terminal show themselves how far it is.
    let _progress = if output::stdout_is_terminal() {
        None
    } else {
        context.progress("explaining tokens")
    };
    while let Some(line) = lines.next()? {
        counts.all += 1;
        expected.now = context.now();
        let read = line
            .map_err(TokenError::new)
            .and_then(|text| parse(text.expose()));
        let listening = match read {
            Ok((ref token, finding)) => {
                let mut is_wrong = false;
                let mut report = Report::new(token, judge(token, &expected), expected.now);
                if let Some(finding) = finding {
                    report.add(finding);
                }
                match key.as_ref().map(|key| key.check(token)) {
                    Some(Ok(good)) => report.signed(&good),
                    Some(Err(error)) => {
                        let is_bad = matches!(error, VerifyError::Invalid(_));
                        counts.unchecked += u64::from(!is_bad);
                        is_wrong |= is_bad;
                        report.add(Finding {
                            code: if is_bad {
                                "bad-signature"
                            } else {
                                "unchecked-signature"
                            },
                            level: if is_bad {
                                Level::Problem
                            } else {
                                Level::Warning
                            },
                            message: error.to_string(),
                        });
                    }
                    None => {}
                }
                is_wrong |= args.check.is_some() && report.problem().is_some();
                counts.bad += u64::from(is_wrong);
                match &args.claim {
                    None => answers.answer(&report)?,
                    Some(name) => answers.answer(&token.claims().exact().get(name))?,
                }
            }
            Err(TokenError {
                encrypted: true,
                header: Some(ref header),
                ..
            }) => {
                counts.bad += u64::from(args.check.is_some());
                counts.unchecked += u64::from(key.is_some());
                answers.answer(&Report::encrypted(header))?
            }
            Err(error) => {
                counts.broken += 1;
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
                    "the output was closed: not all tokens were checked",
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
    counts.verdict()
}

/// How many lines there were, and what they held.
#[derive(Default)]
struct Counts {
    all: u64,
    /// No token.
    broken: u64,
    /// One that is not good, where that was asked.
    bad: u64,
    /// One whose signature could not be checked.
    unchecked: u64,
}

impl Counts {
    fn verdict(&self) -> Result<(), Failure> {
        let all = self.all;
        let (code, words) = if self.broken > 0 {
            (
                Code::General,
                format!("could not read a token from {} of {all} lines", self.broken),
            )
        } else if self.bad > 0 {
            (
                Code::BadToken,
                format!("{} of {all} tokens are invalid", self.bad),
            )
        } else if self.unchecked > 0 {
            (
                Code::General,
                format!(
                    "could not check the signatures of {} of {all} tokens",
                    self.unchecked
                ),
            )
        } else {
            return Ok(());
        };
        Err(Failure::new(code, words))
    }
}
