//! What the cinemas tell, applied once and in order. Applying never fails: a fact that contradicts is stored all the same and
//! becomes a dispute, which a person is shown.

mod batch;
pub(crate) mod store;

use database::{Error, Tx};
use jiff::Timestamp;
use wire::event::{
    AuditoriumDescribed, CinemaDescribed, Content, ContentAdopted, ContentRefused, PaymentDecided,
    PaymentOutcome, PaymentRefunded, PaymentUnknown, RefusedContent, SaleSettled, SeatsReleased,
    ShowtimeCancelled, ShowtimeScheduled, SoldTicket,
};
use wire::{Body, CinemaId, Event};

pub(crate) use batch::Batch;

/// What applying is done with: whose event, which, and when it came.
pub(crate) struct Applying<'a, 'b> {
    pub(crate) tx: &'a mut Tx<'b>,
    pub(crate) cinema: &'a CinemaId,
    pub(crate) event: &'a Event,
    pub(crate) now: Timestamp,
    pub(crate) batch: &'a mut Batch,
}

impl Applying<'_, '_> {
    /// Applies what the event says.
    ///
    /// # Errors
    /// Only the database's.
    pub(crate) fn apply(&mut self, body: &Body) -> Result<(), Error> {
        match body {
            Body::CinemaDescribed(cinema) => self.cinema_described(cinema),
            Body::FilmImported(film) => self.content_imported(
                body,
                Content::Film(film.film.clone()),
                film.version,
                &film.title,
            ),
            Body::PriceBookImported(book) => self.content_imported(
                body,
                Content::PriceBook(book.book.clone()),
                book.version,
                book.book.as_str(),
            ),
            Body::AuditoriumDescribed(auditorium) => self.auditorium_described(auditorium),
            Body::ShowtimeScheduled(showtime) => self.showtime_scheduled(showtime),
            Body::ShowtimeChanged(showtime) => self.showtime_scheduled(&showtime.0),
            Body::ShowtimeCancelled(cancelled) => self.showtime_cancelled(cancelled),
            Body::SaleSettled(sale) => self.sale_settled(sale),
            Body::PaymentRefunded(refund) => self.payment_refunded(refund),
            Body::PaymentUnknown(payment) => self.payment_unknown(payment),
            Body::PaymentDecided(decided) => self.payment_decided(decided),
            Body::SeatsReleased(released) => self.seats_released(released),
            Body::ContentAdopted(_) | Body::ContentRefused(_) | Body::SeatsGranted(_) => self
                .dispute(
                    "wrong_direction",
                    &format!("a cinema told {}, which only the hub may", body.kind()),
                ),
        }
    }

    fn dispute(&mut self, code: &str, words: &str) -> Result<(), Error> {
        tracing::warn!(cinema = %self.cinema, event.seq = self.event.seq(), code, words, "a fact contradicts what is stored");
        store::add_dispute(
            self.tx,
            self.cinema,
            self.event.seq(),
            code,
            words,
            None,
            self.now,
        )
    }

    fn cinema_described(&mut self, told: &CinemaDescribed) -> Result<(), Error> {
        if told.cinema == *self.cinema {
            return store::put_cinema(self.tx, told);
        }
        self.dispute(
            "other_cinema",
            &format!("it describes the cinema {}", told.cinema),
        )
    }

    /// What is known first under an id and version is what it is; the cinema is told either way.
    fn content_imported(
        &mut self,
        body: &Body,
        content: Content,
        version: u32,
        name: &str,
    ) -> Result<(), Error> {
        let hash = store::content_hash(body);
        let known = store::known_content(self.tx, &content, version)?;
        let answer = match known {
            Some(known) if known != hash => {
                let reason = RefusedContent::OtherContentUnderThisVersion;
                self.batch.answers.push(
                    ContentRefused {
                        content,
                        version,
                        reason,
                    }
                    .into(),
                );
                let words = format!(
                    "{} {name:?}, version {version}, is known with another content",
                    body.kind()
                );
                return self.dispute("other_content", &words);
            }
            Some(_) => ContentAdopted { content, version },
            None => {
                store::add_content(self.tx, &content, version, name, hash, body)?;
                ContentAdopted { content, version }
            }
        };
        self.batch.answers.push(answer.into());
        Ok(())
    }

    /// The cinema is the writer of its rooms: what it told last holds.
    fn auditorium_described(&mut self, told: &AuditoriumDescribed) -> Result<(), Error> {
        store::put_auditorium(self.tx, self.cinema, told)
    }

    fn showtime_scheduled(&mut self, told: &ShowtimeScheduled) -> Result<(), Error> {
        store::put_showtime(self.tx, self.cinema, told)
    }

