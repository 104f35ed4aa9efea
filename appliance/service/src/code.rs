//! One-time codes that people carry and type: how they are read, and how often wrong ones are heard.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many wrong codes are heard in [`TRIES_TIME`]: with 40 bits in a code nobody guesses one at this rate.
const TRIES: usize = 20;

/// See [`TRIES`].
const TRIES_TIME: Duration = Duration::from_secs(60);

/// A code without dashes, spaces and case.
pub fn bare(typed: &str) -> String {
    let signs = typed.chars().filter(char::is_ascii_alphanumeric);
    signs.map(|sign| sign.to_ascii_uppercase()).collect()
}

/// When wrong codes were presented, by the monotonic clock. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct WrongCodes(Arc<Mutex<Vec<Duration>>>);

impl WrongCodes {
    /// Whether a further code may be tried at `now`.
    pub fn may_try(&self, now: Duration) -> bool {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.retain(|at| now.saturating_sub(*at) < TRIES_TIME);
        tries.len() < TRIES
    }

    /// A wrong one was presented at `now`.
    pub fn add(&self, now: Duration) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.push(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_typed() {
        assert_eq!(bare(" abcd-EFGH "), "ABCDEFGH");
    }

    #[test]
    fn whoever_guesses_waits_a_minute() {
        let (wrong, second) = (WrongCodes::default(), Duration::from_secs);
        for _ in 0..20 {
            assert!(wrong.may_try(second(5)));
            wrong.add(second(5));
        }
        assert!(!wrong.may_try(second(64)));
        assert!(wrong.may_try(second(65)));
    }
}
