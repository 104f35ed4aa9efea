//! The other side's signed frames as they came, and the hashes of the events that each brought.

use database::{Snapshot, Tx, params};
use wire::{Event, Frame, Hash, Position, Verified};

use crate::Error;
use crate::stream::{self, StreamId};

const HASH_BYTES: usize = 32;

/// A frame as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFrame {
    /// The number of its first event that was new.
    pub first: u64,
    /// The number of its last event that was applied.
    pub last: u64,
    /// When it came, in milliseconds since the Unix epoch.
    pub received_ms: i64,
    /// The frame, byte for byte, with its signature.
    pub bytes: Vec<u8>,
}

/// The frames that brought events after number `after`, in order, at most `most`. Together they hold every event of the stream that is kept.
///
/// # Errors
/// The database refuses.
pub fn frames(
    snapshot: &mut Snapshot<'_>,
    stream: StreamId,
    after: u64,
    most: u32,
) -> Result<Vec<StoredFrame>, Error> {
    let end = stream.place(stream::head(snapshot, stream)?.seq)?;
    let frames = snapshot.query(
        "SELECT place, last, received_ms, bytes FROM frame WHERE place > $1 AND place <= $2 ORDER BY place LIMIT $3",
        params![stream.place(after)?, end, most],
        |row| {
            Ok(StoredFrame {
                first: stream.seq(row.get(0)?),
                last: row.get(1)?,
                received_ms: row.get(2)?,
                bytes: row.get(3)?,
            })
        },
    )?;
    Ok(frames)
}

/// Keeps `frame`, which brought `events`, and moves the head after them. Nothing, if it brought none.
pub(crate) fn append(
    tx: &mut Tx<'_>,
    stream: StreamId,
    frame: &Frame<Verified>,
    events: &[Event],
    received_ms: i64,
) -> Result<Option<Position>, Error> {
    let (Some(first), Some(last)) = (events.first(), events.last()) else {
        return Ok(None);
    };
    let hashes: Vec<u8> = events
        .iter()
        .flat_map(|event| *event.position().hash.as_bytes())
        .collect();
    tx.execute(
        "INSERT INTO frame (place, last, received_ms, hashes, bytes) VALUES ($1, $2, $3, $4, $5)",
        params![
            stream.place(first.seq())?,
            last.seq(),
            received_ms,
            hashes,
            frame.bytes(),
        ],
    )?;
    stream::move_head(tx, stream, last.position())?;
    Ok(Some(last.position()))
}

/// Whether the stream, which ends at `head`, holds the event at `position`. Of what is pruned nobody can say that it was another.
pub(crate) fn holds(
    snapshot: &mut Snapshot<'_>,
    stream: StreamId,
    head: &Position,
    position: &Position,
) -> Result<bool, Error> {
    if position.seq >= head.seq {
        return Ok(position == head);
    }
    if hash_at(snapshot, stream, position.seq)? == Some(position.hash) {
        return Ok(true);
    }
    let pruned = stream::pruned(snapshot, stream)?;
    Ok(position.seq < pruned.seq || *position == pruned)
}

fn hash_at(snapshot: &mut Snapshot<'_>, stream: StreamId, seq: u64) -> Result<Option<Hash>, Error> {
    let found = snapshot.first(
        "SELECT place, hashes FROM frame WHERE place <= $1 AND place > $2 ORDER BY place DESC LIMIT 1",
        params![stream.place(seq)?, stream.place(0)?],
        |row| Ok((stream.seq(row.get(0)?), row.get::<Vec<u8>>(1)?)),
    )?;
    let Some((first, hashes)) = found else {
        return Ok(None);
    };
    let index = usize::try_from(seq - first).unwrap_or(usize::MAX);
    let hash = hashes.chunks_exact(HASH_BYTES).nth(index);
    Ok(hash.and_then(|hash| Hash::try_from(hash).ok()))
}
