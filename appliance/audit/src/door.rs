//! Who was let in: with a ticket that somebody sold, to its showtime and seat, and told to the hub.

use std::collections::{BTreeMap, BTreeSet};

use box_office::Custodian;
use wire::event::RefundAnswer;

use crate::books::{AdmissionRow, Books};
use crate::custody::about;
use crate::finding::{Findings, Name};
use crate::streams::Fact;

/// Compares admissions with tickets and events.
pub(crate) fn check(side: Custodian, books: &Books, findings: &mut Findings<'_>) {
    let mut of_seat: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for (ticket, admitted) in &books.admissions {
        match place_of(books, ticket) {
            // What was sold by the other side may be on its way, and a box keeps what it finds.
            None if admitted.found || side == Custodian::Hub => {}
            None => unknown(ticket, admitted, findings),
            Some((showtime, seat)) => {
                if (showtime, seat) != (admitted.showtime.as_str(), admitted.seat.as_str()) {
                    let words = format!(
                        "ticket {ticket} is for seat {seat} of {showtime}, and its guest was let in to {} of {}",
                        admitted.seat, admitted.showtime
                    );
                    findings.find(Name::AdmissionElsewhere, ticket, words);
                }
            }
        }
        // What was taken over may have two guests, and both are let in.
        if admitted.proven && !admitted.at_risk && !books.is_at_risk(ticket) {
            let place = (admitted.showtime.clone(), admitted.seat.clone());
            of_seat.entry(place).or_default().push(ticket);
        }
    }
    for (place, tickets) in of_seat.into_iter().filter(|(_, tickets)| tickets.len() > 1) {
        let words = format!(
            "guests were let in to seat {} of {} with the tickets {}",
            place.1,
            place.0,
            tickets.join(" and ")
        );
        findings.find(Name::SeatAdmittedTwice, about(&place), words);
    }
    revoked(books, findings);
    in_events(side, books, findings);
}

/// Who has a ticket that was given back stays outside.
fn revoked(books: &Books, findings: &mut Findings<'_>) {
    let streams = books.streams.iter().filter(|it| it.fork == 0);
    for (_, fact) in streams.flat_map(|it| &it.facts) {
        if let Fact::Answered {
            ticket,
            answer: RefundAnswer::Revoked,
        } = fact
            && books.admissions.contains_key(ticket)
        {
            let words = format!(
                "the hub was told that ticket {ticket} opens no door any more, and its guest was let in"
            );
            findings.find(Name::AdmissionOfRevokedTicket, ticket, words);
        }
    }
}

/// Each admission that counts as told stands in an event, and each event that is applied has its admission.
fn in_events(side: Custodian, books: &Books, findings: &mut Findings<'_>) {
    let is_own = side == Custodian::Cinema;
    let streams = books.streams.iter();
    let streams = streams.filter(|it| it.is_own == is_own && it.fork == 0);
    if !streams
        .clone()
        .all(|it| it.wrong.is_empty() && !it.is_unread)
    {
        return;
    }
    let facts = streams.flat_map(|it| &it.facts);
    let told: BTreeSet<&str> = facts
        .filter_map(|(_, fact)| match fact {
            Fact::Admitted { ticket } => Some(ticket.as_str()),
            Fact::Sold { .. }
            | Fact::Refunded { .. }
            | Fact::Given { .. }
            | Fact::Recalled { .. }
            | Fact::AskedBack { .. }
            | Fact::Answered { .. } => None,
        })
        .collect();
    for (ticket, admitted) in &books.admissions {
        let is_of_before = books.is_of_before(ticket);
        if admitted.told && !is_of_before && !books.is_pruned() && !told.contains(ticket.as_str()) {
            let words = format!(
                "that the guest of ticket {ticket} was let in counts as told, and stands in no event"
            );
            findings.find(Name::AdmissionUntold, ticket, words);
        }
    }
    for ticket in told {
        if !books.admissions.contains_key(ticket) {
            let words = format!(
                "an event says that the guest of ticket {ticket} was let in, and it is not known here"
            );
            findings.find(Name::AdmissionUntold, ticket, words);
        }
    }
}

/// What only both know: whether somebody has sold the ticket. One that nobody knows any more may be of a box that is lost, at the one that took
/// its place, or of a hub that has forgotten it, where an event of it is here or its guest showed it at the door.
pub(crate) fn both(at_hub: &Books, at_box: &Books, findings: &mut Findings<'_>) {
    for (ticket, admitted) in at_box.admissions.iter().chain(&at_hub.admissions) {
        let is_sold = at_hub.tickets.contains_key(ticket) || at_box.tickets.contains_key(ticket);
        let was_told = |books: &Books| books.heard.get(ticket).is_some_and(|it| it.sale.is_some());
        let is_of_lost_box = at_box.has_succeeded && admitted.is_of_cinema;
        let is_of_before = is_of_lost_box && (admitted.found || was_told(at_hub));
        let is_signed = admitted.found || was_told(at_box);
        let is_forgotten = at_hub.losses > 0 && !admitted.is_of_cinema && is_signed;
        if !is_sold && !is_of_before && !is_forgotten && !at_box.is_found_again(ticket) {
            unknown(ticket, admitted, findings);
        }
    }
}

fn unknown(ticket: &str, admitted: &AdmissionRow, findings: &mut Findings<'_>) {
    let words = format!(
        "a guest was let in to seat {} of {} with the ticket {ticket}, which nobody has sold",
        admitted.seat, admitted.showtime
    );
    findings.find(Name::AdmissionOfUnknownTicket, ticket, words);
}

/// The showtime and the seat of a ticket, whoever sold it.
fn place_of<'a>(books: &'a Books, ticket: &str) -> Option<(&'a str, &'a str)> {
    let own = books
        .tickets
        .get(ticket)
        .map(|it| (&*it.showtime, &*it.seat));
    own.or_else(|| books.heard.get(ticket).map(|it| (&*it.showtime, &*it.seat)))
}
