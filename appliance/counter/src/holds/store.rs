//! SQL of holds.

use box_office::checkout::Purchase;
use box_office::{CinemaId, HoldId, Plan, SeatId};
use database::{Error, Row, Snapshot, Tx, Value, params};

use super::{HoldRow, StoredLine};
use crate::buyer::BuyerId;
use crate::catalogue::ShowtimeKey;
use crate::repeats::Repeat;

const COLUMNS: &str = "id, showtime, buyer_kind, buyer, state, ends_ms, extended, lines, currency, total_minor, tax_minor, language, \
    key, request_hash, payments, paperless, begun_ms, fetched, doubted";

fn read(row: &Row<'_>) -> Result<HoldRow, Error> {
    let state: String = row.get(4)?;
    Ok(HoldRow {
        id: row.parse(0)?,
        showtime: ShowtimeKey(row.get(1)?),
        buyer: BuyerId::read(row, 2)?,
        state: Purchase::from_stored(&state, row.get(5)?)
            .ok_or_else(|| Error::Column(format!("{state} is no state of a hold")))?,
        extended_ms: row.get(6)?,
        lines: row.json(7)?,
        currency: row.parse(8)?,
        total_minor: row.get(9)?,
        tax_minor: row.get(10)?,
        language: row.get(11)?,
        repeat: Repeat::read(row, 12)?,
        payments: row.get(14)?,
        is_paperless: row.get::<i64>(15)? == 1,
        begun_ms: row.get(16)?,
        fetched: row.json(17)?,
        is_doubted: row.get(18)?,
    })
}

pub(crate) fn by_id(db: &mut Snapshot<'_>, id: &HoldId) -> Result<Option<HoldRow>, Error> {
    db.first(
        &format!("SELECT {COLUMNS} FROM hold WHERE id = $1"),
        params![id.as_str()],
        read,
    )
}

/// The hold that a buyer made under this key.
pub(crate) fn by_key(
    db: &mut Snapshot<'_>,
    buyer: &BuyerId,
    key: &str,
) -> Result<Option<HoldRow>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM hold WHERE buyer_kind = $1 AND buyer = $2 AND key = $3");
    let [kind, id] = buyer.values();
    db.first(&sql, &[kind, id, key.into()], read)
}

/// The showtime of a hold, of which nothing else need be readable.
pub(crate) fn showtime_of(
    db: &mut Snapshot<'_>,
    id: &HoldId,
) -> Result<Option<ShowtimeKey>, Error> {
    let sql = "SELECT showtime FROM hold WHERE id = $1";
    db.first(sql, params![id.as_str()], |row| {
        Ok(ShowtimeKey(row.get(0)?))
    })
}

/// Whether a hold is of before what this side has forgotten, where no more of it need be readable.
pub(crate) fn is_doubted(db: &mut Snapshot<'_>, id: &HoldId) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM hold WHERE id = $1 AND doubted = 1";
    db.has(sql, params![id.as_str()])
}

/// A hold that has, or had, a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfSeat {
    pub(crate) id: HoldId,
    pub(crate) buyer: BuyerId,
    pub(crate) state: Purchase,
}

/// The holds that name a seat of a showtime, the oldest first. All holds are looked through: somebody asks once in a while. One that cannot be
/// read is left out.
pub(crate) fn of_seat(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
    seat: &SeatId,
) -> Result<Vec<OfSeat>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM hold WHERE showtime = $1 AND lines LIKE $2 ORDER BY id");
    let named = format!("%\"{seat}\"%");
    let found = db.query(&sql, params![showtime.0, named], |row| Ok(read(row)))?;
    let holds = found.into_iter().filter_map(readable);
    let of_seat = holds.filter(|hold| hold.lines.iter().any(|line| line.seat == *seat));
    Ok(of_seat
        .map(|hold| OfSeat {
            id: hold.id,
            buyer: hold.buyer,
            state: hold.state,
        })
        .collect())
}

