//! The seat ledger of one showtime: what a seat is, and every move that one side may make with it. Decisions only: it gives
//! the changes, and whoever stores them checks that each seat still was as it was seen.

mod choice;
mod refusal;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::custody::{Changes, Custodian, LoadedSeat, SeatRecord, SeatState};
use crate::plan::Plan;
use crate::single_seats::FreeSeats;
use crate::{BlockId, HoldId, SeatId, TicketId};

pub use choice::{Held, HoldRules, LeftAlone, MOST_SEATS_PER_HOLD, places_needed};
pub use refusal::{BlockRefusal, HoldRefusal, SeatsRefusal, SellRefusal};

/// The seats of one showtime that a decision looks at, as one side knows them. It may hold a part of the room (see
/// [`places_needed`]); a seat that was not loaded counts as not ours.
#[derive(Debug, Clone)]
pub struct Ledger<'a> {
    plan: &'a Plan,
    ours: Custodian,
    seats: BTreeMap<usize, SeatRecord>,
}

impl<'a> Ledger<'a> {
    /// The ledger of the side `ours` with these seats, each by its place in the plan. Places beyond the plan are left out.
    pub fn new(
        plan: &'a Plan,
        ours: Custodian,
        seats: impl IntoIterator<Item = (usize, SeatRecord)>,
    ) -> Self {
        let seats = seats
            .into_iter()
            .filter(|(place, _)| *place < plan.len())
            .collect();
        Self { plan, ours, seats }
    }

    /// Whether every seat of the room was loaded. A part of a room cannot tell whether a single seat left over could have
    /// been avoided elsewhere, so it refuses more than the whole would.
    pub fn is_whole(&self) -> bool {
        self.seats.len() == self.plan.len()
    }

    /// What is known of the seat at a place; `None` if it was not loaded.
    pub fn at(&self, place: usize) -> Option<&SeatRecord> {
        self.seats.get(&place)
    }

    /// Those that were loaded, by place.
    pub fn known(&self) -> impl Iterator<Item = &SeatRecord> {
        self.seats.values()
    }

    /// By place, which seats of the room this side could sell now; `lapsed` tells of holds whose time is over.
    pub fn sellable(&self, lapsed: &dyn Fn(&HoldId) -> bool) -> Vec<bool> {
        self.sellable_to(None, lapsed)
    }

    /// Frees every seat of a hold. Nothing changes if it has none.
    pub fn release(&self, hold: &HoldId) -> Changes {
        self.free_where(|state| matches!(state, SeatState::Held(of) if of == hold))
    }

    /// Sells the seats of a hold: exactly its seats, each with its ticket.
    ///
    /// # Errors
    /// A seat that is not in the hold, one of the hold without a ticket, or a seat named twice.
    pub fn sell(
        &self,
        hold: &HoldId,
        tickets: &[(SeatId, TicketId)],
    ) -> Result<Changes, SellRefusal> {
        let wanted = self.places(tickets.iter().map(|(seat, _)| seat))?;
        let of_hold =
            |place: usize| matches!(self.ours_at(place), Some(SeatState::Held(of)) if of == hold);
        let not_held: Vec<_> = wanted
            .iter()
            .copied()
            .filter(|&place| !of_hold(place))
            .collect();
        if !not_held.is_empty() {
            return Err(SellRefusal::NotInTheHold {
                seats: self.names(not_held),
            });
        }
        let forgotten: Vec<_> = self
            .seats
            .keys()
            .copied()
            .filter(|place| of_hold(*place) && !wanted.contains(place))
            .collect();
        if !forgotten.is_empty() {
            return Err(SellRefusal::WithoutTicket {
                seats: self.names(forgotten),
            });
        }
        let sold = wanted.iter().zip(tickets);
        Ok(
            self.changes(
                sold.map(|(&place, (_, ticket))| (place, SeatState::Sold(ticket.clone()))),
            ),
        )
    }

