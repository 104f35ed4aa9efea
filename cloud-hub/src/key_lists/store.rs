//! SQL of the lists of keys.

use database::{Error, Snapshot, Tx, params};
use wire::bytes::Blob;
use wire::{CinemaId, KeyBytes, ToldKeyList};

/// A list as it is stored.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) told: ToldKeyList,
    /// With which key of it the hub signs tickets, once the cinema's box is known to have it.
    pub(super) signs_with: Option<KeyBytes>,
    /// The last event of the hub's stream before it did.
    pub(super) heard_to: u64,
}

/// The newest list of a cinema.
pub(super) fn newest(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<Option<Stored>, Error> {
    let sql = "SELECT root, list, signs_with, heard_to FROM key_list WHERE cinema = $1";
    db.first(sql, params![cinema.as_str()], |row| {
        let told = ToldKeyList {
            root: KeyBytes::from(row.get::<[u8; 32]>(0)?),
            list: Blob(row.get(1)?),
        };
        Ok(Stored {
            told,
            signs_with: row.get::<Option<[u8; 32]>>(2)?.map(KeyBytes::from),
            heard_to: row.get(3)?,
        })
    })
}

/// Every cinema that has a list or a box.
pub(super) fn cinemas(db: &mut Snapshot<'_>) -> Result<Vec<CinemaId>, Error> {
    let sql = "SELECT cinema FROM box UNION SELECT cinema FROM key_list ORDER BY cinema";
    db.query(sql, params![], |row| row.parse(0))
}

pub(super) fn put(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    (number, told): (u64, &ToldKeyList),
) -> Result<(), Error> {
    let sql = "INSERT INTO key_list (cinema, number, root, list) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (cinema) DO UPDATE SET number = excluded.number, root = excluded.root, list = excluded.list";
    let list = told.list.0.as_slice();
    let row = params![cinema.as_str(), number, told.root.as_bytes(), list];
    tx.execute(sql, row).map(drop)
}

/// Keeps with which key a cinema's tickets are signed, from after this event of the hub's stream on.
pub(super) fn sign_with(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    key: Option<&KeyBytes>,
    heard_to: u64,
) -> Result<(), Error> {
    let sql = "UPDATE key_list SET signs_with = $2, heard_to = $3 WHERE cinema = $1";
    let key = key.map(|key| key.as_bytes().as_slice());
    tx.execute(sql, params![cinema.as_str(), key, heard_to])
        .map(drop)
}

/// Before any cinema hears that a key is stolen it must have heard the hub's stream up to here.
pub(super) fn hear_all(tx: &mut Tx<'_>, heard_to: u64) -> Result<(), Error> {
    let sql = "UPDATE key_list SET heard_to = $1";
    tx.execute(sql, params![heard_to]).map(drop)
}

/// The ticket keys of a cinema's boxes, that of the present one first.
pub(super) fn box_keys(db: &mut Snapshot<'_>, cinema: &CinemaId) -> Result<Vec<[u8; 32]>, Error> {
    let now = "SELECT ticket_key FROM box WHERE cinema = $1";
    let of = params![cinema.as_str()];
    let mut keys = db.query(now, of, |row| row.get(0))?;
    let before =
        "SELECT ticket_key FROM former_box WHERE cinema = $1 ORDER BY replaced_ms DESC, device";
    keys.extend(db.query(before, of, |row| row.get::<[u8; 32]>(0))?);
    Ok(keys)
}
