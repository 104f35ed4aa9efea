//! What the cinemas tell, applied once and in order. Applying never fails: a fact that contradicts is stored all the same and
//! becomes a dispute, which a person is shown.

mod batch;
mod dispute;
mod passed_over;
mod sales;
mod store;

use box_office::{SeatId, ShowtimeId, TicketId};
use counter::custody::{Hears, IsAnother, KnowsAll};
use counter::history;
use counter::programme::WITHHELD_CONTENT_REFUSED;
use counter::{Counter, Fault, checkout, custody, refunds};
use counter_api::{SeatDeed, SeatOutcome};
use database::{Database, Scope, Snapshot, Tx};
use jiff::Timestamp;
use service::Clock;
use sync_agent::{Address, Applies, Happening};
use wire::event::{
    AuditoriumDescribed, CinemaDescribed, Content, ContentAdopted, ContentRefused, CustodyClaimed,
    CustodyToldAll, FilmImported, PaymentDecided, PaymentOutcome, PaymentRefunded, PaymentUnknown,
    PrinterStopped, RefundAnswer, RefundAnswered, RefusedContent, SaleSettled, SeatsReleased,
    ShowtimeCancelled, ShowtimeScheduled, StaffCalled, StaffCame, TicketAdmitted,
};
use wire::{
    Body, CinemaId, CustodyHashes, Delivery, End, Event, LinkTrouble, Notice, Refusal, Reply,
    ToldKeyList, Wish,
};

use crate::links::Links;
use batch::Batch;
use dispute::dispute;
pub(crate) use store::{DaySum, OPEN_DISPUTES, day_sum, forget_lobby, of_successor};
use store::{Fact, ToldSale};

/// What a cinema told of sales of a seat.
///
/// # Errors
/// The database's.
pub(crate) fn sold_seat(
    db: &mut Snapshot<'_>,
    cinema: &CinemaId,
    showtime: &ShowtimeId,
    seat: &SeatId,
) -> Result<Vec<history::Happening>, database::Error> {
    let told = store::sales_of_seat(db, cinema, showtime, seat)?.into_iter();
    let sold = told.map(|told| {
        let (outcome, dispute) = match told.disputed {
            true => (
                Some(SeatOutcome::Contradicts),
                "; it contradicts another, which is shown among the cases",
            ),
            false => (None, ""),
        };
        let receipt = format!("{}-{:06}", told.receipt.0, told.receipt.1);
        history::Happening {
            at: told.sold_at,
            deed: SeatDeed::SoldElsewhere,
            by: Some(told.device),
            words: format!(
                "sold at the cinema, ticket {}, receipt {receipt}{dispute}",
                told.ticket
            ),
            ticket: Some(told.ticket),
            receipt: Some(receipt),
            outcome,
        }
    });
    Ok(sold.collect())
}

/// What the box of one cinema tells, applied in the transaction that moves the stream's position.
pub(crate) struct Arriving {
    pub(crate) counter: Counter,
    pub(crate) clock: Clock,
    pub(crate) links: Links,
    pub(crate) address: Address,
}

impl Applies for Arriving {
    type Batch = Batch;

    fn begin(&self, tx: &mut Tx<'_>, delivery: &Delivery) -> Result<Option<Batch>, mailbox::Error> {
        let cinema = &self.address.cinema;
        let hears = custody::hears(tx, &self.counter, cinema)?;
        let is_recovering = match hears {
            Hears::Nothing => return Ok(None),
            Hears::All => false,
            Hears::AllButSeats => {
                // Whoever was paying before the loss may have got what is told of, or lost it since: their payment says so first.
                if custody::is_any_doubted(tx, cinema, self.clock.now())? {
                    return Ok(None);
                }
                false
            }
            Hears::ToRecover => {
                // What is held may be sold in what is forgotten, and given back since: what is heard of it finds it sold or free.
                if custody::is_any_held(tx, cinema, self.clock.now())? {
                    return Ok(None);
                }
                custody::begin_to_hear(tx, cinema)?;
                true
            }
        };
        Ok(Some(Batch {
            is_recovering,
            takes_no_seats: hears != Hears::All,
            ..Batch::begin(tx, cinema, delivery)?
        }))
    }

