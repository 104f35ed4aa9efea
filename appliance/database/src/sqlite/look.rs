//! Reading a file that a process has, had, or left behind, and changing nothing in its folder.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::{Connection, OpenFlags};

use super::error::{cannot_open, told};
use super::{open, reader};
use crate::files::beside;
use crate::migration::check_version;
use crate::shared::Shared;
use crate::{Error, Migration, OpenError, Options, Snapshot, WhileItRuns};

/// Distinguishes the copies of one process.
static COPIES: AtomicU64 = AtomicU64::new(0);

/// See [`crate::look()`].
pub(crate) fn look<T>(
    path: &Path,
    migrations: &[Migration],
    running: WhileItRuns,
    work: impl FnOnce(&mut Snapshot<'_>) -> Result<T, Error>,
) -> Result<T, OpenError> {
    with_connection(path, migrations, running, |connection| {
        let shared = Shared::new(Options::default());
        Ok(reader::run(connection, &shared, work)?)
    })
}

/// Gives `work` a connection to what the migrations have made, all of them, that nothing can be written by.
pub(super) fn with_connection<T>(
    path: &Path,
    migrations: &[Migration],
    running: WhileItRuns,
    work: impl FnOnce(&Connection) -> Result<T, OpenError>,
) -> Result<T, OpenError> {
    open::check_engine()?;
    let unusable = |error| OpenError::File {
        path: path.to_owned(),
        error,
    };
    let file = File::open(path).map_err(unusable)?;
    // Shared: several may look at once, and whoever would write waits until they have.
    let is_ours = match file.try_lock_shared() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) if running == WhileItRuns::Snapshot => false,
        Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(path.display().to_string())),
        Err(TryLockError::Error(error)) => return Err(unusable(error)),
    };
    let (connection, copy) = match is_ours {
        false => (open::reader(path)?, None),
        true => at_rest(path).map_err(|why| match why {
            AtRest::File(error) => unusable(error),
            AtRest::Engine(error) => error,
        })?,
    };
    let applied: u32 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(|error| cannot_open(&error))?;
    let applied = usize::try_from(applied).unwrap_or(usize::MAX);
    check_version(applied, migrations.len())?;
    let done = work(&connection);
    // SQLite's descriptors go before ours, whose end would take their locks along.
    let closed = connection.close().map_err(|(_, error)| told(&error));
    drop((file, copy));
    let done = done?;
    closed?;
    Ok(done)
}

enum AtRest {
    File(io::Error),
    Engine(OpenError),
}

/// A connection to a file that nobody has: as it is, if all of it stands in the main file, else to a copy with its log.
fn at_rest(path: &Path) -> Result<(Connection, Option<Copy>), AtRest> {
    let log = beside(path, "-wal");
    let left = match fs::metadata(&log) {
        Ok(about) => about.len() > 0,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(AtRest::File(error)),
    };
    if !left {
        let absolute = path.canonicalize().map_err(AtRest::File)?;
        let uri = format!("file:{}?immutable=1", in_uri(&absolute));
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_URI;
        return Ok((connect(Path::new(&uri), flags)?, None));
    }
    let copy = Copy::new().map_err(AtRest::File)?;
    let main = copy.0.join("copy.db");
    fs::copy(path, &main)
        .and_then(|_| fs::copy(&log, beside(&main, "-wal")))
        .map_err(AtRest::File)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok((connect(&main, flags)?, Some(copy)))
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, AtRest> {
    let opened = Connection::open_with_flags(path, flags).and_then(|connection| {
        open::prepare_any(&connection)?;
        Ok(connection)
    });
    opened.map_err(|error| AtRest::Engine(cannot_open(&error)))
}

/// A path as it stands in a URI: every byte but letters, digits and a few signs by its number.
fn in_uri(path: &Path) -> String {
    let mut text = String::new();
    for byte in path.as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                text.push(char::from(*byte));
            }
            other => {
                let _ = write!(text, "%{other:02X}");
            }
        }
    }
    text
}

/// A folder that only its owner may read, gone with this value.
struct Copy(PathBuf);

impl Copy {
    fn new() -> io::Result<Self> {
        let nth = COPIES.fetch_add(1, Ordering::Relaxed);
        let name = format!("foyer-look-{}-{nth}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        // One that is there is somebody else's, or was left by a process that was killed: it is not taken over.
        DirBuilder::new().mode(0o700).create(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "a copy could not be removed");
        }
    }
}
