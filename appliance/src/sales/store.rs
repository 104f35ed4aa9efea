//! SQL of sales.

use box_office::{DeviceId, HoldId, SaleId, ShowtimeId};
use database::{Error, Row, Snapshot, Tx, params};
use jiff::Timestamp;

use super::SaleRow;
use crate::column;
use crate::repeats::Repeat;
use box_office::programme::ShowtimeStatus;

const COLUMNS: &str = "id, hold, device, showtime, series, number, sold_at, total_minor, tax_minor, change_minor, collection_code";

fn read(row: &Row<'_>) -> Result<SaleRow, Error> {
    Ok(SaleRow {
        id: row.parse(0)?,
        hold: row.parse(1)?,
        device: row.parse(2)?,
        showtime: row.parse(3)?,
        series: row.get(4)?,
        number: row.get(5)?,
        sold_at: column::time(row, 6)?,
        total_minor: row.get(7)?,
        tax_minor: row.get(8)?,
        change_minor: row.get(9)?,
        collection_code: row.get(10)?,
    })
}

pub(crate) fn by_id(db: &mut Snapshot<'_>, id: &SaleId) -> Result<Option<SaleRow>, Error> {
    db.first(
        &format!("SELECT {COLUMNS} FROM sale WHERE id = $1"),
        params![id.as_str()],
        read,
    )
}

/// The sale that this device made under this key, and the request that made it.
pub(crate) fn by_key(
    db: &mut Snapshot<'_>,
    device: &DeviceId,
    key: &str,
) -> Result<Option<(SaleId, Repeat)>, Error> {
    let sql = "SELECT id, key, request_hash FROM sale WHERE device = $1 AND key = $2";
    db.first(sql, params![device.as_str(), key], |row| {
        Ok((row.parse(0)?, Repeat::read(row, 1)?))
    })
}

/// The sale with this receipt number.
pub(crate) fn by_receipt(
    db: &mut Snapshot<'_>,
    series: i64,
    number: i64,
) -> Result<Option<SaleId>, Error> {
    let sql = "SELECT id FROM sale WHERE series = $1 AND number = $2";
    db.first(sql, params![series, number], |row| row.parse(0))
}

/// The sale that a hold became.
pub(crate) fn of_hold(db: &mut Snapshot<'_>, hold: &HoldId) -> Result<Option<SaleId>, Error> {
    db.first(
        "SELECT id FROM sale WHERE hold = $1",
        params![hold.as_str()],
        |row| row.parse(0),
    )
}

/// The next number of a series, without gaps.
pub(crate) fn next_number(tx: &mut Tx<'_>, series: i64) -> Result<i64, Error> {
    // Not RETURNING, for which SQLite makes a table in memory each time.
    let count = "INSERT INTO receipt_series (series, last) VALUES ($1, 1) \
        ON CONFLICT (series) DO UPDATE SET last = receipt_series.last + 1";
    tx.execute(count, params![series])?;
    let last = "SELECT last FROM receipt_series WHERE series = $1";
    let number = tx.first(last, params![series], |row| row.get(0))?;
    number.ok_or_else(|| Error::Column("a series of receipts gives no number".into()))
}

pub(crate) fn add(tx: &mut Tx<'_>, sale: &SaleRow, repeat: Option<&Repeat>) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO sale ({COLUMNS}, key, request_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    );
    let values = params![
        sale.id.as_str(),
        sale.hold.as_str(),
        sale.device.as_str(),
        sale.showtime.as_str(),
        sale.series,
        sale.number,
        sale.sold_at.as_millisecond(),
        sale.total_minor,
        sale.tax_minor,
        sale.change_minor,
        sale.collection_code.as_str(),
        repeat.map(|repeat| repeat.key.clone()),
        repeat.map(|repeat| repeat.request_hash.to_vec()),
    ];
    tx.execute(&sql, values).map(drop)
}

/// Whether and until when a showtime is sold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sales {
    pub(crate) state: ShowtimeStatus,
    pub(crate) sales_end_at: Timestamp,
    pub(crate) ends_at: Timestamp,
}

pub(crate) fn sales_of(
    db: &mut Snapshot<'_>,
    showtime: &ShowtimeId,
) -> Result<Option<Sales>, Error> {
    let sql = "SELECT state, sales_end_at, ends_at FROM showtime WHERE id = $1";
    db.first(sql, params![showtime.as_str()], |row| {
        Ok(Sales {
            state: crate::programme::store::status(&row.get::<String>(0)?)?,
            sales_end_at: column::time(row, 1)?,
            ends_at: column::time(row, 2)?,
        })
    })
}
