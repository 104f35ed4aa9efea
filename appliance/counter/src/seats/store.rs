//! SQL of the seats: one row a seat in `seat`, which is authority, and in `seat_heard`, which is display.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

use box_office::custody::LoadedSeat;
use box_office::{
    CinemaId, Custodian, Epoch, HoldId, Layout, SeatId, SeatMove, SeatRecord, SeatState,
    ShowtimeId, TicketId,
};
use counter_api::SeatState as Shown;
use database::{Column, Error, Row, Snapshot, Tx, Value, params};
use jiff::Timestamp;

use crate::catalogue::ShowtimeKey;
use crate::live::Counts;

const COLUMNS: &str = "place, epoch, state, holder";

fn read(row: &Row<'_>) -> Result<(usize, SeatRecord), Error> {
    let state = match row.column(2)? {
        Column::Text("free") => SeatState::Free,
        Column::Text("held") => SeatState::Held(row.parse(3)?),
        Column::Text("sold") => SeatState::Sold(row.parse(3)?),
        Column::Text("blocked") => SeatState::Blocked(row.parse(3)?),
        Column::Text("revoking") => SeatState::Revoking(row.parse(3)?),
        Column::Text("quarantine") => SeatState::Quarantine,
        Column::Text("taken_over") => SeatState::TakenOver(row.parse(3)?),
        other @ (Column::Null | Column::Integer(_) | Column::Text(_) | Column::Bytes(_)) => {
            return Err(Error::Column(format!("{other:?} is no state of a seat")));
        }
    };
    Ok((
        row.get(0)?,
        SeatRecord {
            epoch: Epoch::new(row.get(1)?),
            state,
        },
    ))
}

pub(super) fn add(tx: &mut Tx<'_>, showtime: ShowtimeKey, layout: &Layout) -> Result<(), Error> {
    let rows = (0_i64..).zip(&layout.places).map(|(place, seat)| {
        [
            Value::from(showtime.0),
            place.into(),
            seat.seat.as_str().into(),
        ]
    });
    tx.insert("INSERT INTO seat (showtime, place, seat) VALUES", rows)
        .map(drop)
}

/// Gives the seats their rows that have none.
pub(super) fn ensure<'a>(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    seats: impl Iterator<Item = &'a SeatMove>,
) -> Result<(), Error> {
    let rows = seats.map(|step| {
        [
            showtime.0.into(),
            step.place.into(),
            step.seat.as_str().into(),
        ]
    });
    let into = "INSERT INTO seat (showtime, place, seat) VALUES";
    tx.insert_or(into, rows, "ON CONFLICT DO NOTHING").map(drop)
}

/// A seat with how often it was sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) seat: LoadedSeat,
    pub(super) edition: u32,
}

fn whole(row: &Row<'_>) -> Result<Whole, Error> {
    let (place, record) = read(row)?;
    let seat = row.parse(4)?;
    Ok(Whole {
        seat: LoadedSeat {
            place,
            seat,
            record,
        },
        edition: row.get(5)?,
    })
}

/// Every seat of a showtime that has a row, whole.
pub(super) fn all_whole(db: &mut Snapshot<'_>, showtime: ShowtimeKey) -> Result<Vec<Whole>, Error> {
    let sql =
        format!("SELECT {COLUMNS}, seat, edition FROM seat WHERE showtime = $1 ORDER BY place");
    db.query(&sql, params![showtime.0], whole)
}

/// Adds seats as they are.
pub(super) fn put_whole(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    seats: &[Whole],
) -> Result<(), Error> {
    let rows = seats.iter().map(|Whole { seat, edition }| {
        let (state, holder) = words(&seat.record.state);
        [
            Value::from(showtime.0),
            seat.place.into(),
            seat.seat.as_str().into(),
            seat.record.epoch.number().into(),
            (*edition).into(),
            state.into(),
            holder.as_deref().into(),
        ]
    });
    let into = "INSERT INTO seat (showtime, place, seat, epoch, edition, state, holder) VALUES";
    tx.insert(into, rows).map(drop)
}

/// The free seats that a showtime had in rooms before and has not here, each with its epoch and edition.
pub(super) fn before(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
) -> Result<HashMap<SeatId, (Epoch, u32)>, Error> {
    let sql = "SELECT seat, epoch, edition FROM seat_before WHERE showtime = $1";
    let found = db.query(sql, params![showtime.0], |row| {
        let epoch = Epoch::new(row.get(1)?);
        Ok((row.parse(0)?, (epoch, row.get(2)?)))
    })?;
    Ok(found.into_iter().collect())
}

