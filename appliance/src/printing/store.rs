//! SQL of the print queue.

use box_office::SaleId;
use database::{Error, Row, Snapshot, Tx, Value, params};
use jiff::Timestamp;

use super::{Aside, Job, JobState, Slip, Standing};

/// Tickets that wait are counted up to here: more than any printer gets through in a night.
const MOST_COUNTED: i64 = 10_000;

pub(crate) fn add(tx: &mut Tx<'_>, sale: &SaleId, papers: &[Slip]) -> Result<(), Error> {
    let rows = papers
        .iter()
        .map(|paper| {
            Ok([
                Value::from(paper.ticket.as_str()),
                sale.as_str().into(),
                Value::json(paper)?,
                JobState::Queued.word().into(),
            ])
        })
        .collect::<Result<Vec<_>, Error>>()?;
    tx.insert(
        "INSERT INTO print_job (ticket, sale, paper, state) VALUES",
        rows,
    )
    .map(drop)
}

/// A job with its number, or why it cannot be read.
pub(super) type Numbered = (i64, Result<Job, Error>);

/// The job whose turn it is, with its number; one that cannot be read still has that. One that was begun before and not ended as printed
/// is a copy.
pub(super) fn oldest(db: &mut Snapshot<'_>) -> Result<Option<Numbered>, Error> {
    let sql = "SELECT id, ticket, paper, state, tries, asked_at FROM print_job \
        WHERE state <> 'printed' AND aside IS NULL ORDER BY id LIMIT 1";
    let job = |row: &Row<'_>| {
        Ok(Job {
            id: row.get(0)?,
            ticket: row.parse(1)?,
            paper: row.json(2)?,
            copy: state(row, 3)? != JobState::Queued,
            tries: row.get(4)?,
            asked_at: row.get(5)?,
            planned: None,
        })
    };
    db.first(sql, params![], |row| Ok((row.get(0)?, job(row))))
}

/// A job is on its way to the printer.
pub(super) fn begin(tx: &mut Tx<'_>, job: &Job) -> Result<(), Error> {
    let sql = "UPDATE print_job SET state = 'sending', copy = $2, tries = tries + 1 WHERE id = $1";
    tx.execute(sql, params![job.id, job.copy]).map(drop)
}

/// A job is not printed and stops no other.
pub(super) fn set_aside(tx: &mut Tx<'_>, id: i64, why: Aside) -> Result<(), Error> {
    let sql = "UPDATE print_job SET aside = $2 WHERE id = $1";
    tx.execute(sql, params![id, why.word()]).map(drop)
}

/// The jobs that are set aside, with the sale of each, oldest first.
pub(super) fn all_aside(db: &mut Snapshot<'_>, most: usize) -> Result<Vec<(SaleId, Aside)>, Error> {
    let sql = "SELECT sale, aside FROM print_job WHERE aside IS NOT NULL ORDER BY id LIMIT $1";
    db.query(sql, params![most], |row| {
        Ok((row.parse(0)?, row.one_of(1, Aside::ALL, Aside::word)?))
    })
}

/// How many tickets have not come out.
pub(crate) fn waiting(db: &mut Snapshot<'_>) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM (SELECT id FROM print_job WHERE state <> 'printed' AND aside IS NULL LIMIT $1) AS waiting";
    db.number(sql, params![MOST_COUNTED])
}

/// How many tickets are set aside.
pub(crate) fn count_aside(db: &mut Snapshot<'_>) -> Result<i64, Error> {
    let sql =
        "SELECT COUNT(*) FROM (SELECT id FROM print_job WHERE aside IS NOT NULL LIMIT $1) AS aside";
    db.number(sql, params![MOST_COUNTED])
}

/// Where the tickets of a sale are.
pub(crate) fn states_of(db: &mut Snapshot<'_>, sale: &SaleId) -> Result<Vec<Standing>, Error> {
    let sql = "SELECT state, aside FROM print_job WHERE sale = $1 ORDER BY id";
    db.query(sql, params![sale.as_str()], |row| {
        Ok(match row.get::<Option<String>>(1)? {
            Some(_) => Standing::Aside,
            None => Standing::InTurn(state(row, 0)?),
        })
    })
}

/// Whatever waits may have been printed.
pub(super) fn doubt_all(tx: &mut Tx<'_>) -> Result<(), Error> {
    // In the words of the indexes, or every paper there ever was would be read.
    for of in ["state <> 'printed' AND aside IS NULL", "aside IS NOT NULL"] {
        let sql =
            format!("UPDATE print_job SET state = 'uncertain' WHERE state = 'queued' AND {of}");
        tx.execute(&sql, params![])?;
    }
    Ok(())
}

/// What came of it.
pub(crate) fn end(tx: &mut Tx<'_>, id: i64, state: JobState) -> Result<(), Error> {
    let sql = "UPDATE print_job SET state = $2 WHERE id = $1";
    tx.execute(sql, params![id, state.word()]).map(drop)
}

/// It was not sent after all.
pub(super) fn put_back(tx: &mut Tx<'_>, id: i64, state: JobState) -> Result<(), Error> {
    let sql = "UPDATE print_job SET state = $2, tries = tries - 1 WHERE id = $1";
    tx.execute(sql, params![id, state.word()]).map(drop)
}

fn state(row: &Row<'_>, index: usize) -> Result<JobState, Error> {
    let all = [
        JobState::Queued,
        JobState::Sending,
        JobState::Uncertain,
        JobState::Printed,
    ];
    row.one_of(index, all, JobState::word)
}

impl JobState {
    fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Uncertain => "uncertain",
            Self::Printed => "printed",
        }
    }
}

impl Aside {
    const ALL: [Self; 3] = [Self::Over, Self::Unprintable, Self::Unconfirmed];

    fn word(self) -> &'static str {
        match self {
            Self::Over => "showtime_over",
            Self::Unprintable => "unprintable",
            Self::Unconfirmed => "unconfirmed",
        }
    }
}

/// Has the papers of a sale that are out printed once more, each as a copy; says how many that are. Those that still wait are wanted from
/// now on, whatever was before.
pub(crate) fn print_again(tx: &mut Tx<'_>, sale: &SaleId, at: Timestamp) -> Result<u64, Error> {
    let values = params![sale.as_str(), at.as_millisecond()];
    let asked = "UPDATE print_job SET asked_at = $2, tries = 0 WHERE sale = $1";
    tx.execute(asked, values)?;
    let sql = "UPDATE print_job SET state = 'uncertain' WHERE sale = $1 AND state = 'printed'";
    tx.execute(sql, params![sale.as_str()])
}

/// Has the papers of a sale that were set aside printed after all, as the sale has them; says how many that are.
pub(super) fn take_up(tx: &mut Tx<'_>, sale: &SaleId, papers: &[Slip]) -> Result<u64, Error> {
    let sql = "UPDATE print_job SET paper = $3, aside = NULL WHERE sale = $1 AND ticket = $2 AND aside IS NOT NULL";
    let mut taken_up = 0;
    for paper in papers {
        let values = params![sale.as_str(), paper.ticket.as_str(), Value::json(paper)?];
        taken_up += tx.execute(sql, values)?;
    }
    Ok(taken_up)
}

/// Keeps when and why the tickets of a sale were printed again.
pub(crate) fn note_reprint(
    tx: &mut Tx<'_>,
    sale: &SaleId,
    at: Timestamp,
    reason: &str,
) -> Result<(), Error> {
    let sql = "INSERT INTO reprint (sale, at, reason) VALUES ($1, $2, $3)";
    tx.execute(sql, params![sale.as_str(), at.as_millisecond(), reason])
        .map(drop)
}
