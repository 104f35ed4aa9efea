//! Custody passes from one side to the other: given by its custodian, received by epoch, in the stream or by a hand-over code.

use super::decision::{Case, CustodyRefusal, Decision, Effect, Fact, Loaded};
use super::seat::{LoadedSeat, SeatMove, SeatRecord, SeatState};
use super::{Arrival, Epoch, Guards, Life, Standing, arrival};
use crate::SeatId;

/// Gives custody of free seats to the other side: all or none.
pub(super) fn give(
    standing: &Standing,
    loaded: &Loaded<'_>,
    seats: &[SeatId],
) -> Result<Decision, CustodyRefusal> {
    if !standing.is_whole() {
        return Err(CustodyRefusal::Stopped);
    }
    let known: Option<Vec<_>> = seats.iter().map(|seat| loaded.seat(seat)).collect();
    let known = known.ok_or(CustodyRefusal::Unknown)?;
    let named = |is_meant: &dyn Fn(&LoadedSeat) -> bool| -> Vec<SeatId> {
        let meant = known.iter().filter(|loaded| is_meant(loaded));
        meant.map(|loaded| loaded.seat.clone()).collect()
    };
    let not_ours = named(&|loaded| loaded.record.epoch.custodian() != standing.side);
    if !not_ours.is_empty() {
        return Err(CustodyRefusal::NotOurs(not_ours));
    }
    let not_free = named(&|loaded| {
        loaded.record.state != SeatState::Free || loaded.record.epoch.next().is_none()
    });
    if !not_free.is_empty() {
        return Err(CustodyRefusal::NotFree(not_free));
    }
    let moves: Vec<_> = known
        .iter()
        .filter_map(|loaded| passed_on(loaded))
        .collect();
    let given = moves
        .iter()
        .map(|step| (step.seat.clone(), step.after.epoch));
    let told = Effect::Tell(Fact::Given(given.collect()));
    Ok(Decision::of(moves, [], [told]))
}

/// Leaves a seat that both sides claim to the other: at the epoch under which that has it, if it is the higher one; else above both. It does not come
/// back from there as a free one without a person's word.
pub(super) fn leave_to_the_other(
    standing: &Standing,
    loaded: &Loaded<'_>,
    (seat, known_epoch): (&SeatId, Epoch),
) -> Result<Decision, CustodyRefusal> {
    if !standing.is_whole() {
        return Err(CustodyRefusal::Stopped);
    }
    let known = loaded.seat(seat).ok_or(CustodyRefusal::Unknown)?;
    if known.record.epoch.custodian() != standing.side {
        return Err(CustodyRefusal::NotOurs(vec![seat.clone()]));
    }
    let is_theirs = |epoch: &Epoch| epoch.custodian() != standing.side;
    let highest = known_epoch.max(known.record.epoch);
    let above = [Some(highest), highest.next()];
    let epoch = above.into_iter().flatten().find(is_theirs);
    let (SeatState::Free | SeatState::Quarantine, Some(epoch)) = (&known.record.state, epoch)
    else {
        return Err(CustodyRefusal::NotFree(vec![seat.clone()]));
    };
    let state = SeatState::Quarantine;
    let left = known.becoming(SeatRecord { epoch, state });
    let told = Effect::Tell(Fact::Given(vec![(seat.clone(), epoch)]));
    Ok(Decision::of([left], [], [told]))
}

/// The seat in the other side's custody. `None` after four thousand million transfers.
pub(super) fn passed_on(loaded: &LoadedSeat) -> Option<SeatMove> {
    let epoch = loaded.record.epoch.next()?;
    let state = SeatState::Free;
    Some(loaded.becoming(SeatRecord { epoch, state }))
}

