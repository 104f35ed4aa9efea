//! SQL of what is proven: what the hub knows, and what a person has taken as it is.

use database::{Error, Snapshot, Tx, params};
use jiff::Timestamp;
use wire::{Hash, Position};

/// What the hub has proven that it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    /// The last event of the box that it has heard.
    pub(crate) position: Position,
    /// Whether a person has taken what the box has instead.
    pub(crate) accepted: bool,
}

/// That the hub refuses this box, or has done so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused {
    /// For what.
    pub(crate) why: Why,
    /// Whether a person has taken what the box has as it is.
    pub(crate) accepted: bool,
}

/// For what the hub refuses this box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// As a copy of the one that it heard last.
    Copied,
    /// Head office has revoked it.
    Revoked,
    /// For nothing any more, although it had revoked it: it may have forgotten that, and which box took its place.
    TakenAgain,
}

impl Why {
    const ALL: [Self; 3] = [Self::Copied, Self::Revoked, Self::TakenAgain];

    const fn word(self) -> &'static str {
        match self {
            Self::Copied => "copied",
            Self::Revoked => "revoked",
            Self::TakenAgain => "taken_again",
        }
    }
}

/// What was kept of that.
pub(crate) fn refused(db: &mut Snapshot<'_>) -> Result<Option<Refused>, Error> {
    let sql = "SELECT why, accepted FROM hub_refuses";
    db.first(sql, params![], |row| {
        Ok(Refused {
            why: row.one_of(0, Why::ALL, Why::word)?,
            accepted: row.get(1)?,
        })
    })
}

/// Keeps it; nothing, if the hub refuses it no more.
pub(crate) fn keep_refused(tx: &mut Tx<'_>, refused: Option<Refused>) -> Result<(), Error> {
    let Some(refused) = refused else {
        let sql = "DELETE FROM hub_refuses WHERE one = 1";
        return tx.execute(sql, params![]).map(drop);
    };
    let sql = "INSERT INTO hub_refuses (one, why, accepted) VALUES (1, $1, $2) \
        ON CONFLICT (one) DO UPDATE SET why = excluded.why, accepted = excluded.accepted";
    tx.execute(sql, params![refused.why.word(), refused.accepted])
        .map(drop)
}

/// What was kept of it.
pub(crate) fn known(db: &mut Snapshot<'_>) -> Result<Option<Known>, Error> {
    let sql = "SELECT seq, hash, accepted FROM hub_knows";
    db.first(sql, params![], |row| {
        Ok(Known {
            position: Position {
                seq: row.get(0)?,
                hash: Hash::from(row.get::<[u8; 32]>(1)?),
            },
            accepted: row.get(2)?,
        })
    })
}

/// Keeps it; nothing, if it is back.
pub(crate) fn keep(tx: &mut Tx<'_>, known: Option<&Known>) -> Result<(), Error> {
    let Some(known) = known else {
        let sql = "DELETE FROM hub_knows WHERE one = 1";
        return tx.execute(sql, params![]).map(drop);
    };
    let sql = "INSERT INTO hub_knows (one, seq, hash, accepted) VALUES (1, $1, $2, $3) \
        ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, accepted = excluded.accepted";
    let position = &known.position;
    tx.execute(
        sql,
        params![position.seq, position.hash.as_bytes(), known.accepted],
    )
    .map(drop)
}

/// Writes down that a person takes what is stored as it is, for this reason; also what the hub knows, if that was among it.
pub(crate) fn accept(
    tx: &mut Tx<'_>,
    hub: Option<Position>,
    (what, reason): (&str, &str),
    now: Timestamp,
) -> Result<(), Error> {
    if let Some(known) = hub {
        tx.execute(
            "UPDATE hub_knows SET accepted = 1 WHERE seq = $1 AND hash = $2",
            params![known.seq, known.hash.as_bytes()],
        )?;
    }
    let sql = "INSERT INTO accepted_loss (at, what, reason) VALUES ($1, $2, $3)";
    tx.execute(sql, params![now.as_millisecond(), what, reason])
        .map(drop)
}
