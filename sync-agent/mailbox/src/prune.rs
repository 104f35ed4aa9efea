//! Forgetting what both sides have had for long, in small pieces. Age is counted in running time, so that no clock that somebody sets prunes
//! anything: once in a day of it is noted where each stream ends. What is not acknowledged is never pruned, nor what the other side would need
//! if the oldest copy of it were put back that it may put back.

use box_office::CinemaId;
use database::{Row, Snapshot, Tx, params};
use wire::{Hash, Keeping, OldestCopy, Position, Stream};

use crate::Error;
use crate::outbox;
use crate::stream::{self, StreamId};

/// A day of running time in milliseconds.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The most events or frames that one piece removes: a transaction of it is no longer than that of some sales.
pub const MOST_REMOVED: usize = 256;

/// The most bytes of frames that one piece removes, give or take one frame: each page of a large one is a step of its own.
const MOST_BYTES_REMOVED: usize = 256 * 1024;

/// How long a side keeps its streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The direction that it writes; what it holds of the other one it has heard.
    pub writes: Stream,
    /// For how long what is acknowledged is kept, in milliseconds of running time.
    pub kept_ms: i64,
    /// How old a copy of its database may be that is still put back, in milliseconds.
    pub copies_ms: i64,
}

/// What one step has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// So many events are gone, or the events of so many frames; there may be more to prune.
    Removed(u64),
    /// Nothing is left to prune.
    Nothing,
    /// What comes after this event does not fit it, and is kept.
    Broken {
        /// The last event that fits.
        after: u64,
    },
}

/// A stream with what decides how much of it is kept.
struct Candidate {
    stream: StreamId,
    cinema: CinemaId,
    is_own: bool,
    head: u64,
    acknowledged: u64,
    pruned: u64,
    needed: Option<u64>,
    copy: u64,
    /// The last note of where it ended: at which running time, and the event.
    noted: Option<(i64, u64)>,
    /// Where it ended when what is kept for long enough began.
    is_old: u64,
    /// Where it ended when the oldest copy may have been made.
    was_copied: u64,
}

const CANDIDATES: &str = "SELECT id, cinema, direction, seq, acknowledged_seq, pruned_seq, needed_seq, copy_seq, \
        (SELECT MAX(running_ms) FROM stream_day d WHERE d.stream = s.id), \
        (SELECT MAX(d.seq) FROM stream_day d WHERE d.stream = s.id), \
        (SELECT MAX(d.seq) FROM stream_day d WHERE d.stream = s.id AND d.running_ms <= $1), \
        (SELECT MAX(d.seq) FROM stream_day d WHERE d.stream = s.id AND d.running_ms <= $2) \
    FROM stream s WHERE fork = 0";

impl Candidate {
    fn read(row: &Row<'_>, writes: Stream) -> Result<Self, database::Error> {
        let direction = row.one_of(2, [Stream::Up, Stream::Down], Stream::as_str)?;
        let noted_ms: Option<i64> = row.get(8)?;
        let noted: Option<u64> = row.get(9)?;
        Ok(Self {
            stream: StreamId(row.get(0)?),
            cinema: row.parse(1)?,
            is_own: direction == writes,
            head: row.get(3)?,
            acknowledged: row.get(4)?,
            pruned: row.get(5)?,
            needed: row.get(6)?,
            copy: row.get(7)?,
            noted: noted_ms.zip(noted),
            is_old: row.get::<Option<u64>>(10)?.unwrap_or(0),
            was_copied: row.get::<Option<u64>>(11)?.unwrap_or(0),
        })
    }

    /// Up to which event it is pruned.
    fn prune_to(&self) -> u64 {
        let needed = self.needed.unwrap_or(u64::MAX);
        let acknowledged = match self.is_own {
            true => self.acknowledged,
            false => u64::MAX,
        };
        self.is_old.min(needed).min(acknowledged)
    }

