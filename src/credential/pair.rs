//! An app key and its app token: their format, and the token that VTEX ID issues
//! for them.
//!
//! Not for choosing a pair (`choice`).

use crate::{
    account::Account,
    context::Context,
    error::{Code, Failure},
    runtime,
    secret::Secret,
    token::Token,
    vtexid::ApiError,
};

/// An app key pair, and the account it is used for.
#[derive(Clone)]
pub struct AppPair {
    /// The account.
    pub account: Account,
    /// The app key.
    pub app_key: String,
    /// Its app token.
    pub app_token: Secret,
}

impl AppPair {
    /// The pair in `VTEX_APP_KEY` and `VTEX_APP_TOKEN`; `None` unless both are
    /// set.
    ///
    /// # Errors
    /// Exit code 2 if one of them is invalid.
    pub fn in_environment(context: &Context) -> Result<Option<(String, Secret)>, Failure> {
        let config = &context.config;
        let (Some(key), Some(token)) = (&config.app_key, &config.app_token) else {
            return Ok(None);
        };
        check_key(key).map_err(|failure| failure.context("invalid VTEX_APP_KEY"))?;
        check_app_token(token).map_err(|failure| failure.context("invalid VTEX_APP_TOKEN"))?;
        Ok(Some((key.clone(), token.clone())))
    }

    /// Gets a token from VTEX ID.
    ///
    /// # Errors
    /// 3 when VTEX ID rejects the pair, 6 when it was not reached.
    pub fn make_token(&self, context: &Context) -> Result<Token, Failure> {
        let (account, key) = (&self.account, &self.app_key);
        let api = context.vtexid()?;
        runtime::run(async {
            api.app_token(account, key, &self.app_token).await.map_err(|e| {
                let refused = matches!(e, ApiError::Refused { .. });
                let failure = Failure::from(e)
                    .context(format!("could not make a token for {account} with the app key {key}"));
                if refused {
                    failure.hint("check that the app key and app token belong together, that the key is active, and that the account is right")
                } else {
                    failure
                }
            })
        })
    }
}

/// The account in an app key's name: `vtexappkey-{account}-XXXXXX`.
pub fn account_of(key: &str) -> Option<Account> {
    let (account, _) = key.strip_prefix("vtexappkey-")?.rsplit_once('-')?;
    account.parse().ok()
}

/// Checks that this is an app key and not the app token, because messages show
/// app keys.
///
/// # Errors
/// Exit code 2; the message does not contain the text.
pub fn check_key(key: &str) -> Result<(), Failure> {
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

/// Checks what is known about app tokens; their format is not published.
///
/// # Errors
/// Exit code 2; the message does not contain the text.
pub fn check_app_token(token: &Secret) -> Result<(), Failure> {
    let text = token.expose();
    let invalid = |problem: &str| Failure::new(Code::Usage, problem);
    if text.is_empty() {
        return Err(invalid("the app token is empty"));
    }
    if text.contains(char::is_whitespace) {
        return Err(invalid("the app token contains white space"));
    }
    if !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(invalid("invalid character in the app token"));
    }
    if text.starts_with("eyJ") || Token::parse(token.clone()).is_ok() {
        return Err(invalid("invalid app token: this is an access token").hint(
            "an app token is the secret of an app key; put an access token in VTEX_TOKEN instead",
        ));
    }
    if text.starts_with("vtexappkey-") {
        return Err(invalid("invalid app token: this is an app key")
            .hint("the app token is the secret that VTEX showed once, next to the app key"));
    }
    // A script passes these if its own variable is not set.
    if ["undefined", "null", "none", "nil"]
        .iter()
        .any(|nothing| text.eq_ignore_ascii_case(nothing))
    {
        return Err(
            invalid("invalid app token: it looks like an unset variable of a script")
                .hint("check where the script gets the app token from"),
        );
    }
    Ok(())
}
