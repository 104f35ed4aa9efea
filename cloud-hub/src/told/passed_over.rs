//! What a cinema tells and nothing here can apply: a person looks after it, and what comes after it goes on, unless that would sell a seat twice.

use box_office::ShowtimeId;
use counter::programme::{self, WITHHELD_TOLD_INCOMPLETELY};
use counter::{Counter, Fault};
use database::Tx;
use jiff::Timestamp;
use wire::{Body, CinemaId, Event};

use super::dispute::dispute;
use super::store::Fact;

/// Shows the event to a person in place of applying it; says no where what comes after it may not be applied before it is.
///
/// # Errors
/// The database's.
pub(super) fn pass_over(
    (tx, counter, cinema): (&mut Tx<'_>, &Counter, &CinemaId),
    (event, body): (&Event, &Body),
    (why, now): (&str, Timestamp),
) -> Result<bool, Fault> {
    if let Some(showtime) = may_mislead(body) {
        programme::withhold(tx, counter, (cinema, showtime), WITHHELD_TOLD_INCOMPLETELY)?;
    }
    let Some(named) = named(body) else {
        return Ok(false);
    };
    let words = format!(
        "{} could not be applied and is passed over: {why}",
        body.kind().replace('_', " ")
    );
    let facts: Vec<Fact<'_>> = named.iter().map(|(what, name)| (*what, &**name)).collect();
    let told = (cinema, event.seq());
    dispute(tx, told, "could_not_be_applied", (&words, &facts), now)?;
    Ok(true)
}

/// The showtime that is not sold here while an event of it is not applied, whether that stands or is passed over.
fn may_mislead(body: &Body) -> Option<&ShowtimeId> {
    match body {
        Body::ShowtimeScheduled(told) => Some(&told.showtime),
        Body::ShowtimeChanged(told) => Some(&told.0.showtime),
        Body::ShowtimeMoved(told) => Some(&told.showtime.showtime),
        Body::ShowtimeCancelled(told) => Some(&told.showtime),
        Body::SaleSettled(told) => Some(&told.showtime),
        Body::TicketAdmitted(told) => Some(&told.showtime),
        Body::CustodyClaimed(told) => Some(&told.showtime),
        Body::CinemaDescribed(_)
        | Body::FilmImported(_)
        | Body::PriceBookImported(_)
        | Body::AuditoriumDescribed(_)
        | Body::PaymentRefunded(_)
        | Body::PaymentUnknown(_)
        | Body::PaymentDecided(_)
        | Body::SeatsReleased(_)
        | Body::StaffCalled(_)
        | Body::StaffCame(_)
        | Body::PrinterStopped(_)
        | Body::PrinterReady(_)
        | Body::RefundAnswered(_)
        | Body::CustodyTold(_)
        | Body::TicketsStanding(_)
        | Body::CustodyToldAll(_)
        | Body::ContentAdopted(_)
        | Body::ContentRefused(_)
        | Body::OnlineSales(_)
        | Body::SeatsGranted(_)
        | Body::SeatsQuarantined(_)
        | Body::SeatsFreed(_)
        | Body::RefundRequested(_)
        | Body::TicketsSold(_) => None,
    }
}

/// What an event names that may be passed over; nothing for one that may not: what makes a hub whole that has forgotten, what tells of a seat that
/// somebody has, and what decides about guests' money.
fn named(body: &Body) -> Option<Vec<(&'static str, String)>> {
    let of_showtime = |showtime: &ShowtimeId| Some(vec![("showtime", showtime.to_string())]);
    let of_payment = |payment: &str| Some(vec![("payment", payment.to_owned())]);
    match body {
        Body::CustodyTold(_)
        | Body::TicketsStanding(_)
        | Body::CustodyToldAll(_)
        | Body::CustodyClaimed(_)
        | Body::SaleSettled(_)
        | Body::TicketAdmitted(_)
        | Body::RefundAnswered(_)
        | Body::ShowtimeCancelled(_) => None,
        Body::ShowtimeScheduled(told) => of_showtime(&told.showtime),
        Body::ShowtimeChanged(told) => of_showtime(&told.0.showtime),
        Body::ShowtimeMoved(told) => of_showtime(&told.showtime.showtime),
        Body::SeatsReleased(told) => of_showtime(&told.showtime),
        Body::PaymentRefunded(told) => of_payment(told.tender.as_str()),
        Body::PaymentUnknown(told) => of_payment(told.tender.as_str()),
        Body::PaymentDecided(told) => of_payment(told.tender.as_str()),
        Body::FilmImported(told) => Some(vec![("film", told.title.clone())]),
        Body::PriceBookImported(told) => Some(vec![("price_book", told.book.to_string())]),
        Body::CinemaDescribed(_)
        | Body::AuditoriumDescribed(_)
        | Body::StaffCalled(_)
        | Body::StaffCame(_)
        | Body::PrinterStopped(_)
        | Body::PrinterReady(_)
        | Body::ContentAdopted(_)
        | Body::ContentRefused(_)
        | Body::OnlineSales(_)
        | Body::SeatsGranted(_)
        | Body::SeatsQuarantined(_)
        | Body::SeatsFreed(_)
        | Body::RefundRequested(_)
        | Body::TicketsSold(_) => Some(Vec::new()),
    }
}
