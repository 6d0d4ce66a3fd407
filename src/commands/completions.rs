//! `vtexid completions SHELL`, and the hidden `vtexid __complete`, which the
//! printed scripts call at each Tab.
//!
//! Only this file knows what can be typed, from clap's own engine. The scripts
//! in `completions/` pass the line on and show the answer. Answering prints no
//! messages, changes nothing and never waits.

use std::{
    any::TypeId,
    ffi::{OsStr, OsString},
};

use clap::{Arg, Command, CommandFactory as _, ValueHint};
use clap_complete::{
    CompletionCandidate, Shell,
    engine::{ArgValueCandidates, ArgValueCompleter, complete},
};

use crate::{
    account::Typed,
    api::PREFIXES,
    cli::{ApiPath, As, Cli, Complete, Target},
    context::Context,
    error::Failure,
    output::{Output, visible},
    session::{Entry, Session},
    slot::Slot,
    time,
};

/// Answers that let the shell complete. Nothing else begins with a colon.
const FILES: &str = ":files";
const COMMAND: &str = ":command";
const LONGEST_LOGIN: usize = 40;

/// `vtexid completions SHELL`
///
/// # Errors
/// When stdout cannot take it.
pub fn script(shell: Shell) -> Result<(), Failure> {
    Output::raw(match shell {
        Shell::Elvish => include_str!("../../completions/vtexid.elv"),
        Shell::Fish => include_str!("../../completions/vtexid.fish"),
        Shell::PowerShell => include_str!("../../completions/_vtexid.ps1"),
        Shell::Zsh => include_str!("../../completions/_vtexid"),
        _ => include_str!("../../completions/vtexid.bash"),
    })
}

/// `vtexid __complete`: one line per word that can be typed, with a tab and a
/// description if there is one. A word that ends in `/` is incomplete, so no
/// space follows it. Without a context, for example if a variable is invalid,
/// no accounts are offered.
///
/// # Errors
/// When stdout cannot take it.
pub fn answer(context: Option<&Context>, asked: &Complete) -> Result<(), Failure> {
    let (account, mut words) = without_account(&asked.words);
    let known = Known::new(context, account.as_deref());
    let index = words.len();
    words.push(asked.typing.clone());
    let mut command = known.offer_in(Cli::command());
    // An error means that there is nothing to offer.
    let mut offered = complete(&mut command, words, index, None).unwrap_or_default();
    let flag = asked.typing.as_encoded_bytes().starts_with(b"-");
    offered.retain(|candidate| {
        let value = candidate.get_value();
        let is_flag = value.len() > 1 && value.as_encoded_bytes().starts_with(b"-");
        let is_shells = value == FILES || value == COMMAND;
        !candidate.is_hide_set() && if flag { !is_shells } else { !is_flag }
    });
    Output::raw(&offered.iter().map(line).collect::<String>())
}

fn line(candidate: &CompletionCandidate) -> String {
    let value = candidate.get_value().to_string_lossy();
    match candidate.get_help() {
        None => format!("{value}\n"),
        Some(help) => {
            let help = help.to_string();
            format!("{value}\t{}\n", help.lines().next().unwrap_or_default())
        }
    }
}

/// The words without `--account` and its value, and that value. clap's engine
/// would mistake an account for the command of the same name.
fn without_account(typed: &[OsString]) -> (Option<String>, Vec<OsString>) {
    let (mut account, mut words) = (None, Vec::new());
    let mut rest = typed.iter();
    while let Some(word) = rest.next() {
        if word == "--" {
            words.push(word.clone());
            words.extend(rest.by_ref().cloned());
        } else if word == "-a" || word == "--account" {
            match rest.next() {
                Some(value) => account = value.to_str().map(str::to_owned),
                None => words.push(word.clone()),
            }
        } else {
            let value = word.to_str().and_then(|w| w.strip_prefix("--account="));
            account = value.map(str::to_owned).or(account);
            words.push(word.clone());
        }
    }
    (account, words)
}

