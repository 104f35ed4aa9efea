//! Copies of a file that know that they are copies: written from beside the process that has it, and put in its place while nobody has it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::error::cannot_open;
use super::fence::{is_backup, make_backup};
use super::look::with_connection;
use super::open;
use crate::files::{beside, folder_of, sync};
use crate::migration::check_not_newer;
use crate::{IfNewer, Migration, OpenError, WhileItRuns};

/// What SQLite and the database keep beside the main file.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-sums"];

/// See [`crate::back_up()`].
pub(crate) fn back_up(path: &Path, migrations: &[Migration], to: &Path) -> Result<u64, OpenError> {
    if to.exists() {
        return Err(OpenError::Backup(format!(
            "{} is there already, and a backup is written over nothing",
            to.display()
        )));
    }
    let half = HalfMade::new(beside(to, &format!(".{}.part", std::process::id())))?;
    with_connection(path, migrations, WhileItRuns::Snapshot, |connection| {
        let name = half.path.to_string_lossy();
        let copied = connection.execute("VACUUM INTO ?1", [name]);
        copied.map_err(|error| cannot_open(&error))
    })?;
    let copy = writable(&half.path)?;
    make_backup(&copy).map_err(|error| cannot_open(&error))?;
    check_whole(&copy)?;
    closed(copy)?;
    half.becomes(to)
}

/// See [`crate::put_back()`].
pub(crate) fn put_back(
    backup: &Path,
    path: &Path,
    migrations: &[Migration],
    if_newer: IfNewer,
) -> Result<Option<PathBuf>, OpenError> {
    open::check_engine()?;
    let kept = read_only(backup)?;
    let name = told(&kept, backup)?;
    let applied: u32 = kept
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(|error| cannot_open(&error))?;
    check_not_newer(
        usize::try_from(applied).unwrap_or(usize::MAX),
        migrations.len(),
    )?;
    closed(kept)?;
    let at = |error| file_error(path, error);
    fs::create_dir_all(folder_of(path)).map_err(at)?;
    // Locked for as long as it takes, so that nobody begins with what is half exchanged.
    let is_there = path.exists();
    let lock = is_there.then(|| open::lock(path)).transpose()?;
    let is_used = path.metadata().is_ok_and(|about| about.len() > 0);
    if is_used {
        let existing = with_own(path, |connection| told(connection, path));
        match existing {
            Ok(there) if there.database != name.database => {
                return Err(OpenError::Backup(format!(
                    "{} is a backup of another database than the one in {}: its keys do not fit. To begin anew with it, take an empty folder with the keys that belong to it",
                    backup.display(),
                    path.display()
                )));
            }
            Ok(there) if there.answered > name.answered && if_newer == IfNewer::Refuse => {
                return Err(OpenError::Backup(format!(
                    "what lies in {} is newer than {}, by {} commits, and can be read: it would be forgotten. Say `--over-newer` if that is meant",
                    path.display(),
                    backup.display(),
                    there.answered - name.answered
                )));
            }
            Ok(_) => {}
            // That is what backups are for.
            Err(error) => tracing::warn!(%error, "what is there cannot be read; it is kept aside"),
        }
    }
    let half = HalfMade::new(beside(path, ".part"))?;
    let copying = File::open(backup).and_then(|mut from| {
        let mut to = OpenOptions::new().write(true).open(&half.path)?;
        io::copy(&mut from, &mut to)
    });
    copying.map_err(at)?;
    let copy = read_only(&half.path)?;
    check_whole(&copy)?;
    closed(copy)?;
    // The name is another file's in a moment, and so is the lock.
    let next = open::lock(&half.path)?;
    let aside = is_there.then(|| set_aside(path)).transpose().map_err(at)?;
    half.becomes(path)?;
    drop((lock, next));
    Ok(aside)
}

/// What a database says of itself.
struct Told {
    database: [u8; 16],
    answered: i64,
}

