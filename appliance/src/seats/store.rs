//! SQL of the seats: one row a seat.

use std::ops::Range;

use box_office::Epoch;
use box_office::ShowtimeId;
use box_office::ledger::{SeatMove, SeatRecord, SeatState};
use database::{Error, Row, Snapshot, Tx, params};

const COLUMNS: &str = "place, epoch, state, holder";

fn read(row: &Row<'_>) -> Result<(usize, SeatRecord), Error> {
    let state = match row.get::<String>(2)?.as_str() {
        "free" => SeatState::Free,
        "held" => SeatState::Held(row.parse(3)?),
        "sold" => SeatState::Sold(row.parse(3)?),
        "blocked" => SeatState::Blocked(row.parse(3)?),
        other => return Err(Error::Column(format!("{other} is no state of a seat"))),
    };
    Ok((
        row.get(0)?,
        SeatRecord {
            epoch: Epoch::new(row.get(1)?),
            state,
        },
    ))
}

/// Every seat of a showtime, by place.
pub(crate) fn all(
    db: &mut Snapshot<'_>,
    showtime: &ShowtimeId,
) -> Result<Vec<(usize, SeatRecord)>, Error> {
    db.query(
        &format!("SELECT {COLUMNS} FROM seat WHERE showtime = $1 ORDER BY place"),
        params![showtime.as_str()],
        read,
    )
}

/// The seats at these places.
pub(crate) fn between(
    db: &mut Snapshot<'_>,
    showtime: &ShowtimeId,
    places: Range<usize>,
) -> Result<Vec<(usize, SeatRecord)>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM seat WHERE showtime = $1 AND place >= $2 AND place < $3 ORDER BY place"
    );
    db.query(
        &sql,
        params![showtime.as_str(), places.start, places.end],
        read,
    )
}

/// Changes a seat if it still is as it was seen; says whether it was.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    showtime: &ShowtimeId,
    step: &SeatMove,
) -> Result<bool, Error> {
    let sql = "UPDATE seat SET epoch = $3, state = $4, holder = $5 \
        WHERE showtime = $1 AND place = $2 AND epoch = $6 AND state = $7 AND COALESCE(holder, '') = $8";
    let ((after, holder), (before, former)) = (words(&step.after.state), words(&step.before.state));
    let values = params![
        showtime.as_str(),
        step.place,
        step.after.epoch.number(),
        after,
        holder,
        step.before.epoch.number(),
        before,
        former.unwrap_or_default(),
    ];
    Ok(tx.execute(sql, values)? == 1)
}

/// The epoch under which a ticket for this seat is issued, and its edition: one above the last.
pub(crate) fn issue(
    tx: &mut Tx<'_>,
    showtime: &ShowtimeId,
    place: usize,
) -> Result<(Epoch, u32), Error> {
    // Not RETURNING, for which SQLite makes a table in memory each time.
    let count = "UPDATE seat SET edition = edition + 1 WHERE showtime = $1 AND place = $2";
    tx.execute(count, params![showtime.as_str(), place])?;
    let read = "SELECT epoch, edition FROM seat WHERE showtime = $1 AND place = $2";
    let issued = tx.first(read, params![showtime.as_str(), place], |row| {
        Ok((Epoch::new(row.get(0)?), row.get(1)?))
    })?;
    issued.ok_or_else(|| Error::Column("a ticket is issued for a seat that is not there".into()))
}

fn words(state: &SeatState) -> (&'static str, Option<String>) {
    match state {
        SeatState::Free => ("free", None),
        SeatState::Held(hold) => ("held", Some(hold.to_string())),
        SeatState::Sold(ticket) => ("sold", Some(ticket.to_string())),
        SeatState::Blocked(block) => ("blocked", Some(block.to_string())),
    }
}
