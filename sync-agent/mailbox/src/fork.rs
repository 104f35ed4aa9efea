//! Another history under numbers that are taken, or of a life that is not the present one: signed, so it is kept, each as a stream
//! of its own; but it is facts without authority, and nothing of it is applied.

use database::{Snapshot, Tx, params};
use wire::{Event, Frame, Hash, Position, Verified};

use crate::stream::{self, StreamId, StreamKey};
use crate::{Error, journal};

/// The most forks that are kept of a stream: more than a person can look at, few enough that a mad box fills no disk.
pub const MOST_FORKS: u32 = 16;

/// A history that is kept without being applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// Its own stream, whose frames can be read.
    pub stream: StreamId,
    /// Which fork it is of its key, from 1.
    pub number: u32,
    /// Its last event.
    pub last: Position,
}

/// Every fork of the stream of this key.
///
/// # Errors
/// The database refuses.
pub fn forks(snapshot: &mut Snapshot<'_>, key: &StreamKey) -> Result<Vec<Fork>, Error> {
    let forks = snapshot.query(
        "SELECT id, fork, seq, hash FROM stream
         WHERE cinema = $1 AND direction = $2 AND life = $3 AND life_random = $4 AND fork > 0 ORDER BY fork",
        params![
            key.cinema.as_str(),
            key.stream.as_str(),
            key.life.number,
            key.life.random.as_bytes(),
        ],
        |row| {
            Ok(Fork {
                stream: StreamId(row.get(0)?),
                number: row.get(1)?,
                last: Position {
                    seq: row.get(2)?,
                    hash: Hash::from(row.get::<[u8; 32]>(3)?),
                },
            })
        },
    )?;
    Ok(forks)
}

/// Keeps `events` of `frame`, none of which stands in the stream itself, with the fork that they go on, or as a new one.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    key: &StreamKey,
    frame: &Frame<Verified>,
    events: &[Event],
    received_ms: i64,
) -> Result<(), Error> {
    let forks = forks(tx, key)?;
    for fork in &forks {
        if let Some(new) = continuation(tx, fork, events)? {
            journal::append(tx, fork.stream, frame, new, received_ms)?;
            return Ok(());
        }
    }
    let number = forks.last().map_or(0, |fork| fork.number) + 1;
    if number <= MOST_FORKS {
        let stream = stream::open_fork(tx, key, number)?;
        journal::append(tx, stream, frame, events, received_ms)?;
    }
    Ok(())
}

/// What of `events` is new in `fork`, if they are of that fork.
fn continuation<'a>(
    snapshot: &mut Snapshot<'_>,
    fork: &Fork,
    events: &'a [Event],
) -> Result<Option<&'a [Event]>, Error> {
    let known = events.partition_point(|event| event.seq() <= fork.last.seq);
    let (known, new) = events.split_at(known);
    let joins = match (known.last(), new.first()) {
        (Some(last), _) => journal::holds(snapshot, fork.stream, &fork.last, &last.position())?,
        (None, Some(first)) => first.follows(&fork.last),
        (None, None) => true,
    };
    Ok(joins.then_some(new))
}