    fn apply(
        &self,
        tx: &mut Tx<'_>,
        batch: &mut Batch,
        event: &Event,
        body: &Body,
    ) -> Result<(), mailbox::Error> {
        let mut applying = Applying {
            tx,
            cinema: &self.address.cinema,
            event,
            now: self.clock.now(),
            batch,
            counter: &self.counter,
        };
        let applied = applying.apply(body);
        applied.map_err(|fault| self.counter.undone(fault))
    }

    fn pass_over(
        &self,
        tx: &mut Tx<'_>,
        event: (&Event, &Body),
        why: &str,
    ) -> Result<bool, mailbox::Error> {
        let (cinema, now) = (&self.address.cinema, self.clock.now());
        let passed = passed_over::pass_over((tx, &self.counter, cinema), event, (why, now));
        passed.map_err(|fault| self.counter.undone(fault))
    }

    fn finish(&self, tx: &mut Tx<'_>, batch: Batch) -> Result<(), mailbox::Error> {
        let cinema = &self.address.cinema;
        self.links.heard(tx, cinema)?;
        let (is_recovering, has_recovered) = (batch.is_recovering, batch.has_recovered);
        let finished = batch.finish(tx, &self.counter, cinema, self.clock.now());
        finished.map_err(|fault| self.counter.undone(fault))?;
        if is_recovering {
            custody::end_to_hear(tx, cinema)?;
        }
        if has_recovered {
            let (links, cinema) = (self.links.clone(), cinema.clone());
            tx.after_commit(move || links.recovered(&cinema));
        }
        Ok(())
    }

    fn hear_key_list(&self, tx: &mut Tx<'_>, told: &ToldKeyList) -> Result<(), mailbox::Error> {
        self.links.hear_key_list(tx, &self.address, told)
    }

    fn key_list(&self, db: &mut Snapshot<'_>) -> Result<Option<ToldKeyList>, mailbox::Error> {
        let cinema = &self.address.cinema;
        Ok(self.links.key_lists().newest(db, cinema)?)
    }

    fn compare(&self, tx: &mut Tx<'_>, said: &CustodyHashes) -> Result<(), mailbox::Error> {
        let compared = custody::compare(tx, &self.counter, &self.address.cinema, said);
        compared.map_err(|fault| self.counter.undone(fault))
    }

    fn answer(&self, tx: &mut Tx<'_>, wish: &Wish) -> Result<Reply, mailbox::Error> {
        let cinema = &self.address.cinema;
        let answered = counter::allotment::answer_ask(tx, &self.counter, cinema, wish);
        answered.map_err(|fault| self.counter.undone(fault))
    }

    fn note(&self, happening: Happening) {
        let is_opened = matches!(happening, Happening::Opened { .. });
        if let Happening::Notice(Notice::LaterLife(life)) = &happening {
            let (links, number) = (self.links.clone(), life.0.number);
            self.links.run("a later life", async move {
                if let Err(error) = links.raise(number).await {
                    tracing::error!(%error, "the number of a later life could not be kept; it comes again with the next Hello");
                }
            });
        }
        if let Some(is_sure) = hub_has_forgotten(&happening) {
            let (counter, cinema) = (self.counter.clone(), self.address.cinema.clone());
            self.links.run("what is forgotten", async move {
                if let Err(fault) = custody::stop(&counter, cinema, is_sure).await {
                    tracing::error!(%fault, "selling what may be sold already could not be stopped; it is tried again with the next Hello");
                }
            });
        }
        self.links.note(&self.address, happening);
        if is_opened {
            let (counter, cinema) = (self.counter.clone(), self.address.cinema.clone());
            self.links.run("what agrees", async move {
                if let Err(fault) = custody::agree(&counter, cinema).await {
                    tracing::error!(%fault, "that both sides agree could not be kept; it is with the next session");
                }
            });
            self.counter.allotting().ring();
        }
    }
}

