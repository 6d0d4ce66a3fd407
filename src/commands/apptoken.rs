//! `vtexid apptoken`: a token from an app key and app token, for CI.
//!
//! Opens no keyring, no index and no home directory: there may be none.

use std::{
    io::{self, IsTerminal as _, Read as _},
    path::Path,
};

use serde::Serialize;

use crate::{
    account::Account,
    accounts,
    cli::Apptoken,
    context::{self, Context},
    disk,
    error::{Code, Failure},
    format::{AppFormat, Format, Printed, Shape},
    output::{self, Answer, Output, path_visible},
    prompt, provided, runtime,
    secret::Secret,
    session::{Current, NewSession},
    store::StoreKind,
    time,
    token::{self, Token, TokenPair, Validity},
    vtexid::ApiError,
};

/// Real app tokens have 128 characters; a file far larger is the wrong one.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// Runs the command.
///
/// # Errors
/// 2 when the pair is not complete, 3 when VTEX ID refuses it.
pub fn run(context: &Context, args: &Apptoken) -> Result<(), Failure> {
    if args.save && matches!(args.format, AppFormat::KeyHeaders) {
        return Err(Failure::new(
            Code::Usage,
            "cannot use --save with `--format key-headers`",
        )
        .hint("run `vtexid apptoken --save` first, then `vtexid apptoken -a ACCOUNT --format key-headers`"));
    }
    let (name, domain) = (args.shaping.name.as_ref(), args.shaping.domain.as_ref());
    let shape = match args.format {
        AppFormat::Token(format) => Some(Shape::new(format, name, domain)?),
        AppFormat::KeyHeaders => {
            Shape::check_details(None, name, domain)?;
            None
        }
    };
    let (account, key, secret) = match pair(context, args)? {
        Some(pair) => pair,
        None => kept_pair(context)?,
    };
    let key = &*key;
    let Some(shape) = shape else {
        context.mask(&secret);
        let headers = KeyHeaders {
            key,
            token: secret.expose(),
        };
        return context.output.answer(&headers);
    };
    let api = context.vtexid()?;
    let token = runtime::run(async {
        api.app_token(&account, key, &secret).await.map_err(|e| {
            let refused = matches!(e, ApiError::Refused { .. });
            let failure = Failure::from(e)
                .context(format!("could not make a token for {account} with the app key {key}"));
            if refused {
                failure.hint("check that key and app token belong together, that the key is active, and that the account is right")
            } else {
                failure
            }
        })
    })?;
    if args.save {
        save(context, args, &account, key, &secret, token.clone())?;
    }
    shape.check(&token)?;
    context.mask(token.secret());
    if let Validity::ExpiredAt(exp) = token.claims().validity(context.now()) {
        Output::warn(format_args!(
            "by this machine's clock the token has expired already, on {}",
            time::utc_words(exp)
        ));
    }
    let printed = Printed::new(&token, Some(&account), &context.site, "app key", &shape);
    let json = context.output.json || shape.format == Format::Json;
    Output {
        json,
        ..context.output
    }
    .answer(&printed)
}

/// The pair that the command line and the environment give; none where they
/// name no app key.
fn pair(context: &Context, args: &Apptoken) -> Result<Option<(Account, String, Secret)>, Failure> {
    let Some(key) = args.app_key.as_ref().or(context.config.app_key.as_ref()) else {
        return Ok(None);
    };
    check_key(key)?;
    let account = account(context, key)?;
    let secret = app_token(context, args, key)?;
    Ok(Some((account, key.clone(), secret)))
}

/// The pair that `--save` kept for the account that is named. Only here is a
/// store opened.
fn kept_pair(context: &Context) -> Result<(Account, String, Secret), Failure> {
    let ways = "set VTEX_APP_KEY and VTEX_APP_TOKEN, or pass --app-key KEY";
    let Some((account, _)) = accounts::named(context)? else {
        return Err(Failure::new(Code::Usage, "missing app key").hint(format!(
            "{ways}; for a saved app key, pass --account ACCOUNT"
        )));
    };
    let nothing = || {
        Failure::new(
            Code::Usage,
            format_args!("no app key is saved for {account}"),
        )
        .hint(format!("{ways}; --save saves them"))
    };
    // A machine without a home has nothing kept.
    if matches!(context.config.dir, Ok(None)) {
        return Err(nothing());
    }
    let (key, secret) = context.session()?.pair(&account)?.ok_or_else(nothing)?;
    // What others wrote there could hold a newline, and so a header of theirs.
    check_key(&key)
        .and_then(|()| check_app_token(&secret))
        .map_err(|problem| {
            let words = format!("the app key pair saved for {account} is damaged");
            let hint = "run `vtexid apptoken --save` with the right pair to replace it";
            Failure::new(Code::Store, problem.error)
                .context(words)
                .hint(hint)
        })?;
    Ok((account, key, secret))
}

