//! The browser's part of a login: the words, and waiting for whatever comes
//! first: the browser, a pasted address, the end of the time.

use std::{
    io::{self, IsTerminal as _},
    thread,
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, interval, sleep_until},
};

use super::LoggedIn;
use crate::{
    account::Account,
    app::App,
    browser::{self, Place},
    cli::Login,
    error::{Code, Failure},
    login::{Arrival, LoginFlow, Verdict, page::Outcome, paste, turn::Turn},
    output::Output,
    secret::Secret,
    session::Session,
    store::StoreKind,
    time,
    vtexid::{ApiError, VtexId},
};

/// One-time tokens of visits that are tried: each is a request to VTEX ID that
/// any program on this machine could cause.
const TRIES: usize = 5;
/// Lines about visits that lead nowhere: more would only be noise.
const STRAYS: usize = 5;
/// When somebody who waits begins to wonder.
const REMINDER: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_millis(120);

/// Signs in with the browser.
///
/// # Errors
/// When nobody signs in, or what came could not be exchanged or kept.
pub fn run(
    app: &App,
    args: &Login,
    api: &VtexId,
    session: &mut Session,
    account: &Account,
    store: StoreKind,
    turn: &Turn,
) -> Result<LoggedIn, Failure> {
    App::run(async {
        let mut flow = LoginFlow::start(api, account, args.port.unwrap_or(0)).await?;
        // Only a second login would miss it.
        let _ = turn.announce(flow.page());
        let place = Place::find(&app.config);
        let paste = can_paste();
        invite(app, args, place, paste, account, &flow);
        let mut waiting = Waiting {
            app,
            account,
            place,
            session,
            store,
            paste,
            tries: 0,
        };
        let result = waiting.run(args.timeout, &mut flow).await;
        Output::end_status();
        flow.close().await;
        result
    })
}

/// Whether a person can paste here: a terminal, and this in its foreground,
/// for reading in the background would stop the whole job.
fn can_paste() -> bool {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return false;
    }
    #[cfg(unix)]
    {
        rustix::termios::tcgetpgrp(&stdin).is_ok_and(|group| group == rustix::process::getpgrp())
    }
    #[cfg(not(unix))]
    true
}

/// The address first, then the browser: whether one came up cannot be known.
fn invite(
    app: &App,
    args: &Login,
    place: Place,
    paste: bool,
    account: &Account,
    flow: &LoginFlow<'_>,
) {
    let opens = !args.no_browser && place.opens(&app.config);
    let invitation = match place {
        _ if opens => "opening your browser; if it does not come up, open this address",
        Place::Ssh => "open this address in the browser on your own machine",
        Place::Container => "open this address in a browser outside this container",
        _ => "open this address in a browser",
    };
    Output::say(format_args!("{invitation} to log in to {account}:"));
    Output::address(flow.page());
    if opens {
        let (page, config) = (flow.page().clone(), app.config.clone());
        // A launcher can take its time: the listener must not wait for it.
        thread::spawn(move || {
            if let Err(problem) = browser::open(&page, &config) {
                Output::warn(format_args!(
                    "could not open a browser: {problem}; open the address yourself"
                ));
            }
        });
    }
    app.output.note(format_args!(
        "waiting for the browser on {}",
        flow.address()
    ));
    if let Some(hint) = elsewhere(app, place, flow.address().port()) {
        app.output.note(format_args!("hint: {hint}"));
    }
    if paste {
        app.output.note(
            "if the browser cannot come back here, paste the address it ended on, and press Enter:",
        );
    } else if place == Place::Ssh {
        app.output.note(
            "hint: run this at a terminal to paste the address the browser ends on, or pass a token with --with-token",
        );
    }
}

/// What helps where the browser is on another machine than this listener.
fn elsewhere(app: &App, place: Place, port: u16) -> Option<String> {
    match place {
        Place::Ssh => {
            // `client address, client port, server address, server port`
            let words: Vec<&str> = app.config.ssh.iter().flat_map(|s| s.split(' ')).collect();
            let server = match words[..] {
                [_, _, server, "22"] => server.to_owned(),
                [_, _, server, at] => format!("-p {at} {server}"),
                _ => "THIS_MACHINE".to_owned(),
            };
            Some(format!(
                "this is an SSH session; to let the browser come back by itself, first run on your own machine: ssh -N -L {port}:127.0.0.1:{port} {server}"
            ))
        }
        Place::Container => Some(
            "127.0.0.1 in this container is not the browser's, unless it shares the host's network; scripts want vtexid apptoken, or vtexid login --with-token"
                .to_owned(),
        ),
        Place::Desktop | Place::Editor | Place::Wsl | Place::Bare => None,
    }
}

