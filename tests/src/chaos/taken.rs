//! What whoever takes the money says that they have taken: the card terminal in the lobby, the provider at home.

use appliance::terminal::Payment;
use cloud_hub::payments::protocol::{Charge, ChargeState};

use crate::card_terminal::Till;
use crate::payment_provider::Sums;

/// What was taken under a reference, less what was given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The payment.
    pub reference: String,
    /// How much, in minor units.
    pub minor: i64,
}

/// By the terminal.
pub fn at_the_terminal(till: &Till) -> Vec<Taken> {
    let taken = till.payments.iter().map(|entry| Taken {
        reference: entry.reference.to_string(),
        minor: match &entry.payment {
            Payment::Approved { amount_minor, .. } => *amount_minor,
            Payment::Refunded { amount_minor } => entry.amount_minor - amount_minor,
            Payment::Unknown | Payment::Waiting | Payment::Declined { .. } | Payment::Cancelled => {
                0
            }
        },
    });
    taken.collect()
}

/// By the provider.
pub fn by_the_provider(sums: &Sums) -> Vec<Taken> {
    let taken = sums.charges.iter().map(|charge| Taken {
        reference: charge.reference.to_string(),
        minor: kept_minor(charge),
    });
    taken.collect()
}

/// What was taken of a charge and not given back, in minor units.
pub fn kept_minor(charge: &Charge) -> i64 {
    match &charge.state {
        ChargeState::Captured { amount_minor, .. } => {
            let parts = charge.parts.iter().map(|part| part.amount_minor);
            amount_minor - parts.sum::<i64>()
        }
        ChargeState::Refunded { amount_minor } => charge.amount_minor - amount_minor,
        ChargeState::Waiting
        | ChargeState::Step { .. }
        | ChargeState::Declined { .. }
        | ChargeState::Cancelled => 0,
    }
}