    /// Keeps free seats back for the house.
    ///
    /// # Errors
    /// A seat that is not free or not ours.
    pub fn block(&self, seats: &[SeatId], block: &BlockId) -> Result<Changes, BlockRefusal> {
        let places = self.free_places(seats)?;
        Ok(self.changes(
            places
                .into_iter()
                .map(|place| (place, SeatState::Blocked(block.clone()))),
        ))
    }

    /// Frees every seat of a block. Nothing changes if it has none.
    pub fn unblock(&self, block: &BlockId) -> Changes {
        self.free_where(|state| matches!(state, SeatState::Blocked(of) if of == block))
    }

    /// What can be had for a guest whose hold is `own`: its seats count as free.
    fn free_seats(&self, own: Option<&HoldId>, lapsed: &dyn Fn(&HoldId) -> bool) -> FreeSeats<'a> {
        FreeSeats::new(self.plan, self.sellable_to(own, lapsed), self.is_whole())
    }

    fn sellable_to(&self, own: Option<&HoldId>, lapsed: &dyn Fn(&HoldId) -> bool) -> Vec<bool> {
        let mut sellable = vec![false; self.plan.len()];
        for (place, record) in &self.seats {
            let can_be_had = match &record.state {
                SeatState::Free => true,
                SeatState::Held(of) => Some(of) == own || lapsed(of),
                SeatState::Sold(_)
                | SeatState::Blocked(_)
                | SeatState::Revoking(_)
                | SeatState::Quarantine
                | SeatState::TakenOver(_) => false,
            };
            if let Some(seat) = sellable.get_mut(*place) {
                *seat = can_be_had && record.epoch.custodian() == self.ours;
            }
        }
        sellable
    }

    /// The state of a seat in our custody; `None` if it is not ours.
    fn ours_at(&self, place: usize) -> Option<&SeatState> {
        self.seats
            .get(&place)
            .filter(|record| record.epoch.custodian() == self.ours)
            .map(|record| &record.state)
    }

    /// The places of different, known seats.
    fn places<'s>(
        &self,
        seats: impl Iterator<Item = &'s SeatId>,
    ) -> Result<Vec<usize>, SeatsRefusal> {
        choice::places_of(self.plan, seats)
    }

    /// The places of seats that are all free and ours.
    fn free_places(&self, seats: &[SeatId]) -> Result<Vec<usize>, BlockRefusal> {
        let places = self.places(seats.iter())?;
        let not_ours: Vec<_> = places
            .iter()
            .copied()
            .filter(|&place| self.ours_at(place).is_none())
            .collect();
        if !not_ours.is_empty() {
            return Err(BlockRefusal::NotOurs {
                seats: self.names(not_ours),
            });
        }
        let not_free: Vec<_> = places
            .iter()
            .copied()
            .filter(|&place| self.ours_at(place) != Some(&SeatState::Free))
            .collect();
        if !not_free.is_empty() {
            return Err(BlockRefusal::NotFree {
                seats: self.names(not_free),
            });
        }
        Ok(places)
    }

    fn free_where(&self, is_meant: impl Fn(&SeatState) -> bool) -> Changes {
        let places = self
            .seats
            .keys()
            .copied()
            .filter(|&place| self.ours_at(place).is_some_and(&is_meant));
        self.changes(places.map(|place| (place, SeatState::Free)))
    }

    /// The changes that make these places these states, in the order of the layout.
    fn changes(&self, states: impl Iterator<Item = (usize, SeatState)>) -> Changes {
        Changes::in_order(states.filter_map(|(place, state)| {
            let loaded = LoadedSeat {
                place,
                seat: self.plan.seat(place).clone(),
                record: self.seats.get(&place)?.clone(),
            };
            Some(loaded.turning(state))
        }))
    }

    fn names(&self, places: impl IntoIterator<Item = usize>) -> Vec<SeatId> {
        places
            .into_iter()
            .map(|place| self.plan.seat(place).clone())
            .collect()
    }
}
