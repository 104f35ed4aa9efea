//! Backups: a copy of a database that knows that it is one. What is put back from it proves nothing of what was answered since.

use std::path::{Path, PathBuf};

use crate::{IfNewer, Migration, OpenError, sqlite};

/// Writes all that the file of SQLite at `path` holds to `to`, whether or not a process has it: on one snapshot, checked, and whole or not at
/// all. Says how many bytes it has.
///
/// # Errors
/// `to` is there already, there is no room for it, or the database cannot be read or is damaged.
pub fn back_up(path: &Path, migrations: &[Migration], to: &Path) -> Result<u64, OpenError> {
    sqlite::back_up(path, migrations, to)
}

/// Puts a backup in the place of the file at `path`, which no process may have; says under which name what was there is kept. The database is
/// then in doubt, until somebody takes it as it is.
///
/// # Errors
/// It is no backup or damaged, a newer program wrote it, a process has the file, or what is there is of another database, or newer and may not go.
pub fn put_back(
    backup: &Path,
    path: &Path,
    migrations: &[Migration],
    if_newer: IfNewer,
) -> Result<Option<PathBuf>, OpenError> {
    sqlite::put_back(backup, path, migrations, if_newer)
}
