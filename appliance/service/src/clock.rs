//! Time as a value: the system's, or one that a test moves by hand. Nothing else may ask what time it is.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

/// Wall time may be put right by so much, and is steady all the same.
const PUT_RIGHT: SignedDuration = SignedDuration::from_mins(1);

/// A source of wall time and of monotonic time. Clones share it.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    /// Rung when a test has moved it.
    moved: Notify,
    steady: Mutex<Steady>,
}

/// Since when wall time has gone at the pace of monotonic time.
#[derive(Debug)]
struct Steady {
    /// What wall time was then.
    wall: Timestamp,
    since: Duration,
}

#[derive(Debug)]
enum Source {
    System {
        started: Instant,
    },
    Manual(Mutex<(Timestamp, Duration)>),
    Running {
        began: Mutex<Timestamp>,
        started: Instant,
        ahead: Mutex<Duration>,
    },
}

impl Clock {
    /// The machine's clocks; monotonic time counts from this call.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine"
    )]
    pub fn system() -> Self {
        Self::of(Source::System {
            started: Instant::now(),
        })
    }

    /// A clock that stands still at `now` until [`Clock::advance`] moves it.
    pub fn manual(now: Timestamp) -> Self {
        Self::of(Source::Manual(Mutex::new((now, Duration::ZERO))))
    }

    /// A clock that goes at the machine's pace from `now` on, and that [`Clock::advance`] moves further.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine"
    )]
    pub fn running_from(now: Timestamp) -> Self {
        Self::of(Source::Running {
            began: Mutex::new(now),
            started: Instant::now(),
            ahead: Mutex::default(),
        })
    }

    fn of(source: Source) -> Self {
        let clock = Self(Arc::new(Inner {
            source,
            moved: Notify::new(),
            steady: Mutex::new(Steady {
                wall: Timestamp::UNIX_EPOCH,
                since: Duration::ZERO,
            }),
        }));
        // It was never looked at, so that this is its first.
        clock.steady_for();
        clock
    }

    /// Wall time. It may jump; no promise rests on it.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine"
    )]
    pub fn now(&self) -> Timestamp {
        match &self.0.source {
            Source::System { .. } => Timestamp::now(),
            Source::Manual(at) => at.lock().unwrap_or_else(PoisonError::into_inner).0,
            Source::Running { began, .. } => began
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .checked_add(self.monotonic())
                .unwrap_or(Timestamp::MAX),
        }
    }

    /// Time since this clock was made; it never goes back.
    pub fn monotonic(&self) -> Duration {
        match &self.0.source {
            Source::System { started } => started.elapsed(),
            Source::Manual(at) => at.lock().unwrap_or_else(PoisonError::into_inner).1,
            Source::Running { started, ahead, .. } => {
                started.elapsed() + *ahead.lock().unwrap_or_else(PoisonError::into_inner)
            }
        }
    }

    /// For how long wall time has gone as monotonic time does: since this clock was made, or since it was last found to have been set by more than
    /// a minute. What cannot be taken back waits until a time has stood for long.
    pub fn steady_for(&self) -> Duration {
        let (wall, monotonic) = (self.now(), self.monotonic());
        let mut steady = (self.0.steady.lock()).unwrap_or_else(PoisonError::into_inner);
        let gone = monotonic.saturating_sub(steady.since);
        let expected = steady.wall.checked_add(gone).unwrap_or(Timestamp::MAX);
        if wall.duration_since(expected).abs() > PUT_RIGHT {
            *steady = Steady {
                wall,
                since: monotonic,
            };
        }
        monotonic.saturating_sub(steady.since)
    }

    /// Resolves once monotonic time has come this far.
    pub async fn reached(&self, time: Duration) {
        loop {
            // Made before the look, so that no move in between is missed.
            let moved = self.0.moved.notified();
            let left = time.saturating_sub(self.monotonic());
            if left.is_zero() {
                return;
            }
            match &self.0.source {
                Source::System { .. } => tokio::time::sleep(left).await,
                Source::Manual(_) => moved.await,
                Source::Running { .. } => {
                    tokio::select! { biased; () = moved => {} () = tokio::time::sleep(left) => {} }
                }
            }
        }
    }

    /// Sets a test's wall clock, as somebody may the machine's: its monotonic time goes on as it was.
    pub fn set(&self, now: Timestamp) {
        match &self.0.source {
            Source::System { .. } => {}
            Source::Manual(at) => at.lock().unwrap_or_else(PoisonError::into_inner).0 = now,
            Source::Running { began, .. } => {
                let began_then = now.checked_sub(self.monotonic()).unwrap_or(Timestamp::MIN);
                *began.lock().unwrap_or_else(PoisonError::into_inner) = began_then;
            }
        }
    }

    /// Moves a test's clock on, both its times; the system's clock stays as it is.
    pub fn advance(&self, by: Duration) {
        match &self.0.source {
            Source::System { .. } => {}
            Source::Manual(at) => {
                let mut at = at.lock().unwrap_or_else(PoisonError::into_inner);
                at.1 = at.1.saturating_add(by);
                at.0 = at.0.checked_add(by).unwrap_or(Timestamp::MAX);
            }
            Source::Running { ahead, .. } => {
                let mut ahead = ahead.lock().unwrap_or_else(PoisonError::into_inner);
                *ahead = ahead.saturating_add(by);
            }
        }
        self.0.moved.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_by_hand() {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let copy = clock.clone();
        clock.advance(Duration::from_secs(90));
        assert_eq!(copy.monotonic(), Duration::from_secs(90));
        assert_eq!(copy.now().as_second(), 90);
    }

    #[test]
    fn a_clock_is_steady_until_it_is_set() {
        let begin: Timestamp = "2026-11-27T19:00:00Z".parse().unwrap();
        let clock = Clock::manual(begin);
        clock.advance(Duration::from_secs(3_600));
        assert_eq!(clock.steady_for(), Duration::from_secs(3_600));
        // Put right by a little, again and again: in the end that is another time.
        for seconds in [30, 59, 61] {
            clock.set(begin + SignedDuration::from_secs(3_600 + seconds));
            let steady = clock.steady_for();
            assert_eq!(steady.is_zero(), seconds > 60, "{seconds} s: {steady:?}");
        }
        clock.advance(Duration::from_secs(5));
        assert_eq!(clock.steady_for(), Duration::from_secs(5));
        clock.set(begin - SignedDuration::from_hours(24));
        assert_eq!(clock.steady_for(), Duration::ZERO);
    }
}
