//! `login --shopper` and `login --oauth-provider`: a shopper's login, which
//! needs no browser.
//!
//! Not for the requests themselves: `vtexid` knows those.

use std::{
    io::{self, IsTerminal as _},
    time::Duration,
};

use zeroize::Zeroizing;

use super::{Login, save, save::LoggedIn};
use crate::{
    account::Account,
    context::Context,
    error::{Code, Failure},
    output::{Output, typed_visible},
    prompt, runtime,
    secret::Secret,
    session::NewTokens,
    slot::{Email, Slot},
    token::TokenPair,
    vtexid::{Offers, ShopperError},
};

/// Codes that may be tried for one mail.
const MAX_TRIES: usize = 3;
/// VTEX ID's default (`docs/vtex-id.md`, Shoppers).
const DEFAULT_MINUTES: u64 = 60;
/// No provider's access token is larger.
const MAX_TOKEN_BYTES: u64 = 64 * 1024;
/// VTEX ID accepts a code for this long after the login began
/// (`docs/vtex-id.md`, Shoppers).
const CODE_LIMIT: Duration = Duration::from_secs(600);
const CODE: &str = "could not log in with a code by e-mail";

/// The provider's access token from stdin. A terminal asks for it, hidden.
///
/// # Errors
/// When there is none.
pub(super) fn read_access_token(context: &Context, provider: &str) -> Result<Secret, Failure> {
    let failed = |problem: String| {
        let words = "could not read the access token of the OAuth provider";
        Failure::new(Code::General, problem).context(words)
    };
    let token = if io::stdin().is_terminal() {
        let provider = typed_visible(provider);
        prompt::secret(context, &format!("access token of {provider}: "))?
    } else {
        prompt::piped_secret(MAX_TOKEN_BYTES).map_err(|problem| match problem {
            prompt::StdinProblem::TooLarge => failed("it is too large for a token".to_owned()),
            prompt::StdinProblem::Unreadable(problem) => failed(problem),
        })?
    };
    if token.expose().is_empty() {
        return Err(failed("standard input is empty".to_owned())
            .hint("pass it on stdin: `vtexid login ACCOUNT --oauth-provider NAME < FILE`"));
    }
    Ok(token)
}

impl Login<'_> {
    /// Logs in with a code that the store mails.
    ///
    /// # Errors
    /// When VTEX ID sends no code or rejects it, or the session could not be saved.
    pub(super) fn by_code(&mut self, email: &Email) -> Result<LoggedIn, Failure> {
        let api = self.context.vtexid()?;
        let account = self.account.clone();
        let told = |error: ShopperError| explained(error, &account);
        let login = runtime::run(async {
            let login = api.start_shopper(&account).await?;
            if !login.offers.code {
                return Err(not_offered(&account, &login.offers));
            }
            api.send_code(&account, &login, email).await.map_err(told)?;
            Ok(login)
        })?;
        self.context.output.note(format_args!(
            "asked VTEX ID for a code for {email}; if no e-mail arrives, check the spam folder, and wait 30m before you ask again"
        ));
        let mut tries = MAX_TRIES;
        let (pair, _delayed_signals) = loop {
            let code = self.read_code()?;
            // A code works once: its session must not be lost.
            let delayed_signals = self.context.signals.delay("the login");
            let validated = runtime::run(async {
                Ok(api.validate_code(&account, &login, email, &code).await)
            })?;
            match validated {
                Ok(pair) => break (pair, delayed_signals),
                Err(ShopperError::WrongCode { last_attempt }) if prompt::can_ask() => {
                    tries = if last_attempt { 1 } else { tries - 1 };
                    if tries == 0 {
                        return Err(told(ShopperError::WrongCode { last_attempt }));
                    }
                    let words = if tries == 1 { "try" } else { "tries" };
                    Output::say(format_args!(
                        "VTEX ID rejected the code: wrong, used or expired; {tries} {words} left"
                    ));
                }
                Err(error) => return Err(told(error)),
            }
        };
        save_session(self, pair)
    }

    /// The code: typed by a person, else one line on stdin, which a script may
    /// send once it has read the mail.
    fn read_code(&self) -> Result<Secret, Failure> {
        let text = if prompt::can_ask() {
            Zeroizing::new(prompt::line(self.context, "code from the e-mail: ")?)
        } else {
            self.context
                .output
                .note("waiting for the code as a line on standard input");
            let line =
                prompt::line_of_stdin(CODE_LIMIT).map_err(|failure| failure.context(CODE))?;
            line.ok_or_else(|| {
                Failure::new(Code::General, "standard input ended without a code")
                    .context(CODE)
                    .hint("run it at a terminal, or write the code to stdin as one line after the mail arrives")
            })?
        };
        // Some mails show it as `123 456`.
        let code: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        Ok(Secret::new(code))
    }

    /// Logs in with an access token of the store's OAuth provider.
    ///
    /// # Errors
    /// When VTEX ID refuses it, or the token could not be saved.
    pub(super) fn by_exchange(
        &mut self,
        provider: &str,
        access_token: &Secret,
    ) -> Result<LoggedIn, Failure> {
        let api = self.context.vtexid()?;
        let minutes = self.args.as_shopper.duration.unwrap_or(DEFAULT_MINUTES);
        let account = &self.account;
        let token = runtime::run(async {
            api.exchange(account, provider, access_token, minutes)
                .await
                .map_err(|error| {
                    let provider = typed_visible(provider);
                    explained(error, account).context(format!(
                        "could not exchange the access token of {provider} for a shopper's token"
                    ))
                })
        })?;
        // Only the token names the shopper.
        self.slot = Slot::Shopper(Email::of_login(token.claims().login()));
        let line = self.session.accounts().get(&self.account);
        let known = line.and_then(|line| line.store(&self.slot));
        self.store = self.context.store_for(self.args.store, known)?;
        save_session(
            self,
            TokenPair {
                token,
                refresh: None,
                cookie: None,
            },
        )
    }
}

