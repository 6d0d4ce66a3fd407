//! All pages of a list, one item per line.

use reqwest::{StatusCode, header::HeaderName};
use ring::digest::{SHA256, digest};
use serde_json::value::RawValue;

use super::{Wish, credential::Chosen, report::Report, sink::Sink};
use crate::{
    api::{Answer, Items, Next, Page, Pager, set_query},
    context::Context,
    error::{Code, Failure},
    output::{self, Output},
    runtime,
};

/// VTEX has no larger pages. A page is held in memory.
const MAX_PAGE_BYTES: usize = 64 << 20;
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// How far it has come.
#[derive(Default)]
struct State {
    pager: Pager,
    /// The name of the items' array, once a page had one.
    array: Option<String>,
    /// The previous page, to detect a repeated one.
    before: Option<Vec<u8>>,
    pages: usize,
    items: usize,
}

/// What came of one page.
enum Came {
    /// There is another.
    More,
    /// It was the last, or the output was closed.
    Done,
}

/// What ended a run of requests.
enum Ended {
    Done,
    /// A 401 that another token may change.
    Unauthorized(Failure),
}

/// Gets and prints them.
///
/// # Errors
/// For any answer but 2xx, with the count of what was done.
pub fn run(
    context: &Context,
    wish: &mut Wish,
    chosen: &mut Chosen,
    sink: &mut Sink,
) -> Result<(), Failure> {
    let mut state = State::default();
    let mut may_renew = true;
    let ended = loop {
        let may = may_renew && chosen.is_renewable(context);
        match until_end(context, wish, chosen, sink, &mut state, may) {
            Ok(Ended::Done) => break Ok(()),
            Ok(Ended::Unauthorized(failure)) => match chosen.renew(context) {
                Ok(true) => may_renew = false,
                Ok(false) => break Err(failure),
                Err(failure) => break Err(failure),
            },
            Err(failure) => break Err(failure),
        }
    };
    Output::end_status();
    ended.map_err(|failure| match state.pages {
        0 => failure,
        pages => failure.context(format!(
            "stopped after {} ({})",
            count(pages, "page"),
            count(state.items, "item")
        )),
    })
}

fn count(number: usize, what: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {what}{s}")
}

fn until_end(
    context: &Context,
    wish: &mut Wish,
    chosen: &Chosen,
    sink: &mut Sink,
    state: &mut State,
    may_renew: bool,
) -> Result<Ended, Failure> {
    wish.call.credential = chosen.sent();
    let shows_progress = context.can_spin() && !output::stdout_is_terminal();
    runtime::run(async {
        let api = context.api()?;
        loop {
            if shows_progress && state.pages > 0 {
                let done = format!(
                    "{}, {}",
                    count(state.pages, "page"),
                    count(state.items, "item")
                );
                context.output.status(state.pages, done);
            }
            let mut answer = api.send(&mut wish.call).await?;
            let status = answer.status();
            if !status.is_success() {
                let (body, whole) = answer.read(MAX_ERROR_BYTES).await.unwrap_or_default();
                let report = Report::of(wish, &answer, chosen);
                let failure = report.failure(&body, whole);
                if may_renew && status == StatusCode::UNAUTHORIZED {
                    return Ok(Ended::Unauthorized(failure));
                }
                return Err(failure);
            }
            match take(&mut answer, wish, sink, state).await? {
                Came::More => {}
                Came::Done => return Ok(Ended::Done),
            }
        }
    })
}

/// Prints a page, and turns the request into that for the next.
async fn take(
    answer: &mut Answer,
    wish: &mut Wish,
    sink: &mut Sink,
    state: &mut State,
) -> Result<Came, Failure> {
    let (body, whole) = answer.read(MAX_PAGE_BYTES).await?;
    if !whole {
        let words = format!("a page of {} is larger than 64 MiB", answer.host);
        return Err(Failure::new(Code::General, words).hint("request smaller pages"));
    }
    let items = Items::read(&body).map_err(|_| {
        Failure::new(
            Code::General,
            format_args!(
                "the answer of {} is not JSON, so it has no pages",
                answer.host
            ),
        )
        .hint("leave out --paginate")
    })?;
    let rows = items.rows(state.array.as_deref());
    let (array, rows) = rows.unwrap_or_default();
    let is_whole = array.is_none() && items.list_length().is_none();
    state.array = array.or(state.array.take());
    check_is_new(state, &rows, &body)?;
    let page = Page {
        url: &wish.call.url,
        status: answer.status(),
        headers: answer.head().headers(),
        items: &items,
    };
    if state.pages == 0
        && let Some(warning) = Pager::warning(&page)
    {
        Output::end_status();
        Output::warn(warning);
    }
    let next = state.pager.next(&page);
    let lines = rows.iter().map(AsRef::as_ref);
    let lines = lines.chain(items.whole().filter(|_| is_whole));
    let heard = sink.lines(lines)?;
    state.pages += 1;
    state.items += rows.len() + usize::from(is_whole);
    if !heard {
        return Ok(Came::Done);
    }
    match next {
        Next::End => return Ok(Came::Done),
        Next::Query(parameters) => set_query(&mut wish.call.url, &parameters),
        Next::Header(name, value) => {
            let value = value
                .parse()
                .map_err(|_| Failure::new(Code::General, "could not request the next page"))?;
            let name = HeaderName::from_static(name);
            wish.call.headers.insert(name, value);
        }
        Next::Refused(problem, hint) => {
            return Err(Failure::new(Code::General, problem).hint(hint));
        }
    }
    Ok(Came::More)
}

/// Refuses a repeated page: a server that ignores the parameter would send it
/// for ever.
fn check_is_new(state: &mut State, rows: &[Box<RawValue>], body: &[u8]) -> Result<(), Failure> {
    let page = if rows.is_empty() {
        digest(&SHA256, body)
    } else {
        let rows: Vec<&str> = rows.iter().map(|row| row.get()).collect();
        digest(&SHA256, rows.join("\n").as_bytes())
    };
    let before = state.before.replace(page.as_ref().to_vec());
    if before.as_deref() == Some(page.as_ref()) {
        return Err(Failure::new(
            Code::General,
            format_args!(
                "page {} is the same as page {}: this API ignores the page parameter",
                state.pages + 1,
                state.pages
            ),
        )
        .hint("request each page as the API's documentation says"));
    }
    Ok(())
}
