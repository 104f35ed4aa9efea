//! The one rule of refunds: money and seat wait until the cinema answers. What the streams tell of tickets that were asked back, compared
//! with refunds, tickets, seats and cases of the hub, and with what a box's door knows.

use std::collections::{BTreeMap, BTreeSet};

use box_office::Custodian;
use wire::event::RefundAnswer;

use crate::books::{Books, HeardTicket, RefundRow, TicketRow};
use crate::custody::about;
use crate::finding::{Findings, Name};
use crate::streams::{Fact, StreamSeen};

/// A life of a stream's writer, and the number of an event in it.
type At = ((u64, [u8; 16]), u64);

/// What the streams tell of a ticket.
#[derive(Debug, Default)]
struct Told {
    /// The requests, in turn.
    asked: Vec<At>,
    /// The answers, in turn.
    answers: Vec<RefundAnswer>,
}

/// By ticket what the streams tell; nothing if one of them cannot be read whole, of which it is known already.
fn told(books: &Books) -> Option<BTreeMap<&str, Told>> {
    let streams = books.streams.iter().filter(|it| it.fork == 0);
    let is_whole = |it: &StreamSeen| it.wrong.is_empty() && !it.is_unread;
    if !streams.clone().all(is_whole) {
        return None;
    }
    let mut lives: Vec<_> = streams.collect();
    lives.sort_by_key(|it| it.life.0);
    let mut told: BTreeMap<&str, Told> = BTreeMap::new();
    for stream in lives {
        for (seq, fact) in &stream.facts {
            match fact {
                Fact::AskedBack { ticket } => {
                    let of_ticket = told.entry(ticket).or_default();
                    of_ticket.asked.push((stream.life, *seq));
                }
                Fact::Answered { ticket, answer } => {
                    told.entry(ticket).or_default().answers.push(*answer);
                }
                Fact::Sold { .. }
                | Fact::Refunded { .. }
                | Fact::Given { .. }
                | Fact::Recalled { .. }
                | Fact::Admitted { .. } => {}
            }
        }
    }
    Some(told)
}

/// Compares what the streams tell of tickets that were asked back with what is stored.
pub(crate) fn check(side: Custodian, books: &Books, findings: &mut Findings<'_>) {
    let Some(told) = told(books) else { return };
    match side {
        Custodian::Hub => at_hub(books, &told, findings),
        Custodian::Cinema => at_box(books, &told, findings),
    }
}

fn at_hub(books: &Books, told: &BTreeMap<&str, Told>, findings: &mut Findings<'_>) {
    let lives = books.streams.iter().filter(|it| it.is_own && it.fork == 0);
    let lives: BTreeSet<u64> = lives.map(|it| it.life.0).collect();
    let first_life = lives.first().copied();
    let nothing = Told::default();
    for (id, refund) in &books.refunds {
        let Some(ticket) = books.tickets.get(id) else {
            continue;
        };
        let told = told.get(id.as_str()).unwrap_or(&nothing);
        let one = One {
            books,
            id,
            refund,
            ticket,
            told,
            first_life,
            has_forgotten: lives.len() > 1,
            is_pruned: books.is_pruned(),
        };
        one.is_asked(findings);
        one.is_as_answered(findings);
        one.has_its_case(findings);
        one.keeps_its_seat(findings);
    }
    let wanted = books
        .tickets
        .iter()
        .filter(|(_, it)| it.taken_back.is_some());
    let wanted = wanted.map(|(id, _)| id.as_str());
    let asked = told.iter().filter(|(_, told)| !told.asked.is_empty());
    let asked = asked.map(|(id, _)| *id);
    for id in wanted.chain(asked) {
        if !books.refunds.contains_key(id) {
            let words = format!("ticket {id} is asked back, and nothing is known of its refund");
            findings.find(Name::RefundMissing, id, words);
        }
    }
}

/// A ticket of the hub on its way back, with all that is known of it.
struct One<'a> {
    books: &'a Books,
    id: &'a str,
    refund: &'a RefundRow,
    ticket: &'a TicketRow,
    told: &'a Told,
    /// The first life of the hub.
    first_life: Option<u64>,
    /// Whether it has begun another since.
    has_forgotten: bool,
    /// Whether what was asked or answered may be pruned.
    is_pruned: bool,
}

