//! Which one-time tokens are tried, and when.
//!
//! Any program on this machine and any page in the browser can send invented
//! one-time tokens, and each try is a request to VTEX ID. So tries are
//! rate-limited, rejected values are remembered, and visits over the limit
//! wait. Pure: the clock is an argument, and an id is any text that identifies
//! a one-time token.

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
/// Visits whose one-time token is held in memory.
const MAX_WAITING: usize = 256;
/// Visits that are remembered, the waiting ones included.
const MAX_VISITS: usize = 4096;
/// A waiting page reloads more often than this while somebody has it open.
const AWAY_AFTER: Duration = Duration::from_secs(4);

/// How trustworthy the source of a one-time token is; the best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Unknown: an old browser, or any program.
    Unknown,
    /// A script of the login's own page.
    Script,
    /// A browser that followed a link or redirect.
    Document,
}

/// What became of a one-time token.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Logged in.
    Accepted(Outcome),
    /// VTEX ID rejected it; the login continues.
    Refused,
    /// VTEX ID gave no verdict; the login continues.
    NotYet,
    /// The login cannot go on.
    Failed,
}

/// How far a visit got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It waits for its turn.
    Waiting,
    /// VTEX ID is being asked.
    Trying,
    /// It logged somebody in.
    Accepted(Outcome),
    /// VTEX ID rejected it.
    Refused,
    /// VTEX ID gave no verdict.
    NotYet,
    /// Another one logged somebody in.
    Finished,
    /// The login ended without success.
    Failed,
}

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// Try this one-time token.
    Try(Secret),
    /// Ask again at this time.
    At(Instant),
    /// Ask again after a visit.
    Nothing,
}

/// Every visit with a one-time token, by its id.
#[derive(Default)]
pub struct Tries {
    visits: HashMap<String, Visit>,
    /// How the login ended.
    over: Option<Stage>,
    /// The time up to which tries are used up.
    used_until: Option<Instant>,
    visits_so_far: u64,
}

struct Visit {
    stage: Stage,
    /// Present only while it waits.
    ott: Option<Secret>,
    rank: Rank,
    number: u64,
    /// When the browser last asked about it; `None` if it was only pasted.
    seen: Option<Instant>,
    /// The answer redirected the browser to this visit's page.
    led: bool,
    /// The browser went there, so a page is open.
    came_back: bool,
    /// A person has seen how it ended.
    shown: bool,
}

impl Visit {
    fn is_open(&self, now: Instant) -> bool {
        self.seen
            .is_some_and(|seen| now.saturating_duration_since(seen) < AWAY_AFTER)
    }
}

impl Tries {
    /// Adds a visit with a one-time token. If there is one with the same token,
    /// they are joined; the token is tried again only if VTEX ID gave no
    /// verdict.
    pub fn add(&mut self, id: &str, ott: &Secret, rank: Rank, now: Instant) {
        if !self.visits.contains_key(id) {
            if self.over.is_some() {
                return;
            }
            self.make_room(now);
            self.insert(id, Stage::NotYet);
        }
        let over = self.over.is_some();
        if let Some(visit) = self.visits.get_mut(id) {
            visit.seen = Some(now);
            visit.rank = visit.rank.max(rank);
            if visit.stage == Stage::NotYet && !over {
                visit.stage = Stage::Waiting;
                visit.ott = Some(ott.clone());
            }
        }
    }

    /// The browser asks for the state of that visit.
    pub fn come_back(&mut self, id: &str, now: Instant) -> Option<Stage> {
        if let Some(visit) = self.visits.get_mut(id) {
            visit.seen = Some(now);
            visit.came_back = true;
        }
        self.stage(id).cloned()
    }

    /// The browser is being led to the page of that visit, and will ask for it.
    pub fn lead(&mut self, id: &str, now: Instant) {
        if let Some(visit) = self.visits.get_mut(id) {
            visit.seen = Some(now);
            visit.led = true;
        }
    }

    /// The state of that visit. `None` if it is unknown or was dropped to make
    /// room; after the end of the login, the result.
    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.visits
            .get(id)
            .map(|visit| &visit.stage)
            .or(self.over.as_ref())
    }

    /// Whether every waiting visit can be tried now.
    pub fn is_quiet(&self, now: Instant) -> bool {
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
            .max_by_key(|visit| (visit.came_back, visit.rank, Reverse(visit.number)));
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

    /// Records the verdict on a one-time token, also a pasted one. The visit
    /// counts as seen now: while a keyring waited for its password, no page
    /// could reload.
    pub fn tell(&mut self, id: &str, verdict: Verdict, now: Instant) {
        let stage = match verdict {
            Verdict::Accepted(outcome) => Stage::Accepted(outcome),
            Verdict::Refused => Stage::Refused,
            Verdict::NotYet => Stage::NotYet,
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
            self.end(&Stage::Finished);
        }
    }

    /// The login ends like this for every visit that has not ended.
    pub fn end(&mut self, how: &Stage) {
        let how = self.over.get_or_insert_with(|| how.clone());
        for visit in self.visits.values_mut() {
            if matches!(visit.stage, Stage::Waiting | Stage::Trying) {
                visit.stage = how.clone();
                visit.ott = None;
            }
        }
    }

    /// How the login ended, to those who do not learn more.
    pub fn over(&self) -> Option<&Stage> {
        self.over.as_ref()
    }

    /// A person has seen how that visit ended.
    pub fn show(&mut self, id: &str) {
        if let Some(visit) = self.visits.get_mut(id) {
            visit.shown = true;
        }
    }

    /// Whether every open page shows the result.
    pub fn all_shown(&self, now: Instant) -> bool {
        self.visits.values().all(|visit| {
            let awaited = match visit.stage {
                Stage::Accepted(_) => true,
                Stage::Finished | Stage::Failed => visit.led || visit.came_back,
                _ => false,
            };
            visit.shown || !awaited || !visit.is_open(now)
        })
    }

    /// When the next try is allowed; `None` is now.
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
            rank: Rank::Unknown,
            number: self.visits_so_far,
            seen: None,
            led: false,
            came_back: false,
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
                .min_by_key(|(_, v)| (v.came_back && v.is_open(now), v.rank, v.number))
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