/// Somebody has decided about a ticket: it is shown no more.
pub(crate) async fn settle(
    database: &Database,
    cinema: &CinemaId,
    ticket: &TicketId,
    now: Timestamp,
) -> Result<(), Fault> {
    let (about, of) = (ticket.clone(), cinema.clone());
    let settling = database.write(counter::scope(cinema), move |tx| {
        store::settle_disputes(tx, &of, about.as_str(), now)
    });
    Ok(settling.await?)
}

/// What a person must decide of what the cinemas told, a line each: those of money first, then the latest.
pub(crate) async fn list(database: &Database) -> Result<Vec<String>, Fault> {
    Ok(database.read(store::open_disputes).await?)
}

/// A person has looked at the case of this number; gives what it says, if it was open.
pub(crate) async fn close(
    database: &Database,
    number: u64,
    reason: String,
    now: Timestamp,
) -> Result<Option<String>, Fault> {
    let closing = database.write(Scope::Nothing, move |tx| {
        store::close_dispute(tx, number, (&reason, now))
    });
    Ok(closing.await?)
}

/// Whether the box has shown that the hub lacks what it once told or gave, and whether that is so whatever a person took as it is before.
fn hub_has_forgotten(happening: &Happening) -> Option<IsAnother> {
    let Happening::Notice(notice) = happening else {
        return None;
    };
    let said = |refusal: &Refusal, by: End| refusal.trouble(by) == Some(LinkTrouble::HubForgot);
    let is_shown = match notice {
        Notice::LaterLife(_) => return Some(IsAnother(true)),
        Notice::OwnStreamForgotten { .. } => true,
        Notice::Refused(refusal) => said(refusal, End::Hub),
        Notice::RefusedByPeer(refusal) => said(refusal, End::Box),
        Notice::UpdateNeeded { .. } | Notice::PeerMustUpdate { .. } | Notice::Unwritable(_) => {
            false
        }
    };
    is_shown.then_some(IsAnother(false))
}

/// What applying is done with: whose event, which, and when it came.
struct Applying<'a, 'b> {
    tx: &'a mut Tx<'b>,
    cinema: &'a CinemaId,
    event: &'a Event,
    now: Timestamp,
    batch: &'a mut Batch,
    counter: &'a Counter,
}

