//! SQL of what was handed over.

use box_office::{CinemaId, ShowtimeId};
use counter::Repeat;
use database::{Error, Tx, params};
use jiff::Timestamp;

/// What was asked for under this key, and how many seats were given.
pub(super) fn find(tx: &mut Tx<'_>, key: &str) -> Result<Option<(Repeat, usize)>, Error> {
    let sql = "SELECT key, request_hash, seats FROM hand_over WHERE key = $1";
    tx.first(sql, params![key], |row| {
        let repeat = Repeat {
            key: row.get(0)?,
            request_hash: row.get(1)?,
        };
        Ok((
            repeat,
            usize::try_from(row.get::<u32>(2)?).unwrap_or(usize::MAX),
        ))
    })
}

/// Keeps that somebody has handed over so many seats.
pub(super) fn keep(
    tx: &mut Tx<'_>,
    repeat: &Repeat,
    (cinema, showtime): (&CinemaId, &ShowtimeId),
    seats: usize,
    (by, at): (&str, Timestamp),
) -> Result<(), Error> {
    let sql = "INSERT INTO hand_over (key, request_hash, cinema, showtime, seats, by_whom, at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let row = params![
        repeat.key.as_str(),
        &repeat.request_hash,
        cinema.as_str(),
        showtime.as_str(),
        seats as u64,
        by,
        at
    ];
    tx.execute(sql, row).map(drop)
}
