//! SQL of the grants that wait until what they name is known.

use box_office::{CinemaId, Epoch, SeatId, ShowtimeId};
use database::{Error, Snapshot, Tx, params};

/// A grant that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) showtime: ShowtimeId,
    pub(super) plan: u32,
    pub(super) epoch: Epoch,
    pub(super) seat: SeatId,
}

pub(super) fn keep(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    (showtime, plan): (&ShowtimeId, u32),
    seats: &[(SeatId, Epoch)],
) -> Result<(), Error> {
    let rows = seats.iter().map(|(seat, epoch)| {
        [
            cinema.as_str().into(),
            showtime.as_str().into(),
            seat.as_str().into(),
            epoch.number().into(),
            plan.into(),
        ]
    });
    let into = "INSERT INTO kept_grant (cinema, showtime, seat, epoch, plan) VALUES";
    tx.insert_or(into, rows, "ON CONFLICT DO NOTHING").map(drop)
}

/// The grants that wait at a cinema, those of one showtime, epoch and plan one behind the other.
pub(super) fn all_kept(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<Vec<Kept>, Error> {
    let sql = "SELECT showtime, plan, epoch, seat FROM kept_grant WHERE cinema = $1 ORDER BY showtime, epoch, plan, seat";
    db.query(sql, params![cinema.as_str()], |row| {
        Ok(Kept {
            showtime: row.parse(0)?,
            plan: row.get(1)?,
            epoch: Epoch::new(row.get(2)?),
            seat: row.parse(3)?,
        })
    })
}

/// They wait no more.
pub(super) fn forget_kept(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<(), Error> {
    let sql = "DELETE FROM kept_grant WHERE cinema = $1";
    tx.execute(sql, params![cinema.as_str()]).map(drop)
}
