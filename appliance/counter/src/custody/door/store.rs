//! SQL of the door: the tickets that were heard of, and whose guests were let in.

use std::collections::BTreeMap;

use box_office::custody::{Proof, Sale, TicketRecord, TicketState};
use box_office::{
    CinemaId, Custodian, DeviceId, Epoch, SaleId, SeatId, ShowtimeId, TicketId, TicketKindId,
};
use database::{Error, Row, Snapshot, Tx, Value, params};
use wire::event::SeatAtEpoch;

use super::Admission;
use crate::repeats::Repeat;

const SELLERS: [Custodian; 2] = [Custodian::Cinema, Custodian::Hub];
const STATES: [TicketState; 4] = [
    TicketState::Live,
    TicketState::Revoking,
    TicketState::Revoked,
    TicketState::Unproven,
];

fn seller(side: Custodian) -> &'static str {
    match side {
        Custodian::Cinema => "cinema",
        Custodian::Hub => "hub",
    }
}

fn state(state: TicketState) -> &'static str {
    match state {
        TicketState::Live => "live",
        TicketState::Revoking => "revoking",
        TicketState::Revoked => "revoked",
        TicketState::Unproven => "unproven",
    }
}

/// The heard tickets of a seat, and this one.
pub(super) fn heard(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    (showtime, seat): (&ShowtimeId, &SeatId),
    ticket: &TicketId,
) -> Result<BTreeMap<TicketId, TicketRecord>, Error> {
    let read = |row: &Row<'_>| {
        let (seller, epoch) = (row.one_of(2, SELLERS, seller)?, Epoch::new(row.get(3)?));
        let sale = Sale::new(row.parse(1)?, seller, epoch, row.get(4)?);
        let record = TicketRecord {
            state: row.one_of(5, STATES, state)?,
            maybe_admitted: row.get(6)?,
            ..TicketRecord::sold(sale)
        };
        Ok((row.parse(0)?, record))
    };
    let of_seat = "SELECT ticket, seat, seller, epoch, edition, state, maybe_admitted FROM ticket_heard \
        WHERE cinema = $1 AND showtime = $2 AND seat = $3";
    let place = params![cinema.as_str(), showtime.as_str(), seat.as_str()];
    let mut found: BTreeMap<_, _> = db.query(of_seat, place, read)?.into_iter().collect();
    let by_id = "SELECT ticket, seat, seller, epoch, edition, state, maybe_admitted FROM ticket_heard WHERE cinema = $1 AND ticket = $2";
    found.extend(db.first(by_id, params![cinema.as_str(), ticket.as_str()], read)?);
    Ok(found)
}

/// Whether a ticket of the other side was heard to be for this showtime.
pub(super) fn is_heard_for(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    (showtime, ticket): (&ShowtimeId, &TicketId),
) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM ticket_heard WHERE cinema = $1 AND ticket = $2 AND showtime = $3";
    let of = params![cinema.as_str(), ticket.as_str(), showtime.as_str()];
    db.has(sql, of)
}

/// The tickets of a seat that were heard of, and whether they stand.
pub(super) fn heard_of_seat(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    (showtime, seat): (&ShowtimeId, &SeatId),
) -> Result<Vec<(TicketId, TicketState)>, Error> {
    let sql = "SELECT ticket, state FROM ticket_heard WHERE cinema = $1 AND showtime = $2 AND seat = $3 ORDER BY ticket";
    let place = params![cinema.as_str(), showtime.as_str(), seat.as_str()];
    db.query(sql, place, |row| {
        Ok((row.parse(0)?, row.one_of(1, STATES, state)?))
    })
}

/// The seats of a showtime with a ticket of the hub's that stands, each with the epoch under which it was sold.
pub(super) fn sold_there(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
) -> Result<Vec<SeatAtEpoch>, Error> {
    let sql = "SELECT DISTINCT seat, epoch FROM ticket_heard \
        WHERE cinema = $1 AND showtime = $2 AND seller = 'hub' AND state = 'live' ORDER BY seat, epoch";
    let of = params![cinema.as_str(), showtime.as_str()];
    db.query(sql, of, read_at_epoch)
}

