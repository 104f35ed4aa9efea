//! SQL of the grants that wait until what they name is known, of those that came by a code, and of when custody passed.

use std::collections::BTreeSet;

use box_office::{AuditoriumId, Changes, CinemaId, Epoch, SeatId, ShowtimeId};
use database::{Error, Snapshot, Tx, params};
use jiff::Timestamp;
use wire::{Generation, Hash};

use super::Names;
use crate::catalogue::ShowtimeKey;

/// Custody of a seat passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Passed {
    /// The epoch that it has had since.
    pub(crate) epoch: Epoch,
    /// When, by the clock of this side.
    pub(crate) at: Timestamp,
}

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

/// Custody of these seats has passed.
pub(super) fn note_passed(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    seats: &Changes,
    at: Timestamp,
) -> Result<(), Error> {
    let passed = seats
        .iter()
        .filter(|step| step.after.epoch != step.before.epoch);
    let rows = passed.map(|step| {
        [
            showtime.0.into(),
            step.seat.as_str().into(),
            step.after.epoch.number().into(),
            at.as_millisecond().into(),
        ]
    });
    let into = "INSERT INTO custody_move (showtime, seat, epoch, at) VALUES";
    tx.insert_or(into, rows, "ON CONFLICT DO NOTHING").map(drop)
}

/// When custody of a seat passed, in turn.
pub(crate) fn passed(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
    seat: &SeatId,
) -> Result<Vec<Passed>, Error> {
    let sql = "SELECT epoch, at FROM custody_move WHERE showtime = $1 AND seat = $2 ORDER BY epoch";
    db.query(sql, params![showtime.0, seat.as_str()], |row| {
        Ok(Passed {
            epoch: Epoch::new(row.get(0)?),
            at: row.get(1)?,
        })
    })
}

/// Whoever bought one of these seats up to its epoch may have it still.
pub(super) fn doubt<'a>(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    seats: impl Iterator<Item = (&'a SeatId, Epoch)>,
) -> Result<(), Error> {
    let rows = seats.map(|(seat, epoch)| {
        [
            showtime.0.into(),
            seat.as_str().into(),
            epoch.number().into(),
        ]
    });
    let into = "INSERT INTO doubted_seat (showtime, seat, epoch) VALUES";
    let last = "ON CONFLICT (showtime, seat) DO UPDATE SET epoch = excluded.epoch WHERE doubted_seat.epoch < excluded.epoch";
    tx.insert_or(into, rows, last).map(drop)
}

/// Up to which epoch whoever bought this seat may have it still, whatever became of it since.
pub(super) fn doubted(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
    seat: &SeatId,
) -> Result<Option<Epoch>, Error> {
    let sql = "SELECT epoch FROM doubted_seat WHERE showtime = $1 AND seat = $2";
    db.first(sql, params![showtime.0, seat.as_str()], |row| {
        Ok(Epoch::new(row.get(0)?))
    })
}

