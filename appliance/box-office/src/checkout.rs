//! Checkout as pure machines: a [`Purchase`] is one hold on its way to tickets, a [`Payment`] one attempt to take an amount for it, a
//! [`Refund`] one ticket on its way back. Each move consumes a state and gives the next with what is to be done. Whoever runs them
//! saves the state before it does anything outside, does what is inside in the same transaction, and begins again where it stood.

#[cfg(test)]
mod model;
pub mod payment;
pub mod purchase;
pub mod refund;
pub mod table;

pub use payment::{Payment, PaymentEffect, PaymentEvent, Said, Taken, Told, Word, WordRefusal};
pub use purchase::{
    LEAST_TIME_AFTER_A_PAYMENT_MS, Purchase, PurchaseEffect, PurchaseFact, PurchaseRefusal,
    PurchaseTrigger, Sums,
};
pub use refund::{Refund, RefundEffect, RefundEvent, RefundTold, RefundWord};

/// A state and what follows from having come there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a step that is not saved has not been made"]
pub struct Step<S, E> {
    /// Where it stands.
    pub state: S,
    /// What is to be done, in this order.
    pub effects: Vec<E>,
}

impl<S, E> Step<S, E> {
    /// The state, and nothing to do.
    pub fn quiet(state: S) -> Self {
        Self {
            state,
            effects: Vec::new(),
        }
    }

    /// The state, and what is to be done.
    pub fn doing<const N: usize>(state: S, effects: [E; N]) -> Self {
        Self {
            state,
            effects: effects.into(),
        }
    }
}

/// How somebody pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Means {
    /// Counted by a person: its outcome is known at once.
    Cash,
    /// Taken by a terminal: its outcome is what the terminal says.
    Card,
}

impl Means {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Cash, Self::Card];

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Card => "card",
        }
    }

    /// Whether somebody must be asked for the outcome.
    pub fn is_asked(self) -> bool {
        match self {
            Self::Cash => false,
            Self::Card => true,
        }
    }
}
