//! An acknowledgement: everything up to an event has been applied and committed. It names the event's hash, so that it
//! proves the history and not only its length.

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::event::{EventError, Position, Stream};
use crate::key::{Frames, SecretKey};
use crate::seal::{Keys, Refusal, Sealed, Word, seal};

/// Everything up to a position has been committed by the stream's reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The stream that was read.
    pub stream: Stream,
    /// The session and lives that it was signed for.
    #[serde(rename = "at")]
    pub context: Context,
    /// The last event that was committed.
    pub applied: Position,
}

impl Acknowledgement {
    /// The signed bytes.
    ///
    /// # Errors
    /// Only if it cannot be written as CBOR.
    pub fn sign(&self, key: &SecretKey<Frames>) -> Result<Vec<u8>, EventError> {
        seal(Word::Acknowledgement, key, self)
    }

    /// Reads an acknowledgement whose signature is right.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn verify(bytes: &[u8], keys: &Keys) -> Result<Self, Refusal> {
        let (acknowledgement, cinema) =
            Sealed::parse(bytes)?.open::<Self>(Word::Acknowledgement, keys)?;
        if acknowledgement.context.cinema == cinema {
            Ok(acknowledgement)
        } else {
            Err(Refusal::OtherCinema)
        }
    }
}
