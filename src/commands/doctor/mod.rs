//! `vtexid doctor`: checks everything that a login and a token depend on, and
//! says how to fix each problem.

mod settings;

use std::{sync::mpsc, time::Duration};

use anstyle::Style;
use serde::{Serialize, Serializer};

use super::toolbelt::{cleanup_hint, listed};
use crate::{
    account::Account,
    accounts, clipboard,
    clock::machine_now,
    context::Context,
    error::{Code, Failure},
    output::{Answer, Cell, Screen, columns_row, style, visible},
    runtime,
    session::SessionError,
    slot::Slot,
    store::StoreKind,
    threads, time, toolbelt,
};

/// A clock further off than this makes tokens look expired or not yet valid.
const CLOCK_TOLERANCE: i64 = 60;
const CLIPBOARD_LIMIT: Duration = Duration::from_secs(2);

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    Ok,
    /// Works, but is worth knowing.
    Warning,
    /// Does not work.
    Problem,
    /// Could not be checked.
    Skipped,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    verdict: Verdict,
    found: String,
    /// For programs one text.
    #[serde(
        rename = "hint",
        skip_serializing_if = "Vec::is_empty",
        serialize_with = "joined"
    )]
    hints: Vec<String>,
    /// The exit code if this is the first problem.
    #[serde(skip)]
    code: Code,
}

impl Check {
    fn new(name: &'static str, verdict: Verdict, found: impl Into<String>) -> Self {
        Self {
            name,
            verdict,
            found: found.into(),
            hints: Vec::new(),
            code: Code::General,
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    fn failed(name: &'static str, failure: &Failure) -> Self {
        Self {
            name,
            verdict: Verdict::Problem,
            found: format!("{:#}", failure.error),
            hints: failure.hints.clone(),
            code: failure.code,
        }
    }
}

fn joined<S: Serializer>(hints: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hints.join("; "))
}

#[derive(Serialize)]
struct Report {
    well: bool,
    checks: Vec<Check>,
}

impl Check {
    /// What people read instead of the name, a promise to scripts.
    fn label(&self) -> &'static str {
        match self.name {
            "index" => "sessions",
            // To a VTEX developer a store is a shop.
            "store" => "keyring",
            name => name,
        }
    }

    /// Its row of the table, and a row below it for what to do.
    fn rows(&self, width: Option<usize>, has_styles: bool) -> Vec<String> {
        let style = |style| if has_styles { style } else { Style::new() };
        let verdict = Cell::new(self.verdict.label()).style(style(self.verdict.style()));
        let cells = [(verdict, 7), (Cell::new(self.label()), 11)];
        let found = visible(&self.found, false);
        let mut rows = vec![columns_row(&cells, None, &found, width)];
        for hint in &self.hints {
            let below = [(Cell::new(""), 20)];
            let prefix = Cell::new("hint:").style(style(style::HINT));
            rows.push(columns_row(
                &below,
                Some(&prefix),
                &visible(hint, false),
                width,
            ));
        }
        rows
    }
}

impl Verdict {
    fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
            Self::Skipped => "skipped",
        }
    }

    fn style(self) -> anstyle::Style {
        match self {
            Self::Ok => style::GOOD,
            Self::Warning => style::DOUBTFUL,
            Self::Problem => style::BAD,
            Self::Skipped => style::DIM,
        }
    }
}

impl Answer for Check {
    fn lines(&self) -> Vec<String> {
        self.rows(None, false)
    }

    fn styled(&self, screen: &Screen) -> Option<String> {
        Some(self.rows(screen.width, true).join("\n") + "\n")
    }
}

impl Answer for Report {
    fn lines(&self) -> Vec<String> {
        self.checks.iter().flat_map(Check::lines).collect()
    }
}

/// One step of the checks.
type Look = fn(&Context) -> Vec<Check>;

