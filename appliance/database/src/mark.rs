//! The mark: a small file outside the database that says how much was answered. It has two places that are written in turns, each with a
//! sum, so that a write which a power cut tears leaves the one before it. It is not synced: without a power cut it is never behind an answer,
//! and since it is written after the sync of what it tells of, it is never ahead of the disk. It says when it was made itself, as its file
//! system knows it: a copy of it was made later.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};

use crate::files::{folder_of, sync};

const MAGIC: &[u8; 8] = b"FOYMARK2";

/// Of those that do not say when they were made.
const FIRST_MAGIC: &[u8; 8] = b"FOYMARK1";

/// The two places lie on pages of their own, so that no write touches both.
const PLACES: [u64; 2] = [0, 4096];

/// What is summed: magic, turn, database, run, number, when the file was made, and the place of the database.
const SAID_BYTES: usize = FIRST_SAID_BYTES + 8 + 16;
const PLACE_BYTES: usize = SAID_BYTES + SUM_BYTES;
const FIRST_SAID_BYTES: usize = 8 + 8 + 16 + 16 + 8;
const SUM_BYTES: usize = 32;

/// How far a database has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answered {
    /// Which database.
    pub(crate) database: [u8; 16],
    /// In which of its runs.
    pub(crate) run: [u8; 16],
    /// How many commits there were in all of them.
    pub(crate) number: i64,
    /// Which server it lies on; zeros, for one in a file.
    pub(crate) place: [u8; 16],
}

/// What a mark says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) answered: Answered,
    /// Whether the file was made at another time than it says.
    pub(crate) is_copy: bool,
}

/// When a file was made, in nanoseconds since 1970; 0 where its file system does not say.
type Made = u64;

/// The mark of an open database.
#[derive(Debug)]
pub(crate) struct MarkFile {
    file: File,
    inode: u64,
    made: Made,
    turn: u64,
}