    /// Whether where it ends is to be noted.
    fn is_to_be_noted(&self, now_ms: i64) -> bool {
        self.noted.map_or(self.head > 0, |(noted_ms, seq)| {
            self.head > seq && now_ms.saturating_sub(noted_ms) >= DAY_MS
        })
    }

    fn is_due(&self, now_ms: i64) -> bool {
        self.is_to_be_noted(now_ms) || self.was_copied > self.copy || self.prune_to() > self.pruned
    }
}

impl Retention {
    /// The points of running time before which all is old enough, and before which no copy may be from that is put back.
    fn since(self, now_ms: i64) -> [i64; 2] {
        [self.kept_ms, self.copies_ms].map(|for_ms| now_ms.saturating_sub(for_ms))
    }
}

/// The streams of which something is to be noted or pruned at this running time, each with its cinema.
///
/// # Errors
/// The database refuses.
pub fn due(
    snapshot: &mut Snapshot<'_>,
    retention: Retention,
    now_ms: i64,
) -> Result<Vec<(StreamId, CinemaId)>, Error> {
    let [old_ms, copied_ms] = retention.since(now_ms);
    let all = snapshot.query(CANDIDATES, params![old_ms, copied_ms], |row| {
        Candidate::read(row, retention.writes)
    })?;
    let due = all.into_iter().filter(|it| it.is_due(now_ms));
    Ok(due.map(|it| (it.stream, it.cinema)).collect())
}

/// Notes where a stream ends, if it is time to, and removes one piece of what is kept for long enough.
///
/// # Errors
/// The database refuses, or there is no such stream.
pub fn step(
    tx: &mut Tx<'_>,
    stream: StreamId,
    retention: Retention,
    now_ms: i64,
) -> Result<Piece, Error> {
    let [old_ms, copied_ms] = retention.since(now_ms);
    let sql = format!("{CANDIDATES} AND id = $3");
    let found = tx.first(&sql, params![old_ms, copied_ms, stream.0], |row| {
        Candidate::read(row, retention.writes)
    })?;
    let candidate = found.ok_or(Error::NoSuchStream)?;
    if candidate.is_to_be_noted(now_ms) {
        note(tx, &candidate, now_ms, old_ms.min(copied_ms))?;
    }
    if candidate.was_copied > candidate.copy {
        let sql = "UPDATE stream SET copy_seq = $2 WHERE id = $1";
        tx.execute(sql, params![stream.0, candidate.was_copied])?;
    }
    let to = candidate.prune_to();
    match (to > candidate.pruned, candidate.is_own) {
        (false, _) => Ok(Piece::Nothing),
        (true, true) => prune_events(tx, stream, to),
        (true, false) => prune_frames(tx, stream, to),
    }
}

/// Notes where the stream ends, and forgets the notes that are older than the last one from before `oldest_ms`.
fn note(
    tx: &mut Tx<'_>,
    candidate: &Candidate,
    now_ms: i64,
    oldest_ms: i64,
) -> Result<(), database::Error> {
    let stream = candidate.stream.0;
    tx.execute(
        "INSERT INTO stream_day (stream, running_ms, seq) VALUES ($1, $2, $3)",
        params![stream, now_ms, candidate.head],
    )?;
    tx.execute(
        "DELETE FROM stream_day WHERE stream = $1 AND running_ms < \
         (SELECT MAX(d.running_ms) FROM stream_day d WHERE d.stream = $1 AND d.running_ms <= $2)",
        params![stream, oldest_ms],
    )?;
    Ok(())
}

/// Removes some of the first events that are kept, none after number `to` and none that does not fit the one before it.
fn prune_events(tx: &mut Tx<'_>, stream: StreamId, to: u64) -> Result<Piece, Error> {
    let begins = stream::pruned(tx, stream)?;
    let events = match outbox::after(tx, stream, begins.seq) {
        Ok(events) => events,
        Err(Error::Event(_)) => return Ok(Piece::Broken { after: begins.seq }),
        Err(error) => return Err(error),
    };
    let mut last = begins;
    for event in events.iter().take(MOST_REMOVED) {
        if event.seq() > to || !event.follows(&last) {
            break;
        }
        last = event.position();
    }
    if last == begins {
        return Ok(Piece::Broken { after: begins.seq });
    }
    tx.execute(
        "DELETE FROM event WHERE place > $1 AND place <= $2",
        params![stream.place(begins.seq)?, stream.place(last.seq)?],
    )?;
    stream::begin_after(tx, stream, last)?;
    Ok(Piece::Removed(last.seq - begins.seq))
}

