//! Opening the file: one process at a time, only with an engine that cannot lose a commit, and safe from the first power cut on.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::error::cannot_open;
use super::migration;
use super::proof::{Inspected, Proof, check_there, empty_log};
use crate::files::{folder_of, sync};
use crate::shared::Shared;
use crate::{Mark, Migration, OpenError, Options, Synchronous};

/// 3.51.3 repaired the race between a checkpoint and a write that could lose commits.
const OLDEST_ENGINE: i32 = 3_051_003;

/// Statements that a connection keeps prepared: more than both services have.
const PREPARED_STATEMENTS: usize = 256;

/// The writer's page cache in KiB: the seats and open sales of a busy evening stay in memory.
const CACHE_KIB: i64 = 16 * 1024;

/// The writer's connection, and what lives as long as it.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    pub(crate) file: Option<Kept>,
}

/// The main file, whose lock keeps other processes out. It is closed after SQLite has closed it: any descriptor of it that is closed
/// before drops SQLite's own locks.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) file: File,
    /// What it proves of its past, where that is asked for.
    pub(super) proof: Option<Proof>,
}

/// Opens the file for the one writer, creates it if need be, and brings its schema up to date.
pub(crate) fn writer(
    path: &Path,
    migrations: &[Migration],
    shared: &Shared,
) -> Result<Opened, OpenError> {
    check_engine()?;
    let (options, mark) = (&shared.options, shared.options.mark.as_ref());
    if let Some(mark) = mark {
        check_there(path, mark)?;
    }
    let file = lock(path)?;
    if let Some(mark) = mark {
        take_over(mark)?;
    }
    let inspected = mark.map(|mark| Inspected::of(path, mark)).transpose()?;
    let damage = inspected.as_ref().and_then(Inspected::damage);
    let opened = connect(path, migrations, options);
    // Whatever SQLite makes of it, this is why.
    let mut connection = match (opened, damage) {
        (Err(_), Some(damage)) => return Err(OpenError::Damaged(damage.to_owned())),
        (opened, _) => opened?,
    };
    let proof = match inspected {
        Some(inspected) => {
            let (proof, doubt) = inspected.prove(&mut connection, path, &file)?;
            if let Some(doubt) = doubt {
                shared.doubts(doubt);
            }
            Some(proof)
        }
        None => {
            empty_log(&connection)?;
            None
        }
    };
    settle_file(&file, path)?;
    let file = Some(Kept { file, proof });
    Ok(Opened { connection, file })
}

/// Takes the mark from where it lay before; the file stays the same one.
fn take_over(mark: &Mark) -> Result<(), OpenError> {
    let Some(was) = mark.was.as_deref().filter(|was| was.exists()) else {
        return Ok(());
    };
    if mark.file.exists() {
        return Ok(());
    }
    let moved = std::fs::rename(was, &mark.file).and_then(|()| {
        sync(folder_of(&mark.file))?;
        sync(folder_of(was))
    });
    moved.map_err(|error| OpenError::Mark {
        path: mark.file.clone(),
        error,
    })
}

fn connect(
    path: &Path,
    migrations: &[Migration],
    options: &Options,
) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection =
        Connection::open_with_flags(path, flags).map_err(|error| cannot_open(&error))?;
    expect_setting(&connection, "journal_mode", "wal")?;
    prepare(&connection, options)?;
    migration::apply(&mut connection, migrations)?;
    Ok(connection)
}

/// Opens a database that lives in memory only.
pub(crate) fn in_memory(migrations: &[Migration], options: &Options) -> Result<Opened, OpenError> {
    check_engine()?;
    let mut connection = Connection::open_in_memory().map_err(|error| cannot_open(&error))?;
    prepare(&connection, options)?;
    migration::apply(&mut connection, migrations)?;
    Ok(Opened {
        connection,
        file: None,
    })
}

/// Opens the file again, to read only.
pub(crate) fn reader(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection =
        Connection::open_with_flags(path, flags).map_err(|error| cannot_open(&error))?;
    let opened = prepare_any(&connection).and_then(|()| open_log(&connection));
    opened.map_err(|error| cannot_open(&error))?;
    Ok(connection)
}

/// SQLite opens the log with the first read: by then connections may have taken all the files that a process may open.
fn open_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("SELECT COUNT(*) FROM sqlite_schema", [], |_| Ok(()))
}

pub(super) fn check_engine() -> Result<(), OpenError> {
    if rusqlite::version_number() < OLDEST_ENGINE {
        return Err(OpenError::EngineTooOld(format!(
            "SQLite {}",
            rusqlite::version()
        )));
    }
    Ok(())
}

/// Opens the main file, creates it if need be, and locks it itself: a lock file beside it could be removed under whoever has it. The lock
/// is another kind than SQLite's, and ends with the process, however it ends.
pub(super) fn lock(path: &Path) -> Result<File, OpenError> {
    locked(open_private(path)?, path)
}

/// Locks the folder of a file that need not be there.
pub(crate) fn lock_folder_of(path: &Path) -> Result<File, OpenError> {
    let folder = folder_of(path);
    let opened = File::open(folder).map_err(|error| OpenError::File {
        path: folder.to_owned(),
        error,
    })?;
    locked(opened, path)
}

fn locked(file: File, path: &Path) -> Result<File, OpenError> {
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.display().to_string())),
        Err(TryLockError::Error(error)) => Err(OpenError::File {
            path: path.to_owned(),
            error,
        }),
    }
}

/// Opens a file that only its owner may read, and creates it if need be; SQLite gives the log the same mode.
fn open_private(path: &Path) -> Result<File, OpenError> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| OpenError::File {
            path: path.to_owned(),
            error,
        })
}

fn prepare(connection: &Connection, options: &Options) -> Result<(), OpenError> {
    if set(connection, options).map_err(|error| cannot_open(&error))? {
        Ok(())
    } else {
        Err(OpenError::Setting("foreign_keys"))
    }
}

/// Gives the writer's settings, and whether foreign keys are looked at.
fn set(connection: &Connection, options: &Options) -> rusqlite::Result<bool> {
    prepare_any(connection)?;
    let synchronous = match options.synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Off => "OFF",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // The writer checkpoints by itself, after it has answered.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    if let Some(pages) = options.most_pages {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    connection.pragma_query_value(None, "foreign_keys", |row| row.get(0))
}

pub(super) fn prepare_any(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    // A misspelt column in double quotes would be a text.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    // The log is moved into the main file by the writer alone, which takes sums of what it moves.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // Through a memory map an I/O error is a signal, and a stray write is a corrupt file.
    connection
        .query_row("PRAGMA mmap_size = 0", [], |_| Ok(()))
        .optional()?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

fn expect_setting(
    connection: &Connection,
    name: &'static str,
    value: &str,
) -> Result<(), OpenError> {
    let taken: String = connection
        .pragma_update_and_check(None, name, value, |row| row.get(0))
        .map_err(|error| cannot_open(&error))?;
    if taken == value {
        Ok(())
    } else {
        Err(OpenError::Setting(name))
    }
}

/// An empty main file beside a valid log would make recovery drop the log: so the schema was moved into the main file, and the file
/// and its name go to the disk, before anybody sells.
fn settle_file(file: &File, path: &Path) -> Result<(), OpenError> {
    file.sync_all()
        .and_then(|()| sync(folder_of(path)))
        .map_err(|error| OpenError::File {
            path: path.to_owned(),
            error,
        })
}
