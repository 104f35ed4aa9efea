//! A frame: some events of a stream in a row, signed together. Only a [`Frame<Verified>`] gives its events away, and both
//! kinds keep the exact bytes for the journal.

use serde::{Deserialize, Serialize};

use crate::bytes::Blob;
use crate::context::Context;
use crate::event::{Event, EventError, Position, Stream};
use crate::key::{Frames, KeyId, SecretKey};
use crate::seal::{Keys, Refusal, Sealed, Word, blobs, seal};

/// The most events of a frame: enough that signing costs little per event.
pub const MOST_EVENTS: usize = 256;

/// The most bytes of events in a frame: one lost frame costs little to send again, and brokers take it.
pub const MOST_BYTES: usize = 64 * 1024;

#[derive(Serialize, Deserialize)]
struct Content {
    stream: Stream,
    at: Context,
    events: Vec<Blob>,
}

/// Nobody has looked at the signature.
#[derive(Debug, Clone)]
pub struct Unverified {
    sealed: Sealed,
}

/// The signature is right, and the events follow one another.
#[derive(Debug, Clone)]
pub struct Verified {
    key: KeyId,
    stream: Stream,
    context: Context,
    events: Vec<Event>,
}

/// Some events in a row, signed together.
#[derive(Debug, Clone)]
pub struct Frame<State> {
    bytes: Vec<u8>,
    state: State,
}

impl<State> Frame<State> {
    /// The exact bytes as they were signed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Frame<Unverified> {
    /// Takes the bytes apart.
    ///
    /// # Errors
    /// They are no signed message.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, Refusal> {
        let sealed = Sealed::parse(&bytes)?;
        Ok(Self {
            bytes,
            state: Unverified { sealed },
        })
    }

    /// Looks at the signature, the cinema and the chain of the events.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn verify(self, keys: &Keys) -> Result<Frame<Verified>, Refusal> {
        let (content, cinema) = self.state.sealed.open::<Content>(Word::Frame, keys)?;
        if content.at.cinema != cinema {
            return Err(Refusal::OtherCinema);
        }
        if content.events.is_empty() || content.events.len() > MOST_EVENTS {
            return Err(Refusal::Unreadable);
        }
        let events = content
            .events
            .into_iter()
            .map(|blob| Event::decode(blob.0))
            .collect::<Result<Vec<_>, EventError>>();
        let events = events.map_err(|_| Refusal::Unreadable)?;
        if !events
            .windows(2)
            .all(|pair| pair[1].follows(&pair[0].position()))
        {
            return Err(Refusal::BrokenChain);
        }
        let state = Verified {
            key: self.state.sealed.key(),
            stream: content.stream,
            context: content.at,
            events,
        };
        Ok(Frame {
            bytes: self.bytes,
            state,
        })
    }
}

impl Frame<Verified> {
    /// The key that signed it.
    pub fn key(&self) -> KeyId {
        self.state.key
    }

    /// The stream that its events belong to.
    pub fn stream(&self) -> Stream {
        self.state.stream
    }

    /// The session and lives that it was signed for.
    pub fn context(&self) -> &Context {
        &self.state.context
    }

    /// Its events, in order; never none.
    pub fn events(&self) -> &[Event] {
        &self.state.events
    }

    /// The number of its first event.
    pub fn first(&self) -> u64 {
        self.state.events.first().map_or(0, Event::seq)
    }

    /// Where its stream stands after its last event.
    pub fn last(&self) -> Position {
        self.state
            .events
            .last()
            .map_or(Position::START, Event::position)
    }
}

/// How many of the first of `events` go into one frame: at least one, if there is one.
pub fn how_many_fit(events: &[Event]) -> usize {
    let mut bytes = 0;
    let fitting = events.iter().take(MOST_EVENTS).take_while(|event| {
        bytes += event.bytes().len();
        bytes <= MOST_BYTES
    });
    fitting.count()
}

/// The signed bytes of a frame with these events.
///
/// # Errors
/// Only if they cannot be written as CBOR.
pub fn sign_frame(
    key: &SecretKey<Frames>,
    stream: Stream,
    context: &Context,
    events: &[Event],
) -> Result<Vec<u8>, EventError> {
    let content = Content {
        stream,
        at: context.clone(),
        events: blobs(events.iter().map(Event::bytes)),
    };
    seal(Word::Frame, key, &content)
}
