//! What one side told the other: every sale and ticket stands in its seller's stream as it was sold, and what was applied is known.

use std::collections::{BTreeMap, BTreeSet};

use crate::books::{Books, REFERENCES, SaleRow};
use crate::finding::{Findings, Name};
use crate::streams::{Fact, SoldTicket, StreamSeen};

/// The sum of a sale and its payments, as a cinema tells them.
type Paid = Option<(i64, Vec<(String, i64)>)>;

/// The sales in these streams, each with what paid it, and their tickets, each with its sale and showtime.
struct Sales<'a> {
    sales: BTreeMap<&'a str, &'a Paid>,
    tickets: BTreeMap<&'a str, (&'a str, &'a str, &'a SoldTicket)>,
    asked_back: BTreeSet<&'a str>,
}

fn sales<'a>(streams: impl Iterator<Item = &'a StreamSeen>) -> Sales<'a> {
    let mut found = Sales {
        sales: BTreeMap::new(),
        tickets: BTreeMap::new(),
        asked_back: BTreeSet::new(),
    };
    for (_, fact) in streams.flat_map(|it| &it.facts) {
        if let Fact::Sold {
            sale,
            showtime,
            tickets,
            paid,
        } = fact
        {
            found.sales.insert(sale, paid);
            for ticket in tickets {
                found.tickets.insert(&ticket.id, (sale, showtime, ticket));
            }
        } else if let Fact::AskedBack { ticket } = fact {
            found.asked_back.insert(ticket);
        }
    }
    found
}

fn whole(books: &Books, is_own: bool) -> Option<Sales<'_>> {
    let streams = books.streams.iter();
    let streams = streams.filter(move |it| it.is_own == is_own && it.fork == 0);
    // Of a stream that is not whole it is known already, and nothing is to be learnt from it.
    let is_whole = streams
        .clone()
        .all(|it| it.wrong.is_empty() && !it.is_unread);
    is_whole.then(|| sales(streams))
}

/// What was sold here, and what the own stream tells of it.
pub(crate) fn own(books: &Books, findings: &mut Findings<'_>) {
    let Some(told) = whole(books, true) else {
        return;
    };
    let pruned = pruned_sales(books, &told);
    for (id, sale) in &books.sales {
        match told.sales.get(id.as_str()) {
            None if pruned.contains(id.as_str()) => {}
            None => {
                let words = format!("sale {id} stands in no event for the other side");
                findings.find(Name::SaleUntold, id, words);
            }
            Some(Some((total, _))) if *total != sale.total_minor => {
                let words = format!(
                    "sale {id} costs {}, and was told as {total}",
                    sale.total_minor
                );
                findings.find_money(Name::ToldOtherwise, id, words, sale.total_minor - total);
            }
            Some(_) => {}
        }
    }
    for (id, ticket) in &books.tickets {
        let Some((sale, showtime, as_told)) = told.tickets.get(id.as_str()) else {
            if pruned.contains(ticket.sale.as_str()) {
                continue;
            }
            let words = format!(
                "ticket {id} for seat {} of {} stands in no event for the other side",
                ticket.seat, ticket.showtime
            );
            findings.find(Name::TicketUntold, id, words);
            continue;
        };
        let is = (
            &*ticket.sale,
            &*ticket.showtime,
            &*ticket.seat,
            (ticket.epoch, ticket.edition),
            ticket.price_minor,
        );
        let said = (
            *sale,
            *showtime,
            &*as_told.seat,
            (as_told.epoch, as_told.edition),
            as_told.price_minor,
        );
        if is != said {
            let words = format!("ticket {id} is {is:?}, and was told as {said:?}");
            findings.find(Name::ToldOtherwise, id, words);
        }
    }
    for sale in told.sales.keys() {
        if !books.sales.contains_key(*sale) {
            let words = format!("sale {sale} was told to the other side and is not stored here");
            findings.find(Name::ToldAndNotStored, *sale, words);
        }
    }
    for (id, (sale, ..)) in &told.tickets {
        if !books.tickets.contains_key(*id) && books.sales.contains_key(*sale) {
            let words = format!("ticket {id} was told to the other side and is not stored here");
            findings.find(Name::ToldAndNotStored, *id, words);
        }
    }
}

