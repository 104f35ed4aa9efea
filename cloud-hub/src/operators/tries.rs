//! How often an address may be wrong: a few times at once, then after pauses that grow. Nobody is locked out by others, and no account
//! can be locked by whoever does not know its password.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::OperatorRefused;

/// How often somebody may be wrong before the first pause.
const FREE: u32 = 5;

/// The first pause; each further wrong try doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// After how long without a wrong try everything is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(60 * 60);

/// How many addresses are remembered: beyond them, the one that was wrong the longest ago is forgotten.
const MOST_ADDRESSES: usize = 4_096;

/// The addresses that were wrong. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Tries(Arc<Mutex<HashMap<IpAddr, Wrong>>>);

#[derive(Debug, Default)]
struct Wrong {
    times: u32,
    last: Duration,
    /// Whether a try of this address is under way: one at a time.
    is_trying: bool,
}

/// A try that is under way.
#[derive(Debug)]
pub(super) struct Trying {
    tries: Tries,
    address: IpAddr,
}

impl Drop for Trying {
    fn drop(&mut self) {
        let mut known = self.tries.0.lock();
        if let Some(wrong) = known.get_mut(&self.address) {
            wrong.is_trying = false;
            if wrong.times == 0 {
                known.remove(&self.address);
            }
        }
    }
}

impl Tries {
    /// Begins a try, one of an address at a time.
    ///
    /// # Errors
    /// It is to wait.
    pub(super) fn begin(&self, address: IpAddr, now: Duration) -> Result<Trying, OperatorRefused> {
        let mut known = self.0.lock();
        known
            .retain(|_, wrong| wrong.is_trying || now.saturating_sub(wrong.last) < FORGOTTEN_AFTER);
        if known.len() >= MOST_ADDRESSES && !known.contains_key(&address) {
            let resting = known.iter().filter(|(_, wrong)| !wrong.is_trying);
            let oldest = resting.min_by_key(|(_, wrong)| wrong.last);
            let oldest = *oldest.ok_or(OperatorRefused::TooManyTries(FIRST_PAUSE))?.0;
            known.remove(&oldest);
        }
        let wrong = known.entry(address).or_insert_with(|| Wrong {
            last: now,
            ..Wrong::default()
        });
        let waits = (wrong.last + pause(wrong.times)).saturating_sub(now);
        if wrong.is_trying {
            return Err(OperatorRefused::TooManyTries(FIRST_PAUSE));
        }
        if !waits.is_zero() {
            return Err(OperatorRefused::TooManyTries(waits));
        }
        wrong.is_trying = true;
        drop(known);
        Ok(Trying {
            tries: self.clone(),
            address,
        })
    }

    /// The try that is under way was wrong.
    pub(super) fn failed(&self, address: IpAddr, now: Duration) {
        if let Some(wrong) = self.0.lock().get_mut(&address) {
            wrong.times = wrong.times.saturating_add(1);
            wrong.last = now;
        }
    }
}

fn pause(times: u32) -> Duration {
    match times.checked_sub(FREE) {
        None => Duration::ZERO,
        Some(more) => FIRST_PAUSE
            .saturating_mul(2_u32.saturating_pow(more))
            .min(LONGEST_PAUSE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: fn(u64) -> Duration = Duration::from_secs;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    fn is_wrong(tries: &Tries, last: u8, now: Duration) {
        let _trying = tries.begin(address(last), now).unwrap();
        tries.failed(address(last), now);
    }

    #[test]
    fn the_pauses_grow_for_whoever_is_wrong_and_for_nobody_else() {
        let tries = Tries::default();
        for _ in 0..FREE {
            is_wrong(&tries, 1, AT(0));
        }
        let waits = |last, now| match tries.begin(address(last), now) {
            Err(OperatorRefused::TooManyTries(waits)) => waits,
            Ok(_) => Duration::ZERO,
            Err(other) => panic!("{other}"),
        };
        assert_eq!(waits(1, AT(0)), AT(2));
        assert_eq!(waits(1, AT(1)), AT(1));
        assert_eq!(waits(2, AT(0)), AT(0), "another address");
        is_wrong(&tries, 1, AT(2));
        assert_eq!(waits(1, AT(2)), AT(4));
        is_wrong(&tries, 1, AT(6));
        assert_eq!(waits(1, AT(6)), AT(8));
        assert_eq!(waits(1, AT(6 + 3600)), AT(0), "forgotten");
        assert_eq!(pause(u32::MAX), LONGEST_PAUSE);
    }

    #[test]
    fn an_address_tries_once_at_a_time_and_whoever_is_right_is_forgotten() {
        let tries = Tries::default();
        let trying = tries.begin(address(1), AT(0)).unwrap();
        assert!(tries.begin(address(1), AT(0)).is_err());
        drop(trying);
        assert!(tries.0.lock().is_empty());
    }

    #[test]
    fn few_addresses_are_remembered() {
        let tries = Tries::default();
        for nth in 0..2 * u32::try_from(MOST_ADDRESSES).unwrap() {
            let address = IpAddr::from(nth.to_be_bytes());
            let _trying = tries.begin(address, AT(nth.into())).unwrap();
            tries.failed(address, AT(nth.into()));
        }
        assert!(tries.0.lock().len() <= MOST_ADDRESSES);
    }
}
