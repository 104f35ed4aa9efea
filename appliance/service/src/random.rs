//! Randomness as a value: the system's, or a repeatable one for tests and simulation.

use std::sync::{Arc, Mutex, PoisonError};

/// A source of random bytes. Clones share it.
#[derive(Clone, Debug)]
pub struct Random(Arc<Source>);

#[derive(Debug)]
enum Source {
    System,
    Seeded(Mutex<u64>),
}

impl Random {
    /// The operating system's randomness, fit for keys.
    pub fn system() -> Self {
        Self(Arc::new(Source::System))
    }

    /// The same bytes for the same seed; for tests only.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Source::Seeded(Mutex::new(seed))))
    }

    /// `N` random bytes. A machine without randomness cannot make keys or ids: the process ends.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the machine"
    )]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &*self.0 {
            Source::System => {
                if let Err(error) = getrandom::fill(&mut bytes) {
                    tracing::error!(%error, "the system gives no randomness; stopping");
                    std::process::abort();
                }
            }
            Source::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                for part in bytes.chunks_mut(8) {
                    part.copy_from_slice(&split_mix(&mut state).to_le_bytes()[..part.len()]);
                }
            }
        }
        bytes
    }
}

/// Letters and digits that nobody mistakes for one another, for codes that are read out and typed: 5 bits each.
pub const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A code of `N` such letters.
pub fn code<const N: usize>(random: &Random) -> String {
    let letters = random.bytes::<N>().into_iter();
    letters
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect()
}

/// Steele, Lea and Flood's SplitMix64: small and well spread, not secret.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_bytes_and_never_repeats_them() {
        let (one, two) = (Random::seeded(7), Random::seeded(7));
        let first: [u8; 16] = one.bytes();
        assert_eq!(first, two.bytes());
        assert_ne!(first, one.bytes());
        assert_ne!(
            Random::system().bytes::<16>(),
            Random::system().bytes::<16>()
        );
    }
}
