//! An edge in words: as the table shows it, as a log tells it, and as a test knows it again.

use std::cmp::Ordering;
use std::fmt::{self, Debug, Display};

use super::{Edge, NOW_MS, PaymentEdge, PurchaseEdge, RefundEdge, edges};
use crate::checkout::payment::{Payment, PaymentEvent};
use crate::checkout::purchase::{Purchase, PurchaseTrigger, Sums};
use crate::checkout::refund::RefundEvent;

/// One edge in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whose edge it is: `purchase`, `payment` or `refund`.
    pub machine: &'static str,
    /// The state before.
    pub state: String,
    /// What happens.
    pub trigger: String,
    /// What else is so, one word a question, in the same order for all lines of a machine.
    pub when: Vec<&'static str>,
    /// What it comes to.
    pub comes_to: ComesTo,
}

/// What an edge comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComesTo {
    /// The next state, that it stays, or that it is refused.
    pub next: String,
    /// What is done, or why it is refused.
    pub effects: String,
    /// Whether nothing changes and nothing is done.
    pub is_idle: bool,
}

/// `payment: asked, NoAnswer: stays, LookLater`; without the situation, which two edges of one name share.
impl Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            machine,
            state,
            trigger,
            comes_to,
            ..
        } = self;
        write!(f, "{machine}: {state}, {trigger}: {}", comes_to.next)?;
        match comes_to.effects.is_empty() {
            true => Ok(()),
            false => write!(f, ", {}", comes_to.effects),
        }
    }
}

/// Every edge of every machine in words, idle ones too.
pub fn lines() -> Vec<Line> {
    let edges = edges();
    let purchases = edges.purchases.iter();
    let payments = edges.payments.iter().map(Line::of_payment);
    let refunds = edges.refunds.iter().map(Line::of_refund);
    purchases
        .map(|edge| Line::of_purchase(edge, NOW_MS))
        .chain(payments)
        .chain(refunds)
        .collect()
}

impl Line {
    /// An edge of a purchase at a point of running time.
    pub fn of_purchase(edge: &PurchaseEdge, now_ms: i64) -> Self {
        let word = |state: &Purchase| purchase(state, now_ms);
        let when = situation(&edge.given);
        line(
            "purchase",
            edge,
            purchase_trigger(&edge.trigger),
            when,
            word,
        )
    }

    /// An edge of a payment.
    pub fn of_payment(edge: &PaymentEdge) -> Self {
        let when = vec![edge.given.as_str()];
        line("payment", edge, payment_event(&edge.trigger), when, payment)
    }

    /// An edge of a refund.
    pub fn of_refund(edge: &RefundEdge) -> Self {
        let word = |state: &crate::checkout::Refund| state.stored().to_owned();
        line(
            "refund",
            edge,
            refund_event(&edge.trigger),
            Vec::new(),
            word,
        )
    }
}

fn line<Given, State: PartialEq, Trigger, Effect: Debug, Refusal: Debug>(
    machine: &'static str,
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
        machine,
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
    let paid = match sums.paid_minor.cmp(&sums.total_minor) {
        _ if sums.paid_minor == 0 => "nothing paid",
        Ordering::Less => "part paid",
        Ordering::Equal => "paid",
        Ordering::Greater => "paid too much",
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

fn purchase(state: &Purchase, now_ms: i64) -> String {
    let over = if state.is_over(now_ms) {
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
