//! Which credential a command uses: one rule for all of them.
//!
//! 1. `VTEX_TOKEN`, if it matches `--as` and `--account`.
//! 2. The account's stored credential: its user, or else its app key.
//! 3. `VTEX_APP_KEY` and `VTEX_APP_TOKEN`, if they belong to the account.
//!
//! The first credential that exists is used, even if it has expired: no other
//! credential replaces it.

use super::{
    Credential, Origin, Stored, from_environment,
    missing::Missing,
    pair::{self, AppPair},
};
use crate::{
    account::Account,
    accounts::{self, Reason},
    context::Context,
    error::{Code, Failure},
    secret::Secret,
    session::Session,
    slot::Slot,
    token::Token,
};

/// The credential that a command uses. Its secrets are still in the store.
pub struct Choice {
    /// The account it is used for, if one is known.
    pub account: Option<Account>,
    /// Why this account was chosen; `None` if the credential itself names it.
    pub reason: Option<Reason>,
    /// The credential.
    pub source: Source,
}

/// Where a credential comes from.
pub enum Source {
    /// `VTEX_TOKEN`.
    Token(Token),
    /// The account's store.
    Stored(Box<Stored>),
    /// `VTEX_APP_KEY` and `VTEX_APP_TOKEN`.
    Pair(AppPair),
}

impl Choice {
    /// Chooses by the rule above; `requested_slot` is the value of `--as`.
    ///
    /// # Errors
    /// 2 when `VTEX_TOKEN` is unreadable or contradicts `VTEX_ACCOUNT`, 4 when
    /// no credential exists.
    pub fn choose(context: &Context, requested_slot: Option<&Slot>) -> Result<Self, Failure> {
        let explicit = accounts::named(context)?;

        // Step 1: the token in the environment.
        let mut skipped_token = None;
        if let Some(token) = from_environment(context)? {
            match mismatch(&token, explicit.as_ref(), requested_slot)? {
                None => return Ok(Self::from_token(context, token, explicit)),
                Some(why) => {
                    context
                        .output
                        .note(format_args!("VTEX_TOKEN is not used: {why}"));
                    skipped_token = Some(token);
                }
            }
        }

        // Step 2: the stored credential.
        let pair = match requested_slot {
            None | Some(Slot::Key) => AppPair::in_environment(context)?,
            Some(Slot::User | Slot::Shopper(_)) => None,
        };
        // Without a home folder nothing is stored.
        let has_store = context.has_home() || pair.is_none();
        let session = has_store.then(|| context.session()).transpose()?;
        let current = session.as_ref().and_then(Session::current);
        let target_account = explicit.or(current.map(|account| (account.clone(), Reason::Current)));
        let line = match (&session, &target_account) {
            (Some(session), Some((account, _))) => session.accounts().get(account).cloned(),
            _ => None,
        };
        let slot = line.as_ref().and_then(|line| match requested_slot {
            Some(slot) => line.get(slot).map(|_| slot.clone()),
            None => line.default_slot(),
        });
        if let (Some(slot), Some((account, reason)), Some(session)) =
            (slot, &target_account, session)
            && let Some(stored) = Stored::new(session, account, slot)
        {
            return Ok(Self {
                account: Some(account.clone()),
                reason: Some(*reason),
                source: Source::Stored(Box::new(stored)),
            });
        }

        // Step 3: the app key pair in the environment.
        let missing = Missing {
            context,
            target_account: target_account.as_ref().map(|(account, _)| account),
            line: line.as_ref(),
            requested_slot,
            skipped_token: skipped_token.as_ref(),
        };
        match pair {
            Some(pair) => Self::from_pair(pair, target_account.clone(), &missing),
            None => Err(missing.failure()),
        }
    }

    /// Uses the pair in `VTEX_APP_KEY` and `VTEX_APP_TOKEN` if it belongs to
    /// the target account.
    fn from_pair(
        (app_key, app_token): (String, Secret),
        target_account: Option<(Account, Reason)>,
        missing: &Missing<'_>,
    ) -> Result<Self, Failure> {
        let pair_account = pair::account_of(&app_key);
        let (account, reason) = match (target_account, pair_account) {
            (Some((target, reason)), Some(pair_account)) if target != pair_account => {
                return Err(missing.with_pair_of(&pair_account, reason));
            }
            (Some((target, reason)), _) => (target, Some(reason)),
            (None, Some(pair_account)) => (pair_account, None),
            (None, None) => {
                return Err(Failure::new(
                    Code::Usage,
                    "the app key in VTEX_APP_KEY does not contain an account",
                )
                .hint("set VTEX_ACCOUNT, or pass --account ACCOUNT"));
            }
        };
        Ok(Self {
            account: Some(account.clone()),
            reason,
            source: Source::Pair(AppPair {
                account,
                app_key,
                app_token,
            }),
        })
    }