/// The holds of a showtime that have not come to their end stand in the plan of another room from here on, at the seats of their names.
pub(crate) fn move_to(tx: &mut Tx<'_>, showtime: ShowtimeKey, to: &Plan) -> Result<(), Error> {
    let sql = "SELECT id, lines FROM hold WHERE showtime = $1 AND state <> 'settled' AND state <> 'ended' ORDER BY id";
    let holds: Vec<(HoldId, Vec<StoredLine>)> = tx.query(sql, params![showtime.0], |row| {
        Ok((row.parse(0)?, row.json(1)?))
    })?;
    for (hold, mut lines) in holds {
        for line in &mut lines {
            line.place = to.place_of(&line.seat).unwrap_or(line.place);
        }
        let sql = "UPDATE hold SET lines = $2 WHERE id = $1";
        tx.execute(sql, params![hold.as_str(), Value::json(&lines)?])?;
    }
    Ok(())
}

/// The holds of a buyer that are neither sold, nor given back, and the one that was made under this key. Another that cannot be read is
/// left out: it is no reason to sell them nothing.
pub(super) fn of_buyer(
    db: &mut Snapshot<'_>,
    buyer: &BuyerId,
    key: &str,
) -> Result<Vec<HoldRow>, Error> {
    // Two questions in one, each answered by an index of its own.
    let sql = format!(
        "SELECT {COLUMNS} FROM hold WHERE buyer_kind = $1 AND buyer = $2 AND key = $3 UNION ALL \
         SELECT {COLUMNS} FROM hold WHERE buyer_kind = $1 AND buyer = $2 AND key <> $3 \
         AND state <> 'settled' AND state <> 'ended'"
    );
    let [kind, id] = buyer.values();
    let found = db.query(&sql, &[kind, id, key.into()], |row| {
        let (of_key, read): (String, _) = (row.get(12)?, read(row));
        Ok((of_key == key, read))
    })?;
    let wanted = |(is_it, read): (bool, Result<HoldRow, Error>)| match is_it {
        true => Some(read),
        false => readable(read).map(Ok),
    };
    found.into_iter().filter_map(wanted).collect()
}

/// The holds of a buyer at a cinema that are neither sold, nor given back. One that cannot be read is left out.
pub(crate) fn under_way(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    buyer: &BuyerId,
) -> Result<Vec<HoldRow>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM hold WHERE buyer_kind = $1 AND buyer = $2 AND state <> 'settled' AND state <> 'ended' \
         AND showtime IN (SELECT key FROM showtime WHERE cinema = $3)"
    );
    let [kind, id] = buyer.values();
    let found = db.query(&sql, &[kind, id, cinema.as_str().into()], |row| {
        Ok(read(row))
    })?;
    Ok(found.into_iter().filter_map(readable).collect())
}

fn readable(read: Result<HoldRow, Error>) -> Option<HoldRow> {
    read.inspect_err(|error| tracing::warn!(%error, "a hold cannot be read; it is left out"))
        .ok()
}

/// The most holds that one look finds over: a room full of single seats.
const MOST_LAPSED: usize = 500;

/// The holds whose time is over, and as many more as `besides`.
pub(crate) fn lapsed(
    db: &mut Snapshot<'_>,
    now_ms: i64,
    besides: usize,
) -> Result<Vec<HoldId>, Error> {
    let sql =
        "SELECT id FROM hold WHERE state = 'open' AND ends_ms <= $1 ORDER BY ends_ms LIMIT $2";
    db.query(sql, params![now_ms, MOST_LAPSED + besides], |row| {
        row.parse(0)
    })
}

/// The same of one showtime, all of them.
pub(super) fn lapsed_of(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
    now_ms: i64,
) -> Result<Vec<HoldId>, Error> {
    let sql = "SELECT id FROM hold WHERE state = 'open' AND ends_ms <= $1 AND showtime = $2";
    db.query(sql, params![now_ms, showtime.0], |row| row.parse(0))
}