/// The same, whoever sold it.
pub(super) fn standing(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
) -> Result<Vec<SeatAtEpoch>, Error> {
    let sql = "SELECT DISTINCT seat, epoch FROM ticket_heard \
        WHERE cinema = $1 AND showtime = $2 AND state = 'live' ORDER BY seat, epoch";
    let of = params![cinema.as_str(), showtime.as_str()];
    db.query(sql, of, read_at_epoch)
}

fn read_at_epoch(row: &Row<'_>) -> Result<SeatAtEpoch, Error> {
    Ok(SeatAtEpoch {
        seat: row.parse(0)?,
        epoch: row.get(1)?,
    })
}

/// Whose guests were let in to a seat.
pub(super) fn admitted_to_seat(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    (showtime, seat): (&ShowtimeId, &SeatId),
) -> Result<Vec<Admission>, Error> {
    let sql = "SELECT ticket, showtime, seat, kind, seller, epoch, edition, device, at, proven, found FROM admission \
        WHERE cinema = $1 AND showtime = $2 AND seat = $3 ORDER BY at";
    let place = params![cinema.as_str(), showtime.as_str(), seat.as_str()];
    db.query(sql, place, read_admission)
}

/// Keeps a ticket that was told of; one that was only presented before has its sale from here on.
pub(super) fn put_heard(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    (showtime, sale): (&ShowtimeId, Option<&SaleId>),
    (ticket, told, kind): (&TicketId, &Sale, &TicketKindId),
) -> Result<(), Error> {
    let sql = "INSERT INTO ticket_heard (cinema, ticket, showtime, seat, seller, epoch, edition, kind, sale, state) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'live') \
        ON CONFLICT (cinema, ticket) DO UPDATE SET sale = excluded.sale WHERE ticket_heard.sale IS NULL";
    let row = params![
        cinema.as_str(),
        ticket.as_str(),
        showtime.as_str(),
        told.seat.as_str(),
        seller(told.seller),
        told.epoch.number(),
        told.edition,
        kind.as_str(),
        sale.map(SaleId::as_str)
    ];
    tx.execute(sql, row).map(drop)
}

/// Whether a ticket that was told of still stands.
pub(super) fn put_state(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    ticket: &TicketId,
    after: TicketState,
) -> Result<(), Error> {
    let sql = "UPDATE ticket_heard SET state = $3 WHERE cinema = $1 AND ticket = $2";
    let row = params![cinema.as_str(), ticket.as_str(), state(after)];
    tx.execute(sql, row).map(drop)
}

/// A life that nobody remembers may have let in the guest of a heard ticket.
pub(super) fn may_be_inside(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    ticket: &TicketId,
) -> Result<(), Error> {
    let sql = "UPDATE ticket_heard SET maybe_admitted = 1 WHERE cinema = $1 AND ticket = $2";
    tx.execute(sql, params![cinema.as_str(), ticket.as_str()])
        .map(drop)
}

/// Keeps a ticket that nobody has told of and that was presented.
pub(super) fn add_found(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    admitted: &Admission,
) -> Result<(), Error> {
    let sql = "INSERT INTO ticket_heard (cinema, ticket, showtime, seat, seller, epoch, edition, kind, sale, state) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, 'live')";
    let row = params![
        cinema.as_str(),
        admitted.ticket.as_str(),
        admitted.showtime.as_str(),
        admitted.seat.as_str(),
        seller(admitted.seller),
        admitted.epoch.number(),
        admitted.edition,
        admitted.kind.as_str()
    ];
    tx.execute(sql, row).map(drop)
}

/// How many heard tickets of a showtime let somebody in.
pub(super) fn count_live(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) FROM ticket_heard \
        WHERE cinema = $1 AND showtime = $2 AND (state = 'live' OR state = 'revoking')";
    let count = db.number(sql, params![cinema.as_str(), showtime.as_str()])?;
    Ok(u64::try_from(count).unwrap_or(0))
}

fn read_admission(row: &Row<'_>) -> Result<Admission, Error> {
    Ok(Admission {
        ticket: row.parse(0)?,
        showtime: row.parse(1)?,
        seat: row.parse(2)?,
        kind: row.parse(3)?,
        seller: row.one_of(4, SELLERS, seller)?,
        epoch: Epoch::new(row.get(5)?),
        edition: row.get(6)?,
        device: row.parse(7)?,
        at: row.get(8)?,
        proof: match row.get(9)? {
            true => Proof::Proven,
            false => Proof::Unproven,
        },
        is_found: row.get(10)?,
    })
}

