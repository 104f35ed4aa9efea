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

/// What is known of a side at a cinema.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Why it has no authority, if it has none.
    pub(super) stopped: Option<Stopped>,
    /// Whether an earlier life of it ended with what nobody remembers.
    pub(super) has_forgotten: bool,
}

/// How this side stands at the cinema.
pub(super) fn find(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<Known, Error> {
    let sql = "SELECT frozen, reason, has_forgotten FROM standing WHERE cinema = $1";
    let found = db.first(sql, params![cinema.as_str()], |row| {
        let is_frozen: bool = row.get(0)?;
        Ok(Known {
            stopped: is_frozen.then(|| row.one_of(1, WHY, word)).transpose()?,
            has_forgotten: row.get(2)?,
        })
    })?;
    Ok(found.unwrap_or_default())
}

/// Stops it, unless a person took it as it is before; says whether that is new.
pub(super) fn stop(tx: &mut Tx<'_>, cinema: &CinemaId, why: Stopped) -> Result<bool, Error> {
    let sql = "INSERT INTO standing (cinema, frozen, reason) VALUES ($1, 1, $2) ON CONFLICT (cinema) DO NOTHING";
    Ok(tx.execute(sql, params![cinema.as_str(), word(why)])? > 0)
}

/// Stops it, whatever a person took as it is before.
pub(super) fn stop_again(tx: &mut Tx<'_>, cinema: &CinemaId, why: Stopped) -> Result<(), Error> {
    let sql = "INSERT INTO standing (cinema, frozen, reason) VALUES ($1, 1, $2) \
        ON CONFLICT (cinema) DO UPDATE SET frozen = 1, reason = excluded.reason";
    tx.execute(sql, params![cinema.as_str(), word(why)])
        .map(drop)
}

/// Goes on with what is there; says whether it was stopped.
pub(super) fn accept(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<bool, Error> {
    let sql = "UPDATE standing SET frozen = 0 WHERE cinema = $1 AND frozen = 1";
    Ok(tx.execute(sql, params![cinema.as_str()])? > 0)
}

/// Forgets that a person took it as it is, if one did and nothing stops it: what may be missing from here on is another loss.
pub(super) fn forget_accepted(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<(), Error> {
    let sql = "DELETE FROM standing WHERE cinema = $1 AND frozen = 0 AND has_forgotten = 0";
    tx.execute(sql, params![cinema.as_str()]).map(drop)
}

/// Whether a Hello has shown of any cinema that this side has forgotten something of it, and whether that is taken as it is.
pub(super) fn is_any_behind(db: &mut Snapshot<'_>, is_accepted: bool) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM standing WHERE frozen = $1 AND reason = $2 LIMIT 1";
    db.has(sql, params![!is_accepted, word(Stopped::Behind)])
}

/// What a person took as it is, if one did and nothing stops it.
pub(super) fn accepted(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<Option<Stopped>, Error> {
    let sql = "SELECT reason FROM standing WHERE cinema = $1 AND frozen = 0 AND has_forgotten = 0";
    db.first(sql, params![cinema.as_str()], |row| {
        row.one_of(0, WHY, word)
    })
}

/// What a Hello has shown to be missing, and a person took as it is, is from here on what a copy lacks.
pub(super) fn begin_anew_as_accepted(tx: &mut Tx<'_>) -> Result<(), Error> {
    let sql = "UPDATE standing SET reason = $1 WHERE frozen = 0 AND reason = $2";
    let [copy, behind] = [Stopped::Copy, Stopped::Behind].map(word);
    tx.execute(sql, params![copy, behind]).map(drop)
}