    fn from_token(context: &Context, token: Token, explicit: Option<(Account, Reason)>) -> Self {
        let token_account = token.claims().account().and_then(|name| name.parse().ok());
        let has_no_account = token.claims().account().is_none();
        let (account, reason) = match explicit {
            Some((account, reason)) => {
                if has_no_account && reason == Reason::Flag {
                    context.output.note(format_args!(
                        "the token in VTEX_TOKEN does not name an account; using it for {account}"
                    ));
                }
                (Some(account), Some(reason))
            }
            None => (token_account, None),
        };
        Self {
            account,
            reason,
            source: Source::Token(token),
        }
    }

    /// The slot of the account that the credential belongs to.
    pub fn slot(&self) -> Slot {
        match &self.source {
            Source::Token(token) => Slot::of(token.claims()),
            Source::Stored(stored) => stored.slot.clone(),
            Source::Pair(_) => Slot::Key,
        }
    }

    /// The app key pair, if that is the credential.
    ///
    /// # Errors
    /// 5 when the store cannot be read.
    pub fn pair(&self) -> Result<Option<AppPair>, Failure> {
        match &self.source {
            Source::Token(_) => Ok(None),
            Source::Pair(pair) => Ok(Some(pair.clone())),
            Source::Stored(stored) => stored.pair(),
        }
    }

    /// Reads the token from its store, or creates one from the pair. The token
    /// may have expired.
    ///
    /// # Errors
    /// 3 when VTEX ID rejects the pair, 4 when the token is missing from its
    /// store, 5 for the store, 6 for the network.
    pub fn load(self, context: &Context) -> Result<Credential, Failure> {
        let Self {
            account, source, ..
        } = self;
        let (token, origin) = match source {
            Source::Token(token) => (token, Origin::Environment),
            Source::Pair(pair) => (pair.make_token(context)?, Origin::Pair),
            Source::Stored(mut stored) => (stored.load(context)?, Origin::Store(stored)),
        };
        Ok(Credential {
            token,
            account,
            origin,
        })
    }
}

/// The account, for a command that sends the credential or passes it on. It can
/// be unknown only for a token in `VTEX_TOKEN`.
///
/// # Errors
/// Exit code 2 if no account is known.
pub fn known_account(account: Option<&Account>) -> Result<&Account, Failure> {
    account.ok_or_else(|| {
        Failure::new(
            Code::Usage,
            "the token in VTEX_TOKEN does not name an account",
        )
        .hint("pass --account ACCOUNT, or set VTEX_ACCOUNT")
    })
}

/// Why the token in `VTEX_TOKEN` does not match the command line; `None` if it
/// does.
///
/// # Errors
/// 2 when it contradicts `VTEX_ACCOUNT`: one of the two is wrong.
fn mismatch(
    token: &Token,
    explicit: Option<&(Account, Reason)>,
    requested_slot: Option<&Slot>,
) -> Result<Option<String>, Failure> {
    let claims = token.claims();
    if let Some(asked) = requested_slot
        && Slot::of(claims) != *asked
    {
        let kind = claims.kind().words();
        let whose = claims
            .login()
            .map_or_else(String::new, |login| format!(" of {login}"));
        let article = if kind.starts_with(['a', 'u']) {
            "an"
        } else {
            "a"
        };
        return Ok(Some(format!(
            "it is {article} {kind} token{whose}, but --as is {asked}"
        )));
    }
    let Some((account, reason)) = explicit else {
        return Ok(None);
    };
    let Some(theirs) = claims.other_account(account) else {
        return Ok(None);
    };
    if *reason == Reason::Flag {
        return Ok(Some(format!("it is for {theirs}, not {account}")));
    }
    Err(Failure::new(
        Code::Usage,
        format_args!("VTEX_TOKEN is for the account {theirs}, but VTEX_ACCOUNT is {account}"),
    )
    .hint(format!(
        "unset one of them, or pass `-a {account}` to use what is stored for {account}"
    )))
}
