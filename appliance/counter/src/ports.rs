//! What a counter needs of the process that composes it: whoever takes the money, whoever must know of a sale, and the bell of its link.
//! It is all that a counter knows of the rooms above it.

use box_office::checkout::Said;
use box_office::{CinemaId, Money, SaleId, TenderId};
use counter_api::{CardSlip, PaperState};
use database::{Snapshot, Tx};
use futures_util::future::BoxFuture;
use wire::{PublicKey, Tickets};

use crate::Fault;
use crate::buyer::BuyerId;
use crate::sold::Sold;

/// The rooms above a counter, as it sees them.
pub trait Ports: Send + Sync + 'static {
    /// Tickets are sold: called in the transaction, for rows of the rooms above alone (papers to print, points). Gives where the paper is,
    /// for whoever waits for it. Without a printer the code on the screen is the ticket.
    ///
    /// # Errors
    /// Only the database's; the sale is undone with it.
    fn settled(&self, _: &mut Tx<'_>, _: &CinemaId, _: &Sold) -> Result<PaperState, Fault> {
        Ok(PaperState::NoPrinter)
    }

    /// Events for the other side are committed.
    fn written(&self, cinema: &CinemaId);

    /// Where the paper of a sale is now.
    ///
    /// # Errors
    /// Only the database's.
    fn paper_of(&self, _: &mut Snapshot<'_>, _: &SaleId) -> Result<PaperState, Fault> {
        Ok(PaperState::NoPrinter)
    }

    /// Whether this buyer may still buy: asked before a purchase begins, in its transaction, and of those under way when a process begins.
    fn is_welcome(&self, _: &BuyerId) -> bool {
        true
    }

    /// What is stopped, because this side cannot prove that it has all that it sold; nothing, where it can.
    fn stopped(&self) -> Option<Stopped> {
        None
    }

    /// The address under which guests' phones reach this side's pages, without a slash at its end; none, if it has none.
    fn public_address(&self) -> Option<&str> {
        None
    }

    /// The keys with which the other side signs its tickets of a cinema, the newest first, as far as they were told.
    fn other_ticket_keys(&self, _: &CinemaId) -> Vec<PublicKey<Tickets>> {
        Vec::new()
    }

    /// Who takes cards; nobody, if none is set up.
    fn cards(&self) -> Option<&dyn Pays> {
        None
    }
}

/// How much of selling is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Nothing new is begun; a payment that is under way comes to its end.
    New,
    /// Nothing goes on: what is stored may have come to its end before, and it was forgotten.
    All,
}

/// Takes money under a reference, and says what became of a reference. It never says what it does not know: a time-out is not an outcome,
/// nor is an amount that cannot be. `amount` is what was taken, or asked for where that is not known.
pub trait Pays: Send + Sync {
    /// Takes `amount`, waiting for whoever pays. The same reference never takes money twice.
    fn ask(&self, reference: &TenderId, amount: Money) -> BoxFuture<'static, Answer>;

    /// What became of it.
    fn look(&self, reference: &TenderId, amount: Money) -> BoxFuture<'static, Answer>;

    /// Stops it, if it has not been taken. The answer is what is true afterwards; one that was never asked for is stopped for good.
    fn stop(&self, reference: &TenderId, amount: Money) -> BoxFuture<'static, Answer>;

    /// Gives `amount` back, once: the same reference never gives twice. Whoever asks has looked before each repeat, but a first request may
    /// still be on its way when they look.
    fn give_back(&self, reference: &TenderId, amount: Money) -> BoxFuture<'static, Answer>;
}

/// What whoever takes the money says, with the slip of what was taken, or that it says nothing.
pub type Answer = Result<(Said, Option<CardSlip>), NoAnswer>;

/// No outcome: it may have happened or not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(pub String);
