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
    let fate = Fate::of(body);
    if let Some(showtime) = fate.withheld {
        programme::withhold(tx, counter, (cinema, showtime), WITHHELD_TOLD_INCOMPLETELY)?;
    }
    let Some(named) = fate.passed_over else {
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

/// What becomes of an event that cannot be applied.
struct Fate<'a> {
    /// The showtime that is not sold here, for what is known of it would mislead, or a seat of it may be somebody's.
    withheld: Option<&'a ShowtimeId>,
    /// What it names, for a person, if it may be passed over. What makes a hub whole that has forgotten, what tells of a seat that somebody has, and what
    /// decides about guests' money may not.
    passed_over: Option<Vec<(&'static str, String)>>,
}

impl<'a> Fate<'a> {
    fn of(body: &'a Body) -> Self {
        let stands = |withheld| Self {
            withheld,
            passed_over: None,
        };
        let names = |what, name: String| Self {
            withheld: None,
            passed_over: Some(vec![(what, name)]),
        };
        let is_untold = |showtime: &'a ShowtimeId| Self {
            withheld: Some(showtime),
            ..names("showtime", showtime.to_string())
        };
        match body {
            Body::CustodyTold(_)
            | Body::TicketsStanding(_)
            | Body::CustodyToldAll(_)
            | Body::RefundAnswered(_) => stands(None),
            Body::CustodyClaimed(told) => stands(Some(&told.showtime)),
            Body::ShowtimeCancelled(told) => stands(Some(&told.showtime)),
            // A seat of the hub's own, as it turns out.
            Body::SaleSettled(told) => {
                let is_taken_over = told.tickets.iter().any(|ticket| ticket.taken_over);
                stands(is_taken_over.then_some(&told.showtime))
            }
            Body::TicketAdmitted(told) => stands(told.found.then_some(&told.showtime)),
            Body::ShowtimeScheduled(told) => is_untold(&told.showtime),
            Body::ShowtimeChanged(told) => is_untold(&told.0.showtime),
            Body::ShowtimeMoved(told) => is_untold(&told.showtime.showtime),
            Body::SeatsReleased(told) => names("showtime", told.showtime.to_string()),
            Body::PaymentRefunded(told) => names("payment", told.tender.to_string()),
            Body::PaymentUnknown(told) => names("payment", told.tender.to_string()),
            Body::PaymentDecided(told) => names("payment", told.tender.to_string()),
            Body::FilmImported(told) => names("film", told.title.clone()),
            Body::PriceBookImported(told) => names("price_book", told.book.to_string()),
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
            | Body::TicketsSold(_) => Self {
                withheld: None,
                passed_over: Some(Vec::new()),
            },
        }
    }
}