/// The seats of a showtime had this plan before it went to another room.
pub(super) fn note_plan(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    (auditorium, plan): (&AuditoriumId, u32),
    at: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO plan_before (showtime, auditorium, plan, moved_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (showtime, auditorium, plan) DO UPDATE SET moved_at = excluded.moved_at";
    let values = params![showtime.0, auditorium.as_str(), plan, at.as_millisecond()];
    tx.execute(sql, values).map(drop)
}

/// They are said to have this plan, whether or not they went there by now.
pub(super) fn expect_plan(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    (auditorium, plan): (&AuditoriumId, u32),
) -> Result<(), Error> {
    let sql = "INSERT INTO plan_before (showtime, auditorium, plan, moved_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let values = params![showtime.0, auditorium.as_str(), plan, NOT_LEFT];
    tx.execute(sql, values).map(drop)
}

/// When a showtime left a room that it has not left.
const NOT_LEFT: i64 = 0;

/// The plans that they had, and until when.
pub(super) fn plans_before(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
) -> Result<Vec<(AuditoriumId, u32, i64)>, Error> {
    let sql = "SELECT auditorium, plan, moved_at FROM plan_before WHERE showtime = $1 ORDER BY auditorium, plan";
    db.query(sql, params![showtime.0], |row| {
        Ok((row.parse(0)?, row.get(1)?, row.get(2)?))
    })
}

/// In which rooms it was before, each with when it left it last.
pub(crate) fn rooms_before(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
) -> Result<Vec<(AuditoriumId, Timestamp)>, Error> {
    let sql = "SELECT former.auditorium, former.moved_at FROM plan_before AS former JOIN showtime ON showtime.key = former.showtime \
        WHERE former.showtime = $1 AND former.auditorium <> showtime.auditorium AND former.moved_at > $2 ORDER BY former.moved_at";
    db.query(sql, params![showtime.0, NOT_LEFT], |row| {
        Ok((row.parse(0)?, row.get(1)?))
    })
}

/// Whether they had; any room's of this version, where none is said.
pub(super) fn had_plan(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
    (auditorium, plan): (Option<&AuditoriumId>, u32),
) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM plan_before WHERE showtime = $1 AND plan = $2 AND (auditorium = $3 OR $3 = '') LIMIT 1";
    let auditorium = auditorium.map_or("", AuditoriumId::as_str);
    db.has(sql, params![showtime.0, plan, auditorium])
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

/// Custody of these seats came by a code, and has not come by the stream.
pub(super) fn list_scanned(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
    seats: &[(SeatId, Epoch)],
) -> Result<(), Error> {
    let rows = seats.iter().map(|(seat, epoch)| {
        [
            cinema.as_str().into(),
            showtime.as_str().into(),
            seat.as_str().into(),
            epoch.number().into(),
        ]
    });
    let into = "INSERT INTO scanned_grant (cinema, showtime, seat, epoch) VALUES";
    tx.insert_or(into, rows, "ON CONFLICT DO NOTHING").map(drop)
}

/// The stream has brought these as well.
pub(super) fn forget_scanned(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
    seats: &[(SeatId, Epoch)],
) -> Result<(), Error> {
    let (cinema, showtime) = (cinema.as_str(), showtime.as_str());
    let any = "SELECT 1 FROM scanned_grant WHERE cinema = $1 AND showtime = $2 LIMIT 1";
    if !tx.has(any, params![cinema, showtime])? {
        return Ok(());
    }
    let sql = "DELETE FROM scanned_grant WHERE cinema = $1 AND showtime = $2 AND seat = $3 AND epoch = $4";
    for (seat, epoch) in seats {
        tx.execute(
            sql,
            params![cinema, showtime, seat.as_str(), epoch.number()],
        )?;
    }
    Ok(())
}

/// Keeps that a code has moved custody of so many seats.
pub(super) fn note_code(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    (name, seats): (Hash, usize),
    at: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO scanned_code (cinema, name, seats, at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (cinema, name) DO NOTHING";
    let at = at.as_millisecond();
    tx.execute(
        sql,
        params![cinema.as_str(), name.as_bytes(), seats as u64, at],
    )
    .map(drop)
}

/// What waits of a showtime, whatever plan names it.
pub(super) fn kept_of(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
) -> Result<BTreeSet<(SeatId, Epoch)>, Error> {
    let sql = "SELECT seat, epoch FROM kept_grant WHERE cinema = $1 AND showtime = $2";
    let kept = db.query(sql, params![cinema.as_str(), showtime.as_str()], |row| {
        Ok((row.parse(0)?, Epoch::new(row.get(1)?)))
    })?;
    Ok(kept.into_iter().collect())
}

/// Notes that the cinema is told again, in this life, what it has not applied of an earlier one; says whether that is new.
pub(super) fn tell_again(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    life: Generation,
) -> Result<bool, Error> {
    let sql = "INSERT INTO told_again (cinema, life, life_random) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let Generation(life) = life;
    let values = params![cinema.as_str(), life.number, life.random.as_bytes()];
    Ok(tx.execute(sql, values)? > 0)
}

/// How many codes have moved custody.
pub(super) fn count_codes(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM scanned_code WHERE cinema = $1";
    let count = db.number(sql, params![cinema.as_str()])?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// What came by codes, and has not come by the stream.
pub(super) fn all_scanned(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<Vec<(ShowtimeId, SeatId, Epoch)>, Error> {
    let sql = "SELECT showtime, seat, epoch FROM scanned_grant WHERE cinema = $1 ORDER BY showtime, epoch, seat";
    db.query(sql, params![cinema.as_str()], |row| {
        Ok((row.parse(0)?, row.parse(1)?, Epoch::new(row.get(2)?)))
    })
}
