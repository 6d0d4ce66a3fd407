//! The browser login's messages, and waiting for the browser, a pasted URL or
//! the time-out.

use std::time::Duration;

use tokio::time::{Instant, interval, sleep_until};
use zeroize::Zeroizing;

use super::{Login, save::LoggedIn};
use crate::{
    browser::{self, Environment},
    error::{Code, Failure},
    login::{Arrival, LoginFlow, Verdict, page::Outcome, paste},
    output::Output,
    prompt::{Source, Typed},
    runtime,
    secret::Secret,
    session::NewTokens,
    threads, time,
    token::{Token, Validity},
    vtexid::{ApiError, VtexId},
    waits::REMIND_AFTER,
};

/// Limit of lines about unusable and rejected callbacks: any program on this
/// machine can cause them.
const MAX_LINES: usize = 5;
/// Chromium 142 and later ask this before a page may reach 127.0.0.1, and do
/// not report a refusal.
const BROWSER_ASKS: &str =
    "if the browser asks to access other apps and services on this device, choose Allow";
const INVITATION: &str = "if the browser cannot reach this machine, paste the final URL here:\n";
const INVITATION_IN_A_CONTAINER: &str =
    "sign in, then paste the final URL here (it begins with http://127.0.0.1):\n";
const TICK: Duration = Duration::from_millis(120);

impl Login<'_> {
    /// Signs in with the browser.
    ///
    /// # Errors
    /// When the time runs out, or the token could not be exchanged or saved.
    pub(super) fn browse(&mut self, api: &VtexId) -> Result<LoggedIn, Failure> {
        runtime::run(async {
            let port = self.args.port.unwrap_or(0);
            let flow = LoginFlow::start(api, &self.account, port).await?;
            let environment = Environment::find(&self.context.config);
            let source = Source::of_stdin(self.args.no_browser);
            self.invite(environment, source, &flow);
            let mut waiting = Waiting {
                environment,
                source,
                rejections: 0,
                login: self,
            };
            let result = waiting.run(&flow).await;
            Output::end_status();
            flow.close().await;
            result
        })
    }

    /// Prints the address first, because vtexid cannot know whether a browser
    /// opened.
    fn invite(&self, environment: Environment, source: Option<Source>, flow: &LoginFlow<'_>) {
        let (context, account) = (self.context, &self.account);
        let opens = !self.args.no_browser && environment.opens(&context.config);
        // A browser elsewhere does not ask about this machine.
        let asks = opens
            || matches!(
                environment,
                Environment::Desktop | Environment::Editor | Environment::Wsl
            );
        let invitation = match environment {
            _ if opens => "opening your browser; if it does not open, go to this address",
            _ if environment.forbidden(&context.config) => {
                "BROWSER is none: open this address in a browser"
            }
            Environment::Ssh => "open this address in the browser on your own machine",
            Environment::Container => "open this address in a browser outside this container",
            _ => "open this address in a browser",
        };
        Output::say(format_args!("{invitation} to log in to {account}:"));
        Output::address(flow.page());
        if opens {
            let (page, config) = (flow.page().clone(), context.config.clone());
            // A launcher can be slow: the listener must not wait for it.
            let failed = |problem: &str| {
                Output::warn(format_args!(
                    "could not open a browser: {problem}; open the address yourself"
                ));
            };
            let started = threads::start(move || browser::open(&page, &config, failed));
            if let Err(error) = started {
                failed(&error.to_string());
            }
        }
        context.output.note(format_args!(
            "waiting for the browser on {}",
            flow.address()
        ));
        if let Some(hint) = self.elsewhere(environment, flow.address().port()) {
            context.output.note(format_args!("hint: {hint}"));
        }
        if asks {
            context.output.note(BROWSER_ASKS);
        }
        match source {
            Some(Source::Pipe) => context.output.note(
                "if the browser cannot reach this machine, send the final URL to stdin as one line",
            ),
            None if environment == Environment::Container => context.output.note(
                "hint: run this at a terminal to paste the URL the browser ends on, or pass a token with --with-token; in scripts use `vtexid apptoken`",
            ),
            None if environment == Environment::Ssh => context.output.note(
                "hint: run this at a terminal to paste the URL the browser ends on, or pass a token with --with-token",
            ),
            // The reader of the terminal prints the invitation to paste.
            Some(Source::Terminal) | None => {}
        }
    }

    /// A hint for a browser on another machine.
    fn elsewhere(&self, environment: Environment, port: u16) -> Option<String> {
        match environment {
            Environment::Ssh => {
                // `client address, client port, server address, server port`
                let ssh = &self.context.config.ssh;
                let words: Vec<&str> = ssh.iter().flat_map(|s| s.split(' ')).collect();
                let server = match words[..] {
                    [_, _, server, "22"] => server.to_owned(),
                    [_, _, server, at] => format!("-p {at} {server}"),
                    _ => "THIS_MACHINE".to_owned(),
                };
                Some(format!(
                    "this is an SSH session; to let the browser reach this machine, first run on your own machine: ssh -N -L {port}:127.0.0.1:{port} {server}"
                ))
            }
            Environment::Container
            | Environment::Desktop
            | Environment::Editor
            | Environment::Wsl
            | Environment::Headless => None,
        }
    }
}

