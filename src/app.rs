//! What a command is handed. Opens nothing until asked: no client, no
//! runtime, no index, no keyring.

use std::{
    future::Future,
    io::{self, IsTerminal as _},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::Serialize;

use crate::{
    account::Account,
    config::Config,
    error::{Code, Failure},
    output::Output,
    secret::Secret,
    session::{Entry, Left, Session},
    store::Patience,
    time,
    token::{Token, Validity},
    vtexid::{Site, VtexId},
};

/// What every command gets.
pub struct App {
    /// The environment.
    pub config: Config,
    /// Where words and answers go.
    pub output: Output,
    /// `--account`, or a command's own ACCOUNT.
    pub account: Option<Account>,
    /// Which VTEX ID is spoken to.
    pub site: Site,
}

/// Why an account is the one to act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Reason {
    /// Named on the command line.
    #[serde(rename = "--account")]
    Flag,
    /// Named by `VTEX_ACCOUNT`.
    #[serde(rename = "VTEX_ACCOUNT")]
    Environment,
    /// The last one logged in or switched to.
    #[serde(rename = "switch")]
    Current,
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Flag => "--account",
            Self::Environment => "VTEX_ACCOUNT",
            Self::Current => "last login or switch",
        })
    }
}

impl App {
    /// Puts together what the command line and the environment say.
    ///
    /// # Errors
    /// When the environment holds something unusable.
    pub fn new(account: Option<Account>, mut output: Output) -> Result<Self, Failure> {
        let config = Config::from_env().map_err(|name| {
            Failure::new(Code::Usage, format_args!("the variable {name} is not text"))
        })?;
        output.colour = config.colour && !config.dumb;
        let site = match &config.url {
            None => Site::Vtex,
            Some(url) => Site::local(url).map_err(|problem| {
                Failure::new(
                    Code::Usage,
                    format_args!("will not use VTEXID_URL: {problem}"),
                )
                .hint("it is for a VTEX ID on this machine, such as http://127.0.0.1:4000; unset it to use VTEX's own")
            })?,
        };
        Ok(Self {
            config,
            output,
            account,
            site,
        })
    }

