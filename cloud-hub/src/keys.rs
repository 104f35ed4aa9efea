//! What the hub's keys grow from, and those that grow from it: for frames, for hand-over codes and the root of the lists of keys, one for each
//! cinema, and for guests' sessions; so that none of them needs to be kept.

use std::path::Path;

use service::Random;
use service::process::OpenError;
use service::seed;
use sha2::{Digest as _, Sha256};
use wire::{CinemaId, Codes, Frames, KeyLists, Purpose, SecretKey};

/// The seeds of a hub.
#[derive(Debug, Clone)]
pub struct Seeds {
    /// Of the keys that sign frames, hand-over codes and the lists of keys.
    pub frame: [u8; 32],
    /// Of the first keys that sign tickets.
    pub ticket: [u8; 32],
    /// Of the later ones, the newest last.
    pub later: Vec<[u8; 32]>,
}

impl Seeds {
    /// Those in a folder beside the first ones.
    ///
    /// # Errors
    /// They cannot be read.
    pub(crate) fn in_folder(folder: &Path, first: seed::Seeds) -> Result<Self, OpenError> {
        let mut later = Vec::new();
        while let Some(seed) = seed::find(folder, &ticket_name(later.len()))? {
            later.push(seed);
        }
        Ok(Self {
            frame: first.frame,
            ticket: first.ticket,
            later,
        })
    }
}

/// Makes what a new key for tickets grows from, after so many later ones, in a file of its own; and gives its name.
pub(crate) fn make_ticket_seed(
    folder: &Path,
    later: usize,
    random: &Random,
) -> Result<(String, [u8; 32]), OpenError> {
    let name = ticket_name(later);
    let seed = seed::make(folder, &name, random)?;
    Ok((format!("{name}.key"), seed))
}

fn ticket_name(later: usize) -> String {
    format!("ticket-{}", later + 2)
}

/// The key for frames to and from `cinema`.
pub(crate) fn frame_key(seed: &[u8; 32], cinema: &CinemaId) -> SecretKey<Frames> {
    grown(seed, b"foyer hub frame key", cinema)
}

/// The key for hand-over codes to `cinema`; it grows from the seed of those for frames, as the root does.
pub(crate) fn code_key(seed: &[u8; 32], cinema: &CinemaId) -> SecretKey<Codes> {
    grown(seed, b"foyer hub code key", cinema)
}

/// What signs the lists of the keys of `cinema`.
pub(crate) fn root(seed: &[u8; 32], cinema: &CinemaId) -> SecretKey<KeyLists> {
    grown(seed, b"foyer hub key root", cinema)
}

fn grown<P: Purpose>(seed: &[u8; 32], word: &[u8], cinema: &CinemaId) -> SecretKey<P> {
    let mut hash = Sha256::new();
    hash.update(seed);
    hash.update(word);
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
