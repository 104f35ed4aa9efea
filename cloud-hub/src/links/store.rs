//! SQL of the links: the hub's life, its boxes, and who was refused.

use database::{Error, Snapshot, Tx, params};
use jiff::Timestamp;
use sync_agent::Address;
use wire::{CinemaId, Generation, Incarnation, Life, Nonce};

/// The life of this hub; `fresh` makes the first one.
pub(crate) fn generation(tx: &mut Tx<'_>, fresh: Nonce) -> Result<Generation, Error> {
    let first = Generation::first(fresh).0;
    tx.execute(
        "INSERT INTO hub (one, generation, generation_random) VALUES (1, $1, $2) ON CONFLICT DO NOTHING",
        params![first.number, first.random.as_bytes()],
    )?;
    let stored = tx.first(
        "SELECT generation, generation_random FROM hub WHERE one = 1",
        params![],
        |row| {
            Ok(Generation(Life {
                number: row.get(0)?,
                random: Nonce::from(row.get::<[u8; 16]>(1)?),
            }))
        },
    )?;
    Ok(stored.unwrap_or(Generation(first)))
}

/// The hub begins another life, above the last that it knows; and, as far as its clock goes on, above those that it has forgotten.
pub(crate) fn begin_generation(tx: &mut Tx<'_>, fresh: Nonce, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE hub SET generation = CASE WHEN generation < $2 THEN $2 ELSE generation + 1 END, generation_random = $1 WHERE one = 1";
    tx.execute(sql, params![fresh.as_bytes(), now.as_second()])
        .map(drop)
}

/// There was a life of this number: the next one is above it.
pub(crate) fn raise_generation(tx: &mut Tx<'_>, number: u64) -> Result<(), Error> {
    let sql = "UPDATE hub SET generation = $1 WHERE one = 1 AND generation < $1";
    tx.execute(sql, params![number]).map(drop)
}

/// Every box that was ever enrolled.
pub(crate) fn boxes(snapshot: &mut Snapshot<'_>) -> Result<Vec<Address>, Error> {
    snapshot.query(
        "SELECT cinema, device FROM box ORDER BY cinema",
        params![],
        |row| {
            Ok(Address {
                cinema: row.parse(0)?,
                device: row.parse(1)?,
            })
        },
    )
}

/// The same, with those whose place another has taken.
pub(crate) fn boxes_of_all_times(snapshot: &mut Snapshot<'_>) -> Result<Vec<Address>, Error> {
    let sql = "SELECT cinema, device FROM box UNION SELECT cinema, device FROM former_box ORDER BY cinema, device";
    snapshot.query(sql, params![], |row| {
        Ok(Address {
            cinema: row.parse(0)?,
            device: row.parse(1)?,
        })
    })
}

/// The key of the box at this address, if another has taken its place.
pub(crate) fn find_former(
    snapshot: &mut Snapshot<'_>,
    address: &Address,
) -> Result<Option<[u8; 32]>, Error> {
    let sql = "SELECT frame_key FROM former_box WHERE cinema = $1 AND device = $2";
    let of = params![address.cinema.as_str(), address.device.as_str()];
    snapshot.first(sql, of, |row| row.get(0))
}

/// A box as it was enrolled.
#[derive(Debug)]
pub(crate) struct BoxRow {
    pub(crate) frame_key: [u8; 32],
    pub(crate) incarnation: Incarnation,
    pub(crate) revoked: bool,
}

/// The box at this address.
pub(crate) fn find_box(
    snapshot: &mut Snapshot<'_>,
    address: &Address,
) -> Result<Option<BoxRow>, Error> {
    let sql = "SELECT frame_key, incarnation, incarnation_random, revoked_ms FROM box WHERE cinema = $1 AND device = $2";
    snapshot.first(
        sql,
        params![address.cinema.as_str(), address.device.as_str()],
        |row| {
            Ok(BoxRow {
                frame_key: row.get(0)?,
                incarnation: Incarnation(Life {
                    number: row.get(1)?,
                    random: Nonce::from(row.get::<[u8; 16]>(2)?),
                }),
                revoked: row.get::<Option<i64>>(3)?.is_some(),
            })
        },
    )
}

/// The life of a cinema's box whose keys count.
pub(crate) fn box_of(
    snapshot: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<Option<Incarnation>, Error> {
    let sql =
        "SELECT incarnation, incarnation_random FROM box WHERE cinema = $1 AND revoked_ms IS NULL";
    snapshot.first(sql, params![cinema.as_str()], |row| {
        Ok(Incarnation(Life {
            number: row.get(0)?,
            random: Nonce::from(row.get::<[u8; 16]>(1)?),
        }))
    })
}

/// Keeps when a box was heard.
pub(crate) fn put_heard(tx: &mut Tx<'_>, cinema: &CinemaId, now: Timestamp) -> Result<(), Error> {
    let sql = "UPDATE box SET heard_ms = $2 WHERE cinema = $1";
    tx.execute(sql, params![cinema.as_str(), now]).map(drop)
}

/// Keeps which program a box runs.
pub(crate) fn put_program(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    program: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let row = params![cinema.as_str(), program, now];
    let sql = "UPDATE box SET program = $2, heard_ms = $3 WHERE cinema = $1";
    tx.execute(sql, row).map(drop)
}

/// Counts a contact that was refused so many times, lastly at `now`.
pub(crate) fn add_refused(
    tx: &mut Tx<'_>,
    address: &Address,
    code: &str,
    reason: &str,
    now: Timestamp,
    times: u64,
) -> Result<(), Error> {
    let row = params![
        address.cinema.as_str(),
        address.device.as_str(),
        code,
        reason,
        now,
        times
    ];
    let sql = "INSERT INTO refused_contact (cinema, device, code, reason, at_ms, times) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (cinema, device, code) DO UPDATE SET reason = excluded.reason, at_ms = excluded.at_ms, \
         times = refused_contact.times + excluded.times";
    tx.execute(sql, row).map(drop)
}

/// How many refused contacts are kept: the latest.
const REFUSED_KEPT: u32 = 1_000;

/// Forgets the refused contacts that are too old to be kept: anybody may cause one.
pub(crate) fn forget_refused(tx: &mut Tx<'_>) -> Result<(), Error> {
    let sql = "DELETE FROM refused_contact WHERE at_ms < \
         (SELECT at_ms FROM refused_contact ORDER BY at_ms DESC LIMIT 1 OFFSET $1)";
    tx.execute(sql, params![REFUSED_KEPT]).map(drop)
}
