//! A manager takes seats over that the hub may have sold while nobody can ask it, or that are in quarantine: they are sold at the cinema's risk.
//! Custody does not move. The hub hears of it with the sale, and gives what it has free; what it has sold is a case for a person on both sides.

mod refusal;

use std::collections::{BTreeMap, BTreeSet};

use box_office::custody::{
    Case, Effect, Fact, Input, Loaded, LoadedSeat, Sale, SeatState, TicketState, decide,
};
use box_office::ledger::MOST_SEATS_PER_HOLD;
use box_office::{CinemaId, Custodian, Epoch, HoldId, SeatId, ShowtimeId, TicketId};
use database::{Snapshot, Tx};
use wire::event::{SeatAtEpoch, SoldTicket};

use super::{Here, KIND, NO_TICKETS, Names, at_epoch, door, keeping};
use crate::Fault;
use crate::cases::{self, By, CaseKey, Move};
use crate::catalogue::{Scheduled, ShowtimeKey};
use crate::counter::{At, Counter};
use crate::seats::{self, Heard};
use crate::tickets;

pub use refusal::NotTakenOver;

/// The stage of the case of a seat that was taken over, of which the hub has said nothing yet.
const TAKEN_OVER: &str = "taken_over";

/// Whether the hub can be asked for its seats, and they are on sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CanAsk(pub(crate) bool);

/// Whether a person may take these seats over.
///
/// # Errors
/// Why not, of all the seats that are the first reason.
pub(crate) fn may_take_over(
    db: &mut Snapshot<'_>,
    at: &At,
    scheduled: &Scheduled,
    (wanted, CanAsk(can_ask)): (&[SeatId], CanAsk),
) -> Result<(), NotTakenOver> {
    let distinct: BTreeSet<&SeatId> = wanted.iter().collect();
    if wanted.is_empty() || wanted.len() > MOST_SEATS_PER_HOLD || distinct.len() < wanted.len() {
        return Err(NotTakenOver::WrongSeats);
    }
    let loaded = seats::load(db, at.side, scheduled, wanted.iter())?;
    let is_known = |seat: &&SeatId| loaded.iter().any(|known| known.seat == **seat);
    let unknown: Vec<_> = wanted.iter().filter(|seat| !is_known(seat)).collect();
    if !unknown.is_empty() {
        return Err(NotTakenOver::UnknownSeats(cloned(unknown)));
    }
    let is_ours = |seat: &LoadedSeat| seat.record.epoch.custodian() == at.side;
    let of = |is_meant: &dyn Fn(&LoadedSeat) -> bool| -> Vec<SeatId> {
        let meant = loaded.iter().filter(|seat| is_meant(seat));
        meant.map(|seat| seat.seat.clone()).collect()
    };
    let on_sale = of(&|seat| is_ours(seat) && seat.record.state == SeatState::Free);
    if !on_sale.is_empty() {
        return Err(NotTakenOver::OnSale(on_sale));
    }
    let taken = of(&|seat| match seat.record.state {
        SeatState::Free => false,
        // One of the hub's: it has said itself that nobody can say whether it is sold.
        SeatState::Quarantine => !is_ours(seat),
        SeatState::Held(_)
        | SeatState::Sold(_)
        | SeatState::Blocked(_)
        | SeatState::Revoking(_)
        | SeatState::TakenOver(_) => true,
    });
    if !taken.is_empty() {
        return Err(NotTakenOver::Taken(taken));
    }
    let mut sold = Vec::new();
    for seat in &loaded {
        // Told by the hub, by the hub of the box before, or shown at the door; of one that is ours as well, which is in quarantine.
        let of_seat = (&scheduled.showtime.id, &seat.seat);
        let heard = door::heard_of_seat(db, at.cinema(), of_seat)?;
        let stands = |state| matches!(state, TicketState::Live | TicketState::Revoking);
        if heard.into_iter().any(|(_, state)| stands(state)) {
            sold.push(seat.seat.clone());
        }
    }
    if !sold.is_empty() {
        return Err(NotTakenOver::SoldOnline(sold));
    }
    if loaded.iter().all(is_ours) {
        return Ok(());
    }
    match has_begun(at, scheduled) {
        _ if can_ask => Err(NotTakenOver::CanBeAsked),
        true => Ok(()),
        false => Err(NotTakenOver::NotBegun),
    }
}

fn cloned(seats: Vec<&SeatId>) -> Vec<SeatId> {
    seats.into_iter().cloned().collect()
}

fn has_begun(at: &At, scheduled: &Scheduled) -> bool {
    at.clock.now() >= scheduled.showtime.starts_at
}