/// Saves a shopper's session; nothing else does.
fn save_session(login: &mut Login<'_>, pair: TokenPair) -> Result<LoggedIn, Failure> {
    let lock = login.session.lock_account(&login.account)?;
    let new = NewTokens::from(pair);
    let claims = new.token.claims();
    let theirs = Slot::of(claims);
    if !matches!(theirs, Slot::Shopper(_)) {
        return Err(Failure::new(
            Code::Unreachable,
            format_args!(
                "VTEX ID sent the wrong kind of token for a shopper ({}): nothing was saved",
                claims.kind().words()
            ),
        ));
    }
    if theirs != login.slot {
        Output::warn(format_args!(
            "the token is for {}, not {}; it is saved for {}",
            claims.login().unwrap_or("nobody"),
            login.slot,
            login.slot
        ));
    }
    let store = login.store;
    let saved = save::save(
        login.context,
        &mut login.session,
        &lock,
        &login.slot,
        &new,
        store,
    )?;
    if new.item.refresh.is_none() {
        login
            .context
            .output
            .note("this session cannot be renewed: log in again when it expires");
    }
    Ok(saved)
}

/// The failure with what to do about it.
fn explained(error: ShopperError, account: &Account) -> Failure {
    let by_hand = by_hand(account);
    let (code, hint) = match error {
        ShopperError::Api(error) => return error.into(),
        ShopperError::Blocked => (
            Code::General,
            "wait 30 minutes: trying again sooner makes it longer",
        ),
        ShopperError::InvalidEmail => (Code::General, "check the spelling of the address"),
        ShopperError::Expired => (Code::General, "run the command again for a new code"),
        ShopperError::WrongCode { .. } => (
            Code::BadToken,
            "run the command again for a new code; use the code from the newest mail, which works once and only for this login",
        ),
        ShopperError::SecondFactor => (Code::General, &*by_hand),
        ShopperError::UnknownProvider { .. } => (
            Code::General,
            "use the provider's name in the store's Admin (Account settings, Authentication), and check the account",
        ),
        ShopperError::ProviderToken { .. } => (
            Code::BadToken,
            "get a new access token from the provider, for the application that the store uses",
        ),
    };
    Failure::new(code, error).hint(hint)
}

/// Works for every shopper, because a browser can answer every question.
fn by_hand(account: &Account) -> String {
    format!(
        "log in to the store with the browser, copy its cookie VtexIdclientAutCookie_{account}, and run `vtexid login {account} --with-token`"
    )
}

/// The store sends no codes: says what it offers instead.
fn not_offered(account: &Account, offers: &Offers) -> Failure {
    let mut ways = Vec::new();
    for (offered, way) in [
        (offers.password, "a password"),
        (offers.passkey, "a passkey"),
        (offers.saml, "SAML"),
    ] {
        ways.extend(offered.then(|| way.to_owned()));
    }
    if !offers.oauth.is_empty() {
        ways.push(format!("OAuth ({})", offers.oauth.join(", ")));
    }
    let instead = if ways.is_empty() {
        String::new()
    } else {
        format!(": shoppers log in with {}", ways.join(", "))
    };
    let mut hints = vec![by_hand(account)];
    if !offers.oauth.is_empty() {
        hints.push(format!(
            "with an access token of the provider, run `vtexid login {account} --oauth-provider NAME`"
        ));
    }
    Failure::new(
        Code::General,
        format_args!("{account} does not offer a code by e-mail{instead}"),
    )
    .hints(hints)
}