/// Keeps free seats that a showtime had in a room before and has not here, each with its epoch and edition.
pub(crate) fn put_before<'a>(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    seats: impl Iterator<Item = (&'a SeatId, Epoch, u32)>,
) -> Result<(), Error> {
    let rows = seats.map(|(seat, epoch, edition)| {
        [
            showtime.0.into(),
            seat.as_str().into(),
            epoch.number().into(),
            edition.into(),
        ]
    });
    let into = "INSERT INTO seat_before (showtime, seat, epoch, edition) VALUES";
    let last = "ON CONFLICT (showtime, seat) DO UPDATE SET epoch = excluded.epoch, edition = excluded.edition";
    tx.insert_or(into, rows, last).map(drop)
}

/// A seat was the cinema's and free at this epoch.
pub(super) fn hear_left(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    seat: &SeatId,
    epoch: Epoch,
) -> Result<(), Error> {
    let sql = "UPDATE seat SET epoch = $3, state = 'free' WHERE showtime = $1 AND seat = $2 AND epoch < $3 AND holder IS NULL";
    tx.execute(sql, params![showtime.0, seat.as_str(), epoch.number()])
        .map(drop)
}

/// It has this one again.
pub(super) fn forget_before(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    seat: &SeatId,
) -> Result<(), Error> {
    let sql = "DELETE FROM seat_before WHERE showtime = $1 AND seat = $2";
    tx.execute(sql, params![showtime.0, seat.as_str()])
        .map(drop)
}

pub(super) fn remove(tx: &mut Tx<'_>, showtime: ShowtimeKey) -> Result<(), Error> {
    tx.execute("DELETE FROM seat WHERE showtime = $1", params![showtime.0])
        .map(drop)
}

/// Whether a seat of it is held, sold, blocked, or was ever given away or sold, also in a room where it was before.
pub(crate) fn is_any_taken(db: &mut Snapshot<'_>, showtime: ShowtimeKey) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM seat WHERE showtime = $1 AND (state <> 'free' OR epoch > 0 OR edition > 0) LIMIT 1";
    let before = "SELECT 1 FROM seat_before WHERE showtime = $1 LIMIT 1";
    Ok(db.has(sql, params![showtime.0])? || db.has(before, params![showtime.0])?)
}

/// The seats of a showtime that are held or sold, as far as is known on this side, by place.
pub(crate) fn taken(db: &mut Snapshot<'_>, showtime: ShowtimeKey) -> Result<Vec<SeatId>, Error> {
    let sql = "SELECT seat FROM seat WHERE showtime = $1 AND (holder IS NOT NULL OR EXISTS (SELECT 1 FROM seat_heard h \
        WHERE h.showtime = seat.showtime AND h.seat = seat.seat AND h.epoch >= seat.epoch)) ORDER BY place";
    db.query(sql, params![showtime.0], |row| row.parse(0))
}

/// How many seats of a showtime are held, and how many are not in the custody of `side`.
pub(crate) fn count_held_and_away(
    db: &mut Snapshot<'_>,
    side: Custodian,
    showtime: ShowtimeKey,
) -> Result<(u64, u64), Error> {
    let held = "SELECT COUNT(*) FROM seat WHERE showtime = $1 AND state = 'held'";
    let away = "SELECT COUNT(*) FROM seat WHERE showtime = $1 AND epoch % 2 <> $2";
    let held = db.number(held, params![showtime.0])?;
    let away = db.number(away, params![showtime.0, parity(side)])?;
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok((count(held), count(away)))
}

/// How many seats of a showtime that are in the custody of `side` are free, and how many are held.
pub(crate) fn count_free_and_held(
    db: &mut Snapshot<'_>,
    side: Custodian,
    showtime: ShowtimeKey,
) -> Result<(usize, usize), Error> {
    let sql = "SELECT state, COUNT(*) FROM seat WHERE showtime = $1 AND epoch % 2 = $2 AND state IN ('free', 'held') GROUP BY state";
    let counted = db.query(sql, params![showtime.0, parity(side)], |row| {
        Ok((row.get::<String>(0)?, row.get::<usize>(1)?))
    })?;
    let of = |wanted: &str| {
        let found = counted.iter().find(|(state, _)| state == wanted);
        found.map_or(0, |(_, count)| *count)
    };
    Ok((of("free"), of("held")))
}

