//! The mark: a small file outside the database that says how much was answered. It has two places that are written in turns, each with a
//! sum, so that a write which a power cut tears leaves the one before it. It is not synced: without a power cut it is never behind an answer,
//! and since it is written after the sync of what it tells of, it is never ahead of the disk.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::files::{folder_of, sync};

const MAGIC: &[u8; 8] = b"FOYMARK1";

/// The two places lie on pages of their own, so that no write touches both.
const PLACES: [u64; 2] = [0, 4096];

/// What is summed: magic, turn, database, run and number.
const SAID_BYTES: usize = 8 + 8 + 16 + 16 + 8;
const PLACE_BYTES: usize = SAID_BYTES + 32;

/// How far a database has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answered {
    /// Which database.
    pub(super) database: [u8; 16],
    /// In which of its runs.
    pub(super) run: [u8; 16],
    /// How many commits there were in all of them.
    pub(super) number: i64,
}

/// The mark of an open database.
#[derive(Debug)]
pub(super) struct MarkFile {
    file: File,
    inode: u64,
    turn: u64,
}

impl MarkFile {
    /// What the mark says; nothing, if there is none or neither place is whole.
    pub(super) fn read(path: &Path) -> io::Result<Option<Answered>> {
        match File::open(path) {
            Ok(file) => Ok(latest(&file).map(|(_, answered)| answered)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A new mark, whole on the disk.
    pub(super) fn create(path: &Path, answered: Answered) -> io::Result<Self> {
        let folder = folder_of(path);
        fs::create_dir_all(folder)?;
        let half_made = path.with_extension("new");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&half_made)?;
        let mut mark = Self {
            inode: file.metadata()?.ino(),
            file,
            turn: 0,
        };
        for _ in PLACES {
            mark.write(answered)?;
        }
        mark.file.sync_all()?;
        fs::rename(&half_made, path)?;
        sync(folder)?;
        Ok(mark)
    }

    /// A mark that was read before, and says this from here on: so a medium that cannot be written is found before anybody waits for an
    /// answer.
    pub(super) fn reopen(path: &Path, answered: Answered) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let turn = latest(&file).map_or(0, |(turn, _)| turn);
        let mut mark = Self {
            inode: file.metadata()?.ino(),
            file,
            turn,
        };
        mark.write(answered)?;
        Ok(mark)
    }

    /// A mark on a medium that takes nothing any more.
    #[cfg(test)]
    pub(super) fn unwritable(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        Ok(Self {
            inode: file.metadata()?.ino(),
            file,
            turn: 0,
        })
    }

    /// Whether it is what lies there.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        let found = path.metadata();
        found.is_ok_and(|found| found.ino() == self.inode)
    }

    /// Says more.
    pub(super) fn write(&mut self, answered: Answered) -> io::Result<()> {
        self.turn += 1;
        let place = PLACES[usize::from(self.turn % 2 == 1)];
        self.file
            .write_all_at(&place_of(self.turn, &answered), place)
    }
}

/// What is said last, and at which turn.
fn latest(file: &File) -> Option<(u64, Answered)> {
    let read = |at: &u64| {
        let mut place = [0; PLACE_BYTES];
        file.read_exact_at(&mut place, *at).ok()?;
        said(&place)
    };
    PLACES.iter().filter_map(read).max_by_key(|(turn, _)| *turn)
}

fn place_of(turn: u64, answered: &Answered) -> Vec<u8> {
    let mut place = Vec::with_capacity(PLACE_BYTES);
    place.extend_from_slice(MAGIC);
    place.extend_from_slice(&turn.to_be_bytes());
    place.extend_from_slice(&answered.database);
    place.extend_from_slice(&answered.run);
    place.extend_from_slice(&answered.number.to_be_bytes());
    let sum = Sha256::digest(&place);
    place.extend_from_slice(&sum);
    place
}

fn said(place: &[u8; PLACE_BYTES]) -> Option<(u64, Answered)> {
    let (said, sum) = place.split_at(SAID_BYTES);
    if !said.starts_with(MAGIC) || Sha256::digest(said).as_slice() != sum {
        return None;
    }
    let eight = |from: usize| said.get(from..from + 8)?.try_into().ok();
    let bits = |from: usize| said.get(from..from + 16)?.try_into().ok();
    let answered = Answered {
        database: bits(16)?,
        run: bits(32)?,
        number: i64::from_be_bytes(eight(48)?),
    };
    Some((u64::from_be_bytes(eight(8)?), answered))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(number: i64) -> Answered {
        Answered {
            database: [1; 16],
            run: [2; 16],
            number,
        }
    }

    #[test]
    fn whatever_tears_one_place_leaves_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        assert_eq!(MarkFile::read(&path).unwrap(), None);
        let mut mark = MarkFile::create(&path, answered(7)).unwrap();
        for number in 8..12 {
            mark.write(answered(number)).unwrap();
            assert_eq!(MarkFile::read(&path).unwrap(), Some(answered(number)));
        }
        let whole = fs::read(&path).unwrap();
        for byte in 0..whole.len() {
            let mut torn = whole.clone();
            torn[byte] ^= 0x10;
            fs::write(&path, &torn).unwrap();
            let number = MarkFile::read(&path).unwrap().unwrap().number;
            assert!(number == 11 || number == 10, "byte {byte}: {number}");
        }
        fs::write(&path, &whole[..40]).unwrap();
        assert_eq!(MarkFile::read(&path).unwrap(), None);
        fs::write(&path, whole).unwrap();
        let mut again = MarkFile::reopen(&path, answered(12)).unwrap();
        assert_eq!(MarkFile::read(&path).unwrap(), Some(answered(12)));
        again.write(answered(13)).unwrap();
        assert_eq!(MarkFile::read(&path).unwrap(), Some(answered(13)));
    }
}
