//! SQL of pairing.

use appliance_api::{Device, DeviceKind};
use box_office::DeviceId;
use database::{Error, Snapshot, Tx, params};
use jiff::Timestamp;

use super::{Hash, Known};

const KINDS: [DeviceKind; 3] = [DeviceKind::Kiosk, DeviceKind::Till, DeviceKind::Door];

fn text(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Kiosk => "kiosk",
        DeviceKind::Till => "till",
        DeviceKind::Door => "door",
    }
}

/// Every device that is not revoked, with the hash of its token.
pub(crate) fn devices(db: &mut Snapshot<'_>) -> Result<Vec<(Hash, Known)>, Error> {
    let sql = "SELECT token_hash, id, kind, name, paired_at, seen_at FROM device WHERE revoked_at IS NULL";
    db.query(sql, params![], |row| {
        let device = Device {
            id: row.parse(1)?,
            kind: row.one_of(2, KINDS, text)?,
            name: row.get(3)?,
        };
        let paired_at = Timestamp::from_millisecond(row.get(4)?);
        let paired_at = paired_at.map_err(|why| Error::Column(why.to_string()))?;
        let seen_ms: Option<i64> = row.get(5)?;
        let known = Known::new(device, paired_at, seen_ms.unwrap_or(0));
        Ok((row.get(0)?, known))
    })
}

/// Says whether there is such a device.
pub(crate) fn rename(tx: &mut Tx<'_>, id: &DeviceId, name: &str) -> Result<bool, Error> {
    let sql = "UPDATE device SET name = $2 WHERE id = $1 AND revoked_at IS NULL";
    Ok(tx.execute(sql, params![id.as_str(), name])? == 1)
}

pub(crate) fn revoke(tx: &mut Tx<'_>, id: &DeviceId, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE device SET revoked_at = $2 WHERE id = $1";
    tx.execute(sql, params![id.as_str(), now.as_millisecond()])
        .map(drop)
}

/// Keeps when a device was last heard.
pub(crate) fn put_seen(tx: &mut Tx<'_>, id: &DeviceId, seen_ms: i64) -> Result<(), Error> {
    let sql = "UPDATE device SET seen_at = $2 WHERE id = $1 AND seen_at IS NOT $2";
    tx.execute(sql, params![id.as_str(), seen_ms]).map(drop)
}

pub(crate) fn count(db: &mut Snapshot<'_>) -> Result<i64, Error> {
    db.number("SELECT COUNT(*) FROM device", params![])
}

pub(crate) fn add(
    tx: &mut Tx<'_>,
    device: &Device,
    token: &Hash,
    now: Timestamp,
) -> Result<(), Error> {
    let sql =
        "INSERT INTO device (id, kind, name, token_hash, paired_at) VALUES ($1, $2, $3, $4, $5)";
    let values = params![
        device.id.as_str(),
        text(device.kind),
        device.name.as_str(),
        token,
        now.as_millisecond()
    ];
    tx.execute(sql, values).map(drop)
}

/// Adds a code and forgets those that have ended.
pub(crate) fn add_code(
    tx: &mut Tx<'_>,
    code: &Hash,
    kind: DeviceKind,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM pairing_code WHERE expires_at < $1",
        params![now.as_millisecond()],
    )?;
    let sql = "INSERT INTO pairing_code (code_hash, kind, expires_at) VALUES ($1, $2, $3)";
    tx.execute(sql, params![code, text(kind), until.as_millisecond()])
        .map(drop)
}

/// Uses a code up; `None` if there is no such code or its time is over.
pub(crate) fn use_code(
    tx: &mut Tx<'_>,
    code: &Hash,
    now: Timestamp,
) -> Result<Option<DeviceKind>, Error> {
    let sql = "DELETE FROM pairing_code WHERE code_hash = $1 AND expires_at >= $2 RETURNING kind";
    tx.first(sql, params![code, now.as_millisecond()], |row| {
        row.one_of(0, KINDS, text)
    })
}
