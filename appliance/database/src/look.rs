//! Looking at what a process has stored, from beside it: on one snapshot, and without changing anything, not even a file's time.

use std::path::PathBuf;

use crate::{Error, Migration, OpenError, Snapshot, WhileItRuns, postgres, sqlite};

/// What is looked at.
#[derive(Clone, PartialEq, Eq)]
pub enum LookAt {
    /// A file of SQLite, with the log beside it.
    File(PathBuf),
    /// A database on a PostgreSQL server, by its address.
    Server(String),
}

/// An address may hold a password.
impl std::fmt::Debug for LookAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Server(_) => f.write_str("Server(..)"),
        }
    }
}

/// Gives `work` a snapshot of a database that the migrations have made, all of them. Nothing is opened to be written, and a log that a
/// process has left behind is read from a copy of both files, which is gone afterwards.
///
/// # Errors
/// It is not there, a process has it and may not, another version of the program made it, or what `work` says.
pub fn look<T: Send>(
    at: &LookAt,
    migrations: &[Migration],
    running: WhileItRuns,
    work: impl FnOnce(&mut Snapshot<'_>) -> Result<T, Error> + Send,
) -> Result<T, OpenError> {
    match at {
        LookAt::File(path) => sqlite::look(path, migrations, running, work),
        LookAt::Server(url) => postgres::look(url, migrations, running, work),
    }
}
