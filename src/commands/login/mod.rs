//! `vtexid login`: everything that can fail early does; then a token from
//! stdin, a renewal, or the browser, whichever is asked for or enough.

mod browse;

use std::io::{self, IsTerminal as _, Read as _};

use serde::Serialize;

use crate::{
    account::Account,
    app::App,
    cli::Login,
    error::{Code, Failure},
    login::turn::Turn,
    output::{Answer, Output},
    renewal::{self, Renewal},
    secret::Secret,
    session::Session,
    store::StoreKind,
    time,
    token::{self, Grant, Kind, Token, Validity},
    vtexid::VtexId,
};

/// No token is larger.
const TOKEN_LIMIT: u64 = 64 * 1024;

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
    if app.config.ci && !args.no_browser && !args.with_token {
        return Err(
            Failure::new(Code::Usage, "a CI job has no browser to log in with").hint(
                "make a token with vtexid apptoken, pass one with --with-token, or print the address with --no-browser",
            ),
        );
    }
    let named = app.named_account()?.map(|(account, _)| account);
    let given = if args.with_token {
        Some(given_token()?)
    } else {
        None
    };
    let unnamed =
        || Failure::new(Code::Usage, "no account is named").hint("run vtexid login ACCOUNT");
    if named.is_none() && given.is_none() && !io::stdin().is_terminal() {
        return Err(unnamed());
    }
    let mut session = app.session()?;
    let account = match (named, &given) {
        (Some(account), _) => account,
        (None, Some(token)) => token
            .claims()
            .account()
            .and_then(|account| account.parse().ok())
            .ok_or_else(unnamed)?,
        (None, None) => session.current().cloned().ok_or_else(unnamed)?,
    };
    let remembered = session.accounts().get(&account).map(|entry| entry.store);
    let store = args.store.or(remembered).unwrap_or_default();
    session
        .probe(&account, store)
        .map_err(|e| Failure::from(e).naming(&account))?;
    if store == StoreKind::File && remembered != Some(store) {
        Output::warn("the token will be kept in a plain-text file that only you can read");
    }
    let answer = match given {
        Some(token) => {
            let grant = Grant {
                token,
                refresh: None,
            };
            let answer = remember(app, &mut session, &account, &grant, store)?;
            // Where a pair is kept, that makes the next one, which is told then.
            if session.pair(&account)?.is_none() {
                app.output
                    .note("it came without a refresh token, so it cannot be renewed");
            }
            answer
        }
        None => sign_in(app, args, &mut session, &account, store)
            .map_err(|failure| failure.context(format!("could not log in to {account}")))?,
    };
    if app.output.json {
        app.output.answer(&answer)?;
    }
    Ok(())
}

/// A renewal where that is enough, else the browser; one login at a time.
fn sign_in(
    app: &App,
    args: &Login,
    session: &mut Session,
    account: &Account,
    store: StoreKind,
) -> Result<LoggedIn, Failure> {
    let turn = Turn::take(session.dir(), account).map_err(|e| {
        Failure::new(
            Code::General,
            format_args!("could not lock {}: {e}", session.dir().display()),
        )
    })?;
    let turn = turn.map_err(|other| {
        let failure = Failure::new(Code::General, "another login to it is under way");
        match other.page {
            Some(page) => failure.hint(format!(
                "finish it, or end it with Ctrl-C; it waits for this page: {page}"
            )),
            None => failure.hint("wait for it, or end it with Ctrl-C"),
        }
    })?;
    let api = app.vtexid()?;
    if !args.fresh
        && let Some(renewed) = renew(app, &api, session, account, store)?
    {
        return Ok(renewed);
    }
    browse::run(app, args, &api, session, account, store, &turn)
}

