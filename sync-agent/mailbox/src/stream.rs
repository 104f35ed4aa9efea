//! A stream as a database holds it: one row with its head, whoever writes it. The head is the only source of the next number and
//! of the hash before it; it is moved in the transaction that writes, from where it is there: what a writer remembers is a guess.

use box_office::CinemaId;
use database::{Snapshot, Tx, params};
use wire::{Frame, Generation, Hash, Incarnation, Life, Nonce, Position, Stream, Verified};

use crate::Error;

/// How many bits of a place are the event's number: a million million events a stream, and eight million streams.
const SEQ_BITS: u32 = 40;

/// What names a stream: a cinema's, in one direction, of one life of its writer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StreamKey {
    /// The cinema.
    pub cinema: CinemaId,
    /// Which of its two streams.
    pub stream: Stream,
    /// The life of the side that writes it.
    pub life: Life,
}

impl StreamKey {
    /// What a box of this incarnation writes.
    pub fn up(cinema: CinemaId, incarnation: Incarnation) -> Self {
        Self {
            cinema,
            stream: Stream::Up,
            life: incarnation.0,
        }
    }

    /// What the hub writes to a cinema in this generation.
    pub fn down(cinema: CinemaId, generation: Generation) -> Self {
        Self {
            cinema,
            stream: Stream::Down,
            life: generation.0,
        }
    }

    /// The stream that a frame says it is of.
    pub fn of(frame: &Frame<Verified>) -> Self {
        let context = frame.context();
        let cinema = context.cinema.clone();
        match frame.stream() {
            Stream::Up => Self::up(cinema, context.incarnation),
            Stream::Down => Self::down(cinema, context.generation),
        }
    }
}

/// A stream's number in this database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StreamId(pub(crate) i64);

impl StreamId {
    /// Where an event of this stream stands in the tables.
    pub(crate) fn place(self, seq: u64) -> Result<i64, Error> {
        let full = Error::Event(wire::EventError::StreamFull);
        match i64::try_from(seq) {
            Ok(seq) if seq < 1 << SEQ_BITS => Ok(self.0 << SEQ_BITS | seq),
            Ok(_) | Err(_) => Err(full),
        }
    }

    /// The number of an event of this stream by its place.
    pub(crate) fn seq(self, place: i64) -> u64 {
        u64::try_from(place - (self.0 << SEQ_BITS)).unwrap_or(0)
    }
}

/// The stream of this key, which begins empty the first time.
///
/// # Errors
/// The database refuses.
pub fn open(tx: &mut Tx<'_>, key: &StreamKey) -> Result<StreamId, Error> {
    open_fork(tx, key, 0)
}

/// The stream of this key, if it was ever opened.
///
/// # Errors
/// The database refuses.
pub fn find(snapshot: &mut Snapshot<'_>, key: &StreamKey) -> Result<Option<StreamId>, Error> {
    Ok(find_fork(snapshot, key, 0)?)
}

