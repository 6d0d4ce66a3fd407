//! The browser's part of a login: the words, and waiting for whatever comes
//! first: the browser, a pasted address, the end of the time.

use std::{
    io::{self, IsTerminal as _},
    time::Duration,
};

use tokio::{
    sync::oneshot,
    time::{Instant, interval, sleep_until},
};
use zeroize::Zeroizing;

use super::{LoggedIn, Login};
use crate::{
    browser::{self, Environment},
    error::{Code, Failure},
    login::{Arrival, LoginFlow, Verdict, lock::LoginLock, page::Outcome, paste},
    output::Output,
    prompt::Typed,
    runtime,
    secret::Secret,
    threads, time,
    vtexid::{ApiError, VtexId},
};

/// One-time tokens of visits that are tried: each is a request to VTEX ID that
/// any program on this machine could cause.
const TRIES: usize = 5;
/// Lines about visits that lead nowhere: more would only be noise.
const STRAYS: usize = 5;
/// When somebody who waits begins to wonder.
const REMIND_AFTER: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_millis(120);

impl Login<'_> {
    /// Signs in with the browser.
    ///
    /// # Errors
    /// When nobody signs in, or what came could not be exchanged or saved.
    pub(super) fn browse(&mut self, api: &VtexId, lock: &LoginLock) -> Result<LoggedIn, Failure> {
        runtime::run(async {
            let port = self.args.port.unwrap_or(0);
            let mut flow = LoginFlow::start(api, &self.account, port).await?;
            // Only a second login would miss it.
            let _ = lock.announce(flow.page());
            let environment = Environment::find(&self.context.config);
            let paste = io::stdin().is_terminal();
            self.invite(environment, paste, &flow);
            let mut waiting = Waiting {
                environment,
                paste,
                tries: 0,
                login: self,
            };
            let result = waiting.run(&mut flow).await;
            Output::end_status();
            flow.close().await;
            result
        })
    }

    /// The address first, then the browser: whether one came up cannot be known.
    fn invite(&self, environment: Environment, paste: bool, flow: &LoginFlow<'_>) {
        let (context, account) = (self.context, &self.account);
        let opens = !self.args.no_browser && environment.opens(&context.config);
        let invitation = match environment {
            _ if opens => "opening your browser; if it does not come up, open this address",
            Environment::Ssh => "open this address in the browser on your own machine",
            Environment::Container => "open this address in a browser outside this container",
            _ => "open this address in a browser",
        };
        Output::say(format_args!("{invitation} to log in to {account}:"));
        Output::address(flow.page());
        if opens {
            let (page, config) = (flow.page().clone(), context.config.clone());
            // A launcher can take its time: the listener must not wait for it.
            let failed = |problem: String| {
                Output::warn(format_args!(
                    "could not open a browser: {problem}; open the address yourself"
                ));
            };
            let started = threads::start(move || browser::open(&page, &config).map_err(failed));
            if let Err(error) = started {
                failed(error.to_string());
            }
        }
        context.output.note(format_args!(
            "waiting for the browser on {}",
            flow.address()
        ));
        if let Some(hint) = self.elsewhere(environment, flow.address().port()) {
            context.output.note(format_args!("hint: {hint}"));
        }
        if paste {
            context
                .output
                .note("if the browser cannot reach this machine, paste the final URL here:");
        } else if environment == Environment::Ssh {
            context.output.note(
                "hint: run this at a terminal to paste the URL the browser ends on, or pass a token with --with-token",
            );
        }
    }

    /// What helps where the browser is on another machine than this listener.
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
                    "this is an SSH session; to let the browser come back here, first run on your own machine: ssh -N -L {port}:127.0.0.1:{port} {server}"
                ))
            }
            Environment::Container => Some(
                "the browser reaches 127.0.0.1 in this container only if the container shares the host's network; in scripts use `vtexid apptoken` or `vtexid login --with-token`"
                    .to_owned(),
            ),
            Environment::Desktop
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
    /// Whether an address can be pasted.
    paste: bool,
    /// One-time tokens that visits brought so far.
    tries: usize,
}

