//! Many tokens, one a line of standard input: an answer a line.
//!
//! Not for telling a stream from a token that is wrapped (`input`).

mod explain;
mod lines;
mod workers;

use self::{
    explain::Explainer,
    workers::{Next, Work},
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
/// found one not good, else 1 when a signature could not be checked.
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
    // Answers on the same terminal show themselves how far it is.
    let _progress = if output::stdout_is_terminal() {
        None
    } else {
        context.progress("explaining tokens")
    };
    let mut work = Work::start(explainer, lines);
    loop {
        let somebody_reads = match work.next()? {
            Next::Answers(answers) => {
                counts.add(&answers.counts);
                output::print_lines(&answers.json)?
            }
            Next::NobodyReads => false,
            Next::End => return counts.verdict(),
        };
        if !somebody_reads {
            // A verdict on the rest would be asked for, and never given.
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
