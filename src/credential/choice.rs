//! Which credential a command uses: one rule for all of them.
//!
//! 1. `VTEX_TOKEN`, if it fits what was asked for.
//! 2. What is stored for the account: its user, else its app key.
//! 3. `VTEX_APP_KEY` and `VTEX_APP_TOKEN`, if they are that account's.
//!
//! An expired session is a failure: no other credential is used instead.

use super::{
    Credential, Origin, Stored, from_environment,
    pair::{self, AppPair},
};
use crate::{
    account::Account,
    accounts::{self, Reason},
    context::Context,
    error::{Code, Failure},
    near,
    session::{Line, Session},
    slot::{Email, Slot},
    token::Token,
};

/// The credential that a command uses. No secret has been read from a store
/// yet.
pub struct Choice {
    /// The account it is used for, if there is one.
    pub account: Option<Account>,
    /// Why that account; none if the credential itself names it.
    pub reason: Option<Reason>,
    /// The credential.
    pub source: Source,
}

/// Where a credential comes from.
pub enum Source {
    /// `VTEX_TOKEN`.
    Token(Token),
    /// A store.
    Stored(Box<Stored>),
    /// `VTEX_APP_KEY` and `VTEX_APP_TOKEN`.
    Pair(AppPair),
}

impl Choice {
    /// Chooses by the rule; `asked` is what `--as` names.
    ///
    /// # Errors
    /// 2 when `VTEX_TOKEN` is unreadable or contradicts `VTEX_ACCOUNT`, 4 when
    /// there is no such credential.
    pub fn make(context: &Context, asked: Option<&Slot>) -> Result<Self, Failure> {
        let named = accounts::named(context)?;
        let mut passed_over = None;
        if let Some(token) = from_environment(context)? {
            match fits(&token, named.as_ref(), asked)? {
                None => return Ok(Self::with_token(context, token, named)),
                Some(why) => {
                    context
                        .output
                        .note(format_args!("VTEX_TOKEN is not used: {why}"));
                    passed_over = Some(token);
                }
            }
        }
        let pair = match asked {
            None | Some(Slot::Key) => AppPair::in_environment(context)?,
            Some(Slot::User | Slot::Shopper(_)) => None,
        };
        // A machine without a home has nothing stored.
        let session = if context.has_home() || pair.is_none() {
            Some(context.session()?)
        } else {
            None
        };
        let current = session.as_ref().and_then(Session::current);
        let wanted = named.or(current.map(|account| (account.clone(), Reason::Current)));
        let line = match (&session, &wanted) {
            (Some(session), Some((account, _))) => session.accounts().get(account).cloned(),
            _ => None,
        };
        let slot = line.as_ref().and_then(|line| match asked {
            Some(slot) => line.get(slot).map(|_| slot.clone()),
            None => line.default_slot(),
        });
        if let (Some(slot), Some((account, reason)), Some(session)) = (slot, &wanted, session) {
            let stored = Stored::new(session, account, slot);
            if let Some(stored) = stored {
                return Ok(Self {
                    account: Some(account.clone()),
                    reason: Some(*reason),
                    source: Source::Stored(Box::new(stored)),
                });
            }
        }
        let missing = Missing {
            context,
            wanted: wanted.as_ref().map(|(account, _)| account),
            line: line.as_ref(),
            asked,
            passed_over: passed_over.as_ref(),
        };
        let Some((app_key, app_token)) = pair else {
            return Err(missing.failure());
        };
        let theirs = pair::account_of(&app_key);
        let (account, reason) = match (wanted.clone(), theirs) {
            (Some((wanted, reason)), Some(theirs)) if wanted != theirs => {
                return Err(missing.with_pair_of(&theirs, reason));
            }
            (Some((wanted, reason)), _) => (wanted, Some(reason)),
            (None, Some(theirs)) => (theirs, None),
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

    fn with_token(context: &Context, token: Token, named: Option<(Account, Reason)>) -> Self {
        let theirs = token.claims().account().and_then(|name| name.parse().ok());
        let silent = token.claims().account().is_none();
        let (account, reason) = match named {
            Some((account, reason)) => {
                if silent && reason == Reason::Flag {
                    context.output.note(format_args!(
                        "the token in VTEX_TOKEN does not name an account; using it for {account}"
                    ));
                }
                (Some(account), Some(reason))
            }
            None => (theirs, None),
        };
        Self {
            account,
            reason,
            source: Source::Token(token),
        }
    }

    /// Which of an account's credentials it is.
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
    /// 5 when the store cannot be asked.
    pub fn pair(&self) -> Result<Option<AppPair>, Failure> {
        match &self.source {
            Source::Token(_) => Ok(None),
            Source::Pair(pair) => Ok(Some(pair.clone())),
            Source::Stored(stored) => stored.pair(),
        }
    }

    /// Reads the token from its store, or makes one from the pair. It may have
    /// expired.
    ///
    /// # Errors
    /// 3 when VTEX ID refuses the pair, 4 when the token is gone from its
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

/// The account, for a command that sends the credential or passes it on. Only
/// a token in `VTEX_TOKEN` can be without one.
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
fn fits(
    token: &Token,
    named: Option<&(Account, Reason)>,
    asked: Option<&Slot>,
) -> Result<Option<String>, Failure> {
    let claims = token.claims();
    if let Some(asked) = asked
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
    let Some((account, reason)) = named else {
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

/// A credential that was not found.
struct Missing<'a> {
    context: &'a Context,
    wanted: Option<&'a Account>,
    line: Option<&'a Line>,
    asked: Option<&'a Slot>,
    passed_over: Option<&'a Token>,
}

impl Missing<'_> {
    fn failure(&self) -> Failure {
        let Some(account) = self.wanted else {
            return self.nobody();
        };
        let failed = |words: String| Failure::new(Code::LoggedOut, words);
        match (self.asked, self.line) {
            (None, Some(line)) => {
                let shoppers = shoppers(line);
                failed(format!("only shoppers are logged in to {account}"))
                    .hint(format!("pass `--as EMAIL` to use one of them: {shoppers}"))
            }
            (Some(Slot::Key), _) => failed(Slot::Key.missing_words(account)).hint(format!(
                "set VTEX_APP_KEY and VTEX_APP_TOKEN, or run `vtexid apptoken -a {account} --save --app-key KEY`"
            )),
            (Some(Slot::Shopper(email)), line) => {
                let user = line.and_then(|line| line.user.as_ref()?.login.as_deref());
                let variable = self.passed_over.and_then(|token| token.claims().login());
                let is_user = [user, variable]
                    .into_iter()
                    .flatten()
                    .any(|login| login.eq_ignore_ascii_case(email.as_str()));
                let failure = failed(Slot::Shopper(email.clone()).missing_words(account));
                match line {
                    _ if is_user => failure.hint(format!("{email} is an admin user: pass `--as user`")),
                    Some(line) if !line.shoppers.is_empty() => {
                        failure.hint(format!("the shoppers of {account}: {}", shoppers(line)))
                    }
                    _ => failure.hint(format!("run `vtexid login {account} --shopper {email}`")),
                }
            }
            (Some(Slot::User), Some(line)) if line.key.is_some() => {
                failed(Slot::User.missing_words(account))
                    .hint(format!("run `vtexid login {account}`, or pass `--as key` to use its app key"))
            }
            _ => self.unknown(account),
        }
    }

    fn with_pair_of(&self, theirs: &Account, reason: Reason) -> Failure {
        let failure = self.failure();
        let (words, hint) = match (self.wanted, reason) {
            (Some(account), Reason::Environment) => (
                format!("VTEX_ACCOUNT is {account}, but"),
                format!("unset VTEX_ACCOUNT, or use an app key of {account}"),
            ),
            _ => (
                format!("{:#}, and", failure.error),
                format!("pass `-a {theirs}` to use the app key"),
            ),
        };
        Failure {
            error: anyhow::anyhow!("{words} the app key in VTEX_APP_KEY is for {theirs}"),
            hints: vec![hint],
            ..failure
        }
    }

    fn unknown(&self, account: &Account) -> Failure {
        Failure::new(
            Code::LoggedOut,
            format_args!("you are not logged in to {account}{}", self.half_a_pair()),
        )
        .hint(match self.near(account) {
            Some(near) => format!(
                "did you mean {near}? If not, {}",
                self.ways(account.as_str())
            ),
            None => self.ways(account.as_str()),
        })
    }

    fn near(&self, account: &Account) -> Option<String> {
        let session = self.context.peek()?;
        let known = session.accounts().keys().map(Account::as_str);
        near::nearest(account.as_str(), known).map(str::to_owned)
    }

    fn nobody(&self) -> Failure {
        let known = self
            .context
            .peek()
            .is_some_and(|s| !s.accounts().is_empty());
        if known {
            return Failure::new(
                Code::LoggedOut,
                format_args!("no current account{}", self.half_a_pair()),
            )
            .hint("run `vtexid switch ACCOUNT`, or pass --account; `vtexid status` lists the accounts");
        }
        Failure::new(
            Code::LoggedOut,
            format_args!("you are not logged in{}", self.half_a_pair()),
        )
        .hint(self.ways("ACCOUNT"))
    }

    fn ways(&self, account: &str) -> String {
        let config = &self.context.config;
        if config.ci {
            "in a CI job set VTEX_APP_KEY and VTEX_APP_TOKEN, or VTEX_TOKEN".to_owned()
        } else if self
            .context
            .peek()
            .is_some_and(|s| !s.accounts().is_empty())
        {
            format!("run `vtexid login {account}`; `vtexid status` lists the known accounts")
        } else {
            format!("run `vtexid login {account}`")
        }
    }

    /// Tells a job that one of its two variables is missing.
    fn half_a_pair(&self) -> &'static str {
        match (&self.context.config.app_key, &self.context.config.app_token) {
            (Some(_), None) => "; VTEX_APP_KEY is set, but VTEX_APP_TOKEN is missing",
            (None, Some(_)) => "; VTEX_APP_TOKEN is set, but VTEX_APP_KEY is missing",
            _ => "",
        }
    }
}

fn shoppers(line: &Line) -> String {
    let names: Vec<&str> = line.shoppers.keys().map(Email::as_str).collect();
    names.join(", ")
}
