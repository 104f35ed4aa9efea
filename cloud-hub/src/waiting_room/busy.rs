//! Whether the hub has more to do than it can: measured, by how long its database takes for what it is asked while many wait.

use std::time::Duration;

/// A hub that takes so long for one small write behind all others is busy: guests feel it.
const SLOW: Duration = Duration::from_millis(500);

/// For so long it lets in few, so that what is under way can end.
const REST: Duration = Duration::from_secs(5);

/// How the hub does.
#[derive(Debug, Default)]
pub(super) struct Busy {
    /// Until when it rests, on the monotonic clock.
    until: Duration,
}

impl Busy {
    /// What was asked of the database at `now` took so long; whether the hub is busy.
    pub(super) fn took(&mut self, took: Duration, now: Duration) -> bool {
        if took >= SLOW {
            self.until = now + took + REST;
        }
        self.is_busy(now + took)
    }

    /// What was asked of the database failed: so it does, as if it were slow.
    pub(super) fn fails(&mut self, now: Duration) -> bool {
        self.until = now + REST;
        true
    }

    /// Whether the hub is busy.
    pub(super) fn is_busy(&self, now: Duration) -> bool {
        now < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_answer_is_felt_for_some_seconds() {
        let (mut busy, ms) = (Busy::default(), Duration::from_millis);
        assert!(!busy.took(ms(499), ms(1_000)));
        assert!(busy.took(ms(500), ms(2_000)));
        assert!(busy.took(ms(1), ms(7_498)) && !busy.is_busy(ms(7_500)));
    }
}