/// Renews with the stored refresh token. `None` when there is none or VTEX ID
/// refuses it, and the browser is needed.
fn renew(
    app: &App,
    api: &VtexId,
    session: &mut Session,
    account: &Account,
    store: StoreKind,
) -> Result<Option<LoggedIn>, Failure> {
    // An app key's pair renews no user's login. A store that cannot be asked
    // any more may be why another is named now; the one named was probed.
    if session.refresh_token(account).ok().flatten().is_none() {
        return Ok(None);
    }
    let keep = |session: &mut Session, grant: Grant| remember(app, session, account, &grant, store);
    match renewal::renew(session, api, account, |_| false, keep)? {
        Renewal::Kept(renewed) => {
            app.output.note(
                "renewed without a browser; --fresh signs in anew, as another user if you like",
            );
            Ok(Some(renewed))
        }
        Renewal::Refused(word, _) => {
            app.output.note(format_args!(
                "the stored session cannot be renewed (VTEX ID says {word}): sign in again"
            ));
            Ok(None)
        }
        Renewal::Already(_) | Renewal::Impossible => Ok(None),
    }
}

/// The token on stdin, checked; asked for, hidden, where stdin is a terminal.
fn given_token() -> Result<Token, Failure> {
    let attempt = "could not log in with the token on standard input";
    let text = if io::stdin().is_terminal() {
        App::hidden("token: ")?
    } else {
        let mut text = zeroize::Zeroizing::new(Vec::new());
        io::stdin()
            .lock()
            .take(TOKEN_LIMIT + 1)
            .read_to_end(&mut text)
            .map_err(|e| Failure::new(Code::General, e).context(attempt))?;
        if text.len() as u64 > TOKEN_LIMIT {
            return Err(Failure::new(Code::General, "it is larger than any token").context(attempt));
        }
        Secret::new(String::from_utf8_lossy(&text).into_owned())
    };
    let text = token::pasted(text.expose()).text;
    let token = Token::parse(text).map_err(|e| Failure::from(e).context(attempt))?;
    if token.claims().kind() == Kind::SessionCookie {
        return Err(Failure::new(
            Code::BadToken,
            "it is a vtex_session cookie, which is no credential",
        )
        .context(attempt));
    }
    if let Validity::ExpiredAt(exp) = token.claims().validity(App::now()) {
        return Err(Failure::new(
            Code::BadToken,
            format_args!("it expired on {}", time::utc_words(exp)),
        )
        .context(attempt));
    }
    Ok(token)
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

impl Answer for LoggedIn {
    fn lines(&self) -> Vec<String> {
        vec![self.account.to_string()]
    }
}

/// Keeps what came and says what it is, in particular where it is not what
/// one would expect.
fn remember(
    app: &App,
    session: &mut Session,
    account: &Account,
    grant: &Grant,
    store: StoreKind,
) -> Result<LoggedIn, Failure> {
    let before = session.accounts().get(account).cloned();
    let left = session.remember(account, grant, store)?;
    App::warn_of_left(account, left);
    let claims = grant.token.claims();
    let now = App::now();
    let left = match claims.validity(now) {
        Validity::Until(exp) => format!("good for {}", time::span_words(exp.saturating_sub(now))),
        Validity::ExpiredAt(exp) => format!("already expired, on {}", time::utc_words(exp)),
        Validity::Unstated => "good for an unstated time".to_owned(),
    };
    app.output.note(format_args!(
        "logged in to {account} as {}: {left}, kept in {}",
        claims.login().unwrap_or("an unnamed user"),
        store.words()
    ));
    if let Validity::ExpiredAt(_) = claims.validity(now) {
        Output::warn(
            "VTEX ID handed out a token that is expired already by this machine's clock: vtexid doctor compares the two",
        );
    }
    let token_account = session
        .accounts()
        .get(account)
        .and_then(|entry| entry.token_account.clone());
    if let Some(other) = &token_account {
        Output::warn(format_args!(
            "the token names the account {other}, not {account}; it is kept for {account}"
        ));
    }
    let old = before.and_then(|entry| entry.login);
    App::warn_of_other_user(old.as_deref(), claims.login());
    Ok(LoggedIn {
        account: account.clone(),
        login: claims.login().map(str::to_owned),
        token_account,
        expires_at: claims.seconds("exp").and_then(time::rfc3339),
        store,
    })
}