    /// Now, in epoch seconds.
    pub fn now() -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
    }

    /// What is remembered; a damaged index is reported here.
    ///
    /// # Errors
    /// When the index cannot be read, or there is no folder for it.
    pub fn session(&self) -> Result<Session, Failure> {
        self.mention_site();
        let dir = self.config.dir.as_ref().ok_or_else(|| {
            Failure::new(
                Code::General,
                "there is no home directory to keep the session index in",
            )
            .hint("set VTEXID_DIR to a folder")
        })?;
        let sandbox = self.sandbox();
        let (session, repair) = Session::open(dir, sandbox.as_deref(), self.patience())?;
        if let Some(repair) = repair {
            let rest = match repair.restored {
                Some(1) => "rebuilt with 1 account from its copy".to_owned(),
                Some(n) => format!("rebuilt with {n} accounts from its copy"),
                None => {
                    "no copy to rebuild it from was left: log in again to each account".to_owned()
                }
            };
            Output::warn(format_args!(
                "the session index was damaged and set aside as {}: {rest}",
                repair.aside.display()
            ));
        }
        Ok(session)
    }

    /// The account that was logged in or switched to last, where that can be
    /// read without a word or a change.
    pub fn peek_current(&self) -> Option<Account> {
        Session::peek_current(self.config.dir.as_ref()?, self.sandbox().as_deref())
    }

    /// Every known account, read the same way.
    pub fn peek_accounts(&self) -> Vec<Account> {
        let dir = self.config.dir.as_ref();
        dir.map_or_else(Vec::new, |dir| {
            Session::peek_accounts(dir, self.sandbox().as_deref())
        })
    }

    /// The name of the sandbox, where there is one.
    fn sandbox(&self) -> Option<String> {
        match self.site {
            Site::Vtex => None,
            // No colon: Windows has no such file names.
            Site::Local(at) => Some(format!("{}-{}", at.ip(), at.port()).replace(':', ".")),
        }
    }

    /// A client for VTEX ID.
    ///
    /// # Errors
    /// When certificates or proxy settings are unusable.
    pub fn vtexid(&self) -> Result<VtexId, Failure> {
        self.mention_site();
        let output = self.output;
        Ok(VtexId::new(
            self.site.clone(),
            Arc::new(move |exchange| output.exchange(exchange)),
        )?)
    }

    /// Runs something that needs the network. One thread; dropped with all
    /// that is still under way.
    ///
    /// # Errors
    /// What the future fails with; Ctrl-C is [`Failure::interrupted`].
    pub fn run<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Failure::from(anyhow::Error::from(e).context("could not start tokio")))?;
        let result = runtime.block_on(async {
            tokio::select! {
                result = work => result,
                _ = tokio::signal::ctrl_c() => Err(Failure::interrupted()),
            }
        });
        // A name look-up that hangs must not keep the process.
        runtime.shutdown_background();
        result
    }

    /// Asks for a secret at the terminal, without showing what is typed.
    ///
    /// # Errors
    /// [`Failure::interrupted`] for Ctrl-C, with the terminal put back.
    pub fn hidden(prompt: &str) -> Result<Secret, Failure> {
        Self::run(async {
            // A handler for Ctrl-C, so that the signal does not end the
            // process before the prompt has put the terminal back.
            let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
            std::future::poll_fn(|cx| {
                std::task::Poll::Ready(interrupt.as_mut().poll(cx).is_pending())
            })
            .await;
            rpassword::prompt_password(prompt)
                .map(Secret::new)
                .map_err(|e| match e.kind() {
                    io::ErrorKind::Interrupted => Failure::interrupted(),
                    _ => Failure::new(
                        Code::General,
                        format_args!("could not read from the terminal: {e}"),
                    ),
                })
        })
    }

    /// Has a GitHub Actions job hide this text in its log from here on. On
    /// stderr, so that stdout stays what the job asked for.
    pub fn mask(&self, secret: &Secret) {
        if self.config.github_actions {
            Output::say(format_args!("::add-mask::{}", secret.expose()));
        }
    }

    /// Says that secrets stay behind in a store that could not be asked.
    pub fn warn_of_left(account: &Account, left: Left) {
        if let Some(error) = left {
            Output::warn(format_args!(
                "what was kept for {account} before could not be forgotten in its store: {error}"
            ));
        }
    }

    /// Says that the account's token is somebody else's from here on.
    pub fn warn_of_other_user(old: Option<&str>, new: Option<&str>) {
        if let (Some(old), Some(new)) = (old, new)
            && old != new
        {
            Output::warn(format_args!(
                "this is another user than before: {new}, not {old}"
            ));
        }
    }

    /// Whether a line on stderr can be redrawn.
    pub fn can_spin(&self) -> bool {
        !self.output.quiet && !self.config.dumb && io::stderr().is_terminal()
    }

    /// Which account is meant, and why.
    ///
    /// # Errors
    /// When nothing names one (exit code 4), or `VTEX_ACCOUNT` is no name.
    pub fn choose(&self, session: &Session) -> Result<(Account, Reason), Failure> {
        if let Some(named) = self.named_account()? {
            return Ok(named);
        }
        match session.current() {
            Some(current) => Ok((current.clone(), Reason::Current)),
            None if session.accounts().is_empty() => {
                Err(Failure::new(Code::LoggedOut, "nobody is logged in")
                    .hint("run vtexid login ACCOUNT"))
            }
            None => Err(
                Failure::new(Code::LoggedOut, "no account is the current one")
                    .hint("choose one with vtexid switch, or name one with --account; vtexid status lists them"),
            ),
        }
    }

    /// The account the command line or the environment names.
    ///
    /// # Errors
    /// When `VTEX_ACCOUNT` is no account name.
    pub fn named_account(&self) -> Result<Option<(Account, Reason)>, Failure> {
        if let Some(account) = &self.account {
            return Ok(Some((account.clone(), Reason::Flag)));
        }
        self.config
            .account
            .as_ref()
            .map(|text| match text.parse() {
                Ok(account) => Ok((account, Reason::Environment)),
                Err(e) => Err(Failure::from(e).context("VTEX_ACCOUNT is not usable")),
            })
            .transpose()
    }

    /// The index's line for the account.
    ///
    /// # Errors
    /// Exit code 4 when nobody is logged in to it.
    pub fn entry<'a>(session: &'a Session, account: &Account) -> Result<&'a Entry, Failure> {
        let known = session.accounts();
        known.get(account).ok_or_else(|| {
            let others = if known.is_empty() {
                ""
            } else {
                "; vtexid status lists the accounts that are known"
            };
            Failure::new(
                Code::LoggedOut,
                format_args!("nobody is logged in to {account}"),
            )
            .hint(format!("run vtexid login {account}{others}"))
        })
    }

    /// The token to use: `VTEX_TOKEN`, else the stored one; good or not.
    ///
    /// # Errors
    /// When there is none, or it cannot be had.
    pub fn token(&self) -> Result<Found, Failure> {
        if let Some(text) = &self.config.token {
            let token = Token::parse(text.clone()).map_err(|e| {
                Failure::from(e)
                    .context("VTEX_TOKEN holds no token")
                    .hint("unset VTEX_TOKEN to use the stored one")
            })?;
            return Ok(Found {
                token,
                account: None,
                source: "VTEX_TOKEN".to_owned(),
            });
        }
        let session = self.session()?;
        let (account, _) = self.choose(&session)?;
        let entry = Self::entry(&session, &account)?;
        let source = entry.store.to_string();
        let token = session.token(&account)?.ok_or_else(|| {
            Failure::new(
                Code::LoggedOut,
                format_args!("the {source} no longer holds the token of {account}"),
            )
            .hint(format!("run vtexid login {account}"))
        })?;
        Ok(Found {
            token,
            account: Some(account),
            source,
        })
    }

    /// A person may be there to answer a dialog only where there is a terminal
    /// and a display.
    fn patience(&self) -> Patience {
        let output = self.output;
        let person = self.config.display && io::stderr().is_terminal();
        Patience {
            limit: Duration::from_secs(if person { 60 } else { 3 }),
            notice: Arc::new(move || {
                if person {
                    output.note("waiting for the keyring; it may be showing a dialog that asks to unlock it");
                }
            }),
        }
    }

    /// Says once that this is not VTEX: a variable left set must not go unseen.
    fn mention_site(&self) {
        static SAID: std::sync::Once = std::sync::Once::new();
        if let Site::Local(at) = self.site {
            SAID.call_once(|| {
                Output::warn(format_args!(
                    "using the VTEX ID on {at} (VTEXID_URL), not VTEX's own"
                ));
            });
        }
    }
}

/// A token and where it was found.
pub struct Found {
    /// The token.
    pub token: Token,
    /// The account it is stored for; none from the environment.
    pub account: Option<Account>,
    /// `keyring`, `file` or `VTEX_TOKEN`.
    pub source: String,
}

impl Found {
    /// Passes a token that is good, or does not say.
    ///
    /// # Errors
    /// Exit code 3 for an expired one, with what to do about it.
    pub fn require_good(&self) -> Result<(), Failure> {
        let now = App::now();
        let Validity::ExpiredAt(exp) = self.token.claims().validity(now) else {
            return Ok(());
        };
        let whose = match &self.account {
            Some(account) => format!("the token of {account}"),
            None => format!("the token in {}", self.source),
        };
        let hint = match &self.account {
            Some(account) => format!("run vtexid login {account}"),
            None => format!("put a new one into {}, or unset it", self.source),
        };
        Err(Failure::new(
            Code::BadToken,
            format_args!(
                "{whose} expired {} ago, on {}",
                time::span_words(now.saturating_sub(exp)),
                time::utc_words(exp)
            ),
        )
        .hint(hint))
    }
}
