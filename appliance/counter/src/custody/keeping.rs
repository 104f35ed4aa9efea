//! Seats of this side that somebody may have, or has, without a sale that is known here: they are kept back.

use std::collections::BTreeMap;

use box_office::custody::{Changes, LoadedSeat, SeatMove, SeatRecord, SeatState};
use box_office::{Custodian, Epoch, SeatId, ShowtimeId};
use database::Tx;
use wire::Body;
use wire::event::SeatsQuarantined;

use super::{Here, MOST_SEATS_TOLD};
use crate::catalogue::{Scheduled, ShowtimeKey};
use crate::counter::At;
use crate::seats::Heard;
use crate::{Fault, seats};

/// Somebody has shown a ticket for this seat that no record knew: where this side has it and has sold it to nobody, nobody else buys it.
///
/// # Errors
/// The database's.
pub(crate) fn keep_for_its_guest(
    tx: &mut Tx<'_>,
    at: &At,
    showtime: &ShowtimeId,
    seat: &SeatId,
) -> Result<(), Fault> {
    let here = Here::at(tx, at, at.cinema())?;
    keep_seat(tx, &here, showtime, seat).map(drop)
}

/// The same where it is known who this side is; says whether the seat is kept.
pub(super) fn keep_seat(
    tx: &mut Tx<'_>,
    here: &Here<'_>,
    showtime: &ShowtimeId,
    seat: &SeatId,
) -> Result<bool, Fault> {
    let known = here.load(tx, showtime, None, [seat].into_iter())?;
    let (Some(at), Some(scheduled)) = (&here.at, &known.scheduled) else {
        return Ok(false);
    };
    let mut unsold = known.seats;
    unsold.retain(|seat| {
        let SeatRecord { epoch, state } = &seat.record;
        epoch.custodian() == at.side && is_unsold(state)
    });
    keep_for_their_guests(tx, at, scheduled, &unsold)?;
    Ok(!unsold.is_empty())
}

/// Whether a seat of this side has no ticket that is known here.
pub(super) fn is_unsold(state: &SeatState) -> bool {
    match state {
        SeatState::Free | SeatState::Quarantine | SeatState::Held(_) => true,
        SeatState::Sold(_)
        | SeatState::Blocked(_)
        | SeatState::Revoking(_)
        | SeatState::TakenOver(_) => false,
    }
}

/// These seats of this side are sold, and nobody here knows the ticket: those that are free are kept back, those that are held once they are not, and
/// no person's word sells them.
pub(super) fn keep_for_their_guests(
    tx: &mut Tx<'_>,
    at: &At,
    scheduled: &Scheduled,
    unsold: &[LoadedSeat],
) -> Result<(), Fault> {
    if unsold.is_empty() {
        return Ok(());
    }
    keep_back(tx, at, scheduled, unsold)?;
    let sold = unsold
        .iter()
        .map(|seat| (seat.seat.clone(), seat.record.epoch));
    let sold: BTreeMap<SeatId, Epoch> = sold.collect();
    let of_showtime = [(scheduled.key, &scheduled.showtime.id, &sold)];
    seats::hear(tx, Some(at), &of_showtime, Heard::Sold)
}

/// Saves seats; those that are this side's and free may be sold, if `may_be_sold` says so of them, and the hub's are told to be in quarantine.
pub(super) fn save_kept_back(
    tx: &mut Tx<'_>,
    at: &At,
    scheduled: &Scheduled,
    (before, mut after): (&[LoadedSeat], Vec<LoadedSeat>),
    may_be_sold: impl Fn(&LoadedSeat) -> bool,
) -> Result<(), Fault> {
    let mut kept = Vec::new();
    for seat in &mut after {
        let record = &seat.record;
        let is_free = record.epoch.custodian() == at.side && record.state == SeatState::Free;
        if is_free && may_be_sold(seat) {
            seat.record.state = SeatState::Quarantine;
            kept.push(seat.seat.clone());
        }
    }
    save(tx, at, scheduled, (before, after))?;
    if at.side == Custodian::Cinema {
        return Ok(());
    }
    let told = kept.chunks(MOST_SEATS_TOLD).map(|seats| {
        Body::from(SeatsQuarantined {
            showtime: scheduled.showtime.id.clone(),
            auditorium: scheduled.auditorium.id.clone(),
            plan: scheduled.plan.layout().version,
            seats: seats.to_vec(),
        })
    });
    at.tell(tx, at.cinema(), told)
}

/// These seats may be sold in what this side has forgotten: those that are free are kept back.
pub(super) fn keep_back(
    tx: &mut Tx<'_>,
    at: &At,
    scheduled: &Scheduled,
    seats: &[LoadedSeat],
) -> Result<(), Fault> {
    save_kept_back(tx, at, scheduled, (seats, seats.to_vec()), |_| true)
}

/// Of seats that a hold had which has ended those are kept back that may be sold in what this side has forgotten, for the hold `is_doubted`; and
/// those for which somebody else has shown a ticket, or the other side has sold one. Of a showtime that cannot be read nothing is told.
pub(super) fn keep_freed_back(
    tx: &mut Tx<'_>,
    at: &At,
    (key, showtime): (ShowtimeKey, &ShowtimeId),
    (freed, is_doubted): (&[SeatId], bool),
) -> Result<(), Fault> {
    let here = Here::at(tx, at, at.cinema())?;
    let known = here.load(tx, showtime, None, freed.iter())?;
    let Some(scheduled) = known.scheduled else {
        return match is_doubted {
            true => seats::free_in_quarantine(tx, at, (key, showtime), freed),
            false => Ok(()),
        };
    };
    let mut kept = Vec::new();
    for seat in known.seats {
        let of_seat = (&seat.seat, seat.record.epoch);
        if seat.record.is_free_for(at.side)
            && (is_doubted || seats::is_heard_sold(tx, scheduled.key, of_seat)?)
        {
            kept.push(seat);
        }
    }
    match kept.is_empty() {
        true => Ok(()),
        false => keep_back(tx, at, &scheduled, &kept),
    }
}

fn save(
    tx: &mut Tx<'_>,
    at: &At,
    scheduled: &Scheduled,
    (before, after): (&[LoadedSeat], Vec<LoadedSeat>),
) -> Result<(), Fault> {
    let moves = before.iter().zip(after).map(|(before, after)| SeatMove {
        place: before.place,
        seat: before.seat.clone(),
        before: before.record.clone(),
        after: after.record,
    });
    let changes = Changes::in_order(moves);
    let id = scheduled.showtime.id.clone();
    seats::save_transfer(tx, at, (scheduled.key, &id), &changes)
}
