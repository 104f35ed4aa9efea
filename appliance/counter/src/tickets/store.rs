//! SQL of tickets.

use std::collections::BTreeMap;

use box_office::custody::{Sale, TicketRecord, TicketState};
use box_office::{CinemaId, Custodian, Epoch, Money, Plan, SaleId, SeatId, TicketId, TicketKindId};
use database::{Error, Row, Snapshot, Tx, Value, params};
use jiff::Timestamp;

use super::{TicketFacts, TicketRow};
use crate::catalogue::ShowtimeKey;

const COLUMNS: &str = "id, sale, showtime, place, seat, plan, epoch, edition, kind, currency, price_minor, tax_minor, \
    starts_at, facts, at_risk";

fn read(row: &Row<'_>) -> Result<TicketRow, Error> {
    Ok(TicketRow {
        id: row.parse(0)?,
        sale: row.parse(1)?,
        showtime: ShowtimeKey(row.get(2)?),
        place: row.get(3)?,
        seat: row.parse(4)?,
        plan: row.get(5)?,
        epoch: Epoch::new(row.get(6)?),
        edition: row.get(7)?,
        kind: row.parse(8)?,
        currency: row.parse(9)?,
        price_minor: row.get(10)?,
        tax_minor: row.get(11)?,
        starts_at: row.get(12)?,
        facts: row.json(13)?,
        at_risk: row.get(14)?,
    })
}

pub(crate) fn by_id(db: &mut Snapshot<'_>, id: &TicketId) -> Result<Option<TicketRow>, Error> {
    db.first(
        &format!("SELECT {COLUMNS} FROM ticket WHERE id = $1"),
        params![id.as_str()],
        read,
    )
}

/// The tickets of a cinema that were asked back and are not answered for.
pub(crate) fn asked_back(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
) -> Result<Vec<TicketRow>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ticket WHERE taken_back = 'asked' \
         AND showtime IN (SELECT key FROM showtime WHERE cinema = $1) ORDER BY id"
    );
    db.query(&sql, params![cinema.as_str()], read)
}

/// The tickets of a sale, in the layout's order.
pub(crate) fn of_sale(db: &mut Snapshot<'_>, sale: &SaleId) -> Result<Vec<TicketRow>, Error> {
    db.query(
        &format!("SELECT {COLUMNS} FROM ticket WHERE sale = $1 ORDER BY place"),
        params![sale.as_str()],
        read,
    )
}

/// How far a ticket is on its way back, as it is stored: whether it stands, and what became of the wish.
fn stored(state: TicketState) -> (bool, Option<&'static str>) {
    match state {
        TicketState::Live => (true, None),
        TicketState::Revoking => (true, Some("asked")),
        TicketState::Revoked => (false, Some("revoked")),
        TicketState::Unproven => (false, Some("unproven")),
    }
}

/// The two columns `live, taken_back`, the first of them at `index`.
fn state(row: &Row<'_>, index: usize) -> Result<TicketState, Error> {
    let taken_back: Option<String> = row.get(index + 1)?;
    Ok(match (row.get(index)?, taken_back.as_deref()) {
        (true, None) => TicketState::Live,
        (true, Some(_)) => TicketState::Revoking,
        (false, Some("unproven")) => TicketState::Unproven,
        (false, _) => TicketState::Revoked,
    })
}

/// Whether a ticket stands, and how far it is on its way back; nothing, if it is not known.
pub(crate) fn state_of(
    db: &mut Snapshot<'_>,
    ticket: &TicketId,
) -> Result<Option<TicketState>, Error> {
    let sql = "SELECT live, taken_back FROM ticket WHERE id = $1";
    db.first(sql, params![ticket.as_str()], |row| state(row, 0))
}

/// What a sale came to, and its collection code.
pub(super) fn sum_of(
    db: &mut Snapshot<'_>,
    sale: &SaleId,
) -> Result<Option<(Money, String)>, Error> {
    let sql = "SELECT total_minor, currency, collection_code FROM sale WHERE id = $1";
    db.first(sql, params![sale.as_str()], |row| {
        Ok((Money::new(row.get(0)?, row.parse(1)?), row.get(2)?))
    })
}

/// A ticket of a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfSeat {
    pub(crate) id: TicketId,
    pub(crate) sale: SaleId,
    /// Whether it stands.
    pub(crate) state: TicketState,
}

/// Every ticket that this side ever sold for a seat.
pub(crate) fn of_seat(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
    seat: &SeatId,
) -> Result<Vec<OfSeat>, Error> {
    let sql = "SELECT id, sale, live, taken_back FROM ticket WHERE showtime = $1 AND seat = $2 ORDER BY id";
    db.query(sql, params![showtime.0, seat.as_str()], |row| {
        Ok(OfSeat {
            id: row.parse(0)?,
            sale: row.parse(1)?,
            state: state(row, 2)?,
        })
    })
}

/// The tickets of this side that stand for a seat, and this one whatever became of it, as the rules of custody know them.
pub(crate) fn records(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
    seat: &SeatId,
    ticket: &TicketId,
) -> Result<BTreeMap<TicketId, TicketRecord>, Error> {
    let read = |row: &Row<'_>| {
        let seller = row.one_of(2, [Custodian::Cinema, Custodian::Hub], word)?;
        let mut sale = Sale::new(row.parse(1)?, seller, Epoch::new(row.get(3)?), row.get(4)?);
        sale.at_risk |= row.get::<bool>(7)?;
        let record = TicketRecord {
            state: state(row, 5)?,
            ..TicketRecord::sold(sale)
        };
        Ok((row.parse(0)?, record))
    };
    let of_seat = "SELECT id, seat, seller, epoch, edition, live, taken_back, at_risk FROM ticket \
        WHERE showtime = $1 AND seat = $2 AND live = 1 AND disputed = 0";
    let place = params![showtime.0, seat.as_str()];
    let mut found: BTreeMap<_, _> = db.query(of_seat, place, read)?.into_iter().collect();
    let by_id = "SELECT id, seat, seller, epoch, edition, live, taken_back, at_risk FROM ticket WHERE id = $1";
    found.extend(db.first(by_id, params![ticket.as_str()], read)?);
    Ok(found)
}

