//! SQL of the print queue.

use box_office::SaleId;
use database::{Error, Snapshot, Tx, params};

use crate::tickets::TicketRow;

pub(crate) fn add(tx: &mut Tx<'_>, ticket: &TicketRow, language: &str) -> Result<(), Error> {
    let sql = "INSERT INTO print_job (ticket, sale, language, state) VALUES ($1, $2, $3, 'queued')";
    tx.execute(
        sql,
        params![ticket.id.as_str(), ticket.sale.as_str(), language],
    )
    .map(drop)
}

/// How many tickets of a sale have not come out.
pub(crate) fn waiting_of(db: &mut Snapshot<'_>, sale: &SaleId) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM print_job WHERE sale = $1 AND state <> 'printed'";
    Ok(db
        .first(sql, params![sale.as_str()], |row| row.get(0))?
        .unwrap_or(0))
}