impl Waiting<'_, '_> {
    /// Waits until one visit or paste logs somebody in.
    async fn run(&mut self, flow: &mut LoginFlow<'_>) -> Result<LoggedIn, Failure> {
        let begin = Instant::now();
        let (deadline, doubt) = (begin + self.login.args.timeout, begin + REMIND_AFTER);
        let (mut reminded, mut strays, mut turns) = (false, 0, 0);
        let mut lines = Typed::start(self.login.context);
        let spins = !self.paste && self.login.context.can_spin();
        let mut tick = interval(TICK);
        loop {
            // Each of these can be dropped half-way without losing anything;
            // what is done about an arrival cannot, and is not among them.
            let (ott, verdict) = tokio::select! {
                arrival = flow.arrival() => match arrival {
                    Arrival::Ott { verdict, .. } if self.tries >= TRIES => {
                        let _ = verdict.send(Verdict::Refused);
                        continue;
                    }
                    Arrival::Ott { ott, verdict } => {
                        self.tries += 1;
                        (ott, Some(verdict))
                    }
                    Arrival::Stray(problem) => {
                        strays += 1;
                        if strays <= STRAYS {
                            self.login.context.output.note(format_args!("ignored a callback: {problem}; still waiting"));
                        }
                        continue;
                    }
                },
                line = next_line(&mut lines) => match paste::parse(&line) {
                    Some(Ok(ott)) => (ott, None),
                    Some(Err(problem)) => {
                        Output::say(format_args!("{problem}; try again:"));
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
            if let Some(outcome) = self.exchange(flow, &ott, verdict).await {
                return outcome;
            }
        }
    }

    /// Exchanges a one-time token, keeps what it brings, and only then tells
    /// the browser. `None` when VTEX ID refused it and waiting goes on.
    async fn exchange(
        &mut self,
        flow: &LoginFlow<'_>,
        ott: &Secret,
        verdict: Option<oneshot::Sender<Verdict>>,
    ) -> Option<Result<LoggedIn, Failure>> {
        let pasted = verdict.is_none();
        let tell = |what: Verdict| {
            if let Some(verdict) = verdict {
                // The browser may be gone, which changes nothing.
                let _ = verdict.send(what);
            }
        };
        let pair = match flow.finish(ott).await {
            Ok(pair) => pair,
            Err(ApiError::Refused { answer, .. }) if pasted || self.tries < TRIES || self.paste => {
                tell(Verdict::Refused);
                // Whoever sits at the terminal may try as often as they like.
                let next = if pasted {
                    "paste a new one:"
                } else if self.tries < TRIES {
                    "still waiting"
                } else {
                    "too many tries: paste the URL the browser ended on:"
                };
                Output::warn(format_args!(
                    "VTEX ID rejected the one-time token ({answer}): already used, or from another login; {next}"
                ));
                return None;
            }
            Err(error) => {
                tell(Verdict::Failed);
                let hint = format!("run `vtexid login {}` to start over", self.login.account);
                return Some(Err(Failure::from(error).hint(hint)));
            }
        };
        match self.login.save(&pair) {
            Ok(logged_in) => {
                let claims = pair.token.claims();
                let account = self.login.account.as_str();
                tell(Verdict::Accepted(Outcome {
                    login: claims.login().unwrap_or("an unnamed user").to_owned(),
                    account: claims.account().unwrap_or(account).to_owned(),
                }));
                Some(Ok(logged_in))
            }
            Err(failure) => {
                tell(Verdict::Failed);
                Some(Err(failure))
            }
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
        let remedy = if self.paste {
            "paste the URL it ended on"
        } else {
            "run this at a terminal to paste the URL it ended on"
        };
        self.login.context.output.note(format_args!(
            "still waiting ({} left). Already signed in? {causes}: {remedy}",
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

/// The next line; never, once there is nothing to read from.
async fn next_line(typed: &mut Option<Typed>) -> Zeroizing<String> {
    if let Some(lines) = typed {
        if let Some(line) = lines.line().await {
            return line;
        }
        *typed = None;
    }
    std::future::pending().await
}