/// Receives custody, as the other side tells.
pub(super) fn heard(
    guards: &Guards,
    standing: &Standing,
    loaded: &Loaded<'_>,
    (plan, told): (u32, &[(SeatId, Epoch)]),
) -> Decision {
    let (mut moves, mut effects) = (Vec::new(), Vec::new());
    for (seat, epoch) in told {
        match loaded.seat(seat) {
            Some(known) => receive(guards, standing, known, *epoch, &mut moves, &mut effects),
            None => effects.push(Effect::Keep {
                plan,
                fact: Fact::Given(vec![(seat.clone(), *epoch)]),
            }),
        }
    }
    Decision::of(moves, [], effects)
}

fn receive(
    guards: &Guards,
    standing: &Standing,
    known: &LoadedSeat,
    told: Epoch,
    moves: &mut Vec<SeatMove>,
    effects: &mut Vec<Effect>,
) {
    let arrives = match arrival(standing.side, known.record.epoch, told) {
        Arrival::NotForUs => Arrival::NotForUs,
        _ if !guards.only_the_next_epoch => Arrival::TakesEffect,
        arrives @ (Arrival::TakesEffect | Arrival::Old | Arrival::TooEarly) => arrives,
    };
    match arrives {
        Arrival::TakesEffect => {
            let keeps = guards.grants_keep_tickets;
            let state = match &known.record.state {
                SeatState::Sold(ticket) | SeatState::Revoking(ticket) if keeps => {
                    effects.push(Effect::Case(Case::GivenWithTicket {
                        seat: known.seat.clone(),
                        ticket: ticket.clone(),
                    }));
                    known.record.state.clone()
                }
                // The hub had it free, and so gives it for the ticket.
                SeatState::TakenOver(ticket) if keeps => SeatState::Sold(ticket.clone()),
                SeatState::Quarantine if guards.maybe_taken_over_is_quarantined => {
                    SeatState::Quarantine
                }
                SeatState::Free
                | SeatState::Held(_)
                | SeatState::Sold(_)
                | SeatState::Blocked(_)
                | SeatState::Revoking(_)
                | SeatState::Quarantine
                | SeatState::TakenOver(_) => SeatState::Free,
            };
            moves.push(known.becoming(SeatRecord { epoch: told, state }));
        }
        Arrival::Old => {}
        // Both have claimed it, and the other leaves it to this side.
        Arrival::TooEarly
            if known.record.state == SeatState::Quarantine
                && known.record.epoch.custodian() == standing.side =>
        {
            let state = SeatState::Quarantine;
            moves.push(known.becoming(SeatRecord { epoch: told, state }));
        }
        Arrival::TooEarly | Arrival::NotForUs => effects.push(Effect::Case(Case::OutOfTurn {
            seat: known.seat.clone(),
            told,
            known: known.record.epoch,
        })),
    }
}

/// What a hand-over code carries: grants that already stand in the `down` stream, signed for these two lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// The incarnation of the box.
    pub incarnation: Life,
    /// The generation of the hub.
    pub generation: Life,
    /// The plan version that names the seats.
    pub plan: u32,
    /// The seats, each with the epoch that the transfer gives it.
    pub seats: Vec<(SeatId, Epoch)>,
}

/// Applies a code whose signature is right. A fenced box scans nothing.
pub(super) fn scanned(
    guards: &Guards,
    standing: &Standing,
    loaded: &Loaded<'_>,
    code: &HandOver,
) -> Result<Decision, CustodyRefusal> {
    if !standing.is_whole() {
        return Err(CustodyRefusal::Stopped);
    }
    if code.incarnation != standing.life || Some(code.generation) != standing.other {
        return Err(CustodyRefusal::OldCode);
    }
    let mut decision = heard(guards, standing, loaded, (code.plan, &code.seats));
    let applied = decision.seats.iter();
    let listed: Vec<_> = applied
        .map(|step| Effect::ListInHello(step.seat.clone(), step.after.epoch))
        .collect();
    decision.effects.extend(listed);
    decision.moves_position = !guards.codes_move_no_position;
    Ok(decision)
}