    fn showtime_cancelled(&mut self, told: &ShowtimeCancelled) -> Result<(), Error> {
        if store::cancel_showtime(self.tx, self.cinema, &told.showtime, &told.reason)? {
            return Ok(());
        }
        self.dispute(
            "unknown_showtime",
            &format!("the unknown showtime {} is cancelled", told.showtime),
        )
    }

    fn sale_settled(&mut self, sale: &SaleSettled) -> Result<(), Error> {
        if !store::add_sale(self.tx, self.cinema, sale)? {
            return self.dispute(
                "sale_told_twice",
                &format!("the sale {} was told before", sale.sale),
            );
        }
        let known = self.batch.known.contains(&sale.showtime)
            || store::knows_showtime(self.tx, self.cinema, &sale.showtime)?;
        if !known {
            self.dispute(
                "unknown_showtime",
                &format!(
                    "the sale {} is for the unknown showtime {}",
                    sale.sale, sale.showtime
                ),
            )?;
        } else if !self.batch.known.contains(&sale.showtime) {
            self.batch.known.insert(sale.showtime.clone());
        }
        let sum = sale
            .tickets
            .iter()
            .try_fold(0_i64, |sum, ticket| sum.checked_add(ticket.price));
        if sum != Some(sale.total) {
            self.dispute(
                "sum_differs",
                &format!(
                    "the tickets of the sale {} do not add up to its total",
                    sale.sale
                ),
            )?;
        }
        self.batch.count_sale(sale);
        for ticket in &sale.tickets {
            self.ticket_sold(sale, ticket)?;
        }
        for tender in &sale.tenders {
            if !store::add_tender(self.tx, self.cinema, sale, tender)? {
                self.dispute(
                    "payment_told_twice",
                    &format!("the payment {} paid another sale before", tender.id),
                )?;
            }
        }
        Ok(())
    }

    fn ticket_sold(&mut self, sale: &SaleSettled, ticket: &SoldTicket) -> Result<(), Error> {
        if store::add_ticket(self.tx, self.cinema, sale, ticket, false)? {
            self.batch.count_seat(&sale.showtime);
            return Ok(());
        }
        // Either the ticket is known, or its seat has another.
        if store::add_ticket(self.tx, self.cinema, sale, ticket, true)? {
            let words = format!(
                "seat {} of {} has two tickets; the later is {}",
                ticket.seat, sale.showtime, ticket.id
            );
            return self.dispute("seat_sold_twice", &words);
        }
        self.dispute(
            "ticket_told_twice",
            &format!("the ticket {} was told before", ticket.id),
        )
    }

    fn payment_refunded(&mut self, refund: &PaymentRefunded) -> Result<(), Error> {
        if store::add_refund(self.tx, self.cinema, refund)? {
            return Ok(());
        }
        self.dispute(
            "refund_told_twice",
            &format!("the payment {} was refunded before", refund.tender),
        )
    }

    /// A case from the cinema; its end is told by a later event.
    fn payment_unknown(&mut self, payment: &PaymentUnknown) -> Result<(), Error> {
        let words = format!(
            "nobody at the cinema knows what became of the payment {} for {}",
            payment.tender, payment.showtime
        );
        self.case("payment_unknown", &words, payment.tender.as_str())
    }

    fn payment_decided(&mut self, decided: &PaymentDecided) -> Result<(), Error> {
        let about = decided.tender.as_str();
        store::settle_disputes(self.tx, self.cinema, about, self.now)?;
        match decided.outcome {
            PaymentOutcome::Ticketed | PaymentOutcome::NotTaken | PaymentOutcome::Refunded => {
                Ok(())
            }
            PaymentOutcome::RefundOwed => {
                let words = format!("the payment {about} was taken and is to be given back");
                self.case("refund_owed", &words, about)
            }
        }
    }

    fn case(&mut self, code: &str, words: &str, about: &str) -> Result<(), Error> {
        let seq = self.event.seq();
        store::add_dispute(
            self.tx,
            self.cinema,
            seq,
            code,
            words,
            Some(about),
            self.now,
        )
    }

    /// A transfer takes effect only if its epoch is exactly one above the known one.
    fn seats_released(&mut self, released: &SeatsReleased) -> Result<(), Error> {
        for seat in &released.seats {
            let known = store::epoch_of(self.tx, self.cinema, released, &seat.seat)?;
            if known.checked_add(1) == Some(seat.epoch) {
                store::put_seat_of_hub(self.tx, self.cinema, released, seat)?;
            } else {
                let words = format!(
                    "seat {} of {} is given at epoch {}, after {known}",
                    seat.seat, released.showtime, seat.epoch
                );
                self.dispute("wrong_epoch", &words)?;
            }
        }
        Ok(())
    }
}
