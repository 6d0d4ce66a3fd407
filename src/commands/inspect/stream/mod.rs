//! Many tokens, one a line of standard input: an answer a line.
//!
//! Not for telling a stream from a token that is wrapped (`input`).

mod explain;
mod lines;
mod workers;

use self::{
    explain::Explainer,
    workers::{Next, Stream},
};
use super::{expectations, key::KeyFile};
use crate::{
    cli::Inspect,
    context::Context,
    error::{Code, Failure},
    output,
};

pub use self::lines::Lines;

/// One answer a line, in order. A line that cannot be read is answered too,
/// and counted.
///
/// # Errors
/// 1 when a line held no token, else 3 when `--check`, `--key` or `--secret`
/// found an invalid one, else 1 when a signature could not be checked.
pub fn stream(context: &Context, args: &Inspect, lines: Lines) -> Result<(), Failure> {
    if args.online || args.roles {
        return Err(Failure::new(
            Code::Usage,
            "--online and --roles take one token, but standard input has several",
        ));
    }
    let explainer = Explainer {
        key: KeyFile::open(args)?,
        expected: expectations(context, args, true)?,
        clock_offset: context.clock_offset(),
        claim: args.claim.clone(),
        for_runner: output::is_read_by_runner(),
        check: args.check.is_some(),
    };
    let judges = explainer.check || explainer.key.is_some();
    let mut counts = Counts::default();
    // Answers on the same terminal show the progress themselves.
    let _progress = if output::stdout_is_terminal() {
        None
    } else {
        context.progress("explaining tokens")
    };
    let mut stream = Stream::start(explainer, lines);
    loop {
        let is_open = match stream.next()? {
            Next::Answers(answers) => {
                counts.add(&answers.counts);
                output::print_lines(&answers.json)?
            }
            Next::Closed => false,
            Next::End => return counts.verdict(),
        };
        if !is_open {
            // The caller asked for a verdict on every token.
            return if judges {
                Err(Failure::new(
                    Code::General,
                    "the output was closed: not all tokens were checked",
                ))
            } else {
                Ok(())
            };
        }
    }
}

/// How many lines there were, and of which kind.
#[derive(Default)]
struct Counts {
    all: u64,
    /// Lines without a token.
    broken: u64,
    /// Invalid tokens, if a check was requested.
    bad: u64,
    /// Tokens whose signature could not be checked.
    unchecked: u64,
}

impl Counts {
    fn add(&mut self, more: &Self) {
        self.all += more.all;
        self.broken += more.broken;
        self.bad += more.bad;
        self.unchecked += more.unchecked;
    }

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
