//! How long a hold lasts. Counted by a monotonic clock that begins anew with every process, so what is stored is the time left.

use std::time::Duration;

/// How long a hold lasts unless the settings say otherwise: long enough to choose tickets and pay without hurry, short
/// enough that a guest who walked away does not keep the seats for the next film's queue.
pub const HOLD_TIME: Duration = Duration::from_secs(8 * 60);

/// The time of one hold. `now` is always the process's monotonic time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldTimer {
    pace: Pace,
    extended: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// It runs out at this monotonic time.
    Running { until: Duration },
    /// A payment is open: it stands still with this much left.
    Standing { left: Duration },
}

/// Why a hold gets no more time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExtendRefusal {
    /// Its time is over.
    #[error("the hold's time is over")]
    Lapsed,
    /// It was extended before.
    #[error("the hold has been extended already")]
    AlreadyExtended,
}

impl HoldTimer {
    /// A new hold that lasts `lasts` from `now` on.
    pub fn start(lasts: Duration, now: Duration) -> Self {
        Self::resume(lasts, false, now)
    }

    /// A stored hold with `left` to go from `now` on.
    pub fn resume(left: Duration, extended: bool, now: Duration) -> Self {
        Self {
            pace: Pace::Running {
                until: now.saturating_add(left),
            },
            extended,
        }
    }

    /// How long it still lasts.
    pub fn left(&self, now: Duration) -> Duration {
        match self.pace {
            Pace::Running { until } => until.saturating_sub(now),
            Pace::Standing { left } => left,
        }
    }

    /// Whether its time is over. It never is while it stands still.
    pub fn is_over(&self, now: Duration) -> bool {
        match self.pace {
            Pace::Running { until } => until <= now,
            Pace::Standing { .. } => false,
        }
    }

    /// Whether it was extended.
    pub fn was_extended(&self) -> bool {
        self.extended
    }

    /// A payment was opened: the time stands still until [`HoldTimer::go_on`]. A hold whose time is over stays so.
    #[must_use]
    pub fn stand_still(self, now: Duration) -> Self {
        match self.pace {
            Pace::Running { until } if until > now => Self {
                pace: Pace::Standing { left: until - now },
                ..self
            },
            Pace::Running { .. } | Pace::Standing { .. } => self,
        }
    }

    /// The payment ended without a sale: the time goes on.
    #[must_use]
    pub fn go_on(self, now: Duration) -> Self {
        match self.pace {
            Pace::Running { .. } => self,
            Pace::Standing { left } => Self::resume(left, self.extended, now),
        }
    }

    /// More time, once: it lasts `lasts` again, counted from `now`, and never less than it had.
    ///
    /// # Errors
    /// Its time is over, or it was extended before.
    pub fn extend(self, lasts: Duration, now: Duration) -> Result<Self, ExtendRefusal> {
        if self.is_over(now) {
            return Err(ExtendRefusal::Lapsed);
        }
        if self.extended {
            return Err(ExtendRefusal::AlreadyExtended);
        }
        let left = self.left(now).max(lasts);
        let pace = match self.pace {
            Pace::Running { .. } => Pace::Running {
                until: now.saturating_add(left),
            },
            Pace::Standing { .. } => Pace::Standing { left },
        };
        Ok(Self {
            pace,
            extended: true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_hold_lapses_when_its_time_is_over() {
        let timer = HoldTimer::start(HOLD_TIME, at(100));
        assert_eq!(timer.left(at(100)), at(480));
        assert!(!timer.is_over(at(579)));
        assert!(timer.is_over(at(580)));
        assert_eq!(timer.left(at(900)), at(0));
    }

    #[test]
    fn it_stands_still_while_a_payment_is_open() {
        let paying = HoldTimer::start(at(60), at(0)).stand_still(at(50));
        assert!(!paying.is_over(at(10_000)));
        assert_eq!(
            paying.stand_still(at(70)).left(at(10_000)),
            at(10),
            "a second payment changes nothing"
        );
        let declined = paying.go_on(at(10_000));
        assert_eq!(declined.left(at(10_000)), at(10));
        assert!(declined.is_over(at(10_010)));
        assert!(
            HoldTimer::start(at(60), at(0))
                .stand_still(at(60))
                .is_over(at(60)),
            "a lapsed hold is not saved by paying"
        );
    }

    #[test]
    fn it_is_extended_once() {
        let timer = HoldTimer::start(at(60), at(0));
        let more = timer.extend(at(60), at(59)).unwrap();
        assert_eq!(more.left(at(59)), at(60));
        assert!(more.was_extended());
        assert_eq!(
            more.extend(at(60), at(60)),
            Err(ExtendRefusal::AlreadyExtended)
        );
        assert_eq!(timer.extend(at(60), at(60)), Err(ExtendRefusal::Lapsed));
        assert_eq!(
            timer.extend(at(10), at(1)).map(|timer| timer.left(at(1))),
            Ok(at(59)),
            "more time is never less"
        );
        assert_eq!(
            timer
                .stand_still(at(50))
                .extend(at(60), at(90))
                .map(|timer| timer.left(at(900))),
            Ok(at(60))
        );
    }

    #[test]
    fn it_goes_on_after_a_restart() {
        let before = HoldTimer::start(at(60), at(1_000))
            .extend(at(60), at(1_010))
            .unwrap();
        let after = HoldTimer::resume(before.left(at(1_030)), before.was_extended(), at(2));
        assert_eq!(after.left(at(2)), at(40));
        assert_eq!(
            after.extend(at(60), at(3)),
            Err(ExtendRefusal::AlreadyExtended)
        );
    }
}
