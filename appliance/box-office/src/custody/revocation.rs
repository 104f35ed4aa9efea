//! Taking a ticket back. The cinema writes the admissions, so the hub asks, and the seat is `Revoking` until it answers.

use super::decision::{Case, CustodyRefusal, Decision, Effect, Fact, Loaded};
use super::seat::{SeatMove, SeatState};
use super::ticket::{Answer, Sale, TicketMove, TicketRecord, TicketState};
use super::{Custodian, Guards, Standing};
use crate::TicketId;
use crate::checkout::RefundEvent;

/// A refund of a ticket that this side sold: the hub asks the cinema, the cinema answers itself.
pub(super) fn refund(
    guards: &Guards,
    standing: &Standing,
    loaded: &Loaded<'_>,
    ticket: &TicketId,
) -> Result<Decision, CustodyRefusal> {
    if !standing.is_whole() {
        return Err(CustodyRefusal::Stopped);
    }
    let record = loaded.ticket(ticket).ok_or(CustodyRefusal::Unknown)?;
    if record.sale.seller != standing.side {
        return Err(CustodyRefusal::NotThisSide(record.sale.seller));
    }
    if record.state != TicketState::Live {
        return Err(CustodyRefusal::Revoked);
    }
    match standing.side {
        Custodian::Cinema => match answer(guards, record) {
            Answer::AlreadyAdmitted => Err(CustodyRefusal::AlreadyAdmitted),
            answered @ (Answer::Revoked | Answer::Unproven) => {
                let told = Effect::Tell(Fact::Answered(ticket.clone(), answered));
                let mut decision = settled(loaded, ticket, record, answered);
                decision.effects.insert(0, told);
                Ok(decision)
            }
        },
        Custodian::Hub if record.admitted.is_some() => Err(CustodyRefusal::AlreadyAdmitted),
        Custodian::Hub => {
            let told = Effect::Tell(Fact::AskedToRevoke(ticket.clone(), record.sale.clone()));
            let early = (!guards.money_waits_for_the_answer)
                .then(|| Effect::Refund(ticket.clone(), RefundEvent::Revoked));
            Ok(Decision::of(
                seat_of(loaded, ticket, record, &SeatState::Revoking(ticket.clone())),
                [becoming(ticket, record, TicketState::Revoking)],
                [told].into_iter().chain(early),
            ))
        }
    }
}

/// The cinema hears that the hub wants a ticket back, and answers in the same transaction. Asked again, it answers again.
pub(super) fn asked(
    guards: &Guards,
    standing: &Standing,
    loaded: &Loaded<'_>,
    (ticket, sale): (&TicketId, &Sale),
) -> Decision {
    let known = loaded.ticket(ticket);
    let record = known.cloned().unwrap_or_else(|| TicketRecord {
        maybe_admitted: standing.has_forgotten,
        ..TicketRecord::sold(sale.clone())
    });
    let answered = answer(guards, &record);
    let after = TicketRecord {
        state: state_after(answered),
        ..record
    };
    let moved = TicketMove {
        ticket: ticket.clone(),
        before: known.cloned(),
        after,
    };
    Decision::of(
        [],
        [moved],
        [Effect::Tell(Fact::Answered(ticket.clone(), answered))],
    )
}

/// The hub hears the cinema's answer. Only `Revoked` frees the seat.
pub(super) fn answered(
    side: Custodian,
    loaded: &Loaded<'_>,
    ticket: &TicketId,
    answer: Answer,
) -> Decision {
    let Some(record) = loaded.ticket(ticket) else {
        return Decision::default();
    };
    let mut decision = settled(loaded, ticket, record, answer);
    if record.sale.seller != side {
        return decision;
    }
    let event = match answer {
        Answer::Revoked => RefundEvent::Revoked,
        Answer::AlreadyAdmitted => RefundEvent::AlreadyAdmitted,
        Answer::Unproven => RefundEvent::Unproven,
    };
    tell_quarantine(&mut decision);
    decision.effects.push(Effect::Refund(ticket.clone(), event));
    decision
}

/// The other side has the question; that is no answer.
pub(super) fn acknowledged(guards: &Guards, loaded: &Loaded<'_>, ticket: &TicketId) -> Decision {
    match loaded.ticket(ticket) {
        Some(record) if !guards.only_answers_free && record.state == TicketState::Revoking => {
            let mut decision = settled(loaded, ticket, record, Answer::Revoked);
            let event = Effect::Refund(ticket.clone(), RefundEvent::Revoked);
            decision.effects.push(event);
            decision
        }
        Some(_) | None => Decision::default(),
    }
}

