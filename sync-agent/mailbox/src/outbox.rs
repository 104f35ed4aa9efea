//! Writing one's own stream: an event is committed with the change that it tells of, kept byte for byte, and read again to be
//! sent until the other side has acknowledged it. What both sides have had for long is pruned: see [`crate::prune`].

use box_office::EventId;
use database::{Snapshot, Tx, Value, params};
use wire::{Body, Event, Hash, Position};

use crate::Error;
use crate::stream::{self, StreamId};

/// The most events that [`after`] gives at once: four frames full of the smallest.
pub const MOST_EVENTS: usize = 1_024;

/// The most bytes that [`after`] gives at once, give or take one event: four full frames.
pub const MOST_BYTES: usize = 256 * 1024;

/// How many events are read between two looks at their bytes.
const AT_ONCE: usize = 128;

/// An event that is to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its id: random, unique for ever.
    pub id: EventId,
    /// What it says.
    pub body: Body,
}

/// Writes events in a row, in the transaction of the change that they tell of, and says where the stream stands after them. `head` is
/// where it is thought to stand: a right guess spares a look, a wrong one costs nothing else.
///
/// # Errors
/// An event is too large, the stream is full or was never opened, or the database refuses.
pub fn push(
    tx: &mut Tx<'_>,
    stream: StreamId,
    time_ms: i64,
    drafts: &[Draft],
    head: Option<Position>,
) -> Result<Position, Error> {
    if let Some(guessed) = head
        && let Some(after) = append(tx, stream, time_ms, drafts, guessed)?
    {
        return Ok(after);
    }
    let head = stream::head(tx, stream)?;
    append(tx, stream, time_ms, drafts, head)?.ok_or(Error::NoSuchStream)
}

/// Writes events after `head`; nothing, if the stream stands elsewhere.
fn append(
    tx: &mut Tx<'_>,
    stream: StreamId,
    time_ms: i64,
    drafts: &[Draft],
    head: Position,
) -> Result<Option<Position>, Error> {
    let mut last = head;
    let mut rows = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let event = Event::after(&last, draft.id.clone(), time_ms, &draft.body)?;
        last = event.position();
        rows.push([
            Value::from(stream.place(last.seq)?),
            Value::from(event.kind()),
            Value::from(event.bytes()),
        ]);
    }
    if !stream::move_head_from(tx, stream, head, last)? {
        return Ok(None);
    }
    tx.insert("INSERT INTO event (place, kind, bytes) VALUES", rows)?;
    Ok(Some(last))
}

/// Events after number `after`, in order: at most [`MOST_EVENTS`] and about [`MOST_BYTES`], and at least one if there is one.
///
/// # Errors
/// Some of them are pruned, the database refuses, or it holds something else than events.
pub fn after(
    snapshot: &mut Snapshot<'_>,
    stream: StreamId,
    after: u64,
) -> Result<Vec<Event>, Error> {
    stream::has_all_after(snapshot, stream, after)?;
    let end = stream.place(stream::head(snapshot, stream)?.seq)?;
    let mut place = stream.place(after)?;
    let mut events = Vec::new();
    let mut bytes = 0;
    while events.len() < MOST_EVENTS && bytes < MOST_BYTES && place < end {
        let stored = snapshot.query(
            "SELECT bytes FROM event WHERE place > $1 AND place <= $2 ORDER BY place LIMIT $3",
            params![place, end, AT_ONCE],
            |row| row.get::<Vec<u8>>(0),
        )?;
        if stored.is_empty() {
            break;
        }
        for stored in stored {
            if bytes >= MOST_BYTES {
                break;
            }
            bytes += stored.len();
            let event = Event::decode(stored)?;
            place = stream.place(event.seq())?;
            events.push(event);
        }
    }
    Ok(events)
}

/// What the chain of an own stream is found to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chain {
    /// Each event names the one before it, up to the head.
    Whole,
    /// After this number something else is stored than was written.
    Broken {
        /// The last event that fits.
        after: u64,
    },
}

/// How much of the chain is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// What was written since the last look.
    New,
    /// All of it that is kept.
    Whole,
}

/// Looks whether each event names the one before it and the head is the last of them, and keeps how far it fits: a break is found again
/// by the next look, until somebody takes the chain as it is.
///
/// # Errors
/// The database refuses, or there is no such stream.
pub fn check(tx: &mut Tx<'_>, stream: StreamId, look: Look) -> Result<Chain, Error> {
    let head = stream::head(tx, stream)?;
    let begins = stream::pruned(tx, stream)?;
    let from = match look {
        Look::New => checked(tx, stream)?,
        Look::Whole => Position::START,
    };
    let from = match from.seq < begins.seq {
        true => begins,
        false => from,
    };
    let fits = fits_up_to(tx, stream, from, head)?;
    set_checked(tx, stream, fits)?;
    Ok(match fits == head {
        true => Chain::Whole,
        false => Chain::Broken { after: fits.seq },
    })
}

/// The last event from `from` on, up to the head, that names the one before it.
fn fits_up_to(
    tx: &mut Tx<'_>,
    stream: StreamId,
    from: Position,
    head: Position,
) -> Result<Position, Error> {
    let mut at = from;
    while at.seq < head.seq {
        let stored = tx.query(
            "SELECT bytes FROM event WHERE place > $1 AND place <= $2 ORDER BY place LIMIT $3",
            params![
                stream.place(at.seq)?,
                stream.place(head.seq)?,
                MOST_EVENTS as u64
            ],
            |row| row.get::<Vec<u8>>(0),
        )?;
        let before = at;
        for bytes in stored {
            match Event::decode(bytes) {
                Ok(event) if event.follows(&at) => at = event.position(),
                Ok(_) | Err(_) => return Ok(at),
            }
        }
        if at == before {
            break;
        }
    }
    Ok(at)
}

