//! The state that the listener's connections and the login share.
//!
//! Not for sockets or HTTP; `tries` decides what is tried, and when.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use ring::hmac;
use tokio::sync::Notify;

use super::{
    origins::Origins,
    tries::{Next, Tries, Verdict},
};
use crate::{hex::hex, secret::Secret};

/// Limit of unread notes.
const MAX_NOTES: usize = 16;
/// Half of SHA-256: too long to guess.
const ID_BYTES: usize = 16;

/// A callback.
#[derive(Debug)]
pub enum Arrival {
    /// A well-formed one-time token to try now; its browser waits for the
    /// verdict.
    Ott(Secret),
    /// No usable one-time token; already answered. Holds the problem, in the
    /// visitor's own words where it gave some.
    Stray(String),
    /// It looked like the real login, but was rejected. Holds the reason; each
    /// is reported once.
    Rejected(&'static str),
}

/// What every connection of a listener shares.
pub struct Shared {
    /// The pages of the login's own account.
    pub origins: Origins,
    /// Fires each time a visit got further or a connection ended.
    pub changed: Notify,
    /// Fires each time there may be something for the login to look at.
    news: Notify,
    key: hmac::Key,
    state: Mutex<State>,
}

/// What changes while the listener runs.
#[derive(Default)]
pub struct State {
    /// The visits with a one-time token.
    pub tries: Tries,
    /// Connections that have sent a whole request and wait for its answer.
    pub busy: usize,
    notes: VecDeque<Arrival>,
    rejected: HashSet<&'static str>,
}

impl Shared {
    /// Nothing has happened yet. `key` makes the addresses of visits
    /// impossible to guess.
    pub fn new(origins: Origins, key: &[u8]) -> Self {
        Self {
            origins,
            changed: Notify::new(),
            news: Notify::new(),
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
            state: Mutex::default(),
        }
    }

    /// The state, locked: do not hold it across an `await`.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The id that replaces a one-time token in a URL.
    pub fn id(&self, ott: &Secret) -> String {
        let tag = hmac::sign(&self.key, ott.expose().as_bytes());
        hex(&tag.as_ref()[..ID_BYTES])
    }

    /// Wakes the login, to look for something to try.
    pub fn wake(&self) {
        self.news.notify_one();
    }

    /// Leaves a note about a visit without a usable one-time token.
    pub fn stray(&self, problem: String) {
        self.note(Arrival::Stray(problem));
    }

    /// Leaves a note that a visit was rejected, once for each reason.
    pub fn reject(&self, why: &'static str) {
        if self.state().rejected.insert(why) {
            self.note(Arrival::Rejected(why));
        }
    }

    fn note(&self, note: Arrival) {
        let mut state = self.state();
        if state.notes.len() < MAX_NOTES {
            state.notes.push_back(note);
            self.wake();
        }
    }

    /// Records the verdict on a one-time token.
    pub fn set_verdict(&self, ott: &Secret, verdict: Verdict) {
        let id = self.id(ott);
        self.state().tries.set_verdict(&id, verdict, Instant::now());
        self.changed.notify_waiters();
    }

    /// The next thing for the login to look at. Can be dropped half-way
    /// without losing anything.
    pub async fn arrival(&self) -> Arrival {
        loop {
            let next = {
                let mut state = self.state();
                if let Some(note) = state.notes.pop_front() {
                    return note;
                }
                state.tries.next(Instant::now())
            };
            match next {
                Next::Try(ott) => {
                    self.changed.notify_waiters();
                    return Arrival::Ott(ott);
                }
                Next::At(at) => {
                    let news = self.news.notified();
                    // Checks the state again after either.
                    let _ = tokio::time::timeout_at(at.into(), news).await;
                }
                Next::Nothing => self.news.notified().await,
            }
        }
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
