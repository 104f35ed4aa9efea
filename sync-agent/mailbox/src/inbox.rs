//! Reading the other side's stream: only what comes next is applied, with the position in the same transaction, so that
//! delivery at least once becomes effect exactly once. What was signed is kept, even where it contradicts.

use database::{Snapshot, Tx, params};
use wire::{Body, Event, Frame, Meaning, Position, Verified};

use crate::stream::{self, StreamId, StreamKey};
use crate::{Error, fork, journal};

pub use fork::{Fork, MOST_FORKS, forks};
pub use journal::{StoredFrame, frames};

/// What a frame brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// Its new events are applied, up to here.
    Further(Position),
    /// Nothing that was not applied before.
    Known,
    /// Events are missing before it.
    Gap,
    /// Its events may not be applied now, from one of them on; what came before that is applied.
    Held,
    /// The stream stands before an event that must be understood and is not, or cannot be applied; what came before it is applied.
    Halted(Halt),
    /// It tells another history from this event on. It is kept as a stream of its own, and nothing is applied.
    Forked(u64),
}

/// What became of an event that is to be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It is applied, or passed over.
    Done,
    /// It cannot be applied, and nothing that comes after it may be before it is: the stream stands before it.
    Stands,
    /// What comes before it is applied; it comes again.
    NotNow,
}

/// The event before which a stream stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halt {
    /// Its number.
    pub seq: u64,
    /// Its type.
    pub kind: String,
}

/// Applies the events of `frame` that come next, each through `each`, and keeps the frame byte for byte, received at
/// `received_ms` since the Unix epoch. An event that may be skipped and is not understood is passed over.
///
/// A verified event cannot be refused: what contradicts it is for `each` to record as a case. An error of `each` undoes the whole.
///
/// # Errors
/// The frame is of another stream, the stream was never opened, `each` fails, or the database refuses.
pub fn apply<E: From<Error>>(
    tx: &mut Tx<'_>,
    key: &StreamKey,
    frame: &Frame<Verified>,
    received_ms: i64,
    mut each: impl FnMut(&mut Tx<'_>, &Event, &Body) -> Result<Heard, E>,
) -> Result<Applied, E> {
    if StreamKey::of(frame) != *key {
        return Err(Error::OtherStream.into());
    }
    let stream = stream::find(tx, key)?.ok_or(Error::NoSuchStream)?;
    let head = stream::head(tx, stream)?;
    let new = match sort(tx, stream, &head, frame)? {
        Sorted::New(new) => new,
        Sorted::Known => return Ok(Applied::Known),
        Sorted::Gap => return Ok(Applied::Gap),
        Sorted::Forked { first } => {
            let events = &frame.events()[first..];
            fork::keep(tx, key, frame, events, received_ms)?;
            return Ok(Applied::Forked(events.first().map_or(head.seq, Event::seq)));
        }
    };
    let (mut applied, mut halt, mut is_held) = (0, None, false);
    for event in new {
        let heard = match event.meaning() {
            Meaning::Known(body) => each(tx, event, body)?,
            Meaning::MayBeSkipped => Heard::Done,
            Meaning::UpdateNeeded => Heard::Stands,
        };
        match heard {
            Heard::Done => applied += 1,
            Heard::NotNow => {
                is_held = true;
                break;
            }
            Heard::Stands => {
                halt = Some(Halt {
                    seq: event.seq(),
                    kind: event.kind().to_owned(),
                });
                break;
            }
        }
    }
    let position = journal::append(tx, stream, frame, &new[..applied], received_ms)?;
    if is_held {
        return Ok(Applied::Held);
    }
    note_halt(tx, stream, halt.as_ref())?;
    Ok(match (halt, position) {
        (Some(halt), _) => Applied::Halted(halt),
        (None, Some(position)) => Applied::Further(position),
        (None, None) => Applied::Known,
    })
}

/// Keeps a frame that was signed right but for another session than the open one. It moves nothing: what will come again is not
/// kept, and another history or another life is kept as a stream of its own.
///
/// # Errors
/// The database refuses.
pub fn keep_stray(
    tx: &mut Tx<'_>,
    current: &StreamKey,
    frame: &Frame<Verified>,
    received_ms: i64,
) -> Result<(), Error> {
    let key = StreamKey::of(frame);
    let stream = if key == *current {
        stream::find(tx, &key)?
    } else {
        None
    };
    let Some(stream) = stream else {
        return fork::keep(tx, &key, frame, frame.events(), received_ms);
    };
    let head = stream::head(tx, stream)?;
    match sort(tx, stream, &head, frame)? {
        Sorted::New(_) | Sorted::Known | Sorted::Gap => Ok(()),
        Sorted::Forked { first } => {
            fork::keep(tx, &key, frame, &frame.events()[first..], received_ms)
        }
    }
}

enum Sorted<'a> {
    New(&'a [Event]),
    Known,
    Gap,
    /// The place in the frame of the first event that contradicts.
    Forked {
        first: usize,
    },
}

/// What of `frame` comes after `head`. Its events follow one another by their hashes, so that one equal hash proves all before it.
fn sort<'a>(
    snapshot: &mut Snapshot<'_>,
    stream: StreamId,
    head: &Position,
    frame: &'a Frame<Verified>,
) -> Result<Sorted<'a>, Error> {
    let events = frame.events();
    if frame.first() > head.seq.saturating_add(1) {
        return Ok(Sorted::Gap);
    }
    let known = events.partition_point(|event| event.seq() <= head.seq);
    if let Some(last) = events[..known].last()
        && !journal::holds(snapshot, stream, head, &last.position())?
    {
        for (first, event) in events[..known].iter().enumerate() {
            if !journal::holds(snapshot, stream, head, &event.position())? {
                return Ok(Sorted::Forked { first });
            }
        }
    }
    let new = &events[known..];
    match new.first() {
        None => Ok(Sorted::Known),
        Some(event) if event.follows(head) => Ok(Sorted::New(new)),
        Some(_) => Ok(Sorted::Forked { first: known }),
    }
}

fn note_halt(tx: &mut Tx<'_>, stream: StreamId, halt: Option<&Halt>) -> Result<(), Error> {
    tx.execute(
        "UPDATE stream SET halted_seq = $2, halted_kind = $3 WHERE id = $1 AND (halted_seq IS NOT NULL OR CAST($2 AS BIGINT) IS NOT NULL)",
        params![
            stream.0,
            halt.map(|halt| halt.seq),
            halt.map(|halt| halt.kind.as_str()),
        ],
    )?;
    Ok(())
}

/// The last event of the stream that has been applied here.
///
/// # Errors
/// The database refuses, or there is no such stream.
pub fn position(snapshot: &mut Snapshot<'_>, stream: StreamId) -> Result<Position, Error> {
    stream::head(snapshot, stream)
}

/// The event before which the stream stands, if this program must be updated to go on.
///
/// # Errors
/// The database refuses.
pub fn halt(snapshot: &mut Snapshot<'_>, stream: StreamId) -> Result<Option<Halt>, Error> {
    let found = snapshot.first(
        "SELECT halted_seq, halted_kind FROM stream WHERE id = $1 AND halted_seq IS NOT NULL",
        params![stream.0],
        |row| {
            Ok(Halt {
                seq: row.get(0)?,
                kind: row.get(1)?,
            })
        },
    )?;
    Ok(found)
}
