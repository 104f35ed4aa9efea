//! An event: what one side of the link did, numbered without gaps, and chained to the event before it by that one's hash.
//! The exact bytes are what counts: they are hashed, stored, sent and compared as they were first written.

mod body;
mod down;
mod plan;
mod up;

use std::sync::OnceLock;

use box_office::EventId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::bytes::{Blob, Hash};
pub use body::{Body, KEEPS_PLACE_AND_RULES, Kinds};
pub use down::{
    Content, ContentAdopted, ContentRefused, CustodyClaimed, OnlineSales, RefundRequested,
    RefusedContent, SeatsFreed, SeatsGranted, SeatsQuarantined, TicketsSold,
};
pub use plan::{Chair, Row, SeatBlock, SeatingPlan};
pub use up::{
    AgeRating, AppliedOfLife, AuditoriumDescribed, AuditoriumUse, CardSlip, CinemaDescribed,
    CinemaSelling, CustodyTold, CustodyToldAll, DecidedBy, FilmImported, FilmSelling, LifeOfHub,
    PaidTender, PaymentDecided, PaymentOutcome, PaymentRefunded, PaymentUnknown, PriceBookImported,
    PrinterReady, PrinterStopped, Receipt, RefundAnswer, RefundAnswered, SaleSettled, SeatAtEpoch,
    SeatsReleased, ShowtimeCancelled, ShowtimeChanged, ShowtimeMoved, ShowtimeScheduled,
    ShowtimeSelling, SoldTicket, StaffCalled, StaffCame, Subtitles, TenderWay, TicketAdmitted,
    TicketsStanding,
};

/// The largest event in bytes, so that one always fits into a frame: a hall of a thousand seats takes 50 KiB, and the rows of a
/// larger one are packed.
pub const LARGEST_EVENT: usize = 60 * 1024;

/// One of the two streams of a cinema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// From the cinema to the hub.
    Up,
    /// From the hub to the cinema.
    Down,
}

impl Stream {
    /// `up` or `down`: its name in topics, tables and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// A place in a stream: the number of an event and its hash. The number alone does not prove the same history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The event's number; the first event is 1.
    pub seq: u64,
    /// The hash of its bytes.
    pub hash: Hash,
}

impl Position {
    /// Before the first event.
    pub const START: Self = Self {
        seq: 0,
        hash: Hash::ZERO,
    };
}

/// Why an event cannot be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Longer than [`LARGEST_EVENT`].
    #[error("an event has at most {LARGEST_EVENT} bytes, not {0}")]
    TooLarge(usize),
    /// Not an event.
    #[error("these bytes are not an event: {0}")]
    Unreadable(String),
    /// The stream's last number is reached.
    #[error("the stream is full")]
    StreamFull,
}

/// What stands in an event's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Written {
    seq: u64,
    prev: Hash,
    id: EventId,
    #[serde(rename = "type")]
    kind: String,
    /// Whether a reader that does not know the type may pass over it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    skip: bool,
    time: i64,
    data: Blob,
}

/// An event and its exact bytes.
#[derive(Debug, Clone)]
pub struct Event {
    written: Written,
    bytes: Vec<u8>,
    hash: Hash,
    /// Filled when it is first asked for.
    meaning: OnceLock<Meaning>,
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Event {}

/// What an event says to this version of the program.
#[derive(Debug, Clone, PartialEq)]
pub enum Meaning {
    /// A type that is known.
    Known(Box<Body>),
    /// Not understood, and it says itself that it may be passed over.
    MayBeSkipped,
    /// Not understood, and it must be: the stream stops before it until this program is updated.
    UpdateNeeded,
}

impl Event {
    /// The event that comes after `head` in its stream and says `body`, at `time_ms` milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// The body is too large, or the stream is full.
    pub fn after(
        head: &Position,
        id: EventId,
        time_ms: i64,
        body: &Body,
    ) -> Result<Self, EventError> {
        let seq = head.seq.checked_add(1).ok_or(EventError::StreamFull)?;
        let mut written = Written {
            seq,
            prev: head.hash,
            id,
            kind: body.kind().to_owned(),
            skip: body.may_be_skipped(),
            time: time_ms,
            data: Blob(body.to_bytes()?),
        };
        let mut bytes = encode(&written)?;
        if let Body::AuditoriumDescribed(room) = body
            && bytes.len() > LARGEST_EVENT
        {
            written.data = Blob(room.packed()?);
            bytes = encode(&written)?;
        }
        if bytes.len() > LARGEST_EVENT {
            return Err(EventError::TooLarge(bytes.len()));
        }
        Ok(Self::from_parts(written, bytes))
    }

    /// Reads an event and keeps its bytes as they are.
    ///
    /// # Errors
    /// Too large, or not an event. A type that is not known is no error: see [`Event::meaning`].
    pub fn decode(bytes: Vec<u8>) -> Result<Self, EventError> {
        if bytes.len() > LARGEST_EVENT {
            return Err(EventError::TooLarge(bytes.len()));
        }
        let written: Written = decode(&bytes)?;
        Ok(Self::from_parts(written, bytes))
    }

    fn from_parts(written: Written, bytes: Vec<u8>) -> Self {
        let hash = hash_of(&bytes);
        Self {
            written,
            bytes,
            hash,
            meaning: OnceLock::new(),
        }
    }

    /// The number in its stream, from 1.
    pub fn seq(&self) -> u64 {
        self.written.seq
    }

    /// The hash of the event before it.
    pub fn previous(&self) -> Hash {
        self.written.prev
    }

    /// The event's id.
    pub fn id(&self) -> &EventId {
        &self.written.id
    }

    /// The name of its type, as it was written: perhaps one that is not known here.
    pub fn kind(&self) -> &str {
        &self.written.kind
    }

    /// When it was written by the writer's clock, in milliseconds since the Unix epoch. For people; no rule trusts it.
    pub fn time_ms(&self) -> i64 {
        self.written.time
    }

    /// Where the stream stands after this event.
    pub fn position(&self) -> Position {
        Position {
            seq: self.written.seq,
            hash: self.hash,
        }
    }

    /// The exact bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it comes next after `head`.
    pub fn follows(&self, head: &Position) -> bool {
        head.seq.checked_add(1) == Some(self.written.seq) && self.written.prev == head.hash
    }

    /// What it says.
    pub fn meaning(&self) -> &Meaning {
        self.meaning.get_or_init(
            || match Body::decode(&self.written.kind, &self.written.data.0) {
                Some(body) => Meaning::Known(Box::new(body)),
                None if self.written.skip => Meaning::MayBeSkipped,
                None => Meaning::UpdateNeeded,
            },
        )
    }

    /// Whether it says itself that a reader who does not know its type may pass over it.
    pub fn may_be_skipped(&self) -> bool {
        self.written.skip
    }
}

/// The SHA-256 of bytes.
pub fn hash_of(bytes: &[u8]) -> Hash {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    Hash::from(digest)
}

pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, EventError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes)
        .map_err(|error| EventError::Unreadable(error.to_string()))?;
    Ok(bytes)
}

/// Reads one value and refuses bytes after it.
pub(crate) fn decode<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, EventError> {
    let mut rest = bytes;
    let value = ciborium::from_reader(&mut rest)
        .map_err(|error| EventError::Unreadable(error.to_string()))?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(EventError::Unreadable("bytes after the end".to_owned()))
    }
}

#[cfg(test)]
mod tests;