/// Takes seats over for these tickets, which [`may_take_over`] allows, in the transaction that sells them; gives the epoch and the edition of each.
/// The sale's event tells the hub.
pub(crate) fn take_over(
    tx: &mut Tx<'_>,
    at: &At,
    scheduled: &Scheduled,
    (sold, reason): (&[(usize, SeatId, TicketId)], &str),
) -> Result<Vec<(Epoch, u32)>, Fault> {
    let here = Here::at(tx, at, at.cinema())?;
    let (key, showtime) = (scheduled.key, &scheduled.showtime.id);
    let mut issued = Vec::with_capacity(sold.len());
    for (place, seat, ticket) in sold {
        let edition = seats::next_edition(tx, (key, showtime), (*place, seat))?;
        let known = seats::load(tx, at.side, scheduled, [seat].into_iter())?;
        let loaded = Loaded {
            plan: Some(scheduled.plan.layout().version),
            seats: &known,
            tickets: &NO_TICKETS,
            has_begun: has_begun(at, scheduled),
            doubted: None,
        };
        let wish = Input::TakeOver {
            seat: seat.clone(),
            ticket: ticket.clone(),
            edition,
        };
        let decision = decide(&here.standing, &loaded, &wish)
            .map_err(|why| Fault::Broken(format!("{seat} of {showtime}: {why}")))?;
        seats::save(tx, at, (key, showtime), &decision.seats)?;
        for effect in decision.effects {
            let Effect::Tell(Fact::TakenOver(_, sale)) = effect else {
                return Err(Fault::Broken("a takeover is told, and no more".into()));
            };
            issued.push((sale.epoch, edition));
        }
        note(tx, at, (showtime, seat), (By::Person, true), reason)?;
    }
    tracing::warn!(%showtime, seats = sold.len(), reason, "seats that may be sold were taken over by a person");
    Ok(issued)
}

/// Keeps what became of a seat that was taken over among the cases.
fn note(
    tx: &mut Tx<'_>,
    at: &At,
    (showtime, seat): (&ShowtimeId, &SeatId),
    (by, open): (By, bool),
    reason: &str,
) -> Result<(), Fault> {
    let about = format!("{}/{showtime}/{seat}", at.cinema());
    let key = CaseKey {
        kind: KIND,
        about: &about,
    };
    let step = Move {
        by,
        what: TAKEN_OVER,
        reason,
        at: at.clock.now(),
    };
    Ok(cases::put(tx, key, at.cinema(), TAKEN_OVER, open, step)?)
}

/// The hub has given seats for the tickets that they were taken over for: nobody else has them.
pub(super) fn proven(
    tx: &mut Tx<'_>,
    at: &At,
    showtime: &ShowtimeId,
    changes: &box_office::Changes,
) -> Result<(), Fault> {
    let is_proven = |step: &&box_office::SeatMove| {
        matches!(step.before.state, SeatState::TakenOver(_))
            && matches!(step.after.state, SeatState::Sold(_))
    };
    for step in changes.iter().filter(is_proven) {
        let why = "the hub had not sold it, and has given it";
        close(tx, at, (showtime, &step.seat), why)?;
    }
    Ok(())
}

/// The hub gives seats that were taken over while somebody held them here, who has not bought them: they are sold there.
pub(super) fn given(
    tx: &mut Tx<'_>,
    at: &At,
    (key, showtime): (ShowtimeKey, &ShowtimeId),
    seats: &[LoadedSeat],
) -> Result<(), Fault> {
    let next = |known: &LoadedSeat| Some((known.seat.clone(), known.record.epoch.next()?));
    let sold: BTreeMap<SeatId, Epoch> = seats.iter().filter_map(next).collect();
    seats::hear(tx, Some(at), &[(key, showtime, &sold)], Heard::Sold)?;
    let why = "whoever held it has not bought it, and it was given";
    for known in seats {
        close(tx, at, (showtime, &known.seat), why)?;
    }
    Ok(())
}

/// Somebody at the cinema has this seat of the hub's, or of its own quarantine.
pub(crate) fn hear_sold_there(
    tx: &mut Tx<'_>,
    at: &At,
    (key, showtime): (ShowtimeKey, &ShowtimeId),
    told: &SoldTicket,
) -> Result<(), Fault> {
    let epoch = Epoch::new(u32::try_from(told.epoch).unwrap_or(u32::MAX));
    let sold = BTreeMap::from([(told.seat.clone(), epoch)]);
    let sold = [(key, showtime, &sold)];
    seats::hear(tx, Some(at), &sold, Heard::Sold)
}

/// Nobody else has a seat that was taken over: its case ends, if there is one.
fn close(
    tx: &mut Tx<'_>,
    at: &At,
    (showtime, seat): (&ShowtimeId, &SeatId),
    why: &str,
) -> Result<(), Fault> {
    let about = format!("{}/{showtime}/{seat}", at.cinema());
    let key = CaseKey {
        kind: KIND,
        about: &about,
    };
    let is_open = |case: cases::Case| case.open && case.stage == TAKEN_OVER;
    if cases::find(tx, key)?.is_some_and(is_open) {
        note(tx, at, (showtime, seat), (By::Counter, false), why)?;
    }
    Ok(())
}

