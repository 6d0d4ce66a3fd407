//! `vtexid apptoken`: a token from an app key and app token, for CI.
//!
//! Opens no keyring, no index and no home directory: there may be none.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Read},
    path::Path,
};

use crate::{
    account::Account,
    app::App,
    cli::Apptoken,
    error::{Code, Failure},
    format::{Format, Printed},
    output::Output,
    secret::Secret,
    vtexid::ApiError,
};

/// Real app tokens have 128 characters; a file far larger is the wrong one.
const LIMIT: u64 = 64 * 1024;

/// Runs the command.
///
/// # Errors
/// 2 when the pair is not complete, 3 when VTEX ID refuses it.
pub fn run(app: &App, args: &Apptoken) -> Result<(), Failure> {
    let key = args
        .app_key
        .as_ref()
        .or(app.config.app_key.as_ref())
        .ok_or_else(|| {
            Failure::new(Code::Usage, "no app key is given")
                .hint("set VTEX_APP_KEY, or pass --app-key KEY")
        })?;
    check_key(key)?;
    let account = account(app, key)?;
    let secret = app_token(app, args, key)?;
    let api = app.vtexid()?;
    let token = App::run(async {
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
    if args.format == Format::Header && token.carrier().is_none() {
        return Err(Failure::new(
            Code::BadToken,
            "VTEX ID sent a token that is no credential",
        ));
    }
    let printed = Printed::new(&token, Some(account.as_str()), "app key", args.format);
    let json = app.output.json || args.format == Format::Json;
    Output { json, ..app.output }.answer(&printed)
}

/// An app key is shown in messages: make sure that it is one, and not the app
/// token in its place.
fn check_key(key: &str) -> Result<(), Failure> {
    let plausible = key.len() <= 100
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if plausible {
        return Ok(());
    }
    Err(
        Failure::new(Code::Usage, "what is given as the app key is not one").hint(
            "an app key looks like vtexappkey-mystore-ABCDEF; the app token is the longer one",
        ),
    )
}

/// `--account`, `VTEX_ACCOUNT`, or the account in the key's own name.
fn account(app: &App, key: &str) -> Result<Account, Failure> {
    if let Some((account, _)) = app.named_account()? {
        return Ok(account);
    }
    key.strip_prefix("vtexappkey-")
        .and_then(|rest| rest.rsplit_once('-'))
        .and_then(|(account, _)| account.parse().ok())
        .ok_or_else(|| {
            Failure::new(
                Code::Usage,
                "no account is named, and the app key names none",
            )
            .hint("set VTEX_ACCOUNT, or pass --account ACCOUNT")
        })
}

fn app_token(app: &App, args: &Apptoken, key: &str) -> Result<Secret, Failure> {
    let text = match &args.app_token_file {
        Some(path) if path == Path::new("-") => read(&mut io::stdin().lock(), "standard input")?,
        Some(path) => {
            let mut file = File::open(path).map_err(|e| {
                Failure::new(
                    Code::General,
                    format_args!("could not open the app token file {}: {e}", path.display()),
                )
            })?;
            read(&mut file, &path.display().to_string())?
        }
        None => match &app.config.app_token {
            // An app token belongs to the key it is set beside, not to another.
            Some(secret) if app.config.app_key.as_deref().is_none_or(|k| k == key) => {
                secret.clone()
            }
            _ => ask(key)?,
        },
    };
    let token = text.expose().trim();
    if token.is_empty() {
        return Err(Failure::new(Code::Usage, "the app token is empty"));
    }
    if token.contains(char::is_whitespace) {
        return Err(Failure::new(
            Code::Usage,
            "the app token has white space in it: there is more than one line or word",
        ));
    }
    Ok(Secret::new(token.to_owned()))
}

fn read(from: &mut dyn Read, name: &str) -> Result<Secret, Failure> {
    let mut text = zeroize::Zeroizing::new(String::new());
    let length = from
        .take(LIMIT + 1)
        .read_to_string(&mut text)
        .map_err(|e| {
            Failure::new(
                Code::General,
                format_args!("could not read the app token from {name}: {e}"),
            )
        })?;
    if length as u64 > LIMIT {
        return Err(Failure::new(
            Code::Usage,
            format_args!("{name} is too large to be an app token"),
        ));
    }
    Ok(Secret::new(std::mem::take(&mut text)))
}

/// Asks at the terminal, without showing what is typed.
fn ask(key: &str) -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::new(
            Code::Usage,
            format_args!("no app token is given for the app key {key}"),
        )
        .hint(
            "set VTEX_APP_TOKEN beside VTEX_APP_KEY, or pass --app-token-file FILE (`-` is stdin)",
        ));
    }
    App::hidden(&format!("app token for {key}: "))
}
