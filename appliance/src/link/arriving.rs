//! What the hub tells the box, applied in the transaction that moves the stream's position.

use box_office::Epoch;
use box_office::ledger::Granted;
use database::Tx;
use sync_agent::{Applies, Happening};
use wire::event::{Content, ContentRefused, SeatsGranted};
use wire::{Body, Event};

use crate::app::App;
use crate::error::Refused;
use crate::{link, seats};

/// The box, as its link sees it.
pub(super) struct Arriving(pub(super) App);

impl Applies for Arriving {
    type Batch = ();

    fn apply(
        &self,
        tx: &mut Tx<'_>,
        (): &mut (),
        event: &Event,
        body: &Body,
    ) -> Result<(), mailbox::Error> {
        match body {
            Body::ContentRefused(refused) => Ok(refuse(tx, refused)?),
            Body::SeatsGranted(granted) => receive(tx, &self.0, granted),
            Body::ContentAdopted(_) => Ok(()),
            Body::CinemaDescribed(_)
            | Body::FilmImported(_)
            | Body::PriceBookImported(_)
            | Body::AuditoriumDescribed(_)
            | Body::ShowtimeScheduled(_)
            | Body::ShowtimeChanged(_)
            | Body::ShowtimeCancelled(_)
            | Body::SaleSettled(_)
            | Body::PaymentRefunded(_)
            | Body::PaymentUnknown(_)
            | Body::PaymentDecided(_)
            | Body::SeatsReleased(_) => {
                tracing::error!(event.id = %event.id(), kind = event.kind(), "the hub told what only a cinema tells; it changes nothing");
                Ok(())
            }
        }
    }

    fn finish(&self, _: &mut Tx<'_>, (): ()) -> Result<(), mailbox::Error> {
        Ok(())
    }

    fn note(&self, happening: Happening) {
        link::note(&self.0, &happening);
    }
}

fn refuse(tx: &mut Tx<'_>, refused: &ContentRefused) -> Result<(), database::Error> {
    let (kind, id) = match &refused.content {
        Content::Film(film) => ("film", film.as_str()),
        Content::PriceBook(book) => ("price_book", book.as_str()),
    };
    tracing::warn!(
        kind,
        id,
        version = refused.version,
        "the hub knows other content under this version"
    );
    super::store::refuse(
        tx,
        kind,
        id,
        refused.version,
        "other_content_under_this_version",
    )
}

/// Custody of seats comes to the cinema. What does not fit changes nothing: only the epoch decides.
fn receive(tx: &mut Tx<'_>, app: &App, granted: &SeatsGranted) -> Result<(), mailbox::Error> {
    let Some(scheduled) = app.catalogue.showtime(&granted.showtime) else {
        tracing::error!(showtime.id = %granted.showtime, "seats were granted for a showtime that is not known");
        return Ok(());
    };
    for seat in &granted.seats {
        let Some(place) = scheduled.plan.place_of(&seat.seat) else {
            continue;
        };
        let ledger =
            seats::ledger_of(tx, &granted.showtime, &scheduled.plan, &[place]).map_err(inside)?;
        let told = Epoch::new(u32::try_from(seat.epoch).unwrap_or(u32::MAX));
        match ledger.apply_grant(&seat.seat, told) {
            Granted::TakesEffect(changes) => {
                seats::save(tx, app, &granted.showtime, &changes).map_err(inside)?
            }
            Granted::CarriesATicket { changes, ticket } => {
                tracing::error!(seat = %seat.seat, ticket.id = %ticket, "a seat was granted that carries a ticket");
                seats::save(tx, app, &granted.showtime, &changes).map_err(inside)?;
            }
            Granted::Old => {}
            Granted::OutOfTurn | Granted::UnknownSeat => {
                tracing::error!(seat = %seat.seat, epoch = seat.epoch, "a grant came out of turn; it changes nothing");
            }
        }
    }
    Ok(())
}

/// A refusal here can only be the database's, or a fault of ours: the whole is undone and tried again.
#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn inside(refused: Refused) -> mailbox::Error {
    tracing::error!(%refused, "what the hub told could not be applied");
    mailbox::Error::from(database::Error::Conflict)
}
