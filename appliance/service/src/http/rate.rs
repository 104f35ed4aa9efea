//! How often one asker may ask: an allowance that refills steadily, per device or per address. It knows no clock: now comes in.
//! (`governor` keeps the same sum, but wants its clock as a type, and brings a lock, timers and a hash map for these twenty lines.)

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Requests per second of one device or address, unless the settings say otherwise. A kiosk asks under five times a second; forty
/// screens behind one address stay below this, and a device that runs wild takes a thirtieth of what a box can answer.
pub const REQUESTS_PER_SECOND: u32 = 200;

/// Seconds of its allowance that an asker may use at once: a screen that starts loads everything in one go.
const SAVED_SECONDS: u32 = 2;

/// Askers that are remembered at once. A cinema has some dozens; beyond this those whose allowance is whole again are forgotten, and if those
/// were few the half that is nearest to it: so many at once are a flood, which the next look must not be slow for, and which must not set
/// those free who have asked most.
const MOST_ASKERS: usize = 4096;

/// The allowances of all askers.
#[derive(Debug)]
pub struct Allowances<K> {
    /// What one request uses up.
    each: Duration,
    /// What can be used up at once.
    most: Duration,
    /// By asker, the time at which the allowance will be whole again.
    whole_at: Mutex<HashMap<K, Duration>>,
}

impl<K: Hash + Eq> Allowances<K> {
    /// So many requests in each second (at least one), and twice as many at once.
    pub fn new(per_second: u32) -> Self {
        let each = Duration::from_secs(1) / per_second.max(1);
        Self {
            each,
            most: each * per_second.max(1) * SAVED_SECONDS,
            whole_at: Mutex::default(),
        }
    }

    /// One more every so often, and so many at once (at least one).
    pub fn steadily(each: Duration, at_once: u32) -> Self {
        Self {
            each,
            most: each * at_once.max(1),
            whole_at: Mutex::default(),
        }
    }

    /// Uses up one request of `asker` at the monotonic time `now`.
    ///
    /// # Errors
    /// Nothing is left; it gives how long the asker has to wait.
    pub fn ask(&self, asker: K, now: Duration) -> Result<(), Duration> {
        let mut known = self.whole_at.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_ASKERS {
            known.retain(|_, whole_at| *whole_at > now);
            if known.len() > MOST_ASKERS / 2 {
                let mut ends: Vec<Duration> = known.values().copied().collect();
                let (_, middle, _) = ends.select_nth_unstable(known.len() / 2);
                known.retain(|_, whole_at| *whole_at > *middle);
            }
        }
        let whole_at = known.entry(asker).or_insert(now);
        let after = (*whole_at).max(now) + self.each;
        match (after - now).checked_sub(self.most) {
            Some(wait) if !wait.is_zero() => Err(wait),
            Some(_) | None => {
                *whole_at = after;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn an_asker_uses_up_two_seconds_at_once_and_then_goes_on_steadily() {
        let allowances = Allowances::new(10);
        for _ in 0..20 {
            assert_eq!(allowances.ask("kiosk", at(5_000)), Ok(()));
        }
        assert_eq!(allowances.ask("kiosk", at(5_000)), Err(at(100)));
        assert_eq!(allowances.ask("kiosk", at(5_099)), Err(at(1)));
        assert_eq!(allowances.ask("kiosk", at(5_100)), Ok(()));
        assert_eq!(allowances.ask("kiosk", at(5_100)), Err(at(100)));
        assert_eq!(
            allowances.ask("till", at(5_100)),
            Ok(()),
            "another asker has an allowance of its own"
        );
    }

    #[test]
    fn what_is_seldom_has_an_allowance_as_well() {
        let allowances = Allowances::steadily(at(10_000), 3);
        for _ in 0..3 {
            assert_eq!(allowances.ask("family", at(0)), Ok(()));
        }
        assert_eq!(allowances.ask("family", at(0)), Err(at(10_000)));
        assert_eq!(allowances.ask("family", at(10_000)), Ok(()));
    }

    #[test]
    fn a_refused_request_uses_up_nothing() {
        let allowances = Allowances::new(1);
        assert_eq!(allowances.ask((), at(0)), Ok(()));
        assert_eq!(allowances.ask((), at(0)), Ok(()));
        for _ in 0..50 {
            assert_eq!(allowances.ask((), at(0)), Err(at(1_000)));
        }
        assert_eq!(allowances.ask((), at(1_000)), Ok(()));
    }

    #[test]
    fn a_flood_of_others_sets_nobody_free_who_has_asked_most() {
        let allowances = Allowances::steadily(at(10_000), 3);
        for _ in 0..3 {
            assert_eq!(allowances.ask(0, at(0)), Ok(()));
        }
        for other in 1..3 * MOST_ASKERS {
            assert_eq!(allowances.ask(other, at(0)), Ok(()));
        }
        assert_eq!(allowances.ask(0, at(0)), Err(at(10_000)));
        assert!(allowances.whole_at.lock().unwrap().len() <= MOST_ASKERS);
    }

    #[test]
    fn many_askers_do_not_fill_the_memory() {
        let allowances = Allowances::new(10);
        for asker in 0..20 * MOST_ASKERS {
            let now = at(u64::try_from(asker).unwrap() * 10);
            assert_eq!(allowances.ask(asker, now), Ok(()));
        }
        assert!(allowances.whole_at.lock().unwrap().len() <= MOST_ASKERS);
        for asker in 0..20 * MOST_ASKERS {
            assert_eq!(allowances.ask(asker, at(9_999_999)), Ok(()));
        }
        assert!(allowances.whole_at.lock().unwrap().len() <= MOST_ASKERS);
    }
}