/// How many seats of each of these showtimes can be had from `side`.
pub(crate) fn free_seats(
    db: &mut Snapshot<'_>,
    side: Custodian,
    showtimes: &[ShowtimeKey],
) -> Result<HashMap<ShowtimeKey, u32>, Error> {
    let mut free = HashMap::new();
    for showtime in showtimes {
        let sql =
            "SELECT COUNT(*) FROM seat WHERE showtime = $1 AND state = 'free' AND epoch % 2 = $2";
        let count = db.first(sql, params![showtime.0, parity(side)], |row| row.get(0))?;
        free.insert(*showtime, count.unwrap_or(0));
    }
    Ok(free)
}

/// How many seats of a showtime are free at `side`, and how many are its own or were heard to be sold.
pub(super) fn count(
    db: &mut Snapshot<'_>,
    side: Custodian,
    showtime: ShowtimeKey,
) -> Result<Counts, Error> {
    let (free, ours) = count_free_and_ours(db, side, showtime)?;
    let sold = count_sold_elsewhere(db, side, showtime)?;
    Ok(Counts {
        free,
        ours_or_sold: ours + sold,
    })
}

/// How many seats of a showtime are in the custody of `side` and free, and how many are in it at all.
fn count_free_and_ours(
    db: &mut Snapshot<'_>,
    side: Custodian,
    showtime: ShowtimeKey,
) -> Result<(u64, u64), Error> {
    let sql = "SELECT COUNT(CASE WHEN state = 'free' THEN 1 END), COUNT(*) FROM seat WHERE showtime = $1 AND epoch % 2 = $2";
    let counted = db.first(sql, params![showtime.0, parity(side)], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(counted.unwrap_or_default())
}

/// How many seats of a showtime that are not in the custody of `side` were heard to be sold, or were taken over.
fn count_sold_elsewhere(
    db: &mut Snapshot<'_>,
    side: Custodian,
    showtime: ShowtimeKey,
) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM seat_heard h WHERE h.showtime = $1 AND h.state = 'sold' \
        AND NOT EXISTS (SELECT 1 FROM seat s WHERE s.showtime = h.showtime AND s.seat = h.seat AND (s.epoch % 2 = $2 OR s.state = 'taken_over'))";
    let sold = db.number(sql, params![showtime.0, parity(side)])?;
    let taken_over = "SELECT COUNT(*) FROM seat WHERE showtime = $1 AND state = 'taken_over'";
    let taken_over = db.number(taken_over, params![showtime.0])?;
    Ok(u64::try_from(sold + taken_over).unwrap_or(0))
}

fn parity(side: Custodian) -> i64 {
    match side {
        Custodian::Cinema => 0,
        Custodian::Hub => 1,
    }
}

/// Every seat of a showtime that has a row, by place.
pub(super) fn all(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
) -> Result<Vec<(usize, SeatRecord)>, Error> {
    db.query(
        &format!("SELECT {COLUMNS} FROM seat WHERE showtime = $1 ORDER BY place"),
        params![showtime.0],
        read,
    )
}

/// The seats of a showtime that were ever given away, by the names that they have there.
pub(crate) fn given(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
) -> Result<Vec<(SeatId, Epoch)>, Error> {
    let sql = "SELECT seat, epoch FROM seat WHERE showtime = $1 AND epoch > 0 ORDER BY place";
    db.query(sql, params![showtime.0], |row| {
        Ok((row.parse(0)?, Epoch::new(row.get(1)?)))
    })
}

/// The seats at these places.
pub(super) fn between(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
    places: Range<usize>,
) -> Result<Vec<(usize, SeatRecord)>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM seat WHERE showtime = $1 AND place >= $2 AND place < $3 ORDER BY place"
    );
    db.query(&sql, params![showtime.0, places.start, places.end], read)
}

/// Changes seats that all were and are to be alike, if they still are as they were seen; says how many were.
pub(super) fn change(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    (before, after): (&SeatRecord, &SeatRecord),
    places: &[usize],
) -> Result<u64, Error> {
    let sql = "UPDATE seat SET epoch = $2, state = $3, holder = $4 WHERE showtime = $1 AND place >= $8 AND place <= $9 \
        AND epoch = $5 AND state = $6 AND COALESCE(holder, '') = $7";
    let ((state, holder), (was, former)) = (words(&after.state), words(&before.state));
    let former = former.unwrap_or_default();
    let (before, after) = (before.epoch.number(), after.epoch.number());
    let mut changed = 0;
    for (first, last) in runs(places) {
        changed += tx.execute(
            sql,
            params![
                showtime.0,
                after,
                state,
                holder.as_deref(),
                before,
                was,
                former.as_str(),
                first,
                last
            ],
        )?;
    }
    Ok(changed)
}

