//! Every edge of the machines, got by running them over samples of their states and of what can happen: for tests that walk them, and as
//! the table in the crate's README.

mod lines;
#[cfg(test)]
mod render;
mod samples;
#[cfg(test)]
mod tests;

use super::payment::{Payment, PaymentEffect, PaymentEvent, WordRefusal};
use super::purchase::{Purchase, PurchaseEffect, PurchaseRefusal, PurchaseTrigger, Sums};
use super::refund::{Refund, RefundEffect, RefundEvent};
use super::{Means, Step};

pub use lines::{ComesTo, Line, lines};

/// What one thing that happens in one state comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge<Given, State, Trigger, Effect, Refusal> {
    /// What else the machine sees.
    pub given: Given,
    /// The state before.
    pub state: State,
    /// What happens.
    pub trigger: Trigger,
    /// What it comes to, or why it is refused.
    pub step: Result<Step<State, Effect>, Refusal>,
}

impl<Given, State: PartialEq, Trigger, Effect, Refusal>
    Edge<Given, State, Trigger, Effect, Refusal>
{
    /// Whether nothing changes and nothing is done.
    pub fn is_idle(&self) -> bool {
        match &self.step {
            Ok(step) => step.state == self.state && step.effects.is_empty(),
            Err(_) => false,
        }
    }
}

/// An edge of a payment, by its means.
pub type PaymentEdge = Edge<Means, Payment, PaymentEvent, PaymentEffect, WordRefusal>;

/// An edge of a purchase, by what its payments come to.
pub type PurchaseEdge = Edge<Sums, Purchase, PurchaseTrigger, PurchaseEffect, PurchaseRefusal>;

/// An edge of a refund.
pub type RefundEdge = Edge<(), Refund, RefundEvent, RefundEffect, WordRefusal>;

/// The edges of all machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edges {
    /// Those of the purchase.
    pub purchases: Vec<PurchaseEdge>,
    /// Those of the payment.
    pub payments: Vec<PaymentEdge>,
    /// Those of the refund.
    pub refunds: Vec<RefundEdge>,
}

/// Every edge of every machine, at the time [`NOW_MS`] and for the total [`TOTAL_MINOR`].
pub fn edges() -> Edges {
    Edges {
        purchases: product(
            &samples::sums(),
            &samples::purchases(),
            &samples::purchase_triggers(),
            |sums, state: Purchase, trigger| state.ask(*trigger, sums, NOW_MS),
        ),
        payments: product(
            &Means::ALL,
            &samples::payments(),
            &samples::payment_events(),
            |means, state: Payment, event| state.on(*means, TOTAL_MINOR, *event),
        ),
        refunds: product(
            &[()],
            &samples::refunds(),
            &samples::refund_events(),
            |(), state: Refund, event| state.on(*event),
        ),
    }
}

/// What the samples cost, in minor units.
pub const TOTAL_MINOR: i64 = 1_000;

/// When the samples happen, by the counter's running time.
pub const NOW_MS: i64 = 500_000;

fn product<Given: Clone, State: Copy, Trigger: Clone, Effect, Refusal>(
    givens: &[Given],
    states: &[State],
    triggers: &[Trigger],
    run: impl Fn(&Given, State, &Trigger) -> Result<Step<State, Effect>, Refusal>,
) -> Vec<Edge<Given, State, Trigger, Effect, Refusal>> {
    let mut edges = Vec::new();
    for state in states {
        for trigger in triggers {
            edges.extend(givens.iter().map(|given| Edge {
                given: given.clone(),
                state: *state,
                trigger: trigger.clone(),
                step: run(given, *state, trigger),
            }));
        }
    }
    edges
}
