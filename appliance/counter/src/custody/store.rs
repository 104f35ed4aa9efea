//! SQL of the grants that wait until what they name is known.

use box_office::{AuditoriumId, CinemaId, Epoch, SeatId, ShowtimeId};
use database::{Error, Snapshot, Tx, params};

use super::Names;

/// A grant that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    showtime: ShowtimeId,
    auditorium: Option<AuditoriumId>,
    plan: u32,
    pub(super) epoch: Epoch,
    pub(super) seat: SeatId,
}

impl Kept {
    /// What names its seat.
    pub(super) fn names(&self) -> Names<'_> {
        Names {
            showtime: &self.showtime,
            auditorium: self.auditorium.as_ref(),
            plan: self.plan,
        }
    }

    /// Whether both are of one plan and epoch.
    pub(super) fn is_told_with(&self, other: &Self) -> bool {
        let of = |it: &Self| {
            (
                it.showtime.clone(),
                it.auditorium.clone(),
                it.plan,
                it.epoch,
            )
        };
        of(self) == of(other)
    }
}

pub(super) fn keep(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    names: Names<'_>,
    seats: &[(SeatId, Epoch)],
) -> Result<(), Error> {
    let rows = seats.iter().map(|(seat, epoch)| {
        [
            cinema.as_str().into(),
            names.showtime.as_str().into(),
            seat.as_str().into(),
            epoch.number().into(),
            names.auditorium.map(AuditoriumId::as_str).into(),
            names.plan.into(),
        ]
    });
    let into = "INSERT INTO kept_grant (cinema, showtime, seat, epoch, auditorium, plan) VALUES";
    tx.insert_or(into, rows, "ON CONFLICT DO NOTHING").map(drop)
}

/// The grants that wait at a cinema, those of one showtime, epoch and plan one behind the other.
pub(super) fn all_kept(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<Vec<Kept>, Error> {
    let sql = "SELECT showtime, auditorium, plan, epoch, seat FROM kept_grant WHERE cinema = $1 \
        ORDER BY showtime, epoch, auditorium, plan, seat";
    db.query(sql, params![cinema.as_str()], |row| {
        Ok(Kept {
            showtime: row.parse(0)?,
            auditorium: row.parse_if_any(1)?,
            plan: row.get(2)?,
            epoch: Epoch::new(row.get(3)?),
            seat: row.parse(4)?,
        })
    })
}

/// These wait no more.
pub(super) fn forget(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
    seats: &[(SeatId, Epoch)],
) -> Result<(), Error> {
    let sql =
        "DELETE FROM kept_grant WHERE cinema = $1 AND showtime = $2 AND seat = $3 AND epoch = $4";
    for (seat, epoch) in seats {
        let (cinema, showtime) = (cinema.as_str(), showtime.as_str());
        tx.execute(
            sql,
            params![cinema, showtime, seat.as_str(), epoch.number()],
        )?;
    }
    Ok(())
}
