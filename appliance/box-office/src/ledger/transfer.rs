//! Custody passes from one side to the other: given by its custodian, received by epoch.

use crate::custody::{Arrival, arrival};
use crate::ledger::{Changes, GiveRefusal, Ledger, SeatMove, SeatRecord, SeatState, in_order};
use crate::{Epoch, SeatId, TicketId};

/// What a transfer that arrived does here. Applying a verified event never fails: what cannot take effect is a case for a
/// person or nothing new.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a transfer that is not stored has not taken effect"]
pub enum Granted {
    /// The seat is ours: one change.
    TakesEffect(Changes),
    /// Custody is ours and the seat stays as it is, because it carries a ticket: one change, and a case for a person.
    CarriesATicket {
        /// The change of custody.
        changes: Changes,
        /// The ticket that it carries.
        ticket: TicketId,
    },
    /// Known already or overtaken: nothing changes.
    Old,
    /// Transfers before it are missing, or it names an epoch of the other side: nothing changes, a case for a person.
    OutOfTurn,
    /// The room has no such seat, or it was not loaded: nothing changes, a case for a person.
    UnknownSeat,
}

impl Ledger<'_> {
    /// Gives custody of free seats to the other side. Stored in one transaction with the event that tells it.
    ///
    /// # Errors
    /// A seat that is not free or not ours.
    pub fn give(&self, seats: &[SeatId]) -> Result<Changes, GiveRefusal> {
        let places = self.free_places(seats)?;
        let given = places.into_iter().filter_map(|place| {
            let before = self.seats.get(&place)?;
            self.passed_on(
                place,
                SeatRecord {
                    epoch: before.epoch.next()?,
                    state: SeatState::Free,
                },
            )
        });
        Ok(in_order(given))
    }

    /// Receives custody of a seat, as the other side's event tells. Stored in one transaction with the stream's position.
    pub fn apply_grant(&self, seat: &SeatId, told: Epoch) -> Granted {
        let Some((place, known)) = self
            .plan
            .place_of(seat)
            .and_then(|place| Some((place, self.seats.get(&place)?)))
        else {
            return Granted::UnknownSeat;
        };
        match arrival(self.ours, known.epoch, told) {
            Arrival::TakesEffect => self.received(place, known, told),
            Arrival::Old => Granted::Old,
            Arrival::TooEarly | Arrival::NotForUs => Granted::OutOfTurn,
        }
    }

    fn received(&self, place: usize, known: &SeatRecord, told: Epoch) -> Granted {
        let to = |state| {
            in_order(
                self.passed_on(place, SeatRecord { epoch: told, state })
                    .into_iter(),
            )
        };
        match &known.state {
            SeatState::Sold(ticket) => Granted::CarriesATicket {
                changes: to(known.state.clone()),
                ticket: ticket.clone(),
            },
            SeatState::Free | SeatState::Held(_) | SeatState::Blocked(_) => {
                Granted::TakesEffect(to(SeatState::Free))
            }
        }
    }

    fn passed_on(&self, place: usize, after: SeatRecord) -> Option<SeatMove> {
        let before = self.seats.get(&place)?.clone();
        Some(SeatMove {
            place,
            seat: self.plan.seat(place).clone(),
            before,
            after,
        })
    }
}