/// The sales whose events are pruned, if they are told no more: those of a series up to the first that is still told. Of what is not counted either of two
/// that were made in a moment may have been told first.
fn pruned_sales<'a>(books: &'a Books, told: &Sales<'_>) -> BTreeSet<&'a str> {
    if !(books.streams.iter()).any(|it| it.is_own && it.fork == 0 && it.is_pruned) {
        return BTreeSet::new();
    }
    let order = |sale: &SaleRow| match sale.series {
        REFERENCES => sale.sold_ms,
        _ => sale.number,
    };
    let mut first_told: BTreeMap<i64, i64> = BTreeMap::new();
    for sale in told.sales.keys().filter_map(|id| books.sales.get(*id)) {
        let first = first_told.entry(sale.series).or_insert(order(sale));
        *first = order(sale).min(*first);
    }
    let is_up_to = |sale: &SaleRow| {
        let first = first_told.get(&sale.series);
        first.is_none_or(|first| order(sale) <= *first)
    };
    let sales = books.sales.iter().filter(|(_, sale)| is_up_to(sale));
    sales.map(|(id, _)| id.as_str()).collect()
}

/// What was heard from the other side, and what is known of it.
pub(crate) fn heard(books: &Books, findings: &mut Findings<'_>) {
    let Some(told) = whole(books, false) else {
        return;
    };
    let is_pruned = (books.streams.iter()).any(|it| !it.is_own && it.fork == 0 && it.is_pruned);
    for (id, (sale, showtime, as_told)) in &told.tickets {
        let Some(heard) = books.heard.get(*id) else {
            let words = format!(
                "ticket {id} for seat {} of {showtime} was told, the event is applied, and the ticket is not known here",
                as_told.seat
            );
            findings.find(Name::ToldAndNotHeard, *id, words);
            continue;
        };
        let same = heard.showtime == *showtime
            && heard.seat == as_told.seat
            && (heard.epoch, heard.edition) == (as_told.epoch, as_told.edition)
            && heard.sale.as_deref() == Some(sale)
            && heard
                .price_minor
                .is_none_or(|price| price == as_told.price_minor);
        if !same {
            let words = format!(
                "ticket {id} was told as {as_told:?} of {showtime}, and is known here as {heard:?}"
            );
            findings.find(Name::ToldOtherwise, *id, words);
        }
    }
    for (id, heard) in &books.heard {
        // What was only presented at the door is waited for.
        let is_told =
            told.tickets.contains_key(id.as_str()) || told.asked_back.contains(id.as_str());
        if heard.sale.is_some() && !is_told && !is_pruned {
            let words = format!(
                "ticket {id} for seat {} of {} is known here, and no event told of it",
                heard.seat, heard.showtime
            );
            findings.find(Name::HeardWithoutEvent, id, words);
        }
    }
    for (id, sale) in &books.told.sales {
        match told.sales.get(id.as_str()) {
            None if is_pruned => {}
            None => {
                let words = format!("sale {id} is known here, and no event told of it");
                findings.find(Name::HeardWithoutEvent, id, words);
            }
            Some(Some((total, _))) if *total != sale.total_minor => {
                let words = format!(
                    "sale {id} was told as {total}, and is known here as {}",
                    sale.total_minor
                );
                findings.find_money(Name::ToldOtherwise, id, words, sale.total_minor - total);
            }
            Some(_) => {}
        }
    }
    for (sale, paid) in &told.sales {
        for (payment, amount) in paid.iter().flat_map(|(_, payments)| payments) {
            let known = books.told.tenders.get(payment);
            if known != Some(&((*sale).to_owned(), *amount)) {
                let words = format!(
                    "payment {payment} of sale {sale} was told as {amount}, and is known here as {known:?}"
                );
                findings.find_money(Name::PaymentToldOtherwise, payment, words, *amount);
            }
        }
    }
}

/// Whether the hub knows the payments of the box's sales as the box has them, as far as they were told.
pub(crate) fn payments(at_hub: &Books, at_box: &Books, findings: &mut Findings<'_>) {
    for (id, (sale, amount)) in &at_hub.told.tenders {
        let Some(payment) = at_box.payments.get(id) else {
            if at_box.has_succeeded {
                continue;
            }
            let words = format!(
                "payment {id} of sale {sale} is known at the hub, and the box does not have it"
            );
            findings.find_money(Name::PaymentToldOtherwise, id, words, *amount);
            continue;
        };
        // What is told is what was taken: a terminal may take a part of what it was asked for.
        let taken = payment.captured_minor;
        if taken != *amount {
            let words =
                format!("payment {id}: {taken} at the box, and {amount} as the hub was told");
            let differs = taken - amount;
            findings.find_money(Name::PaymentToldOtherwise, id, words, differs);
        }
    }
    for (id, amount) in &at_hub.told.refunds {
        let Some(payment) = at_box.payments.get(id) else {
            continue;
        };
        if payment.returned_minor < *amount {
            let words = format!(
                "payment {id}: the hub was told that {amount} went back, and {} did at the box",
                payment.returned_minor
            );
            findings.find_money(
                Name::PaymentToldOtherwise,
                id,
                words,
                amount - payment.returned_minor,
            );
        }
    }
}
