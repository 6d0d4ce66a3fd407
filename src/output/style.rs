//! All colours and weights: messages, tables, clap's help. `anstream` decides
//! whether they are shown, by `--color`, `NO_COLOR`, `CLICOLOR`,
//! `CLICOLOR_FORCE` and `TERM`, and makes Windows' consoles show them.
//!
//! A colour is never the only sign of anything.

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;

/// A failure.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// A warning.
pub const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();
/// A hint, or a command's name.
pub const HINT: Style = AnsiColor::Cyan.on_default().bold();
/// Success.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// A name or a heading.
pub const STRONG: Style = Style::new().bold();
/// Less important than the rest of its line.
pub const DIM: Style = Style::new().dimmed();

/// The prefixes of messages, and their styles.
const PREFIXES: [(&str, Style); 3] = [("error: ", BAD), ("warning: ", DOUBTFUL), ("hint: ", HINT)];

/// The text in that style.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The prefix that a message begins with, and its style.
pub fn prefix(message: &str) -> Option<(&'static str, Style)> {
    PREFIXES
        .into_iter()
        .find(|(prefix, _)| message.starts_with(prefix))
}

/// How clap's help and errors look.
pub fn of_help() -> Styles {
    Styles::styled()
        .header(STRONG)
        .usage(STRONG)
        .literal(HINT)
        .placeholder(AnsiColor::Cyan.on_default())
        .error(BAD)
        .valid(HINT)
        .invalid(DOUBTFUL)
}
