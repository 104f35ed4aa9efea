//! SQL of where guests are written to, and of what they are told.

use box_office::{CinemaId, HoldId, SaleId, ShowtimeId};
use database::{Error, Row, Snapshot, Tx, params};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{Decided, Failed, Kind, Message, Moved, Told};

/// Keeps an address, or another one in its place.
pub(super) fn put_contact(
    tx: &mut Tx<'_>,
    (hold, (cinema, showtime)): (&HoldId, (&CinemaId, &ShowtimeId)),
    address: &str,
    kept_until: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO contact (hold, cinema, showtime, address, kept_until) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (hold) DO UPDATE SET address = excluded.address, kept_until = excluded.kept_until";
    let values = params![
        hold.as_str(),
        cinema.as_str(),
        showtime.as_str(),
        address,
        kept_until
    ];
    tx.execute(sql, values).map(drop)
}

/// The hold has become a sale, of which its buyer was told so much; says whether they are written to.
pub(super) fn has_bought(
    tx: &mut Tx<'_>,
    (hold, sale): (&HoldId, &SaleId),
    told: &Told,
) -> Result<bool, Error> {
    let sql =
        "UPDATE contact SET sale = $2, starts_at = $3, room = $4, kept_until = $5 WHERE hold = $1";
    let values = params![
        hold.as_str(),
        sale.as_str(),
        told.starts_at,
        &*told.room,
        told.kept_until()
    ];
    Ok(tx.execute(sql, values)? == 1)
}

/// A showtime is elsewhere; says whether anybody is written to who has bought for it.
pub(super) fn is_moved(
    tx: &mut Tx<'_>,
    (cinema, showtime): (&CinemaId, &ShowtimeId),
) -> Result<bool, Error> {
    let sql = "UPDATE contact SET moves = moves + 1 WHERE cinema = $1 AND showtime = $2 AND sale IS NOT NULL";
    let changed = tx.execute(sql, params![cinema.as_str(), showtime.as_str()])?;
    Ok(changed > 0)
}

/// Sales whose showtimes were moved since somebody looked, with what their buyers were told last.
pub(super) fn moved(db: &mut Snapshot<'_>) -> Result<Vec<Moved>, Error> {
    let sql = "SELECT cinema, sale, starts_at, room, moves FROM contact WHERE moves > looked ORDER BY hold";
    db.query(sql, params![], |row| {
        Ok(Moved {
            cinema: row.parse(0)?,
            sale: row.parse(1)?,
            told: Told {
                starts_at: row.get(2)?,
                room: row.get(3)?,
            },
            moves: row.get(4)?,
        })
    })
}

/// Somebody has looked where it is now; another move meanwhile is looked at by itself.
pub(super) fn looked(tx: &mut Tx<'_>, moved: &Moved, now: &Told) -> Result<(), Error> {
    let sql = "UPDATE contact SET looked = $2, kept_until = $3 WHERE sale = $1";
    let values = params![moved.sale.as_str(), moved.moves, now.kept_until()];
    tx.execute(sql, values).map(drop)
}

/// What a buyer was told last of when and where it is.
pub(super) fn told(db: &mut Snapshot<'_>, sale: &SaleId) -> Result<Option<Told>, Error> {
    let sql = "SELECT starts_at, room FROM contact WHERE sale = $1";
    db.first(sql, params![sale.as_str()], |row| {
        Ok(Told {
            starts_at: row.get(0)?,
            room: row.get(1)?,
        })
    })
}

/// They are told this by now.
pub(super) fn is_told(tx: &mut Tx<'_>, sale: &SaleId, told: &Told) -> Result<(), Error> {
    let sql = "UPDATE contact SET starts_at = $2, room = $3 WHERE sale = $1";
    let values = params![sale.as_str(), told.starts_at, &*told.room];
    tx.execute(sql, values).map(drop)
}

/// Has a cause told, by a message that waits or by a new one; says whether that is news to its guest.
pub(super) fn tell(
    tx: &mut Tx<'_>,
    (sale, kind): (&SaleId, Kind),
    cause: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let contact = "SELECT hold FROM contact WHERE sale = $1";
    let hold: Option<String> = tx.first(contact, params![sale.as_str()], |row| row.get(0))?;
    let Some(hold) = hold else {
        return Ok(false);
    };
    if tx.has(
        "SELECT 1 FROM message_cause WHERE cause = $1",
        params![cause],
    )? {
        return Ok(false);
    }
    // Its end may be stored meanwhile, by a transaction of another scope: then it tells of what it knew, and another tells of this.
    let waiting = "SELECT id FROM message WHERE hold = $1 AND kind = $2 AND state = 'waiting'";
    let waiting = tx.first(waiting, params![&*hold, kind.word()], |row| {
        row.get::<String>(0)
    })?;
    let more = "UPDATE message SET causes = causes + 1 WHERE id = $1 AND state = 'waiting'";
    let message = match waiting {
        Some(message) if tx.execute(more, params![&*message])? == 1 => message,
        Some(_) | None => {
            let message = wire::key::hex(&Sha256::digest(cause)[..16]);
            let sql = "INSERT INTO message (id, hold, kind, state, causes, tries, why, written_at) \
                VALUES ($1, $2, $3, 'waiting', 1, 0, '', $4)";
            tx.execute(sql, params![&*message, &*hold, kind.word(), now])?;
            message
        }
    };
    let sql = "INSERT INTO message_cause (cause, message) VALUES ($1, $2)";
    tx.execute(sql, params![cause, &*message])?;
    Ok(true)
}

