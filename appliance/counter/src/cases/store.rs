//! SQL of cases and of every move that was made with them.

use box_office::CinemaId;
use database::{Error, Row, Snapshot, Tx, params};
use jiff::Timestamp;

use super::{By, Case, CaseKey, Move};

const COLUMNS: &str = "about, stage, open, opened_at";

fn read(row: &Row<'_>) -> Result<Case, Error> {
    Ok(Case {
        about: row.get(0)?,
        stage: row.get(1)?,
        open: row.get(2)?,
        opened_at: row.get(3)?,
    })
}

pub(super) fn put(
    tx: &mut Tx<'_>,
    key: CaseKey<'_>,
    cinema: &CinemaId,
    stage: &str,
    open: bool,
    at: Timestamp,
) -> Result<(), Error> {
    let sql = "INSERT INTO case_file (kind, about, cinema, stage, open, opened_at) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (kind, about) DO UPDATE SET stage = excluded.stage, open = excluded.open, \
        opened_at = CASE WHEN case_file.open = 0 AND excluded.open = 1 THEN excluded.opened_at ELSE case_file.opened_at END";
    let values = params![
        key.kind,
        key.about,
        cinema.as_str(),
        stage,
        open,
        at.as_millisecond()
    ];
    tx.execute(sql, values).map(drop)
}

/// Keeps a move of a case.
pub(crate) fn note(tx: &mut Tx<'_>, key: CaseKey<'_>, step: Move<'_>) -> Result<(), Error> {
    let by = match step.by {
        By::Counter => "counter",
        By::Person => "person",
        By::Terminal => "terminal",
    };
    let sql =
        "INSERT INTO case_move (kind, about, at, by, what, reason) VALUES ($1, $2, $3, $4, $5, $6)";
    let values = params![
        key.kind,
        key.about,
        step.at.as_millisecond(),
        by,
        step.what,
        step.reason
    ];
    tx.execute(sql, values).map(drop)
}

/// The case of this name.
pub(crate) fn find(db: &mut Snapshot<'_>, key: CaseKey<'_>) -> Result<Option<Case>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM case_file WHERE kind = $1 AND about = $2");
    db.first(&sql, params![key.kind, key.about], read)
}

/// The same with the cinema that it is of.
pub(crate) fn find_with_cinema(
    db: &mut Snapshot<'_>,
    key: CaseKey<'_>,
) -> Result<Option<(Case, CinemaId)>, Error> {
    let sql = format!("SELECT {COLUMNS}, cinema FROM case_file WHERE kind = $1 AND about = $2");
    db.first(&sql, params![key.kind, key.about], |row| {
        Ok((read(row)?, row.parse(4)?))
    })
}

/// Why a case was moved last.
pub(crate) fn last_reason(
    db: &mut Snapshot<'_>,
    key: CaseKey<'_>,
) -> Result<Option<String>, Error> {
    let sql =
        "SELECT reason FROM case_move WHERE kind = $1 AND about = $2 ORDER BY id DESC LIMIT 1";
    db.first(sql, params![key.kind, key.about], |row| row.get(0))
}

/// What a person decided about who moved a case last: what was to be decided, which is why it was moved before. Nothing, where somebody else moved
/// it last.
pub(crate) fn decided_about(
    db: &mut Snapshot<'_>,
    key: CaseKey<'_>,
) -> Result<Option<String>, Error> {
    let sql =
        "SELECT by, reason FROM case_move WHERE kind = $1 AND about = $2 ORDER BY id DESC LIMIT 2";
    let mut last = db.query(sql, params![key.kind, key.about], |row| {
        Ok((row.get::<String>(0)?, row.get::<String>(1)?))
    })?;
    let is_decided = last.first().is_some_and(|(by, _)| by == "person");
    let before = last.pop().map(|(_, reason)| reason);
    Ok(before.filter(|_| is_decided))
}

/// Whether a person closed a case that was at this stage last, for this very reason.
pub(crate) fn was_closed_at(
    db: &mut Snapshot<'_>,
    key: CaseKey<'_>,
    (stage, reason): (&str, &str),
) -> Result<bool, Error> {
    let sql = "SELECT by, what, reason FROM case_move WHERE kind = $1 AND about = $2 ORDER BY id DESC LIMIT 2";
    let last = db.query(sql, params![key.kind, key.about], |row| {
        Ok((
            row.get::<String>(0)?,
            row.get::<String>(1)?,
            row.get::<String>(2)?,
        ))
    })?;
    let is_it = |what: &str, why: &str| what == stage && why == reason;
    Ok(matches!(&last[..], [(by, ..), (_, what, why)] if by == "person" && is_it(what, why)))
}

/// The open cases of a kind, the oldest first.
pub(crate) fn open_of(db: &mut Snapshot<'_>, kind: &str) -> Result<Vec<Case>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM case_file WHERE kind = $1 AND open = 1 ORDER BY opened_at, about"
    );
    db.query(&sql, params![kind], read)
}

/// The cases of all kinds that are open, of the cinemas all together, by when they were opened.
///
/// # Errors
/// The database refuses.
pub fn all_open(db: &mut Snapshot<'_>) -> Result<Vec<(String, CinemaId, Case)>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, kind, cinema FROM case_file WHERE open = 1 ORDER BY opened_at, kind, about"
    );
    db.query(&sql, params![], |row| {
        Ok((row.get(4)?, row.parse(5)?, read(row)?))
    })
}

/// How many cases of money wait for somebody: payments of which nobody knows the outcome, what is owed back, what was taken and forgotten, and
/// what became of money after its end.
///
/// # Errors
/// The database refuses.
pub fn count_of_money(db: &mut Snapshot<'_>) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM case_file WHERE open = 1 AND kind IN ('payment', 'refund', 'refund_admitted', 'refund_too_much', 'charge', 'not_arrived', 'dispute')";
    db.number(sql, params![])
}