/// Keeps the pair, and the token it made for `local token`.
fn save(
    context: &Context,
    args: &Apptoken,
    account: &Account,
    key: &str,
    secret: &Secret,
    token: Token,
) -> Result<(), Failure> {
    let mut session = context.session()?;
    let before = session.accounts().get(account).cloned();
    let known = before.as_ref().map(|entry| entry.store);
    let store = context.store_for(args.store, known)?;
    let login = token.claims().login().map(str::to_owned);
    if store == StoreKind::File && known != Some(store) {
        Output::warn("saving the app token in a plain-text file that only you can read");
    }
    session.probe(account, store)?;
    let pair = TokenPair {
        token,
        refresh: None,
    };
    let new = NewSession {
        pair: &pair,
        app_key: Some((key, secret)),
        store,
        current: Current::IfNone,
    };
    let lock = session.lock_account(account)?;
    let stale = session.save(&lock, &new)?;
    context::warn_of_stale_secrets(account, stale);
    context.output.note(format_args!(
        "saved app key {key} in {}; `vtexid apptoken -a {account}` will use it",
        store.words()
    ));
    let old = before.and_then(|entry| entry.login);
    context::warn_of_other_user(old.as_deref(), login.as_deref());
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

/// An app key is shown in messages: make sure that it is one, and not the app
/// token in its place.
///
/// # Errors
/// Exit code 2 without the text.
pub(super) fn check_key(key: &str) -> Result<(), Failure> {
    let plausible = key.len() <= 100
        && key.starts_with("vtexappkey-")
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if plausible {
        return Ok(());
    }
    Err(Failure::new(Code::Usage, "invalid app key")
        .hint("an app key looks like vtexappkey-mystore-ABCDEF; is this the app token?"))
}

/// Makes sure that this can be an app token. What else it must be is not
/// published.
///
/// # Errors
/// Exit code 2 without the text.
pub(super) fn check_app_token(token: &Secret) -> Result<(), Failure> {
    let text = token.expose();
    let invalid = |problem: &str| Failure::new(Code::Usage, problem);
    if text.is_empty() {
        return Err(invalid("the app token is empty"));
    }
    if text.contains(char::is_whitespace) {
        return Err(invalid(
            "white space in the app token: it is one word on one line",
        ));
    }
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(invalid("invalid character in the app token"));
    }
    if text.starts_with("eyJ") || Token::parse(token.clone()).is_ok() {
        return Err(
            invalid("invalid app token: that is a token, not an app token").hint(
                "an app token is the secret of an app key; a token belongs in VTEX_TOKEN, and needs no app key",
            ),
        );
    }
    if text.starts_with("vtexappkey-") {
        return Err(
            invalid("invalid app token: that is an app key, not an app token")
                .hint("the app token is the secret that VTEX showed once beside the app key"),
        );
    }
    // What a script passes on where its own variable is missing.
    if ["undefined", "null", "none", "nil"]
        .iter()
        .any(|nothing| text.eq_ignore_ascii_case(nothing))
    {
        return Err(
            invalid("invalid app token: a script seems to have had none")
                .hint("check where the script gets it from"),
        );
    }
    Ok(())
}

/// `--account`, `VTEX_ACCOUNT`, or the account in the key's own name.
fn account(context: &Context, key: &str) -> Result<Account, Failure> {
    if let Some((account, _)) = accounts::named(context)? {
        return Ok(account);
    }
    key.strip_prefix("vtexappkey-")
        .and_then(|rest| rest.rsplit_once('-'))
        .and_then(|(account, _)| account.parse().ok())
        .ok_or_else(|| {
            Failure::new(Code::Usage, "the app key names no account")
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
            // An app token belongs to the key it is set beside, not to another.
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
                .hint("pass the app token of that key with --app-token-file FILE (`-` is stdin)"));
            }
            _ => ask(context, key)?,
        },
    };
    check_app_token(&text)?;
    Ok(text)
}

/// Reads an app token from stdin.
fn read_stdin() -> Result<Secret, Failure> {
    let mut bytes = zeroize::Zeroizing::new(Vec::new());
    let failed = |problem: String| {
        Failure::new(
            Code::General,
            format_args!("could not read the app token from standard input: {problem}"),
        )
    };
    io::stdin()
        .lock()
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| failed(e.to_string()))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Failure::new(
            Code::Usage,
            "standard input is too large to be an app token",
        ));
    }
    provided::value(&bytes).map_err(failed)
}

/// Asks at the terminal, without showing what is typed.
fn ask(context: &Context, key: &str) -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() || !output::stderr_is_terminal() {
        return Err(Failure::new(
            Code::Usage,
            format_args!("missing app token for the app key {key}"),
        )
        .hint(if context.config.token.as_ref().is_some_and(token::is_app_token) {
            "VTEX_TOKEN holds an app token: set VTEX_APP_TOKEN to it, and unset VTEX_TOKEN"
        } else {
            "set VTEX_APP_TOKEN beside VTEX_APP_KEY, or pass --app-token-file FILE (`-` is stdin)"
        }));
    }
    prompt::secret(context, &format!("app token for {key}: "))
}
