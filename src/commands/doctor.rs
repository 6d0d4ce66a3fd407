//! `vtexid doctor`: everything a login and a token depend on, each looked at
//! for real, each with what to do about it.

use std::{fs, io, sync::mpsc, thread, time::Duration};

use serde::Serialize;

use crate::{
    account::Account,
    accounts,
    browser::Environment,
    clipboard,
    clock::machine_now,
    context::Context,
    credential::Credential,
    error::{Code, Failure},
    output::{Answer, visible},
    runtime,
    store::StoreKind,
    time, toolbelt,
    vtexid::Site,
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
    /// Could not be looked at.
    Skipped,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    verdict: Verdict,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// What a problem here makes the command exit with.
    #[serde(skip)]
    code: Code,
}

impl Check {
    fn new(name: &'static str, verdict: Verdict, found: impl Into<String>) -> Self {
        Self {
            name,
            verdict,
            found: found.into(),
            hint: None,
            code: Code::General,
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn failed(name: &'static str, failure: &Failure) -> Self {
        Self {
            name,
            verdict: Verdict::Problem,
            found: format!("{:#}", failure.error),
            hint: failure.hint.clone(),
            code: failure.code,
        }
    }
}

#[derive(Serialize)]
struct Report {
    well: bool,
    checks: Vec<Check>,
}

impl Answer for Report {
    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for check in &self.checks {
            let verdict = match check.verdict {
                Verdict::Ok => "ok",
                Verdict::Warning => "warning",
                Verdict::Problem => "PROBLEM",
                Verdict::Skipped => "skipped",
            };
            let found = visible(&check.found, false);
            lines.push(format!("{verdict:7}  {:11}  {found}", check.name));
            if let Some(hint) = &check.hint {
                lines.push(format!("{:22}hint: {}", "", visible(hint, false)));
            }
        }
        lines
    }
}

/// Runs the command. The report is the answer even where something is wrong.
///
/// # Errors
/// The first problem's code: 3 for an expired `VTEX_TOKEN`, 5 for the store, 6
/// for VTEX ID, else 1, or 2 for a `VTEX_ACCOUNT` that is no name.
pub fn run(context: &Context) -> Result<(), Failure> {
    // First, as it decides what the others look at.
    let mut checks = Vec::from_iter(environment(context));
    checks.extend([
        index(context),
        store(context),
        clipboard_check(),
        browser(context),
        proxy(context),
    ]);
    checks.extend(vtex_id(context));
    checks.extend(toolbelt_files(context));
    let problem = checks
        .iter()
        .find(|check| check.verdict == Verdict::Problem);
    let ending = problem.map(|check| (check.code, check.name));
    context.output.answer(&Report {
        well: ending.is_none(),
        checks,
    })?;
    match ending {
        None => Ok(()),
        Some((code, name)) => Err(Failure::new(code, format_args!("check failed: {name}"))),
    }
}

/// The variables that go before what is kept, where one of them is set.
fn environment(context: &Context) -> Option<Check> {
    const NAME: &str = "environment";
    let config = &context.config;
    let (mut found, mut verdict) = (Vec::new(), Verdict::Ok);
    let named = match accounts::named(context) {
        Ok(named) => named,
        Err(failure) => return Some(Check::failed(NAME, &failure)),
    };
    if config.token.is_some() {
        let token = Credential::load(context).and_then(|credential| {
            credential.check_not_expired(context)?;
            Ok(credential.token)
        });
        let token = match token {
            Ok(token) => token,
            Err(failure) => return Some(Check::failed(NAME, &failure)),
        };
        found.push("VTEX_TOKEN overrides the stored tokens, and login refuses".to_owned());
        if let Some((asked, reason)) = &named
            && let Some(theirs) = token.claims().other_account(asked)
        {
            verdict = Verdict::Warning;
            found.push(format!("it names {theirs}, not {asked} ({reason})"));
        }
    }
    if let Some(account) = &config.account {
        found.push(format!(
            "VTEX_ACCOUNT ({account}) overrides the current account"
        ));
    }
    match (&config.app_key, &config.app_token) {
        (Some(_), Some(_)) => {
            found.push("VTEX_APP_KEY and VTEX_APP_TOKEN are the pair of apptoken".to_owned());
        }
        (Some(_), None) => {
            verdict = Verdict::Warning;
            found.push("VTEX_APP_KEY is set, but VTEX_APP_TOKEN is missing".to_owned());
        }
        (None, Some(_)) => {
            verdict = Verdict::Warning;
            found.push("VTEX_APP_TOKEN is set, but VTEX_APP_KEY is missing".to_owned());
        }
        (None, None) => {}
    }
    (!found.is_empty()).then(|| Check::new(NAME, verdict, found.join("; ")))
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
        let entry = account.as_ref().and_then(|a| session.accounts().get(a));
        let kind = entry.map(|entry| entry.store).unwrap_or_default();
        let name = match &account {
            Some(account) => account.clone(),
            None => "doctor".parse()?,
        };
        let written = session.probe(&name, kind).map_err(|error| {
            let failure = Failure::from(error);
            match &account {
                Some(account) => failure.naming(account),
                None => failure,
            }
        })?;
        Ok((kind, account, written))
    };
    match probe() {
        Ok((StoreKind::Keyring, _, false)) => Check::new(
            "store",
            Verdict::Ok,
            "the keyring is unlocked; no test entry, which KeePassXC would keep in its recycle bin",
        ),
        Ok((kind @ (StoreKind::Keyring | StoreKind::Kernel), ..)) => Check::new(
            "store",
            Verdict::Ok,
            format!("saved, read and deleted a test entry ({kind})"),
        ),
        Ok((StoreKind::File, account, _)) => {
            let whose = account.map_or_else(String::new, |a| format!(" of {a}"));
            Check::new(
                "store",
                Verdict::Warning,
                format!("the tokens{whose} are saved in a plain-text file (--store file)"),
            )
            .hint("run `vtexid login ACCOUNT --store keyring` to move them to the keyring")
        }
        Err(failure) => Check::failed("store", &failure),
    }
}