/// Whether a ticket was sold here for this showtime.
pub(crate) fn is_sold_for(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
    ticket: &TicketId,
) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM ticket WHERE id = $1 AND showtime = $2";
    db.has(sql, params![ticket.as_str(), showtime.0])
}

/// A ticket has moved on its way back; says whether it still stood there.
pub(crate) fn put_state(
    tx: &mut Tx<'_>,
    ticket: &TicketId,
    (before, after): (TicketState, TicketState),
) -> Result<bool, Error> {
    let ((was_live, was), (live, taken_back)) = (stored(before), stored(after));
    let sql = "UPDATE ticket SET live = $2, taken_back = $3 \
        WHERE id = $1 AND live = $4 AND COALESCE(taken_back, '') = $5";
    let values = params![
        ticket.as_str(),
        live,
        taken_back,
        was_live,
        was.unwrap_or_default()
    ];
    Ok(tx.execute(sql, values)? == 1)
}

/// The tickets of a showtime are for another room from here on, each for the seat of its name: whoever looks at one is sent there.
pub(crate) fn move_to(
    tx: &mut Tx<'_>,
    showtime: ShowtimeKey,
    (to, room): (&Plan, &str),
) -> Result<(), Error> {
    let sql = format!("SELECT {COLUMNS} FROM ticket WHERE showtime = $1 ORDER BY id");
    let tickets = tx.query(&sql, params![showtime.0], read)?;
    let sql = "UPDATE ticket SET place = $2, facts = $3 WHERE id = $1";
    for ticket in tickets {
        let place = to.place_of(&ticket.seat);
        if let Some((nth, place)) = place.and_then(|nth| Some((nth, to.at(nth)?))) {
            let facts = TicketFacts {
                auditorium: room.to_owned(),
                block: to.layout().block_name(place).map(str::to_owned),
                row: place.row.clone(),
                number: place.number.clone(),
                ..ticket.facts
            };
            tx.execute(sql, params![ticket.id.as_str(), nth, Value::json(&facts)?])?;
        }
    }
    Ok(())
}

/// Whether this side has sold such a ticket.
pub(crate) fn is_known(db: &mut Snapshot<'_>, ticket: &TicketId) -> Result<bool, Error> {
    db.has(
        "SELECT 1 FROM ticket WHERE id = $1",
        params![ticket.as_str()],
    )
}

fn word(side: Custodian) -> &'static str {
    match side {
        Custodian::Cinema => "cinema",
        Custodian::Hub => "hub",
    }
}

/// The tickets of a showtime that let somebody in, as they were sold by `side`.
pub(crate) fn sold_of(
    db: &mut Snapshot<'_>,
    showtime: ShowtimeKey,
    side: Custodian,
) -> Result<Vec<(TicketId, TicketRecord, TicketKindId)>, Error> {
    let sql = "SELECT id, seat, epoch, edition, kind, live, taken_back FROM ticket \
        WHERE showtime = $1 AND seller = $2 AND disputed = 0 ORDER BY id";
    db.query(sql, params![showtime.0, word(side)], |row| {
        let sale = Sale::new(row.parse(1)?, side, Epoch::new(row.get(2)?), row.get(3)?);
        let record = TicketRecord {
            state: state(row, 5)?,
            ..TicketRecord::sold(sale)
        };
        Ok((row.parse(0)?, record, row.parse(4)?))
    })
}

/// How many tickets of a showtime let somebody in.
pub(crate) fn count_live(db: &mut Snapshot<'_>, showtime: ShowtimeKey) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM ticket WHERE showtime = $1 AND live = 1 AND disputed = 0";
    let count = db.number(sql, params![showtime.0])?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// How many tickets let in to what is not over by `now`.
pub(crate) fn count_to_come(db: &mut Snapshot<'_>, now: Timestamp) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM ticket JOIN showtime ON showtime.key = ticket.showtime \
        WHERE ticket.live = 1 AND showtime.ends_at > $1";
    let count = db.number(sql, params![now])?;
    Ok(u64::try_from(count).unwrap_or(0))
}

pub(crate) fn add(tx: &mut Tx<'_>, seller: Custodian, tickets: &[TicketRow]) -> Result<(), Error> {
    let into = "INSERT INTO ticket (id, sale, showtime, place, seat, plan, epoch, edition, kind, currency, price_minor, tax_minor, \
        starts_at, facts, at_risk, seller) VALUES";
    let seller = word(seller);
    let rows = tickets
        .iter()
        .map(|ticket| {
            Ok([
                Value::from(ticket.id.as_str()),
                ticket.sale.as_str().into(),
                ticket.showtime.0.into(),
                ticket.place.into(),
                ticket.seat.as_str().into(),
                ticket.plan.into(),
                ticket.epoch.number().into(),
                ticket.edition.into(),
                ticket.kind.as_str().into(),
                ticket.currency.as_str().into(),
                ticket.price_minor.into(),
                ticket.tax_minor.into(),
                ticket.starts_at.as_millisecond().into(),
                Value::json(&ticket.facts)?,
                ticket.at_risk.into(),
                seller.into(),
            ])
        })
        .collect::<Result<Vec<_>, Error>>()?;
    tx.insert(into, rows).map(drop)
}
