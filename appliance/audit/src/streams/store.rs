//! SQL of the streams, by the tables of `mailbox`: a place is the stream's number and the event's.

use box_office::{CinemaId, Custodian};
use database::{Error, Snapshot, params};
use wire::{Frames, Hash, Keys, Position, PublicKey, Stream};

use super::StreamSeen;

/// How many bits of a place are the event's number.
const SEQ_BITS: u32 = 40;

/// A frame as it came.
pub(super) struct StoredFrame {
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) hashes: Vec<u8>,
    pub(super) bytes: Vec<u8>,
}

/// All streams of a cinema that the side `of` holds. What it has heard was signed by one of these keys, and begins at its first event unless
/// some of it is pruned or this box has taken another's place.
pub(crate) fn read(
    db: &mut Snapshot<'_>,
    of: Custodian,
    cinema: &CinemaId,
    (keys, has_succeeded): (&[[u8; 32]], bool),
) -> Result<Vec<StreamSeen>, Error> {
    let keys = keys
        .iter()
        .filter_map(|bytes| PublicKey::<Frames>::from_bytes(cinema.clone(), bytes).ok());
    let keys = Keys::valid(keys);
    let sql = "SELECT id, direction, life, life_random, fork, seq, hash, acknowledged_seq, acknowledged_hash, \
        pruned_seq, pruned_hash, opened_seq FROM stream WHERE cinema = $1 ORDER BY direction, life, fork, id";
    let mut streams = db.query(sql, params![cinema.as_str()], |row| {
        let direction = row.one_of(1, [Stream::Up, Stream::Down], Stream::as_str)?;
        let position = |seq, hash| {
            Ok::<_, Error>(Position {
                seq: row.get(seq)?,
                hash: Hash::from(row.get::<[u8; 32]>(hash)?),
            })
        };
        let begins = match row.get::<Option<[u8; 32]>>(10)? {
            Some(_) => position(9, 10)?,
            None => Position::START,
        };
        let seen = StreamSeen {
            direction,
            life: (row.get(2)?, row.get(3)?),
            fork: row.get(4)?,
            is_own: StreamSeen::is_written_by(direction, of),
            head: position(5, 6)?,
            acknowledged: position(7, 8)?,
            begins,
            is_pruned: begins.seq > row.get(11)?,
            hashes: Vec::new(),
            facts: Vec::new(),
            is_unread: false,
            wrong: Vec::new(),
        };
        Ok((row.get::<i64>(0)?, seen))
    })?;
    for (id, seen) in &mut streams {
        match (seen.fork, seen.is_own) {
            (0, true) => seen.read_events(db, *id)?,
            (0, false) => seen.read_frames(db, *id, (&keys, has_succeeded))?,
            // A fork is facts without authority.
            (_, _) => {}
        }
    }
    Ok(streams.into_iter().map(|(_, seen)| seen).collect())
}

/// The events of a stream after number `after`, with the numbers of their places.
pub(super) fn events(
    db: &mut Snapshot<'_>,
    stream: i64,
    after: u64,
    most: u32,
) -> Result<Vec<(u64, Vec<u8>)>, Error> {
    let (begin, end) = places(stream);
    let after = begin + i64::try_from(after).unwrap_or(0);
    let sql =
        "SELECT place, bytes FROM event WHERE place > $1 AND place < $2 ORDER BY place LIMIT $3";
    db.query(sql, params![after, end, most], |row| {
        Ok((seq(begin, row.get(0)?), row.get(1)?))
    })
}

/// The frames of a stream after event `after`.
pub(super) fn frames(
    db: &mut Snapshot<'_>,
    stream: i64,
    after: u64,
    most: u32,
) -> Result<Vec<StoredFrame>, Error> {
    let (begin, end) = places(stream);
    let after = begin + i64::try_from(after).unwrap_or(0);
    let sql = "SELECT place, last, hashes, bytes FROM frame WHERE place > $1 AND place < $2 ORDER BY place LIMIT $3";
    db.query(sql, params![after, end, most], |row| {
        Ok(StoredFrame {
            first: seq(begin, row.get(0)?),
            last: row.get(1)?,
            hashes: row.get(2)?,
            bytes: row.get(3)?,
        })
    })
}

/// Where a stream's events begin and end among the places.
fn places(stream: i64) -> (i64, i64) {
    (stream << SEQ_BITS, (stream + 1) << SEQ_BITS)
}

fn seq(begin: i64, place: i64) -> u64 {
    u64::try_from(place - begin).unwrap_or(0)
}
