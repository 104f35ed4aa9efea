//! The one door to the machine: what happened goes in with what was loaded, the changes and what else is to be done come out.

use super::decision::{CustodyRefusal, Decision, Effect, Fact, Loaded};
use super::ticket::Sale;
use super::transfer::HandOver;
use super::{Custodian, Epoch, Guards, Standing, door, quarantine, revocation, takeover, transfer};
use crate::{SeatId, TicketId};

/// What happened, or is wished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Give custody of free seats to the other side.
    Give(Vec<SeatId>),
    /// Leave a seat that both sides claim to the other.
    LeaveToTheOther {
        /// The seat.
        seat: SeatId,
        /// The highest epoch that either side knows of it.
        known: Epoch,
    },
    /// Take a ticket back that this side sold.
    Refund(TicketId),
    /// The showtime has ended and the cinema has not answered for this ticket.
    Unanswered(TicketId),
    /// The other side has acknowledged that it is asked for this ticket.
    Acknowledged(TicketId),
    /// A manager takes a seat over.
    TakeOver {
        /// The seat.
        seat: SeatId,
        /// The ticket that is sold for it.
        ticket: TicketId,
        /// Its edition.
        edition: u32,
    },
    /// A manager frees seats in quarantine.
    LeaveQuarantine(Vec<SeatId>),
    /// A ticket whose signature is right is presented at the door.
    Present {
        /// The ticket.
        ticket: TicketId,
        /// What it names.
        sale: Sale,
    },
    /// A hand-over code whose signature is right.
    Scan(HandOver),
    /// The other side tells, in its stream and in order; or what was kept is told again, now that its showtime is known.
    Heard {
        /// The plan version that names the seats.
        plan: u32,
        /// What it tells.
        fact: Fact,
    },
}

/// What comes of `input`. Load, decide, save and tell in one transaction of the cinema's scope.
///
/// # Errors
/// Why not. What the other side tells is refused only while this side is stopped, and then the position does not move.
pub fn decide(
    standing: &Standing,
    loaded: &Loaded<'_>,
    input: &Input,
) -> Result<Decision, CustodyRefusal> {
    decide_with(&Guards::ALL, standing, loaded, input)
}

pub(crate) fn decide_with(
    guards: &Guards,
    standing: &Standing,
    loaded: &Loaded<'_>,
    input: &Input,
) -> Result<Decision, CustodyRefusal> {
    match input {
        Input::Give(seats) => transfer::give(standing, loaded, seats),
        Input::LeaveToTheOther { seat, known } => {
            transfer::leave_to_the_other(standing, loaded, (seat, *known))
        }
        Input::Refund(ticket) => revocation::refund(guards, standing, loaded, ticket),
        Input::Unanswered(ticket) => revocation::unanswered(standing, loaded, ticket),
        Input::Acknowledged(ticket) => Ok(revocation::acknowledged(guards, loaded, ticket)),
        Input::TakeOver {
            seat,
            ticket,
            edition,
        } => takeover::take_over(standing, loaded, (seat, ticket, *edition)),
        Input::LeaveQuarantine(seats) => quarantine::leave(standing, loaded, seats),
        Input::Present { ticket, sale } => {
            door::presented(guards, standing, loaded, (ticket, sale))
        }
        Input::Scan(code) => transfer::scanned(guards, standing, loaded, code),
        Input::Heard { plan, fact } => heard(guards, standing, loaded, (*plan, fact)),
    }
}

fn heard(
    guards: &Guards,
    standing: &Standing,
    loaded: &Loaded<'_>,
    (plan, fact): (u32, &Fact),
) -> Result<Decision, CustodyRefusal> {
    if !standing.is_whole() && guards.who_is_stopped_is_deaf {
        return Err(CustodyRefusal::Stopped);
    }
    let mut decision = if loaded.plan.is_none_or(|known| known < plan) {
        let fact = fact.clone();
        Decision::of([], [], [Effect::Keep { plan, fact }])
    } else {
        apply(guards, standing, loaded, (plan, fact))
    };
    decision.moves_position = true;
    Ok(decision)
}

/// Applying never fails: what does not fit changes nothing and is a case.
fn apply(
    guards: &Guards,
    standing: &Standing,
    loaded: &Loaded<'_>,
    (plan, fact): (u32, &Fact),
) -> Decision {
    match (fact, standing.side) {
        (Fact::Given(seats), _) => transfer::heard(guards, standing, loaded, (plan, seats)),
        (Fact::Sold(ticket, sale) | Fact::Found(ticket, sale), _) => {
            revocation::sold(loaded, ticket, sale)
        }
        (Fact::TakenOver(ticket, sale), Custodian::Hub) => {
            takeover::heard(standing, loaded, (ticket, sale))
        }
        (Fact::Admitted(ticket, proof), Custodian::Hub) => {
            door::heard_admitted(loaded, ticket, *proof)
        }
        (Fact::Answered(ticket, answer), Custodian::Hub) => {
            revocation::answered(standing.side, loaded, ticket, *answer)
        }
        (Fact::AskedToRevoke(ticket, sale), Custodian::Cinema) => {
            revocation::asked(guards, standing, loaded, (ticket, sale))
        }
        (Fact::Quarantined(seats), Custodian::Cinema) => {
            quarantine::heard(standing, loaded, (seats, true))
        }
        (Fact::OutOfQuarantine(seats), Custodian::Cinema) => {
            quarantine::heard(standing, loaded, (seats, false))
        }
        // Said by the side that has nothing to say in it: a fact without effect.
        (Fact::TakenOver(..) | Fact::Admitted(..) | Fact::Answered(..), Custodian::Cinema)
        | (
            Fact::AskedToRevoke(..) | Fact::Quarantined(_) | Fact::OutOfQuarantine(_),
            Custodian::Hub,
        ) => Decision::default(),
    }
}
