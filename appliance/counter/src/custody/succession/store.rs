//! SQL of what a box knows of those whose place it has taken.

use box_office::custody::Custodian;
use box_office::{CinemaId, ShowtimeId};
use database::{Error, Snapshot, Tx, Value, params};
use jiff::Timestamp;
use wire::enrolment::FormerShowtime;
use wire::{PublicKey, Tickets};

/// Whether no seat was ever held, sold or received here.
pub(super) fn is_blank(db: &mut Snapshot<'_>) -> Result<bool, Error> {
    let touched = [
        "SELECT 1 FROM hold LIMIT 1",
        "SELECT 1 FROM admission LIMIT 1",
        "SELECT 1 FROM seat WHERE epoch > 0 OR edition > 0 LIMIT 1",
        "SELECT 1 FROM standing WHERE has_forgotten = 1 LIMIT 1",
    ];
    for sql in touched {
        if db.has(sql, params![])? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether this box has taken another's place.
pub(super) fn has_succeeded(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM standing WHERE cinema = $1 AND has_forgotten = 1";
    db.has(sql, params![cinema.as_str()])
}

/// What an earlier life of this side knew is forgotten in part.
pub(super) fn forget_something(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<(), Error> {
    let sql = "INSERT INTO standing (cinema, has_forgotten) VALUES ($1, 1) \
        ON CONFLICT (cinema) DO UPDATE SET has_forgotten = 1";
    tx.execute(sql, params![cinema.as_str()]).map(drop)
}

/// Receipts are numbered in this series from here on.
pub(super) fn begin_series(tx: &mut Tx<'_>, cinema: &CinemaId, series: i64) -> Result<(), Error> {
    let sql = "INSERT INTO receipt_series (cinema, series, last) VALUES ($1, $2, 0)";
    tx.execute(sql, params![cinema.as_str(), series]).map(drop)
}

pub(super) fn keep_keys(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    keys: &[PublicKey<Tickets>],
) -> Result<(), Error> {
    let sql = "INSERT INTO former_ticket_key (cinema, key) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    keys.iter().try_for_each(|key| {
        tx.execute(sql, params![cinema.as_str(), key.as_bytes()])
            .map(drop)
    })
}

pub(super) fn keep_showtime(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    former: &FormerShowtime,
) -> Result<(), Error> {
    let sql = "INSERT INTO former_showtime (cinema, showtime, body) VALUES ($1, $2, $3)";
    let (showtime, body) = (former.showtime.as_str(), Value::json(former)?);
    tx.execute(sql, params![cinema.as_str(), showtime, body])
        .map(drop)
}

/// What was told of showtimes and is not applied yet.
pub(super) fn waiting(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<Vec<FormerShowtime>, Error> {
    let sql =
        "SELECT body FROM former_showtime WHERE cinema = $1 AND applied = 0 ORDER BY showtime";
    db.query(sql, params![cinema.as_str()], |row| row.json(0))
}

pub(super) fn mark_applied(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
) -> Result<(), Error> {
    let sql = "UPDATE former_showtime SET applied = 1 WHERE cinema = $1 AND showtime = $2";
    tx.execute(sql, params![cinema.as_str(), showtime.as_str()])
        .map(drop)
}

/// How many seats of each showtime to come are in quarantine that are this side's.
pub(super) fn in_doubt(
    db: &mut Snapshot<'_>,
    (side, cinema): (Custodian, &CinemaId),
    now: Timestamp,
) -> Result<Vec<(ShowtimeId, u64)>, Error> {
    let sql = "SELECT showtime.id, COUNT(*) FROM showtime JOIN seat ON seat.showtime = showtime.key \
        WHERE showtime.cinema = $1 AND showtime.ends_at > $2 AND seat.state = 'quarantine' AND seat.epoch % 2 = $3 \
        AND NOT EXISTS (SELECT 1 FROM seat_heard h WHERE h.showtime = seat.showtime AND h.seat = seat.seat AND h.epoch >= seat.epoch) \
        AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.kind IN ('custody', 'disagreement') AND c.open = 1 AND c.stage LIKE '%claimed_by_both' \
            AND c.about = $1 || '/' || showtime.id || '/' || seat.seat) \
        GROUP BY showtime.id, showtime.starts_at ORDER BY showtime.starts_at, showtime.id";
    let parity = match side {
        Custodian::Cinema => 0,
        Custodian::Hub => 1,
    };
    db.query(sql, params![cinema.as_str(), now, parity], |row| {
        Ok((row.parse(0)?, row.get(1)?))
    })
}