/// What is needed while waiting.
struct Waiting<'a> {
    app: &'a App,
    account: &'a Account,
    place: Place,
    session: &'a mut Session,
    store: StoreKind,
    /// Whether an address can be pasted.
    paste: bool,
    /// One-time tokens that visits brought so far.
    tries: usize,
}

impl Waiting<'_> {
    /// Waits until one visit or paste logs somebody in.
    async fn run(
        &mut self,
        limit: Duration,
        flow: &mut LoginFlow<'_>,
    ) -> Result<LoggedIn, Failure> {
        let begin = Instant::now();
        let (deadline, doubt) = (begin + limit, begin + REMINDER);
        let (mut reminded, mut strays, mut turns) = (false, 0, 0);
        let mut lines = self.paste.then(read_lines);
        let spins = !self.paste && self.app.can_spin();
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
                            self.app.output.note(format_args!("a visit led nowhere: {problem}; still waiting"));
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
                    Output::status(turns, format_args!("waiting for the browser, {} left", left(deadline)));
                    continue;
                }
                () = sleep_until(deadline) => return Err(self.too_late(limit)),
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
        let grant = match flow.finish(ott).await {
            Ok(grant) => grant,
            Err(ApiError::Refused { answer, .. }) if pasted || self.tries < TRIES || self.paste => {
                tell(Verdict::Refused);
                // Whoever sits at the terminal may try as often as they like.
                let next = if pasted {
                    "paste a new one:"
                } else if self.tries < TRIES {
                    "still waiting"
                } else {
                    "that were too many, further visits are not tried; paste the address the browser ends on:"
                };
                Output::warn(format_args!(
                    "VTEX ID refused the one-time token ({answer}), which was used already or is of another login; {next}"
                ));
                return None;
            }
            Err(error) => {
                tell(Verdict::Failed);
                let hint = format!("run vtexid login {} to start over", self.account);
                return Some(Err(Failure::from(error).hint(hint)));
            }
        };
        match super::remember(self.app, self.session, self.account, &grant, self.store) {
            Ok(logged_in) => {
                let claims = grant.token.claims();
                tell(Verdict::Accepted(Outcome {
                    login: claims.login().unwrap_or("somebody").to_owned(),
                    account: claims.account().unwrap_or(self.account.as_str()).to_owned(),
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
        let causes = match self.place {
            Place::Wsl => "no page came up, or Windows does not reach 127.0.0.1 in WSL",
            Place::Ssh | Place::Container => {
                "the browser is on another machine and cannot come back here by itself"
            }
            _ => {
                "no page came up, or the browser runs elsewhere, or it blocks pages that lead to 127.0.0.1"
            }
        };
        let remedy = if self.paste {
            "open the address above, sign in, and paste the address the browser ends on"
        } else {
            "open the address above; at a terminal the address the browser ends on can be pasted"
        };
        self.app.output.note(format_args!(
            "still waiting, for {} more; if it should be over by now: {causes}; {remedy}",
            left(deadline)
        ));
    }

    fn too_late(&self, limit: Duration) -> Failure {
        let words = time::duration_words(limit);
        Failure::new(
            Code::General,
            format_args!("nobody signed in within {words}"),
        )
        .hint(format!(
            "run vtexid login {} again; --timeout 15m waits longer",
            self.account
        ))
    }
}

fn left(deadline: Instant) -> String {
    let left = deadline.saturating_duration_since(Instant::now());
    time::duration_words(left)
}

/// Reads lines on a thread of its own: a read of a terminal cannot be
/// cancelled, and ends with the process. The terminal's settings are not
/// touched, so there is nothing to put back.
fn read_lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(1);
    thread::spawn(move || {
        for line in io::stdin().lines() {
            let Ok(line) = line else { break };
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

/// The next line; never, once there is nothing to read from.
async fn next_line(lines: &mut Option<mpsc::Receiver<String>>) -> String {
    if let Some(receiver) = lines {
        if let Some(line) = receiver.recv().await {
            return line;
        }
        *lines = None;
    }
    std::future::pending().await
}