/// The checks in order, each with its name for the progress line. The
/// environment is first, because it decides what the others check.
const LOOKS: [(&str, Look); 8] = [
    ("the environment", |context| {
        Vec::from_iter(settings::environment(context))
    }),
    ("the session index", |context| vec![index(context)]),
    ("the keyring", |context| vec![store(context)]),
    ("the clipboard", |_| vec![clipboard_check()]),
    ("the browser", |context| vec![settings::browser(context)]),
    ("the network settings", |context| {
        vec![settings::network(context)]
    }),
    ("VTEX ID", vtex_id),
    ("the toolbelt's files", |context| {
        Vec::from_iter(toolbelt_files(context))
    }),
];

/// Runs the command. The report is the answer even if something is wrong.
///
/// # Errors
/// The first problem's code: 3 for an expired `VTEX_TOKEN`, 5 for the store, 6
/// for VTEX ID, else 1, or 2 for an invalid `VTEX_ACCOUNT`.
pub fn run(context: &Context) -> Result<(), Failure> {
    let mut report = Report {
        well: true,
        checks: Vec::new(),
    };
    for (name, look) in LOOKS {
        let progress = context.progress(format_args!("checking {name}"));
        let found = look(context);
        drop(progress);
        for check in found {
            // People see each result immediately; programs get the whole
            // report.
            if !context.output.json {
                context.output.answer(&check)?;
            }
            report.checks.push(check);
        }
    }
    let problems: Vec<&Check> = report
        .checks
        .iter()
        .filter(|check| check.verdict == Verdict::Problem)
        .collect();
    let ending = problems.first().map(|first| {
        let names: Vec<&str> = problems.iter().map(|check| check.label()).collect();
        let word = if names.len() == 1 { "check" } else { "checks" };
        Failure::new(
            first.code,
            format_args!("{word} failed: {}", names.join(", ")),
        )
    });
    if context.output.json {
        report.well = ending.is_none();
        context.output.answer(&report)?;
    }
    ending.map_or(Ok(()), Err)
}

fn index(context: &Context) -> Check {
    match context.session() {
        Ok(session) => {
            let accounts = counted(session.accounts().len());
            let dir = session.dir().display();
            Check::new("index", Verdict::Ok, format!("{accounts}, in {dir}"))
        }
        Err(failure) => Check::failed("index", &failure),
    }
}

/// A real round trip through the store the account uses, else the default.
fn store(context: &Context) -> Check {
    let probe = || -> Result<(StoreKind, Option<Account>, bool), Failure> {
        let session = context.session()?;
        let account = accounts::choose(context, &session)
            .ok()
            .map(|(account, _)| account);
        let line = account.as_ref().and_then(|a| session.accounts().get(a));
        let kind = context.store_for(None, line.and_then(|line| line.store(&Slot::User)))?;
        let name = match &account {
            Some(account) => account.clone(),
            None => "doctor".parse()?,
        };
        let written = session.probe(&name, kind).map_err(|error| match error {
            // The test entry's own name is not an account to log in to.
            SessionError::Store(error) if account.is_none() => error.of_nobody().into(),
            error => Failure::from(error),
        })?;
        Ok((kind, account, written))
    };
    match probe() {
        Ok((StoreKind::Keyring, _, false)) => Check::new(
            "store",
            Verdict::Ok,
            "the keyring is unlocked (skipped the test entry, because KeePassXC moves deleted entries to its recycle bin)",
        ),
        Ok((kind @ (StoreKind::Keyring | StoreKind::Kernel), ..)) => Check::new(
            "store",
            Verdict::Ok,
            format!("saved, read and deleted a test entry ({kind})"),
        ),
        Ok((StoreKind::File, account, _)) => {
            let whose = (account.as_ref()).map_or_else(String::new, |a| format!(" of {a}"));
            Check::new(
                "store",
                Verdict::Warning,
                format!("the tokens{whose} are saved in a plain-text file (--store file)"),
            )
            .hint(format!(
                "run `vtexid login {} --store keyring` to move them to the keyring",
                account.as_ref().map_or("ACCOUNT", Account::as_str)
            ))
        }
        Err(failure) => Check::failed("store", &failure),
    }
}

