//! What time it is: by this machine, and by VTEX ID, whose clock decides when
//! a token has expired.

use std::{
    cell::Cell,
    rc::Rc,
    time::{SystemTime, UNIX_EPOCH},
};

/// A smaller difference between two clocks is the network's, in seconds.
const TOLERANCE: u64 = 60;

/// This machine's time, in epoch seconds.
pub fn machine_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}

/// By how much VTEX ID's clock is ahead of this machine's. Clones are the same
/// one.
#[derive(Clone, Debug, Default)]
pub struct Clock(Rc<Cell<Option<i64>>>);

impl Clock {
    /// In seconds, 0 within a minute; `None` while nothing is known.
    pub fn offset(&self) -> Option<i64> {
        self.0.get()
    }

    /// Takes over what the index knows, unless an answer has said more.
    pub fn remember(&self, offset: i64) {
        if self.0.get().is_none() {
            self.0.set(Some(offset));
        }
    }

    /// Takes over the `Date` of an answer, in epoch seconds.
    pub fn heard(&self, date: i64) {
        let offset = date.saturating_sub(machine_now());
        let counts = offset.unsigned_abs() > TOLERANCE;
        self.0.set(Some(if counts { offset } else { 0 }));
    }

    /// The time by VTEX ID's clock as far as that is known, in epoch seconds.
    pub fn now(&self) -> i64 {
        machine_now().saturating_add(self.offset().unwrap_or(0))
    }
}