/// What is needed while waiting.
struct Waiting<'a, 'b> {
    login: &'a mut Login<'b>,
    environment: Environment,
    /// Where the final address can come from.
    source: Option<Source>,
    /// How many one-time tokens were rejected.
    rejections: usize,
}

impl Waiting<'_, '_> {
    /// Waits until one visit or paste logs somebody in.
    async fn run(&mut self, flow: &LoginFlow<'_>) -> Result<LoggedIn, Failure> {
        let begin = Instant::now();
        let (deadline, doubt) = (begin + self.login.args.timeout, begin + REMIND_AFTER);
        let (mut reminded, mut strays, mut turns) = (false, 0, 0);
        let context = self.login.context;
        let invitation = match self.environment {
            _ if context.output.quiet => "",
            // The browser reaches 127.0.0.1 here only if the container shares the
            // host's network.
            Environment::Container => INVITATION_IN_A_CONTAINER,
            _ => INVITATION,
        };
        let mut lines = self
            .source
            .and_then(|source| Typed::start(context, source, invitation));
        let spins = self.source != Some(Source::Terminal) && context.can_spin();
        let mut tick = interval(TICK);
        loop {
            // Each of these can be dropped half-way. Handling an arrival
            // cannot, so it is not among them.
            let (ott, pasted) = tokio::select! {
                arrival = flow.arrival() => match arrival {
                    Arrival::Ott(ott) => (ott, false),
                    Arrival::Stray(problem) => {
                        strays += 1;
                        if strays <= MAX_LINES {
                            self.login.context.output.note(format_args!("ignored a callback: {problem}; still waiting"));
                        }
                        continue;
                    }
                    Arrival::Rejected(why) => {
                        let remedy = self.remedy();
                        self.login.context.output.note(format_args!("rejected a callback: {why}; if it was your login, {remedy}"));
                        continue;
                    }
                },
                line = next_line(&mut lines) => match paste::parse(&line) {
                    Some(Ok(ott)) => (ott, true),
                    Some(Err(problem)) => {
                        Output::say(format_args!("{problem}; paste it here:"));
                        continue;
                    }
                    None => continue,
                },
                () = sleep_until(doubt), if !reminded => {
                    reminded = true;
                    self.remind(deadline);
                    continue;
                }
                _ = tick.tick(), if spins => {
                    turns += 1;
                    self.login.context.output.status(turns, format_args!("waiting for the browser ({} left)", left(deadline)));
                    continue;
                }
                () = sleep_until(deadline) => return Err(self.timed_out()),
            };
            if let Some(outcome) = self.exchange(flow, &ott, pasted).await {
                return outcome;
            }
        }
    }