/// Who holds a seat of this side.
///
/// # Errors
/// The database's.
pub(crate) fn holder_of(
    db: &mut Snapshot<'_>,
    at: &At,
    scheduled: &Scheduled,
    seat: &SeatId,
) -> Result<Option<HoldId>, Fault> {
    let known = seats::load(db, at.side, scheduled, [seat].into_iter())?;
    Ok(known.into_iter().find_map(|seat| match seat.record.state {
        SeatState::Held(hold) => Some(hold),
        SeatState::Free
        | SeatState::Sold(_)
        | SeatState::Blocked(_)
        | SeatState::Revoking(_)
        | SeatState::Quarantine
        | SeatState::TakenOver(_) => None,
    }))
}

/// Who holds which of these seats of this side: each with its epoch, the one that is told of it, and the hold.
///
/// # Errors
/// The database's.
pub(crate) fn holders_of(
    db: &mut Snapshot<'_>,
    at: &At,
    scheduled: &Scheduled,
    told: &[SeatAtEpoch],
) -> Result<Vec<(Epoch, Epoch, HoldId)>, Fault> {
    let epochs: BTreeMap<SeatId, Epoch> = told.iter().map(at_epoch).collect();
    let known = seats::load(db, at.side, scheduled, epochs.keys())?;
    let held = known.into_iter().filter_map(|known| {
        let told = *epochs.get(&known.seat)?;
        match known.record.state {
            SeatState::Held(hold) => Some((known.record.epoch, told, hold)),
            SeatState::Free
            | SeatState::Sold(_)
            | SeatState::Blocked(_)
            | SeatState::Revoking(_)
            | SeatState::Quarantine
            | SeatState::TakenOver(_) => None,
        }
    });
    Ok(held.collect())
}

/// Whether the hub knows all that it has sold: what it has free may be sold in what it has forgotten else, and is given to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnowsAll(pub bool);

/// The hub hears that the cinema took a seat over, in the transaction that moves the stream's position; gives what a person must know, in words.
/// The ticket itself is kept with its sale.
///
/// # Errors
/// The database's, and that this side is stopped: the position does not move then.
pub(crate) fn hear_taken_over(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    (showtime, told): (&ShowtimeId, &SoldTicket),
    KnowsAll(knows_all): KnowsAll,
) -> Result<Vec<String>, Fault> {
    let here = Here::at(tx, counter, cinema)?;
    let known = here.load(tx, showtime, None, [&told.seat].into_iter())?;
    let is_taken_over = Case::TakenOver {
        seat: told.seat.clone(),
        ticket: told.id.clone(),
    };
    let (Some(at), Some(scheduled)) = (here.at.clone(), known.scheduled.clone()) else {
        // Of what is not known here, or cannot be read, nobody can say whether somebody has the seat as well.
        return Ok(vec![here.open_case(tx, showtime, &is_taken_over)?]);
    };
    let epoch = Epoch::new(u32::try_from(told.epoch).unwrap_or(u32::MAX));
    if epoch.custodian() != Custodian::Hub {
        // Out of the cinema's own quarantine: who may have it as well bought from the box before, or is in the same doubt.
        return Ok(vec![here.open_case(tx, showtime, &is_taken_over)?]);
    }
    // Before anything else that this delivery tells of the seat.
    hear_sold_there(tx, &at, (scheduled.key, showtime), told)?;
    let records = tickets::records(tx, scheduled.key, &told.seat, &told.id)?;
    let seller = counter.side.other();
    let sale = Sale::new(told.seat.clone(), seller, epoch, told.edition);
    let loaded = Loaded {
        tickets: &records,
        ..known.loaded()
    };
    let (plan, fact) = (told.plan, Fact::TakenOver(told.id.clone(), sale));
    let heard = Input::Heard { plan, fact };
    // Only who is stopped is refused.
    let mut decision = decide(&here.standing, &loaded, &heard).map_err(|_| Fault::Stopped)?;
    decision.tickets.clear();
    let is_kept = (decision.effects.iter()).any(|effect| matches!(effect, Effect::Keep { .. }));
    let is_given = !decision.seats.is_empty();
    if is_given && !knows_all {
        keeping::keep_back(tx, &at, &scheduled, &known.seats)?;
    }
    if is_kept || is_given && !knows_all {
        return Ok(vec![here.open_case(tx, showtime, &is_taken_over)?]);
    }
    let names = Names {
        showtime,
        auditorium: Some(&scheduled.auditorium.id),
        plan: scheduled.plan.layout().version,
    };
    here.store(tx, names, &known, decision)
}
