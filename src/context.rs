//! What every command is given: what was typed, what the environment says,
//! and how to reach the rest. Opens nothing until asked: no client, no
//! runtime, no index, no keyring.

use std::{cell::Cell, sync::Arc, time::Duration};

use crate::{
    account::Account,
    config::Config,
    error::{Code, Failure},
    output::{self, Output},
    secret::Secret,
    session::{Session, StaleSecrets},
    signals::Signals,
    store::Wait,
    vtexid::{Site, VtexId},
};

/// What every command is given.
pub struct Context {
    /// The environment.
    pub config: Config,
    /// Where messages and answers go.
    pub output: Output,
    /// `--account`, or a command's own ACCOUNT.
    pub account: Option<Account>,
    /// VTEX's own VTEX ID, or the one that `VTEXID_URL` names.
    pub site: Site,
    /// Ctrl-C and its like.
    pub signals: Signals,
    /// Whether a `VTEXID_URL` was mentioned already.
    site_mentioned: Cell<bool>,
}

impl Context {
    /// Puts together the command line and the environment.
    ///
    /// # Errors
    /// Exit code 2 when a variable is invalid.
    pub fn new(
        account: Option<Account>,
        mut output: Output,
        signals: Signals,
    ) -> Result<Self, Failure> {
        let config = Config::from_env()?;
        output.colour = config.colour && !config.dumb;
        let site = match &config.url {
            None => Site::Vtex,
            Some(url) => Site::local(url).map_err(|problem| {
                Failure::new(Code::Usage, format_args!("invalid VTEXID_URL: {problem}")).hint(
                    "it names a VTEX ID on this machine, such as `http://127.0.0.1:4000`; unset it to use VTEX's own",
                )
            })?,
        };
        Ok(Self {
            config,
            output,
            account,
            site,
            signals,
            site_mentioned: Cell::new(false),
        })
    }

    /// The stored sessions. Reports a damaged index.
    ///
    /// # Errors
    /// When the index cannot be read, or there is no folder for it.
    pub fn session(&self) -> Result<Session, Failure> {
        self.mention_site();
        let dir = self.config.dir.as_ref().ok_or_else(|| {
            Failure::new(
                Code::General,
                "found no home directory for the session index",
            )
            .hint("set VTEXID_DIR to a folder")
        })?;
        let sandbox = self.sandbox();
        let (session, repair) = Session::open(dir, sandbox.as_deref(), self.keyring_wait())?;
        if let Some(repair) = repair {
            let rest = match repair.restored {
                Some(1) => "restored 1 account from its copy".to_owned(),
                Some(n) => format!("restored {n} accounts from its copy"),
                None => {
                    "there was no copy to restore it from: log in again to each account".to_owned()
                }
            };
            Output::warn(format_args!(
                "the session index was damaged and is now {}: {rest}",
                repair.aside.display()
            ));
        }
        Ok(session)
    }

    /// The account that was logged in or switched to last. Prints nothing and
    /// changes nothing.
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
            // Windows allows no colon in file names.
            Site::Local(at) => Some(format!("{}-{}", at.ip(), at.port()).replace(':', ".")),
        }
    }

    /// A client for VTEX ID.
    ///
    /// # Errors
    /// When certificates or proxy settings are invalid.
    pub fn vtexid(&self) -> Result<VtexId, Failure> {
        self.mention_site();
        let output = self.output;
        Ok(VtexId::new(
            self.site.clone(),
            Arc::new(move |exchange| output.exchange(exchange)),
        )?)
    }

    /// Has a GitHub Actions job hide this text in its log from now on. On
    /// stderr, so that stdout holds the answer alone.
    pub fn mask(&self, secret: &Secret) {
        if self.config.github_actions {
            Output::say(format_args!("::add-mask::{}", secret.expose()));
        }
    }

    /// Whether a line on stderr can be redrawn.
    pub fn can_spin(&self) -> bool {
        !self.output.quiet && !self.config.dumb && output::stderr_is_terminal()
    }

    /// Somebody may answer a keyring's dialog only where there is a terminal
    /// and a display.
    fn keyring_wait(&self) -> Wait {
        let output = self.output;
        let person = self.config.display && output::stderr_is_terminal();
        Wait {
            timeout: Duration::from_secs(if person { 60 } else { 3 }),
            on_slow: Arc::new(move || {
                if person {
                    output.note("waiting for the keyring; it may be asking to be unlocked");
                }
            }),
        }
    }

    /// Says once that this is not VTEX: a variable left set must not go unseen.
    fn mention_site(&self) {
        if let Site::Local(at) = self.site
            && !self.site_mentioned.replace(true)
        {
            Output::warn(format_args!(
                "using the VTEX ID on {at} (VTEXID_URL), not VTEX's own"
            ));
        }
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

/// Warns that the account's token is another user's from now on.
pub fn warn_of_other_user(old: Option<&str>, new: Option<&str>) {
    if let (Some(old), Some(new)) = (old, new)
        && old != new
    {
        Output::warn(format_args!("now logged in as {new} (was {old})"));
    }
}
