//! `vtexid login`: everything that can fail early does, then the browser.

use std::{io::IsTerminal as _, thread};

use serde::Serialize;

use crate::{
    account::Account,
    app::App,
    browser,
    cli::Login,
    error::{Code, Failure},
    login::{
        LoginFlow,
        callback::{Arrival, Verdict},
        page::Outcome,
    },
    output::Output,
    session::Session,
    store::StoreKind,
    time,
    token::{Grant, Validity},
    vtexid::{ApiError, VtexId},
};

/// One-time tokens tried before giving up: each is a request to VTEX ID that
/// any page on this machine could cause.
const TRIES: usize = 5;
/// Lines about visits that lead nowhere: more would only be noise.
const STRAYS: usize = 5;

/// Runs the command.
///
/// # Errors
/// As product and exit codes say; nothing is kept then.
pub fn run(app: &App, args: &Login) -> Result<(), Failure> {
    if app.config.token.is_some() {
        return Err(Failure::new(
            Code::Usage,
            "VTEX_TOKEN is set, and would win over this login",
        )
        .hint("unset VTEX_TOKEN, then log in"));
    }
    if app.config.ci && !args.no_browser {
        return Err(
            Failure::new(Code::Usage, "a CI job has no browser to log in with")
                .hint("make a token with vtexid apptoken, or print the address with --no-browser"),
        );
    }
    let named = app.named_account()?;
    if named.is_none() && !std::io::stdin().is_terminal() {
        return Err(
            Failure::new(Code::Usage, "no account is named").hint("run vtexid login ACCOUNT")
        );
    }
    let mut session = app.session()?;
    let account = match named {
        Some((account, _)) => account,
        None => session.current().cloned().ok_or_else(|| {
            Failure::new(Code::Usage, "no account is named").hint("run vtexid login ACCOUNT")
        })?,
    };
    let remembered = session.accounts().get(&account).map(|entry| entry.store);
    let store = args.store.or(remembered).unwrap_or_default();
    session.probe(&account, store)?;
    if store == StoreKind::File && remembered != Some(store) {
        Output::warn("the token will be kept in a plain-text file that only you can read");
    }
    let api = app.vtexid()?;
    let answer = App::run(browse(app, args, &api, &mut session, &account, store))?;
    if app.output.json {
        app.output.answer(&answer)?;
    }
    Ok(())
}

/// What `--json` prints. People get a note: the login's answer is that it
/// is over.
#[derive(Serialize)]
struct LoggedIn {
    account: Account,
    login: Option<String>,
    token_account: Option<String>,
    expires_at: Option<String>,
    store: StoreKind,
}

impl std::fmt::Display for LoggedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.account.fmt(f)
    }
}

async fn browse(
    app: &App,
    args: &Login,
    api: &VtexId,
    session: &mut Session,
    account: &Account,
    store: StoreKind,
) -> Result<LoggedIn, Failure> {
    let attempt = || format!("could not log in to {account}");
    let mut flow = LoginFlow::start(api, account, args.port.unwrap_or(0))
        .await
        .map_err(|e| Failure::from(e).context(attempt()))?;
    invite(app, args, account, &flow);
    let waiting = tokio::time::timeout(args.timeout, wait(app, session, account, store, &mut flow));
    let result = match waiting.await {
        Ok(result) => result,
        Err(_) => Err(Failure::new(
            Code::General,
            format_args!(
                "nobody signed in within {}",
                time::span_words(i64::try_from(args.timeout.as_secs()).unwrap_or(i64::MAX))
            ),
        )
        .hint(format!(
            "run vtexid login {account} again; --timeout 15m waits longer"
        ))),
    };
    flow.close().await;
    result.map_err(|failure| failure.context(attempt()))
}

/// The address first, then the browser: whether one came up cannot be known.
fn invite(app: &App, args: &Login, account: &Account, flow: &LoginFlow<'_>) {
    let output = app.output;
    let opens = !args.no_browser && app.config.display;
    let invitation = if opens {
        "opening your browser; if it does not come up, open this address"
    } else {
        "open this address in a browser on this machine"
    };
    Output::say(format_args!("{invitation} to log in to {account}:"));
    Output::say("");
    Output::say(format_args!("  {}", flow.page()));
    Output::say("");
    if opens {
        let page = flow.page().clone();
        // A launcher can take its time: the listener must not wait for it.
        thread::spawn(move || {
            if let Err(problem) = browser::open(&page) {
                Output::warn(format_args!(
                    "could not open a browser: {problem}; open the address yourself"
                ));
            }
        });
    }
    output.note(format_args!(
        "waiting for the browser on {}",
        flow.address()
    ));
}

/// Answers visits until one of them logs somebody in.
async fn wait(
    app: &App,
    session: &mut Session,
    account: &Account,
    store: StoreKind,
    flow: &mut LoginFlow<'_>,
) -> Result<LoggedIn, Failure> {
    let (mut tries, mut strays) = (0, 0);
    loop {
        let (ott, verdict) = match flow.arrival().await {
            Arrival::Ott { ott, verdict } => (ott, verdict),
            Arrival::Stray(problem) => {
                strays += 1;
                if strays <= STRAYS {
                    app.output.note(format_args!(
                        "a visit led nowhere: {problem}; still waiting"
                    ));
                }
                continue;
            }
        };
        tries += 1;
        // The page must not claim success before the token is safe.
        let grant = match flow.finish(&ott).await {
            Ok(grant) => grant,
            Err(refusal @ ApiError::Refused { .. }) if tries < TRIES => {
                Output::warn(format_args!("{refusal}; still waiting"));
                // The browser may be gone, which changes nothing.
                let _ = verdict.send(Verdict::Refused);
                continue;
            }
            Err(error) => {
                let _ = verdict.send(Verdict::Failed);
                return Err(
                    Failure::from(error).hint(format!("run vtexid login {account} to start over"))
                );
            }
        };
        if let Err(error) = session.remember(account, &grant, store) {
            let _ = verdict.send(Verdict::Failed);
            return Err(error.into());
        }
        let claims = grant.token.claims();
        let _ = verdict.send(Verdict::Accepted(Outcome {
            login: claims.login().unwrap_or("somebody").to_owned(),
            account: claims.account().unwrap_or(account.as_str()).to_owned(),
        }));
        return Ok(announce(app, session, account, &grant, store));
    }
}

fn announce(
    app: &App,
    session: &Session,
    account: &Account,
    grant: &Grant,
    store: StoreKind,
) -> LoggedIn {
    let claims = grant.token.claims();
    let left = match claims.validity(App::now()) {
        Validity::Until(exp) => {
            format!(
                "good for {}",
                time::span_words(exp.saturating_sub(App::now()))
            )
        }
        Validity::ExpiredAt(exp) => format!("already expired, on {}", time::utc_words(exp)),
        Validity::Unstated => "good for an unstated time".to_owned(),
    };
    app.output.note(format_args!(
        "logged in to {account} as {}: {left}, kept in the {store}",
        claims.login().unwrap_or("an unnamed user"),
    ));
    let entry = session.accounts().get(account);
    let token_account = entry.and_then(|entry| entry.token_account.clone());
    if let Some(other) = &token_account {
        Output::warn(format_args!(
            "the token names the account {other}, not {account}; it is kept for {account}"
        ));
    }
    LoggedIn {
        account: account.clone(),
        login: claims.login().map(str::to_owned),
        token_account,
        expires_at: claims.seconds("exp").and_then(time::rfc3339),
        store,
    }
}
