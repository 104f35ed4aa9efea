//! Takeover: a manager sells a seat that the hub may have sold, or that is in quarantine, at the cinema's risk. Custody does not move.

use super::decision::{Case, CustodyRefusal, Decision, Effect, Fact, Loaded};
use super::revocation;
use super::seat::SeatState;
use super::ticket::{Sale, TicketMove, TicketRecord};
use super::transfer::passed_on;
use super::{Custodian, Standing};
use crate::{SeatId, TicketId};

/// A manager's word at the cinema, by PIN and on the record.
pub(super) fn take_over(
    standing: &Standing,
    loaded: &Loaded<'_>,
    (seat, ticket, edition): (&SeatId, &TicketId, u32),
) -> Result<Decision, CustodyRefusal> {
    if standing.side != Custodian::Cinema {
        return Err(CustodyRefusal::NotThisSide(Custodian::Cinema));
    }
    if !standing.is_whole() {
        return Err(CustodyRefusal::Stopped);
    }
    let known = loaded.seat(seat).ok_or(CustodyRefusal::Unknown)?;
    let is_ours = known.record.epoch.custodian() == standing.side;
    let state = match (&known.record.state, is_ours) {
        (SeatState::Quarantine, true) => SeatState::Sold(ticket.clone()),
        (SeatState::Free, false) if loaded.has_begun => SeatState::TakenOver(ticket.clone()),
        (SeatState::Free, false) => return Err(CustodyRefusal::NotBegun),
        (
            SeatState::Free
            | SeatState::Held(_)
            | SeatState::Sold(_)
            | SeatState::Blocked(_)
            | SeatState::Revoking(_)
            | SeatState::Quarantine
            | SeatState::TakenOver(_),
            _,
        ) => return Err(CustodyRefusal::NotFree(vec![seat.clone()])),
    };
    let sale = Sale {
        seat: seat.clone(),
        seller: standing.side,
        epoch: known.record.epoch,
        edition,
        at_risk: true,
    };
    let moved = TicketMove {
        ticket: ticket.clone(),
        before: None,
        after: TicketRecord::sold(sale.clone()),
    };
    let told = Effect::Tell(Fact::TakenOver(ticket.clone(), sale));
    Ok(Decision::of([known.turning(state)], [moved], [told]))
}

/// The hub hears of it: a seat that is free here is the cinema's from now on, else both tickets are a case.
pub(super) fn heard(
    standing: &Standing,
    loaded: &Loaded<'_>,
    (ticket, sale): (&TicketId, &Sale),
) -> Decision {
    let mut decision = revocation::sold(loaded, ticket, sale);
    let Some(seat) = loaded.seat(&sale.seat) else {
        return decision;
    };
    if seat.record.is_free_for(standing.side)
        && let Some(step) = passed_on(seat)
    {
        let given = vec![(step.seat.clone(), step.after.epoch)];
        decision.effects.push(Effect::Tell(Fact::Given(given)));
        decision.seats = super::Changes::in_order([step].into_iter());
    } else if seat.record.epoch.custodian() == standing.side && decision.effects.is_empty() {
        decision.effects.push(Effect::Case(Case::TakenOver {
            seat: sale.seat.clone(),
            ticket: ticket.clone(),
        }));
    }
    decision
}
