//! `vtexid api`: a request to a VTEX API, with a credential that is not shown.

mod credential;
mod pages;
mod report;
mod send;
mod sink;

use std::io::{self, IsTerminal as _};

use reqwest::{
    Method, Url,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde::Serialize;

use self::{
    credential::{Chosen, Intent},
    sink::Sink,
};
use crate::{
    api::{self, Call, Content, Data, Takes, Typed},
    cli::{Api, As},
    context::Context,
    error::{Code, Failure},
    output::{Answer, path_visible},
};

/// What was typed, checked.
struct Wish {
    /// None for a URL without a credential.
    intent: Option<Intent>,
    data: Option<Data>,
    takes: Takes,
    call: Call,
    /// `-a` and `--as` as typed, for hints.
    flags: String,
}

/// Runs the command.
///
/// # Errors
/// 1 for a redirect, 403 and other 4xx, 2 for wrong usage, 3 for 401, 6 for no
/// answer, 429 and 5xx; and those of finding a credential.
pub fn run(context: &Context, args: &Api) -> Result<(), Failure> {
    let mut wish = wish(context, args)?;
    if args.print_curl {
        return context.output.answer(&curl(context, args, &wish));
    }
    wish.call.body = match &wish.data {
        Some(data) => Some(open(context, data)?),
        None => None,
    };
    let mut sink = Sink::open(context, args.output.as_deref())?;
    let mut chosen = match wish.intent.take() {
        Some(intent) => intent.load(context, wish.takes)?,
        None => Chosen::None,
    };
    if args.paginate {
        pages::run(context, &mut wish, &mut chosen, &mut sink)?;
    } else {
        send::run(context, args, &mut wish, &mut chosen, &mut sink)?;
    }
    sink.finish()
}

fn wish(context: &Context, args: &Api) -> Result<Wish, Failure> {
    if context.output.json {
        return Err(usage(
            "cannot use --json with api: the API's answer is printed unchanged",
        ));
    }
    api::check_typed(&args.path.0)?;
    let data = match &args.data {
        Some(text) => Some(Data::read(text).map_err(usage)?),
        None => None,
    };
    let method = match &args.method {
        Some(method) => api::method(method).map_err(usage)?,
        None if data.is_some() => Method::POST,
        None => Method::GET,
    };
    if args.paginate && method != Method::GET {
        return Err(usage("--paginate works with GET only"));
    }
    let mut headers = api::headers(&args.header).map_err(usage)?;
    // `X-HTTP-Method-Override` and its relatives, which some servers obey;
    // others read `_` in a header's name as `-`.
    let may_override = |name: &HeaderName| name.as_str().contains("method");
    if args.get && headers.keys().any(may_override) {
        return Err(usage(
            "--get allows only GET: remove the header that changes the method",
        ));
    }
    // A request to any other host could leak what was read.
    if args.get && args.credential == Some(As::None) {
        return Err(usage(
            "--get allows only the account's own VTEX hosts: leave out --as none",
        ));
    }
    default(&mut headers, ACCEPT.as_str(), "application/json, */*;q=0.5");
    if data.is_some() {
        default(&mut headers, CONTENT_TYPE.as_str(), "application/json");
    }
    let (intent, url) = url(context, args)?;
    Ok(Wish {
        flags: flags(context, args),
        takes: api::takes(method.as_str(), url.path()),
        intent,
        data,
        call: Call {
            method,
            url,
            headers,
            body: None,
            credential: None,
        },
    })
}

/// The flags that choose the credential, so that a hint is about the same one.
fn flags(context: &Context, args: &Api) -> String {
    let account = context.account.as_ref();
    let account = account.map_or_else(String::new, |account| format!(" -a {account}"));
    match &args.credential {
        Some(As::Slot(slot)) => format!("{account} --as {slot}"),
        _ => account,
    }
}

fn url(context: &Context, args: &Api) -> Result<(Option<Intent>, Url), Failure> {
    let path = &args.path.0;
    let credential = args.credential != Some(As::None);
    if !credential && let Some(url) = api::bare_url(&context.site, path)? {
        if args.host.is_some() || args.workspace.is_some() {
            return Err(usage(
                "cannot use --host or --workspace with a URL, which already has a host",
            ));
        }
        return Ok((None, url));
    }
    let intent = if args.print_curl {
        Intent::without(context)?
    } else {
        Intent::find(context, args.credential.as_ref())?
    };
    let typed = Typed {
        path,
        host: args.host.as_deref(),
        workspace: args.workspace.as_deref(),
        credential,
    };
    let url = api::target(&context.site, &intent.account, typed)?;
    Ok((Some(intent), url))
}

fn default(headers: &mut HeaderMap, name: &'static str, value: &'static str) {
    if !headers.contains_key(name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn usage(problem: impl std::fmt::Display) -> Failure {
    Failure::new(Code::Usage, problem)
}

fn open(context: &Context, data: &Data) -> Result<Content, Failure> {
    if *data == Data::Stdin && io::stdin().is_terminal() {
        context.output.note("type the body, then press Ctrl-D");
    }
    Content::open(data).map_err(|e| {
        let from = match data {
            Data::File(path) => path_visible(path),
            _ => "standard input".to_owned(),
        };
        Failure::new(
            Code::General,
            format_args!("could not read the body from {from}: {e}"),
        )
    })
}

/// What `--print-curl` prints.
#[derive(Serialize)]
struct Curl(Vec<String>);

impl Answer for Curl {
    fn lines(&self) -> Vec<String> {
        self.0.clone()
    }

    fn is_for_programs(&self) -> bool {
        true
    }
}

fn curl(context: &Context, args: &Api, wish: &Wish) -> Curl {
    let config = &context.config;
    let known: Vec<_> = [&config.token, &config.app_token]
        .into_iter()
        .flatten()
        .collect();
    let mut lines = api::curl(&wish.call, wish.data.as_ref(), &known);
    lines.push(match (&wish.intent, &args.credential) {
        (_, Some(As::None)) | (None, _) => "# sent without a credential".to_owned(),
        (Some(intent), wanted) => {
            let account = &intent.account;
            let wanted = match wanted {
                Some(As::Slot(slot)) => format!(" --as {slot}"),
                _ => String::new(),
            };
            format!(
                "# add the credential: vtexid local token -a {account}{wanted} --format curl | curl -K - ..."
            )
        }
    });
    Curl(lines)
}
