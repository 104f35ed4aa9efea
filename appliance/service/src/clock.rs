//! Time as a value: the system's, or one that a test moves by hand. Nothing else may ask what time it is.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::Notify;

/// A source of wall time and of monotonic time. Clones share it.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    /// Rung when a test has moved it.
    moved: Notify,
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
        Self(Arc::new(Inner {
            source,
            moved: Notify::new(),
        }))
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
}
