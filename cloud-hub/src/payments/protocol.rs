//! What the sandbox payment provider is asked over HTTP and what it answers: JSON, amounts in minor units with their currency, each charge by
//! the reference that we give it. It takes no money of anybody: its cards are names of what it does.
//!
//! ```text
//! POST /v1/charges                       ChargeRequest   a Charge; the same reference never takes money twice
//! GET  /v1/charges/{reference}                           a Charge, or 404: never heard of
//! POST /v1/charges/{reference}/cancel                    a Charge; one that was never heard of is cancelled for good
//! POST /v1/charges/{reference}/refunds   RefundRequest   a Charge
//! PUT  /v1/charges/{reference}/parts/{ticket}   RefundRequest   a Part of what was taken, given back; the same ticket is given back once
//! GET  /v1/charges/{reference}/parts/{ticket}                   the Part, or 404: not given back
//! GET  /v1/charges?since={changed}                       Charges that have changed after that, in this order
//! ```
//!
//! What changes a charge is told by an [`Event`], signed as `signature` says, until it is answered with 2xx.

use box_office::{CinemaId, Currency, HoldId, Money, TenderId, TicketId};
use counter::{Listed, Listing};
use counter_api::DeclineReason;
use serde::{Deserialize, Serialize};

/// A wish to take money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargeRequest {
    /// Our name for it.
    pub reference: TenderId,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// Of which currency.
    pub currency: Currency,
    /// What the guest's browser was given for their card.
    pub card: String,
    /// What it is for.
    pub metadata: Metadata,
    /// Where the guest goes on after a second step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_to: Option<String>,
}

/// What a charge is for. Nobody's name: a hold is known to us alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// At which cinema.
    pub cinema: CinemaId,
    /// For which hold.
    pub hold: HoldId,
}

/// A wish to give money back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundRequest {
    /// How much, in minor units.
    pub amount_minor: i64,
}

/// A charge as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Our name for it.
    pub reference: TenderId,
    /// What was asked for, in minor units; 0 if it was cancelled before it was asked for.
    pub amount_minor: i64,
    /// Of which currency; none, if it was cancelled before it was asked for.
    pub currency: Option<Currency>,
    /// What it is for; not known, if it was cancelled before it was asked for.
    pub metadata: Option<Metadata>,
    /// Where the guest goes on after a second step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_to: Option<String>,
    /// What was given back of it, ticket by ticket; its state stays `captured`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// What became of it.
    pub state: ChargeState,
    /// Rises with every change of any charge: the number of the last change of this one.
    pub changed: u64,
}

impl Charge {
    /// Whether nothing is left of what was taken: what went back as a whole is what tickets have left of it.
    pub(super) fn is_all_back(&self) -> bool {
        let ChargeState::Refunded { amount_minor } = self.state else {
            return false;
        };
        amount_minor.checked_add(self.given_minor()) == Some(self.amount_minor)
    }

    /// What went back ticket by ticket.
    fn given_minor(&self) -> i64 {
        self.parts.iter().map(|part| part.amount_minor).sum()
    }

    /// As it stands in the provider's list; nothing of one that was cancelled before it was asked for.
    fn listed(self) -> Option<Listed> {
        let given_minor = self.given_minor();
        let (currency, metadata) = (self.currency?, self.metadata?);
        let (kept_minor, is_open) = match self.state {
            ChargeState::Waiting | ChargeState::Step { .. } => (0, true),
            ChargeState::Captured { amount_minor, .. } => (amount_minor - given_minor, false),
            ChargeState::Declined { .. }
            | ChargeState::Cancelled
            | ChargeState::Refunded { .. } => (0, false),
        };
        Some(Listed {
            reference: self.reference,
            theirs: None,
            cinema: metadata.cinema,
            hold: metadata.hold,
            amount: Money::new(self.amount_minor, currency),
            kept: Money::new(kept_minor, currency),
            is_open,
        })
    }
}

impl From<Charges> for Listing {
    fn from(found: Charges) -> Self {
        Self {
            read_to: found.charges.last().map(|charge| charge.changed),
            more: found.more,
            unreadable: Vec::new(),
            charges: found
                .charges
                .into_iter()
                .filter_map(Charge::listed)
                .collect(),
        }
    }
}

/// A part of what was taken, given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The ticket that it had paid for.
    pub ticket: TicketId,
    /// How much, in minor units.
    pub amount_minor: i64,
}

/// What became of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeState {
    /// The bank is being waited for.
    Waiting,
    /// The guest must do something on this page of their bank.
    Step {
        /// The page.
        address: String,
    },
    /// The money was taken.
    Captured {
        /// How much, in minor units.
        amount_minor: i64,
        /// The last four digits of the card.
        last_four: String,
        /// The bank's code.
        authorisation: String,
    },
    /// The bank refuses.
    Declined {
        /// Why.
        reason: DeclineReason,
    },
    /// Stopped before it was taken.
    Cancelled,
    /// Taken and given back.
    Refunded {
        /// How much was given back, in minor units.
        amount_minor: i64,
    },
}

/// Charges that have changed, in the order of their last changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charges {
    /// At most a hundred of them.
    pub charges: Vec<Charge>,
    /// Whether there are more after the last of them.
    pub more: bool,
}

/// Word that a charge has changed; what it is now is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The event: whatever is delivered twice has one.
    pub id: String,
    /// Which charge.
    pub reference: TenderId,
    /// The number of the change.
    pub changed: u64,
}

/// Why something is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// In words, for the log.
    pub reason: String,
}
