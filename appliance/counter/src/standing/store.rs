//! SQL of what a counter knows of its own standing.

use box_office::CinemaId;
use box_office::custody::Stopped;
use database::{Error, Snapshot, Tx, params};

/// Whether a showtime's cinema is frozen here, as a column of a query over `showtime`: so that whoever reads the showtime reads it too.
pub(crate) const IS_FROZEN: &str =
    "COALESCE((SELECT frozen FROM standing WHERE standing.cinema = showtime.cinema), 0)";

const WHY: [Stopped; 4] = [
    Stopped::Copy,
    Stopped::Behind,
    Stopped::Stale,
    Stopped::Forked,
];

fn word(why: Stopped) -> &'static str {
    match why {
        Stopped::Copy => "copy",
        Stopped::Behind => "behind",
        Stopped::Stale => "stale",
        Stopped::Forked => "forked",
    }
}

/// Why this side has no authority at the cinema, if it has none.
pub(super) fn stopped(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<Option<Stopped>, Error> {
    let sql = "SELECT reason FROM standing WHERE cinema = $1 AND frozen = 1";
    db.first(sql, params![cinema.as_str()], |row| {
        row.one_of(0, WHY, word)
    })
}

/// Stops it, unless a person took it as it is before; says whether that is new.
pub(super) fn stop(tx: &mut Tx<'_>, cinema: &CinemaId, why: Stopped) -> Result<bool, Error> {
    let sql = "INSERT INTO standing (cinema, frozen, reason) VALUES ($1, 1, $2) ON CONFLICT (cinema) DO NOTHING";
    Ok(tx.execute(sql, params![cinema.as_str(), word(why)])? > 0)
}

/// Goes on with what is there; says whether it was stopped.
pub(super) fn accept(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<bool, Error> {
    let sql = "UPDATE standing SET frozen = 0 WHERE cinema = $1 AND frozen = 1";
    Ok(tx.execute(sql, params![cinema.as_str()])? > 0)
}
