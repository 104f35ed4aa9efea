//! Why data is not opened.

use std::io;

/// Why a process's data cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or a key in it cannot be read or made.
    #[error("the data folder: {0}")]
    Folder(#[from] io::Error),
    /// The database cannot be opened.
    #[error("the database: {0}")]
    Database(#[from] database::OpenError),
    /// Database, keys and folder do not belong together; the words say what to do.
    #[error("{0}")]
    Unfit(String),
    /// Another version has stored it, and this one would read it otherwise; the words say what to do. No copy of it helps.
    #[error("{0}")]
    OtherVersion(String),
    /// A setting cannot be used.
    #[error("the settings: {0}")]
    Settings(String),
    /// What it holds cannot be read.
    #[error("what the database holds: {0}")]
    Content(String),
}

impl From<database::Error> for OpenError {
    fn from(error: database::Error) -> Self {
        Self::Content(error.to_string())
    }
}
