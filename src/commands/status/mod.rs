//! `vtexid status`: every known account, or the named one. Reads only the index: needs
//! no keyring and no network.

mod screen;

use std::fmt;

use serde::Serialize;

use crate::{
    account::Account,
    accounts::{self, Reason},
    cli,
    context::Context,
    credential::{self, Choice, Source},
    error::{Code, Failure},
    output::{Answer, Screen, visible},
    session::Entry,
    slot::Slot,
    store::StoreKind,
    time,
    token::{Kind, Token},
};

/// How long a refresh token seems to be valid (observed, not documented).
const REFRESH_LIFE: i64 = 7 * 24 * 3600;
/// From this age on, the user should log in again soon.
const REFRESH_OLD: i64 = 6 * 24 * 3600;

#[derive(Serialize)]
struct Status {
    /// What commands use now, if nothing else is asked for.
    effective: Option<Effective>,
    /// Why no credential can be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    current: Option<Current>,
    /// The token in the environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<Environment>,
    /// Where `VTEXID_STORE` has new accounts saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    default_store: Option<StoreKind>,
    accounts: Vec<Line>,
}

#[derive(Serialize)]
struct Effective {
    account: Option<Account>,
    credential: Slot,
    /// `VTEX_TOKEN`, `VTEX_APP_KEY`, or the kind of store.
    source: String,
    /// Why this account; null where the credential itself names it.
    reason: Option<Reason>,
}

impl Effective {
    fn new(choice: &Choice) -> Self {
        Self {
            credential: choice.slot(),
            source: match &choice.source {
                Source::Token(_) => "VTEX_TOKEN".to_owned(),
                Source::Pair(_) => "VTEX_APP_KEY".to_owned(),
                Source::Stored(stored) => stored.store.to_string(),
            },
            account: choice.account.clone(),
            reason: choice.reason,
        }
    }
}

impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = self.account.as_ref().map_or("-", Account::as_str);
        write!(f, "{account} {}", self.credential)
    }
}

/// What `--short` prints: what commands use, and nothing else.
impl Answer for Effective {
    fn lines(&self) -> Vec<String> {
        vec![visible(&self.to_string(), false)]
    }
}

#[derive(Serialize)]
struct Current {
    account: Account,
    reason: Reason,
}

#[derive(Serialize)]
struct Environment {
    variable: &'static str,
    account: Option<String>,
    login: Option<String>,
    kind: Option<Kind>,
    #[serde(flatten)]
    life: Life,
}

/// One credential.
#[derive(Serialize)]
struct Line {
    account: Account,
    credential: Slot,
    login: Option<String>,
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_account: Option<String>,
    #[serde(flatten)]
    life: Life,
    /// Whether it can be renewed without a person; null where only its store
    /// knows.
    renews: Option<bool>,
    store: StoreKind,
    /// Whether its account is the current one.
    current: bool,
    /// Whether commands use it now.
    #[serde(skip)]
    used: bool,
    /// Whether its refresh token will have expired within a day.
    #[serde(skip)]
    ends_soon: bool,
}

impl Line {
    fn login_words(&self) -> String {
        truncate(self.login.as_deref().unwrap_or("-"))
    }

    /// A note if its token is another account's.
    fn other_account(&self) -> Option<String> {
        let other = truncate(self.token_account.as_ref()?);
        Some(format!("its token is for the account {other}"))
    }

    fn state(&self) -> String {
        let life = self.life.to_string();
        let expired = self.life.seconds_left == Some(0);
        match self.renews {
            Some(true) if self.ends_soon => format!("{life}, log in again within a day"),
            Some(true) if expired => format!("{life}, renewable"),
            Some(true) if self.life.seconds_left.is_none() => "renewable".to_owned(),
            _ => life,
        }
    }
}

/// When a token expires.
#[derive(Serialize)]
struct Life {
    expires_at: Option<String>,
    expires_on: Option<i64>,
    seconds_left: Option<i64>,
}

impl Life {
    fn new(expires_on: Option<i64>, now: i64) -> Self {
        Self {
            expires_at: expires_on.and_then(time::rfc3339),
            expires_on,
            seconds_left: expires_on.map(|exp| exp.saturating_sub(now).max(0)),
        }
    }
}

impl fmt::Display for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seconds_left {
            None => f.write_str("expiry unknown"),
            Some(0) => f.write_str("expired"),
            Some(left) => write!(f, "{} left", time::span_words(left)),
        }
    }
}

impl Answer for Status {
    fn lines(&self) -> Vec<String> {
        let mut rows: Vec<[String; 6]> = Vec::new();
        for line in &self.accounts {
            rows.push([
                format!("{} {}", if line.used { "*" } else { " " }, line.account),
                match &line.credential {
                    Slot::Shopper(_) => "shopper".to_owned(),
                    other => other.to_string(),
                },
                line.login_words(),
                line.kind.words().to_owned(),
                line.state(),
                line.store.to_string(),
            ]);
        }
        let width = |column: usize| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..5).map(width).collect();
        let mut lines = Vec::from_iter(self.environment_line());
        for (row, line) in rows.iter().zip(&self.accounts) {
            let mut text = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let pad = width.saturating_sub(cell.chars().count()) + 2;
                text.push_str(cell);
                text.push_str(&" ".repeat(pad));
            }
            lines.push(text + &row[5]);
            if let Some(other) = line.other_account() {
                lines.push(format!("    {other}"));
            }
        }
        if let Some(used) = self.used_line() {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.push(used);
        }
        if let Some(store) = self.default_store {
            let store = store.words();
            lines.push(format!("new accounts are saved in {store} (VTEXID_STORE)"));
        }
        lines
    }

    fn styled(&self, screen: &Screen) -> Option<String> {
        Some(screen::render(self, screen))
    }
}

