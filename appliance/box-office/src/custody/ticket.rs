//! A ticket as one side knows it: what it was sold as, whether it still stands, and whether its guest was let in.

use super::{Custodian, Epoch};
use crate::{SeatId, TicketId};

/// What a ticket names of its seat.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sale {
    /// The seat.
    pub seat: SeatId,
    /// Who sold it.
    pub seller: Custodian,
    /// The epoch under which it was sold.
    pub epoch: Epoch,
    /// Rises with each sale and each replaced ticket of the seat.
    pub edition: u32,
    /// Sold at the cinema's own risk.
    pub at_risk: bool,
}

impl Sale {
    /// What `seller` sold under `epoch`: at its own risk, if the seat was in the other side's custody then.
    pub fn new(seat: SeatId, seller: Custodian, epoch: Epoch, edition: u32) -> Self {
        Self {
            seat,
            seller,
            epoch,
            edition,
            at_risk: epoch.custodian() != seller,
        }
    }
}

/// Whether a ticket still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TicketState {
    /// It does.
    Live,
    /// The cinema is asked whether it may go back; until it answers the ticket stands.
    Revoking,
    /// It opens no door any more, and had not.
    Revoked,
    /// The money went back and nobody can say whether it was used.
    Unproven,
}

/// How sure an admission is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proof {
    /// The box remembers everything that could speak against it.
    Proven,
    /// The box has lost what could: the usher looks at the seat.
    Unproven,
}

/// A ticket as one side knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TicketRecord {
    /// What it was sold as.
    pub sale: Sale,
    /// Whether it stands.
    pub state: TicketState,
    /// Whether its guest was let in.
    pub admitted: Option<Proof>,
    /// Whether a life of the box that nobody remembers may have let its guest in.
    pub maybe_admitted: bool,
}

impl TicketRecord {
    /// A ticket as it is sold.
    pub fn sold(sale: Sale) -> Self {
        Self {
            sale,
            state: TicketState::Live,
            admitted: None,
            maybe_admitted: false,
        }
    }

    /// Whether somebody may come with it.
    pub fn stands(&self) -> bool {
        match self.state {
            TicketState::Live | TicketState::Revoking => true,
            TicketState::Revoked | TicketState::Unproven => false,
        }
    }
}

/// What the cinema answers to the wish to take a ticket back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It opens no door any more, and had not.
    Revoked,
    /// Its guest is inside.
    AlreadyAdmitted,
    /// Nobody can say whether its guest was let in; it opens no door any more.
    Unproven,
}

/// One ticket's change: written only if it still is as `before` says; `None` if it had no row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketMove {
    /// The ticket.
    pub ticket: TicketId,
    /// What it was.
    pub before: Option<TicketRecord>,
    /// What it is to be.
    pub after: TicketRecord,
}
