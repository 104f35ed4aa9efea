//! What can go wrong, in words that hold for either engine; no type of an engine's library is named here.

use std::path::PathBuf;

/// Why a write or a read did not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The disk is full. Nothing was changed; it may be tried again when there is room.
    #[error("the disk is full")]
    Full,
    /// Too much is waiting already, somebody else holds a lock, or other writes stood in its way every time it was tried. Nothing was
    /// changed; it may be tried again.
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
    /// SQLite's extended result code or PostgreSQL's SQLSTATE; `0` if it came from this crate.
    pub code: String,
    /// In the engine's words.
    pub message: String,
    /// Whether what is in memory and what is on the disk may differ from here on: the process must end.
    pub fatal: bool,
    /// Whether what is stored is damaged: a page is not what was written.
    pub damaged: bool,
}

impl Error {
    pub(crate) fn engine(message: impl Into<String>) -> Self {
        let message = message.into();
        Self::Engine(EngineError {
            code: "0".to_owned(),
            message,
            fatal: false,
            damaged: false,
        })
    }

    /// What no further try mends, though no engine says so: the disk refuses, or the server is another.
    pub(crate) fn final_one(message: String) -> Self {
        Self::Engine(EngineError {
            code: "0".to_owned(),
            message,
            fatal: true,
            damaged: false,
        })
    }

    /// What kind of fault of ours this is, if it is one and not the state of disk, server or load: a correct program over sound data has none.
    pub fn fault(&self) -> Option<&'static str> {
        match self {
            Self::Conflict => Some("conflict"),
            Self::Column(_) => Some("column"),
            Self::Engine(error) if !error.fatal => Some("statement"),
            Self::Panicked => Some("panic"),
            Self::Full | Self::Busy | Self::Closed | Self::OutcomeUnknown | Self::Engine(_) => None,
        }
    }

    /// Whether the process must end: an error of the disk is final, since its pages count as written afterwards.
    pub fn is_fatal(&self) -> bool {
        self.of_engine().is_some_and(|error| error.fatal)
    }

    /// Whether what is stored is damaged.
    pub fn is_damage(&self) -> bool {
        self.of_engine().is_some_and(|error| error.damaged)
    }

    fn of_engine(&self) -> Option<&EngineError> {
        match self {
            Self::Engine(error) => Some(error),
            Self::Full
            | Self::Busy
            | Self::Panicked
            | Self::Closed
            | Self::OutcomeUnknown
            | Self::Conflict
            | Self::Column(_) => None,
        }
    }
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open: which file, or on a server who.
    #[error("another process uses the database: {0}")]
    InUse(String),
    /// Another program reads the file all the time, so that its log cannot be moved into it.
    #[error(
        "another program has been reading {} for too long: end it (a shell of SQLite, a backup of the disk), then start again", .0.display()
    )]
    Read(PathBuf),
    /// The engine is older than the one that is safe.
    #[error("the engine {0} is too old")]
    EngineTooOld(String),
    /// The database was written by a newer program, or a migration does not fit it.
    #[error("the migrations do not fit the database: {0}")]
    Migration(String),
    /// It was here and answered, and is gone or empty.
    #[error("{} is missing or empty, and what lies beside it says that it was in use: put it back, with all that lay in its folder", .0.display())]
    Missing(PathBuf),
    /// What is stored is damaged so that nothing can be read.
    #[error(
        "what the database stored is damaged ({0}): put back a copy of the whole folder, or set up a new one in an empty folder"
    )]
    Damaged(String),
    /// The mark cannot be read, or made for a database that is new.
    #[error(
        "the mark {} cannot be used: {error}. Give its medium room, have it written to, or keep the mark elsewhere (`mark_folder`)", path.display()
    )]
    Mark {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// No backup was written or put back, and why.
    #[error("{0}")]
    Backup(String),
    /// A setting that safety needs was not taken.
    #[error("the engine does not have the setting {0}")]
    Setting(&'static str),
    /// The server's address is none, or nothing answers there.
    #[error("the database server cannot be used: {0}")]
    Server(String),
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
