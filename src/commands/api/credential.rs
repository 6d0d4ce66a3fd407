//! Which account's credential a request is sent with. Only this file of the
//! command reads it.

use std::{mem, time::Duration};

use crate::{
    account::Account,
    accounts,
    api::{self, Takes},
    cli::As,
    context::Context,
    credential::{AppPair, Choice, Credential, Origin, known_account},
    error::{Code, Failure},
    secret::Secret,
    slot::Slot,
};

/// Younger tokens are not renewed after a 401, which then often means "not
/// allowed".
const MIN_AGE: i64 = 600;

/// What a request is sent with.
pub enum Chosen {
    /// A token, its account, and which of its credentials it is.
    Token(Box<Credential>, Account, Slot),
    /// An app key pair.
    Pair(AppPair),
    /// Nothing.
    None,
}

/// Which credential it will be; no secret has been read.
pub struct Intent {
    /// The account that the request is for.
    pub account: Account,
    choice: Option<Choice>,
}

impl Intent {
    /// Chooses by the rule that all commands have.
    ///
    /// # Errors
    /// As [`Choice::choose`].
    pub fn find(context: &Context, wanted: Option<&As>) -> Result<Self, Failure> {
        let slot = match wanted {
            None => None,
            Some(As::Slot(slot)) => Some(slot),
            Some(As::None) => return Self::without(context),
        };
        let choice = Choice::choose(context, slot)?;
        // To send it to the current account would be a guess.
        let account = known_account(choice.account.as_ref())?.clone();
        Ok(Self {
            account,
            choice: Some(choice),
        })
    }

    /// The account alone.
    ///
    /// # Errors
    /// Exit code 4 when nothing names one.
    pub fn without(context: &Context) -> Result<Self, Failure> {
        Ok(Self {
            account: named_or_current(context)?,
            choice: None,
        })
    }

    /// Reads or makes the credential. For an app key that is the pair, or a
    /// token if the API takes only tokens.
    ///
    /// # Errors
    /// 3 and 4 as `local token`, 5 for the store, 6 when a token had to be made
    /// or renewed and VTEX ID was not reached.
    pub fn load(self, context: &Context, takes: Takes) -> Result<Chosen, Failure> {
        let Some(choice) = self.choice else {
            return Ok(Chosen::None);
        };
        let slot = choice.slot();
        if slot == Slot::Key
            && takes != Takes::Token
            && let Some(pair) = choice.pair()?
        {
            return Ok(Chosen::Pair(pair));
        }
        let credential = choice.load(context)?;
        let credential = credential.ensure_valid_for(context, Duration::ZERO, false)?;
        if credential.token.header_name().is_none() {
            return Err(Failure::new(
                Code::BadToken,
                "this token is not a credential: no header or cookie carries it",
            ));
        }
        Ok(Chosen::Token(Box::new(credential), self.account, slot))
    }
}

fn named_or_current(context: &Context) -> Result<Account, Failure> {
    if let Some((account, _)) = accounts::named(context)? {
        return Ok(account);
    }
    let session = context.peek();
    match session.and_then(|session| session.current().cloned()) {
        Some(current) => Ok(current),
        // VTEX_TOKEN or the app key may name it.
        None => Choice::choose(context, None)?
            .account
            .ok_or_else(accounts::nobody),
    }
}

impl Chosen {
    /// What is added to the request, and for which account.
    pub fn sent(&self) -> Option<(Account, api::Credential)> {
        match self {
            Self::Token(credential, account, _) => {
                let token = api::Credential::Token(credential.token.clone());
                Some((account.clone(), token))
            }
            Self::Pair(pair) => {
                let sent = api::Credential::Pair {
                    app_key: pair.app_key.clone(),
                    app_token: pair.app_token.clone(),
                };
                Some((pair.account.clone(), sent))
            }
            Self::None => None,
        }
    }

    /// The text that must not be shown.
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Token(credential, ..) => Some(credential.token.secret()),
            Self::Pair(pair) => Some(&pair.app_token),
            Self::None => None,
        }
    }

    /// Whether another token may help after a 401.
    pub fn is_renewable(&self, context: &Context) -> bool {
        match self {
            Self::Token(credential, ..) if matches!(credential.origin, Origin::Store(_)) => {
                let issued = credential.token.claims().seconds("iat");
                issued.is_none_or(|issued| context.now().saturating_sub(issued) > MIN_AGE)
            }
            _ => false,
        }
    }

    /// Renews the token after a 401. Returns whether the token changed.
    ///
    /// # Errors
    /// As `local token --refresh`.
    pub fn renew(&mut self, context: &Context) -> Result<bool, Failure> {
        match mem::replace(self, Self::None) {
            Self::Token(credential, account, slot) => {
                let before = credential.token.secret().clone();
                let credential = credential.ensure_valid_for(context, Duration::ZERO, true)?;
                let is_new = *credential.token.secret() != before;
                *self = Self::Token(Box::new(credential), account, slot);
                Ok(is_new)
            }
            other => {
                *self = other;
                Ok(false)
            }
        }
    }
}