/// Whether a seat of what the cinema shows, and what is not over, is held. The holds say it: an index has those that are not over.
pub(crate) fn is_any_held(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM hold JOIN showtime ON showtime.key = hold.showtime WHERE hold.state <> 'settled' AND hold.state <> 'ended' \
        AND showtime.cinema = $1 AND showtime.ends_at > $2 LIMIT 1";
    db.has(sql, params![cinema.as_str(), now])
}

/// The same of a hold of before what is forgotten.
pub(crate) fn is_any_doubted(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    now: Timestamp,
) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM hold JOIN showtime ON showtime.key = hold.showtime WHERE hold.state <> 'settled' AND hold.state <> 'ended' \
        AND hold.doubted = 1 AND showtime.cinema = $1 AND showtime.ends_at > $2 LIMIT 1";
    db.has(sql, params![cinema.as_str(), now])
}

/// What `side` has free of a cinema is in quarantine, of every showtime there ever was; gives of which some was.
pub(crate) fn all_free_in_quarantine(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    side: Custodian,
) -> Result<Vec<ShowtimeId>, Error> {
    let of = "state = 'free' AND epoch % 2 = $2 AND showtime IN (SELECT key FROM showtime WHERE cinema = $1)";
    let find =
        format!("SELECT id FROM showtime WHERE key IN (SELECT showtime FROM seat WHERE {of})");
    let values = params![cinema.as_str(), parity(side)];
    let found = tx.query(&find, values, |row| row.parse(0))?;
    if !found.is_empty() {
        let keep = format!("UPDATE seat SET state = 'quarantine' WHERE {of}");
        tx.execute(&keep, values)?;
    }
    Ok(found)
}

/// Of these seats those that `side` has free are in quarantine.
pub(super) fn free_in_quarantine(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    seats: &[SeatId],
    side: Custodian,
) -> Result<(), Error> {
    let sql = "UPDATE seat SET state = 'quarantine' WHERE showtime = $1 AND seat = $2 AND state = 'free' AND epoch % 2 = $3";
    for seat in seats {
        tx.execute(sql, params![showtime.0, seat.as_str(), parity(side)])?;
    }
    Ok(())
}

/// Nobody can say of any seat of a showtime what became of it.
pub(crate) fn all_in_quarantine(tx: &mut Tx<'_>, showtime: ShowtimeKey) -> Result<(), Error> {
    let sql = "UPDATE seat SET state = 'quarantine' WHERE showtime = $1 AND state = 'free'";
    tx.execute(sql, params![showtime.0]).map(drop)
}

/// A seat is as another life of this side left it; says whether there is one.
pub(crate) fn put_former(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    (seat, record): (&SeatId, &SeatRecord),
    edition: u32,
) -> Result<bool, Error> {
    let sql = "UPDATE seat SET epoch = $3, state = $4, holder = $5, edition = $6 \
        WHERE showtime = $1 AND seat = $2 AND state = 'quarantine'";
    let (state, holder) = words(&record.state);
    let (epoch, holder) = (record.epoch.number(), holder.as_deref());
    let values = params![showtime.0, seat.as_str(), epoch, state, holder, edition];
    Ok(tx.execute(sql, values)? == 1)
}

/// The seats that a hold has, with their places.
pub(crate) fn held_by(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
    hold: &HoldId,
) -> Result<Vec<(usize, SeatId)>, Error> {
    let sql = "SELECT place, seat FROM seat WHERE showtime = $1 AND state = 'held' AND holder = $2 ORDER BY place";
    db.query(sql, params![showtime.0, hold.as_str()], |row| {
        Ok((row.get(0)?, row.parse(1)?))
    })
}

/// Frees the seats at these places that the hold has; says how many.
pub(super) fn free(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    hold: &HoldId,
    places: &[usize],
) -> Result<u64, Error> {
    let sql = "UPDATE seat SET state = 'free', holder = NULL \
        WHERE showtime = $1 AND place >= $3 AND place <= $4 AND state = 'held' AND holder = $2";
    let mut freed = 0;
    for (first, last) in runs(places) {
        freed += tx.execute(sql, params![showtime.0, hold.as_str(), first, last])?;
    }
    Ok(freed)
}

