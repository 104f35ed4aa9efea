//! The power of a simulated machine. It goes in the middle of a write: of what the write has put into the log since the last sync, the disk has
//! nothing, all, or some sectors, as it pleases.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use database::{Power, Unanswered};

use super::dice::Dice;

/// What a disk writes whole or not at all, in bytes.
const SECTOR: usize = 512;

/// What the disk has of the write in whose middle the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Nothing of it.
    Nothing,
    /// Some sectors, and others not.
    Some,
    /// All of it; and nobody has been told.
    All,
}

/// The power of one machine. Clones are the same.
#[derive(Debug, Clone)]
pub struct Mains(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    database: PathBuf,
    dice: Dice,
    state: State,
    unanswered: Vec<Unanswered>,
}

#[derive(Debug)]
enum State {
    On,
    /// It goes with the next write.
    Goes(Kept),
    /// A write has begun in whose middle it goes: the file and its log as they were before.
    Going(Kept, [Vec<u8>; 2]),
    /// It is gone: what the disk has.
    Gone([Vec<u8>; 2]),
}

impl Mains {
    /// Of the machine with this database.
    pub fn new(database: &Path, dice: Dice) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            database: database.to_owned(),
            dice,
            state: State::On,
            unanswered: Vec::new(),
        })))
    }

    /// It goes in the middle of the next write.
    pub fn goes(&self, kept: Kept) {
        self.lock().state = State::Goes(kept);
    }

    /// It does not go, unless it is gone.
    pub fn stays(&self) {
        let mut inner = self.lock();
        if !matches!(inner.state, State::Gone(_)) {
            inner.state = State::On;
        }
    }

    /// Whether it is gone.
    pub fn is_gone(&self) -> bool {
        matches!(self.lock().state, State::Gone(_))
    }

    /// It is back. The process has ended, and the disk has what it has.
    ///
    /// # Panics
    /// The files cannot be written.
    pub fn comes_back(&self) {
        // What they have of the database goes before its files are what is left of them.
        drop(std::mem::take(&mut self.lock().unanswered));
        let mut inner = self.lock();
        if let State::Gone([file, log]) = std::mem::replace(&mut inner.state, State::On) {
            let database = &inner.database;
            std::fs::write(database, file).expect("the file");
            std::fs::write(beside(database, "-wal"), log).expect("its log");
            // It is made anew with the next connection.
            let _none = std::fs::remove_file(beside(database, "-shm"));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn files(&self) -> [Vec<u8>; 2] {
        let log = beside(&self.database, "-wal");
        [&self.database, &log].map(|file| std::fs::read(file).unwrap_or_default())
    }

    /// What the disk has of a log that was one thing and became another.
    fn left_of(&self, kept: Kept, before: &[u8], after: &[u8]) -> Vec<u8> {
        match kept {
            Kept::Nothing => before.to_vec(),
            Kept::All => after.to_vec(),
            Kept::Some => {
                let mut left = before.to_vec();
                left.resize(before.len().max(after.len()), 0);
                for begin in (0..after.len()).step_by(SECTOR) {
                    let sector = begin..(begin + SECTOR).min(after.len());
                    if self.dice.happens(50) {
                        left[sector.clone()].copy_from_slice(&after[sector]);
                    }
                }
                left
            }
        }
    }
}

impl Power for Mains {
    fn before(&self) {
        let mut inner = self.lock();
        if let State::Goes(kept) | State::Going(kept, _) = inner.state {
            inner.state = State::Going(kept, inner.files());
        }
    }

    fn is_there(&self) -> bool {
        let mut inner = self.lock();
        let (kept, [file, before]) = match std::mem::replace(&mut inner.state, State::On) {
            State::Going(kept, before) => (kept, before),
            State::Gone(left) => {
                inner.state = State::Gone(left);
                return false;
            }
            other @ (State::On | State::Goes(_)) => {
                inner.state = other;
                return true;
            }
        };
        let [_, after] = inner.files();
        if after == before {
            // Nothing was written.
            inner.state = State::Goes(kept);
            return true;
        }
        let log = inner.left_of(kept, &before, &after);
        inner.state = State::Gone([file, log]);
        false
    }

    fn leaves(&self, unanswered: Unanswered) {
        self.lock().unanswered.push(unanswered);
    }
}

/// What lies beside a database under its name with this end.
pub(super) fn beside(database: &Path, end: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(end);
    path.into()
}
