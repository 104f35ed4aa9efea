//! The edges as Markdown. Edges that differ in nothing but a condition without influence are one row; so are states, and events, that
//! come to the same. What changes nothing and does nothing has no row.

mod rows;

use std::fmt::Debug;

use super::{Edge, NOW_MS, PurchaseTrigger, TOTAL_MINOR, edges};
use crate::checkout::payment::{Payment, PaymentEvent};
use crate::checkout::purchase::{Purchase, Sums};
use crate::checkout::refund::RefundEvent;
use rows::rows;

/// The table of all machines.
pub(super) fn table() -> String {
    let edges = edges();
    let purchases = edges.purchases.iter().map(|edge| {
        let when = situation(&edge.given);
        line(edge, purchase_trigger(&edge.trigger), when, purchase)
    });
    let payments = edges.payments.iter().map(|edge| {
        let when = vec![edge.given.as_str()];
        line(edge, payment_event(&edge.trigger), when, payment)
    });
    let refunds = edges.refunds.iter().map(|edge| {
        let state = |state: &crate::checkout::Refund| state.stored().to_owned();
        line(edge, refund_event(&edge.trigger), Vec::new(), state)
    });
    [
        markdown("Purchase", purchases.collect()),
        markdown("Payment", payments.collect()),
        markdown("Refund", refunds.collect()),
    ]
    .join("\n")
}

/// One edge in words.
#[derive(Clone)]
struct Line {
    state: String,
    trigger: String,
    /// What else was so, one word a question, in the same order for all lines of a machine.
    when: Vec<&'static str>,
    comes_to: ComesTo,
}

/// What an edge comes to: the next state and the effects.
#[derive(Clone, PartialEq, Eq)]
struct ComesTo {
    next: String,
    effects: String,
    is_idle: bool,
}

fn line<Given, State: PartialEq, Trigger, Effect: Debug, Refusal: Debug>(
    edge: &Edge<Given, State, Trigger, Effect, Refusal>,
    trigger: String,
    when: Vec<&'static str>,
    word: impl Fn(&State) -> String,
) -> Line {
    let (next, effects) = match &edge.step {
        Ok(step) => {
            let next = if step.state == edge.state {
                "stays".to_owned()
            } else {
                word(&step.state)
            };
            let effects: Vec<_> = step.effects.iter().map(name).collect();
            (next, effects.join(", "))
        }
        Err(refusal) => ("*refused*".to_owned(), name(refusal)),
    };
    Line {
        state: word(&edge.state),
        trigger,
        when,
        comes_to: ComesTo {
            next,
            effects,
            is_idle: edge.is_idle(),
        },
    }
}

fn situation(sums: &Sums) -> Vec<&'static str> {
    let paid = match sums.paid_minor {
        0 => "nothing paid",
        part if part < TOTAL_MINOR => "part paid",
        TOTAL_MINOR => "paid",
        _ => "paid too much",
    };
    let issue = if sums.may_issue {
        "may issue"
    } else {
        "may not issue"
    };
    let flight = if sums.in_flight {
        "in flight"
    } else {
        "none in flight"
    };
    vec![issue, flight, paid]
}

fn purchase(state: &Purchase) -> String {
    let over = if state.is_over(NOW_MS) {
        " (time over)"
    } else {
        ""
    };
    format!("{}{over}", state.stored().0)
}

/// A state in which only a person has spoken says so.
fn payment(state: &Payment) -> String {
    let (name, taken) = state.stored();
    if state.is_without_outcome() || taken.heard {
        name.to_owned()
    } else {
        format!("{name} (on word)")
    }
}

fn purchase_trigger(trigger: &PurchaseTrigger) -> String {
    match trigger {
        PurchaseTrigger::Fact(fact) => name(fact),
        PurchaseTrigger::Choose
        | PurchaseTrigger::Extend { .. }
        | PurchaseTrigger::Tender(_)
        | PurchaseTrigger::Settle
        | PurchaseTrigger::Release => format!("*{}*", name(trigger)),
    }
}

fn payment_event(event: &PaymentEvent) -> String {
    match event {
        PaymentEvent::Said(said) => format!("\"{}\"", name(said)),
        PaymentEvent::Word(word) => format!("*{}*", name(word)),
        PaymentEvent::NoAnswer
        | PaymentEvent::Due
        | PaymentEvent::Stop
        | PaymentEvent::Restart
        | PaymentEvent::GiveBack { .. }
        | PaymentEvent::Deadline => name(event),
    }
}

fn refund_event(event: &RefundEvent) -> String {
    match event {
        RefundEvent::Word(word) => format!("*{}*", name(word)),
        RefundEvent::Due
        | RefundEvent::Revoked
        | RefundEvent::AlreadyAdmitted
        | RefundEvent::Unproven
        | RefundEvent::Deadline
        | RefundEvent::Returned => name(event),
    }
}

/// A value's name, with those of its fields that are no number.
fn name(value: &impl Debug) -> String {
    let text = format!("{value:?}");
    let Some((before, rest)) = text.split_once(" { ") else {
        return text;
    };
    let (fields, after) = rest.split_once(" }").unwrap_or((rest, ""));
    let is_word = |field: &&str| !field.ends_with(|last: char| last.is_ascii_digit());
    let kept: Vec<_> = fields.split(", ").filter(is_word).collect();
    if kept.is_empty() {
        return format!("{before}{after}");
    }
    format!("{before} {{ {} }}{after}", kept.join(", "))
}

fn markdown(machine: &str, lines: Vec<Line>) -> String {
    let mut text =
        format!("### {machine}\n\n| in | on | when | becomes | does |\n|---|---|---|---|---|\n");
    for row in rows(lines) {
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} |\n",
            row.states.join(", "),
            row.triggers.join(", "),
            row.when,
            row.comes_to.next,
            row.comes_to.effects
        ));
    }
    text
}
