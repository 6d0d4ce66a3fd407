//! An app key and its app token: what they must look like, and the token that
//! VTEX ID makes from them.
//!
//! Not for where they come from.

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
    /// The pair in `VTEX_APP_KEY` and `VTEX_APP_TOKEN`, without an account;
    /// none unless both are set.
    ///
    /// # Errors
    /// Exit code 2 when one of them cannot be what it should be.
    pub fn in_environment(context: &Context) -> Result<Option<(String, Secret)>, Failure> {
        let config = &context.config;
        let (Some(key), Some(token)) = (&config.app_key, &config.app_token) else {
            return Ok(None);
        };
        check_key(key).map_err(|failure| failure.context("invalid VTEX_APP_KEY"))?;
        check_app_token(token).map_err(|failure| failure.context("invalid VTEX_APP_TOKEN"))?;
        Ok(Some((key.clone(), token.clone())))
    }

    /// Has VTEX ID make a token.
    ///
    /// # Errors
    /// 3 when it refuses the pair, 6 when it was not reached.
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

/// The account that an app key's name bears: `vtexappkey-{account}-XXXXXX`.
pub fn account_of(key: &str) -> Option<Account> {
    let (account, _) = key.strip_prefix("vtexappkey-")?.rsplit_once('-')?;
    account.parse().ok()
}

/// An app key is shown in messages: make sure that it is one, and not the app
/// token in its place.
///
/// # Errors
/// Exit code 2 without the text.
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

/// Makes sure that this can be an app token. What else it must be is not
/// published.
///
/// # Errors
/// Exit code 2 without the text.
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
    // What a script passes on where its own variable is missing.
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