fn told(connection: &Connection, path: &Path) -> Result<Told, OpenError> {
    let found = connection
        .query_row(
            "SELECT database, (SELECT MAX(last) FROM answered) FROM marked",
            [],
            |row| {
                Ok(Told {
                    database: row.get(0)?,
                    answered: row.get::<_, Option<i64>>(1)?.unwrap_or_default(),
                })
            },
        )
        .optional()
        .map_err(|error| cannot_open(&error))?;
    found.ok_or_else(|| {
        OpenError::Backup(format!("{} is no database that was in use", path.display()))
    })
}

/// A backup, opened to be read.
fn read_only(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(path, flags).map_err(|error| cannot_open(&error))?;
    open::prepare_any(&connection).map_err(|error| cannot_open(&error))?;
    let is_backup = is_backup(&connection).map_err(|error| cannot_open(&error))?;
    match is_backup {
        true => Ok(connection),
        false => Err(OpenError::Backup(format!(
            "{} is no backup that `backup` has written",
            path.display()
        ))),
    }
}

fn writable(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(|error| cannot_open(&error))
}

/// Reads the database that lies there with its log, as it would be opened; the lock is the caller's.
fn with_own<T>(
    path: &Path,
    work: impl FnOnce(&Connection) -> Result<T, OpenError>,
) -> Result<T, OpenError> {
    let connection = writable(path)?;
    open::prepare_any(&connection).map_err(|error| cannot_open(&error))?;
    let done = work(&connection);
    closed(connection)?;
    done
}

/// Nothing of it is damaged, and what names something names what is there.
fn check_whole(connection: &Connection) -> Result<(), OpenError> {
    let failed = |error| cannot_open(&error);
    let said: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(failed)?;
    if said != "ok" {
        return Err(OpenError::Damaged(said));
    }
    let dangling = connection
        .query_row("PRAGMA foreign_key_check", [], |row| {
            row.get::<_, String>(0)
        })
        .optional()
        .map_err(failed)?;
    match dangling {
        None => Ok(()),
        Some(table) => Err(OpenError::Damaged(format!(
            "a row of {table} names what is not there"
        ))),
    }
}

fn closed(connection: Connection) -> Result<(), OpenError> {
    connection.close().map_err(|(_, error)| cannot_open(&error))
}

/// Moves what lies there out of the way, the log before the file that it belongs to; says by what name it is kept.
fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let nth = (1u32..).map(|nth| beside(path, &format!(".before-{nth}")));
    let aside = nth
        .into_iter()
        .find(|aside| BESIDE.iter().all(|ending| !beside(aside, ending).exists()));
    let aside = aside.ok_or(io::ErrorKind::AlreadyExists)?;
    for ending in BESIDE.iter().rev() {
        let from = beside(path, ending);
        if from.exists() {
            fs::rename(from, beside(&aside, ending))?;
        }
    }
    sync(folder_of(path))?;
    Ok(aside)
}

fn file_error(path: &Path, error: io::Error) -> OpenError {
    OpenError::File {
        path: path.to_owned(),
        error,
    }
}

/// A file that only its owner may read, under a name that nobody takes for a whole one; gone with this value.
struct HalfMade {
    path: PathBuf,
}

impl HalfMade {
    fn new(path: PathBuf) -> Result<Self, OpenError> {
        let made = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path);
        match made {
            Ok(_) => Ok(Self { path }),
            Err(error) => Err(file_error(&path, error)),
        }
    }

    /// It is whole: it gets its name once the disk has it. Says how large it is.
    fn becomes(self, path: &Path) -> Result<u64, OpenError> {
        let named = File::open(&self.path).and_then(|file| {
            file.sync_all()?;
            fs::rename(&self.path, path)?;
            sync(folder_of(path))?;
            Ok(file.metadata()?.len())
        });
        named.map_err(|error| file_error(path, error))
    }
}

impl Drop for HalfMade {
    fn drop(&mut self) {
        for ending in ["", "-journal", "-wal", "-shm"] {
            let _is_gone = fs::remove_file(beside(&self.path, ending)).is_ok();
        }
    }
}
