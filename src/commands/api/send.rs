//! One request and its answer, as it comes.

use super::{
    Wish,
    credential::Chosen,
    report::Report,
    sink::{Head, Sink},
};
use crate::{api::Answer, cli::Api, context::Context, error::Failure, output::Output, runtime};

/// Limit of an error's body, unless it is printed.
const MAX_ERROR_BYTES: usize = 64 * 1024;
/// Limit of a body that is held while a token is renewed.
const MAX_KEPT_BYTES: usize = 1 << 20;

/// The result of one try.
enum Tried {
    Done,
    /// A 401 that another token may change: its failure, head and body.
    Unauthorized(Failure, Head, Vec<u8>),
}

/// Sends it, and once more with a new token after a 401.
///
/// # Errors
/// For any answer but 2xx.
pub fn run(
    context: &Context,
    args: &Api,
    wish: &mut Wish,
    chosen: &mut Chosen,
    sink: &mut Sink,
) -> Result<(), Failure> {
    let may_renew = wish.call.can_repeat() && chosen.is_renewable(context);
    match attempt(context, args, wish, chosen, sink, may_renew)? {
        Tried::Done => Ok(()),
        Tried::Unauthorized(failure, head, body) => {
            if !chosen.renew(context)? {
                if args.fail_body {
                    sink.begin(&head, args.include)?;
                    sink.write(&body)?;
                    sink.end()?;
                    sink.finish()?;
                }
                return Err(failure);
            }
            attempt(context, args, wish, chosen, sink, false).map(drop)
        }
    }
}

fn attempt(
    context: &Context,
    args: &Api,
    wish: &mut Wish,
    chosen: &Chosen,
    sink: &mut Sink,
    may_renew: bool,
) -> Result<Tried, Failure> {
    wish.call.credential = chosen.sent();
    runtime::run(async {
        let api = context.api()?;
        let mut answer = api.send(&mut wish.call).await?;
        let status = answer.status();
        let head = Head::of(answer.head());
        if status.is_success() {
            sink.begin(&head, args.include)?;
            pass_on(&mut answer, sink).await?;
            return Ok(Tried::Done);
        }
        let retries = may_renew && status == reqwest::StatusCode::UNAUTHORIZED;
        if args.include && !args.fail_body && !retries {
            for line in head.text.lines() {
                Output::say(line);
            }
        }
        let limit = if retries {
            MAX_KEPT_BYTES
        } else {
            MAX_ERROR_BYTES
        };
        let (body, whole) = if args.fail_body && !retries {
            sink.begin(&head, args.include)?;
            pass_on(&mut answer, sink).await?;
            (Vec::new(), true)
        } else {
            // An incomplete body still has a status.
            answer.read(limit).await.unwrap_or_default()
        };
        let report = Report::of(wish, &answer, chosen);
        let shown: &[u8] = if args.fail_body { &[] } else { &body };
        let failure = report.failure(shown, whole);
        if retries {
            return Ok(Tried::Unauthorized(failure, head, body));
        }
        // With --fail-body the body is the answer.
        if args.fail_body {
            sink.finish()?;
        }
        Err(failure)
    })
}

/// Passes on the body until its end, or until the output is closed.
async fn pass_on(answer: &mut Answer, sink: &mut Sink) -> Result<(), Failure> {
    while let Some(piece) = answer.next().await? {
        if !sink.write(&piece)? {
            return Ok(());
        }
    }
    sink.end()
}