/// Sells the seats of these tickets that the hold has, in the custody of `side`; gives the place, the epoch and the edition of each.
pub(super) fn sell(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    hold: &HoldId,
    tickets: &[(usize, SeatId, TicketId)],
    side: Custodian,
) -> Result<Vec<(usize, Epoch, u32)>, Error> {
    let places: Vec<usize> = tickets.iter().map(|(place, ..)| *place).collect();
    let mut sold = Vec::with_capacity(tickets.len());
    for (first, last) in runs(&places) {
        let here = tickets
            .iter()
            .filter(|(place, ..)| (first..=last).contains(place));
        let mut values = params![showtime.0, hold.as_str(), parity(side), first, last].to_vec();
        let mut holders = String::new();
        for (place, _, ticket) in here {
            values.extend([Value::from(*place), ticket.as_str().into()]);
            let nth = values.len();
            let _ = write!(holders, " WHEN ${} THEN ${nth}", nth - 1);
        }
        let sql = format!(
            "UPDATE seat SET state = 'sold', holder = CASE place{holders} END, edition = edition + 1 \
             WHERE showtime = $1 AND place >= $4 AND place <= $5 AND state = 'held' AND holder = $2 AND epoch % 2 = $3 \
             RETURNING place, epoch, edition"
        );
        sold.extend(tx.query(&sql, &values, |row| {
            Ok((row.get(0)?, Epoch::new(row.get(1)?), row.get(2)?))
        })?);
    }
    Ok(sold)
}

/// The edition of the next ticket for a seat; nothing, if there is no such seat.
pub(super) fn next_edition(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    place: usize,
) -> Result<Option<u32>, Error> {
    let sql = "UPDATE seat SET edition = edition + 1 WHERE showtime = $1 AND place = $2 RETURNING edition";
    tx.first(sql, params![showtime.0, place], |row| row.get(0))
}

/// The runs of neighbours among these places, each by its first and its last: a range is found at once, while SQLite makes a table of a
/// list, each time.
fn runs(places: &[usize]) -> Vec<(usize, usize)> {
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    let runs = sorted.chunk_by(|place, next| place + 1 == *next);
    runs.map(|run| (run[0], run[run.len() - 1])).collect()
}

fn words(state: &SeatState) -> (&'static str, Option<String>) {
    match state {
        SeatState::Free => ("free", None),
        SeatState::Held(hold) => ("held", Some(hold.to_string())),
        SeatState::Sold(ticket) => ("sold", Some(ticket.to_string())),
        SeatState::Blocked(block) => ("blocked", Some(block.to_string())),
        SeatState::Revoking(ticket) => ("revoking", Some(ticket.to_string())),
        SeatState::Quarantine => ("quarantine", None),
        SeatState::TakenOver(ticket) => ("taken_over", Some(ticket.to_string())),
    }
}

/// What the other side has told of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It was sold there.
    Sold,
}

impl Heard {
    const ALL: [Self; 1] = [Self::Sold];

    fn word(self) -> &'static str {
        match self {
            Self::Sold => "sold",
        }
    }

    pub(super) fn shown(self) -> Shown {
        match self {
            Self::Sold => Shown::Sold,
        }
    }
}

/// What was heard of a showtime's seats.
pub(super) fn heard(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
) -> Result<Vec<(SeatId, Heard)>, Error> {
    let sql = "SELECT seat, state FROM seat_heard WHERE showtime = $1";
    db.query(sql, params![showtime.0], |row| {
        Ok((row.parse(0)?, row.one_of(1, Heard::ALL, Heard::word)?))
    })
}

/// Whether it was heard that a seat was sold, at this epoch or later.
pub(super) fn is_heard_sold(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
    (seat, epoch): (&SeatId, Epoch),
) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM seat_heard WHERE showtime = $1 AND seat = $2 AND epoch >= $3";
    db.has(sql, params![showtime.0, seat.as_str(), epoch.number()])
}

/// What was heard of a seat up to this epoch holds no more; says whether anything was.
pub(super) fn unhear(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    seat: &SeatId,
    epoch: Epoch,
) -> Result<bool, Error> {
    let sql = "DELETE FROM seat_heard WHERE showtime = $1 AND seat = $2 AND epoch <= $3";
    Ok(tx.execute(sql, params![showtime.0, seat.as_str(), epoch.number()])? > 0)
}

/// Keeps what was heard of seats, each once; what is older changes nothing.
pub(super) fn hear<'a>(
    tx: &mut Tx<'_>,
    seats: impl Iterator<Item = (ShowtimeKey, &'a SeatId, Epoch)>,
    heard: Heard,
) -> Result<(), Error> {
    let rows = seats.map(|(showtime, seat, epoch)| {
        let (seat, epoch) = (seat.as_str().into(), epoch.number().into());
        [showtime.0.into(), seat, epoch, heard.word().into()]
    });
    let into = "INSERT INTO seat_heard (showtime, seat, epoch, state) VALUES";
    let or = "ON CONFLICT (showtime, seat) DO UPDATE SET epoch = excluded.epoch, state = excluded.state \
        WHERE seat_heard.epoch <= excluded.epoch";
    tx.insert_or(into, rows, or).map(drop)
}
