//! What every command gets: the command line, the environment, and access to
//! the rest. Opens nothing until needed: no client, no runtime, no index, no
//! keyring.

use std::{any::Any, cell::Cell, fmt::Display, sync::Arc, time::Duration};

use clap::ValueEnum as _;

use crate::{
    account::Account,
    api::Api,
    clock::Clock,
    config::{Config, Invalid, Proxy},
    error::{Code, Failure},
    output::{self, Output, Progress},
    process::CoreLimit,
    secret::Secret,
    session::{Place, Session, StaleSecrets},
    signals::Signals,
    store::{Keyring, Slow, StoreKind, Wait},
    time,
    vtexid::{Exchange, Observer, Site, Trust, VtexId},
};

/// What every command gets.
pub struct Context {
    /// The environment.
    pub config: Config,
    /// Where messages and answers go.
    pub output: Output,
    /// `--account`, or a command's own ACCOUNT.
    pub account: Option<Account>,
    /// VTEX's own VTEX ID, or the one that `VTEXID_URL` names.
    pub site: Site,
    /// The listener for Ctrl-C and other signals.
    pub signals: Signals,
    /// The limit of core files before vtexid changed it.
    pub core_limit: CoreLimit,
    /// Whether the warning about `VTEXID_URL` was printed.
    site_mentioned: Cell<bool>,
    /// VTEX ID's clock, once it was looked up.
    clock: Clock,
    /// What this command knows of the keyring by now.
    keyring: Keyring,
}

impl Context {
    /// Combines the command line and the environment.
    ///
    /// # Errors
    /// Exit code 2 when a variable is invalid.
    pub fn new(
        mut output: Output,
        signals: Signals,
        core_limit: CoreLimit,
    ) -> Result<Self, Failure> {
        let mut config = Config::from_env()?;
        config.dumb |= !output::obeys_escapes();
        output.unicode = config.unicode;
        let site = match &config.url {
            None => Site::Vtex,
            Some(url) => Site::local(url).map_err(|problem| {
                Failure::new(Code::Usage, format_args!("invalid VTEXID_URL: {problem}")).hint(
                    "set it to a VTEX ID on this machine, such as `http://127.0.0.1:4000`, or unset it to use VTEX's own",
                )
            })?,
        };
        Ok(Self {
            config,
            output,
            account: None,
            site,
            signals,
            core_limit,
            site_mentioned: Cell::new(false),
            clock: Clock::default(),
            keyring: Keyring::default(),
        })
    }

    /// The stored sessions. Reports a damaged index.
    ///
    /// # Errors
    /// When the index cannot be read, or there is no folder for it.
    pub fn session(&self) -> Result<Session, Failure> {
        self.mention_site();
        let place = self.place()?.ok_or_else(|| {
            Failure::new(
                Code::General,
                "found no home directory for the session index",
            )
            .hint("set VTEXID_DIR to a folder")
        })?;
        let (session, repair) = Session::open(&place, self.wait(), self.clock.clone())?;
        if let Some(repair) = repair {
            let rest = match repair.restored {
                Some(1) => "restored 1 account from its copy".to_owned(),
                Some(n) => format!("restored {n} accounts from its copy"),
                None => {
                    "there was no copy to restore it from: log in again to each account".to_owned()
                }
            };
            match repair.aside {
                Some(aside) => Output::warn(format_args!(
                    "the session index was damaged and is now {}: {rest}",
                    aside.display()
                )),
                None => Output::warn(format_args!("the session index was missing: {rest}")),
            }
        }
        Ok(session)
    }

    /// The store that `VTEXID_STORE` names.
    ///
    /// # Errors
    /// Exit code 2 when there is no such store.
    pub fn named_store(&self) -> Result<Option<StoreKind>, Failure> {
        let Some(text) = &self.config.store else {
            return Ok(None);
        };
        // Not repeated: it may be a secret in the wrong variable.
        StoreKind::from_str(text, false).map(Some).map_err(|_| {
            Failure::new(
                Code::Usage,
                "invalid VTEXID_STORE: expected keyring, kernel or file",
            )
            .hint("set it to one of them, or unset it to use the keyring")
        })
    }

    /// The store for an account's secrets: `--store`, else the current one,
    /// else `VTEXID_STORE`, else the keyring.
    ///
    /// # Errors
    /// As [`Self::named_store`].
    pub fn store_for(
        &self,
        flag: Option<StoreKind>,
        known: Option<StoreKind>,
    ) -> Result<StoreKind, Failure> {
        let named = self.named_store()?;
        Ok(flag.or(known).or(named).unwrap_or_default())
    }

    /// The sessions, if they can be read without a message or a change.
    pub fn peek(&self) -> Option<Session> {
        let place = self.place().ok()??;
        Some(Session::peek(&place, self.clock.clone()))
    }

    /// Whether anything can be stored here.
    pub fn has_home(&self) -> bool {
        !matches!(self.config.dir, Ok(None))
    }

    fn place(&self) -> Result<Option<Place>, Invalid> {
        let Some(dir) = self.config.dir.clone()? else {
            return Ok(None);
        };
        let sandbox = match self.site {
            Site::Vtex => None,
            // Windows allows no colon in file names.
            Site::Local(at) => Some(format!("{}-{}", at.ip(), at.port()).replace(':', ".")),
        };
        Ok(Some(Place {
            dir,
            locks: self.config.lock_dir.clone(),
            sandbox,
        }))
    }

    /// The time by VTEX ID's clock, as its last answer gave it, in epoch
    /// seconds.
    pub fn now(&self) -> i64 {
        self.clock_offset();
        self.clock.now()
    }