/// The streams from the hub to a cinema, each with the life of the hub that writes it and the last event that is written or applied here; the
/// oldest life first.
///
/// # Errors
/// The database refuses.
pub fn all_down(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<Vec<(StreamId, Generation, Position)>, Error> {
    let sql = "SELECT id, life, life_random, seq, hash FROM stream WHERE cinema = $1 AND direction = $2 AND fork = 0 ORDER BY life, id";
    let values = params![cinema.as_str(), Stream::Down.as_str()];
    let found = snapshot.query(sql, values, |row| {
        let life = Life {
            number: row.get(1)?,
            random: Nonce::from(row.get::<[u8; 16]>(2)?),
        };
        let position = Position {
            seq: row.get(3)?,
            hash: Hash::from(row.get::<[u8; 32]>(4)?),
        };
        Ok((StreamId(row.get(0)?), Generation(life), position))
    });
    Ok(found?)
}

pub(crate) fn open_fork(tx: &mut Tx<'_>, key: &StreamKey, fork: u32) -> Result<StreamId, Error> {
    if let Some(stream) = find_fork(tx, key, fork)? {
        return Ok(stream);
    }
    let (life, start) = (key.life, Position::START);
    tx.execute(
        "INSERT INTO stream (cinema, direction, life, life_random, fork, seq, hash, acknowledged_seq, acknowledged_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7)",
        params![
            key.cinema.as_str(),
            key.stream.as_str(),
            life.number,
            life.random.as_bytes(),
            fork,
            start.seq,
            start.hash.as_bytes(),
        ],
    )?;
    find_fork(tx, key, fork)?.ok_or(Error::NoSuchStream)
}

fn find_fork(
    snapshot: &mut Snapshot<'_>,
    key: &StreamKey,
    fork: u32,
) -> Result<Option<StreamId>, database::Error> {
    snapshot.first(
        "SELECT id FROM stream WHERE cinema = $1 AND direction = $2 AND life = $3 AND life_random = $4 AND fork = $5",
        params![
            key.cinema.as_str(),
            key.stream.as_str(),
            key.life.number,
            key.life.random.as_bytes(),
            fork,
        ],
        |row| Ok(StreamId(row.get(0)?)),
    )
}

/// The last event that is written here, or applied here.
///
/// # Errors
/// The database refuses, or there is no such stream.
pub fn head(snapshot: &mut Snapshot<'_>, stream: StreamId) -> Result<Position, Error> {
    position(
        snapshot,
        "SELECT seq, hash FROM stream WHERE id = $1",
        stream,
    )
}

/// The event behind which what is kept begins: the last that is pruned, or that from behind which the stream is read.
///
/// # Errors
/// The database refuses, or there is no such stream.
pub fn pruned(snapshot: &mut Snapshot<'_>, stream: StreamId) -> Result<Position, Error> {
    let found = snapshot.first(
        "SELECT pruned_seq, pruned_hash FROM stream WHERE id = $1",
        params![stream.0],
        |row| {
            let hash: Option<[u8; 32]> = row.get(1)?;
            Ok(match hash {
                Some(hash) => Position {
                    seq: row.get(0)?,
                    hash: Hash::from(hash),
                },
                None => Position::START,
            })
        },
    )?;
    found.ok_or(Error::NoSuchStream)
}

/// What is kept of the stream has all that comes after event `after`.
pub(crate) fn has_all_after(
    snapshot: &mut Snapshot<'_>,
    stream: StreamId,
    after: u64,
) -> Result<(), Error> {
    let pruned = pruned(snapshot, stream)?.seq;
    match after < pruned {
        true => Err(Error::NotKept { after, pruned }),
        false => Ok(()),
    }
}

/// Has what is kept begin after `position`, in the transaction that removes what was before.
pub(crate) fn begin_after(
    tx: &mut Tx<'_>,
    stream: StreamId,
    position: Position,
) -> Result<(), Error> {
    let sql = "UPDATE stream SET pruned_seq = $2, pruned_hash = $3 WHERE id = $1";
    let values = params![stream.0, position.seq, position.hash.as_bytes()];
    tx.execute(sql, values)?;
    Ok(())
}

pub(crate) fn position(
    snapshot: &mut Snapshot<'_>,
    sql: &str,
    stream: StreamId,
) -> Result<Position, Error> {
    let found = snapshot.first(sql, params![stream.0], |row| {
        Ok(Position {
            seq: row.get(0)?,
            hash: Hash::from(row.get::<[u8; 32]>(1)?),
        })
    })?;
    found.ok_or(Error::NoSuchStream)
}

/// The stream of this key that somebody else's life has written, read from behind `position` on, because what is before it is known
/// otherwise.
///
/// # Errors
/// The database refuses, or something of it was applied already.
pub fn open_at(tx: &mut Tx<'_>, key: &StreamKey, position: Position) -> Result<StreamId, Error> {
    let stream = open(tx, key)?;
    if !move_head_from(tx, stream, Position::START, position)? {
        return Err(Error::OtherStream);
    }
    let sql = "UPDATE stream SET opened_seq = $2 WHERE id = $1";
    tx.execute(sql, params![stream.0, position.seq])?;
    begin_after(tx, stream, position)?;
    Ok(stream)
}

/// Puts the head where `position` says; in the same transaction stands what led there.
pub(crate) fn move_head(
    tx: &mut Tx<'_>,
    stream: StreamId,
    position: Position,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE stream SET seq = $2, hash = $3 WHERE id = $1",
        params![stream.0, position.seq, position.hash.as_bytes()],
    )?;
    Ok(())
}

/// Moves the head on, in the transaction of what led there, if it is where `before` says; says whether it was.
pub(crate) fn move_head_from(
    tx: &mut Tx<'_>,
    stream: StreamId,
    before: Position,
    after: Position,
) -> Result<bool, Error> {
    let values = params![
        stream.0,
        after.seq,
        after.hash.as_bytes(),
        before.seq,
        before.hash.as_bytes()
    ];
    let sql = "UPDATE stream SET seq = $2, hash = $3 WHERE id = $1 AND seq = $4 AND hash = $5";
    Ok(tx.execute(sql, values)? == 1)
}
