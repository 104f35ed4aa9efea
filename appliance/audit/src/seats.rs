//! Seats, holds and tickets of one side: what is sold has its ticket, what is held has its hold, and no seat has two.

use std::collections::{BTreeMap, BTreeSet};

use box_office::Custodian;

use crate::books::{Books, Place, SeatRow, TicketRow};
use crate::custody::about;
use crate::finding::{Findings, Name};

/// Compares seats with holds and tickets.
pub(crate) fn check(side: Custodian, books: &Books, findings: &mut Findings<'_>) {
    let live = live(&[books]);
    for (place, seat) in &books.seats {
        whose(side, place, seat, findings);
        match (seat.state.as_str(), &seat.holder) {
            ("sold" | "revoking", Some(ticket)) => {
                let is_there = books
                    .tickets
                    .get(ticket)
                    .is_some_and(|it| it.live && it.showtime == place.0 && it.seat == place.1);
                let is_forgotten = books.is_of_before(ticket) || books.is_found_again(ticket);
                if !is_there && !is_forgotten {
                    let words = format!(
                        "seat {} of {} is {} to the ticket {ticket}, which is not there or does not count",
                        place.1, place.0, seat.state
                    );
                    findings.find(Name::SoldSeatWithoutTicket, about(place), words);
                }
            }
            ("held", Some(hold)) => held(books, &live, (place, hold), findings),
            (_, _) => {}
        }
    }
    holds(books, findings);
    tickets(books, findings);
    editions(books, findings);
}

/// What is taken was taken by whoever has custody.
fn whose(side: Custodian, place: &Place, seat: &SeatRow, findings: &mut Findings<'_>) {
    let is_taken = matches!(
        seat.state.as_str(),
        "held" | "sold" | "blocked" | "revoking"
    );
    let is_own = match side {
        Custodian::Cinema => seat.epoch.is_multiple_of(2),
        Custodian::Hub => !seat.epoch.is_multiple_of(2),
    };
    if is_taken && !is_own {
        let words = format!(
            "seat {} of {} is {} here, and at epoch {} it is the other side's",
            place.1, place.0, seat.state, seat.epoch
        );
        findings.find(Name::TakenOutOfCustody, about(place), words);
    }
}

fn held(
    books: &Books,
    live: &BTreeMap<Place, BTreeSet<String>>,
    (place, hold): (&Place, &String),
    findings: &mut Findings<'_>,
) {
    if let Some(tickets) = live.get(place) {
        let words = format!(
            "seat {} of {} is held by {hold} and has the ticket {}",
            place.1,
            place.0,
            list(tickets)
        );
        findings.find(Name::HoldBesideTicket, about(place), words);
    }
    let is_there = books.holds.get(hold).is_some_and(|it| {
        it.is_under_way() && it.showtime == place.0 && it.seats.contains(&place.1)
    });
    if !is_there {
        let words = format!(
            "seat {} of {} is held by {hold}, which is not there, has ended or does not name it",
            place.1, place.0
        );
        findings.find(Name::HeldByNoHold, about(place), words);
    }
}

fn holds(books: &Books, findings: &mut Findings<'_>) {
    for (id, hold) in &books.holds {
        if hold.state != "open" && hold.state != "paying" {
            continue;
        }
        for seat in &hold.seats {
            let place = (hold.showtime.clone(), seat.clone());
            let row = books.seats.get(&place);
            let is_its =
                row.is_some_and(|row| row.state == "held" && row.holder.as_ref() == Some(id));
            if !is_its {
                let words = format!(
                    "hold {id} is {} and does not have seat {seat} of {}",
                    hold.state, hold.showtime
                );
                findings.find(Name::HoldWithoutItsSeats, about(&place), words);
            }
        }
    }
}

