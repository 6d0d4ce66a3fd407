//! What `status` looks like on a terminal.

use super::{Line, Status};
use crate::{
    output::{Cell, Gives, Screen, columns, style, visible},
    slot::Slot,
};

/// A narrower terminal has a block for each credential.
const TABLE_FROM: usize = 60;
/// A longer account has a line of its own.
const ACCOUNT_WIDTH: usize = 26;
/// So much is left of a login, and of a store, where there is no more room.
const LOGIN_WIDTH: usize = 12;
const STORE_WIDTH: usize = 4;
/// Less than this is worth a look, in seconds.
const SHORT: i64 = 3600;

/// The whole answer.
pub(super) fn shown(status: &Status, screen: &Screen) -> String {
    let mut out = String::new();
    if let Some(environment) = status.environment_line() {
        out.push_str(&environment);
        out.push('\n');
    }
    if screen.width.is_some_and(|width| width < TABLE_FROM) {
        for line in &status.accounts {
            out.push_str(&block(line));
        }
    } else if !status.accounts.is_empty() {
        let rows: Vec<Vec<Cell>> = status.accounts.iter().map(row).collect();
        let header = ["  ACCOUNT", "AS", "LOGIN", "KIND", "TOKEN", "STORE"];
        let gives = [
            Gives {
                column: 2,
                to: LOGIN_WIDTH,
            },
            Gives {
                column: 5,
                to: STORE_WIDTH,
            },
        ];
        out.push_str(&columns(
            &header,
            &rows,
            screen.width,
            ACCOUNT_WIDTH,
            &gives,
        ));
        for line in &status.accounts {
            if let Some(other) = line.other_account() {
                out.push_str(&format!("  {}: {other}\n", line.account));
            }
        }
    }
    if let Some(used) = status.used_line() {
        if !out.is_empty() {
            out.push('\n');
        }
        let (head, rest) = used.split_at(used.find(':').map_or(0, |at| at + 1));
        let rest = if status.effective.is_some() {
            style::paint(style::STRONG, rest)
        } else {
            style::paint(style::BAD, rest)
        };
        out.push_str(&format!("{head}{rest}\n"));
    }
    out
}

fn row(line: &Line) -> Vec<Cell> {
    let account = Cell::new(format!("{} {}", mark(line), line.account));
    vec![
        if line.used {
            account.style(style::STRONG)
        } else {
            account
        },
        Cell::new(credential(line)),
        Cell::new(line.login_words()),
        Cell::new(line.kind.words()).style(style::DIM),
        Cell::new(line.state()).style(tone(line)).right(),
        Cell::new(line.store.to_string()).style(style::DIM),
    ]
}

fn block(line: &Line) -> String {
    let head = format!("{} {} {}", mark(line), line.account, credential(line));
    let mut out = style::paint(style::STRONG, &head) + "\n";
    let state = style::paint(tone(line), &line.state());
    for part in [line.login_words(), line.kind.words().to_owned(), state] {
        out.push_str(&format!("    {part}\n"));
    }
    let store = style::paint(style::DIM, &line.store.to_string());
    out.push_str(&format!("    {store}\n"));
    if let Some(other) = line.other_account() {
        out.push_str(&format!("    {other}\n"));
    }
    out
}

fn mark(line: &Line) -> &'static str {
    if line.used { "*" } else { " " }
}

fn credential(line: &Line) -> String {
    match &line.credential {
        Slot::Shopper(_) => "shopper".to_owned(),
        other => visible(&other.to_string(), false),
    }
}

fn tone(line: &Line) -> anstyle::Style {
    match (line.life.seconds_left, line.renews) {
        (Some(0), Some(true)) => style::DOUBTFUL,
        (Some(0), _) => style::BAD,
        (Some(left), _) if left < SHORT => style::DOUBTFUL,
        _ if line.ends_soon => style::DOUBTFUL,
        (Some(_), _) => style::GOOD,
        (None, _) => anstyle::Style::new(),
    }
}
