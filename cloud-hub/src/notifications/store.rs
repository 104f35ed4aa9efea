//! SQL of where guests are written to, and of what they are told.

use box_office::{CinemaId, HoldId, SaleId, ShowtimeId};
use database::{Error, Row, Snapshot, Tx, params};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{Failed, Kind, Message};

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

/// The hold has become a sale; says whether its buyer is written to.
pub(super) fn has_bought(
    tx: &mut Tx<'_>,
    hold: &HoldId,
    sale: &SaleId,
    kept_until: Timestamp,
) -> Result<bool, Error> {
    let sql = "UPDATE contact SET sale = $2, kept_until = $3 WHERE hold = $1";
    let changed = tx.execute(sql, params![hold.as_str(), sale.as_str(), kept_until])?;
    Ok(changed == 1)
}

/// The showtime is later, and so is the end of what is kept.
pub(super) fn keep_longer(
    tx: &mut Tx<'_>,
    (cinema, showtime): (&CinemaId, &ShowtimeId),
    kept_until: Timestamp,
) -> Result<(), Error> {
    let sql = "UPDATE contact SET kept_until = $3 \
        WHERE cinema = $1 AND showtime = $2 AND sale IS NOT NULL AND kept_until < $3";
    let values = params![cinema.as_str(), showtime.as_str(), kept_until];
    tx.execute(sql, values).map(drop)
}

/// The sales of a showtime whose buyers are written to.
pub(super) fn sales_of(
    db: &mut Snapshot<'_>,
    (cinema, showtime): (&CinemaId, &ShowtimeId),
) -> Result<Vec<SaleId>, Error> {
    let sql = "SELECT sale FROM contact WHERE cinema = $1 AND showtime = $2 AND sale IS NOT NULL ORDER BY hold";
    let values = params![cinema.as_str(), showtime.as_str()];
    db.query(sql, values, |row| row.parse(0))
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
    let waiting = "SELECT id FROM message WHERE hold = $1 AND kind = $2 AND state = 'waiting'";
    let waiting = tx.first(waiting, params![&*hold, kind.word()], |row| {
        row.get::<String>(0)
    })?;
    let message = match waiting {
        Some(message) => {
            let sql = "UPDATE message SET causes = causes + 1 WHERE id = $1";
            tx.execute(sql, params![&*message])?;
            message
        }
        None => {
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
    let why: String = row.get(9)?;
    Ok(Message {
        id: row.get(0)?,
        kind: row.one_of(1, Kind::ALL, Kind::word)?,
        cinema: row.parse(2)?,
        sale: row.parse(3)?,
        address: row.get(4)?,
        causes: row.get(5)?,
        tries: row.get(6)?,
        written_at: row.get(7)?,
        failed: (state == "failed").then_some(why),
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

/// What waits for a person, the oldest first.
pub(super) fn failed_ones(db: &mut Snapshot<'_>) -> Result<Vec<Failed>, Error> {
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

/// Sends again what waits for a person: one, or all; says how many.
pub(super) fn wait_again(tx: &mut Tx<'_>, id: Option<&str>) -> Result<u64, Error> {
    let again =
        "UPDATE message SET state = 'waiting', tries = 0, ended_at = NULL WHERE state = 'failed'";
    match id {
        Some(id) => tx.execute(&format!("{again} AND id = $1"), params![id]),
        None => tx.execute(again, params![]),
    }
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
