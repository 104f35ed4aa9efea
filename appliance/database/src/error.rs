//! What can go wrong, in words that hold for either engine; no type of an engine's library is named here.

use std::path::PathBuf;

use rusqlite::ErrorCode;

/// Why a write or a read did not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The disk is full. Nothing was changed; it may be tried again when there is room.
    #[error("the disk is full")]
    Full,
    /// Too much is waiting already, or somebody else holds a lock. Nothing was changed; it may be tried again.
    #[error("the database is busy")]
    Busy,
    /// The closure panicked. Nothing was changed, and the panic was logged.
    #[error("the work on the database panicked")]
    Panicked,
    /// The database is closed, or has failed and waits for the process to end. Nothing was changed.
    #[error("the database is closed")]
    Closed,
    /// The commit failed in a way that leaves open whether it happened: only asking again under the same idempotency key tells.
    #[error("it is not known whether the change was committed")]
    OutcomeUnknown,
    /// A rule of the schema (unique, foreign key, check, type) refuses the change.
    #[error("the schema refuses the change")]
    Conflict,
    /// A column holds something else than was asked for; the text names it.
    #[error("a column cannot be read: {0}")]
    Column(String),
    /// The engine refuses: a fault in a statement, or in the disk.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// What an engine said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (code {code})")]
pub struct EngineError {
    /// SQLite's extended result code; 0 if it came from this crate.
    pub code: i32,
    /// In the engine's words.
    pub message: String,
    /// Whether what is in memory and what is on the disk may differ from here on: the process must end.
    pub fatal: bool,
}

impl Error {
    pub(crate) fn engine(message: impl Into<String>) -> Self {
        let message = message.into();
        Self::Engine(EngineError {
            code: 0,
            message,
            fatal: false,
        })
    }

    /// Whether the process must end: an error of the disk is final, since its pages count as written afterwards.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Engine(error) => error.fatal,
            Self::Full
            | Self::Busy
            | Self::Panicked
            | Self::Closed
            | Self::OutcomeUnknown
            | Self::Conflict
            | Self::Column(_) => false,
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let (code, fatal) = match error.sqlite_error() {
            Some(said) => {
                let fatal = matches!(
                    said.code,
                    ErrorCode::SystemIoFailure
                        | ErrorCode::DatabaseCorrupt
                        | ErrorCode::NotADatabase
                );
                (Some(said.code), fatal)
            }
            None => (None, false),
        };
        if code == Some(ErrorCode::DiskFull) {
            return Self::Full;
        }
        if matches!(
            code,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
        ) {
            return Self::Busy;
        }
        if matches!(
            code,
            Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch)
        ) {
            tracing::debug!(%error, "the schema refuses a change");
            return Self::Conflict;
        }
        let code = error.sqlite_error().map_or(0, |said| said.extended_code);
        Self::Engine(EngineError {
            code,
            message: error.to_string(),
            fatal,
        })
    }
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("another process uses the database {}", .0.display())]
    InUse(PathBuf),
    /// The engine is older than the one that is safe.
    #[error("SQLite {0} is too old: 3.51.3 is the first that cannot lose a commit to a checkpoint")]
    EngineTooOld(String),
    /// The database was written by a newer program, or a migration does not fit it.
    #[error("the migrations do not fit the database: {0}")]
    Migration(String),
    /// A setting that safety needs was not taken.
    #[error("SQLite did not take the setting {0}")]
    Setting(&'static str),
    /// The engine refuses.
    #[error("the database cannot be opened: {0}")]
    Engine(#[from] Error),
    /// The system gives no thread.
    #[error("the writer's thread cannot be started: {0}")]
    Thread(std::io::Error),
    /// A file or folder cannot be used.
    #[error("cannot use {}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Engine(Error::from(error))
    }
}