/// The showtime has ended and the cinema has not answered: the money goes back, and the seat is not sold again. Whose guest was let in, as
/// far as is known, is refused.
pub(super) fn unanswered(
    standing: &Standing,
    loaded: &Loaded<'_>,
    ticket: &TicketId,
) -> Result<Decision, CustodyRefusal> {
    if !standing.is_whole() {
        return Err(CustodyRefusal::Stopped);
    }
    let record = loaded.ticket(ticket).ok_or(CustodyRefusal::Unknown)?;
    if record.state != TicketState::Revoking {
        return Ok(Decision::default());
    }
    // That its guest was let in may be known without an answer.
    let (answer, event) = match record.admitted {
        Some(_) => (Answer::AlreadyAdmitted, RefundEvent::AlreadyAdmitted),
        None => (Answer::Unproven, RefundEvent::Deadline),
    };
    let mut decision = settled(loaded, ticket, record, answer);
    tell_quarantine(&mut decision);
    decision.effects.push(Effect::Refund(ticket.clone(), event));
    Ok(decision)
}

/// What the hub puts into quarantine it tells, so that both sides hold it.
fn tell_quarantine(decision: &mut Decision) {
    let lost = decision.seats.iter();
    let lost = lost.filter(|step| step.after.state == SeatState::Quarantine);
    let lost: Vec<_> = lost.map(|step| step.seat.clone()).collect();
    if !lost.is_empty() {
        decision.effects.push(Effect::Tell(Fact::Quarantined(lost)));
    }
}

/// What the box can prove of a ticket.
pub(super) fn answer(guards: &Guards, record: &TicketRecord) -> Answer {
    match (record.admitted, record.state) {
        (Some(_), _) => Answer::AlreadyAdmitted,
        (None, TicketState::Revoked) => Answer::Revoked,
        (None, TicketState::Unproven) => Answer::Unproven,
        (None, TicketState::Live | TicketState::Revoking)
            if record.maybe_admitted && guards.a_lost_tail_proves_nothing =>
        {
            Answer::Unproven
        }
        (None, TicketState::Live | TicketState::Revoking) => Answer::Revoked,
    }
}

pub(super) fn state_after(answer: Answer) -> TicketState {
    match answer {
        Answer::Revoked => TicketState::Revoked,
        Answer::AlreadyAdmitted => TicketState::Live,
        Answer::Unproven => TicketState::Unproven,
    }
}

/// The ticket and its seat after the answer. A seat that was taken over is not sold again.
fn settled(
    loaded: &Loaded<'_>,
    ticket: &TicketId,
    record: &TicketRecord,
    answer: Answer,
) -> Decision {
    let state = match answer {
        Answer::Revoked if record.sale.at_risk => SeatState::Quarantine,
        Answer::Revoked => SeatState::Free,
        Answer::Unproven => SeatState::Quarantine,
        Answer::AlreadyAdmitted => SeatState::Sold(ticket.clone()),
    };
    let mut moved = becoming(ticket, record, state_after(answer));
    if answer == Answer::AlreadyAdmitted {
        let proof = record.admitted.unwrap_or(super::Proof::Proven);
        moved.after.admitted = Some(proof);
    }
    Decision::of(seat_of(loaded, ticket, record, &state), [moved], [])
}

/// The change of the seat that carries the ticket.
fn seat_of(
    loaded: &Loaded<'_>,
    ticket: &TicketId,
    record: &TicketRecord,
    state: &SeatState,
) -> Option<SeatMove> {
    let seat = loaded.seat(&record.sale.seat)?;
    (seat.record.state.ticket() == Some(ticket)).then(|| seat.turning(state.clone()))
}

fn becoming(ticket: &TicketId, record: &TicketRecord, state: TicketState) -> TicketMove {
    TicketMove {
        ticket: ticket.clone(),
        before: Some(record.clone()),
        after: TicketRecord {
            state,
            ..record.clone()
        },
    }
}

/// A ticket that the other side sold is kept with what is known of it; two that stand for one seat are a case.
pub(super) fn sold(loaded: &Loaded<'_>, ticket: &TicketId, sale: &Sale) -> Decision {
    if loaded.ticket(ticket).is_some() {
        return Decision::default();
    }
    let moved = TicketMove {
        ticket: ticket.clone(),
        before: None,
        after: TicketRecord::sold(sale.clone()),
    };
    let carried = loaded.seat(&sale.seat);
    let carried = carried.and_then(|seat| seat.record.state.ticket());
    let ours = carried.filter(|ours| loaded.ticket(ours).is_none_or(TicketRecord::stands));
    // Editions rise with each sale: two of one are a sale that its seller has forgotten.
    let twin = |(id, known): &(&TicketId, &TicketRecord)| {
        let of_one = (&known.sale.seat, known.sale.epoch, known.sale.edition);
        *id != ticket && known.stands() && of_one == (&sale.seat, sale.epoch, sale.edition)
    };
    let twin = || loaded.tickets.iter().find(twin).map(|(id, _)| id);
    let ours = ours.or_else(twin);
    let case = ours.map(|ours| {
        Effect::Case(Case::TwoTickets {
            seat: sale.seat.clone(),
            ours: ours.clone(),
            theirs: ticket.clone(),
        })
    });
    Decision::of([], [moved], case)
}