impl One<'_> {
    fn has_answered(&self, answer: RefundAnswer) -> bool {
        self.told.answers.contains(&answer)
    }

    /// Whether its guest was let in, as far as is known.
    fn is_inside(&self) -> bool {
        self.books.admissions.contains_key(self.id)
            || self.has_answered(RefundAnswer::AlreadyAdmitted)
    }

    /// The cinema is asked for every ticket but one that stands, and whose guest is known to be inside. What a hub has forgotten to have asked it
    /// knows by the answer.
    fn is_asked(&self, findings: &mut Findings<'_>) {
        let is_forgotten = self.has_forgotten && !self.told.answers.is_empty();
        let needs_none = is_forgotten || self.ticket.live && self.is_inside();
        if self.told.asked.is_empty() && !needs_none && !self.is_pruned {
            let words = format!(
                "the refund of ticket {} is {}, and the cinema was never asked for it",
                self.id, self.refund.state
            );
            findings.find_money(Name::RefundUnasked, self.id, words, self.at_stake());
        }
    }

    /// What goes back, if it goes back already.
    fn at_stake(&self) -> i64 {
        match self.refund.goes_back() {
            true => self.refund.amount_minor,
            false => 0,
        }
    }

    fn is_as_answered(&self, findings: &mut Findings<'_>) {
        let (id, state) = (self.id, &self.refund.state);
        let waits = self.refund.is_asked();
        if waits && !self.told.answers.is_empty() {
            // What a hub has forgotten the cinema may have answered before it was asked anew.
            let asked = self.told.asked.first().map(|((life, _), _)| *life);
            if asked != self.first_life {
                findings.waits(format!("the refund of ticket {id} is asked for once more"));
                return;
            }
        }
        let is_taken_back = self.ticket.taken_back.as_deref() == Some("revoked");
        let wrong = if waits && !self.told.answers.is_empty() {
            "the cinema has answered, and is waited for still"
        } else if self.is_pruned && self.told.answers.is_empty() {
            return;
        } else if is_taken_back && !self.has_answered(RefundAnswer::Revoked) {
            "the ticket is taken back, and the cinema has not said that it opens no door"
        } else if state == "refused" && !self.is_inside() {
            "it is refused, and nobody has said that its guest is inside"
        } else {
            return;
        };
        let words = format!("the refund of ticket {id} is {state}: {wrong}");
        findings.find_money(Name::RefundNotAsAnswered, id, words, self.at_stake());
    }

    /// What only a person can end, and of whom a person must know, has a case.
    fn has_its_case(&self, findings: &mut Findings<'_>) {
        let case = self.books.refund_cases.get(self.id);
        let is_told = case.is_some() || self.books.admitted_cases.contains_key(self.id);
        let wrong = match self.refund.state.as_str() {
            "owed" if self.refund.payment.is_none() && case != Some(&true) => {
                "no payment gives the money back, and no person is asked to"
            }
            "refused" if case.is_none() => "no person was asked whether it stays so",
            "owed" | "done" if self.is_inside() && !is_told => {
                if self.told.answers.is_empty() && !self.told.asked.is_empty() {
                    let words = format!(
                        "the guest of ticket {} is inside, and the cinema has not answered",
                        self.id
                    );
                    findings.waits(words);
                    return;
                }
                "its guest is inside, and no person was told"
            }
            _ => return,
        };
        let words = format!(
            "the refund of ticket {} is {}: {wrong}",
            self.id, self.refund.state
        );
        findings.find_money(Name::RefundWithoutCase, self.id, words, self.at_stake());
    }

    /// Where nobody can say whether a guest sits there, nobody else is sent, unless a person answers for it. A hub that has forgotten that it
    /// asked takes `Revoked` for no more than this: what it freed then and gave to the cinema is the cinema's to sell.
    fn keeps_its_seat(&self, findings: &mut Findings<'_>) {
        if self.ticket.taken_back.as_deref() != Some("unproven") {
            return;
        }
        let place = self.ticket.place();
        let Some(seat) = self.books.seats.get(&place) else {
            return;
        };
        let is_given_since = seat.epoch > self.ticket.epoch;
        if is_given_since && self.has_forgotten && self.has_answered(RefundAnswer::Revoked) {
            return;
        }
        if seat.state != "quarantine" && !self.books.released.contains(&place.0) {
            let words = format!(
                "nobody can say whether the guest of ticket {} sits on seat {} of {}, and it is {}",
                self.id, place.1, place.0, seat.state
            );
            findings.find(Name::UnprovenSeatFreed, about(&place), words);
        }
    }
}

/// What a box has heard it has answered, and its door knows the ticket as it was answered last.
fn at_box(books: &Books, told: &BTreeMap<&str, Told>, findings: &mut Findings<'_>) {
    for (id, told) in told {
        let Some(last) = told.answers.last() else {
            if books.is_pruned() {
                continue;
            }
            let words = format!("the hub asks ticket {id} back, and the box has told no answer");
            findings.find(Name::RefundUnanswered, *id, words);
            continue;
        };
        let wanted = match last {
            RefundAnswer::Revoked => "revoked",
            RefundAnswer::Unproven => "unproven",
            RefundAnswer::AlreadyAdmitted => "live",
        };
        let known = books.heard.get(*id).map(|it| it.state.as_str());
        if known != Some(wanted) {
            let known = known.unwrap_or("unknown");
            let words = format!("ticket {id} was told to be {wanted}, and is {known} at the door");
            findings.find(Name::TakenBackTicketStands, *id, words);
        }
    }
}

/// Whether a ticket that the hub has taken back opens the cinema's door still, although all that the hub wrote of it is heard there. One
/// whose guest was let in before does: for this guest.
pub(crate) fn both(at_hub: &Books, at_box: &Books, findings: &mut Findings<'_>) {
    let Some(told) = told(at_hub) else { return };
    let heard = at_box
        .streams
        .iter()
        .filter(|it| !it.is_own && it.fork == 0);
    let heard: BTreeMap<_, _> = heard.map(|it| (it.life, it.head.seq)).collect();
    for (id, ticket) in at_hub.tickets.iter().filter(|(_, it)| !it.live) {
        let opens = at_box.heard.get(id).is_some_and(HeardTicket::is_live);
        let asked = told.get(id.as_str()).and_then(|told| told.asked.last());
        let is_on_its_way = asked.is_some_and(|(life, seq)| heard.get(life) < Some(seq));
        if opens && !is_on_its_way && !at_box.admissions.contains_key(id) {
            let words = format!(
                "ticket {id} for seat {} of {} is taken back, and opens the door",
                ticket.seat, ticket.showtime
            );
            findings.find(Name::TakenBackTicketStands, id, words);
        }
    }
}
