//! The numbers of the sessions: the hub gives them, the box stores each before it opens it, and both remember the last in which they
//! heard the other. So a copy of a box, which lacks the latest ones, is known at its first Hello.

use box_office::CinemaId;
use database::{Snapshot, Tx, params};
use wire::{End, Position, Standing};

use crate::stream::{self, StreamId};
use crate::{Error, prune};

/// How many numbers the box keeps that the hub may have heard and it has not: as many attempts in a row may go wrong in this way.
pub const MOST_PENDING: u32 = 32;

/// Stores the number of a session before it is used: at the hub as given, at the box as pending.
///
/// # Errors
/// The database refuses.
pub fn store(tx: &mut Tx<'_>, cinema: &CinemaId, end: End, number: u64) -> Result<(), Error> {
    let cinema = cinema.as_str();
    match end {
        End::Hub => {
            tx.execute(
                "INSERT INTO session (cinema, confirmed, given) VALUES ($1, 0, $2)
                 ON CONFLICT (cinema) DO UPDATE SET given = excluded.given WHERE excluded.given > session.given",
                params![cinema, number],
            )?;
        }
        End::Box => {
            tx.execute(
                "INSERT INTO session_pending (cinema, number) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                params![cinema, number],
            )?;
            tx.execute(
                "DELETE FROM session_pending WHERE cinema = $1 AND number NOT IN
                 (SELECT number FROM session_pending WHERE cinema = $1 ORDER BY number DESC LIMIT $2)",
                params![cinema, MOST_PENDING],
            )?;
        }
    }
    Ok(())
}

/// Stores the number of a session in which the other end was heard; lower pending ones are forgotten.
///
/// # Errors
/// The database refuses.
pub fn confirm(tx: &mut Tx<'_>, cinema: &CinemaId, number: u64) -> Result<(), Error> {
    let cinema = cinema.as_str();
    tx.execute(
        "INSERT INTO session (cinema, confirmed, given) VALUES ($1, $2, 0)
         ON CONFLICT (cinema) DO UPDATE SET confirmed = excluded.confirmed WHERE excluded.confirmed > session.confirmed",
        params![cinema, number],
    )?;
    tx.execute(
        "DELETE FROM session_pending WHERE cinema = $1 AND number <= $2",
        params![cinema, number],
    )?;
    Ok(())
}

/// Begins anew at the hub with another box of the cinema, which has heard the hub in no session yet. The numbers go on.
///
/// # Errors
/// The database refuses.
pub fn begin_anew(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<(), Error> {
    let sql = "UPDATE session SET confirmed = 0 WHERE cinema = $1";
    tx.execute(sql, params![cinema.as_str()])?;
    Ok(())
}

/// The hub begins another life, and every box with it: none has heard it in that life.
///
/// # Errors
/// The database refuses.
pub fn begin_all_anew(tx: &mut Tx<'_>) -> Result<(), database::Error> {
    tx.execute("UPDATE session SET confirmed = 0", &[])
        .map(drop)
}

/// The box has met the hub in no session of the life that it is in from here on.
///
/// # Errors
/// The database refuses.
pub fn forget(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<(), Error> {
    for sql in [
        "DELETE FROM session WHERE cinema = $1",
        "DELETE FROM session_pending WHERE cinema = $1",
    ] {
        tx.execute(sql, params![cinema.as_str()])?;
    }
    Ok(())
}

/// Where this end stands, as its link must know before it starts.
///
/// # Errors
/// The database refuses, or a stream was never opened.
pub fn standing(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
    own: StreamId,
    others: StreamId,
) -> Result<Standing, Error> {
    let written: Position = stream::head(snapshot, own)?;
    let applied: Position = stream::head(snapshot, others)?;
    let numbers = snapshot.first(
        "SELECT confirmed, given FROM session WHERE cinema = $1",
        params![cinema.as_str()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let pending = snapshot.query(
        "SELECT number FROM session_pending WHERE cinema = $1 ORDER BY number",
        params![cinema.as_str()],
        |row| row.get(0),
    )?;
    let (confirmed, given) = numbers.unwrap_or((0, 0));
    Ok(Standing {
        written,
        applied,
        confirmed,
        given,
        pending,
        keeping: prune::keeping(snapshot, own, others)?,
    })
}