/// The point of running time at which the next hold ends after `now_ms`.
pub(crate) fn next_end(db: &mut Snapshot<'_>, now_ms: i64) -> Result<Option<i64>, Error> {
    let sql =
        "SELECT ends_ms FROM hold WHERE state = 'open' AND ends_ms > $1 ORDER BY ends_ms LIMIT 1";
    db.first(sql, params![now_ms], |row| row.get(0))
}

/// One of the holds that are not over.
pub(crate) fn any_under_way(db: &mut Snapshot<'_>) -> Result<Option<HoldId>, Error> {
    let sql =
        "SELECT id FROM hold WHERE state <> 'settled' AND state <> 'ended' ORDER BY id LIMIT 1";
    db.first(sql, params![], |row| row.parse(0))
}

/// Whether there is a hold of this name that is not over.
pub(crate) fn is_under_way(db: &mut Snapshot<'_>, id: &str) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM hold WHERE id = $1 AND state <> 'settled' AND state <> 'ended'";
    db.has(sql, params![id])
}

/// The holds that have not ended, each with whoever made it.
pub(crate) fn buyers(db: &mut Snapshot<'_>) -> Result<Vec<(HoldId, BuyerId)>, Error> {
    let sql =
        "SELECT id, buyer_kind, buyer FROM hold WHERE state <> 'settled' AND state <> 'ended'";
    db.query(sql, params![], |row| {
        Ok((row.parse(0)?, BuyerId::read(row, 1)?))
    })
}

/// Who holds seats of a showtime.
pub(super) fn holding(db: &mut Snapshot<'_>, showtime: ShowtimeKey) -> Result<Vec<BuyerId>, Error> {
    let sql = "SELECT buyer_kind, buyer FROM hold WHERE state <> 'settled' AND state <> 'ended' AND showtime = $1";
    db.query(sql, params![showtime.0], |row| BuyerId::read(row, 0))
}

