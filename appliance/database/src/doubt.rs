//! What a database may not be able to prove of its own past: it is opened all the same, and whoever sells from it asks first.

use std::fmt;
use std::path::PathBuf;

/// Where a database keeps, outside of itself, how much it has answered. Its list of migrations has [`crate::MARK_MIGRATION`].
#[derive(Clone, PartialEq, Eq)]
pub struct Mark {
    /// The file: beside the folder of the database, in it, or on another medium.
    pub file: PathBuf,
    /// Where it lay before, if it is to be taken from there: on the same medium.
    pub was: Option<PathBuf>,
    /// Random bits, by which a database that is new is known from then on.
    pub born: [u8; 16],
    /// Random bits of this opening: two copies of a database never count on alike.
    pub run: [u8; 16],
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mark").field(&self.file).finish()
    }
}

/// Why a database cannot prove that it has all that it answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// It ends before what was answered.
    #[error("the last {commits} answered changes are missing")]
    Behind {
        /// How many commits are missing, at most.
        commits: u64,
    },
    /// It never heard of the run that the mark tells of, as an older copy that may have gone on by itself.
    #[error("the last answered changes are missing, and nobody knows how many")]
    OtherRun,
    /// The mark is that of another database.
    #[error("the mark is that of another database")]
    OtherDatabase,
    /// It was born with a mark, and there is none, or none that is whole.
    #[error("the mark is missing or damaged")]
    NoMark,
    /// The mark was made at another time than it says, or tells of another server: the folder or the database was put back, moved here or
    /// promoted, and may have gone on elsewhere.
    #[error("it is a copy of the one that was answered from, put back or moved here")]
    Copied,
    /// It is a backup that was put back.
    #[error("it is a backup that was put back, and what was answered after it was made is missing")]
    Backup,
    /// What is stored is not what was written.
    #[error("what is stored is damaged: {0}")]
    Damaged(String),
    /// A file was taken away while it was in use: the main one, its log, or the mark.
    #[error("{} was removed or replaced while it was in use", .0.display())]
    Gone(PathBuf),
    /// It has all that it answered, and cannot say so outside of itself any more.
    #[error("the mark cannot be written: {0}")]
    Unmarked(String),
}
