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
/// 1 when a line held no token, else 3 when `--check`, `--key` or `--secret` found one not good.
pub fn stream(context: &Context, args: &Inspect, mut lines: Lines) -> Result<(), Failure> {
    if args.online || args.roles {
        return Err(Failure::new(
            Code::Usage,
            "--online and --roles are for one token, and standard input brought several",
        ));
    }
    let key = KeyFile::open(args)?;
    let mut expected = expectations(context, args, true)?;
    let mut answers = output::JsonLines::new();
    let (mut all, mut broken, mut bad) = (0_u64, 0_u64, 0_u64);
    while let Some(line) = lines.next()? {
        all += 1;
        expected.now = context.now();
        let read = line
            .map_err(TokenError::new)
            .and_then(|text| parse(text.expose()));
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
