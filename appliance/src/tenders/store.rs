//! SQL of payments.

use appliance_api::TenderWay;
use appliance_api::sale::CardSlip;
use box_office::{DeviceId, HoldId, TenderId};
use database::{Error, Row, Snapshot, Tx, params};

use super::{StoredState, TenderRow};
use crate::repeats::Repeat;

const COLUMNS: &str = "id, hold, device, way, amount_minor, given_minor, state, cancel_asked, last_four, authorisation, \
    started_at, key, request_hash";

fn read(row: &Row<'_>) -> Result<TenderRow, Error> {
    let slip = match (row.get::<Option<String>>(8)?, row.get::<Option<String>>(9)?) {
        (Some(last_four), Some(authorisation)) => Some(CardSlip {
            last_four,
            authorisation,
        }),
        (_, _) => None,
    };
    Ok(TenderRow {
        id: row.parse(0)?,
        hold: row.parse(1)?,
        device: row.parse(2)?,
        way: way(&row.get::<String>(3)?)?,
        amount_minor: row.get(4)?,
        given_minor: row.get(5)?,
        state: state(&row.get::<String>(6)?)?,
        cancel_asked: row.get::<i64>(7)? != 0,
        slip,
        started_ms: row.get(10)?,
        repeat: Repeat::read(row, 11)?,
    })
}

fn way(text: &str) -> Result<TenderWay, Error> {
    match text {
        "cash" => Ok(TenderWay::Cash),
        "card" => Ok(TenderWay::Card),
        other => Err(Error::Column(format!("{other} is no way to pay"))),
    }
}

fn state(text: &str) -> Result<StoredState, Error> {
    use StoredState::{Approved, Cancelled, Declined, Pending, Refunded, Refunding};
    let known = [Pending, Approved, Declined, Cancelled, Refunding, Refunded]
        .into_iter()
        .find(|state| state.as_str() == text);
    known.ok_or_else(|| Error::Column(format!("{text} is no state of a payment")))
}

pub(crate) fn by_id(db: &mut Snapshot<'_>, id: &TenderId) -> Result<Option<TenderRow>, Error> {
    db.first(
        &format!("SELECT {COLUMNS} FROM tender WHERE id = $1"),
        params![id.as_str()],
        read,
    )
}

/// The payment that this device began under this key.
pub(crate) fn by_key(
    db: &mut Snapshot<'_>,
    device: &DeviceId,
    key: &str,
) -> Result<Option<TenderRow>, Error> {
    db.first(
        &format!("SELECT {COLUMNS} FROM tender WHERE device = $1 AND key = $2"),
        params![device.as_str(), key],
        read,
    )
}

/// The payments of a hold, oldest first.
pub(crate) fn of_hold(db: &mut Snapshot<'_>, hold: &HoldId) -> Result<Vec<TenderRow>, Error> {
    db.query(
        &format!("SELECT {COLUMNS} FROM tender WHERE hold = $1 ORDER BY nth"),
        params![hold.as_str()],
        read,
    )
}

/// The payments that the terminal must be asked about: those without an outcome, and those that only a person has judged.
pub(crate) fn without_outcome(db: &mut Snapshot<'_>) -> Result<Vec<TenderRow>, Error> {
    db.query(
        &format!(
            "SELECT {COLUMNS} FROM tender WHERE state IN ('pending', 'refunding') \
             OR id IN (SELECT tender FROM payment_case WHERE terminal_spoke = 0)"
        ),
        params![],
        read,
    )
}

pub(crate) fn add(tx: &mut Tx<'_>, tender: &TenderRow) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO tender ({COLUMNS}, nth) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, NULL, NULL, $8, $9, $10, \
            (SELECT COUNT(*) FROM tender WHERE hold = $2))"
    );
    let way = match tender.way {
        TenderWay::Cash => "cash",
        TenderWay::Card => "card",
    };
    let values = params![
        tender.id.as_str(),
        tender.hold.as_str(),
        tender.device.as_str(),
        way,
        tender.amount_minor,
        tender.given_minor,
        tender.state.as_str(),
        tender.started_ms,
        tender.repeat.key.as_str(),
        tender.repeat.request_hash.as_slice(),
    ];
    tx.execute(&sql, values).map(drop)
}

pub(crate) fn set_state(tx: &mut Tx<'_>, id: &TenderId, state: StoredState) -> Result<(), Error> {
    tx.execute(
        "UPDATE tender SET state = $2 WHERE id = $1",
        params![id.as_str(), state.as_str()],
    )
    .map(drop)
}

pub(crate) fn approve(tx: &mut Tx<'_>, id: &TenderId, slip: &CardSlip) -> Result<(), Error> {
    let sql =
        "UPDATE tender SET state = 'approved', last_four = $2, authorisation = $3 WHERE id = $1";
    tx.execute(
        sql,
        params![
            id.as_str(),
            slip.last_four.as_str(),
            slip.authorisation.as_str()
        ],
    )
    .map(drop)
}

pub(crate) fn ask_to_cancel(tx: &mut Tx<'_>, id: &TenderId) -> Result<(), Error> {
    tx.execute(
        "UPDATE tender SET cancel_asked = 1 WHERE id = $1",
        params![id.as_str()],
    )
    .map(drop)
}
