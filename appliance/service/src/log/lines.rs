//! How many lines each place in the program may write: some at once, then a few a second. The rest is counted, and told once in a while.
//! The places are the program's own, so whoever makes it write chooses none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing::callsite::Identifier;
use tracing::{Event, Metadata};
use tracing_subscriber::layer::{Context, Filter};

use crate::{Bell, Clock, Due, Machine};

/// Lines that a place may write at once: all that a person reads of one kind.
const AT_ONCE: u32 = 50;

/// The time in which a place earns one more line: a place that writes all day fills a hundred megabytes in a week.
const EARNED_IN: Duration = Duration::from_millis(500);

/// How long what is withheld waits to be told.
const TOLD_AFTER: Duration = Duration::from_secs(10);

/// The lines of a process. Clones share them.
#[derive(Debug, Clone)]
pub struct Lines(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    clock: Clock,
    places: Mutex<Places>,
    bell: Bell,
}

#[derive(Debug, Default)]
struct Places {
    known: HashMap<Identifier, Place>,
    /// When what is withheld is told.
    tell_at: Option<Duration>,
}

#[derive(Debug)]
struct Place {
    of: &'static Metadata<'static>,
    /// When all of [`AT_ONCE`] will be earned again.
    whole_at: Duration,
    withheld: u64,
}

impl Lines {
    /// Nothing has been written yet.
    pub(crate) fn new(clock: Clock) -> Self {
        Self(Arc::new(Inner {
            clock,
            places: Mutex::default(),
            bell: Bell::default(),
        }))
    }

    /// Tells how much was withheld, as a job of this machine.
    pub(crate) fn watch(&self, machine: &Machine) {
        machine.job("log", &self.0.bell, self, |lines, now| async move {
            lines.tell_due(now)
        });
    }

    /// Whether this place may write one more line.
    fn may_write(&self, of: &'static Metadata<'static>) -> bool {
        let now = self.0.clock.monotonic();
        let mut places = self.places();
        let place = places.known.entry(of.callsite()).or_insert(Place {
            of,
            whole_at: now,
            withheld: 0,
        });
        let after = place.whole_at.max(now) + EARNED_IN;
        if after - now <= EARNED_IN * AT_ONCE {
            place.whole_at = after;
            return true;
        }
        place.withheld += 1;
        if places.tell_at.is_none() {
            places.tell_at = Some(now + TOLD_AFTER);
            self.0.bell.ring();
        }
        false
    }

    fn tell_due(&self, now: Duration) -> Due {
        for (of, withheld) in self.take_due() {
            let (place, line) = (of.target(), of.line());
            tracing::warn!(place, line, withheld, "the log withheld lines of one place");
        }
        match self.places().tell_at {
            // Its own clock may be another one than the machine's.
            Some(at) => Due::At(now + at.saturating_sub(self.0.clock.monotonic())),
            None => Due::WhenRung,
        }
    }

    fn take_due(&self) -> Vec<(&'static Metadata<'static>, u64)> {
        let now = self.0.clock.monotonic();
        let mut places = self.places();
        if places.tell_at.take_if(|at| *at <= now).is_none() {
            return Vec::new();
        }
        let known = places.known.values_mut().filter(|place| place.withheld > 0);
        known
            .map(|place| (place.of, std::mem::take(&mut place.withheld)))
            .collect()
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.0.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Filter<S> for Lines {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        self.may_write(event.metadata())
    }
}

#[cfg(test)]
mod tests {
    use tracing::Subscriber;
    use tracing_subscriber::layer::{Layer, SubscriberExt as _};
    use tracing_subscriber::registry;

    use super::*;

    /// Counts what is written.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Written {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut line = String::new();
            let mut add = |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
                line.push_str(&format!("{field}={value:?} "));
            };
            event.record(&mut add);
            self.0.lock().unwrap().push(line);
        }
    }

    #[test]
    fn a_place_writes_few_lines_and_tells_how_many_it_did_not() {
        let clock = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        let (lines, written) = (Lines::new(clock.clone()), Written::default());
        let subscriber = registry().with(written.clone().with_filter(lines.clone()));
        let log = |times: usize| (0..times).for_each(|_| tracing::warn!("junk"));
        let now = || clock.monotonic();
        let count = || written.0.lock().unwrap().len();
        tracing::subscriber::with_default(subscriber, || {
            log(1_000);
            tracing::warn!("of another place");
            assert_eq!(count(), 51);
            assert_eq!(lines.tell_due(now()), Due::At(now() + TOLD_AFTER));
            clock.advance(Duration::from_secs(1));
            log(10);
            assert_eq!(count(), 53, "two more a second");
            clock.advance(TOLD_AFTER);
            assert_eq!(lines.tell_due(now()), Due::WhenRung);
            let last = written.0.lock().unwrap().pop().unwrap();
            assert!(last.contains("withheld=958 "), "{last}");
            assert!(
                last.contains("place=\"service::log::lines::tests\""),
                "{last}"
            );
        });
    }
}
