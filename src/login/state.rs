//! What the listener's connections and the login tell each other.
//!
//! Not for sockets and not for HTTP.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc, oneshot};

use super::page::Outcome;
use crate::{secret::Secret, vtexid::Site};

/// What a callback brought.
pub enum Arrival {
    /// A well-formed one-time token; the browser waits for the verdict.
    Ott {
        /// The one-time token.
        ott: Secret,
        /// Takes the verdict to the browser.
        verdict: oneshot::Sender<Verdict>,
    },
    /// No usable one-time token; already answered. Holds the problem, in the
    /// visitor's own words where it gave some.
    Stray(String),
}

/// What became of a one-time token.
pub enum Verdict {
    /// Logged in.
    Accepted(Outcome),
    /// VTEX ID rejected it; the login goes on.
    Refused,
    /// The login cannot go on.
    Failed,
}

/// What every connection of a listener shares.
pub struct Shared {
    pub site: Site,
    pub port: u16,
    pub arrivals: mpsc::Sender<Arrival>,
    /// Fires each time a connection ends.
    pub changed: Notify,
    state: Mutex<State>,
}

/// What changes while the listener runs.
#[derive(Default)]
pub struct State {
    /// Set once the login succeeded.
    pub outcome: Option<Outcome>,
    /// A person has seen the page with the outcome.
    pub outcome_shown: bool,
    /// Connections that have sent a whole request and wait for its answer.
    pub busy: usize,
}

impl Shared {
    /// Nothing has happened yet.
    pub fn new(site: Site, port: u16, arrivals: mpsc::Sender<Arrival>) -> Self {
        Self {
            site,
            port,
            arrivals,
            changed: Notify::new(),
            state: Mutex::default(),
        }
    }

    /// The state, locked: do not hold it across an `await`.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a connection as busy until it is dropped.
pub struct Busy(Arc<Shared>);

impl Busy {
    /// Counts one more.
    pub fn new(shared: Arc<Shared>) -> Self {
        shared.state().busy += 1;
        Self(shared)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.state().busy -= 1;
        self.0.changed.notify_waiters();
    }
}
