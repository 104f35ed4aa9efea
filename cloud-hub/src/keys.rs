//! What the hub's keys grow from, and those that grow from it: for frames, for hand-over codes and the root of the lists of keys, one for each
//! cinema, and for guests' sessions and the links to their bookings; so that none of them needs to be kept.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

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
    /// Of the first ones that sign tickets.
    pub first: TicketSeedFile,
    /// Of the later ones, the oldest first.
    pub later: Vec<TicketSeedFile>,
}

/// What keys for tickets grow from, one for each cinema.
#[derive(Debug, Clone, Copy)]
pub struct TicketSeedFile {
    /// The how manieth it is.
    pub nth: u32,
    /// The seed.
    pub seed: [u8; 32],
    /// Whether somebody else has it.
    pub is_stolen: bool,
}

impl From<seed::Seeds> for Seeds {
    fn from(first: seed::Seeds) -> Self {
        Self {
            frame: first.frame,
            first: TicketSeedFile {
                nth: 1,
                seed: first.ticket,
                is_stolen: false,
            },
            later: Vec::new(),
        }
    }
}

impl Seeds {
    /// Those in a folder beside the first ones.
    ///
    /// # Errors
    /// They cannot be read.
    pub(crate) fn in_folder(folder: &Path, first: seed::Seeds) -> Result<Self, OpenError> {
        let mut seeds = Self::from(first);
        for nth in numbers(folder, ".key")? {
            if let Some(seed) = seed::find(folder, &name(nth))? {
                seeds.later.push(TicketSeedFile {
                    nth,
                    seed,
                    is_stolen: false,
                });
            }
        }
        for file in seeds.tickets_mut() {
            file.is_stolen = mark(folder, file.nth).exists();
        }
        Ok(seeds)
    }

    /// Of all that sign tickets, the oldest first.
    pub(crate) fn tickets(&self) -> impl DoubleEndedIterator<Item = &TicketSeedFile> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// The same, to be marked.
    pub(crate) fn tickets_mut(&mut self) -> impl Iterator<Item = &mut TicketSeedFile> {
        std::iter::once(&mut self.first).chain(&mut self.later)
    }
}

/// Makes what new keys for tickets grow from, in a file of its own, under a number above all that lie there and so many that were known.
///
/// # Errors
/// It cannot be written.
pub(crate) fn make_ticket_seed(
    folder: &Path,
    most_known: u32,
    random: &Random,
) -> Result<TicketSeedFile, OpenError> {
    // A file that is missing may be put back.
    let last = numbers(folder, ".key")?
        .into_iter()
        .chain(numbers(folder, ".stolen")?);
    let nth = last.chain([1, most_known]).max().map_or(2, |last| last + 1);
    Ok(TicketSeedFile {
        nth,
        seed: seed::make(folder, &name(nth), random)?,
        is_stolen: false,
    })
}

/// Keeps beside a seed that somebody else has it.
///
/// # Errors
/// It cannot be written.
pub(crate) fn mark_stolen(folder: &Path, nth: u32) -> io::Result<()> {
    File::create(mark(folder, nth))?.sync_all()?;
    File::open(folder)?.sync_all()
}

/// The name of the file that a seed for tickets lies in.
pub(crate) fn file_name(nth: u32) -> String {
    format!("{}.key", name(nth))
}

fn name(nth: u32) -> String {
    match nth {
        1 => "ticket".to_owned(),
        _ => format!("ticket-{nth}"),
    }
}

fn mark(folder: &Path, nth: u32) -> PathBuf {
    folder.join(format!("{}.stolen", name(nth)))
}

/// The numbers of the files after the first with this ending, in order. One that is missing leaves a gap.
fn numbers(folder: &Path, ending: &str) -> io::Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| {
            let number = name.strip_prefix("ticket-")?.strip_suffix(ending)?;
            number.parse::<u32>().ok()
        });
        found.extend(number.filter(|nth| *nth > 1));
    }
    found.sort_unstable();
    Ok(found)
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
    grown_for(seed, b"foyer hub guest sessions")
}

/// What the hub proves with that a guest has a place in a queue.
pub(crate) fn place_key(seed: &[u8; 32]) -> [u8; 32] {
    grown_for(seed, b"foyer hub places in a queue")
}

/// What the hub proves with that it has made the link to a booking.
pub(crate) fn booking_key(seed: &[u8; 32]) -> [u8; 32] {
    grown_for(seed, b"foyer hub booking links")
}

fn grown_for(seed: &[u8; 32], word: &[u8]) -> [u8; 32] {
    let hash = Sha256::new().chain_update(seed).chain_update(word);
    hash.finalize().into()
}

#[cfg(test)]
mod tests;
