//! The man pages: one per command, with the usual sections.
//!
//! All text comes from the command line: the text before the options in
//! `--help` is the description, the text after them becomes the other sections.

use clap::{Arg, Command, builder::StyledStr};
use roff::{Inline, Roff, bold, italic, roman};

const SECTION: &str = "1";
/// The day of the release they describe, or of the last change before the
/// first one. Not the day of the build: the same sources make the same pages.
const DATE: &str = "2026-11-26";

/// Every page, by its file's name.
pub fn pages(command: Command) -> Vec<(String, String)> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    add(&command, &[], &mut pages);
    pages
}

/// The page of a command and of each below it. `near` are the pages of the
/// commands above and beside it.
fn add(command: &Command, near: &[String], pages: &mut Vec<(String, String)>) {
    let below: Vec<String> = command.get_subcommands().map(name).collect();
    let others = near.iter().filter(|other| **other != name(command));
    let see: Vec<&String> = others.chain(&below).collect();
    let file = format!("{}.{SECTION}", name(command));
    pages.push((file, page(command, &see)));
    let near = [&[name(command)], &*below].concat();
    for command in command.get_subcommands() {
        add(command, &near, pages);
    }
}

/// As in `vtexid-local-token`.
fn name(command: &Command) -> String {
    let name = command.get_display_name();
    name.unwrap_or_else(|| command.get_name()).to_owned()
}

fn page(command: &Command, see: &[&String]) -> String {
    let mut page = Roff::new();
    let source = concat!("vtexid ", env!("CARGO_PKG_VERSION"));
    page.control("TH", [&name(command), SECTION, DATE, source, "vtexid"]);
    // Not stretched.
    page.control("ad", ["l"]);

    let about = plain(command.get_about());
    page.control("SH", ["NAME"]);
    page.text([roman(format!("{} - {about}", name(command)))]);

    let (positional, flags): (Vec<_>, Vec<_>) = command
        .get_arguments()
        .filter(|arg| !arg.is_hide_set())
        .partition(|arg| arg.is_positional());
    let (global, own): (Vec<_>, Vec<_>) = flags.iter().partition(|arg| arg.is_global_set());

    page.control("SH", ["SYNOPSIS"]);
    synopsis(&mut page, command, own.iter().chain(&global), &positional);
    // Turns hyphenation off, because many words are commands. The macros above
    // turn it on again.
    page.control("nh", []);

    page.control("SH", ["DESCRIPTION"]);
    let long = plain(command.get_long_about());
    let rest = long.split_once("\n\n").map(|(_, rest)| rest.to_owned());
    for (n, paragraph) in rest.unwrap_or(about + ".").split("\n\n").enumerate() {
        if n > 0 {
            page.control("PP", []);
        }
        page.text(marked(paragraph));
    }

    for (heading, list) in [
        ("ARGUMENTS", positional),
        ("OPTIONS", own),
        ("OPTIONS OF EVERY COMMAND", global),
    ] {
        if !list.is_empty() {
            page.control("SH", [heading]);
        }
        for arg in list {
            argument(&mut page, arg);
        }
    }

    if command.has_subcommands() {
        page.control("SH", ["COMMANDS"]);
    }
    for command in command.get_subcommands() {
        page.control("TP", []);
        reference(&mut page, &name(command), "");
        page.text(marked(&plain(command.get_about())));
    }

    let after = command.get_after_long_help().or(command.get_after_help());
    let after = plain(after);
    for line in after.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("  ") {
            None => page.control("SH", [&*line.trim_end_matches(':').to_uppercase()]),
            Some(text) if text.starts_with(' ') => page.text(marked(text.trim_start())),
            Some(entry) => {
                let (term, text) = entry.split_once("  ").unwrap_or((entry, ""));
                page.control("TP", []).text([bold(term)]);
                match text.trim_start() {
                    "" => &mut page,
                    text => page.text(marked(text)),
                }
            }
        };
    }

    page.control("SH", ["SEE ALSO"]);
    for (n, other) in see.iter().enumerate() {
        reference(&mut page, other, if n + 1 < see.len() { "," } else { "" });
    }
    if command.get_display_name() != Some("vtexid") {
        page.control("PP", []);
        page.text([roman("Exit status, environment and files are explained in")]);
        reference(&mut page, "vtexid", ".");
    }
    page.render()
}