/// Takes the chain as it is: it is looked at from its head on.
///
/// # Errors
/// The database refuses, or there is no such stream.
pub fn take_as_checked(tx: &mut Tx<'_>, stream: StreamId) -> Result<(), Error> {
    let head = stream::head(tx, stream)?;
    set_checked(tx, stream, head)
}

fn checked(tx: &mut Tx<'_>, stream: StreamId) -> Result<Position, Error> {
    let known = tx.first(
        "SELECT checked_seq, checked_hash FROM stream WHERE id = $1 AND checked_hash IS NOT NULL",
        params![stream.0],
        |row| {
            Ok(Position {
                seq: row.get(0)?,
                hash: Hash::from(row.get::<[u8; 32]>(1)?),
            })
        },
    )?;
    Ok(known.unwrap_or(Position::START))
}

fn set_checked(tx: &mut Tx<'_>, stream: StreamId, at: Position) -> Result<(), Error> {
    tx.execute(
        "UPDATE stream SET checked_seq = $2, checked_hash = $3 WHERE id = $1",
        params![stream.0, at.seq, at.hash.as_bytes()],
    )?;
    Ok(())
}

/// What an acknowledgement meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acknowledged {
    /// The reader has committed more than was known.
    Further,
    /// Nothing that was not known.
    Known,
    /// The reader says that it has committed what was never written here, or something else under that number.
    Contradicts,
}

/// Records how far the reader has committed, if its hash is that of the event. Only forwards.
///
/// # Errors
/// The database refuses, or there is no such stream.
pub fn acknowledge(
    tx: &mut Tx<'_>,
    stream: StreamId,
    position: Position,
) -> Result<Acknowledged, Error> {
    let known = acknowledged(tx, stream)?;
    if position.seq <= known.seq {
        let same = position.seq < known.seq || position.hash == known.hash;
        return Ok(if same {
            Acknowledged::Known
        } else {
            Acknowledged::Contradicts
        });
    }
    if position_of(tx, stream, position.seq)? != Some(position) {
        return Ok(Acknowledged::Contradicts);
    }
    tx.execute(
        "UPDATE stream SET acknowledged_seq = $2, acknowledged_hash = $3 WHERE id = $1",
        params![stream.0, position.seq, position.hash.as_bytes()],
    )?;
    Ok(Acknowledged::Further)
}

/// The event of this number and its hash, if it is written here.
fn position_of(
    snapshot: &mut Snapshot<'_>,
    stream: StreamId,
    seq: u64,
) -> Result<Option<Position>, Error> {
    let Ok(place) = stream.place(seq) else {
        return Ok(None);
    };
    let stored = snapshot.first(
        "SELECT bytes FROM event WHERE place = $1",
        params![place],
        |row| row.get::<Vec<u8>>(0),
    )?;
    match stored {
        Some(bytes) => Ok(Some(Event::decode(bytes)?.position())),
        None => Ok(None),
    }
}

/// The last event that is written here.
///
/// # Errors
/// The database refuses, or there is no such stream.
pub fn written(snapshot: &mut Snapshot<'_>, stream: StreamId) -> Result<Position, Error> {
    stream::head(snapshot, stream)
}

/// The last event that the reader has committed, as far as this side knows.
///
/// # Errors
/// The database refuses, or there is no such stream.
pub fn acknowledged(snapshot: &mut Snapshot<'_>, stream: StreamId) -> Result<Position, Error> {
    stream::position(
        snapshot,
        "SELECT acknowledged_seq, acknowledged_hash FROM stream WHERE id = $1",
        stream,
    )
}

/// How many events of one type the reader has not committed: "sale_settled" for the unsent sales. An index gives them, so
/// that it costs little, and more the more there are.
///
/// # Errors
/// The database refuses, or there is no such stream.
pub fn unacknowledged_of(
    snapshot: &mut Snapshot<'_>,
    stream: StreamId,
    kind: &str,
) -> Result<u64, Error> {
    let first = stream.place(acknowledged(snapshot, stream)?.seq)?;
    let last = stream.place(written(snapshot, stream)?.seq)?;
    let count = snapshot.first(
        "SELECT COUNT(*) FROM event WHERE kind = $1 AND place > $2 AND place <= $3",
        params![kind, first, last],
        |row| row.get(0),
    )?;
    Ok(count.unwrap_or(0))
}

/// The events of one type that the reader has not committed, in order. The same index gives them.
///
/// # Errors
/// The database refuses, or holds something else than events, or there is no such stream.
pub fn all_unacknowledged_of(
    snapshot: &mut Snapshot<'_>,
    stream: StreamId,
    kind: &str,
) -> Result<Vec<Event>, Error> {
    let after = acknowledged(snapshot, stream)?.seq;
    all_of_after(snapshot, stream, kind, after)
}

/// The events of one type after number `after`, in order. The same index gives them.
///
/// # Errors
/// Some of them may be pruned, the database refuses, or holds something else than events, or there is no such stream.
pub fn all_of_after(
    snapshot: &mut Snapshot<'_>,
    stream: StreamId,
    kind: &str,
    after: u64,
) -> Result<Vec<Event>, Error> {
    stream::has_all_after(snapshot, stream, after)?;
    let first = stream.place(after)?;
    let last = stream.place(written(snapshot, stream)?.seq)?;
    let stored = snapshot.query(
        "SELECT bytes FROM event WHERE kind = $1 AND place > $2 AND place <= $3 ORDER BY place",
        params![kind, first, last],
        |row| row.get::<Vec<u8>>(0),
    )?;
    let events = stored.into_iter().map(Event::decode);
    Ok(events.collect::<Result<_, _>>()?)
}
