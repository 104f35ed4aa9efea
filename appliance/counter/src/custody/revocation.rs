//! A ticket that goes back: the hub asks the cinema, which alone knows who was let in, and the cinema answers in the transaction in which
//! it hears that. That it has heard is no answer, and from a `Revoked` on the ticket opens no door.

use std::collections::BTreeMap;

use box_office::custody::{Answer, Effect, Fact, Input, Loaded, Sale, TicketRecord, decide};
use box_office::{CinemaId, Epoch, TicketId};
use database::Tx;
use wire::event::{RefundAnswer, RefundAnswered, RefundRequested, SeatsQuarantined};

use super::{Here, Names, door, standing_of};
use crate::Fault;
use crate::counter::Counter;
use crate::{catalogue, seats};

/// A ticket is known by what was told of it, whatever became of its room: no plan and no seat have a part in it.
fn of_tickets(plan: u32, tickets: &BTreeMap<TicketId, TicketRecord>) -> Loaded<'_> {
    Loaded {
        plan: Some(plan),
        seats: &[],
        tickets,
        has_begun: false,
    }
}

/// The cinema hears that the hub wants a ticket back, and answers, in the transaction that moves the stream's position. Asked again, it
/// answers again.
///
/// # Errors
/// The database's, and that this side is stopped: the position does not move then.
pub fn hear_asked_back(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: &RefundRequested,
) -> Result<(), Fault> {
    let standing = standing_of(tx, counter, cinema)?;
    let (ticket, plan) = (told.ticket.clone(), told.plan);
    let records = door::heard(tx, cinema, (&told.showtime, &told.seat), &ticket)?;
    let sale = Sale {
        seat: told.seat.clone(),
        seller: counter.side.other(),
        epoch: Epoch::new(u32::try_from(told.epoch).unwrap_or(u32::MAX)),
        edition: told.edition,
        at_risk: false,
    };
    let epoch = sale.epoch;
    let fact = Fact::AskedToRevoke(ticket, sale);
    let heard = Input::Heard { plan, fact };
    // Only who is stopped is refused.
    let decision =
        decide(&standing, &of_tickets(plan, &records), &heard).map_err(|_| Fault::Stopped)?;
    let at = counter.at(cinema);
    let keys = catalogue::showtime_keys(tx, cinema, [&told.showtime].into_iter())?;
    for moved in &decision.tickets {
        let named = (&told.showtime, &told.sale, &told.kind);
        door::put(tx, cinema, named, moved)?;
        for (showtime, key) in keys.iter().filter(|_| !moved.after.stands()) {
            seats::unhear(tx, at.as_ref(), (*key, showtime), &told.seat, epoch)?;
        }
    }
    for effect in decision.effects {
        let Effect::Tell(Fact::Answered(ticket, answer)) = effect else {
            return Err(Fault::Broken("an answer is told, and no more".into()));
        };
        let answered = RefundAnswered {
            ticket,
            showtime: told.showtime.clone(),
            answer: word(answer),
            time: counter.clock.now().as_millisecond(),
        };
        counter.tell(tx, cinema, [answered.into()])?;
    }
    Ok(())
}

fn word(answer: Answer) -> RefundAnswer {
    match answer {
        Answer::Revoked => RefundAnswer::Revoked,
        Answer::AlreadyAdmitted => RefundAnswer::AlreadyAdmitted,
        Answer::Unproven => RefundAnswer::Unproven,
    }
}

/// The cinema hears which seats in the hub's custody are not sold again, so that a hub that forgets it learns it from there.
///
/// # Errors
/// The database's, and that this side is stopped: the position does not move then.
pub fn hear_quarantined(
    tx: &mut Tx<'_>,
    counter: &Counter,
    cinema: &CinemaId,
    told: &SeatsQuarantined,
) -> Result<(), Fault> {
    let here = Here::at(tx, counter, cinema)?;
    let names = Names {
        showtime: &told.showtime,
        auditorium: Some(&told.auditorium),
        plan: told.plan,
    };
    let known = here.load(tx, &told.showtime, Some(names), told.seats.iter())?;
    let (plan, fact) = (told.plan, Fact::Quarantined(told.seats.clone()));
    let heard = Input::Heard { plan, fact };
    let decision = decide(&here.standing, &known.loaded(), &heard).map_err(|_| Fault::Stopped)?;
    if known.scheduled.is_none() {
        // The seats are the hub's, and it keeps them back: nothing here depends on it.
        tracing::error!(%cinema, showtime = %told.showtime, "seats of what is not known here are in quarantine at the hub");
        return Ok(());
    }
    here.store(tx, names, &known, decision).map(drop)
}
