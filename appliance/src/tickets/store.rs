//! SQL of tickets.

use box_office::{Epoch, SaleId, TicketId};
use database::{Error, Row, Snapshot, Tx, params};

use super::TicketRow;
use crate::column;

const COLUMNS: &str = "id, sale, showtime, place, seat, plan, epoch, edition, kind, price_minor, tax_minor, starts_at";

fn read(row: &Row<'_>) -> Result<TicketRow, Error> {
    Ok(TicketRow {
        id: row.parse(0)?,
        sale: row.parse(1)?,
        showtime: row.parse(2)?,
        place: row.get(3)?,
        seat: row.parse(4)?,
        plan: row.get(5)?,
        epoch: Epoch::new(row.get(6)?),
        edition: row.get(7)?,
        kind: row.parse(8)?,
        price_minor: row.get(9)?,
        tax_minor: row.get(10)?,
        starts_at: column::time(row, 11)?,
    })
}

pub(crate) fn by_id(db: &mut Snapshot<'_>, id: &TicketId) -> Result<Option<TicketRow>, Error> {
    db.first(
        &format!("SELECT {COLUMNS} FROM ticket WHERE id = $1"),
        params![id.as_str()],
        read,
    )
}

/// The tickets of a sale, in the layout's order.
pub(crate) fn of_sale(db: &mut Snapshot<'_>, sale: &SaleId) -> Result<Vec<TicketRow>, Error> {
    db.query(
        &format!("SELECT {COLUMNS} FROM ticket WHERE sale = $1 ORDER BY place"),
        params![sale.as_str()],
        read,
    )
}

pub(crate) fn add(tx: &mut Tx<'_>, ticket: &TicketRow) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO ticket ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    );
    let values = params![
        ticket.id.as_str(),
        ticket.sale.as_str(),
        ticket.showtime.as_str(),
        ticket.place,
        ticket.seat.as_str(),
        ticket.plan,
        ticket.epoch.number(),
        ticket.edition,
        ticket.kind.as_str(),
        ticket.price_minor,
        ticket.tax_minor,
        ticket.starts_at.as_millisecond(),
    ];
    tx.execute(&sql, values).map(drop)
}
