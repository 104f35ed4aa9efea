//! What a decision is made from and what it comes to.

use std::collections::BTreeMap;

use super::seat::{Changes, LoadedSeat, SeatMove};
use super::ticket::{Answer, Proof, Sale, TicketMove, TicketRecord};
use super::{Custodian, Epoch};
use crate::checkout::RefundEvent;
use crate::{SeatId, TicketId};

/// What one side tells the other of a showtime. It is written in the transaction of the change that it tells of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Fact {
    /// Custody of free seats passes to the other side, each at this epoch.
    Given(Vec<(SeatId, Epoch)>),
    /// A ticket was sold.
    Sold(TicketId, Sale),
    /// The cinema sold a ticket for a seat in the hub's custody, at its own risk.
    TakenOver(TicketId, Sale),
    /// A valid ticket was presented that no record knows.
    Found(TicketId, Sale),
    /// A guest was let in.
    Admitted(TicketId, Proof),
    /// The hub wants to take a ticket back.
    AskedToRevoke(TicketId, Sale),
    /// The cinema answers, or tells what it did at its own till.
    Answered(TicketId, Answer),
    /// Seats of the hub whose state nobody can prove.
    Quarantined(Vec<SeatId>),
    /// Seats of the hub are out of quarantine.
    OutOfQuarantine(Vec<SeatId>),
}

/// What is loaded of one showtime, in the transaction of the decision.
#[derive(Debug, Clone, Copy)]
pub struct Loaded<'a> {
    /// The version of its plan; `None` for a showtime that is not known here.
    pub plan: Option<u32>,
    /// The seats that the input names; at the hub a seat of the plan without a row is [`super::SeatRecord::NEW`].
    pub seats: &'a [LoadedSeat],
    /// The tickets that the input names, and those that the seats carry.
    pub tickets: &'a BTreeMap<TicketId, TicketRecord>,
    /// Whether the showtime has begun, by this side's own clock.
    pub has_begun: bool,
    /// For the seat of a ticket that is presented: whoever bought it up to this epoch may have it still, whatever became of it since. A person has
    /// freed it without proof, or both sides have claimed it.
    pub doubted: Option<Epoch>,
}

impl<'a> Loaded<'a> {
    pub(super) fn seat(&self, seat: &SeatId) -> Option<&'a LoadedSeat> {
        self.seats.iter().find(|loaded| loaded.seat == *seat)
    }

    pub(super) fn ticket(&self, ticket: &TicketId) -> Option<&'a TicketRecord> {
        self.tickets.get(ticket)
    }
}

/// What is to be done besides the changes, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write this to the own stream, in the same transaction.
    Tell(Fact),
    /// Store what was told of a showtime, plan or seat that is not known here, in the same transaction; it is heard again when that is.
    Keep {
        /// The plan version that it names.
        plan: u32,
        /// What was told.
        fact: Fact,
    },
    /// Tell the refund of this ticket. The seat is dealt with here: its `Free` is among these changes.
    Refund(TicketId, RefundEvent),
    /// List the transfer in the next Hello: it was applied out of order.
    ListInHello(SeatId, Epoch),
    /// Show a person what does not fit.
    Case(Case),
}

/// What a person must know or decide. Facts are stored all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Case {
    /// A seat was given that carries a ticket here: it keeps it.
    GivenWithTicket {
        /// The seat.
        seat: SeatId,
        /// The ticket.
        ticket: TicketId,
    },
    /// A transfer that comes too early, or names an epoch of the other side.
    OutOfTurn {
        /// The seat.
        seat: SeatId,
        /// The epoch that it names.
        told: Epoch,
        /// The known one.
        known: Epoch,
    },
    /// Two tickets stand for one seat.
    TwoTickets {
        /// The seat.
        seat: SeatId,
        /// The ticket known here.
        ours: TicketId,
        /// The one that was heard of.
        theirs: TicketId,
    },
    /// A guest was let in without proof that nobody was before.
    AdmittedUnproven(TicketId),
    /// A ticket was presented that no record knew.
    FoundSale(TicketId),
    /// A seat was taken over that is neither free at the hub nor sold there: a guest is about to buy it, or it is in quarantine.
    TakenOver {
        /// The seat.
        seat: SeatId,
        /// The ticket of the cinema.
        ticket: TicketId,
    },
}

/// What a decision comes to: everything in one transaction, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a decision that is not stored has not been made"]
pub struct Decision {
    /// The seats that change.
    pub seats: Changes,
    /// The tickets that change.
    pub tickets: Vec<TicketMove>,
    /// What else is to be done.
    pub effects: Vec<Effect>,
    /// Whether the position in the other's stream moves with it.
    pub moves_position: bool,
}

impl Decision {
    pub(super) fn of(
        seats: impl IntoIterator<Item = SeatMove>,
        tickets: impl IntoIterator<Item = TicketMove>,
        effects: impl IntoIterator<Item = Effect>,
    ) -> Self {
        Self {
            seats: Changes::in_order(seats.into_iter()),
            tickets: tickets.into_iter().collect(),
            effects: effects.into_iter().collect(),
            moves_position: false,
        }
    }
}

/// Why a wish is refused. What the other side tells is never refused, but for who is stopped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustodyRefusal {
    /// This side has forgotten something: it does nothing before Hello.
    #[error("this side has forgotten what it did, and waits for the other")]
    Stopped,
    /// The other side has custody.
    #[error("out of reach")]
    NotOurs(Vec<SeatId>),
    /// Held, sold, blocked, or in quarantine.
    #[error("not free")]
    NotFree(Vec<SeatId>),
    /// It was not loaded, or there is no such seat or ticket.
    #[error("there is no such seat or ticket")]
    Unknown,
    /// The side that asks keeps so many seats that asks cannot take.
    #[error("too few would be left")]
    Floor,
    /// The plan has another version by now.
    #[error("the room has changed")]
    OtherPlan,
    /// The guest is inside.
    #[error("the guest has been let in")]
    AlreadyAdmitted,
    /// The ticket does not stand any more.
    #[error("the ticket was taken back")]
    Revoked,
    /// A later ticket was sold for the seat, or replaces this one.
    #[error("a later ticket was sold for this seat")]
    Superseded,
    /// The other side decides this.
    #[error("this is for the other side")]
    NotThisSide(Custodian),
    /// A seat is taken over after the start only.
    #[error("the showtime has not begun")]
    NotBegun,
    /// The code is for another life of the box or of the hub.
    #[error("this code is an old one")]
    OldCode,
}
