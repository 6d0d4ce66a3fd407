//! `vtexid apptoken`: a token from an app key and app token, for CI.
//!
//! With a given pair it opens no keyring, no index and no home directory: a CI
//! job may have none.

use std::{
    io::{self, IsTerminal as _},
    path::Path,
};

use serde::Serialize;

use crate::{
    account::Account,
    accounts,
    cli::Apptoken,
    context::{self, Context},
    credential::{
        Stored,
        pair::{self, AppPair},
    },
    disk,
    error::{Code, Failure},
    format::{self, AppFormat, Format, Printed, Shape},
    output::{self, Answer, Output, path_visible},
    prompt, provided,
    secret::Secret,
    session::{Current, NewCredential, NewTokens, Session},
    slot::Slot,
    store::StoreKind,
    time,
    token::{self, Token, Validity},
};

/// Real app tokens have 128 characters; a much larger file is the wrong one.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// Runs the command.
///
/// # Errors
/// 2 when the pair is not complete, 3 when VTEX ID refuses it.
pub fn run(context: &Context, args: &Apptoken) -> Result<(), Failure> {
    if args.save && matches!(args.format, Some(AppFormat::KeyHeaders)) {
        return Err(Failure::new(
            Code::Usage,
            "cannot use --save with `--format key-headers`",
        )
        .hint("run `vtexid apptoken --save` first, then `vtexid apptoken -a ACCOUNT --format key-headers`"));
    }
    let (name, domain) = (args.shaping.name.as_ref(), args.shaping.domain.as_ref());
    format::check_json(context.output.json, args.format.unwrap_or_default())?;
    let shape = match args.format.unwrap_or_default() {
        AppFormat::Token(format) => Some(Shape::new(format, name, domain)?),
        AppFormat::KeyHeaders => {
            Shape::check_details(None, name, domain)?;
            None
        }
    };
    let pair = match pair(context, args)? {
        Some(pair) => pair,
        None => saved_pair(context)?,
    };
    let Some(shape) = shape else {
        context.mask(&pair.app_token);
        let headers = KeyHeaders {
            key: &pair.app_key,
            token: pair.app_token.expose(),
        };
        return context.output.answer(&headers);
    };
    let token = pair.make_token(context)?;
    if args.save {
        save(context, args, &pair, &token)?;
        // After --save the token is printed only with --format.
        if args.format.is_none() && !context.output.json && output::stdout_is_terminal() {
            return Ok(());
        }
    }
    shape.check(&token)?;
    context.mask(token.secret());
    if let Validity::ExpiredAt(exp) = token.claims().validity(context.now()) {
        Output::warn(format_args!(
            "according to this machine's clock, the token already expired on {}",
            time::utc_words(exp)
        ));
    }
    let printed = Printed::new(
        &token,
        Some(&pair.account),
        &context.site,
        "app key",
        &shape,
    );
    let json = context.output.json || shape.format == Format::Json;
    Output {
        json,
        ..context.output
    }
    .answer(&printed)
}

/// The pair from the command line and the environment; none without an app key.
fn pair(context: &Context, args: &Apptoken) -> Result<Option<AppPair>, Failure> {
    let Some(app_key) = args.app_key.as_ref().or(context.config.app_key.as_ref()) else {
        return Ok(None);
    };
    pair::check_key(app_key)?;
    Ok(Some(AppPair {
        account: account(context, app_key)?,
        app_token: app_token(context, args, app_key)?,
        app_key: app_key.clone(),
    }))
}

/// The pair that `--save` stored for the account. Only here is a store opened.
fn saved_pair(context: &Context) -> Result<AppPair, Failure> {
    let ways = "set VTEX_APP_KEY and VTEX_APP_TOKEN, or pass --app-key KEY";
    // A machine without a home has nothing stored.
    let session = if context.has_home() {
        Some(context.session()?)
    } else {
        None
    };
    let current = session.as_ref().and_then(Session::current);
    let Some(account) = accounts::named(context)?
        .map(|(a, _)| a)
        .or(current.cloned())
    else {
        return Err(Failure::new(Code::Usage, "missing app key").hint(format!(
            "{ways}; for a saved app key, pass --account ACCOUNT"
        )));
    };
    let saved = session.and_then(|session| Stored::new(session, &account, Slot::Key));
    let pair = match saved {
        Some(stored) => stored.pair()?,
        None => None,
    };
    pair.ok_or_else(|| {
        Failure::new(
            Code::Usage,
            format_args!("no app key is saved for {account}"),
        )
        .hint(format!("{ways}; add --save to save the pair"))
    })
}

