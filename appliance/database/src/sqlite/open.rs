//! Opening the file: one process at a time, only with an engine that cannot lose a commit, and safe from the first power cut on.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::error::cannot_open;
use super::migration;
use crate::{Migration, OpenError, Options, Synchronous};

/// 3.51.3 repaired the race between a checkpoint and a write that could lose commits.
const OLDEST_ENGINE: i32 = 3_051_003;

/// Statements that a connection keeps prepared: more than both services have.
const PREPARED_STATEMENTS: usize = 256;

/// The writer's page cache in KiB: the seats and open sales of a busy evening stay in memory.
const CACHE_KIB: i64 = 16 * 1024;

/// The writer's connection, and the lock that keeps other processes out for as long as it lives.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) connection: Connection,
    pub(crate) lock: Option<File>,
}

/// Opens the file for the one writer, creates it if need be, and brings its schema up to date.
pub(crate) fn writer(
    path: &Path,
    migrations: &[Migration],
    options: &Options,
) -> Result<Opened, OpenError> {
    check_engine()?;
    let lock = lock(path)?;
    open_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection =
        Connection::open_with_flags(path, flags).map_err(|error| cannot_open(&error))?;
    expect_setting(&connection, "journal_mode", "wal")?;
    prepare(&connection, options)?;
    migration::apply(&mut connection, migrations)?;
    settle_file(&connection, path)?;
    Ok(Opened {
        connection,
        lock: Some(lock),
    })
}

/// Opens a database that lives in memory only.
pub(crate) fn in_memory(migrations: &[Migration], options: &Options) -> Result<Opened, OpenError> {
    check_engine()?;
    let mut connection = Connection::open_in_memory().map_err(|error| cannot_open(&error))?;
    prepare(&connection, options)?;
    migration::apply(&mut connection, migrations)?;
    Ok(Opened {
        connection,
        lock: None,
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

fn check_engine() -> Result<(), OpenError> {
    if rusqlite::version_number() < OLDEST_ENGINE {
        return Err(OpenError::EngineTooOld(format!(
            "SQLite {}",
            rusqlite::version()
        )));
    }
    Ok(())
}

/// Takes `<file>.lock`. The lock ends with the process, however it ends; the file stays.
pub(crate) fn lock(path: &Path) -> Result<File, OpenError> {
    let lock_path = beside(path, ".lock");
    let file = open_private(&lock_path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.display().to_string())),
        Err(TryLockError::Error(error)) => Err(OpenError::File {
            path: lock_path,
            error,
        }),
    }
}

/// `appliance.db` and `-wal` make `appliance.db-wal`.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Opens a file that only its owner may read, and creates it if need be; SQLite gives the log the same mode.
fn open_private(path: &Path) -> Result<File, OpenError> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
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

fn prepare_any(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
    // A misspelt column in double quotes would be a text.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
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

/// An empty main file beside a valid log would make recovery drop the log: so the schema goes into the main file, and the file
/// and its name to the disk, before anybody sells.
fn settle_file(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .map_err(|error| cannot_open(&error))?;
    sync(path)?;
    let folder = match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => Path::new("/"),
    };
    sync(folder)
}

fn sync(path: &Path) -> Result<(), OpenError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(|error| OpenError::File {
            path: path.to_owned(),
            error,
        })
}