impl Applying<'_, '_> {
    /// Applies what the event says.
    ///
    /// # Errors
    /// Only the database's.
    fn apply(&mut self, body: &Body) -> Result<(), Fault> {
        // Content is heard once it is not refused.
        let is_content = matches!(body, Body::FilmImported(_) | Body::PriceBookImported(_));
        let withheld = if is_content { None } else { self.hear(body)? };
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
            Body::ShowtimeScheduled(showtime) => self.showtime_scheduled(showtime, withheld),
            Body::ShowtimeChanged(showtime) => self.showtime_scheduled(&showtime.0, withheld),
            Body::ShowtimeMoved(moved) => self.showtime_scheduled(&moved.showtime, withheld),
            Body::ShowtimeCancelled(cancelled) => self.showtime_cancelled(cancelled),
            Body::SaleSettled(sale) => self.sale_settled(sale),
            Body::PaymentRefunded(refund) => self.payment_refunded(refund),
            Body::PaymentUnknown(payment) => self.payment_unknown(payment),
            Body::PaymentDecided(decided) => self.payment_decided(decided),
            Body::SeatsReleased(released) => self.seats_released(released),
            Body::StaffCalled(call) => self.staff_called(call),
            Body::StaffCame(came) => self.staff_came(came),
            Body::PrinterStopped(stopped) => self.printer_stopped(stopped),
            Body::PrinterReady(_) => self.printer_ready(),
            Body::TicketAdmitted(admitted) => self.ticket_admitted(admitted),
            Body::RefundAnswered(answered) => self.refund_answered(answered),
            Body::CustodyTold(told) => {
                checkout::hear_custody(self.tx, self.counter, self.cinema, told)
            }
            Body::TicketsStanding(told) => {
                checkout::hear_standing(self.tx, self.counter, self.cinema, told)
            }
            Body::CustodyToldAll(told) => self.all_told(told),
            Body::CustodyClaimed(told) => self.custody_claimed(told),
            Body::ContentAdopted(_)
            | Body::ContentRefused(_)
            | Body::OnlineSales(_)
            | Body::SeatsGranted(_)
            | Body::SeatsQuarantined(_)
            | Body::SeatsFreed(_)
            | Body::RefundRequested(_)
            | Body::TicketsSold(_) => self.dispute(
                "wrong_direction",
                &format!("a cinema told {}, which only the hub may", body.kind()),
                &[],
            ),
        }
    }

    fn dispute(&mut self, code: &str, words: &str, facts: &[Fact<'_>]) -> Result<(), Fault> {
        dispute(
            self.tx,
            (self.cinema, self.event.seq()),
            code,
            (words, facts),
            self.now,
        )
    }

    /// Shows something to a person; a later fact about the same settles it.
    fn keep_dispute(
        &mut self,
        code: &str,
        (words, facts): (&str, &[Fact<'_>]),
        about: &str,
    ) -> Result<(), Fault> {
        let told = (self.cinema, self.event.seq());
        Ok(store::add_dispute(
            self.tx,
            told,
            code,
            (words, facts),
            Some(about),
            self.now,
        )?)
    }

    fn cinema_described(&mut self, told: &CinemaDescribed) -> Result<(), Fault> {
        if told.cinema == *self.cinema {
            return Ok(store::put_cinema(self.tx, told)?);
        }
        let words = format!("it describes the cinema {}", told.cinema);
        let named = [("cinema", told.cinema.as_str())];
        self.dispute("other_cinema", &words, &named)
    }

    /// What is known first under an id and version is what it is; the cinema is told either way.
    fn content_imported(
        &mut self,
        body: &Body,
        content: Content,
        version: u32,
        name: &str,
    ) -> Result<(), Fault> {
        let bytes = body.to_bytes().unwrap_or_default();
        let known = store::known_content(self.tx, self.cinema, &content, version)?;
        if known.is_some_and(|known| known != bytes && !is_told_more(&known, body)) {
            let reason = WITHHELD_CONTENT_REFUSED;
            let withheld = store::refuse_content(self.tx, self.cinema, &content, version, reason)?;
            for showtime in &withheld {
                let hearing = &mut self.batch.hearing;
                hearing.withhold(self.tx, self.cinema, showtime)?;
            }
            let kind = match &content {
                Content::Film(_) => "film",
                Content::PriceBook(_) => "price_book",
            };
            let words = format!(
                "{} {name:?}, version {version}, is known with another content",
                body.kind()
            );
            let reason = RefusedContent::OtherContentUnderThisVersion;
            let refused = ContentRefused {
                content,
                version,
                reason,
            };
            self.batch.answers.push(refused.into());
            return self.dispute("other_content", &words, &[(kind, name)]);
        }
        store::put_content(self.tx, self.cinema, (&content, version), name, &bytes)?;
        self.hear(body)?;
        let answer = ContentAdopted { content, version };
        self.batch.answers.push(answer.into());
        Ok(())
    }

    /// The cinema is the writer of its rooms: what it told last holds.
    fn auditorium_described(&mut self, told: &AuditoriumDescribed) -> Result<(), Fault> {
        Ok(store::put_auditorium(self.tx, self.cinema, told)?)
    }

    fn showtime_scheduled(
        &mut self,
        told: &ShowtimeScheduled,
        withheld: Option<&'static str>,
    ) -> Result<(), Fault> {
        let withheld = if store::is_content_refused(self.tx, self.cinema, told)? {
            let hearing = &mut self.batch.hearing;
            hearing.withhold(self.tx, self.cinema, &told.showtime)?;
            Some(WITHHELD_CONTENT_REFUSED)
        } else {
            withheld
        };
        self.batch.known.insert(told.showtime.clone());
        Ok(store::put_showtime(self.tx, self.cinema, told, withheld)?)
    }

    /// The counter takes up what it needs to sell; gives why it must not sell a showtime.
    fn hear(&mut self, body: &Body) -> Result<Option<&'static str>, Fault> {
        let hearing = &mut self.batch.hearing;
        hearing.hear(self.tx, (self.cinema, self.now), body)
    }

    fn showtime_cancelled(&mut self, told: &ShowtimeCancelled) -> Result<(), Fault> {
        if store::cancel_showtime(self.tx, self.cinema, &told.showtime, &told.reason)? {
            return Ok(());
        }
        let words = format!("the unknown showtime {} is cancelled", told.showtime);
        let named = [("showtime", told.showtime.as_str())];
        self.dispute("unknown_showtime", &words, &named)
    }

    /// It is kept with the others of its delivery.
    fn sale_settled(&mut self, sale: &SaleSettled) -> Result<(), Fault> {
        self.batch.sales.push(ToldSale {
            seq: self.event.seq(),
            sale: sale.clone(),
            is_known: self.batch.known.contains(&sale.showtime),
        });
        let forgets = self.batch.takes_no_seats || self.batch.is_recovering;
        let knows_all = KnowsAll(!forgets);
        for ticket in sale.tickets.iter().filter(|ticket| ticket.taken_over) {
            let told = (&sale.showtime, ticket);
            let heard =
                checkout::hear_taken_over(self.tx, self.counter, self.cinema, told, knows_all);
            for trouble in heard? {
                let named = [
                    ("showtime", sale.showtime.as_str()),
                    ("seat", ticket.seat.as_str()),
                    ("ticket", ticket.id.as_str()),
                ];
                let about = format!("{}/{}", sale.showtime, ticket.seat);
                self.keep_dispute("taken_over", (&trouble, &named), &about)?;
            }
        }
        Ok(())
    }

    fn payment_refunded(&mut self, refund: &PaymentRefunded) -> Result<(), Fault> {
        if store::add_refund(self.tx, self.cinema, refund)? {
            return Ok(());
        }
        let words = format!("the payment {} was refunded before", refund.tender);
        let named = [("payment", refund.tender.as_str())];
        self.dispute("refund_told_twice", &words, &named)
    }

    /// A case from the cinema; its end is told by a later event.
    fn payment_unknown(&mut self, payment: &PaymentUnknown) -> Result<(), Fault> {
        let words = format!(
            "nobody at the cinema knows what became of the payment {} for {}",
            payment.tender, payment.showtime
        );
        let about = payment.tender.as_str();
        let named = [("payment", about), ("showtime", payment.showtime.as_str())];
        self.keep_dispute("payment_unknown", (&words, &named), about)
    }

    fn payment_decided(&mut self, decided: &PaymentDecided) -> Result<(), Fault> {
        let about = decided.tender.as_str();
        store::settle_disputes(self.tx, self.cinema, about, self.now)?;
        match decided.outcome {
            PaymentOutcome::Ticketed | PaymentOutcome::NotTaken | PaymentOutcome::Refunded => {
                Ok(())
            }
            PaymentOutcome::RefundOwed => {
                let words = format!("the payment {about} was taken and is to be given back");
                let named = [("payment", about)];
                self.keep_dispute("refund_owed", (&words, &named), about)
            }
        }
    }

    /// Somebody in the lobby waits for the staff.
    fn staff_called(&mut self, call: &StaffCalled) -> Result<(), Fault> {
        Ok(store::put_staff_call(self.tx, self.cinema, call)?)
    }

    fn staff_came(&mut self, came: &StaffCame) -> Result<(), Fault> {
        Ok(store::end_staff_call(self.tx, self.cinema, came)?)
    }

    /// No ticket comes out of the cinema's printer.
    fn printer_stopped(&mut self, stopped: &PrinterStopped) -> Result<(), Fault> {
        Ok(store::put_printer(self.tx, self.cinema, stopped)?)
    }

    fn printer_ready(&mut self) -> Result<(), Fault> {
        Ok(store::end_printer(self.tx, self.cinema)?)
    }

    /// Whose guest was let in is kept, of whoever's ticket.
    fn ticket_admitted(&mut self, admitted: &TicketAdmitted) -> Result<(), Fault> {
        let heard = checkout::hear_admitted(self.tx, self.counter, self.cinema, admitted);
        for trouble in heard? {
            let named = [
                ("showtime", admitted.showtime.as_str()),
                ("seat", admitted.seat.as_str()),
                ("ticket", admitted.ticket.as_str()),
            ];
            let about = format!("{}/{}", admitted.showtime, admitted.ticket);
            self.keep_dispute("admission", (&trouble, &named), &about)?;
        }
        Ok(())
    }

    /// The cinema says whether a ticket goes back; where its guest was let in somebody at head office must decide.
    fn refund_answered(&mut self, answered: &RefundAnswered) -> Result<(), Fault> {
        let heard = refunds::hear_answer(self.tx, self.counter, self.cinema, answered);
        if let Some(trouble) = heard? {
            // Its sale is forgotten as well.
            if self.batch.is_recovering {
                tracing::warn!(ticket.id = %answered.ticket, trouble, "a cinema has answered for a ticket that this hub has forgotten");
                return Ok(());
            }
            let named = [("ticket", answered.ticket.as_str())];
            return self.dispute("refund_answer", &trouble, &named);
        }
        if answered.answer != RefundAnswer::AlreadyAdmitted {
            return Ok(());
        }
        let ticket = &answered.ticket;
        let words = format!(
            "the guest of the ticket {ticket} for {} was let in before it was asked back",
            answered.showtime
        );
        let named = [
            ("showtime", answered.showtime.as_str()),
            ("ticket", ticket.as_str()),
        ];
        self.keep_dispute("refund_admitted", (&words, &named), ticket.as_str())
    }

    /// The cinema has told all that a hub has forgotten which has begun another life.
    fn all_told(&mut self, told: &CustodyToldAll) -> Result<(), Fault> {
        let (counter, cinema) = (self.counter, self.cinema);
        let with = (told, self.batch.is_recovering);
        if !custody::hear_all_told(self.tx, counter, cinema, with)? {
            return Ok(());
        }
        self.batch.has_recovered = std::mem::take(&mut self.batch.is_recovering);
        self.batch.takes_no_seats = false;
        let (counter, cinema) = (counter.clone(), cinema.clone());
        self.tx
            .after_commit(move || counter::allotment::tell_anew(&counter, &cinema));
        Ok(())
    }

    /// The cinema says what it knows of a showtime that the two do not agree on.
    fn custody_claimed(&mut self, told: &CustodyClaimed) -> Result<(), Fault> {
        let with = (self.event.seq(), told);
        let heard = custody::hear_claimed(self.tx, self.counter, self.cinema, with);
        for (seat, trouble) in heard? {
            let named = [
                ("showtime", told.showtime.as_str()),
                ("seat", seat.as_str()),
            ];
            let about = format!("{}/{seat}", told.showtime);
            self.keep_dispute("custody", (&trouble, &named), &about)?;
        }
        Ok(())
    }

    /// Custody of seats comes to the hub's counter.
    fn seats_released(&mut self, released: &SeatsReleased) -> Result<(), Fault> {
        // Custody stands as it is told in the end.
        if self.batch.takes_no_seats {
            return Ok(());
        }
        let received = custody::receive(self.tx, self.counter, self.cinema, released.into());
        for trouble in received? {
            let named = [("showtime", released.showtime.as_str())];
            self.dispute("wrong_epoch", &trouble, &named)?;
        }
        Ok(())
    }
}

/// Whether content says what is known under its version, and more: a box of the first version told less of a film.
fn is_told_more(known: &[u8], told: &Body) -> bool {
    let Body::FilmImported(film) = told else {
        return false;
    };
    let of_the_first_version = Body::FilmImported(FilmImported {
        selling: None,
        ..film.clone()
    });
    of_the_first_version
        .to_bytes()
        .is_ok_and(|bytes| bytes == known)
}
