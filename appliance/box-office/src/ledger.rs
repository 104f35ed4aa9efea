//! The seat ledger of one showtime: what a seat is, and every move that one side may make with it. Decisions only: it gives
//! the changes, and whoever stores them checks that each seat still was as it was seen.

mod choice;
mod refusal;
mod transfer;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::plan::Plan;
use crate::single_seats::FreeSeats;
use crate::{BlockId, Custodian, Epoch, HoldId, SeatId, TicketId};

pub use choice::{Held, HoldRules, LeftAlone, MOST_SEATS_PER_HOLD, places_needed};
pub use refusal::{GiveRefusal, HoldRefusal, RefundRefusal, SeatsRefusal, SellRefusal};
pub use transfer::Granted;

/// What a seat of a showtime is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SeatState {
    /// Can be had.
    Free,
    /// Kept for a guest who has not paid yet.
    Held(HoldId),
    /// Sold; the ticket may be used or not.
    Sold(TicketId),
    /// Kept back by the house.
    Blocked(BlockId),
}

/// A seat of a showtime as one side knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SeatRecord {
    /// How often it has changed hands, and so whose it is.
    pub epoch: Epoch,
    /// What it is.
    pub state: SeatState,
}

impl SeatRecord {
    /// How every seat of a new showtime begins: free, the cinema's.
    pub const NEW: Self = Self {
        epoch: Epoch::FIRST,
        state: SeatState::Free,
    };
}

/// One seat's change: written only if the seat still is as `before` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeatMove {
    /// The seat's place in the layout.
    pub place: usize,
    /// The seat.
    pub seat: SeatId,
    /// What it was when this was decided.
    pub before: SeatRecord,
    /// What it is to be.
    pub after: SeatRecord,
}

/// The changes of one decision, in the order of the layout; all of them are made or none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a decision that is not stored has not been made"]
pub struct Changes(Vec<SeatMove>);

impl Changes {
    /// Each change.
    pub fn iter(&self) -> std::slice::Iter<'_, SeatMove> {
        self.0.iter()
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many seats change.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The seats that change.
    pub fn seats(&self) -> Vec<SeatId> {
        self.0.iter().map(|step| step.seat.clone()).collect()
    }
}

impl IntoIterator for Changes {
    type Item = SeatMove;
    type IntoIter = std::vec::IntoIter<SeatMove>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Changes {
    type Item = &'a SeatMove;
    type IntoIter = std::slice::Iter<'a, SeatMove>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

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

    /// Frees the seats of these tickets.
    ///
    /// # Errors
    /// A ticket that no seat in our custody carries.
    pub fn refund(&self, tickets: &[TicketId]) -> Result<Changes, RefundRefusal> {
        let carries = |state: &SeatState, ticket: &TicketId| matches!(state, SeatState::Sold(of) if of == ticket);
        let known = |ticket: &TicketId| {
            self.seats.keys().any(|&place| {
                self.ours_at(place)
                    .is_some_and(|state| carries(state, ticket))
            })
        };
        let unknown: Vec<_> = tickets
            .iter()
            .filter(|ticket| !known(ticket))
            .cloned()
            .collect();
        if !unknown.is_empty() {
            return Err(RefundRefusal::NoSeatWith { tickets: unknown });
        }
        Ok(self.free_where(|state| tickets.iter().any(|ticket| carries(state, ticket))))
    }

    /// Keeps free seats back for the house.
    ///
    /// # Errors
    /// A seat that is not free or not ours.
    pub fn block(&self, seats: &[SeatId], block: &BlockId) -> Result<Changes, GiveRefusal> {
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
                SeatState::Sold(_) | SeatState::Blocked(_) => false,
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
    fn free_places(&self, seats: &[SeatId]) -> Result<Vec<usize>, GiveRefusal> {
        let places = self.places(seats.iter())?;
        let not_ours: Vec<_> = places
            .iter()
            .copied()
            .filter(|&place| self.ours_at(place).is_none())
            .collect();
        if !not_ours.is_empty() {
            return Err(GiveRefusal::NotOurs {
                seats: self.names(not_ours),
            });
        }
        let not_free: Vec<_> = places
            .iter()
            .copied()
            .filter(|&place| self.ours_at(place) != Some(&SeatState::Free))
            .collect();
        if !not_free.is_empty() {
            return Err(GiveRefusal::NotFree {
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
        let moves = states.filter_map(|(place, state)| {
            let before = self.seats.get(&place)?.clone();
            let after = SeatRecord {
                epoch: before.epoch,
                state,
            };
            Some(SeatMove {
                place,
                seat: self.plan.seat(place).clone(),
                before,
                after,
            })
        });
        in_order(moves)
    }

    fn names(&self, places: impl IntoIterator<Item = usize>) -> Vec<SeatId> {
        places
            .into_iter()
            .map(|place| self.plan.seat(place).clone())
            .collect()
    }
}

/// Real changes only, in the order of the layout.
fn in_order(moves: impl Iterator<Item = SeatMove>) -> Changes {
    let mut moves: Vec<_> = moves.filter(|step| step.before != step.after).collect();
    moves.sort_by_key(|step| step.place);
    Changes(moves)
}
