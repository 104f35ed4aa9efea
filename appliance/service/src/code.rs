//! One-time codes that people carry and type: how they look, how they are read, and how often one address may try.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::Random;
use crate::http::Peer;
use crate::random;

/// Wrong codes of one address before it has to pause: a person mistypes some.
const FREE_TRIES: u32 = 5;

/// The pause after the next one; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause: whoever has the right code in hand waits for it at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

/// How long after its last pause an address begins anew.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(15 * 60);

/// Addresses that are remembered. More at once begin anew: the length of a code is what keeps it from being guessed.
const MOST_ADDRESSES: usize = 4096;

/// A new code, `ABCD-EFGH-JKLM`: 60 bits, so that nobody guesses one in its time at any rate that a process can answer.
pub fn new(random: &Random) -> String {
    let [first, second, third] = std::array::from_fn(|_| random::code::<4>(random));
    format!("{first}-{second}-{third}")
}

/// A code without dashes, spaces and case.
pub fn bare(typed: &str) -> String {
    let signs = typed.chars().filter(char::is_ascii_alphanumeric);
    signs.map(|sign| sign.to_ascii_uppercase()).collect()
}

/// The tries of each address, by the monotonic clock. Nobody's wrong codes are in anybody else's way. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Tries(Arc<Mutex<HashMap<Peer, Tried>>>);

#[derive(Debug, Clone, Copy)]
struct Tried {
    wrong: u32,
    again_at: Duration,
}

impl Tries {
    /// Begins a try at `now`: it counts as wrong until [`Tries::right`], so that many at once are no more than one after the other.
    ///
    /// # Errors
    /// The address has to pause; it gives for how long.
    pub fn begin(&self, from: Peer, now: Duration) -> Result<(), Duration> {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.retain(|_, tried| now < tried.again_at + FORGOTTEN_AFTER);
        if tries.len() >= MOST_ADDRESSES {
            tries.clear();
        }
        let tried = tries.entry(from).or_insert(Tried {
            wrong: 0,
            again_at: now,
        });
        let wait = tried.again_at.saturating_sub(now);
        if !wait.is_zero() {
            return Err(wait);
        }
        tried.wrong += 1;
        tried.again_at = now + pause(tried.wrong);
        Ok(())
    }

    /// The code that this address tried at `begun` was right: that try is taken back, and no other, so that a right one of one's own does not
    /// clear what was guessed of others.
    pub fn right(&self, from: Peer, begun: Duration) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tried) = tries.get_mut(&from) {
            tried.wrong = tried.wrong.saturating_sub(1);
            tried.again_at = begun;
        }
    }
}

/// The pause after so many wrong codes.
fn pause(wrong: u32) -> Duration {
    match wrong.checked_sub(FREE_TRIES) {
        None | Some(0) => Duration::ZERO,
        Some(more) => FIRST_PAUSE
            .saturating_mul(1 << (more - 1).min(16))
            .min(LONGEST_PAUSE),
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn address(number: u32) -> Peer {
        Peer(IpAddr::from(number.to_be_bytes()))
    }

    #[test]
    fn a_code_is_read_as_it_is_typed() {
        assert_eq!(bare(" abcd-EFGH "), "ABCDEFGH");
        let code = new(&Random::seeded(1));
        assert_eq!((code.len(), bare(&code).len()), (14, 12));
    }

    #[test]
    fn whoever_guesses_waits_longer_each_time_and_nobody_else_does() {
        let (tries, second) = (Tries::default(), Duration::from_secs);
        let mut now = second(5);
        for _ in 0..=FREE_TRIES {
            assert_eq!(tries.begin(address(1), now), Ok(()), "all at once");
        }
        let mut waits = Vec::new();
        while let Err(wait) = tries.begin(address(1), now) {
            waits.push(wait.as_secs());
            now += wait;
            assert_eq!(tries.begin(address(1), now), Ok(()));
            if waits.len() == 12 {
                break;
            }
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert_eq!(tries.begin(address(2), now), Ok(()));
        // A right one takes nothing back but itself.
        now += second(300);
        assert_eq!(tries.begin(address(1), now), Ok(()));
        tries.right(address(1), now);
        assert_eq!(tries.begin(address(1), now), Ok(()));
        assert_eq!(tries.begin(address(1), now), Err(second(300)));
    }

    #[test]
    fn an_address_is_forgotten_in_time_and_many_fill_no_memory() {
        let (tries, second) = (Tries::default(), Duration::from_secs);
        for _ in 0..=FREE_TRIES {
            assert_eq!(tries.begin(address(1), second(0)), Ok(()));
        }
        assert!(tries.begin(address(1), second(0)).is_err());
        for number in 0..20_000 {
            assert_eq!(tries.begin(address(100 + number), second(2)), Ok(()));
            assert!(tries.0.lock().unwrap().len() <= MOST_ADDRESSES);
        }
        assert_eq!(tries.begin(address(7), second(3_600)), Ok(()));
        assert_eq!(tries.0.lock().unwrap().len(), 1);
    }
}
