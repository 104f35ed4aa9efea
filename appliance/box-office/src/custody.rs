//! Custody: which of the two sides may hold, sell, block or refund a seat, and how it passes from one to the other. One pure machine for
//! both sides ([`decide`]), told by its [`Standing`] which of them it is and whether it has forgotten anything; time is an argument.
//!
//! # How a counter runs it
//! In one transaction of the cinema's scope: read the standing; load the seats and tickets that the input names (a name means
//! one seat, whichever plan of the showtime names it: [`moving`]); [`decide`]; save. Each [`SeatMove`] is an update on condition that place, epoch, state
//! and holder still are as `before` says, and each [`TicketMove`] likewise; a row count that differs is a fault, and nothing is saved. In the
//! same transaction go the effects: `Tell` into the outbox, `Keep` into what waits for its showtime, `Refund` to checkout's machine (the
//! `Free` of which is among these changes), `ListInHello` and `Case` into their tables; and where `moves_position` says so, the inbox's
//! position. Holds and sales are the ledger's; before one begins, [`Standing::is_whole`] is asked in the same transaction.
//!
//! A Hello is judged by [`judge`]. What recovers is stored whole in one transaction: at the hub [`recover`], or [`snapshot`] with the box's
//! new life ([`Life::after`]); at the box [`begin`].

pub mod allotment;
pub mod ask;
mod box_recovery;
pub mod comparison;
mod decide;
mod decision;
mod door;
mod guards;
mod hub_recovery;
mod meeting;
#[cfg(test)]
mod model;
pub mod moving;
mod quarantine;
mod revocation;
mod seat;
mod standing;
mod takeover;
#[cfg(test)]
mod tests;
mod ticket;
mod transfer;

use serde::{Deserialize, Serialize};

pub use box_recovery::{AtHub, Begun, Snapshot, begin, snapshot};
pub use decide::{Input, decide};
pub use decision::{Case, CustodyRefusal, Decision, Effect, Fact, Loaded};
pub use guards::Guards;
pub use hub_recovery::{Charge, Money, Recovered, Testimony, recover};
pub use meeting::{Has, Meeting, Sessions, Verdict, judge};
pub use seat::{Changes, LoadedSeat, SeatMove, SeatRecord, SeatState};
pub use standing::{Authority, Life, Lineage, Standing, Stopped};
pub use ticket::{Answer, Proof, Sale, TicketMove, TicketRecord, TicketState};
pub use transfer::HandOver;

/// A side that can have custody of a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Custodian {
    /// The box in the cinema.
    Cinema,
    /// The cloud hub.
    Hub,
}

impl Custodian {
    /// The other side.
    pub const fn other(self) -> Self {
        match self {
            Self::Cinema => Self::Hub,
            Self::Hub => Self::Cinema,
        }
    }
}

/// How many times a seat of a showtime has changed hands. Even: the cinema's. Odd: the hub's. It never falls.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Epoch(u32);

impl Epoch {
    /// Where every seat starts: in the cinema's custody.
    pub const FIRST: Self = Self(0);

    /// The epoch with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// How many transfers there were.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Who has custody in this epoch.
    pub const fn custodian(self) -> Custodian {
        match self.0 & 1 {
            0 => Custodian::Cinema,
            _ => Custodian::Hub,
        }
    }

    /// The epoch after the next transfer; `None` after four thousand million of them.
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

/// What becomes of a transfer to `ours` that tells of the epoch `told`, where the seat's known epoch is `known`
/// (protocol.md section 1: it takes effect only exactly one above).
pub fn arrival(ours: Custodian, known: Epoch, told: Epoch) -> Arrival {
    if told.custodian() != ours {
        return Arrival::NotForUs;
    }
    match known.next() {
        Some(next) if next == told => Arrival::TakesEffect,
        Some(next) if next < told => Arrival::TooEarly,
        Some(_) | None => Arrival::Old,
    }
}

/// What becomes of a transfer that arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The seat is ours from now on.
    TakesEffect,
    /// It is known already, or was overtaken by later transfers: nothing changes.
    Old,
    /// Transfers before it are missing: nothing changes, and a person should know.
    TooEarly,
    /// Its epoch is one of the other side's: nothing changes, and a person should know.
    NotForUs,
}
