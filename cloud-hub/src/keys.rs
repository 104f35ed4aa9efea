//! The hub's keys for frames: one for each cinema, all grown from one seed, so that none needs to be kept.

use sha2::{Digest as _, Sha256};
use wire::{CinemaId, Frames, SecretKey};

/// The key for frames to and from `cinema`.
pub(crate) fn frame_key(seed: &[u8; 32], cinema: &CinemaId) -> SecretKey<Frames> {
    let mut hash = Sha256::new();
    hash.update(seed);
    hash.update(b"foyer hub frame key");
    hash.update(cinema.as_str());
    SecretKey::from_seed(cinema.clone(), &hash.finalize().into())
}

#[cfg(test)]
mod tests;
