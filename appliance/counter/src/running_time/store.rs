//! SQL of the running time: one row.

use database::{Error, Snapshot, Tx, params};

pub(super) fn read(db: &mut Snapshot<'_>) -> Result<i64, Error> {
    db.number("SELECT ms FROM counter_time", params![])
}

/// It only goes forward.
pub(super) fn write(tx: &mut Tx<'_>, now_ms: i64) -> Result<(), Error> {
    let sql = "INSERT INTO counter_time (one, ms) VALUES (1, $1) \
        ON CONFLICT (one) DO UPDATE SET ms = excluded.ms WHERE counter_time.ms < excluded.ms";
    tx.execute(sql, params![now_ms]).map(drop)
}
