//! The door's table: a ticket opens the door once, by its signature and by what the box knows of it and of its seat.

use super::decision::{Case, CustodyRefusal, Decision, Effect, Fact, Loaded};
use super::seat::{LoadedSeat, SeatState};
use super::ticket::{Proof, Sale, TicketMove, TicketRecord};
use super::{Custodian, Guards, Standing};
use crate::TicketId;

/// A ticket whose signature is right is presented. Time alone never refuses it, and neither does a fence: what a box that has forgotten
/// lets in is marked unproven.
pub(super) fn presented(
    guards: &Guards,
    standing: &Standing,
    loaded: &Loaded<'_>,
    (ticket, sale): (&TicketId, &Sale),
) -> Result<Decision, CustodyRefusal> {
    if standing.side != Custodian::Cinema {
        return Err(CustodyRefusal::NotThisSide(Custodian::Cinema));
    }
    let known = loaded.ticket(ticket);
    if known.is_some_and(|record| record.admitted.is_some()) {
        return Err(CustodyRefusal::AlreadyAdmitted);
    }
    if known.is_some_and(|record| !record.stands()) {
        return Err(CustodyRefusal::Revoked);
    }
    let seat = loaded.seat(&sale.seat);
    if is_superseded(loaded, seat, sale) {
        return Err(CustodyRefusal::Superseded);
    }
    let may_be_inside = known.map_or(standing.has_forgotten, |record| record.maybe_admitted);
    let is_fenced = !standing.is_whole() && guards.fenced_admissions_are_unproven;
    let proof = match may_be_inside || is_fenced {
        true => Proof::Unproven,
        false => Proof::Proven,
    };
    let record = known.cloned().unwrap_or_else(|| TicketRecord {
        maybe_admitted: standing.has_forgotten,
        ..TicketRecord::sold(sale.clone())
    });
    let moved = TicketMove {
        ticket: ticket.clone(),
        before: known.cloned(),
        after: TicketRecord {
            admitted: Some(proof),
            ..record
        },
    };
    let mut effects = Vec::new();
    if known.is_none() {
        effects.push(Effect::Tell(Fact::Found(ticket.clone(), sale.clone())));
        effects.push(Effect::Case(Case::FoundSale(ticket.clone())));
        // Somebody else has the seat as well: it was taken over, or sold at somebody's risk.
        let mut standing = loaded.tickets.iter();
        let sold_there = standing.find(|(other, record)| {
            *other != ticket && record.sale.seat == sale.seat && record.stands()
        });
        let sold_here = seat.and_then(|seat| match &seat.record.state {
            SeatState::TakenOver(ours) | SeatState::Sold(ours) => Some(ours),
            SeatState::Free
            | SeatState::Held(_)
            | SeatState::Blocked(_)
            | SeatState::Revoking(_)
            | SeatState::Quarantine => None,
        });
        if let Some(ours) = sold_here.or(sold_there.map(|(other, _)| other))
            && ours != ticket
        {
            effects.push(Effect::Case(Case::TwoTickets {
                seat: sale.seat.clone(),
                ours: ours.clone(),
                theirs: ticket.clone(),
            }));
        }
    }
    effects.push(Effect::Tell(Fact::Admitted(ticket.clone(), proof)));
    if proof == Proof::Unproven {
        effects.push(Effect::Case(Case::AdmittedUnproven(ticket.clone())));
    }
    // Out of quarantine by a person's word, it is free until whoever sits on it shows a ticket.
    let proven_seat = seat.filter(|seat| {
        known.is_none()
            && matches!(seat.record.state, SeatState::Quarantine | SeatState::Free)
            && seat.record.epoch == sale.epoch
            && seat.record.epoch.custodian() == standing.side
    });
    let proven_seat = proven_seat.map(|seat| seat.turning(SeatState::Sold(ticket.clone())));
    Ok(Decision::of(proven_seat, [moved], effects))
}

/// Whether the seat was given away or sold again since, as far as is known here. What was sold at risk supersedes nothing, and nothing
/// supersedes it: both guests came in good faith. So did whoever bought a seat of which nobody could say afterwards whether it was sold.
fn is_superseded(loaded: &Loaded<'_>, seat: Option<&LoadedSeat>, sale: &Sale) -> bool {
    // One that was replaced may have kept its id.
    let is_later = |record: &TicketRecord| {
        record.sale.seat == sale.seat
            && !record.sale.at_risk
            && (record.sale.epoch, record.sale.edition) > (sale.epoch, sale.edition)
    };
    if sale.at_risk || loaded.doubted.is_some_and(|epoch| sale.epoch <= epoch) {
        return false;
    }
    let was_given_away = |seat: &LoadedSeat| {
        seat.record.epoch > sale.epoch && seat.record.state != SeatState::Quarantine
    };
    seat.is_some_and(was_given_away) || loaded.tickets.values().any(is_later)
}

/// The hub hears that a guest was let in, or that a ticket was found.
pub(super) fn heard_admitted(loaded: &Loaded<'_>, ticket: &TicketId, proof: Proof) -> Decision {
    let known = loaded.ticket(ticket);
    let moved = known
        .filter(|record| record.admitted.is_none())
        .map(|record| TicketMove {
            ticket: ticket.clone(),
            before: Some(record.clone()),
            after: TicketRecord {
                admitted: Some(proof),
                ..record.clone()
            },
        });
    Decision::of([], moved, [])
}
