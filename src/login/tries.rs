//! Which one-time tokens are tried, and when.
//!
//! Any program on this machine and any page in the browser can send invented
//! one-time tokens, and each try is a request to VTEX ID. So tries are
//! rate-limited, rejected values are remembered, and visits over the limit
//! wait. Pure: the clock is an argument, and an id is any text that identifies
//! a one-time token.
//!
//! ```text
//!        add            next             set_verdict
//! visit -----> Waiting -----> Trying --+-> Accepted   this visit logged in
//!                 ^                    +-> Refused    final
//!                 |                    +-> Undecided  no verdict
//!                 |  the visit comes again   |
//!                 +--------------------------+
//! ```
//!
//! When the login ends, visits that are waiting or being tried become
//! `Finished` (another visit logged in) or `Failed`.

use std::{
    cmp::Reverse,
    collections::HashMap,
    time::{Duration, Instant},
};

use super::page::Outcome;
use crate::secret::Secret;

/// Tries that are not rate-limited.
const BURST: u32 = 5;
/// After those, one try per interval.
const INTERVAL: Duration = Duration::from_secs(2);
/// How many visits can wait with their one-time token in memory.
const MAX_WAITING: usize = 256;
/// How many visits are remembered, including the waiting ones.
const MAX_VISITS: usize = 4096;
/// A page that has not reloaded for this long counts as closed.
const AWAY_AFTER: Duration = Duration::from_secs(4);

/// How far to trust the source of a one-time token, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trust {
    /// An old browser, or any program.
    Unknown,
    /// A script on the login's own page.
    Script,
    /// A browser that followed a link or redirect.
    Document,
}

/// The result of a try.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Logged in.
    Accepted(Outcome),
    /// VTEX ID rejected it; the login continues.
    Refused,
    /// VTEX ID gave no verdict; the login continues.
    Undecided,
    /// The login cannot go on.
    Failed,
}

/// How far a visit got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It waits to be tried.
    Waiting,
    /// VTEX ID is being asked.
    Trying,
    /// It logged the user in.
    Accepted(Outcome),
    /// VTEX ID rejected it.
    Refused,
    /// VTEX ID gave no verdict.
    Undecided,
    /// Another visit logged the user in.
    Finished,
    /// The login ended without success.
    Failed,
}

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Try this one-time token.
    Try(Secret),
    /// Nothing can be tried before this time.
    At(Instant),
    /// Nothing can be tried until another visit.
    Nothing,
}

/// Every visit with a one-time token, by its id.
#[derive(Default)]
pub struct Tries {
    visits: HashMap<String, Visit>,
    /// The stage that the end of the login gave to the other visits.
    ended_as: Option<Stage>,
    /// Moves forward by `INTERVAL` with each try; how far it is ahead of the
    /// clock says how much of the burst is used.
    used_until: Option<Instant>,
    visits_so_far: u64,
}

struct Visit {
    stage: Stage,
    /// The one-time token, only while the visit waits.
    ott: Option<Secret>,
    trust: Trust,
    /// Counts visits, so that the oldest is known.
    number: u64,
    /// When the browser last asked for it; `None` if the token was pasted.
    seen: Option<Instant>,
    /// The answer redirected the browser to this visit's page.
    was_redirected: bool,
    /// The browser has requested that page, so it is open.
    has_polled: bool,
    /// The browser has shown the result.
    shown: bool,
}

impl Visit {
    fn is_open(&self, now: Instant) -> bool {
        self.seen
            .is_some_and(|seen| now.saturating_duration_since(seen) < AWAY_AFTER)
    }
}

impl Tries {
    /// Adds a visit with a one-time token. Visits with the same token count as
    /// one. The token is tried again only if VTEX ID gave no verdict.
    pub fn add(&mut self, id: &str, ott: &Secret, trust: Trust, now: Instant) {
        if !self.visits.contains_key(id) {
            if self.ended_as.is_some() {
                return;
            }
            self.make_room(now);
            self.insert(id, Stage::Undecided);
        }
        let has_ended = self.ended_as.is_some();
        if let Some(visit) = self.visits.get_mut(id) {
            visit.seen = Some(now);
            visit.trust = visit.trust.max(trust);
            if visit.stage == Stage::Undecided && !has_ended {
                visit.stage = Stage::Waiting;
                visit.ott = Some(ott.clone());
            }
        }
    }

    /// Records that the browser asked for the visit's page; returns its stage.
    pub fn poll(&mut self, id: &str, now: Instant) -> Option<Stage> {
        if let Some(visit) = self.visits.get_mut(id) {
            visit.seen = Some(now);
            visit.has_polled = true;
        }
        self.stage(id).cloned()
    }

    /// Records that the browser is redirected to the visit's page, so it will
    /// ask for that page.
    pub fn redirected(&mut self, id: &str, now: Instant) {
        if let Some(visit) = self.visits.get_mut(id) {
            visit.seen = Some(now);
            visit.was_redirected = true;
        }
    }