/// What is typed: the command, flags and arguments.
fn synopsis<'a>(
    page: &mut Roff,
    command: &Command,
    flags: impl Iterator<Item = &'a &'a Arg>,
    positional: &[&Arg],
) {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    page.control("SY", [name]);
    for arg in flags {
        let flag = match (arg.get_short(), arg.get_long()) {
            // Described below.
            (_, Some("help" | "version")) => continue,
            (Some(short), _) => escaped(&format!("-{short}")),
            (None, long) => escaped(&format!("--{}", long.unwrap_or_default())),
        };
        match value(arg) {
            Some(value) if is_optional(arg) => {
                page.control("OP", [&*format!("{flag}\\fR[=\\fI{value}\\fR]")])
            }
            Some(value) => page.control("OP", [&*flag, &value]),
            None => page.control("OP", [&*flag]),
        };
    }
    for arg in positional {
        let value = escaped(&value(arg).unwrap_or_default());
        if arg.is_required_set() {
            page.control("I", [&*value]);
        } else {
            page.control("RI", ["[", &value, "]"]);
        }
    }
    if command.has_subcommands() {
        page.control("I", ["COMMAND"]);
    }
    page.control("YS", []);
}

/// A flag or an argument, what it is for, and what it can be.
fn argument(page: &mut Roff, arg: &Arg) {
    let mut term = Vec::new();
    if let Some(short) = arg.get_short() {
        term.push(bold(format!("-{short}")));
        term.push(roman(", "));
    }
    if let Some(long) = arg.get_long() {
        term.push(bold(format!("--{long}")));
    }
    match value(arg) {
        Some(value) if arg.is_positional() => term.push(italic(value)),
        Some(value) if is_optional(arg) => {
            term.extend([roman("[="), italic(value), roman("]")]);
        }
        Some(value) => term.extend([roman(" "), italic(value)]),
        None => {}
    }
    page.control("TP", []).text(term);
    let mut help = plain(arg.get_long_help().or(arg.get_help()));
    if help.starts_with("Print help") {
        // Drops clap's note about the other form of help.
        help.truncate("Print help".len());
    }
    let defaults = arg.get_default_values().iter();
    let defaults = defaults.filter(|_| value(arg).is_some());
    let defaults = defaults.map(|value| format!(" [default: {}]", value.to_string_lossy()));
    help.extend(defaults);
    page.text(marked(&help));
    let values = arg.get_possible_values();
    if value(arg).is_none() || values.is_empty() {
        return;
    }
    page.control("RS", []);
    for value in values {
        page.control("TP", ["13"]).text([bold(value.get_name())]);
        page.text(marked(&plain(value.get_help())));
    }
    page.control("RE", []);
}

/// The placeholder of its value, if it takes one.
fn value(arg: &Arg) -> Option<String> {
    let names = arg
        .get_value_names()
        .filter(|_| arg.get_action().takes_values());
    names.map(|names| names.join(" "))
}

fn is_optional(arg: &Arg) -> bool {
    arg.get_num_args()
        .is_some_and(|range| range.min_values() == 0)
}

/// `vtexid-login(1)` and what follows it.
fn reference(page: &mut Roff, name: &str, after: &str) {
    page.control("BR", [&*escaped(name), &format!("({SECTION}){after}")]);
}

/// A control line's words are not escaped by `roff`.
fn escaped(word: &str) -> String {
    word.replace('-', "\\-")
}

fn plain(text: Option<&StyledStr>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

/// Text in backticks is typed, so it is bold.
fn marked(text: &str) -> Vec<Inline> {
    let parts = text.split('`').enumerate();
    let inline = |(n, part)| if n % 2 == 1 { bold(part) } else { roman(part) };
    parts.map(inline).collect()
}
