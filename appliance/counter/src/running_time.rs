//! The counter's running time: how long it has run in all its lives. It stands still while no process runs, and no wall clock moves it.

mod store;

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use database::{Database, Error, Scope, Tx};
use service::Clock;

/// How often it is written down: what a guest may gain by a power cut.
pub(crate) const WRITTEN_EVERY: Duration = Duration::from_secs(15);

/// The running time of one process.
#[derive(Debug)]
pub(crate) struct RunningTime {
    clock: Clock,
    /// What it was when this process began, less its monotonic time then.
    base_ms: i64,
    /// What it was when this process began.
    began_ms: i64,
    written_ms: AtomicI64,
    /// Until when it is needed, by itself, though nothing waits for it to go on.
    needed_until_ms: AtomicI64,
}

impl RunningTime {
    /// Goes on where the last process wrote it down.
    pub(crate) async fn open(database: &Database, clock: Clock) -> Result<Self, Error> {
        let written_ms = database.read(store::read).await?;
        Ok(Self {
            base_ms: written_ms.saturating_sub(ms(clock.monotonic())),
            began_ms: written_ms,
            written_ms: AtomicI64::new(written_ms),
            needed_until_ms: AtomicI64::new(written_ms),
            clock,
        })
    }

    /// Milliseconds in all lives.
    pub(crate) fn now_ms(&self) -> i64 {
        self.base_ms.saturating_add(ms(self.clock.monotonic()))
    }

    /// Somebody will ask within so many milliseconds how long ago something was that is now: it must not fall back by a power cut.
    pub(crate) fn need_for(&self, for_ms: i64) {
        let until_ms = self.now_ms().saturating_add(for_ms);
        self.needed_until_ms.fetch_max(until_ms, Ordering::Relaxed);
    }

    /// From when on all is of this process, for certain: what was before is written down up to [`WRITTEN_EVERY`] too early.
    pub(crate) fn this_life_ms(&self) -> i64 {
        self.began_ms.saturating_add(ms(WRITTEN_EVERY))
    }

    /// Whether somebody may ask for it.
    pub(crate) fn is_needed(&self) -> bool {
        // Once more after its end: what was within it is outside then, whatever comes.
        let until_ms = self.needed_until_ms.load(Ordering::Relaxed);
        self.written_ms.load(Ordering::Relaxed) < until_ms
    }

    /// Whether it should be written down.
    pub(crate) fn is_stale(&self) -> bool {
        self.now_ms() - self.written_ms.load(Ordering::Relaxed) >= ms(WRITTEN_EVERY)
    }

    /// Writes it down, in a transaction.
    pub(crate) fn write(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let now_ms = self.now_ms();
        store::write(tx, now_ms)?;
        self.written_ms.fetch_max(now_ms, Ordering::Relaxed);
        Ok(())
    }
}

/// A length of time as whole milliseconds.
pub(crate) fn ms(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// The one scope of the counter's clock.
pub(crate) fn scope() -> Scope {
    Scope::of("counter", "time")
}
