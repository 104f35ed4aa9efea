//! The comparison: what was answered, stored, printed, taken by the terminal and known to the hub. Pure, so that each loss that it
//! looks for can be shown to be found.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use appliance::terminal::Payment;

use super::memory::{Answered, Paid};
use super::papers::Papers;
use super::stored::Stored;
use crate::card_terminal::Till;

/// Everything that is known when nothing moves any more.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// What the sellers heard, by sale.
    pub answered: BTreeMap<String, Answered>,
    /// What the sellers may never have heard.
    pub complaints: Vec<String>,
    /// What the box wrote down.
    pub stored: Stored,
    /// What the terminal took.
    pub till: Till,
    /// What was printed, by ticket; `None` if there was no printer.
    pub papers: Option<HashMap<String, Papers>>,
    /// The sales that reached the hub; `None` if there was no hub.
    pub at_hub: Option<BTreeSet<String>>,
    /// Whether the streams are the same on both sides.
    pub streams_equal: bool,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Good tickets.
    pub seats_sold: u64,
    /// Seats that more than one ticket was issued, answered or stored for.
    pub double_sales: u64,
    /// Sales that a seller was told of and that are not stored, printed or at the hub as they were told.
    pub answered_sales_lost: u64,
    /// Money taken that no ticket explains, and tickets that no money explains, each by itself, in minor units.
    pub money_unexplained_minor: u64,
    /// Whether the streams are the same on both sides.
    pub streams_equal: bool,
    /// What was found, in words.
    pub findings: Vec<String>,
}

impl Verdict {
    /// Whether both promises were kept.
    pub fn is_good(&self) -> bool {
        self.double_sales == 0
            && self.answered_sales_lost == 0
            && self.money_unexplained_minor == 0
            && self.streams_equal
            && self.findings.is_empty()
    }
}

/// Compares everything with everything.
pub fn audit(evidence: &Evidence) -> Verdict {
    let mut verdict = Verdict {
        streams_equal: evidence.streams_equal,
        findings: evidence.complaints.clone(),
        ..Verdict::default()
    };
    verdict.seats_sold = evidence.stored.tickets.len() as u64;
    double_sales(evidence, &mut verdict);
    lost_sales(evidence, &mut verdict);
    money(evidence, &mut verdict);
    papers(evidence, &mut verdict);
    verdict
}

fn double_sales(evidence: &Evidence, verdict: &mut Verdict) {
    let mut of_seat: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for ticket in &evidence.stored.tickets {
        of_seat
            .entry((&ticket.showtime, &ticket.seat))
            .or_default()
            .insert(&ticket.id);
    }
    for answered in evidence.answered.values() {
        for (ticket, seat) in &answered.tickets {
            of_seat
                .entry((&answered.showtime, seat))
                .or_default()
                .insert(ticket);
        }
    }
    for (showtime, seat, ticket) in &evidence.stored.sold_seats {
        of_seat.entry((showtime, seat)).or_default().insert(ticket);
    }
    for ((showtime, seat), tickets) in of_seat.into_iter().filter(|(_, tickets)| tickets.len() > 1)
    {
        verdict.double_sales += 1;
        verdict
            .findings
            .push(format!("{showtime} {seat} has the tickets {tickets:?}"));
    }
}

fn lost_sales(evidence: &Evidence, verdict: &mut Verdict) {
    let mut stored: HashMap<&str, BTreeMap<&str, &str>> = HashMap::new();
    for ticket in &evidence.stored.tickets {
        stored
            .entry(&ticket.sale)
            .or_default()
            .insert(&ticket.id, &ticket.seat);
    }
    let sold_seats: BTreeSet<&str> = evidence
        .stored
        .sold_seats
        .iter()
        .map(|(_, _, ticket)| ticket.as_str())
        .collect();
    for (sale, answered) in &evidence.answered {
        let told: BTreeMap<&str, &str> = answered
            .tickets
            .iter()
            .map(|(ticket, seat)| (ticket.as_str(), seat.as_str()))
            .collect();
        let missing = [
            (
                stored.get(sale.as_str()) != Some(&told),
                "is not stored as it was answered",
            ),
            (
                told.keys().any(|ticket| !sold_seats.contains(ticket)),
                "has seats that are not sold to it",
            ),
            (
                evidence
                    .at_hub
                    .as_ref()
                    .is_some_and(|hub| !hub.contains(sale)),
                "has not reached the hub",
            ),
            (
                evidence
                    .papers
                    .as_ref()
                    .is_some_and(|papers| told.keys().any(|ticket| !papers.contains_key(*ticket))),
                "has tickets that were not printed",
            ),
        ];
        let words: Vec<_> = missing
            .iter()
            .filter(|(is_so, _)| *is_so)
            .map(|(_, words)| *words)
            .collect();
        if !words.is_empty() {
            verdict.answered_sales_lost += 1;
            verdict
                .findings
                .push(format!("sale {sale} {}", words.join(" and ")));
        }
    }
}

/// For every sale what was taken for it, by card or as acknowledged cash, less what was ticketed; and every card payment that no
/// sale has.
fn money(evidence: &Evidence, verdict: &mut Verdict) {
    let mut balance: BTreeMap<&str, i64> = evidence
        .stored
        .sales
        .iter()
        .map(|sale| (sale.as_str(), 0))
        .collect();
    for ticket in &evidence.stored.tickets {
        *balance.entry(&ticket.sale).or_default() -= ticket.price_minor;
    }
    for (sale, answered) in &evidence.answered {
        if let Paid::Cash(minor) = answered.paid {
            *balance.entry(sale).or_default() += minor;
        }
    }
    let sales_of_cards: HashMap<&str, Option<&str>> = evidence
        .stored
        .cards
        .iter()
        .map(|card| (card.id.as_str(), card.sale.as_deref()))
        .collect();
    for entry in &evidence.till.payments {
        let taken = match &entry.payment {
            Payment::Approved { amount_minor, .. } => *amount_minor,
            Payment::Refunded { amount_minor } => entry.amount_minor - amount_minor,
            Payment::Unknown | Payment::Waiting | Payment::Declined { .. } | Payment::Cancelled => {
                0
            }
        };
        match sales_of_cards
            .get(entry.reference.as_str())
            .copied()
            .flatten()
        {
            Some(sale) => *balance.entry(sale).or_default() += taken,
            None if taken == 0 => {}
            None => {
                verdict.money_unexplained_minor += taken.unsigned_abs();
                verdict.findings.push(format!(
                    "the terminal took {taken} for {} and nothing was sold for it",
                    entry.reference
                ));
            }
        }
    }
    for (sale, rest) in balance.into_iter().filter(|(_, rest)| *rest != 0) {
        verdict.money_unexplained_minor += rest.unsigned_abs();
        verdict
            .findings
            .push(format!("sale {sale} has {rest} more taken than ticketed"));
    }
}

/// Nothing is printed twice without saying so, and nothing that was not sold.
fn papers(evidence: &Evidence, verdict: &mut Verdict) {
    let known: BTreeSet<&str> = evidence
        .stored
        .tickets
        .iter()
        .map(|ticket| ticket.id.as_str())
        .collect();
    for (ticket, papers) in evidence.papers.iter().flatten() {
        if papers.originals > 1 {
            verdict.findings.push(format!(
                "ticket {ticket} was printed {} times without COPY on it",
                papers.originals
            ));
        }
        if !known.contains(ticket.as_str()) {
            verdict
                .findings
                .push(format!("{ticket} was printed and is no ticket"));
        }
    }
}

#[cfg(test)]
mod tests;