fn clipboard_check() -> Check {
    let (sender, receiver) = mpsc::channel();
    let looking =
        threads::check().and_then(|()| threads::start(move || sender.send(clipboard::reach())));
    if let Err(error) = looking {
        return Check::new("clipboard", Verdict::Skipped, error.to_string());
    }
    let problem = match receiver.recv_timeout(CLIPBOARD_LIMIT) {
        Ok(Ok(())) => return Check::new("clipboard", Verdict::Ok, "the clipboard works"),
        Ok(Err(problem)) => problem,
        Err(_) => "the clipboard does not respond".to_owned(),
    };
    Check::new("clipboard", Verdict::Warning, problem)
        .hint("tokens are still printed; pass --no-copy to `local token` to skip the clipboard")
}

/// VTEX ID, and the clock by its answer.
fn vtex_id(context: &Context) -> Vec<Check> {
    let named = context
        .session()
        .ok()
        .and_then(|s| accounts::choose(context, &s).ok());
    let Some((account, _)) = named else {
        return vec![
            Check::new("vtex-id", Verdict::Skipped, "not checked: no account")
                .hint("run `vtexid doctor -a ACCOUNT`"),
        ];
    };
    let asked = context
        .vtexid()
        .and_then(|api| runtime::run(async { Ok(api.reach(&account).await?) }));
    match asked {
        Err(failure) => vec![Check::failed("vtex-id", &failure)],
        Ok(date) => vec![
            Check::new("vtex-id", Verdict::Ok, format!("reachable for {account}")),
            clock(date),
        ],
    }
}

fn clock(date: Option<i64>) -> Check {
    let Some(date) = date else {
        return Check::new(
            "clock",
            Verdict::Skipped,
            "VTEX ID's answer has no Date header",
        );
    };
    let off = machine_now().saturating_sub(date);
    let words = time::span_words(off);
    if off.abs() <= CLOCK_TOLERANCE {
        return Check::new(
            "clock",
            Verdict::Ok,
            format!("differs from VTEX ID's clock by {words}"),
        );
    }
    let way = if off > 0 { "ahead of" } else { "behind" };
    Check::new(
        "clock",
        Verdict::Problem,
        format!("this machine's clock is {words} {way} VTEX ID's: tokens look expired too early or too late"),
    )
    .hint("set this machine's clock, or turn on NTP")
}

/// Tokens that the toolbelt left in plain text.
fn toolbelt_files(context: &Context) -> Option<Check> {
    let paths = context.config.toolbelt.as_ref()?;
    let check = |found: String| Check::new("toolbelt", Verdict::Warning, found);
    let sessions = match toolbelt::read(&paths.session) {
        Err(error) => return Some(check(error.to_string())),
        Ok(sessions) => sessions,
    };
    let mut found: Vec<String> = sessions.problems.iter().map(ToString::to_string).collect();
    let copies = toolbelt::copies(paths, &sessions);
    if copies.is_empty() {
        return (!found.is_empty()).then(|| check(found.join("; ")));
    }
    let whose = match sessions.accounts.len() {
        0 => String::new(),
        n => format!(" of {}", counted(n)),
    };
    let places = listed(&copies);
    found.push(format!("tokens{whose} are in plain text in {places}"));
    let readable = toolbelt::readable_by_others(paths, &copies);
    if !readable.is_empty() {
        let files = listed(&readable);
        found.push(format!("other users of this machine can read {files}"));
    }
    let cleanup = cleanup_hint(paths, &sessions, &copies);
    let hint = match sessions.accounts.len() {
        0 => cleanup,
        _ => format!("`vtexid toolbelt import` imports them; {cleanup}"),
    };
    Some(check(found.join("; ")).hint(hint))
}

fn counted(accounts: usize) -> String {
    match accounts {
        1 => "1 account".to_owned(),
        n => format!("{n} accounts"),
    }
}