    /// Exchanges a one-time token, saves the session, and only then answers the
    /// browser. `None` if it was rejected and waiting continues.
    async fn exchange(
        &mut self,
        flow: &LoginFlow<'_>,
        ott: &Secret,
        pasted: bool,
    ) -> Option<Result<LoggedIn, Failure>> {
        // A one-time token works once: its session must not be lost.
        let _delayed_signals = self.login.context.signals.delay("the login");
        let new = match flow.finish(ott).await {
            Ok(pair) => NewTokens::from(pair),
            Err(error) => {
                flow.set_verdict(ott, self.rejected(&error, pasted));
                return None;
            }
        };
        let saved = self.login.save(&new);
        flow.set_verdict(
            ott,
            match saved {
                Ok(_) => Verdict::Accepted(self.outcome(&new.token)),
                Err(_) => Verdict::Failed,
            },
        );
        Some(saved)
    }

    fn outcome(&self, token: &Token) -> Outcome {
        let claims = token.claims();
        let account = self.login.account.as_str();
        Outcome {
            login: claims.login().unwrap_or("an unnamed user").to_owned(),
            account: claims.account().unwrap_or(account).to_owned(),
            expired: matches!(
                claims.validity(self.login.context.now()),
                Validity::ExpiredAt(_)
            ),
        }
    }

    /// Says why a one-time token was rejected. The login continues.
    fn rejected(&mut self, error: &ApiError, pasted: bool) -> Verdict {
        self.rejections += usize::from(!pasted);
        let shown = pasted || self.rejections <= MAX_LINES;
        let verdict = if let ApiError::Refused { answer, .. } = error {
            if shown {
                let next = if pasted {
                    "sign in again in the browser, and paste the new address:"
                } else {
                    "still waiting"
                };
                Output::warn(format_args!(
                    "VTEX ID rejected the one-time token ({answer}): already used, or from another login; {next}"
                ));
            }
            Verdict::Refused
        } else {
            if shown {
                let next = if pasted {
                    "paste it again, or sign in again:"
                } else {
                    "still waiting: sign in again at the address above"
                };
                Output::warn(format_args!("{error}; {next}"));
            }
            Verdict::Undecided
        };
        if !pasted && self.rejections == MAX_LINES {
            Output::warn(format_args!(
                "further rejected callbacks are not shown; if one was your login, {}",
                self.remedy()
            ));
        }
        verdict
    }

    /// What to do if the browser's visit does not arrive.
    fn remedy(&self) -> &'static str {
        if self.source.is_some() {
            "paste the URL your browser ended on"
        } else {
            "sign in again at the address above"
        }
    }

    fn remind(&self, deadline: Instant) {
        let causes = match self.environment {
            Environment::Wsl => "Windows may not reach 127.0.0.1 in WSL",
            Environment::Ssh | Environment::Container => {
                "the browser is on another machine and cannot reach this one"
            }
            _ => "the browser may be on another machine or blocking 127.0.0.1",
        };
        let remedy = if self.source.is_some() {
            "paste the URL it ended on"
        } else {
            "run this at a terminal to paste the URL it ended on"
        };
        self.login.context.output.note(format_args!(
            "still waiting ({} left). Already signed in? If the browser asked to access other apps and services on this device, choose Allow and sign in again. Otherwise {causes}: {remedy}",
            left(deadline)
        ));
    }

    fn timed_out(&self) -> Failure {
        let limit = time::duration_words(self.login.args.timeout);
        Failure::new(
            Code::General,
            format_args!("timed out after {limit} waiting for sign-in"),
        )
        .hint(format!(
            "run `vtexid login {}` again; --timeout 15m waits longer",
            self.login.account
        ))
    }
}

fn left(deadline: Instant) -> String {
    let left = deadline.saturating_duration_since(Instant::now());
    time::duration_words(left)
}

/// The next line. Waits for ever once stdin has ended.
async fn next_line(typed: &mut Option<Typed>) -> Zeroizing<String> {
    if let Some(lines) = typed {
        if let Some(line) = lines.line().await {
            return line;
        }
        *typed = None;
    }
    std::future::pending().await
}