    /// By how much VTEX ID's clock is ahead of this machine's, in seconds.
    pub fn clock_offset(&self) -> i64 {
        if self.clock.offset().is_none() {
            // Reading the index fills the clock.
            drop(self.peek());
        }
        self.clock.offset().unwrap_or(0)
    }

    /// Saves how wrong this machine's clock is, for later commands. Not needed
    /// without accounts.
    pub fn save_clock(&self) {
        let known = |session: &Session| !session.accounts().is_empty();
        if self.clock.measured().is_some() && self.peek().as_ref().is_some_and(known) {
            // If this fails, the next command measures the clock again.
            let _ = self.session().map(|mut session| session.save_clock());
        }
    }

    /// How wrong this machine's clock is, in words; `None` if it is right.
    pub fn clock_problem(&self) -> Option<String> {
        let offset = self.clock.offset().filter(|offset| *offset != 0)?;
        let way = if offset > 0 { "behind" } else { "ahead of" };
        Some(format!(
            "this machine's clock is {} {way} VTEX ID's: set it, or turn on NTP",
            time::span_words(offset)
        ))
    }

    /// A client for VTEX ID.
    ///
    /// # Errors
    /// When certificates or proxy settings are invalid.
    pub fn vtexid(&self) -> Result<VtexId, Failure> {
        self.mention_site();
        Ok(VtexId::new(
            self.site.clone(),
            self.proxy()?,
            self.trust(),
            Arc::new(self.watch()),
            self.clock.clone(),
        )?)
    }

    /// A client for VTEX's APIs.
    ///
    /// # Errors
    /// When certificates or proxy settings are invalid.
    pub fn api(&self) -> Result<Api, Failure> {
        self.mention_site();
        Ok(Api::new(
            self.site.clone(),
            self.proxy()?,
            self.trust(),
            Arc::new(self.watch()),
        )?)
    }

    /// The proxy between vtexid and VTEX; none before a sandbox.
    fn proxy(&self) -> Result<Option<Proxy>, Invalid> {
        match (&self.site, &self.config.proxies.used) {
            (Site::Vtex, Some(proxy)) => proxy.clone().map(Some),
            _ => Ok(None),
        }
    }

    fn trust(&self) -> Trust<'_> {
        Trust {
            file: self.config.certificate_file.as_deref(),
            dirs: &self.config.certificate_dirs,
        }
    }

    /// The observer of requests, for `-v`.
    fn watch(&self) -> Watch {
        Watch {
            output: self.output,
            spins: self.can_spin(),
        }
    }

    /// Makes GitHub Actions mask this text in the log from now on.
    pub fn mask(&self, secret: &Secret) {
        if self.config.github_actions {
            Output::mask(secret);
        }
    }

    /// Shows progress until the result is dropped, if a line on stderr can be
    /// redrawn.
    pub fn progress(&self, words: impl Display) -> Option<Progress> {
        self.can_spin().then(|| self.output.progress(words))
    }

    /// Whether a line on stderr can be redrawn.
    pub fn can_spin(&self) -> bool {
        !self.output.quiet && !self.config.dumb && output::stderr_is_terminal()
    }

    /// Only with a terminal and a display can somebody answer a keyring's
    /// dialog.
    fn wait(&self) -> Wait {
        let output = self.output;
        let person = self.config.display && output::stderr_is_terminal();
        // macOS shows its dialog on the screen, also when a script or an editor
        // runs vtexid. Reading it and typing the password takes 12 s.
        let dialog = cfg!(target_os = "macos") && self.config.ssh.is_none() && !self.config.ci;
        Wait {
            timeout: Duration::from_secs(match (person, dialog) {
                (true, _) => 60,
                (false, true) => 30,
                (false, false) => 3,
            }),
            person,
            desktop: self.config.desktop,
            keyring: self.keyring.clone(),
            on_slow: Arc::new(move |slow| match slow {
                Slow::Keyring if person => {
                    output.note("waiting for the keyring; it may be asking to be unlocked, or to allow access");
                }
                Slow::Keyring => {}
                Slow::Session(account) => output.note(format_args!(
                    "waiting for another vtexid that is using the session of {account}"
                )),
                Slow::Index => {
                    output.note("waiting for another vtexid that is changing the session index");
                }
            }),
        }
    }

    /// Warns once that this is not VTEX, in case the variable was left set by
    /// mistake.
    fn mention_site(&self) {
        if let Site::Local(at) = self.site
            && !self.site_mentioned.replace(true)
        {
            Output::warn(format_args!(
                "using the sandbox at {at} (VTEXID_URL), not VTEX"
            ));
        }
    }
}

/// Shows requests, with `-v`.
struct Watch {
    output: Output,
    spins: bool,
}

impl Observer for Watch {
    fn begins(&self, host: &str) -> Option<Box<dyn Any>> {
        self.spins
            .then(|| Box::new(self.output.progress(format_args!("waiting for {host}"))) as _)
    }

    fn ended(&self, exchange: &Exchange<'_>) {
        self.output.exchange(exchange);
    }
}

/// Warns that an account's previous secrets could not be deleted.
pub fn warn_of_stale_secrets(account: &Account, stale: Option<StaleSecrets>) {
    if let Some(StaleSecrets { store, error }) = stale {
        Output::warn(format_args!(
            "could not delete the previous secrets of {account} from {}: {error}",
            store.words()
        ));
    }
}

/// Warns that the account's token now belongs to another user.
pub fn warn_of_other_user(old: Option<&str>, new: Option<&str>) {
    if let (Some(old), Some(new)) = (old, new)
        && old != new
    {
        Output::warn(format_args!("now logged in as {new} (was {old})"));
    }
}