fn clipboard_check() -> Check {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(clipboard::reach()));
    match receiver.recv_timeout(CLIPBOARD_LIMIT) {
        Ok(Ok(())) => Check::new("clipboard", Verdict::Ok, "it can be reached"),
        Ok(Err(problem)) => Check::new("clipboard", Verdict::Warning, problem)
            .hint("tokens are still printed; --no-copy skips the clipboard"),
        Err(_) => Check::new("clipboard", Verdict::Warning, "it does not answer")
            .hint("tokens are still printed; --no-copy skips the clipboard"),
    }
}

fn browser(context: &Context) -> Check {
    let place = Environment::find(&context.config);
    let opens = place.opens(&context.config);
    let found = match place {
        Environment::Desktop if opens => "a desktop: login opens a page",
        Environment::Editor => "an editor's remote session, which opens pages and forwards ports",
        Environment::Wsl if opens => "WSL: login opens a page in Windows",
        Environment::Ssh => "SSH session: the browser is on another machine",
        Environment::Container => "container: the browser is outside",
        _ if opens => "BROWSER is set: login opens a page",
        _ => "no display: login prints the address",
    };
    let check = Check::new("browser", Verdict::Ok, found);
    if opens {
        check
    } else {
        Check {
            verdict: Verdict::Warning,
            ..check
        }
        .hint("open the address in your browser, then paste the final URL")
    }
}

fn proxy(context: &Context) -> Check {
    let set = &context.config.network;
    if context.site != Site::Vtex {
        return Check::new(
            "network",
            Verdict::Ok,
            "VTEXID_URL is set: proxy and certificates are ignored",
        );
    }
    let found = if set.is_empty() {
        "no proxy, the system's certificates".to_owned()
    } else {
        format!("set in the environment: {}", set.join(", "))
    };
    // Making the client reads the certificates.
    match context.vtexid() {
        Ok(_) => Check::new("network", Verdict::Ok, found),
        Err(failure) => Check::failed("network", &failure),
    }
}

/// VTEX ID, and by its answer the clock.
fn vtex_id(context: &Context) -> Vec<Check> {
    let named = context
        .session()
        .ok()
        .and_then(|s| accounts::choose(context, &s).ok());
    let Some((account, _)) = named else {
        return vec![
            Check::new("vtex-id", Verdict::Skipped, "needs an account")
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
        return Check::new("clock", Verdict::Skipped, "VTEX ID's answer has no date");
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
        format!("{words} {way} VTEX ID's: tokens look expired too early or too late"),
    )
    .hint("set this machine's clock, or have it set by NTP")
}

/// Tokens that the toolbelt left in plain text.
fn toolbelt_files(context: &Context) -> Option<Check> {
    let dir = context.config.toolbelt_dir.as_ref()?;
    let check = match toolbelt::read(dir) {
        Err(error) => Check::new("toolbelt", Verdict::Warning, error.to_string()),
        Ok(sessions) if sessions.accounts.is_empty() => return None,
        Ok(sessions) => Check::new(
            "toolbelt",
            Verdict::Warning,
            format!(
                "tokens of {} are in plain text in {}{}",
                counted(sessions.accounts.len()),
                dir.display(),
                if readable_by_others(dir).unwrap_or(false) {
                    ", where other users of this machine can read them"
                } else {
                    ""
                }
            ),
        )
        .hint("`vtexid toolbelt import` imports them; `vtex logout` deletes them"),
    };
    Some(check)
}

#[cfg(unix)]
fn readable_by_others(dir: &std::path::Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    if fs::metadata(dir)?.mode() & 0o011 == 0 {
        return Ok(false);
    }
    for entry in fs::read_dir(dir)? {
        if entry?.metadata()?.mode() & 0o044 != 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(not(unix))]
fn readable_by_others(dir: &std::path::Path) -> io::Result<bool> {
    fs::metadata(dir).map(|_| false)
}

fn counted(accounts: usize) -> String {
    match accounts {
        1 => "1 account".to_owned(),
        n => format!("{n} accounts"),
    }
}
