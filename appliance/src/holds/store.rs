//! SQL of holds.

use std::time::Duration;

use appliance_api::HoldState;
use box_office::{DeviceId, HoldId};
use database::{Error, Row, Snapshot, Tx, params};

use super::HoldRow;
use crate::column;
use crate::repeats::Repeat;

const COLUMNS: &str = "id, device, showtime, state, left_ms, since_ms, extended, lines, total_minor, tax_minor, language, key, request_hash";

fn read(row: &Row<'_>) -> Result<HoldRow, Error> {
    Ok(HoldRow {
        id: row.parse(0)?,
        device: row.parse(1)?,
        showtime: row.parse(2)?,
        state: state(&row.get::<String>(3)?)?,
        left: column::duration(row, 4)?,
        since: column::duration(row, 5)?,
        extended: row.get::<i64>(6)? != 0,
        lines: column::json(row, 7)?,
        total_minor: row.get(8)?,
        tax_minor: row.get(9)?,
        language: row.get(10)?,
        repeat: Repeat::read(row, 11)?,
    })
}

fn state(text: &str) -> Result<HoldState, Error> {
    match text {
        "open" => Ok(HoldState::Open),
        "paying" => Ok(HoldState::Paying),
        "settled" => Ok(HoldState::Settled),
        "ended" => Ok(HoldState::Ended),
        other => Err(Error::Column(format!("{other} is no state of a hold"))),
    }
}

fn text(state: HoldState) -> &'static str {
    match state {
        HoldState::Open => "open",
        HoldState::Paying => "paying",
        HoldState::Settled => "settled",
        HoldState::Ended => "ended",
    }
}

pub(crate) fn by_id(db: &mut Snapshot<'_>, id: &HoldId) -> Result<Option<HoldRow>, Error> {
    db.first(
        &format!("SELECT {COLUMNS} FROM hold WHERE id = $1"),
        params![id.as_str()],
        read,
    )
}

/// The hold that this device made under this key.
pub(crate) fn by_key(
    db: &mut Snapshot<'_>,
    device: &DeviceId,
    key: &str,
) -> Result<Option<HoldRow>, Error> {
    db.first(
        &format!("SELECT {COLUMNS} FROM hold WHERE device = $1 AND key = $2"),
        params![device.as_str(), key],
        read,
    )
}

/// The holds of a device that are neither sold nor given back.
pub(crate) fn under_way(db: &mut Snapshot<'_>, device: &DeviceId) -> Result<Vec<HoldRow>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM hold WHERE device = $1 AND state IN ('open', 'paying')");
    db.query(&sql, params![device.as_str()], read)
}

/// Every hold whose time runs.
pub(crate) fn open(db: &mut Snapshot<'_>) -> Result<Vec<HoldRow>, Error> {
    db.query(
        &format!("SELECT {COLUMNS} FROM hold WHERE state IN ('open', 'paying') AND state = 'open'"),
        params![],
        read,
    )
}

pub(crate) fn add(tx: &mut Tx<'_>, row: &HoldRow) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO hold ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11, $12)"
    );
    let values = params![
        row.id.as_str(),
        row.device.as_str(),
        row.showtime.as_str(),
        text(row.state),
        column::ms(row.left),
        column::ms(row.since),
        column::text(&row.lines)?,
        row.total_minor,
        row.tax_minor,
        row.language.as_str(),
        row.repeat.key.as_str(),
        row.repeat.request_hash.as_slice(),
    ];
    tx.execute(&sql, values).map(drop)
}

pub(crate) fn set_lines(tx: &mut Tx<'_>, row: &HoldRow) -> Result<(), Error> {
    let values = params![
        row.id.as_str(),
        column::text(&row.lines)?,
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

pub(crate) fn extend(tx: &mut Tx<'_>, row: &HoldRow) -> Result<(), Error> {
    let values = params![row.id.as_str(), column::ms(row.left), column::ms(row.since)];
    tx.execute(
        "UPDATE hold SET left_ms = $2, since_ms = $3, extended = 1 WHERE id = $1",
        values,
    )
    .map(drop)
}

/// The hold is in this state and lasts `left` from the monotonic time `since`.
pub(crate) fn set_state(
    tx: &mut Tx<'_>,
    id: &HoldId,
    state: HoldState,
    left: Duration,
    since: Duration,
) -> Result<(), Error> {
    let values = params![
        id.as_str(),
        text(state),
        column::ms(left),
        column::ms(since)
    ];
    tx.execute(
        "UPDATE hold SET state = $2, left_ms = $3, since_ms = $4 WHERE id = $1",
        values,
    )
    .map(drop)
}

/// Writes down how much time every open hold has left at the monotonic time `now`.
pub(crate) fn write_time_left(tx: &mut Tx<'_>, now: Duration) -> Result<(), Error> {
    let sql = "UPDATE hold SET left_ms = MAX(left_ms - ($1 - since_ms), 0), since_ms = $1 WHERE state IN ('open', 'paying') AND state = 'open'";
    tx.execute(sql, params![column::ms(now)]).map(drop)
}

/// At the start of a process, whose monotonic time begins anew: what was left is left from now on.
pub(crate) fn begin_again(tx: &mut Tx<'_>, now: Duration) -> Result<(), Error> {
    tx.execute(
        "UPDATE hold SET since_ms = $1 WHERE state IN ('open', 'paying')",
        params![column::ms(now)],
    )
    .map(drop)
}
