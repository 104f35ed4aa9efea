//! The words between box and simulated terminal: one JSON object a line each way, one request a connection.
//!
//! ```text
//! {"do":"pay","reference":"7f..","amount_minor":1250,"currency":"EUR"}   waits, then {"is":"approved","amount_minor":1250,..}
//! {"do":"status","reference":"7f.."}                     at once: unknown, waiting, approved, declined, cancelled, refunded
//! {"do":"cancel","reference":"7f.."}                     at once: cancelled, or what it was too late for
//! {"do":"refund","reference":"7f..","amount_minor":1250} {"is":"refunded","amount_minor":1250}
//! {"do":"ready"}                                         {"is":"ready"}
//! ```
//!
//! Anything else is answered with `{"is":"refused","reason":".."}`.

use box_office::{Currency, TenderId};
pub use counter_api::sale::CardSlip;
use serde::{Deserialize, Serialize};

/// The longest line in bytes: ten times the longest that either side writes.
pub const LONGEST_LINE: u64 = 4096;

/// What the box says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Take this amount; answered when guest and bank have decided.
    Pay {
        /// Our name for the payment.
        reference: TenderId,
        /// In the currency's smallest unit, more than 0.
        amount_minor: i64,
        /// The currency.
        currency: Currency,
    },
    /// What became of it?
    Status {
        /// Our name for the payment.
        reference: TenderId,
    },
    /// Stop it, if it is not too late.
    Cancel {
        /// Our name for the payment.
        reference: TenderId,
    },
    /// Give this much back.
    Refund {
        /// Our name for the payment.
        reference: TenderId,
        /// In the currency's smallest unit, more than 0 and at most what was taken.
        amount_minor: i64,
    },
    /// Could somebody pay?
    Ready,
}

/// What the terminal says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// What became of the payment.
    Payment(Payment),
    /// No payment.
    Other(Other),
}

/// An answer without a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Other {
    /// Yes, somebody could pay.
    Ready,
    /// The request makes no sense to the terminal.
    Refused {
        /// Why, for the log.
        reason: String,
    },
}

/// What became of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Payment {
    /// The terminal has never heard of the reference: nothing was taken.
    Unknown,
    /// The guest or the bank has not decided; or, of one that is to be given back, the bank has not done so.
    Waiting,
    /// The money was taken.
    Approved {
        /// How much, in the currency's smallest unit.
        amount_minor: i64,
        /// What the slip says.
        #[serde(flatten)]
        slip: CardSlip,
    },
    /// The bank said no; nothing was taken.
    Declined {
        /// The terminal's word for it.
        reason: String,
    },
    /// It was stopped before anything was taken.
    Cancelled,
    /// The money was taken and given back.
    Refunded {
        /// How much was given back, in the currency's smallest unit.
        amount_minor: i64,
    },
}

#[cfg(test)]
mod tests;