/// Saves the pair, and the token it made for `local token`.
fn save(context: &Context, args: &Apptoken, pair: &AppPair, token: &Token) -> Result<(), Failure> {
    let account = &pair.account;
    let mut session = context.session()?;
    let line = session.accounts().get(account);
    let known = line.and_then(|line| line.store(&Slot::Key));
    let before = line.and_then(|line| line.key.clone());
    let store = context.store_for(args.store, known)?;
    if store == StoreKind::File && known != Some(store) {
        Output::warn("saving the app token in a plain-text file that only you can read");
    }
    session.probe(account, store)?;
    let replaced = before
        .and_then(|entry| entry.app_key)
        .filter(|old| *old != pair.app_key);
    if let Some(old) = &replaced
        && prompt::can_ask()
    {
        let question = format!(
            "replace the saved app key {old}, whose app token VTEX shows only once? [y/N] "
        );
        if !prompt::confirm(context, &question)? {
            return Err(Failure::new(
                Code::General,
                format_args!("did not replace the saved app key {old} of {account}"),
            ));
        }
    }
    let item = NewTokens::of_app_key(token.clone(), &pair.app_key, &pair.app_token).item;
    let new = NewCredential {
        slot: &Slot::Key,
        item: &item,
        store,
        current: Current::IfNone,
    };
    let lock = session.lock_account(account)?;
    let stale = session.save(&lock, &new)?;
    context::warn_of_stale_secrets(account, stale);
    context.output.done(format_args!(
        "saved app key {} in {}; `vtexid local token -a {account} --as key` will use it",
        pair.app_key,
        store.words()
    ));
    if let Some(old) = replaced {
        Output::warn(format_args!(
            "replaced the saved app key {old} of {account}"
        ));
    }
    Ok(())
}

/// The pair itself, which requests may carry instead of a token.
#[derive(Serialize)]
struct KeyHeaders<'a> {
    #[serde(rename = "X-VTEX-API-AppKey")]
    key: &'a str,
    #[serde(rename = "X-VTEX-API-AppToken")]
    token: &'a str,
}

impl Answer for KeyHeaders<'_> {
    fn lines(&self) -> Vec<String> {
        vec![
            format!("X-VTEX-API-AppKey: {}", self.key),
            format!("X-VTEX-API-AppToken: {}", self.token),
        ]
    }

    fn is_for_programs(&self) -> bool {
        true
    }
}

/// `--account`, `VTEX_ACCOUNT`, or the account in the key's own name.
fn account(context: &Context, key: &str) -> Result<Account, Failure> {
    if let Some((account, _)) = accounts::named(context)? {
        return Ok(account);
    }
    pair::account_of(key).ok_or_else(|| {
        Failure::new(Code::Usage, "the app key does not contain an account")
            .hint("set VTEX_ACCOUNT, or pass --account ACCOUNT")
    })
}

fn app_token(context: &Context, args: &Apptoken, key: &str) -> Result<Secret, Failure> {
    let text = match &args.app_token_file {
        Some(path) if path == Path::new("-") && io::stdin().is_terminal() => ask(context, key)?,
        Some(path) if path == Path::new("-") => read_stdin()?,
        Some(path) => {
            let failed = |problem: String| {
                Failure::new(
                    Code::General,
                    format_args!(
                        "could not read the app token file {}: {problem}",
                        path_visible(path)
                    ),
                )
            };
            let bytes =
                disk::read_given(path, MAX_FILE_BYTES).map_err(|e| failed(e.to_string()))?;
            provided::value(&bytes).map_err(failed)?
        }
        None => match &context.config.app_token {
            // VTEX_APP_TOKEN belongs to VTEX_APP_KEY, not to another key.
            Some(secret) if context.config.app_key.as_deref().is_none_or(|k| k == key) => {
                secret.clone()
            }
            Some(_) if !io::stdin().is_terminal() => {
                return Err(Failure::new(
                    Code::Usage,
                    format_args!(
                        "VTEX_APP_TOKEN belongs to the app key in VTEX_APP_KEY, not to {key}"
                    ),
                )
                .hint("pass that key's app token with --app-token-file FILE (`-` for stdin)"));
            }
            _ => ask(context, key)?,
        },
    };
    pair::check_app_token(&text)?;
    Ok(text)
}

/// Reads an app token from stdin.
fn read_stdin() -> Result<Secret, Failure> {
    prompt::piped_secret(MAX_FILE_BYTES).map_err(|problem| match problem {
        prompt::StdinProblem::TooLarge => {
            Failure::new(Code::Usage, "standard input is too large for an app token")
        }
        prompt::StdinProblem::Unreadable(problem) => Failure::new(
            Code::General,
            format_args!("could not read the app token from standard input: {problem}"),
        ),
    })
}

/// Asks at the terminal, without showing what is typed.
fn ask(context: &Context, key: &str) -> Result<Secret, Failure> {
    if !prompt::can_ask() {
        return Err(Failure::new(
            Code::Usage,
            format_args!("missing app token for the app key {key}"),
        )
        .hint(
            if context
                .config
                .token
                .as_ref()
                .is_some_and(token::is_app_token)
            {
                "VTEX_TOKEN contains an app token: rename it to VTEX_APP_TOKEN"
            } else {
                "set VTEX_APP_TOKEN too, or pass --app-token-file FILE (`-` for stdin)"
            },
        ));
    }
    prompt::secret(context, &format!("app token for {key}: "))
}
