//! SQL of the names by which a database knows its keys and its folder.

use database::{Error, Snapshot, Tx, params};

/// What a database knows of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// Its name, unless it was in use before there were names.
    pub(super) name: Option<[u8; 16]>,
    /// The fingerprints of its keys, unless its birth was cut short.
    pub(super) keys: Option<Fingerprints>,
}

/// The fingerprints of the keys for frames and for tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprints {
    pub(super) frame: [u8; 16],
    pub(super) ticket: [u8; 16],
}

/// What it knows; nothing, if it was never in use.
pub(super) fn identity(db: &mut Snapshot<'_>) -> Result<Option<Identity>, Error> {
    db.first(
        "SELECT name, frame, ticket FROM identity",
        params![],
        |row| {
            let keys = match (row.get(1)?, row.get(2)?) {
                (Some(frame), Some(ticket)) => Some(Fingerprints { frame, ticket }),
                (None, _) | (_, None) => None,
            };
            Ok(Identity {
                name: row.get(0)?,
                keys,
            })
        },
    )
}

/// Gives it a name.
pub(super) fn set_name(tx: &mut Tx<'_>, name: [u8; 16]) -> Result<(), Error> {
    let sql = "INSERT INTO identity (one, name) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET name = excluded.name";
    tx.execute(sql, params![&name]).map(drop)
}

/// Keeps the fingerprints of its keys.
pub(super) fn set_keys(tx: &mut Tx<'_>, keys: Fingerprints) -> Result<(), Error> {
    let sql = "UPDATE identity SET frame = $1, ticket = $2";
    tx.execute(sql, params![&keys.frame, &keys.ticket])
        .map(drop)
}