/// The holds of a cinema that wait for whoever made them.
pub(crate) fn open_of(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<Vec<HoldId>, Error> {
    let sql = "SELECT id FROM hold WHERE state <> 'settled' AND state <> 'ended' AND state = 'open' \
        AND showtime IN (SELECT key FROM showtime WHERE cinema = $1) ORDER BY id";
    db.query(sql, params![cinema.as_str()], |row| row.parse(0))
}

/// Those of before what this side has forgotten that have not come to their end.
pub(crate) fn doubted_of(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<Vec<HoldId>, Error> {
    let sql = "SELECT id FROM hold WHERE state <> 'settled' AND state <> 'ended' AND doubted = 1 \
        AND showtime IN (SELECT key FROM showtime WHERE cinema = $1) ORDER BY id";
    db.query(sql, params![cinema.as_str()], |row| row.parse(0))
}

/// The holds that wait for the outcome of a payment.
pub(crate) fn waiting(db: &mut Snapshot<'_>) -> Result<Vec<HoldId>, Error> {
    // In the words of the index `hold_under_way`, or every hold there ever was would be read.
    let sql =
        "SELECT id FROM hold WHERE state <> 'settled' AND state <> 'ended' AND state <> 'open'";
    db.query(sql, params![], |row| row.parse(0))
}

/// Adds a hold; says whether its buyer's key was free. Another cinema's scope may have used it since it was looked for.
pub(super) fn add(tx: &mut Tx<'_>, row: &HoldRow) -> Result<bool, Error> {
    let sql = format!(
        "INSERT INTO hold ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11, $12, $13, 0, 0, $14, '[]', 0) \
         ON CONFLICT (buyer_kind, buyer, key) DO NOTHING"
    );
    let ([kind, buyer], (state, ends_ms)) = (row.buyer.values(), row.state.stored());
    let values = [
        row.id.as_str().into(),
        row.showtime.0.into(),
        kind,
        buyer,
        state.into(),
        ends_ms.into(),
        Value::json(&row.lines)?,
        row.currency.as_str().into(),
        row.total_minor.into(),
        row.tax_minor.into(),
        row.language.as_str().into(),
        row.repeat.key.as_str().into(),
        row.repeat.request_hash.as_slice().into(),
        row.begun_ms.into(),
    ];
    Ok(tx.execute(&sql, &values)? == 1)
}

pub(super) fn set_lines(tx: &mut Tx<'_>, row: &HoldRow) -> Result<(), Error> {
    let values = params![
        row.id.as_str(),
        Value::json(&row.lines)?,
        row.total_minor,
        row.tax_minor,
        row.language.as_str()
    ];
    tx.execute(
        "UPDATE hold SET lines = $2, total_minor = $3, tax_minor = $4, language = $5 WHERE id = $1",
        values,
    )
    .map(drop)
}

pub(super) fn set_paperless(tx: &mut Tx<'_>, row: &HoldRow) -> Result<(), Error> {
    let values = params![row.id.as_str(), i64::from(row.is_paperless)];
    tx.execute("UPDATE hold SET paperless = $2 WHERE id = $1", values)
        .map(drop)
}

pub(super) fn set_fetched(tx: &mut Tx<'_>, row: &HoldRow) -> Result<(), Error> {
    let values = params![row.id.as_str(), Value::json(&row.fetched)?];
    tx.execute("UPDATE hold SET fetched = $2 WHERE id = $1", values)
        .map(drop)
}

pub(super) fn extend(tx: &mut Tx<'_>, row: &HoldRow) -> Result<(), Error> {
    let (state, ends_ms) = row.state.stored();
    let sql = "UPDATE hold SET state = $2, ends_ms = $3, extended = $4 WHERE id = $1";
    tx.execute(
        sql,
        params![row.id.as_str(), state, ends_ms, row.extended_ms],
    )
    .map(drop)
}

pub(super) fn doubt(tx: &mut Tx<'_>, id: &HoldId) -> Result<(), Error> {
    let sql = "UPDATE hold SET doubted = 1 WHERE id = $1";
    tx.execute(sql, params![id.as_str()]).map(drop)
}

/// The holds of a cinema that have not come to their end are of before what is forgotten.
pub(crate) fn doubt_all(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<(), Error> {
    let sql = "UPDATE hold SET doubted = 1 WHERE state <> 'settled' AND state <> 'ended' \
        AND showtime IN (SELECT key FROM showtime WHERE cinema = $1)";
    tx.execute(sql, params![cinema.as_str()]).map(drop)
}

/// The holds of a cinema that nothing is being paid for are over.
pub(crate) fn end_unpaid(tx: &mut Tx<'_>, cinema: &CinemaId) -> Result<(), Error> {
    let sql = "UPDATE hold SET ends_ms = 0 WHERE state = 'open' AND showtime IN (SELECT key FROM showtime WHERE cinema = $1)";
    tx.execute(sql, params![cinema.as_str()]).map(drop)
}

/// A hold ends, whatever it is.
pub(crate) fn end(tx: &mut Tx<'_>, id: &HoldId) -> Result<(), Error> {
    let (state, ends_ms) = Purchase::Ended.stored();
    let sql = "UPDATE hold SET state = $2, ends_ms = $3 WHERE id = $1";
    tx.execute(sql, params![id.as_str(), state, ends_ms])
        .map(drop)
}

/// The purchase has moved from `before`, or has another payment; says whether it was there still.
pub(crate) fn put_state(tx: &mut Tx<'_>, row: &HoldRow, before: Purchase) -> Result<bool, Error> {
    let ((before, _), (state, ends_ms)) = (before.stored(), row.state.stored());
    let sql =
        "UPDATE hold SET state = $2, ends_ms = $3, payments = $4 WHERE id = $1 AND state = $5";
    let values = params![row.id.as_str(), state, ends_ms, row.payments, before];
    Ok(tx.execute(sql, values)? == 1)
}
