//! The time by this machine's clock, and by VTEX ID's, which decides when a
//! token has expired.

use std::{
    cell::Cell,
    rc::Rc,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

/// Smaller differences come from the network, in seconds.
const TOLERANCE: u64 = 60;
/// With a larger difference no certificate would have been valid, in seconds.
const MAX_OFFSET: u64 = 400 * 86_400;
/// How long a measurement is valid if changes of this machine's clock cannot be
/// detected, in seconds.
const MAX_AGE: i64 = 3_600;

/// This machine's time, in epoch seconds.
pub fn machine_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}

/// When this machine was started, by its own clock. A different value means
/// that the clock was set, or the machine restarted.
#[cfg_attr(
    target_os = "linux",
    expect(clippy::unnecessary_wraps, reason = "other systems do not tell")
)]
fn boot_time() -> Option<i64> {
    #[cfg(target_os = "linux")]
    {
        let uptime = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        Some(machine_now().saturating_sub(uptime.tv_sec))
    }
    #[cfg(not(target_os = "linux"))]
    None
}

/// How wrong the clock was, and when it was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Seconds that VTEX ID's clock was ahead.
    offset: i64,
    /// By this machine's clock, in epoch seconds.
    at: i64,
    /// When the machine was started, by its clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    boot: Option<i64>,
}

impl Measured {
    /// Whether this machine's clock is still the one that was measured.
    fn holds(&self) -> bool {
        match (self.boot, boot_time()) {
            (Some(then), Some(now)) => then.abs_diff(now) <= TOLERANCE,
            _ => (0..=MAX_AGE).contains(&machine_now().saturating_sub(self.at)),
        }
    }
}

/// How far VTEX ID's clock is ahead of this machine's. Clones share the value.
#[derive(Clone, Debug, Default)]
pub struct Clock(Rc<Cell<State>>);

#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// `None` while nothing is known.
    offset: Option<i64>,
    /// Whether an answer in this process said so.
    heard: bool,
}

impl Clock {
    /// In seconds, 0 within a minute; `None` while nothing is known.
    pub fn offset(&self) -> Option<i64> {
        self.0.get().offset
    }

    /// Takes the index's value, unless an answer gave a newer one.
    pub fn remember(&self, known: Option<Measured>) {
        if self.offset().is_none() {
            let offset = known
                .filter(Measured::holds)
                .map_or(0, |known| known.offset);
            self.0.set(State {
                offset: Some(offset),
                heard: false,
            });
        }
    }

    /// Takes over the `Date` of an answer that is VTEX ID's own, in epoch
    /// seconds. Another server's `Date` must not be used.
    pub fn heard(&self, date: i64) {
        let offset = date.saturating_sub(machine_now());
        if offset.unsigned_abs() > MAX_OFFSET {
            return;
        }
        let counts = offset.unsigned_abs() > TOLERANCE;
        self.0.set(State {
            offset: Some(if counts { offset } else { 0 }),
            heard: true,
        });
    }

    /// The measurement in this process; `Some(None)` means that the clock is
    /// right.
    #[expect(clippy::option_option, reason = "nothing said, or nothing wrong")]
    pub fn measured(&self) -> Option<Option<Measured>> {
        let State { offset, heard } = self.0.get();
        let measured = offset.filter(|offset| *offset != 0).map(|offset| Measured {
            offset,
            at: machine_now(),
            boot: boot_time(),
        });
        heard.then_some(measured)
    }

    /// The time by VTEX ID's clock as far as that is known, in epoch seconds.
    pub fn now(&self) -> i64 {
        machine_now().saturating_add(self.offset().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, Measured, boot_time, machine_now};

    #[test]
    fn a_measurement_counts_until_the_machines_clock_is_set() {
        let measured = |at: i64, boot: Option<i64>| Measured {
            offset: 7200,
            at,
            boot,
        };
        let now = machine_now();
        let offset = |known: Measured| {
            let clock = Clock::default();
            clock.remember(Some(known));
            clock.offset().unwrap()
        };
        if let Some(boot) = boot_time() {
            assert_eq!(offset(measured(now - 86_400, Some(boot))), 7200);
            // Two hours back, as NTP sets it.
            assert_eq!(offset(measured(now - 86_400, Some(boot + 7200))), 0);
        }
        assert_eq!(offset(measured(now - 60, None)), 7200);
        assert_eq!(offset(measured(now - 86_400, None)), 0);
        assert_eq!(offset(measured(now + 60, None)), 0);
    }

    #[test]
    fn no_date_can_be_years_away() {
        let clock = Clock::default();
        clock.heard(machine_now() + 10 * 365 * 86_400);
        clock.heard(0);
        assert_eq!(clock.offset(), None);
        clock.heard(machine_now() - 172_800);
        assert!(clock.offset().unwrap() <= -172_790);
        clock.heard(machine_now() + 5);
        assert_eq!(clock.offset(), Some(0));
    }
}
