//! Why a stream could not be written or read.

use wire::EventError;

/// Why a stream could not be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The database refuses.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// The event is too large, or the stream is full.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The stream was never opened in this database.
    #[error("there is no such stream")]
    NoSuchStream,
    /// The frame is of another stream than the one that it is to be applied to.
    #[error("the frame is of another stream")]
    OtherStream,
    /// What is asked for is pruned.
    #[error(
        "what comes after event {after} is asked for, and what is kept begins after event {pruned}"
    )]
    NotKept {
        /// After which event it is asked for.
        after: u64,
        /// The last event that is pruned.
        pruned: u64,
    },
}
