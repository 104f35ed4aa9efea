//! Ways out of quarantine by a person's word, and what the cinema hears of the hub's. A presented ticket is the other way: see `door`.

use super::decision::{CustodyRefusal, Decision, Effect, Fact, Loaded};
use super::seat::SeatState;
use super::{Custodian, Standing};
use crate::SeatId;

/// A manager says, at the custodian's risk, that these seats are free after all.
pub(super) fn leave(
    standing: &Standing,
    loaded: &Loaded<'_>,
    seats: &[SeatId],
) -> Result<Decision, CustodyRefusal> {
    if !standing.is_whole() {
        return Err(CustodyRefusal::Stopped);
    }
    let known: Option<Vec<_>> = seats.iter().map(|seat| loaded.seat(seat)).collect();
    let known = known.ok_or(CustodyRefusal::Unknown)?;
    let is_meant = |seat: &&super::LoadedSeat| {
        seat.record.epoch.custodian() == standing.side && seat.record.state == SeatState::Quarantine
    };
    if let Some(other) = known.iter().find(|seat| !is_meant(seat)) {
        return Err(CustodyRefusal::NotOurs(vec![other.seat.clone()]));
    }
    let told = match standing.side {
        Custodian::Cinema => None,
        Custodian::Hub => Some(Effect::Tell(Fact::OutOfQuarantine(seats.to_vec()))),
    };
    let freed = known.iter().map(|seat| seat.turning(SeatState::Free));
    Ok(Decision::of(freed, [], told))
}

/// The cinema hears which seats of the hub are in quarantine, or no longer, so that a restored hub learns it again.
pub(super) fn heard(
    standing: &Standing,
    loaded: &Loaded<'_>,
    (seats, is_in): (&[SeatId], bool),
) -> Decision {
    let theirs = seats
        .iter()
        .filter_map(|seat| loaded.seat(seat))
        .filter(|seat| seat.record.epoch.custodian() != standing.side);
    // What may have been taken over by a life that nobody remembers stays so.
    let stays = standing.has_forgotten && loaded.has_begun;
    let moves = theirs.filter_map(|seat| match (&seat.record.state, is_in) {
        (SeatState::Free, true) => Some(seat.turning(SeatState::Quarantine)),
        (SeatState::Quarantine, false) if !stays => Some(seat.turning(SeatState::Free)),
        (
            SeatState::Free
            | SeatState::Held(_)
            | SeatState::Sold(_)
            | SeatState::Blocked(_)
            | SeatState::Revoking(_)
            | SeatState::Quarantine
            | SeatState::TakenOver(_),
            true | false,
        ) => None,
    });
    Decision::of(moves, [], [])
}
