//! SQL of the link: who the box is on it, whom it was enrolled with, and what the hub refused.

use box_office::{CinemaId, DeviceId};
use database::{Error, Snapshot, Tx, Value, params};
use service::Random;
use wire::bytes::Blob;
use wire::event::Kinds;
use wire::{Generation, Incarnation, KeyBytes, KeyList, Life, Nonce, ToldKeyList};

use super::hub_keys::HubKeys;

/// Who a box is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lives {
    /// Its name on the link.
    pub(crate) device: DeviceId,
    /// Its life.
    pub(crate) incarnation: Incarnation,
    /// The hub that it was enrolled with, when it was read.
    pub(crate) hub: Option<Hub>,
}

/// The hub, as the enrolment told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hub {
    /// Its key for frames.
    pub(crate) frame_key: [u8; 32],
    /// Its life.
    pub(crate) generation: Generation,
    /// Where its broker is.
    pub(crate) broker: String,
}

impl Lives {
    /// Somebody new.
    pub(crate) fn born(random: &Random) -> Self {
        let device = DeviceId::from_bits(random.bytes());
        Self {
            device,
            incarnation: Incarnation::first(Nonce::from(random.bytes())),
            hub: None,
        }
    }
}

/// Who the box is: `born`, if it was nobody yet.
pub(crate) fn lives(tx: &mut Tx<'_>, born: &Lives) -> Result<Lives, Error> {
    let sql = "INSERT INTO link (one, device, incarnation, incarnation_random) VALUES (1, $1, $2, $3) ON CONFLICT (one) DO NOTHING";
    let life = &born.incarnation.0;
    tx.execute(
        sql,
        params![born.device.as_str(), life.number, life.random.as_bytes()],
    )?;
    let hub = hub(tx)?;
    let known = tx.first(
        "SELECT device, incarnation, incarnation_random FROM link",
        params![],
        |row| {
            let life = Life {
                number: row.get(1)?,
                random: Nonce::from(row.get::<[u8; 16]>(2)?),
            };
            Ok(Lives {
                device: row.parse(0)?,
                incarnation: Incarnation(life),
                hub: None,
            })
        },
    )?;
    known
        .map(|known| Lives { hub, ..known })
        .ok_or_else(|| Error::Column("the link has no row".into()))
}

/// The hub that the box was enrolled with.
pub(crate) fn hub(db: &mut Snapshot<'_>) -> Result<Option<Hub>, Error> {
    let sql = "SELECT hub_frame_key, generation, generation_random, broker FROM link WHERE hub_frame_key IS NOT NULL";
    db.first(sql, params![], |row| {
        let life = Life {
            number: row.get(1)?,
            random: Nonce::from(row.get::<[u8; 16]>(2)?),
        };
        Ok(Hub {
            frame_key: row.get(0)?,
            generation: Generation(life),
            broker: row.get(3)?,
        })
    })
}

pub(crate) fn keep_hub(tx: &mut Tx<'_>, hub: &Hub) -> Result<(), Error> {
    let sql =
        "UPDATE link SET hub_frame_key = $1, generation = $2, generation_random = $3, broker = $4";
    let life = &hub.generation.0;
    tx.execute(
        sql,
        params![
            &hub.frame_key,
            life.number,
            life.random.as_bytes(),
            hub.broker.as_str()
        ],
    )
    .map(drop)
}

/// The event types that the hub has said it understands, if it has.
pub(crate) fn understood(db: &mut Snapshot<'_>) -> Result<Option<Kinds>, Error> {
    let sql = "SELECT hub_understands FROM link WHERE hub_understands IS NOT NULL";
    db.first(sql, params![], |row| row.json(0))
}

pub(crate) fn keep_understood(tx: &mut Tx<'_>, kinds: &Kinds) -> Result<(), Error> {
    let sql = "UPDATE link SET hub_understands = $1";
    tx.execute(sql, params![Value::json(kinds)?]).map(drop)
}

/// With which keys tickets and codes are signed. A list that cannot be read is told again.
pub(super) fn hub_keys(db: &mut Snapshot<'_>) -> Result<HubKeys, Error> {
    let sql = "SELECT key FROM hub_ticket_key ORDER BY nth DESC";
    let mut keys = HubKeys {
        told: db.query(sql, params![], |row| row.get(0))?,
        ..HubKeys::default()
    };
    let sql = "SELECT key_root FROM link";
    let root = db.first(sql, params![], |row| row.get::<Option<[u8; 32]>>(0))?;
    keys.root = root.flatten().map(KeyBytes::from);
    let sql = "SELECT root, cinema, list FROM key_list ORDER BY root";
    let lists = db.query(sql, params![], |row| {
        let told = ToldKeyList {
            root: KeyBytes::from(row.get::<[u8; 32]>(0)?),
            list: Blob(row.get(2)?),
        };
        Ok((row.parse::<CinemaId>(1)?, told))
    })?;
    for (cinema, told) in lists {
        match told.read(&cinema) {
            Ok(list) => keys.lists.push((told, list)),
            Err(why) => tracing::error!(%cinema, %why, "a stored list of keys is none"),
        }
    }
    Ok(keys)
}

/// From here on the lists of this root count; none, for a hub that has none.
pub(super) fn keep_root(tx: &mut Tx<'_>, root: Option<&KeyBytes>) -> Result<(), Error> {
    let root = root.map(|root| root.as_bytes().as_slice());
    let sql = "UPDATE link SET key_root = $1";
    tx.execute(sql, params![root]).map(drop)
}

/// Keeps a list as the newest of its root, whose lists count from here on.
pub(super) fn keep_key_list(
    tx: &mut Tx<'_>,
    list: &KeyList,
    told: &ToldKeyList,
) -> Result<(), Error> {
    let sql = "INSERT INTO key_list (root, cinema, number, list) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (root) DO UPDATE SET cinema = excluded.cinema, number = excluded.number, list = excluded.list";
    let bytes = told.list.0.as_slice();
    let row = params![
        told.root.as_bytes(),
        list.cinema.as_str(),
        list.number,
        bytes
    ];
    tx.execute(sql, row)?;
    keep_root(tx, Some(&told.root))
}

pub(crate) fn keep_ticket_key(tx: &mut Tx<'_>, key: &[u8; 32]) -> Result<(), Error> {
    let sql = "INSERT INTO hub_ticket_key (key) VALUES ($1) ON CONFLICT (key) DO NOTHING";
    tx.execute(sql, params![key]).map(drop)
}

/// Keeps that the hub knows other content under this id and version.
pub(crate) fn refuse(
    tx: &mut Tx<'_>,
    kind: &str,
    id: &str,
    version: u32,
    reason: &str,
) -> Result<(), Error> {
    let sql = "INSERT INTO refused_content (kind, id, version, reason) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (kind, id, version) DO NOTHING";
    tx.execute(sql, params![kind, id, version, reason])
        .map(drop)
}
