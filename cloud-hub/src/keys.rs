//! The hub's keys for frames, one for each cinema, and for guests' sessions: all grown from one seed, so that none needs to be kept.

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

/// What the hub proves with that it has begun a guest's session.
pub(crate) fn session_key(seed: &[u8; 32]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed);
    hash.update(b"foyer hub guest sessions");
    hash.finalize().into()
}

#[cfg(test)]
mod tests;