const COLUMNS: &str = "message.id, message.kind, contact.cinema, contact.sale, contact.address, message.causes, message.tries, \
    message.written_at, message.state, message.why";

fn read(row: &Row<'_>) -> Result<Message, Error> {
    let state: String = row.get(8)?;
    Ok(Message {
        id: row.get(0)?,
        kind: row.one_of(1, Kind::ALL, Kind::word)?,
        cinema: row.parse(2)?,
        sale: row.parse(3)?,
        address: row.get(4)?,
        causes: row.get(5)?,
        tries: row.get(6)?,
        written_at: row.get(7)?,
        is_failed: state == "failed",
        why: row.get(9)?,
    })
}

/// What is not sent, the oldest first: what waits for the server and what waits for a person.
pub(super) fn unsent(db: &mut Snapshot<'_>) -> Result<Vec<Message>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM message JOIN contact ON contact.hold = message.hold \
        WHERE message.state IN ('waiting', 'failed') ORDER BY message.written_at, message.id"
    );
    db.query(&sql, params![], read)
}

/// The message as it is now, if it still waits to be sent.
pub(super) fn waiting(db: &mut Snapshot<'_>, id: &str) -> Result<Option<Message>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM message JOIN contact ON contact.hold = message.hold \
        WHERE message.id = $1 AND message.state = 'waiting'"
    );
    db.first(&sql, params![id], read)
}

/// What waits for a person, the oldest first.
pub(super) fn failed_ones(db: &mut Snapshot<'_>) -> Result<Vec<Failed>, Error> {
    // By the index of what is not sent.
    let sql = "SELECT message.id, contact.cinema, contact.sale, message.ended_at FROM message JOIN contact ON contact.hold = message.hold \
        WHERE message.state IN ('waiting', 'failed') AND message.state = 'failed' ORDER BY message.written_at, message.id";
    db.query(sql, params![], |row| {
        Ok(Failed {
            id: row.get(0)?,
            cinema: row.parse(1)?,
            sale: row.parse(2)?,
            at: row.get(3)?,
        })
    })
}

/// It is at its end, sent or with nothing to tell, unless it tells of more by now than was looked at.
pub(super) fn ended(
    tx: &mut Tx<'_>,
    message: &Message,
    (state, now): (&'static str, Timestamp),
) -> Result<(), Error> {
    let sql = "UPDATE message SET state = $3, ended_at = $4 WHERE id = $1 AND causes = $2 AND state = 'waiting'";
    tx.execute(sql, params![&*message.id, message.causes, state, now])
        .map(drop)
}

/// The server has turned it away for now.
pub(super) fn turned_away(tx: &mut Tx<'_>, message: &Message, why: &str) -> Result<(), Error> {
    let sql = "UPDATE message SET tries = tries + 1, why = $2 WHERE id = $1 AND state = 'waiting'";
    tx.execute(sql, params![&*message.id, why]).map(drop)
}

/// A person must look.
pub(super) fn failed(
    tx: &mut Tx<'_>,
    message: &Message,
    (why, now): (&str, Timestamp),
) -> Result<(), Error> {
    let sql = "UPDATE message SET state = 'failed', tries = tries + 1, why = $2, ended_at = $3 WHERE id = $1 AND state = 'waiting'";
    tx.execute(sql, params![&*message.id, why, now]).map(drop)
}

/// What becomes of what waits for a person: one, or all; says how many those are.
pub(super) fn decide(tx: &mut Tx<'_>, id: Option<&str>, decided: Decided) -> Result<u64, Error> {
    let becomes = match decided {
        Decided::SentAgain => "UPDATE message SET state = 'waiting', tries = 0, ended_at = NULL",
        Decided::SetAside => "UPDATE message SET state = 'set_aside'",
    };
    match id {
        Some(id) => tx.execute(
            &format!("{becomes} WHERE state = 'failed' AND id = $1"),
            params![id],
        ),
        None => tx.execute(&format!("{becomes} WHERE state = 'failed'"), params![]),
    }
}

/// Its guest is written to at this address from now on, and all that did not reach them is sent again; says how many those are.
pub(super) fn correct(tx: &mut Tx<'_>, id: &str, address: &str) -> Result<u64, Error> {
    let of = "SELECT hold FROM message WHERE id = $1 AND state = 'failed'";
    let hold: Option<String> = tx.first(of, params![id], |row| row.get(0))?;
    let Some(hold) = hold else {
        return Ok(0);
    };
    let sql = "UPDATE contact SET address = $2 WHERE hold = $1";
    tx.execute(sql, params![&*hold, address])?;
    let sql = "UPDATE message SET state = 'waiting', tries = 0, ended_at = NULL WHERE hold = $1 AND state = 'failed'";
    tx.execute(sql, params![&*hold])
}

/// Forgets what is not needed any more, address and messages.
pub(super) fn forget(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Error> {
    let over = "SELECT hold FROM contact WHERE kept_until < $1";
    let messages = format!("SELECT id FROM message WHERE hold IN ({over})");
    for sql in [
        format!("DELETE FROM message_cause WHERE message IN ({messages})"),
        format!("DELETE FROM message WHERE hold IN ({over})"),
        "DELETE FROM contact WHERE kept_until < $1".to_owned(),
    ] {
        tx.execute(&sql, params![now])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