fn tickets(books: &Books, findings: &mut Findings<'_>) {
    for (id, ticket) in &books.tickets {
        if !ticket.live || ticket.disputed {
            continue;
        }
        let place = ticket.place();
        let Some(seat) = books.seats.get(&place) else {
            let words = format!(
                "ticket {id} is for seat {} of {}, which has no row",
                place.1, place.0
            );
            findings.find(Name::TicketWithoutSeat, about(&place), words);
            continue;
        };
        let is_its = matches!(seat.state.as_str(), "sold" | "revoking" | "taken_over")
            && seat.holder.as_ref() == Some(id);
        if !is_its {
            let words = format!(
                "ticket {id} is for seat {} of {}, which is {}",
                place.1, place.0, seat.state
            );
            findings.find(Name::TicketWithoutSeat, about(&place), words);
        } else if !is_as_sold(seat, ticket) {
            let words = format!(
                "ticket {id} was sold at epoch {}, edition {}, and seat {} of {} is at epoch {}, edition {}",
                ticket.epoch, ticket.edition, place.1, place.0, seat.epoch, seat.edition
            );
            findings.find(Name::TicketNotAsItsSeat, about(&place), words);
        }
    }
}

/// Whether a seat is as its ticket says. One that was taken over has come to the cinema since, if the hub had it free.
fn is_as_sold(seat: &SeatRow, ticket: &TicketRow) -> bool {
    let is_given_since = ticket.at_risk && seat.epoch == ticket.epoch + 1;
    (seat.epoch == ticket.epoch || is_given_since) && seat.edition == ticket.edition
}

/// A seat's edition rises with each sale, so that the door knows the later of two tickets.
fn editions(books: &Books, findings: &mut Findings<'_>) {
    let mut sold: BTreeMap<Place, Vec<_>> = BTreeMap::new();
    for (id, ticket) in &books.tickets {
        let of_seat = sold.entry(ticket.place()).or_default();
        of_seat.push(((ticket.epoch, ticket.edition), id));
    }
    for (place, mut tickets) in sold {
        tickets.sort_unstable();
        let highest = tickets.iter().map(|((_, edition), _)| *edition).max();
        let (row, highest) = (books.seats.get(&place), highest.unwrap_or(0));
        if let Some(seat) = row.filter(|seat| seat.edition < highest) {
            let words = format!(
                "seat {} of {} has edition {}, and a ticket of edition {highest} was sold for it",
                place.1, place.0, seat.edition
            );
            findings.find(Name::EditionSetBack, about(&place), words);
        }
        let twice = tickets.windows(2).find(|pair| pair[0].0 == pair[1].0);
        if let Some([(one, first), (_, second)]) = twice {
            let words = format!(
                "the tickets {first} and {second} for seat {} of {} were both sold at epoch {}, edition {}",
                place.1, place.0, one.0, one.1
            );
            findings.find(Name::EditionSetBack, about(&place), words);
        }
    }
}

/// A seat with more than one live ticket over all that is known. What a person sold at the cinema's risk is no sale by mistake: it is among the
/// cases, whoever else comes.
pub(crate) fn double_sales(all: &[&Books], findings: &mut Findings<'_>) {
    for (place, mut tickets) in live(all) {
        if tickets.len() > 1 {
            tickets.retain(|ticket| !all.iter().any(|books| books.is_at_risk(ticket)));
        }
        if tickets.len() > 1 {
            let words = format!(
                "seat {} of {} has the tickets {}",
                place.1,
                place.0,
                list(&tickets)
            );
            findings.find(Name::SecondLiveTicket, about(&place), words);
        }
    }
}

/// The live tickets of each seat, as their sellers have them; what was only heard of counts where no seller is asked.
fn live(all: &[&Books]) -> BTreeMap<Place, BTreeSet<String>> {
    let mut of_seat: BTreeMap<Place, BTreeSet<String>> = BTreeMap::new();
    let owned: BTreeMap<_, _> = all.iter().flat_map(|it| &it.tickets).collect();
    for (id, ticket) in owned.iter().filter(|(_, it)| it.live && !it.disputed) {
        of_seat
            .entry(ticket.place())
            .or_default()
            .insert((*id).clone());
    }
    for (id, ticket) in all.iter().flat_map(|it| &it.heard) {
        if ticket.is_live() && !ticket.disputed && !owned.contains_key(id) {
            let place = (ticket.showtime.clone(), ticket.seat.clone());
            of_seat.entry(place).or_default().insert(id.clone());
        }
    }
    of_seat
}

fn list(tickets: &BTreeSet<String>) -> String {
    let tickets: Vec<_> = tickets.iter().map(String::as_str).collect();
    tickets.join(" and ")
}
