//! The comparison of what was stored with what only those outside know: what was answered, printed and taken at either counter. What the
//! databases say by themselves and of each other is for `audit` to prove. Pure, so that each loss that it looks for can be shown to be found.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::forgotten::{Forgotten, Said};
use super::memory::{Admissions, Answered, Forgettable, Paid};
use super::papers::Papers;
use super::stored::Stored;
use super::taken::Taken;

/// Everything that is known of one counter when nothing moves any more.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// What the sellers heard, by sale.
    pub answered: BTreeMap<String, Answered>,
    /// What the sellers may never have heard.
    pub complaints: Vec<String>,
    /// What it wrote down.
    pub stored: Stored,
    /// The tickets that went back, as those who had them have asked.
    pub taken_back: BTreeSet<String>,
    /// What the terminal, or the provider, took, less what it gave back.
    pub taken: Vec<Taken>,
    /// What was printed, by ticket; `None` if there was no printer.
    pub papers: Option<HashMap<String, Papers>>,
    /// The sales that reached the hub; `None` if there was no hub.
    pub at_hub: Option<BTreeSet<String>>,
    /// What a hub has forgotten that was put back.
    pub forgotten: Forgotten,
    /// Whether the streams are the same on both sides.
    pub streams_equal: bool,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Good tickets, at either counter.
    pub seats_sold: u64,
    /// Those of them that were sold by the hub.
    pub seats_sold_online: u64,
    /// Seats of which the two counters do not say the same: who has them.
    pub custody_disagreements: u64,
    /// Payments that were taken, and nothing came of them.
    pub captured_without_ticket_or_refund: u64,
    /// Seats that more than one ticket was issued, answered or stored for.
    pub double_sales: u64,
    /// Sales that a seller was told of and that are not stored, printed or at the hub as they were told.
    pub answered_sales_lost: u64,
    /// Money taken that no ticket explains, and tickets that no money explains, each by itself, in minor units.
    pub money_unexplained_minor: u64,
    /// Who was let in.
    pub admitted: u64,
    /// Who had a good ticket, and was not.
    pub tickets_wrongly_refused: u64,
    /// Sales that were answered and are unknown to a hub that was put back: their guests were let in, or have their money back.
    pub sales_forgotten: u64,
    /// Those of them of which the box had not heard either: their tickets alone have proved them.
    pub sales_forgotten_by_all: u64,
    /// Payments that such a hub did not know, whose guest had no ticket: the hub has found them, and a person has given the money back.
    pub payments_forgotten_and_returned: u64,
    /// Tickets that were asked back, of which such a hub knew nothing: they were asked back once more, or their guests have turned to a person.
    pub refunds_forgotten: u64,
    /// Holds and payments of which such a hub knew nothing when their guest went on.
    pub holds_forgotten: u64,
    /// Whether the streams are the same on both sides.
    pub streams_equal: bool,
    /// What was found, in words.
    pub findings: Vec<String>,
}

impl Verdict {
    /// Whether both promises were kept.
    pub fn is_good(&self) -> bool {
        self.double_sales == 0
            && self.custody_disagreements == 0
            && self.captured_without_ticket_or_refund == 0
            && self.tickets_wrongly_refused == 0
            && self.answered_sales_lost == 0
            && self.money_unexplained_minor == 0
            && self.streams_equal
            && self.findings.is_empty()
    }
}

impl Verdict {
    /// Adds what came of the guests of a counter at the door.
    pub fn at_the_door(&mut self, came: Admissions) {
        self.admitted += came.admitted;
        self.tickets_wrongly_refused += came.wrongly_refused;
    }

    /// Adds what guests have begun of which a hub that was put back knows nothing.
    pub fn begun_and_forgotten(&mut self, forgettable: &Forgettable) {
        self.refunds_forgotten += forgettable.refunds;
        self.holds_forgotten += forgettable.left_without;
    }

    /// Adds what the databases are found to say.
    pub fn add(&mut self, stored: &audit::Verdict) {
        self.double_sales += stored.count(audit::Name::is_double_sale);
        self.custody_disagreements += stored.count(audit::Name::is_of_custody);
        self.captured_without_ticket_or_refund +=
            stored.count(|name| name == audit::Name::PaymentWithoutTicketOrRefund);
        self.money_unexplained_minor += stored.money_unexplained_minor();
        let found = stored.findings.iter();
        self.findings
            .extend(found.map(|it| format!("{}: {}", it.name.as_str(), it.words)));
        let waiting = stored.waiting.iter();
        self.findings
            .extend(waiting.map(|it| format!("waits: {it}")));
    }
}

/// Compares everything with everything, in the lobby of each cinema and, if the hub sells, at home.
pub fn audit(lobbies: &[Evidence], home: Option<&Evidence>) -> Verdict {
    let counters: Vec<_> = lobbies.iter().chain(home).collect();
    let sold = |counter: &Evidence| counter.stored.tickets.len() as u64;
    let mut verdict = Verdict {
        streams_equal: counters.iter().all(|it| it.streams_equal),
        seats_sold: counters.iter().map(|it| sold(it)).sum(),
        seats_sold_online: home.map_or(0, sold),
        ..Verdict::default()
    };
    double_sales(&counters, &mut verdict);
    for counter in counters {
        verdict.findings.extend(counter.complaints.iter().cloned());
        lost_sales(counter, &mut verdict);
        forgotten(counter, &mut verdict);
        money(counter, &mut verdict);
        papers(counter, &mut verdict);
    }
    verdict
}

