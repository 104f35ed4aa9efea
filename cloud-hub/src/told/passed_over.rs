//! What a cinema tells and nothing here can apply: a person looks after it, and what comes after it goes on, unless that would sell a seat twice.

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
    let Some(named) = named(body) else {
        return Ok(false);
    };
    if let Body::ShowtimeScheduled(_) | Body::ShowtimeChanged(_) | Body::ShowtimeMoved(_) = body
        && let Some((_, showtime)) = named.first()
        && let Ok(showtime) = showtime.parse()
    {
        programme::withhold(tx, counter, (cinema, &showtime), WITHHELD_TOLD_INCOMPLETELY)?;
    }
    let words = format!(
        "{} could not be applied and is passed over: {why}",
        body.kind().replace('_', " ")
    );
    let facts: Vec<Fact<'_>> = named.iter().map(|(what, name)| (*what, &**name)).collect();
    let told = (cinema, event.seq());
    dispute(tx, told, "could_not_be_applied", (&words, &facts), now)?;
    Ok(true)
}

/// What an event names that may be passed over; nothing for one that may not: what makes a hub whole that has forgotten, what takes a seat from it,
/// and what gives guests their money back.
fn named(body: &Body) -> Option<Vec<(&'static str, String)>> {
    let of_showtime = |showtime: &str| Some(vec![("showtime", showtime.to_owned())]);
    let of_payment = |payment: &str| Some(vec![("payment", payment.to_owned())]);
    match body {
        Body::CustodyTold(_)
        | Body::TicketsStanding(_)
        | Body::CustodyToldAll(_)
        | Body::CustodyClaimed(_)
        | Body::ShowtimeCancelled(_) => None,
        Body::TicketAdmitted(told) => (!told.found).then(|| {
            vec![
                ("showtime", told.showtime.to_string()),
                ("seat", told.seat.to_string()),
            ]
        }),
        Body::SaleSettled(told) => {
            let is_taken_over = told.tickets.iter().any(|ticket| ticket.taken_over);
            (!is_taken_over).then(|| {
                vec![
                    ("showtime", told.showtime.to_string()),
                    ("sale", told.sale.to_string()),
                ]
            })
        }
        Body::ShowtimeScheduled(told) => of_showtime(told.showtime.as_str()),
        Body::ShowtimeChanged(told) => of_showtime(told.0.showtime.as_str()),
        Body::ShowtimeMoved(told) => of_showtime(told.showtime.showtime.as_str()),
        Body::SeatsReleased(told) => of_showtime(told.showtime.as_str()),
        Body::RefundAnswered(told) => Some(vec![("ticket", told.ticket.to_string())]),
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