/// A frame whose events may all be pruned.
struct OldFrame {
    first: u64,
    last: u64,
    hash: Option<Hash>,
    bytes: usize,
}

/// Removes some of the first frames that are kept, none that brought an event after number `to`.
fn prune_frames(tx: &mut Tx<'_>, stream: StreamId, to: u64) -> Result<Piece, Error> {
    let begins = stream::pruned(tx, stream)?;
    let frames = tx.query(
        "SELECT place, last, hashes, CAST(LENGTH(bytes) AS BIGINT) FROM frame WHERE place > $1 AND place <= $2 ORDER BY place LIMIT $3",
        params![
            stream.place(begins.seq)?,
            stream.place(to)?,
            MOST_REMOVED as u64
        ],
        |row| {
            let hashes: Vec<u8> = row.get(2)?;
            let bytes: u64 = row.get(3)?;
            Ok(OldFrame {
                first: stream.seq(row.get(0)?),
                last: row.get(1)?,
                hash: hashes
                    .last_chunk::<32>()
                    .map(|last| Hash::from(*last)),
                bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
            })
        },
    )?;
    let mut last = begins;
    let mut bytes = 0_usize;
    let (mut end, mut is_broken) = (None, false);
    for frame in frames {
        if frame.last > to || bytes >= MOST_BYTES_REMOVED {
            break;
        }
        let Some(hash) = frame.hash.filter(|_| frame.first == last.seq + 1) else {
            is_broken = end.is_none();
            break;
        };
        bytes = bytes.saturating_add(frame.bytes);
        last = Position {
            seq: frame.last,
            hash,
        };
        end = Some(stream.place(frame.first)?);
    }
    let Some(end) = end else {
        return Ok(match is_broken {
            true => Piece::Broken { after: begins.seq },
            false => Piece::Nothing,
        });
    };
    tx.execute(
        "DELETE FROM frame WHERE place > $1 AND place <= $2",
        params![stream.place(begins.seq)?, end],
    )?;
    stream::begin_after(tx, stream, last)?;
    Ok(Piece::Removed(last.seq - begins.seq))
}

/// What this side tells the other of what it keeps, and of what it may have forgotten if the oldest copy of it is put back.
///
/// # Errors
/// The database refuses, or a stream was never opened.
pub fn keeping(
    snapshot: &mut Snapshot<'_>,
    own: StreamId,
    others: StreamId,
) -> Result<Keeping, Error> {
    let sql = "SELECT copy_seq FROM stream WHERE id = $1";
    let mut copy_of = |stream: StreamId| {
        let found = snapshot.first(sql, params![stream.0], |row| row.get(0))?;
        found.ok_or(Error::NoSuchStream)
    };
    let oldest_copy = OldestCopy {
        written: copy_of(own)?,
        applied: copy_of(others)?,
    };
    Ok(Keeping {
        pruned: stream::pruned(snapshot, own)?.seq,
        oldest_copy,
    })
}

/// Keeps what the other side has told of the oldest copy of it that may be put back; a program of before tells nothing.
///
/// # Errors
/// The database refuses.
pub fn hear(
    tx: &mut Tx<'_>,
    own: StreamId,
    others: StreamId,
    told: Option<OldestCopy>,
) -> Result<(), Error> {
    let needed = [
        (own, told.map(|copy| copy.applied)),
        (others, told.map(|copy| copy.written)),
    ];
    for (stream, seq) in needed {
        let sql = "UPDATE stream SET needed_seq = $2 WHERE id = $1";
        tx.execute(sql, params![stream.0, seq])?;
    }
    Ok(())
}