/// The values that can be offered, each with its description.
#[derive(Default)]
struct Known {
    accounts: Vec<Choice>,
    shoppers: Vec<Choice>,
}

type Choice = (String, String);

const SLOTS: [(&str, &str); 2] = [("user", "the user's"), ("key", "the app key's")];

impl Known {
    fn new(context: Option<&Context>, account: Option<&str>) -> Self {
        let session = context.and_then(Context::peek);
        let now = context.map_or(0, Context::now);
        session.map_or_else(Self::default, |session| Self::of(&session, now, account))
    }

    fn of(session: &Session, now: i64, wanted: Option<&str>) -> Self {
        let mut known = Self::default();
        for (account, stored) in session.accounts() {
            let name = account.as_str();
            let entry = stored.default_slot().and_then(|slot| stored.get(&slot));
            let help = match (entry, stored.shoppers.len()) {
                (Some(entry), _) => state(entry, now),
                (None, 1) => "1 shopper".to_owned(),
                (None, many) => format!("{many} shoppers"),
            };
            known.accounts.push((name.to_owned(), help));
            if wanted.is_some_and(|wanted| wanted != name) {
                continue;
            }
            for (email, entry) in &stored.shoppers {
                // Only characters that no shell treats specially.
                let plain = |c: char| c.is_alphanumeric() || "@._+-".contains(c);
                if email.as_str().chars().all(plain) {
                    let help = format!("{name}: {}", state(entry, now));
                    known.shoppers.push((email.as_str().to_owned(), help));
                }
            }
        }
        known
    }

    /// The command line with its values.
    fn offer_in(&self, command: Command) -> Command {
        let command = command.mut_args(|arg| self.offer(arg));
        command.mut_subcommands(|below| self.offer_in(below))
    }

    fn offer(&self, arg: Arg) -> Arg {
        let kind = arg.get_value_parser().type_id();
        let slots = |more: &[(&str, &str)]| {
            let fixed = SLOTS.iter().chain(more);
            let fixed = fixed.map(|(name, help)| ((*name).to_owned(), (*help).to_owned()));
            fixed.chain(self.shoppers.clone()).collect()
        };
        let choices: Vec<Choice> = if kind == TypeId::of::<Typed>() {
            self.accounts.clone()
        } else if kind == TypeId::of::<Target>() {
            let back = ("-".to_owned(), "the previous account".to_owned());
            [vec![back], self.accounts.clone()].concat()
        } else if kind == TypeId::of::<Slot>() {
            slots(&[])
        } else if kind == TypeId::of::<As>() {
            slots(&[("none", "no credential")])
        } else if kind == TypeId::of::<ApiPath>() {
            PREFIXES.map(|path| (path.to_owned(), String::new())).into()
        } else {
            return match arg.get_value_hint() {
                ValueHint::AnyPath | ValueHint::FilePath => arg.add(left_to_shell(FILES)),
                ValueHint::CommandWithArguments => arg.add(left_to_shell(COMMAND)),
                _ => arg,
            };
        };
        arg.add(ArgValueCandidates::new(move || {
            choices.iter().map(candidate).collect()
        }))
    }
}

fn candidate((value, help): &Choice) -> CompletionCandidate {
    let help = (!help.is_empty()).then(|| help.into());
    CompletionCandidate::new(value).help(help)
}

fn left_to_shell(how: &'static str) -> ArgValueCompleter {
    ArgValueCompleter::new(move |_: &OsStr| vec![CompletionCandidate::new(how)])
}

/// Who it is, and for how long.
fn state(entry: &Entry, now: i64) -> String {
    let life = match entry.expires_on {
        None => "expiry unknown".to_owned(),
        Some(end) if end > now => format!("{} left", time::span_words(end - now)),
        Some(_) if entry.renews() == Some(true) => "expired, renewable".to_owned(),
        Some(_) => "expired".to_owned(),
    };
    match &entry.login {
        None => life,
        Some(login) => {
            let login: String = login.chars().take(LONGEST_LOGIN).collect();
            format!("{}, {life}", visible(&login, false))
        }
    }
}