    /// The stage of a visit. If the visit is unknown or was dropped to make
    /// room: `None`, or once the login has ended, how it ended.
    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.visits
            .get(id)
            .map(|visit| &visit.stage)
            .or(self.ended_as.as_ref())
    }

    /// Whether every waiting visit can be tried now, without waiting for the
    /// rate limit.
    pub fn below_rate_limit(&self, now: Instant) -> bool {
        let waiting = self.waiting().filter(|visit| visit.is_open(now)).count();
        let used = self
            .used_until
            .map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        let used = used.as_millis().div_ceil(INTERVAL.as_millis());
        waiting as u128 + used <= u128::from(BURST)
    }

    /// The next one-time token to try. Order: visits with an open page, then
    /// browsers that followed a link or redirect, then the oldest.
    pub fn next(&mut self, now: Instant) -> Next {
        let free_at = self.free_at(now);
        let first = self
            .visits
            .values_mut()
            .filter(|visit| visit.ott.is_some() && visit.is_open(now))
            .max_by_key(|visit| (visit.has_polled, visit.trust, Reverse(visit.number)));
        let Some(visit) = first else {
            return Next::Nothing;
        };
        if let Some(at) = free_at {
            return Next::At(at);
        }
        let Some(ott) = visit.ott.take() else {
            return Next::Nothing;
        };
        visit.stage = Stage::Trying;
        self.used_until = Some(self.used_until.map_or(now, |until| until.max(now)) + INTERVAL);
        Next::Try(ott)
    }

    /// Records the verdict on a one-time token, pasted ones included. The visit
    /// counts as seen now, because no page could reload while a keyring waited
    /// for its password.
    pub fn set_verdict(&mut self, id: &str, verdict: Verdict, now: Instant) {
        let stage = match verdict {
            Verdict::Accepted(outcome) => Stage::Accepted(outcome),
            Verdict::Refused => Stage::Refused,
            Verdict::Undecided => Stage::Undecided,
            Verdict::Failed => Stage::Failed,
        };
        match self.visits.get_mut(id) {
            Some(visit) => {
                visit.stage = stage.clone();
                visit.ott = None;
                visit.seen = visit.seen.map(|_| now);
            }
            None => self.insert(id, stage.clone()),
        }
        if let Stage::Accepted(_) = stage {
            self.finish(&Stage::Finished);
        }
    }

    /// Ends the login. Visits that are waiting or being tried get this stage.
    pub fn finish(&mut self, stage: &Stage) {
        let stage = self.ended_as.get_or_insert_with(|| stage.clone());
        for visit in self.visits.values_mut() {
            if matches!(visit.stage, Stage::Waiting | Stage::Trying) {
                visit.stage = stage.clone();
                visit.ott = None;
            }
        }
    }

    /// How the login ended, for visits that may not know who logged in.
    pub fn ended_as(&self) -> Option<&Stage> {
        self.ended_as.as_ref()
    }

    /// Records that the browser has shown the visit's result.
    pub fn mark_shown(&mut self, id: &str) {
        if let Some(visit) = self.visits.get_mut(id) {
            visit.shown = true;
        }
    }

    /// Whether every open page shows the result.
    pub fn all_shown(&self, now: Instant) -> bool {
        self.visits.values().all(|visit| {
            let awaited = match visit.stage {
                Stage::Accepted(_) => true,
                Stage::Finished | Stage::Failed => visit.was_redirected || visit.has_polled,
                _ => false,
            };
            visit.shown || !awaited || !visit.is_open(now)
        })
    }

    /// When the next try is allowed; `None` means now.
    fn free_at(&self, now: Instant) -> Option<Instant> {
        let at = self.used_until?.checked_sub(INTERVAL * (BURST - 1))?;
        (at > now).then_some(at)
    }

    fn waiting(&self) -> impl Iterator<Item = &Visit> {
        self.visits.values().filter(|visit| visit.ott.is_some())
    }

    fn insert(&mut self, id: &str, stage: Stage) {
        self.visits_so_far += 1;
        let visit = Visit {
            stage,
            ott: None,
            trust: Trust::Unknown,
            number: self.visits_so_far,
            seen: None,
            was_redirected: false,
            has_polled: false,
            shown: false,
        };
        self.visits.insert(id.to_owned(), visit);
    }

    /// Drops a visit if there are too many: a waiting one without an open page,
    /// or the oldest of the others.
    fn make_room(&mut self, now: Instant) {
        let worst = |visits: &HashMap<String, Visit>, waiting: bool| {
            visits
                .iter()
                .filter(|(_, visit)| visit.ott.is_some() == waiting)
                .filter(|(_, visit)| !matches!(visit.stage, Stage::Trying | Stage::Accepted(_)))
                .min_by_key(|(_, v)| (v.has_polled && v.is_open(now), v.trust, v.number))
                .map(|(id, _)| id.clone())
        };
        let waiting = self.waiting().count() >= MAX_WAITING;
        if (waiting || self.visits.len() >= MAX_VISITS)
            && let Some(id) = worst(&self.visits, waiting)
        {
            self.visits.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests;
