//! Says why no credential was found, and what to do. `choice` looks for them.

use crate::{
    account::Account,
    accounts::Reason,
    context::Context,
    error::{Code, Failure},
    near,
    session::AccountEntry,
    slot::{Email, Slot},
    token::Token,
};

/// Describes why no credential was found.
pub struct Missing<'a> {
    /// What the command was given.
    pub context: &'a Context,
    /// The account, if one is known.
    pub target_account: Option<&'a Account>,
    /// What is stored for it.
    pub line: Option<&'a AccountEntry>,
    /// What `--as` names.
    pub requested_slot: Option<&'a Slot>,
    /// The token in `VTEX_TOKEN`, if it does not match the command line.
    pub skipped_token: Option<&'a Token>,
}

impl Missing<'_> {
    /// The failure for this.
    pub fn failure(&self) -> Failure {
        let Some(account) = self.target_account else {
            return self.not_logged_in();
        };
        let failed = |words: String| Failure::new(Code::LoggedOut, words);
        match (self.requested_slot, self.line) {
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
                let variable = self.skipped_token.and_then(|token| token.claims().login());
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

    /// The same, where the pair in the environment is another account's.
    pub fn with_pair_of(&self, theirs: &Account, reason: Reason) -> Failure {
        let failure = self.failure();
        let (words, hint) = match (self.target_account, reason) {
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
            format_args!(
                "you are not logged in to {account}{}",
                self.incomplete_pair_note()
            ),
        )
        .hint(match self.near(account) {
            Some(near) => format!(
                "did you mean {near}? If not, {}",
                self.login_hint(account.as_str())
            ),
            None => self.login_hint(account.as_str()),
        })
    }

    fn near(&self, account: &Account) -> Option<String> {
        let session = self.context.peek()?;
        let known = session.accounts().keys().map(Account::as_str);
        near::nearest(account.as_str(), known).map(str::to_owned)
    }

    fn not_logged_in(&self) -> Failure {
        let known = self
            .context
            .peek()
            .is_some_and(|s| !s.accounts().is_empty());
        if known {
            return Failure::new(
                Code::LoggedOut,
                format_args!("no current account{}", self.incomplete_pair_note()),
            )
            .hint("run `vtexid switch ACCOUNT`, or pass --account; `vtexid status` lists the accounts");
        }
        Failure::new(
            Code::LoggedOut,
            format_args!("you are not logged in{}", self.incomplete_pair_note()),
        )
        .hint(self.login_hint("ACCOUNT"))
    }

    fn login_hint(&self, account: &str) -> String {
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

    /// Tells a CI job that one of the two variables is missing.
    fn incomplete_pair_note(&self) -> &'static str {
        match (&self.context.config.app_key, &self.context.config.app_token) {
            (Some(_), None) => "; VTEX_APP_KEY is set, but VTEX_APP_TOKEN is missing",
            (None, Some(_)) => "; VTEX_APP_TOKEN is set, but VTEX_APP_KEY is missing",
            _ => "",
        }
    }
}

fn shoppers(line: &AccountEntry) -> String {
    let names: Vec<&str> = line.shoppers.keys().map(Email::as_str).collect();
    names.join(", ")
}
