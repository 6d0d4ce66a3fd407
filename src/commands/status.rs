//! `vtexid status`: every known account, or the one that is named. Reads only the index: opens no
//! keyring and needs no network.

use std::fmt;

use serde::Serialize;

use crate::{
    account::Account,
    accounts::{self, Reason},
    context::Context,
    credential,
    error::Failure,
    output::{Answer, visible},
    session::Entry,
    store::StoreKind,
    time,
    token::{Kind, Token},
};

#[derive(Serialize)]
struct Status {
    current: Option<Current>,
    /// Where the environment's token comes from and what it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<Environment>,
    accounts: Vec<Line>,
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

#[derive(Serialize)]
struct Line {
    account: Account,
    login: Option<String>,
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_account: Option<String>,
    #[serde(flatten)]
    life: Life,
    store: StoreKind,
    current: bool,
}

/// How long a token is good, as it is now.
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
        let mut rows: Vec<[String; 5]> = Vec::new();
        for line in &self.accounts {
            rows.push([
                format!("{} {}", if line.current { "*" } else { " " }, line.account),
                shown(line.login.as_deref().unwrap_or("-")),
                line.kind.words().to_owned(),
                line.life.to_string(),
                line.store.to_string(),
            ]);
        }
        let width = |column: usize| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..4).map(width).collect();
        let mut lines = Vec::new();
        if let Some(environment) = &self.environment {
            lines.push(format!(
                "{} overrides the stored tokens: {}, {}, {}",
                environment.variable,
                shown(environment.login.as_deref().unwrap_or("an unnamed user")),
                shown(environment.account.as_deref().unwrap_or("no account named")),
                environment.life
            ));
        }
        for (row, line) in rows.iter().zip(&self.accounts) {
            let mut text = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let pad = width.saturating_sub(cell.chars().count()) + 2;
                text.push_str(cell);
                text.push_str(&" ".repeat(pad));
            }
            lines.push(text + &row[4]);
            if let Some(other) = &line.token_account {
                let other = shown(other);
                lines.push(format!("    its token names the account {other}"));
            }
        }
        if let Some(current) = &self.current {
            lines.push(String::new());
            lines.push(format!("current: {} ({})", current.account, current.reason));
        }
        lines
    }
}

/// What a token says, cut to what a line can hold.
fn shown(text: &str) -> String {
    const LONGEST: usize = 64;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => visible(&text[..end], false) + "…",
        None => visible(text, false),
    }
}

/// Runs the command.
///
/// # Errors
/// 4 when no account is known and `VTEX_TOKEN` is not set, or when the one
/// that `--account` names is not known.
pub fn run(context: &Context) -> Result<(), Failure> {
    let session = context.session()?;
    let now = context.now();
    let environment = credential::from_environment(context)?.map(|token| environment(&token, now));
    let named = accounts::named(context)?;
    if session.accounts().is_empty() && environment.is_none() {
        return Err(accounts::nobody());
    }
    if let Some(account) = &context.account {
        accounts::entry(&session, account)?;
    }
    let current = match named {
        Some((account, reason)) => Some(Current { account, reason }),
        None => session.current().map(|account| Current {
            account: account.clone(),
            reason: Reason::Current,
        }),
    };
    let line = |(account, entry): (&Account, &Entry)| Line {
        account: account.clone(),
        login: entry.login.clone(),
        kind: entry.kind,
        token_account: entry.token_account.clone(),
        life: Life::new(entry.expires_on, now),
        store: entry.store,
        current: current.as_ref().is_some_and(|c| c.account == *account),
    };
    let shown = |(account, _): &(&Account, &Entry)| {
        context
            .account
            .as_ref()
            .is_none_or(|named| named == *account)
    };
    let accounts = session.accounts().iter().filter(shown).map(line).collect();
    if let Some(current) = &current
        && !session.accounts().contains_key(&current.account)
    {
        context.output.note(format_args!(
            "nobody is logged in to {} ({})",
            current.account, current.reason
        ));
    }
    context.output.answer(&Status {
        current,
        environment,
        accounts,
    })
}

fn environment(token: &Token, now: i64) -> Environment {
    let claims = token.claims();
    Environment {
        variable: "VTEX_TOKEN",
        account: claims.account().map(str::to_owned),
        login: claims.login().map(str::to_owned),
        kind: Some(claims.kind()),
        life: Life::new(claims.seconds("exp"), now),
    }
}
