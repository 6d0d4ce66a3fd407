//! What `status` looks like on a terminal.

use super::{Line, Status};
use crate::{
    output::{Cell, Gives, Screen, columns, style, visible},
    slot::Slot,
};

/// A narrower terminal has a block for each credential.
const TABLE_FROM: usize = 60;
/// Below this width the column KIND is left out.
const KIND_FROM: usize = 100;
/// A longer account gets its own line.
const ACCOUNT_WIDTH: usize = 26;
/// Minimum widths of the columns LOGIN and SAVED IN.
const LOGIN_WIDTH: usize = 12;
const STORE_WIDTH: usize = 4;
/// Less time than this is highlighted, in seconds.
const SHORT: i64 = 3600;

/// The whole answer.
pub(super) fn render(status: &Status, screen: &Screen) -> String {
    let mut lines = Vec::from_iter(status.environment_line());
    if screen.width.is_some_and(|width| width < TABLE_FROM) {
        lines.extend(status.accounts.iter().flat_map(block));
    } else if !status.accounts.is_empty() {
        lines.push(table(status, screen).trim_end().to_owned());
        let others = status.accounts.iter().filter_map(|line| {
            let other = line.other_account()?;
            Some(format!("  {}: {other}", line.account))
        });
        lines.extend(others);
    }
    if let Some(used) = status.used_line() {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let (head, rest) = used.split_at(used.find(':').map_or(0, |at| at + 1));
        let works = status.effective.is_some();
        let tone = if works { style::STRONG } else { style::BAD };
        lines.push(format!("{head}{}", style::paint(tone, rest)));
    }
    lines.join("\n") + "\n"
}

fn table(status: &Status, screen: &Screen) -> String {
    let mut rows: Vec<Vec<Cell>> = status.accounts.iter().map(row).collect();
    let mut header = vec!["  ACCOUNT", "AS", "LOGIN", "TOKEN", "SAVED IN", "KIND"];
    if screen.width.is_some_and(|width| width < KIND_FROM) {
        header.pop();
        for row in &mut rows {
            row.pop();
        }
    }
    let gives = [
        Gives {
            column: 2,
            to: LOGIN_WIDTH,
        },
        Gives {
            column: 4,
            to: STORE_WIDTH,
        },
    ];
    columns(&header, &rows, screen.width, ACCOUNT_WIDTH, &gives)
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
        Cell::new(line.state()).style(tone(line)).right(),
        Cell::new(line.store.to_string()).style(style::DIM),
        Cell::new(line.kind.words()).style(style::DIM),
    ]
}

fn block(line: &Line) -> Vec<String> {
    let head = format!("{} {} {}", mark(line), line.account, credential(line));
    let mut parts = vec![
        line.login_words(),
        line.kind.words().to_owned(),
        style::paint(tone(line), &line.state()),
        style::paint(style::DIM, &line.store.to_string()),
    ];
    parts.extend(line.other_account());
    let head = [style::paint(style::STRONG, &head)];
    let parts = parts.iter().map(|part| format!("    {part}"));
    head.into_iter().chain(parts).collect()
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
