//! Why a move is refused, in a clerk's words. Each refusal names every seat that it concerns.

use std::fmt;

use crate::SeatId;

/// Why a list of seats makes no sense in this room.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeatsRefusal {
    /// The room has no such seats.
    #[error("there is no seat {} in this room", Listed(seats))]
    Unknown {
        /// The seats.
        seats: Vec<SeatId>,
    },
    /// Seats were named more than once.
    #[error("{} was named more than once", Listed(seats))]
    Repeated {
        /// The seats, once each.
        seats: Vec<SeatId>,
    },
}

/// Why seats cannot be held.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoldRefusal {
    /// No seat was named.
    #[error("no seat was chosen")]
    NoneGiven,
    /// More seats than one hold may have.
    #[error("at most {limit} seats can be held at once")]
    TooMany {
        /// The most seats of one hold.
        limit: usize,
    },
    /// Unknown or repeated seats.
    #[error(transparent)]
    Seats(#[from] SeatsRefusal),
    /// Other guests were faster.
    #[error("already taken: {}", ListedTwo(held, sold))]
    Taken {
        /// Held for another guest.
        held: Vec<SeatId>,
        /// Sold.
        sold: Vec<SeatId>,
    },
    /// The house keeps them back, or nobody can prove what became of them.
    #[error("kept back by the house: {}", Listed(seats))]
    Blocked {
        /// The seats.
        seats: Vec<SeatId>,
    },
    /// The other side has custody.
    #[error("out of reach: {}", Listed(seats))]
    NotOurs {
        /// The seats.
        seats: Vec<SeatId>,
    },
    /// Half of a love seat was chosen.
    #[error("half of a love seat: {}", Listed(seats))]
    LoveSeatSplit {
        /// The halves that were chosen without the other.
        seats: Vec<SeatId>,
    },
    /// A companion seat was chosen without its wheelchair place.
    #[error("for whoever comes along with a wheelchair: {}", Listed(seats))]
    CompanionWithoutWheelchair {
        /// The companion seats.
        seats: Vec<SeatId>,
    },
    /// Strict mode: the choice leaves single seats over that another choice would not. Said by a part of a room it is
    /// not final: see [`crate::ledger::Ledger::is_whole`].
    #[error("would be left over alone: {}", Listed(seats))]
    SingleSeatLeft {
        /// The seats that nobody would sit beside.
        seats: Vec<SeatId>,
    },
}

/// Why seats of a hold cannot be sold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SellRefusal {
    /// Unknown or repeated seats.
    #[error(transparent)]
    Seats(#[from] SeatsRefusal),
    /// They are not held for this guest, or not any more.
    #[error("not held for this guest: {}", Listed(seats))]
    NotInTheHold {
        /// The seats.
        seats: Vec<SeatId>,
    },
    /// Seats of the hold for which no ticket was given.
    #[error("held, but without a ticket: {}", Listed(seats))]
    WithoutTicket {
        /// The seats.
        seats: Vec<SeatId>,
    },
}

/// Why free seats cannot be kept back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockRefusal {
    /// Unknown or repeated seats.
    #[error(transparent)]
    Seats(#[from] SeatsRefusal),
    /// Held, sold or blocked.
    #[error("not free: {}", Listed(seats))]
    NotFree {
        /// The seats.
        seats: Vec<SeatId>,
    },
    /// The other side has custody.
    #[error("out of reach: {}", Listed(seats))]
    NotOurs {
        /// The seats.
        seats: Vec<SeatId>,
    },
}

/// Ids with commas between.
struct Listed<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for Listed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, id) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(f, "{comma}{id}")?;
        }
        Ok(())
    }
}

/// Two lists as one.
struct ListedTwo<'a, T>(&'a [T], &'a [T]);

impl<T: fmt::Display> fmt::Display for ListedTwo<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comma = if self.0.is_empty() || self.1.is_empty() {
            ""
        } else {
            ", "
        };
        write!(f, "{}{comma}{}", Listed(self.0), Listed(self.1))
    }
}