impl Status {
    /// What is in the environment.
    fn environment_line(&self) -> Option<String> {
        let environment = self.environment.as_ref()?;
        Some(format!(
            "{}: {}, {}, {}",
            environment.variable,
            truncate(environment.login.as_deref().unwrap_or("an unnamed user")),
            truncate(environment.account.as_deref().unwrap_or("unknown account")),
            environment.life
        ))
    }

    /// What commands use, and why.
    fn used_line(&self) -> Option<String> {
        if let Some(effective) = &self.effective {
            let why = effective
                .reason
                .map_or_else(String::new, |reason| format!(" ({reason})"));
            return Some(format!(
                "commands use: {}{why}, from {}",
                visible(&effective.to_string(), false),
                effective.source
            ));
        }
        let problem = self.problem.as_ref()?;
        Some(format!(
            "commands use: nothing ({})",
            visible(problem, false)
        ))
    }
}

/// A value from a token, truncated for one line.
fn truncate(text: &str) -> String {
    const LONGEST: usize = 64;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => visible(&text[..end], false) + "…",
        None => visible(text, false),
    }
}

/// Runs the command.
///
/// # Errors
/// 4 when no account is known and the environment has no credential, or when
/// the one that `--account` names is not known; 2 when `VTEX_TOKEN` is
/// unreadable.
pub fn run(context: &Context, args: &cli::Status) -> Result<(), Failure> {
    let choice = Choice::choose(context, None);
    if args.short {
        return context.output.answer(&Effective::new(&choice?));
    }
    let environment = credential::from_environment(context)?;
    // Without a home directory nothing is stored.
    if !context.has_home() {
        return context.output.answer(&Status {
            effective: Some(Effective::new(&choice?)),
            problem: None,
            current: None,
            environment: environment.map(|token| describe(&token, context.now())),
            default_store: context.named_store()?,
            accounts: Vec::new(),
        });
    }
    let effective = choice.as_ref().ok().map(Effective::new);
    // The index is read once, if it can be.
    let (session, failed) = match choice {
        Ok(Choice {
            source: Source::Stored(stored),
            ..
        }) => (stored.into_session(), None),
        other => (context.session()?, other.err()),
    };
    let now = context.now();
    let named = accounts::named(context)?;
    if let Some(account) = &context.account
        && failed.is_some()
    {
        accounts::entry(&session, account)?;
    }
    let problem = match failed {
        None => None,
        Some(failure) if session.accounts().is_empty() && environment.is_none() => {
            return Err(failure);
        }
        Some(failure) if failure.code == Code::LoggedOut || environment.is_some() => {
            Some(format!("{:#}", failure.error))
        }
        Some(failure) => return Err(failure),
    };
    let current = match named {
        Some((account, reason)) => Some(Current { account, reason }),
        None => session.current().map(|account| Current {
            account: account.clone(),
            reason: Reason::Current,
        }),
    };
    let stored = |account: &Account, slot: &Slot, store: StoreKind| {
        effective.as_ref().is_some_and(|effective| {
            effective.account.as_ref() == Some(account)
                && effective.credential == *slot
                && effective.source == store.to_string()
        })
    };
    let line = |account: &Account, slot: Slot, entry: &Entry| Line {
        used: stored(account, &slot, entry.store),
        current: current.as_ref().is_some_and(|c| c.account == *account),
        account: account.clone(),
        credential: slot,
        login: entry.login.clone(),
        kind: entry.kind,
        token_account: entry.token_account.clone(),
        life: Life::new(entry.expires_on, now),
        renews: renews(entry, now),
        ends_soon: entry.app_key.is_none()
            && entry
                .refresh_since
                .is_some_and(|since| now - since >= REFRESH_OLD),
        store: entry.store,
    };
    let mut accounts = Vec::new();
    for (account, stored) in session.accounts() {
        if context
            .account
            .as_ref()
            .is_none_or(|named| named == account)
        {
            accounts.extend(
                stored
                    .entries()
                    .map(|(slot, entry)| line(account, slot, entry)),
            );
        }
    }
    context.output.answer(&Status {
        effective,
        problem,
        current,
        environment: environment.map(|token| describe(&token, now)),
        default_store: context.named_store()?,
        accounts,
    })
}

/// Whether a credential can be renewed without a person, as far as the index
/// knows.
fn renews(entry: &Entry, now: i64) -> Option<bool> {
    match entry.refresh_since {
        Some(since) if entry.app_key.is_none() => Some(now - since < REFRESH_LIFE),
        _ => entry.renews(),
    }
}

fn describe(token: &Token, now: i64) -> Environment {
    let claims = token.claims();
    Environment {
        variable: "VTEX_TOKEN",
        account: claims.account().map(str::to_owned),
        login: claims.login().map(str::to_owned),
        kind: Some(claims.kind()),
        life: Life::new(claims.seconds("exp"), now),
    }
}
