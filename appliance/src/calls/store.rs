//! SQL of calls for the staff.

use box_office::DeviceId;
use database::{Error, Row, Snapshot, Tx, params};

use super::Call;

fn read(row: &Row<'_>) -> Result<Call, Error> {
    Ok(Call {
        device: row.parse(0)?,
        name: row.get(1)?,
        since: row.get(2)?,
        called_at: row.get(3)?,
        times: row.get(4)?,
    })
}

/// Every call, the longest first.
pub(crate) fn all(db: &mut Snapshot<'_>) -> Result<Vec<Call>, Error> {
    let sql =
        "SELECT device, name, since_ms, called_ms, times FROM staff_call ORDER BY since_ms, device";
    db.query(sql, params![], read)
}

/// The call of a device.
pub(super) fn of(db: &mut Snapshot<'_>, device: &DeviceId) -> Result<Option<Call>, Error> {
    let sql = "SELECT device, name, since_ms, called_ms, times FROM staff_call WHERE device = $1";
    db.first(sql, params![device.as_str()], read)
}

pub(super) fn put(tx: &mut Tx<'_>, call: &Call) -> Result<(), Error> {
    let sql = "INSERT INTO staff_call (device, name, since_ms, called_ms, times) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (device) DO UPDATE SET name = excluded.name, called_ms = excluded.called_ms, times = excluded.times";
    let row = params![
        call.device.as_str(),
        call.name.as_str(),
        call.since.as_millisecond(),
        call.called_at.as_millisecond(),
        call.times
    ];
    tx.execute(sql, row).map(drop)
}

pub(super) fn end(tx: &mut Tx<'_>, device: &DeviceId) -> Result<(), Error> {
    let sql = "DELETE FROM staff_call WHERE device = $1";
    tx.execute(sql, params![device.as_str()]).map(drop)
}
