//! The sale: seats, money, tickets and the event for the other side, in one transaction. Nobody hears "sold" before it is committed, and
//! whoever asks twice hears the same.

use std::time::Duration;

use box_office::checkout::{Means, Payment};
use box_office::{Custodian, HoldId, SaleId, SeatId, TicketId};
use counter_api::PaperState;
use database::{Snapshot, Tx};
use sha2::{Digest as _, Sha256};
use wire::event as told;

use super::{CheckoutRefused, FOUND_AGAIN_FOR_MS, store};
use crate::Fault;
use crate::buyer::BuyerId;
use crate::catalogue::{self, Scheduled};
use crate::counter::At;
use crate::custody;
use crate::holds::HoldRow;
use crate::reference::Reference;
use crate::repeats::{KeyReused, Repeat};
use crate::running_time;
use crate::seats;
use crate::sold::{ONLINE, PaymentRow, SaleFacts, SaleRow, Sold, TicketFacts, TicketRow};
use crate::tickets;

/// The first series of a cinema's receipts. A box that takes another's place begins the next.
const FIRST_SERIES: i64 = 1;

/// By what right seats are sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Right {
    /// The hold has them.
    Held,
    /// A person takes them over, for this reason.
    TakenOver(String),
}

/// Sells the seats of a hold that `payments` pay for in full: the one place where tickets come into being.
pub(super) fn issue(
    tx: &mut Tx<'_>,
    at: &At,
    (hold, right): (&HoldRow, &Right),
    scheduled: &Scheduled,
    payments: &[PaymentRow],
    repeat: Option<&Repeat>,
) -> Result<Sold, CheckoutRefused> {
    let (catalogue, showtime) = (at.catalogue(), &scheduled.showtime.id);
    let (now, cinema) = (at.clock.now(), &catalogue.cinema);
    let ids: Vec<TicketId> = (hold.lines.iter())
        .map(|line| {
            let what = format!("ticket {}", line.seat);
            TicketId::from_bits(derived(hold, payments, &what))
        })
        .collect();
    let seats: Vec<_> = (hold.lines.iter().zip(&ids))
        .map(|(line, id)| (line.place, line.seat.clone(), id.clone()))
        .collect();
    let issued = match right {
        Right::Held => seats::sell(tx, at, (hold.showtime, showtime), &hold.id, &seats)?,
        Right::TakenOver(reason) => custody::take_over(tx, at, scheduled, (&seats, reason))?,
    };
    let (series, number) = match at.side {
        Custodian::Cinema => next_number(tx, at)?,
        Custodian::Hub => (ONLINE, free_reference(tx, at, (hold, payments))?.number()),
    };
    let sale = SaleRow {
        id: SaleId::from_bits(derived(hold, payments, "sale")),
        hold: hold.id.clone(),
        buyer: hold.buyer.clone(),
        showtime: hold.showtime,
        series,
        number,
        sold_at: now,
        currency: hold.currency,
        total_minor: hold.total_minor,
        tax_minor: hold.tax_minor,
        change_minor: change_minor(payments),
        collection_code: service::random::code::<COLLECTION_CODE_LETTERS>(&at.random),
        facts: SaleFacts {
            seller: cinema.name.clone(),
            address: cinema.address.clone(),
            tax_number: cinema.tax_number.clone(),
            guest_language: hold.language.clone(),
            is_paperless: hold.is_paperless,
        },
    };
    if !store::add_sale(tx, &cinema.id, (&sale, at.running_ms()), repeat)? {
        return Err(KeyReused.into());
    }
    let tickets = (hold.lines.iter().zip(ids).zip(issued))
        .map(|((line, id), (epoch, edition))| {
            // By its name: a place is a number in one plan.
            let place = scheduled.plan.place_of(&line.seat);
            let place = place.and_then(|place| scheduled.plan.at(place));
            let place = place.ok_or_else(|| Fault::Broken(format!("no seat {}", line.seat)))?;
            Ok(TicketRow {
                id,
                sale: sale.id.clone(),
                showtime: hold.showtime,
                place: line.place,
                seat: line.seat.clone(),
                plan: scheduled.plan.layout().version,
                epoch,
                edition,
                kind: line.kind.clone(),
                currency: hold.currency,
                price_minor: line.price_minor,
                tax_minor: line.tax_minor,
                starts_at: scheduled.showtime.starts_at,
                facts: TicketFacts::of(
                    cinema,
                    scheduled,
                    place,
                    (&line.kind, line.refunds),
                    &hold.language,
                ),
                at_risk: *right != Right::Held,
            })
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    if hold.is_doubted {
        // What was heard of them was this sale.
        for ticket in &tickets {
            let of = (hold.showtime, showtime);
            seats::unhear(tx, Some(at), of, &ticket.seat, ticket.epoch)?;
        }
    }
    tickets::add(tx, at.side, &tickets)?;
    let mut sold = Sold {
        sale,
        showtime: showtime.clone(),
        tickets,
        payments: payments.to_vec(),
        paper: PaperState::NoPrinter,
    };
    sold.paper = at.ports.settled(tx, at.cinema(), &sold)?;
    let acting = at.clone();
    tx.after_commit(move || acting.time.need_for(FOUND_AGAIN_FOR_MS));
    let told = match at.side {
        Custodian::Cinema => event(&sold, catalogue.days.day_of(now).to_string())?.into(),
        Custodian::Hub => tickets_sold(&sold).into(),
    };
    at.shop.outbox.push(tx, [told])?;
    Ok(sold)
}

/// Whether this is the ticket for a seat that a purchase becomes which one of these payments pays for.
pub(super) fn may_become(payments: &[PaymentRow], seat: &SeatId, ticket: &TicketId) -> bool {
    let what = format!("ticket {seat}");
    let of = |payment: &PaymentRow| derived_from((payment.id.as_str(), payment.id.bits()), &what);
    (payments.iter()).any(|payment| TicketId::from_bits(of(payment)) == *ticket)
}

/// The bits of an id of what a purchase becomes. They derive from its payment: a side that was put back to a moment at which the payment was
/// under way issues no second tickets for it, but the same again, and each opens a door once. Nobody guesses them who does not know the payment.
fn derived(hold: &HoldRow, payments: &[PaymentRow], what: &str) -> [u8; 16] {
    let paid = payments.iter().rfind(|it| it.state.paid_minor() > 0);
    let from = match paid {
        Some(payment) => (payment.id.as_str(), payment.id.bits()),
        None => (hold.id.as_str(), hold.id.bits()),
    };
    derived_from(from, what)
}

fn derived_from((of, made): (&str, Option<[u8; 16]>), what: &str) -> [u8; 16] {
    let hash: [u8; 32] = Sha256::digest(format!("{of} {what}")).into();
    let mut bits = [0; 16];
    bits.copy_from_slice(&hash[..16]);
    // Their time is the payment's, so that they lie with what was made in its moment.
    if let Some(made) = made {
        bits[..TIME_BYTES].copy_from_slice(&made[..TIME_BYTES]);
    }
    bits
}

/// So many bytes of an id tell when it was made, in milliseconds.
const TIME_BYTES: usize = 6;

/// The series that is counted, and its next number, without gaps.
fn next_number(tx: &mut Tx<'_>, at: &At) -> Result<(i64, i64), Fault> {
    let mut last = at.shop.last_receipt.lock();
    let next = match *last {
        Some((series, guess)) if store::count_from(tx, at.cinema(), series, guess)? => {
            (series, guess + 1)
        }
        _ => {
            let series = store::series(tx, at.cinema())?.unwrap_or(FIRST_SERIES);
            (series, store::next_number(tx, at.cinema(), series)?)
        }
    };
    *last = Some(next);
    Ok(next)
}

/// A reference that no other booking of the cinema has: the same again for what is issued again, as its tickets are.
fn free_reference(
    tx: &mut Tx<'_>,
    at: &At,
    (hold, payments): (&HoldRow, &[PaymentRow]),
) -> Result<Reference, Fault> {
    let mut what = "reference".to_owned();
    loop {
        let reference = Reference::from_bits(derived(hold, payments, &what));
        if store::sale_by_receipt(tx, at.cinema(), (ONLINE, reference.number()))?.is_none() {
            return Ok(reference);
        }
        what.push_str(" taken");
    }
}

/// Passes over so many numbers of a cinema's receipts, for those that may have been given and are forgotten.
///
/// # Errors
/// The database refuses.
pub fn pass_over(tx: &mut Tx<'_>, at: &At, numbers: i64) -> Result<(), Fault> {
    *at.shop.last_receipt.lock() = None;
    let series = store::series(tx, at.cinema())?.unwrap_or(FIRST_SERIES);
    Ok(store::pass_over(tx, at.cinema(), series, numbers)?)
}

/// Letters of a collection code: it is read out and typed, and a cinema has some thousand sales a day.
const COLLECTION_CODE_LETTERS: usize = 6;

/// What was handed over in cash beyond what it paid.
fn change_minor(payments: &[PaymentRow]) -> i64 {
    counting(payments)
        .filter_map(|payment| Some(payment.given_minor? - payment.amount_minor))
        .sum()
}

/// The payments that pay for a sale.
fn counting(payments: &[PaymentRow]) -> impl Iterator<Item = &PaymentRow> {
    payments
        .iter()
        .filter(|payment| matches!(payment.state, Payment::Captured(_)))
}

/// What tells a cinema of the hub's sale: neither who bought nor how it was paid.
fn tickets_sold(sold: &Sold) -> told::TicketsSold {
    told::TicketsSold {
        sale: sold.sale.id.clone(),
        showtime: sold.showtime.clone(),
        time: sold.sale.sold_at.as_millisecond(),
        currency: sold.sale.currency,
        tickets: sold.tickets.iter().map(sold_ticket).collect(),
    }
}

fn sold_ticket(ticket: &TicketRow) -> told::SoldTicket {
    told::SoldTicket {
        id: ticket.id.clone(),
        seat: ticket.seat.clone(),
        plan: ticket.plan,
        epoch: ticket.epoch.number().into(),
        edition: ticket.edition,
        kind: ticket.kind.clone(),
        price: ticket.price_minor,
        tax: ticket.tax_minor,
        taken_over: ticket.at_risk,
    }
}

/// What tells the hub of a sale.
fn event(sold: &Sold, day: String) -> Result<told::SaleSettled, Fault> {
    let sale = &sold.sale;
    let paid = counting(&sold.payments).map(|payment| told::PaidTender {
        id: payment.id.clone(),
        way: match payment.means {
            Means::Cash => told::TenderWay::Cash,
            Means::Card => told::TenderWay::Card,
        },
        amount: payment.amount().minor,
        given: payment.given_minor,
        slip: payment.slip.as_ref().map(|slip| told::CardSlip {
            last_four: slip.last_four.clone(),
            authorisation: slip.authorisation.clone(),
        }),
    });
    Ok(told::SaleSettled {
        sale: sale.id.clone(),
        receipt: told::Receipt {
            series: number(sale.series)?,
            number: number(sale.number)?,
        },
        showtime: sold.showtime.clone(),
        device: sale.buyer.id.clone(),
        time: sale.sold_at.as_millisecond(),
        day,
        currency: sale.currency,
        total: sale.total_minor,
        tax: sale.tax_minor,
        tickets: sold.tickets.iter().map(sold_ticket).collect(),
        tenders: paid.collect(),
    })
}

fn number<T: TryFrom<i64>>(number: i64) -> Result<T, Fault> {
    T::try_from(number)
        .map_err(|_| Fault::Broken(format!("the receipt number {number} is out of range")))
}

/// The sale that a hold has become, for whoever asks again: the card settled it by itself, or a request did whose answer was lost.
pub(super) fn of_hold(
    db: &mut Snapshot<'_>,
    at: &At,
    hold: &HoldId,
) -> Result<Sold, CheckoutRefused> {
    let sale = store::sale_of_hold(db, hold)?.ok_or(CheckoutRefused::UnknownSale)?;
    sold(db, at, &sale)
}

/// A sale with its tickets and payments, by its id.
pub(super) fn sold(db: &mut Snapshot<'_>, at: &At, id: &SaleId) -> Result<Sold, CheckoutRefused> {
    find(db, at, id)?.ok_or(CheckoutRefused::UnknownSale)
}

/// The same; nothing, if this cinema has no such sale.
pub(crate) fn find(db: &mut Snapshot<'_>, at: &At, id: &SaleId) -> Result<Option<Sold>, Fault> {
    let Some(sale) = store::sale_by_id(db, id)? else {
        return Ok(None);
    };
    let Some(showtime) = catalogue::name_of(db, &at.catalogue(), sale.showtime)? else {
        return Ok(None);
    };
    Ok(Some(Sold {
        showtime,
        tickets: tickets::of_sale(db, id)?,
        payments: store::of_hold(db, &sale.hold)?,
        paper: at.ports.paper_of(db, id)?,
        sale,
    }))
}

/// Whether there is such a sale at this cinema.
pub(super) fn is_of(db: &mut Snapshot<'_>, at: &At, id: &SaleId) -> Result<bool, Fault> {
    let Some(sale) = store::sale_by_id(db, id)? else {
        return Ok(false);
    };
    Ok(catalogue::name_of(db, &at.catalogue(), sale.showtime)?.is_some())
}

/// The sale with this receipt number, `1-000042` or without the zeros; with this reference, `K7QP-2MXD`, however it is typed.
///
/// # Errors
/// The database refuses.
pub fn by_receipt(db: &mut Snapshot<'_>, at: &At, receipt: &str) -> Result<Option<Sold>, Fault> {
    let reference = receipt.parse::<Reference>().ok();
    let reference = reference.map(|reference| (ONLINE, reference.number()));
    // Eight digits may be either.
    for named in reference.into_iter().chain(numbers(receipt)) {
        if let Some(id) = store::sale_by_receipt(db, at.cinema(), named)? {
            return find(db, at, &id);
        }
    }
    Ok(None)
}

/// The number on the receipt of a sale, if there is such a sale.
///
/// # Errors
/// The database refuses.
pub fn receipt_of(db: &mut Snapshot<'_>, sale: &SaleId) -> Result<Option<String>, Fault> {
    Ok(store::sale_by_id(db, sale)?.map(|sale| sale.receipt_number()))
}

/// What somebody has bought within the last so much running time, oldest first.
///
/// # Errors
/// The database refuses.
pub fn sold_within(
    db: &mut Snapshot<'_>,
    at: &At,
    buyer: &BuyerId,
    time: Duration,
) -> Result<Vec<Sold>, Fault> {
    let since_ms = at.running_ms().saturating_sub(running_time::ms(time));
    let mut found = Vec::new();
    for sale in store::sales_since(db, buyer, since_ms)? {
        found.extend(find(db, at, &sale)?);
    }
    Ok(found)
}

/// The receipt's number of the sale that was made last, in the latest series.
pub(crate) fn last_receipt(db: &mut Snapshot<'_>) -> Result<Option<String>, Fault> {
    Ok(store::last_sale(db)?.map(|sale| sale.receipt_number()))
}

/// The series and the number of a receipt, as they are printed or without the zeros.
fn numbers(receipt: &str) -> Option<(i64, i64)> {
    let (series, number) = receipt.trim().split_once('-')?;
    Some((series.parse().ok()?, number.parse().ok()?))
}

#[cfg(test)]
mod tests;