/// Whose guest was let in.
pub(super) fn admission(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    ticket: &TicketId,
) -> Result<Option<Admission>, Error> {
    let sql = "SELECT ticket, showtime, seat, kind, seller, epoch, edition, device, at, proven, found FROM admission \
        WHERE cinema = $1 AND ticket = $2";
    db.first(
        sql,
        params![cinema.as_str(), ticket.as_str()],
        read_admission,
    )
}

/// The admission that a device has made under this key, with its request.
pub(super) fn by_key(
    db: &mut Snapshot<'_>,
    device: &DeviceId,
    key: &str,
) -> Result<Option<(Admission, Repeat)>, Error> {
    let sql = "SELECT ticket, showtime, seat, kind, seller, epoch, edition, device, at, proven, found, key, request_hash \
        FROM admission WHERE device = $1 AND key = $2";
    db.first(sql, params![device.as_str(), key], |row| {
        Ok((read_admission(row)?, Repeat::read(row, 11)?))
    })
}

const INTO: &str = "INSERT INTO admission (cinema, ticket, showtime, seat, kind, seller, epoch, edition, device, at, proven, found, told, \
    key, request_hash) VALUES";

/// A row of [`INTO`].
fn row(
    cinema: &CinemaId,
    admitted: &Admission,
    told: bool,
    repeat: Option<&Repeat>,
) -> [Value; 15] {
    [
        cinema.as_str().into(),
        admitted.ticket.as_str().into(),
        admitted.showtime.as_str().into(),
        admitted.seat.as_str().into(),
        admitted.kind.as_str().into(),
        seller(admitted.seller).into(),
        admitted.epoch.number().into(),
        admitted.edition.into(),
        admitted.device.as_str().into(),
        admitted.at.as_millisecond().into(),
        (admitted.proof == Proof::Proven).into(),
        admitted.is_found.into(),
        told.into(),
        repeat.map(|repeat| repeat.key.as_str()).into(),
        repeat.map(|repeat| &repeat.request_hash).into(),
    ]
}

/// Lets a guest in; what tells of it is still to be written.
pub(super) fn add_admission(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    (admitted, repeat): (&Admission, &Repeat),
) -> Result<(), Error> {
    let rows = [row(cinema, admitted, false, Some(repeat))];
    tx.insert(INTO, rows).map(drop)
}

/// Keeps what the other side told; says whether it is new.
pub(super) fn add_told(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    admitted: &Admission,
) -> Result<bool, Error> {
    let rows = [row(cinema, admitted, true, None)];
    let or = "ON CONFLICT (cinema, ticket) DO NOTHING";
    Ok(tx.insert_or(INTO, rows, or)? == 1)
}

/// The admissions that the other side was not told of, the oldest first; at most so many.
pub(super) fn untold(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    most: u32,
) -> Result<Vec<Admission>, Error> {
    let sql = "SELECT ticket, showtime, seat, kind, seller, epoch, edition, device, at, proven, found FROM admission \
        WHERE cinema = $1 AND told = 0 ORDER BY at LIMIT $2";
    db.query(sql, params![cinema.as_str(), most], read_admission)
}

pub(super) fn mark_told(
    tx: &mut Tx<'_>,
    cinema: &CinemaId,
    told: &[Admission],
) -> Result<(), Error> {
    let sql = "UPDATE admission SET told = 1 WHERE cinema = $1 AND ticket = $2";
    told.iter().try_for_each(|admitted| {
        let key = params![cinema.as_str(), admitted.ticket.as_str()];
        tx.execute(sql, key).map(drop)
    })
}

/// How many were let in to a showtime, and how many of them without proof.
pub(super) fn count_admitted(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
) -> Result<(u64, u64), Error> {
    let all = "SELECT COUNT(*) FROM admission WHERE cinema = $1 AND showtime = $2";
    let unproven =
        "SELECT COUNT(*) FROM admission WHERE cinema = $1 AND showtime = $2 AND proven = 0";
    let key = params![cinema.as_str(), showtime.as_str()];
    let (all, unproven) = (db.number(all, key)?, db.number(unproven, key)?);
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok((count(all), count(unproven)))
}
