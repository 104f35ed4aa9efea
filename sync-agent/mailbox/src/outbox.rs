//! Writing one's own stream: an event is committed with the change that it tells of, kept byte for byte, and read again to be
//! sent until the other side has acknowledged it. Nothing is ever removed here.

use std::collections::BTreeMap;

use box_office::EventId;
use database::{Snapshot, Tx, Value, params};
use wire::{Body, Event, Position};

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

/// Writes one event, in the transaction of the change that it tells of, and says where the stream stands after it.
///
/// # Errors
/// The event is too large, the stream is full or was never opened, or the database refuses.
pub fn push(
    tx: &mut Tx<'_>,
    stream: StreamId,
    id: EventId,
    time_ms: i64,
    body: impl Into<Body>,
) -> Result<Position, Error> {
    let body = body.into();
    push_all(tx, stream, time_ms, [Draft { id, body }])
}

/// Writes several events in a row, and says where the stream stands after them.
///
/// # Errors
/// As [`push`].
pub fn push_all(
    tx: &mut Tx<'_>,
    stream: StreamId,
    time_ms: i64,
    drafts: impl IntoIterator<Item = Draft>,
) -> Result<Position, Error> {
    let mut head = lock(tx, stream)?;
    let mut rows = Vec::new();
    let mut kinds = BTreeMap::new();
    for draft in drafts {
        let event = Event::after(&head, draft.id, time_ms, &draft.body)?;
        head = event.position();
        *kinds.entry(draft.body.kind()).or_insert(0_u64) += 1;
        rows.push([
            Value::from(stream.place(head.seq)?),
            Value::from(event.kind()),
            Value::from(event.bytes()),
        ]);
    }
    tx.execute_many(
        "INSERT INTO event (place, kind, bytes) VALUES ($1, $2, $3)",
        rows,
    )?;
    let counts = kinds
        .into_iter()
        .map(|(kind, count)| [Value::from(stream.0), Value::from(kind), Value::from(count)]);
    tx.execute_many(
        "INSERT INTO waiting (stream, kind, events) VALUES ($1, $2, $3)
         ON CONFLICT (stream, kind) DO UPDATE SET events = waiting.events + excluded.events",
        counts,
    )?;
    stream::move_head(tx, stream, head)?;
    Ok(head)
}

/// The head, which nobody else moves until this transaction ends, on either engine.
fn lock(tx: &mut Tx<'_>, stream: StreamId) -> Result<Position, Error> {
    // Not RETURNING, for which SQLite makes a table in memory each time.
    tx.execute(
        "UPDATE stream SET seq = seq WHERE id = $1",
        params![stream.0],
    )?;
    stream::head(tx, stream)
}

/// Events after number `after`, in order: at most [`MOST_EVENTS`] and about [`MOST_BYTES`], and at least one if there is one.
///
/// # Errors
/// The database refuses, or holds something else than events.
pub fn after(
    snapshot: &mut Snapshot<'_>,
    stream: StreamId,
    after: u64,
) -> Result<Vec<Event>, Error> {
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
    // Each event is counted off once, with the acknowledgement that names it or a later one.
    tx.execute(
        "UPDATE waiting SET events = events - (SELECT COUNT(*) FROM event
         WHERE event.place > $2 AND event.place <= $3 AND event.kind = waiting.kind) WHERE stream = $1",
        params![stream.0, stream.place(known.seq)?, stream.place(position.seq)?],
    )?;
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

/// How many events the reader has not committed, by their type; none of those that it has all.
///
/// # Errors
/// The database refuses.
pub fn unacknowledged(
    snapshot: &mut Snapshot<'_>,
    stream: StreamId,
) -> Result<Vec<(String, u64)>, Error> {
    let counts = snapshot.query(
        "SELECT kind, events FROM waiting WHERE stream = $1 AND events > 0 ORDER BY kind",
        params![stream.0],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(counts)
}

/// How many events of one type the reader has not committed: "sale_settled" for the unsent sales. It costs the same however many
/// there are.
///
/// # Errors
/// The database refuses.
pub fn unacknowledged_of(
    snapshot: &mut Snapshot<'_>,
    stream: StreamId,
    kind: &str,
) -> Result<u64, Error> {
    let count = snapshot.first(
        "SELECT events FROM waiting WHERE stream = $1 AND kind = $2",
        params![stream.0, kind],
        |row| row.get(0),
    )?;
    Ok(count.unwrap_or(0))
}