fn double_sales(counters: &[&Evidence], verdict: &mut Verdict) {
    let mut of_seat: BTreeMap<[&str; 3], BTreeSet<&str>> = BTreeMap::new();
    for ticket in counters.iter().flat_map(|it| &it.stored.tickets) {
        let place = [&ticket.cinema, &ticket.showtime, &ticket.seat].map(String::as_str);
        of_seat.entry(place).or_default().insert(&ticket.id);
    }
    let is_back = |ticket: &String| counters.iter().any(|it| it.taken_back.contains(ticket));
    for answered in counters.iter().flat_map(|it| it.answered.values()) {
        for (ticket, seat) in answered.tickets.iter().filter(|(it, _)| !is_back(it)) {
            of_seat
                .entry([&answered.cinema, &answered.showtime, seat])
                .or_default()
                .insert(ticket);
        }
    }
    for (place, tickets) in of_seat.into_iter().filter(|(_, tickets)| tickets.len() > 1) {
        verdict.double_sales += 1;
        let place = place.join(" ");
        verdict
            .findings
            .push(format!("{place} has the tickets {tickets:?}"));
    }
}

/// The tickets of a sale that has none left.
static NONE: BTreeMap<&str, &str> = BTreeMap::new();

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
    let answered = evidence.answered.iter();
    for (sale, answered) in answered.filter(|(it, _)| !evidence.forgotten.sales.contains_key(*it)) {
        let told: BTreeMap<&str, &str> = answered
            .tickets
            .iter()
            .filter(|(ticket, _)| !evidence.taken_back.contains(*ticket))
            .map(|(ticket, seat)| (ticket.as_str(), seat.as_str()))
            .collect();
        let missing = [
            (
                stored.get(sale.as_str()).unwrap_or(&NONE) != &told,
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

/// What a hub has forgotten that was put back: whoever heard that they had tickets is inside with them or has given them back, and a person was shown
/// the money.
fn forgotten(evidence: &Evidence, verdict: &mut Verdict) {
    let Forgotten { sales, payments } = &evidence.forgotten;
    let mut find = |words: String| verdict.findings.push(words);
    for (sale, tickets) in sales {
        verdict.sales_forgotten += 1;
        verdict.sales_forgotten_by_all += u64::from(!tickets.iter().any(|it| it.was_heard));
        let answered = evidence.answered.get(sale);
        let told = answered.map_or(0, |it| it.tickets.len());
        if told != tickets.len() {
            verdict.answered_sales_lost += 1;
            find(format!("sale {sale} had {told} tickets"));
        }
        for ticket in tickets {
            if let Said::Refused(words) = &ticket.said {
                verdict.tickets_wrongly_refused += 1;
                find(format!("ticket {} was refused: {words}", ticket.id));
            }
        }
        let payment = answered.map(|it| match &it.paid {
            Paid::Card(payment) => payments.get(payment),
            Paid::Cash(_) => None,
        });
        match payment.flatten().map(String::as_str) {
            Some("kept" | "returned") => {}
            stage => {
                verdict.answered_sales_lost += 1;
                find(format!(
                    "sale {sale} is forgotten, and head office says of its money: {stage:?}"
                ));
            }
        }
    }
    let of_sales: BTreeSet<&str> = paid_for_forgotten(evidence).map(|(by, _)| by).collect();
    let returned = payments.iter().filter(|(_, stage)| *stage == "returned");
    let returned = returned.filter(|(payment, _)| !of_sales.contains(payment.as_str()));
    verdict.payments_forgotten_and_returned += returned.count() as u64;
}

/// The payments of sales that the hub has forgotten, with the sale.
fn paid_for_forgotten(evidence: &Evidence) -> impl Iterator<Item = (&str, &str)> {
    let sales = evidence.forgotten.sales.keys();
    sales.filter_map(|sale| match &evidence.answered.get(sale)?.paid {
        Paid::Card(payment) => Some((payment.as_str(), sale.as_str())),
        Paid::Cash(_) => None,
    })
}

/// What is to be paid for the tickets that guests are inside with, by payment.
fn worth_of_forgotten(evidence: &Evidence) -> HashMap<&str, i64> {
    let each = paid_for_forgotten(evidence).map(|(payment, sale)| {
        let tickets = evidence.forgotten.sales.get(sale).into_iter().flatten();
        let stand = tickets.filter(|it| it.said != Said::TakenBack);
        (payment, stand.map(|it| it.price_minor).sum())
    });
    each.collect()
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
    let worth = worth_of_forgotten(evidence);
    for Taken { reference, minor } in &evidence.taken {
        match (sales_of_cards.get(reference.as_str()).copied()).flatten() {
            Some(sale) => *balance.entry(sale).or_default() += minor,
            None => {
                let rest = minor - worth.get(reference.as_str()).copied().unwrap_or(0);
                if rest != 0 {
                    verdict.captured_without_ticket_or_refund += u64::from(rest > 0);
                    verdict.money_unexplained_minor += rest.unsigned_abs();
                    verdict.findings.push(format!(
                        "{rest} were taken for {reference} and nothing was sold for it"
                    ));
                }
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