impl MarkFile {
    /// What the mark says; nothing, if there is none or neither place is whole.
    pub(crate) fn read(path: &Path) -> io::Result<Option<Said>> {
        match File::open(path) {
            Ok(file) => {
                let made = made(&file)?;
                Ok(latest(&file).map(|place| Said {
                    answered: place.answered,
                    is_copy: place.made != 0 && made != 0 && place.made != made,
                }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A new mark, whole on the disk.
    pub(crate) fn create(path: &Path, answered: Answered) -> io::Result<Self> {
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
        let mut mark = Self::of(file, 0)?;
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
    pub(crate) fn reopen(path: &Path, answered: Answered) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let turn = latest(&file).map_or(0, |place| place.turn);
        let mut mark = Self::of(file, turn)?;
        mark.write(answered)?;
        Ok(mark)
    }

    /// A mark on a medium that takes nothing any more.
    #[cfg(test)]
    pub(crate) fn unwritable(path: &Path) -> io::Result<Self> {
        Self::of(File::open(path)?, 0)
    }

    fn of(file: File, turn: u64) -> io::Result<Self> {
        Ok(Self {
            inode: file.metadata()?.ino(),
            made: made(&file)?,
            file,
            turn,
        })
    }

    /// Whether it is what lies there.
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        let found = path.metadata();
        found.is_ok_and(|found| found.ino() == self.inode)
    }

    /// Says more.
    pub(crate) fn write(&mut self, answered: Answered) -> io::Result<()> {
        self.turn += 1;
        let at = PLACES[usize::from(self.turn % 2 == 1)];
        let place = Place {
            turn: self.turn,
            answered,
            made: self.made,
        };
        self.file.write_all_at(&place.bytes(), at)
    }
}

/// What stands in one of the places.
#[derive(Debug)]
struct Place {
    turn: u64,
    answered: Answered,
    made: Made,
}

fn made(file: &File) -> io::Result<Made> {
    let made = file.metadata()?.created().ok();
    let since = made.and_then(|made| made.duration_since(SystemTime::UNIX_EPOCH).ok());
    Ok(since.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(0)))
}

/// What is said last.
fn latest(file: &File) -> Option<Place> {
    let read = |at: &u64| {
        let mut place = [0; PLACE_BYTES];
        let mut first = [0; FIRST_SAID_BYTES + SUM_BYTES];
        file.read_exact_at(&mut first, *at).ok()?;
        match first.starts_with(FIRST_MAGIC) {
            true => Place::read(&first),
            false => {
                file.read_exact_at(&mut place, *at).ok()?;
                Place::read(&place)
            }
        }
    };
    PLACES
        .iter()
        .filter_map(read)
        .max_by_key(|place| place.turn)
}

impl Place {
    fn bytes(&self) -> Vec<u8> {
        let mut place = Vec::with_capacity(PLACE_BYTES);
        place.extend_from_slice(MAGIC);
        place.extend_from_slice(&self.turn.to_be_bytes());
        place.extend_from_slice(&self.answered.database);
        place.extend_from_slice(&self.answered.run);
        place.extend_from_slice(&self.answered.number.to_be_bytes());
        place.extend_from_slice(&self.made.to_be_bytes());
        place.extend_from_slice(&self.answered.place);
        let sum = Sha256::digest(&place);
        place.extend_from_slice(&sum);
        place
    }

    fn read(place: &[u8]) -> Option<Self> {
        let (said, sum) = place.split_at_checked(place.len().checked_sub(SUM_BYTES)?)?;
        let is_known = said.starts_with(MAGIC) || said.starts_with(FIRST_MAGIC);
        if !is_known || Sha256::digest(said).as_slice() != sum {
            return None;
        }
        let eight = |from: usize| said.get(from..from + 8)?.try_into().ok();
        let bits = |from: usize| said.get(from..from + 16)?.try_into().ok();
        Some(Self {
            turn: u64::from_be_bytes(eight(8)?),
            answered: Answered {
                database: bits(16)?,
                run: bits(32)?,
                number: i64::from_be_bytes(eight(48)?),
                place: bits(64).unwrap_or_default(),
            },
            made: eight(56).map_or(0, u64::from_be_bytes),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(number: i64) -> Answered {
        Answered {
            database: [1; 16],
            run: [2; 16],
            number,
            place: [0; 16],
        }
    }

    fn own(number: i64) -> Said {
        Said {
            answered: answered(number),
            is_copy: false,
        }
    }

    /// Copies a file once the file system's clock has gone on.
    fn copied(from: &Path, to: &Path) {
        let made_at = |path: &Path| made(&File::open(path).unwrap()).unwrap();
        loop {
            fs::copy(from, to).unwrap();
            if made_at(to) != made_at(from) {
                return;
            }
            fs::remove_file(to).unwrap();
        }
    }

    #[test]
    fn a_copy_of_a_mark_says_so_until_it_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let [path, copy] = ["mark", "copy"].map(|name| folder.path().join(name));
        drop(MarkFile::create(&path, answered(7)).unwrap());
        copied(&path, &copy);
        let copied = Said {
            is_copy: true,
            ..own(7)
        };
        assert_eq!(MarkFile::read(&copy).unwrap(), Some(copied));
        fs::rename(&path, folder.path().join("moved")).unwrap();
        let moved = folder.path().join("moved");
        assert_eq!(MarkFile::read(&moved).unwrap(), Some(own(7)));
        drop(MarkFile::create(&copy, answered(7)).unwrap());
        assert_eq!(MarkFile::read(&copy).unwrap(), Some(own(7)));
    }

    #[test]
    fn a_mark_of_before_is_read_and_says_when_it_was_made_from_then_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        let mut file = Vec::new();
        let mut whole = Place {
            turn: 5,
            answered: answered(9),
            made: 0,
        }
        .bytes();
        whole.truncate(FIRST_SAID_BYTES);
        whole[..8].copy_from_slice(FIRST_MAGIC);
        let sum = Sha256::digest(&whole);
        whole.extend_from_slice(&sum);
        file.resize(4096, 0);
        file.extend_from_slice(&whole);
        fs::write(&path, file).unwrap();
        assert_eq!(MarkFile::read(&path).unwrap(), Some(own(9)));
        drop(MarkFile::reopen(&path, answered(10)).unwrap());
        let copy = folder.path().join("copy");
        copied(&path, &copy);
        assert!(MarkFile::read(&copy).unwrap().unwrap().is_copy);
    }

    #[test]
    fn whatever_tears_one_place_leaves_the_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mark");
        assert_eq!(MarkFile::read(&path).unwrap(), None);
        let mut mark = MarkFile::create(&path, answered(7)).unwrap();
        for number in 8..12 {
            mark.write(answered(number)).unwrap();
            assert_eq!(MarkFile::read(&path).unwrap(), Some(own(number)));
        }
        let whole = fs::read(&path).unwrap();
        for byte in 0..whole.len() {
            let mut torn = whole.clone();
            torn[byte] ^= 0x10;
            fs::write(&path, &torn).unwrap();
            let said = MarkFile::read(&path).unwrap().unwrap();
            let number = said.answered.number;
            assert!(number == 11 || number == 10, "byte {byte}: {number}");
        }
        fs::write(&path, &whole[..40]).unwrap();
        assert_eq!(MarkFile::read(&path).unwrap(), None);
        fs::write(&path, whole).unwrap();
        let mut again = MarkFile::reopen(&path, answered(12)).unwrap();
        assert_eq!(MarkFile::read(&path).unwrap(), Some(own(12)));
        again.write(answered(13)).unwrap();
        assert_eq!(MarkFile::read(&path).unwrap(), Some(own(13)));
    }
}
