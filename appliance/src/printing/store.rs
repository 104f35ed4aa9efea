//! SQL of the print queue.

use box_office::SaleId;
use database::{Error, Row, Snapshot, Tx, Value, params};
use jiff::Timestamp;

use super::{Job, JobState, Slip};

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

/// Begins the job whose turn it is. One that was begun before and not ended as printed is a copy.
pub(crate) fn begin_oldest(tx: &mut Tx<'_>) -> Result<Option<Job>, Error> {
    let sql = "SELECT id, ticket, paper, state, tries FROM print_job WHERE state <> 'printed' ORDER BY id LIMIT 1";
    let job = tx.first(sql, params![], |row| {
        Ok(Job {
            id: row.get(0)?,
            ticket: row.parse(1)?,
            paper: row.json(2)?,
            copy: state(row, 3)? != JobState::Queued,
            tries: row.get(4)?,
        })
    })?;
    if let Some(job) = &job {
        let sql =
            "UPDATE print_job SET state = 'sending', copy = $2, tries = tries + 1 WHERE id = $1";
        tx.execute(sql, params![job.id, job.copy])?;
    }
    Ok(job)
}

/// How many tickets have not come out.
pub(crate) fn waiting(db: &mut Snapshot<'_>) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM (SELECT id FROM print_job WHERE state <> 'printed' LIMIT $1) AS waiting";
    db.number(sql, params![MOST_COUNTED])
}

/// Where the tickets of a sale are.
pub(crate) fn states_of(db: &mut Snapshot<'_>, sale: &SaleId) -> Result<Vec<JobState>, Error> {
    let sql = "SELECT state FROM print_job WHERE sale = $1 ORDER BY id";
    db.query(sql, params![sale.as_str()], |row| state(row, 0))
}

/// What came of it.
pub(crate) fn end(tx: &mut Tx<'_>, id: i64, state: JobState) -> Result<(), Error> {
    let sql = "UPDATE print_job SET state = $2 WHERE id = $1";
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

/// Has the papers of a sale that are out printed once more, each as a copy; says how many that are.
pub(crate) fn print_again(tx: &mut Tx<'_>, sale: &SaleId) -> Result<u64, Error> {
    let sql = "UPDATE print_job SET state = 'uncertain' WHERE sale = $1 AND state = 'printed'";
    tx.execute(sql, params![sale.as_str()])
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
