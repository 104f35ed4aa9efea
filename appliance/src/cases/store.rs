//! SQL of payment cases and of every move that was made with them.

use box_office::{ShowtimeId, TenderId};
use database::{Error, Row, Snapshot, Tx, params};
use jiff::Timestamp;

use super::{CaseRow, Stage};
use crate::column;
use crate::tenders::{self, TenderRow};

fn read(row: &Row<'_>) -> Result<CaseRow, Error> {
    Ok(CaseRow {
        tender: row.parse(0)?,
        stage: stage(&row.get::<String>(1)?)?,
        opened_at: column::time(row, 2)?,
    })
}

fn stage(text: &str) -> Result<Stage, Error> {
    [Stage::Unknown, Stage::RefundOwed, Stage::Closed]
        .into_iter()
        .find(|stage| word(*stage) == text)
        .ok_or_else(|| Error::Column(format!("{text} is no stage of a payment's case")))
}

fn word(stage: Stage) -> &'static str {
    match stage {
        Stage::Unknown => "unknown",
        Stage::RefundOwed => "refund_owed",
        Stage::Closed => "closed",
    }
}

/// The payments without an outcome whose showtime has ended by `now`, and that are no case yet.
pub(crate) fn due(db: &mut Snapshot<'_>, now: Timestamp) -> Result<Vec<TenderRow>, Error> {
    let sql = "SELECT t.id FROM tender t JOIN hold h ON h.id = t.hold JOIN showtime s ON s.id = h.showtime \
        WHERE t.state IN ('pending', 'refunding') AND s.ends_at <= $1 \
        AND NOT EXISTS (SELECT 1 FROM payment_case c WHERE c.tender = t.id)";
    let ids: Vec<TenderId> = db.query(sql, params![now.as_millisecond()], |row| row.parse(0))?;
    let mut found = Vec::with_capacity(ids.len());
    for id in &ids {
        found.extend(tenders::store::by_id(db, id)?);
    }
    Ok(found)
}

pub(crate) fn by_tender(
    db: &mut Snapshot<'_>,
    tender: &TenderId,
) -> Result<Option<CaseRow>, Error> {
    let sql = "SELECT tender, stage, opened_at FROM payment_case WHERE tender = $1";
    db.first(sql, params![tender.as_str()], read)
}

/// The cases that wait for somebody, the oldest first, each with its payment and showtime.
pub(crate) fn all_open(
    db: &mut Snapshot<'_>,
) -> Result<Vec<(CaseRow, TenderRow, ShowtimeId)>, Error> {
    let sql = "SELECT c.tender, c.stage, c.opened_at, h.showtime FROM payment_case c \
        JOIN tender t ON t.id = c.tender JOIN hold h ON h.id = t.hold \
        WHERE c.stage <> 'closed' ORDER BY c.opened_at, c.tender";
    let cases: Vec<(CaseRow, ShowtimeId)> =
        db.query(sql, params![], |row| Ok((read(row)?, row.parse(3)?)))?;
    let mut found = Vec::with_capacity(cases.len());
    for (case, showtime) in cases {
        if let Some(tender) = tenders::store::by_id(db, &case.tender)? {
            found.push((case, tender, showtime));
        }
    }
    Ok(found)
}

/// How many wait for somebody.
pub(crate) fn open_count(db: &mut Snapshot<'_>) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM payment_case WHERE stage <> 'closed'";
    Ok(db.first(sql, params![], |row| row.get(0))?.unwrap_or(0))
}

pub(crate) fn open(
    tx: &mut Tx<'_>,
    tender: &TenderId,
    stage: Stage,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO payment_case (tender, stage, opened_at) VALUES ($1, $2, $3)",
        params![tender.as_str(), word(stage), now.as_millisecond()],
    )
    .map(drop)
}

pub(crate) fn set_stage(tx: &mut Tx<'_>, tender: &TenderId, stage: Stage) -> Result<(), Error> {
    tx.execute(
        "UPDATE payment_case SET stage = $2 WHERE tender = $1",
        params![tender.as_str(), word(stage)],
    )
    .map(drop)
}

/// The terminal need not be asked about it any more.
pub(crate) fn terminal_spoke(tx: &mut Tx<'_>, tender: &TenderId) -> Result<(), Error> {
    tx.execute(
        "UPDATE payment_case SET terminal_spoke = 1 WHERE tender = $1",
        params![tender.as_str()],
    )
    .map(drop)
}

/// Keeps a move: who made it, what it was and why.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    tender: &TenderId,
    now: Timestamp,
    by: &str,
    what: &str,
    reason: &str,
) -> Result<(), Error> {
    let sql =
        "INSERT INTO payment_case_move (tender, at, by, what, reason) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(
        sql,
        params![tender.as_str(), now.as_millisecond(), by, what, reason],
    )
    .map(drop)
}
